"""The same film in another frame: what is said in pixels follows the short side."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import attrs
from attrs import evolve

from reelforge_dsl.models import (
    GlobalLayouts,
    GlobalStyles,
    Layer,
    Layout,
    TextStyle,
    TimeOverride,
)
from reelforge_dsl.models.making import altered
from reelforge_dsl.timeline._entries import CaptionsEntry, Entry, Sheet
from reelforge_dsl.units import Length, parse_length, plain

Style = TypeVar("Style", bound=TextStyle)

_IN_PIXELS = ("font_size", "stroke_width", "shadow_blur", "shadow_offset_x", "shadow_offset_y")
_LINE_HEIGHT_IS_PIXELS_ABOVE = 4
_LEAST_LINE_HEIGHT_IN_PIXELS = 4.0001
_PIXELS = re.compile(r"(-?[0-9]*\.?[0-9]+)px\b")


def reframed(sheet: Sheet, width: int, height: int) -> Sheet:
    """Return the sheet in a frame of ``width`` × ``height`` pixels.

    Percent stays; pixel lengths, font sizes, strokes, shadows and line heights in pixels
    are multiplied by the ratio of the short sides.
    """
    output = sheet.envelope.output
    by = min(width, height) / max(1, min(output.width, output.height))
    sheet = evolve(sheet, envelope=evolve(sheet.envelope, output=evolve(output, width=width, height=height)))
    if by == 1:
        return sheet
    composition = sheet.envelope.composition
    styles, layouts = composition.global_styles, composition.global_layouts
    if styles is not None and styles.text is not None:
        styles = GlobalStyles(style_by(styles.text, by), styles.extra)
    if layouts is not None and layouts.text is not None:
        layouts = GlobalLayouts(layout_by(layouts.text, by), layouts.extra)
    captions = sheet.captions
    return evolve(
        sheet.composing(global_styles=styles, global_layouts=layouts),
        entries=tuple([_entry_by(entry, by) for entry in sheet.entries]),
        captions=None if captions is None else _captions_by(captions, by),
    )


def layout_by(layout: Layout, by: float) -> Layout:
    """Return the box with its pixel lengths multiplied."""
    return altered(
        layout,
        **{key: _length_by(getattr(layout, key), by) for key in ("x", "y", "width", "height")},
    )


def style_by(style: Style, by: float) -> Style:
    """Return the style with its pixel sizes multiplied."""
    changes: dict[str, float] = {}
    for key in _IN_PIXELS:
        held = getattr(style, key)
        if held is not None:
            changes[key] = _number_by(held, by)
    if style.line_height is not None and style.line_height > _LINE_HEIGHT_IS_PIXELS_ABOVE:
        changes["line_height"] = max(_number_by(style.line_height, by), _LEAST_LINE_HEIGHT_IN_PIXELS)
    return altered(style, **changes)


def _length_by(length: str | None, by: float) -> str | None:
    said = parse_length(length) if length is not None else None
    if said is None or said.unit == "%":
        return length
    return str(Length(_number_by(said.value, by), "px"))


def _number_by(number: float, by: float) -> float:
    return plain(round(float(number * by), 4))


def _transform_by(transform: str, by: float) -> str:
    return _PIXELS.sub(lambda found: f"{_number_by(float(found[1]), by):g}px", transform)


def _value_by(value: Any, by: float) -> Any:
    """Return a keyword's value, or a part of a model, multiplied."""
    if isinstance(value, Layout):
        return layout_by(value, by)
    if isinstance(value, TextStyle):
        return style_by(value, by)
    if isinstance(value, TimeOverride):
        return altered(value, style=_value_by(value.style, by), layout=_value_by(value.layout, by))
    if isinstance(value, tuple) and value and isinstance(value[0], TimeOverride):
        return tuple([_value_by(item, by) for item in value])
    return value


def _entry_by(entry: Entry, by: float) -> Entry:
    said = tuple(
        [
            (key, _transform_by(value, by) if key == "transform" and value else _value_by(value, by))
            for key, value in entry.said
        ]
    )
    base = entry.base
    if base is not None:
        base = _model_by(base, by)
        if isinstance(base, Layer) and base.style is not None and base.style.transform is not None:
            base = evolve(base, style=evolve(base.style, transform=_transform_by(base.style.transform, by)))
    return evolve(entry, said=said, base=base)


def _captions_by(captions: CaptionsEntry, by: float) -> CaptionsEntry:
    said = tuple([(key, _value_by(value, by)) for key, value in captions.said])
    base = captions.base
    return evolve(captions, said=said, base=None if base is None else _model_by(base, by))


def _model_by(model: Any, by: float) -> Any:
    names = [f.name for f in attrs.fields(type(model))]
    changes = {key: _value_by(getattr(model, key), by) for key in names}
    return altered(model, **changes)
