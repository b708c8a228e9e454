"""Words to placed glyphs, each letter in the first font that has it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, groupby

from attrs import frozen

from reelforge_dsl.lettering._breaks import draws_nothing, letters_of, runs_right_to_left
from reelforge_dsl.lettering._faces import Face, face_of
from reelforge_dsl.lettering._fonts import FontChain
from reelforge_dsl.lettering._libraries import harfbuzz

_ZERO_WIDTH_SPACE = "\u200b"


@frozen(eq=False)
class Shaped:
    """A piece of text as glyphs; every number is in em.

    Attributes:
        text: The piece.
        glyphs: Face, glyph number, x and y (down) of each, from left to right.
        advance: Width, without letter spacing after the last letter.
        edges: Where each letter begins when the widths are added up in writing
            order, letter spacing included; one more than there are letters.
        substituted: Letters drawn in another family, with its name.
        missing: Characters that no font has.
    """

    text: str
    glyphs: tuple[tuple[Face, int, float, float], ...]
    advance: float
    edges: tuple[float, ...]
    substituted: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@frozen
class _Choice:
    """What draws one letter: a face, or none when no font has it."""

    text: str
    face: Face | None
    missing: tuple[str, ...] = ()

    @property
    def right_to_left(self) -> bool:
        return any(map(runs_right_to_left, self.text))


@lru_cache(maxsize=8192)
def shape(text: str, chain: FontChain, spacing: float) -> Shaped:
    """Shape one word or a part of one.

    Args:
        text: Cleaned text without spaces that break.
        chain: The fonts.
        spacing: Letter spacing, em.

    Returns:
        The glyphs; the same object for the same question.
    """
    choices = [_chosen(letter, chain) for letter in letters_of(text).parts]
    widths = [0.0] * len(choices)
    glyphs: list[tuple[Face, int, float, float]] = []
    pen = 0.0
    first = 0
    for (face, right_to_left), group in groupby(choices, lambda choice: (choice.face, choice.right_to_left)):
        run = [choice.text for choice in group]
        previous = -1
        for letter, number, x, y, advance in _glyphs(run, face, right_to_left, spacing) if face else ():
            if letter != previous:
                pen += spacing if glyphs else 0.0
                widths[first + letter] += spacing
                previous = letter
            glyphs.append((face, number, pen + x, -y))
            pen += advance
            widths[first + letter] += advance
        first += len(run)
    own = chain.found.font.family
    return Shaped(
        text,
        tuple(glyphs),
        pen,
        tuple(accumulate(widths, initial=0.0)),
        tuple((c.text, c.face.font.family) for c in choices if c.face and c.face.font.family != own),
        tuple(letter for choice in choices for letter in choice.missing),
    )


def _glyphs(
    run: list[str], face: Face, right_to_left: bool, spacing: float
) -> Iterator[tuple[int, int, float, float, float]]:
    """Yield the letter, the glyph's number, its offset and its advance (em), from left to right."""
    owners = [index for index, letter in enumerate(run) for _ in letter]
    buffer = harfbuzz.Buffer()
    buffer.add_codepoints([ord(character) for letter in run for character in letter])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    # CSS Text 3, 8.2: letter spacing turns optional ligatures off.
    features = {"liga": False, "clig": False} if spacing else {}
    harfbuzz.shape(face.shaper, buffer, features)
    scale = 1 / face.upem
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        yield (
            owners[info.cluster],
            info.codepoint,
            place.x_offset * scale,
            place.y_offset * scale,
            place.x_advance * scale,
        )


@lru_cache(maxsize=16384)
def _chosen(letter: str, chain: FontChain) -> _Choice:
    own = face_of(chain.found.font)
    inked = [character for character in letter if not draws_nothing(character)]
    if letter == _ZERO_WIDTH_SPACE:
        return _Choice(letter, None)
    if not inked or _has_all(own, letter):
        return _Choice(letter, own)
    base = None
    for face in (own, *map(face_of, chain.others)):
        if _has_all(face, letter):
            return _Choice(letter, face)
        if base is None and face.has(inked[0]):
            base = face
    if base is None:
        return _Choice(letter, None, tuple(inked))
    missing = tuple(character for character in inked if not base.has(character))
    return _Choice("".join(c for c in letter if c not in missing), base, missing)


def _has_all(face: Face, letter: str) -> bool:
    # HarfBuzz composes and decomposes by itself, so either form of a letter will do.
    forms = (letter, unicodedata.normalize("NFC", letter), unicodedata.normalize("NFD", letter))
    return any(all(draws_nothing(c) or face.has(c) for c in form) for form in forms)
