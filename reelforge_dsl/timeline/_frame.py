"""Frame sizes as an author says them."""

from __future__ import annotations

from typing import Any

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.models import Output
from reelforge_dsl.models.fields import author_value, rules_of, told
from reelforge_dsl.units import PLACES, RATIOS, frame_size


def pixels(where: str, size: Any) -> tuple[int, int]:
    """Return (width, height) in output pixels.

    Args:
        where: Who asks, as ``Timeline``.
        size: A ratio, a place, or (width, height) in even pixels above 0.

    Raises:
        FieldError: It is none of these.

    Source: contract §2, ``output``.
    """
    if isinstance(size, str):
        if size in RATIOS:
            return frame_size(RATIOS[size])
        if size in PLACES:
            return PLACES[size]
        raise FieldError(
            f"{where}: size: {size!r} is not allowed",
            fix=near(size, (*RATIOS, *PLACES)) + _or_pixels(size),
            field=f"{where}: size",
            value=size,
        )
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise FieldError(
            f"{where}: size: expected a ratio, a place or (width, height), got {told(size)}",
            fix="'9:16', 'reels' or (1080, 1920)",
            field=f"{where}: size",
            value=size,
        )
    rules = rules_of(Output)
    width = author_value(rules["width"], size[0], f"{where}: width")
    return int(width), int(author_value(rules["height"], size[1], f"{where}: height"))


def _or_pixels(size: str) -> str:
    wide, _, high = size.lower().partition("x")
    return f"; or in pixels: ({wide}, {high})" if wide.isdigit() and high.isdigit() else ""
