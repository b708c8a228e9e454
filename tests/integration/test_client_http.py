"""Both clients against a server on loopback: real sockets, slow peers, many calls, threads, forks, loops."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelforge_dsl import (
    AsyncClient,
    Client,
    MissingExtraError,
    ReplyError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from reelforge_dsl.client import RenderJob
from reelforge_dsl.models.jobs import RenderState

KEY = "rf_live_0123456789abcdef"
DOC = {"version": "v1"}
Talk = Callable[["Server", socket.socket, bytes, bytes], bool | None]


def answer(body: bytes, status: str = "202 Accepted", *headers: str) -> bytes:
    """Return an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


QUEUED = answer(json.dumps({"success": True, "job_id": "j", "request_id": "r"}).encode())


class Server:
    """A server that says what a test tells it to; ``talk`` returns False to hang up."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.lock = threading.Lock()
        self.open: list[socket.socket] = []
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                self.open.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        held = b""
        with contextlib.closing(peer), contextlib.suppress(OSError):
            while True:
                while b"\r\n\r\n" not in held:
                    piece = peer.recv(65536)
                    if not piece:
                        return
                    held += piece
                head, _, held = held.partition(b"\r\n\r\n")
                _, _, rest = head.lower().partition(b"content-length: ")
                length = int(rest.partition(b"\r\n")[0] or 0)
                while len(held) < length:
                    held += peer.recv(65536)
                body, held = held[:length], held[length:]
                with self.lock:
                    self.heads.append(head)
                    self.bodies.append(body)
                if self.talk(self, peer, head, body) is False:
                    return

    def close(self) -> None:
        self.listening.close()
        for peer in self.open:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def serving() -> Iterator[Callable[[Talk], Server]]:
    """Start servers, and stop them afterwards."""
    servers: list[Server] = []

    def start(talk: Talk) -> Server:
        servers.append(Server(talk))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def says(data: bytes) -> Talk:
    """Answer every request the same."""

    def talk(_: Server, peer: socket.socket, __: bytes, ___: bytes) -> None:
        peer.sendall(data)

    return talk


def test_one_connection_serves_many_calls(serving: Any) -> None:
    """Calls one after another use one connection, and carry key and body."""
    server = serving(says(QUEUED))
    with Client(KEY, base_url=server.url) as client:
        for _ in range(5):
            assert client.render(DOC).id == "j"
    assert server.connections == 1
    assert f"authorization: Bearer {KEY}".encode() in server.heads[0]
    assert server.bodies == [b'{"version":"v1"}'] * 5


def drip(where: str) -> Talk:
    """Send an answer byte by byte without end, in its head or in its body."""

    def talk(_: Server, peer: socket.socket, __: bytes, ___: bytes) -> bool:
        peer.sendall(
            b"HTTP/1.1 200 OK\r\n" + (b"X: " if where == "head" else b"Content-Length: 99999\r\n\r\n")
        )
        with contextlib.suppress(OSError):
            while True:
                peer.sendall(b"x")
                time.sleep(0.02)
        return False

    return talk


def silent(_: Server, __: socket.socket, ___: bytes, ____: bytes) -> None:
    """Say nothing at all."""


@pytest.mark.parametrize("talk", [drip("head"), drip("body"), silent], ids=["head", "body", "silent"])
def test_a_slow_peer_cannot_hold_a_call(serving: Any, talk: Talk) -> None:
    """Whether a peer drips its head, its body or says nothing: the call ends at its limit."""
    server = serving(talk)
    began = time.monotonic()
    with Client(KEY, base_url=server.url, timeout=0.4) as client, pytest.raises(TransportTimeoutError):
        client.render(DOC)
    assert time.monotonic() - began < 10  # without the limit it would be for ever

    async def call() -> None:
        async with AsyncClient(KEY, base_url=server.url, timeout=0.4) as client:
            await client.render(DOC)

    with pytest.raises(TransportTimeoutError):
        asyncio.run(call())
    assert time.monotonic() - began < 20


def test_a_peer_that_does_not_read_cannot_hold_a_call() -> None:
    """A large body into a full pipe ends at the limit, too."""
    listening = socket.create_server(("127.0.0.1", 0))
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with Client(KEY, base_url=url, timeout=0.4) as client, pytest.raises(TransportTimeoutError):
            client.render({"a": "x" * 30_000_000})
    finally:
        listening.close()


def test_a_wait_ends_at_its_deadline_on_a_hanging_peer(serving: Any) -> None:
    """A look that hangs is broken off with the wait's own deadline."""
    server = serving(silent)
    with Client(KEY, base_url=server.url, timeout=None) as client:
        job = RenderJob(client, RenderState(id="j", status="queued"))
        with pytest.raises(TimeoutError):
            job.wait(timeout=0.4)


