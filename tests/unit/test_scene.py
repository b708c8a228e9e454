"""What a composition becomes before any filter is written: boxes, frames, order, dissolves."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from reelforge_dsl.engine import Media, plan
from reelforge_dsl.engine._scene import Box, Frame, Picture, Scene, scene
from reelforge_dsl.engine._video import base_run
from reelforge_dsl.models import Layout
from reelforge_dsl.timing import schedule
from reelforge_dsl.wire import from_dict

FULL_HD = Frame(1080, 1920)
CLIP = Media(
    path=Path("/media/clip.mp4"),
    kind="video",
    demuxer="mov",
    duration_seconds=10.0,
    width=1920,
    height=1080,
    coded_width=1920,
    coded_height=1080,
    fps=30.0,
    has_video=True,
    has_audio=True,
    channels=2,
    video_stream=0,
    audio_stream=1,
)
STILL = evolve(CLIP, kind="image", demuxer="png_pipe", duration_seconds=None, fps=None, has_audio=False)
LOGO = evolve(STILL, has_alpha=True)
TONE = Media(
    path=Path("/media/tone.mp3"),
    kind="audio",
    demuxer="mp3",
    duration_seconds=10.0,
    has_audio=True,
    channels=1,
    audio_stream=0,
)
FILES = {"video": CLIP, "image": STILL, "audio": TONE, "logo": LOGO}


def layer(
    kind: str, start: float | None = None, length: float | None = None, **fields: Any
) -> dict[str, Any]:
    time = {"start_seconds": start, "duration_seconds": length}
    said = {key: value for key, value in time.items() if value is not None}
    return {"type": kind, "time": said, **fields} if said else {"type": kind, **fields}


def document(*layers: dict[str, Any], **composition: Any) -> dict[str, Any]:
    assets = [{"id": name, "type": name, "url": f"file:///{name}"} for name in ("video", "image", "audio")]
    assets.append({"id": "logo", "type": "image", "url": "file:///logo"})
    timeline = [{"asset_id": given["type"], **given, "id": f"v{at}"} for at, given in enumerate(layers)]
    return {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": assets,
        "composition": {"timeline": timeline, **composition},
    }


def measured() -> dict[str, Media]:
    return {f"file:///{name}": file for name, file in FILES.items()}


def shown(*layers: dict[str, Any], frame: Frame = FULL_HD, **composition: Any) -> Scene:
    manifest = from_dict(document(*layers, **composition))
    lengths = {src: file.duration_seconds for src, file in measured().items() if file.duration_seconds}
    return scene(manifest, schedule(manifest, lengths), measured(), frame)


def order(found: Scene) -> list[str]:
    return [picture.id for picture in found.pictures]


# Frames and boxes


@pytest.mark.parametrize(
    ("size", "width", "expected"),
    [
        ((1080, 1920), None, (1080, 1920, 1.0)),
        ((1080, 1920), 360, (360, 640, 1 / 3)),
        ((1920, 1080), 360, (360, 202, 0.1875)),
        ((1080, 1350), 360, (360, 450, 1 / 3)),
        ((300, 200), 360, (300, 200, 1.0)),
        ((360, 2), 360, (360, 2, 1.0)),
        ((4000, 2), 360, (360, 2, 0.09)),
    ],
)
def test_frame(size: tuple[int, int], width: int | None, expected: tuple[int, int, float]) -> None:
    """A draft is as wide as asked, of even height, and never larger than the film."""
    manifest = from_dict({**document(), "output": {"width": size[0], "height": size[1], "fps": 30}})
    frame = Frame.of(manifest, width)
    assert (frame.width, frame.height) == expected[:2]
    assert frame.scale == pytest.approx(expected[2])


@pytest.mark.parametrize(
    ("layout", "box"),
    [
        (None, (0, 0, 1080, 1920)),
        (Layout(), (0, 0, 1080, 1920)),
        (Layout("10%", "25%", "50%", "10%"), (108, 480, 540, 192)),
        (Layout("20px", "30px", "40px", "50px"), (20, 30, 40, 50)),
        (Layout("-10%", "-10px", "50%", "20px"), (-108, -10, 540, 20)),
        (Layout(x="100px"), (100, 0, 980, 1920)),
        (Layout(y="50%"), (0, 960, 1080, 960)),
        (Layout(width="30%"), (0, 0, 324, 1920)),
        (Layout(x="0.4px", width="0.4px"), (0, 0, 1, 1920)),
        (Layout(x="150%"), (1620, 0, 0, 1920)),
    ],
)
def test_box(layout: Layout | None, box: tuple[int, int, int, int]) -> None:
    """A layout's percents are of the frame, its pixels the document's; what is missing reaches the edge."""
    found = Box.of(layout, FULL_HD)
    assert (found.x, found.y, found.width, found.height) == box


def test_box_of_a_draft() -> None:
    """In a draft pixels shrink with the frame, percents are of the smaller one."""
    draft = Frame(360, 640, 1 / 3)
    found = Box.of(Layout("30px", "10%", "300px", "50%"), draft)
    assert (found.x, found.y, found.width, found.height) == (10, 64, 100, 320)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(2, 2000))
def test_boxes_that_touch_stay_together(parts: list[int], width: int) -> None:
    """Boxes whose percents add up meet but for the rounding of the percents, whatever the frame."""
    frame = Frame(width, 100)
    whole, edge, boxes = sum(parts), 0, []
    for part in parts:
        layout = Layout(x=f"{100 * edge / whole:.10f}%", width=f"{100 * part / whole:.10f}%")
        boxes.append(Box.of(layout, frame))
        edge += part
    for box, following in itertools.pairwise(boxes):
        assert abs(box.x + box.width - following.x) <= 1
    assert boxes[-1].x + boxes[-1].width == width


def test_box_against_box() -> None:
    """A box holds another when all of that is inside, and meets the frame when any of it is."""
    assert Box(0, 0, 10, 10).holds(Box(0, 0, 10, 10))
    assert Box(0, 0, 10, 10).holds(Box(2, 3, 4, 5))
    assert not Box(0, 0, 10, 10).holds(Box(2, 3, 9, 5))
    assert not Box(1, 0, 10, 10).holds(Box(0, 0, 5, 5))
    assert Box(-5, -5, 6, 6).meets(FULL_HD)
    assert not Box(-5, -5, 5, 6).meets(FULL_HD)
    assert not Box(1080, 0, 5, 6).meets(FULL_HD)
    assert not Box(5, 5, 0, 6).meets(FULL_HD)


# Frames of time


def test_edges_are_rounded() -> None:
    """Starts and ends fall on the nearest frame, so neighbours meet."""
    found = shown(layer("video", 0, 1.016), layer("video", 1.016, 1.018), layer("video", 2.034, 1))
    assert [(picture.first, picture.end) for picture in found.pictures] == [(0, 30), (30, 61), (61, 91)]
    assert found.frames == 91


def test_cut_by_the_end() -> None:
    """What is cut by the film's end keeps its whole life for its motion."""
    (picture,) = shown(layer("video", 0, 4, motion="zoom_in"), duration_seconds=1).pictures
    assert (picture.end, picture.life) == (30, 120)


