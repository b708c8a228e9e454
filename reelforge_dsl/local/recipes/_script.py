"""A recipe request, opened: its variables as values, its sources measured in frames."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import frozen

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.local.recipes._looks import Part, caption_preset, evened, lettered
from reelforge_dsl.models import CaptionStyle, Layout, Media, TextStyle, Word
from reelforge_dsl.models.choices import Preset
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.units import FPS, MAX_SECONDS, frame_at, plain, real, short
from reelforge_dsl.wire import from_dict

_STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff"})
_CLIPS = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ogv", ".mpg", ".mpeg", ".ts"})

_FLASH = FPS
"""Frames below which a picture is gone before it is seen."""


@frozen
class Span:
    """A stretch of the film.

    Attributes:
        first: Its first output frame.
        last: The frame it ends before.
    """

    first: int
    last: int

    @property
    def frames(self) -> int:
        """How many output frames it has."""
        return self.last - self.first

    @property
    def when(self) -> tuple[float, float]:
        """Start and duration in output seconds."""
        return seconds(self.first), seconds(self.frames)

    def shares(self, count: int) -> Iterator[Span]:
        """Yield it in equal parts, the edges on the nearest frames; some are empty where it is too short."""
        edges = [self.first + math.floor(self.frames * part / count + 0.5) for part in range(count + 1)]
        for first, last in pairwise(edges):
            yield Span(first, last)

    def rounds(self, frames: int) -> Iterator[Span]:
        """Yield it in stretches of so many frames; in equal ones where the last would be a mere flash."""
        count = -(-self.frames // frames)
        if count > 1 and 0 < self.frames % frames < _FLASH:
            yield from self.shares(count)
            return
        for first in range(self.first, self.last, frames):
            yield Span(first, min(first + frames, self.last))

    def opening(self, frames: int) -> Span:
        """Return its first frames, or all when it has fewer."""
        return Span(self.first, min(self.last, self.first + frames))

    def ending(self, frames: int) -> Span:
        """Return its last frames, or all when it has fewer."""
        return Span(max(self.first, self.last - frames), self.last)


def seconds(frames: int) -> float:
    """Return output frames in seconds, near enough to be the same frame again."""
    return plain(round(frames / FPS, 6))


@frozen
class Script:
    """What a recipe is filled with, and how long its files are.

    Attributes:
        values: The variables, as the request has them.
        preset: The look of the captions; text is set to go with it.
        media: How long files are, source seconds.
    """

    values: Mapping[str, Any]
    preset: Preset
    media: Media

    @classmethod
    def of(cls, request: RecipeRequest, media: Media) -> Script:
        """Open a request that has no errors."""
        return cls(request.variables.value, caption_preset(request.style_preset), media)

    def text(self, name: str) -> str:
        """Return a text of the variables, ``""`` for one left out or blank."""
        held: str = self.values.get(name, "")
        return held if held.strip() else ""

    def part(self, name: str, content: str, default: Part) -> Part:
        """Return how a part looks: what the request says of it wins key by key over the recipe's own.

        The letters are made smaller until the text fits its box, unless their size is the request's.
        """
        box = self.box(name, default.layout)
        style = self.letters(name, content, default.style, box)
        return Part(style, self.evened(name, content, style, box))

    def box(self, name: str, default: Layout) -> Layout:
        """Return a part's box."""
        given = self._read(f"{name}_layout", Layout)
        return default if given is None else default | given

    def evened(self, name: str, content: str, style: TextStyle, box: Layout) -> Layout:
        """Return a part's box made narrower for even lines, unless the request says where it is."""
        return box if f"{name}_layout" in self.values else evened(content, style, box)

    def letters(self, name: str, content: str, default: TextStyle, box: Layout) -> TextStyle:
        """Return a part's letters for a text in a box."""
        return lettered(content, default, self._read(f"{name}_style", TextStyle), box, self.preset)

    def caption_looks(self) -> tuple[CaptionStyle | None, Layout | None]:
        """Return what the request says of the captions; the rest is their preset's."""
        return self._read("captions_style", CaptionStyle), self._read("captions_layout", Layout)

    def words(self) -> tuple[Word, ...] | None:
        """Return what is said, ``None`` when that is to be transcribed."""
        held = self.values.get("transcript_words")
        return None if held is None else tuple([from_dict(word, Word) for word in held])

    def film(self, name: str, *, start: float = 0, limit: float | None = None) -> Span:
        """Return the whole film, as long as the source that sets its length.

        Args:
            name: The variable with that source.
            start: Where it starts playing, source seconds.
            limit: The longest that it plays, seconds, or ``None``.

        Raises:
            ManifestInvalidError: Its length is not known, used up by ``start``, or over 300 s.
        """
        path, whole = f"$.variables.{name}", self.length(self.values[name])
        if whole is None:
            message = f"{name} sets the film's length, and its own is not known"
            raise _no_film(Issue("length_unknown", "error", path, message, "give a sound or a clip"))
        lasts = whole - start
        if lasts <= 0:
            message = f"{name} lasts {short(whole)} s, and is to start at {short(start)} s"
            where = path.removesuffix("_url") + "_start_seconds"
            raise _no_film(Issue("trim_past_end", "error", where, message, f"use less than {short(whole)}"))
        frames = max(1, frame_at(lasts if limit is None else min(lasts, limit)))
        if frames > MAX_SECONDS * FPS:
            message = f"{name} lasts {short(lasts)} s; a film is at most {MAX_SECONDS} s long"
            raise _no_film(Issue("too_long", "error", path, message, "shorten it, or make two films"))
        return Span(0, frames)

    def length(self, url: str) -> float | None:
        """Return how many source seconds a file has, ``None`` for a still or one not measured."""
        held = real(self.media.get(url) if isinstance(self.media, Mapping) else self.media(url))
        return held if held is not None and held > 0 else None

    def is_clip(self, url: str) -> bool:
        """Tell a clip from a still: by its name where that says it, else by whether it has a length."""
        ending = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
        return ending in _CLIPS or (ending not in _STILLS and self.length(url) is not None)

    def _read(self, name: str, cls: type[Any]) -> Any:
        held = self.values.get(name)
        return None if held is None else from_dict(held, cls)


def _no_film(issue: Issue) -> ManifestInvalidError:
    return ManifestInvalidError("This recipe makes no film", issues=[issue])
