"""One change between two documents: matching what is the same, and saying what is not."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal

from attrs import frozen

from reelforge_dsl.models import Json
from reelforge_dsl.timeline._print import safe
from reelforge_dsl.units import short

Kind = Literal["added", "removed", "changed", "moved"]


@frozen
class Change:
    """One thing that is not as it was.

    Attributes:
        id: Whose: a layer's, text's or asset's id, ``"captions"``; ``None`` for what stands once.
        path: Its JSON path in the second document; in the first for what was removed.
        kind: ``"added"``, ``"removed"``, ``"changed"`` or ``"moved"``.
        before: What it was, output seconds for times, ``None`` when not set or not known; lists and
            objects as `reelforge_dsl.models.Json`, places in a list from 0. A secret is never here.
        after: What it is, likewise.
        sentence: The same in words.
    """

    id: str | None
    path: str
    kind: Kind
    before: Any
    after: Any
    sentence: str

    def __str__(self) -> str:
        return self.sentence


class Rows:
    """Two lists of layers or texts, matched.

    Attributes:
        before: The first list.
        after: The second.
        path: Where they stand.
        pairs: Places in both of what is in both, in the second's order.
        removed: Places in the first of what is in it only.
        added: Places in the second of what is in it only.
    """

    def __init__(self, before: list[Any], after: list[Any], name: Any, key: str) -> None:
        self.before, self.after, self.name = before, after, name
        self.path = f"$.composition.{key}"
        there: dict[int, int] = {}
        gone = set(range(len(before)))
        _match(there, gone, before, after, lambda item: item.get("id"))
        if key == "text_overlays":
            bare = {index for index in gone if "id" not in before[index]}
            wanted = {index for index, item in enumerate(after) if index not in there and "id" not in item}
            _match(there, gone, before, after, lambda item: item["content"], bare, wanted)
            rest = sorted(wanted - there.keys())
            for old, new in zip(sorted(bare & gone), rest, strict=False):
                there[new] = old
                gone.discard(old)
        self.pairs = sorted((old, new) for new, old in there.items())
        self.pairs.sort(key=lambda pair: pair[1])
        self.removed = sorted(gone)
        self.added = [index for index in range(len(after)) if index not in there]

    def moved(self) -> Iterator[Change]:
        """Yield what changed its place among what is in both; as few as possible."""
        kept = _longest_rise([old for old, _ in self.pairs])
        for place, (old, new) in enumerate(self.pairs):
            if place in kept:
                continue
            side, beside = ("above", place - 1) if place else ("below", place + 1)
            whose = self.name(self.after[new])
            where = self.name(self.after[self.pairs[beside][1]])
            sentence = f"{whose} moved {side} {where}"
            yield Change(self.after[new].get("id"), f"{self.path}[{new}]", "moved", old, new, sentence)


def _match(
    there: dict[int, int],
    gone: set[int],
    before: list[Any],
    after: list[Any],
    key: Any,
    among: Iterable[int] | None = None,
    wanted: Iterable[int] | None = None,
) -> None:
    """Pair what has the same key, the first with the first."""
    waiting: dict[Any, list[int]] = {}
    for index in sorted(gone if among is None else among, reverse=True):
        waiting.setdefault(key(before[index]), []).append(index)
    for index in range(len(after)) if wanted is None else sorted(wanted):
        name = key(after[index])
        if name is not None and waiting.get(name):
            there[index] = waiting[name].pop()
            gone.discard(there[index])


def _longest_rise(numbers: list[int]) -> set[int]:
    """Return the places of a longest rising subsequence."""
    tails: list[int] = []
    places: list[int] = []
    behind: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(tails, number)
        tails[at : at + 1] = [number]
        places[at : at + 1] = [place]
        behind.append(places[at - 1] if at else -1)
    kept: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        kept.add(place)
        place = behind[place]
    return kept


def leaves(
    before: Any,
    after: Any,
    path: str,
    name: str,
    whose: str | None,
    skipped: Collection[str] = (),
    within: str = "",
) -> Iterator[Change]:
    """Tell every value that differs in two objects, theirs inside included.

    Args:
        before: The first object, ``None`` when there is none.
        after: The second, likewise.
        path: Where they stand.
        name: Whose they are, in words.
        whose: The same as an id.
        skipped: Keys that are told elsewhere.
        within: Keys from the thing of that name down to here, with a dot behind each.
    """
    one, other = before or {}, after or {}
    for key in dict.fromkeys((*one, *other)):
        was, now = one.get(key), other.get(key)
        if key in skipped or (same(was, now) and (key in one) == (key in other)):
            continue
        inside = [value for value in (was, now) if value is not None]
        if any(inside) and all(isinstance(value, dict) for value in inside):
            yield from leaves(was, now, f"{path}.{key}", name, whose, (), f"{within}{key}.")
            continue
        label, unit = _label(within + key)
        sentence = f"{name} {label} {arrow(was, now, unit)}".strip()
        yield Change(whose, f"{path}.{key}", "changed", held(was), held(now), sentence)


WORDS: dict[str, tuple[str, str]] = {
    "start_seconds": ("start", " s"),
    "duration_seconds": ("length", " s"),
    "trim.start_seconds": ("trim", " s"),
    "auto_stitch": ("auto_stitch", ""),
    "background_mode": ("background", ""),
    "fade_in_seconds": ("fade in", " s"),
    "fade_out_seconds": ("fade out", " s"),
    "crossfade_seconds": ("crossfade", " s"),
    "z_index": ("z-index", ""),
    "font_size": ("size", " px"),
    "font_family": ("font", ""),
    "font_weight": ("weight", ""),
    "color": ("colour", ""),
    "highlight_color": ("highlight colour", ""),
    "text_align": ("alignment", ""),
    "letter_spacing": ("letter spacing", " em"),
    "line_height": ("line height", ""),
    "stroke_color": ("outline colour", ""),
    "stroke_width": ("outline", " px"),
    "shadow_color": ("shadow colour", ""),
    "shadow_blur": ("shadow blur", " px"),
    "shadow_offset_x": ("shadow offset x", " px"),
    "shadow_offset_y": ("shadow offset y", " px"),
    "transcription_source_asset_id": ("source", ""),
    "correct_text": ("corrected text", ""),
    "max_chars_per_segment": ("characters a phrase", ""),
    "time_overrides": ("time overrides", ""),
    "idempotency_key": ("idempotency key", ""),
}
"""What authors call a key of the document, and its unit; the others are called as they are."""

_HOLDERS = ("style.", "layout.", "media_settings.", "text.", "time.")


def _label(keys: str) -> tuple[str, str]:
    """Return what a value is called, by its keys from the thing down, and its unit."""
    if keys in WORDS:
        return WORDS[keys]
    bare = keys
    while found := next((holder for holder in _HOLDERS if bare.startswith(holder)), None):
        bare = bare.removeprefix(found)
    return WORDS.get(bare) or (safe(bare), "")


def arrow(before: Any, after: Any, unit: str) -> str:
    """Return ``64 → 96 px``."""
    was, now = _shown(before), _shown(after)
    if was == now:  # a part that does not show
        return "changed"
    return f"{was}{unit if after is None else ''} → {now}{'' if after is None else unit}"


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (int, float)):
        return number(value)
    return safe(value if isinstance(value, str) else Json.of(value).text)


def number(value: float) -> str:
    """Return a number to four decimals, as exactly as it is where those would all be 0."""
    told = short(value)
    return safe(told if float(told) or not value else repr(value))


def held(value: Any) -> Any:
    return Json.of(value) if isinstance(value, (dict, list)) else value


def kind_of(before: Any, after: Any) -> Kind:
    return "added" if before is None else "removed" if after is None else "changed"


def same(one: Any, other: Any) -> bool:
    """Tell whether two values have the same JSON, the order of keys aside; ``1`` is not ``true``."""
    if isinstance(one, (dict, list)) and isinstance(other, (dict, list)):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return type(one) is type(other) and bool(one == other)
