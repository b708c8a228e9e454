"""A document's way to its film, within what may be opened; `engine.render` and the local service take it."""

from __future__ import annotations

import os
from pathlib import Path

from reelforge_dsl.engine._documents import Document, Ready, ready
from reelforge_dsl.engine._files import Access
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._plan import DRAFT, DRAFT_WIDTH, FINAL, Stage, film_plan
from reelforge_dsl.engine._probe import probe_file
from reelforge_dsl.engine._render import OnProgress, Rendered, film_path, render_plan, stopwatch
from reelforge_dsl.engine._scene import Frame


def render_film(
    doc: Document,
    path: str | os.PathLike[str],
    access: Access,
    *,
    draft: bool = False,
    on_progress: OnProgress | None = None,
) -> Rendered:
    """Render a document to an MP4; see `reelforge_dsl.engine.render`.

    Args:
        doc: A ``Timeline``, a ``Manifest`` or the JSON of one as a dict.
        path: Where the film goes, ``*.mp4``.
        access: What may be opened, and as what.
        draft: Small and coarse, for a look.
        on_progress: Called with how far it is. What it raises ends the render and comes out here.

    Raises:
        ManifestInvalidError: The document breaks the contract.
        EngineError: No film can be made of it.
    """
    elapsed = stopwatch()
    target = film_path(path)
    document = ready(doc, access)
    film = film_plan(stage_of(document, draft=draft), DRAFT if draft else FINAL)
    render_plan(film, target, on_progress)
    return Rendered(target, film.width, film.height, film.frames, elapsed(), document.issues + film.issues)


def inspect_source(src: str | os.PathLike[str], access: Access) -> Media:
    """Return all that is known of a media file; see `reelforge_dsl.engine.inspect`.

    Args:
        src: An http(s) or ``file:`` address, or a path, which is opened whatever ``access`` says.
        access: What may be opened, and as what.

    Raises:
        ProbeError: The file is missing, unreadable, empty or not media.
        FetchError: An http(s) asset was refused or did not arrive.
    """
    address = os.fspath(src)
    if address.startswith(("http://", "https://", "file:")):
        return probe_file(access.file_of(address))
    return probe_file(Path(address))


def stage_of(document: Ready, *, draft: bool) -> Stage:
    """Return what a plan is made of: the document, placed and timed, at the size that it is drawn."""
    size = Frame.of(document.manifest, DRAFT_WIDTH if draft else None)
    return Stage.of(document.manifest, document.schedule, document.media, size)
