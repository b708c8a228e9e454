"""What SRT and WebVTT share: blocks of text under a line with two times.

Read here and not with pysubs2, which takes a WebVTT line with two word times
for a cue's own times, and a cue's last line for the next cue's number when it
is one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from attrs import evolve, frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.words._timed import Piece, Transcript, in_order, shares, told, words_of

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAG = re.compile(rf"<{_TIME}>|<v(?:\.\S+)?\s+([^>]*)>|(</v>)|</?[a-zA-Z][^>]*>|\{{\\[^}}]*\}}")


@frozen
class Cue:
    """One block of a subtitle file.

    Attributes:
        line: Its line in the file, from 1.
        start: Milliseconds.
        end: Milliseconds.
        lines: Its text, tags and all.
    """

    line: int
    start: int
    end: int
    lines: tuple[str, ...] = ()


def transcript(text: str, *, numbered: bool) -> Transcript:
    """Read a file of cues.

    Args:
        text: The file.
        numbered: SRT: a line with a number may stand over each cue, and nothing else stands
            outside of cues.
    """
    repaired: list[Issue] = []
    cues = [_in_time(cue, repaired) for cue in _cues(text, numbered, repaired)]
    cues = _without_rolling(sorted(cues, key=lambda cue: cue.start), repaired)
    words = [word for cue in cues for word in words_of(_pieces(cue))]
    return Transcript(in_order(words), tuple(repaired))


def _cues(text: str, numbered: bool, repaired: list[Issue]) -> Iterator[Cue]:
    cue: Cue | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        times = _TIMES.fullmatch(line) if "-->" in line else None
        if times or "-->" in line:
            if cue:
                if numbered and len(lines) > 1 and lines[-1].strip().isdigit():
                    lines.pop()
                yield evolve(cue, lines=tuple(lines))
            cue, lines = None, []
            if times:
                cue = Cue(number, _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:]))
            else:
                what = f"{line.strip()[:60]!r} is not a pair of times; its cue is left out"
                repaired.append(told("bad_time", f"line {number}", what, "00:00:01,000 --> 00:00:02,000"))
        elif cue and (line.strip() if numbered else line):
            lines.append(line)
        elif cue:
            yield evolve(cue, lines=tuple(lines))
            cue, lines = None, []
        elif numbered and line.strip() and not line.strip().isdigit():
            what = f"{line.strip()[:60]!r} stands outside of a cue and is left out"
            repaired.append(told("stray_line", f"line {number}", what))
    if cue:
        yield evolve(cue, lines=tuple(lines))


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _in_time(cue: Cue, repaired: list[Issue]) -> Cue:
    if cue.end >= cue.start:
        return cue
    what = f"the cue ends at {cue.end} ms, before its start at {cue.start} ms; it now ends where it starts"
    repaired.append(told("end_before_start", f"line {cue.line}", what))
    return evolve(cue, end=cue.start)


def _without_rolling(cues: list[Cue], repaired: list[Issue]) -> list[Cue]:
    """Take away lines that only stay on screen while new ones roll in, as in automatic captions.

    Only where most cues repeat the end of the one before: a word said twice is not touched.
    """
    plain = [tuple(filter(None, (_plain(line) for line in cue.lines))) for cue in cues]
    again = [0, *(_overlap(before, now) for before, now in pairwise(plain))]
    rolling = [count for count in again if count]
    if len(rolling) < 2 or len(rolling) * 2 < len(cues) - 1 or not any(map(_rolls, again, plain)):
        return cues
    kept = []
    for cue, count in zip(cues, again, strict=True):
        said = tuple(line for line in cue.lines if _plain(line))
        kept.append(evolve(cue, lines=said[count:]))
    what = f"{sum(rolling)} lines that roll up from the cue before are left out"
    repaired.append(told("rolled_up", f"line {cues[0].line}", what))
    return kept


def _rolls(count: int, lines: tuple[str, ...]) -> bool:
    return 0 < count < len(lines)


def _overlap(before: tuple[str, ...], now: tuple[str, ...]) -> int:
    longest = min(len(before), len(now))
    return next((size for size in range(longest, 0, -1) if before[-size:] == now[:size]), 0)


def _plain(line: str) -> str:
    return html.unescape(_TAG.sub("", line)).strip()


def _pieces(cue: Cue) -> list[Piece]:
    """Return a cue's text cut at its word times, without tags."""
    pieces: list[Piece] = []
    speaker: str | None = None
    start, place = cue.start, 0
    text = re.sub(r"\\[Nnh]", " ", "\n".join(cue.lines))
    for tag in _TAG.finditer(text):
        pieces.append(Piece(html.unescape(text[place : tag.start()]), start, cue.end, speaker))
        place = tag.end()
        if tag[4]:
            start = min(max(start, _milliseconds(tag.groups()[:4])), cue.end)
        elif tag[5] is not None:
            speaker = html.unescape(tag[5]).strip() or None
        elif tag[6]:
            speaker = None
    pieces.append(Piece(html.unescape(text[place:]), start, cue.end, speaker))
    return _bounded(pieces, cue.end)


def _bounded(pieces: list[Piece], end: int) -> list[Piece]:
    """Let pieces with one start share, by letters, what lies before the next start."""
    groups = [list(group) for _, group in groupby(pieces, key=lambda piece: piece.start)]
    ends = [*(group[0].start for group in groups[1:]), end]
    bounded = []
    for group, stop in zip(groups, ends, strict=True):
        spans = shares([piece.text for piece in group], group[0].start, stop)
        bounded += [evolve(p, start=low, end=high) for p, (low, high) in zip(group, spans, strict=True)]
    return bounded
