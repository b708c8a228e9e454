"""What is known of a media file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from attrs import frozen

from reelforge_dsl.engine._ffmpeg import input_options
from reelforge_dsl.errors import ProbeError

Kind = Literal["video", "audio", "image"]


@frozen
class Media:
    """What one media file holds.

    Attributes:
        path: The file, absolute.
        kind: ``"video"`` has moving pictures, ``"image"`` one picture, ``"audio"`` sound only.
        demuxer: Name for ffmpeg's ``-f``.
        duration_seconds: The container's length in seconds of the file, exact to 0.01 s; measured
            over the packets where it does not say; ``None`` for images. Source: decision D24.
        width: Pixels across as displayed: turned, and with square pixels. 0 for audio.
        height: Pixels down as displayed. 0 for audio.
        coded_width: Pixels across as stored.
        coded_height: Pixels down as stored.
        sar: Width over height of one stored pixel; 1.0 when square or unknown.
        rotation: Degrees, clockwise, by which a player turns the stored picture: 0 to 359. For an
            image only the fact of a quarter turn is known, as 90.
        fps: Pictures per second, an average where the rate varies; ``None`` without moving pictures.
        pix_fmt: ffmpeg's name of the stored pixel format; ``None`` for audio.
        has_alpha: Whether pixels may be transparent; for palettes, whether they could be.
        full_range: Whether samples span 0–255 (JPEG, RGB) and not 16–235.
        color_space: ffmpeg's name of the YUV matrix, as ``bt709``; ``None`` when the file does not say.
        has_video: Whether there is a picture, still or moving; cover art is none.
        has_audio: Whether there is sound.
        channels: Sound channels; ``None`` without sound.
        sample_rate: Hz; ``None`` without sound.
        start_seconds: Where the file's own clock starts.
        video_codec: ffmpeg's name of the picture codec, or ``None``.
        video_stream: Number of the picture stream in the file, as in ``[0:1]``; ``None`` without.
            ``[0:v]`` may be cover art.
        audio_stream: Number of the sound stream in the file; ``None`` without.
    """

    path: Path
    kind: Kind
    demuxer: str
    duration_seconds: float | None = None
    width: int = 0
    height: int = 0
    coded_width: int = 0
    coded_height: int = 0
    sar: float = 1.0
    rotation: int = 0
    fps: float | None = None
    pix_fmt: str | None = None
    has_alpha: bool = False
    full_range: bool = False
    color_space: str | None = None
    has_video: bool = False
    has_audio: bool = False
    channels: int | None = None
    sample_rate: int | None = None
    start_seconds: float = 0.0
    video_codec: str | None = None
    video_stream: int | None = None
    audio_stream: int | None = None

    def input_args(self) -> list[str]:
        """Return the arguments that open this file as it was probed, up to and with ``-i FILE``."""
        # ffmpeg's own vp8 and vp9 decoders drop the alpha plane.
        decoders = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
        decoder = decoders.get(self.video_codec or "") if self.has_alpha else None
        chosen = ["-c:v", decoder] if decoder else []
        return [*input_options(self.demuxer), *chosen, "-i", f"file:{self.path}"]


def unusable(path: Path, what: str, fix: str) -> ProbeError:
    return ProbeError(f"{path} {what}", fix=fix, src=str(path))
