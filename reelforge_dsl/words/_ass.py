"""Advanced SubStation Alpha and its forerunner SSA, through pysubs2."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from reelforge_dsl.errors import Issue, MissingExtraError
from reelforge_dsl.models import Word
from reelforge_dsl.words._timed import Piece, Transcript, in_order, told, words_of

if TYPE_CHECKING:
    from pysubs2 import SSAEvent

_OVERRIDE = re.compile(r"\{([^}]*)\}")
_KARAOKE = re.compile(r"\\(kf|ko|kt|k|K)(\d{1,6}(?:\.\d+)?)")
_DRAWING = re.compile(r"\\p(\d+)")


def transcript(text: str) -> Transcript:
    r"""Read an ASS or SSA file; karaoke tags like ``{\k25}`` are the syllables' own times.

    Comments and drawings are skipped; an event's name is its speaker.

    Raises:
        MissingExtraError: pysubs2 is not installed.
    """
    reader = _pysubs2()
    repaired: list[Issue] = []
    words: list[Word] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith("Dialogue:"):
            continue
        event = _event(reader, line.strip())
        if event is None:
            what = f"{line.strip()[:60]!r} cannot be read and is left out"
            repaired.append(told("bad_line", f"line {number}", what))
            continue
        if event.end < event.start:
            what = f"the line ends at {event.end} ms, before its start at {event.start} ms"
            repaired.append(
                told("end_before_start", f"line {number}", what + "; it now ends where it starts")
            )
            event.end = event.start
        words += words_of(_pieces(event))
    return Transcript(in_order(words), tuple(repaired))


def _pysubs2() -> Any:
    try:
        import pysubs2
    except ImportError as exc:
        raise MissingExtraError("ASS and SSA files are read with pysubs2", extra="words") from exc
    return pysubs2


def _event(reader: Any, line: str) -> SSAEvent | None:
    """Return the event of one ``Dialogue:`` line, or ``None`` when it is none.

    A line at a time, since one bad line makes pysubs2 refuse the file.
    """
    kind = "ssa" if line.removeprefix("Dialogue:").lstrip().startswith("Marked") else "ass"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a layer or margin that is no number changes no word
        try:
            events: list[SSAEvent] = reader.SSAFile.from_string(f"[Events]\n{line}\n", format_=kind).events
        except ValueError:
            return None
    return events[0] if events and line.count(",") >= 9 else None


def _pieces(event: SSAEvent) -> list[Piece]:
    """Return an event's text cut at its karaoke tags, without tags and drawings."""
    pieces: list[Piece] = []
    speaker = event.name.strip() or None
    parts = _OVERRIDE.split(event.text)
    drawing = False
    start = at = event.start
    end = event.end
    text = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            text += "" if drawing else re.sub(r"\\[Nnh]", " ", part)
            continue
        for found in _DRAWING.finditer(part):
            drawing = found[1] != "0"
        for found in _KARAOKE.finditer(part):
            lasts = round(float(found[2]) * 10)
            if text:
                pieces.append(Piece(text, start, end, speaker))
                text = ""
            if found[1] == "kt":
                at = event.start + lasts
            else:
                start, end, at = at, at + lasts, at + lasts
    pieces.append(Piece(text, start, end, speaker))
    return pieces
