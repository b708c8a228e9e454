"""When everything is there: what was said, as moments of the film.

One pure pass over the entries in call order. A moment is a number of seconds
after the film's start or after the end of something nobody has measured yet,
so that "next" can be told from "somewhere" while lengths are still missing.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from reelforge_dsl.models.making import maker
from reelforge_dsl.timeline._entries import Entry, Sheet, When


@frozen
class At:
    """A moment of the film.

    Attributes:
        seconds: Output seconds after the film's start, or after ``past``.
        past: Number of the end that is not known, ``None`` for the film's start.
    """

    seconds: float
    past: int | None = None

    def later(self, seconds: float) -> At:
        """Return the moment that many seconds later."""
        return moment(self.seconds + seconds, self.past) if seconds else self


moment = maker(At)
ZERO = At(0)


@frozen
class Spot:
    """Where one entry is.

    Attributes:
        entry: What is there.
        start: Its first moment.
        end: Its last, ``None``: the end of the film.
        is_stitched: v1 finds this place by itself when the clip is sent untimed.
        after_the_end: It was said to come after something that lasts to the end.
    """

    entry: Entry
    start: At
    end: At | None
    is_stitched: bool = False
    after_the_end: bool = False


_spot = maker(Spot)


@frozen
class End:
    """The end of the film, by D18; music counts only alone.

    Attributes:
        seconds: Output seconds, ``None``: not known.
        hangs_on: Ids whose lengths are missing for it.
        is_v1s: v1 ends untimed sound there by itself.
        is_said: It was said as the total duration.

    Source: decision D18, and D12 for untimed sound.
    """

    seconds: float | None
    hangs_on: tuple[str, ...] = ()
    is_v1s: bool = False
    is_said: bool = False


def usable(said: float | None, *, least: float | None = None) -> float | None:
    """Return a loaded number of seconds, ``None`` when nothing could be placed by it."""
    if said is None or said > _FAR or (said <= 0 if least is None else said < least):
        return None
    return said


_FAR = 10_000_000

Lengths = Callable[[Entry], float | None]
"""Seconds of an entry's source from its trim on, ``None``: not known."""


def nobody_measured(entry: Entry) -> float | None:  # noqa: ARG001 - it is a Lengths
    """Know no length."""
    return None


