"""The service's answers, read tolerantly: two envelopes, unknown words and keys, errors of any shape.

What must be there and is not becomes a `ReplyError` with its place; what may
be there and is odd is left out, and stays readable in the raw answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import frozen

from reelforge_dsl.errors import Issue, ReplyError, Severity
from reelforge_dsl.models import Json
from reelforge_dsl.models.jobs import COMPLETED, Billing, MusicState, RenderState, Validation
from reelforge_dsl.models.music import Track
from reelforge_dsl.units import plain, real
from reelforge_dsl.wire._faults import below

DEEPEST = 100
"""Levels of lists and objects that an answer may have; ours, so that none can exhaust the stack."""

STRUCK = "…"
"""What stands in place of a secret that the service repeats."""

_SECRET_KEYS = frozenset({"webhook_secret", "webhook_headers", "authorization", "api_key"})
_LONGEST = 2000
_MOST_ISSUES = 1000

S = TypeVar("S", RenderState, MusicState)
Envelope: TypeAlias = tuple[str, Mapping[str, Any]]


@frozen
class Problem:
    """What an error body says; every part may be missing.

    Attributes:
        code: The service's word.
        message: Its sentence, one line.
        request_id: What its support asks for.
        issues: Its findings about the document.
    """

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    issues: tuple[Issue, ...] = ()


def value_of(body: bytes) -> Any:
    """Return an answer as plain values, without the secrets it repeats.

    Raises:
        ReplyError: It is not JSON, or nested without end.
    """
    try:
        return _clean(json.loads(body.decode().removeprefix("\ufeff"), parse_constant=_no_number), 0)
    except (ValueError, RecursionError):
        said = "is empty" if not body.strip() else "is not JSON"
    raise faulty("not_json", "$", said)


def faulty(code: str, path: str, message: str, fix: str | None = None) -> ReplyError:
    """Return the error of an answer that is not what the contract says."""
    issue = Issue(code, "error", path, message, fix)
    return ReplyError("The answer is not what the contract says", issues=[issue])


def is_unreadable(error: ReplyError) -> bool:
    """Tell whether the answer was no JSON at all: a proxy's page, a cut text."""
    return any(issue.code == "not_json" for issue in error.issues)


def object_of(body: bytes) -> Mapping[str, Any]:
    """Return an answer that must be an object, and must not say that it failed.

    Raises:
        ReplyError: It is not.
    """
    value = value_of(body)
    if not isinstance(value, dict):
        raise faulty("not_an_object", "$", "is no object")
    return value


def refuses(body: bytes) -> bool:
    """Tell whether an answer with a good status says ``success: false``."""
    if b"false" not in body:
        return False
    try:
        value = value_of(body)
    except ReplyError:
        return False
    return isinstance(value, dict) and value.get("success") is False


def queued_render(body: bytes) -> RenderState:
    """Read the answer to a render or a recipe. Source: contract §1, the flat envelope.

    Raises:
        ReplyError: It names no job.
    """
    return _queued(body, RenderState)


def queued_music(body: bytes) -> MusicState:
    """Read the answer to a music request. Source: contract §1, the nested envelope.

    Raises:
        ReplyError: It names no job.
    """
    return _queued(body, MusicState)


def _queued(body: bytes, cls: type[S]) -> S:
    reply = object_of(body)
    for path, level in _levels(reply):
        for key in ("job_id", "id"):
            name = _name(level.get(key))
            if name is not None:
                status = _text(level.get("status")) or "queued"
                known = status if status not in ("success", "ok", "accepted") else "queued"
                return cls(id=name, status=known, request_id=_request_id(reply), reply=Json.of(reply))
        if "job_id" in level:
            raise faulty("wrong_type", below(path, "job_id"), "is no name of a job")
    raise faulty("missing_key", "$.job_id", "is missing: the answer names no job")


def render_state(body: bytes, job_id: str) -> RenderState:
    """Read a render job.

    Args:
        body: The answer.
        job_id: The job that was asked for.

    Raises:
        ReplyError: It has no status, names another job, or is completed without an output.

    Source: contract §9; the job is in ``data`` or at the top.
    """
    reply, path, job, status = _job(body, job_id)
    url = _text(job.get("output_url"))
    if status == COMPLETED and url is None:
        raise faulty("missing_key", below(path, "output_url"), "is missing, though the job is completed")
    code, message = _failure(job)
    return RenderState(
        id=job_id,
        status=status,
        output_url=url,
        billing=_billing(job.get("billing")),
        error_code=code,
        error_message=message,
        request_id=_request_id(reply),
        reply=Json.of(reply),
    )


