"""The rules of time: what must say when it is there, and how long the film may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Time
from reelforge_dsl.rules._document import Document
from reelforge_dsl.units import MAX_SECONDS, short, unless_milliseconds

_BOTH = "give time.start_seconds and time.duration_seconds"


def untimed_layers(document: Document) -> Iterator[Issue]:
    """Video and audio say both their times, unless they are stitched. Source: contract §3, decision D20."""
    if document.stitching:
        return
    for index, layer in enumerate(document.layers):
        missing = _missing(layer.time)
        if not missing or layer.type not in ("video", "audio"):
            continue
        path = f"$.composition.timeline[{index}].time"
        whose = f"{layer.type} layer {layer.id!r}"
        if len(missing) == 2:
            message = f"{whose} has no time, and auto_stitch is not on"
            fix = f"{_BOTH}, or set composition.auto_stitch to true"
            yield Issue("layer_time_missing", "error", path, message, fix)
        else:
            key = missing[0]
            message = f"{whose} has no {key}, and auto_stitch is not on"
            fix = f"give time.{key}, or set composition.auto_stitch to true"
            yield Issue("half_timed_layer", "error", f"{path}.{key}", message, fix)


def images_without_start(document: Document) -> Iterator[Issue]:
    """Images say when they start; they are never stitched. Source: contract §3, §4."""
    for index, layer in enumerate(document.layers):
        if layer.type == "image" and (layer.time is None or layer.time.start_seconds is None):
            path = f"$.composition.timeline[{index}].time.start_seconds"
            message = f"image layer {layer.id!r} does not say when it starts; images are never stitched"
            yield Issue("image_start_missing", "error", path, message, "give time.start_seconds")


def untimed_overlays(document: Document) -> Iterator[Issue]:
    """Text says when it starts and how long it stays. Source: contract §6."""
    for index, overlay in enumerate(document.overlays):
        missing = _missing(overlay.time)
        if not missing:
            continue
        path = f"$.composition.text_overlays[{index}].time"
        name = f"{overlay.content!r:.40}" if overlay.id is None else repr(overlay.id)
        if len(missing) == 2:
            yield Issue("text_time_missing", "error", path, f"text {name} has no time", _BOTH)
        else:
            key = missing[0]
            message = f"text {name} has no {key}"
            yield Issue("text_time_missing", "error", f"{path}.{key}", message, f"give time.{key}")


def _missing(time: Time | None) -> tuple[str, ...]:
    if time is None:
        return ("start_seconds", "duration_seconds")
    if time.start_seconds is not None:
        return () if time.duration_seconds is not None else ("duration_seconds",)
    return ("start_seconds",) if time.duration_seconds is not None else ("start_seconds", "duration_seconds")


def inferred_length(document: Document) -> Iterator[Issue]:
    """A film whose length is inferred keeps to the limit too. Source: contract §2, decision D18.

    Where it is not known, it is as long as what is known at least.
    """
    if document.composition.duration_seconds is not None:
        return
    placed = document.placed
    seconds, why, least = placed.seconds, placed.because, ""
    if seconds is None:
        last = max((*placed.rows, *placed.texts), key=lambda row: row.end or 0, default=None)
        if last is not None and last.end is not None:
            seconds, why, least = last.end, f"{last.name} ends there", "at least "
    if seconds is not None and seconds > MAX_SECONDS:
        alone, doubted = _long_alone(document)
        long = f"{least}{short(seconds)} s long ({alone or why})"
        message = f"the film is {long}; at most {MAX_SECONDS} s are taken"
        fix = f"{unless_milliseconds(doubted)}shorten it, or make two films"
        yield Issue("too_long", "error", "$.composition.duration_seconds", message, fix)


def _long_alone(document: Document) -> tuple[str, float]:
    """Return the first layer or text that is past the limit by itself, in words, and its seconds.

    It lasts longer than any film, or starts that long after all that starts before it has ended.
    """
    rows = sorted((*document.placed.rows, *document.placed.texts), key=lambda row: row.start or 0)
    latest = 0.0
    for row in rows:
        item = row.layer or row.overlay
        time = item.time if item is not None else None
        start, duration = (time.start_seconds, time.duration_seconds) if time is not None else (None, None)
        if duration is not None and duration > MAX_SECONDS:
            return f"{row.name} alone lasts {short(duration)} s", duration
        if start is not None and start > latest + MAX_SECONDS:
            return f"{row.name} starts at {short(start)} s", start
        latest = max(latest, row.end or 0)
    return "", 0


def placing_issues(document: Document) -> Iterable[Issue]:
    """Pass on what placing everything found. Source: contract §4; decisions D4–D6, D19."""
    return document.placed.issues
