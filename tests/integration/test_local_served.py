"""The served service over real sockets: what it bounds, whom it turns away, how it starts and ends."""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl import Client, FieldError, MissingExtraError, ReelforgeError, Timeline, local, webhooks
from reelforge_dsl.local import _asgi
from reelforge_dsl.local._exchange import FileSlice
from reelforge_dsl.local._serve import KEY_NAME, SECRET_NAME, data_folder, listening

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
REEL = Timeline("9:16").video("https://example.com/walk.mp4", duration=4).text("Hi", start=0, duration=2)
BODY = REEL.to_json().encode()
serving: Any = SERVING["serving"]


class Handing:
    """A service that answers everything with what it was given, or with what that makes of a request."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.asked: list[local.Request] = []

    def answer(self, request: local.Request) -> local.Reply:
        self.asked.append(request)
        reply: local.Reply = self.reply(request) if callable(self.reply) else self.reply
        return reply


def said(text: str = "{}") -> local.Reply:
    return local.Reply(
        200, {"content-type": "application/json", "content-length": str(len(text))}, text.encode()
    )


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """An instant service, served."""
    with serving() as found:
        yield found


def test_a_film_over_http_from_queued_to_saved(served: Any, tmp_path: Path) -> None:
    """Our own client renders, waits and saves against the served service."""
    with Client("any", base_url=served.url) as client:
        job = client.render(REEL).wait(poll=0.01)
        saved = job.save(tmp_path / "film.mp4")
    assert saved.read_bytes()[4:8] == b"ftyp"
    assert job.output_url is not None
    assert job.output_url.startswith(served.url + "/outputs/")


def test_every_answer_is_named_for_what_it_is(served: Any) -> None:
    """No answer lets a browser guess its type, or another site read it."""
    for method, path in (("GET", "/"), ("POST", "/v1/videos/validate"), ("OPTIONS", "/v1/videos/render")):
        found = served.ask(method, path, b"{}" if method == "POST" else None, {"origin": "http://localhost"})
        assert found.headers["x-content-type-options"] == "nosniff"
        assert not [name for name in found.headers if name.startswith("access-control")]
        assert "server" not in found.headers
    assert found.status == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8484", "localhost.evil.example", "10.0.0.1", "[::2]"]
)
def test_another_name_is_turned_away(served: Any, host: str) -> None:
    """A request that names another host, as after a rebound name, never reaches the service."""
    found = served.ask("POST", "/v1/videos/render", BODY, {"host": host})
    assert (found.status, found.json["error"]["code"]) == (421, "host_not_allowed")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8484", "[::1]:8484"])
def test_the_names_of_this_machine_are_taken(served: Any, host: str) -> None:
    """Whatever the port says, for it may be forwarded."""
    assert served.ask("POST", "/v1/videos/validate", BODY, {"host": host}).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "null", "file://"]
)
def test_a_page_of_another_host_is_turned_away(served: Any, origin: str) -> None:
    """A form on some web page cannot queue work here."""
    jobs = len(served.service.jobs)
    found = served.ask("POST", "/v1/videos/render", BODY, {"origin": origin, "content-type": "text/plain"})
    assert (found.status, found.json["error"]["code"]) == (403, "origin_not_allowed")
    assert len(served.service.jobs) == jobs


def test_a_long_body_is_refused_by_its_announcement() -> None:
    """413 comes though not one byte of the body was sent."""
    with serving(max_body_bytes=1000) as served, socket.create_connection(("127.0.0.1", served.port)) as peer:
        peer.settimeout(20)
        peer.sendall(b"POST /v1/videos/render HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n")
        assert peer.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_long_body_without_a_length_is_refused_on_its_way() -> None:
    """413 comes while the caller is still sending, and the connection serves the next request."""
    handing = Handing(said())
    with serving(handing, max_body_bytes=1000) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        connection.putrequest("POST", "/v1/videos/render")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        connection.send(b"3e8\r\n" + b" " * 1000 + b"\r\n")
        connection.send(b"1\r\n \r\n")
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())["error"]["code"]) == (413, "too_large")
        connection.send(b"2\r\n  \r\n0\r\n\r\n")
        connection.request("GET", "/next")
        assert connection.getresponse().read() == b"{}"
        connection.close()
    assert [seen.path for seen in handing.asked] == ["/next"]


def test_bodies_up_to_the_bound_are_read(served: Any) -> None:
    """A body of exactly the bound arrives whole; one byte more does not."""
    handing = Handing(said())
    with serving(handing, max_body_bytes=300_000) as found:
        assert found.ask("POST", "/x", b"x" * 300_000).status == 200
        assert found.ask("POST", "/x", b"x" * 300_001).status == 413
    assert [len(seen.body) for seen in handing.asked] == [300_000]


def test_a_silent_body_ends_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller that stops within its body is answered 408 and hung up on."""
    monkeypatch.setattr(_asgi, "SILENCE", 0.1)
    handing = Handing(said())
    with serving(handing) as served, socket.create_connection(("127.0.0.1", served.port)) as peer:
        peer.settimeout(20)
        peer.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
        text = b""
        while piece := peer.recv(65536):
            text += piece
    assert text.startswith(b"HTTP/1.1 408 ")
    assert handing.asked == []