def music_state(body: bytes, job_id: str) -> MusicState:
    """Read a music job.

    Args:
        body: The answer.
        job_id: The job that was asked for.

    Raises:
        ReplyError: It has no status, names another job, or is completed without exactly two tracks.

    Source: contract §8, §9.
    """
    reply, path, job, status = _job(body, job_id)
    where = below(path, "tracks")
    given = job.get("tracks")
    items = given if isinstance(given, list) else []
    tracks = tuple(_tracks(items, where, strict=status == COMPLETED))
    if status == COMPLETED and len(tracks) != 2:
        raise faulty("track_count", where, f"holds {len(tracks)} tracks, and every music job makes 2")
    code, message = _failure(job)
    cost = _number(job.get("credit_cost"))
    return MusicState(
        id=job_id,
        status=status,
        billing=None if cost is None else Billing(total_credit_cost=cost),
        error_code=code,
        error_message=message,
        request_id=_request_id(reply),
        reply=Json.of(reply),
        tracks=tracks,
    )


def validation(body: bytes) -> Validation:
    """Read a verdict. Source: decision D1; any envelope is taken.

    Raises:
        ReplyError: It says neither ``valid`` nor ``errors``.
    """
    reply = object_of(body)
    for _, level in _levels(reply):
        if isinstance(level.get("valid"), bool) or isinstance(level.get("errors"), list):
            break
    else:
        raise faulty("missing_key", "$.data.valid", "is missing: the answer holds no verdict")
    errors = _issues(level.get("errors"), "error")
    valid = level.get("valid")
    return Validation(
        valid=valid if isinstance(valid, bool) else not errors,
        errors=errors,
        warnings=_issues(level.get("warnings"), "warning"),
        estimated_duration_seconds=_number(level.get("estimated_duration_seconds")),
        estimated_credit_cost=_number(level.get("estimated_credit_cost")),
        request_id=_request_id(reply),
        reply=Json.of(reply),
    )


def refused_validation(body: bytes, status: int) -> Validation | None:
    """Read an error answer to a validation as a verdict, or return ``None`` where it is none.

    Args:
        body: The answer.
        status: Its HTTP status: 422 is a verdict in itself, 400 only with findings.
    """
    try:
        verdict = validation(body)
        if not verdict.valid:
            return verdict
    except ReplyError:
        pass
    found = problem(body)
    if not found.issues and not (status == 422 and (found.code or found.message)):
        return None
    blocks = tuple(issue for issue in found.issues if issue.severity == "error")
    if not blocks:
        blocks = (Issue(found.code or "rejected", "error", "$", found.message or "is rejected"),)
    rest = tuple(issue for issue in found.issues if issue.severity == "warning")
    return Validation(
        valid=False,
        errors=blocks,
        warnings=rest,
        request_id=found.request_id,
        reply=Json.of(value_of(body)),
    )


def problem(body: bytes) -> Problem:
    """Read an error body of any shape; never raises."""
    try:
        value = value_of(body)
    except ReplyError:
        return Problem()
    if isinstance(value, list):
        return Problem(issues=_issues(value, "error"))
    if not isinstance(value, dict):
        return Problem(message=_line(value) if isinstance(value, str) else None)
    inner = value.get("error")
    error = inner if isinstance(inner, dict) else value
    said = [error.get("message"), inner, value.get("message"), value.get("detail"), value.get("title")]
    message = next((line for text in said if isinstance(text, str) and (line := _line(text))), None)
    code = _text(error.get("code")) or _text(value.get("code")) or _text(error.get("type"))
    lists = [error.get(key) for key in ("details", "errors", "issues")]
    lists += [value.get(key) for key in ("details", "errors", "issues", "detail")]
    issues = next((found for item in lists if (found := _issues(item, "error"))), ())
    warnings = _issues(value.get("warnings"), "warning") if issues else ()
    return Problem(code, message, _request_id(value) or _text(error.get("request_id")), (*issues, *warnings))


def _levels(reply: Mapping[str, Any]) -> Iterator[Envelope]:
    """Yield the objects that may hold what was asked for, the innermost first."""
    data = reply.get("data")
    if isinstance(data, dict):
        for key in ("job", "render", "validation"):
            if isinstance(data.get(key), dict):
                yield f"$.data.{key}", data[key]
        yield "$.data", data
    if isinstance(reply.get("job"), dict):
        yield "$.job", reply["job"]
    yield "$", reply


