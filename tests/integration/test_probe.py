"""Real files, made by ffmpeg itself, measured by the engine."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from reelforge_dsl.engine import _probe
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary, ffmpeg_version, input_options
from reelforge_dsl.engine._probe import probe_file
from reelforge_dsl.errors import FfmpegNotFoundError, ProbeError

PICTURE = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=2"]
SOUND = ["-f", "lavfi", "-i", "sine=d=2"]
SMALL = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def ffmpeg(*words: str | Path) -> None:
    subprocess.run([ffmpeg_binary(), "-y", "-v", "error", "-nostdin", *map(str, words)], check=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of 320×240 at 25 fps, with a tone."""
    path = tmp_path_factory.mktemp("media") / "clip.mp4"
    ffmpeg(*PICTURE, *SOUND, *SMALL, path)
    return path


def test_plain_clip(clip: Path) -> None:
    """An MP4 is measured: size, length, rate, sound."""
    media = probe_file(clip)
    assert (media.kind, media.duration_seconds, media.width, media.height) == ("video", 2.0, 320, 240)
    assert (media.fps, media.channels, media.sample_rate) == (25.0, 1, 44100)
    assert not media.full_range
    assert not media.has_alpha


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_and_stretched(clip: Path, tmp_path: Path, turn: int) -> None:
    """The size is that of the picture ffmpeg shows, with turned and non-square pixels."""
    stretched, path = tmp_path / "sar.mp4", tmp_path / "turned.mp4"
    ffmpeg("-i", clip, "-vf", "setsar=4/3", *SMALL, stretched)
    ffmpeg("-display_rotation", turn, "-i", stretched, "-c", "copy", path)
    shown = tmp_path / "shown.png"
    ffmpeg("-i", path, "-frames:v", "1", "-vf", "scale=iw*sar:ih:eval=init", shown)
    media = probe_file(path)
    upright = turn == 180
    assert (media.width, media.height) == ((427, 240) if upright else (240, 427))
    assert media.rotation == (360 - turn) % 360
    with Image.open(shown) as image:
        assert (image.width < image.height) is not upright


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tiff"])
def test_stills(tmp_path: Path, suffix: str) -> None:
    """Every usual image is an image, without length."""
    path = tmp_path / f"a{suffix}"
    ffmpeg(*PICTURE, "-frames:v", "1", path)
    media = probe_file(path)
    assert (media.kind, media.width, media.height, media.duration_seconds) == ("image", 320, 240, None)
    assert not media.has_audio


def test_wrongly_named_image(tmp_path: Path) -> None:
    """A PNG called .jpg is opened as the PNG it is, by the probe and by its input arguments."""
    path = tmp_path / "a.jpg"
    Image.new("RGBA", (30, 20)).save(path, format="PNG")
    media = probe_file(path)
    assert (media.demuxer, media.width, media.has_alpha) == ("png_pipe", 30, True)
    ffmpeg(*media.input_args(), "-frames:v", "1", tmp_path / "again.png")


@pytest.mark.parametrize(("orientation", "size"), [(1, (320, 240)), (3, (320, 240)), (6, (240, 320))])
def test_phone_photo(tmp_path: Path, orientation: int, size: tuple[int, int]) -> None:
    """A photo that EXIF turns has the size that ffmpeg decodes it to."""
    path, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (320, 240), "red").save(path, exif=exif)
    media = probe_file(path)
    assert (media.width, media.height) == size
    decoded = tmp_path / "decoded.png"
    ffmpeg(*media.input_args(), "-frames:v", "1", decoded)
    with Image.open(decoded) as image:
        assert image.size == size


@pytest.mark.parametrize("frames", [1, 5])
@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_animations(tmp_path: Path, suffix: str, frames: int) -> None:
    """A GIF or PNG with several pictures is a video of their length; with one, an image."""
    path = tmp_path / f"a{suffix}"
    ffmpeg(*PICTURE, "-frames:v", frames, path)
    media = probe_file(path)
    expected = ("video", 0.2) if frames > 1 else ("image", None)
    assert (media.kind, media.duration_seconds) == expected


@pytest.mark.parametrize(
    ("name", "options", "seconds"),
    [
        ("live.mkv", ["-c:a", "pcm_s16le", "-live", "1"], 2.0),
        ("noxing.mp3", ["-vn", "-write_xing", "0"], 2.04),
        ("raw.aac", ["-vn", "-f", "adts"], 2.04),
    ],
)
def test_unsaid_length(clip: Path, tmp_path: Path, name: str, options: list[str], seconds: float) -> None:
    """Where the container does not say its length, the packets do."""
    path = tmp_path / name
    ffmpeg("-i", clip, *options, path)
    assert probe_file(path).duration_seconds == pytest.approx(seconds, abs=0.03)


