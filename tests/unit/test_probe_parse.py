"""The report of ``ffmpeg -i``, as versions 7 and 9 print it, read by a pure function."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._report import parse
from reelforge_dsl.errors import ProbeError

PHONE_9 = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/m/a.mp4':
  Metadata:
    major_brand     : isom
    encoder         : Lavf63.1.102
  Duration: 00:01:02.48, start: 4.976780, bitrate: 127 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), \
1920x1080 [SAR 1:1 DAR 16:9], 45 kb/s, 29.97 fps, 30 tbr, 12800 tbn, start 5.000000 (default)
    Metadata:
      handler_name    : VideoHandler
    Side data:
      Display Matrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
    Metadata:
      handler_name    : SoundHandler
At least one output file must be specified
"""

PHONE_7 = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/m/a.mp4':
  Metadata:
    major_brand     : isom
    encoder         : Lavf63.1.102
  Duration: 00:01:02.48, start: 4.976780, bitrate: 127 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), \
1920x1080 [SAR 1:1 DAR 16:9], 45 kb/s, 29.97 fps, 30 tbr, 12800 tbn (default)
      Metadata:
        handler_name    : VideoHandler
        vendor_id       : [0][0][0][0]
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
      Metadata:
        handler_name    : SoundHandler
At least one output file must be specified
"""

TRANSPORT_9 = """Input #0, mpegts, from 'file:/m/a.ts':
  Duration: 00:00:02.01, start: 1.429089, bitrate: 848 kb/s
  Program 1\x20
    Metadata:
      service_name    : Service01
      service_provider: FFmpeg
  Stream #0:0[0x100]: Video: mpeg2video (Main) ([2][0][0][0] / 0x0002), yuv420p(tv, progressive), 320x240 \
[SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 90k tbn, start 1.440000
    Side data:
      CPB properties: bitrate max/min/avg: 0/0/0 buffer size: 49152 vbv_delay: N/A
  Stream #0:1[0x101]: Audio: mp2 (mp3float) ([3][0][0][0] / 0x0003), 44100 Hz, mono, fltp, 384 kb/s
"""

COVER_9 = """[mp3 @ 0x55d0] Format mp3 detected only with low score of 24, misdetection possible!
Input #0, mp3, from 'file:/m/a.mp3':
  Metadata:
    encoder         : Lavf63.1.102
  Duration: 00:02:04.03, start: 0.025056, bitrate: 191 kb/s
  Stream #0:0: Video: mjpeg (Baseline), yuvj444p(pc, bt470bg/unknown/unknown), 100x100 [SAR 1:1 DAR 1:1], \
90k tbr, 90k tbn, start 0.025056 (attached pic)
    Metadata:
      comment         : Other
  Stream #0:1: Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 64 kb/s, start 0.025057
"""


def report(
    video: str = "", *, audio: str = "", duration: str = "00:00:02.00", demuxer: str = "mov,mp4"
) -> str:
    """Build a report of one video and one audio stream line."""
    lines = [f"Input #0, {demuxer}, from 'file:/m/a.mp4':", f"  Duration: {duration}, bitrate: N/A"]
    lines += [f"  Stream #0:{n}: {line}" for n, line in enumerate(filter(None, (video, audio)))]
    return "\n".join([*lines, ""])


def read(stderr: str, path: str = "/m/a.mp4") -> Media:
    return parse(stderr, Path(path))


@pytest.mark.parametrize("text", [PHONE_9, PHONE_7], ids=["ffmpeg 9", "ffmpeg 7"])
def test_phone_clip(text: str) -> None:
    """A phone's upright clip is read whole, its size as displayed, from either version's report."""
    assert read(text) == Media(
        path=Path("/m/a.mp4"),
        kind="video",
        demuxer="mov",
        duration_seconds=62.48,
        width=1080,
        height=1920,
        coded_width=1920,
        coded_height=1080,
        rotation=90,
        fps=29.97,
        pix_fmt="yuv420p",
        color_space="bt709",
        has_video=True,
        has_audio=True,
        channels=1,
        sample_rate=44100,
        start_seconds=4.97678,
        video_codec="h264",
        video_stream=0,
        audio_stream=1,
    )


def test_program_lines() -> None:
    """A transport stream's program lines hide no stream."""
    media = read(TRANSPORT_9)
    assert (media.demuxer, media.has_audio, media.start_seconds) == ("mpegts", True, 1.429089)


def test_cover_art_is_no_video() -> None:
    """Cover art makes no video of a song, even as its first stream."""
    media = read(COVER_9)
    assert (media.kind, media.has_video, media.width, media.audio_stream) == ("audio", False, 0, 1)


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("Video: h264, yuv420p, 720x576 [SAR 16:15 DAR 4:3], 25 fps", (768, 576)),
        ("Video: vp9 (Profile 0), yuv420p(tv), 320x240, SAR 4:3 DAR 16:9, 25 fps", (427, 240)),
        ("Video: gif, bgra, 320x240 [SAR 64:64 DAR 4:3], 25 fps", (320, 240)),
        ("Video: h264, yuv420p, 320x240 [SAR 0:1 DAR 0:1], 25 fps", (320, 240)),
    ],
)
def test_square_pixels(line: str, size: tuple[int, int]) -> None:
    """The displayed width is the coded one times the pixels' shape, in either notation."""
    media = read(report(line))
    assert (media.width, media.height) == size


