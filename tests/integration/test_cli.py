"""The command line as a process: real films, a service on loopback, Ctrl-C, and the doctor."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import reelforge_dsl
from reelforge_dsl import Layout, Timeline, engine
from reelforge_dsl.engine import _doctor

ROOT = Path(reelforge_dsl.__file__).parents[1]
COMMAND = [sys.executable, "-W", "error", "-m", "reelforge_dsl.cli"]
KEYS = ("REELFORGER_API_KEY", "REELFORGE_API_KEY", "REELFORGER_BASE_URL", "REELFORGE_FFMPEG")


def environment(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in KEYS}
    return {**own, "PYTHONPATH": str(ROOT), **more}


def run(
    *words: str | Path, cwd: Path, text: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(**env),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def document(studio) -> dict[str, Any]:
    """Half a second of film."""
    return studio.document(studio.layer("image", studio.flat("red.png", "red"), 0, 0.5))


@pytest.fixture
def written(document, tmp_path: Path) -> Path:
    path = tmp_path / "film.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_render_makes_a_film(written: Path, tmp_path: Path) -> None:
    """``render`` writes the film, whole, and says where it is."""
    ran = run("render", written, "-o", "film.mp4", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{tmp_path / 'film.mp4'} (320×180, 0.5 s; rendered in ")
    media = engine.inspect(tmp_path / "film.mp4")
    assert (media.width, media.height, media.has_audio) == (320, 180, True)
    assert media.duration_seconds == pytest.approx(0.5, abs=0.05)


def test_render_from_stdin_as_json(document, tmp_path: Path) -> None:
    """A document from stdin becomes a draft; stdout is one JSON object about it."""
    document["output"] = {"width": 1080, "height": 1920, "fps": 30}
    ran = run("render", "-", "-o", "d.mp4", "--draft", "--json", cwd=tmp_path, text=json.dumps(document))
    told = json.loads(ran.stdout)
    keys = ["command", "ok", "error", "path", "width", "height", "frames", "duration_seconds"]
    assert list(told) == [*keys, "elapsed_seconds", "issues", "job"]
    assert (ran.returncode, told["ok"], told["width"], told["frames"], told["job"]) == (
        0,
        True,
        360,
        15,
        None,
    )
    assert engine.inspect(tmp_path / "d.mp4").height == 640


def test_render_of_a_module(written: Path, tmp_path: Path) -> None:
    """A module of the current folder is found, and its timeline rendered with lengths measured."""
    url = json.loads(written.read_text("utf-8"))["assets"][0]["url"]
    film = f"Timeline((320, 180)).image({url!r}, duration=0.3)"
    program = f"from reelforge_dsl import Timeline\n\n\ndef reel():\n    return {film}\n"
    (tmp_path / "mine.py").write_text(program, encoding="utf-8")
    ran = run("render", "mine:reel", "-o", "m.mp4", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "m.mp4").stat().st_size > 0


def test_what_goes_wrong_has_its_code(written: Path, document, tmp_path: Path) -> None:
    """Missing media and refused folders are 1, a refused host is 3, no FFmpeg is 2; none leaves a file."""
    gone = json.loads(json.dumps(document))
    gone["assets"][0]["url"] = (tmp_path / "gone.png").as_uri()
    (tmp_path / "gone.json").write_text(json.dumps(gone), encoding="utf-8")
    gone["assets"][0]["url"] = "http://127.0.0.1:9/a.png"
    (tmp_path / "private.json").write_text(json.dumps(gone), encoding="utf-8")
    out = ("-o", "film.mp4")
    assert run("render", "gone.json", *out, cwd=tmp_path).returncode == 1
    assert run("render", written, *out, "--media-root", tmp_path, cwd=tmp_path).returncode == 1
    assert run("render", "private.json", *out, cwd=tmp_path).returncode == 3
    ran = run("render", written, *out, "--json", cwd=tmp_path, REELFORGE_FFMPEG="no-such-ffmpeg")
    assert (ran.returncode, json.loads(ran.stdout)["error"]["type"]) == (2, "FfmpegNotFoundError")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.json", "gone.json", "private.json"]


def of_this_render(folder: Path) -> list[int]:
    """Return the ids of live processes that work in a folder or below."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "cwd").resolve().is_relative_to(folder):
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_leaves_nothing(studio, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a render ends it with 130: no file, no folder, no FFmpeg."""
    long = studio.document(studio.layer("image", studio.flat("red.png", "red"), 0, 290), size=(1080, 1920))
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "long.json").write_text(json.dumps(long), encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "render", str(tmp_path / "long.json"), "-o", "film.mp4"],
        cwd=out,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    until = time.monotonic() + 60
    while not list(out.glob(".reelforge-*/film.mp4")) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(of_this_render(out)) >= 2
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=60)
    assert (process.returncode, told, said) == (130, "", "reelforge: interrupted\n")
    assert list(out.iterdir()) == []
    assert of_this_render(out) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_leaves_is_no_crash(written: Path, tmp_path: Path) -> None:
    """When the reader of stdout has gone, the command ends with 141 and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [*COMMAND, "schema"],
            cwd=tmp_path,
            env=environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


# The service


class Service(ThreadingHTTPServer):
    """A service on loopback with one job; it notes what it was sent.

    Attributes:
        status: What the job is told to be.
        refusal: The status of an answer that says no to every render, or 0.
        keys: The idempotency keys of the renders.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.status = "completed"
        self.refusal = 0
        self.sent: list[tuple[str, Any]] = []
        self.keys: list[str] = []


class Answering(BaseHTTPRequestHandler):
    """Answers a render, its job and its film."""

    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.sent.append((self.path, json.loads(body)))
        self.server.keys.append(self.headers["idempotency-key"])
        if self.server.refusal:
            self._say(self.server.refusal, {"error": "no", "message": "not today"})
        else:
            self._say(202, {"success": True, "job_id": "job-1", "request_id": "r"})

    def do_GET(self) -> None:
        self.server.sent.append((self.path, None))
        if self.path == "/film.mp4":
            self._say(200, b"\0\0\0\x18ftypisom" + bytes(500))
            return
        job = {"id": "job-1", "status": self.server.status, "output_url": f"{self.server.url}/film.mp4"}
        if self.server.status == "failed":
            job |= {"output_url": None, "error_code": "render_failed"}
        self._say(200, {"success": True, "data": job})

    def _say(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.send_header("content-type", "video/mp4" if isinstance(body, bytes) else "application/json")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def in_the_cloud_words(folder: Path) -> list[str]:
    """Write a document that the service takes, and return the words that send it there."""
    public = {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": [{"id": "a", "type": "image", "url": "https://example.com/a.png"}],
        "composition": {
            "timeline": [
                {
                    "id": "a",
                    "type": "image",
                    "asset_id": "a",
                    "time": {"start_seconds": 0, "duration_seconds": 3},
                }
            ]
        },
    }
    (folder / "public.json").write_text(json.dumps(public), encoding="utf-8")
    return ["render", "public.json", "-o", "film.mp4", "--cloud"]


def in_the_cloud(service: Service, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = {"REELFORGER_API_KEY": "rf_test", "REELFORGER_BASE_URL": service.url}
    return run(*in_the_cloud_words(folder), *words, cwd=folder, **given)


def test_the_service_renders(service: Service, tmp_path: Path) -> None:
    """``--cloud`` queues the document as it is, waits, and brings the film; the job's id is told first."""
    ran = in_the_cloud(service, tmp_path, "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["job"]["id"], told["path"]) == (0, "job-1", str(tmp_path / "film.mp4"))
    assert "render job job-1 is queued" in ran.stderr
    assert (tmp_path / "film.mp4").stat().st_size == 512
    assert service.sent[0][0] == "/v1/videos/render"
    assert service.sent[0][1] == json.loads((tmp_path / "public.json").read_text("utf-8"))


def test_a_failed_job_is_1_and_a_refusal_3(service: Service, tmp_path: Path) -> None:
    """A job that fails is 1, with its id in the JSON; used-up credits are 3; neither leaves a file."""
    service.status = "failed"
    ran = in_the_cloud(service, tmp_path, "--json")
    error = json.loads(ran.stdout)["error"]
    assert (ran.returncode, error["type"], error["job_id"]) == (1, "JobFailedError", "job-1")
    service.refusal = 402
    ran = in_the_cloud(service, tmp_path)
    assert (ran.returncode, ran.stdout, "402" in ran.stderr) == (3, "", True)
    assert [path.name for path in tmp_path.iterdir()] == ["public.json"]


def test_a_wait_that_ends_is_3(service: Service, tmp_path: Path) -> None:
    """When the time is up the job's id and the way to join it are told: code 3."""
    service.status = "rendering"
    ran = in_the_cloud(service, tmp_path, "--timeout", "0.5")
    assert ran.returncode == 3
    assert "job-1" in ran.stderr
    assert f"--idempotency-key {service.keys[0]} joins it" in ran.stderr
    service.status = "completed"
    assert in_the_cloud(service, tmp_path, "--idempotency-key", service.keys[0]).returncode == 0
    assert service.keys[0] == service.keys[1]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_while_waiting_tells_the_job(service: Service, tmp_path: Path) -> None:
    """Ctrl-C does not stop a job of the service: its id and how to join it are told, code 130."""
    service.status = "rendering"
    words = in_the_cloud_words(tmp_path)
    given = {"REELFORGER_API_KEY": "rf_test", "REELFORGER_BASE_URL": service.url}
    process = subprocess.Popen(
        [*COMMAND, *words], cwd=tmp_path, env=environment(**given), stderr=subprocess.PIPE, encoding="utf-8"
    )
    until = time.monotonic() + 60
    while len(service.sent) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "the job goes on" in said
    assert f"--idempotency-key {service.keys[0]} joins it" in said
    assert said.endswith("reelforge: interrupted\n")


def test_a_service_that_is_not_there_is_3(tmp_path: Path, service: Service) -> None:
    """A refused connection is 3."""
    service.url = "http://127.0.0.1:9"
    assert in_the_cloud(service, tmp_path).returncode == 3


# The doctor


def test_the_doctor_finds_all_well(tmp_path: Path) -> None:
    """Here, where films are made, nothing is missing; the table and the JSON say the same."""
    found = engine.doctor()
    assert found.ok
    names = [finding.name for finding in found.findings]
    assert names[0] == "Python"
    assert names[-1] == "test film"
    extras = {name.removeprefix("extra ") for name in names if name.startswith("extra ")}
    assert extras == {"cli", "local", "words"}  # those for work on the package are nobody's need
    assert str(found).count("\n") + 1 >= len(names)
    ran = run("doctor", "--json", cwd=tmp_path)
    told = json.loads(ran.stdout)
    assert (ran.returncode, [finding["name"] for finding in told["findings"]]) == (0, names)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("program", ["no-such-ffmpeg", sys.executable])
def test_the_doctor_misses_ffmpeg(program: str, monkeypatch) -> None:
    """No FFmpeg, or another program in its place, is reported with a fix, not raised."""
    monkeypatch.setenv("REELFORGE_FFMPEG", program)
    found = engine.doctor()
    missing = {finding.name: finding for finding in found.findings if finding.status == "missing"}
    assert set(missing) == {"FFmpeg", "test film"}
    assert missing["FFmpeg"].fix
    assert not found.ok


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_the_doctor_names_missing_parts(tmp_path: Path, monkeypatch) -> None:
    """A build without a filter or an encoder is told by their names."""
    listing = " T. scale            V->V  (null)\\n V....D libx264              H.264\\n"
    script = f"""#!/bin/sh
case "$*" in
  *-version*) echo "ffmpeg version 9.9-small Copyright";;
  *) printf '{listing}';;
esac
"""
    small = tmp_path / "ffmpeg"
    small.write_text(script, encoding="utf-8")
    small.chmod(0o755)
    monkeypatch.setenv("REELFORGE_FFMPEG", str(small))
    told = {finding.name: finding for finding in engine.doctor().findings}
    assert told["FFmpeg"].told.startswith("9.9-small")
    assert "xfade" in told["FFmpeg filters"].told
    assert "scale" not in told["FFmpeg filters"].told.replace(",", "").split()
    assert told["FFmpeg encoders"].told == "lacks aac, png"
    assert told["test film"].status == "missing"


def test_the_doctor_knows_every_filter(studio) -> None:
    """Every filter of a film that uses the lot is one that the doctor asks for."""
    picture = studio.flat("red.png", "red", size="160x300")
    full = (
        Timeline((320, 180))
        .video(studio.clock(1), duration=1)
        .video(studio.clock(2), trim=0.2, duration=1, crossfade=0.5)
        .image(picture, start=0, duration=1, fit="contain", background="blurred", motion="pan_left")
        .image(picture, start=0, duration=1, layout=Layout("3px", "3px", "31%", "50%", fit="contain"))
        .audio(studio.tone("a.wav"), start=0, duration=1, volume=0.5, loop=True, fade_in=0.1, fade_out=0.1)
    )
    graph = engine.plan(full).graph
    used = {word.partition("=")[0].strip() for chain in graph.split(";\n") for word in _filters(chain)}
    assert {"xfade", "perspective", "gblur", "alimiter"} <= used
    assert used <= set(_doctor.FILTERS)


def _filters(chain: str) -> list[str]:
    """Split a chain at the commas outside quotes, its pads left out."""
    parts, quoted, depth = [""], False, 0
    for char in chain:
        depth += (char == "[") - (char == "]")
        quoted ^= char == "'"
        if char == "," and not quoted and not depth:
            parts.append("")
        elif not depth and char != "]":
            parts[-1] += char
    return [part for part in parts if part.strip()]


def test_the_doctor_reports_folders(tmp_path: Path, monkeypatch) -> None:
    """The cache is measured; a temporary folder that is gone is reported, not raised."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.mp4").write_bytes(bytes(1500))
    monkeypatch.setenv("REELFORGE_CACHE", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    told = {finding.name: finding for finding in engine.doctor().findings}
    assert told["cache"].told.startswith("1.5 kB in 1 file, ")
    assert told["temporary folder"].status == "warning"
    assert told["test film"].status == "missing"
