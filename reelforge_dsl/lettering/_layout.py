"""Text to lines of words with outlines."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, get_args

from attrs import evolve, frozen

from reelforge_dsl.errors import FieldError, Issue, near
from reelforge_dsl.lettering._breaks import clean, paragraphs_of, runs_right_to_left
from reelforge_dsl.lettering._faces import Box, Face, face_of
from reelforge_dsl.lettering._fonts import DEFAULT_FAMILY, FontChain, chain_of
from reelforge_dsl.lettering._shape import Shaped
from reelforge_dsl.lettering._wrap import Row, Setting, wrap

Align = Literal["left", "center", "right", "justify"]

_MULTIPLIER_UP_TO = 4.0
_SHOWN = 10


@frozen
class Look:
    """How a text is set.

    Attributes:
        family: A family's name, or a CSS list of them.
        size: Font size, output pixels, above 0.
        weight: 1 to 1000.
        italic: Whether the letters are italic.
        letter_spacing: Between letters, em; it may be negative.
        line_height: A multiplier of ``size`` up to 4, output pixels above.
        align: Where lines stand in the width.

    Source:
        Contract 6; decision D21.
    """

    family: str = DEFAULT_FAMILY
    size: float = 64.0
    weight: int = 700
    italic: bool = False
    letter_spacing: float = 0.0
    line_height: float = 1.2
    align: Align = "center"


@frozen
class PlacedWord:
    """A word where it stands, or the part of it that stands on one line.

    Attributes:
        text: What is drawn.
        start: The word's index in ``words_of(text)``; the parts of a broken word
            share it.
        x: The pen's place before the first letter, px from the block's left.
        baseline: Px down from the block's top.
        width: Px the pen moves, without letter spacing after the last letter.
        d: Its outline as SVG path data, px, y down, **relative to** ``(x, baseline)``.
        ink: Left, top, right, bottom of the outline in the block, px; ``None``
            when nothing is drawn.
    """

    text: str
    start: int
    x: float
    baseline: float
    width: float
    d: str
    ink: Box | None


@frozen
class Line:
    """One line of a block.

    Attributes:
        words: From left to right.
        x: Where the first word begins, px from the block's left.
        width: From the first word's begin to the last word's end, px.
        baseline: Px down from the block's top.
    """

    words: tuple[PlacedWord, ...]
    x: float
    width: float
    baseline: float


@frozen
class Block:
    """A text that is laid out. Its origin is the top left of the first line's box.

    Attributes:
        lines: From top to bottom; a text without words has none.
        width: The width that was asked for, px.
        height: Of all line boxes, px.
        ascent: Of the look's font at its size, px above a baseline.
        descent: Px below a baseline, positive.
        issues: What is not drawn as it was asked for.
    """

    lines: tuple[Line, ...]
    width: float
    height: float
    ascent: float
    descent: float
    issues: tuple[Issue, ...] = ()

    @property
    def words(self) -> tuple[PlacedWord, ...]:
        """The words of all lines, in writing order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def ink(self) -> Box | None:
        """Left, top, right, bottom of all outlines without stroke, px; ``None`` when nothing is drawn."""
        return union(word.ink for word in self.words)


def union(boxes: Iterable[Box | None]) -> Box | None:
    """Return the smallest box around some boxes.

    Args:
        boxes: Left, top, right, bottom each; ``None`` is no box.

    Returns:
        The box, or ``None`` when there is none.
    """
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def lay_out(
    text: str,
    look: Look,
    width: float,
    *,
    balance: bool = False,
    folders: Sequence[str | os.PathLike[str]] = (),
    path: str = "$",
) -> Block:
    """Break a text into lines, and place the outlines of its words.

    Lines end at spaces, after hyphens and dashes, at zero-width spaces and at
    the text's own line ends; a word too long for a line breaks between letters.
    Each line is centred in its box as in CSS.

    Args:
        text: Any text.
        look: How it is set.
        width: Of the lines, output pixels.
        balance: Make the lines of a paragraph as even as they get without
            adding one.
        folders: Folders of fonts to search first, as for ``find_font``.
        path: Where the document has the text, for the issues.

    Returns:
        The lines, with a warning for each font and letter that is not the one
        asked for.

    Raises:
        FieldError: A number of the look is not finite, the size is not above 0,
            or the alignment is none.

    Source:
        Contract 6; decision D21.
    """
    _check(look, width)
    chain = chain_of(look.family, look.weight, italic=look.italic, folders=folders)
    face = face_of(chain.found.font)
    # The gap takes letter spacing twice: after the word and after the space.
    setting = Setting(chain, look.letter_spacing, face.space + 2 * look.letter_spacing)
    rows: list[Row] = []
    start = 0
    for words in paragraphs_of(text):
        rows += wrap(words, start, setting, width / look.size, balance=balance)
        start += len(words)
    return _placed(rows, look, width, face, setting.gap, _issues(text, rows, chain, path))


