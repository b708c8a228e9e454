"""Captions as the document has them: their words on the film's clock, their speech source named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from reelforge_dsl.models import Captions, Word
from reelforge_dsl.models.making import altered, maker
from reelforge_dsl.timeline._entries import CaptionsEntry, Entry, Sheet
from reelforge_dsl.timeline._when import Clock


@frozen
class PlacedCaptions:
    """Captions of the document.

    Attributes:
        captions: Or ``None``.
        hangs_on: Ids whose lengths are missing for the words' place.
    """

    captions: Captions | None
    hangs_on: tuple[str, ...] = ()


_captions = maker(Captions)
NO_CAPTIONS = PlacedCaptions(None)


def placed_captions(sheet: Sheet, clock: Clock, assets: Mapping[str | None, str]) -> PlacedCaptions:
    """Return the captions as they stand in the document.

    Args:
        sheet: What was said.
        clock: Where everything is.
        assets: The asset of each entry, by the entry's id.
    """
    entry = sheet.captions
    if entry is None:
        return NO_CAPTIONS
    said = dict(entry.said)
    on, source = said.pop("clock", None), said.pop("source", None)
    if entry.base is not None and not entry.said:
        return PlacedCaptions(entry.base)
    hangs_on: tuple[str, ...] = ()
    if on is not None and said.get("words"):
        spot = clock.spot(on)
        hangs_on = clock.hangs_on(spot.start)
        shift = (0 if hangs_on else spot.start.seconds) - spot.entry.trim
        end = spot.end.seconds if spot.end is not None and spot.end.past is None else None
        first = 0 if hangs_on else spot.start.seconds
        said["words"] = on_the_film(said["words"], shift, first, end)
    if source is not None:
        said["transcription_source_asset_id"] = assets.get(source, source)
    elif entry.base is None and not said.get("words"):
        said["transcription_source_asset_id"] = speech_source(sheet.entries, assets)
    if entry.base is not None:
        return PlacedCaptions(altered(entry.base, **said), hangs_on)
    return PlacedCaptions(_captions("assemblyai", **said), hangs_on)


def on_the_film(words: tuple[Word, ...], shift: float, first: float, end: float | None) -> tuple[Word, ...]:
    """Return a layer's own words on the film's clock; those that start outside the layer are dropped.

    Args:
        words: On the layer's file, in milliseconds.
        shift: Seconds to add.
        first: Output seconds where the layer starts.
        end: Output seconds where it ends, ``None``: not known.
    """
    least, most, by = round(first * 1000), None if end is None else round(end * 1000), round(shift * 1000)
    moved = []
    for word in words:
        start, stop = word.start + by, word.end + by
        if start >= least and (most is None or start < most):
            moved.append(altered(word, start=start, end=stop if most is None else min(stop, most)))
    return tuple(moved)


def speech_source(entries: tuple[Entry, ...], assets: Mapping[str | None, str]) -> str | None:
    """Return the asset that plainly holds the speech: the only voiceover, else the only one not music.

    Source: decision D8.
    """
    spoken = [entry for entry in entries if entry.verb == "voiceover"] or [
        entry for entry in entries if entry.verb in ("audio", "video") and entry.is_audible
    ]
    voices = {assets.get(entry.id) for entry in spoken}
    return voices.pop() if len(voices) == 1 else None


def shifted(captions: CaptionsEntry, words: tuple[Word, ...] | None, **changes: Any) -> CaptionsEntry:
    """Return captions with other words, on the film's clock, and other keywords."""
    said = {key: value for key, value in captions.said if key != "clock"}
    if words is not None:
        said["words"] = words
    said |= changes
    return evolve(captions, said=tuple(said.items()))
