"""The workers: a bounded number of threads that take jobs from the store, oldest first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from attrs import evolve

from reelforge_dsl.local._failures import JobFault
from reelforge_dsl.local._instant import is_transcribed
from reelforge_dsl.local._maker import Made, Maker
from reelforge_dsl.local._sqlite import SqliteStore
from reelforge_dsl.local._store import Job, Store, StoreError

MOST_ATTEMPTS = 3
"""How often a job is begun before the service gives it up as what kills it."""

_log = logging.getLogger("reelforge_dsl.local")

_CANCELLED_SECONDS = 10.0  # what a cancelled render may take to end its ffmpeg
_RETRY_SECONDS = 1.0


class _CancelledError(Exception):
    """The service closes, and its grace is over."""


class Pool:
    """The `Renderer` that renders: workers over a store.

    A job's files are whole before the store says that it is completed. A job that the service was
    killed over waits again, under its own id, and is given up at the third time.

    Args:
        store: Whose jobs are done.
        maker: Does them.
        folder: Where films and tracks go.
        workers: How many jobs are done at once.
    """

    def __init__(self, store: SqliteStore, maker: Maker, folder: Path, workers: int) -> None:
        self._store = store
        self._maker = maker
        self._folder = folder
        self._turn = threading.Condition()
        self._is_closing = False
        self._cancel = threading.Event()
        self._progress: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._workers = workers

    def start(self) -> None:
        """Put back what a killed service was working on, and begin."""
        for job_id in self._store.begun():
            self._store.change(job_id, _after_a_crash)
        with self._turn:
            for _ in range(self._workers):
                self._hire()

    def take(self, job: Job, store: Store) -> None:  # noqa: ARG002 - the store holds it
        """Wake a worker for a new job."""
        with self._turn:
            self._turn.notify()

    def look(self, job_id: str, store: Store) -> Job | None:
        """Return a job as it stands."""
        return store.find(job_id)

    def progress(self, job_id: str) -> float | None:
        """Return how much of a job is done, 0 to 1; ``None`` unless it is being worked on."""
        return self._progress.get(job_id)

    def close(self, grace: float) -> None:
        """Begin no more jobs, and wait for those under way.

        Args:
            grace: Wall seconds that they have; then they are cancelled, and wait in the store again.
        """
        with self._turn:
            self._is_closing = True
            self._turn.notify_all()
            threads = list(self._threads)
        until = time.monotonic() + grace
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._cancel.set()
        until = time.monotonic() + _CANCELLED_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _hire(self) -> None:
        thread = threading.Thread(target=self._work, name="reelforge-worker", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        is_done = False
        try:
            while (job := self._next()) is not None:
                self._do(job)
            is_done = True
        finally:
            with self._turn:
                self._threads.remove(threading.current_thread())
                if not is_done and not self._is_closing:  # a bug ended this worker; the others go on
                    self._hire()

    def _next(self) -> Job | None:
        """Return the next job, waited for; ``None`` when there is to be no more work."""
        with self._turn:
            while not self._is_closing:
                try:
                    job = self._store.claim(_working)
                except StoreError as exc:
                    _log.error("no job can be taken: %s", exc)
                    self._turn.wait(_RETRY_SECONDS)
                    continue
                if job is not None:
                    return job
                self._turn.wait()
        return None

    def _do(self, job: Job) -> None:
        """Bring a job to its end, whatever happens, or back where it waited when the service closes."""
        ended = _gave_up("internal_error", "the service failed over this job; its log says more")
        self._progress[job.id] = 0.0
        try:
            made = self._maker.make(job, self._folder, lambda done: self._report(job.id, done))
            ended = _completed(made)
        except JobFault as fault:
            ended = _gave_up(fault.code, fault.message, fault.status)
        except _CancelledError:
            ended = _waiting_again
        finally:
            self._keep(job.id, ended)
            del self._progress[job.id]

    def _report(self, job_id: str, done: float) -> None:
        self._progress[job_id] = done
        if self._cancel.is_set():
            raise _CancelledError

    def _keep(self, job_id: str, change: Callable[[Job], Job]) -> None:
        """Write how a job stands, tried until the service closes; the next one finds it begun."""
        while True:
            try:
                self._store.change(job_id, change)
            except StoreError as exc:
                _log.error("job %s: its end cannot be kept: %s", job_id, exc)
            else:
                return
            if self._is_closing or self._cancel.wait(_RETRY_SECONDS):
                return


def _working(job: Job) -> str:
    if job.kind == "music":
        return "processing"
    return "transcribing" if is_transcribed(job) else "rendering"


def _completed(made: Made) -> Callable[[Job], Job]:
    """Return the change to a job's end; what a store cannot keep of it is told now, to who made it."""
    outputs, warnings = tuple(made.outputs), tuple(made.warnings)
    if any(isinstance(output.body, bytes) for output in outputs):
        raise TypeError("Maker.make: an output is not in a file; local.output_of(path, …) makes one that is")
    if len({output.name for output in outputs}) < len(outputs):
        raise ValueError("Maker.make: two outputs have one name")
    return lambda job: evolve(job, status="completed", outputs=outputs, warnings=warnings)


def _gave_up(code: str, message: str, status: str = "failed") -> Callable[[Job], Job]:
    return lambda job: evolve(job, status=status, error_code=code, error_message=message)


def _waiting_again(job: Job) -> Job:
    return evolve(job, status="queued", attempts=job.attempts - 1)


def _after_a_crash(job: Job) -> Job:
    if job.attempts < MOST_ATTEMPTS:
        return evolve(job, status="queued")
    message = f"the service was ended {job.attempts} times while it worked on this job"
    return _gave_up("service_restarted", message)(job)