def test_length_of_a_changing_bit_rate(tmp_path: Path) -> None:
    """An MP3 whose bit rate varies, without an index, is counted and not estimated from its size."""
    path = tmp_path / "vbr.mp3"
    tone = "sine=d=20,volume='if(lt(t,2),1,0)':eval=frame"
    ffmpeg("-f", "lavfi", "-i", tone, "-q:a", "9", "-write_xing", "0", path)
    assert probe_file(path).duration_seconds == pytest.approx(20.0, abs=0.1)


def test_cover_art(tmp_path: Path) -> None:
    """A song with cover art is sound only."""
    path = tmp_path / "song.mp3"
    cover = [
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-frames:v",
        "1",
        "-c:v",
        "mjpeg",
        "-disposition:v",
        "attached_pic",
    ]
    ffmpeg(*SOUND, *PICTURE, *cover, path)
    media = probe_file(path)
    assert (media.kind, media.has_video, media.video_stream) == ("audio", False, None)


def test_surround_and_late_start(clip: Path, tmp_path: Path) -> None:
    """Six channels and a clock that starts late are told, and the length excludes the start."""
    path = tmp_path / "late.mp4"
    ffmpeg("-i", clip, "-ac", "6", "-c:v", "copy", "-output_ts_offset", "5", path)
    media = probe_file(path)
    assert media.channels == 6
    assert media.start_seconds == pytest.approx(5, abs=0.05)
    assert media.duration_seconds == pytest.approx(2, abs=0.05)


def test_transparent_webm_keeps_its_alpha(tmp_path: Path) -> None:
    """Opened by its input arguments, a transparent WebM decodes with transparency."""
    path, still = tmp_path / "a.webm", tmp_path / "a.png"
    source = "color=red@0.5:s=64x64:d=0.2,format=yuva420p"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libvpx-vp9", path)
    media = probe_file(path)
    assert media.has_alpha
    ffmpeg(*media.input_args(), "-frames:v", "1", "-pix_fmt", "rgba", still)
    with Image.open(still) as image:
        assert 100 < image.getpixel((32, 32))[3] < 156


NAMES = ["it's.mp4", 'a "b".mp4', "a b.mp4", "-y.mp4", "100%03d.mp4", "日本 é.mp4", "a'b\\c.mp4"]
POSIX_NAMES = [
    "a:b.mp4",
    "a\nb.mp4",
    "x', from 'y':\n  Stream #0:0: Audio: aac.mp4",
    "bell\x07.mp4",
    "http:x.mp4",
]


@pytest.mark.parametrize("name", NAMES + (POSIX_NAMES if os.name == "posix" else []))
def test_awkward_names(clip: Path, tmp_path: Path, name: str) -> None:
    """A file opens whatever it is called, also by a relative name."""
    (tmp_path / name).write_bytes(clip.read_bytes())
    assert probe_file(tmp_path / name).width == 320


