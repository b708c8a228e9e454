"""Where boxes stand in the frame, in output pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from reelforge_dsl.models import Layout, Output
from reelforge_dsl.units import parse_length

FAR = 1e7
"""Pixels beyond which a box is nowhere."""


class Corners(NamedTuple):
    """The edges of a box in output pixels; it may reach outside the frame.

    Attributes:
        inside: Whether it is known to lie in the frame, to the pixel.
    """

    left: float
    top: float
    right: float
    bottom: float
    inside: bool = False

    def within(self, other: Corners, slack: float = 1) -> bool:
        """Tell whether it lies inside another box, to the pixel."""
        return (
            self.left >= other.left - slack
            and self.top >= other.top - slack
            and self.right <= other.right + slack
            and self.bottom <= other.bottom + slack
        )

    def meets(self, other: Corners) -> bool:
        """Tell whether it shares some ground with another box."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def corners_of(frame: Output, *layouts: Layout | None) -> Corners | None:
    """Return a box whose keys come from the first layout that says them; ``None`` where it cannot be read.

    Source: decision D22 for what none says.
    """
    x = y = width = height = None
    for layout in layouts:
        if layout is not None:
            x = layout.x if x is None else x
            y = layout.y if y is None else y
            width = layout.width if width is None else width
            height = layout.height if height is None else height
    return _corners(x, y, width, height, frame.width, frame.height)


@lru_cache(2048)
def _corners(
    x: str | None, y: str | None, width: str | None, height: str | None, wide: int, high: int
) -> Corners | None:
    if not (0 < wide < FAR and 0 < high < FAR):
        return None
    left, top = _pixels(x, wide, 0), _pixels(y, high, 0)
    if left is None or top is None:
        return None
    across, down = _pixels(width, wide, wide - left), _pixels(height, high, high - top)
    if across is None or down is None:
        return None
    box = Corners(left, top, left + across, top + down)
    inside = across >= 0 and down >= 0 and box.within(Corners(0, 0, wide, high))
    return box._replace(inside=inside)


def _pixels(text: str | None, whole: float, otherwise: float) -> float | None:
    if text is None:
        return otherwise
    length = parse_length(text)
    pixels = length.pixels(whole) if length is not None else None
    return pixels if pixels is not None and -FAR < pixels < FAR else None