@pytest.mark.parametrize(
    ("turn", "size", "rotation"),
    [
        ("90.00", (240, 427), 270),
        ("-90.00", (240, 427), 90),
        ("180.00", (427, 240), 180),
        ("-0.00", (427, 240), 0),
        ("30.00", (427, 240), 330),
        ("nan", (427, 240), 0),
    ],
)
def test_rotation(turn: str, size: tuple[int, int], rotation: int) -> None:
    """Quarter turns swap the size after the pixels' shape is applied; others leave it."""
    text = report("Video: h264, yuv420p, 320x240 [SAR 4:3 DAR 16:9], 25 fps")
    text += f"    Side data:\n      displaymatrix: rotation of {turn} degrees\n"
    media = read(text)
    assert ((media.width, media.height), media.rotation) == (size, rotation)


@pytest.mark.parametrize(
    ("colour", "full_range", "has_alpha"),
    [
        ("yuv420p(progressive)", False, False),
        ("yuv420p(tv, bt709, progressive)", False, False),
        ("yuvj420p(pc, bt470bg/unknown/unknown)", True, False),
        ("yuv420p10le(pc, bt2020nc/bt2020/arib-std-b67)", True, False),
        ("rgba(pc, gbr/unknown/unknown)", True, True),
        ("yuva444p12le(tv, progressive)", False, True),
        ("pal8(pc, gbr/unknown/unknown)", True, True),
        ("ya8(pc)", True, True),
        ("rgb24", False, False),
        ("gbrp(pc, gbr/bt709/iec61966-2-1)", True, False),
    ],
)
def test_colour(colour: str, full_range: bool, has_alpha: bool) -> None:
    """Range and transparency are told by the pixel format and its notes."""
    media = read(report(f"Video: h264 (High), {colour}, 320x240, 25 fps"))
    assert (media.full_range, media.has_alpha) == (full_range, has_alpha)


@pytest.mark.parametrize(
    ("colour", "matrix"),
    [
        ("yuv420p(tv, bt709, progressive)", "bt709"),
        ("yuvj420p(pc, bt470bg/unknown/unknown)", "bt470bg"),
        ("yuv420p(tv, unknown/bt709/bt709)", None),
        ("yuv420p(progressive)", None),
        ("yuv420p", None),
    ],
)
def test_color_space(colour: str, matrix: str | None) -> None:
    """The matrix is the first of the three colour names, and absent where the file does not say."""
    assert read(report(f"Video: h264 (High), {colour}, 320x240, 25 fps")).color_space == matrix


def test_alpha_of_webm() -> None:
    """A transparent WebM, whose alpha ffmpeg's own decoder drops, is opened by one that keeps it."""
    text = report("Video: vp9 (Profile 0), yuv420p(tv, progressive), 64x64, 25 fps", demuxer="matroska,webm")
    media = read(text + "      Metadata:\n        alpha_mode      : 1\n")
    assert media.has_alpha
    assert media.input_args()[-4:] == ["-c:v", "libvpx-vp9", "-i", f"file:{Path('/m/a.mp4')}"]


@pytest.mark.parametrize(
    ("layout", "channels"),
    [
        ("mono", 1),
        ("stereo", 2),
        ("5.1", 6),
        ("5.1(side)", 6),
        ("7.1.4", 12),
        ("3 channels (FL+FR+LFE)", 3),
        ("1 channels", 1),
        ("quad", 4),
        ("something new", None),
    ],
)
def test_channels(layout: str, channels: int | None) -> None:
    """Channels are counted from the layout's name."""
    media = read(report(audio=f"Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, {layout}, fltp, 384 kb/s"))
    assert (media.kind, media.channels, media.sample_rate) == ("audio", channels, 48000)


@pytest.mark.parametrize(
    ("rates", "fps"),
    [("8.67 fps, 8.33 tbr", 8.67), ("24 tbr", 24.0), ("1k fps, 1k tbr", 1000.0), ("29.97 fps", 29.97)],
)
def test_varying_rate(rates: str, fps: float) -> None:
    """The average rate is given, and the base rate where there is no average."""
    assert read(report(f"Video: h264, yuv420p, 320x240, {rates}, 12800 tbn")).fps == fps


def test_stills() -> None:
    """A still image has neither length nor rate, whatever the report says."""
    text = report("Video: png, rgb24(pc), 320x240, 25 fps, 25 tbr", demuxer="png_pipe", duration="N/A")
    media = read(text)
    assert (media.kind, media.duration_seconds, media.fps) == ("image", None, None)


def test_unknown_length() -> None:
    """A container that does not say its length leaves it open."""
    text = report("Video: vp9, yuv420p, 320x240, 25 fps", demuxer="matroska,webm", duration="N/A")
    assert read(text).duration_seconds is None


