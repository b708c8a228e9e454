"""Glyphs: which a font has, how wide they are, and their outlines."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from attrs import Factory, field, frozen

from reelforge_dsl.lettering._fonts import Font
from reelforge_dsl.lettering._libraries import harfbuzz

_SLANT = 0.2
_SPACE = 0x20

Box = tuple[float, float, float, float]
Segment = tuple[str, tuple[float, ...]]


@frozen(eq=False)
class Glyph:
    """An outline, in em, x to the right and y down from the pen's place on the baseline.

    Attributes:
        segments: SVG path commands (``M L Q C Z``) with their absolute numbers.
        box: Left, top, right and bottom of the ink, or ``None`` when there is none.
    """

    segments: tuple[Segment, ...]
    box: Box | None


@frozen(eq=False)
class Face:
    """A font made ready for shaping; one object for one font.

    Attributes:
        font: The font.
        shaper: The HarfBuzz font, at its weight.
        upem: Font units in one em.
        ascent: Em above the baseline, positive.
        descent: Em below the baseline, positive.
        space: Width of the space, em.
    """

    font: Font
    shaper: Any
    upem: int
    ascent: float
    descent: float
    space: float
    _glyphs: dict[int, Glyph] = field(default=Factory(dict), init=False, repr=False)
    _inked: dict[str, bool] = field(default=Factory(dict), init=False, repr=False)

    def has(self, letter: str) -> bool:
        """Tell whether the font draws something for one character.

        Args:
            letter: One character.

        Returns:
            Whether there is a glyph with an outline; a picture glyph has none.
        """
        known = self._inked.get(letter)
        if known is None:
            number = self.shaper.get_nominal_glyph(ord(letter))
            known = bool(number) and self.glyph(number).box is not None
            self._inked[letter] = known
        return known

    def glyph(self, number: int) -> Glyph:
        """Return the outline of one glyph.

        Args:
            number: The glyph's number in the font.

        Returns:
            The outline, in em; the same object each time.
        """
        found = self._glyphs.get(number)
        if found is None:
            found = self._glyphs[number] = _drawn(self, number)
        return found


@lru_cache(maxsize=256)
def face_of(font: Font) -> Face:
    """Load a font.

    Args:
        font: What ``find_font`` found.

    Returns:
        The face; the same object for the same font.
    """
    face = harfbuzz.Face(harfbuzz.Blob(font.path.read_bytes()), font.index)
    shaper = harfbuzz.Font(face)
    upem = face.upem
    shaper.scale = (upem, upem)
    if font.variable:
        shaper.set_variations({"wght": font.weight})
    extents = shaper.get_font_extents("ltr")
    space = shaper.get_nominal_glyph(_SPACE)
    return Face(
        font,
        shaper,
        upem,
        ascent=extents.ascender / upem,
        descent=-extents.descender / upem,
        space=shaper.get_glyph_h_advance(space) / upem if space else 0.25,
    )


def _drawn(face: Face, number: int) -> Glyph:
    raw: list[Segment] = []
    face.shaper.draw_glyph(number, _recorder(), raw)
    slant = _SLANT if face.font.slanted else 0.0
    scale = 1 / face.upem
    segments = tuple(
        (
            command,
            tuple(
                value
                for x, y in zip(numbers[::2], numbers[1::2], strict=True)
                for value in ((x + slant * y) * scale, -y * scale)
            ),
        )
        for command, numbers in raw
    )
    return Glyph(segments, _box(segments))


@lru_cache(maxsize=1)
def _recorder() -> Any:
    pen = harfbuzz.DrawFuncs()
    pen.set_move_to_func(lambda x, y, out: out.append(("M", (x, y))))
    pen.set_line_to_func(lambda x, y, out: out.append(("L", (x, y))))
    pen.set_quadratic_to_func(lambda cx, cy, x, y, out: out.append(("Q", (cx, cy, x, y))))
    pen.set_cubic_to_func(lambda ax, ay, bx, by, x, y, out: out.append(("C", (ax, ay, bx, by, x, y))))
    pen.set_close_path_func(lambda out: out.append(("Z", ())))
    return pen


def _box(segments: tuple[Segment, ...]) -> Box | None:
    xs: list[float] = []
    ys: list[float] = []
    for command, numbers in segments:
        if command in "ML":
            xs.append(numbers[0])
            ys.append(numbers[1])
        elif command != "Z":
            xs += _extremes((xs[-1], *numbers[::2]))
            ys += _extremes((ys[-1], *numbers[1::2]))
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _extremes(points: tuple[float, ...]) -> list[float]:
    """Return the turning points of a Bézier curve in one direction, then its end."""
    start, end = points[0], points[-1]
    if all(min(start, end) <= point <= max(start, end) for point in points[1:-1]):
        return [end]
    return [_at(points, t) for t in _turns(points) if 0 < t < 1] + [end]


def _at(points: tuple[float, ...], t: float) -> float:
    while len(points) > 1:
        points = tuple(a + (b - a) * t for a, b in pairwise(points))
    return points[0]


def _turns(points: tuple[float, ...]) -> list[float]:
    steps = [b - a for a, b in pairwise(points)]
    if len(steps) == 2:
        return [steps[0] / (steps[0] - steps[1])] if steps[0] != steps[1] else []
    first, middle, last = steps
    a, b = first - 2 * middle + last, 2 * (middle - first)
    if not a:
        return [-first / b] if b else []
    square = b * b - 4 * a * first
    return [(-b + sign * square**0.5) / (2 * a) for sign in (1, -1)] if square >= 0 else []
