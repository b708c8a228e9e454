"""What a film's pictures look like: container, colours, boxes, fits, alpha and motion, in decoded frames."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelforge_dsl import engine

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
RGB = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "gray": (128, 128, 128)}


def edges(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is bright."""
    bright = picture.mean(axis=2) > 128
    columns, rows = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def extent(picture: np.ndarray) -> tuple[float, float]:
    """Width and height of a bright disc, from its area's second moments."""
    x, y, weight = _weighed(picture)
    across = np.sqrt((weight * x**2).sum() / weight.sum() - ((weight * x).sum() / weight.sum()) ** 2)
    down = np.sqrt((weight * y**2).sum() / weight.sum() - ((weight * y).sum() / weight.sum()) ** 2)
    return 4 * float(across), 4 * float(down)


def centre(picture: np.ndarray) -> tuple[float, float]:
    """Where a bright disc is."""
    x, y, weight = _weighed(picture)
    return float((weight * x).sum() / weight.sum()), float((weight * y).sum() / weight.sum())


def _weighed(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return x, y, np.clip(picture.mean(axis=2) - 60, 0, None)


# The container


def test_container(studio, tools) -> None:
    """The film is H.264 yuv420p, narrow range, tagged bt709, with AAC stereo at 48 kHz."""
    film = studio.show(studio.layer("video", studio.clock(1), 0, 1))
    said = tools.report(film.path)
    assert "h264 (High)" in said
    assert "yuv420p(tv, bt709, progressive), 320x180 [SAR 1:1 DAR 16:9]" in said
    assert "30 fps" in said
    assert "Audio: aac (LC)" in said
    assert "48000 Hz, stereo" in said


def test_constant_rate(studio, tools) -> None:
    """Every frame lasts a thirtieth of a second, and the first starts at 0."""
    film = studio.show(
        studio.layer("video", studio.clock(1, rate=25), 0, 0.9),
        studio.layer("video", studio.clock(2), 1, 0.5),
        seconds=2,
    )
    tick, stamps = tools.packets(film.path, "v")
    assert np.allclose(np.array(stamps) * tick, np.arange(60) / 30, atol=1e-9)


def test_faststart(studio) -> None:
    """The index stands before the media, so that the film plays while it loads."""
    film = studio.show(studio.layer("video", studio.clock(1), 0, 1))
    data, at, kinds = film.path.read_bytes(), 0, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind)
        at += size
    assert kinds.index(b"moov") < kinds.index(b"mdat")


