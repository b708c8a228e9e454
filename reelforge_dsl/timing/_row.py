"""One layer or overlay while it is being placed, and the numbers it is placed by."""

from __future__ import annotations

from typing import Literal

from reelforge_dsl.errors import Issue, Severity
from reelforge_dsl.models import Layer, TextOverlay

FAR = 10_000_000
"""Output seconds beyond which a number is no time: nothing is placed there."""

SLACK = 1e-6
"""Seconds by which a sum of decimals may miss its mark without a word."""

PlacedBy = Literal[
    "given",
    "stitched",
    "source_length",
    "from_zero",
    "aligned_to_stitch",
    "sequenced",
    "to_end",
    "until_duration",
    "untimed",
    "half_timed",
    "no_start",
    "no_time",
    "bad_time",
    "unknown_type",
]
"""The rule that placed a layer or an overlay; the last six could not place it whole."""

UNPLACED: frozenset[PlacedBy] = frozenset(
    {"untimed", "half_timed", "no_start", "no_time", "bad_time", "unknown_type"}
)


class Row:
    """One layer or overlay while it is being placed; class attributes are what nothing has changed yet.

    Attributes:
        start: Output seconds, or ``None``.
        end: Output seconds before the cut at the composition's end, or ``None``.
        cut: Output seconds after that cut.
        lasts: Seconds of a stitched or sequenced row, where known.
        says_duration: The document gives its duration.
        offered: Seconds that its source offers after trim, where known.
        natural: Where its source would end it, for sound that goes to the composition's end.
        fade: Effective crossfade into it, seconds.
        over: The row that it dissolves over.
        before: The row that it was stitched or sequenced after.
        issues: What was found about it.
    """

    layer: Layer | None = None
    overlay: TextOverlay | None = None
    index: int = 0
    rule: PlacedBy = "given"
    start: float | None = None
    end: float | None = None
    cut: float | None = None
    lasts: float | None = None
    says_duration: bool = True
    offered: float | None = None
    natural: float | None = None
    fade: float = 0
    over: Row | None = None
    before: Row | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def name(self) -> str:
        """Its id in quotes, or where it stands."""
        item = self.layer or self.overlay
        if item is not None and item.id is not None:
            return repr(item.id)
        return f"text_overlays[{self.index}]"

    @property
    def where(self) -> str:
        """Its JSON path."""
        return f"$.composition.{'timeline' if self.layer else 'text_overlays'}[{self.index}]"

    @property
    def looped(self) -> bool:
        """Whether its source repeats."""
        settings = self.layer.media_settings if self.layer else None
        return settings is not None and settings.loop is True

    @property
    def plays(self) -> bool:
        """Whether it has a source that runs."""
        return self.layer is not None and self.layer.type in ("video", "audio")

    def note(self, code: str, severity: Severity, key: str, message: str, fix: str) -> None:
        """Add a finding about it."""
        self.issues += (Issue(code, severity, self.where + key, message, fix),)


def read_both(row: Row, start: float, duration: float) -> None:
    """Place a row by the start and duration that the document gives."""
    if 0 <= start <= FAR and 0 < duration <= FAR:
        row.start, end = start, start + duration
        row.end = row.cut = end if type(end) is int else max(start, round(end, 9))
    else:
        row.rule = "bad_time"


def clean(seconds: float) -> float:
    """Return a sum of decimals without its binary dust: 0.1 + 0.2 as 0.3."""
    return seconds if type(seconds) is int else round(seconds, 9)


def end_of(start: float, lasts: float) -> float:
    """Return where something ends, never before its start."""
    return max(start, clean(start + lasts))
