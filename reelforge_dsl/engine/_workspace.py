"""A private folder for one render, gone when the render is, however it ends."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from reelforge_dsl.errors import EngineError

_PREFIX = ".reelforge-"
_MARKER = "owner.lock"  # proves that a folder is ours; locked as long as its owner lives
_ATTEMPTS = 20


@contextlib.contextmanager
def workspace(beside: Path) -> Iterator[Path]:
    """Lend a working folder of mode 0700 on the file system of the output, for an atomic last move.

    On entry, folders of renders that were killed are removed: those beside it whose lock is free.

    Args:
        beside: The folder the output will stand in; it must exist.

    Yields:
        The new folder. It is removed at the end, whatever was raised.

    Raises:
        EngineError: If the folder is missing or cannot be written.
    """
    _sweep(beside)
    folder, lock = _claim(beside)
    try:
        yield folder
    finally:
        _remove(folder, lock)


def _claim(beside: Path) -> tuple[Path, int]:
    """Make a folder and take its lock; a sweeper that was quicker only costs another try."""
    for _ in range(_ATTEMPTS):
        folder = beside / f"{_PREFIX}{secrets.token_hex(6)}"
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        except OSError as exc:
            raise _unusable(beside, exc) from exc
        lock = -1
        try:
            lock = os.open(folder / _MARKER, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            if _is_locked(lock, shared_ok=True) and _is_same(lock, folder / _MARKER):
                return folder, lock
        except FileNotFoundError:
            pass  # swept between mkdir and open
        except OSError as exc:
            _remove(folder, lock)
            raise _unusable(beside, exc) from exc
        except BaseException:
            _remove(folder, lock)
            raise
        if lock >= 0:
            os.close(lock)
    raise EngineError(f"No working folder could be kept in {beside}", fix="is another program cleaning it?")


def _unusable(beside: Path, exc: OSError) -> EngineError:
    """Return the error for a folder that cannot hold a render."""
    if not beside.exists():
        return EngineError(f"The output folder {beside} does not exist", fix="create it first")
    if not beside.is_dir():
        return EngineError(f"{beside} is a file, not a folder for the output", fix="name a folder")
    return EngineError(
        f"The output folder {beside} cannot be written ({exc.strerror})",
        fix="write somewhere else, or give yourself the right to write there",
    )


def _sweep(beside: Path) -> None:
    """Remove folders beside this one whose owner has died; anything in doubt stays."""
    with contextlib.suppress(OSError):
        for folder in list(beside.glob(f"{_PREFIX}*")):
            with contextlib.suppress(OSError):
                _sweep_one(folder)


def _sweep_one(folder: Path) -> None:
    """Remove one folder if it is ours, real, and nobody holds its lock."""
    if not stat.S_ISDIR(folder.lstat().st_mode):
        return  # a link may lead anywhere
    marker = folder / _MARKER
    found = marker.lstat()
    if not stat.S_ISREG(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
        return
    lock = os.open(marker, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    if _is_locked(lock) and _is_same(lock, marker):
        _remove(folder, lock)
    else:
        os.close(lock)


def _remove(folder: Path, lock: int) -> None:
    """Empty a folder we hold and remove it, the marker last: a removal cut short is swept later."""
    with contextlib.suppress(OSError):
        for entry in list(folder.iterdir()):
            if entry.name != _MARKER:
                discard(entry)
    if sys.platform == "win32" and lock >= 0:  # an open file cannot be unlinked there
        os.close(lock)
        lock = -1
    with contextlib.suppress(OSError):
        (folder / _MARKER).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
    if lock >= 0:
        os.close(lock)


def discard(entry: Path) -> None:
    """Remove a file or a whole folder, not following links."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            entry.unlink()


def _is_same(lock: int, marker: Path) -> bool:
    """Tell whether the open file is still the one at this path."""
    try:
        return os.path.samestat(os.fstat(lock), marker.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _is_locked(lock: int, *, shared_ok: bool = False) -> bool:  # noqa: ARG001 - the POSIX twin needs it
        """Take the lock without waiting; tell whether it is ours now."""
        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _is_locked(lock: int, *, shared_ok: bool = False) -> bool:
        """Take the lock without waiting; tell whether it is ours now.

        Args:
            lock: An open file.
            shared_ok: On file systems without locks, say yes: the owner may work there, and no
                sweeper, which asks without this, will ever call the folder abandoned.
        """
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return shared_ok
        return True
