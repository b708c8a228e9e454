"""The adding verbs: what is seen, heard and read, one call each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, Self

from attrs import frozen

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import CaptionStyle, Layout, TextStyle, TimeOverride, Word
from reelforge_dsl.models.choices import Background, Fit, Mode, Motion, Preset
from reelforge_dsl.models.making import altered, maker
from reelforge_dsl.timeline._change import caption_value, clock_needs_words, free_name, mended_in, when_said
from reelforge_dsl.timeline._entries import CaptionsEntry, Entry, When
from reelforge_dsl.timeline._keywords import CALLED, checked, checked_looks, source_url
from reelforge_dsl.timeline._lines import author_line
from reelforge_dsl.timeline._reading import Reading


class Tune(Protocol):
    """Anything with an address of a sound: a generated music track."""

    @property
    def audio_url(self) -> str:
        """Where it is."""


Src = str | os.PathLike[str]
"""An http(s) or ``file:`` URL, or a local file's path."""


@frozen(init=False, repr=False)
class Adding(Reading):
    """Verbs that add; each returns a new timeline and leaves its own alone."""

    def video(
        self,
        src: Src,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        trim: float | None = None,
        fit: Fit | None = None,
        layout: Layout | None = None,
        motion: Motion | None = None,
        background: Background | None = None,
        transform: str | None = None,
        volume: float | None = None,
        muted: bool | None = None,
        crossfade: float | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add a clip above everything so far.

        Without ``start``, ``after`` and ``during`` it comes next: at the latest end of the pictures
        before, less ``crossfade``. Without ``duration`` it lasts to the end of its file; where v1
        cannot stitch it so, that is an issue until `resolve`.

        Args:
            src: An http(s) URL, a ``Path`` or a ``file:`` URL (local engine only).
            start: Output seconds, at least 0.
            duration: Output seconds, above 0.
            after: The id at whose end it starts.
            during: The id beside which it is there.
            offset: Output seconds later than ``after`` or ``during`` says; earlier when negative.
            trim: Where the file starts playing, source seconds, at least 0.
            fit: ``"cover"`` fills the box and crops, ``"contain"`` shows everything.
            layout: Its box; the full frame when left out.
            motion: Ken Burns movement over its duration.
            background: What fills the box beside a contained picture.
            transform: CSS-like, as ``"rotate(3deg)"``.
            volume: Multiplier, at least 0; 1 as recorded.
            muted: Without its sound.
            crossfade: Seconds, at least 0, in which it dissolves from the picture before.
            id: Its name; ``video-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, or an id is unknown.

        Source: contract §3, §4; decisions D6, D10.
        """
        when = when_said(self._sheet, "video", start, duration, after, during, offset)
        looks = (trim, fit, layout, motion, background, transform, volume, muted, crossfade)
        return self._with("video", src, id, when, looks)

    def image(
        self,
        src: Src,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        fit: Fit | None = None,
        layout: Layout | None = None,
        motion: Motion | None = None,
        background: Background | None = None,
        transform: str | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add a still above everything so far.

        With ``duration`` alone it comes next, at the latest end of the pictures before; with a start
        alone it lasts to the end of the film. The first picture may leave out both: 0 to the end.

        Args:
            src: As in `video`.
            start: Output seconds, at least 0.
            duration: Output seconds, above 0.
            after: The id at whose end it starts.
            during: The id beside which it is there.
            offset: Output seconds later than ``after`` or ``during`` says; earlier when negative.
            fit: ``"cover"`` fills the box and crops, ``"contain"`` shows everything.
            layout: Its box; the full frame when left out.
            motion: Ken Burns movement over its duration.
            background: What fills the box beside a contained picture.
            transform: CSS-like, as ``"rotate(3deg)"``.
            id: Its name; ``image-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, an id is unknown, or too little is said.

        Source: contract §3, §4; decisions D18, D19.
        """
        when = when_said(self._sheet, "image", start, duration, after, during, offset)
        looks = (fit, layout, motion, background, transform)
        return self._with("image", src, id, when, looks)

    def audio(
        self,
        src: Src | Tune,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        trim: float | None = None,
        volume: float | None = None,
        loop: bool | None = None,
        fade_in: float | None = None,
        fade_out: float | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add a sound.

        Without a start it begins at 0, without ``duration`` it is heard to the end of the film.
        `voiceover` and `music` say the same of speech and of music.

        Args:
            src: As in `video`, or a music track.
            start: Output seconds, at least 0.
            duration: Output seconds, above 0.
            after: The id at whose end it starts.
            during: The id beside which it is heard.
            offset: Output seconds later than ``after`` or ``during`` says; earlier when negative.
            trim: Where the file starts playing, source seconds, at least 0.
            volume: Multiplier, at least 0; 1 as recorded.
            loop: Repeat it to its duration.
            fade_in: Seconds, at least 0.
            fade_out: Seconds, at least 0.
            id: Its name; ``audio-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, or an id is unknown.

        Source: contract §3, §4; decisions D12, D18.
        """
        when = when_said(self._sheet, "audio", start, duration, after, during, offset)
        looks = (trim, volume, loop, fade_in, fade_out)
        return self._with("audio", src, id, when, looks)

    def voiceover(
        self,
        src: Src | Tune,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        trim: float | None = None,
        volume: float | None = None,
        loop: bool | None = None,
        fade_in: float | None = None,
        fade_out: float | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add speech: as `audio`, and what captions are made from when nothing else is said.

        Args:
            src: As in `audio`.
            start: As in `audio`, output seconds.
            duration: As in `audio`, output seconds.
            after: As in `audio`.
            during: As in `audio`.
            offset: As in `audio`, output seconds.
            trim: As in `audio`, source seconds.
            volume: As in `audio`.
            loop: As in `audio`.
            fade_in: As in `audio`, seconds.
            fade_out: As in `audio`, seconds.
            id: Its name; ``voiceover-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, or an id is unknown.

        Source: contract §3; decision D8.
        """
        when = when_said(self._sheet, "voiceover", start, duration, after, during, offset)
        looks = (trim, volume, loop, fade_in, fade_out)
        return self._with("voiceover", src, id, when, looks)

    def music(
        self,
        src: Src | Tune,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        trim: float | None = None,
        volume: float | None = None,
        loop: bool | None = None,
        fade_in: float | None = None,
        fade_out: float | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add music: as `audio`, but never speech, and never what the film's length comes from.

        Music that was given more time than the film has is sent as long as the film; alone it is
        the film.

        Args:
            src: As in `audio`.
            start: As in `audio`, output seconds.
            duration: As in `audio`, output seconds.
            after: As in `audio`.
            during: As in `audio`.
            offset: As in `audio`, output seconds.
            trim: As in `audio`, source seconds.
            volume: As in `audio`.
            loop: As in `audio`.
            fade_in: As in `audio`, seconds.
            fade_out: As in `audio`, seconds.
            id: Its name; ``music-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, or an id is unknown.

        Source: contract §3, §8; decisions D8, D18.
        """
        when = when_said(self._sheet, "music", start, duration, after, during, offset)
        looks = (trim, volume, loop, fade_in, fade_out)
        return self._with("music", src, id, when, looks)

    def text(
        self,
        content: str,
        *,
        start: float | None = None,
        duration: float | None = None,
        after: str | None = None,
        during: str | None = None,
        offset: float | None = None,
        style: TextStyle | None = None,
        layout: Layout | None = None,
        id: str | None = None,  # noqa: A002 - the wire's word
    ) -> Self:
        """Add text above all media.

        It needs a start; without ``duration`` it stays to the end of the film.

        Args:
            content: What it says; line breaks are kept.
            start: Output seconds, at least 0.
            duration: Output seconds, above 0.
            after: The id at whose end it appears.
            during: The id beside which it is there.
            offset: Output seconds later than ``after`` or ``during`` says; earlier when negative.
            style: How it looks, over `text_defaults`.
            layout: Its box; the full frame when left out.
            id: Its name; ``text-1`` and so on when left out.

        Raises:
            FieldError: A value is outside the contract, an id is unknown, or no start is said.

        Source: contract §6.
        """
        sheet = self._sheet
        entry = _entry(
            "text",
            sheet.free_id("text") if id is None else free_name(sheet, ".text", id),
            None,
            checked(".text", "content", content),
            checked_looks("text", (style, layout)),
            when_said(sheet, "text", start, duration, after, during, offset),
            None,
            author_line(".text"),
        )
        return self._of(sheet.adding(entry, is_named=id is not None))

    def captions(
        self,
        preset: Preset | None,
        *,
        words: Iterable[Word | Mapping[str, Any]] | None = None,
        clock: str | None = None,
        source: Src | Tune | None = None,
        mode: Mode | None = None,
        correct_text: str | None = None,
        max_chars_per_segment: int | None = None,
        style: CaptionStyle | None = None,
        layout: Layout | None = None,
        time_overrides: Iterable[TimeOverride] | None = None,
    ) -> Self:
        """Set the captions, in place of any before; ``None`` takes them away.

        Args:
            preset: Their look.
            words: What is said, in whole milliseconds of the film; without them the service transcribes.
            clock: The id of the layer on whose file the words are; then they move with it.
            source: What is transcribed: an id or a src. Without it the only voiceover, else the only
                sound that is not music.
            mode: How words appear; ``"phrase_karaoke"`` when left out.
            correct_text: The right punctuation and casing of what is said.
            max_chars_per_segment: Characters a phrase, at least 1.
            style: Keys that win over the preset's.
            layout: Keys that win over the preset's.
            time_overrides: Other styles for a while.

        Raises:
            FieldError: A value is outside the contract, or an id is unknown.

        Source: contract §7; decision D8.
        """
        if preset is None:
            return self._of(altered(self._sheet, captions=None))
        given = {
            "preset": preset,
            "mode": mode or "phrase_karaoke",
            "words": words,
            "clock": clock,
            "source": source,
            "correct_text": correct_text,
            "max_chars_per_segment": max_chars_per_segment,
            "layout": layout,
            "style": style,
            "time_overrides": tuple(time_overrides)
            if isinstance(time_overrides, Iterable)
            else time_overrides,
        }
        where, sheet = ".captions", self._sheet
        said = {k: caption_value(sheet, where, k, v) for k, v in given.items() if v is not None}
        clock_needs_words(where, said)
        captions = CaptionsEntry(tuple(said.items()), line=author_line(where), mended=mended_in(words))
        return self._of(altered(sheet, captions=captions))

    def _with(self, verb: str, src: Any, name: str | None, when: When, looks: tuple[Any, ...]) -> Self:
        """Return the timeline with one more layer."""
        where, sheet = CALLED[verb], self._sheet
        if src is None:
            raise FieldError(f"{where}: src: a value is needed, got None", field=f"{where}: src")
        entry = _entry(
            verb,
            sheet.free_id(verb) if name is None else free_name(sheet, where, name),
            source_url(where, src, sound=verb not in ("video", "image")),
            None,
            checked_looks(verb, looks),
            when,
            None,
            author_line(where),
        )
        return self._of(sheet.adding(entry, is_named=name is not None))


_entry = maker(Entry)
