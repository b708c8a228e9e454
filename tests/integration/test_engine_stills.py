"""Single frames and contact sheets, against the film they are taken from."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelforge_dsl import engine
from reelforge_dsl.errors import EngineError


def captions(words: int = 12) -> dict[str, Any]:
    said = [{"text": f"word{at}", "start": at * 300 + 100, "end": at * 300 + 350} for at in range(words)]
    return {"provider": "assemblyai", "preset": "karaoke_yellow", "words": said}


@pytest.fixture(scope="module")
def rich(studio, media: Path) -> dict[str, Any]:
    """Real footage: stitched clips of two rates with dissolves, a Ken Burns, a box, text and captions."""
    return studio.document(
        studio.layer("video", media / "bunny.mp4", None, 1.5, layout={"fit": "contain"}, trim=1.07),
        studio.layer("video", media / "bunny-portrait.mp4", None, 1.5, crossfade_seconds=0.6),
        studio.layer("video", media / "earth.mp4", None, 1.6, crossfade_seconds=0.5, motion="zoom_in"),
        studio.layer("image", media / "earth-still.jpg", 0.8, 2, layout={"y": "55px", "height": "81px"}),
        studio.layer("image", media / "earth-still.jpg", 2.9, layout={"height": "40%"}, motion="pan_left"),
        size=(180, 320),
        auto_stitch=True,
        text_overlays=[studio.text("Title", 0.4, 1.7, style={"font_size": 30})],
        captions=captions(),
    )


TIMES = (0, 0.033, 0.3, 0.61, 0.91, 1.0, 1.2, 1.49, 1.5, 1.9, 1.95, 2.1, 2.37, 2.5, 2.8, 2.9, 3.2, 3.4667)


@pytest.mark.parametrize("at", TIMES)
def test_frame_of_the_film(studio, rich: dict[str, Any], at: float) -> None:
    """A frame is the film's at that second, inside dissolves and motion too, but for the coding."""
    film = studio.film(rich)
    still = studio.still(rich, at)
    assert still.shape == (320, 180, 3)
    frame = int(at * 30 + 0.5)
    assert np.abs(still - film.frames[frame]).mean() < 4
    beside = [
        other for other in (frame - 2, frame - 1, frame + 1, frame + 2) if 0 <= other < len(film.frames)
    ]
    nearest = min(np.abs(still - film.frames[other]).mean() for other in beside)
    assert np.abs(still - film.frames[frame]).mean() <= nearest + 0.3


@pytest.mark.parametrize("rate", [10, 24, 25, 29.97, 50, 60])
@pytest.mark.parametrize("trim", [0, 0.21])
def test_every_frame_of_a_rate(studio, tools, rate: float, trim: float) -> None:
    """Whatever the source's rate, a still shows the very frame that the film shows there."""
    document = studio.document(
        studio.layer("video", studio.clock(1, rate=rate, count=min(round(rate * 2), 120)), 0, 0.6, trim=trim)
    )
    film = studio.film(document)
    for at in (0, 1, 2, 3, 7, 11, 16, 17):
        assert tools.read_clock(studio.still(document, at / 30)) == film.clock(at), at


@pytest.mark.parametrize("at", [1.9, 2, 2.5, 3.9667])
def test_held_last_frame(studio, tools, at: float) -> None:
    """A still taken where a short source stands shows its last frame."""
    document = studio.document(studio.layer("video", studio.clock(1, rate=25, count=50), 0, 4))
    film = studio.film(document)
    assert tools.read_clock(studio.still(document, at)) == film.clock(int(at * 30 + 0.5))


