"""Caption words as phrases: what stands on the screen together, and which word is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from reelforge_dsl.models import Captions, Word

CHARACTERS = 20
"""Characters of a segment when ``max_chars_per_segment`` is left out. Source: decision D23."""

PAUSE_MS = 600
"""Milliseconds of silence that end a phrase. Source: decision D23."""

LINGER_MS = 300
"""Milliseconds that a phrase stays after its last word. Source: decision D23."""

_ENDS = ".?!…。？！"
_CLOSERS = "\"'”’»›)]}*_"


@frozen
class State:
    """A stretch of a phrase in which the same word is the spoken one.

    Attributes:
        start_ms: Milliseconds of output time.
        end_ms: Milliseconds of output time, above ``start_ms``.
        active: Index in the phrase's words of the spoken word, or ``None``.
    """

    start_ms: int
    end_ms: int
    active: int | None


@frozen
class Phrase:
    """Words that stand on the screen together.

    Attributes:
        words: In the order they are spoken; at least one.
        start_ms: When they appear: the start of the first, milliseconds of output time.
        end_ms: When they go, milliseconds of output time, at least ``start_ms``.
        karaoke: Whether the spoken word is to differ.

    Source: decision D23.
    """

    words: tuple[Word, ...]
    start_ms: int
    end_ms: int
    karaoke: bool = False

    @property
    def text(self) -> str:
        """The words with single blanks between."""
        return " ".join(word.text.strip() for word in self.words)

    def states(self) -> tuple[State, ...]:
        """Return which word is the spoken one over the phrase's time, without gaps.

        In ``phrase_karaoke`` a word is the spoken one from its start until the
        next word's, so that short breaths inside a phrase do not flicker; after
        the last word's end none is, until the phrase goes. In the other modes
        there is one state and no spoken word.

        Source: decision D23.
        """
        if not self.karaoke:
            return (State(self.start_ms, self.end_ms, None),) if self.end_ms > self.start_ms else ()
        return tuple(self._spoken())

    def _spoken(self) -> Iterator[State]:
        at = self.start_ms
        last = len(self.words) - 1
        spoken_until = min(max(_end(word) for word in self.words), self.end_ms)
        for index in range(last + 1):
            until = _start(self.words[index + 1]) if index < last else spoken_until
            until = min(until, self.end_ms)
            if until > at:
                yield State(at, until, index)
                at = until
        if self.end_ms > at:
            yield State(at, self.end_ms, None)


def phrases(captions: Captions) -> tuple[Phrase, ...]:
    """Return the phrases of the captions' given words, in the order they are spoken.

    A phrase holds as many words as fit ``max_chars_per_segment`` characters,
    blanks between them counted; a longer word stands alone. It also ends at
    ``.?!`` (closing quotes and brackets may follow), before a pause of 0.6 s and
    before another speaker; a word that names no speaker is no change. It goes
    0.3 s after its last word, or when the next phrase comes.

    In ``word_only`` every word is a phrase and stays until the next word comes;
    the last goes 0.3 s after its end. A mode that is not known is drawn as
    ``phrase_karaoke``.

    Words out of order are taken by their start; a word that ends before it
    starts counts as ending where it starts. Every word is in exactly one phrase.

    Source: decision D23.
    """
    words = sorted(captions.words or (), key=_start)
    single = captions.mode == "word_only"
    karaoke = captions.mode not in ("word_only", "phrase")
    limit = captions.max_chars_per_segment
    groups: list[tuple[Word, ...]]
    groups = [(word,) for word in words] if single else list(_grouped(words, limit or CHARACTERS))
    shown: list[Phrase] = []
    for index, group in enumerate(groups):
        start = _start(group[0])
        follows = _start(groups[index + 1][0]) if index + 1 < len(groups) else None
        end = max(_end(word) for word in group) + LINGER_MS
        if follows is not None:
            end = follows if single else min(end, follows)
        shown.append(Phrase(group, start, max(start, end), karaoke))
    return tuple(shown)


def _grouped(words: Sequence[Word], limit: int) -> Iterator[tuple[Word, ...]]:
    """Break words, in spoken order, into segments. Source: decision D23."""
    group: list[Word] = []
    long = spoken_until = 0
    speaker: str | None = None
    for word in words:
        size = len(word.text.strip())
        if group and (
            long + 1 + size > limit
            or _ends_sentence(group[-1].text)
            or _start(word) - spoken_until >= PAUSE_MS
            or (word.speaker is not None and speaker is not None and word.speaker != speaker)
        ):
            yield tuple(group)
            group, long, spoken_until = [], 0, 0
        long += size + (1 if group else 0)
        group.append(word)
        spoken_until = max(spoken_until, _end(word))
        speaker = word.speaker if word.speaker is not None else speaker
    if group:
        yield tuple(group)


def _ends_sentence(text: str) -> bool:
    bare = text.rstrip().rstrip(_CLOSERS)
    return bare != "" and bare[-1] in _ENDS


def _start(word: Word) -> int:
    return max(0, int(word.start))


def _end(word: Word) -> int:
    return max(_start(word), int(word.end))
