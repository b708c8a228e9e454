"""The service that renders, over a renderer of the test's own: queue, bounds, policies, restarts, events."""

from __future__ import annotations

import copy
import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from reelforge_dsl import FieldError, local, webhooks
from reelforge_dsl.errors import (
    EngineError,
    FetchError,
    FfmpegFailedError,
    FfmpegNotFoundError,
    Issue,
    ManifestInvalidError,
    ProbeError,
    UnsupportedByEngineError,
)
from reelforge_dsl.local import Delivery, Job, JobFault, Made, Service, StoreError, output_of
from reelforge_dsl.local._engine_maker import music_seed
from reelforge_dsl.local._failures import fault_of
from reelforge_dsl.local._sqlite import SqliteStore

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]


FILM = payload("seed-music-track-in-render-request")
SPOKEN = payload("seed-timeline-captions-omitted-words-request")
RECIPE = payload("api-reference-recipes-render-request")
MUSIC = payload("seed-music-generate-simple-request")
RENDER, MUSIC_PATH = "/v1/videos/render", "/v1/music/generate"


class Writer:
    """Makes "films" of ten bytes; may be held back, and may be told to do something else first."""

    def __init__(self, first: Callable[[Job], object] | None = None) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun: list[str] = []
        self.first = first
        self.warnings: tuple[Issue, ...] = ()

    def make(self, job: Job, folder: Path, report: Callable[[float], None]) -> Made:
        self.begun.append(job.id)
        if self.first is not None:
            self.first(job)
        report(0.25)
        while not self.go.wait(0.005):
            report(0.5)
        names = ("-1.wav", "-2.wav") if job.kind == "music" else (".mp4",)
        outputs = []
        for name in names:
            path = folder / f"{job.id}{name}"
            path.write_bytes(b"0123456789")
            kind = "audio/wav" if name.endswith("wav") else "video/mp4"
            outputs.append(output_of(path, kind, title="Song", seconds=1.0))
        return Made(tuple(outputs), self.warnings)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Make services on one data folder, and close what is still open at the end."""
    services: list[Service] = []

    def start(renderer: Any = None, **settings: Any) -> Service:
        settings = {"data_dir": tmp_path / "data", "workers": 2, **settings}
        services.append(Service(renderer=renderer or Writer(), **settings))
        return services[-1]

    yield start
    for service in services:
        service.close(0)


def ask(service: Service, method: str, path: str, body: Any = None, **headers: str) -> local.Reply:
    raw = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.answer(local.Request(method, path, named, raw))


def post(service: Service, body: Any = FILM, path: str = RENDER, **headers: str) -> local.Reply:
    return ask(service, "POST", path, body, **headers)


def queued(service: Service, body: Any = FILM, path: str = RENDER, **headers: str) -> str:
    """Queue a job, and return its id."""
    reply = post(service, body, path, **headers)
    assert reply.status == 202, reply.json()
    answer = reply.json()
    return str(answer.get("job_id") or answer["data"]["job_id"])


def look(service: Service, job_id: str) -> dict[str, Any]:
    reply = ask(service, "GET", f"/v1/jobs/{job_id}")
    body = (reply if reply.status == 200 else ask(service, "GET", f"/v1/music/jobs/{job_id}")).json()
    held: dict[str, Any] = body.get("data", body)
    return held


def until(true: Callable[[], Any]) -> Any:
    """Wait for something that other threads bring about."""
    for _ in range(2000):
        found = true()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError("it did not come about")


def ended(service: Service, job_id: str) -> dict[str, Any]:
    return until(
        lambda: (
            (seen := look(service, job_id))["status"] in ("completed", "failed", "transcription_failed")
            and seen
        )
    )


def test_a_film_goes_through_the_contracts_states(serve: Callable[..., Service]) -> None:
    """A render waits, is worked on with its progress told, and has its film at the end."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer)
    job = queued(service)
    seen = until(lambda: (found := look(service, job)).get("progress") == 0.5 and found)
    assert (seen["status"], seen["output_url"]) == ("rendering", None)
    writer.go.set()
    done = ended(service, job)
    assert done["status"] == "completed"
    assert "progress" not in done
    name = done["output_url"].removeprefix("http://local.reelforge")
    assert len(name) > 50
    whole = ask(service, "GET", name)
    assert (whole.status, whole.content) == (200, b"0123456789")
    assert isinstance(whole.body, local.FileSlice)


