"""Where the ffmpeg binary is, and what it may open."""

from __future__ import annotations

import functools
import os
import shutil

from reelforge_dsl.engine._run import capture
from reelforge_dsl.errors import FfmpegNotFoundError

_INSTALL = "pip install 'reelforge-dsl[local]', or set REELFORGE_FFMPEG to an ffmpeg program"

# Containers that hold their media themselves. Left out on purpose: whatever opens further files or
# hosts (hls, dash, concat, sdp, rtsp, imf, image2 with its %d patterns), scripts and devices.
_CONTAINERS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "flv", "asf", "mpegts", "mpeg"),
    *("mp3", "aac", "wav", "w64", "flac", "ogg", "aiff", "caf", "au", "ac3", "eac3", "amr"),
    *("gif", "apng", "webp_anim"),
)
_STILLS = ("png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "gif_pipe", "jpegxl_pipe")

FORMAT_WHITELIST = ",".join((*_CONTAINERS, *_STILLS))
"""The demuxers that the engine opens, comma-separated as ffmpeg wants them."""

PROTOCOL_WHITELIST = "file"
"""The only protocol ffmpeg may use: http(s) assets are fetched first, by Python."""


def ffmpeg_binary() -> str:
    """Find the ffmpeg program: ``REELFORGE_FFMPEG``, else the packaged one, else the one on ``PATH``.

    Returns:
        An absolute path that can be started from any folder.

    Raises:
        FfmpegNotFoundError: If none is there, or ``REELFORGE_FFMPEG`` names no program.
    """
    named = os.environ.get("REELFORGE_FFMPEG")
    if named:
        found = shutil.which(named)
        if found is None:
            raise FfmpegNotFoundError(
                f"REELFORGE_FFMPEG is {named!r}, which is no program that can be started",
                fix="give the path or the name of an ffmpeg program, or unset it",
            )
        return os.path.abspath(found)  # noqa: PTH100 - links stay: some programs go by their name
    found = shutil.which(_packaged() or "ffmpeg") or shutil.which("ffmpeg")
    if found is None:
        raise FfmpegNotFoundError("No ffmpeg was found", fix=_INSTALL)
    return os.path.abspath(found)  # noqa: PTH100 - as above


def _packaged() -> str | None:
    """Return the binary that ``imageio-ffmpeg`` carries, or ``None``."""
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # its way to say that this platform's wheel carries none
        return None


@functools.lru_cache(maxsize=8)
def ffmpeg_version(binary: str) -> str:
    """Return the version that a binary says it is, as ``7.0.2-static`` or ``n9.0.2``.

    Args:
        binary: Path of an ffmpeg program.

    Raises:
        FfmpegNotFoundError: If it cannot be started or is not ffmpeg.
        FfmpegFailedError: If it does not answer within 20 s of wall time.
    """
    code, out, _ = capture([binary, "-hide_banner", "-version"], timeout=20)
    words = out.decode("utf-8", "replace").split(maxsplit=3)
    if code != 0 or words[:2] != ["ffmpeg", "version"]:
        raise FfmpegNotFoundError(f"{binary} is not ffmpeg: it did not tell its version", fix=_INSTALL)
    return words[2]


def input_options(demuxer: str | None = None) -> list[str]:
    """Return the options that must stand before *each* ``-i``: they hold for one input only.

    Args:
        demuxer: Open the file as this format and no other (``Media.demuxer``); ``None`` lets
            ffmpeg guess within the whitelist.
    """
    formats = FORMAT_WHITELIST if demuxer is None else demuxer
    options = ["-protocol_whitelist", PROTOCOL_WHITELIST, "-format_whitelist", formats]
    return options if demuxer is None else [*options, "-f", demuxer]


def still_demuxer(head: bytes) -> str | None:
    """Name the demuxer of a still image by its first bytes, whatever the file is called.

    Left to itself, ffmpeg would take ``%03d`` in an image's name for a pattern, and a ``.jpg``
    that is a PNG for a JPEG.

    Args:
        head: The file's first bytes, a few thousand.

    Returns:
        A name for ``-f``, or ``None`` for whatever moves, sounds or is unknown.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return None if b"acTL" in head else "png_pipe"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return None if head[12:16] == b"VP8X" and head[20:21] and head[20] & 2 else "webp_pipe"
    if head[4:8] == b"ftyp" and b"avif" in head[8:40] and b"avis" not in head[8:40]:
        return "mov"
    signs = {b"\xff\xd8\xff": "jpeg_pipe", b"BM": "bmp_pipe", b"II*\0": "tiff_pipe", b"MM\0*": "tiff_pipe"}
    return next((name for sign, name in signs.items() if head.startswith(sign)), None)
