"""From timed pieces of text to timed words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Word

_WORD = re.compile(r"\S+")


@frozen
class Piece:
    """A run of text with one time span; words may begin and end inside it.

    Attributes:
        text: The text, spaces included.
        start: Milliseconds.
        end: Milliseconds.
        speaker: Who says it, or ``None``.
    """

    text: str
    start: int
    end: int
    speaker: str | None = None


@frozen
class Transcript:
    """What a reader found.

    Attributes:
        words: In time order.
        repaired: Everything that was mended or left out.
    """

    words: tuple[Word, ...]
    repaired: tuple[Issue, ...] = ()


def told(code: str, place: str, message: str, fix: str | None = None) -> Issue:
    """Return the note of a repair; ``place`` is a line, a cue or a JSON path."""
    return Issue(code, "warning", place, message, fix)


def words_of(pieces: Iterable[Piece]) -> Iterator[Word]:
    """Yield the words of one cue; a piece's span is shared by its letters.

    Where a word lies over several pieces, as karaoke syllables, it starts with
    the first and ends with the last.
    """
    text = ""
    starts: list[float] = []
    ends: list[float] = []
    speakers: list[str | None] = []
    for piece in pieces:
        letters = sum(not character.isspace() for character in piece.text)
        step = (piece.end - piece.start) / max(letters, 1)
        place = 0
        for character in piece.text:
            place += not character.isspace()
            starts.append(piece.start + step * (place - 1))
            ends.append(piece.start + step * place)
            speakers.append(piece.speaker)
        text += piece.text
    for found in _WORD.finditer(text):
        first, last = found.start(), found.end() - 1
        start = max(0, round(starts[first]))
        yield Word(found[0], start, max(start, round(ends[last])), speakers[first])


def in_order(words: Iterable[Word]) -> tuple[Word, ...]:
    """Return words by their start; those that start together keep their order."""
    return tuple(sorted(words, key=lambda word: word.start))


def shares(texts: Sequence[str], start: int, end: int) -> list[tuple[int, int]]:
    """Return a span for each text, ``start`` to ``end`` in milliseconds shared by letters."""
    letters = [sum(not character.isspace() for character in text) for text in texts]
    whole, passed, spans = max(sum(letters), 1), 0, []
    for count in letters:
        first = start + round((end - start) * passed / whole)
        passed += count
        spans.append((first, start + round((end - start) * passed / whole)))
    return spans
