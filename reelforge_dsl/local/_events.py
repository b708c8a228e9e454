"""What a service has to tell the webhooks, and how it hands that over.

The service calls its ``deliver`` with a `Delivery` when a job ends, from whatever thread ended it, and
with those that a killed service left undelivered while it is being made: ``deliver`` only queues. How
it ended is told once, with ``Service.settle``; what is never settled is handed over again after a restart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

EventType = Literal[
    "video.render.completed",
    "video.render.failed",
    "music.generation.completed",
    "music.generation.failed",
]
"""What may happen. Source: contract §9."""


@frozen
class Delivery:
    """One event on its way to one address.

    Attributes:
        job_id: Whose job.
        type: What happened.
        url: Where it goes. It may hold a token: show it without login and query.
        headers: What the request wants sent along, as given; empty after a restart, for they are
            kept in memory only. Kept out of the repr.
        secret: What signs it: the request's own, else the service's; ``None`` for no signature. Kept
            out of the repr.
        body: The JSON of the event, ready to be signed and sent; the same bytes at every try.

    Source: contract §9, decision D15.
    """

    job_id: str
    type: EventType
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    secret: str | None = field(default=None, repr=False)
    body: bytes = field(default=b"", repr=False)


Deliver = Callable[[Delivery], None]
"""What takes a `Delivery` over; it returns at once and raises nothing."""


def event_type(kind: str, status: str) -> EventType | None:
    """Return the event of a job's end, or ``None`` while it runs.

    Args:
        kind: The job's: ``render``, ``recipe`` or ``music``.
        status: Where it stands.

    Source: contract §9.
    """
    if status == "completed":
        return "music.generation.completed" if kind == "music" else "video.render.completed"
    if status in ("failed", "transcription_failed"):
        return "music.generation.failed" if kind == "music" else "video.render.failed"
    return None


def event_body(
    event: EventType, job_id: str, job: Mapping[str, Any], metadata: Mapping[str, Any] | None
) -> bytes:
    """Return the body of a delivery.

    Args:
        event: What happened.
        job_id: Whose job.
        job: The job as a look at it shows it.
        metadata: What the request sent along, echoed.

    Returns:
        ``{id, type, job_id, data, metadata}``; the id is the same whenever it is sent again.

    Source: contract §9; the shape is ours, decision D1.
    """
    name = "evt_" + hashlib.sha256(f"{job_id} {event}".encode()).hexdigest()[:24]
    said = {"id": name, "type": event, "job_id": job_id, "data": job, "metadata": metadata or {}}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
