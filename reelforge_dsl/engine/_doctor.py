"""What the engine needs of this machine, looked at piece by piece; what is missing is told, not raised."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from reelforge_dsl.engine._documents import ready
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary, ffmpeg_version
from reelforge_dsl.engine._files import Access
from reelforge_dsl.engine._plan import DRAFT, Stage, film_plan
from reelforge_dsl.engine._render import render_plan, stopwatch
from reelforge_dsl.engine._run import capture
from reelforge_dsl.engine._scene import Frame
from reelforge_dsl.engine._shelf import cache_folder
from reelforge_dsl.errors import EngineError, ReelforgeError
from reelforge_dsl.lettering import find_font, paint

Status = Literal["ok", "warning", "missing"]

FILTERS = (
    *("color", "concat", "crop", "fade", "format", "fps", "gblur", "loop", "overlay", "pad", "perspective"),
    *("scale", "select", "setparams", "setpts", "setsar", "settb", "split", "tile", "tpad", "trim", "xfade"),
    *("aformat", "alimiter", "aloop", "amix", "anull", "anullsrc", "apad", "aresample", "asetpts", "atrim"),
    *("adelay", "afade", "pan", "volume"),
)
"""Every FFmpeg filter that a graph of the engine may hold."""

ENCODERS = ("libx264", "aac", "png")
"""What the engine writes films, their sound and single pictures with."""

FAMILIES = (
    *("Inter", "Montserrat", "Anton", "Poppins", "Fredoka", "Nunito", "Space Mono", "Caveat"),
    "Playfair Display",
)
"""The families that come with the package."""

_PACKAGE = "reelforge-dsl"
_OURS = ("bench", "dev")  # extras for work on the package itself
_NEEDED = "local"
_BUILD_FIX = "unset REELFORGE_FFMPEG to use the packaged ffmpeg, or name a complete build"
_AGAIN_FIX = "install the package again: pip install --force-reinstall --no-deps reelforge-dsl"
_LEAST_FREE = 1 << 30
_ANSWER_SECONDS = 20.0
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="18" height="32"><rect width="18" height="32"/></svg>'
)


@frozen
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What, as ``FFmpeg``.
        status: ``"ok"``; ``"warning"``: films can be made, with a limit; ``"missing"``: they cannot.
        told: Its version and place, or what is wrong with it.
        fix: How to mend it, or ``None``.
    """

    name: str
    status: Status
    told: str
    fix: str | None = None


@frozen(repr=False)
class Diagnosis:
    """What was found; printing it shows a table.

    Attributes:
        findings: In the order looked at.
    """

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether films can be made here: nothing is missing."""
        return all(finding.status != "missing" for finding in self.findings)

    def __repr__(self) -> str:
        counts = dict.fromkeys(("ok", "warning", "missing"), 0)
        for finding in self.findings:
            counts[finding.status] += 1
        return f"<Diagnosis: {', '.join(f'{count} {status}' for status, count in counts.items())}>"

    def __str__(self) -> str:
        names = max((len(finding.name) for finding in self.findings), default=0)
        states = max((len(finding.status) for finding in self.findings), default=0)
        lines = []
        for finding in self.findings:
            told = finding.told.replace("\n", " ")
            lines.append(f"{finding.name:<{names}}  {finding.status:<{states}}  {told}")
            if finding.fix:
                lines.append(f"{'':<{names + states + 4}}fix: {finding.fix}".replace("\n", " "))
        return "\n".join(lines)


def diagnosis() -> Diagnosis:
    """Look at everything, in the order in which a film needs it."""
    return Diagnosis(tuple(_findings()))


def _findings() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield from _packages()
    ffmpeg = list(_ffmpeg())
    yield from ffmpeg
    yield _fonts()
    yield _folder("temporary folder", tempfile.gettempdir)
    yield _folder("this folder", os.getcwd)
    yield _cache()
    has_ffmpeg = ffmpeg[0].status == "ok"
    yield _proof() if has_ffmpeg else Finding("test film", "missing", "not made, for want of FFmpeg")


def _packages() -> Iterator[Finding]:
    try:
        yield Finding("reelforge-dsl", "ok", metadata.version(_PACKAGE))
        wanted = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        told = "it runs from a folder; which extras are installed is not known"
        yield Finding("reelforge-dsl", "warning", told, "pip install it, as with -e")
        return
    extras: dict[str, list[str]] = {}
    for line in wanted:
        need, _, condition = line.partition(";")
        named = re.search(r"""extra\s*==\s*['"]([^'"]+)""", condition)
        if named is not None and named[1] not in _OURS and not need.startswith(_PACKAGE):
            extras.setdefault(named[1], []).append(need)
    for extra, needs in sorted(extras.items(), key=lambda item: (item[0] != _NEEDED, item[0])):
        yield _extra(extra, needs)


