"""When a film shows what: cuts, trims, rates, holds and dissolves, frame by frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelforge_dsl import engine
from reelforge_dsl.errors import EngineError, FfmpegFailedError


@pytest.fixture
def card(studio, tools) -> Path:
    """A still that reads as clip 3, frame 9."""
    return studio.picture("card.png", tools.clock_picture(3, 9))


# Cuts


@pytest.mark.parametrize(
    ("seconds", "frame"), [(0.5, 15), (0.516, 15), (0.517, 16), (1 / 3, 10), (0.35, 11), (0.9999, 30)]
)
def test_cut_on_the_frame(studio, seconds: float, frame: int) -> None:
    """One clip ends and the next begins on the nearest frame, with none between."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, seconds),
        studio.layer("video", studio.clock(2), seconds, 1),
        seconds=1.2,
    )
    assert [clip for clip, _ in film.clocks()] == [1] * frame + [2] * (36 - frame)
    assert film.clock(frame) == (2, 0)


def test_stitched_cuts(studio) -> None:
    """Stitched clips follow one another whole, each from its own trim, every frame shown once."""
    film = studio.show(
        studio.layer("video", studio.clock(1)),
        studio.layer("video", studio.clock(2), trim=1.5),
        studio.layer("video", studio.clock(3), None, 0.5),
        auto_stitch=True,
    )
    expected = (
        [(1, at) for at in range(60)] + [(2, at) for at in range(45, 60)] + [(3, at) for at in range(15)]
    )
    assert film.clocks() == expected


def test_layers_above_cut_on_the_frame(studio, card: Path) -> None:
    """A boxed clip over another appears and disappears on its frames, and plays from its first."""
    box = {"x": "160px", "y": "0px", "width": "160px", "height": "90px"}
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, 2),
        studio.layer("video", studio.clock(2), 0.7, 0.5, layout=box, trim=0.5),
        studio.layer("image", card, 1.5, 0.2, layout=box),
    )
    seen = [film.clock(at, (160, 0, 160, 90)) for at in range(60)]
    assert seen[21:36] == [(2, at) for at in range(15, 30)]
    assert seen[45:51] == [(3, 9)] * 6
    assert not any(clip in (2, 3) for clip, _ in seen[:21] + seen[36:45] + seen[51:])
    assert [film.clock(at, (0, 90, 320, 90)) for at in range(60)] == [(1, at) for at in range(60)]


def test_gaps_are_black(studio) -> None:
    """Where no layer is there, before, between and after, the film is black."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0.2, 0.3),
        studio.layer("video", studio.clock(2), 0.8, 0.2),
        seconds=1.5,
    )
    bright = [at for at in range(45) if film.frames[at].max() > 40]
    assert bright == [*range(6, 15), *range(24, 30)]


def test_cut_at_the_end(studio) -> None:
    """What reaches past the composition's end is cut there; what begins there is not seen."""
    document = studio.document(
        studio.layer("video", studio.clock(1), 0, 2),
        studio.layer("video", studio.clock(2), 1, 1, layout={"width": "50%"}),
        seconds=1,
    )
    film = studio.film(document)
    assert film.clocks() == [(1, at) for at in range(30)]
    assert {issue.code for issue in film.rendered.issues} == {"layer_past_end"}


def test_images_to_the_end(studio, card: Path) -> None:
    """An image without a duration stays to the film's end."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, 1),
        studio.layer("image", card, 0.5, layout={"y": "50%"}),
    )
    assert len(film.frames) == 30
    seen = [film.clock(at, (0, 90, 320, 90)) for at in range(30)]
    assert seen == [(1, at) for at in range(15)] + [(3, 9)] * 15


def test_cutaway(studio) -> None:
    """A clip that fills the frame over another hides it for its time; below, time goes on."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, 1.5),
        studio.layer("video", studio.clock(2), 0.5, 0.5),
    )
    expected = [(1, at) for at in range(45)]
    expected[15:30] = [(2, at) for at in range(15)]
    assert film.clocks() == expected


def test_shorter_than_a_frame(studio, card: Path) -> None:
    """A layer that rounds to no frame at all is not seen, and harms nothing."""
    film = studio.show(
        studio.layer("video", studio.clock(1), 0, 0.5),
        studio.layer("video", studio.clock(2), 0.2, 0.01),
        studio.layer("image", card, 0.3, 0.01),
    )
    assert film.clocks() == [(1, at) for at in range(15)]


