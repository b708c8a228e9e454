"""What deliveries say, as frozen values. Source: contract §9."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

import attrs
from attrs import field, frozen

from reelforge_dsl.errors import ManifestInvalidError, WebhookError
from reelforge_dsl.models import Json
from reelforge_dsl.models.jobs import Billing
from reelforge_dsl.models.music import Track
from reelforge_dsl.units import real
from reelforge_dsl.wire import from_dict

_DEEPEST = 100


@frozen
class Event:
    """A delivery that can be trusted; as such, one of a type that the contract does not name.

    ``metadata`` and ``raw`` are fresh copies: changing them changes nothing here.

    Attributes:
        type: What happened, as ``video.render.completed``.
        job_id: Whose job; ``None`` where the delivery does not say it in a place that we know.

    Source: contract §9. The shape is not published: decision D1 for the places looked at, which are
    the top level, ``data``, ``job`` and ``data.job``; an ``id`` at the top level is the event's own.
    """

    type: str
    job_id: str | None
    _metadata: Json = field(repr=False)
    _raw: Json = field(repr=False)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the request sent along; empty when nothing came back."""
        held: dict[str, Any] = self._metadata.value
        return held

    @property
    def raw(self) -> dict[str, Any]:
        """The whole delivery, as JSON has it."""
        held: dict[str, Any] = self._raw.value
        return held


@frozen
class RenderCompleted(Event):
    """A film is ready.

    Attributes:
        output_url: Where it is, or ``None`` where the delivery does not say.
        billing: What it cost, in credits, or ``None`` where the delivery does not say.

    Source: contract §9, ``video.render.completed``.
    """

    output_url: str | None = None
    billing: Billing | None = None


@frozen
class RenderFailed(Event):
    """A film failed.

    Attributes:
        error_code: The service's word for it, as ``caption_alignment_failed``, or ``None``.
        error_message: What went wrong, or ``None``.

    Source: contract §9, ``video.render.failed``; decision D1 (``error.code``, ``error.message``).
    """

    error_code: str | None = None
    error_message: str | None = None


@frozen
class MusicCompleted(Event):
    """Music is ready.

    Attributes:
        tracks: The two pieces, each an ordinary audio asset; empty where the delivery does not hold them.

    Source: contract §8, §9, ``music.generation.completed``.
    """

    tracks: tuple[Track, ...] = ()


@frozen
class MusicFailed(Event):
    """Music failed.

    Attributes:
        error_code: The service's word for it, or ``None``.
        error_message: What went wrong, or ``None``.

    Source: contract §8, §9, ``music.generation.failed``; decision D1.
    """

    error_code: str | None = None
    error_message: str | None = None


AnyEvent: TypeAlias = RenderCompleted | RenderFailed | MusicCompleted | MusicFailed | Event
"""What a delivery is read as."""


def event_of(body: bytes) -> AnyEvent:
    """Read the body of a delivery.

    Raises:
        WebhookError: It is no event.

    Source: contract §9, decision D1.
    """
    raw, frozen_raw = _parsed(body)
    kind = raw.get("type", raw.get("event"))
    if not isinstance(kind, str) or not kind.strip():
        raise WebhookError("the body does not say its type", fix="expected as type: video.render.completed")
    places = _places(raw)
    metadata = Json.of(_first(places, "metadata", dict) or {})
    job = _first(places, "job_id", str) or _first(reversed(places[1:]), "id", str)
    match kind:
        case "video.render.completed":
            costs = _costs(_first(places, "billing", dict))
            return RenderCompleted(kind, job, metadata, frozen_raw, _first(places, "output_url", str), costs)
        case "video.render.failed":
            return RenderFailed(kind, job, metadata, frozen_raw, *_failure(places))
        case "music.generation.completed":
            return MusicCompleted(kind, job, metadata, frozen_raw, _tracks(_first(places, "tracks", list)))
        case "music.generation.failed":
            return MusicFailed(kind, job, metadata, frozen_raw, *_failure(places))
        case _:
            return Event(kind, job, metadata, frozen_raw)


def _places(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects that may hold what a delivery says, the top level first."""
    data = raw.get("data")
    inner = data.get("job") if isinstance(data, dict) else None
    return [raw, *(held for held in (data, raw.get("job"), inner) if isinstance(held, dict))]


def _first(places: Iterable[dict[str, Any]], key: str, kind: type) -> Any:
    """Return the first value of a kind under a key that says something, else ``None``."""
    return next((held[key] for held in places if isinstance(held.get(key), kind) and held[key]), None)


def _failure(places: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    error = _first(places, "error", dict) or {}
    code = _first(places, "error_code", str) or _first([error], "code", str) or _first(places, "code", str)
    said = _first(places, "error_message", str) or _first([error], "message", str)
    return code, said or _first(places, "error", str)


def _costs(held: dict[str, Any] | None) -> Billing | None:
    return None if held is None else Billing(*(real(held.get(cost.name)) for cost in attrs.fields(Billing)))


def _tracks(held: list[Any] | None) -> tuple[Track, ...]:
    """Return the tracks, or none: half of them would look like all."""
    try:
        return tuple(from_dict(item, Track) for item in held or ())
    except ManifestInvalidError:
        return ()


def _parsed(body: bytes) -> tuple[dict[str, Any], Json]:
    """Return the delivery's object, plain and frozen.

    Errors are raised outside the handler: those of Python's reader hold the body.
    """
    what = "the body is not JSON"
    try:
        value = json.loads(body.decode("utf-8-sig"))
        if _too_deep(value, _DEEPEST - 1):
            what = f"the body's lists and objects lie more than {_DEEPEST} deep in each other"
        elif not isinstance(value, dict):
            what = "the body is not an object"
        else:
            held = Json.of(value)
            held.text.encode()
            return value, held
    except RecursionError:
        what = f"the body's lists and objects lie more than {_DEEPEST} deep in each other"
    except ValueError:  # not UTF-8, not JSON, NaN, a number without end, half a surrogate pair
        pass
    raise WebhookError(what)


def _too_deep(value: Any, left: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left < 0 or any(_too_deep(item, left - 1) for item in inside if isinstance(item, (dict, list)))
