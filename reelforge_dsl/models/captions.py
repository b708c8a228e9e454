"""Captions and their words. Source: contract §7."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, field, frozen

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import fields
from reelforge_dsl.models.choices import Mode, Preset, Provider, TextAlign
from reelforge_dsl.models.fields import author_values
from reelforge_dsl.models.foreign import Extras, Json
from reelforge_dsl.models.layers import Time
from reelforge_dsl.models.layout import Layout
from reelforge_dsl.models.making import maker
from reelforge_dsl.models.overlays import TextStyle

_LATE = 2**53

_SECONDS = 1000


@define(frozen=True, init=False)
class Word:
    """One spoken word.

    Attributes:
        text: The word, with its punctuation; an empty one is sent as it is and shows nothing.
        start: Whole **milliseconds** of output time, at least 0.
        end: Whole **milliseconds** of output time, at least ``start``.
        speaker: Who says it, or ``None``.
        extra: Keys the contract does not name.

    Raises:
        FieldError: A value has the wrong type, is outside its range, or the word ends before it starts.

    Source: contract §7, ``words[]``.
    """

    text: str = field(metadata=fields.text())
    start: int = field(metadata=fields.whole(least=0))
    end: int = field(metadata=fields.whole(least=0))
    speaker: str | None = field(default=None, metadata=fields.text())
    extra: Extras = ()

    def __init__(
        self, text: str, start: int, end: int, speaker: str | None = None, *, extra: Extras = ()
    ) -> None:
        # Words come by the thousand: the usual one is known to be right without asking the table.
        if type(text) is str and type(start) is int and type(end) is int and speaker is None:  # noqa: SIM102
            if 0 <= start <= end < _LATE and text.isascii():
                self.__attrs_init__(text, start, end, None, extra)
                return
        are_floats = isinstance(start, float) and isinstance(end, float)
        if are_floats and 0 <= start <= end < _SECONDS and (start % 1 or end % 1):
            raise FieldError(
                f"Word.start: {text!r} from {start:g} to {end:g} looks like seconds",
                fix=f"words are milliseconds: {round(1000 * start)} and {round(1000 * end)}",
                field="Word.start",
                value=start,
            )
        values = author_values(Word, {"text": text, "start": start, "end": end, "speaker": speaker})
        if values["end"] < values["start"]:
            raise FieldError(
                f"Word.end: {text!r} ends at {end} ms, before its start at {start} ms",
                fix="start and end are milliseconds of output time, start first",
                field="Word.end",
                value=end,
            )
        self.__attrs_init__(**values, extra=extra)


LATEST = 10**12
"""Milliseconds that no transcript reaches: thirty years."""


class Orderly(tuple[Word, ...]):
    """Words that `words_from` found plain and in order, so that no rule of words has to look again.

    Each is ASCII without a brace, in whole milliseconds, without speaker or unknown key, and starts
    when the one before has ended. Looking at 60 words four times took a twentieth of a reel's time.
    """

    __slots__ = ()


_make_word = maker(Word)


def words_from(
    items: Iterable[Any], otherwise: Callable[[Any, int], Word], *, strip: bool
) -> tuple[Word, ...]:
    """Return words, the usual dict taken at one look, for words come by the thousand.

    Args:
        items: Plain dicts ``{text, start, end}``, and others.
        otherwise: What takes an item that is not usual, and its place.
        strip: Leave out the blanks around a text.
    """
    made: list[Word] = []
    latest, is_orderly = 0, True
    for item in items:
        if (
            type(item) is dict
            and len(item) == 3
            and type(text := item.get("text")) is str
            and type(start := item.get("start")) is int
            and type(end := item.get("end")) is int
            and 0 <= start <= end <= LATEST
            and text.isascii()
        ):
            if start < latest or "{" in text:
                is_orderly = False
            latest = end
            made.append(_make_word(text.strip() if strip else text, start, end))
        else:
            is_orderly = False
            made.append(otherwise(item, len(made)))
    return Orderly(made) if is_orderly else tuple(made)


@define(frozen=True, init=False)
class CaptionStyle(TextStyle):
    """How captions look: the keys of `TextStyle`, and the spoken word's colour.

    Attributes:
        highlight_color: Colour of the word while it is spoken.

    Raises:
        FieldError: A value has the wrong type or is outside its range.

    Source: contract §7, ``style``.
    """

    highlight_color: str | None = field(default=None, metadata=fields.color())

    def __init__(
        self,
        *,
        font_size: float | None = None,
        font_family: str | None = None,
        font_weight: float | str | None = None,
        color: str | None = None,
        text_align: TextAlign | None = None,
        letter_spacing: float | None = None,
        line_height: float | None = None,
        stroke_color: str | None = None,
        stroke_width: float | None = None,
        shadow_color: str | None = None,
        shadow_blur: float | None = None,
        shadow_offset_x: float | None = None,
        shadow_offset_y: float | None = None,
        highlight_color: str | None = None,
        extra: Extras = (),
    ) -> None:
        given = locals().items()
        said = {k: value for k, value in given if value is not None and k not in ("self", "__class__")}
        self.__attrs_init__(**author_values(CaptionStyle, said))


@define(frozen=True, init=False)
class TimeOverride:
    """Another style or place for the captions, for a while.

    Attributes:
        time: Output seconds.
        style: Keys that win over the captions' own.
        layout: Keys that win over the captions' own.
        extra: Keys the contract does not name.

    Raises:
        FieldError: A value has the wrong type.

    Source: decision D9 (the shape is not published).
    """

    time: Time = field(metadata=fields.part(Time))
    style: CaptionStyle | None = field(default=None, metadata=fields.part(CaptionStyle))
    layout: Layout | None = field(default=None, metadata=fields.part(Layout))
    extra: Extras = ()

    def __init__(
        self,
        time: Time,
        style: CaptionStyle | None = None,
        layout: Layout | None = None,
        *,
        extra: Extras = (),
    ) -> None:
        values = author_values(TimeOverride, {"time": time, "style": style, "layout": layout})
        self.__attrs_init__(**values, extra=extra)


@frozen
class Captions:
    """The captions of the composition.

    Attributes:
        provider: ``assemblyai``.
        preset: Their look.
        mode: How words appear; drawn as ``phrase_karaoke`` when left out.
        words: Used directly when given; else the service transcribes.
        transcription_source_asset_id: Which asset holds the speech; needed when it is not plain.
        correct_text: The right punctuation and casing of what is said.
        max_chars_per_segment: Characters a phrase, at least 1; 20 (decision D23).
        layout: Their box, completed from the preset's.
        style: Keys that win over the preset's.
        time_overrides: Other styles for a while; shapes we do not know are kept as they came.
        extra: Keys the contract does not name.

    Source: contract §7.
    """

    provider: Provider | str = field(metadata=fields.choice(Provider))
    preset: Preset | str = field(metadata=fields.choice(Preset))
    mode: Mode | str | None = field(default=None, metadata=fields.choice(Mode))
    words: tuple[Word, ...] | None = field(default=None, metadata=fields.parts(Word))
    transcription_source_asset_id: str | None = field(default=None, metadata=fields.name())
    correct_text: str | None = field(default=None, metadata=fields.text())
    max_chars_per_segment: int | None = field(default=None, metadata=fields.whole(least=1))
    layout: Layout | None = field(default=None, metadata=fields.part(Layout))
    style: CaptionStyle | None = field(default=None, metadata=fields.part(CaptionStyle))
    time_overrides: tuple[TimeOverride, ...] | Json | None = field(
        default=None, metadata=fields.parts(TimeOverride)
    )
    extra: Extras = ()
