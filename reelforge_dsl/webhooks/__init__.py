"""Deliveries of the service to your server: verified, and read as frozen values; no web framework needed.

::

    event = webhooks.unwrap(body, headers, secret)
    match event:
        case webhooks.RenderCompleted(): publish(event.output_url, event.metadata)
        case webhooks.RenderFailed(): tell(event.job_id, event.error_message)

``body`` is the raw bytes of the request, before anything parsed them: ``await request.body()`` in
Starlette and FastAPI, ``request.get_data()`` in Flask, ``request.body`` in Django.

The service has not published how it signs, nor the shape of its events. The scheme is therefore a
parameter (`Scheme`), and events are read wherever their parts may stand; ``.raw`` has all of it.
A delivery may come twice, and one may be lost: ``client.job(id)`` is what knows.

Source: contract §9, decision D15.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from reelforge_dsl.errors import FieldError, WebhookError
from reelforge_dsl.units import real, short
from reelforge_dsl.webhooks._events import (
    AnyEvent,
    Event,
    MusicCompleted,
    MusicFailed,
    RenderCompleted,
    RenderFailed,
    event_of,
)
from reelforge_dsl.webhooks._scheme import MOST_SIGNATURES, SCHEME, Claim, Scheme

__all__ = [
    "MAX_BYTES",
    "MOST_SIGNATURES",
    "SCHEME",
    "TOLERANCE",
    "AnyEvent",
    "Claim",
    "Event",
    "MusicCompleted",
    "MusicFailed",
    "RenderCompleted",
    "RenderFailed",
    "Scheme",
    "sign",
    "unwrap",
]

TOLERANCE = 300
"""Seconds of wall time that a delivery may be old, or ahead of this machine's clock. Source: decision D15."""

MAX_BYTES = 2**20
"""Bytes of the largest body that is looked at; no event of the contract comes near."""


class HasItems(Protocol):
    """Headers as most frameworks hold them."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Return names and values."""


Headers: TypeAlias = "HasItems | Iterable[tuple[str | bytes, str | bytes]]"
"""A mapping of names to values, or pairs of them; text, or bytes as ASGI has them; in any case."""


def unwrap(
    body: bytes | bytearray,
    headers: Headers,
    secret: str | Sequence[str],
    *,
    scheme: Scheme = SCHEME,
    tolerance: float = TOLERANCE,
    now: float | None = None,
    max_bytes: int = MAX_BYTES,
) -> AnyEvent:
    """Verify a delivery and read it.

    Time and memory grow with the body at most evenly, and only a body that is rightly signed is parsed.

    Args:
        body: The raw bytes of the request's body.
        headers: The request's headers.
        secret: The webhook's secret, or several while it is being changed.
        scheme: How deliveries are signed.
        tolerance: Seconds that the delivery may be old or ahead, at least 0.
        now: Unix seconds of wall time; the machine's clock when left out.
        max_bytes: The largest body that is looked at.

    Raises:
        WebhookError: The delivery is malformed, unsigned, wrongly signed, too old or too large. No
            message holds the secret, a signature or the body.
        FieldError: An argument is not what it must be: no secret, a body that is not bytes.

    Source: contract §9, decision D15.
    """
    data, secrets = _bytes(body), _secrets(secret)
    named = _by_name(headers)
    clock = time.time() if now is None else _number("now", now)
    slack, most = _number("tolerance", tolerance, least=0), _number("max_bytes", max_bytes, least=1)
    if len(data) > most:
        raise WebhookError(f"the body has {len(data)} bytes; {short(most)} are looked at")
    claim = scheme.claim(data, named)
    _check_time(claim.at, clock, slack)
    right = False
    for key in secrets:
        digest = scheme.mac(key, claim.signed)
        for signature in claim.signatures:
            right |= hmac.compare_digest(digest, signature)
    if not right:
        fix = "give the webhook's own secret, and the bytes as they came, not parsed and written again"
        raise WebhookError("no signature fits the body", fix=fix)
    return event_of(data)


def sign(
    body: bytes | bytearray,
    secret: str | Sequence[str],
    *,
    at: float | None = None,
    scheme: Scheme = SCHEME,
) -> str:
    """Return the signature header's value for a body: what a server's own tests need.

    Args:
        body: The raw bytes that are sent.
        secret: The webhook's secret; of several, each signs.
        at: When, Unix seconds of wall time; now when left out.
        scheme: How to sign.

    Raises:
        FieldError: There is no secret, or the body is not bytes.

    Source: decision D15.
    """
    seconds = int(time.time() if at is None else _number("at", at, least=0))
    return scheme.sign(_bytes(body), _secrets(secret), seconds)


def _bytes(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    what = f"body: expected the raw bytes of the request's body, got {type(body).__name__}"
    fix = "take them before anything parses them: await request.body(), request.get_data(), request.body"
    raise FieldError(what, fix=fix, field="body")


def _secrets(secret: object) -> tuple[bytes, ...]:
    given = [secret] if isinstance(secret, str) else secret
    if not isinstance(given, Sequence) or isinstance(given, (bytes, bytearray)) or not given:
        what = f"secret: expected text, or a list of at least one, got {type(secret).__name__}"
        raise FieldError(what, fix="give the webhook_secret of the request", field="secret")
    found = [_encoded(text) for text in given if isinstance(text, str) and text.strip()]
    usable = tuple(text for text in found if text is not None)
    if len(usable) < len(given):
        what = "secret: is empty, or not text"
        raise FieldError(what, fix="is the environment variable that holds it set?", field="secret")
    return usable


def _encoded(text: str) -> bytes | None:
    """Return a text as UTF-8, ``None`` for half of a surrogate pair; an error of Python's would show it."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _by_name(headers: Any) -> dict[str, list[str]]:
    """Return every value of each header, by its name in lower case."""
    pairs = headers.items() if hasattr(headers, "items") else headers
    found: dict[str, list[str]] = {}
    if isinstance(pairs, Iterable) and not isinstance(pairs, (str, bytes)):
        for pair in pairs:
            texts = [_text(part) for part in pair] if isinstance(pair, (tuple, list)) else []
            if len(texts) != 2 or texts[0] is None or texts[1] is None:
                break
            found.setdefault(texts[0].lower(), []).append(texts[1])
        else:
            return found
    what = "headers: expected a mapping of names to values, or pairs of them, each text or bytes"
    raise FieldError(what, fix="give request.headers as they came", field="headers")


def _text(part: object) -> str | None:
    if isinstance(part, str):
        return part
    return part.decode("latin-1") if isinstance(part, bytes) else None


def _number(name: str, value: object, least: float | None = None) -> float:
    held = real(value)
    if held is None or (least is not None and held < least):
        wanted = "a number" if least is None else f"a number of at least {short(least)}"
        raise FieldError(f"{name}: expected {wanted}, got {value!r:.40}", field=name, value=value)
    return held


def _check_time(at: float, clock: float, slack: float) -> None:
    if abs(clock - at) <= slack:
        return
    way = "ago" if clock > at else "in the future"
    what = f"the delivery was signed {short(abs(clock - at))} s {way}; {short(slack)} s are taken"
    raise WebhookError(what, fix="set this machine's clock; for a delivery that was kept, give now=")