def test_a_caller_who_leaves_is_no_request(served: Any) -> None:
    """Hanging up within the body queues nothing, and the next caller is served."""
    handing = Handing(said())
    with serving(handing) as found:
        with socket.create_connection(("127.0.0.1", found.port)) as peer:
            peer.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
        assert found.ask("GET", "/y").status == 200
    assert [seen.path for seen in handing.asked] == ["/y"]


def test_too_many_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound there is 503 with a pause to make; within it everyone is served."""
    monkeypatch.setattr(_asgi, "MOST_REQUESTS", 2)
    go, inside = threading.Event(), threading.Semaphore(0)

    def slow(_: local.Request) -> local.Reply:
        inside.release()
        go.wait(20)
        return said()

    with serving(Handing(slow)) as served, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(served.ask, "GET", "/x") for _ in range(2)]
        for _ in range(2):
            assert inside.acquire(timeout=20)
        third = served.ask("GET", "/x")
        go.set()
        assert [each.result().status for each in waiting] == [200, 200]
    assert (third.status, third.headers["retry-after"]) == (503, "1")


def test_bodies_held_at_once_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that would together be too much are 503, and what they held is free again."""
    monkeypatch.setattr(_asgi, "MOST_HELD_BYTES", 1000)
    with serving(Handing(said())) as served:
        assert served.ask("POST", "/x", b"x" * 1001).status == 503
        for _ in range(3):
            assert served.ask("POST", "/x", b"x" * 900).status == 200


def test_fifty_callers_at_once(served: Any) -> None:
    """Fifty callers queue and look, and each gets its own job."""

    def one(_: int) -> str:
        queued = served.ask("POST", "/v1/videos/render", BODY)
        found = served.ask("GET", f"/v1/jobs/{queued.json['job_id']}")
        assert (queued.status, found.status) == (202, 200)
        return str(found.json["job_id"])

    with ThreadPoolExecutor(50) as pool:
        assert len(set(pool.map(one, range(200)))) == 200


def test_a_film_in_ranges(served: Any) -> None:
    """GET, HEAD and a range agree with each other; outside the film is 416."""
    with Client("any", base_url=served.url) as client:
        url = client.render(REEL).wait(poll=0.01).output_url or ""
    path = url.removeprefix(served.url)
    whole, head = served.ask("GET", path), served.ask("HEAD", path)
    part = served.ask("GET", path, headers={"range": "bytes=4-7"})
    size = len(whole.body)
    assert (whole.status, head.status, part.status) == (200, 200, 206)
    assert (head.body, head.headers["content-length"]) == (b"", str(size))
    assert (part.body, part.headers["content-range"]) == (b"ftyp", f"bytes 4-7/{size}")
    outside = served.ask("GET", path, headers={"range": f"bytes={size}-"})
    assert (outside.status, outside.headers["content-range"]) == (416, f"bytes */{size}")
    assert served.ask("GET", path, headers={"if-none-match": whole.headers["etag"]}).status == 304


def film(path: Path, start: int = 0, stop: int | None = None) -> local.Reply:
    body = FileSlice(path, start, path.stat().st_size if stop is None else stop)
    return local.Reply(200, {"content-type": "video/mp4", "content-length": str(len(body))}, body)


def test_a_file_is_streamed_from_its_place(tmp_path: Path) -> None:
    """A large file, a part of it, and an empty one arrive byte for byte."""
    path = tmp_path / "film"
    path.write_bytes(os.urandom(3_000_000))
    (tmp_path / "empty").touch()
    with serving(Handing(lambda _: film(path))) as served:
        assert served.ask("GET", "/x").body == path.read_bytes()
    with serving(Handing(lambda _: film(path, 1000, 2_000_001))) as served:
        assert served.ask("GET", "/x").body == path.read_bytes()[1000:2_000_001]
    with serving(Handing(lambda _: film(tmp_path / "empty"))) as served:
        assert served.ask("GET", "/x").body == b""


