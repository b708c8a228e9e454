"""Words to rows, by width. Every number is in em."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from attrs import frozen

from reelforge_dsl.lettering._breaks import letters_of
from reelforge_dsl.lettering._fonts import FontChain
from reelforge_dsl.lettering._shape import Shaped, shape

_SLACK = 1e-6
_STEPS = 16


@frozen
class Setting:
    """What decides how wide words are.

    Attributes:
        chain: The fonts.
        spacing: Letter spacing, em.
        gap: Between two words, em.
    """

    chain: FontChain
    spacing: float
    gap: float


@frozen
class Piece:
    """A word on a row, or the part of it that stands there.

    Attributes:
        start: The word's index in the text.
        shaped: Its glyphs.
    """

    start: int
    shaped: Shaped


@frozen
class Row:
    """What stands on one line.

    Attributes:
        pieces: From left to right.
        width: With the gaps, em.
        gaps: How many gaps there are; a piece that draws nothing has none.
        last: Whether a paragraph ends here.
    """

    pieces: tuple[Piece, ...]
    width: float
    gaps: int
    last: bool


def wrap(
    words: Sequence[str], start: int, setting: Setting, room: float, *, balance: bool = False
) -> list[Row]:
    """Break one paragraph into rows, each as full as it can be.

    Args:
        words: The paragraph's words.
        start: The index of the first of them in the text.
        setting: Fonts and gaps.
        room: The width of a row, em.
        balance: Make the rows as even as they get without adding a row or a
            break inside a word.

    Returns:
        The rows; one empty row when there are no words.
    """
    rows = _rows(words, start, setting, room)
    if not balance or len(rows) == 1:
        return rows
    pieces = sum(len(row.pieces) for row in rows)
    narrow, wide = room / len(rows) / 2, room
    for _ in range(_STEPS):
        middle = (narrow + wide) / 2
        tried = _rows(words, start, setting, middle)
        if len(tried) == len(rows) and sum(len(row.pieces) for row in tried) == pieces:
            wide, rows = middle, tried
        else:
            narrow = middle
    return rows


def _rows(words: Sequence[str], start: int, setting: Setting, room: float) -> list[Row]:
    rows: list[Row] = []
    row: list[Piece] = []
    used = 0.0
    for number, word in enumerate(words, start):
        first, length = 0, len(letters_of(word).parts)
        while first < length:
            lead = setting.gap if any(piece.shaped.glyphs for piece in row) else 0.0
            shaped, end = _fitting(word, first, setting, room - used - lead, forced=not row)
            if shaped is not None:
                row.append(Piece(number, shaped))
                used += lead + shaped.advance if shaped.glyphs else 0.0
                first = end
            if first < length:
                rows.append(_row(row, setting, last=False))
                row, used = [], 0.0
    rows.append(_row(row, setting, last=True))
    return rows


def _row(pieces: list[Piece], setting: Setting, *, last: bool) -> Row:
    inked = [piece.shaped.advance for piece in pieces if piece.shaped.glyphs]
    gaps = max(len(inked) - 1, 0)
    return Row(tuple(pieces), sum(inked) + gaps * setting.gap, gaps, last)


def _fitting(
    word: str, first: int, setting: Setting, room: float, *, forced: bool
) -> tuple[Shaped | None, int]:
    """Return as much of a word, from one letter on, as fits; ``None`` when nothing does.

    With ``forced`` a word without a break is cut between letters, one at least.
    """
    letters = letters_of(word)
    whole = shape(word, setting.chain, setting.spacing)
    length = len(letters.parts)
    room += _SLACK
    if not first and whole.advance <= room:
        return whole, length
    reach = whole.edges[first] + room + setting.spacing
    # The widths of letters can differ a little at a cut, where nothing kerns.
    end = min(bisect_right(whole.edges, reach + 0.5) - 1, length)
    breaks = [k for k in range(first + 1, end + 1) if k == length or letters.ends[k - 1]]
    for k in reversed(breaks):
        shaped = _part(letters.parts[first:k], setting)
        if shaped.advance <= room:
            return shaped, k
    if not forced:
        return None, first
    for k in range(max(end, first + 1), first, -1):
        shaped = _part(letters.parts[first:k], setting)
        if shaped.advance <= room:
            return shaped, k
    return _part(letters.parts[first : first + 1], setting), first + 1


def _part(letters: Sequence[str], setting: Setting) -> Shaped:
    return shape("".join(letters), setting.chain, setting.spacing)