# Sources of every rate


@pytest.mark.parametrize("rate", [10, 15, 23.976, 24, 25, 29.97, 50, 59.94, 60, 120])
@pytest.mark.parametrize("trim", [0, 0.2, 0.517])
def test_rates(studio, rate: float, trim: float) -> None:
    """Whatever its rate, a source keeps its speed: each frame is one that was on at its time."""
    clip = studio.clock(1, rate=rate, count=min(round(rate * 2), 120))
    film = studio.show(studio.layer("video", clip, 0, 0.45, trim=trim))
    for at, (number, frame) in enumerate(film.clocks()):
        time = trim + at / 30
        assert number == 1
        assert time - 1 / rate - 1 / 60 - 0.002 <= frame / rate <= time + 1 / 60 + 0.002, at


def test_uneven_rate(studio, tools) -> None:
    """A screen recording that holds pictures for long shows each at its time, also from a trim inside one."""
    times = [0, 0.1, 0.9, 1.0, 1.7]
    clip = _uneven(studio, tools, "uneven.mkv", times)
    film = studio.show(studio.layer("video", clip, 0, 1.9))
    assert [frame for _, frame in film.clocks()] == [_at(times, at / 30) for at in range(57)]
    film = studio.show(studio.layer("video", clip, 0, 1.2, trim=0.5))
    assert [frame for _, frame in film.clocks()] == [_at(times, 0.5 + at / 30) for at in range(36)]


def _at(times: list[float], seconds: float) -> int:
    """The last picture that is on, with a hair of room for rounded time stamps."""
    return max(at for at, time in enumerate(times) if time <= seconds + 0.002)


def _uneven(studio, tools, name: str, times: list[float]) -> Path:
    """A clock clip whose frames appear at given seconds; the last stays for 0.3 s."""

    def make(path: Path) -> None:
        lines = ["ffconcat version 1.0"]
        for at, (time, after) in enumerate(zip(times, [*times[1:], times[-1] + 0.3], strict=True)):
            still = studio.picture(f"uneven-{at}.png", tools.clock_picture(1, at))
            lines += [f"file '{still}'", "option framerate 1000", f"duration {after - time}"]
        listing = path.with_suffix(".txt")
        listing.write_text("\n".join(lines))
        coding = ("-fps_mode", "vfr", "-c:v", "libx264", "-qp", "8", "-pix_fmt", "yuv420p")
        tools.ffmpeg("-f", "concat", "-safe", "0", "-i", listing, *coding, path)

    return studio.made(name, make)


