"""Calls over our own connections, for asyncio: several small pools, since one large one is slow."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterable
from typing import Any
from urllib.parse import urlsplit

import httpcore
from attrs import define, field

from reelforge_dsl.client._calls import Failure, Reply, Send
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._intake import CONNECT_SECONDS, Intake, head_of
from reelforge_dsl.client._network import (
    IDLE_SECONDS,
    NETWORK_ERRORS,
    _with_socks,
    failure,
    proxy_for,
    tls_context,
)

_CALLS_A_POOL = 10
_MOST_POOLS = 10
_WRITE_BYTES = 1 << 20


@define
class _Pool:
    """Connections, and the calls in flight on them."""

    inner: Any
    calls: int = 0


@define
class _Place:
    """The pools to one host, made as they are needed."""

    make: Any
    pools: list[_Pool] = field(factory=list)

    def freest(self) -> _Pool:
        """Return the pool with the fewest calls in flight, a new one when all are busy."""
        best = min(self.pools, key=lambda pool: pool.calls, default=None)
        if best is None or (best.calls >= _CALLS_A_POOL and len(self.pools) < _MOST_POOLS):
            best = _Pool(self.make())
            self.pools.append(best)
        return best


class AsyncNetwork:
    """Connections of one client; each event loop has its own."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loops: weakref.WeakKeyDictionary[Any, dict[tuple[str, str], _Place]]
        self._loops = weakref.WeakKeyDictionary()

    async def exchange(self, step: Send, left: float | None) -> Reply | Failure:
        """Send a call and take its answer within so many wall seconds."""
        pool = self._place(step.call.url).freest()
        pool.calls += 1
        try:
            async with asyncio.timeout(left):
                return await self._sent(pool.inner, step)
        except TimeoutError:
            return Failure("timeout")
        except NETWORK_ERRORS as exc:
            return failure(exc)
        finally:
            pool.calls -= 1

    async def _sent(self, pool: Any, step: Send) -> Reply | Failure:
        call, intake = step.call, Intake(step.sink)
        headers = [("host", urlsplit(call.url).netloc.rpartition("@")[2]), *head_of(call, self._config)]
        if call.body is not None:
            headers.append(("content-length", str(len(call.body))))
        limits = {"connect": CONNECT_SECONDS, "read": step.silence, "write": step.silence}
        request = httpcore.Request(
            call.method, call.url, headers=headers, content=call.body, extensions={"timeout": limits}
        )
        response = await pool.handle_async_request(request)
        try:
            if intake.begin(response.status, response.headers):
                await drained(response.stream, intake, is_file=step.sink is not None)
        finally:
            await response.aclose()
        return intake.reply()

    async def close(self) -> None:
        """Close the connections of this event loop."""
        for place in self._loops.pop(asyncio.get_running_loop(), {}).values():
            for pool in place.pools:
                await pool.inner.aclose()

    def _place(self, url: str) -> _Place:
        places = self._loops.setdefault(asyncio.get_running_loop(), {})
        parts = urlsplit(url)
        key = (parts.scheme, parts.hostname or "")
        place = places.get(key)
        if place is None:
            place = places[key] = _Place(_maker(*key))
        return place


async def drained(stream: AsyncIterable[bytes], intake: Intake, *, is_file: bool) -> None:
    """Feed an intake; what goes to a file is gathered, and written off the event loop."""
    if not is_file:
        async for chunk in stream:
            if not intake.take(chunk):
                return
        return
    held = bytearray()
    try:
        async for chunk in stream:
            held += chunk
            if len(held) >= _WRITE_BYTES:
                piece, held = bytes(held), bytearray()
                if not await asyncio.to_thread(intake.take, piece):
                    return
    finally:
        if held:
            intake.take(bytes(held))


def _maker(scheme: str, host: str) -> Any:
    tls = tls_context() if scheme == "https" else None
    proxy = proxy_for(scheme, host)
    limits: dict[str, Any] = {"max_connections": 100, "max_keepalive_connections": 20}
    common = {"ssl_context": tls, "keepalive_expiry": IDLE_SECONDS, **limits}
    if proxy is None:
        return lambda: httpcore.AsyncConnectionPool(**common)
    if proxy[0].startswith("socks"):
        make = lambda: httpcore.AsyncSOCKSProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common)  # noqa: E731
        return lambda: _with_socks(make)
    return lambda: httpcore.AsyncHTTPProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common)
