"""One frame of a film, or a sheet of many, as a PNG."""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path

from attrs import evolve, frozen

from reelforge_dsl.engine._captions import CaptionTrack
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.engine._plan import Plan, Stage, picture_plan
from reelforge_dsl.engine._render import write_files
from reelforge_dsl.engine._run import run
from reelforge_dsl.engine._scene import Picture, Scene
from reelforge_dsl.engine._workspace import workspace
from reelforge_dsl.errors import EngineError, FfmpegFailedError, Issue
from reelforge_dsl.units import FPS, frame_at, short

_STILL = "still.png"

_SHEET_MAX = 400


@frozen
class Still:
    """A picture of the film; a notebook shows it.

    Attributes:
        png: The file's bytes.
        issues: The document's warnings, and every fallback that was taken.
    """

    png: bytes
    issues: tuple[Issue, ...] = ()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the PNG, whole or not at all, and return where it is.

        Raises:
            EngineError: It is a folder, or its folder is missing or cannot be written.
        """
        target = Path(path).absolute()
        if target.is_dir():
            raise EngineError(f"{target} is a folder", fix=f"name a file in it, as {target / 'frame.png'}")
        with workspace(target.parent) as folder:
            part = folder / _STILL
            part.write_bytes(self.png)
            part.replace(target)
        return target

    def __repr__(self) -> str:
        return f"<Still: {len(self.png) // 1000} kB PNG>"

    def _repr_png_(self) -> bytes:
        return self.png


def frame_still(stage: Stage, at: float) -> Still:
    """Return the frame that shows at an output second.

    Raises:
        EngineError: ``at`` is not within the film.
    """
    wanted = frame_at(at) if math.isfinite(at) else -1
    frames = stage.scene.frames
    if not 0 <= wanted < frames:
        raise EngineError(
            f"{short(at)} s is not within the film",
            fix=f"give 0 to {short((frames - 1) / FPS)} output seconds",
        )
    first, end = _window(stage.scene, wanted)
    part = _cut(stage, first, end)
    return _made(picture_plan(part, [f"select='eq(n,{wanted - first})'"]))


def sheet_still(stage: Stage, columns: int, rows: int) -> Still:
    """Return ``columns × rows`` frames spread evenly over the film, in reading order.

    Raises:
        EngineError: There would be no picture, or more than 400.
    """
    whole = isinstance(columns, int) and isinstance(rows, int)
    if not whole or columns < 1 or rows < 1 or columns * rows > _SHEET_MAX:
        raise EngineError(
            f"a sheet of {columns}×{rows} pictures cannot be made",
            fix=f"at least 1 column and 1 row, at most {_SHEET_MAX} pictures",
        )
    count = min(columns * rows, stage.scene.frames)
    chosen = "+".join(f"eq(n,{(2 * at + 1) * stage.scene.frames // (2 * count)})" for at in range(count))
    tiled = f"tile={columns}x{rows}:nb_frames={count}:padding=6:margin=6:color=white"
    return _made(picture_plan(stage, [f"select='{chosen}'", tiled]))


def _made(plan: Plan) -> Still:
    # The system's own folder: a picture has no place beside it until it is saved.
    with workspace(Path(tempfile.gettempdir())) as folder:
        write_files(plan, folder)
        argv = plan.argv(ffmpeg_binary(), _STILL)
        run(argv, cwd=folder, frames=plan.frames)
        png = (folder / _STILL).read_bytes()
    if not png:
        raise FfmpegFailedError(
            "ffmpeg wrote no picture",
            fix="has every clip a picture where its trim starts, and does it play elsewhere?",
            argv=argv,
        )
    return Still(png, plan.issues)


def _window(scene: Scene, wanted: int) -> tuple[int, int]:
    """Return the frames that must be painted to see one: itself, and any dissolve it is in."""
    first, end = wanted, wanted + 1
    for picture in sorted(scene.pictures, key=lambda picture: -picture.first):
        if picture.dissolve and picture.first < end and picture.first + picture.dissolve > first:
            first, end = min(first, picture.first), max(end, picture.first + picture.dissolve)
    return first, end


def _cut(stage: Stage, first: int, end: int) -> Stage:
    """Return only some frames of a stage, without its sound."""
    pictures = tuple(
        _later(picture, first, end)
        for picture in stage.scene.pictures
        if picture.first < end and picture.end > first
    )
    drawings = tuple(
        evolve(drawing, first=max(drawing.first - first, 0), end=min(drawing.end, end) - first)
        for drawing in stage.drawings
        if drawing.first < end and drawing.end > first
    )
    scene = Scene(stage.scene.frame, end - first, pictures, ())
    return Stage(scene, drawings, _cut_track(stage.track, first, end), stage.issues)


def _later(picture: Picture, first: int, end: int) -> Picture:
    lost = max(first - picture.first, 0)
    cut_end = min(picture.end, end)
    return evolve(
        picture,
        first=max(picture.first - first, 0),
        end=cut_end - first,
        trim=picture.trim if picture.still else picture.trim + lost / FPS,
        lived=picture.lived + lost,
        dissolve=0 if lost else picture.dissolve,
        leaving=picture.leaving if cut_end == picture.end else 0,
    )


def _cut_track(track: CaptionTrack | None, first: int, end: int) -> CaptionTrack | None:
    if track is None or track.first >= end or track.end <= first:
        return None
    starts = [start for _, start in track.cues]
    ends = [*starts[1:], track.end]
    cues = tuple(
        (name, max(start, first) - first)
        for (name, start), stop in zip(track.cues, ends, strict=True)
        if start < end and stop > first
    )
    named = {name for name, _ in cues}
    pictures = tuple(pair for pair in track.pictures if pair[0] in named)
    return CaptionTrack(pictures, cues, track.region, cues[0][1], min(track.end, end) - first)