@pytest.mark.parametrize(
    ("body", "path", "state"),
    [(FILM, RENDER, "rendering"), (SPOKEN, RENDER, "transcribing"), (MUSIC, MUSIC_PATH, "processing")],
)
def test_work_has_its_own_state(serve: Callable[..., Service], body: Any, path: str, state: str) -> None:
    """A film renders, one without its words is transcribed, music is processed."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer)
    job = queued(service, body, path)
    until(lambda: look(service, job)["status"] == state)
    writer.go.set()
    ended(service, job)


def test_what_was_drawn_otherwise_is_told(serve: Callable[..., Service]) -> None:
    """A film's warnings stand in its job, over a restart too."""
    writer = Writer()
    writer.warnings = (Issue("font_substituted", "warning", "$.x", "Inter is drawn", "install it"),)
    service = serve(writer)
    job = queued(service)
    told = [{"code": "font_substituted", "path": "$.x", "message": "Inter is drawn", "hint": "install it"}]
    assert ended(service, job)["warnings"] == told
    service.close()
    again = serve()
    assert look(again, job)["warnings"] == told
    assert again.jobs[0].warnings == writer.warnings


def test_music_says_what_made_it(serve: Callable[..., Service]) -> None:
    """A music job names its engine, and its two tracks are files under /tracks/."""
    service = serve()
    done = ended(service, queued(service, MUSIC, MUSIC_PATH))
    assert done["engine"] == "procedural"
    assert [track["title"] for track in done["tracks"]] == ["Song", "Song"]
    address = done["tracks"][1]["audio_url"].removeprefix("http://local.reelforge")
    assert ask(service, "HEAD", address).headers["content-type"] == "audio/wav"
    assert ask(service, "GET", address.replace("/tracks/", "/outputs/")).status == 404


def test_a_voice_is_refused(serve: Callable[..., Service]) -> None:
    """Music with a voice is a 422 of its own, and no job."""
    service = serve()
    reply = post(service, MUSIC | {"instrumental": False}, MUSIC_PATH)
    assert (reply.status, reply.json()["error"]["code"]) == (422, "vocals_not_supported")
    assert reply.json()["error"]["details"][0]["path"] == "$.instrumental"
    assert service.jobs == ()


def test_a_hundred_renders_with_one_key_are_one_job(serve: Callable[..., Service]) -> None:
    """However many send at once, one key is one job, and it is rendered once."""
    writer = Writer()
    service = serve(writer)
    with ThreadPoolExecutor(100) as pool:
        ids = set(pool.map(lambda _: queued(service, idempotency_key="one"), range(100)))
    (job,) = ids
    assert ended(service, job)["status"] == "completed"
    assert writer.begun == [job]
    assert len(service.jobs) == 1


