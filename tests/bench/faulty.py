"""A service on loopback that breaks in a named way, and remembers what arrived: HTTP by hand."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from email.utils import formatdate
from typing import Any, Self

Headers = dict[str, str]


class Arrived:
    """One request as it came in.

    Attributes:
        method: In capitals.
        path: With its query.
        headers: By lower-case name.
        body: All of it.
    """

    def __init__(self, method: str, path: str, headers: Headers, body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def call(self) -> str:
        """Which call of the contract it is."""
        if self.method == "GET":
            return "read"
        return {"validate": "validate", "render": "render", "generate": "music"}.get(
            self.path.rsplit("/", 1)[-1], "other"
        )


class Service:
    """One service, for one call under test.

    Attributes:
        target: Whether a request is one that the script is for.
        script: What happens to the target's requests in turn; then everything goes well.
        forever: The last entry of the script stays.
        arrived: Every request that was read.
        jobs: The jobs made, by their key; one without a key makes a job each time.
        strangers: Requests at the address that redirects point to.
    """

    def __init__(self, script: list[str], *, forever: bool, target: str) -> None:
        self.script, self.forever, self.target = list(script), forever, target
        self.arrived: list[Arrived] = []
        self.jobs: dict[str, str] = {}
        self.strangers = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._stranger: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[Any]] = set()
        self._over = asyncio.Event()

    async def start(self) -> None:
        """Listen, unless the script begins with a refusal."""
        self._stranger = await asyncio.start_server(self._met_stranger, "127.0.0.1", 0)
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.port = held.getsockname()[1]
        if self.script[:1] != ["refused"]:
            await self._listen()
        elif not self.forever:
            self.script.pop(0)
            asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(self._listen()))

    async def stop(self) -> None:
        """Close every socket."""
        for server in (self._server, self._stranger):
            if server is not None:
                server.close()
        self._over.set()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def silence(self, seconds: float = 30) -> None:
        """Say nothing, until the test is over."""
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _met_stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.strangers += 1
        writer.close()

    def _next(self) -> str:
        if not self.script:
            return "good"
        return self.script[0] if self.forever and len(self.script) == 1 else self.script.pop(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            if self.target == "any" and self.script[:1] and self.script[0] in AT_ACCEPT:
                await AT_ACCEPT[self._next()](self, writer)
                return
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (item.partition(":") for item in rest)}
                method, path, _ = line.split(" ", 2)
                early = Arrived(method, path, headers, b"")
                is_target = self.target in ("any", early.call)
                if is_target and self.script[:1] == ["reset in the request"]:
                    self._next()
                    _reset(writer)
                    return
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                request = Arrived(method, path, headers, body)
                self.arrived.append(request)
                kind = self._next() if is_target else "good"
                if not await KINDS[kind](self, request, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            self._open.discard(writer)
            self._serving.discard(task)
            writer.close()

    def made(self, request: Arrived) -> str:
        """Make the job of a request, once for each key, and return its id."""
        key = request.headers.get("idempotency-key") or f"without-{len(self.jobs)}"
        return self.jobs.setdefault(key, f"job_{len(self.jobs) + 1}")

    def answer(self, request: Arrived) -> bytes:
        """Return the body that the contract gives; jobs are made here."""
        value: Any
        if request.call == "validate":
            verdict: dict[str, Any] = {"valid": True, "errors": [], "warnings": []}
            verdict |= {"estimated_duration_seconds": 5, "estimated_credit_cost": None}
            value = {"success": True, "data": verdict, "request_id": "req_1"}
        elif request.call == "read":
            name = request.path.rsplit("/", 1)[-1]
            if "music" in request.path:
                tracks = [
                    {
                        "id": f"t{at}",
                        "audio_url": f"https://example.com/{at}.mp3",
                        "title": "A",
                        "duration": 61,
                    }
                    for at in ("t1", "t2")
                ]
                data = {"id": name, "status": "completed", "credit_cost": 20, "tracks": tracks}
                value = {"success": True, "data": data, "request_id": "req_1"}
            else:
                done = {"status": "completed", "output_url": "https://example.com/out.mp4"}
                value = {"success": True, "job_id": name, "request_id": "req_1", **done}
        elif request.call == "music":
            job = {"job_id": self.made(request), "billing_policy": "charge_on_success", "credit_cost": 20}
            value = {"success": True, "data": job, "request_id": "req_1"}
        else:
            value = {"success": True, "job_id": self.made(request), "request_id": "req_1"}
        return json.dumps(value).encode()

    def digests(self) -> set[tuple[str | None, str]]:
        """Return key and body of the target's requests, each pair once."""
        return {
            (one.headers.get("idempotency-key"), hashlib.sha256(one.body).hexdigest())
            for one in self.arrived
            if one.method == "POST" and self.target in ("any", one.call)
        }