def test_a_connection_that_was_hung_up_is_replaced(serving: Any) -> None:
    """A server that closes after each answer costs a connection, not an error."""

    def talk(_: Server, peer: socket.socket, __: bytes, ___: bytes) -> bool:
        peer.sendall(QUEUED)
        return False

    server = serving(talk)
    with Client(KEY, base_url=server.url) as client:
        for _ in range(3):
            client.render(DOC)
    assert server.connections == 3


def test_an_answer_that_breaks_off_is_asked_for_again(serving: Any) -> None:
    """A body cut in the middle is sent again with the same key and bytes: one job."""

    def talk(server: Server, peer: socket.socket, _: bytes, __: bytes) -> bool:
        peer.sendall(QUEUED[:-5] if len(server.heads) == 1 else QUEUED)
        return False

    server = serving(talk)
    with Client(KEY, base_url=server.url) as client:
        client.render(DOC)
    keys = [
        line for head in server.heads for line in head.split(b"\r\n") if line.startswith(b"idempotency-key")
    ]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_garbage_is_no_answer(serving: Any) -> None:
    """What is not HTTP is a TransportError that prints."""
    server = serving(says(b"\x00\x01garbage\r\n\r\n"))
    with Client(KEY, base_url=server.url, retries=0) as client, pytest.raises(TransportError) as caught:
        client.render(DOC)
    assert "connection broke" in str(caught.value)


def test_nobody_there_says_so() -> None:
    """A refused connection names what to check."""
    free = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{free.getsockname()[1]}"
    free.close()
    with (
        Client(KEY, base_url=url, retries=0) as client,
        pytest.raises(TransportError, match="cannot be reached"),
    ):
        client.render(DOC)
    lost = Client(KEY, base_url="http://no-such-host.example", retries=0)
    with lost, pytest.raises(TransportError, match="looked up"):
        lost.render(DOC)


def test_gzip_is_undone_though_not_asked_for(serving: Any) -> None:
    """A proxy that compresses all the same is understood; a bomb is given up."""
    import gzip

    body = gzip.compress(json.dumps({"job_id": "j"}).encode())
    server = serving(says(answer(body, "202 Accepted", "Content-Encoding: gzip")))
    with Client(KEY, base_url=server.url) as client:
        assert client.render(DOC).id == "j"
    bomb = gzip.compress(b" " * (40 << 20))
    server = serving(says(answer(bomb, "200 OK", "Content-Encoding: gzip")))
    with Client(KEY, base_url=server.url) as client, pytest.raises(ReplyError, match="too large"):
        client.render(DOC)


def test_a_redirect_gets_no_key(serving: Any) -> None:
    """Another host never sees a request when the service redirects."""
    other = serving(says(QUEUED))
    server = serving(says(answer(b"", "307 Temporary Redirect", f"Location: {other.url}/v1/videos/render")))
    with Client(KEY, base_url=server.url) as client, pytest.raises(ReplyError, match="redirect"):
        client.render(DOC)
    assert other.heads == []


