"""Recipe requests, and what each recipe takes: the contract's table as data. Source: contract §10."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from reelforge_dsl.models import fields
from reelforge_dsl.models.captions import CaptionStyle, Word
from reelforge_dsl.models.choices import LayoutVariant, Mode, Motion
from reelforge_dsl.models.fields import Fault, Meta, Rule
from reelforge_dsl.models.foreign import Extras, Json
from reelforge_dsl.models.layout import Layout
from reelforge_dsl.models.overlays import TextStyle

LONGEST_SOUND = 60
"""Output seconds that a recipe plays of a background sound. Source: contract §10."""

LONGEST_HOOK = 60
"""Characters of the hook of ``storytime_broll``. Source: contract §10."""


@frozen
class RecipeRequest:
    """The body of a recipe request; the service compiles it to a film.

    Attributes:
        recipe_id: Which recipe; ``RECIPES`` has each with its variables.
        style_preset: Its look. The names are not published: any text is taken.
        idempotency_key: Makes retries safe.
        variables: What the recipe is filled with; strict for each recipe.
        metadata: A flat object of at most 10 keys, echoed in webhooks.
        webhook_url: Who is told when the job ends.
        webhook_headers: Sent along to it. Kept out of every message and repr.
        webhook_secret: Signs it. Kept out of every message and repr.
        extra: Keys the contract does not name.

    Source: contract §10.
    """

    recipe_id: str = field(metadata=fields.name())
    style_preset: str = field(metadata=fields.name())
    idempotency_key: str | None = field(default=None, kw_only=True, metadata=fields.name())
    variables: Json = field(metadata=fields.foreign("object"))
    metadata: Json | None = field(default=None, metadata=fields.foreign("object"))
    webhook_url: str | None = field(default=None, metadata=fields.text())
    webhook_headers: Json | None = field(default=None, repr=False, metadata=fields.foreign("object"))
    webhook_secret: str | None = field(default=None, repr=False, metadata=fields.name())
    extra: Extras = ()


def _address(value: str) -> Fault | None:
    if not value.strip():
        return Fault("empty_text", "is empty")
    if value.startswith(("https://", "http://", "file:")):
        return None
    return Fault("bad_url", f"{value!r:.60} is not an http(s) address", "write it as https://…")


def _short_sound(value: float) -> Fault | None:
    if value <= LONGEST_SOUND:
        return None
    what = f"{value:g} s is longer than {LONGEST_SOUND} s"
    return Fault("recipe_too_long", what, f"use {LONGEST_SOUND} or less")


def _short_hook(value: str) -> Fault | None:
    if not value.strip():
        return Fault("empty_text", "is empty")
    if len(value) <= LONGEST_HOOK:
        return None
    what = f"is {len(value)} characters long; {LONGEST_HOOK} are taken"
    return Fault("recipe_too_long", what, "say it shorter")


@frozen
class BackgroundAsset:
    """A picture behind ``voiceover_explainer``, with its movement.

    Attributes:
        url: A direct public address.
        motion: Ken Burns movement while it shows.
        extra: Keys the contract does not name.

    Source: contract §10, ``background_assets[]``.
    """

    url: str = field(metadata=fields.text(_address))
    motion: Motion | str | None = field(default=None, metadata=fields.choice(Motion))
    extra: Extras = ()


@frozen
class ListItem:
    """One entry of ``listicle_ranked``.

    Attributes:
        title: What it says.
        image_url: The picture behind it.
        video_url: The clip behind it.
        extra: Keys the contract does not name.

    Source: decision D25.
    """

    title: str = field(metadata=fields.name())
    image_url: str | None = field(default=None, metadata=fields.text(_address))
    video_url: str | None = field(default=None, metadata=fields.text(_address))
    extra: Extras = ()


@frozen
class ChapterBeat:
    """A chapter's title in ``storytime_broll``.

    Attributes:
        label: What it says.
        timecode_seconds: Output seconds, at least 0; one beyond the film is dropped.
        extra: Keys the contract does not name.

    Source: contract §10, ``chapter_beats[]``.
    """

    label: str = field(metadata=fields.name())
    timecode_seconds: float = field(metadata=fields.number(least=0))
    extra: Extras = ()


@frozen
class Variable:
    """What one variable takes.

    Attributes:
        rules: What its value may be, or each item of its list: one rule for each JSON type.
        required: Whether the recipe cannot do without it.
        is_list: Whether it is a list.
        least: The fewest items.
        most: The most items, or ``None``.
    """

    rules: tuple[Rule, ...]
    required: bool = False
    is_list: bool = False
    least: int = 0
    most: int | None = None


def _needed(meta: Meta) -> Variable:
    return Variable(tuple(meta.values()), required=True)


def _may(meta: Meta) -> Variable:
    return Variable(tuple(meta.values()))


def _list(*metas: Meta, required: bool = False, least: int = 0, most: int | None = None) -> Variable:
    rules = tuple(rule for meta in metas for rule in meta.values())
    return Variable(rules, required=required, is_list=True, least=least, most=most)


def _parts(*names: str) -> dict[str, Variable]:
    """Return the styles and boxes of a recipe's parts. Source: contract §5–§7, §10."""
    made: dict[str, Variable] = {}
    for name in names:
        style = CaptionStyle if name == "captions" else TextStyle
        made[f"{name}_style"] = _may(fields.part(style))
        made[f"{name}_layout"] = _may(fields.part(Layout))
    return made


