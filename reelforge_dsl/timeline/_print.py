"""A timeline in words: one line for ``repr``, a table for ``print``. Secrets are in neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Captions, Layer, Layout, TextOverlay, TextStyle
from reelforge_dsl.timeline._document import Placed
from reelforge_dsl.timeline._entries import Entry, Sheet
from reelforge_dsl.timeline._when import Spot
from reelforge_dsl.units import parse_length, ratio_name, short

_TIME_WIDTH = 17
_MOST_CHARACTERS = 40
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def line(sheet: Sheet, placed: Placed) -> str:
    """Return ``<Timeline 9:16: 2 videos, 1 text; 19 s>``."""
    output = sheet.envelope.output
    entries = sheet.entries
    counts = [
        _counted(sum(entry.kind == kind and not entry.is_text for entry in entries), one, many)
        for kind, one, many in (
            ("video", "video", "videos"),
            ("image", "image", "images"),
            ("audio", "sound", "sounds"),
        )
    ]
    counts.append(_counted(sum(entry.verb == "layer" for entry in entries), "other layer", "other layers"))
    counts.append(_counted(sum(entry.is_text for entry in entries), "text", "texts"))
    if sheet.captions is not None:
        counts.append(f"captions {safe(str(sheet.captions.get('preset')))}")
    what = ", ".join(count for count in counts if count) or "empty"
    return f"<Timeline {ratio_name(output.width, output.height)}: {what}; {_length(placed, '')}>"


def table(sheet: Sheet, placed: Placed, issues: tuple[Issue, ...]) -> str:
    """Return one row an entry, with its seconds and its looks; how many issues there are below.

    Args:
        sheet: What was said.
        placed: Where it is.
        issues: What is wrong with it.
    """
    output = sheet.envelope.output
    composition = placed.manifest.composition
    head = [
        f"Timeline {ratio_name(output.width, output.height)}",
        f"{output.width}×{output.height}",
        _length(placed, _unmeasured(placed)),
    ]
    if composition.auto_stitch:
        head.append("auto_stitch")
    rows = list(_rows(placed))
    names = max((len(row[0]) for row in rows), default=0) + 2
    files = max((len(row[2]) for row in rows if not row[4]), default=0) + 2
    lines = [" · ".join(head)]
    for name, when, what, looks, is_free in rows:
        width = len(what) + 3 if is_free else files
        lines.append(f"  {name:<{names}}{when:<{_TIME_WIDTH}}  {what:<{width}}{looks}".rstrip())
    told = _judged(issues)
    return "\n".join([*lines, told] if told else lines)


def safe(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Return a user's text on one line: what cannot be printed as escapes, the long part left out."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join([c if c.isprintable() else _ESCAPES.get(c) or _escape(c) for c in cut])


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _counted(count: int, one: str, many: str) -> str:
    return "" if count == 0 else f"{count} {one if count == 1 else many}"


def _length(placed: Placed, why: str) -> str:
    seconds = placed.end.seconds
    if seconds is not None:
        return f"{short(seconds)} s"
    return "length not known" + (f" ({why})" if why else "")


def _unmeasured(placed: Placed) -> str:
    count = len(placed.end.hangs_on)
    if not count:
        return ""
    kinds = {spot.entry.kind for spot in placed.spots if spot.entry.id in placed.end.hangs_on}
    one, many = ("clip", "clips") if kinds == {"video"} else ("file", "files")
    return f"{count} {one if count == 1 else many} unmeasured"


def _judged(issues: tuple[Issue, ...]) -> str:
    errors = sum(issue.severity == "error" for issue in issues)
    counts = [_counted(errors, "error", "errors"), _counted(len(issues) - errors, "warning", "warnings")]
    told = ", ".join(count for count in counts if count)
    return f"{told}: reel.issues()" if told else ""


Row = tuple[str, str, str, str, bool]
"""Id, seconds, file or text, looks, and whether the third column is as wide as it likes."""


def _rows(placed: Placed) -> Iterator[Row]:
    composition = placed.manifest.composition
    layers, overlays = iter(composition.timeline or ()), iter(composition.text_overlays or ())
    files = {asset.id: asset.url for asset in reversed(placed.manifest.assets or ())}
    for number, spot in enumerate(placed.spots):
        name, when = safe(spot.entry.id or "–"), _when(spot, placed, number in placed.v1s)
        if spot.entry.is_text:
            overlay = next(overlays)
            yield name, when, f'"{safe(overlay.content)}"', _text_looks(overlay), True
        else:
            layer = next(layers)
            file = file_name(files.get(layer.asset_id, layer.asset_id))
            yield name, when, file, _looks(spot.entry, layer), False
    captions = composition.captions
    if captions is not None:
        words = captions.words or ()
        first = f"{clock(words[0].start / 1000)} → {clock(words[-1].end / 1000)}" if words else ""
        yield "captions", first, _captions_looks(captions), "", True


def _when(spot: Spot, placed: Placed, is_v1s: bool) -> str:
    time = spot.entry.when
    if spot.is_stitched and (is_v1s or time is None):
        return "stitched"
    start = "?" if spot.start.past is not None or spot.after_the_end else clock(spot.start.seconds)
    if spot.end is None:
        end = placed.end.seconds
        is_open = end is None or spot.entry.kind == "image"
        return f"{start} → end" if is_open or end is None else f"{start} → {clock(end)}"
    if start == "?" and time is not None and time.duration is not None:
        return f"? for {clock(time.duration)}"
    if spot.end.past is not None:
        return f"{start} → ?"
    stop = spot.end.seconds
    if spot.entry.verb == "music" and placed.end.seconds is not None:
        stop = min(stop, placed.end.seconds)
    return f"{start} → {clock(stop)}"


def clock(seconds: float) -> str:
    """Return seconds to a hundredth, with at least one decimal."""
    text = f"{seconds:.2f}"
    return text[:-1] if text.endswith("0") else text


def file_name(url: str) -> str:
    """Return the file's own name: no host, no folder, no query, where keys may stand."""
    path = url.partition("?")[0].partition("#")[0].rstrip("/")
    return safe(unquote(path.rpartition("/")[2]) or "–")


