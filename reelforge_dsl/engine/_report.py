"""What ``ffmpeg -i`` prints about a file, read; pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from reelforge_dsl.engine._media import Kind, Media, unusable
from reelforge_dsl.errors import ProbeError

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
        raise unusable(path, "holds neither picture nor sound", "name another file")
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
        raise refusal(stderr, path)
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
    return unusable(path, "has tags that imitate ffmpeg's own report", fix)


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
        raise unusable(media.path, f"holds pictures ({codec}) that this ffmpeg cannot decode", fix)
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


def refusal(said: str, path: Path) -> ProbeError:
    """Return the error for a file that ffmpeg would not open."""
    if "Format not on whitelist" in said:
        what, fix = "is of a kind the engine does not open", "convert it to MP4, PNG or MP3"
    elif "moov atom not found" in said and "low score" not in said:
        what, fix = "ends before its index: it was cut off", "copy or download it again, or export it anew"
    else:
        what, fix = "is damaged, or not a media file", "does it play elsewhere? convert it to MP4, PNG or MP3"
    return unusable(path, what, fix)
