"""The document as msgspec structs: fields are checked when they are read, not when a struct is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from reelforge_dsl.models.choices import AssetType, Background, Fit, Mode, Motion, Preset, Provider, TextAlign

Name: TypeAlias = Annotated[str, Meta(min_length=1)]
Box: TypeAlias = Annotated[str, Meta(pattern=r"^-?\d+(\.\d+)?(%|px)$")]
Color: TypeAlias = Annotated[str, Meta(pattern=r"^(#[0-9A-Fa-f]{6}|[a-z]+|rgba?\(.*\))$")]
Least0: TypeAlias = Annotated[float, Meta(ge=0)]
Above0: TypeAlias = Annotated[float, Meta(gt=0)]
Milliseconds: TypeAlias = Annotated[int, Meta(ge=0)]


class Model(Struct, frozen=True, omit_defaults=True):
    """A frozen struct."""


class Output(Model):
    width: Annotated[int, Meta(gt=0, multiple_of=2)]
    height: Annotated[int, Meta(gt=0, multiple_of=2)]
    fps: Literal[30]


class Asset(Model):
    id: Name
    type: AssetType
    url: Name


class Time(Model):
    start_seconds: Least0 | None = None
    duration_seconds: Above0 | None = None


class Trim(Model):
    start_seconds: Least0 | None = None


class Layout(Model):
    x: Box | None = None
    y: Box | None = None
    width: Box | None = None
    height: Box | None = None
    fit: Fit | None = None
    z_index: float | None = None


class LayerStyle(Model):
    transform: str | None = None


class MediaSettings(Model):
    volume: Least0 | None = None
    muted: bool | None = None
    loop: bool | None = None
    fade_in_seconds: Least0 | None = None
    fade_out_seconds: Least0 | None = None
    crossfade_seconds: Least0 | None = None


class Layer(Model):
    id: Name
    type: AssetType
    asset_id: Name
    time: Time | None = None
    trim: Trim | None = None
    layout: Layout | None = None
    background_mode: Background | None = None
    motion: Motion | None = None
    style: LayerStyle | None = None
    media_settings: MediaSettings | None = None


class TextStyle(Model):
    font_size: Above0 | None = None
    font_family: Name | None = None
    font_weight: float | str | None = None
    color: Color | None = None
    text_align: TextAlign | None = None
    letter_spacing: float | None = None
    line_height: Above0 | None = None
    stroke_color: Color | None = None
    stroke_width: Least0 | None = None
    shadow_color: Color | None = None
    shadow_blur: Least0 | None = None
    shadow_offset_x: float | None = None
    shadow_offset_y: float | None = None


class TextOverlay(Model, kw_only=True):
    id: Name | None = None
    content: Name
    time: Time | None = None
    layout: Layout | None = None
    style: TextStyle | None = None


class Word(Model):
    text: str
    start: Milliseconds
    end: Milliseconds
    speaker: str | None = None


class CaptionStyle(TextStyle):
    highlight_color: Color | None = None


class Captions(Model):
    provider: Provider
    preset: Preset
    mode: Mode | None = None
    words: tuple[Word, ...] | None = None
    transcription_source_asset_id: Name | None = None
    correct_text: str | None = None
    max_chars_per_segment: Annotated[int, Meta(ge=1)] | None = None
    layout: Layout | None = None
    style: CaptionStyle | None = None


class Composition(Model):
    duration_seconds: Annotated[float, Meta(gt=0, le=300)] | None = None
    auto_stitch: bool | None = None
    timeline: tuple[Layer, ...] | None = None
    text_overlays: tuple[TextOverlay, ...] | None = None
    captions: Captions | None = None


class Manifest(Model, kw_only=True):
    version: Literal["v1"]
    output: Output
    assets: tuple[Asset, ...] | None = None
    composition: Composition
    idempotency_key: Name | None = None
    metadata: dict[str, Any] | None = None
    webhook_url: str | None = None
    webhook_headers: dict[str, Any] | None = None
    webhook_secret: Name | None = None


def words(plain: list[dict[str, Any]]) -> tuple[Word, ...]:
    """Return plain dicts as words, every field checked."""
    return msgspec.convert(plain, tuple[Word, ...])


def written(manifest: Manifest) -> str:
    """Return JSON, unset keys left out."""
    return ENCODER.encode(manifest).decode()


def read(text: str) -> Manifest:
    """Return the document of a text, every field checked."""
    return DECODER.decode(text)


def taken(plain: dict[str, Any]) -> Manifest:
    """Return the document of plain dicts, every field checked."""
    return msgspec.convert(plain, Manifest)


ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(Manifest)