def test_a_file_that_is_gone_is_404(tmp_path: Path) -> None:
    """What was swept away between the answer and its sending is not there."""
    gone = local.Reply(200, {"content-length": "9"}, FileSlice(tmp_path / "gone", 0, 9))
    with serving(Handing(gone)) as served:
        assert served.ask("GET", "/x").status == 404


def test_a_download_stops_when_its_caller_leaves(tmp_path: Path) -> None:
    """The rest of the file is not read, and the file is closed."""
    path = tmp_path / "film"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    read: list[int] = []
    closed = threading.Event()

    class Watched(FileSlice):
        def chunks(self, size: int = 1 << 18) -> Iterator[bytes]:
            try:
                for chunk in super().chunks(size):
                    read.append(len(chunk))
                    yield chunk
            finally:
                closed.set()

    body = Watched(path, 0, 1 << 30)
    reply = local.Reply(200, {"content-length": str(1 << 30)}, body)
    with serving(Handing(reply)) as served:
        with socket.create_connection(("127.0.0.1", served.port)) as peer:
            peer.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert peer.recv(100)
        assert closed.wait(20)
    assert sum(read) < 1 << 29


# Settings, and a process of its own.


def test_other_machines_need_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that others reach is refused without a key, whatever it is called."""
    monkeypatch.delenv(KEY_NAME, raising=False)
    with pytest.raises(FieldError, match="no API key") as caught:
        local.serve("0.0.0.0", 0, renderer="instant")
    assert KEY_NAME in str(caught.value.fix)


def test_short_answers_are_not_held_back() -> None:
    """The socket names its protocol, without which asyncio leaves Nagle's pause of 40 ms in."""
    with listening("127.0.0.1", 0) as taken:
        assert taken.proto == socket.IPPROTO_TCP


