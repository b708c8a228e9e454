"""What a media file is: measured by ffmpeg, read out of what it prints.

Our ffmpeg comes without ffprobe, so the report that ``ffmpeg -i`` writes on stderr is parsed.
``parse`` is pure; ``probe_file`` adds the looking: at the file, at one decoded picture of a still
(only decoding tells how this ffmpeg turns it), at the packets where no container says the length.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from attrs import evolve, frozen

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary, input_options, still_demuxer
from reelforge_dsl.engine._run import capture
from reelforge_dsl.errors import FfmpegFailedError, ProbeError

Kind = Literal["video", "audio", "image"]

_REMEMBERED = 512
_TIMEOUT_SECONDS = 60.0
_HEAD_BYTES = 4096


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


_memory: OrderedDict[tuple[str, int, int, str], Media] = OrderedDict()
_memory_turn = threading.Lock()


def probe_file(path: Path) -> Media:
    """Measure a media file; the answer is remembered until its size or time of change differs.

    A GIF, WebP or PNG with more than one picture is a video, with one an image.

    Args:
        path: A local file.

    Raises:
        ProbeError: If it is missing, unreadable, empty, cut off, a playlist, or not media.
        FfmpegNotFoundError: If there is no ffmpeg.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, and the name is shown
    found = _stat(path)
    binary = ffmpeg_binary()
    key = (str(path), found.st_size, found.st_mtime_ns, binary)
    with _memory_turn:
        if key in _memory:
            _memory.move_to_end(key)
            return _memory[key]
    media = _measure(path, binary)
    with _memory_turn:
        _memory[key] = media
        while len(_memory) > _REMEMBERED:
            _memory.popitem(last=False)
    return media


