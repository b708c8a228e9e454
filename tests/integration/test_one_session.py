"""One scripted session, told four times: by both clients, in this process and over a socket."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import re
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from reelforge_dsl import AsyncClient, Client, ReelforgeError, Timeline, local
from reelforge_dsl.client import Clock, Config, Secret
from reelforge_dsl.local import Fault

KEY = "k3y-of-the-session"
REEL = Timeline("9:16").video("https://example.com/walk.mp4", duration=4).text("Hi", start=0, duration=2)
SLIDES = {"audio_url": "https://example.com/a.mp3", "image_urls": ["https://example.com/1.jpg"] * 2}
FAULTS = (
    Fault("validate", at=3, status=503),
    Fault("render", at=1, kind="reset"),
    Fault("render", at=6, kind="truncated"),
    Fault("render", at=3, outcome="failed", code="caption_alignment_failed", message="No match."),
    Fault("read", at=3, status=503),
    Fault("download", at=2, kind="cut"),
    Fault("music", at=1, status=429, retry_after=7),
)
TRAVELLING = ("host", "connection")
"""The headers that belong to a connection, not to a call."""

T = TypeVar("T")


class Noting(local.Service):
    """The service, which also keeps what arrived with nothing hidden."""

    def __init__(self, base_url: str = "http://local.reelforge") -> None:
        super().__init__(renderer="instant", api_key=KEY, faults=FAULTS, base_url=base_url)
        self.noted: list[tuple[local.Request, int]] = []

    def answer(self, request: local.Request) -> local.Reply:
        reply = super().answer(request)
        self.noted.append((request, reply.status))
        return reply


@contextmanager
def over_loopback() -> Iterator[Noting]:
    """Serve the same function from a socket."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    service = Noting(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(service)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(service: local.Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = service.answer(local.Request(self.command, self.path, headers, body))
            if reply.broken == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = self.close_connection or reply.broken is not None

        do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the standard library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class Session:
    """The script. Its calls are awaited if they can be; what the user sees is written down."""

    def __init__(self, service: Noting, time: local.Clock, folder: Path) -> None:
        self.service = service
        self.time = time
        self.folder = folder
        self.told: list[str] = []

    async def play(self, client: Any, stranger: Any) -> None:
        """Do everything once, with the right key and, at the end, with a wrong one."""
        await self.documents(client)
        job = await self.film(client)
        await self.keys(client, job)
        await self.failures(client)
        await self.music(client)
        await self.others(client)
        await self.tell("wrong key", lambda: stranger.render(REEL))
        await self.tell("wrong key, look", lambda: stranger.job(job.id))

    async def documents(self, client: Any) -> None:
        good, bad = REEL.to_dict(), REEL.to_dict() | {"version": "v2"}
        await self.tell("validate", lambda: client.validate(REEL))
        await self.tell("validate bad", lambda: client.validate(bad))
        await self.tell("validate after 503", lambda: client.validate(good))
        await self.tell(
            "render bad",
            lambda: client.render(Timeline().image("https://example.com/a.png", start=9).total_duration(4)),
        )

    async def film(self, client: Any) -> Any:
        seen: list[str] = []
        job = await self.tell("render over a reset", lambda: client.render(REEL.metadata({"n": 1})))
        await self.tell("wait", lambda: job.wait(on_progress=lambda now: seen.append(now.status)))
        self.told.append(f"progress: {seen}")
        await self.tell("save", lambda: job.save(self.folder / "film.mp4"))
        await self.tell("save over a cut", lambda: job.save(self.folder / "film.mp4"))
        self.told.append(f"files: {[(p.name, digest(p)) for p in sorted(self.folder.iterdir())]}")
        return job

    async def keys(self, client: Any, job: Any) -> None:
        one = {"idempotency_key": "film-1"}
        await self.tell("first with the key", lambda: client.render(REEL, **one))
        await self.tell("same key again", lambda: client.render(REEL, **one))
        await self.tell("other body", lambda: client.render(REEL.total_duration(3), **one))
        await self.tell("joined", lambda: client.job(job.id))

    async def failures(self, client: Any) -> None:
        job = await self.tell("render over half an answer", lambda: client.render(REEL))
        await self.tell("wait for a failure", lambda: job.wait())
        await self.tell("save of a failure", lambda: job.save(self.folder / "none.mp4"))
        slow = await self.tell("render", lambda: client.render(REEL))
        await self.tell("no time", lambda: slow.wait(timeout=0.5))
        await self.tell("unknown job", lambda: client.job("no-such-job"))
        await self.tell("unknown music", lambda: client.music_job(job.id))

    async def music(self, client: Any) -> None:
        job = await self.tell("music after 429", lambda: client.music("warm lo-fi, slow build"))
        await self.tell("wait for music", lambda: job.wait())
        await self.tell("save music", lambda: job.save(self.folder / "beat.wav"))
        await self.tell("film with it", lambda: client.render(REEL.music(job.tracks[0], volume=0.2)))
        await self.tell("custom music", lambda: client.music(style="ambient", title="Night"))

    async def others(self, client: Any) -> None:
        hook = {"webhook_url": "https://example.com/hook", "webhook_secret": "s3cret", "metadata": {"a": "b"}}
        recipe = await self.tell("recipe", lambda: client.recipe("photo_slideshow", "clean", SLIDES, **hook))
        await self.tell("wait for the recipe", lambda: recipe.wait(poll=2))
        await self.tell("recipe without variables", lambda: client.recipe("photo_slideshow", "clean", {}))
        await self.tell("request", lambda: client.request("GET", f"/v1/jobs/{recipe.id}"))
        await self.tell("request, nothing there", lambda: client.request("POST", "/v1/balance", {"a": 1}))

    async def tell(self, name: str, call: Callable[[], Any]) -> Any:
        """Write down what a call comes to, and the moment."""
        result: Any = None
        try:
            result = call()
            if inspect.isawaitable(result):
                result = await result
            said = seen_as(result)
        except ReelforgeError as exc:
            said = f"{type(exc).__name__}: {exc} {sorted(evidence(exc))}"
        self.told.append(f"{name} @{self.time.now():.3f}: {said}")
        return result

    def transcript(self) -> list[str]:
        """Return every request and every outcome, with what is random named by its order."""
        asked = [
            f"{status} {sent.method} {sent.path} {sorted(travelled(sent))} {sent.body.decode()}"
            for sent, status in self.service.noted
        ]
        text = "\n".join([*asked, *self.told]).replace(self.service.base_url, "http://SERVICE")
        text = text.replace(self.service.base_url.partition("//")[2], "SERVICE").replace("Async", "")
        return by_order(text.replace(str(self.folder), "FOLDER")).splitlines()


