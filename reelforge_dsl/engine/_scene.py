"""A composition as the engine sees it: what is painted where and heard how loud, in whole frames.

Everything here is pure: manifest, schedule and measured files in, frozen values out.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from reelforge_dsl.engine._media import Media
from reelforge_dsl.models import Layer, Layout, Manifest
from reelforge_dsl.timing import Schedule, Span
from reelforge_dsl.units import FPS, frame_at, parse_length

_LEAD_SECONDS = 1.0
_LEAD_PICTURES = 3
_NO_INDEX = ("mpegts", "mpeg")


@frozen
class Frame:
    """The picture's size, and how it relates to the document's pixels.

    Attributes:
        width: Pixels that are rendered, even.
        height: Pixels that are rendered, even.
        scale: Rendered pixels for one pixel of the document; 1 but for drafts.
    """

    width: int
    height: int
    scale: float = 1.0

    @classmethod
    def of(cls, manifest: Manifest, draft_width: int | None = None) -> Frame:
        """Return the document's frame, or one of ``draft_width`` pixels across when that is smaller."""
        output = manifest.output
        if draft_width is None or draft_width >= output.width:
            return cls(output.width, output.height)
        scale = draft_width / output.width
        return cls(2 * round(draft_width / 2), max(2, 2 * round(output.height * scale / 2)), scale)


@frozen
class Box:
    """A rectangle in rendered pixels; it may reach outside the frame."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of(cls, layout: Layout | None, frame: Frame) -> Box:
        """Place a layout in the frame; edges are rounded, so neighbours never gap.

        Source: contract §5; decision D22 for what is left out.
        """
        layout = layout or Layout()
        left = _edge(layout.x, frame.width, frame.scale, 0.0)
        top = _edge(layout.y, frame.height, frame.scale, 0.0)
        right = left + _edge(layout.width, frame.width, frame.scale, frame.width - left)
        bottom = top + _edge(layout.height, frame.height, frame.scale, frame.height - top)
        x, y = round(left), round(top)
        return cls(x, y, max(0, round(right) - x), max(0, round(bottom) - y))

    def fills(self, frame: Frame) -> bool:
        """Tell whether the box is exactly the frame."""
        return (self.x, self.y, self.width, self.height) == (0, 0, frame.width, frame.height)

    def holds(self, other: Box) -> bool:
        """Tell whether another box is inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and self.x + self.width >= other.x + other.width
            and self.y + self.height >= other.y + other.height
        )

    def meets(self, frame: Frame) -> bool:
        """Tell whether any of the box is inside the frame."""
        return (
            self.width > 0
            and self.height > 0
            and self.x < frame.width
            and self.y < frame.height
            and self.x + self.width > 0
            and self.y + self.height > 0
        )


def _edge(length: str | None, whole: int, scale: float, missing: float) -> float:
    found = parse_length(length) if length is not None else None
    if found is None:
        return missing
    return found.pixels(whole) if found.unit == "%" else found.value * scale


@frozen
class Picture:
    """A video or image layer on the frame.

    Attributes:
        id: The layer's.
        media: Its file.
        first: Output frame where it appears.
        end: Output frame where it is gone.
        trim: Source seconds where it starts playing.
        box: Where it is.
        fit: ``cover`` or ``contain``.
        background: What fills the box beside a contained picture.
        motion: Ken Burns movement over ``life``, or ``none``.
        life: Frames of the whole layer, also those past the composition's end.
        lived: Frames of its life before ``first``; 0 but in a part of a film.
        dissolve: Frames in which it dissolves in.
        leaving: Frames at its end in which the next one dissolves in over it.
        fades: Whether it fades out in those, since the next one does not cover it.
    """

    id: str
    media: Media
    first: int
    end: int
    trim: float
    box: Box
    fit: str
    background: str
    motion: str
    life: int
    lived: int = 0
    dissolve: int = 0
    leaving: int = 0
    fades: bool = False

    @property
    def frames(self) -> int:
        """How many output frames it is there."""
        return self.end - self.first

    @property
    def still(self) -> bool:
        """Whether its file is one picture."""
        return self.media.kind == "image"

    @property
    def lead(self) -> float:
        """Source seconds before ``trim`` that are read too: the picture on at the trim began earlier.

        A file without an index is read from its start, for it cannot be entered at a picture.
        """
        if self.still or self.media.demuxer in _NO_INDEX:
            return self.trim
        least = max(_LEAD_SECONDS, _LEAD_PICTURES / (self.media.fps or FPS))
        length = self.media.duration_seconds or self.trim
        return min(self.trim, least + max(self.trim - length, 0))

    @property
    def opaque(self) -> bool:
        """Whether nothing below shows through its box."""
        return not self.media.has_alpha and (self.fit == "cover" or self.background != "transparent")

    def covers(self, other: Picture) -> bool:
        """Tell whether nothing of another picture shows beside or through this one."""
        return self.opaque and self.box.holds(other.box)