def _extra(extra: str, needs: list[str]) -> Finding:
    """Look for an extra's packages: only the version's numbers are compared, ``>=`` and nothing else."""
    here, wrong = [], []
    for need in needs:
        name = re.split(r"[^A-Za-z0-9._-]", need.strip(), maxsplit=1)[0]
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is not installed")
            continue
        least = re.search(r">=\s*([0-9.]+)", need)
        if least is not None and _numbers(version) < _numbers(least[1]):
            wrong.append(f"{name} is {version}, older than {least[1]}")
        else:
            here.append(f"{name} {version}")
    if not wrong:
        return Finding(f"extra {extra}", "ok", ", ".join(here))
    status: Status = "missing" if extra == _NEEDED else "warning"
    return Finding(f"extra {extra}", status, ", ".join(wrong), f"pip install 'reelforge-dsl[{extra}]'")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _ffmpeg() -> Iterator[Finding]:
    try:
        binary = ffmpeg_binary()
        version = ffmpeg_version(binary)
    except EngineError as error:
        yield Finding("FFmpeg", "missing", error.what, error.fix)
        return
    yield Finding("FFmpeg", "ok", f"{version}, {binary}")
    yield _parts(binary, "filters", FILTERS, r"^\s*[A-Z.|]{2,3}\s+(\w+)\s+\S*->\S*")
    yield _parts(binary, "encoders", ENCODERS, r"^\s*[VAS][A-Z.]{5}\s+(\S+)")


def _parts(binary: str, kind: str, needed: tuple[str, ...], pattern: str) -> Finding:
    """Ask FFmpeg for its list of something, and find what is needed in it."""
    name = f"FFmpeg {kind}"
    try:
        code, out, _ = capture([binary, "-hide_banner", f"-{kind}"], timeout=_ANSWER_SECONDS)
    except EngineError as error:
        return Finding(name, "missing", error.what, error.fix)
    held = set(re.findall(pattern, out.decode("utf-8", "replace"), re.MULTILINE))
    lacking = [part for part in needed if part not in held]
    if code != 0 or lacking:
        told = f"lacks {', '.join(lacking)}" if lacking else f"it ended with code {code}"
        return Finding(name, "missing", told, _BUILD_FIX)
    return Finding(name, "ok", f"all {len(needed)} that the engine uses")


def _fonts() -> Finding:
    lacking = [family for family in FAMILIES if find_font(family).font.family != family]
    if lacking:
        return Finding("fonts", "missing", f"not found: {', '.join(lacking)}", _AGAIN_FIX)
    own = os.environ.get("REELFORGE_FONTS")
    return Finding(
        "fonts", "ok", f"{len(FAMILIES)} families come along{', and REELFORGE_FONTS is set' if own else ''}"
    )


def _folder(name: str, place: Callable[[], str]) -> Finding:
    """Write a file into a folder, and see how much more would fit."""
    fix = "write elsewhere, or give yourself the right to write there"
    try:
        folder = Path(place())
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"reel")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(name, "warning", f"cannot be written: {error.strerror or error}", fix)
    told = f"{_size(free)} free, {folder}"
    if free < _LEAST_FREE:
        return Finding(name, "warning", told, "free some space: a film of a minute takes up to 100 MB")
    return Finding(name, "ok", told)


def _cache() -> Finding:
    folder = cache_folder()
    count = size = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    count, size = count + 1, size + entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return Finding("cache", "ok", f"nothing fetched yet, {folder}")
    except OSError as error:
        fix = "set REELFORGE_CACHE to a folder that can be written"
        return Finding("cache", "warning", f"{folder} cannot be read: {error.strerror}", fix)
    held = f"{_size(size)} in {count} file{'' if count == 1 else 's'}" if count else "empty"
    return Finding("cache", "ok", f"{held}, {folder}")


def _size(count: int) -> str:
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} bytes"


def _proof() -> Finding:
    """Make a film of 0.2 s with everything that a film needs: a file, a font, the painter, both encoders."""
    name, elapsed = "test film", stopwatch()
    try:
        with tempfile.TemporaryDirectory(prefix="reelforge-doctor-") as folder:
            picture, film = Path(folder) / "picture.png", Path(folder) / "film.mp4"
            picture.write_bytes(paint(_PICTURE))
            document = ready(_smallest_film(picture), Access())
            size = Frame.of(document.manifest, None)
            stage = Stage.of(document.manifest, document.schedule, document.media, size)
            render_plan(film_plan(stage, DRAFT), film, lambda _: None)
            written = film.stat().st_size
    except ReelforgeError as error:
        return Finding(name, "missing", error.what, error.fix)
    except OSError as error:
        fix = "set TMPDIR to a folder that can be written"
        return Finding(name, "missing", f"no folder to make it in: {error.strerror or error}", fix)
    return Finding(name, "ok", f"0.2 s made in {elapsed():.1f} s, {_size(written)}")


def _smallest_film(picture: Path) -> dict[str, Any]:
    time = {"start_seconds": 0, "duration_seconds": 0.2}
    layer = {"id": "picture", "type": "image", "asset_id": "picture", "motion": "zoom_in", "time": time}
    return {
        "version": "v1",
        "output": {"width": 180, "height": 320, "fps": 30},
        "assets": [{"id": "picture", "type": "image", "url": picture.as_uri()}],
        "composition": {
            "timeline": [layer],
            "text_overlays": [{"content": "Reel", "time": time}],
        },
    }
