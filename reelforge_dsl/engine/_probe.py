"""What a media file is: measured by ffmpeg, read out of what it prints.

Our ffmpeg comes without ffprobe, so the report that ``ffmpeg -i`` writes on stderr is parsed.
``parse`` is pure; ``probe_file`` adds the looking: at the file, at one decoded picture of a still
(only decoding tells how this ffmpeg turns it), at the packets where no container says the length.
"""

from __future__ import annotations

import os
import re
import stat
import threading
from collections import OrderedDict
from pathlib import Path

from attrs import evolve

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary, input_options, still_demuxer
from reelforge_dsl.engine._media import Media, unusable
from reelforge_dsl.engine._report import parse, refusal
from reelforge_dsl.engine._run import capture
from reelforge_dsl.errors import FfmpegFailedError

_REMEMBERED = 512
_TIMEOUT_SECONDS = 60.0
_HEAD_BYTES = 4096


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
        raise unusable(path, "does not exist", "check the path") from exc
    except OSError as exc:
        raise unusable(path, f"cannot be looked at: {exc.strerror}", "check the path") from exc
    if stat.S_ISDIR(found.st_mode):
        raise unusable(path, "is a folder, not a media file", "name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise unusable(path, "is a device or pipe, not a media file", "name a real file")
    if found.st_size == 0:
        raise unusable(path, "is empty: 0 bytes", "copy or download it again")
    return found


def _measure(path: Path, binary: str) -> Media:
    """Look into the file with ffmpeg."""
    head = _head(path)
    _refuse_text(head, path)
    demuxer = still_demuxer(head)
    decode = ["-map", "0:v:0", "-frames:v", "1", "-f", "framecrc", "-"] if demuxer else []
    argv = [binary, "-hide_banner", "-nostdin", *input_options(demuxer), "-i", f"file:{path}", *decode]
    code, out, said = _capture(argv, path)
    if code < 0:
        raise unusable(path, "made ffmpeg crash", "convert it, or set REELFORGE_FFMPEG to another build")
    if "Tile Grid" in said or _is_heic(head):
        raise unusable(path, "is a tiled or HEIC photo, which the engine does not open", "save it as JPEG")
    if demuxer and code == 0:
        return _turned(evolve(parse(said, path), kind="image", duration_seconds=None, fps=None), out)
    if demuxer or "\nInput #0, " not in f"\n{said}":
        raise refusal(said, path)
    media = parse(said, path)
    if media.demuxer == "mov":
        _refuse_cut_off(path)
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
        raise unusable(path, sentence, "is its disk or network folder hanging?") from exc


def _head(path: Path) -> bytes:
    """Return the file's first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except PermissionError as exc:
        raise unusable(path, "may not be read", "give yourself the right to read it") from exc
    except OSError as exc:
        raise unusable(path, f"cannot be read: {exc.strerror}", "check its disk") from exc


def _refuse_cut_off(path: Path) -> None:
    """Refuse an MP4 whose media reach past the file's end: ffmpeg would play a part and say nothing."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if kind == b"mdat" and at + length > size:
                missing = at + length - size
                raise unusable(
                    path, f"was cut off: its last {missing} bytes are missing", "copy or download it again"
                )
            if length < 8:
                return  # 0 means to the end; less is no box
            at += length


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
    raise unusable(path, what, fix)


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
        raise unusable(media.path, "holds nothing that can be played", "convert it: ffmpeg -i FILE out.mp4")
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
