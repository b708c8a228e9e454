"""Lengths written in: what was said, with every second as a number."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import Layer, Media, Time
from reelforge_dsl.models.fields import told
from reelforge_dsl.models.making import altered
from reelforge_dsl.timeline._captions import placed_captions, shifted
from reelforge_dsl.timeline._document import seconds
from reelforge_dsl.timeline._entries import UNSAID, Entry, Sheet, When
from reelforge_dsl.timeline._when import Clock, End, Lengths, Spot, nobody_measured
from reelforge_dsl.units import plain, real

SLACK = 1e-6
"""Seconds by which a sum of decimals may miss its mark without a word."""


def lengths_from(sheet: Sheet, media: Media) -> Lengths:
    """Return how long each entry's source plays from its trim on; every file is asked for once.

    Args:
        sheet: Whose files.
        media: ``{src: seconds}``, the keys URLs or paths as given, or a function of the URL.

    Raises:
        FieldError: ``media`` is neither, or tells something that is no number.
    """
    seconds_of = measured(media, ".resolve")
    urls = {asset.id: asset.url for asset in reversed(sheet.envelope.assets or ())}

    def length(entry: Entry) -> float | None:
        url = entry.src
        if url is None and isinstance(entry.base, Layer):
            url = urls.get(entry.base.asset_id)
        if url is None:
            return None
        whole = seconds_of(url)
        return whole - entry.trim if whole is not None and whole > entry.trim else None

    return length


def measured(media: Media, verb: str) -> Callable[[str], float | None]:
    """Return how many source seconds a file has, by its URL; every file is asked for once.

    Args:
        media: ``{src: seconds}``, the keys URLs or paths as given, or a function of the URL.
        verb: Whose argument it is, for the message.

    Raises:
        FieldError: ``media`` is neither, or, when asked, tells something that is no number.
    """
    ask = _asker(media, verb)
    known: dict[str, float | None] = {}

    def seconds_of(url: str) -> float | None:
        if url not in known:
            known[url] = _told_length(ask(url), url, verb)
        return known[url]

    return seconds_of


def resolved(sheet: Sheet, lengths: Lengths = nobody_measured) -> tuple[Sheet, Clock, End]:
    """Return the sheet with every known second as a number; the rest stays as it was said.

    Stitched clips become numbers all together or not at all: half a row could not be stitched.
    """
    clock = Clock(sheet, lengths)
    end = clock.run()
    row = [spot for spot in clock.spots if spot.is_stitched]
    first = row[0] if row else None
    is_row_known = all(is_known(spot) for spot in row)
    tight = dict(_without_room(row)) if is_row_known else {}
    # While something is said to come after the end, the end stays open: closed, it would be a place.
    stays_open = any(spot.after_the_end for spot in clock.spots)
    entries = tuple(
        [
            spot.entry
            if (spot.is_stitched and not is_row_known) or (spot.end is None and stays_open)
            else _with_numbers(spot, end, lengths, is_first=spot is first)
            for spot in clock.spots
        ]
    )
    if tight:
        entries = tuple([evolve(entry, over=tight.get(entry.id, entry.over)) for entry in entries])
    captions = sheet.captions
    if captions is not None and dict(captions.said).get("clock") is not None:
        placed = placed_captions(sheet, clock, {})
        if not placed.hangs_on and placed.captions is not None:
            captions = shifted(captions, placed.captions.words)
    return sheet.holding(entries, captions=captions), clock, end


def _without_room(row: list[Spot]) -> Iterator[tuple[str | None, str | None]]:
    """Yield each clip of a known row whose crossfade the one before has no room for, and that one.

    Source: decision D6: explicit times would hide what is an error of a row.
    """
    taken = 0.0
    for before, spot in itertools.pairwise(row):
        if before.end is None:
            continue
        fade, lasts = spot.entry.crossfade, before.end.seconds - before.start.seconds
        if fade > lasts - min(taken, lasts) + SLACK:
            yield spot.entry.id, before.entry.id
        taken = fade


def is_known(spot: Spot) -> bool:
    """Tell whether both edges are seconds of the film."""
    return spot.start.past is None and spot.end is not None and spot.end.past is None


def numbers(entry: Entry) -> tuple[float, float] | None:
    """Return an entry's said (start, duration) in output seconds, ``None`` when one is not a number."""
    when = entry.when
    if when is None:
        time = entry.base.time if entry.base is not None else None
        when = UNSAID if time is None else When(time.start_seconds, time.duration_seconds)
    return None if when.start is None or when.duration is None else (when.start, when.duration)


def at(entry: Entry, start: float, duration: float) -> Entry:
    """Return the entry at these output seconds."""
    if entry.when is not None:
        return evolve(entry, when=When(start, duration))
    base = entry.base
    extra = base.time.extra if base is not None and base.time is not None else ()
    return evolve(entry, base=altered(base, time=Time(start, duration, extra)))


def _with_numbers(spot: Spot, end: End, lengths: Lengths, *, is_first: bool) -> Entry:
    entry = spot.entry
    if (
        numbers(entry) is not None
        or entry.verb == "layer"
        or spot.start.past is not None
        or spot.after_the_end
    ):
        return entry
    if entry.when is None and (entry.kind == "image" or entry.is_text):
        time = entry.base.time if entry.base is not None else None
        if entry.is_text or time is None or time.start_seconds is None:
            return entry
    if is_first and entry.crossfade:
        entry = _without_crossfade(entry)
    duration: float | None = None
    if entry.when is not None and entry.when.duration is not None:
        duration = entry.when.duration
    elif spot.end is None and end.seconds is not None:
        duration = _to_the_end(entry, end.seconds - spot.start.seconds, lengths)
    elif spot.end is not None and spot.end.past is None:
        duration = seconds(spot.end.seconds - spot.start.seconds)
    if duration is None or duration <= 0:
        return entry
    return at(entry, plain(seconds(spot.start.seconds)), plain(duration))


def _without_crossfade(entry: Entry) -> Entry:
    """Return the first stitched clip without its crossfade: it has no effect. Source: decision D6."""
    said = tuple([pair for pair in entry.said if pair[0] != "crossfade"])
    return evolve(entry, said=said if entry.base is None else (*said, ("crossfade", None)))


def _to_the_end(entry: Entry, left: float, lengths: Lengths) -> float:
    """Return how long something open lasts: all that is left, but a voice only as long as it speaks."""
    spoken = lengths(entry) if entry.verb == "voiceover" and not entry.loops else None
    return seconds(left if spoken is None else min(left, spoken))


def _asker(media: Media, verb: str) -> Callable[[str], Any]:
    if isinstance(media, Mapping):
        known = {_url(key): value for key, value in media.items()}
        return known.get
    if callable(media):
        return media
    raise FieldError(
        f"{verb}: media: expected lengths, got {told(media)}",
        fix="a dict of src and seconds, or engine.probe",
        field=f"{verb}: media",
        value=media,
    )


def _url(key: Any) -> Any:
    """Return a mapping's key as the document names the file."""
    if isinstance(key, os.PathLike):
        return Path(os.fsdecode(key)).absolute().as_uri()
    if isinstance(key, str) and not key.startswith(("https://", "http://", "file:")):
        return Path(key).absolute().as_uri()
    return key


def _told_length(length: Any, url: str, verb: str) -> float | None:
    if length is None:
        return None
    known = real(length)
    if known is None:
        name = url.rsplit("/", 1)[-1].partition("?")[0]
        raise FieldError(
            f"{verb}: the length of {name}: expected seconds, got {told(length)}",
            field=f"{verb}: media",
            value=length,
        )
    return known if known > 0 else None