def test_a_thousand_jobs_are_all_accounted_for(serve: Callable[..., Service]) -> None:
    """A thousand wait, the next is turned away with the time to come again, and all thousand are done."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer, workers=1)
    running = queued(service, idempotency_key="running")
    until(lambda: writer.begun)
    ids = [queued(service, film(n)) for n in range(1000)]
    full = post(service, idempotency_key="late")
    assert (full.status, full.json()["error"]["code"]) == (429, "queue_full")
    assert int(full.headers["retry-after"]) > 0
    assert queued(service, idempotency_key="running") == running
    writer.go.set()
    until(lambda: len(writer.begun) == 1001)
    ended(service, ids[-1])
    assert {job.status for job in service.jobs} == {"completed"}
    assert [job.id for job in service.jobs] == [running, *ids] == writer.begun


def film(number: int) -> dict[str, Any]:
    return FILM | {"metadata": {"number": number}}


def test_a_job_fails_with_its_code(serve: Callable[..., Service]) -> None:
    """What the renderer says goes into the job: code, sentence, state; the next job is done all the same."""

    def fail(job: Job) -> None:
        if job.key == "bad":
            raise JobFault("impossible_trim", "/home/me/clips/a.mp4 is 3 s long")

    service = serve(Writer(fail))
    bad, good = (queued(service, idempotency_key=key) for key in ("bad", "good"))
    seen = ended(service, bad)
    assert (seen["status"], seen["error_code"]) == ("failed", "impossible_trim")
    assert seen["error_message"] == "a.mp4 is 3 s long"
    assert ended(service, good)["status"] == "completed"


def test_a_transcription_that_cannot_be_ends_as_such(serve: Callable[..., Service]) -> None:
    """A fault may name the state that a job ends in."""

    def fail(_: Job) -> None:
        raise JobFault("transcription_not_supported", "No.", "transcription_failed")

    service = serve(Writer(fail))
    assert ended(service, queued(service, SPOKEN))["status"] == "transcription_failed"


def test_a_bug_fails_its_job_and_no_other(
    serve: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unforeseen error ends the job as internal_error; the only worker is replaced."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def stumble(job: Job) -> None:
        if job.key == "bad":
            raise ZeroDivisionError

    service = serve(Writer(stumble), workers=1)
    bad, good = (queued(service, idempotency_key=key) for key in ("bad", "good"))
    assert ended(service, bad)["error_code"] == "internal_error"
    assert ended(service, good)["status"] == "completed"


def no_file(job: Job, made: Made) -> Made:
    return Made((evolve(made.outputs[0], body=b"in memory"),))


def one_name(job: Job, made: Made) -> Made:
    return Made((made.outputs[0], made.outputs[0]))


@pytest.mark.parametrize("spoil", [no_file, one_name, lambda job, made: None])
def test_what_cannot_be_kept_fails_its_job(
    serve: Callable[..., Service], monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Job, Made], Any]
) -> None:
    """A maker that hands over what no store keeps gets internal_error, and the job does not hang."""
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    class Faulty(Writer):
        def make(self, job: Job, folder: Path, report: Callable[[float], None]) -> Made:
            made: Made = spoil(job, super().make(job, folder, report))
            return made

    service = serve(Faulty(), workers=1)
    assert ended(service, queued(service))["error_code"] == "internal_error"


def test_a_sentence_that_utf8_cannot_say_is_kept(serve: Callable[..., Service]) -> None:
    """A file name of odd bytes in an error does not keep its job from ending."""

    def fail(job: Job) -> None:
        raise JobFault("asset_unusable", "caf\udce9.mp4 is damaged")

    service = serve(Writer(fail))
    assert ended(service, queued(service))["error_message"] == "caf?.mp4 is damaged"


def test_closing_lets_renders_finish(serve: Callable[..., Service]) -> None:
    """Within its grace a render ends; new work is 503 meanwhile, a look is answered."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer)
    job = queued(service)
    until(lambda: writer.begun)
    closing = threading.Thread(target=service.close, args=(30,))
    closing.start()
    busy = until(lambda: (reply := post(service, film(1))).status == 503 and reply)
    assert busy.json()["error"]["code"] == "shutting_down"
    assert look(service, job)["status"] == "rendering"
    writer.go.set()
    closing.join()
    assert ask(service, "GET", f"/v1/jobs/{job}").status == 503
    again = serve()
    assert look(again, job)["status"] == "completed"


