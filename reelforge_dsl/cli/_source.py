"""From a command's FILE to a document: a JSON file, stdin, or a value of a Python module."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import frozen

from reelforge_dsl.cli._outcome import CommandError
from reelforge_dsl.errors import near
from reelforge_dsl.models import Manifest
from reelforge_dsl.timeline import Timeline

_SPOT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_MOST_COMPARED = 200
_WANTED = "a Timeline, a Manifest, or a function without parameters that returns one"


@frozen
class Source:
    """A document that was found, not judged.

    Attributes:
        name: What the user called it.
        timeline: The document as a timeline.
        written: The manifest as written, where that is what was found; the engine renders it as it is.
    """

    name: str
    timeline: Timeline
    written: Manifest | None = None


def source_of(file: Path) -> Source:
    """Find the document that a FILE means.

    Args:
        file: A path, ``-`` for stdin, or ``module:name``; a file that is there comes first.

    Raises:
        CommandError: There is no such file, module or name, or it holds something else.
        ManifestInvalidError: It is not JSON, or has not the documents' shape.
    """
    name = str(file)
    if name == "-":
        return _read("stdin", sys.stdin.buffer.read())
    if _SPOT.fullmatch(name) and ".py:" not in name and not file.exists():
        return _made(name)
    return _read(name, _bytes_of(file))


def _read(name: str, text: bytes) -> Source:
    from reelforge_dsl.wire import loads

    return Source(name, Timeline.from_json(text), loads(text))


def _bytes_of(file: Path) -> bytes:
    if file.suffix == ".py" or ".py:" in file.name:
        stem = file.name.partition(".py")[0]
        raise CommandError(f"{file} is a program", fix=f"name the timeline in it, as {stem}:reel")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}", fix=_like(file)) from None
    except OSError as exc:
        what = "is a folder" if file.is_dir() else f"cannot be read: {exc.strerror}"
        raise CommandError(f"{file} {what}", fix="name a JSON file, - for stdin, or module:name") from exc


def _like(file: Path) -> str:
    """Return the fix for a file that is not there."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        for _, entry in zip(range(_MOST_COMPARED), file.parent.iterdir(), strict=False):
            found.append(entry.name)
    said = near(file.name, found)
    return said if said.startswith("did you mean") else "name a JSON file, - for stdin, or module:name"


def _made(spot: str) -> Source:
    """Import a module of the current folder, or of any that Python knows, and take a document out of it.

    What the module prints goes to stderr: stdout is the command's.
    """
    module_name, _, attribute = spot.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with contextlib.redirect_stdout(sys.stderr):
        value = _attribute(_module(module_name), attribute)
        if callable(value) and not isinstance(value, (Timeline, Manifest)):
            value = _called(value, spot)
    if isinstance(value, Timeline):
        return Source(spot, value)
    if isinstance(value, Manifest):
        from reelforge_dsl.wire import to_dict

        return Source(spot, Timeline.from_dict(to_dict(value)), value)
    raise CommandError(f"{spot} is of type {type(value).__name__}", fix=f"name {_WANTED}")


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as exc:
        missing = exc.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            what = f"The module {name} imports {missing}, which is not installed"
            raise CommandError(what, fix="install it where reelforge is installed") from exc
        said = near(name, sorted(path.stem for path in Path.cwd().glob("*.py")))
        fix = said if said.startswith("did you mean") else "run reelforge in the folder of its file"
        raise CommandError(f"There is no module {missing}", fix=fix) from None


def _attribute(module: ModuleType, path: str) -> Any:
    value: Any = module
    for name in path.split("."):
        if not hasattr(value, name):
            known = [
                key
                for key, held in vars(value).items()
                if not key.startswith("_") and (isinstance(held, (Timeline, Manifest)) or callable(held))
            ]
            where = f"The module {module.__name__}" if value is module else f"{module.__name__}:{path}"
            fix = near(name, known[:_MOST_COMPARED]) if known else f"define {_WANTED}"
            raise CommandError(f"{where} has no {name!r}", fix=fix)
        value = getattr(value, name)
    return value


def _called(function: Any, spot: str) -> Any:
    if inspect.iscoroutinefunction(function):
        raise CommandError(f"{spot} is an async function", fix=f"name {_WANTED}")
    try:
        inspect.signature(function).bind()
    except TypeError as exc:
        raise CommandError(f"{spot} needs arguments: {exc}", fix=f"name {_WANTED}") from None
    except ValueError:  # built-in functions may tell no signature
        raise CommandError(f"{spot} is no function of yours", fix=f"name {_WANTED}") from None
    return function()