@pytest.mark.parametrize("seconds", [0.1, 1, 1.017, 2.5])
def test_sound_as_long_as_picture(studio, seconds: float) -> None:
    """Picture and sound end within a frame of each other, whatever the length."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, 1),
        studio.layer("audio", studio.tone("long.wav", seconds=5), 0, 5),
        seconds=seconds,
    )
    frames = int(seconds * 30 + 0.5)
    assert len(film.frames) == frames == film.rendered.frames
    assert abs(len(film.samples) / 48000 - frames / 30) <= 1 / 30


def test_silent_film_has_a_silent_track(studio) -> None:
    """A film without any sound has a stereo track of silence, as long as the picture."""
    film = studio.show(studio.layer("image", studio.flat("red.png", "red"), 0, 1))
    assert film.samples.shape[1] == 2
    assert len(film.samples) == pytest.approx(48000, abs=1600)
    assert np.abs(film.samples).max() < 1e-4


def test_same_bytes(studio, tmp_path: Path) -> None:
    """The same document gives the same bytes, wherever it is written."""
    document = studio.document(
        studio.layer("video", studio.clock(1), 0, 1),
        studio.layer("audio", studio.tone("tone.wav"), 0, 1),
        text_overlays=[studio.text("Twice")],
    )
    (tmp_path / "elsewhere").mkdir()
    one = engine.render(document, tmp_path / "one.mp4")
    other = engine.render(document, tmp_path / "elsewhere" / "other.mp4")
    assert one.path.read_bytes() == other.path.read_bytes()


@pytest.mark.parametrize("size", [(2, 2), (16, 640), (322, 178)])
def test_odd_frame_sizes(studio, size: tuple[int, int]) -> None:
    """Any even frame is rendered: two pixels wide, a strip, a size x264 has to pad."""
    film = studio.show(studio.layer("image", studio.flat("red.png", "red"), 0, 0.2), size=size)
    assert film.frames.shape == (6, size[1], size[0], 3)
    assert np.abs(film.seen(0) - (255, 0, 0)).max() <= 4


def test_nothing_but_sound(studio) -> None:
    """A composition of sound alone is black and as long as the sound."""
    film = studio.show(studio.layer("audio", studio.tone("tone.wav"), 0, 1.5))
    assert len(film.frames) == 45
    assert film.frames.max() <= 2


# Colours

HD, SD = "1280x720", "320x180"


def coded(matrix: str, kind: str, tag: str | None, spread: str = "tv") -> tuple[str, ...]:
    """How a clip is coded with a YUV matrix, and what its file says of that."""
    scaled = f"scale=out_range={spread}:out_color_matrix={matrix}"
    tags = ("-colorspace", tag, "-color_range", spread) if tag else ()
    untold = "" if tag else ",setparams=colorspace=unknown"
    return (
        "-vf",
        scaled + untold,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-qp",
        "4",
        "-pix_fmt",
        kind,
        *tags,
    )


KINDS = {
    "full range JPEG": (".jpg", (), SD),
    "PNG": (".png", (), SD),
    "16-bit PNG": ("-16.png", ("-frames:v", "1", "-pix_fmt", "rgb48be"), SD),
    "BMP": (".bmp", (), SD),
    "tagged bt709": ("-709.mp4", (), SD),
    "untagged HD is bt709": ("-hd.mp4", coded("bt709", "yuv420p", None), HD),
    "untagged SD is bt601": ("-sd.mp4", coded("bt601", "yuv420p", None), SD),
    "tagged bt601 in HD": ("-601.mp4", coded("bt601", "yuv420p", "smpte170m"), HD),
    "full range video": ("-pc.mp4", coded("bt709", "yuvj420p", "bt709", "pc"), SD),
    "10-bit video": ("-10.mp4", coded("bt709", "yuv420p10le", "bt709"), SD),
    "4:4:4 video": ("-444.mp4", coded("bt709", "yuv444p", "bt709"), SD),
    "RGB video": ("-rgb.mov", ("-c:v", "png", "-pix_fmt", "rgb24"), SD),
    "motion JPEG": ("-mj.avi", ("-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj444p"), SD),
}


@pytest.mark.parametrize("kind", KINDS)
def test_colours_survive(studio, kind: str) -> None:
    """Red, green, blue and grey come out as they went in, within 4 of 255 (and a rounding)."""
    suffix, words, size = KINDS[kind]
    files = [studio.flat(f"{name}{suffix}", name, *words, size=size, seconds=0.2) for name in RGB]
    moving = "video" if suffix.endswith((".mp4", ".mov", ".avi")) else "image"
    film = studio.show(*(studio.layer(moving, file, at * 0.1, 0.1) for at, file in enumerate(files)))
    for at, (name, expected) in enumerate(RGB.items()):
        assert np.abs(film.seen(3 * at + 1) - expected).max() < 4.5, name


def test_grey_pictures(studio) -> None:
    """Images with one channel or a palette keep their greys and colours."""
    grey = np.full((90, 160), 100, np.uint8)
    single = studio.picture("grey.jpg", grey, quality=95)
    flat = studio.picture("grey.png", grey)
    colour = np.full((90, 160, 3), (200, 40, 90), np.uint8)
    adapted = Image.fromarray(colour).convert("P", palette=Image.Palette.ADAPTIVE)
    palette = studio.made("palette.png", adapted.save)
    film = studio.show(
        studio.layer("image", single, 0, 0.1),
        studio.layer("image", flat, 0.1, 0.1),
        studio.layer("image", palette, 0.2, 0.1),
    )
    assert np.abs(film.seen(1) - 100).max() <= 4
    assert np.abs(film.seen(4) - 100).max() <= 4
    assert np.abs(film.seen(7) - (200, 40, 90)).max() <= 4


def test_one_jpeg_does_not_turn_the_film(studio) -> None:
    """A full-range JPEG beside a video changes neither the video's colours nor the film's range."""
    film = studio.show(
        studio.layer("video", studio.flat("gray-709.mp4", "gray"), 0, 0.5),
        studio.layer("image", studio.flat("gray.jpg", "gray"), 0, 0.5, layout={"width": "50%"}),
    )
    assert np.abs(film.frames[5] - 128).max() <= 4


# Boxes

BOXES = {
    "pixels": ({"x": "40px", "y": "20px", "width": "100px", "height": "60px"}, (40, 20, 140, 80)),
    "percent": ({"x": "25%", "y": "50%", "width": "50%", "height": "25%"}, (80, 90, 240, 135)),
    "odd place": ({"x": "21px", "y": "13px", "width": "32px", "height": "26px"}, (21, 13, 53, 39)),
    "odd size": ({"x": "20px", "y": "12px", "width": "33px", "height": "27px"}, (20, 12, 53, 39)),
    "odd place and size": ({"x": "21px", "y": "13px", "width": "33px", "height": "27px"}, (21, 13, 54, 40)),
    "one pixel": ({"x": "51px", "y": "60px", "width": "1px", "height": "1px"}, (51, 60, 52, 61)),
    "one column": ({"x": "50px", "width": "1px"}, (50, 0, 51, 180)),
    "fractions": ({"x": "10.4px", "y": "10.6px", "width": "20px", "height": "20px"}, (10, 11, 30, 31)),
    "off the left and top": (
        {"x": "-30px", "y": "-10%", "width": "100px", "height": "60px"},
        (0, 0, 70, 42),
    ),
    "off the left by an odd number": (
        {"x": "-31px", "y": "-11px", "width": "100px", "height": "60px"},
        (0, 0, 69, 49),
    ),
    "off the right and bottom": (
        {"x": "300px", "y": "170px", "width": "100px", "height": "60px"},
        (300, 170, 320, 180),
    ),
    "larger than the frame": (
        {"x": "-50px", "y": "-50px", "width": "420px", "height": "280px"},
        (0, 0, 320, 180),
    ),
    "no size": ({"x": "100px", "y": "50%"}, (100, 90, 320, 180)),
    "no place": ({"width": "100px", "height": "50%"}, (0, 0, 100, 90)),
    "only a width": ({"width": "30%"}, (0, 0, 96, 180)),
}


@pytest.mark.parametrize("source", ["video", "image"])
@pytest.mark.parametrize("name", BOXES)
def test_box_to_the_pixel(studio, name: str, source: str) -> None:
    """A layer fills exactly the pixels its layout names, also where it reaches outside the frame."""
    layout, expected = BOXES[name]
    file = studio.flat("white-709.mp4" if source == "video" else "white.png", "white")
    film = studio.show(studio.layer(source, file, 0, 0.1, layout=layout))
    assert edges(film.frames[1]) == expected


def test_boxes_side_by_side_never_gap(studio) -> None:
    """Three thirds of a frame that does not divide by three leave no black between them."""
    white = studio.flat("white.png", "white")
    third = [
        studio.layer("image", white, 0, 0.1, layout={"x": x, "width": "33.3333%"})
        for x in ("0%", "33.3333%", "66.6667%")
    ]
    film = studio.show(*third)
    assert film.frames[1].min() > 240


def test_outside_the_frame(studio, tools) -> None:
    """A layer wholly outside the frame leaves it black, and its sound is still heard."""
    sounding = studio.made(
        "white-tone.mp4",
        lambda path: tools.ffmpeg(
            "-i", studio.flat("white-709.mp4", "white"), "-i", studio.tone("tone.wav"), "-c:v", "copy", path
        ),
    )
    film = studio.show(studio.layer("video", sounding, 0, 1, layout={"x": "100%", "width": "50%"}))
    assert film.frames.max() <= 2
    assert film.rms(0.2, 0.8).min() > 0.1


def test_paint_order(studio) -> None:
    """Later layers cover earlier ones, z_index overrides that, and ties go by the order in the document."""
    red, green, blue = (studio.flat(f"{name}.png", name) for name in ("red", "green", "blue"))
    half = {"width": "50%"}
    film = studio.show(
        studio.layer("image", red, 0, 0.1, layout={**half, "z_index": 1}),
        studio.layer("image", green, 0, 0.1, layout={**half, "z_index": 1}),
        studio.layer("image", blue, 0, 0.1),
        studio.layer("image", red, 0.1, 0.1),
        studio.layer("image", blue, 0.1, 0.1, layout={"z_index": -1}),
    )
    assert np.abs(film.colour(1, 80, 90) - RGB["green"]).max() <= 4
    assert np.abs(film.colour(1, 240, 90) - RGB["blue"]).max() <= 4
    assert np.abs(film.colour(4, 80, 90) - RGB["red"]).max() <= 4


def test_one_file_in_two_layers(studio) -> None:
    """The same asset shows in two layers at once, each at its own time of the source."""
    clip = studio.clock(1)
    film = studio.show(
        studio.layer("video", clip, 0, 1),
        studio.layer("video", clip, 0.5, 0.5, trim=1, layout={"y": "50%", "height": "50%", "fit": "contain"}),
    )
    assert [film.clock(at, (0, 0, 320, 90)) for at in (14, 15, 29)] == [(1, 14), (1, 15), (1, 29)]
    assert [film.clock(at, (80, 90, 160, 90)) for at in (15, 29)] == [(1, 30), (1, 44)]


# Fits


@pytest.fixture(scope="module")
def disc(studio, tools):
    """A picture of any size with a disc of a quarter of its short side's radius in the middle."""

    def make(width: int, height: int) -> Path:
        drawn = tools.disc_picture((width, height), (width / 2, height / 2), min(width, height) / 4)
        return studio.picture(f"disc-{width}x{height}.png", drawn)

    return make