@pytest.mark.parametrize("rate", [30, 60])
@pytest.mark.parametrize("trim", [0, 0.05, 0.25, 1.05])
def test_no_stutter(studio, tools, rate: int, trim: float) -> None:
    """Frames half-way between the film's, in a file that keeps milliseconds, follow one another evenly."""
    clip = studio.made(
        f"milliseconds-{rate}.mkv",
        lambda path: tools.ffmpeg("-i", studio.clock(1, rate=rate, count=2 * rate), "-c", "copy", path),
    )
    film = studio.show(studio.layer("video", clip, 0, 0.6, trim=trim))
    frames = [frame for _, frame in film.clocks()]
    assert set(np.diff(frames)) == {rate // 30}


@pytest.mark.parametrize("trim", [0, 0.4])
@pytest.mark.parametrize("suffix", ["mp4", "ts", "mkv"])
def test_clock_of_its_own(studio, tools, suffix: str, trim: float) -> None:
    """A source whose clock does not start at 0 plays from its first frame, and trims count from there."""
    clip = studio.made(
        f"late.{suffix}",
        lambda path: tools.ffmpeg("-i", studio.clock(1), "-c", "copy", "-output_ts_offset", "7.3", path),
    )
    film = studio.show(studio.layer("video", clip, 0, 0.5, trim=trim))
    assert film.clocks() == [(1, round(trim * 30) + at) for at in range(15)]


def test_picture_later_than_sound(studio, tools) -> None:
    """In a file whose pictures start after its sound, they stay in step with it."""
    clip = studio.made(
        "picture-late.mp4",
        lambda path: tools.ffmpeg(
            *("-i", studio.tone("tone.wav"), "-itsoffset", "0.5", "-i", studio.clock(1)),
            *("-map", "1:v", "-map", "0:a", "-c:v", "copy", "-c:a", "aac", path),
        ),
    )
    film = studio.show(studio.layer("video", clip, 0, 1))
    assert [frame for _, frame in film.clocks()[15:]] == list(range(15))


@pytest.mark.parametrize("trim", [0, 1, 1.9])
def test_short_source_holds_its_last_frame(studio, trim: float) -> None:
    """A source shorter than its layer stands on its last frame to the layer's end."""
    film = studio.show(studio.layer("video", studio.clock(1), 0, 3, trim=trim))
    begin = round(trim * 30)
    expected = [(1, min(begin + at, 59)) for at in range(90)]
    assert film.clocks() == expected


@pytest.fixture
def sound_longer(studio, tools) -> Path:
    """A second of pictures under three seconds of sound."""
    return studio.made(
        "sound-longer.mp4",
        lambda path: tools.ffmpeg(
            *("-i", studio.clock(1, count=30), "-i", studio.tone("tone3.wav", seconds=3)),
            *("-c:v", "copy", "-c:a", "aac", path),
        ),
    )


@pytest.mark.parametrize("trim", [0, 0.9, 1.5])
def test_sound_longer_than_picture(studio, sound_longer: Path, trim: float) -> None:
    """Where a file's sound outlasts its picture, the last picture stands, also when trimmed past it."""
    film = studio.show(studio.layer("video", sound_longer, 0, 1.4, trim=trim))
    assert [frame for _, frame in film.clocks()] == [min(round(trim * 30) + at, 29) for at in range(42)]


def test_trimmed_far_past_the_picture(studio, sound_longer: Path, tmp_path: Path) -> None:
    """A trim long after a file's last picture is an error, and no film of another length."""
    document = studio.document(studio.layer("video", sound_longer, 0, 0.5, trim=2.3))
    with pytest.raises(FfmpegFailedError, match="wrote 0 of 15 frames"):
        engine.render(document, tmp_path / "film.mp4")
    with pytest.raises(EngineError):
        engine.frame(document, 0.2)
    assert list(tmp_path.iterdir()) == []


def test_animated_gif(studio, tools) -> None:
    """A GIF that moves is a video, and ends on its last picture."""
    gif = studio.made("moving.gif", lambda path: tools.ffmpeg("-i", studio.clock(1, rate=10, count=10), path))
    film = studio.show(studio.layer("video", gif, 0, 1.2))
    assert film.clocks() == [(1, min(at // 3, 9)) for at in range(36)] or film.clocks()[::3] == [
        (1, min(at // 3, 9)) for at in range(0, 36, 3)
    ]


# Dissolves


def ramp(film, first: int, length: int, x: int = 160, y: int = 90) -> np.ndarray:
    """How far a point has gone from red to blue on each of these frames, 0 to 1."""
    colours = np.array([film.colour(at, x, y) for at in range(first, first + length)])
    return (colours[:, 2] + 255 - colours[:, 0]) / 510


@pytest.fixture
def red(studio) -> Path:
    return studio.flat("red-709.mp4", "red")


@pytest.fixture
def blue(studio) -> Path:
    return studio.flat("blue-709.mp4", "blue")


def test_stitched_dissolve(studio, red: Path, blue: Path) -> None:
    """A stitched clip starts its crossfade earlier, dissolves in evenly over it, and shortens the film."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    assert len(film.frames) == 105
    assert ramp(film, 44, 17) == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)


def test_frames_inside_a_dissolve(studio, tools) -> None:
    """Both clips run on while they dissolve: neither stands, neither jumps."""
    film = studio.show(
        studio.layer("video", studio.clock(1, count=30)),
        studio.layer("video", studio.clock(2, count=30), crossfade_seconds=0.5),
        auto_stitch=True,
    )
    assert len(film.frames) == 45
    for at in range(45):
        before = tools.clock_picture(1, min(at, 29)).astype(float)
        after = tools.clock_picture(2, max(at - 15, 0)).astype(float)
        share = np.clip((at - 15) / 15, 0, 1)
        assert np.abs(film.frames[at] - (before * (1 - share) + after * share)).mean() < 4, at


def test_three_clips_dissolve(studio, red: Path, blue: Path) -> None:
    """In a chain each dissolve stands where the clips before have left it."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, crossfade_seconds=1),
        studio.layer("video", red, crossfade_seconds=1),
        auto_stitch=True,
    )
    assert len(film.frames) == 120
    steps = np.arange(30) / 30
    assert ramp(film, 30, 30) == pytest.approx(steps, abs=0.02)
    assert ramp(film, 60, 30) == pytest.approx(1 - steps, abs=0.02)
    assert ramp(film, 90, 30) == pytest.approx(np.zeros(30), abs=0.02)


def test_timed_dissolve_over_a_clip(studio, red: Path, blue: Path) -> None:
    """A clip with a time of its own dissolves in over its first seconds, and nothing moves."""
    film = studio.show(
        studio.layer("video", red, 0, 1.5),
        studio.layer("video", blue, 1, 1, crossfade_seconds=0.3),
    )
    assert len(film.frames) == 60
    assert ramp(film, 29, 12) == pytest.approx([0, *np.arange(9) / 9, 1, 1], abs=0.02)


def test_timed_dissolve_with_a_short_overlap(studio, red: Path, blue: Path) -> None:
    """Where the clip below ends before the dissolve does, the rest dissolves from black."""
    film = studio.show(
        studio.layer("video", red, 0, 1),
        studio.layer("video", blue, 0.8, 1, crossfade_seconds=0.4),
    )
    share = np.arange(12) / 12
    seen = np.array([film.colour(at, 160, 90) for at in range(24, 36)])
    assert np.abs(seen[:6, 0] - 255 * (1 - share[:6])).max() < 8
    assert seen[6:, 0].max() < 5
    assert np.abs(seen[:, 2] - 255 * share).max() < 8


def test_timed_dissolve_over_an_image(studio, blue: Path) -> None:
    """A clip dissolves in over a still as over another clip."""
    film = studio.show(
        studio.layer("image", studio.flat("red.png", "red"), 0, 2),
        studio.layer("video", blue, 1, 1, crossfade_seconds=0.5),
    )
    assert ramp(film, 29, 17) == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)


def test_timed_dissolve_over_nothing(studio, blue: Path) -> None:
    """A clip with nothing below it dissolves in from black."""
    film = studio.show(studio.layer("video", blue, 0.5, 1, crossfade_seconds=0.5))
    seen = [film.colour(at, 160, 90)[2] / 255 for at in range(15, 31)]
    assert seen == pytest.approx([*np.arange(15) / 15, 1], abs=0.02)


def test_dissolve_of_boxes_in_place(studio, red: Path, blue: Path) -> None:
    """Boxed clips in one place dissolve into each other, and nothing of what lies below shines through."""
    box = {"x": "80px", "y": "40px", "width": "160px", "height": "90px"}
    film = studio.show(
        studio.layer("image", studio.flat("white.png", "white"), 0, 3.5),
        studio.layer("video", red, layout=box),
        studio.layer("video", blue, layout=box, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    assert ramp(film, 44, 17) == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)
    assert all(film.colour(at, 160, 90)[1] < 8 for at in range(44, 61))
    assert film.colour(52, 20, 20).min() > 250


def test_dissolve_of_boxes_in_two_places(studio, red: Path, blue: Path) -> None:
    """Where the boxes differ, the clip that leaves fades out as evenly as the other fades in."""
    left = {"x": "0px", "width": "160px"}
    right = {"x": "160px", "width": "160px"}
    film = studio.show(
        studio.layer("video", red, layout=left),
        studio.layer("video", blue, layout=right, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    going = [film.colour(at, 80, 90)[0] / 255 for at in range(44, 61)]
    coming = [film.colour(at, 240, 90)[2] / 255 for at in range(44, 61)]
    assert going == pytest.approx([1, *(1 - np.arange(15) / 15), 0], abs=0.02)
    assert coming == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)


def test_dissolve_from_large_to_small(studio, red: Path, blue: Path) -> None:
    """A clip that fills the frame fades out where the smaller one that follows does not cover it."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, layout={"x": "50%"}, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    going = [film.colour(at, 80, 90)[0] / 255 for at in range(44, 61)]
    assert going == pytest.approx([1, *(1 - np.arange(15) / 15), 0], abs=0.02)
    inside = ramp(film, 44, 17, 240)
    assert inside[0] < 0.02
    assert inside[-1] > 0.98
    assert (np.diff(inside) > -0.02).all()


def test_dissolve_under_a_picture(studio, red: Path, blue: Path) -> None:
    """A box over two dissolving clips stays as it is."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, crossfade_seconds=0.5),
        studio.layer("image", studio.flat("white.png", "white"), 0, layout={"width": "50%"}),
        auto_stitch=True,
    )
    assert all(film.colour(at, 80, 90).min() > 250 for at in range(105))
    assert ramp(film, 44, 17, 240) == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)


def test_dissolve_of_moving_pictures(studio, red: Path, blue: Path) -> None:
    """Clips that pan and zoom dissolve as evenly as clips that do not."""
    film = studio.show(
        studio.layer("video", red, motion="zoom_in"),
        studio.layer("video", blue, crossfade_seconds=0.5, motion="pan_left"),
        auto_stitch=True,
    )
    assert ramp(film, 44, 17) == pytest.approx([0, *np.arange(15) / 15, 1], abs=0.02)


def test_dissolve_as_long_as_the_clip(studio, red: Path, blue: Path) -> None:
    """A clip may spend its whole life dissolving in."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, None, 1, crossfade_seconds=1),
        auto_stitch=True,
    )
    assert len(film.frames) == 60
    assert ramp(film, 30, 30) == pytest.approx(np.arange(30) / 30, abs=0.02)


@pytest.mark.parametrize("crossfade", [0.01, 0.017, 0.05])
def test_dissolve_of_a_frame_or_two(studio, red: Path, blue: Path, crossfade: float) -> None:
    """A crossfade of about a frame is no more than a cut, and no frame is lost or black."""
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", blue, crossfade_seconds=crossfade),
        auto_stitch=True,
    )
    assert len(film.frames) == int((4 - crossfade) * 30 + 0.5)
    for at in range(len(film.frames)):
        colour = film.colour(at, 160, 90)
        assert colour[0] + colour[2] > 240, at


@pytest.mark.parametrize("starts", [1.011, 1.014, 1.02, 1.03])
def test_dissolve_between_frames(studio, red: Path, blue: Path, starts: float) -> None:
    """A dissolve whose ends fall between frames still begins with the one and ends with the other."""
    film = studio.show(
        studio.layer("video", red, None, starts),
        studio.layer("video", blue, None, 1.4, crossfade_seconds=0.349),
        auto_stitch=True,
    )
    for at in range(len(film.frames)):
        colour = film.colour(at, 160, 90)
        assert colour[0] + colour[2] > 240, at
    mixed = ramp(film, 0, len(film.frames))
    assert (np.diff(mixed) > -0.02).all()
    assert np.diff(mixed).max() < 0.15


def test_dissolve_with_alpha(studio, tools, red: Path) -> None:
    """A clip with clear parts dissolves in over the one before, which is gone when it has."""
    clear = studio.made(
        "clear.mov",
        lambda path: tools.ffmpeg(
            *("-f", "lavfi", "-i", "color=c=blue:s=320x180:r=30:d=2,format=rgba"),
            *("-vf", "drawbox=w=160:h=180:t=fill:c=black@0:replace=1", "-c:v", "png", path),
        ),
    )
    film = studio.show(
        studio.layer("video", red),
        studio.layer("video", clear, crossfade_seconds=0.5),
        auto_stitch=True,
    )
    assert ramp(film, 44, 17, 240)[-1] > 0.98
    assert [film.colour(at, 80, 90)[0] > 250 for at in (44, 70)] == [True, False]


@pytest.mark.parametrize("frames", [(1, 48, 4), (7, 1, 1, 11), (2, 3, 5, 7, 11)])
def test_no_cut_loses_a_frame(studio, red: Path, blue: Path, frames: tuple[int, ...]) -> None:
    """However short the pieces between cuts are, each has all its frames."""
    layers, start = [], 0
    for number, count in enumerate(frames):
        file = (red, blue)[number % 2]
        layers.append(studio.layer("video", file, start / 30, count / 30))
        start += count
    film = studio.show(*layers)
    assert len(film.frames) == sum(frames)