def travelled(sent: local.Request) -> Iterable[tuple[str, str]]:
    return [(name, value) for name, value in sent.headers.items() if name not in TRAVELLING]


def evidence(exc: ReelforgeError) -> Iterable[tuple[str, str]]:
    """Return what an error knows, but for its words."""
    return [(name, seen_as(value)) for name, value in vars(exc).items() if name != "fix"]


def seen_as(value: Any) -> str:
    """Return what a user can see of a result."""
    if hasattr(value, "state"):
        return f"{value!r} {json.dumps(value.raw, sort_keys=True)} {value.idempotency_key} {value.state!r}"
    return repr(value)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def by_order(text: str) -> str:
    """Name ids, keys, request ids and files by the order in which they appear."""
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        return names.setdefault(found[0], f"{kind}-{1 + sum(n.startswith(kind) for n in names.values())}")

    uuid = r"(?P<ID>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    file, tag = r"(?P<FILE>[\w-]{43}(?=\.(?:mp4|wav)))", r'(?P<TAG>"[0-9a-f]{64}")'
    return re.sub(rf"{uuid}|(?P<REQ>req_[0-9a-f]{{16}})|{file}|{tag}", named, text)


def played(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing, as a plain function would run."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


def config(service: local.Service, key: str = KEY) -> Config:
    return Config(Secret(key), service.base_url, takes_files=True)


def clock(time: local.VirtualClock, *, awaited: bool) -> Clock:
    return Clock(now=time.now, sleep=time.sleep_async if awaited else time.sleep, dice=lambda: 1.0)


def client_in_process(folder: Path) -> list[str]:
    service = Noting()
    session = Session(service, service.clock, folder)
    wrong = httpx.Client(transport=local.Transport(service))
    time = local.VirtualClock()
    with (
        local.client(service=service) as client,
        Client.over(
            config(service, "wrong"), http_client=wrong, clock=clock(time, awaited=False), closes=True
        ) as stranger,
    ):
        played(session.play(client, stranger))
    return session.transcript()


def client_over_loopback(folder: Path) -> list[str]:
    time = local.VirtualClock()
    with over_loopback() as service:
        session = Session(service, time, folder)
        passing = clock(time, awaited=False)
        with (
            Client.over(config(service), clock=passing) as client,
            Client.over(config(service, "wrong"), clock=passing) as stranger,
        ):
            played(session.play(client, stranger))
    return session.transcript()


@asynccontextmanager
async def async_pair(
    service: Noting, time: local.VirtualClock, *, http: bool
) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    passing = clock(time, awaited=True)
    wrong = None if http else httpx.AsyncClient(transport=local.AsyncTransport(service))
    right = AsyncClient.over(config(service), clock=passing) if http else local.async_client(service=service)
    strange = AsyncClient.over(config(service, "wrong"), http_client=wrong, clock=passing, closes=not http)
    async with right as client, strange as stranger:
        yield client, stranger


def async_client_in_process(folder: Path) -> list[str]:
    service = Noting()
    session = Session(service, service.clock, folder)

    async def play() -> None:
        async with async_pair(service, local.VirtualClock(), http=False) as (client, stranger):
            await session.play(client, stranger)

    asyncio.run(play())
    return session.transcript()


def async_client_over_loopback(folder: Path) -> list[str]:
    time = local.VirtualClock()
    with over_loopback() as service:
        session = Session(service, time, folder)

        async def play() -> None:
            async with async_pair(service, time, http=True) as (client, stranger):
                await session.play(client, stranger)

        asyncio.run(play())
    return session.transcript()


WAYS = (client_in_process, client_over_loopback, async_client_in_process, async_client_over_loopback)


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The session, told four times."""
    return {way.__name__: way(tmp_path_factory.mktemp(way.__name__)) for way in WAYS}


@pytest.mark.parametrize("way", [way.__name__ for way in WAYS[1:]])
def test_the_session_is_the_same(transcripts: dict[str, list[str]], way: str) -> None:
    """Requests and outcomes are, line for line, those of the plain client in this process."""
    assert transcripts[way] == transcripts["client_in_process"]


def test_the_session_went_as_scripted(transcripts: dict[str, list[str]]) -> None:
    """Every part of the script happened: the faults, the conflict, the failure, the wrong key."""
    told = "\n".join(transcripts["client_in_process"])
    statuses = re.findall(r"^(\d+) (?:GET|POST)", told, re.MULTILINE)
    assert {"200", "202", "206", "401", "404", "409", "429", "503"} <= set(statuses)
    for words in (
        "progress: ['queued', 'rendering', 'completed']",
        "ConflictError",
        "caption_alignment_failed",
        "JobTimeoutError",
        "NotFoundError",
        "AuthenticationError",
        "ManifestInvalidError",
        "unknown_version",
    ):
        assert words in told
