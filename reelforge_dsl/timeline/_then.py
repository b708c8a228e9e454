"""One timeline after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import (
    Composition,
    GlobalLayouts,
    GlobalStyles,
    Json,
    Layer,
    Layout,
    TextOverlay,
    TextStyle,
    TimeOverride,
    Word,
)
from reelforge_dsl.models.making import altered
from reelforge_dsl.models.merging import merged
from reelforge_dsl.timeline._captions import on_the_film, shifted, speech_source
from reelforge_dsl.timeline._document import assets_of, seconds
from reelforge_dsl.timeline._entries import CaptionsEntry, Entry, Sheet
from reelforge_dsl.timeline._resolve import at, numbers, resolved
from reelforge_dsl.timeline._when import Clock, End


def joined(one: Sheet, other: Sheet) -> Sheet:
    """Return the sheet with the other's content after its own; frame and settings are its own.

    Raises:
        FieldError: A length that it needs is not known, or both have captions that cannot be one.
    """
    if not other.entries and other.captions is None:
        return one
    if not one.entries and one.captions is None:
        return _settings(_in_place_of(one, other), other)
    if one.captions is not None and other.captions is not None:
        _mergeable(one.captions, other.captions)
    first, clock, end = resolved(one)
    if end.seconds is None and _is_row(one, clock) and _is_row(other, _clock(other)):
        return _settings(_appended(one, _renamed(one, _owned(other))), other)
    second, other_clock, other_end = resolved(other)
    length = _known(first, clock, end, "the first timeline")
    lasts = _known(second, other_clock, other_end, "the second timeline")
    said = (one.envelope.composition.duration_seconds, other.envelope.composition.duration_seconds)
    total = None if said == (None, None) else length + lasts
    first, second = _baked(first, second)
    kept = first.holding(tuple(_moved(first.entries, 0, length)))
    after = tuple(_moved(_owned(second), length, lasts))
    renamed = _renamed(kept, after)
    names = {entry.id: new.id for entry, new in zip(after, renamed, strict=True)}
    renamed = tuple([evolve(new, over=names.get(new.over)) if new.over else new for new in renamed])
    captions = _captions(_pinned(first, {}), _pinned(second, names), length)
    both = evolve(_appended(kept, renamed), captions=captions)
    return _settings(both.composing(duration_seconds=total), other)


def _clock(sheet: Sheet) -> Clock:
    return resolved(sheet)[1]


def _in_place_of(empty: Sheet, other: Sheet) -> Sheet:
    """Return the other's content in the empty one's frame."""
    envelope = evolve(empty.envelope, assets=other.envelope.assets, composition=other.envelope.composition)
    lines = tuple(pair for pair in (*empty.lines, *other.lines))
    return evolve(other, envelope=envelope, lines=lines)


def _is_row(sheet: Sheet, clock: Clock) -> bool:
    """Tell whether there is nothing but clips that v1 stitches."""
    return (
        sheet.may_stitch
        and sheet.captions is None
        and sheet.envelope.composition.duration_seconds is None
        and all(spot.is_stitched for spot in clock.spots)
    )


def _known(sheet: Sheet, clock: Clock, end: End, whose: str) -> float:
    """Return a timeline's length, when it and every second in it are known."""
    lacking = [entry.id for entry in sheet.entries if numbers(entry) is None]
    if end.seconds is not None and not lacking:
        return end.seconds
    hangs_on = end.hangs_on or clock.hangs_on(*(s.start for s in clock.spots), *(s.end for s in clock.spots))
    names = ", ".join(hangs_on or [str(name) for name in lacking])
    raise FieldError(
        f".then: the length of {whose} is not known" + (f": it hangs on {names}" if names else ""),
        fix="give duration=, or .resolve(engine.probe) it first",
        field=".then: other",
    )


def _moved(entries: tuple[Entry, ...], by: float, length: float) -> Iterator[Entry]:
    """Yield the entries later by some seconds, cut at their film's length; none that starts past it."""
    for entry in entries:
        span = numbers(entry)
        if span is not None and span[0] < length:
            start, duration = span
            yield at(entry, seconds(start + by), seconds(min(duration, length - start)))


def _owned(sheet: Sheet) -> tuple[Entry, ...]:
    """Return the entries with their files' addresses, free of the sheet's own asset ids."""
    urls = {asset.id: asset.url for asset in reversed(sheet.envelope.assets or ())}
    return tuple(
        [
            evolve(entry, src=urls.get(entry.base.asset_id))
            if entry.src is None and isinstance(entry.base, Layer)
            else entry
            for entry in sheet.entries
        ]
    )


