"""What ``explain`` says is what is rendered: starts and ends read from decoded frames and samples.

In every generated film each picture has its own flat colour, each sound its own tone. Full-frame
pictures are read in one cell that nothing else enters; every other picture, text and the captions
have a cell of their own. ``EXPLAIN_FILMS`` says how many films, ``EXPLAIN_SEED`` which.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from reelforge_dsl import CaptionStyle, Layout, ManifestInvalidError, TextStyle, Timeline, engine
from reelforge_dsl.units import frame_at

FILMS = int(os.environ.get("EXPLAIN_FILMS", "10"))
SEED = os.environ.get("EXPLAIN_SEED", "2026")
SIZE = (320, 240)
COLUMNS, ROWS = 5, 4
WIDTH, HEIGHT = SIZE[0] // COLUMNS, SIZE[1] // ROWS
COLOURS = [
    *[(220, 30, 30), (30, 200, 30), (30, 30, 220), (220, 30, 220), (30, 220, 220), (240, 130, 20)],
    *[(110, 20, 160), (20, 110, 110), (110, 110, 20), (120, 120, 120), (15, 15, 100), (110, 50, 20)],
    *[(240, 150, 190), (150, 240, 60)],
]
LEVEL = 0.1
LINGER = 0.3
"""Seconds that captions stay after their last word. Source: decision D23."""


class Shoot:
    """Draws a film and remembers what to look for where.

    Attributes:
        reel: The film.
        colours: By id, of the pictures.
        cells: By id, the (x, y) of those with a cell of their own, in pixels.
        tones: By id, in hertz.
        fades: By id, crossfades in seconds.
    """

    def __init__(self, rng: Random, studio: Any, tools: Any) -> None:
        self.rng, self.studio, self.tools = rng, studio, tools
        self.reel = Timeline(SIZE)
        self.colours: dict[str, tuple[int, int, int]] = {}
        self.cells: dict[str, tuple[int, int]] = {}
        self.tones: dict[str, int] = {}
        self.fades: dict[str, float] = {}
        self._palette = rng.sample(COLOURS, len(COLOURS))
        places = [(x * WIDTH, y * HEIGHT) for y in range(ROWS) for x in range(COLUMNS)][1:]
        self._places = rng.sample(places, len(places))

    def draw(self) -> None:
        rng = self.rng
        getattr(self, rng.choice(["row", "background", "pictures", "timed"]))()
        for verb in rng.choices(
            ["video", "image", "text", "audio", "voiceover", "music"], k=rng.randint(2, 6)
        ):
            (self.sound if verb in ("audio", "voiceover", "music") else self.small)(verb)
        if rng.random() < 0.4:
            self.captions()
        if rng.random() < 0.25:
            self.reel = self.reel.total_duration(self.seconds(1.5, 5))

    def row(self) -> None:
        for number in range(self.rng.randint(1, 3)):
            self.full("video", crossfade=number > 0 and self.rng.random() < 0.5)

    def background(self) -> None:
        self.full("image")
        self.row()

    def pictures(self) -> None:
        for number in range(self.rng.randint(2, 3)):
            verb = self.rng.choice(["video", "image"])
            when = {} if verb == "video" and self.rng.random() < 0.6 else {"duration": self.seconds(0.8, 2)}
            self.full(verb, crossfade=verb == "video" and number > 0 and self.rng.random() < 0.3, **when)

    def timed(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            layout = Layout(z_index=self.rng.choice([-2, -1, 0]))
            when = {"start": self.seconds(0, 2), "duration": self.seconds(0.4, 2.5)}
            self.full(self.rng.choice(["video", "image"]), layout=layout, **when)

    def full(self, verb: str, *, crossfade: bool = False, **said: Any) -> None:
        if crossfade:
            said["crossfade"] = self.seconds(0.2, 0.5)
        if verb == "video" and self.rng.random() < 0.4:
            said["trim"] = self.seconds(0.05, 0.4)
        colour = self._palette.pop()
        self.add(verb, self.source(verb, colour), colours=colour, **said)
        if crossfade:
            self.fades[self.newest] = said["crossfade"]

    def small(self, verb: str) -> None:
        x, y = self._places.pop()
        box = Layout(f"{x}px", f"{y}px", f"{WIDTH}px", f"{HEIGHT}px")
        when = self.when(verb)
        if verb == "text":
            style = TextStyle(font_size=50, color="#FFFFFF")
            self.add("text", "M", cells=(x, y), layout=box, style=style, **when)
            return
        if self.rng.random() < 0.4:
            box = box | Layout(z_index=self.rng.choice([1, 2.5, 7]))
        colour = self._palette.pop()
        self.add(verb, self.source(verb, colour), colours=colour, cells=(x, y), layout=box, **when)

    def sound(self, verb: str) -> None:
        hertz = 600 + 450 * len(self.tones)
        # Whole frames, so that a tone ends between two frames wherever it starts, and whole
        # hundredths of a second, which is all that the probe reads (decision D24).
        frames, trim = 3 * self.rng.randint(7, 40), self.rng.choice([0, 0, 3, 9])
        path = self.studio.tone(f"{hertz}-{frames}.wav", hertz, frames / 30, LEVEL)
        said: dict[str, Any] = {"trim": trim / 30} if trim else {}
        if self.rng.random() < 0.3:
            said["loop"] = True
        self.add(verb, path, tones=hertz, **said, **self.when(verb))

    def captions(self) -> None:
        x, y = self._places.pop()
        box = Layout(f"{x}px", f"{y}px", f"{WIDTH}px", f"{HEIGHT}px")
        start = self.rng.randint(0, 1500)
        words = [
            {"text": "oi", "start": start + 400 * n, "end": start + 400 * n + self.rng.randint(150, 400)}
            for n in range(self.rng.randint(1, 4))
        ]
        style = CaptionStyle(font_size=40, color="#FFFFFF", highlight_color="#FFFFFF", stroke_width=0)
        self.reel = self.reel.captions("karaoke_yellow", words=words, layout=box, style=style)
        self.cells["captions"] = (x, y)

    def when(self, verb: str) -> dict[str, Any]:
        """Every way of saying when, of those that the verb takes."""
        forms = ["both", "start", "after", "during"]
        forms += {"text": [], "image": ["duration"], "video": ["duration", "none"]}.get(
            verb, ["duration", "none", "none"]
        )
        form = self.rng.choice(forms)
        said: dict[str, Any] = {}
        if form in ("after", "during"):
            said[form] = self.rng.choice([*self.colours, *self.tones])
            if self.rng.random() < 0.5:
                said["offset"] = self.seconds(0.1, 0.6)
        if form in ("both", "start"):
            said["start"] = self.seconds(0, 2.5)
        if form in ("both", "duration") or (form in ("after", "during") and self.rng.random() < 0.5):
            said["duration"] = self.seconds(0.3, 2.5)
        return said

    def add(self, verb: str, what: Any, **said: Any) -> None:
        looked_for = {key: said.pop(key) for key in ("colours", "cells", "tones") if key in said}
        before = {item.id for item in (*self.reel.layers, *self.reel.text_overlays)}
        self.reel = getattr(self.reel, verb)(what, **said)
        items = (*self.reel.layers, *self.reel.text_overlays)
        self.newest = str(next(item.id for item in items if item.id not in before))
        for key, value in looked_for.items():
            getattr(self, key)[self.newest] = value

    def source(self, verb: str, colour: tuple[int, int, int]) -> Path:
        hexed = "0x{:02x}{:02x}{:02x}".format(*colour)
        if verb == "image":
            return self.studio.picture(f"{hexed}.png", np.full((64, 64, 3), colour, np.uint8))
        rate = self.rng.choice([12, 24, 25, 29.97, 30, 50, 60])
        seconds = round(self.rng.uniform(0.9, 2.6) * rate) / rate
        source = f"color=c={hexed}:s=64x64:r={rate}:d={seconds:.5f},format=rgb24"
        tags = (
            "-color_range",
            "tv",
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
        )
        coding = (
            "-vf",
            "scale=out_range=tv:out_color_matrix=bt709",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
        )
        return self.studio.made(
            f"{hexed}-{rate}-{seconds:.5f}.mp4",
            lambda path: self.tools.ffmpeg("-f", "lavfi", "-i", source, *coding, "-qp", "8", *tags, path),
        )

    def seconds(self, least: float, most: float) -> float:
        return round(self.rng.uniform(least, most), 3)


def shot(number: int, studio: Any, tools: Any) -> Shoot:
    """The film of that number: the first drawn one that breaks no rule."""
    rng = Random(f"{SEED}-{number}")
    while True:
        shoot = Shoot(rng, studio, tools)
        shoot.draw()
        try:
            shoot.reel.resolve(engine.probe).manifest()
        except ManifestInvalidError:
            continue
        if not any(
            issue.severity == "error" for issue in shoot.reel.resolve(engine.probe).issues(engine.probe)
        ):
            return shoot


class Screen:
    """A rendered film, decoded."""

    def __init__(self, path: Path, tools: Any) -> None:
        decoded = ("-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24", "-fps_mode", "passthrough")
        raw = tools.ffmpeg("-i", path, "-map", "0:v", *decoded, "-f", "rawvideo", "-")
        self.frames = np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3).astype(np.float64)
        raw = tools.ffmpeg("-i", path, "-map", "0:a", "-ac", "1", "-f", "f32le", "-ar", "48000", "-")
        samples = np.frombuffer(raw, np.float32)[: len(self.frames) * 1600].astype(np.float64)
        self.sound = np.pad(samples, (0, len(self.frames) * 1600 - len(samples))).reshape(-1, 1600)

    def cell(self, x: int, y: int) -> np.ndarray:
        """The mean colour in the middle of a cell: (frames, 3)."""
        return self.frames[:, y + 24 : y + 36, x + 26 : x + 38].mean(axis=(1, 2))

    def coloured(self, x: int, y: int, colour: tuple[int, int, int]) -> list[int]:
        """The frames on which a cell has a colour."""
        return _numbers(np.abs(self.cell(x, y) - colour).max(axis=1) < 28)

    def written(self, x: int, y: int) -> list[int]:
        """The frames on which a cell has white letters."""
        inside = self.frames[:, y : y + HEIGHT, x : x + WIDTH]
        return _numbers((inside.min(axis=3) > 200).sum(axis=(1, 2)) > 15)

    def heard(self, hertz: int) -> list[int]:
        """The frames in which a tone has at least half its strength."""
        wave = np.exp(-2j * np.pi * hertz * np.arange(1600) / 48000)
        return _numbers(np.abs(self.sound @ wave) / 800 > LEVEL / 2)


def _numbers(is_there: np.ndarray) -> list[int]:
    return [int(at) for at in np.flatnonzero(is_there)]


def assert_full_frames(shoot: Shoot, screen: Screen, rows: dict[str, Any]) -> None:
    """Read the cell of the full-frame pictures: the highest one there is seen, dissolves cross linearly."""
    seen = screen.cell(0, 0)
    full = sorted((rows[name] for name in shoot.colours if name not in shoot.cells), key=lambda row: row.z)
    expected = np.zeros((len(seen), 3))
    for row in full:
        first, end = row.start_frame, row.end_frame
        alpha = np.ones(end - first)
        if row.id in shoot.fades:
            fade = frame_at(row.start + shoot.fades[row.id]) - first
            alpha = np.minimum(np.arange(end - first) / fade, 1)
        colour = np.array(shoot.colours[row.id], float)
        expected[first:end] += alpha[:, None] * (colour - expected[first:end])
    wrong = _numbers(np.abs(seen - expected).max(axis=1) > 28)
    assert wrong == []


@pytest.mark.parametrize("number", range(FILMS))
def test_what_is_explained_is_rendered(number: int, studio: Any, tools: Any, tmp_path: Path) -> None:
    """Every start and end that ``explain(engine.probe)`` tells is the one in the film, to the frame."""
    shoot = shot(number, studio, tools)
    told = shoot.reel.explain(engine.probe)
    film = engine.render(shoot.reel, tmp_path / "film.mp4")
    screen = Screen(film.path, tools)
    rows = {str(row.id): row for row in told.rows}
    read: dict[str, list[int]] = {}
    for name, place in shoot.cells.items():
        colour = shoot.colours.get(name)
        read[name] = screen.written(*place) if colour is None else screen.coloured(*place, colour)
    read |= {name: screen.heard(hertz) for name, hertz in shoot.tones.items()}
    expected = {}
    for name in read:
        row = rows[name]
        assert not row.unknown
        end = row.end_frame
        if name in shoot.tones and row.source_end is not None:
            end = frame_at(row.source_end)
        if name == "captions":
            end = frame_at(min(row.end + LINGER, told.seconds))
        expected[name] = list(range(row.start_frame, end))
    assert read == expected, str(told)
    assert len(screen.frames) == frame_at(told.seconds)
    assert told.unknown == ()
    assert_full_frames(shoot, screen, rows)
