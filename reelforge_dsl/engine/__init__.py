"""The local engine: the very same document becomes an MP4 on this machine, with FFmpeg.

No key and no network, but for http(s) assets. Needs the ``local`` extra.

A render goes one way: fetch → probe → plan → paint the text → one FFmpeg process → move into place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve

from reelforge_dsl.engine._doctor import Diagnosis, Finding, diagnosis
from reelforge_dsl.engine._documents import Document, ready
from reelforge_dsl.engine._files import Access
from reelforge_dsl.engine._film import inspect_source, render_film, stage_of
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._plan import DRAFT, FINAL, Plan, film_plan
from reelforge_dsl.engine._render import OnProgress, Rendered
from reelforge_dsl.engine._run import Progress
from reelforge_dsl.engine._stills import Still, frame_still, sheet_still

__all__ = [
    "Diagnosis",
    "Finding",
    "Media",
    "Plan",
    "Progress",
    "Rendered",
    "Still",
    "doctor",
    "frame",
    "inspect",
    "plan",
    "probe",
    "render",
    "sheet",
]


def render(
    doc: Document,
    path: str | os.PathLike[str],
    *,
    draft: bool = False,
    on_progress: OnProgress | None = None,
    media_root: str | os.PathLike[str] | None = None,
    allow_private: bool = False,
) -> Rendered:
    """Render a document to an MP4.

    1080p stays 1080p: H.264 (yuv420p, bt709, narrow range) at a constant 30 frames a second, AAC
    stereo at 48 kHz, ready to stream. The same document gives the same bytes on one machine.
    On a terminal a bar shows how far it is. Ctrl-C leaves nothing behind.

    Args:
        doc: A ``Timeline``, a ``Manifest`` or the JSON of one as a dict.
        path: Where the film goes, ``*.mp4``; an older file there is replaced when the new one is whole.
        draft: 360 pixels wide and coarser, about five times as fast.
        on_progress: Called with a `Progress` up to ten times a second, instead of the bar. What it
            raises ends the render and comes out here.
        media_root: The only folder that local files may come from; any when left out.
        allow_private: Whether http(s) assets may come from private, loopback and link-local hosts.

    Returns:
        Where the film is, how long it took, and every warning.

    Raises:
        ManifestInvalidError: The document breaks the contract; nothing was rendered.
        UnsupportedByEngineError: It uses a field that the engine does not draw; ``.issues`` names each.
        ProbeError: A file is missing or not media; the message names its layer.
        FetchError: An http(s) asset was refused or did not arrive.
        FfmpegNotFoundError: There is no FFmpeg.
        FfmpegFailedError: FFmpeg failed; ``.argv`` and ``.stderr_tail`` say how.
        EngineError: The output cannot be written.
    """
    access = _access(media_root, allow_private=allow_private)
    return render_film(doc, path, access, draft=draft, on_progress=on_progress)


def frame(
    doc: Document,
    at: float,
    *,
    draft: bool = False,
    media_root: str | os.PathLike[str] | None = None,
    allow_private: bool = False,
) -> Still:
    """Return one frame of a document, without rendering the film.

    Args:
        doc: As for `render`.
        at: Output seconds, from 0 to the film's end.
        draft: As for `render`.
        media_root: As for `render`.
        allow_private: As for `render`.

    Raises:
        EngineError: As for `render`, and when ``at`` is not within the film.
        ManifestInvalidError: As for `render`.
    """
    document = ready(doc, _access(media_root, allow_private=allow_private))
    still = frame_still(stage_of(document, draft=draft), at)
    return evolve(still, issues=document.issues + still.issues)


def sheet(
    doc: Document,
    *,
    columns: int = 6,
    rows: int = 2,
    media_root: str | os.PathLike[str] | None = None,
    allow_private: bool = False,
) -> Still:
    """Return a contact sheet: frames spread evenly over the film, in reading order.

    Args:
        doc: As for `render`.
        columns: Frames side by side, at least 1.
        rows: Frames below one another, at least 1.
        media_root: As for `render`.
        allow_private: As for `render`.

    Raises:
        EngineError: As for `render`.
        ManifestInvalidError: As for `render`.
    """
    document = ready(doc, _access(media_root, allow_private=allow_private))
    still = sheet_still(stage_of(document, draft=True), columns, rows)
    return evolve(still, issues=document.issues + still.issues)


def probe(src: str | os.PathLike[str]) -> float | None:
    """Return how long a file plays; what ``Timeline.resolve`` asks.

    Args:
        src: An http(s) address, which is fetched, a ``file:`` address or a path.

    Returns:
        Seconds of the file as its container says; ``None`` for a still image. Source: decision D24.

    Raises:
        ProbeError: The file is missing, unreadable, empty or not media.
        FetchError: An http(s) asset was refused or did not arrive.
    """
    return inspect(src).duration_seconds


def inspect(src: str | os.PathLike[str]) -> Media:
    """Return all that is known of a media file: kind, size, rate, sound.

    Args:
        src: As for `probe`.

    Raises:
        ProbeError: As for `probe`.
        FetchError: As for `probe`.
    """
    return inspect_source(src, Access())


def plan(doc: Document, media: Mapping[str, Media] | None = None, *, draft: bool = False) -> Plan:
    """Return what `render` would do, without doing it; printing it shows the command and the graph.

    Args:
        doc: As for `render`.
        media: What each file holds, by its address, as `inspect` tells; measured when left out.
        draft: As for `render`.

    Raises:
        EngineError: As for `render`.
        ManifestInvalidError: As for `render`.
    """
    return film_plan(stage_of(ready(doc, Access(), media), draft=draft), DRAFT if draft else FINAL)


def doctor() -> Diagnosis:
    """Look at everything that a render needs on this machine, and make a test film of 0.2 s.

    FFmpeg with its filters and encoders, fonts, extras, folders and what is free in them, the cache.
    Nothing is fetched; it takes about a second.

    Returns:
        What was found; printing it shows a table, ``.ok`` tells whether films can be made here.

    Raises:
        KeyboardInterrupt: Someone pressed Ctrl-C. What is missing is reported, never raised.
    """
    return diagnosis()


def _access(media_root: str | os.PathLike[str] | None, *, allow_private: bool) -> Access:
    return Access(Path(media_root) if media_root is not None else None, allow_private)