def test_relative_and_percent_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A percent sign in an image's name is no pattern, and a leading dash no option."""
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (30, 20)).save("-a%03d.png")
    Image.new("RGB", (10, 10)).save("-a000.png")
    media = probe_file(Path("-a%03d.png"))
    assert media.width == 30
    ffmpeg(*media.input_args(), "-frames:v", "1", tmp_path / "out.bmp")
    with Image.open("out.bmp") as image:
        assert image.width == 30


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")
def test_name_that_is_no_text(clip: Path, tmp_path: Path) -> None:
    """A name of bytes that are not UTF-8 opens too."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4"))
    path.write_bytes(clip.read_bytes())
    assert probe_file(path).width == 320


def test_imitating_tags(clip: Path, tmp_path: Path) -> None:
    """Tags with line breaks that imitate streams, in value and key, add none."""
    path = tmp_path / "spoof.mp4"
    fake = "a\n  Stream #0:7: Video: h264, yuv420p, 77x77, 25 fps"
    tags = ["-metadata", f"title={fake}", "-metadata", f"{fake}=v", "-metadata:s:v", f"handler_name={fake}"]
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "use_metadata_tags", *tags, path)
    assert (probe_file(path).width, probe_file(path).audio_stream) == (320, 1)


def refused(path: Path) -> str:
    """Return the sentence for a file, which must name the file and carry a fix."""
    with pytest.raises(ProbeError) as caught:
        probe_file(path)
    assert caught.value.src == str(path)
    assert caught.value.fix
    assert str(path) in caught.value.what
    return caught.value.what.removeprefix(str(path)).strip()


def test_refusals_differ(clip: Path, tmp_path: Path) -> None:
    """Each way of not being media is refused in a sentence of its own."""
    contents = {
        "empty.mp4": b"",
        "notes.mp4": b"just a few words\n" * 30,
        "page.mp4": b"\n<!DOCTYPE html><html><body>not found",
        "list.mp4": b"#EXTM3U\n#EXTINF:1,\n" + os.fsencode(clip) + b"\n#EXT-X-ENDLIST\n",
        "draw.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "cut.mp4": clip.read_bytes()[:3000],
        "noise.mp4": bytes(range(256)) * 20,
    }
    paths = [tmp_path / "missing.mp4", tmp_path]
    for name, content in contents.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    said = [refused(path) for path in paths]
    assert len(set(said)) == len(said), said
    assert said[0] == "does not exist"
    assert said[1].startswith("is a folder")
    assert said[-2] == "ends before its index: it was cut off"


def test_cut_off_behind_its_index(clip: Path, tmp_path: Path) -> None:
    """An MP4 whose index is whole and whose media are not is refused, not played with a frozen picture."""
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "+faststart", whole)
    assert probe_file(whole).kind == "video"
    cut.write_bytes(whole.read_bytes()[:-1000])
    assert refused(cut) == "was cut off: its last 1000 bytes are missing"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable(clip: Path, tmp_path: Path) -> None:
    """A file without the right to read it is told as such."""
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    path.chmod(0)
    assert "may not be read" in refused(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_pipe_does_not_hang(tmp_path: Path) -> None:
    """A named pipe is refused at once instead of being waited for."""
    path = tmp_path / "a.mp4"
    os.mkfifo(path)
    assert "device or pipe" in refused(path)


def test_truncated_png(tmp_path: Path) -> None:
    """A picture cut off in its data is refused by decoding it."""
    path = tmp_path / "a.png"
    Image.effect_noise((200, 200), 100).save(path)
    path.write_bytes(path.read_bytes()[:600])
    assert "damaged" in refused(path)


@pytest.mark.parametrize(
    "text",
    ["ffconcat version 1.0\nfile '{}'\n", "#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"],
    ids=["ffconcat", "m3u8"],
)
def test_playlists_open_nothing(clip: Path, tmp_path: Path, text: str) -> None:
    """A disguised playlist is refused by us and, past us, by ffmpeg's whitelist; its target stays unread."""
    path, target = tmp_path / "a.mp4", tmp_path / "target.mp4"
    target.write_bytes(clip.read_bytes())
    long_ago = time.time() - 10 * 86400
    os.utime(target, (long_ago, long_ago))
    path.write_text(text.format(target.name))
    assert "playlist" in refused(path)
    path.write_bytes(text.format(target.name).encode() + b"\n#\0\n")  # no text any more
    refused(path)
    command = [ffmpeg_binary(), "-nostdin", *input_options(), "-i", f"file:{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert "Input #0" not in said
    assert target.stat().st_atime == pytest.approx(long_ago)


def test_remembered_until_it_changes(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged file is measured once; a changed one again."""
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    began = time.perf_counter()
    first = probe_file(path)
    measured = time.perf_counter()
    assert probe_file(path) is first
    assert time.perf_counter() - measured < (measured - began) / 3
    Image.new("RGB", (30, 20)).save(path, format="PNG")
    assert probe_file(path).width == 30


def test_memory_is_bounded(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many files are remembered."""
    monkeypatch.setattr(_probe, "_REMEMBERED", 3)
    for n in range(5):
        path = tmp_path / f"{n}.mp4"
        path.write_bytes(clip.read_bytes())
        probe_file(path)
    assert len(_probe._memory) == 3


def test_many_threads(clip: Path, tmp_path: Path) -> None:
    """Threads may probe at once, the same file or different ones."""
    paths = [tmp_path / f"{n % 4}.mp4" for n in range(16)]
    for path in paths[:4]:
        path.write_bytes(clip.read_bytes())
    found: list[int] = []
    threads = [threading.Thread(target=lambda p=path: found.append(probe_file(p).width)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [320] * 16


def test_named_ffmpeg(clip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``REELFORGE_FFMPEG`` names the program, as a path or as a name on PATH; a wrong one is told."""
    binary = ffmpeg_binary()
    assert ffmpeg_version(binary)
    monkeypatch.setenv("REELFORGE_FFMPEG", binary)
    assert ffmpeg_binary() == binary
    monkeypatch.setenv("REELFORGE_FFMPEG", "no-such-program-here")
    with pytest.raises(FfmpegNotFoundError, match="no-such-program-here"):
        probe_file(clip)
    link = tmp_path / "my-ffmpeg"
    link.symlink_to(binary)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("REELFORGE_FFMPEG", "my-ffmpeg")
    assert ffmpeg_binary() == str(link)


@pytest.mark.skipif(os.name != "posix", reason="needs a program called true")
def test_not_an_ffmpeg() -> None:
    """A program that is not ffmpeg does not pass for one."""
    with pytest.raises(FfmpegNotFoundError, match="is not ffmpeg"):
        ffmpeg_version("/bin/true")
