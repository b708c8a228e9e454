"""A warning about caption phrases that do not fit their box, measured with the font where it can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Captions, CaptionStyle
from reelforge_dsl.models.fields import weight_number
from reelforge_dsl.rules._boxes import corners_of
from reelforge_dsl.rules._document import Document
from reelforge_dsl.rules._lettering import MOST_MEASURED, WIDE, WIDEST, is_drawable, sizes
from reelforge_dsl.rules._places import CAPTION_BOX
from reelforge_dsl.rules._reading import FONT_SIZE, LINE_HEIGHT, MULTIPLIERS_END
from reelforge_dsl.timing import CHARACTERS, phrases
from reelforge_dsl.units import short

MOST_LINES = 2
"""Lines that captions show. Source: decision D23."""

_MEANT_AT = 1080
"""Frame width of the usual font size. Source: decision D23."""

_NARROWER = 0.8
"""How wide a preset's own font is at least, beside the one that stands in for it here."""


class _Look(NamedTuple):
    """Size, letter spacing and pitch of lines: output pixels, em, output pixels."""

    size: float
    spacing: float
    pitch: float


def phrases_fit(document: Document) -> Iterator[Issue]:
    """A phrase fits its box in two lines. Source: contract §7, decision D23.

    Words are grouped only where as many letters as a phrase may have could fail
    to stand on one line, and then the longest phrase alone is measured.
    """
    captions = document.composition.captions
    if captions is None or not captions.words or captions.mode == "word_only":
        return
    frame = document.manifest.output
    box = corners_of(frame, captions.layout, CAPTION_BOX)
    if box is None or box.right <= box.left or box.bottom <= box.top:
        return
    width, height = box.right - box.left, box.bottom - box.top
    look = _look(captions.style, frame.width)
    letter = look.size * (WIDE + max(look.spacing, 0))
    if (captions.max_chars_per_segment or CHARACTERS) * letter <= width and look.pitch <= height:
        return
    if 0 < look.size <= 10_000 and 0 < look.pitch <= 10_000 and abs(look.spacing) <= 10:
        yield from _longest_fits(captions, look, width, height)


def _look(style: CaptionStyle | None, frame_width: float) -> _Look:
    """Return how captions are set; what is left out as the frame's width has it. Source: decision D23."""
    size = spacing = height = None
    if style is not None:
        size, spacing, height = style.font_size, style.letter_spacing, style.line_height
    size = size or FONT_SIZE * frame_width / _MEANT_AT
    height = height or LINE_HEIGHT
    return _Look(size, spacing or 0, height * size if height <= MULTIPLIERS_END else height)


def _longest_fits(captions: Captions, look: _Look, width: float, height: float) -> Iterator[Issue]:
    text = max((phrase.text for phrase in phrases(captions)), key=len, default="")
    em = (WIDE if text.isascii() else WIDEST) + max(look.spacing, 0)
    one_line = len(text) * look.size * em <= width
    if not text or len(text) > MOST_MEASURED or not is_drawable(text) or (one_line and look.pitch <= height):
        return
    style = captions.style
    family = style.font_family if style is not None else None
    weight = weight_number(style.font_weight) if style is not None and style.font_weight else None
    room = width if family else width / _NARROWER
    found = sizes(text, family or "Inter", round(weight or 700), *look, room)
    if found is None:
        return
    lines = found[0]
    path, fix = "$.composition.captions", "lower max_chars_per_segment or font_size, or enlarge the box"
    if lines > MOST_LINES:
        message = (
            f"the phrase {text!r:.60} needs at least {lines} lines of {round(width)} px"
            f" at {short(round(look.size, 1))} px; captions show {MOST_LINES}"
        )
        yield Issue("captions_do_not_fit", "warning", path, message, fix)
    elif lines * look.pitch > height + 1:
        count = f"{lines} lines" if lines > 1 else "1 line"
        message = (
            f"the phrase {text!r:.60} is {count}, {round(lines * look.pitch)} px high,"
            f" in a box of {round(height)} px"
        )
        yield Issue("captions_do_not_fit", "warning", path, message, fix)
