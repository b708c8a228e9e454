"""Fonts, shaping and line breaks: a text to lines and outlines, to SVG, to PNG.

Needs the ``local`` extra; without it the import raises ``MissingExtraError``.
"""

from __future__ import annotations

from reelforge_dsl.lettering._breaks import words_of
from reelforge_dsl.lettering._faces import Box
from reelforge_dsl.lettering._fonts import Font, FoundFont, find_font
from reelforge_dsl.lettering._layout import Align, Block, Line, Look, PlacedWord, lay_out
from reelforge_dsl.lettering._paint import paint
from reelforge_dsl.lettering._svg import Paint, PaintOf, Pill, PillOf, Rgba, reach, svg

__all__ = [
    "Align",
    "Block",
    "Box",
    "Font",
    "FoundFont",
    "Line",
    "Look",
    "Paint",
    "PaintOf",
    "Pill",
    "PillOf",
    "PlacedWord",
    "Rgba",
    "find_font",
    "lay_out",
    "paint",
    "reach",
    "svg",
    "words_of",
]
