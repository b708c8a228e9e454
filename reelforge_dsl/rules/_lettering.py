"""Warnings about text that does not fit its box, measured with the font that draws it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from types import ModuleType

from reelforge_dsl.errors import Issue, MissingExtraError
from reelforge_dsl.models import TextOverlay
from reelforge_dsl.models.fields import weight_number
from reelforge_dsl.rules._boxes import corners_of
from reelforge_dsl.rules._document import Document, said
from reelforge_dsl.rules._reading import FONT_SIZE, LINE_HEIGHT, MULTIPLIERS_END, number, style_value
from reelforge_dsl.units import short

MOST_MEASURED = 2000
"""Characters of a text that is measured; a longer one is told by its reading speed."""

WIDE = 0.7
WIDEST = 1.2
"""Em that a letter takes at most, about: of ASCII, of any script."""

_UNSPACED = 0x0E00
"""From this code point on are the scripts that write without spaces, Thai and Chinese among them."""


def text_fits(document: Document) -> Iterator[Issue]:
    """Text fits its box at its size; it is never shrunk. Source: contract §6, decision D21."""
    shared = document.composition.global_layouts
    below = shared.text if shared is not None else None
    for index, overlay in enumerate(document.overlays):
        box = corners_of(document.manifest.output, overlay.layout, below)
        if box is None:
            continue
        content = overlay.content
        width, height = box.right - box.left, box.bottom - box.top
        size, spacing, pitch = _look(document, overlay)
        em = (WIDE if content.isascii() else WIDEST) + max(spacing, 0)
        lines = 1 + content.count("\n")
        if len(content) * size * em < width and lines * pitch <= height:
            continue
        is_drawn = 0 < size <= 10_000 and 0 < pitch <= 10_000 and abs(spacing) <= 10
        if is_drawn and width > 0 < height and len(content) <= MOST_MEASURED and is_drawable(content):
            yield from _measured(document, index, width, height, (size, spacing, pitch))


def _look(document: Document, overlay: TextOverlay) -> tuple[float, float, float]:
    """Return size, letter spacing and the pitch of lines, in pixels, em and pixels."""
    style = overlay.style
    if document.composition.global_styles is None and style is None:
        return FONT_SIZE, 0, LINE_HEIGHT * FONT_SIZE
    if style is None or document.composition.global_styles is not None:
        size = number(document, overlay, "font_size", FONT_SIZE)
        spacing = number(document, overlay, "letter_spacing", 0)
        pitch = number(document, overlay, "line_height", LINE_HEIGHT)
    else:
        size, spacing, pitch = (
            style.font_size or FONT_SIZE,
            style.letter_spacing or 0,
            style.line_height or LINE_HEIGHT,
        )
    return size, spacing, pitch * size if pitch <= MULTIPLIERS_END else pitch


def is_drawable(text: str) -> bool:
    """Tell whether letters can be looked up at all: half a surrogate pair is none."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _measured(
    document: Document, index: int, width: float, height: float, look: tuple[float, float, float]
) -> Iterator[Issue]:
    overlay = document.overlays[index]
    family = style_value(document, overlay, "font_family")
    heavy = style_value(document, overlay, "font_weight")
    weight = weight_number(heavy) if isinstance(heavy, (str, int, float)) else None
    font = family if isinstance(family, str) and family.isprintable() else "Inter"
    found = sizes(overlay.content, font, round(weight or 700), *look, width)
    if found is None:
        return
    path = f"$.composition.text_overlays[{index}]"
    name = said(overlay)
    lines, tall, broken, wide = found
    if broken is not None:
        yield Issue(
            "word_too_wide",
            "warning",
            f"{path}.layout.width",
            f"text {name}: {broken!r:.40} is {round(wide)} px wide at {short(look[0])} px, its box"
            f" {round(width)} px: it breaks inside, {round(wide - width)} px too wide",
            f"make the box wider, or the font {_smaller(look[0], width / wide)} px",
        )
    if tall > height + 1:
        yield Issue(
            "text_too_tall",
            "warning",
            f"{path}.layout.height",
            f"text {name} is {lines} line{'s' if lines > 1 else ''}, {round(tall)} px high,"
            f" in a box of {round(height)} px: {round(tall - height)} px too tall",
            "make the box higher or wider, the font smaller, or say less",
        )


def _smaller(size: float, share: float) -> str:
    return short(max(1, int(size * share)))


@lru_cache(512)
def sizes(
    content: str, family: str, weight: int, size: float, spacing: float, pitch: float, width: float
) -> tuple[int, float, str | None, float] | None:
    """Return lines, their height, the first word that breaks inside and its width.

    ``None`` when lettering is not installed.
    """
    lettering = _room()
    if lettering is None:
        return None
    height = pitch if pitch > MULTIPLIERS_END else pitch / size
    look = lettering.Look(family, size, weight, letter_spacing=spacing, line_height=height)
    block = lettering.lay_out(content, look, width)
    parts: dict[int, list[str]] = {}
    for line in block.lines:
        for word in line.words:
            parts.setdefault(word.start, []).append(word.text)
    for texts in parts.values():
        if any(map(_is_torn, texts, texts[1:])):
            whole = lettering.lay_out("".join(texts), look, 1e6)
            wide = max((line.width for line in whole.lines), default=0)
            if wide > width:
                return len(block.lines), block.height, "".join(texts), wide
    return len(block.lines), block.height, None, 0.0


def _is_torn(before: str, after: str) -> bool:
    """Tell whether a line's end stands between two letters of a script that ends lines at spaces."""
    last, first = before[-1:], after[:1]
    return last.isalnum() and first.isalnum() and ord(last) < _UNSPACED and ord(first) < _UNSPACED


@cache
def _room() -> ModuleType | None:
    """Return the room that measures text, or ``None`` without the ``local`` extra."""
    try:
        from reelforge_dsl import lettering  # here, for it loads a shaper and most films need none
    except MissingExtraError:
        return None
    return lettering