def test_a_port_in_use_says_what_to_do() -> None:
    """The error names the port, and another one to take."""
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReelforgeError, match=f"Port {port} of 127.0.0.1 is in use") as caught:
            local.serve(port=port, renderer="instant")
    assert f"--port {port + 1}" in str(caught.value.fix)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": 65536}, "port is a whole number"),
        ({"port": "8484"}, "port is a whole number"),
        ({"port": True}, "port is a whole number"),
        ({"host": "no such host"}, "has no address"),
        ({"host": "256.1.1.1"}, "has no address"),
        ({"port": 0, "base_url": "studio.lan"}, "base_url"),
        ({"port": 0, "api_key": "two words"}, "api_key"),
    ],
)
def test_bad_settings_are_told(given: Any, said: str) -> None:
    """Each is a FieldError that names the setting, and nothing is left listening."""
    with pytest.raises(FieldError, match=said):
        local.serve(**{"renderer": "instant", **given})


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing server is a MissingExtraError with the line to install it."""
    monkeypatch.delitem(sys.modules, "reelforge_dsl.local._server", raising=False)
    monkeypatch.delattr("reelforge_dsl.local._server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match="uvicorn") as caught:
        local.serve(port=0)
    assert (caught.value.extra, caught.value.fix) == ("local", "pip install 'reelforge-dsl[local]'")


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://localhost:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
        ("::", "http://[::1]:"),
    ],
)
def test_the_line_names_an_address_that_answers(started: Any, host: str, place: str) -> None:
    """Whatever it listens at, the address that is told, and handed out, is one that reaches it."""
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    made = started("--renderer", "instant", "--host", host, "--api-key", "k3y")
    assert made.url.startswith(place)
    with Client("k3y", base_url=made.url) as client:
        job = client.render(REEL).wait(poll=0.01)
    assert (job.output_url or "").startswith(made.url + "/outputs/")
    assert made.ended(signal.SIGTERM)[0] == 0


def test_the_name_that_callers_know_is_taken(started: Any) -> None:
    """Behind a proxy that keeps the name of --base-url in its requests, they are answered."""
    with listening("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    base = "http://Studio.lan:8484"
    made = started("--renderer", "instant", "--port", str(port), "--base-url", base)
    assert made.url == base
    for name, status in (("studio.lan:8484", 200), ("studio.lan", 200), ("evil.example", 421)):
        headers = {"host": name, "origin": f"http://{name}"}
        asked = SERVING["Served"](None, port).ask("POST", "/v1/videos/validate", BODY, headers)
        assert asked.status == status
    assert made.ended(signal.SIGTERM)[0] == 0


def test_the_usual_data_folder_is_the_users_own() -> None:
    """It is absolute, and named after the package."""
    assert data_folder().is_absolute()
    assert data_folder().parts[-2:] == ("reelforge_dsl", "local")


class Process:
    """``python -m reelforge_dsl.local`` on a free port."""

    def __init__(self, *words: str, module: str = "reelforge_dsl.local", **environment: str) -> None:
        held = {name: text for name, text in os.environ.items() if not name.startswith("REELFORGE")}
        program = ["-c", module] if "\n" in module else ["-m", module]
        command = [sys.executable, *program, "--port", "0", *words]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**held, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+(?=,)", self.line)
        assert found is not None, self.line
        return found[0]

    def ended(self, *signals: int) -> tuple[int, str, str]:
        """Send signals, and return the exit code and what was printed after the first line."""
        for each in signals:
            self.process.send_signal(each)
            time.sleep(0.3)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def started() -> Iterator[Any]:
    """Start processes, and end them afterwards."""
    made: list[Process] = []

    def start(*words: str, **environment: str) -> Process:
        made.append(Process(*words, **environment))
        return made[-1]

    yield start
    for each in made:
        if each.process.stdout is not None and not each.process.stdout.closed:
            each.process.kill()
            each.process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_line_when_ready_and_an_orderly_end(started: Any, tmp_path: Path, number: int) -> None:
    """The line names address and data folder; a signal ends it with 0 and no further word."""
    made = started("--data-dir", str(tmp_path / "data"))
    assert made.line == f"ReelForge v1 API at {made.url}, data in {tmp_path / 'data'}; Ctrl-C ends it\n"
    with Client("any", base_url=made.url) as client:
        assert client.validate(REEL).valid
    assert made.ended(number) == (0, "", "")


def test_a_key_of_the_environment(started: Any) -> None:
    """REELFORGE_LOCAL_KEY locks it; an argument wins over it."""
    with_env = started("--renderer", "instant", **{KEY_NAME: "k3y"})
    with_both = started("--renderer", "instant", "--api-key", "other", **{KEY_NAME: "k3y"})
    for made, key in ((with_env, "k3y"), (with_both, "other")):
        with Client(key, base_url=made.url) as client:
            assert client.validate(REEL).valid
        with Client("wrong", base_url=made.url) as client, pytest.raises(ReelforgeError, match="401"):
            client.validate(REEL)
        assert made.ended(signal.SIGTERM) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "no API key"),
        (["--media-root", "nowhere-at-all"], "no folder"),
        (["--renderer", "magic"], "invalid choice"),
    ],
)
def test_what_keeps_it_from_starting(started: Any, words: list[str], said: str) -> None:
    """Exit code 2 and a sentence, no traceback."""
    made = started(*words)
    code, out, err = made.ended()
    assert (code, made.line, out) == (2, "", "")
    assert said in err
    assert "Traceback" not in err


def test_a_data_folder_has_one_service(started: Any, tmp_path: Path) -> None:
    """The second one on it does not start; once the first has ended it does."""
    first = started("--data-dir", str(tmp_path))
    assert first.url
    second = started("--data-dir", str(tmp_path))
    assert second.ended()[0] == 2
    assert first.ended(signal.SIGTERM)[0] == 0
    third = started("--data-dir", str(tmp_path))
    assert third.url
    assert third.ended(signal.SIGTERM)[0] == 0


SLOW = """
import pathlib, sys, time
from reelforge_dsl.local import _serve, __main__ as main
from reelforge_dsl.local import Made, output_of

class Slow:
    def make(self, job, folder, report):
        pathlib.Path("begun").touch()
        while not pathlib.Path("go").exists():
            report(0.5)
            time.sleep(0.02)
        film = folder / f"{job.id}.mp4"
        film.write_bytes(b"film")
        return Made((output_of(film, "video/mp4"),))

def serve(*args, **settings):
    _serve.serve(*args, **{**settings, "renderer": Slow()})

main.serve = serve
sys.exit(main.main())
"""


@pytest.fixture
def slow(started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A served service whose job is under way until the file ``go`` is there."""
    monkeypatch.chdir(tmp_path)
    process = started("--data-dir", str(tmp_path / "data"), module=SLOW)
    with Client("any", base_url=process.url) as client:
        job = client.render(REEL)
    until(Path("begun").exists)
    return process, job.id, lambda: started("--data-dir", str(tmp_path / "data"), module=SLOW)