def test_fifty_calls_go_at_once(serving: Any) -> None:
    """Fifty calls that the service answers after 200 ms are in flight together."""
    together, most = 0, 0
    count = threading.Lock()

    def talk(_: Server, peer: socket.socket, __: bytes, ___: bytes) -> None:
        nonlocal together, most
        with count:
            together += 1
            most = max(most, together)
        time.sleep(0.2)
        with count:
            together -= 1
        peer.sendall(QUEUED)

    server = serving(talk)

    async def calls() -> list[Any]:
        async with AsyncClient(KEY, base_url=server.url) as client:
            return await asyncio.gather(*(client.render(DOC) for _ in range(50)))

    assert len({job.idempotency_key for job in asyncio.run(calls())}) == 50
    assert most == 50


def test_any_number_of_calls_may_be_made_at_once(serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls beyond what the pools take wait for their turn: all are answered, on so many connections."""
    monkeypatch.setattr("reelforge_dsl.client._anetwork._MOST_POOLS", 4)
    server = serving(says(QUEUED))

    async def calls() -> list[Any]:
        async with AsyncClient(KEY, base_url=server.url) as client:
            return await asyncio.gather(*(client.render(DOC) for _ in range(400)))

    assert len({job.idempotency_key for job in asyncio.run(calls())}) == 400
    assert server.connections <= 40


def test_an_async_client_serves_a_second_loop(serving: Any) -> None:
    """A client that is closed in no loop works in the next one, with connections of its own."""
    server = serving(says(answer(b'{"job_id": "j"}', "202 Accepted", "Connection: close")))
    client = AsyncClient(KEY, base_url=server.url)

    async def call() -> str:
        return (await client.render(DOC)).id

    assert [asyncio.run(call()), asyncio.run(call())] == ["j", "j"]
    gc.collect()


def test_a_cancelled_call_leaves_the_client_usable(serving: Any) -> None:
    """Cancelling a task frees its connection."""

    def talk(server: Server, peer: socket.socket, _: bytes, __: bytes) -> None:
        if len(server.heads) > 1:
            peer.sendall(QUEUED)

    server = serving(talk)

    async def calls() -> str:
        async with AsyncClient(KEY, base_url=server.url) as client:
            task = asyncio.create_task(client.render(DOC))
            while not server.heads:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await client.render(DOC)).id

    assert asyncio.run(calls()) == "j"


def test_threads_share_a_client(serving: Any) -> None:
    """Calls of many threads do not mix their answers."""

    def talk(_: Server, peer: socket.socket, __: bytes, body: bytes) -> None:
        peer.sendall(answer(json.dumps({"job_id": json.loads(body)["n"]}).encode()))

    server = serving(talk)
    with Client(KEY, base_url=server.url) as client, ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda n: client.render({"n": f"job-{n}"}).id, range(100)))
    assert jobs == [f"job-{n}" for n in range(100)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_does_not_share_connections(serving: Any) -> None:
    """After a fork parent and child each have their own connections."""
    server = serving(says(QUEUED))
    with Client(KEY, base_url=server.url) as client:
        client.render(DOC)
        child = os.fork()
        if child == 0:
            os._exit(0 if client.render(DOC).id == "j" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        client.render(DOC)
    assert server.connections == 2


def test_a_proxy_of_the_environment_is_used(serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``HTTP_PROXY`` carries the calls, ``NO_PROXY`` takes hosts out; its login is no secret lost."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    proxy = serving(says(QUEUED))
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:pass@"))
    with Client(KEY, base_url="http://service.example") as client:
        client.render(DOC)
    assert proxy.heads[0].startswith(b"POST http://service.example/v1/videos/render HTTP/1.1")
    assert b"Basic bWU6cGFzcw==" in proxy.heads[0]

    async def call() -> None:
        async with AsyncClient(KEY, base_url="http://service.example") as client:
            await client.render(DOC)

    asyncio.run(call())
    assert len(proxy.heads) == 2
    direct = serving(says(QUEUED))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Client(KEY, base_url=direct.url) as client:
        client.render(DOC)
    monkeypatch.setenv("no_proxy", direct.url.removeprefix("http://"))  # a host with its port
    with Client(KEY, base_url=direct.url) as client:
        client.render(DOC)
    assert (len(proxy.heads), len(direct.heads)) == (2, 2)


@pytest.mark.parametrize(
    "named",
    ["http://127.0.0.1:99999", "ftp://me:pa55word@127.0.0.1:9", "http://", "http://[::1", "http://h:x"],
)
def test_a_proxy_that_is_none_is_told(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment calls a proxy and is none ends a call with its variable, without the login."""
    monkeypatch.setenv("http_proxy", named)
    with Client(KEY, base_url="http://service.example") as client:
        with pytest.raises(TransportError, match="HTTP_PROXY") as caught:
            client.render(DOC)
        assert "pa55word" not in str(caught.value)

    async def call() -> None:
        async with AsyncClient(KEY, base_url="http://service.example") as client:
            await client.render(DOC)

    with pytest.raises(TransportError, match="HTTP_PROXY"):
        asyncio.run(call())


def test_a_socks_proxy_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOCKS proxy of the environment says which package is missing."""
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "socksio", None)
    with (
        Client(KEY, base_url="http://service.example") as client,
        pytest.raises(MissingExtraError, match="pip install socksio"),
    ):
        client.render(DOC)


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ``SSL_CERT_FILE`` without certificates is named, before anything is sent."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(wrong))
    with (
        Client(KEY, base_url="https://127.0.0.1:9") as client,
        pytest.raises(TransportError, match=r"Nothing was sent: .*wrong\.pem.*\n.*SSL_CERT_FILE"),
    ):
        client.render(DOC)


FILM = bytes(range(256)) * 4000


def media(server: Server, peer: socket.socket, head: bytes, _: bytes) -> bool:
    """Serve the film with ranges, hanging up half-way the first time."""
    _, _, wish = head.partition(b"range: bytes=")
    start = int(wish.partition(b"-")[0] or 0)
    status = "206 Partial Content" if start else "200 OK"
    span = f"Content-Range: bytes {start}-{len(FILM) - 1}/{len(FILM)}"
    data = answer(FILM[start:], status, 'ETag: "a"', "Content-Type: video/mp4", span)
    peer.sendall(data[: len(data) // 2] if len(server.heads) == 1 else data)
    return False


def test_a_film_is_saved_over_a_cut(serving: Any, tmp_path: Path) -> None:
    """A download that is cut half-way goes on where it was, without the key, for both clients."""
    server = serving(media)
    state = RenderState(id="j", status="completed", output_url=f"{server.url}/film.mp4?sig=x")
    with Client(KEY, base_url="http://127.0.0.1:9") as client:
        RenderJob(client, state).save(tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == FILM
    assert len(server.heads) == 2
    assert not any(KEY.encode() in head for head in server.heads)
    again = serving(media)

    async def save() -> None:
        from reelforge_dsl.client import AsyncRenderJob

        async with AsyncClient(KEY, base_url="http://127.0.0.1:9") as client:
            other = RenderState(id="j", status="completed", output_url=f"{again.url}/film.mp4")
            await AsyncRenderJob(client, other).save(tmp_path / "b.mp4")

    asyncio.run(save())
    assert (tmp_path / "b.mp4").read_bytes() == FILM
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


def test_no_secret_reaches_any_logger(serving: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, our lines and those of the libraries below show neither key nor a link's query."""
    caplog.set_level(logging.DEBUG)
    server = serving(says(answer(b"{}", "500 Internal Server Error")))
    state = RenderState(id="j", status="completed", output_url=f"{server.url}/film.mp4?sig=s3cret")
    with Client(KEY, base_url=server.url, retries=0) as client:
        with pytest.raises(ServerError):
            client.render(DOC)
        with pytest.raises(ServerError):
            RenderJob(client, state).save("never.mp4", timeout=0.2)
    told = caplog.text
    assert "POST /v1/videos/render answered 500" in told
    assert KEY not in told
    assert "s3cret" not in told


def test_a_borrowed_client_works_over_sockets(serving: Any) -> None:
    """An httpx client of one's own carries the calls and stays open."""
    server = serving(says(QUEUED))
    with httpx.Client(trust_env=False) as http:
        with Client(KEY, base_url=server.url, http_client=http) as client:
            client.render(DOC)
        assert not http.is_closed
