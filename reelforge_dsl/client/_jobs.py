"""Handles: a job's last known state, and the client to ask for the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from attrs import frozen

from reelforge_dsl.errors import FieldError, JobFailedError, ReelforgeError
from reelforge_dsl.models.jobs import Billing, JobState, MusicState, RenderState
from reelforge_dsl.models.music import Track
from reelforge_dsl.wire import replies

S = TypeVar("S", bound=JobState)


@frozen
class Kind(Generic[S]):
    """One kind of job.

    Attributes:
        name: For messages.
        verb: The client's method that joins one.
        path: Where its jobs are, up to the id.
        read: Makes the state of an answer and the id asked for.
    """

    name: str
    verb: str
    path: str
    read: Callable[[bytes, str], S]


RENDER: Kind[RenderState] = Kind("Render job", "job", "/v1/jobs/", replies.render_state)
MUSIC: Kind[MusicState] = Kind("Music job", "music_job", "/v1/music/jobs/", replies.music_state)


def job_name(value: Any) -> str:
    """Return the id of a job as it may stand in a path.

    Raises:
        FieldError: It is none.
    """
    name = value.id if isinstance(value, Handle) else value
    if not isinstance(name, str) or not name.strip() or name in (".", "..") or not name.isprintable():
        raise FieldError(
            f"job: {name!r:.60} is no id of a job", fix="give job.id, a text", field="id", value=name
        )
    return name


class Handle(Generic[S]):
    """A job's last known state.

    It pickles and copies; a pickle leaves the client behind, and ``client.job(job.id)`` joins again.
    """

    __slots__ = ("_client", "_idempotency_key", "_state")

    kind: Kind[Any]

    def __init__(self, client: Any, state: S, idempotency_key: str | None = None) -> None:
        self._client = client
        self._state = state
        self._idempotency_key = idempotency_key

    @property
    def state(self) -> S:
        """All that was told of it last, as a frozen value."""
        return self._state

    def _take(self, state: S) -> None:
        """Replace the state by a newer one."""
        self._state = state

    @property
    def id(self) -> str:
        """Its name."""
        return self._state.id

    @property
    def status(self) -> str:
        """The service's word for how it stands. Source: contract §9."""
        return self._state.status

    @property
    def is_terminal(self) -> bool:
        """Whether nothing will change any more; an unknown status means "still running"."""
        return self._state.is_terminal

    @property
    def output_url(self) -> str | None:
        """Where the film is, once it is completed; ``None`` for music, whose `tracks` have addresses."""
        return self._state.output_url

    @property
    def billing(self) -> Billing | None:
        """What it cost in credits, when told."""
        return self._state.billing

    @property
    def request_id(self) -> str | None:
        """What the service's support asks for."""
        return self._state.request_id

    @property
    def raw(self) -> Any:
        """The last answer as plain values, a fresh copy; secrets that it repeats are struck out."""
        return self._state.reply.value

    @property
    def idempotency_key(self) -> str | None:
        """The key that it was queued with; ``None`` for a job that was joined by its id."""
        return self._idempotency_key

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: {self.status}>"

    def __copy__(self) -> Self:
        return type(self)(self._client, self._state, self._idempotency_key)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (None, self._state, self._idempotency_key)

    def _owner(self) -> Any:
        if self._client is None:
            raise ReelforgeError(
                f"{self.kind.name} {self.id} came without its client, as pickled handles do",
                fix=f"client.{self.kind.verb}({self.id!r}) joins it again",
            )
        return self._client


class MusicHandle(Handle[MusicState]):
    """What handles of music have beside the others'."""

    __slots__ = ()

    kind = MUSIC

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The pieces: two once it is completed; each goes straight into ``Timeline.music``.

        Source: contract §8.
        """
        return self._state.tracks

    def _track_urls(self) -> tuple[str, ...]:
        demand_completed(self)
        return tuple(track.audio_url for track in self.tracks)


def demand_completed(job: Handle[Any]) -> None:
    """Refuse a job that has no result.

    Raises:
        JobFailedError: It ended without one.
        ReelforgeError: It has not ended.
    """
    if job.state.has_failed:
        raise failed(job)
    if not job.is_terminal:
        raise ReelforgeError(
            f"{job.kind.name} {job.id} is {job.status}: there is no file yet", fix="job.wait() first"
        )


def output_of(job: Handle[Any]) -> str:
    """Return where a finished film is.

    Raises:
        JobFailedError: There is none, and will be none.
        ReelforgeError: There is none yet, or nobody says where.
    """
    demand_completed(job)
    if job.output_url is None:
        raise ReelforgeError(
            f"{job.kind.name} {job.id} is completed, but names no output", fix="job.refresh()"
        )
    return job.output_url


def failed(job: Handle[Any]) -> JobFailedError:
    """Return the error of a job that ended without its result."""
    state = job.state
    parts = (state.error_code, state.error_message if state.error_message != state.error_code else None)
    said = "".join(f": {part}" for part in parts if part)
    what = f"{job.kind.name} {job.id} ended as {state.status}{said}"
    return JobFailedError(what, fix=_FIXES.get(state.error_code or ""), job=job, code=state.error_code)


_FIXES = {
    "caption_alignment_failed": "correct_text is too unlike what is said: mend it, or leave it out",
}
"""What helps with the failures whose codes are published. Source: contract §9."""
