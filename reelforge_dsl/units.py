"""Numbers and their units: seconds and frames, lengths, frame sizes."""

from __future__ import annotations

import math
import re
from typing import Any, Literal

from attrs import frozen

FPS = 30
"""Frames a second of every output. Source: contract §2, ``output.fps``."""

MAX_SECONDS = 300
"""Longest composition, in output seconds. Source: contract §2, ``composition.duration_seconds``."""

SHORT_SIDE = 1080
"""Pixels of the short side of a frame named by its ratio."""

RATIOS: dict[str, tuple[int, int]] = {
    "9:16": (9, 16),
    "16:9": (16, 9),
    "1:1": (1, 1),
    "4:5": (4, 5),
    "4:3": (4, 3),
    "3:4": (3, 4),
    "2:3": (2, 3),
    "21:9": (21, 9),
}
"""Frame shapes by their ratio, width to height."""

PLACES: dict[str, tuple[int, int]] = {
    "tiktok": (1080, 1920),
    "reels": (1080, 1920),
    "shorts": (1080, 1920),
    "stories": (1080, 1920),
    "youtube": (1920, 1080),
    "square": (1080, 1080),
    "feed": (1080, 1350),
}
"""Frame sizes by where the film is shown, pixels wide and high."""

LARGEST = 10**300
"""Numbers from here on are none: arithmetic and JSON readers elsewhere give up near 1.8e308."""

_LENGTH = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(%|px)")


@frozen
class Length:
    """A distance inside the frame.

    Attributes:
        value: The number, in ``unit``.
        unit: ``"%"`` of the frame's width or height, or ``"px"``, output pixels.
    """

    value: float
    unit: Literal["%", "px"]

    def pixels(self, whole: float) -> float:
        """Return the distance in output pixels, of a frame side of ``whole`` pixels."""
        return self.value * whole / 100 if self.unit == "%" else self.value

    def __str__(self) -> str:
        return f"{short(self.value)}{self.unit}"


def parse_length(text: str) -> Length | None:
    """Read ``"10%"`` or ``"20px"``; ``None`` when it is neither.

    Source: contract §5 and decision D2 (no other form is taken).
    """
    found = _LENGTH.fullmatch(text)
    if found is None:
        return None
    return Length(float(found[1]), "%" if found[2] == "%" else "px")


def frame_at(seconds: float) -> int:
    """Return the output frame whose start is nearest to ``seconds`` of output time.

    Edges are rounded, not lengths, so neighbours never gap or overlap.
    Source: decision D24.
    """
    return math.floor(seconds * FPS + 0.5)


def frame_size(ratio: tuple[int, int]) -> tuple[int, int]:
    """Return (width, height) in even pixels of a frame of that ratio, short side 1080."""
    wide, high = ratio
    scale = SHORT_SIDE / min(wide, high)
    return 2 * round(wide * scale / 2), 2 * round(high * scale / 2)


def real(value: Any) -> int | float | None:
    """Return a real number as a plain int or float; ``None`` for anything else.

    NumPy's numbers, ``Fraction`` and ``Decimal`` are taken; booleans, strings,
    NaN, infinities and numbers of three hundred digits are not. Source: decision D16.
    """
    kind = type(value)
    plain = value if kind is int or kind is float else _plain_number(value)
    return plain if plain is not None and -LARGEST < plain < LARGEST else None


def _plain_number(value: Any) -> int | float | None:
    """Return what is neither an int nor a float as one, ``None`` when it is no number."""
    if value is None or isinstance(value, (bool, str)):
        return None
    from decimal import Decimal  # here, for such numbers are rare and every import would pay
    from numbers import Integral, Real

    if isinstance(value, Integral):
        return int(value)
    if not isinstance(value, (Real, Decimal)):
        return None
    try:
        return float(value)
    except (OverflowError, ValueError):  # a Fraction too large, Decimal's signalling NaN
        return None


def plain(number: float) -> int | float:
    """Return the number as it is sent: ``8.0`` as ``8``. Source: decision D16."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def short(number: float) -> str:
    """Return the shortest text of a number to four decimals, without a trailing ``.0``."""
    return f"{number:.4f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def unless_milliseconds(seconds: float, *, least: float = 1000) -> str:
    """Return what helps with a number of seconds that is likely milliseconds, to stand before another fix.

    Args:
        seconds: What was said.
        least: From where on it is doubted; below, the text is empty.
    """
    if not least <= seconds <= MAX_SECONDS * 1000:
        return ""
    return f"seconds are meant: {short(seconds / 1000)} if {short(seconds)} was milliseconds; else "


def ratio_name(width: int, height: int) -> str:
    """Return ``9:16`` for a size of that shape, else ``WxH``."""
    for name, (wide, high) in RATIOS.items():
        if frame_size((wide, high)) == (width, height) or width * high == height * wide:
            return name
    return f"{width}x{height}"