def test_a_cancelled_render_is_done_by_the_next_service(serve: Callable[..., Service]) -> None:
    """Without grace a render is cancelled and waits on disk, with the queue; nothing counts as a crash."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer, workers=1)
    ids = [queued(service, film(n)) for n in range(3)]
    until(lambda: writer.begun)
    service.close(0)
    again = serve(workers=1)
    assert [job.id for job in again.jobs] == ids
    for job in ids:
        assert ended(again, job)["status"] == "completed"
    assert {job.attempts for job in again.jobs} == {1}


def killed_over(folder: Path, times: int) -> None:
    """Leave the folder as a service does that is killed while it works on its first job."""
    (folder / "outputs").mkdir(exist_ok=True)
    for _ in range(times):
        store = SqliteStore(folder / "reelforge.sqlite3", folder / "outputs")
        for name in store.begun():
            store.change(name, lambda held: evolve(held, status="queued"))
        assert store.claim(lambda _: "rendering") is not None
        store.close()


def test_after_a_kill_a_job_is_done_under_its_own_id(serve: Callable[..., Service], tmp_path: Path) -> None:
    """A job that a killed service was working on waits again, is done, and its key still finds it."""
    writer = Writer()
    service = serve(writer, max_queue=5)
    writer.go.clear()
    job = queued(service, idempotency_key="one")
    until(lambda: writer.begun)
    service.close(0)
    killed_over(tmp_path / "data", 2)
    again = serve()
    assert queued(again, idempotency_key="one") == job
    assert ended(again, job)["status"] == "completed"
    assert [held.attempts for held in again.jobs] == [3]


def test_what_kills_the_service_is_given_up(serve: Callable[..., Service], tmp_path: Path) -> None:
    """A job that three services died over fails as service_restarted, and is not begun a fourth time."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer)
    job = queued(service)
    until(lambda: writer.begun)
    service.close(0)
    killed_over(tmp_path / "data", 3)
    again = Writer()
    seen = ended(serve(again), job)
    assert (seen["status"], seen["error_code"]) == ("failed", "service_restarted")
    assert again.begun == []


def test_a_service_that_cannot_begin_lets_go(serve: Callable[..., Service], tmp_path: Path) -> None:
    """A begun job that cannot be read keeps the service from starting, and not the next from trying."""
    serve().close()
    file = tmp_path / "data" / "reelforge.sqlite3"
    with sqlite3.connect(file) as db:
        db.execute(
            "INSERT INTO jobs (id, kind, status, fingerprint, document, is_signed, attempts, created_at)"
            " VALUES ('torn', 'render', 'rendering', 'f', '{}', 0, 1, 0)"
        )
    db.close()
    with pytest.raises(StoreError, match="torn"):
        serve()
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM jobs")
    db.close()
    assert serve().jobs == ()


def test_half_made_films_are_swept_and_nothing_else(serve: Callable[..., Service], tmp_path: Path) -> None:
    """Films without a job and abandoned folders go at the next start; what is finished, or others', stays."""
    service = serve()
    done = ended(service, queued(service))
    service.close(0)
    outputs = tmp_path / "data" / "outputs"
    kept = {path.name for path in outputs.iterdir()} | {"holiday.mp4"}
    (outputs / "holiday.mp4").write_bytes(b"mine")
    (outputs / "00000000-0000-4000-8000-000000000000.mp4").write_bytes(b"half")
    (outputs / ".reelforge-0123456789ab").mkdir()
    (outputs / ".reelforge-0123456789ab" / "film.mp4").write_bytes(b"half")
    again = serve()
    assert {path.name for path in outputs.iterdir()} == kept
    assert ask(again, "GET", done["output_url"].removeprefix("http://local.reelforge")).status == 200


def test_a_film_that_was_taken_away_is_404(serve: Callable[..., Service], tmp_path: Path) -> None:
    """A file that someone removed, or cut off, is not there; the service goes on."""
    service = serve()
    done = ended(service, queued(service))
    (path,) = (tmp_path / "data" / "outputs").iterdir()
    address = done["output_url"].removeprefix("http://local.reelforge")
    path.write_bytes(b"012")
    assert ask(service, "GET", address).status == 404
    path.unlink()
    assert ask(service, "GET", address).status == 404


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [({}, 200, b"0123456789"), ({"range": "bytes=3-5"}, 206, b"345"), ({"range": "bytes=20-"}, 416, b"")],
)
def test_films_in_files_have_ranges(
    serve: Callable[..., Service], asked: dict[str, str], status: int, body: bytes
) -> None:
    """A file is handed out whole and in parts, with its length, like any other."""
    service = serve()
    address = ended(service, queued(service))["output_url"].removeprefix("http://local.reelforge")
    reply = ask(service, "GET", address, **asked)
    assert (reply.status, reply.content, reply.headers["content-length"]) == (status, body, str(len(body)))
    assert ask(service, "HEAD", address).content == b""