def _check(look: Look, width: float) -> None:
    numbers = {
        "size": look.size,
        "letter_spacing": look.letter_spacing,
        "line_height": look.line_height,
        "width": width,
    }
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise FieldError(f"{name}: {number} is not a number to lay out with", field=name, value=number)
    if look.size <= 0:
        raise FieldError(
            f"size: {look.size} is not above 0", fix="pixels, as 64", field="size", value=look.size
        )
    known = get_args(Align)
    if look.align not in known:
        fix = near(str(look.align), known)
        raise FieldError(f"align: {look.align!r} is not allowed", fix=fix, field="align", value=look.align)


def _placed(
    rows: Sequence[Row], look: Look, width: float, face: Face, gap: float, issues: tuple[Issue, ...]
) -> Block:
    size = look.size
    pitch = look.line_height * size if look.line_height <= _MULTIPLIER_UP_TO else look.line_height
    ascent, descent = face.ascent * size, face.descent * size
    first = (pitch - ascent - descent) / 2 + ascent
    lines = tuple(_line(row, look, width, gap * size, first + n * pitch) for n, row in enumerate(rows))
    return Block(lines, width, pitch * len(rows), ascent, descent, issues)


def _line(row: Row, look: Look, width: float, gap: float, baseline: float) -> Line:
    natural = row.width * look.size
    spare = width - natural
    if look.align == "justify" and not row.last and row.gaps and spare > 0:
        gap += spare / row.gaps
        natural, spare = width, 0.0
    left = spare * {"left": 0.0, "justify": 0.0, "center": 0.5, "right": 1.0}[look.align]
    words: list[PlacedWord] = []
    pen, drawn = left, False
    for piece in row.pieces:
        shaped = piece.shaped
        pen += gap if drawn and shaped.glyphs else 0.0
        drawn = drawn or bool(shaped.glyphs)
        d, ink = outline(shaped, look.size)
        box = ink and (pen + ink[0], baseline + ink[1], pen + ink[2], baseline + ink[3])
        advance = shaped.advance * look.size
        words.append(PlacedWord(shaped.text, piece.start, pen, baseline, advance, d, box))
        pen += advance
    return Line(tuple(words), left, natural, baseline)


@lru_cache(maxsize=4096)
def outline(shaped: Shaped, size: float) -> tuple[str, Box | None]:
    """Return the outline of a piece of text, its pen beginning at the origin.

    Args:
        shaped: The piece.
        size: Font size, px.

    Returns:
        SVG path data in px to two decimals, y down, and the box of its ink.
    """
    commands: list[str] = []
    boxes: list[Box | None] = []
    for face, number, x, y in shaped.glyphs:
        glyph = face.glyph(number)
        for command, numbers in glyph.segments:
            moved = [f"{(value + (y if odd % 2 else x)) * size:.2f}" for odd, value in enumerate(numbers)]
            commands.append(command + " ".join(moved))
        if glyph.box:
            left, top, right, bottom = glyph.box
            boxes.append(((x + left) * size, (y + top) * size, (x + right) * size, (y + bottom) * size))
    return "".join(commands), union(boxes)


def _issues(text: str, rows: Sequence[Row], chain: FontChain, path: str) -> tuple[Issue, ...]:
    pieces = [piece.shaped for row in rows for piece in row.pieces]
    own = chain.found.font.family
    issues = [evolve(chain.found.issue, path=path)] if chain.found.issue else []
    families: dict[str, dict[str, None]] = {}
    for shaped in pieces:
        for letter, family in shaped.substituted:
            families.setdefault(family, {})[letter] = None
    for family, letters in families.items():
        message = f"{own!r} has no {_named(letters)}: drawn in {family!r}"
        issues.append(Issue("glyph_substituted", "warning", path, message, "choose a family that has them"))
    missing = dict.fromkeys(letter for shaped in pieces for letter in shaped.missing)
    if missing:
        fix = "put a TTF that has them in a folder named by REELFORGE_FONTS"
        message = f"no font has {_named(missing)}: nothing is drawn there"
        issues.append(Issue("glyph_missing", "warning", path, message, fix))
    if any(map(runs_right_to_left, clean(text))):
        message = "words written from right to left stand from left to right on their line"
        issues.append(Issue("right_to_left", "warning", path, message, "give each such word its own text"))
    return tuple(issues)


def _named(letters: Iterable[str]) -> str:
    names = [f"{letter!r} (U+{ord(letter[0]):04X})" for letter in letters]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