@pytest.mark.parametrize("size", [(640, 360), (200, 400), (300, 300), (1001, 333), (77, 211)])
@pytest.mark.parametrize("box", [(320, 180), (100, 150), (120, 60)])
def test_cover_is_centred_and_unstretched(studio, disc, size: tuple[int, int], box: tuple[int, int]) -> None:
    """`cover` fills the box, keeps a disc round within 2 %, and its middle in the middle."""
    layout = {"width": f"{box[0]}px", "height": f"{box[1]}px"}
    film = studio.show(studio.layer("image", disc(*size), 0, 0.1, layout=layout))
    picture = film.frames[1][: box[1], : box[0]]
    for side in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert np.median(side) > 25
    scale = max(box[0] / size[0], box[1] / size[1])
    if min(size) / 2 * scale < min(box) - 4:
        across, down = extent(picture)
        assert across / down == pytest.approx(1, abs=0.02)
        assert across == pytest.approx(min(size) / 2 * scale, rel=0.03)
    assert centre(picture) == pytest.approx((box[0] / 2, box[1] / 2), abs=0.5 + 0.5 * scale)


def test_contain_on_black(studio, disc) -> None:
    """`contain` with `solid` shows the whole picture in the middle of the box, black beside it."""
    layout = {"x": "10px", "y": "10px", "width": "200px", "height": "160px", "fit": "contain"}
    below = studio.layer("image", studio.flat("red.png", "red"), 0, 0.1)
    whole = studio.flat("white-wide.png", "white", size="400x200")
    film = studio.show(
        below, studio.layer("image", whole, 0, 0.1, layout=layout, background_mode="solid"), seconds=0.1
    )
    box = film.frames[1][10:170, 10:210]
    assert edges(box) == (0, 30, 200, 130)
    assert box[4:26].max() <= 12
    assert np.abs(film.colour(1, 5, 90) - RGB["red"]).max() <= 4


