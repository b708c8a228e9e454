"""The words of a transcript as one frozen value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, overload

from attrs import evolve, field, frozen

from reelforge_dsl.errors import FieldError, Issue
from reelforge_dsl.models import Word
from reelforge_dsl.models.captions import words_from
from reelforge_dsl.units import real, short
from reelforge_dsl.words import _json, _reading

Format = Literal["srt", "vtt", "ass", "ssa", "json"]


@frozen(repr=False)
class Words(Sequence[Word]):
    """Spoken words in order, each with its milliseconds.

    Attributes:
        words: The words.
        repaired: What was mended while reading: guessed times, left-out lines. It takes no part in equality.

    Source: contract §7, ``words[]``.
    """

    words: tuple[Word, ...] = ()
    repaired: tuple[Issue, ...] = field(default=(), eq=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, strict: bool = False) -> Words:
        """Read a transcript file: ``.srt``, ``.vtt``, ``.ass``, ``.ssa`` or ``.json``.

        Cues without word times are shared by letters. JSON is a list of
        ``{"text", "start", "end", "speaker"?}`` in milliseconds, or AssemblyAI's answer; other keys,
        such as ``confidence``, are left out.

        Args:
            path: The file.
            strict: Refuse JSON words without times, instead of sharing the gap between their neighbours.

        Raises:
            FieldError: There is no such file, its ending is unknown, or no words are in it.
            MissingExtraError: It is ASS or SSA, and pysubs2 is not installed.
        """
        found = _reading.load(path, strict=strict)
        return cls(found.words, found.repaired)

    @classmethod
    def parse(
        cls,
        data: str | bytes | Sequence[Mapping[str, Any]] | Mapping[str, Any],
        format: Format | None = None,  # noqa: A002 - the word everyone uses
        *,
        strict: bool = False,
    ) -> Words:
        """Read a transcript that is in memory, as `load` reads a file.

        Args:
            data: The text or bytes of a file, or JSON's plain values.
            format: Of a text; looked for in the text when left out.
            strict: As in `load`.

        Raises:
            FieldError: It is not a transcript, or no words are in it.
            MissingExtraError: It is ASS or SSA, and pysubs2 is not installed.
        """
        found = _reading.parse(data, format, strict=strict)
        return cls(found.words, found.repaired)

    @classmethod
    def of(cls, words: Iterable[Word | Mapping[str, Any]]) -> Words:
        """Take words as they are: `Words`, `Word`, or plain dicts ``{text, start, end, speaker?}``.

        Raises:
            FieldError: One is no word, or its times are not whole milliseconds.
        """
        if isinstance(words, Words):
            return words
        if isinstance(words, (str, bytes, Mapping)) or not isinstance(words, Iterable):
            what = f"Words.of: expected a list of words, got {type(words).__name__}"
            raise FieldError(what, fix="Words.parse reads text and JSON", field="Words.of", value=words)
        return cls(words_from(words, _taken, strip=True))

    @property
    def start_seconds(self) -> float:
        """When the first word starts, seconds of the transcript's clock; 0 without words."""
        return min((word.start for word in self.words), default=0) / 1000

    @property
    def end_seconds(self) -> float:
        """When the last word ends, seconds of the transcript's clock; 0 without words."""
        return max((word.end for word in self.words), default=0) / 1000

    @property
    def text(self) -> str:
        """What is said, words with a space between."""
        return " ".join(word.text for word in self.words)

    def shift(self, seconds: float) -> Words:
        """Move every word by seconds, rounded to whole milliseconds; earlier when negative.

        Raises:
            FieldError: A word would start before 0.
        """
        by = round(_number("shift", seconds) * 1000)
        early = next((word for word in self.words if word.start + by < 0), None)
        if early is not None:
            raise FieldError(
                f"Words.shift: {early.text!r} at {early.start} ms would start before 0",
                fix=f"leave such words out first: .between({short(-by / 1000)}, …)",
                field="Words.shift",
                value=seconds,
            )
        return self._with(evolve(word, start=word.start + by, end=word.end + by) for word in self.words)

    def between(self, start_seconds: float, end_seconds: float) -> Words:
        """Keep the words that start inside a span; the clock stays the same.

        A word belongs where it starts: at ``start_seconds`` it is in, at ``end_seconds`` it is out, so
        neighbouring spans share the words without doubling one. What outlasts the span ends with it.

        Args:
            start_seconds: Seconds of the transcript's clock.
            end_seconds: Seconds of the transcript's clock.

        Raises:
            FieldError: The span ends before it starts.
        """
        low = round(_number("between", start_seconds) * 1000)
        high = round(_number("between", end_seconds) * 1000)
        if high < low:
            what = f"Words.between: {short(high / 1000)} s is before {short(low / 1000)} s"
            raise FieldError(what, fix="give the start first", field="Words.between", value=end_seconds)
        inside = (word for word in self.words if low <= word.start < high)
        return self._with(evolve(word, end=min(word.end, high)) for word in inside)

    def _with(self, words: Iterable[Word]) -> Words:
        return Words(tuple(words), self.repaired)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> Words: ...
    def __getitem__(self, index: int | slice) -> Word | Words:
        return self._with(self.words[index]) if isinstance(index, slice) else self.words[index]

    def __add__(self, other: Iterable[Word | Mapping[str, Any]]) -> Words:
        """Return these words and then the others, each with its own times."""
        more = Words.of(other)
        return Words(self.words + more.words, self.repaired + more.repaired)

    def __repr__(self) -> str:
        count = f"{len(self)} word" + ("" if len(self) == 1 else "s")
        mended = f", {len(self.repaired)} repaired" if self.repaired else ""
        if not self.words:
            return f"<Words: none{mended}>"
        return f"<Words: {count}, {short(self.start_seconds)} to {short(self.end_seconds)} s{mended}>"


def _taken(word: Any, place: int) -> Word:
    if isinstance(word, Word):
        return word
    if isinstance(word, Mapping):
        return _json.word_of(word, place, "Words.of")
    what = f"Words.of: word {place} is {type(word).__name__}, not a Word"
    raise FieldError(what, fix="Word('Hello', 0, 270), times in ms", field="Words.of", value=word)


def _number(verb: str, seconds: Any) -> float:
    number = real(seconds)
    if number is None:
        what = f"Words.{verb}: expected seconds, got {seconds!r:.40}"
        raise FieldError(what, field=f"Words.{verb}", value=seconds)
    return number
