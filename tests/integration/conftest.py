"""A small studio: sources made by ffmpeg and numpy, documents in one line, films as arrays."""

from __future__ import annotations

import functools
import io
import json
import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelforge_dsl import engine
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary

BITS = 10
"""Bars of a clock picture; the highest three say which clip, the others which frame."""

KEPT = 8
"""Films that are kept decoded."""

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-pix_fmt", "yuv420p")
BT709 = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
TO_BT709 = ("-vf", "scale=out_range=tv:out_color_matrix=bt709")


def ffmpeg(*words: str | Path, data: bytes | None = None) -> bytes:
    command = [ffmpeg_binary(), "-y", "-v", "error", *map(str, words)]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


class Film:
    """A rendered file, decoded as bt709 in the narrow range, and once."""

    def __init__(self, path: Path, rendered: engine.Rendered) -> None:
        self.path = path
        self.rendered = rendered

    @functools.cached_property
    def frames(self) -> np.ndarray:
        """RGB pictures: (frames, height, width, 3), int16."""
        decoded = ("-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24", "-fps_mode", "passthrough")
        raw = ffmpeg("-i", self.path, "-map", "0:v", *decoded, "-f", "rawvideo", "-")
        shape = (-1, self.rendered.height, self.rendered.width, 3)
        return np.frombuffer(raw, np.uint8).reshape(shape).astype(np.int16)

    @functools.cached_property
    def samples(self) -> np.ndarray:
        """Stereo samples at 48 kHz: (samples, 2), float32, 1 is full scale."""
        raw = ffmpeg("-i", self.path, "-map", "0:a", "-f", "f32le", "-ar", "48000", "-")
        return np.frombuffer(raw, np.float32).reshape(-1, 2)

    def seen(self, at: int) -> np.ndarray:
        """The mean colour of a whole frame."""
        return self.frames[at].mean(axis=(0, 1))

    def colour(self, at: int, x: int, y: int, reach: int = 2) -> np.ndarray:
        """The mean colour around a point of a frame."""
        return self.frames[at, y - reach : y + reach + 1, x - reach : x + reach + 1].mean(axis=(0, 1))

    def clock(self, at: int, box: tuple[int, int, int, int] | None = None) -> tuple[int, int]:
        """Read which clip and which of its frames a clock picture shows, in (x, y, width, height)."""
        return read_clock(self.frames[at], box)

    def clocks(self) -> list[tuple[int, int]]:
        return [self.clock(at) for at in range(len(self.frames))]

    def rms(self, start: float, end: float) -> np.ndarray:
        """The level of both channels between two seconds, RMS."""
        part = self.samples[round(start * 48000) : round(end * 48000)].astype(np.float64)
        return np.sqrt((part**2).mean(axis=0))


