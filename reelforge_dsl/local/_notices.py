"""The events of jobs that have a webhook, with what their requests whispered about it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from reelforge_dsl.client import Secret
from reelforge_dsl.local._events import Deliver, Delivery, event_body, event_type
from reelforge_dsl.local._store import Document, Job

_log = logging.getLogger("reelforge_dsl.local")


@frozen
class Whisper:
    """What a request says about its webhook that is kept in memory alone.

    Attributes:
        secret: Signs the event.
        headers: Sent along.
    """

    secret: str | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def without_whisper(document: Document) -> tuple[Document, Whisper]:
    """Return a document without the webhook's secret and headers, and these."""
    held = document.webhook_headers.value if document.webhook_headers is not None else {}
    pairs = held.items() if isinstance(held, dict) else ()
    headers = {name: value if isinstance(value, str) else json.dumps(value) for name, value in pairs}
    whisper = Whisper(document.webhook_secret, headers)
    return evolve(document, webhook_secret=None, webhook_headers=None), whisper


class Notices:
    """Makes a `Delivery` of a job's end.

    Args:
        deliver: What takes it; ``None`` when nothing is delivered.
        secret: The service's own.
    """

    def __init__(self, deliver: Deliver | None, secret: Secret | None) -> None:
        self._deliver = deliver
        self._secret = secret
        self._whispers: dict[str, Whisper] = {}

    def keep(self, job_id: str, whisper: Whisper) -> None:
        """Remember what a request whispered, until its job has ended."""
        self._whispers[job_id] = whisper

    def forget(self, job_id: str) -> None:
        """Forget it: no job came of that request."""
        self._whispers.pop(job_id, None)

    def tell(self, job: Job, shown: Mapping[str, Any]) -> bool:
        """Hand a job's event over; return whether it was, for what is not is dropped.

        One that was to be signed with a secret that a restart lost is signed with the service's own,
        or dropped.

        Args:
            job: A job that has ended.
            shown: The job as a look at it shows it.
        """
        whisper = self._whispers.pop(job.id, None)
        url, event = job.document.webhook_url, event_type(job.kind, job.status)
        if url is None or event is None:
            return True
        own = self._secret.reveal() if self._secret is not None else None
        secret = whisper.secret if whisper is not None and whisper.secret is not None else own
        if self._deliver is None:
            _log.warning("job %s: this service delivers no webhooks", job.id)
            return False
        if job.is_signed and secret is None:
            _log.warning("job %s: its webhook's secret was lost in the restart; its event is dropped", job.id)
            return False
        metadata = job.document.metadata.value if job.document.metadata is not None else None
        body = event_body(event, job.id, shown, metadata)
        headers = whisper.headers if whisper is not None else {}
        self._deliver(Delivery(job.id, event, url, headers, secret, body))
        return True
