"""The service under an ASGI server: bodies bounded as they are read, threads, files streamed.

Plain ASGI, without a framework: the service itself knows its addresses, so there is nothing to route.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from reelforge_dsl.local import _replies
from reelforge_dsl.local._exchange import FileSlice, Reply, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 16
"""Answers that are made at once; the others wait their turn."""

MOST_REQUESTS = 400
"""Requests that are under way at once, downloads not counted; more are answered 503."""

MOST_HELD_BYTES = 128 << 20
"""Bytes of bodies that are held at once, over all requests; more are answered 503."""

SILENCE = 60.0
"""Wall seconds that a caller may pause within a body."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")
_ORIGIN = re.compile(r"https?://(.+)")
_log = logging.getLogger("reelforge_dsl.local")


class Answering(Protocol):
    """What the app is a shell of: `reelforge_dsl.local.Service`."""

    def answer(self, request: Request) -> Reply:
        """Return the answer to a request; called from many threads."""


def names_of(host: str, base_url: str = "") -> frozenset[str]:
    """Return what callers may call a service at a loopback address.

    Args:
        host: Where it listens; its name and loopback's.
        base_url: As callers reach it, past a proxy; the name in it.
    """
    own = f"[{host}]" if ":" in host else host
    outside = _ORIGIN.fullmatch(base_url.lower().rstrip("/"))
    named = _HOST.fullmatch(outside[1]) if outside is not None else None
    return _LOOPBACK | {own.lower()} | ({named[1]} if named is not None else frozenset())


class App:
    """An ASGI application over a service.

    Args:
        service: What answers.
        max_body_bytes: Longer bodies are answered 413, and not read to their end.
        names: The hosts that requests may name, without port; ``None``: any. A web page that had its
            own name lead to this machine would name another, and a page of another host says so in
            ``origin``: both are refused.

    Source: decision D1; the bounds are ours.
    """

    def __init__(
        self, service: Answering, *, max_body_bytes: int = 16 << 20, names: frozenset[str] | None = None
    ) -> None:
        self._service = service
        self._longest = max_body_bytes
        self._names = names
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reelforge-answer")
        self._requests = 0
        self._held = 0

    def close(self) -> None:
        """Let the threads go; answers under way are finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ValueError: It is none: the service speaks HTTP only.
        """
        if scope["type"] != "http":
            raise ValueError(f"the service speaks http, not {scope['type']}")
        headers = _headers(scope["headers"])
        reply = self._turned_away(headers)
        if reply is None:
            self._requests += 1
            try:
                reply = await self._answered(scope, headers, receive)
            finally:
                self._requests -= 1
        if reply is not None:
            await self._sent(reply, receive, send)

    def _turned_away(self, headers: dict[str, str]) -> Reply | None:
        """Return the answer to who should not ask, or not now."""
        if self._names is not None:
            host, origin = headers.get("host", ""), headers.get("origin")
            if not _is_named(host, self._names):
                said = f"this service is not {host[:80]!r}; ask for localhost or 127.0.0.1"
                return _replies.failure(421, code="host_not_allowed", message=said)
            found = _ORIGIN.fullmatch(origin.lower()) if origin is not None else None
            if origin is not None and (found is None or not _is_named(found[1], self._names)):
                said = "web pages of other hosts may not call this service"
                return _replies.failure(403, code="origin_not_allowed", message=said)
        if self._requests >= MOST_REQUESTS:
            return _busy()
        return None

    async def _answered(
        self, scope: MutableMapping[str, Any], headers: dict[str, str], receive: Receive
    ) -> Reply | None:
        """Return the answer, or ``None`` for a caller who is gone."""
        body = bytearray()
        try:
            refused = await self._read(headers, receive, body)
            if refused is not None:
                return refused
            request = Request(scope["method"].upper(), scope["path"], headers, bytes(body))
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._service.answer, request)
        except _GoneError:
            return None
        finally:
            self._held -= len(body)

    async def _read(self, headers: dict[str, str], receive: Receive, body: bytearray) -> Reply | None:
        """Collect the body; return the answer to one that is not taken."""
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._longest:
            return self._too_long()
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    message = await receive()
            except TimeoutError:
                return _replies.failure(408, headers={"connection": "close"})
            if message["type"] == "http.disconnect":
                raise _GoneError
            piece = message.get("body", b"")
            if len(body) + len(piece) > self._longest:
                return self._too_long()
            if self._held + len(piece) > MOST_HELD_BYTES:
                return _busy()
            self._held += len(piece)
            body += piece
            if not message.get("more_body", False):
                return None

    def _too_long(self) -> Reply:
        return _replies.failure(413, message=f"the body is longer than {self._longest} bytes")

    async def _sent(self, reply: Reply, receive: Receive, send: Send) -> None:
        body = reply.body
        if not isinstance(body, FileSlice) or len(body) == 0:
            await send(_start(reply))
            await send({"type": "http.response.body", "body": b"" if isinstance(body, FileSlice) else body})
            return
        chunks: Any = body.chunks()
        try:
            try:
                first = await self._next(chunks)
            except OSError as exc:
                _log.warning("an output cannot be read: %s", exc.strerror or type(exc).__name__)
                await self._sent(_replies.failure(404), receive, send)
                return
            await send(_start(reply))
            await self._streamed(first, chunks, receive, send)
        finally:
            chunks.close()

    async def _streamed(self, first: bytes, chunks: Any, receive: Receive, send: Send) -> None:
        """Send a file piece by piece, as fast as it is taken, and stop when the caller is gone."""
        gone = asyncio.ensure_future(receive())
        chunk = first
        try:
            while chunk and not gone.done():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await self._next(chunks)
            if not chunk:
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _next(self, chunks: Any) -> bytes:
        """Read the next piece in a thread, to its end: a generator cannot be closed while it runs."""
        reading = asyncio.get_running_loop().run_in_executor(self._threads, next, chunks, b"")
        try:
            chunk: bytes = await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait([reading])
            raise
        return chunk


class _GoneError(Exception):
    """The caller left before the body was here."""


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by lower-case name; one that stands twice is joined, as HTTP has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _is_named(host: str, names: frozenset[str]) -> bool:
    found = _HOST.fullmatch(host.strip().lower())
    return found is not None and found[1] in names


def _busy() -> Reply:
    said = "the service is busy with other requests; try again in a moment"
    return _replies.failure(503, message=said, headers={"retry-after": "1"})


def _start(reply: Reply) -> Message:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"x-content-type-options", b"nosniff"))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}