def read_clock(picture: np.ndarray, box: tuple[int, int, int, int] | None = None) -> tuple[int, int]:
    height, width = picture.shape[:2]
    x, y, w, h = box or (0, 0, width, height)
    value = 0
    for bit in range(BITS):
        centre = x + round((bit + 0.5) * w / BITS)
        bright = picture[y + h // 3 : y + 2 * h // 3, centre - 1 : centre + 2].mean()
        value = 2 * value + int(bright > 128)
    return value >> 7, value & 127


def clock_picture(clip: int, frame: int, size: tuple[int, int] = (320, 180)) -> np.ndarray:
    """Black and white bars that say a clip's number (0 to 7) and a frame's (0 to 127)."""
    width, height = size
    bits = np.array([(clip << 7 | frame) >> (BITS - 1 - bit) & 1 for bit in range(BITS)], np.uint8)
    row = bits[np.arange(width) * BITS // width] * 255
    return np.broadcast_to(row[None, :, None], (height, width, 3))


def disc_picture(size: tuple[int, int], centre: tuple[float, float], radius: float) -> np.ndarray:
    """A soft-edged white disc on dark grey."""
    width, height = size
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    inside = np.clip(radius + 0.5 - np.hypot(x - centre[0], y - centre[1]), 0, 1)
    return np.repeat((30 + 225 * inside)[..., None], 3, axis=2).round().astype(np.uint8)


class Studio:
    """Makes sources once, writes documents, renders each document once.

    Attributes:
        folder: Where sources are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._films: dict[str, Film] = {}
        self._made = 0

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a source by its name, made when asked for the first time."""
        path = self.folder / name
        if not path.exists():
            make(path)
        return path

    def _told(self, name: str, *of: Any) -> str:
        """Return a file name that differs where what the file is made of differs."""
        parts = (part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode() for part in of)
        return f"{zlib.crc32(b'|'.join(parts)):08x}-{name}"

    def flat(self, name: str, colour: str, *words: str, size: str = "320x180", seconds: float = 2) -> Path:
        """A clip or picture of one colour, coded as told (H.264 tagged bt709 when not)."""
        source = f"color=c={colour}:s={size}:r=30:d={seconds},format=rgb24"
        single = ("-frames:v", "1") if name.endswith((".png", ".jpg", ".bmp")) else ()
        coding = words or (single or (*TO_BT709, *H264, *BT709))
        told = self._told(name, source, coding)
        return self.made(told, lambda path: ffmpeg("-f", "lavfi", "-i", source, *single, *coding, path))

    def clip(self, name: str, pictures: list[np.ndarray], rate: float, *words: str | Path) -> Path:
        """A silent H.264 clip of RGB or RGBA pictures drawn by numpy; words replace how it is coded."""

        def make(path: Path) -> None:
            height, width, channels = pictures[0].shape
            raw = np.stack(pictures).astype(np.uint8).tobytes()
            kind = "rgba" if channels == 4 else "rgb24"
            reading = ("-f", "rawvideo", "-pix_fmt", kind, "-s", f"{width}x{height}", "-r", str(rate))
            ffmpeg(*reading, "-i", "-", *(words or (*TO_BT709, *H264, *BT709)), path, data=raw)

        return self.made(self._told(name, rate, words, *pictures), make)

    def clock(self, clip: int, *, rate: float = 30, count: int = 60) -> Path:
        """A clip whose frames say its number and theirs."""
        pictures = [clock_picture(clip, frame) for frame in range(count)]
        return self.clip(f"clock-{clip}-{rate:g}-{count}.mp4", pictures, rate)

    def picture(self, name: str, pixels: np.ndarray, **options: Any) -> Path:
        """A still image, saved by Pillow."""
        told = self._told(name, pixels, options)
        return self.made(told, lambda path: Image.fromarray(pixels).save(path, **options))

    def sound(self, name: str, samples: np.ndarray, rate: int = 48000, *words: str) -> Path:
        """A sound file of samples, (samples,) or (samples, channels)."""
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        reading = ("-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "-")
        coding = words or (("-c:a", "pcm_f32le") if name.endswith(".wav") else ())
        raw = samples.astype(np.float32)
        told = self._told(name, raw, reading, coding)
        return self.made(told, lambda path: ffmpeg(*reading, *coding, path, data=raw.tobytes()))

    def tone(
        self, name: str, hertz: float = 440, seconds: float = 2, level: float = 0.25, rate: int = 48000
    ) -> Path:
        """A mono sine of a peak level."""
        samples = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
        return self.sound(name, samples, rate)

    def layer(
        self, kind: str, src: Path, start: float | None = None, length: float | None = None, **fields: Any
    ) -> dict[str, Any]:
        """A layer with its file in place of an asset; ``trim`` in seconds, media settings by their names."""
        settings = ("volume", "muted", "loop", "fade_in_seconds", "fade_out_seconds", "crossfade_seconds")
        said = {name: fields.pop(name) for name in settings if name in fields}
        time = {"start_seconds": start, "duration_seconds": length}
        made: dict[str, Any] = {"type": kind, "src": src}
        made["time"] = {name: value for name, value in time.items() if value is not None}
        if "trim" in fields:
            made["trim"] = {"start_seconds": fields.pop("trim")}
        if said:
            made["media_settings"] = said
        return {key: value for key, value in (made | fields).items() if value != {}}

    def document(
        self, *layers: dict[str, Any], size: tuple[int, int] = (320, 180), **composition: Any
    ) -> dict[str, Any]:
        """A document of layers; ids are v0, v1, … in order, one asset a file."""
        assets: dict[Path, dict[str, str]] = {}
        timeline = []
        for index, layer in enumerate(layers):
            src = layer["src"]
            asset = {"id": f"a{len(assets)}", "type": layer["type"], "url": src.as_uri()}
            known = assets.setdefault(src, asset)
            rest = {key: value for key, value in layer.items() if key != "src"}
            timeline.append({"id": f"v{index}", "asset_id": known["id"], **rest})
        if "seconds" in composition:
            composition["duration_seconds"] = composition.pop("seconds")
        body: dict[str, Any] = {"version": "v1", "output": {"width": size[0], "height": size[1], "fps": 30}}
        if timeline:
            composition = {"timeline": timeline, **composition}
        return {**body, "assets": list(assets.values()), "composition": composition}

    def text(self, content: str, start: float = 0, length: float = 1, **fields: Any) -> dict[str, Any]:
        """A text overlay; ``style`` and ``layout`` as in the document."""
        return {
            "content": content,
            "time": {"start_seconds": start, "duration_seconds": length},
            **fields,
        }

    def film(self, document: dict[str, Any], **options: Any) -> Film:
        """Render a document, or return the film of an equal one of late."""
        key = json.dumps([document, options], sort_keys=True)
        film = self._films.pop(key, None)
        if film is None:
            self._made += 1
            path = self.folder / f"film-{self._made}.mp4"
            film = Film(path, engine.render(document, path, **options))
        # Decoded films are large: only the latest are kept.
        self._films[key] = film
        while len(self._films) > KEPT:
            self._films.pop(next(iter(self._films)))
        return film

    def show(self, *layers: dict[str, Any], **rest: Any) -> Film:
        """Render a document of these layers."""
        return self.film(self.document(*layers, **rest))

    def still(self, document: dict[str, Any], at: float, **options: Any) -> np.ndarray:
        """One frame of a document by `engine.frame`: (height, width, 3), int16."""
        return pixels(engine.frame(document, at, **options).png)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int16)


def packets(path: Path, stream: str) -> tuple[float, list[int]]:
    """The tick of a stream in seconds and the time stamps of its packets, in order of showing."""
    out = ffmpeg("-i", path, "-map", f"0:{stream}", "-c", "copy", "-f", "framecrc", "-").decode()
    base = re.search(r"#tb 0: (\d+)/(\d+)", out)
    assert base is not None
    stamps = [int(line.split(",")[2]) for line in out.splitlines() if not line.startswith("#")]
    return int(base[1]) / int(base[2]), sorted(stamps)


def report(path: Path) -> str:
    """What ffmpeg says of a file."""
    command = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-i", str(path)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stderr


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="session")
def tools() -> Any:
    """The functions of this file, which tests cannot import."""
    names = (ffmpeg, read_clock, clock_picture, disc_picture, pixels, packets, report)
    return type("Tools", (), {function.__name__: staticmethod(function) for function in names})


@pytest.fixture(scope="session")
def media() -> Path:
    """The real footage."""
    return Path(__file__).parents[2] / "cookbook" / "media"
