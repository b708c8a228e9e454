"""What a scripted fault makes of an answer."""

from __future__ import annotations

import json
import uuid
from typing import Any

from attrs import evolve

from reelforge_dsl.local._exchange import FileSlice, Reply
from reelforge_dsl.local._faults import Fault
from reelforge_dsl.local._replies import failure, whole

_PAGE = (
    b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>"
)


def refusal(fault: Fault) -> Reply | None:
    """Return the answer to a call that is not carried out; ``None`` for one that is."""
    if fault.status is None:
        return None
    wait = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return failure(fault.status, code=fault.code, message=fault.message, headers=wait)


def spoilt(reply: Reply, fault: Fault) -> Reply:
    """Return an answer as the fault lets it through."""
    match fault.kind:
        case "reset" | "stall":
            return evolve(reply, broken=fault.kind)
        case "cut":
            return evolve(reply, body=_half(reply.body), broken="cut")
        case "truncated":
            return whole(reply.status, reply.headers, _half(reply.body))
        case "html":
            return whole(reply.status, {**reply.headers, "content-type": "text/html; charset=utf-8"}, _PAGE)
        case "empty":
            return whole(reply.status, reply.headers, b"")
        case "wrong_id":
            return _misnamed(reply)
        case _:
            return reply


def _half(body: bytes | FileSlice) -> bytes | FileSlice:
    middle = len(body) // 2
    return body[:middle] if isinstance(body, bytes) else evolve(body, stop=body.start + middle)


def _misnamed(reply: Reply) -> Reply:
    """Put another job's id in; an error names no job, and stays."""
    if reply.status >= 300:
        return reply
    body: dict[str, Any] = reply.json()
    named = body.get("data", body)
    named["job_id" if "job_id" in named else "id"] = str(uuid.uuid4())
    return whole(reply.status, reply.headers, json.dumps(body, ensure_ascii=False).encode())