def test_contain_on_what_lies_below(studio) -> None:
    """`contain` with `transparent` lets the layer below show beside the picture."""
    layout = {"x": "10px", "y": "10px", "width": "200px", "height": "160px", "fit": "contain"}
    whole = studio.flat("white-wide.png", "white", size="400x200")
    film = studio.show(
        studio.layer("image", studio.flat("red.png", "red"), 0, 0.1),
        studio.layer("image", whole, 0, 0.1, layout=layout, background_mode="transparent"),
    )
    assert np.abs(film.colour(1, 100, 25) - RGB["red"]).max() <= 4
    assert film.colour(1, 100, 60).min() > 250
    assert np.abs(film.colour(1, 100, 155) - RGB["red"]).max() <= 4


def test_contain_blurred(studio) -> None:
    """`contain` fills the rest with the same picture, covering the box and blurred, by default."""
    left_red = np.zeros((100, 200, 3), np.uint8)
    left_red[:, :100], left_red[:, 100:] = (255, 0, 0), (0, 0, 255)
    picture = studio.picture("two.png", left_red)
    film = studio.show(
        studio.layer("image", picture, 0, 0.1, layout={"fit": "contain"}),
        size=(200, 360),
    )
    assert np.abs(film.colour(1, 10, 180) - (255, 0, 0)).max() <= 4
    row = film.frames[1][40]
    assert row[5, 0] > 200
    assert row[5, 2] < 30
    assert row[195, 2] > 200
    middle = row[:, 0]
    assert 40 < middle[100] < 215
    assert np.abs(np.diff(middle)).max() < 50


