"""Music requests and tracks. Source: contract §8."""

from __future__ import annotations

from attrs import field, frozen

from reelforge_dsl.models import fields
from reelforge_dsl.models.foreign import Extras, Json


@frozen
class Track:
    """A generated piece of music; an ordinary audio asset.

    Attributes:
        id: Its name.
        audio_url: Where it is.
        title: What it is called, or ``None``.
        duration: Seconds of the file, or ``None``.
        extra: Keys the contract does not name.

    Source: contract §8, ``tracks[]``.
    """

    id: str = field(metadata=fields.name())
    audio_url: str = field(metadata=fields.name())
    title: str | None = field(default=None, metadata=fields.text())
    duration: float | None = field(default=None, metadata=fields.number(least=0))
    extra: Extras = ()


@frozen
class MusicRequest:
    """The body of a music request.

    Attributes:
        prompt: What it should be; the lyrics when ``instrumental`` is false in custom mode.
        custom_mode: Style and title are given.
        instrumental: No voice.
        model: ``"V5"`` in the documents.
        style: Custom mode: required.
        title: Custom mode: required.
        negative_tags: What to leave out.
        idempotency_key: Makes retries safe.
        metadata: A flat object of at most 10 keys, echoed in webhooks.
        webhook_url: Who is told when the job ends.
        webhook_headers: Sent along to it. Kept out of every message and repr.
        webhook_secret: Signs it. Kept out of every message and repr.
        extra: Keys the contract does not name.

    Source: contract §8.
    """

    prompt: str | None = field(default=None, metadata=fields.text())
    custom_mode: bool | None = field(default=None, metadata=fields.flag())
    instrumental: bool | None = field(default=None, metadata=fields.flag())
    model: str | None = field(default=None, metadata=fields.text())
    style: str | None = field(default=None, metadata=fields.text())
    title: str | None = field(default=None, metadata=fields.text())
    negative_tags: str | None = field(default=None, metadata=fields.text())
    idempotency_key: str | None = field(default=None, metadata=fields.name())
    metadata: Json | None = field(default=None, metadata=fields.foreign("object"))
    webhook_url: str | None = field(default=None, metadata=fields.text())
    webhook_headers: Json | None = field(default=None, repr=False, metadata=fields.foreign("object"))
    webhook_secret: str | None = field(default=None, repr=False, metadata=fields.name())
    extra: Extras = ()
