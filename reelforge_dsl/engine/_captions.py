"""Captions as one track of pictures: a picture for every moment that looks different."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from reelforge_dsl.engine._graph import seconds
from reelforge_dsl.engine._presets import BOX, PRESETS, WIDTH
from reelforge_dsl.engine._scene import Box, Frame
from reelforge_dsl.engine._text import MULTIPLIERS_END, Region, drawn, look_of, origin_of, paint_of, region_of
from reelforge_dsl.errors import Issue
from reelforge_dsl.lettering import Block, Look, Paint, PlacedWord, lay_out, words_of
from reelforge_dsl.models import Captions, CaptionStyle, Layout
from reelforge_dsl.models.merging import merged
from reelforge_dsl.timing import Phrase, phrases
from reelforge_dsl.units import FPS, frame_at

_LINES = 2
"""Most lines a phrase shows. Source: decision D23."""


@frozen
class CaptionTrack:
    """All captions of a film.

    Attributes:
        pictures: File name and drawing of every different picture; all have the region's size.
        cues: (picture's file name, output frame where it appears), in time order, without gaps.
        region: Where they lie.
        first: Output frame of the first.
        end: Output frame after the last.
    """

    pictures: tuple[tuple[str, str], ...]
    cues: tuple[tuple[str, int], ...]
    region: Region
    first: int
    end: int

    def list_text(self) -> str:
        """Return the track as FFmpeg's list of files, counted from the first picture."""
        lines = ["ffconcat version 1.0"]
        ends = [start for _, start in self.cues[1:]] + [self.end]
        for (name, start), end in zip(self.cues, ends, strict=True):
            # The default clock of a picture ticks 25 times a second; ours would be rounded to it.
            lines += [f"file {name}", f"option framerate {FPS}", f"duration {seconds(end - start)}"]
        return "\n".join(lines) + "\n"


@frozen
class _Moment:
    """One look of one phrase."""

    phrase: int
    active: int | None
    first: int
    end: int


def caption_track(
    captions: Captions, frames: int, frame: Frame
) -> tuple[CaptionTrack | None, tuple[Issue, ...]]:
    """Draw the captions.

    Args:
        captions: With words, and a preset that the engine draws.
        frames: How long the film is.
        frame: The size to render.

    Returns:
        The track, or ``None`` when nothing shows, and warnings about fonts and letters.
    """
    preset = PRESETS[captions.preset]
    scale = frame.width / WIDTH
    style = merged(_scaled(preset.style, scale), _own(captions, frame))
    box = Box.of(BOX | (captions.layout or Layout()), frame)
    look = look_of(style, 1.0)
    said = evolve(captions, words=tuple(word for word in captions.words or () if words_of(word.text)))
    pieces = [piece for phrase in phrases(said) for piece in _short(phrase, look, box.width)]
    blocks = [_laid(piece, look, box.width) for piece in pieces]
    alone = captions.mode == "word_only" and preset.word_shows_highlight
    paints = _Paints(paint_of(style, 1.0), paint_of(_highlit(style), 1.0), alone)
    moments = _moments(pieces, frames)
    touched = [region_of(block, paints.of(None), origin_of(block, box), frame) for block in blocks]
    region = _around(found for found in touched if found is not None)
    issues = _told(blocks)
    if region is None or not moments:
        return None, issues
    return _track(moments, blocks, paints, box, region), issues


@frozen
class _Paints:
    """The colours of a word while it is not spoken and while it is."""

    plain: Paint
    spoken: Paint
    alone: bool

    def of(self, active: int | None) -> functools.partial[Paint]:
        return functools.partial(self._paint, active)

    def _paint(self, active: int | None, word: PlacedWord) -> Paint:
        return self.spoken if self.alone or word.start == active else self.plain


def _track(
    moments: Sequence[_Moment], blocks: Sequence[Block], paints: _Paints, box: Box, region: Region
) -> CaptionTrack:
    names: dict[str, str] = {}
    cues: list[tuple[str, int]] = []
    cursor = moments[0].first
    for moment in moments:
        if moment.first > cursor:
            cues.append((_named(names, _blank(region)), cursor))
        block = blocks[moment.phrase]
        picture = drawn(block, paints.of(moment.active), origin_of(block, box), region)
        cues.append((_named(names, picture), moment.first))
        cursor = moment.end
    pictures = tuple((name, picture) for picture, name in names.items())
    return CaptionTrack(pictures, tuple(cues), region, moments[0].first, cursor)


def _named(names: dict[str, str], picture: str) -> str:
    return names.setdefault(picture, f"caption-{len(names)}.png")


def _blank(region: Region) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{region.width}" height="{region.height}"></svg>'


def _moments(pieces: Sequence[Phrase], frames: int) -> list[_Moment]:
    """Return every look in time order, in output frames, those of no frame left out."""
    moments: list[_Moment] = []
    for index, piece in enumerate(pieces):
        for state in piece.states():
            first, end = frame_at(state.start_ms / 1000), min(frame_at(state.end_ms / 1000), frames)
            first = max(first, moments[-1].end if moments else 0)
            if end > first:
                moments.append(_Moment(index, state.active, first, end))
    return moments


def _short(phrase: Phrase, look: Look, width: int) -> list[Phrase]:
    """Cut a phrase that needs more than two lines where its third begins. Source: decision D23."""
    pieces: list[Phrase] = []
    while True:
        lines = _laid(phrase, look, width).lines
        cut = lines[_LINES].words[0].start if len(lines) > _LINES else 0
        if not 0 < cut < len(phrase.words):
            return [*pieces, phrase]
        turn = phrase.words[cut].start
        pieces.append(evolve(phrase, words=phrase.words[:cut], end_ms=turn))
        phrase = evolve(phrase, words=phrase.words[cut:], start_ms=turn)


def _laid(phrase: Phrase, look: Look, width: int) -> Block:
    # A blank inside a word would make it two, and the highlight would miss.
    words = ("\u00a0".join(words_of(word.text)) for word in phrase.words)
    return lay_out(" ".join(words), look, max(width, 1), balance=True, path="$.composition.captions")


def _own(captions: Captions, frame: Frame) -> CaptionStyle:
    """Return the document's style in rendered pixels."""
    return _scaled(captions.style or CaptionStyle(), frame.scale)


def _scaled(style: CaptionStyle, scale: float) -> CaptionStyle:
    """Return a style with its pixels multiplied."""
    pixels = ("font_size", "stroke_width", "shadow_blur", "shadow_offset_x", "shadow_offset_y")
    grown = {name: getattr(style, name) * scale for name in pixels if getattr(style, name) is not None}
    if style.line_height is not None and style.line_height > MULTIPLIERS_END:
        grown["line_height"] = style.line_height * scale
    return evolve(style, **grown)


def _highlit(style: CaptionStyle) -> CaptionStyle:
    return evolve(style, color=style.highlight_color or style.color)


def _around(regions: Iterable[Region]) -> Region | None:
    found = list(regions)
    if not found:
        return None
    left, top = min(region.x for region in found), min(region.y for region in found)
    right = max(region.x + region.width for region in found)
    bottom = max(region.y + region.height for region in found)
    return Region(left, top, right - left, bottom - top)


def _told(blocks: Iterable[Block]) -> tuple[Issue, ...]:
    """Return each warning once."""
    return tuple(dict.fromkeys(issue for block in blocks for issue in block.issues))