def _looks(entry: Entry, layer: Layer) -> str:
    settings = layer.media_settings
    parts = ["speech"] if entry.verb == "voiceover" else []
    if entry.trim:
        parts.append(f"from {clock(entry.trim)}")
    if layer.layout is not None:
        parts += _box(layer.layout)
    parts += [safe(word) for word in (layer.background_mode, layer.motion) if word is not None]
    if layer.style is not None and layer.style.transform is not None:
        parts.append(safe(layer.style.transform))
    if settings is not None:
        if settings.volume is not None:
            parts.append(f"volume {short(settings.volume)}")
        parts += [word for word, on in (("muted", settings.muted), ("loop", settings.loop)) if on]
        for word, seconds in (
            ("fade in", settings.fade_in_seconds),
            ("fade out", settings.fade_out_seconds),
            ("crossfade", settings.crossfade_seconds),
        ):
            if seconds is not None:
                parts.append(f"{word} {clock(seconds)}")
    return " · ".join(parts)


def _box(layout: Layout) -> list[str]:
    """Return a box as ``top right 14%×8%``, and how it is filled."""
    parts = []
    edges = [(side, getattr(layout, side)) for side in ("x", "y", "width", "height")]
    lengths = [parse_length(value) if isinstance(value, str) else None for _, value in edges]
    if all(length is not None and length.unit == "%" for length in lengths):
        x, y, width, height = [length.value for length in lengths if length is not None]
        place = [_side(y, height, ("top", "bottom")), _side(x, width, ("left", "right"))]
        parts.append(" ".join([*(p for p in place if p), f"{short(width)}%×{short(height)}%"]))
    elif any(value is not None for _, value in edges):
        parts.append(" ".join(f"{side} {safe(str(value))}" for side, value in edges if value is not None))
    if layout.fit is not None:
        parts.append(safe(layout.fit))
    if layout.z_index is not None:
        parts.append(f"z {short(layout.z_index)}")
    return parts


def _side(start: float, size: float, names: tuple[str, str]) -> str:
    """Return which edge a box is nearer to, ``""`` when it is in the middle."""
    before, behind = start, 100 - start - size
    return "" if abs(before - behind) < 0.5 else names[before > behind]


def _text_looks(overlay: TextOverlay) -> str:
    parts = [_style(overlay.style)] if overlay.style is not None else []
    parts += _box(overlay.layout) if overlay.layout is not None else []
    return " · ".join(part for part in parts if part)


def _style(style: TextStyle) -> str:
    parts: list[Any] = []
    if style.font_size is not None:
        parts.append(f"{short(style.font_size)} px")
    parts += [safe(str(v)) for v in (style.color, style.font_family, style.font_weight) if v is not None]
    return " ".join(parts)


def _captions_looks(captions: Captions) -> str:
    words = captions.words
    parts = [safe(captions.preset)]
    if words:
        parts.append(f"{len(words)} {'word' if len(words) == 1 else 'words'} given")
    elif captions.transcription_source_asset_id is not None:
        parts.append(f"transcribed from {safe(captions.transcription_source_asset_id)}")
    else:
        parts.append("transcribed")
    if captions.mode is not None and captions.mode != "phrase_karaoke":
        parts.append(safe(captions.mode))
    return " · ".join(parts)
