"""Jobs as the service tells them: states, costs, verdicts. Source: contract §1, §8, §9."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.models.foreign import Json
from reelforge_dsl.models.music import Track

COMPLETED = "completed"
"""The one status that means there is a result. Source: contract §9."""

FAILED = frozenset({"failed", "transcription_failed"})
"""The statuses that mean there will be none. Every other word means "still running". Source: contract §9."""


NO_REPLY = Json("{}")
"""What stands for the answer in a value that was made by hand."""


@frozen
class Billing:
    """What a job cost, in credits.

    Attributes:
        transcription_credit_cost: For the captions' words, ``None`` when not told.
        transcription_duration_seconds_billed: Seconds of the speech source that were billed.
        render_credit_cost: For the film.
        total_credit_cost: For all.

    Source: contract §9, ``billing``.
    """

    transcription_credit_cost: float | None = None
    transcription_duration_seconds_billed: float | None = None
    render_credit_cost: float | None = None
    total_credit_cost: float | None = None


@frozen(kw_only=True)
class JobState:
    """A job at one moment.

    Attributes:
        id: Its name.
        status: The service's word; an unknown one means "still running".
        output_url: Where the film is, once it is completed.
        billing: What it cost, when told.
        error_code: The service's word for why it failed, when told.
        error_message: Its sentence, when told.
        request_id: Of the answer that told this.
        reply: The answer; secrets that it repeats are struck out.

    Source: contract §9.
    """

    id: str
    status: str
    output_url: str | None = None
    billing: Billing | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_id: str | None = None
    reply: Json = field(default=NO_REPLY, repr=False)

    @property
    def has_failed(self) -> bool:
        """Whether it ended without its result."""
        return self.status in FAILED

    @property
    def is_terminal(self) -> bool:
        """Whether nothing will change any more."""
        return self.status == COMPLETED or self.has_failed


@frozen(kw_only=True)
class RenderState(JobState):
    """A render at one moment. Source: contract §9."""


@frozen(kw_only=True)
class MusicState(JobState):
    """A music generation at one moment.

    Attributes:
        tracks: The pieces: two once it is completed.

    Source: contract §8.
    """

    tracks: tuple[Track, ...] = ()


@frozen(kw_only=True)
class Validation:
    """The service's verdict on a document; it costs nothing.

    Attributes:
        valid: Whether it would be rendered.
        errors: What blocks.
        warnings: What does not.
        estimated_duration_seconds: Output seconds, when told.
        estimated_credit_cost: Credits, when told.
        request_id: Of the answer.
        reply: The answer.

    Source: contract §1, decision D1.
    """

    valid: bool
    errors: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
    estimated_duration_seconds: float | None = None
    estimated_credit_cost: float | None = None
    request_id: str | None = None
    reply: Json = field(default=NO_REPLY, repr=False)

    @property
    def raw(self) -> Any:
        """The answer as plain values; a fresh copy."""
        return self.reply.value

    def __bool__(self) -> bool:
        return self.valid
