"""Answers in the service's envelopes: flat for renders, nested for validation and music."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from reelforge_dsl.errors import Issue
from reelforge_dsl.local._exchange import FileSlice, Reply
from reelforge_dsl.local._store import Job, Output

CODES = {
    400: ("not_json", "the body is not JSON"),
    401: ("unauthorized", "send the header  Authorization: Bearer <API key>"),
    402: ("out_of_credits", "the account has too few credits"),
    403: ("forbidden", "this key may not do that"),
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address takes another method"),
    408: ("request_timeout", "the request took too long"),
    409: ("idempotency_conflict", "this idempotency key was used for another request; take a new one"),
    413: ("too_large", "the body is too large"),
    422: ("invalid_document", "the document breaks the contract"),
    429: ("rate_limited", "too many requests; slow down"),
    500: ("internal_error", "the service failed"),
    502: ("bad_gateway", "the service cannot be reached behind its gateway"),
    503: ("unavailable", "the service takes no work now; try again later"),
    504: ("gateway_timeout", "the service did not answer its gateway in time"),
}
"""The code and the sentence of each status. Source: decision D1, and HTTP where it is silent."""

CREDITS = 20
"""Credits of every successful music request; here nothing is charged. Source: contract §8, decision D1."""

_FREE = {
    "transcription_credit_cost": 0,
    "transcription_duration_seconds_billed": 0,
    "render_credit_cost": 0,
    "total_credit_cost": 0,
}


def request_id() -> str:
    """Return a name for one exchange."""
    return "req_" + secrets.token_hex(8)


def success(status: int, body: Mapping[str, Any]) -> Reply:
    """Return an answer: ``success``, the body's keys, and the request id last, in a header too."""
    name = request_id()
    return _json(status, {"success": True, **body, "request_id": name}, name)


def failure(
    status: int,
    *,
    code: str | None = None,
    message: str | None = None,
    details: Iterable[Issue] = (),
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Return an error. Source: decision D1."""
    usual_code, usual_message = CODES.get(status, (f"status_{status}", "the service failed"))
    error = {
        "code": code or usual_code,
        "message": message or usual_message,
        "details": [on_wire(issue) for issue in details],
    }
    name = request_id()
    return _json(status, {"success": False, "error": error, "request_id": name}, name, headers)


def on_wire(issue: Issue) -> dict[str, str]:
    """Return a finding as it goes over the wire: ``{code, path, message, hint?}``. Source: decision D1."""
    said = {"code": issue.code, "path": issue.path, "message": issue.message}
    return said | {"hint": issue.fix} if issue.fix else said


def validation(issues: Iterable[Issue], seconds: float | None) -> Reply:
    """Return the answer of a validation; it makes no job and has no price. Source: decision D1."""
    found = tuple(issues)
    errors = [on_wire(issue) for issue in found if issue.severity == "error"]
    warnings = [on_wire(issue) for issue in found if issue.severity != "error"]
    data = {
        "valid": not errors,
        "errors": errors,
        "warnings": warnings,
        "estimated_duration_seconds": seconds,
        "estimated_credit_cost": None,
    }
    return success(200, {"data": data})


def queued(job: Job) -> Reply:
    """Return the answer to a request that made a job, or had made it before. Source: contract §1."""
    if job.kind == "music":
        return success(202, {"data": {"job_id": job.id, **_price()}})
    return success(202, {"job_id": job.id})


def shown(job: Job, base_url: str, engine: str | None = None) -> dict[str, Any]:
    """Return a job as a look at it and its event show it.

    Args:
        job: The job.
        base_url: Before every address.
        engine: What makes music here, said in a music job; ``None`` leaves it out.

    Source: contract §8, §9.
    """
    return _music(job, base_url, engine) if job.kind == "music" else _render(job, base_url)


def look(job: Job, base_url: str, engine: str | None, progress: float | None) -> Reply:
    """Return a look at a job: a render flat like the answer that queued it, music nested.

    Args:
        job: The job.
        base_url: Before every address.
        engine: As for `shown`.
        progress: How much of it is done, 0 to 1; ``None`` leaves it out.

    Source: contract §8, §9.
    """
    body = shown(job, base_url, engine)
    if progress is not None and not job.has_ended:
        body["progress"] = round(progress, 3)
    return success(200, {"data": body} if job.kind == "music" else body)


def _render(job: Job, base_url: str) -> dict[str, Any]:
    films = [f"{base_url}/outputs/{output.name}" for output in job.outputs]
    body: dict[str, Any] = {
        "job_id": job.id,
        "status": job.status,
        "output_url": films[0] if films else None,
        "billing": _FREE,
    }
    told = {"warnings": [on_wire(issue) for issue in job.warnings]} if job.warnings else {}
    return body | _failed(job) | told | _echoed(job)


def _music(job: Job, base_url: str, engine: str | None) -> dict[str, Any]:
    tracks = [_track(n, output, base_url) for n, output in enumerate(job.outputs, start=1)]
    body = {"id": job.id, "status": job.status, **_price(), "tracks": tracks}
    return body | ({"engine": engine} if engine is not None else {}) | _failed(job)


def _price() -> dict[str, Any]:
    return {"billing_policy": f"flat_{CREDITS}_credits", "credit_cost": CREDITS}


def _track(n: int, output: Output, base_url: str) -> dict[str, Any]:
    return {
        "id": f"track-{n}",
        "audio_url": f"{base_url}/tracks/{output.name}",
        "title": output.title,
        "duration": output.seconds,
    }


def _failed(job: Job) -> dict[str, str]:
    said = {"error_code": job.error_code, "error_message": job.error_message}
    return {key: value for key, value in said.items() if value is not None}


def _echoed(job: Job) -> dict[str, Any]:
    return {"metadata": job.document.metadata.value} if job.document.metadata is not None else {}


def _json(status: int, body: Any, name: str, headers: Mapping[str, str] | None = None) -> Reply:
    said = {"content-type": "application/json", "x-request-id": name, **(headers or {})}
    return whole(status, said, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def whole(status: int, headers: Mapping[str, str], body: bytes | FileSlice) -> Reply:
    """Return an answer under the length of its body."""
    return Reply(status, {**headers, "content-length": str(len(body))}, body)