def test_one_folder_has_one_service(serve: Callable[..., Service]) -> None:
    """A second service on a folder is refused until the first is closed."""
    first = serve()
    with pytest.raises(StoreError, match="in use by another service"):
        serve()
    first.close()
    serve()


def test_a_temporary_folder_goes_with_its_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a data folder nothing is left; with an output folder its films are, named by their jobs."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "mine.mp4").write_bytes(b"mine")
    with Service(renderer=Writer(), output_dir=tmp_path / "films") as service:
        job = queued(service)
        ended(service, job)
        assert len(list((tmp_path / "tmp").iterdir())) == 1
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in (tmp_path / "films").iterdir()} == {"mine.mp4", f"{job}.mp4"}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_the_temporary_folder_of_a_killed_service_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SIGKILL leaves behind goes with the next service; a living one's folder stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "import os, signal; from reelforge_dsl.local import Service;"
        " held = Service(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    assert len(list(tmp_path.iterdir())) == 1
    with Service(renderer=Writer()), Service(renderer=Writer()):
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []


HOOKED = FILM | {
    "webhook_url": "https://example.com/hook?token=t0ken",
    "webhook_secret": "s3cret",
    "webhook_headers": {"x-a": "h3ader"},
    "metadata": {"n": 1},
}


def test_an_end_is_handed_over(serve: Callable[..., Service]) -> None:
    """A job with a webhook hands over one event, with the request's secret and headers; it can be read."""
    taken: list[Delivery] = []
    service = serve(deliver=taken.append, secret="own")
    job = queued(service, HOOKED)
    done = ended(service, job)
    (delivery,) = until(lambda: taken)
    event = webhooks._events.event_of(delivery.body)
    assert isinstance(event, webhooks.RenderCompleted)
    assert (event.job_id, event.output_url, event.metadata) == (job, done["output_url"], {"n": 1})
    assert (delivery.url, delivery.secret, delivery.headers) == (
        HOOKED["webhook_url"],
        "s3cret",
        {"x-a": "h3ader"},
    )
    for secret in ("s3cret", "h3ader", "t0ken"):
        assert secret not in repr(delivery)


def test_failed_music_hands_over_its_code(serve: Callable[..., Service]) -> None:
    """Music that failed says so; without a secret of its own the service's signs."""

    def fail(_: Job) -> None:
        raise JobFault("engine_failed", "No.")

    taken: list[Delivery] = []
    service = serve(Writer(fail), deliver=taken.append, secret="own")
    queued(service, MUSIC | {"webhook_url": "https://example.com/hook"}, MUSIC_PATH)
    (delivery,) = until(lambda: taken)
    event = webhooks._events.event_of(delivery.body)
    assert isinstance(event, webhooks.MusicFailed)
    assert (event.error_code, event.error_message, delivery.secret) == ("engine_failed", "No.", "own")


def test_an_event_that_was_not_settled_comes_again(serve: Callable[..., Service]) -> None:
    """After a restart an event is handed over again, the same, signed with the service's own secret."""
    taken: list[Delivery] = []
    service = serve(deliver=taken.append)
    queued(service, HOOKED)
    (first,) = until(lambda: taken)
    service.close()
    taken.clear()
    service = serve(deliver=taken.append, secret="own")
    (second,) = taken
    assert (second.body, second.url, second.secret, second.headers) == (first.body, first.url, "own", {})
    service.settle(second, attempts=1, delivered=True)
    service.close()
    taken.clear()
    serve(deliver=taken.append, secret="own")
    assert taken == []