def test_square_pixels(studio, tools) -> None:
    """A source with wide pixels is shown as wide as it is meant, cropped and contained."""
    # 360×240 stored pixels that stand for 480×240, with a disc that is round when shown.
    x, y = np.meshgrid((np.arange(360) + 0.5) * 4 / 3, np.arange(240) + 0.5)
    inside = np.clip(50.5 - np.hypot(x - 240, y - 120), 0, 1)
    drawn = np.repeat((30 + 225 * inside)[..., None], 3, axis=2).round().astype(np.uint8)
    stored = studio.clip("stored.mp4", [drawn] * 10, 30)
    coding = ("-vf", "setsar=4/3", "-c:v", "libx264", "-qp", "8", "-preset", "ultrafast")
    wide = studio.made("wide.mp4", lambda path: tools.ffmpeg("-i", stored, *coding, path))
    box = {"width": "160px", "height": "90px"}
    film = studio.show(
        studio.layer("video", wide, 0, 0.2, layout=box),
        studio.layer("video", wide, 0, 0.2, layout={**box, "y": "90px", "fit": "contain"}),
    )
    for part in (film.frames[3][:90, :160], film.frames[3][92:178, :160]):
        across, down = extent(part)
        assert across / down == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_sources(studio, tools, turn: int) -> None:
    """A phone's turned video stands upright: the corner that was top left goes where the turn brings it."""
    drawn = np.full((120, 200, 3), 30, np.uint8)
    drawn[:40, :40] = 255
    flat = studio.clip("corner.mp4", [drawn] * 10, 30)
    turned = studio.made(
        f"turned-{turn}.mp4",
        lambda path: tools.ffmpeg("-display_rotation", turn, "-i", flat, "-c", "copy", path),
    )
    size = (200, 120) if turn == 180 else (120, 200)
    film = studio.show(studio.layer("video", turned, 0, 0.2), size=size)
    # FFmpeg's display_rotation turns counter-clockwise.
    corners = {90: (0, 160, 40, 200), 180: (160, 80, 200, 120), 270: (80, 0, 120, 40)}
    assert edges(film.frames[3]) == pytest.approx(corners[turn], abs=1)


def test_turned_photo(studio) -> None:
    """A photo whose EXIF says it lies on its side stands upright."""
    drawn = np.full((120, 200, 3), 30, np.uint8)
    drawn[:40, :40] = 255

    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    photo = studio.picture("exif.jpg", drawn, quality=95, exif=exif.tobytes())
    film = studio.show(studio.layer("image", photo, 0, 0.1), size=(120, 200))
    assert edges(film.frames[1]) == pytest.approx((80, 0, 120, 40), abs=1)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (3, 5), (103, 200), (2001, 3)])
