"""How clips dissolve into each other. Source: decision D6."""

from __future__ import annotations

from bisect import bisect_left, insort
from heapq import heappop, heappush

from reelforge_dsl.timing._row import FAR, SLACK, Row, clean
from reelforge_dsl.units import short, unless_milliseconds


def crossfade(row: Row) -> float:
    """Return the crossfade that the document gives a clip, in output seconds; 0 for none."""
    layer = row.layer
    settings = layer.media_settings if layer is not None and layer.type == "video" else None
    said = settings.crossfade_seconds if settings is not None else None
    return said if said is not None and 0 < said <= FAR else 0


def fitting(row: Row, before: Row, said: float) -> float:
    """Return a stitched clip's crossfade as far as both clips have room. Source: decision D6."""
    fade = said
    if before.lasts is not None and fade > before.lasts - before.fade + SLACK:
        room = f", {short(before.fade)} s of which dissolve already" if before.fade else ""
        _too_long(row, said, f"{before.name} before it lasts {short(before.lasts)} s{room}")
        fade = max(0, before.lasts - before.fade)
    if row.lasts is not None and fade > row.lasts + SLACK:
        if fade == said:
            _too_long(row, said, f"{row.name} itself lasts {short(row.lasts)} s")
        fade = row.lasts
    return clean(fade)


def warn_first(row: Row) -> None:
    """Tell that the first stitched clip has nothing to dissolve from."""
    row.note(
        "crossfade_on_first",
        "warning",
        ".media_settings.crossfade_seconds",
        f"{row.name} is the first stitched clip: there is no clip before it to dissolve from",
        "leave crossfade_seconds out",
    )


def dissolve_timed(rows: list[Row]) -> None:
    """Find what each explicitly timed clip dissolves over; nothing moves. Source: decision D6."""
    fading: list[tuple[float, Row]] = []
    for row in rows:
        layer = row.layer
        if layer is None or layer.media_settings is None or layer.type != "video":
            continue
        said = crossfade(row) if row.rule in ("given", "source_length") else 0
        if not said or row.start is None:
            continue
        row.fade = said
        if row.end is not None and said > row.end - row.start + SLACK:
            row.fade = row.end - row.start
            _too_long(row, said, f"{row.name} itself lasts {short(row.fade)} s")
        fading.append((row.start, row))
    if fading:
        _find_below(rows, fading)


def _find_below(rows: list[Row], fading: list[tuple[float, Row]]) -> None:
    """Give each timed clip the nearest video below it that runs when it starts."""
    clips = sorted(
        (row.start, row.index, row.end)
        for row in rows
        if row.layer and row.layer.type == "video" and row.start is not None and row.end is not None
    )
    running: list[int] = []
    ends: list[tuple[float, int]] = []
    entered = 0
    for start, row in sorted(fading, key=lambda pair: pair[0]):
        while entered < len(clips) and clips[entered][0] <= start:
            _, index, end = clips[entered]
            insort(running, index)
            heappush(ends, (end, index))
            entered += 1
        while ends and ends[0][0] <= start:
            running.pop(bisect_left(running, heappop(ends)[1]))
        below = bisect_left(running, row.index)
        row.over = rows[running[below - 1]] if below else None


def _too_long(row: Row, said: float, room: str) -> None:
    if row.lasts == 0:
        return  # it was trimmed away, which is told already
    row.note(
        "crossfade_too_long",
        "error",
        ".media_settings.crossfade_seconds",
        f"the crossfade of {short(said)} s into {row.name} does not fit: {room}",
        f"{unless_milliseconds(said, least=100)}shorten crossfade_seconds",
    )
