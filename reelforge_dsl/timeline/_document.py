"""What was said, as the document that v1 takes, and what could not become a number in it.

A number that is not known is left out; nothing is judged here beyond placing.
The codes: ``needs_length`` a place hangs on a file nobody measured;
``needs_auto_stitch`` it is left to v1, and ``auto_stitch`` is off;
``nothing_left`` it would start at or after its own end; warnings
``text_sets_length`` and ``sound_ends_with_clips``.
"""

from __future__ import annotations

import itertools
from typing import cast

from attrs import define, field, frozen

from reelforge_dsl.errors import Issue, Severity
from reelforge_dsl.models import Asset, Layer, Manifest, TextOverlay, Time
from reelforge_dsl.models.making import altered, maker
from reelforge_dsl.timeline._captions import placed_captions
from reelforge_dsl.timeline._entries import Sheet, layer_of, overlay_of
from reelforge_dsl.timeline._when import Clock, End, Lengths, Spot, nobody_measured

MEASURE = "give duration=, or .resolve(engine.probe)"


@frozen
class Placed:
    """A timeline as it stands.

    Attributes:
        manifest: The document, not judged.
        end: The film's end.
        spots: Where each entry is, in call order.
        issues: What could not be placed, in call order.
        v1s: Numbers of the entries that v1 places itself.
    """

    manifest: Manifest
    end: End
    spots: tuple[Spot, ...]
    issues: tuple[Issue, ...]
    v1s: frozenset[int]

    @property
    def paths(self) -> tuple[str, ...]:
        """Each entry's place in the document, in call order."""
        layers, texts = itertools.count(), itertools.count()
        return tuple(
            [
                f"{_TEXTS}[{next(texts)}]" if spot.entry.is_text else f"{_LAYERS}[{next(layers)}]"
                for spot in self.spots
            ]
        )


_LAYERS, _TEXTS = "$.composition.timeline", "$.composition.text_overlays"


def placed(sheet: Sheet, lengths: Lengths = nobody_measured) -> Placed:
    """Return the sheet as a document.

    Args:
        sheet: What was said.
        lengths: How long sources are.
    """
    clock = Clock(sheet, lengths)
    end = clock.run()
    return _Writer(sheet, clock, end).written()


def seconds(number: float) -> float:
    """Return a computed number of seconds without the dust of binary fractions."""
    return number if type(number) is int else round(number, 9)


_time, _asset = maker(Time), maker(Asset)