def test_what_is_not_seen() -> None:
    """Layers of no frame, past the end or outside the frame are no pictures, but may be heard."""
    found = shown(
        layer("video", 0, 2),
        layer("image", 1, 0.01),
        layer("video", 5, 1),
        layer("video", 0, 1, layout={"x": "100%", "width": "50%"}),
        layer("image", 0, 1, layout={"width": "0px"}),
        duration_seconds=2,
    )
    assert order(found) == ["v0"]
    assert [sound.id for sound in found.sounds] == ["v0", "v3"]


def test_paint_order() -> None:
    """Pictures go by z_index, ties by their order in the document."""
    found = shown(
        layer("video", 0, 1, layout={"z_index": 2}),
        layer("video", 0, 1),
        layer("video", 0, 1, layout={"z_index": -1}),
        layer("video", 0, 1, layout={"z_index": 0}),
        layer("video", 0, 1, layout={"z_index": 1.5}),
    )
    assert order(found) == ["v2", "v1", "v3", "v4", "v0"]


# Where reading starts


@pytest.mark.parametrize(
    ("trim", "media", "lead"),
    [
        (0, CLIP, 0),
        (0.4, CLIP, 0.4),
        (5, CLIP, 1),
        (5, evolve(CLIP, fps=0.5), 5),
        (5, evolve(CLIP, fps=1.0), 3),
        (12, CLIP, 3),
        (5, evolve(CLIP, demuxer="mpegts"), 5),
        (5, evolve(CLIP, fps=None), 1),
    ],
)
def test_lead(trim: float, media: Media, lead: float) -> None:
    """Enough before the trim is read to meet the picture that is on there, or the last one of the file."""
    (picture,) = shown(layer("video", 0, 1)).pictures
    assert evolve(picture, trim=trim, media=media).lead == pytest.approx(lead)


# Dissolves


def stitched(*layers: dict[str, Any], **composition: Any) -> Scene:
    return shown(*layers, auto_stitch=True, **composition)


def fading(seconds: float, **fields: Any) -> dict[str, Any]:
    return layer("video", None, 2, media_settings={"crossfade_seconds": seconds}, **fields)


def told(picture: Picture) -> tuple[int, int, int, int, bool]:
    return picture.first, picture.end, picture.dissolve, picture.leaving, picture.fades


def test_stitched_dissolve() -> None:
    """A stitched clip comes earlier and dissolves over the one before, in sound as in picture."""
    found = stitched(layer("video", None, 2), fading(0.5))
    assert [told(picture) for picture in found.pictures] == [(0, 60, 0, 15, False), (45, 105, 15, 0, False)]
    one, other = found.sounds
    assert (one.rise, one.fall_at, one.fall) == (0, 45, 15)
    assert (other.rise, other.fall_at) == (15, None)