@pytest.mark.parametrize(("body", "count"), [(HOOKED, 0), (FILM | {"webhook_url": "https://a.example"}, 1)])
def test_a_lost_secret_drops_the_event(
    serve: Callable[..., Service], caplog: pytest.LogCaptureFixture, body: Any, count: int
) -> None:
    """Without a secret of its own the service drops what was to be signed, says so, and sends the rest."""
    service = serve()
    service.close()
    taken: list[Delivery] = []
    service = serve(deliver=taken.append)
    queued(service, body)
    until(lambda: taken)
    service.close()
    taken.clear()
    service = serve(deliver=taken.append)
    assert len(taken) == count
    assert ("secret was lost" in caplog.text) is (count == 0)


def test_secrets_are_not_on_disk_nor_in_the_log(
    serve: Callable[..., Service], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The webhook's secret and headers and the API key stand in no file of the folder and in no log line."""
    caplog.set_level(logging.DEBUG)
    service = serve(api_key="k3y-of-mine")
    job = queued(service, HOOKED, authorization="Bearer k3y-of-mine")
    until(lambda: any(held.status == "completed" for held in service.jobs))
    service.close()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert job.encode() in written
    for secret in ("s3cret", "h3ader", "k3y-of-mine"):
        assert secret.encode() not in written
        assert secret not in caplog.text


def test_a_job_is_one_line_in_the_log(
    serve: Callable[..., Service], caplog: pytest.LogCaptureFixture
) -> None:
    """At INFO a job's end is one line with its id, kind and state."""
    caplog.set_level(logging.INFO, "reelforge_dsl.local")
    service = serve()
    job = queued(service)
    ended(service, job)
    until(lambda: caplog.records)
    assert [record.getMessage().partition(" in ")[0] for record in caplog.records] == [
        f"job {job}: render completed"
    ]


def of(url: str, kind: str = "video") -> dict[str, Any]:
    """A film of one asset."""
    layer = {"id": "v", "type": kind, "asset_id": "a", "time": {"start_seconds": 0, "duration_seconds": 1}}
    return {
        "version": "v1",
        "output": {"width": 320, "height": 180, "fps": 30},
        "assets": [{"id": "a", "type": kind, "url": url}],
        "composition": {"timeline": [layer]},
    }


def refused(service: Service, url: str) -> str | None:
    """Return the code that a document of one asset is refused with, where validation agrees."""
    verdict = ask(service, "POST", "/v1/videos/validate", of(url)).json()["data"]
    reply = post(service, of(url))
    assert verdict["valid"] is (reply.status == 202)
    if reply.status == 202:
        return None
    assert reply.status == 422
    assert [issue["path"] for issue in reply.json()["error"]["details"]] == ["$.assets[0].url"]
    return str(reply.json()["error"]["code"])


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "films.localhost",
        "127.0.0.1",
        "127.0.0.1:8484",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fd00::1]",
        "user:pass@127.0.0.1",
        "localhost.",
    ],
)
def test_private_hosts_are_refused_at_submit(serve: Callable[..., Service], host: str) -> None:
    """A host that is private by what is written is a 422 asset_not_allowed, unless that is allowed."""
    service = serve()
    assert refused(service, f"http://{host}/clip.mp4") == "asset_not_allowed"
    assert service.jobs == ()
    service.close()
    assert refused(serve(allow_private=True), f"http://{host}/clip.mp4") is None


@pytest.mark.parametrize(
    "host", ["example.com", "93.184.216.34", "[2606:2800:220:1::1]", "localhost.example.com"]
)
def test_public_hosts_are_taken(serve: Callable[..., Service], host: str) -> None:
    """Names and public addresses pass; where a name leads is judged when it is looked up."""
    assert refused(serve(), f"https://{host}/clip.mp4") is None


