"""Text overlays as pictures: where each stands, when, and its drawing."""

from __future__ import annotations

from attrs import frozen

from reelforge_dsl.engine._scene import Box, Frame
from reelforge_dsl.errors import Issue
from reelforge_dsl.lettering import Align, Block, Look, Paint, PaintOf, Rgba, lay_out, reach, svg
from reelforge_dsl.models import Layout, Manifest, TextOverlay, TextStyle
from reelforge_dsl.models.colors import parse_color
from reelforge_dsl.models.fields import weight_number
from reelforge_dsl.timing import Schedule

FONT_SIZE = 64.0
"""Output pixels. Source: decision D21."""

LINE_HEIGHT = 1.2
"""Multiplier of the font size. Source: decision D21."""

STROKE_WIDTH = 4.0
"""Output pixels, when only a stroke colour is given. Source: decision D21."""

MULTIPLIERS_END = 4.0
"""Line heights up to this are multipliers, above it pixels. Source: decision D21."""

_WHITE: Rgba = (255, 255, 255, 1.0)
_BLACK: Rgba = (0, 0, 0, 1.0)


@frozen
class Region:
    """A rectangle of whole pixels inside the frame."""

    x: int
    y: int
    width: int
    height: int


@frozen
class Drawing:
    """A painted text that is laid over the film for a while.

    Attributes:
        name: Its file in the working folder.
        svg: What it shows; numbers and colours only, never the text itself.
        region: Where it lies.
        first: Output frame where it appears.
        end: Output frame where it is gone.
    """

    name: str
    svg: str
    region: Region
    first: int
    end: int


def text_drawings(
    manifest: Manifest, schedule: Schedule, frame: Frame
) -> tuple[tuple[Drawing, ...], tuple[Issue, ...]]:
    """Draw every text overlay.

    Args:
        manifest: Without errors.
        schedule: Of this manifest.
        frame: The size to render.

    Returns:
        The drawings in paint order, and a warning for each font or letter that is not the one asked for.
    """
    drawings: list[Drawing] = []
    issues: list[Issue] = []
    overlays = manifest.composition.text_overlays or ()
    for index, (overlay, span) in enumerate(zip(overlays, schedule.overlays, strict=True)):
        first, end = span.start_frame or 0, span.end_frame or 0
        if end <= first:
            continue
        box, style = _box(manifest, overlay, frame), _style(manifest, overlay)
        path = f"$.composition.text_overlays[{index}]"
        block = lay_out(overlay.content, look_of(style, frame.scale), max(box.width, 1), path=path)
        issues += block.issues
        paints, origin = _one(paint_of(style, frame.scale)), origin_of(block, box)
        region = region_of(block, paints, origin, frame)
        if region is not None:
            picture = drawn(block, paints, origin, region)
            drawings.append(Drawing(f"text-{index}.png", picture, region, first, end))
    return tuple(drawings), tuple(issues)


def _box(manifest: Manifest, overlay: TextOverlay, frame: Frame) -> Box:
    """Return the overlay's box, completed from ``global_layouts.text``. Source: decision D22."""
    shared = manifest.composition.global_layouts
    below = (shared.text if shared else None) or Layout()
    return Box.of(below | (overlay.layout or Layout()), frame)


def _style(manifest: Manifest, overlay: TextOverlay) -> TextStyle:
    """Return the overlay's style over ``global_styles.text``; its own keys win. Source: contract §2."""
    shared = manifest.composition.global_styles
    below = (shared.text if shared else None) or TextStyle()
    return below | (overlay.style or TextStyle())


def look_of(style: TextStyle, scale: float) -> Look:
    """Return how a style sets its letters, at ``scale`` rendered pixels for one of the document.

    Source: decision D21 for what is left out.
    """
    size = (style.font_size or FONT_SIZE) * scale
    height = LINE_HEIGHT if style.line_height is None else style.line_height
    if height > MULTIPLIERS_END:
        pixels = height * scale
        height = pixels if pixels > MULTIPLIERS_END else pixels / size
    align: Align = "center"
    for known in ("left", "right", "justify"):
        if style.text_align == known:
            align = known
    return Look(
        family=style.font_family or "Inter",
        size=size,
        weight=round((style.font_weight is not None and weight_number(style.font_weight)) or 700),
        letter_spacing=style.letter_spacing or 0.0,
        line_height=height,
        align=align,
    )


def paint_of(style: TextStyle, scale: float) -> Paint:
    """Return how a style colours its letters. Source: decision D21 for what is left out."""
    stroke = color_of(style.stroke_color, None)
    width = style.stroke_width
    if stroke is not None and width is None:
        width = STROKE_WIDTH
    if width and stroke is None:
        stroke = _BLACK
    return Paint(
        fill=color_of(style.color, _WHITE) or _WHITE,
        stroke=stroke,
        stroke_width=(width or 0.0) * scale,
        shadow=color_of(style.shadow_color, None),
        shadow_blur=(style.shadow_blur or 0.0) * scale,
        shadow_dx=(style.shadow_offset_x or 0.0) * scale,
        shadow_dy=(style.shadow_offset_y or 0.0) * scale,
    )


def color_of(text: str | None, missing: Rgba | None) -> Rgba | None:
    """Return a colour of the document, or ``missing`` when none is given."""
    return missing if text is None else parse_color(text) or missing


def _one(paint: Paint) -> PaintOf:
    return lambda _: paint


def origin_of(block: Block, box: Box) -> tuple[float, float]:
    """Return where a block's top left stands: centred vertically in its box. Source: decision D21."""
    return float(box.x), box.y + (box.height - block.height) / 2


def region_of(block: Block, paints: PaintOf, origin: tuple[float, float], frame: Frame) -> Region | None:
    """Return the part of the frame that a block touches, or ``None`` when it touches none."""
    touched = reach(block, paints, origin=origin)
    if touched is None:
        return None
    left, top = round(touched[0] + origin[0]), round(touched[1] + origin[1])
    right, bottom = min(left + round(touched[2]), frame.width), min(top + round(touched[3]), frame.height)
    # Even: colour has half the resolution, and nothing is laid between its pixels.
    left, top = max(left - left % 2, 0), max(top - top % 2, 0)
    return Region(left, top, right - left, bottom - top) if right > left and bottom > top else None


def drawn(block: Block, paints: PaintOf, origin: tuple[float, float], region: Region) -> str:
    """Return a block's drawing, cut to a region of the frame."""
    x, y = region.x - origin[0], region.y - origin[1]
    return svg(block, paints, region=(x, y, float(region.width), float(region.height)))
