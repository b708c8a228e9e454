"""The file that jobs are kept in: whose it is, of which version, and that one service has it.

One connection holds the file alone: a second service on the same folder is refused, by SQLite's own
lock, which ends with the process that has it. In WAL mode with ``synchronous=NORMAL`` a committed
change survives the death of the process at any point; that of the machine may cost the last ones.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from reelforge_dsl.local._store import StoreError

_OURS: Final = 0x52464A31  # in every file of ours, so that another program's is not taken for one

_VERSIONS: Final = (
    """
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        key TEXT UNIQUE,
        fingerprint TEXT NOT NULL,
        document TEXT NOT NULL,
        is_signed INTEGER NOT NULL,
        error_code TEXT,
        error_message TEXT,
        warnings TEXT,
        attempts INTEGER NOT NULL,
        created_at REAL NOT NULL,
        ended_at REAL
    );
    CREATE INDEX running ON jobs (status, number) WHERE ended_at IS NULL;
    CREATE TABLE outputs (
        name TEXT PRIMARY KEY,
        job_id TEXT NOT NULL REFERENCES jobs (id),
        position INTEGER NOT NULL,
        content_type TEXT NOT NULL,
        file TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        title TEXT,
        seconds REAL
    ) WITHOUT ROWID;
    CREATE INDEX made ON outputs (job_id, position);
    CREATE TABLE events (
        job_id TEXT PRIMARY KEY REFERENCES jobs (id),
        type TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        delivered_at REAL,
        dropped_at REAL
    ) WITHOUT ROWID;
    """,
)
"""What leads from each version of the file to the next; a new version is added, none is changed."""


def opened(file: Path) -> sqlite3.Connection:
    """Open the file alone, made when it is missing, and bring it to today's version.

    Raises:
        StoreError: Another service has it, a newer version made it, or it is none of ours.
    """
    try:
        db = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as exc:
        raise _unusable(file, exc) from exc
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = _version(db, file)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        _bring_up(db, version)
    except sqlite3.Error as exc:
        db.close()
        raise _unusable(file, exc) from exc
    except StoreError:
        db.close()
        raise
    return db


def _version(db: sqlite3.Connection, file: Path) -> int:
    """Return the version of a file of ours, 0 for a new one; nothing is written yet."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    is_new = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not is_new and db.execute("PRAGMA application_id").fetchone()[0] != _OURS:
        raise StoreError(f"{file} belongs to another program", fix="give another data folder")
    if version > len(_VERSIONS):
        raise StoreError(
            f"{file} is of version {version}; this reelforge_dsl reads up to {len(_VERSIONS)}",
            fix="upgrade reelforge-dsl, or give another data folder",
        )
    return version


def _bring_up(db: sqlite3.Connection, version: int) -> None:
    """Bring a file to today's version, in one go; this also takes the lock that keeps others out."""
    db.execute("BEGIN EXCLUSIVE")
    for script in _VERSIONS[version:]:
        for statement in script.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {_OURS}")
    db.execute(f"PRAGMA user_version = {len(_VERSIONS)}")
    db.execute("COMMIT")


def _unusable(file: Path, exc: sqlite3.Error) -> StoreError:
    if getattr(exc, "sqlite_errorcode", None) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        what = f"The data folder {file.parent} is in use by another service"
        return StoreError(what, fix="end that one, or give another data folder")
    return StoreError(f"{file} cannot be opened: {exc}", fix="give another data folder, or mend its rights")