def test_files_need_a_media_root(serve: Callable[..., Service], tmp_path: Path) -> None:
    """Without a media root no file is opened; with one what lies in it is, links followed first."""
    inside, outside = tmp_path / "media" / "in.mp4", tmp_path / "out.mp4"
    inside.parent.mkdir()
    for path in (inside, outside):
        path.write_bytes(b"clip")
    link, back = inside.with_name("link.mp4"), tmp_path / "back.mp4"
    link.symlink_to(outside)
    back.symlink_to(inside)
    circle = inside.with_name("circle.mp4")
    circle.symlink_to(circle)
    service = serve()
    assert refused(service, inside.as_uri()) == "asset_not_allowed"
    service.close()
    service = serve(media_root=tmp_path / "media")
    allowed = {
        inside.as_uri(): True,
        back.as_uri(): True,
        circle.as_uri(): True,  # what it is, its job finds out
        f"{inside.as_uri()}%00": False,
        outside.as_uri(): False,
        link.as_uri(): False,
        f"{inside.parent.as_uri()}/../out.mp4": False,
        f"{inside.parent.as_uri()}/%2e%2e/out.mp4": False,
        "file://other-machine" + inside.as_uri().removeprefix("file://"): False,
        "file:///etc/passwd": False,
    }
    assert {url: refused(service, url) is None for url in allowed} == allowed
    told = post(service, of(outside.as_uri())).json()["error"]
    assert str(tmp_path) not in json.dumps(told)
    service.close()
    assert refused(serve(any_file=True), outside.as_uri()) is None


def test_a_recipes_addresses_are_judged_too(serve: Callable[..., Service]) -> None:
    """Every address among a recipe's variables is judged, and no text is taken for one."""
    service = serve()
    recipe = copy.deepcopy(RECIPE)
    recipe["variables"]["hook_text"] = "http://127.0.0.1/ is home"
    recipe["variables"]["background_assets"] = [
        "http://10.0.0.1/a.mp4",
        {"url": "file:///etc/passwd", "motion": "zoom_in"},
        "https://example.com/b.mp4",
    ]
    reply = post(service, recipe, "/v1/recipes/render")
    assert reply.status == 422
    assert [issue["path"] for issue in reply.json()["error"]["details"]] == [
        "$.variables.background_assets[0]",
        "$.variables.background_assets[1].url",
    ]


def test_own_films_are_assets(serve: Callable[..., Service]) -> None:
    """The service's own films pass, under any name of loopback and any port; what it has not got does not."""
    service = serve(base_url="http://127.0.0.1:8484")
    url = ended(service, queued(service))["output_url"]
    assert refused(service, url) is None
    assert refused(service, url.replace("127.0.0.1:8484", "localhost:9000")) is None
    assert refused(service, url.replace("/outputs/", "/outputs/x")) == "asset_not_allowed"
    assert refused(service, url.replace("/outputs/", "/other/")) == "asset_not_allowed"
    service.close()
    service = serve()
    gone = "http://local.reelforge/outputs/" + "x" * 43 + ".mp4"
    assert refused(service, gone) == "asset_not_allowed"


def test_the_seed_of_music_is_its_key() -> None:
    """The same key gives the same seed in any process and under any id; without a key the id does."""
    job = Job("id-1", "music", None, "", key="one")  # type: ignore[arg-type]
    assert music_seed(job) == music_seed(evolve(job, id="id-2")) == 0x7692C3AD3540BB80
    assert music_seed(evolve(job, key=None)) != music_seed(evolve(job, id="id-2", key=None))