def _job(body: bytes, job_id: str) -> tuple[Mapping[str, Any], str, Mapping[str, Any], str]:
    reply = object_of(body)
    for path, level in _levels(reply):
        status = _text(level.get("status"))
        if status is None:
            continue
        for key in ("id", "job_id"):
            name = _name(level.get(key))
            if name is not None and name != job_id:
                raise faulty("other_job", below(path, key), f"is {name!r}, another job than {job_id!r}")
        return reply, path, level, status
    raise faulty("missing_key", "$.data.status", "is missing: the answer tells no status")


def _failure(job: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return why a job failed, code and message; only ``error_message`` is published."""
    error = job.get("error")
    inner = error if isinstance(error, dict) else {}
    message = _line(job.get("error_message")) or _line(inner.get("message")) or _line(error)
    code = _text(job.get("error_code")) or _text(inner.get("code")) or _text(job.get("failure_code"))
    if code is None and message is not None and message.isascii() and message.isidentifier():
        code = message
    return code, message


def _billing(value: Any) -> Billing | None:
    if not isinstance(value, dict):
        return None
    return Billing(
        _number(value.get("transcription_credit_cost")),
        _number(value.get("transcription_duration_seconds_billed")),
        _number(value.get("render_credit_cost")),
        _number(value.get("total_credit_cost")),
    )


def _tracks(items: list[Any], where: str, *, strict: bool) -> Iterator[Track]:
    for at, item in enumerate(items):
        track = item if isinstance(item, dict) else {}
        name, url = _name(track.get("id")), _text(track.get("audio_url"))
        if name is not None and url is not None:
            length = _number(track.get("duration"))
            usable = length if length is not None and length >= 0 else None
            yield Track(name, url, _text(track.get("title")), usable)
        elif strict:
            key = "id" if name is None else "audio_url"
            raise faulty("missing_key", below(where, at, key), "is missing")


def _issues(value: Any, severity: Severity) -> tuple[Issue, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(_issue(item, severity) for item in value[:_MOST_ISSUES] if isinstance(item, (dict, str)))


def _issue(item: Mapping[str, Any] | str, severity: Severity) -> Issue:
    if isinstance(item, str):
        return Issue("service_issue", severity, "$", _line(item) or "is not right")
    told = item.get("severity")
    grave: Literal["error", "warning"] = "warning" if told == "warning" else severity
    place = next((item[key] for key in ("path", "loc", "field", "instancePath") if key in item), None)
    said = next((line for key in ("message", "msg", "error") if (line := _line(item.get(key)))), None)
    hint = _line(item.get("hint")) or _line(item.get("fix"))
    code = _text(item.get("code")) or _text(item.get("type")) or "service_issue"
    return Issue(code, grave, _path(place), said or "is not right", hint)


def _path(place: Any) -> str:
    """Return a place in the document, however it is written, as a JSON path."""
    if isinstance(place, list):
        steps = [step for step in place if type(step) in (str, int)]
        return below("$", *(steps[1:] if steps[:1] == ["body"] else steps))
    if not isinstance(place, str) or not place:
        return "$"
    text = place[:_LONGEST]
    if text.startswith("$"):
        return text
    if text.startswith("/"):
        names = [name.replace("~1", "/").replace("~0", "~") for name in text[1:].split("/")]
    elif "[" in text:
        return f"$.{text}"
    else:
        names = text.split(".")
    return below("$", *(int(name) if name.isascii() and name.isdigit() else name for name in names))


def _request_id(reply: Mapping[str, Any]) -> str | None:
    return _text(reply.get("request_id"))


def _name(value: Any) -> str | None:
    if type(value) is int:
        return str(value)
    return _text(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _line(value: Any) -> str | None:
    """Return text on one line, without control characters, and not without end."""
    if not isinstance(value, str):
        return None
    line = " ".join("".join(c if c.isprintable() else " " for c in value[:_LONGEST]).split())
    return line or None


def _number(value: Any) -> float | None:
    held = real(value)
    return None if held is None else plain(held)


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _clean(value: Any, depth: int) -> Any:
    """Return plain values with secrets struck out and text that UTF-8 can say."""
    if depth > DEEPEST:
        raise ValueError(depth)
    if isinstance(value, dict):
        return {
            _sayable(key): STRUCK if key in _SECRET_KEYS and item else _clean(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _sayable(value)
    if isinstance(value, float) and real(value) is None:
        raise ValueError(value)
    return value


def _sayable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
