"""Jobs in one SQLite file, which a killed service leaves whole."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.local._database import opened
from reelforge_dsl.local._events import event_type
from reelforge_dsl.local._exchange import FileSlice
from reelforge_dsl.local._replies import on_wire
from reelforge_dsl.local._store import ENDED, Document, Job, JobKind, Output, StoreError
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.wire import dumps, from_dict

_MODELS: Final[dict[str, type[Document]]] = {
    "render": Manifest,
    "recipe": RecipeRequest,
    "music": MusicRequest,
}


class SqliteStore:
    """A `Store` in a file; a killed service's jobs are found again by the next.

    Args:
        file: The database, made when missing; its folder is there.
        outputs: The folder that films and tracks are in.
        ended: Called with each job that has come to its end, after that is kept.

    Raises:
        StoreError: Another service has it, a newer version made it, or it is none of ours.
    """

    def __init__(self, file: Path, outputs: Path, ended: Callable[[Job], None] | None = None) -> None:
        self._file = file
        self._outputs = outputs
        self._ended = ended
        self._lock = threading.RLock()
        self._db = opened(file)

    def add(self, job: Job, most_queued: int | None = None) -> Job | None:
        """Keep a new job, unless its idempotency key is taken; return the job that has the key."""
        with self._transaction():
            if job.key is not None:
                held = self._one("key", job.key)
                if held is not None:
                    return held
            if most_queued is not None and self._queued() >= most_queued:
                return None
            self._db.execute(
                "INSERT INTO jobs (id, kind, status, key, fingerprint, document, is_signed, attempts,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    job.id,
                    job.kind,
                    job.status,
                    job.key,
                    job.fingerprint,
                    dumps(job.document),
                    job.is_signed,
                    job.attempts,
                    job.created_at,
                ),
            )
        return job

    def find(self, job_id: str) -> Job | None:
        """Return a job as it stands."""
        with self._guarded():
            return self._one("id", job_id)

    def change(self, job_id: str, change: Callable[[Job], Job]) -> Job | None:
        """Replace a job by what ``change`` makes of it; return it as it was.

        With a job's end its event is kept too, where it has a webhook.
        """
        with self._transaction():
            before = self._one("id", job_id)
            if before is None:
                return None
            after = change(before)
            has_ended = after.has_ended and not before.has_ended
            if has_ended:
                after = evolve(after, ended_at=time.time())
            self._write(before, after)
        if has_ended and self._ended is not None:
            self._ended(after)
        return before

    def claim(self, working: Callable[[Job], str]) -> Job | None:
        """Take the oldest job that waits, and keep that it was begun once more.

        Args:
            working: Names the state in which a job is worked on.
        """
        with self._transaction():
            rows = self._db.execute(
                "SELECT * FROM jobs WHERE ended_at IS NULL AND status = 'queued' ORDER BY number"
            )
            for row in rows:
                with contextlib.suppress(StoreError):  # one that cannot be read must not stop the others
                    before = self._job(row)
                    after = evolve(before, status=working(before), attempts=before.attempts + 1)
                    self._write(before, after)
                    return after
        return None

    def begun(self) -> tuple[str, ...]:
        """Return the ids of the jobs that were being worked on, oldest first."""
        with self._guarded():
            rows = self._db.execute(
                "SELECT id FROM jobs WHERE ended_at IS NULL AND status != 'queued' ORDER BY number"
            )
            return tuple(row["id"] for row in rows)

    def output(self, name: str) -> Output | None:
        """Return a file by its name."""
        with self._guarded():
            row = self._db.execute("SELECT * FROM outputs WHERE name = ?", (name,)).fetchone()
        return None if row is None else self._output(row)

    def jobs(self) -> tuple[Job, ...]:
        """Return every job as it stands, oldest first."""
        with self._guarded():
            return tuple(map(self._job, self._db.execute("SELECT * FROM jobs ORDER BY number").fetchall()))

    def owed(self) -> tuple[Job, ...]:
        """Return the jobs whose events were neither delivered nor given up, oldest first."""
        with self._guarded():
            rows = self._db.execute(
                "SELECT jobs.* FROM jobs JOIN events ON events.job_id = jobs.id"
                " WHERE delivered_at IS NULL AND dropped_at IS NULL ORDER BY number"
            ).fetchall()
            return tuple(map(self._job, rows))

    def settle(self, job_id: str, attempts: int, *, delivered: bool) -> None:
        """Remember that a job's event was delivered, or given up, after so many attempts."""
        column = "delivered_at" if delivered else "dropped_at"
        with self._transaction():
            self._db.execute(
                f"UPDATE events SET attempts = attempts + ?, {column} = ? WHERE job_id = ?",  # noqa: S608
                (attempts, time.time(), job_id),
            )

    def files(self) -> frozenset[str]:
        """Return the names in the folder of every film and track that a job has."""
        with self._guarded():
            return frozenset(row["file"] for row in self._db.execute("SELECT file FROM outputs"))

    def close(self) -> None:
        """Let go of the file; whoever asks afterwards gets a `StoreError`."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._db.close()

    def _queued(self) -> int:
        row = self._db.execute(
            "SELECT count(*) FROM jobs WHERE ended_at IS NULL AND status = 'queued'"
        ).fetchone()
        return int(row[0])

    def _one(self, column: str, value: str) -> Job | None:
        row = self._db.execute(f"SELECT * FROM jobs WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
        return None if row is None else self._job(row)

    def _write(self, before: Job, after: Job) -> None:
        self._db.execute(
            "UPDATE jobs SET status = ?, attempts = ?, error_code = ?, error_message = ?, warnings = ?,"
            " ended_at = ? WHERE id = ?",
            (
                after.status,
                after.attempts,
                after.error_code,
                after.error_message,
                json.dumps([on_wire(issue) for issue in after.warnings]) if after.warnings else None,
                after.ended_at,
                after.id,
            ),
        )
        if after.outputs != before.outputs:
            rows = [_row(after.id, at, output) for at, output in enumerate(after.outputs)]
            self._db.executemany("INSERT INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        event = event_type(after.kind, after.status)
        if event is not None and not before.has_ended and after.document.webhook_url is not None:
            self._db.execute("INSERT INTO events (job_id, type) VALUES (?, ?)", (after.id, event))

    def _job(self, row: sqlite3.Row) -> Job:
        kind: JobKind = row["kind"]
        try:
            document = from_dict(json.loads(row["document"]), _MODELS[kind])
            warnings = tuple(map(_warning, json.loads(row["warnings"] or "[]")))
        except (ManifestInvalidError, ValueError, KeyError) as exc:
            what = f"Job {row['id']} of {self._file} cannot be read"
            raise StoreError(what, fix="was it changed by hand? give another data folder") from exc
        made: list[sqlite3.Row] = []
        if row["status"] in ENDED:
            wanted = "SELECT * FROM outputs WHERE job_id = ? ORDER BY position"
            made = self._db.execute(wanted, (row["id"],)).fetchall()
        return Job(
            row["id"],
            kind,
            document,
            row["fingerprint"],
            key=row["key"],
            status=row["status"],
            outputs=tuple(map(self._output, made)),
            error_code=row["error_code"],
            error_message=row["error_message"],
            warnings=warnings,
            created_at=row["created_at"],
            ended_at=row["ended_at"],
            attempts=row["attempts"],
            is_signed=bool(row["is_signed"]),
        )

    def _output(self, row: sqlite3.Row) -> Output:
        body = FileSlice(self._outputs / row["file"], 0, row["bytes"])
        return Output(row["name"], row["content_type"], body, title=row["title"], seconds=row["seconds"])

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Keep other threads out, and put SQLite's failures into words."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as exc:
                raise StoreError(
                    f"{self._file.name} in the data folder cannot be used: {exc}",
                    fix="is the disk full, or the service closed?",
                ) from exc

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Keep all that happens in the block, or nothing of it."""
        with self._guarded():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _warning(told: dict[str, str]) -> Issue:
    return Issue(told["code"], "warning", told["path"], told["message"], told.get("hint"))


def _row(job_id: str, position: int, output: Output) -> tuple[Any, ...]:
    body = output.body
    if isinstance(body, bytes):
        raise TypeError(f"{output.name} is not in a file")
    file = body.path.name
    return (
        output.name,
        job_id,
        position,
        output.content_type,
        file,
        len(body),
        output.title,
        output.seconds,
    )