@pytest.mark.parametrize("seconds", [0.01, 0.016, 0.017, 0.05, 0.349, 0.35])
def test_dissolve_meets_the_end(seconds: float) -> None:
    """However its ends round, a dissolve takes just the frames in which both clips are there."""
    one, other = stitched(layer("video", None, 2), fading(seconds)).pictures
    assert other.dissolve == one.end - other.first
    assert one.leaving == other.dissolve


def test_dissolve_cut_by_the_end() -> None:
    """A dissolve that the film's end cuts is not hurried."""
    found = stitched(layer("video", None, 2), fading(1), duration_seconds=1.5)
    assert told(found.pictures[1]) == (30, 45, 30, 0, False)


@pytest.mark.parametrize(
    ("before", "after", "fades"),
    [
        ({}, {}, False),
        ({"layout": {"width": "50%"}}, {}, False),
        ({}, {"layout": {"width": "50%"}}, True),
        ({"layout": {"width": "50%"}}, {"layout": {"x": "50%"}}, True),
        ({}, {"layout": {"fit": "contain"}}, False),
        ({}, {"layout": {"fit": "contain"}, "background_mode": "transparent"}, True),
    ],
)
def test_who_fades_out(before: dict[str, Any], after: dict[str, Any], fades: bool) -> None:
    """A clip fades out itself only where the next one does not cover it."""
    found = stitched(layer("video", None, 2, **before), fading(0.5, **after))
    assert found.pictures[0].fades == fades


def test_timed_dissolve() -> None:
    """A timed clip dissolves in whatever is below; only a clip that ends with the dissolve is leaving."""
    settings = {"media_settings": {"crossfade_seconds": 0.5}}
    found = shown(layer("video", 0, 4), layer("video", 1, 2, **settings))
    assert [told(picture) for picture in found.pictures] == [(0, 120, 0, 0, False), (30, 90, 15, 0, False)]
    assert (found.sounds[0].fall_at, found.sounds[0].fall) == (30, 15)
    found = shown(layer("image", 0, 4), layer("video", 1, 2, **settings))
    assert told(found.pictures[1]) == (30, 90, 15, 0, False)
    assert found.sounds[0].rise == 15


# What is joined end to end


def test_base_of_stitched_clips() -> None:
    """Clips that fill the frame one after another, dissolving or not, are joined."""
    found = stitched(layer("video", None, 2), fading(0.5), fading(0), fading(1))
    assert base_run(found) == [0, 1, 2, 3]


def test_base_goes_by_time() -> None:
    """Clips are joined in the order of time, whatever their order in the document."""
    found = shown(layer("video", 2, 1), layer("video", 0, 1), layer("image", 1, 1))
    assert base_run(found) == [1, 2, 0]


@pytest.mark.parametrize(
    "above",
    [
        layer("video", 0.5, 0.5),
        layer("logo", 2, 1, type="image", asset_id="logo"),
        layer("video", 2, 1, layout={"width": "50%"}),
        layer("video", 2, 1, layout={"fit": "contain"}, background_mode="transparent"),
    ],
)
def test_not_in_the_base(above: dict[str, Any]) -> None:
    """What overlaps, lets something through or does not fill the frame is laid over instead."""
    assert base_run(shown(layer("video", 0, 2), above)) == [0]


def test_base_is_below_everything() -> None:
    """A clip that fills the frame above a box of its time is not joined: it would fall below the box."""
    found = shown(
        layer("video", 0, 1),
        layer("image", 1, 2, layout={"width": "50%"}),
        layer("video", 2, 1),
    )
    assert base_run(found) == [0]


# Plans grow with their documents


def long_film(layers: int, words: int, texts: int = 0) -> dict[str, Any]:
    timeline = [
        layer("image", at % 20 / 4, 1, layout={"x": f"{at}px", "width": "50%"}, motion="zoom_in")
        for at in range(layers)
    ]
    said = [{"text": f"w{at}", "start": at * 25, "end": at * 25 + 20} for at in range(words)]
    captions = {"provider": "assemblyai", "preset": "karaoke_yellow", "words": said}
    time = {"start_seconds": 0, "duration_seconds": 1}
    overlays = [{"content": f"Text {at}", "time": time} for at in range(texts)]
    return document(*timeline, **({"captions": captions} if words else {}), text_overlays=overlays)


def test_plan_grows_in_step() -> None:
    """Twice the layers, words and texts make a plan of about twice the size, not four times."""
    sizes = []
    for count in (1, 2, 4):
        made = plan(long_film(60 * count, 50 * count, 10 * count), measured())
        sizes.append((len(made.graph), len(made.inputs), len(made.drawings), len(made.lists[0][1])))
    for small, large in itertools.pairwise(sizes):
        assert all(1.5 < more / less < 2.4 for less, more in zip(small, large, strict=True))


def test_a_plan_touches_no_file() -> None:
    """A plan of measured media is made without looking for a single file."""
    made = plan(long_film(3, 5), measured())
    assert made.frames == 45
    assert sum(word == "-i" for word in made.argv()) == len(made.inputs) == 4


def test_same_document_same_plan() -> None:
    """The same document gives the same plan."""
    assert plan(long_film(10, 20, 3), measured()) == plan(long_film(10, 20, 3), measured())
