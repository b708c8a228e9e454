"""Warnings about caption words: their order, their unit, and the film's end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import gt

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Word
from reelforge_dsl.models.captions import Orderly
from reelforge_dsl.rules._document import Document
from reelforge_dsl.units import FPS, MAX_SECONDS, short

_WORDS = "$.composition.captions.words"

_FRAME = 1000 / FPS

_LEAST_PACE = 60
"""Milliseconds a word, below which nobody speaks; the fastest rappers take 100."""

_MOST_PACE = 20_000
"""Milliseconds a word, above which a word list is not milliseconds."""


def words_in_order(document: Document) -> Iterator[Issue]:
    """Words come in the order they are said, one after the other. Source: contract §7, ``words[]``.

    Voices may overlap, and the words of one voice by a frame.
    """
    words = document.words
    if not words:
        return
    last = words[-1].end
    if type(words) is not Orderly:
        ends = [word.end for word in words]
        last = max(ends)
        if any(map(gt, ends, [word.start for word in words[1:]])):
            yield from _disorder(words)
    yield from _at_odds_with_film(words, last, document.placed.seconds)


def _disorder(words: Sequence[Word]) -> Iterator[Issue]:
    """Tell the first word out of order and the first that overlaps, and how many there are."""
    unordered: list[int] = []
    overlapping: list[int] = []
    for index in range(1, len(words)):
        before, word = words[index - 1], words[index]
        if word.start < before.start:
            unordered.append(index)
        elif word.start < before.end - _FRAME and word.speaker == before.speaker:
            overlapping.append(index)
    if unordered:
        at = unordered[0]
        happens = f"starts before the word in front of it, at {words[at - 1].start} ms{_more(unordered)}"
        yield _odd_start("words_out_of_order", words, at, happens, "sort the words by start")
    if overlapping:
        at = overlapping[0]
        before = words[at - 1]
        happens = f"starts before {before.text!r:.40} ends, at {before.end} ms{_more(overlapping)}"
        yield _odd_start("words_overlap", words, at, happens, "end each word when the next starts")


def _odd_start(code: str, words: Sequence[Word], at: int, happens: str, fix: str) -> Issue:
    message = f"word {words[at].text!r:.40} at {words[at].start} ms {happens}"
    return Issue(code, "warning", f"{_WORDS}[{at}].start", message, fix)


def _more(found: Sequence[int]) -> str:
    return f"; so do {len(found) - 1} more" if len(found) > 1 else ""


def _at_odds_with_film(words: Sequence[Word], last: int, film: float | None) -> Iterator[Issue]:
    """Tell a word list whose unit is not milliseconds, or else one that outlasts the film."""
    pace = (last - max(words[0].start, 0)) / len(words)
    if last > 0 and pace < _LEAST_PACE and (len(words) >= 3 or (film is not None and last <= 2 * film)):
        whole = f" in a film of {short(film)} s" if film is not None else ""
        yield Issue(
            "words_not_milliseconds",
            "warning",
            _WORDS,
            f"{len(words)} word{'s' if len(words) > 1 else ''} within {last} ms{whole}:"
            " these look like seconds or frames, and words are milliseconds",
            "give start and end in whole milliseconds: seconds times 1000",
        )
    elif last > 100 * 1000 * film if film is not None else last > MAX_SECONDS * 1000 and pace > _MOST_PACE:
        whole = (
            f"the film lasts {short(film)} s" if film is not None else f"no film lasts over {MAX_SECONDS} s"
        )
        yield Issue(
            "words_not_milliseconds",
            "warning",
            _WORDS,
            f"the last word ends at {last} ms, {short(round(last / 1000))} s, and {whole}:"
            " these look finer than the milliseconds that words are",
            "give start and end in whole milliseconds: microseconds by 1000",
        )
    elif film is not None and last > film * 1000 + _FRAME:
        late = [index for index, word in enumerate(words) if word.end > film * 1000 + _FRAME]
        word = words[late[0]]
        ends = f"but the film ends at {short(film)} s{_more(late)}"
        yield Issue(
            "words_past_end",
            "warning",
            f"{_WORDS}[{late[0]}].end",
            f"word {word.text!r:.40} ends at {word.end} ms, {ends}",
            "shorten the words, or make the film longer",
        )
