"""Jobs in SQLite: what is kept, what is found again, and who may have the file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from reelforge_dsl.local import FileSlice, Job, Output, StoreError
from reelforge_dsl.local._sqlite import SqliteStore
from reelforge_dsl.local._store import MemoryStore
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.wire import from_dict

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"


def document(name: str, cls: type, **more: Any) -> Any:
    body = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    return from_dict(body | more, cls)


HOOK = {"webhook_url": "https://example.com/hook"}
FILM = document("seed-music-track-in-render-request", Manifest)
TOLD = document("seed-music-track-in-render-request", Manifest, **HOOK)
RECIPE = document("api-reference-recipes-render-request", RecipeRequest)
MUSIC = document("seed-music-generate-simple-request", MusicRequest)


def job(name: str, doc: Any = FILM, kind: Any = "render", **more: Any) -> Job:
    return Job(name, kind, doc, f"fingerprint of {name}", **more)


@pytest.fixture
def reopened(tmp_path: Path) -> Iterator[Callable[..., SqliteStore]]:
    """Open the store anew, as the next process would."""
    held: list[SqliteStore] = []

    def open_again(ended: Any = None) -> SqliteStore:
        for store in held:
            store.close()
        held.append(SqliteStore(tmp_path / "store.sqlite3", tmp_path, ended))
        return held[-1]

    yield open_again
    for store in held:
        store.close()


@pytest.fixture
def store(reopened: Callable[..., SqliteStore]) -> SqliteStore:
    return reopened()


def film(folder: Path, name: str = "film.mp4") -> Output:
    (folder / name).write_bytes(b"0123456789")
    return Output(f"random-{name}", "video/mp4", FileSlice(folder / name, 0, 10), seconds=1.5)


def completed(*outputs: Output) -> Callable[[Job], Job]:
    return lambda held: evolve(held, status="completed", outputs=outputs)


def test_every_kind_of_job_is_found_again_as_it_was(reopened: Callable[..., SqliteStore]) -> None:
    """A film, a recipe and music come back equal, in their order, from a new opening."""
    jobs = (
        job("a", key="one", created_at=7.5, is_signed=True),
        job("b", RECIPE, "recipe"),
        job("c", MUSIC, "music"),
    )
    store = reopened()
    assert [store.add(each) for each in jobs] == list(jobs)
    assert reopened().jobs() == jobs
    assert reopened().find("b") == jobs[1]
    assert reopened().find("none") is None


@pytest.fixture(params=["memory", "sqlite"])
def either(request: pytest.FixtureRequest, store: SqliteStore) -> Any:
    return MemoryStore() if request.param == "memory" else store


def test_a_key_is_given_once(either: Any) -> None:
    """The first job that has a key is what every later one with it finds, however many wait."""
    store = either
    assert store.add(job("a", key="one")).id == "a"
    assert store.add(job("b", key="one"), 1).id == "a"
    assert store.add(job("c", key="two"), 1) is None
    assert store.add(job("d", key="two"), 2).id == "d"
    assert [each.id for each in store.jobs()] == ["a", "d"]


def test_a_hundred_threads_with_one_key(either: Any) -> None:
    """Whoever comes first, all hundred hold the same job, and there is one."""
    store = either
    ready = threading.Barrier(100)

    def add(number: int) -> str:
        ready.wait()
        held: Job = store.add(job(str(number), key="one"))
        return held.id

    with ThreadPoolExecutor(100) as pool:
        assert len(set(pool.map(add, range(100)))) == 1
    assert len(store.jobs()) == 1


def test_jobs_are_claimed_oldest_first(store: SqliteStore) -> None:
    """Each claim takes the next job that waits, names its state and counts the attempt."""
    for name in "abc":
        store.add(job(name))
    first, second = store.claim(lambda _: "rendering"), store.claim(lambda _: "processing")
    assert first is not None
    assert second is not None
    assert [(each.id, each.status, each.attempts) for each in (first, second)] == [
        ("a", "rendering", 1),
        ("b", "processing", 1),
    ]
    assert store.begun() == ("a", "b")
    store.change("a", lambda held: evolve(held, status="queued"))
    again = store.claim(lambda _: "rendering")
    assert again is not None
    assert (again.id, again.attempts) == ("a", 2)
    assert store.claim(lambda _: "rendering") is not None
    assert store.claim(lambda _: "rendering") is None


def test_a_film_is_found_by_its_name(reopened: Callable[..., SqliteStore], tmp_path: Path) -> None:
    """A completed job has its files, in order, and each is found by its name alone."""
    store = reopened()
    store.add(job("a", MUSIC, "music"))
    made = (film(tmp_path, "1.wav"), film(tmp_path, "2.wav"))
    store.change("a", completed(*made))
    store = reopened()
    held = store.find("a")
    assert held is not None
    assert (held.status, held.outputs) == ("completed", made)
    assert held.ended_at is not None
    found = store.output("random-2.wav")
    assert found == made[1]
    assert found is not None
    assert not isinstance(found.body, bytes)
    assert found.body.read() == b"0123456789"
    assert store.output("2.wav") is None
    assert store.files() == {"1.wav", "2.wav"}


def test_an_end_is_told_once_and_after_it_is_kept(
    reopened: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    """Whoever wants to know of ends hears of each once, when the store already holds it."""
    heard: list[tuple[str, str]] = []

    def ended(done: Job) -> None:
        held = store.find(done.id)
        heard.append((done.id, held.status if held else "nothing"))

    store = reopened(ended)
    store.add(job("a"))
    store.change("a", lambda held: evolve(held, status="rendering"))
    assert heard == []
    store.change("a", completed(film(tmp_path)))
    store.change("a", lambda held: held)
    assert heard == [("a", "completed")]


def test_an_event_is_owed_until_it_is_settled(reopened: Callable[..., SqliteStore]) -> None:
    """A job with a webhook owes an event from its end on, over restarts, until it is told how that ended."""
    store = reopened()
    for name in "ab":
        store.add(job(name, TOLD))
    store.add(job("c"))
    for name in "abc":
        store.change(name, lambda held: evolve(held, status="failed", error_code="x"))
    assert [each.id for each in store.owed()] == ["a", "b"]
    store.settle("a", 2, delivered=True)
    store.settle("b", 5, delivered=False)
    assert reopened().owed() == ()


def test_a_change_that_fails_changes_nothing(store: SqliteStore) -> None:
    """What raises within a change leaves the job as it was, and the store usable."""
    store.add(job("a"))

    def fail(_: Job) -> Job:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.change("a", fail)
    assert store.find("a") == job("a")
    assert store.change("none", fail) is None


def test_one_service_at_a_time(tmp_path: Path) -> None:
    """A second opening is refused, in this process and in another, until the first lets go."""
    first = SqliteStore(tmp_path / "s", tmp_path)
    program = (
        "import sys; from pathlib import Path; from reelforge_dsl.local._sqlite import SqliteStore\n"
        "path = Path(sys.argv[1])\n"
        "try: SqliteStore(path / 's', path)\n"
        "except Exception as error: print(error)"
    )

    def elsewhere() -> str:
        command = [sys.executable, "-c", program, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with pytest.raises(StoreError, match="in use by another service"):
        SqliteStore(tmp_path / "s", tmp_path)
    assert "in use by another service" in elsewhere()
    first.close()
    assert elsewhere() == ""
    SqliteStore(tmp_path / "s", tmp_path).close()


def test_files_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    """A newer version's file, another program's and no database at all are told apart, and left alone."""
    SqliteStore(tmp_path / "newer", tmp_path).close()
    with sqlite3.connect(tmp_path / "newer") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with sqlite3.connect(tmp_path / "other") as db:
        db.execute("CREATE TABLE things (name TEXT)")
    db.close()
    (tmp_path / "text").write_text("no database " * 100, encoding="utf-8")
    for name, told in (("newer", "version 99"), ("other", "another program"), ("text", "cannot be opened")):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(StoreError, match=told):
            SqliteStore(tmp_path / name, tmp_path)
        assert (tmp_path / name).read_bytes() == before


def test_a_job_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    """Who asks for it gets a StoreError that names it; the jobs behind it are taken."""
    SqliteStore(tmp_path / "s", tmp_path).close()
    with sqlite3.connect(tmp_path / "s") as db:
        db.execute(
            "INSERT INTO jobs (id, kind, status, fingerprint, document, is_signed, attempts, created_at)"
            " VALUES ('torn', 'render', 'queued', 'f', '{}', 0, 0, 0)"
        )
    db.close()
    store = SqliteStore(tmp_path / "s", tmp_path)
    store.add(job("whole"))
    taken = store.claim(lambda _: "rendering")
    assert taken is not None
    assert taken.id == "whole"
    assert store.claim(lambda _: "rendering") is None
    with pytest.raises(StoreError, match="torn"):
        store.find("torn")
    store.close()


def test_after_closing_it_says_so(store: SqliteStore) -> None:
    """A closed store raises its own error at every question."""
    store.close()
    store.close()
    for ask in (store.jobs, lambda: store.add(job("a")), lambda: store.find("a"), store.owed):
        with pytest.raises(StoreError, match="closed"):
            ask()
