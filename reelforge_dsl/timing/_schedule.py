"""The schedule of a document: every second, with the rule that made it."""

from __future__ import annotations

from attrs import frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest, Media
from reelforge_dsl.timing._place import Placement
from reelforge_dsl.timing._row import Row
from reelforge_dsl.units import frame_at, short


@frozen
class Span:
    """When one layer or overlay is there.

    Attributes:
        id: Its id; ``None`` for an overlay without one.
        path: Its JSON path, as ``$.composition.timeline[2]``.
        start: Output seconds; ``None`` when the document alone does not say.
        end: Output seconds, cut at the composition's end (decision D5); ``None`` when not known.
        rule: Which rule placed it; see `reelforge_dsl.timing.PlacedBy`.
        because: The same in plain words.
        uncut_end: Output seconds before the cut; ``None`` when not known.
        source_seconds: What its source offers after trim, in source seconds; ``None`` when not known.
        crossfade_seconds: Effective dissolve into it, in output seconds; 0 when there is none.
        crossfade_from: Index in the timeline of the clip it dissolves over; ``None`` when over none.

    Source: contract §4; decisions D4–D6, D10–D12, D18–D20, D24.
    """

    id: str | None
    path: str
    start: float | None
    end: float | None
    rule: str
    because: str
    uncut_end: float | None = None
    source_seconds: float | None = None
    crossfade_seconds: float = 0
    crossfade_from: int | None = None

    @property
    def start_frame(self) -> int | None:
        """The first output frame it is on; ``None`` when not known. Source: decision D24."""
        return None if self.start is None else frame_at(self.start)

    @property
    def end_frame(self) -> int | None:
        """The output frame after its last; ``None`` when not known. Source: decision D24."""
        return None if self.end is None else frame_at(self.end)


@frozen
class Schedule:
    """Who lasts how long, and by which rule.

    Attributes:
        seconds: Length of the composition in output seconds; ``None`` when not known.
        because: The rule behind the length, in plain words.
        layers: One span a layer, in timeline order.
        overlays: One span a text overlay, in list order.
        unknown: Addresses of the files whose length is needed and was not given.
        issues: What placing found wrong or worth a warning, in document order.

    Source: contract §4, decision D18.
    """

    seconds: float | None
    because: str
    layers: tuple[Span, ...]
    overlays: tuple[Span, ...]
    unknown: tuple[str, ...]
    issues: tuple[Issue, ...]

    @property
    def frames(self) -> int | None:
        """Length of the composition in output frames; ``None`` when not known. Source: decision D24."""
        return None if self.seconds is None else frame_at(self.seconds)


def schedule(manifest: Manifest, media: Media | None = None) -> Schedule:
    """Place every layer and overlay of a document on the output clock.

    Any document that loads is taken; what cannot be placed has ``None``.

    Args:
        manifest: The document.
        media: Lengths of files in source seconds, ``{src: seconds}`` or a function of ``src``;
            a file whose length it does not know, or gives as 0, counts as not known.

    Source: contract §4; decisions D4–D6, D10–D12, D18–D20, D24.
    """
    placed = Placement(manifest, media)
    return Schedule(
        seconds=placed.seconds,
        because=placed.because,
        layers=tuple(_span(row, placed) for row in placed.rows),
        overlays=tuple(_span(row, placed) for row in placed.texts),
        unknown=placed.unknown,
        issues=placed.issues,
    )


def _span(row: Row, placed: Placement) -> Span:
    item = row.layer or row.overlay
    return Span(
        id=item.id if item is not None else None,
        path=row.where,
        start=row.start,
        end=row.cut,
        rule=row.rule,
        because=_because(row, placed),
        uncut_end=row.end,
        source_seconds=row.offered,
        crossfade_seconds=row.fade,
        crossfade_from=row.over.index if row.over is not None else None,
    )


_PLAIN = {
    "given": "start and duration given",
    "from_zero": "sound without a start: from 0, as long as given",
    "aligned_to_stitch": "untimed sound: 0 to the end of the stitched clips",
    "untimed": "not placed: it has no time, and auto_stitch is not on",
    "half_timed": "not placed: start and duration are both needed unless auto_stitch is on",
    "no_start": "not placed: an image needs time.start_seconds",
    "no_time": "not placed: text needs time.start_seconds and time.duration_seconds",
    "bad_time": "not placed: its time cannot be used",
    "unknown_type": "not placed: its type is not known",
}


def _because(row: Row, placed: Placement) -> str:
    if row.rule in ("stitched", "sequenced"):
        return _following(row)
    if row.rule == "source_length":
        return f"start given, to the end of its source: {_told(row.offered, 'not measured')}"
    if row.rule in ("to_end", "until_duration"):
        start = "" if row.layer and row.layer.time and row.layer.time.start_seconds is not None else "from 0 "
        if placed.seconds is None:
            return f"{start}until the composition's end, {placed.because}"
        return f"{start}until composition end {short(placed.seconds)}: {placed.because}"
    return _PLAIN[row.rule]


def _following(row: Row) -> str:
    """Say after which clip a stitched or sequenced row comes, and what gives its length."""
    order = f"{row.rule} first" if row.before is None else f"{row.rule} after {row.before.name}"
    cross = f", crossfade {short(row.fade)} s" if row.fade else ""
    if row.says_duration:
        return f"{order}{cross}, for {_told(row.lasts, 'as long as given')} as given"
    return f"{order}{cross}, as long as its source: {_told(row.offered, 'not measured')}"


def _told(seconds: float | None, otherwise: str) -> str:
    return otherwise if seconds is None else f"{short(seconds)} s"