TRIM = Issue("trim_past_end", "error", "$.composition.timeline[0].trim", "the trim is late", "trim less")
COPY = f"/home/me/my cache/{'0' * 32}-{'1' * 16}.mp4"
CLIP = "/home/me/my clips/a.mp4"
ELSEWHERE = "file://studio/home/a.mp4"
FULL = "The disk is full in /data/out put/.reelforge-1"
NOT_THERE = "https://a.example/b is not there"
AT_A = "https://u:p@a.example/b?t=1"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ManifestInvalidError("1 problem", issues=(TRIM,)), "impossible_trim", "trim less"),
        (ManifestInvalidError("1 problem", issues=(evolve(TRIM, code="x"),)), "invalid_document", "is late"),
        (FetchError(NOT_THERE, src="https://a.example/b"), "asset_unreachable", NOT_THERE),
        (ProbeError(f"{COPY} is damaged", src=AT_A), "asset_unusable", "https://a.example/b is damaged"),
        (
            ProbeError(f"v: {CLIP} is damaged", src=Path(CLIP).as_uri()),
            "asset_unusable",
            "v: a.mp4 is damaged",
        ),
        (ProbeError(f"v: {CLIP} is damaged", src=CLIP), "asset_unusable", "v: a.mp4 is damaged"),
        (ProbeError(f"{ELSEWHERE!r} is not here", src=ELSEWHERE), "asset_unusable", "'a.mp4' is not here"),
        (UnsupportedByEngineError("No", issues=(TRIM,)), "unsupported_by_engine", "trim less"),
        (FfmpegNotFoundError("There is no ffmpeg"), "engine_unavailable", "no ffmpeg"),
        (FfmpegFailedError(FULL, argv=("/usr/bin/x",)), "engine_failed", "in the service's folder"),
        (EngineError("No"), "engine_failed", "No"),
        (OSError(28, "No space left on device", "/data/out put/a.wav"), "engine_failed", "No space left"),
    ],
)
def test_what_the_engine_raises_is_a_code_and_a_sentence(error: Any, code: str, said: str) -> None:
    """Each error of the engine has its stable code and a sentence with its fix, without folders or logins."""
    fault = fault_of(error, Path("/data/out put"))
    assert (fault.code, fault.status) == (code, "failed")
    assert said in fault.message
    for leak in ("/home", "my cache", "/data", "/usr", "u:p", "t=1", "0000"):
        assert leak not in fault.message


def test_a_missing_file_is_unreachable(tmp_path: Path) -> None:
    """A file that is not there is told apart from one that is no media."""
    try:
        (tmp_path / "none.mp4").open("rb")
    except OSError as exc:
        error = ProbeError("none.mp4 does not exist", src="x")
        error.__cause__ = exc
    assert fault_of(error, tmp_path).code == "asset_unreachable"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"workers": 0}, "whole number from 1"),
        ({"max_queue": 0}, "whole number from 1"),
        ({"max_body_bytes": "big"}, "whole number from 1"),
        ({"secret": ""}, "is empty"),
        ({"media_root": "no-such-folder"}, "is no folder"),
        ({"renderer": "instnat"}, "did you mean 'instant'"),
        ({"renderer": "instant", "output_dir": "films"}, "makes no films"),
        ({"faults": [local.Fault("render", outcome="failed")]}, "instant renderer only"),
    ],
)
def test_a_mistake_is_told_where_it_is_made(settings: dict[str, Any], told: str) -> None:
    """A service that cannot be raises FieldError with the way out."""
    with pytest.raises(FieldError) as caught:
        Service(**settings)
    assert told in str(caught.value)


def test_a_disk_that_takes_nothing_is_outlived(
    serve: Callable[..., Service], caplog: pytest.LogCaptureFixture
) -> None:
    """While the store cannot write, new work is 503 and looks are answered; afterwards all goes on."""
    writer = Writer()
    writer.go.clear()
    service = serve(writer, workers=1)
    job = queued(service)
    until(lambda: writer.begun)
    database = service._works.store._db  # type: ignore[attr-defined]
    database.execute("PRAGMA query_only = ON")
    assert post(service, film(1) | {"webhook_secret": "s3cret"}).status == 503
    assert set(service._notices._whispers) == {job}
    writer.go.set()
    until(lambda: "its end cannot be kept" in caplog.text)
    assert look(service, job)["status"] == "rendering"
    database.execute("PRAGMA query_only = OFF")
    assert ended(service, job)["status"] == "completed"
    assert ended(service, queued(service, film(1)))["status"] == "completed"
