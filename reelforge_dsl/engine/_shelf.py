"""The folder where fetched assets are kept, and what is known about each."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from attrs import frozen

from reelforge_dsl.errors import FetchError

_OLD_SECONDS = 24 * 3600.0
_OURS = re.compile(r"[0-9a-f]{32}-.*\.part")


@frozen
class Part:
    """A download under way.

    Attributes:
        file: Open for writing bytes.
        path: Where it is.
    """

    file: IO[bytes]
    path: Path


@frozen
class Kept:
    """A copy from an earlier time.

    Attributes:
        file: The copy.
        checked: When its server last vouched for it, in seconds since 1970.
        validators: Request headers that ask whether it has changed; empty if the server gave none.
    """

    file: Path
    checked: float
    validators: Mapping[str, str]


class Shelf:
    """The copies of one URL.

    A copy is named by URL and content, so no copy ever changes under a reader, and two
    processes that fetch the same URL at once write the same file.

    Args:
        folder: Where to keep; ``None``: ``assets`` in ``REELFORGE_CACHE``, else in the platform's
            cache folder. Made if missing.
        url: What is fetched. Only its hash is written down: it may hold secrets.
        realm: Copies of one URL in different realms do not know each other.

    Raises:
        FetchError: If the folder cannot be made.
    """

    def __init__(self, folder: Path | None, url: str, realm: str) -> None:
        self._url = url
        self._folder = folder or cache_folder()
        self._key = hashlib.sha256(
            f"{realm}\n{url.partition('#')[0]}".encode("utf-8", "replace")
        ).hexdigest()[:32]
        self._note = self._folder / f"{self._key}.json"
        with self._writing():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def kept(self) -> Kept | None:
        """Return the newest copy, if it is there and whole."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            file = self._folder / Path(note["file"]).name
            if file.stat().st_size != note["bytes"]:
                return None
            return Kept(file, float(note["checked"]), dict(note["validators"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # as good as never fetched

    @contextlib.contextmanager
    def part(self) -> Iterator[Part]:
        """Lend a file of ours to write into; it is gone at the end unless ``keep`` took it."""
        self._sweep()
        with self._writing():
            handle, name = tempfile.mkstemp(prefix=f"{self._key}-", suffix=".part", dir=self._folder)
        file = os.fdopen(handle, "wb")
        try:
            yield Part(file, Path(name))
        finally:
            with contextlib.suppress(OSError):  # a full disk, already told when writing
                file.close()
            Path(name).unlink(missing_ok=True)

    def keep(self, part: Part, digest: str, suffix: str, validators: Mapping[str, str]) -> Path:
        """Close a finished download and make it the newest copy.

        Args:
            part: What ``part`` lent.
            digest: Hash of its content in hex.
            suffix: As ``.mp4``, or nothing.
            validators: As in ``Kept``.
        """
        target = self._folder / f"{self._key}-{digest[:16]}{suffix}"
        with self._writing():
            part.file.close()  # Windows moves no open file
            if not _is_same_size(part.path, target):  # a shortened copy is made whole again
                _replace(part.path, target)
        self.note(target, validators)
        self._forget_all_but(target)
        return target

    def note(self, file: Path, validators: Mapping[str, str]) -> None:
        """Write down that this copy is what the server has now."""
        text = json.dumps(
            {
                "file": file.name,
                "bytes": file.stat().st_size,
                "checked": time.time(),
                "validators": dict(validators),
            }
        )
        with self.part() as part:
            part.file.write(text.encode())
            with self._writing():
                part.file.close()
                _replace(part.path, self._note)

    def _forget_all_but(self, newest: Path) -> None:
        """Remove copies that this one replaces, but none that a render may still be reading."""
        for file in self._folder.glob(f"{self._key}-*"):
            if file != newest and file.suffix != ".part":
                _remove_if_old(file)

    def _sweep(self) -> None:
        """Remove downloads that were killed long ago."""
        with self._writing():
            for file in list(self._folder.glob("*.part")):
                if _OURS.fullmatch(file.name):
                    _remove_if_old(file)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise FetchError(
                f"The cache folder {self._folder} cannot be used: {exc.strerror}",
                fix="set REELFORGE_CACHE to a folder that can be written",
                src=self._url,
            ) from exc


def _is_same_size(part: Path, target: Path) -> bool:
    return target.exists() and target.stat().st_size == part.stat().st_size


def _replace(part: Path, target: Path) -> None:
    try:
        part.replace(target)
    except PermissionError:
        # Windows refuses while another process reads the target, which then is as new as ours.
        if sys.platform != "win32" or not target.exists():
            raise


def _remove_if_old(file: Path) -> None:
    with contextlib.suppress(OSError):
        if time.time() - file.stat().st_mtime > _OLD_SECONDS:
            file.unlink()


def cache_folder() -> Path:
    """Return ``assets`` in the cache folder that the user or the platform names."""
    named = os.environ.get("REELFORGE_CACHE")
    if named:
        return Path(named).absolute() / "assets"
    try:
        home = Path.home()
    except RuntimeError:  # nobody's process, as in some containers
        home = Path(tempfile.gettempdir())
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base).absolute() / "reelforge_dsl" / "assets"
