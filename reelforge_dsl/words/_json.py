"""JSON transcripts: a list of words, or AssemblyAI's object around one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from reelforge_dsl.errors import FieldError, Issue
from reelforge_dsl.models import Word
from reelforge_dsl.models.captions import LATEST
from reelforge_dsl.units import real, short
from reelforge_dsl.words._timed import Transcript, in_order, shares, told

PACE = 70
"""Milliseconds a letter, where no word of the transcript has a time of its own to compare with."""


@frozen
class Draft:
    """A word before its times are sure.

    Attributes:
        place: Its index in the transcript.
        text: The word.
        start: Milliseconds, or ``None``.
        end: Milliseconds, or ``None``.
        speaker: Who says it, or ``None``.
    """

    place: int
    text: str
    start: int | None
    end: int | None
    speaker: str | None


def transcript(data: Any, *, strict: bool, name: str) -> Transcript:
    """Read words from JSON text or plain values.

    Args:
        data: Text, a list of words, or an object with ``words``.
        strict: Refuse a word without times.
        name: What is read, for messages.

    Raises:
        FieldError: It is not JSON, holds no words, or a word is not one.
    """
    repaired: list[Issue] = []
    drafts = _drafts(_listed(data, name), name, repaired)
    timeless = [draft for draft in drafts if draft.start is None or draft.end is None]
    if timeless and (strict or len(timeless) == len(drafts)):
        first = timeless[0]
        many = (
            "no word has" if len(timeless) == len(drafts) else f"word {first.place} ({first.text!r}) has no"
        )
        raise FieldError(
            f"{name}: {many} start and end",
            fix="transcribe with word times, or let some be shared between their neighbours (strict=False)",
            field=name,
        )
    words = [_word(draft, name) for draft in _filled(drafts, repaired)]
    ordered = in_order(words)
    if list(ordered) != words:
        repaired.append(told("reordered", "$", "the words were not in time order; they are now"))
    return Transcript(ordered, tuple(repaired))


def word_of(item: Mapping[str, Any], place: int, name: str) -> Word:
    """Return the word of a plain dict that has all its times.

    Raises:
        FieldError: It is not a word.
    """
    times = _times([item], name, place)
    start, end = times[0]
    if start is None or end is None:
        raise FieldError(f"{name}: word {place} has no start and end", fix="give both in ms", field=name)
    return _word(Draft(place, _text(item, place, name), start, end, item.get("speaker")), name)


def _listed(data: Any, name: str) -> Sequence[Any]:
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as exc:
            place = f"line {exc.lineno}, column {exc.colno}" if isinstance(exc, json.JSONDecodeError) else ""
            raise FieldError(f"{name}: is not JSON" + (f" at {place}" if place else ""), field=name) from exc
    if isinstance(data, Mapping):
        if "words" not in data:
            keys = ", ".join(map(str, list(data)[:5])) or "none"
            raise FieldError(
                f"{name}: this object has no 'words'; its keys are {keys}", fix=_SHAPE, field=name
            )
        data = data["words"]
    if not isinstance(data, (list, tuple)):
        raise FieldError(f"{name}: the words are no list, but {type(data).__name__}", fix=_SHAPE, field=name)
    return data


_SHAPE = 'write [{"text": "Hello", "start": 0, "end": 270}, …], times in ms, or give AssemblyAI\'s JSON'


def _drafts(items: Sequence[Any], name: str, repaired: list[Issue]) -> list[Draft]:
    for place, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise FieldError(f"{name}: word {place} is no object, but {item!r:.60}", fix=_SHAPE, field=name)
    drafts = []
    for place, (item, (start, end)) in enumerate(zip(items, _times(items, name), strict=True)):
        text = _text(item, place, name)
        if text:
            drafts.append(Draft(place, text, start, end, item.get("speaker")))
        else:
            repaired.append(told("empty_word", f"$[{place}]", "the word has no text and is left out"))
    return drafts


def _text(item: Mapping[str, Any], place: int, name: str) -> str:
    text = item.get("text")
    if not isinstance(text, str):
        keys = ", ".join(map(str, item))
        raise FieldError(f"{name}: word {place} has no 'text'; its keys are {keys}", fix=_SHAPE, field=name)
    return text.strip()


def _times(
    items: Sequence[Mapping[str, Any]], name: str, first: int = 0
) -> list[tuple[int | None, int | None]]:
    """Return starts and ends in whole milliseconds, ``None`` where there is none."""
    given: list[tuple[float | None, float | None]] = []
    for place, item in enumerate(items, first):
        given.append((_time(item, "start", place, name), _time(item, "end", place, name)))
    flat = [time for pair in given for time in pair if time is not None]
    broken = [place for place, pair in enumerate(given, first) if any(time and time % 1 for time in pair)]
    if broken:
        seconds = max(flat) < 1000
        what = "these look like seconds" if seconds else "times are whole milliseconds"
        told_time = next(time for time in given[broken[0] - first] if time and time % 1)
        raise FieldError(
            f"{name}: word {broken[0]} has the time {short(told_time)}; {what}",
            fix="multiply every start and end by 1000, and round" if seconds else "round it",
            field=name,
            value=told_time,
        )
    return [
        (None if start is None else int(start), None if end is None else int(end)) for start, end in given
    ]


def _time(item: Mapping[str, Any], key: str, place: int, name: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    number = real(value)
    if number is None:
        raise FieldError(
            f"{name}: word {place} has the {key} {value!r:.40}, which is no number",
            fix="times are whole milliseconds",
            field=name,
            value=value,
        )
    if abs(number) > LATEST:
        what = f"{name}: word {place} has the {key} far out, past {LATEST:g} ms"
        raise FieldError(what, fix="times are milliseconds, not a date", field=name, value=value)
    return number


def _word(draft: Draft, name: str) -> Word:
    try:
        return Word(draft.text, draft.start, draft.end, draft.speaker)  # type: ignore[arg-type]
    except FieldError as exc:
        raise FieldError(
            f"{name}: word {draft.place}: {exc.what}", fix=exc.fix, field=name, value=exc.value
        ) from exc


def _filled(drafts: list[Draft], repaired: list[Issue]) -> list[Draft]:
    """Give words without times a share of the gap between their neighbours, by letters."""
    known = [d for d in drafts if d.start is not None and d.end is not None]
    letters = sum(len(draft.text) for draft in known)
    pace = sum((d.end or 0) - (d.start or 0) for d in known) / letters if letters else PACE
    filled: list[Draft] = []
    place = 0
    while place < len(drafts):
        run = place
        while run < len(drafts) and (drafts[run].start is None or drafts[run].end is None):
            run += 1
        if run == place:
            filled.append(drafts[place])
            place += 1
            continue
        after = drafts[run] if run < len(drafts) else None
        filled += _shared(drafts[place:run], filled[-1] if filled else None, after, pace, repaired)
        place = run
    return filled


def _shared(
    run: list[Draft], before: Draft | None, after: Draft | None, pace: float, repaired: list[Issue]
) -> list[Draft]:
    """Return the words of a run with times between what is known at its two ends.

    A time that is given is kept; at an open end the transcript's own pace counts.
    """
    needed = round(pace * sum(len(draft.text) for draft in run))
    low = run[0].start if run[0].start is not None else before.end if before else None
    high = run[-1].end if run[-1].end is not None else after.start if after else None
    if low is None:
        low = max(0, (high or 0) - needed)
    if high is None:
        high = low + needed
    high = max(low, high)
    shared = []
    for draft, (start, end) in zip(run, shares([d.text for d in run], low, high), strict=True):
        first = start if draft.start is None else draft.start
        last = max(first, end if draft.end is None else draft.end)
        shared.append(Draft(draft.place, draft.text, first, last, draft.speaker))
        what = f"{draft.text!r} has no time of its own; it got {first} to {last} ms between its neighbours"
        repaired.append(told("word_time_shared", f"$[{draft.place}]", what))
    return shared