@define
class _Writer:
    sheet: Sheet
    clock: Clock
    end: End
    layers: list[Layer] = field(factory=list)
    overlays: list[TextOverlay] = field(factory=list)
    issues: list[Issue] = field(factory=list)
    v1s: set[int] = field(factory=set)

    def written(self) -> Placed:
        assets, names = assets_of(self.sheet)
        for number, spot in enumerate(self.clock.spots):
            entry = spot.entry
            if entry.is_text:
                self.overlays.append(overlay_of(entry, self._time(number, spot)))
            else:
                # A loaded layer keeps its own asset: another of its id may stand before it.
                asset = names.get(entry.id, "") if entry.src is not None else ""
                self.layers.append(layer_of(entry, asset, self._time(number, spot)))
        captions = placed_captions(self.sheet, self.clock, names)
        if captions.hangs_on and self.sheet.captions is not None:
            on = self.sheet.captions.get("clock")
            what = f"the words are on the clock of {on}, whose start hangs on {_lengths(captions.hangs_on)}"
            line = self.sheet.captions.line
            self._tell("$.composition.captions.words", what, where=str(line) if line else None)
        envelope = self.sheet.envelope
        composition = altered(
            envelope.composition,
            auto_stitch=self._auto_stitch(),
            timeline=tuple(self.layers) or envelope.composition.timeline,
            text_overlays=tuple(self.overlays) or envelope.composition.text_overlays,
            captions=captions.captions,
        )
        manifest = altered(envelope, assets=assets or envelope.assets, composition=composition)
        return Placed(
            manifest,
            self.end,
            tuple(self.clock.spots),
            tuple(self.issues),
            frozenset(self.v1s),
        )

    def _auto_stitch(self) -> bool | None:
        said = self.sheet.envelope.composition.auto_stitch
        return True if said is None and self.v1s and self.sheet.may_stitch else said

    def _time(self, number: int, spot: Spot) -> Time | None:
        """Return when an entry is there, as the document says it."""
        entry, when = spot.entry, spot.entry.when
        held = entry.base.time if entry.base is not None else None
        if when is None:
            return held
        if when.start is not None and when.duration is not None and held is None and entry.verb != "music":
            return _time(when.start, when.duration)
        if spot.is_stitched or self._is_left(spot):
            self.v1s.add(number)
            if not self.sheet.may_stitch:
                self._tell_unstitched(spot)
            elif entry.is_sound:
                self._warn_of_other_ends(spot)
            return Time(extra=held.extra) if held is not None and held.extra else None
        start = None if spot.start.past is not None or spot.after_the_end else seconds(spot.start.seconds)
        if when.start is not None:
            start = when.start
        duration = self._duration(spot, start)
        if start is None:
            self._tell_start(spot)
        if start is None and duration is None and held is None:
            return None
        return _time(start, duration, held.extra if held is not None else ())

    def _is_left(self, spot: Spot) -> bool:
        """Tell whether v1 finds this untimed sound's end by itself."""
        when = spot.entry.when
        return (
            spot.entry.is_sound
            and when is not None
            and when.is_unsaid
            and self.end.seconds is None
            and self.end.is_v1s
        )

    def _duration(self, spot: Spot, start: float | None) -> float | None:
        entry, when = spot.entry, spot.entry.when
        if when is not None and when.duration is not None:
            return self._cut(spot, start, when.duration) if entry.verb == "music" else when.duration
        if spot.end is None:
            return None if entry.kind == "image" or spot.after_the_end else self._to_the_end(spot, start)
        if spot.start.past == spot.end.past:
            return self._above_0(spot, spot.end.seconds - spot.start.seconds)
        if start is not None:
            self._tell_length(spot)
        return None

    def _cut(self, spot: Spot, start: float | None, said: float) -> float:
        """Cut timed music where the film ends, so that music never sets its length."""
        if self.end.seconds is None:
            if start is not None:
                what = f"plays {said:g} s and must not outlast the film's end, {self._missing()}"
                fix = "leave duration out, or .resolve(engine.probe)"
                self._tell_entry(spot, ".time.duration_seconds", what, fix)
            return said
        if start is None or start + said <= self.end.seconds:
            return said
        return self._above_0(spot, self.end.seconds - start) or said

    def _to_the_end(self, spot: Spot, start: float | None) -> float | None:
        if start is None:
            return None
        if self.end.seconds is not None:
            self._warn_of_text_end(spot)
            return self._above_0(spot, self.end.seconds - start)
        fix = MEASURE if self.end.hangs_on else "give something a duration, or say .total_duration()"
        self._tell_entry(spot, ".time.duration_seconds", f"lasts to the film's end, {self._missing()}", fix)
        return None

    def _above_0(self, spot: Spot, duration: float) -> float | None:
        if seconds(duration) > 0:
            return seconds(duration)
        at = spot.start.seconds
        stop = spot.end.seconds if spot.end is not None and spot.end.past is None else self.end.seconds
        what = f"starts at {at:g} s and would end at {stop:g} s" if stop is not None else "has no time left"
        self._tell_entry(spot, ".time.start_seconds", what, "let it start earlier", "nothing_left")
        return None

    def _missing(self) -> str:
        hangs_on = self.end.hangs_on
        return f"which hangs on {_lengths(hangs_on)}" if hangs_on else "and nothing in it has an end"

    def _tell_unstitched(self, spot: Spot) -> None:
        kind = "has no time of its own" if spot.is_stitched else "lasts to the end of the stitched clips"
        off = "absent" if self.sheet.envelope.composition.auto_stitch is None else "false"
        self._tell_entry(
            spot,
            ".time",
            f"{kind}, and auto_stitch is {off}",
            "call .auto_stitch(), or .resolve(engine.probe)",
            "needs_auto_stitch",
        )

    def _tell_start(self, spot: Spot) -> None:
        when = spot.entry.when
        if spot.after_the_end and when is not None:
            what = f"comes after {when.after}, which lasts to the film's end"
            self._tell_entry(
                spot, ".time.start_seconds", what, f"give {when.after} a duration", "nothing_left"
            )
            return
        if when is not None and when.after:
            place = f"starts when {when.after} ends"
        elif when is not None and when.during:
            place = f"starts with {when.during}"
        else:
            place = "comes after the pictures before it"
        what = f"{place}, which hangs on {_lengths(self.clock.hangs_on(spot.start))}"
        self._tell_entry(spot, ".time.start_seconds", what, "give start=, or .resolve(engine.probe)")

    def _tell_length(self, spot: Spot) -> None:
        when = spot.entry.when
        if when is not None and when.during:
            what = f"ends with {when.during}, which hangs on {_lengths(self.clock.hangs_on(spot.end))}"
        else:
            at = f"{spot.start.seconds:g} s"
            what = f"starts at {at} and lasts to the end of its file, whose length is not known"
        self._tell_entry(spot, ".time.duration_seconds", what)

    def _warn_of_text_end(self, spot: Spot) -> None:
        """Warn when a title cuts the speech: D18 counts texts, and not untimed sound."""
        if spot.entry.verb == "music" or self.end.is_said:
            return
        ending = [other.entry for other in self.clock.spots if other.end is not None]
        if all(entry.is_text or entry.verb == "music" for entry in ending) and any(e.is_text for e in ending):
            self._tell_entry(
                spot,
                ".time.duration_seconds",
                f"ends at {self.end.seconds:g} s with the last text, however long it is",
                "give the picture a duration, or say .total_duration()",
                "text_sets_length",
                "warning",
            )

    def _warn_of_other_ends(self, spot: Spot) -> None:
        """Warn when v1 ends a sound with the clips while something beside them may last longer."""
        others = [
            str(other.entry.id)
            for other in self.clock.spots
            if other.end is not None
            and not other.is_stitched
            and not other.entry.is_text
            and other.entry.verb != "music"
            and other.entry.when is not None
        ]
        if self.clock.cursor is not None and others:
            self._tell_entry(
                spot,
                ".time",
                f"ends with the stitched clips, and {_listed(others)} may last longer",
                ".resolve(engine.probe)",
                "sound_ends_with_clips",
                "warning",
            )

    def _tell_entry(
        self,
        spot: Spot,
        key: str,
        what: str,
        fix: str = MEASURE,
        code: str = "needs_length",
        severity: Severity = "error",
    ) -> None:
        line = spot.entry.line
        where = str(line) if line else None
        is_text = spot.entry.is_text
        path = f"{_TEXTS}[{len(self.overlays)}]" if is_text else f"{_LAYERS}[{len(self.layers)}]"
        self._tell(path + key, f"{spot.entry.id} {what}", fix, code, severity, where)

    def _tell(
        self,
        path: str,
        what: str,
        fix: str = ".resolve(engine.probe)",
        code: str = "needs_length",
        severity: Severity = "error",
        where: str | None = None,
    ) -> None:
        self.issues.append(Issue(code, severity, path, what, fix, where))


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = [*names[:3], f"{len(names) - 3} more"] if len(names) > 4 else list(names)
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _lengths(names: tuple[str, ...]) -> str:
    if not names:
        return "what is not known"
    return f"the unmeasured length{'s' if len(names) > 1 else ''} of {_listed(names)}"


def assets_of(sheet: Sheet) -> tuple[tuple[Asset, ...], dict[str | None, str]]:
    """Return the document's files and, by entry id, which is whose.

    One file of one type is one asset, named after its first layer.
    """
    assets = list(sheet.envelope.assets or ())
    known = {(asset.type, asset.url): asset.id for asset in reversed(assets)}
    taken = {asset.id for asset in assets}
    names: dict[str | None, str] = {}
    for entry in sheet.entries:
        if entry.src is None:
            if isinstance(entry.base, Layer):
                names.setdefault(entry.id, entry.base.asset_id)
            continue
        kind = entry.kind
        key = (kind, entry.src)
        if key not in known:
            name = cast("str", entry.id)
            if name in taken:
                name = next(
                    other for count in itertools.count(2) if (other := f"{name}-{count}") not in taken
                )
            known[key] = name
            taken.add(name)
            assets.append(_asset(name, kind, entry.src))
        names.setdefault(entry.id, known[key])
    return tuple(assets), names
