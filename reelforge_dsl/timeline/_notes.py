"""What only the builder knows of a film, as findings about its document.

The document alone shows neither that its clips were a row, nor how its words were read, nor that
verbs were called on it. The codes: ``crossfade_too_long`` as timing tells it of a row that is not
resolved, ``words_repaired``, and ``empty_timeline`` with the builder's remedy.
"""

from __future__ import annotations

from collections.abc import Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.timeline._document import Placed
from reelforge_dsl.timeline._entries import Entry, Sheet
from reelforge_dsl.timeline._resolve import numbers
from reelforge_dsl.units import short, unless_milliseconds

_SLACK = 1e-6


def noted(sheet: Sheet, stands: Placed) -> Iterator[Issue]:
    """Yield what the builder has to add to the rules' findings.

    Args:
        sheet: What was said.
        stands: Its document.
    """
    if not stands.manifest.composition.timeline and not sheet.is_loaded:
        yield _empty(sheet)
    if any(entry.over for entry in sheet.entries):
        for entry, path in zip(sheet.entries, stands.paths, strict=True):
            if entry.over is not None:
                yield from _tight(sheet, entry, path)
    if sheet.captions is not None and sheet.captions.mended and sheet.captions.get("words"):
        yield _repaired(sheet.captions.mended)


def _empty(sheet: Sheet) -> Issue:
    """Tell an empty film where it was begun, for no line wrote what is missing. Source: contract §2."""
    begun = dict(sheet.lines).get("$.output")
    return Issue(
        "empty_timeline",
        "error",
        "$.composition.timeline",
        "the timeline is empty: there is nothing to see or hear",
        "add a video, an image or a sound; every verb returns a new timeline: reel = reel.video(…)",
        None if begun is None else str(begun),
    )


def _tight(sheet: Sheet, entry: Entry, path: str) -> Iterator[Issue]:
    """Tell a crossfade that had no room in its row, which explicit times would hide. Source: decision D6."""
    before = sheet.entry(entry.over or "")
    mine, others = numbers(entry), None if before is None else numbers(before)
    if before is None or mine is None or others is None or mine[0] >= others[0] + others[1]:
        return
    fade = min(before.crossfade, others[1])
    if entry.crossfade > others[1] - fade + _SLACK:
        dissolved = f", {short(fade)} s of which dissolve already" if fade else ""
        yield Issue(
            "crossfade_too_long",
            "error",
            f"{path}.media_settings.crossfade_seconds",
            f"the crossfade of {short(entry.crossfade)} s into {entry.id!r} does not fit:"
            f" {before.id!r} before it lasts {short(others[1])} s{dissolved}",
            f"{unless_milliseconds(entry.crossfade, least=100)}shorten crossfade_seconds",
        )


def _repaired(mended: tuple[Issue, ...]) -> Issue:
    """Tell that a transcript was not read as it stands. Source: contract §7, ``words[]``."""
    first = mended[0]
    more = f", and {len(mended) - 1} more" if len(mended) > 1 else ""
    return Issue(
        "words_repaired",
        "warning",
        "$.composition.captions.words",
        f"the transcript was mended while it was read: {first.path}: {first.message}{more}",
        "look at Words.repaired, and mend the file",
    )