@pytest.mark.parametrize("fit", ["cover", "contain"])
@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_small_and_odd_images(studio, size: tuple[int, int], fit: str, kind: str) -> None:
    """Images of one pixel, thin strips and odd sizes are painted in every fit."""
    pixels = np.full((size[1], size[0], 3), (0, 128, 0), np.uint8)
    image = studio.picture(f"small-{size[0]}x{size[1]}.{kind}", pixels)
    film = studio.show(
        studio.layer("image", image, 0, 0.1, layout={"fit": fit}),
        studio.layer("image", image, 0.1, 0.1, layout={"fit": fit, "width": "31px", "height": "90px"}),
        studio.layer("image", image, 0.2, 0.1, layout={"fit": fit}, background_mode="solid"),
        studio.layer("image", image, 0.3, 0.1, layout={"fit": fit}, background_mode="transparent"),
    )
    # The middle of a box is between pixels; of a line one pixel high, half of the colour is lost.
    line = size == (2001, 3) and fit == "contain"
    for at, x, y in ((1, 160, 90), (4, 15, 45), (7, 160, 90), (10, 160, 90)):
        around = film.frames[at, y - 1 : y + 1, x - 1 : x + 1].reshape(-1, 3)
        assert np.abs(around - (0, 128, 0)).max(axis=1).min() <= (100 if line else 8)


@pytest.mark.parametrize("size", ["321x181", "1x1", "3x99", "639x5"])
def test_odd_videos(studio, size: str) -> None:
    """Videos of odd sizes are painted in both fits."""
    words = ("-c:v", "png", "-pix_fmt", "rgb24")
    file = studio.flat(f"odd-{size}.mov", "green", *words, size=size, seconds=0.2)
    film = studio.show(
        studio.layer("video", file, 0, 0.1),
        studio.layer("video", file, 0.1, 0.1, layout={"fit": "contain"}),
    )
    for at in (1, 4):
        assert np.abs(film.colour(at, 160, 90, 0) - (0, 128, 0)).max() <= 6


# Alpha


def test_image_with_alpha(studio) -> None:
    """A PNG's clear, half-clear and solid parts let the video below through as much as they say."""
    clear = np.zeros((180, 320, 4), np.uint8)
    clear[..., 0] = 255
    clear[:, 107:213, 3], clear[:, 213:, 3] = 128, 255
    image = studio.picture("alpha.png", clear)
    film = studio.show(
        studio.layer("video", studio.flat("blue-709.mp4", "blue"), 0, 0.2),
        studio.layer("image", image, 0, 0.2),
    )
    assert np.abs(film.colour(3, 50, 90) - (0, 0, 255)).max() <= 4
    assert np.abs(film.colour(3, 160, 90) - (128, 0, 127)).max() <= 6
    assert np.abs(film.colour(3, 280, 90) - (255, 0, 0)).max() <= 4


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_video_with_alpha(studio, codec: str) -> None:
    """A WebM with an alpha channel is seen through, and moves."""
    clear = np.zeros((90, 160, 4), np.uint8)
    clear[..., 1] = 128
    clear[:, 80:, 3] = 255
    coding = ("-vf", "scale=out_color_matrix=bt709", "-c:v", codec, "-pix_fmt", "yuva420p", "-b:v", "2M")
    tags = ("-colorspace", "bt709", "-color_range", "tv", "-auto-alt-ref", "0")
    clip = studio.clip(f"{codec}.webm", [clear] * 20, 30, *coding, *tags)
    film = studio.show(
        studio.layer("image", studio.flat("red.png", "red"), 0, 0.5),
        studio.layer("video", clip, 0, 0.5),
    )
    for at in (0, 8, 14):
        assert np.abs(film.colour(at, 60, 90) - (255, 0, 0)).max() <= 5
        assert np.abs(film.colour(at, 260, 90)[:2] - (0, 128)).max() <= 24


def test_clear_image_contained(studio) -> None:
    """A logo with alpha, contained in a corner box, shows the video around and through it."""
    logo = np.zeros((100, 100, 4), np.uint8)
    logo[25:75, 25:75] = 255
    image = studio.picture("logo.png", logo)
    layout = {"x": "211px", "y": "9px", "width": "100px", "height": "60px", "fit": "contain"}
    film = studio.show(
        studio.layer("video", studio.flat("red-709.mp4", "red"), 0, 0.2),
        studio.layer("image", image, 0, 0.2, layout=layout, background_mode="transparent"),
    )
    picture = film.frames[3].copy()
    assert edges(picture[..., 1:2]) == pytest.approx((246, 24, 276, 54), abs=1)
    assert np.abs(film.colour(3, 220, 30) - (255, 0, 0)).max() <= 4
    assert np.abs(film.colour(3, 240, 15) - (255, 0, 0)).max() <= 4