def until(holds: Any) -> None:
    """Wait for something that must come."""
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come")


def test_the_first_signal_lets_a_running_job_end(slow: Any) -> None:
    """New work is 503, looks are answered, and the job is completed before the process ends with 0."""
    process, job, next_start = slow
    process.process.send_signal(signal.SIGINT)

    def refused() -> bool:
        try:
            client.render(REEL)
        except ReelforgeError as exc:
            return getattr(exc, "code", "") == "shutting_down"
        return False

    with Client("any", base_url=process.url, retries=0) as client:
        until(refused)
        assert client.job(job).status == "rendering"
        Path("go").touch()
    assert process.ended() == (0, "", "")
    again = next_start()
    with Client("any", base_url=again.url) as client:
        assert client.job(job).status == "completed"
    assert again.ended(signal.SIGTERM)[0] == 0


def test_the_second_signal_ends_it_at_once(slow: Any) -> None:
    """130, though the job is under way; the next start takes it up again."""
    process, job, next_start = slow
    assert process.ended(signal.SIGINT, signal.SIGINT)[0] == 130
    Path("go").touch()
    again = next_start()
    with Client("any", base_url=again.url) as client:
        assert client.job(job).wait(poll=0.02).status == "completed"
    assert again.ended(signal.SIGTERM)[0] == 0


class Receiver:
    """Takes webhooks on loopback, refusing the first few."""

    def __init__(self, refused: int = 0) -> None:
        self.got: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        statuses = [500] * refused
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response_only(statuses.pop() if statuses else 204)
                self.end_headers()
                receiver.got.put((dict(self.headers.items()), body))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> Receiver:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_a_film_tells_its_webhook(started: Any) -> None:
    """Served with allow_private, an instant film's end reaches a receiver here, signed with its secret."""
    made = started("--renderer", "instant", "--allow-private")
    with Receiver() as receiver, Client("any", base_url=made.url) as client:
        told = REEL.metadata({"campaign": "spring"}).webhook(
            receiver.url, secret="s3cret", headers={"X-A": "b"}
        )
        job = client.render(told).wait(poll=0.01)
        headers, body = receiver.got.get(timeout=20)
    event = webhooks.unwrap(body, headers, "s3cret")
    assert isinstance(event, webhooks.RenderCompleted)
    assert (event.job_id, event.output_url) == (job.id, job.output_url)
    assert (event.metadata, headers["x-a"]) == ({"campaign": "spring"}, "b")
    assert made.ended(signal.SIGTERM) == (0, "", "")


def test_without_allow_private_no_webhook_reaches_this_machine(started: Any) -> None:
    """The event is given up with a warning, and the job is completed all the same."""
    made = started("--renderer", "instant")
    with Receiver() as receiver, Client("any", base_url=made.url) as client:
        assert client.render(REEL.webhook(receiver.url)).wait(poll=0.01).status == "completed"
        code, _, err = made.ended(signal.SIGTERM)
        assert receiver.got.empty()
    assert code == 0
    assert "is given up: its host is on this machine or a private network" in err


def test_an_event_outlives_a_kill(started: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed service's event comes from the next one: the same bytes, signed with the service's secret."""
    monkeypatch.chdir(tmp_path)
    Path("go").touch()
    words = ("--allow-private", "--data-dir", "data")
    secret = {SECRET_NAME: "0wn-s3cret"}
    with Receiver(refused=1) as receiver:
        first = started(*words, module=SLOW, **secret)
        with Client("any", base_url=first.url) as client:
            told = REEL.webhook(receiver.url, secret="the-requests", headers={"X-A": "b"})
            job = client.render(told).wait(poll=0.02)
        headers, body = receiver.got.get(timeout=20)
        assert webhooks.unwrap(body, headers, "the-requests").job_id == job.id
        assert first.ended(signal.SIGKILL)[0] == -signal.SIGKILL
        second = started(*words, module=SLOW, **secret)
        headers, again = receiver.got.get(timeout=20)
        assert second.ended(signal.SIGTERM) == (0, "", "")
        third = started(*words, module=SLOW, **secret)
        assert third.ended(signal.SIGTERM)[0] == 0
        assert receiver.got.empty()
    assert json.loads(again)["id"] == json.loads(body)["id"]
    assert webhooks.unwrap(again, headers, "0wn-s3cret").job_id == job.id
    assert "x-a" not in headers
