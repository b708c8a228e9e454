"""How the parts of a recipe look: which preset, which letters, how large. All of it is ours."""

from __future__ import annotations

import math
import re

from attrs import frozen

from reelforge_dsl.lettering import Look, lay_out
from reelforge_dsl.models import Layout, TextStyle
from reelforge_dsl.models.choices import Preset
from reelforge_dsl.models.fields import weight_number
from reelforge_dsl.timeline import Timeline
from reelforge_dsl.units import PLACES, parse_length

_WIDTH, _HEIGHT = PLACES["reels"]

_SMALLEST = 36
"""Output pixels below which letters are not shrunk."""

_ROOM = 2
"""Pixels by which a box is wider than its longest line, for rounding."""

_LARGEST = 10_000.0
"""Output pixels up to which letters and boxes are measured."""

_HANDWRITTEN = 1.35
"""How much larger handwriting is set: its letters are small for their size."""

_GAP = 12
"""Output pixels between a number and its title."""

_TOO_LARGE = frozenset({"text_too_tall", "word_too_wide"})

_LETTERS: dict[Preset, TextStyle] = {
    "tiktok_classic": TextStyle(font_family="Montserrat", font_weight=800),
    "bold_outline": TextStyle(font_family="Anton", font_weight=400),
    "karaoke_yellow": TextStyle(font_family="Poppins", font_weight=800),
    "neon_glow": TextStyle(font_family="Fredoka", font_weight=700),
    "soft_pill": TextStyle(font_family="Nunito", font_weight=800),
    "typewriter": TextStyle(font_family="Space Mono", font_weight=700),
    "handwriting": TextStyle(font_family="Caveat", font_weight=700),
    "luxury_serif": TextStyle(font_family="Playfair Display", font_weight=700),
}
"""The letters of hooks and titles beside each preset of the captions."""

_WORDS: dict[str, Preset] = {
    **dict.fromkeys(("tiktok", "classic", "simple", "plain"), "tiktok_classic"),
    **dict.fromkeys(("bold", "outline", "impact", "loud", "strong"), "bold_outline"),
    **dict.fromkeys(("karaoke", "yellow", "viral", "energetic"), "karaoke_yellow"),
    **dict.fromkeys(("neon", "glow", "gaming", "night", "cyber"), "neon_glow"),
    **dict.fromkeys(("soft", "pill", "clean", "minimal", "modern", "calm"), "soft_pill"),
    **dict.fromkeys(("typewriter", "retro", "vintage", "mono", "noir"), "typewriter"),
    **dict.fromkeys(("handwriting", "handwritten", "hand", "script", "diary", "cosy"), "handwriting"),
    **dict.fromkeys(("luxury", "serif", "elegant", "premium", "cinematic", "editorial"), "luxury_serif"),
}
"""What a style preset that is no caption preset is taken for, by the first word known here."""


@frozen
class Part:
    """Text of a recipe: its letters and its box.

    Attributes:
        style: In output pixels of a frame 1080 wide.
        layout: Its box.
    """

    style: TextStyle
    layout: Layout


def _letters(size: float, colour: str = "#FFFFFF", *, stroke: float = 8) -> TextStyle:
    """Return letters that stand out from any picture."""
    return TextStyle(
        font_size=size,
        color=colour,
        line_height=1.1,
        stroke_color="#000000",
        stroke_width=stroke,
        shadow_color="rgba(0, 0, 0, 0.6)",
        shadow_blur=14,
        shadow_offset_x=0,
        shadow_offset_y=5,
    )


HOOK = Part(_letters(112), Layout("8%", "10%", "84%", "23%"))
"""Large, in the top third, below what apps lay over the frame's edge."""

CALL = Part(_letters(76, "#FFEA00", stroke=7), Layout("8%", "60%", "84%", "14%"))
"""The call to action: just above the captions."""

TITLE_CARD = Part(
    _letters(96) | TextStyle(font_weight="bold", color="white"), Layout("8%", "35%", "84%", "30%")
)
"""In the middle. Source: contract §10, bold white 96 px."""

ITEM_TITLE = Part(_letters(88), Layout("8%", "10%", "84%", "25%"))
"""At the top of the item's picture; its number is above it in the same box."""

BARE_ITEM_TITLE = Part(_letters(104), Layout("8%", "35%", "84%", "30%"))
"""In the middle of a black frame, for an item without a picture."""

NUMBER = TextStyle(font_size=150, color="#FFEA00")
"""What differs in an item's number from its title."""

CHAPTER = Part(_letters(56, stroke=5), Layout("8%", "11%", "84%", "7%"))
"""A small label at the top."""

CHAPTER_BELOW_HOOK = Part(CHAPTER.style, Layout("8%", "34%", "84%", "7%"))
"""The same while the hook is there."""

