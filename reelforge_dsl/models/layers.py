"""Media on the timeline: ``composition.timeline[]``. Source: contract §3."""

from __future__ import annotations

from attrs import field, frozen

from reelforge_dsl.models import fields
from reelforge_dsl.models.choices import AssetType, Background, Motion
from reelforge_dsl.models.foreign import Extras
from reelforge_dsl.models.layout import Layout


@frozen
class Time:
    """When something is there, on the output clock.

    Attributes:
        start_seconds: Output seconds, at least 0.
        duration_seconds: Output seconds, above 0.
        extra: Keys the contract does not name.

    Source: contract §3, §4.
    """

    start_seconds: float | None = field(default=None, metadata=fields.number(least=0))
    duration_seconds: float | None = field(default=None, metadata=fields.number(above=0))
    extra: Extras = ()


@frozen
class Trim:
    """Where playback starts inside the source.

    Attributes:
        start_seconds: Source seconds, at least 0.
        extra: Keys the contract does not name.

    Source: contract §3, ``trim.start_seconds``.
    """

    start_seconds: float | None = field(default=None, metadata=fields.number(least=0))
    extra: Extras = ()


@frozen
class LayerStyle:
    """Explicit transform of a picture.

    Attributes:
        transform: CSS-like, as ``rotate(3deg) scale(1.1)``.
        extra: Keys the contract does not name.

    Source: contract §3, ``style.transform``.
    """

    transform: str | None = field(default=None, metadata=fields.text())
    extra: Extras = ()


@frozen
class MediaSettings:
    """How a layer sounds, and how a clip meets the clip before.

    Attributes:
        volume: Multiplier, at least 0: 1 as recorded, 0 silent. Video and audio.
        muted: No audible output. Video only.
        loop: Repeat to the layer's duration. Audio only.
        fade_in_seconds: At least 0. Audio only.
        fade_out_seconds: At least 0. Audio only.
        crossfade_seconds: Dissolve from the clip before, at least 0. Video only (decision D6).
        extra: Keys the contract does not name.

    Source: contract §3, ``media_settings``.
    """

    volume: float | None = field(default=None, metadata=fields.number(least=0))
    muted: bool | None = field(default=None, metadata=fields.flag())
    loop: bool | None = field(default=None, metadata=fields.flag())
    fade_in_seconds: float | None = field(default=None, metadata=fields.number(least=0))
    fade_out_seconds: float | None = field(default=None, metadata=fields.number(least=0))
    crossfade_seconds: float | None = field(default=None, metadata=fields.number(least=0))
    extra: Extras = ()


@frozen
class Layer:
    """One piece of media on the timeline; bottom to top in list order.

    One class holds every type, so that a field on a type that has none (an
    error, decision D2) and a type nobody knows yet still load and come back.
    `LAYER_FIELDS` says which type has which.

    Attributes:
        id: Its name; unique on the timeline.
        type: ``video``, ``image`` or ``audio``.
        asset_id: Which file.
        time: When; left out, `reelforge_dsl.timing` infers it.
        trim: Where the source starts playing. Video, audio.
        layout: Its box; the full frame when left out. Video, image.
        background_mode: What fills the box beside a contained picture. Video, image.
        motion: Ken Burns movement over the layer's duration. Video, image.
        style: Explicit transform. Video, image.
        media_settings: Sound and crossfade. Video, audio.
        extra: Keys the contract does not name.

    Source: contract §3.
    """

    id: str = field(metadata=fields.name())
    type: AssetType | str = field(metadata=fields.choice(AssetType))
    asset_id: str = field(metadata=fields.name())
    time: Time | None = field(default=None, metadata=fields.part(Time))
    trim: Trim | None = field(default=None, metadata=fields.part(Trim))
    layout: Layout | None = field(default=None, metadata=fields.part(Layout))
    background_mode: Background | str | None = field(default=None, metadata=fields.choice(Background))
    motion: Motion | str | None = field(default=None, metadata=fields.choice(Motion))
    style: LayerStyle | None = field(default=None, metadata=fields.part(LayerStyle))
    media_settings: MediaSettings | None = field(default=None, metadata=fields.part(MediaSettings))
    extra: Extras = ()


LAYER_FIELDS: dict[str, frozenset[str]] = {
    "video": frozenset(
        {
            *("trim", "layout", "background_mode", "motion", "style"),
            *("media_settings.volume", "media_settings.muted", "media_settings.crossfade_seconds"),
        }
    ),
    "image": frozenset({"layout", "background_mode", "motion", "style"}),
    "audio": frozenset(
        {
            *("trim", "media_settings.volume", "media_settings.loop"),
            *("media_settings.fade_in_seconds", "media_settings.fade_out_seconds"),
        }
    ),
}
"""Which optional fields each layer type has, beside ``id type asset_id time``. Source: contract §3."""