@define
class Clock:
    """The pass over the entries.

    Attributes:
        sheet: What was said.
        lengths: How long sources are.
        spots: Where each entry is, in call order.
        latest: The latest end of the pictures so far.
        cursor: Where v1 would stitch the next untimed clip; ``None`` before the first.
        floors: For each unknown end, a moment it is certainly not before.
        causes: For each unknown end, the moments it hangs on, and whose length is missing.
    """

    sheet: Sheet
    lengths: Lengths
    spots: list[Spot] = field(factory=list)
    latest: At | None = None
    cursor: At | None = None
    floors: list[At] = field(factory=list)
    causes: list[tuple[tuple[At, ...], str | None]] = field(factory=list)
    _by_id: dict[str | None, Spot] = field(factory=dict)

    def run(self) -> End:
        """Place every entry; return the film's end."""
        for entry in self.sheet.entries:
            spot = self._loaded(entry) if entry.when is None else self._said(entry, entry.when)
            if spot.is_stitched:
                self.cursor = spot.end
            if entry.is_picture and spot.end is not None:
                self.latest = spot.end if self.latest is None else self._later_of(self.latest, spot.end)
            self.spots.append(spot)
            self._by_id.setdefault(entry.id, spot)
        return self._end()

    def spot(self, name: str) -> Spot:
        """Return where the entry of that id is."""
        return self._by_id[name]

    def hangs_on(self, *moments: At | None) -> tuple[str, ...]:
        """Return the ids whose lengths are missing for these moments, in call order."""
        found: set[int] = set()
        waiting = [at.past for at in moments if at is not None and at.past is not None]
        while waiting:
            unknown = waiting.pop()
            if unknown not in found:
                found.add(unknown)
                waiting += [at.past for at in self.causes[unknown][0] if at.past is not None]
        names = [self.causes[unknown][1] for unknown in sorted(found)]
        return tuple([name for name in names if name is not None])

    def _said(self, entry: Entry, when: When) -> Spot:
        reference = when.after or when.during
        beside = self._by_id[reference] if reference else None
        is_stitched = after_the_end = False
        floor: At | None = None
        if beside is not None:
            after_the_end = bool(when.after) and beside.end is None
            first = beside.end if when.after and beside.end is not None else beside.start
            start = first.later(when.offset or 0)
        elif when.start is not None:
            start = moment(when.start)
        elif entry.verb == "video" or (entry.verb == "image" and when.duration is not None):
            # A clip is longer than its crossfade (D6), so it never ends before the one it follows.
            floor = self.latest or ZERO
            start = self._next(entry.crossfade)
            is_stitched = when.duration is None and floor == (self.cursor or ZERO)
        else:
            start = ZERO
        if when.duration is not None:
            end: At | None = start.later(when.duration)
        elif when.during and beside is not None:
            end = beside.end
        elif entry.verb == "video":
            end = self._source_end(entry, start, floor or start)
        else:
            end = None
        return _spot(entry, start, end, is_stitched, after_the_end)

    def _loaded(self, entry: Entry) -> Spot:
        """Read a loaded entry as v1 would. Source: decision D20 for the half-timed."""
        time = entry.base.time if entry.base is not None else None
        said_start = usable(time.start_seconds if time else None, least=0)
        duration = usable(time.duration_seconds if time else None)
        is_stitched = entry.verb == "video" and said_start is None
        start = moment(said_start or 0)
        if is_stitched and self.cursor is not None:
            start = self.cursor.later(-entry.crossfade)
        if duration is not None:
            return _spot(entry, start, start.later(duration), is_stitched)
        if entry.verb == "video":
            return _spot(entry, start, self._source_end(entry, start, self.cursor or start), is_stitched)
        if entry.verb == "audio" and said_start is not None:
            return _spot(entry, start, self._source_end(entry, start, start))
        return _spot(entry, start, None)

    def _next(self, crossfade: float) -> At:
        if self.latest is None:
            return ZERO
        start = self.latest.later(-crossfade)
        return ZERO if start.past is None and start.seconds < 0 else start

    def _source_end(self, entry: Entry, start: At, floor: At) -> At:
        length = self.lengths(entry)
        if length is not None:
            return start.later(length)
        return self._unknown(floor, (start,), entry.id)

    def _unknown(self, floor: At, moments: tuple[At, ...], name: str | None) -> At:
        self.floors.append(floor)
        self.causes.append((moments, name))
        return moment(0, len(self.floors) - 1)

    def _later_of(self, one: At, other: At) -> At:
        if self._is_not_before(other, one):
            return other
        if self._is_not_before(one, other):
            return one
        return self._unknown(one, (one, other), None)

    def _is_not_before(self, one: At, other: At) -> bool:
        """Tell whether ``one`` is certainly at ``other`` or later."""
        while one.past != other.past:
            if one.past is None:
                return False
            floor = self.floors[one.past]
            one = moment(floor.seconds + one.seconds, floor.past)
        return one.seconds >= other.seconds

    def _end(self) -> End:
        total = usable(self.sheet.envelope.composition.duration_seconds)
        if total is not None:
            return End(total, is_said=True)
        counted = [
            spot.end
            for spot in self.spots
            if spot.end is not None and spot.entry.verb not in ("music", "layer")
        ]
        if not counted:
            return self._end_of_sounds()
        if any(end.past is not None for end in counted):
            return End(None, self.hangs_on(*counted), is_v1s=self.cursor is not None)
        return End(max(end.seconds for end in counted))

    def _end_of_sounds(self) -> End:
        """Find the end where nothing but sound gives one: speech to its end, music and loops only alone."""
        sounds = [spot for spot in self.spots if spot.entry.is_sound]
        speech = [spot for spot in sounds if spot.entry.verb != "music"]
        timed = [spot for spot in sounds if spot.end is not None]
        deciding = speech or timed or sounds
        deciding = [spot for spot in deciding if spot.end or not spot.entry.loops] or deciding
        ends = [spot.end or self._source_end(spot.entry, spot.start, spot.start) for spot in deciding]
        if not ends:
            return End(None)
        if all(end.past is None for end in ends):
            return End(max(end.seconds for end in ends))
        # v1 takes the longest of all untimed sounds, and plays them in a row when there is nothing to see.
        has_pictures = any(spot.entry.is_picture for spot in self.spots)
        is_v1s = (
            len(deciding) == len(sounds)
            and not timed
            and all(spot.entry.when is None or spot.entry.when.is_unsaid for spot in sounds)
            and (has_pictures or len(sounds) == 1)
        )
        return End(None, self.hangs_on(*ends), is_v1s)