_NUMBER_SHARE = 0.42
"""Of an item's box, how much of its height the number may have."""


def caption_preset(style_preset: str) -> Preset:
    """Return the caption preset that a recipe's style names, or is most like; ``karaoke_yellow`` else."""
    name = re.sub(r"[\s-]+", "_", style_preset.strip().lower())
    for preset in _LETTERS:
        if name == preset:
            return preset
    for word in re.findall(r"[a-z]+", name):
        if word in _WORDS:
            return _WORDS[word]
    return "karaoke_yellow"


def lettered(
    content: str, default: TextStyle, given: TextStyle | None, layout: Layout, preset: Preset
) -> TextStyle:
    """Return how a text is set: what is given wins key by key, its letters no larger than fit.

    Args:
        content: What it says.
        default: The recipe's own letters; their size is the largest taken.
        given: What the request says of them; a size said there stays.
        layout: The text's box, whole.
        preset: Whose family it has where nobody says otherwise.
    """
    own = _LETTERS[preset] | default
    if preset == "handwriting" and default is not TITLE_CARD.style and default.font_size is not None:
        own |= TextStyle(font_size=round(default.font_size * _HANDWRITTEN))
    worn = own if given is None else own | given
    return worn if given is not None and given.font_size is not None else _fitted(content, worn, layout)


def _fitted(content: str, style: TextStyle, layout: Layout) -> TextStyle:
    """Return the style with the largest letters up to its own with which the text fits its box."""
    size = style.font_size or _SMALLEST
    while size > _SMALLEST and not _fits(content, style | TextStyle(font_size=size), layout):
        size = max(_SMALLEST, size - 4)
    return style | TextStyle(font_size=size)


def _fits(content: str, style: TextStyle, layout: Layout) -> bool:
    alone = Timeline().text(content, start=0, duration=1, style=style, layout=layout)
    return not any(issue.code in _TOO_LARGE for issue in alone.issues())


def split(box: Layout) -> tuple[Layout, Layout]:
    """Return the room that a number and the title below it may take of a box that has all its sides."""
    top, height = _down(box)
    middle = height * _NUMBER_SHARE
    return _within(box, top, middle), _within(box, top + middle, height - middle)


def stacked(box: Layout, *texts: tuple[str, TextStyle]) -> tuple[Layout, ...]:
    """Return boxes of texts that stand close on one another, together in the middle of a box.

    Args:
        box: All its sides are said.
        texts: What each says, and its letters, from above.
    """
    top, height = _down(box)
    width = _pixels(box.width, _WIDTH)
    heights = [_height(content, style, width) for content, style in texts]
    y, boxes = top + (height - sum(heights) - _GAP * (len(heights) - 1)) / 2, []
    for high in heights:
        boxes.append(_within(box, y, high))
        y += high + _GAP
    return tuple(boxes)


def evened(content: str, style: TextStyle, box: Layout) -> Layout:
    """Return a box just wide enough that a centred text's lines are as even as they get.

    Text breaks where its box is full, which can leave one word alone on the last line.
    """
    left, width = _pixels(box.x, _WIDTH), _pixels(box.width, _WIDTH)
    if style.text_align not in (None, "center") or width < 1:
        return box
    lines = lay_out(content, _look(style), width, balance=True).lines
    narrow = math.ceil(max((line.width for line in lines), default=0)) + _ROOM
    if len(lines) < 2 or narrow >= width:
        return box
    return box | Layout(x=f"{round(left + (width - narrow) / 2)}px", width=f"{narrow}px")


def _height(content: str, style: TextStyle, width: float) -> float:
    """Return how high a text is, in output pixels, in a box so many pixels wide."""
    return min(lay_out(content, _look(style), max(1, width)).height, _LARGEST)


def _look(style: TextStyle) -> Look:
    """Return how a text is set, its numbers kept to what can be measured. Source: decision D21."""
    plain = Look()
    return Look(
        style.font_family or plain.family,
        min(style.font_size or plain.size, _LARGEST),
        round(weight_number(style.font_weight or plain.weight) or plain.weight),
        letter_spacing=max(-1, min(style.letter_spacing or 0, 10)),
        line_height=style.line_height or plain.line_height,
    )


def _down(box: Layout) -> tuple[float, float]:
    """Return a box's top and height in output pixels."""
    return _pixels(box.y, _HEIGHT), _pixels(box.height, _HEIGHT)


def _pixels(side: str | None, whole: int) -> float:
    found = parse_length(side or "")
    return max(-_LARGEST, min(found.pixels(whole), _LARGEST)) if found is not None else 0


def _within(box: Layout, top: float, height: float) -> Layout:
    return box | Layout(y=f"{round(top)}px", height=f"{math.ceil(height)}px")