def test_data_streams() -> None:
    """Timecode, subtitle and attachment streams are passed over and still counted."""
    lines = [
        "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/m/a.mp4':",
        "  Duration: 00:00:02.00, start: 0.000000, bitrate: 1 kb/s",
        "  Chapters:",
        "    Chapter #0:0: start 0.000000, end 2.000000",
        "      Metadata:",
        "        title           : one",
        "  Stream #0:0[0x1](eng): Data: none (tmcd / 0x64636D74), 0 kb/s (default)",
        "  Stream #0:1(eng): Subtitle: ass",
        "  Stream #0:2[0x3](und): Video: hevc (Main) (hvc1 / 0x31637668), yuv420p, 320x240, 25 fps (default)",
        "  Stream #0:3: Attachment: ttf",
        "  Stream #0:4[0x5]: Audio: aac, 48000 Hz, stereo, fltp",
    ]
    media = read("\n".join(lines))
    assert (media.video_stream, media.audio_stream) == (2, 4)


FAKE = "  Stream #0:7: Video: h264, yuv420p, 77x77, 25 fps"


def test_tags_are_not_streams() -> None:
    """Tags that look like stream lines, by value, by key or by a key with line breaks, change nothing."""
    plain = read(PHONE_9)
    tags = [
        f"    title           : x\n                    : {FAKE}",
        "    Stream #0:7: Video: h264, yuv420p, 77x77, 25 fps: v",
        f"    a\n{FAKE}: v",
        "    title           : a\x0b  Duration: 00:00:09.00\x1c  Stream #0:2: Audio: aac\u2028  Stream",
        "    displaymatrix: rotation of 90.00 degrees: v",
    ]
    for tag in tags:
        imitated = PHONE_9.replace("    major_brand     : isom", tag)
        assert imitated != PHONE_9
        assert read(imitated) == plain
    turned = PHONE_9.replace(
        "VideoHandler", "VideoHandler\n      displaymatrix   : rotation of 180.00 degrees"
    )
    assert read(turned) == plain


@pytest.mark.parametrize(
    "tag",
    [
        f"    a\n  Duration: 00:00:09.00, bitrate: 1\n{FAKE}: v",
        f"    a\n  Duration: 00:00:09.00\n{FAKE.replace('7', '0')}: v",
    ],
)
def test_ambiguous_report(tag: str) -> None:
    """A report with two lengths, or streams out of turn, is refused, not guessed at."""
    with pytest.raises(ProbeError, match="imitate"):
        read(PHONE_9.replace("    major_brand     : isom", tag))
    with pytest.raises(ProbeError, match="imitate"):
        read(PHONE_9.replace("      handler_name    : VideoHandler", f"      a\n{FAKE}"))


@pytest.mark.parametrize(
    "name",
    [
        "/m/a\nInput #0, avi, from 'x':\n  Duration: 00:00:09.00\n  Stream #0:0: Audio: aac.mp4",
        "/m/it's, from 'b':.mp4",
        "/m/-i 100%03d: é\t.mp4",
        "/m/bell\x07.mp4",
    ],
)
def test_names_that_imitate(name: str) -> None:
    """A file's name can say anything and changes nothing else."""
    logged = name.replace("\x07", "?")
    media = read(PHONE_9.replace("/m/a.mp4", logged), name)
    assert evolve(media, path=Path("/m/a.mp4")) == read(PHONE_9)


def test_decoded_still_stops_at_its_output() -> None:
    """What ffmpeg reports of its own output is not taken for the input."""
    text = report("Video: png, rgb24(pc), 320x240, 25 fps", demuxer="png_pipe", duration="N/A")
    text += "Stream mapping:\n  Stream #0:0 -> #0:0 (png (native) -> rawvideo (native))\n"
    text += "Output #0, framecrc, to 'pipe:':\n  Stream #0:0: Video: rawvideo, rgb24(pc), 240x320, 25 fps\n"
    assert read(text).width == 320


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (report(), "neither picture nor sound"),
        (report("Video: webp, none, 25 fps", demuxer="webp_pipe"), "cannot decode"),
        ("[in#0] Format not on whitelist 'mov'\nError opening input: Invalid argument\n", "does not open"),
        ("[in#0] moov atom not found\nError opening input: Invalid data\n", "cut off"),
        ("Error opening input: Invalid data found when processing input\n", "damaged, or not a media file"),
        ("", "damaged, or not a media file"),
    ],
)
def test_refusals(text: str, sentence: str) -> None:
    """Whatever holds no media is refused in a sentence of its own, with the file and a fix."""
    with pytest.raises(ProbeError, match=sentence) as caught:
        read(text)
    assert caught.value.src == str(Path("/m/a.mp4"))
    assert caught.value.fix


@given(
    st.text(alphabet=st.sampled_from("  \n,:()[]#0123456789x%ADSVdefiosuratmn/\x0b\r\u2028"), max_size=200)
)
def test_any_text(noise: str) -> None:
    """No text inside a report makes the parser fail in any other way than ``ProbeError``."""
    for text in (noise, PHONE_9.replace("VideoHandler", noise), PHONE_9.replace("h264", noise)):
        try:
            media = read(text)
        except ProbeError:
            continue
        assert media.has_video or media.has_audio
