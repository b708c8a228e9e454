"""Text before it has a font: cleaning, words, letters, and where a line may end. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from attrs import frozen

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_GLUE = "\u00a0\u2007\u202f"
_SPACES = re.compile(r"[^\S\n" + _GLUE + r"]+")
_ZERO_WIDTH_SPACE = "\u200b"
_JOINER = "\u200d"
_DASHES = "\u2010\u2012\u2013\u2014"
_CLOSING = "!%),.:;?]}\u00bb\u2019\u201d\u2026\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff1a\uff1b\uff1f"


def clean(text: str) -> str:
    r"""Return the text with one kind of line end and one kind of space.

    Control characters are dropped, tabs and runs of spaces become one space, a
    lone surrogate becomes U+FFFD. No-break spaces stay.

    Args:
        text: Any text.

    Returns:
        The paragraphs, joined by ``\n``.
    """
    paragraphs = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text)).split("\n")
    return "\n".join("".join(map(_drawable, line)).strip(" ") for line in paragraphs)


def _drawable(letter: str) -> str:
    if "\ud800" <= letter <= "\udfff":
        return "\ufffd"
    return "" if unicodedata.category(letter) == "Cc" else letter


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as lettering counts them.

    Words are what stands between spaces, tabs and line ends; a no-break space
    belongs to its word. ``PlacedWord.start`` is an index into this tuple.

    Args:
        text: Any text.

    Returns:
        The cleaned words in writing order.
    """
    return tuple(word for words in paragraphs_of(text) for word in words)


def paragraphs_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of each paragraph; an empty line is an empty tuple.

    Line ends after the last word make no lines, as in CSS.

    Args:
        text: Any text.

    Returns:
        One tuple of words for each paragraph.
    """
    cleaned = clean(text).rstrip("\n ")
    if not cleaned:
        return ()
    return tuple(tuple(word for word in line.split(" ") if word) for line in cleaned.split("\n"))


@frozen
class Letters:
    """A word cut into what a reader takes for letters.

    Attributes:
        parts: The letters: a base with its marks, an emoji with its modifiers.
        ends: For each letter, whether a line may end after it.
    """

    parts: tuple[str, ...]
    ends: tuple[bool, ...]


@lru_cache(maxsize=4096)
def letters_of(word: str) -> Letters:
    """Cut a word into letters, and find the line ends inside it.

    Args:
        word: One cleaned word.

    Returns:
        The letters and where a line may end. The last letter never ends a line
        by itself: the space after the word does.
    """
    parts: list[str] = []
    for letter in word:
        if parts and _joins(parts[-1], letter):
            parts[-1] += letter
        else:
            parts.append(letter)
    ends = [_may_end(left, right) for left, right in pairwise(parts)]
    return Letters(tuple(parts), (*ends, False))


def _joins(before: str, letter: str) -> bool:
    last = before[-1]
    if last == _JOINER or letter == _JOINER:
        return True
    if unicodedata.category(letter).startswith("M") or "\U0001f3fb" <= letter <= "\U0001f3ff":
        return True
    if "\u1160" <= letter <= "\u11ff":  # vowels and finals of conjoining Hangul
        return "\u1100" <= last <= "\u11ff"
    if "\U000e0020" <= letter <= "\U000e007f":
        return True
    return _is_flag_half(letter) and len(before) == 1 and _is_flag_half(last)


def _is_flag_half(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _may_end(left: str, right: str) -> bool:
    last, first = left[0], right[0]
    if last == _ZERO_WIDTH_SPACE:
        return True
    if first == _ZERO_WIDTH_SPACE or first in _CLOSING or last in _GLUE or first in _GLUE:
        return False
    if last == "-":
        return first.isalpha()
    return last in _DASHES or _is_ideograph(last) or _is_ideograph(first)


def _is_ideograph(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" and unicodedata.category(letter) in ("Lo", "So")


_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def draws_nothing(letter: str) -> bool:
    """Tell whether one character has no ink of its own: a space, a joiner, a selector.

    Args:
        letter: One character.

    Returns:
        Whether no font needs a glyph for it.
    """
    return unicodedata.category(letter) == "Zs" or _INVISIBLE.match(letter) is not None


def runs_right_to_left(letter: str) -> bool:
    """Tell whether one character belongs to a script written from right to left.

    Args:
        letter: One character.

    Returns:
        Whether its bidirectional class is R or AL.
    """
    return unicodedata.bidirectional(letter) in ("R", "AL")
