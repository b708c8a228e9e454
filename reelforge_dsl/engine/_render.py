"""Render a plan: paint the text, run one FFmpeg, move the film into place."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from attrs import define, frozen

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.engine._plan import GRAPH_FILE, Plan
from reelforge_dsl.engine._run import Progress, run, terminal_bar
from reelforge_dsl.engine._workspace import workspace
from reelforge_dsl.errors import EngineError, FfmpegFailedError, Issue
from reelforge_dsl.lettering import paint
from reelforge_dsl.units import FPS

OnProgress = Callable[[Progress], object]

_FILM = "film.mp4"


@frozen
class Rendered:
    """A finished film.

    Attributes:
        path: Where it is, absolute.
        width: Pixels.
        height: Pixels.
        frames: Output frames, 30 a second.
        elapsed_seconds: Wall time that the render took.
        issues: The document's warnings, and every fallback that was taken.
    """

    path: Path
    width: int
    height: int
    frames: int
    elapsed_seconds: float
    issues: tuple[Issue, ...] = ()

    @property
    def duration_seconds(self) -> float:
        """Length of the film in output seconds."""
        return self.frames / FPS

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        size = f"{self.width}×{self.height}, {self.duration_seconds:g} s"
        told = "".join(f"\n  {issue}" for issue in self.issues)
        return f"{self.path} ({size}; rendered in {self.elapsed_seconds:.1f} s){told}"


def film_path(path: str | os.PathLike[str]) -> Path:
    """Return where a film goes, absolute.

    Raises:
        EngineError: It is a folder, does not end in ``.mp4``, or its folder does not exist.
    """
    target = Path(path).absolute()
    try:
        is_folder = target.is_dir()
    except OSError as error:  # a name too long for the file system
        raise EngineError(
            f"{target.name[:40]}… is no name for a file: {error.strerror}", fix="shorten it"
        ) from error
    if is_folder:
        raise EngineError(f"{target} is a folder", fix=f"name a file in it, as {target / 'film.mp4'}")
    if target.suffix.lower() != ".mp4":
        raise EngineError(
            f"{target.name} does not end in .mp4, the only container written", fix="name it *.mp4"
        )
    if not target.parent.is_dir():
        raise EngineError(f"The output folder {target.parent} does not exist", fix="create it first")
    return target


def render_plan(plan: Plan, target: Path, on_progress: OnProgress | None) -> None:
    """Render a plan to a file; the file appears whole or not at all.

    Raises:
        FfmpegNotFoundError: There is no FFmpeg.
        FfmpegFailedError: FFmpeg failed, was killed or stalled.
        EngineError: The output folder cannot be written.
    """
    binary = ffmpeg_binary()
    with workspace(target.parent) as folder:
        write_files(plan, folder)
        argv = plan.argv(binary, _FILM)
        with contextlib.ExitStack() as stack:
            report = on_progress or stack.enter_context(terminal_bar(plan.frames))
            counted = _Counted(report)
            run(argv, cwd=folder, frames=plan.frames, on_progress=counted)
        if counted.frames != plan.frames:
            raise FfmpegFailedError(
                f"ffmpeg wrote {counted.frames} of {plan.frames} frames",
                fix="has every clip a picture where its trim starts, and does it play elsewhere?",
                argv=argv,
            )
        try:
            (folder / _FILM).replace(target)
        except OSError as error:
            raise EngineError(
                f"{target} cannot be replaced: {error.strerror}", fix="close what has it open"
            ) from error


@define
class _Counted:
    """Passes progress on and remembers how many frames were written."""

    report: OnProgress
    frames: int = 0

    def __call__(self, progress: Progress) -> None:
        self.frames = progress.frame
        self.report(progress)


def write_files(plan: Plan, folder: Path) -> None:
    """Write the graph, the lists and the painted texts that a plan names."""
    (folder / GRAPH_FILE).write_text(plan.graph, encoding="utf-8")
    for name, text in plan.lists:
        (folder / name).write_text(text, encoding="utf-8")
    for name, svg in plan.drawings:
        (folder / name).write_bytes(paint(svg))


def stopwatch() -> Callable[[], float]:
    """Return a function that tells the wall seconds since now."""
    began = time.monotonic()
    return lambda: time.monotonic() - began
