"""Warnings about text that cannot be read: too fast, too brief, over another."""

from __future__ import annotations

from collections.abc import Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Layout, TextOverlay
from reelforge_dsl.rules._boxes import Corners, corners_of
from reelforge_dsl.rules._document import Document, said
from reelforge_dsl.units import FPS, short

MOST_CHARACTERS_A_SECOND = 20
"""A little above the fastest that subtitle guides allow. Source: decision D2 (readability is a warning)."""

LEAST_SECONDS = 0.7
"""Below this an eye has not found the text. Source: decision D2 (readability is a warning)."""

MOST_AT_ONCE = 32
"""Texts running together that one is compared with."""

FONT_SIZE = 64.0
"""Output pixels. Source: decision D21."""

LINE_HEIGHT = 1.2
"""Multiplier of the font size. Source: decision D21."""

MULTIPLIERS_END = 4.0
"""Line heights up to this are multipliers, above it pixels. Source: decision D21."""

_NARROWEST = 0.3
"""Em that a letter takes at least, about; text is never thought wider than it is."""


def reading_speed(document: Document) -> Iterator[Issue]:
    """Text is there long enough to be read; the film's end is not counted. Source: decisions D2, D5."""
    texts = document.placed.texts
    for index, overlay in enumerate(document.overlays):
        row = texts[index]
        if row.start is None or row.end is None:
            continue
        shown = row.end - row.start
        if shown <= 0 or (
            shown >= LEAST_SECONDS and len(overlay.content) <= shown * MOST_CHARACTERS_A_SECOND
        ):
            continue
        length = len(" ".join(overlay.content.split()))
        path = f"$.composition.text_overlays[{index}].time.duration_seconds"
        if length > shown * MOST_CHARACTERS_A_SECOND:
            yield Issue(
                "text_too_fast",
                "warning",
                path,
                f"text {said(overlay)} has {length} characters in {short(shown)} s,"
                f" {round(length / max(shown, 1e-6))} a second; {MOST_CHARACTERS_A_SECOND} can be read",
                f"show it for {short(round(length / MOST_CHARACTERS_A_SECOND + 0.05, 1))} s, or say less",
            )
        elif shown < LEAST_SECONDS:
            yield Issue(
                "text_too_brief",
                "warning",
                path,
                f"text {said(overlay)} shows for {short(shown)} s only",
                f"show it for {LEAST_SECONDS} s or longer",
            )


def texts_overlap(document: Document) -> Iterator[Issue]:
    """No text is drawn over another. Source: decision D21 (both are centred in their boxes).

    Told only where it is certain: both texts have boxes of their own or both
    have none, and even the least ground that their letters can take is shared.
    """
    latest = 0.0
    together = False
    for row in document.placed.texts:
        if row.start is not None and row.cut is not None:
            together = together or row.start < latest
            latest = max(latest, row.cut)
    for index, other in _colliding(document) if together else ():
        later, first = max(index, other), min(index, other)
        yield Issue(
            "texts_overlap",
            "warning",
            f"$.composition.text_overlays[{later}].layout",
            f"text {said(document.overlays[later])} is drawn over"
            f" {said(document.overlays[first])} while both are shown",
            "give each a layout of its own, or show one after the other",
        )


def _colliding(document: Document) -> Iterator[tuple[int, int]]:
    """Yield each text with the first that it collides with, by their places in the list."""
    texts = document.placed.texts
    rows = sorted(
        (row.start, row.index, row.cut) for row in texts if row.start is not None and row.cut is not None
    )
    running: list[int] = []
    for start, index, cut in rows:
        running = [other for other in running if (texts[other].cut or 0) - start > 1 / FPS]
        for other in running[-MOST_AT_ONCE:]:
            if _collide(document, index, other):
                yield index, other
                break
        if cut > start:
            running.append(index)


def _collide(document: Document, one: int, other: int) -> bool:
    a, b = document.overlays[one], document.overlays[other]
    if (a.layout is None) != (b.layout is None) or a.content == b.content:
        return False  # the same words twice are an effect
    ground, beside = _ground(document, a), _ground(document, b)
    return ground is not None and beside is not None and ground.meets(beside)


def _ground(document: Document, overlay: TextOverlay) -> Corners | None:
    """Return the least ground that a text's letters take, or ``None`` where it cannot be told."""
    shared: Layout | None = None
    if document.composition.global_layouts is not None:
        shared = document.composition.global_layouts.text
    box = corners_of(document.manifest.output, overlay.layout, shared)
    if box is None or box.right <= box.left or box.bottom <= box.top:
        return None
    size = number(document, overlay, "font_size", FONT_SIZE)
    height = number(document, overlay, "line_height", LINE_HEIGHT)
    pitch = height * size if height <= MULTIPLIERS_END else height
    lines = overlay.content.strip("\n").split("\n")
    high = min(len(lines) * pitch, 1e6) * 0.7  # letters do not fill their line
    wide = min(max(map(len, lines)) * size * _NARROWEST, box.right - box.left)
    middle = (box.top + box.bottom) / 2
    left = (box.left + box.right - wide) / 2
    align = style_value(document, overlay, "text_align")
    if align in ("left", "justify"):
        left = box.left
    elif align == "right":
        left = box.right - wide
    return Corners(left, middle - high / 2, left + wide, middle + high / 2)


def style_value(document: Document, overlay: TextOverlay, key: str) -> object:
    """Return what a text's style says, else what is said for all texts. Source: contract §2."""
    held = getattr(overlay.style, key, None)
    if held is None and document.composition.global_styles is not None:
        held = getattr(document.composition.global_styles.text, key, None)
    return held


def number(document: Document, overlay: TextOverlay, key: str, otherwise: float) -> float:
    """Return a number of a text's style as far as it can be drawn with."""
    held = style_value(document, overlay, key)
    return held if isinstance(held, (int, float)) and -1e6 < held < 1e6 else otherwise
