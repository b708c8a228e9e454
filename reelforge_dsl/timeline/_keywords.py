"""What a verb's keywords may hold: each is a model's field, checked by that field's own rule."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.models import (
    Asset,
    Captions,
    Composition,
    Layer,
    LayerStyle,
    Layout,
    MediaSettings,
    TextOverlay,
    Time,
    TimeOverride,
    Trim,
)
from reelforge_dsl.models.fields import Rule, author_value, right_value, rules_of, told

Said = tuple[tuple[str, Any], ...]
"""Keywords as they were said, in the verb's order; ``None`` takes a loaded key away."""

WHEN = ("start", "duration", "after", "during", "offset")
_PICTURE = ("fit", "layout", "motion", "background", "transform")
_SOUND = ("trim", "volume", "loop", "fade_in", "fade_out")
LOOKS: dict[str, tuple[str, ...]] = {
    "video": ("trim", *_PICTURE, "volume", "muted", "crossfade"),
    "image": _PICTURE,
    "audio": _SOUND,
    "voiceover": _SOUND,
    "music": _SOUND,
    "text": ("style", "layout"),
    "captions": (
        *("words", "clock", "source", "mode", "correct_text", "max_chars_per_segment"),
        *("style", "layout", "time_overrides"),
    ),
}
"""Each verb's keywords, beside when and ``id``."""

MEDIA_SETTINGS = {
    "volume": "volume",
    "muted": "muted",
    "loop": "loop",
    "fade_in": "fade_in_seconds",
    "fade_out": "fade_out_seconds",
    "crossfade": "crossfade_seconds",
}
"""Keywords that stand in ``media_settings``, and their names there."""

_TEXT_STYLE = rules_of(TextOverlay)["style"]
_RULES: dict[str, Rule] = {
    "start": rules_of(Time)["start_seconds"],
    "duration": rules_of(Time)["duration_seconds"],
    "after": rules_of(Layer)["id"],
    "during": rules_of(Layer)["id"],
    "offset": Rule("number"),
    "id": rules_of(Layer)["id"],
    "trim": rules_of(Trim)["start_seconds"],
    "fit": rules_of(Layout)["fit"],
    "layout": rules_of(Layer)["layout"],
    "motion": rules_of(Layer)["motion"],
    "background": rules_of(Layer)["background_mode"],
    "transform": rules_of(LayerStyle)["transform"],
    "style": _TEXT_STYLE,
    "content": rules_of(TextOverlay)["content"],
    "total_duration": rules_of(Composition)["duration_seconds"],
    **{word: rules_of(MediaSettings)[key] for word, key in MEDIA_SETTINGS.items()},
}
_CAPTIONS: dict[str, Rule] = {
    **{key: rule for key, rule in rules_of(Captions).items() if key in LOOKS["captions"]},
    "preset": rules_of(Captions)["preset"],
    "clock": rules_of(Layer)["id"],
    "time_overrides": Rule("list", of=TimeOverride),
}


def checked(where: str, key: str, value: Any) -> Any:
    """Return one keyword's value as the models hold it.

    Args:
        where: The verb, as ``.video``.
        key: The keyword.
        value: What was given, not ``None``.

    Raises:
        FieldError: It has the wrong type or is outside the contract.
    """
    held = right_value(_RULES[key], value)
    return author_value(_RULES[key], value, f"{where}: {key}") if held is None else held


def checked_caption(where: str, key: str, value: Any) -> Any:
    """Return one keyword of ``.captions`` as the models hold it; words as a tuple.

    Raises:
        FieldError: It has the wrong type or is outside the contract.
    """
    if key == "words":
        from reelforge_dsl.words import Words  # a film without captions needs no transcripts

        return tuple(Words.of(value))
    if key == "source":
        return value
    return author_value(_CAPTIONS[key], value, f"{where}: {key}")


def checked_all(where: str, looks: Mapping[str, Any]) -> Said:
    """Return the keywords that were given, checked.

    Raises:
        FieldError: One is outside the contract, or ``fit`` is said twice.
    """
    said = tuple([(key, checked(where, key, value)) for key, value in looks.items() if value is not None])
    one_fit(where, dict(said))
    return said


def one_fit(where: str, said: Mapping[str, Any]) -> None:
    """Refuse ``fit=`` beside a ``layout=`` that has one, so that neither wins silently.

    Raises:
        FieldError: Both are said.
    """
    layout, fit = said.get("layout"), said.get("fit")
    if fit is not None and layout is not None and layout.fit is not None:
        raise FieldError(
            f"{where}: fit is said twice, {fit!r} and layout.fit {layout.fit!r}",
            fix="say it once",
            field=f"{where}: fit",
            value=fit,
        )


def known_keyword(where: str, key: str, known: Iterable[str], whose: str) -> None:
    """Refuse a keyword that the verb does not have.

    Raises:
        FieldError: ``key`` is not in ``known``.
    """
    choices = list(known)
    if key not in choices:
        raise FieldError(f"{where}: {whose} has no {key!r}", fix=near(key, choices), field=f"{where}: {key}")


def source_url(where: str, src: Any, *, sound: bool) -> str:
    """Return the address of a file as the document holds it.

    Args:
        where: The verb, as ``.video``.
        src: An http(s) or ``file:`` URL, a path (made absolute, not looked at), or, for sounds,
            anything with an ``audio_url``.
        sound: Whether a music track may stand here.

    Raises:
        FieldError: It is none of these.

    Source: contract §2, ``assets[].url``; decision D17.
    """
    if isinstance(src, os.PathLike):
        return Path(os.fsdecode(src)).absolute().as_uri()
    if not isinstance(src, str) and isinstance(getattr(src, "audio_url", None), str):
        if not sound:
            raise FieldError(
                f"{where}: src: a music track has no picture",
                fix="put it under the film with .music()",
                field=f"{where}: src",
                value=src,
            )
        src = src.audio_url
    if not isinstance(src, str):
        raise FieldError(
            f"{where}: src: expected a URL or a Path, got {told(src)}",
            fix="'https://…', or Path('clip.mp4') for a local file",
            field=f"{where}: src",
            value=src,
        )
    url: str = author_value(rules_of(Asset)["url"], src, f"{where}: src")
    return url
