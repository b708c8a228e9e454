"""Calls over our own connections, for asyncio: several small pools, since one large one is slow."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterable
from typing import Any

import httpcore
from attrs import define, field

from reelforge_dsl.client._calls import Failure, Reply, Send
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._intake import CONNECT_SECONDS, Intake
from reelforge_dsl.client._network import (
    IDLE_SECONDS,
    NETWORK_ERRORS,
    _with_socks,
    failure,
    place_of,
    proxy_for,
    request_of,
    tls_context,
)

_CALLS_A_POOL = 10
_MOST_POOLS = 50
_WRITE_BYTES = 1 << 20


@define
class _Pool:
    """Connections, and the calls in flight on them."""

    inner: Any
    calls: int = 0


@define
class _Place:
    """The pools to one host, made as they are needed.

    Attributes:
        make: Makes one.
        pools: Those there are.
        gate: Lets in as many calls as all pools take; a pool's own queue costs its length at every call.
    """

    make: Any
    pools: list[_Pool] = field(factory=list)
    gate: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(_CALLS_A_POOL * _MOST_POOLS))

    def freest(self) -> _Pool:
        """Return the pool with the fewest calls in flight, a new one when all are busy."""
        best = min(self.pools, key=lambda pool: pool.calls, default=None)
        if best is None or best.calls >= _CALLS_A_POOL:
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
        place = self._place(step.call.url)
        try:
            async with asyncio.timeout(left), place.gate:
                pool = place.freest()
                pool.calls += 1
                try:
                    return await self._sent(pool.inner, step)
                finally:
                    pool.calls -= 1
        except TimeoutError:
            return Failure("timeout")
        except NETWORK_ERRORS as exc:
            return failure(exc)

    async def _sent(self, pool: Any, step: Send) -> Reply | Failure:
        intake = Intake(step.sink)
        limits = {"connect": CONNECT_SECONDS, "read": step.silence, "write": step.silence}
        response = await pool.handle_async_request(request_of(step.call, self._config, limits))
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
        key = place_of(url)
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
    limits: dict[str, Any] = {"max_connections": None, "max_keepalive_connections": _CALLS_A_POOL}
    common = {"ssl_context": tls, "keepalive_expiry": IDLE_SECONDS, **limits}
    if proxy is None:
        return lambda: httpcore.AsyncConnectionPool(**common)
    if proxy[0].startswith("socks"):
        make = lambda: httpcore.AsyncSOCKSProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common)  # noqa: E731
        return lambda: _with_socks(make)
    return lambda: httpcore.AsyncHTTPProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common)