Kind = Callable[[Service, Arrived, asyncio.StreamWriter], Awaitable[bool]]


def _reset(writer: asyncio.StreamWriter) -> None:
    if writer.transport.is_closing():
        return
    held = writer.get_extra_info("socket")
    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def head(status: int | str, body: bytes, **headers: str) -> bytes:
    """Return the head of an answer; a header given as ``""`` is left out."""
    told = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\r\n" for name, value in told.items() if value]
    return f"HTTP/1.1 {status}{' X' if isinstance(status, int) else ''}\r\n{''.join(lines)}\r\n".encode()


def _whole(request: Arrived) -> int:
    return 200 if request.call in ("validate", "read") else 202


async def _good(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    body = service.answer(request)
    writer.write(head(_whole(request), body) + body)
    await writer.drain()
    return True


def _says(status: int, body: bytes = b"", **headers: str) -> Kind:
    """Answer a status without doing anything."""

    async def act(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        told = {name: value.replace("{stranger}", _stranger(service)) for name, value in headers.items()}
        writer.write(head(status, body, **told) + body)
        await writer.drain()
        return True

    return act


def _stranger(service: Service) -> str:
    assert service._stranger is not None
    return f"127.0.0.1:{service._stranger.sockets[0].getsockname()[1]}"


def _error(status: int, code: str, **headers: str) -> Kind:
    told = {"success": False, "error": {"code": code, "message": "no", "details": []}, "request_id": "req_9"}
    return _says(status, json.dumps(told).encode(), **headers)


def _cut(after: Callable[[bytes, bytes], bytes], *, ends: str) -> Kind:
    """Do the work, send a part of the answer, and end the connection: ``reset``, ``close`` or ``stall``."""

    async def act(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        body = service.answer(request)
        sent = after(head(_whole(request), body), body)
        writer.write(sent)
        if sent:
            await writer.drain()
            await asyncio.sleep(0.02)
        if ends == "stall":
            await service.silence()
        if ends == "reset":
            _reset(writer)
        return False

    return act


def _unheard(ends: str) -> Kind:
    """Read the request and do nothing with it."""

    async def act(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        if ends == "stall":
            await service.silence()
        if ends == "reset":
            _reset(writer)
        return False

    return act


def _drip(part: Callable[[bytes, bytes], tuple[bytes, bytes]]) -> Kind:
    """Do the work, and send the answer a byte at a time, for ever."""

    async def act(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        body = service.answer(request)
        first, slow = part(head(_whole(request), body, Content_Length=str(len(body) + 10_000)), body)
        writer.write(first)
        for byte in slow + b" " * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await service.silence(0.05)
        return False

    return act


def _instead(make: Callable[[bytes], bytes], **headers: str) -> Kind:
    """Do the work, and answer something else, whole."""

    async def act(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        body = make(service.answer(request))
        writer.write(head(_whole(request), body, **headers) + body)
        await writer.drain()
        return True

    return act


async def _twice(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    body = service.answer(request)
    other = body.replace(b"job_", b"job_9")
    writer.write(head(_whole(request), body) + body + head(_whole(request), other) + other)
    await writer.drain()
    return True


async def _chunks_cut(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    body = service.answer(request)
    writer.write(head(_whole(request), body, Content_Length="", Transfer_Encoding="chunked"))
    writer.write(f"{len(body):x}\r\n".encode() + body[:10])
    await writer.drain()
    return False


async def _endless(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    service.answer(request)
    writer.write(head(_whole(request), b"", Content_Length=str(1 << 31)))
    for _ in range(1 << 11):
        writer.write(b" " * (1 << 16))
        await writer.drain()
    return False


async def _hints(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    return await _good(service, request, writer)


async def _old(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    body = service.answer(request)
    writer.write(f"HTTP/1.0 {_whole(request)} OK\r\n\r\n".encode() + body)
    await writer.drain()
    return False


async def _good_then_gone(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    await _good(service, request, writer)
    return False


async def _noise(service: Service, request: Arrived, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"\x00\xffnot http at all\r\n\r\n")
    await writer.drain()
    return False


async def _stall_at_accept(service: Service, writer: asyncio.StreamWriter) -> None:
    await service.silence()


async def _reset_at_accept(service: Service, writer: asyncio.StreamWriter) -> None:
    _reset(writer)


AT_ACCEPT: dict[str, Callable[[Service, asyncio.StreamWriter], Coroutine[Any, Any, None]]] = {
    "reset at once": _reset_at_accept,
    "stall at once": _stall_at_accept,
}

KINDS: dict[str, Kind] = {
    "good": _good,
    # Nothing is done.
    "refused": _good,
    "reset at once": _good,
    "stall at once": _good,
    "reset in the request": _good,
    "reset after the request": _unheard("reset"),
    "closed after the request": _unheard("close"),
    "stall after the request": _unheard("stall"),
    "noise instead of HTTP": _noise,
    "408": _error(408, "timeout"),
    "429": _error(429, "rate_limited"),
    "429, Retry-After 0.2": _error(429, "rate_limited", Retry_After="0.2"),
    "429, Retry-After a date": _error(429, "rate_limited", Retry_After=formatdate(0, usegmt=True)),
    "429, Retry-After 3600": _error(429, "rate_limited", Retry_After="3600"),
    "500": _error(500, "internal"),
    "502, HTML": _says(502, b"<html><h1>Bad Gateway</h1></html>", Content_Type="text/html"),
    "503, Retry-After 0.2": _error(503, "unavailable", Retry_After="0.2"),
    "503, Retry-After nonsense": _error(503, "unavailable", Retry_After="soon"),
    "504, empty": _says(504),
    "400, HTML": _says(400, b"<p>no</p>", Content_Type="text/html"),
    "401": _error(401, "unauthorized"),
    "402": _error(402, "out_of_credits"),
    "403": _error(403, "forbidden"),
    "404": _error(404, "not_found"),
    "409": _error(409, "idempotency_conflict"),
    "413, empty": _says(413),
    "422": _error(422, "invalid_document"),
    "422, a list": _says(422, b"[1, 2]"),
    "302 elsewhere": _says(302, Location="http://{stranger}/v1/videos/render"),
    "307 elsewhere": _says(307, Location="http://{stranger}/v1/videos/render"),
    # The work is done, and the answer does not come.
    "done, reset": _cut(lambda head, body: b"", ends="reset"),
    "done, reset in the head": _cut(lambda head, body: head[:20], ends="reset"),
    "done, reset in the body": _cut(lambda head, body: head + body[:10], ends="reset"),
    "done, body cut short": _cut(lambda head, body: head + body[:10], ends="close"),
    "done, chunks cut short": _chunks_cut,
    "done, stall": _cut(lambda head, body: b"", ends="stall"),
    "done, stall in the head": _cut(lambda head, body: head[:20], ends="stall"),
    "done, stall in the body": _cut(lambda head, body: head + body[:10], ends="stall"),
    "done, head dripping": _drip(lambda head, body: (b"", head)),
    "done, body dripping": _drip(lambda head, body: (head, body)),
    # The work is done, and the answer is not the contract's.
    "done, JSON cut off": _instead(lambda body: body[:-5]),
    "done, HTML": _instead(lambda body: b"<html>ok</html>", Content_Type="text/html"),
    "done, empty": _instead(lambda body: b""),
    "done, a list": _instead(lambda body: b"[]"),
    "done, other keys": _instead(lambda body: b'{"success": true, "jobId": 5}'),
    "done, numbers for ids": _instead(
        lambda body: body.replace(b'"job_1"', b"1").replace(b'"status"', b'"s"')
    ),
    "done, not UTF-8": _instead(lambda body: b"\xff\xfe" + body),
    "done, not gzip": _instead(lambda body: body, Content_Encoding="gzip"),
    "done, gzip": _instead(gzip.compress, Content_Encoding="gzip"),
    "done, nested without end": _instead(lambda body: b"[" * 100_000),
    "done, NaN": _instead(lambda body: b'{"success": true, "status": NaN}'),
    "done, endless": _endless,
    "done, answered twice": _twice,
    "done, another id": _instead(lambda body: body.replace(b"job_1", b"job_7")),
    "done, early hints": _hints,
    "done, HTTP/1.0": _old,
    "done, then closed": _good_then_gone,
}
"""Every way to break, by its name."""


class Loop:
    """An event loop in a thread of its own, for the services."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
