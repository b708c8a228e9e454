"""Replies and failures as errors: status, code, request id, key and body kept, secrets struck out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from attrs import evolve

from reelforge_dsl.client._calls import Call, Failure, Reply
from reelforge_dsl.client._config import Config
from reelforge_dsl.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    Issue,
    NotFoundError,
    OutOfCreditsError,
    RateLimitedError,
    RejectedError,
    ReplyError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from reelforge_dsl.models.jobs import JobState, Validation
from reelforge_dsl.wire import replies

T = TypeVar("T")
Locate = Callable[[tuple[Issue, ...]], tuple[Issue, ...]]

BEFORE = "; before that: "
"""Stands in a message before the last try that came to something else."""

KEPT = 1 << 16
"""Characters of an answer that an error keeps."""

_SHORTEST = 3

_CLASSES: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    402: OutOfCreditsError,
    403: AuthenticationError,
    404: NotFoundError,
    408: RateLimitedError,
    409: ConflictError,
    429: RateLimitedError,
}
_FIXES: dict[type[ApiError], str] = {
    AuthenticationError: "is the API key right, and of this base_url? See REELFORGER_API_KEY",
    OutOfCreditsError: "add credits to the account; nothing was charged for this call",
    NotFoundError: "check the id; is it of this account and this base_url?",
    ConflictError: "the idempotency key was used for another document: give a new one, or the first document",
}


def told(call: Call) -> str:
    """Return a call for a message: method and path, a download without its query."""
    return f"{call.method} {call.path}"


def retry_after(reply: Reply, wall: float) -> float | None:
    """Return the seconds that an answer asks to wait, or ``None``.

    Args:
        reply: Its ``Retry-After`` is a number of seconds or an HTTP date.
        wall: Seconds since 1970 now.
    """
    text = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    from email.utils import parsedate_to_datetime  # here: dates are rare, and it costs as much as attrs

    try:
        pause = parsedate_to_datetime(text).timestamp() - wall
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(pause, 0.0) if math.isfinite(pause) else None


def api_error(
    config: Config, call: Call, reply: Reply, attempts: int, *, wall: float, locate: Locate | None = None
) -> ApiError | ReplyError:
    """Return the error of an answer that says no."""
    strike = _striker(config, call)
    found = replies.problem(reply.body)
    issues = tuple(_struck(issue, strike) for issue in found.issues)
    request_id = strike(found.request_id or reply.headers.get("x-request-id") or "") or None
    if 300 <= reply.status < 400:
        return _redirected(call, reply, request_id)
    cls = _class_of(reply.status)
    word = " ".join(part for part in (str(reply.status), _phrase(reply.status)) if part)
    code = strike(found.code) if found.code else None
    said = "".join(f": {strike(part)}" for part in (found.code, found.message) if part)
    tries = f" after {attempts} tries" if attempts > 1 else ""
    error = cls(
        f"{told(call)} was answered {word}{tries}{said}",
        fix=_fix(cls, call),
        status=reply.status,
        code=code,
        request_id=request_id,
        body=strike(text_of(reply)),
        issues=locate(issues) if locate is not None and issues else issues,
        idempotency_key=call.idempotency_key,
        attempts=attempts,
    )
    if isinstance(error, RateLimitedError):
        error.retry_after = retry_after(reply, wall)
        if error.retry_after is not None:
            error.fix = f"wait {error.retry_after:g} s, or give the client more retries= and time"
    return error


def read(config: Config, call: Call, reply: Reply, reader: Callable[[bytes], T]) -> T | ReplyError:
    """Return what a reader makes of an answer, or the error with all that is known of the call."""
    try:
        return _with_request_id(reader(_clean(config, call, reply.body)), reply)
    except ReplyError as exc:
        faults = exc.issues
    strike = _striker(config, call)
    return ReplyError(
        f"{told(call)}: the answer ({reply.status}) is not what the contract says",
        fix=_again(call),
        status=reply.status,
        request_id=strike(reply.headers.get("x-request-id") or _request_id(reply)) or None,
        body=strike(text_of(reply)),
        issues=[_struck(issue, strike) for issue in faults],
        idempotency_key=call.idempotency_key,
    )


def transport_error(
    config: Config, call: Call, failure: Failure, attempts: int, *, limit: float | None, before: str
) -> TransportError | ReplyError:
    """Return the error of a call without an answer.

    Args:
        config: Of the client.
        call: What was sent.
        failure: What the network said.
        attempts: How often it was sent.
        limit: Wall seconds that the call had, or ``None``.
        before: What the last try that ended otherwise came to, or ``""``.
    """
    strike = _striker(config, call)
    text = strike(failure.text)
    told_text = f" ({text})" if text else ""
    tries = f" after {attempts} tries" if attempts > 1 else ""
    earlier = f"{BEFORE}{strike(before)}" if before else ""
    if failure.kind == "too_large":
        return ReplyError(
            f"{told(call)}: the answer is too large{told_text}", idempotency_key=call.idempotency_key
        )
    cls: type[TransportError] = TransportError
    fix = _again(call)
    if failure.kind == "timeout":
        cls = TransportTimeoutError
        within = "in time" if limit is None else f"within {round(limit, 2):g} s"
        what = f"{told(call)} was not answered {within}{tries}{told_text}{earlier}"
    elif failure.kind == "connect":
        what = f"{told(call)}: the service cannot be reached{tries}{told_text}{earlier}"
        fix = "is the network there, and base_url right? A proxy is taken from the environment"
    elif failure.kind == "tls":
        what = f"{told(call)}: the host's certificate is not trusted{told_text}"
        fix = "is base_url right? A company's own certificates: SSL_CERT_FILE"
    else:
        what = f"{told(call)}: the connection broke{tries}{told_text}{earlier}"
    return cls(what, fix=fix, idempotency_key=call.idempotency_key, attempts=attempts)


def text_of(reply: Reply) -> str:
    """Return an answer as text, as much as an error keeps."""
    return reply.body[: 4 * KEPT].decode("utf-8", "replace")[:KEPT]


def _class_of(status: int) -> type[ApiError]:
    if status in _CLASSES:
        return _CLASSES[status]
    return ServerError if status >= 500 else RejectedError


def _fix(cls: type[ApiError], call: Call) -> str | None:
    if not call.is_service:
        return "links expire: job.refresh() asks for a fresh one"
    return _again(call) if cls is ServerError else _FIXES.get(cls)


def _again(call: Call) -> str | None:
    if call.idempotency_key is None:
        return None
    return f"the same call with idempotency_key={call.idempotency_key!r} is safe: there is one job at most"


def _redirected(call: Call, reply: Reply, request_id: str | None) -> ReplyError:
    target = re.match(r"https?://(?:[^/?#]*@)?[^/?#@]+", reply.headers.get("location", ""))
    where = f" to {re.sub(r'//[^/]*@', '//', target[0])}" if target else ""
    return ReplyError(
        f"{told(call)} was answered {reply.status}, a redirect{where}; the key is sent nowhere else",
        fix="give the address that answers itself as base_url",
        status=reply.status,
        request_id=request_id,
        body=text_of(reply) if target is None else "",
        idempotency_key=call.idempotency_key,
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _request_id(reply: Reply) -> str:
    return replies.problem(reply.body).request_id or ""


def _with_request_id(result: T, reply: Reply) -> T:
    """Return a result with the request id of the headers, where its body told none."""
    found = reply.headers.get("x-request-id")
    if found is None or not isinstance(result, (JobState, Validation)) or result.request_id is not None:
        return result
    return evolve(result, request_id=found)


def _clean(config: Config, call: Call, body: bytes) -> bytes:
    """Return a good answer without the call's secrets, which nothing needs to repeat."""
    for text in _secrets_of(config, call):
        if len(text) > _SHORTEST and text.encode() in body:
            return _striker(config, call)(body.decode("utf-8", "replace")).encode()
    return body


def _secrets_of(config: Config, call: Call) -> list[str]:
    own = [] if config.key is None else [config.key.reveal()]
    return own + _secrets_in(call.body)


def _striker(config: Config, call: Call) -> Callable[[str], str]:
    """Return the function that strikes the secrets of a call out of a text that came back."""
    secrets = {text for text in _secrets_of(config, call) if len(text) > _SHORTEST}
    forms = {form for text in secrets for form in (text, json.dumps(text)[1:-1])}
    if not forms:
        return str
    found = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
    return lambda text: found.sub(replies.STRUCK, text)


def _secrets_in(body: bytes | None) -> list[str]:
    if body is None or b'"webhook_' not in body:
        return []
    value: Any = json.loads(body)
    if not isinstance(value, Mapping):
        return []
    headers = value.get("webhook_headers")
    held = [value.get("webhook_secret"), *(headers.values() if isinstance(headers, Mapping) else ())]
    return [text for text in held if isinstance(text, str)]


def _struck(issue: Issue, strike: Callable[[str], str]) -> Issue:
    return evolve(
        issue,
        code=strike(issue.code),
        path=strike(issue.path),
        message=strike(issue.message),
        fix=strike(issue.fix) if issue.fix else None,
    )