def _renamed(sheet: Sheet, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the entries under ids that are free after the sheet's."""
    growing = sheet
    for entry in entries:
        taken = entry.id is not None and entry.id in growing.ids
        new = evolve(entry, id=growing.free_id(entry.verb)) if taken else entry
        growing = growing.adding(new, is_named=True)
    return growing.entries[len(sheet.entries) :]


def _appended(sheet: Sheet, entries: tuple[Entry, ...]) -> Sheet:
    return sheet.holding((*sheet.entries, *entries))


def _settings(sheet: Sheet, other: Sheet) -> Sheet:
    """Return the sheet with what the other adds: metadata keys, and keys the contract does not name."""
    envelope, added = sheet.envelope, other.envelope
    metadata = envelope.metadata
    if added.metadata is not None:
        metadata = Json.of({**added.metadata.value, **(metadata.value if metadata else {})})
    composition = envelope.composition
    return evolve(
        sheet,
        envelope=evolve(
            envelope,
            metadata=metadata,
            composition=evolve(composition, extra=_extras(composition, added.composition)),
        ),
    )


def _extras(one: Composition, other: Composition) -> Any:
    own = {extra.key for extra in one.extra}
    return (*one.extra, *(extra for extra in other.extra if extra.key not in own))


def _defaults(sheet: Sheet) -> tuple[TextStyle | None, Layout | None]:
    composition = sheet.envelope.composition
    styles, layouts = composition.global_styles, composition.global_layouts
    return styles.text if styles else None, layouts.text if layouts else None


def _baked(one: Sheet, other: Sheet) -> tuple[Sheet, Sheet]:
    """Return both with their text defaults written into each text, when the two differ."""
    if _defaults(one) == _defaults(other):
        return one, other
    return _with_own_looks(one), _with_own_looks(other)


def _with_own_looks(sheet: Sheet) -> Sheet:
    style, layout = _defaults(sheet)
    composition = sheet.envelope.composition
    styles, layouts = composition.global_styles, composition.global_layouts
    entries = tuple([_dressed(entry, style, layout) if entry.is_text else entry for entry in sheet.entries])
    return sheet.composing(
        global_styles=GlobalStyles(extra=styles.extra) if styles and styles.extra else None,
        global_layouts=GlobalLayouts(extra=layouts.extra) if layouts and layouts.extra else None,
    ).holding(entries)


def _dressed(entry: Entry, style: TextStyle | None, layout: Layout | None) -> Entry:
    said = dict(entry.said)
    base = entry.base
    for key, default in (("style", style), ("layout", layout)):
        own = said[key] if key in said else getattr(base, key, None)
        if default is not None:
            said[key] = default if own is None else merged(default, own)
    if isinstance(base, TextOverlay):
        return evolve(entry, said=tuple(said.items()), base=altered(base, style=None, layout=None))
    return evolve(entry, said=tuple(said.items()))


def _pinned(sheet: Sheet, names: Mapping[str | None, str | None]) -> CaptionsEntry | None:
    """Return the captions with their speech source said, before other sounds come beside it.

    Args:
        sheet: Whose captions.
        names: What its entries are called from now on.
    """
    captions = sheet.captions
    if captions is None or captions.get("words"):
        return captions
    assets = assets_of(sheet)[1]
    said = captions.get("source")
    asset = assets.get(said) if said else captions.get("transcription_source_asset_id")
    asset = asset or speech_source(sheet.entries, assets)
    for entry in sheet.entries:
        if asset is not None and assets.get(entry.id) == asset:
            return shifted(captions, None, source=names.get(entry.id, entry.id))
    return captions


def _mergeable(one: CaptionsEntry, other: CaptionsEntry) -> None:
    """Refuse two captions that cannot be one.

    Raises:
        FieldError: Their looks differ, or one of them waits for a transcription.
    """
    for key in ("preset", "mode", "style", "layout", "max_chars_per_segment"):
        if one.get(key) != other.get(key):
            raise FieldError(
                f".then: the captions' {key} differ: {one.get(key)!r} and {other.get(key)!r}",
                fix=f"make them the same, as with .change('captions', {key}=…)",
                field=".then: captions",
            )
    for captions in (one, other):
        if not captions.get("words") or captions.get("correct_text") is not None:
            raise FieldError(
                ".then: both timelines have captions, and not both have plain words",
                fix="give both words=, without correct_text=, or caption the joined timeline",
                field=".then: captions",
            )


def _captions(one: CaptionsEntry | None, other: CaptionsEntry | None, by: float) -> CaptionsEntry | None:
    """Return both captions as one, the other's words later by some seconds."""
    if other is None:
        return one
    words: tuple[Word, ...] | None = other.get("words")
    later = None if words is None else on_the_film(words, by, by, None)
    overrides = tuple([_override_later(item, by) for item in _overrides(other)])
    if one is None:
        return shifted(other, later, **({"time_overrides": overrides} if overrides else {}))
    together = (*_overrides(one), *overrides)
    both = shifted(
        one,
        (*one.get("words"), *(later or ())),
        **({"time_overrides": together} if together else {}),
    )
    return evolve(both, mended=one.mended + other.mended)


def _overrides(captions: CaptionsEntry) -> tuple[TimeOverride, ...]:
    held = captions.get("time_overrides")
    return held if isinstance(held, tuple) else ()


def _override_later(item: TimeOverride, by: float) -> TimeOverride:
    start = item.time.start_seconds or 0
    return altered(item, time=evolve(item.time, start_seconds=seconds(start + by)))