@frozen
class Sound:
    """What is heard of an audio or video layer.

    Attributes:
        id: The layer's.
        media: Its file.
        first: Output frame where it starts.
        end: Output frame where it ends.
        trim: Source seconds where it starts playing.
        volume: Multiplier.
        loop: Whether it repeats to its end.
        fade_in: Seconds from its start.
        fade_out: Seconds before ``fade_end``.
        fade_end: Seconds after its start where the fade out reaches silence.
        rise: Frames at its start in which it dissolves in, equal power.
        fall_at: Frames after its start where it begins to dissolve out, or ``None``.
        fall: Frames of that dissolve.
    """

    id: str
    media: Media
    first: int
    end: int
    trim: float
    volume: float
    loop: bool
    fade_in: float
    fade_out: float
    fade_end: float
    rise: int = 0
    fall_at: int | None = None
    fall: int = 0

    @property
    def frames(self) -> int:
        """How many output frames it lasts."""
        return self.end - self.first


@frozen
class Scene:
    """The whole composition.

    Attributes:
        frame: Its size.
        frames: How long it is.
        pictures: Bottom to top.
        sounds: In the document's order.
    """

    frame: Frame
    frames: int
    pictures: tuple[Picture, ...]
    sounds: tuple[Sound, ...]


def scene(manifest: Manifest, schedule: Schedule, media: Mapping[str, Media], frame: Frame) -> Scene:
    """Turn a valid, fully timed manifest into what the engine paints and mixes.

    Args:
        manifest: Without errors.
        schedule: Of this manifest, with every length known.
        media: The measured file of every asset, by the asset's URL.
        frame: The size to render.
    """
    urls = {asset.id: asset.url for asset in manifest.assets or ()}
    layers = manifest.composition.timeline or ()
    pictures: dict[int, Picture] = {}
    sounds: dict[int, Sound] = {}
    for index, (layer, span) in enumerate(zip(layers, schedule.layers, strict=True)):
        file = media[urls[layer.asset_id]]
        if layer.type in ("video", "image"):
            pictures[index] = _picture(layer, span, file, frame)
        if layer.type in ("video", "audio") and file.has_audio and _audible(layer):
            sounds[index] = _sound(layer, span, file)
    _dissolve(schedule, pictures, sounds)
    shown = [
        (layers[index].layout, picture)
        for index, picture in pictures.items()
        if picture.frames > 0 and picture.box.meets(frame)
    ]
    # Ties go by array order (decision D3); sorted() keeps it.
    painted = sorted(shown, key=lambda pair: (pair[0].z_index if pair[0] else None) or 0)
    return Scene(
        frame=frame,
        frames=schedule.frames or 0,
        pictures=tuple(picture for _, picture in painted),
        sounds=tuple(sound for sound in sounds.values() if sound.frames > 0),
    )


def _audible(layer: Layer) -> bool:
    settings = layer.media_settings
    return settings is None or (not settings.muted and settings.volume != 0)


def _picture(layer: Layer, span: Span, file: Media, frame: Frame) -> Picture:
    first, end = span.start_frame or 0, span.end_frame or 0
    uncut = span.uncut_end if span.uncut_end is not None else span.end
    layout = layer.layout
    return Picture(
        id=layer.id,
        media=file,
        first=first,
        end=end,
        trim=_trim(layer),
        box=Box.of(layout, frame),
        fit=(layout.fit if layout else None) or "cover",
        background=layer.background_mode or "blurred",
        motion=layer.motion or "none",
        life=max(round((uncut or 0) * FPS) - first, end - first, 1),
    )


def _sound(layer: Layer, span: Span, file: Media) -> Sound:
    settings = layer.media_settings
    first, end = span.start_frame or 0, span.end_frame or 0
    # Sound aligned to the clips was never meant to be longer than the film.
    uncut = span.end if span.uncut_end is None or span.rule == "aligned_to_stitch" else span.uncut_end
    loop = bool(settings and settings.loop)
    lasting = (uncut or 0) - (span.start or 0)
    if not loop and span.source_seconds is not None:
        lasting = min(lasting, span.source_seconds)
    return Sound(
        id=layer.id,
        media=file,
        first=first,
        end=end,
        trim=_trim(layer),
        volume=1.0 if settings is None or settings.volume is None else settings.volume,
        loop=loop,
        fade_in=(settings.fade_in_seconds if settings else None) or 0.0,
        fade_out=(settings.fade_out_seconds if settings else None) or 0.0,
        fade_end=lasting,
    )


def _trim(layer: Layer) -> float:
    return (layer.trim.start_seconds if layer.trim else None) or 0.0


def _dissolve(schedule: Schedule, pictures: dict[int, Picture], sounds: dict[int, Sound]) -> None:
    """Let every clip with a crossfade come in over the clip before, sound included.

    A clip that is not heard leaves the sound below alone, unless the one below ends there:
    a muted cutaway does not silence the speaker. Source: decision D6.
    """
    for index, span in enumerate(schedule.layers):
        if not span.crossfade_seconds or index not in pictures:
            continue
        before, first = span.crossfade_from, pictures[index].first
        length = frame_at((span.start or 0) + span.crossfade_seconds) - first
        if not length:
            continue
        pictures[index] = evolve(pictures[index], dissolve=length)
        replaces = before in pictures and pictures[before].end - first == length
        if replaces and before is not None:
            fades = not pictures[index].covers(pictures[before])
            pictures[before] = evolve(pictures[before], leaving=length, fades=fades)
        if index in sounds:
            sounds[index] = evolve(sounds[index], rise=length)
        if before in sounds and (replaces or index in sounds):
            at = max(first - sounds[before].first, 0)
            falls = sounds[before].fall_at
            if falls is None or at < falls:
                sounds[before] = evolve(sounds[before], fall_at=at, fall=length)
