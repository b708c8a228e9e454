"""What a verb's keywords may hold: each is a model's field, checked by that field's own rule."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.models import (
    Asset,
    Captions,
    Layer,
    LayerStyle,
    Layout,
    MediaSettings,
    TextOverlay,
    Time,
    TimeOverride,
    Trim,
)
from reelforge_dsl.models.fields import Rule, Taker, author_value, right_value, rules_of, taker, told

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

CALLED = {verb: f".{verb}" for verb in LOOKS}
"""Each verb as messages name it."""

MEDIA_SETTINGS = {
    "volume": "volume",
    "muted": "muted",
    "loop": "loop",
    "fade_in": "fade_in_seconds",
    "fade_out": "fade_out_seconds",
    "crossfade": "crossfade_seconds",
}
"""Keywords that stand in ``media_settings``, and their names there, in its order."""

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
    **{word: rules_of(MediaSettings)[key] for word, key in MEDIA_SETTINGS.items()},
}
_CAPTIONS: dict[str, Rule] = {
    **{key: rule for key, rule in rules_of(Captions).items() if key in LOOKS["captions"]},
    "preset": rules_of(Captions)["preset"],
    "clock": rules_of(Layer)["id"],
    "time_overrides": Rule("list", of=TimeOverride),
}


_TAKERS: dict[str, Taker] = {key: taker(rule) for key, rule in _RULES.items()}
_CAPTION_TAKERS: dict[str, Taker] = {key: taker(rule) for key, rule in _CAPTIONS.items()}
_LOOKS = {verb: [(key, _TAKERS[key]) for key in keys] for verb, keys in LOOKS.items() if verb != "captions"}


take_start, take_duration = _TAKERS["start"], _TAKERS["duration"]
"""What most verbs are given: asked without looking for its taker."""


def checked(where: str, key: str, value: Any) -> Any:
    """Return one keyword's value as the models hold it.

    Args:
        where: The verb, as ``.video``.
        key: The keyword.
        value: What was given, not ``None``.

    Raises:
        FieldError: It has the wrong type or is outside the contract.
    """
    held = _TAKERS[key](value)
    return author_value(_RULES[key], value, f"{where}: {key}") if held is None else held


def checked_caption(where: str, key: str, value: Any) -> Any:
    """Return one keyword of ``.captions`` as the models hold it; words as a tuple.

    Raises:
        FieldError: It has the wrong type or is outside the contract.
    """
    if key == "words":
        from reelforge_dsl.words import Words  # a film without captions needs no transcripts

        return Words.of(value).words
    if key == "source":
        return value
    held = _CAPTION_TAKERS[key](value)
    return author_value(_CAPTIONS[key], value, f"{where}: {key}") if held is None else held


def checked_looks(verb: str, values: Sequence[Any]) -> Said:
    """Return the looks that were given, checked.

    Args:
        verb: Whose.
        values: One for each of its `LOOKS`, ``None`` where nothing was said.

    Raises:
        FieldError: One is outside the contract, or ``fit`` is said twice.
    """
    if values.count(None) == len(values):
        return ()
    where, looks = CALLED[verb], _LOOKS[verb]
    said: list[tuple[str, Any]] = []
    for place, value in enumerate(values):
        if value is not None:
            key, take = looks[place]
            said.append((key, take(value) or checked(where, key, value)))
    if len(said) > 1:
        one_fit(where, dict(said))
    return tuple(said)


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
    if type(src) is str and src.isascii() and src.startswith(("https://", "http://")):
        return src
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
    rule = rules_of(Asset)["url"]
    url: str = right_value(rule, src) or author_value(rule, src, f"{where}: src")
    return url