def _stat(path: Path) -> os.stat_result:
    """Return the file's status, or say why it cannot be media."""
    try:
        found = path.stat()
    except FileNotFoundError as exc:
        raise _fault(path, "does not exist", "check the path") from exc
    except OSError as exc:
        raise _fault(path, f"cannot be looked at: {exc.strerror}", "check the path") from exc
    if stat.S_ISDIR(found.st_mode):
        raise _fault(path, "is a folder, not a media file", "name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise _fault(path, "is a device or pipe, not a media file", "name a real file")
    if found.st_size == 0:
        raise _fault(path, "is empty: 0 bytes", "copy or download it again")
    return found


def _fault(path: Path, what: str, fix: str) -> ProbeError:
    return ProbeError(f"{path} {what}", fix=fix, src=str(path))


def _measure(path: Path, binary: str) -> Media:
    """Look into the file with ffmpeg."""
    head = _head(path)
    _refuse_text(head, path)
    demuxer = still_demuxer(head)
    decode = ["-map", "0:v:0", "-frames:v", "1", "-f", "framecrc", "-"] if demuxer else []
    argv = [binary, "-hide_banner", "-nostdin", *input_options(demuxer), "-i", f"file:{path}", *decode]
    code, out, said = _capture(argv, path)
    if code < 0:
        raise _fault(path, "made ffmpeg crash", "convert it, or set REELFORGE_FFMPEG to another build")
    if "Tile Grid" in said or _is_heic(head):
        raise _fault(path, "is a tiled or HEIC photo, which the engine does not open", "save it as JPEG")
    if demuxer and code == 0:
        return _turned(evolve(parse(said, path), kind="image", duration_seconds=None, fps=None), out)
    if demuxer or "\nInput #0, " not in f"\n{said}":
        raise _refusal(said, path)
    media = parse(said, path)
    animated = media.demuxer in ("gif", "apng", "webp_anim")
    if media.kind != "image" and (animated or media.duration_seconds is None or _is_guess(said)):
        return _counted(media, binary, animated=animated)
    return media


def _capture(argv: list[str], path: Path) -> tuple[int, bytes, str]:
    """Run ffmpeg on a file that may be hopeless."""
    try:
        return capture(argv, timeout=_TIMEOUT_SECONDS)
    except FfmpegFailedError as exc:
        sentence = f"could not be read within {_TIMEOUT_SECONDS:g} s"
        raise _fault(path, sentence, "is its disk or network folder hanging?") from exc


def _head(path: Path) -> bytes:
    """Return the file's first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except PermissionError as exc:
        raise _fault(path, "may not be read", "give yourself the right to read it") from exc
    except OSError as exc:
        raise _fault(path, f"cannot be read: {exc.strerror}", "check its disk") from exc


def _refuse_text(head: bytes, path: Path) -> None:
    """Refuse what is text by its looks: playlists, pages, drawings. No format we open is text."""
    if any(byte < 9 or 13 < byte < 27 for byte in head):
        return
    text = head.decode("utf-8-sig", "replace").lstrip().lower()
    if text.startswith(("#extm3u", "ffconcat", "<smil", "[playlist]", "v=0")) or "<mpd" in text[:1000]:
        what, fix = "is a playlist that only names other files", "name the media file itself"
    elif text.startswith("<svg") or "<svg" in text[:1000]:
        what, fix = "is an SVG drawing, which the engine does not open", "save it as PNG"
    elif text.startswith(("<!doctype html", "<html")):
        what, fix = "is a web page, not a media file", "download the file that the page shows"
    elif b"\xff" in head[:2]:
        return  # the first byte of bare MP3 and AAC
    else:
        what, fix = "is a text file, not a media file", "name a video, image or sound file"
    raise _fault(path, what, fix)


def _is_heic(head: bytes) -> bool:
    """Tell phone photos, whose first stream is one tile of many, by their brand."""
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis")


def _turned(media: Media, framecrc: bytes) -> Media:
    """Set the displayed size to that of the decoded picture, which EXIF may have turned."""
    size = re.search(rb"^#dimensions 0: (\d+)x(\d+)$", framecrc, re.MULTILINE)
    if size is None or media.rotation or media.coded_width == media.coded_height:
        return media
    if (int(size[1]), int(size[2])) == (media.coded_height, media.coded_width):
        return evolve(media, rotation=90, width=media.height, height=media.width)
    return media


def _is_guess(said: str) -> bool:
    """Tell whether ffmpeg took the length from file size and bit rate."""
    return "Estimating duration from bitrate" in said.partition("\nInput #0, ")[0]


def _counted(media: Media, binary: str, *, animated: bool) -> Media:
    """Measure the length over all packets; nothing is decoded."""
    wanted = [f"0:{stream}" for stream in (media.video_stream, media.audio_stream) if stream is not None]
    maps = [word for stream in wanted for word in ("-map", stream)]
    opening = [*input_options(media.demuxer), "-i", f"file:{media.path}"]
    output = ["-c", "copy", "-f", "framecrc", "-"]
    code, out, _ = _capture([binary, "-v", "error", "-nostdin", *opening, *maps, *output], media.path)
    count, seconds = _span(out)
    if code != 0 or seconds <= 0:
        raise _fault(media.path, "holds nothing that can be played", "convert it: ffmpeg -i FILE out.mp4")
    if animated and count == 1:
        return evolve(media, kind="image", duration_seconds=None, fps=None)
    return evolve(media, duration_seconds=round(seconds, 6))


def _span(framecrc: bytes) -> tuple[int, float]:
    """Return the packets of stream 0 and the seconds from the first to the end of the last of all."""
    bases: dict[int, float] = {}
    count, first, last = 0, float("inf"), float("-inf")
    for line in framecrc.decode("ascii", "replace").splitlines():
        if base := re.match(r"#tb (\d+): (\d+)/(\d+)$", line):
            bases[int(base[1])] = int(base[2]) / int(base[3])
        elif packet := re.match(r"(\d+), +-?\d+, +(-?\d+), +(\d+),", line):
            stream, pts, length = int(packet[1]), int(packet[2]), int(packet[3])
            count += stream == 0
            first = min(first, pts * bases[stream])
            last = max(last, (pts + length) * bases[stream])
    return count, max(last - first, 0.0)


def _refusal(said: str, path: Path) -> ProbeError:
    """Return the error for a file that ffmpeg would not open."""
    if "Format not on whitelist" in said:
        what, fix = "is of a kind the engine does not open", "convert it to MP4, PNG or MP3"
    elif "moov atom not found" in said and "low score" not in said:
        what, fix = "ends before its index: it was cut off", "copy or download it again, or export it anew"
    else:
        what, fix = "is damaged, or not a media file", "does it play elsewhere? convert it to MP4, PNG or MP3"
    return _fault(path, what, fix)


_STREAM = re.compile(
    r"  Stream #0:(?P<number>\d+)(?:\[0x[0-9a-f]+\])?(?:\([^()]*\))?: "
    r"(?P<type>Video|Audio|Subtitle|Data|Attachment|Unknown)\b(?:: (?P<rest>.*))?$"
)
_DURATION = re.compile(r"  Duration: (?:N/A|(\d+):(\d\d):(\d\d(?:\.\d+)?))(?:, start: (-?\d+(?:\.\d+)?))?")
_MATRICES = ("bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc", "bt2020c", "gbr", "ycgco")
_TURN = re.compile(r"\s+(?:displaymatrix|Display Matrix): rotation of (-?\d+(?:\.\d+)?) degrees$")
_ALPHA = re.compile(r"\s+alpha_mode\s*: 1$", re.IGNORECASE)
_CLEAR = re.compile(r"(yuva|rgba|argb|bgra|abgr|gbrap|ya\d|ayuv|vuya|pal8)")
_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8, "cube": 8}


@frozen
class _Stream:
    """One stream line and the lines that belong to it."""

    number: int
    type: str
    fields: tuple[str, ...]
    notes: tuple[str, ...]


def parse(stderr: str, path: Path) -> Media:
    """Read what ``ffmpeg -i`` prints about one file; versions 4 to 9 are understood.

    Tags are text from the file and may imitate any line, even with line breaks. So stream lines
    count only after the one ``Duration`` line and numbered in turn; else the report is refused.

    Args:
        stderr: ffmpeg's whole stderr.
        path: The file it is about.

    Raises:
        ProbeError: If the report is not of one file with a picture or sound.
    """
    demuxer, body = _body(stderr, path)
    clock, streams = _streams(body, path)
    video = next((s for s in streams if s.type == "Video" and not _is_cover(s)), None)
    audio = next((s for s in streams if s.type == "Audio"), None)
    if video is None and audio is None:
        raise _fault(path, "holds neither picture nor sound", "name another file")
    hours, minutes, seconds, start = clock.groups()
    length = int(hours) * 3600 + int(minutes) * 60 + float(seconds) if hours else None
    is_still = video is not None and (demuxer.endswith("_pipe") or demuxer == "image2")
    kind: Kind = "audio" if video is None else "image" if is_still else "video"
    media = Media(
        path=path,
        kind=kind,
        demuxer=demuxer,
        duration_seconds=None if is_still or not length else length,
        has_video=video is not None,
        has_audio=audio is not None,
        channels=_channels(audio) if audio else None,
        sample_rate=_rate(audio) if audio else None,
        start_seconds=float(start or 0),
        audio_stream=audio.number if audio else None,
    )
    return media if video is None else _with_picture(media, video)


def _body(stderr: str, path: Path) -> tuple[str, list[str]]:
    """Return the demuxer's name and the lines between the input's header and what follows it."""
    # Only "\n" ends a line: splitlines() would also break at characters that tags may hold.
    head = re.search(r"^Input #0, ([^ ]+), from '", stderr, re.MULTILINE)
    if head is None:
        raise _refusal(stderr, path)
    rest = stderr[head.end() :]
    # The log shows control characters as "?"; a name may hold line breaks, so it is cut off whole.
    name = re.sub(r"[\x00-\x07\x0e-\x1f]", "?", f"file:{path}") + "':\n"
    rest = rest.removeprefix(name) if rest.startswith(name) else rest.partition("\n")[2]
    ends = ("Stream mapping:", "Output #0", "At least one output")
    lines = itertools.takewhile(lambda line: not line.startswith(ends), rest.split("\n"))
    return head[1].split(",")[0], list(lines)


def _streams(body: list[str], path: Path) -> tuple[re.Match[str], list[_Stream]]:
    """Split the report into its clock and its streams."""
    clocks = [(n, found) for n, line in enumerate(body) if (found := _DURATION.match(line))]
    if len(clocks) != 1:
        raise _unreadable(path)
    at, clock = clocks[0]
    streams = list(_each_stream(body[at + 1 :], path))
    if [s.number for s in streams] != list(range(len(streams))):
        raise _unreadable(path)
    return clock, streams


def _each_stream(lines: list[str], path: Path) -> Iterator[_Stream]:
    """Yield each stream line with its notes."""
    starts = [n for n, line in enumerate(lines) if line.startswith("  Stream #0:")]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        found = _STREAM.match(lines[start])
        if found is None:
            raise _unreadable(path)
        fields = tuple(_fields(found["rest"] or ""))
        yield _Stream(int(found["number"]), found["type"], fields, tuple(lines[start + 1 : end]))


def _fields(text: str) -> list[str]:
    """Split at the commas outside brackets."""
    fields, depth = [""], 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth <= 0:
            fields.append("")
        else:
            fields[-1] += char
    return [field.strip() for field in fields]


def _unreadable(path: Path) -> ProbeError:
    fix = "strip them: ffmpeg -i FILE -map_metadata -1 -c copy clean.mp4"
    return _fault(path, "has tags that imitate ffmpeg's own report", fix)


def _is_cover(stream: _Stream) -> bool:
    return any(field.endswith("(attached pic)") for field in stream.fields)


def _with_picture(media: Media, video: _Stream) -> Media:
    """Fill in what the video stream's line says."""
    sizes = [found for field in video.fields[2:] if (found := re.match(r"(\d+)x(\d+)\b", field))]
    colour = video.fields[1] if len(video.fields) > 1 else ""
    pix_fmt = colour.partition("(")[0]
    codec = video.fields[0].split(" ")[0]
    if not sizes or pix_fmt in ("", "none"):
        fix = "convert it to H.264 or PNG, or set REELFORGE_FFMPEG to a newer build"
        raise _fault(media.path, f"holds pictures ({codec}) that this ffmpeg cannot decode", fix)
    across, down = int(sizes[0][1]), int(sizes[0][2])
    shape = next((s for f in video.fields if (s := re.search(r"\bSAR (\d+):(\d+)", f))), None)
    sar = int(shape[1]) / int(shape[2]) if shape and int(shape[1]) and int(shape[2]) else 1.0
    turn = next((t for note in video.notes if (t := _TURN.match(note))), None)
    rotation = round(-float(turn[1])) % 360 if turn else 0
    width, height = max(round(across * sar), 1), down
    if rotation in (89, 90, 91, 269, 270, 271):  # ffmpeg turns within a degree of a quarter
        width, height = height, width
    alpha = codec in ("vp8", "vp9") and any(_ALPHA.match(note) for note in video.notes)
    return evolve(
        media,
        width=width,
        height=height,
        coded_width=across,
        coded_height=down,
        sar=sar,
        rotation=rotation,
        fps=_fps(video) if media.kind == "video" else None,
        pix_fmt=pix_fmt,
        has_alpha=alpha or _CLEAR.match(pix_fmt) is not None,
        full_range=pix_fmt.startswith("yuvj") or re.search(r"\(pc\b", colour) is not None,
        color_space=_color_space(colour),
        video_codec=codec,
        video_stream=video.number,
    )


def _color_space(colour: str) -> str | None:
    """Read the matrix out of ``yuv420p(tv, bt709, progressive)``; a/b/c are matrix, primaries, transfer."""
    said = colour.partition("(")[2].rstrip(")").split(", ")
    names = (part.partition("/")[0] for part in said)
    return next((name for name in names if name in _MATRICES), None)


def _fps(video: _Stream) -> float | None:
    """Return the average rate, else ffmpeg's guess of the base rate."""
    for unit in ("fps", "tbr"):
        for field in video.fields:
            if found := re.match(rf"(\d+(?:\.\d+)?)(k?) {unit}\b", field):
                return float(found[1]) * (1000 if found[2] else 1)
    return None


def _rate(audio: _Stream) -> int | None:
    found = next((r for field in audio.fields if (r := re.match(r"(\d+) Hz$", field))), None)
    return int(found[1]) if found else None


def _channels(audio: _Stream) -> int | None:
    """Count the channels of a layout's name: ``stereo``, ``5.1(side)``, ``3 channels (FL+FR+LFE)``."""
    for field in audio.fields[1:]:
        name = field.partition("(")[0].strip()
        if name in _LAYOUTS:
            return _LAYOUTS[name]
        if found := re.match(r"(\d+) channels?$", name):
            return int(found[1])
        if re.fullmatch(r"\d+(\.\d){1,2}", name):
            return sum(int(part) for part in name.split("."))
    return None
