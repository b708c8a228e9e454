"""A block and its paints to SVG: paths and rectangles only, never the text itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from reelforge_dsl.lettering._faces import Box
from reelforge_dsl.lettering._layout import Block, Line, PlacedWord, union

Rgba = tuple[float, float, float, float]

_WHITE: Rgba = (255, 255, 255, 1.0)
_BLACK: Rgba = (0, 0, 0, 1.0)


@frozen
class Paint:
    """How a word is coloured. Colours are red, green and blue, 0 to 255, and alpha, 0 to 1.

    Attributes:
        fill: Of the letters.
        stroke: Around the letters, under every letter of the text; ``None`` is none.
        stroke_width: How far the stroke reaches outside the letters, px.
        shadow: Behind letters and stroke; ``None`` is none.
        shadow_blur: As in CSS, px: the standard deviation is half of it.
        shadow_dx: How far the shadow is moved to the right, px.
        shadow_dy: How far it is moved down, px.
    """

    fill: Rgba = _WHITE
    stroke: Rgba | None = None
    stroke_width: float = 0.0
    shadow: Rgba | None = None
    shadow_blur: float = 0.0
    shadow_dx: float = 0.0
    shadow_dy: float = 0.0

    @property
    def reach(self) -> float:
        """How far the stroke reaches outside the letters, px."""
        return max(self.stroke_width, 0.0) if self.stroke else 0.0


@frozen
class Pill:
    """A rounded rectangle behind a word or a line.

    Attributes:
        fill: Its colour, as for ``Paint``.
        radius: Of its corners, px; at most half of the shorter side is drawn.
        pad_x: Beyond the word on the left and on the right, px.
        pad_y: Beyond the font's ascent and descent, px; it may be negative.
    """

    fill: Rgba = _BLACK
    radius: float = 12.0
    pad_x: float = 12.0
    pad_y: float = 0.0


PaintOf = Callable[[PlacedWord], Paint]
PillOf = Callable[[PlacedWord], Pill | None]


def svg(
    block: Block,
    paint_of: PaintOf,
    *,
    region: Box,
    pill_of: PillOf | None = None,
    line_pill: Pill | None = None,
) -> str:
    """Draw a block as an SVG document.

    From back to front: line pills, word pills, shadows, strokes, letters. The
    same arguments give the same text.

    Args:
        block: What ``lay_out`` returned.
        paint_of: The colours of each word.
        region: Left, top, width and height of the picture, in the block's px;
            the picture's size is rounded up to whole pixels. ``reach`` finds one.
        pill_of: The rectangle behind each word, if any.
        line_pill: The rectangle behind each line that draws something.

    Returns:
        The document. It holds numbers and colours only.
    """
    left, top, width, height = region
    painted = [(word, paint_of(word)) for word in block.words if word.d]
    pills = [_pill(box, pill) for box, pill in _pills(block, pill_of, line_pill)]
    body = [*pills, *_shadows(painted), *_strokes(painted, region), *_fills(painted)]
    across, down = math.ceil(width), math.ceil(height)
    view = f"{left:.2f} {top:.2f} {across} {down}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="{view}">'
    return "\n".join([head, *body, "</svg>"])


def reach(
    block: Block,
    paint_of: PaintOf,
    *,
    pill_of: PillOf | None = None,
    line_pill: Pill | None = None,
    origin: tuple[float, float] = (0.0, 0.0),
) -> Box | None:
    """Return the region that a picture of the block needs.

    Args:
        block: What ``lay_out`` returned.
        paint_of: As for ``svg``.
        pill_of: As for ``svg``.
        line_pill: As for ``svg``.
        origin: Where the block's top left stands on the frame, px; the region's
            edges fall on whole pixels of the frame.

    Returns:
        Left, top, width and height, in the block's px, with stroke, shadow and
        pills; ``None`` when nothing is drawn.
    """
    boxes: list[Box | None] = [box for box, _ in _pills(block, pill_of, line_pill)]
    for word in block.words:
        if word.ink:
            paint = paint_of(word)
            inked = _grown(word.ink, paint.reach)
            boxes += [inked, _shadow_box(inked, paint)] if paint.shadow else [inked]
    found = union(boxes)
    if found is None:
        return None
    x, y = origin
    # One pixel more, for the soft edge of the outermost line.
    left, top = math.floor(found[0] + x) - 1, math.floor(found[1] + y) - 1
    right, bottom = math.ceil(found[2] + x) + 1, math.ceil(found[3] + y) + 1
    return left - x, top - y, float(right - left), float(bottom - top)


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _shadow_box(inked: Box, paint: Paint) -> Box:
    left, top, right, bottom = _grown(inked, 1.5 * max(paint.shadow_blur, 0.0))
    return left + paint.shadow_dx, top + paint.shadow_dy, right + paint.shadow_dx, bottom + paint.shadow_dy


def _pills(block: Block, pill_of: PillOf | None, line_pill: Pill | None) -> list[tuple[Box, Pill]]:
    found: list[tuple[Box, Pill]] = []
    if line_pill:
        lines = [line for line in block.lines if any(word.d for word in line.words)]
        found += [(_padded(block, line, line_pill), line_pill) for line in lines]
    if pill_of:
        for word in block.words:
            pill = pill_of(word) if word.d else None
            if pill:
                found.append((_padded(block, word, pill), pill))
    return found


def _padded(block: Block, behind: Line | PlacedWord, pill: Pill) -> Box:
    return (
        behind.x - pill.pad_x,
        behind.baseline - block.ascent - pill.pad_y,
        behind.x + behind.width + pill.pad_x,
        behind.baseline + block.descent + pill.pad_y,
    )


def _pill(box: Box, pill: Pill) -> str:
    left, top, right, bottom = box
    width, height = max(right - left, 0.0), max(bottom - top, 0.0)
    radius = max(min(pill.radius, width / 2, height / 2), 0.0)
    place = f'x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" rx="{radius:.2f}"'
    return f'<rect {place} fill="{_colour(pill.fill)}" fill-opacity="{_alpha(pill.fill)}"/>'


def _fills(painted: Sequence[tuple[PlacedWord, Paint]]) -> list[str]:
    return [
        f'<path fill="{_colour(paint.fill)}" fill-opacity="{_alpha(paint.fill)}" {_path(word)}/>'
        for word, paint in painted
    ]


def _strokes(painted: Sequence[tuple[PlacedWord, Paint]], region: Box) -> list[str]:
    groups: dict[tuple[Rgba, float], list[PlacedWord]] = {}
    for word, paint in painted:
        if paint.stroke and paint.reach:
            groups.setdefault((paint.stroke, paint.reach), []).append(word)
    holes = [word for word, paint in painted if paint.fill[3] < 1] if groups else []
    masked = ' mask="url(#outside)"' if holes else ""
    # One group has one opacity, so that overlapping strokes are not darker where they meet.
    drawn = [
        f'<g opacity="{_alpha(colour)}" fill="none" {_outlined(colour, width)}{masked}>'
        + "".join(f"<path {_path(word)}/>" for word in words)
        + "</g>"
        for (colour, width), words in groups.items()
    ]
    return [_outside(holes, region), *drawn] if holes else drawn


def _outside(words: Sequence[PlacedWord], region: Box) -> str:
    """Mask the letters that let light through, or the inner half of their stroke would show."""
    left, top, width, height = region
    area = f'x="{left - 1:.2f}" y="{top - 1:.2f}" width="{width + 3:.2f}" height="{height + 3:.2f}"'
    paths = "".join(f"<path {_path(word)}/>" for word in words)
    return f'<mask id="outside" maskUnits="userSpaceOnUse" {area}><rect fill="#fff" {area}/>{paths}</mask>'


def _shadows(painted: Sequence[tuple[PlacedWord, Paint]]) -> list[str]:
    groups: dict[tuple[Rgba, float, float, float], list[tuple[PlacedWord, Paint]]] = {}
    for word, paint in painted:
        if paint.shadow:
            key = (paint.shadow, paint.shadow_blur, paint.shadow_dx, paint.shadow_dy)
            groups.setdefault(key, []).append((word, paint))
    return [_shadow(number, words) for number, words in enumerate(groups.values())]


def _shadow(number: int, words: Sequence[tuple[PlacedWord, Paint]]) -> str:
    cast = words[0][1]
    colour = cast.shadow or _BLACK
    paths = "".join(
        f"<path {_outlined(colour, paint.reach) + ' ' if paint.reach else ''}"
        f"{_path(word, cast.shadow_dx, cast.shadow_dy)}/>"
        for word, paint in words
    )
    group = f'<g opacity="{_alpha(colour)}" fill="{_colour(colour)}"'
    if cast.shadow_blur <= 0:
        return f"{group}>{paths}</g>"
    box = _shadow_area(words)
    area = f'x="{box[0]:.2f}" y="{box[1]:.2f}" width="{box[2] - box[0]:.2f}" height="{box[3] - box[1]:.2f}"'
    return (
        # Without sRGB the blur is made in linear light, and the colour shifts.
        f'<filter id="blur{number}" filterUnits="userSpaceOnUse" {area} color-interpolation-filters="sRGB">'
        f'<feGaussianBlur stdDeviation="{cast.shadow_blur / 2:.2f}"/></filter>'
        f'{group} filter="url(#blur{number})">{paths}</g>'
    )


def _shadow_area(words: Iterable[tuple[PlacedWord, Paint]]) -> Box:
    found = union(_shadow_box(_grown(word.ink, paint.reach), paint) for word, paint in words if word.ink)
    return _grown(found or (0.0, 0.0, 0.0, 0.0), 1.0)


def _outlined(colour: Rgba, width: float) -> str:
    return f'stroke="{_colour(colour)}" stroke-width="{2 * width:.2f}" stroke-linejoin="round"'


def _path(word: PlacedWord, dx: float = 0.0, dy: float = 0.0) -> str:
    return f'transform="translate({word.x + dx:.2f} {word.baseline + dy:.2f})" d="{word.d}"'


def _colour(colour: Rgba) -> str:
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in colour[:3])


def _alpha(colour: Rgba) -> str:
    return f"{min(max(colour[3], 0.0), 1.0):.3f}"
