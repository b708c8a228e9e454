"""What a command came to: an exit code, lines for people, one JSON object for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from reelforge_dsl.cli._terminal import Line, paragraph, shown
from reelforge_dsl.errors import (
    ApiError,
    AuthenticationError,
    FetchError,
    FfmpegFailedError,
    FieldError,
    Issue,
    JobFailedError,
    JobTimeoutError,
    ManifestInvalidError,
    ProbeError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    TransportError,
    UnsupportedByEngineError,
)

FINE = 0
FAULTY = 1
"""The document has errors, or its film could not be made."""
MISUSED = 2
"""Wrong usage, or something is missing."""
UNREACHED = 3
"""The network or the service failed."""
LEFT = 141
"""The reader of our output has left, as after ``| head``."""

_FAULTS = (
    FfmpegFailedError,
    FieldError,
    JobFailedError,
    ManifestInvalidError,
    ProbeError,
    UnsupportedByEngineError,
)
_UNREACHED = (ApiError, FetchError, JobTimeoutError, ReplyError, TransportError)
_COLOURS = {"error": "red", "warning": "yellow"}


class CommandError(ReelforgeError):
    """A command was given something it cannot work with."""


@frozen
class Outcome:
    """What a command came to.

    Attributes:
        command: Its name.
        code: The exit code.
        data: The keys of the JSON object, beside ``command``, ``ok`` and ``error``.
        lines: For stdout, where no JSON is asked for.
        notes: For stderr.
        error: The JSON object of what went wrong, or ``None``.
    """

    command: str
    code: int
    data: dict[str, Any]
    lines: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    error: dict[str, Any] | None = None

    def json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        return {"command": self.command, "ok": self.code == FINE, "error": self.error, **self.data}


def failed(command: str, error: ReelforgeError, job_id: str | None = None) -> Outcome:
    """Return what an error is to a user: its text on stderr, its code, its parts as JSON.

    Args:
        command: Which was run.
        error: What it raised.
        job_id: The service's job, if one was queued.
    """
    issues = tuple(getattr(error, "issues", ()))
    notes = [Line(f"reelforge {command}: {paragraph(error.what)}", "red")]
    if error.fix:
        notes.append(Line(f"  fix: {paragraph(error.fix)}"))
    notes += issue_lines(issues)
    tail = getattr(error, "stderr_tail", "").strip()
    if tail:
        notes.append(Line("  ffmpeg said:\n    " + paragraph(tail).replace("\n", "\n    ")))
    data = {
        "type": type(error).__name__,
        "message": error.what,
        "fix": error.fix,
        "issues": [issue_data(issue) for issue in issues],
        "job_id": job_id,
    }
    return Outcome(command, code_of(error), {}, notes=tuple(notes), error=data)


def code_of(error: ReelforgeError) -> int:
    """Return the exit code that an error stands for."""
    if isinstance(error, AuthenticationError) and not error.status:
        return MISUSED  # there is no key: nothing was sent
    if isinstance(error, RejectedError) and error.issues:
        return FAULTY
    if isinstance(error, _UNREACHED):
        return UNREACHED
    return FAULTY if isinstance(error, _FAULTS) else MISUSED


def issue_data(issue: Issue) -> dict[str, Any]:
    """Return a finding with the keys that ``--json`` prints."""
    return {
        "code": issue.code,
        "severity": issue.severity,
        "path": issue.path,
        "message": issue.message,
        "fix": issue.fix,
        "where": issue.where,
    }


def issue_lines(issues: Iterable[Issue]) -> list[Line]:
    """Return findings as lines; nothing that a document holds can add one."""
    lines = []
    for issue in issues:
        place = f" ({issue.where})" if issue.where else ""
        text = shown(f"{issue.path}  {issue.message}{place}   [{issue.code}]")
        lines.append(Line(f"  {issue.severity:<7}  {text}", _COLOURS.get(issue.severity, "")))
        if issue.fix:
            lines.append(Line(f"           fix: {shown(issue.fix)}"))
    return lines


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 error``, ``2 errors``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
