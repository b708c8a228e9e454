"""The data folder: the store, and the films and tracks that its jobs made."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from reelforge_dsl.engine._workspace import discard, workspace
from reelforge_dsl.local._settings import Folder
from reelforge_dsl.local._sqlite import SqliteStore
from reelforge_dsl.local._store import Job, StoreError

_STORE = "reelforge.sqlite3"
_OUTPUTS = "outputs"
_OURS = re.compile(r"[0-9a-f-]{36}(?:-\d)?\.(?:mp4|wav)|\.reelforge-[0-9a-f]{12}")


@frozen
class DataFolder:
    """Where a service keeps everything.

    Attributes:
        path: The folder, absolute.
        outputs: The folder of films and tracks, in it or where the user wants them.
        held: What keeps a temporary folder, and takes it away when closed.
    """

    path: Path
    outputs: Path
    held: contextlib.ExitStack

    @classmethod
    def made(cls, data_dir: Folder | None, output_dir: Folder | None) -> DataFolder:
        """Return the folders, made where they are missing, for this user alone.

        Args:
            data_dir: ``None`` for a new one in the system's temporary folder, which goes when the
                service does; one whose service was killed goes when the next is made.
            output_dir: ``None`` for one in it.

        Raises:
            StoreError: They cannot be made.
        """
        held = contextlib.ExitStack()
        try:
            if data_dir is None:
                path = held.enter_context(workspace(Path(tempfile.gettempdir())))
            else:
                path = Path(data_dir).absolute()
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            outputs = path / _OUTPUTS if output_dir is None else Path(output_dir).absolute()
            outputs.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            held.close()
            what = f"The folder {exc.filename} cannot be made: {exc.strerror}"
            raise StoreError(what, fix="give another, or mend its rights") from exc
        return cls(path, outputs, held)

    def store(self, ended: Callable[[Job], None]) -> SqliteStore:
        """Open the store, and sweep what a killed service left half made.

        Raises:
            StoreError: Another service has it, or it is none of ours.
        """
        store = SqliteStore(self.path / _STORE, self.outputs, ended)
        if self.outputs == self.path / _OUTPUTS:  # a folder of the user's holds more than ours
            kept = store.files()
            for entry in self.outputs.iterdir():
                if entry.name not in kept and _OURS.fullmatch(entry.name):
                    discard(entry)
        return store

    def remove(self) -> None:
        """Remove a temporary folder."""
        self.held.close()