@pytest.mark.parametrize("at", [0.5, 0.6, 0.8, 0.9667, 1.0, 1.2])
def test_inside_a_dissolve_of_boxes(studio, at: float) -> None:
    """A still inside a dissolve of boxed clips is the film's frame."""
    document = studio.document(
        studio.layer("image", studio.flat("white.png", "white"), 0, 1.5),
        studio.layer("video", studio.clock(1, count=30), layout={"width": "50%"}),
        studio.layer("video", studio.clock(2, count=30), layout={"x": "40%"}, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    film = studio.film(document)
    assert np.abs(studio.still(document, at) - film.frames[int(at * 30 + 0.5)]).mean() < 3


@pytest.mark.parametrize("at", [0.4, 0.75, 0.9, 1.1, 1.3])
def test_inside_a_chain_of_dissolves(studio, at: float) -> None:
    """A still between two dissolves that meet is the film's frame."""
    document = studio.document(
        studio.layer("video", studio.clock(1, count=30)),
        studio.layer("video", studio.clock(2, count=30), crossfade_seconds=0.5),
        studio.layer("video", studio.clock(3, count=30), crossfade_seconds=0.5),
        auto_stitch=True,
    )
    film = studio.film(document)
    assert np.abs(studio.still(document, at) - film.frames[int(at * 30 + 0.5)]).mean() < 3


@pytest.mark.parametrize("motion", ["zoom_in", "pan_right"])
@pytest.mark.parametrize("at", [0, 0.5, 1.9667])
def test_inside_a_motion(studio, media: Path, motion: str, at: float) -> None:
    """A still in the middle of a Ken Burns has moved as far as the film has."""
    document = studio.document(
        studio.layer("video", media / "earth.mp4", 0, 2, motion=motion),
        studio.layer("image", media / "earth-still.jpg", 0, 2, motion=motion, layout={"width": "50%"}),
    )
    film = studio.film(document)
    assert np.abs(studio.still(document, at) - film.frames[int(at * 30 + 0.5)]).mean() < 3


@pytest.mark.parametrize("at", [0.1, 0.4, 0.7, 3.6, 3.9, 4.2])
def test_captions_in_a_still(studio, at: float) -> None:
    """A still shows the captions of its moment, with its spoken word, or none."""
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 4.5)
    document = studio.document(black, size=(360, 640), captions=captions())
    film, still = studio.film(document), studio.still(document, at)
    frame = film.frames[int(at * 30 + 0.5)]
    assert np.abs(still - frame).mean() < 3
    assert (still.max() > 200) == (at < 4)


def test_colours_of_a_still(studio) -> None:
    """A still has the colours of its sources."""
    for name, expected in (("red", (255, 0, 0)), ("green", (0, 128, 0)), ("gray", (128, 128, 128))):
        document = studio.document(studio.layer("image", studio.flat(f"{name}.png", name), 0, 1))
        assert np.abs(studio.still(document, 0.5) - expected).max() <= 4


def test_draft_still(studio, rich: dict[str, Any]) -> None:
    """A draft still is 360 across."""
    document = {**rich, "output": {"width": 720, "height": 1280, "fps": 30}}
    assert studio.still(document, 1, draft=True).shape == (640, 360, 3)
    assert studio.still(document, 1).shape == (1280, 720, 3)


@pytest.mark.parametrize("at", [-0.1, 1.0, 99, float("nan"), float("inf")])
def test_outside_the_film(studio, at: float) -> None:
    """A second outside the film is refused with the seconds that are in it."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 1))
    with pytest.raises(EngineError, match="not within the film") as caught:
        engine.frame(document, at)
    assert "0.9667" in str(caught.value)


def test_still_as_a_file(studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A still is a PNG that is saved whole, readable as any file one makes, and shown by notebooks."""
    monkeypatch.chdir(tmp_path)
    still = engine.frame(studio.document(studio.layer("video", studio.clock(1), 0, 1)), 0.5)
    assert still.png.startswith(b"\x89PNG")
    assert still._repr_png_() == still.png
    saved = still.save("frame.png")
    assert saved == tmp_path / "frame.png"
    assert saved.read_bytes() == still.png
    (tmp_path / "plain").touch()
    assert saved.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["frame.png", "plain"]


def test_still_that_cannot_be_saved(studio, tmp_path: Path) -> None:
    """A folder that is not there is an error of the engine, and nothing is left."""
    still = engine.frame(studio.document(studio.layer("video", studio.clock(1), 0, 1)), 0.5)
    with pytest.raises(EngineError):
        still.save(tmp_path / "not" / "there.png")
    with pytest.raises(EngineError):
        still.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_stills_tell_fallbacks(studio) -> None:
    """A still carries the warnings a film would."""
    overlay = studio.text("Text", 0, 1, style={"font_family": "No Such Font"})
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 1)
    (issue,) = engine.frame(studio.document(black, text_overlays=[overlay]), 0.5).issues
    assert "No Such Font" in issue.message


# Sheets


def cells(still: engine.Still, columns: int, rows: int) -> list[np.ndarray]:
    """The pictures of a sheet, in reading order."""
    sheet = np.asarray(Image.open(io.BytesIO(still.png)).convert("RGB")).astype(np.int16)
    height, width = sheet.shape[:2]
    wide, high = (width - 6 * (columns + 1)) // columns, (height - 6 * (rows + 1)) // rows
    return [
        sheet[6 + row * (high + 6) :][:high, 6 + column * (wide + 6) :][:, :wide]
        for row in range(rows)
        for column in range(columns)
    ]


@pytest.mark.parametrize(("columns", "rows"), [(6, 2), (1, 1), (3, 4), (5, 1)])
def test_sheet(studio, tools, columns: int, rows: int) -> None:
    """A sheet shows frames spread evenly over the film, in reading order, with white between."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 2))
    still = engine.sheet(document, columns=columns, rows=rows)
    count = columns * rows
    shown = [tools.read_clock(cell) for cell in cells(still, columns, rows)]
    assert shown == [(1, int((at + 0.5) * 60 / count)) for at in range(count)]
    picture = tools.pixels(still.png)
    assert picture.shape == (rows * 186 + 6, columns * 326 + 6, 3)
    assert picture[:5].min() > 250


def test_sheet_of_a_very_short_film(studio, tools) -> None:
    """A film with fewer frames than the sheet has places shows each once."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 0.1))
    shown = [tools.read_clock(cell) for cell in cells(engine.sheet(document), 6, 2)[:3]]
    assert shown == [(1, 0), (1, 1), (1, 2)]


def test_default_sheet_is_a_draft(studio, tools, rich: dict[str, Any]) -> None:
    """A sheet's pictures are no wider than a draft's."""
    document = {**rich, "output": {"width": 1080, "height": 1920, "fps": 30}}
    assert tools.pixels(engine.sheet(document).png).shape == (2 * 646 + 6, 6 * 366 + 6, 3)


@pytest.mark.parametrize(("columns", "rows"), [(0, 2), (2, 0), (-1, -1), (100_000, 100_000), (1.5, 2)])
def test_impossible_sheets(studio, columns: Any, rows: Any) -> None:
    """A sheet without pictures, or with far too many, is refused before any work."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 1))
    with pytest.raises(EngineError, match="sheet"):
        engine.sheet(document, columns=columns, rows=rows)
