"""Jobs and what they made, kept; the seam under the service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, Protocol

from attrs import field, frozen

from reelforge_dsl.errors import Issue, ReelforgeError
from reelforge_dsl.local._exchange import FileSlice
from reelforge_dsl.local._faults import Fault
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest

JobKind = Literal["render", "recipe", "music"]
"""Which call made a job."""

Document = Manifest | RecipeRequest | MusicRequest
"""What a job was asked for."""

ENDED = frozenset({"completed", "failed", "transcription_failed"})
"""The states that nothing follows. Source: contract §9."""


class StoreError(ReelforgeError):
    """The data folder cannot be used: it is another's, damaged, full or closed."""


@frozen
class Output:
    """A file that a job made.

    Attributes:
        name: Long, random and unguessable, with its suffix: who knows it may have the file.
        content_type: As HTTP says it.
        body: Its bytes, or the file that holds them.
        is_placeholder: It only stands where a film or a piece of music would be.
        title: What a track is called; ``None`` for a film.
        seconds: How long it plays, in seconds of the file; ``None`` where nobody measured it.
    """

    name: str
    content_type: str
    body: bytes | FileSlice = field(repr=False)
    is_placeholder: bool = False
    title: str | None = None
    seconds: float | None = None


@frozen
class Job:
    """One job, as it stands.

    Attributes:
        id: A UUID.
        kind: Which call made it.
        document: What was asked for, without the webhook's secret and headers.
        fingerprint: SHA-256, in hex, of the call and its JSON without the idempotency key: equal for
            the same request, in whatever order its keys stand.
        key: The idempotency key, or ``None``.
        status: Its state. Source: contract §9.
        outputs: What it made: one film, or two tracks.
        warnings: What was drawn otherwise than asked for, and what the measured files gave away.
        error_code: The stable word for why it failed, or ``None``.
        error_message: The sentence for it, or ``None``.
        created_at: Seconds of the service's clock.
        ended_at: Seconds of the same clock, or ``None`` while it runs.
        attempts: How often it was begun; above 1 only after the service was killed.
        is_signed: The request has a webhook secret of its own.
        fault: How a test wants it to end, or ``None``.

    Source: contract §9.
    """

    id: str
    kind: JobKind
    document: Document = field(repr=False)
    fingerprint: str = field(repr=False)
    key: str | None = None
    status: str = "queued"
    outputs: tuple[Output, ...] = ()
    warnings: tuple[Issue, ...] = ()
    error_code: str | None = None
    error_message: str | None = None
    created_at: float = 0
    ended_at: float | None = None
    attempts: int = 0
    is_signed: bool = False
    fault: Fault | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED


class Store(Protocol):
    """Where jobs are kept. Every operation is atomic, whatever the number of threads.

    Any of them raises `StoreError` when what it keeps them in fails.
    """

    def add(self, job: Job, most_queued: int | None = None) -> Job | None:
        """Keep a new job, unless its idempotency key is taken.

        Args:
            job: The job.
            most_queued: How many may wait; a key that is taken is found however many do.

        Returns:
            The job that has the key: this one, or the one that had it first; ``None`` when too many wait.
        """

    def find(self, job_id: str) -> Job | None:
        """Return a job as it stands."""

    def change(self, job_id: str, change: Callable[[Job], Job]) -> Job | None:
        """Replace a job by what ``change`` makes of it; its outputs can be found from then on.

        Returns:
            The job as it was before.
        """

    def output(self, name: str) -> Output | None:
        """Return a file by its name."""

    def jobs(self) -> tuple[Job, ...]:
        """Return every job as it stands, oldest first."""

    def settle(self, job_id: str, attempts: int, *, delivered: bool) -> None:
        """Remember that a job's event was delivered, or given up, after so many attempts."""


class MemoryStore:
    """A `Store` that lasts as long as the process.

    Args:
        ended: Called with each job that has come to its end, after that is kept.
    """

    def __init__(self, ended: Callable[[Job], None] | None = None) -> None:
        self._ended = ended
        self._jobs: dict[str, Job] = {}
        self._ids: dict[str, str] = {}
        self._outputs: dict[str, Output] = {}
        self._lock = threading.Lock()

    def add(self, job: Job, most_queued: int | None = None) -> Job | None:
        """Keep a new job, unless its idempotency key is taken; return the job that has the key."""
        with self._lock:
            if job.key is not None and job.key in self._ids:
                return self._jobs[self._ids[job.key]]
            if most_queued is not None and self._queued() >= most_queued:
                return None
            if job.key is not None:
                self._ids[job.key] = job.id
            self._jobs[job.id] = job
            return job

    def find(self, job_id: str) -> Job | None:
        """Return a job as it stands."""
        with self._lock:
            return self._jobs.get(job_id)

    def change(self, job_id: str, change: Callable[[Job], Job]) -> Job | None:
        """Replace a job by what ``change`` makes of it; return it as it was."""
        with self._lock:
            before = self._jobs.get(job_id)
            if before is None:
                return None
            after = self._jobs[job_id] = change(before)
            self._outputs |= {output.name: output for output in after.outputs}
        if self._ended is not None and after.has_ended and not before.has_ended:
            self._ended(after)
        return before

    def output(self, name: str) -> Output | None:
        """Return a file by its name."""
        with self._lock:
            return self._outputs.get(name)

    def jobs(self) -> tuple[Job, ...]:
        """Return every job as it stands, oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def settle(self, job_id: str, attempts: int, *, delivered: bool) -> None:
        """Do nothing: it hands nothing over again."""

    def _queued(self) -> int:
        return sum(job.status == "queued" for job in self._jobs.values())