# Motion


@pytest.fixture(scope="module")
def dots(studio):
    """A still and a video of four discs near the corners."""
    x, y = np.meshgrid(np.arange(1280) + 0.5, np.arange(720) + 0.5)
    near = np.min([np.hypot(x - cx, y - cy) for cx in (320, 960) for cy in (180, 540)], axis=0)
    drawn = np.repeat((20 + 220 * np.clip(60.5 - near, 0, 1))[..., None], 3, axis=2).astype(np.uint8)
    still = studio.picture("dots.png", drawn)
    small = np.asarray(Image.fromarray(drawn).resize((640, 360), Image.Resampling.LANCZOS))
    return {"image": still, "video": studio.clip("dots.mp4", [small] * 60, 30)}


def tracked(film, size: tuple[int, int] = (640, 360)) -> np.ndarray:
    """Centroids of the four discs in each frame: (frames, 4, 2)."""
    width, height = size
    halves = [(slice(0, height // 2), 0), (slice(height // 2, height), height // 2)]
    sides = [(slice(0, width // 2), 0), (slice(width // 2, width), width // 2)]
    paths = []
    for picture in film.frames:
        spots = []
        for rows, top in halves:
            for columns, left in sides:
                x, y = centre(picture[rows, columns])
                spots.append((x + left, y + top))
        paths.append(spots)
    return np.array(paths)


def zooms(spots: np.ndarray) -> np.ndarray:
    """The distance of the discs across, of each frame, over what it is without any zoom."""
    return (spots[:, 1, 0] - spots[:, 0, 0] + spots[:, 3, 0] - spots[:, 2, 0]) / 2 / 320


def shake(spots: np.ndarray) -> float:
    """How far the discs leave a smooth path, pixels rms."""
    paths, at = spots.reshape(len(spots), 8), np.arange(len(spots))
    smooth = np.stack([np.polyval(np.polyfit(at, path, 3), at) for path in paths.T], axis=1)
    return float(np.sqrt(((paths - smooth) ** 2).mean(axis=0)).max())


@pytest.mark.parametrize("kind", ["image", "video"])
@pytest.mark.parametrize(("motion", "first", "last"), [("zoom_in", 1.0, 1.15), ("zoom_out", 1.15, 1.0)])
def test_zoom(studio, dots, kind: str, motion: str, first: float, last: float) -> None:
    """A zoom goes from 1.00 to 1.15 or back, evenly, about the middle, without shaking."""
    film = studio.show(studio.layer(kind, dots[kind], 0, 2, motion=motion), size=(640, 360))
    spots = tracked(film)
    zoom = zooms(spots)
    assert zoom[0] == pytest.approx(first, abs=0.001)
    assert zoom[-1] == pytest.approx(last, abs=0.001)
    assert np.abs(zoom - np.linspace(first, last, 60)).max() < 0.002
    assert np.abs(spots.mean(axis=1) - (320, 180)).max() < 0.2
    assert shake(spots) < 0.06


@pytest.mark.parametrize("kind", ["image", "video"])
@pytest.mark.parametrize("motion", ["pan_left", "pan_right"])
def test_pan(studio, dots, kind: str, motion: str) -> None:
    """A pan moves the view sideways by 8 % of the picture that is in view, evenly, without shaking."""
    film = studio.show(studio.layer(kind, dots[kind], 0, 2, motion=motion), size=(640, 360))
    spots = tracked(film)
    zoom = zooms(spots)
    assert np.ptp(zoom) < 0.002
    path = spots.mean(axis=1)
    travelled = path[-1, 0] - path[0, 0]
    assert abs(travelled) == pytest.approx(0.08 * 640, rel=0.02)
    assert (travelled > 0) == (motion == "pan_left")
    assert np.abs(path[:, 1] - 180).max() < 0.2
    assert shake(spots) < 0.06


def test_motion_in_a_box(studio, dots) -> None:
    """A moving picture stays inside its box, and the box stays where it is."""
    layout = {"x": "61px", "y": "31px", "width": "200px", "height": "112px"}
    film = studio.show(
        studio.layer("image", studio.flat("white.png", "white"), 0, 1, layout=layout, motion="zoom_in"),
        studio.layer("image", dots["image"], 1, 1, layout=layout, motion="pan_left"),
    )
    for at in (0, 15, 29):
        assert edges(film.frames[at]) == (61, 31, 261, 143)
    outside = np.ones((180, 320), bool)
    outside[31:143, 61:261] = False
    assert film.frames[30:][:, outside].max() < 12


def test_motion_past_the_end(studio, dots) -> None:
    """A layer cut by the composition's end moves no faster: it is seen as far as it comes."""
    film = studio.show(
        studio.layer("image", dots["image"], 0, 4, motion="zoom_in"), size=(640, 360), seconds=1
    )
    assert zooms(tracked(film))[-1] == pytest.approx(1 + 0.15 * 29 / 119, abs=0.002)


# Long and wide


def test_many_layers(studio) -> None:
    """Sixty layers at once, each in its own cell, are all where they belong."""
    colours = list(RGB)
    layers = [
        studio.layer(
            "image",
            studio.flat(f"{colours[at % 4]}.png", colours[at % 4]),
            0,
            0.1,
            layout={
                "x": f"{at % 10 * 10}%",
                "y": f"{at // 10 * 30}px",
                "width": "10%",
                "height": "30px",
            },
        )
        for at in range(60)
    ]
    film = studio.show(*layers)
    for at in range(60):
        seen = film.colour(1, at % 10 * 32 + 16, at // 10 * 30 + 15)
        assert np.abs(seen - RGB[colours[at % 4]]).max() <= 6


def test_sixty_clips_in_a_row(studio) -> None:
    """Sixty clips cut hard after one another show on the right frames."""
    clip = studio.clock(1)
    film = studio.show(*(studio.layer("video", clip, at * 0.1, 0.1, trim=at / 60) for at in range(60)))
    expected = [(1, at // 3 // 2 + at % 3) for at in range(180)]
    seen = film.clocks()
    # Half of the clips start between two frames of the source.
    assert len(seen) == 180
    assert all(
        clip == 1 and abs(frame - want) <= 1 for (clip, frame), (_, want) in zip(seen, expected, strict=True)
    )
    assert [seen[at] for at in range(0, 180, 6)] == [expected[at] for at in range(0, 180, 6)]


# Drafts


def test_draft(studio) -> None:
    """A draft is 360 wide, and shows the same composition: boxes, pixels, text."""
    white = studio.flat("white.png", "white")
    document = studio.document(
        studio.layer("image", studio.flat("blue.png", "blue"), 0, 0.2),
        studio.layer(
            "image", white, 0, 0.2, layout={"x": "100px", "y": "10%", "width": "200px", "height": "300px"}
        ),
        size=(720, 1280),
        text_overlays=[studio.text("Draft", 0, 0.2, style={"font_size": 150}, layout={"y": "50%"})],
    )
    whole, draft = studio.film(document), studio.film(document, draft=True)
    assert draft.frames.shape == (6, 640, 360, 3)
    assert edges(draft.frames[3][:300, :, :2]) == (50, 64, 150, 214)
    halved = whole.frames[3].reshape(640, 2, 360, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - draft.frames[3]).mean() < 2


def test_draft_of_a_small_film(studio) -> None:
    """A film no wider than a draft keeps its size."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 0.2))
    assert studio.film(document, draft=True).frames.shape == (6, 180, 320, 3)


@pytest.mark.parametrize("size", [(1080, 1350), (1920, 1080), (2520, 1080)])
def test_draft_fills_its_frame(studio, size: tuple[int, int]) -> None:
    """A layer that fills the frame in pixels fills the draft, whatever its height rounds to."""
    layout = {"x": "0px", "y": "0px", "width": f"{size[0]}px", "height": f"{size[1]}px"}
    document = studio.document(
        studio.layer("image", studio.flat("white.png", "white"), 0, 0.1, layout=layout), size=size
    )
    assert studio.film(document, draft=True).frames[1].min() > 240