def _sound(name: str) -> dict[str, Variable]:
    """Return a background sound and which stretch of it plays."""
    return {
        f"{name}_url": _needed(fields.text(_address)),
        f"{name}_start_seconds": _may(fields.number(least=0)),
        f"{name}_duration_seconds": _may(fields.number(_short_sound, above=0)),
    }


_SPEECH = {
    "transcript_words": _list(fields.part(Word)),
    "transcription_source_asset_id": _may(fields.name()),
    "correct_text": _may(fields.text()),
}

RECIPES: Mapping[str, Mapping[str, Variable]] = {
    "voiceover_explainer": {
        "voiceover_audio_url": _needed(fields.text(_address)),
        "background_assets": _list(
            fields.text(_address), fields.part(BackgroundAsset), required=True, least=1
        ),
        **_SPEECH,
        "hook_text": _may(fields.text()),
        "cta_text": _may(fields.text()),
        **_parts("hook", "cta", "captions"),
    },
    "captioned_clip": {
        "primary_video_url": _needed(fields.text(_address)),
        "layout_variant": _needed(fields.choice(LayoutVariant)),
        "secondary_video_url": _may(fields.text(_address)),
        **_SPEECH,
        "cta_text": _may(fields.text()),
        "captions_mode": _may(fields.choice(Mode)),
        **_parts("cta", "captions"),
    },
    "photo_slideshow": {
        **_sound("audio"),
        "image_urls": _list(fields.text(_address), required=True, least=2),
        "title_card_text": _may(fields.text()),
        **_parts("title_card"),
    },
    "listicle_ranked": {
        **_sound("background_audio"),
        "hook_title": _needed(fields.name()),
        "items": _list(fields.name(), fields.part(ListItem), required=True, least=2),
        "hook_duration_seconds": _may(fields.number(least=0)),
        "title_text": _may(fields.text()),
        "title_duration_seconds": _may(fields.number(least=0)),
        "countdown_mode": _may(fields.flag()),
        "cta_text": _may(fields.text()),
        **_parts("hook", "item_title", "cta"),
    },
    "storytime_broll": {
        "voiceover_audio_url": _needed(fields.text(_address)),
        "background_video_url": _needed(fields.text(_address)),
        "transcript_words": _list(fields.part(Word), required=True, least=1),
        "hook_text": _needed(fields.text(_short_hook)),
        "chapter_beats": _list(fields.part(ChapterBeat), most=10),
        **_parts("hook", "chapter_beat", "captions"),
    },
}
"""Every recipe and its variables, by their names on the wire.

An empty list where one is required counts as too few; texts that may be left
out may also be empty. The service publishes neither, nor that ``countdown_mode``
is true or false.

Source: contract §10; decisions D2 (bounds), D25 (items).
"""
