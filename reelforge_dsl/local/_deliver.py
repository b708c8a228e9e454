"""Events on their way to webhooks: signed, tried again for minutes, never to an address that is not allowed.

One thread with an event loop, nothing else: many receivers are told side by side, each try has a limit
in all, and closing breaks off at once. A delivery may come twice; it never changes the job.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from attrs import frozen

from reelforge_dsl.engine._fetch import Resolve, _login, _system_addresses, _tls, is_address, is_public
from reelforge_dsl.errors import ReelforgeError
from reelforge_dsl.local._events import Delivery
from reelforge_dsl.webhooks import SCHEME, sign

if TYPE_CHECKING:
    import httpx

PAUSES = (5.0, 30.0, 120.0, 300.0)
"""Wall seconds before the second, third … try of a delivery."""

SECONDS = 10.0
"""Wall seconds for one try in all, the look-up of the name included."""

MOST = 1000
"""Events that wait at once; a further one is left to the next start of the service."""

AT_ONCE = 8
"""Tries that are made side by side."""

OURS = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        SCHEME.header.lower(),
    }
)
"""Headers that a request cannot set for its deliveries: the connection's, the body's and the signature."""

Ending = Literal["delivered", "given_up"]
"""How a delivery ended: its receiver answered 2xx, or no further try will be made."""


class Settle(Protocol):
    """Takes note how a delivery ended, as `reelforge_dsl.local.Service.settle` does."""

    def __call__(self, delivery: Delivery, *, attempts: int, delivered: bool) -> None:
        """Keep it; a `ReelforgeError` means that it could not be kept."""


_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff\t]*[\x21-\x7e\x80-\xff])?")
_log = logging.getLogger("reelforge_dsl.local")


@frozen
class _Try:
    """What one try came to.

    Attributes:
        ending: How the delivery ended, ``None`` when another try may do.
        said: What happened, for the log; names neither secrets nor the address.
    """

    ending: Ending | None
    said: str


class Deliverer:
    """Takes deliveries over and brings them to their receivers.

    Args:
        allow_private: Also to this machine and to private networks.
        pauses: Wall seconds before each try but the first.
        seconds: Wall seconds for one try.
        most: Events that wait at once.
        sleep: Lets seconds pass between tries.
        wall: Seconds since 1970, for the signature.
        resolve: ``(host, port) -> addresses``.

    Source: contract §9, decision D15; times and bounds are ours.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        pauses: tuple[float, ...] = PAUSES,
        seconds: float = SECONDS,
        most: int = MOST,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        wall: Callable[[], float] = time.time,
        resolve: Resolve = _system_addresses,
    ) -> None:
        self._allow_private = allow_private
        self._pauses = pauses
        self._seconds = seconds
        self._most = most
        self._sleep = sleep
        self._wall = wall
        self._resolve = resolve
        self._lock = threading.Lock()
        self._early: list[Delivery] = []
        self._waiting = 0
        self._is_closed = False
        self._settle: Settle | None = None
        self._thread: threading.Thread | None = None
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pausing: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def take(self, delivery: Delivery) -> None:
        """Take a delivery over, from any thread; returns at once.

        What cannot be held is not settled, so that the next start of the service hands it over again.
        """
        with self._lock:
            if self._is_closed:
                return
            if self._waiting >= self._most:
                _log.warning("%s waits for the next start: %d others wait", _told(delivery), self._waiting)
                return
            self._waiting += 1
            if self._thread is None:
                self._early.append(delivery)
            else:
                self._loop.call_soon_threadsafe(self._begin, delivery)

    def start(self, settle: Settle) -> None:
        """Begin with what was taken so far.

        Args:
            settle: Told of every delivery that ended, from the thread of the deliverer.
        """
        with self._lock:
            self._settle = settle
            self._thread = threading.Thread(target=self._run, name="reelforge-webhooks", daemon=True)
            self._thread.start()
            for delivery in self._early:
                self._loop.call_soon_threadsafe(self._begin, delivery)
            self._early.clear()

    def close(self, grace: float = SECONDS) -> None:
        """Finish the tries under way, and let the rest be: it is not settled.

        Args:
            grace: Wall seconds for the tries under way.
        """
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            thread = self._thread
        if thread is None:
            self._loop.close()
            return
        asyncio.run_coroutine_threadsafe(self._wound_up(grace), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _begin(self, delivery: Delivery) -> None:
        task = self._loop.create_task(self._delivered(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wound_up(self, grace: float) -> None:
        for task in tuple(self._pausing):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _delivered(self, delivery: Delivery) -> None:
        """Try until it ends, or the service does."""
        try:
            attempts, ending = await self._ended(delivery)
        finally:
            with self._lock:
                self._waiting -= 1
        if ending is None or self._settle is None:
            return
        try:
            self._settle(delivery, attempts=attempts, delivered=ending == "delivered")
        except ReelforgeError as exc:
            _log.warning("%s is %s, which was not kept: %s", _told(delivery), ending, exc)

    async def _ended(self, delivery: Delivery) -> tuple[int, Ending | None]:
        """Return how often it was sent, and how it ended; ``None`` where the service ended first."""
        along = _sent_along(delivery)
        attempts = 0
        for pause in (*self._pauses, None):
            attempts += 1
            async with self._turns:
                outcome = await self._tried(delivery, along)
            if outcome.ending == "delivered":
                _log.info("%s was delivered", _told(delivery))
                return attempts, "delivered"
            if outcome.ending is not None or pause is None:
                _log.warning("%s is given up: %s", _told(delivery), outcome.said)
                return attempts, "given_up"
            if self._is_closed:
                break
            _log.warning("%s again in %g s: %s", _told(delivery), pause, outcome.said)
            await self._paused(pause)
        return attempts, None

    async def _paused(self, pause: float) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._pausing.add(task)
        try:
            await self._sleep(pause)
        finally:
            self._pausing.discard(task)

    async def _tried(self, delivery: Delivery, along: Mapping[str, str]) -> _Try:
        """Send it once, within the limit."""
        import httpx

        try:
            url = httpx.URL(delivery.url)
        except (httpx.InvalidURL, UnicodeError):  # its words may quote the address
            return _Try("given_up", "webhook_url is no URL")
        if not is_address(url):
            return _Try("given_up", "webhook_url is no http or https URL with a host")
        try:
            async with asyncio.timeout(self._seconds):
                addresses = await self._addresses(url)
                if isinstance(addresses, _Try):
                    return addresses
                return await self._posted(delivery, along, url, addresses)
        except TimeoutError:
            return _Try(None, f"no answer within {self._seconds:g} s")
        except httpx.HTTPError as exc:
            return _Try(None, f"the connection failed ({type(exc).__name__})")

    async def _addresses(self, url: httpx.URL) -> list[str] | _Try:
        """Look the host up; one private address among many refuses them all, as for assets."""
        host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
        try:
            found = list(await self._loop.run_in_executor(None, self._resolve, host, port))
        except (OSError, UnicodeError):
            found = []
        if not found:
            return _Try(None, "its host has no address")
        if not self._allow_private and not all(is_public(address) for address in found):
            said = "its host is on this machine or a private network; allow_private lets it be reached"
            return _Try("given_up", said)
        return found

    async def _posted(
        self, delivery: Delivery, along: Mapping[str, str], url: httpx.URL, addresses: Sequence[str]
    ) -> _Try:
        """Send it to the first of the judged addresses that takes a connection."""
        import httpx

        login = {name.lower(): value for name, value in _login(url).items()}
        headers = {"user-agent": "reelforge-dsl", **login, **along}
        headers |= {"host": url.netloc.decode("ascii"), "content-type": "application/json"}
        if delivery.secret:
            headers[SCHEME.header] = sign(delivery.body, delivery.secret, at=self._wall())
        connect = self._seconds / len(addresses)
        limits = {**dict.fromkeys(("read", "write", "pool"), self._seconds), "connect": connect}
        for address in addresses[:-1]:
            with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await _answered(url, address, headers, delivery.body, limits)
        return await _answered(url, addresses[-1], headers, delivery.body, limits)


async def _answered(
    url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes, limits: Mapping[str, float]
) -> _Try:
    """Connect to an address that was judged, and look at nothing but the status."""
    import httpx

    request = httpx.Request(
        "POST",
        url.copy_with(host=address, userinfo=b"", fragment=None),
        headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()],
        content=body,
        extensions={"timeout": limits, "sni_hostname": url.raw_host.decode("ascii")},
    )
    verify = _tls() if url.scheme == "https" else False
    async with httpx.AsyncHTTPTransport(verify=verify, trust_env=False) as transport:
        response = await transport.handle_async_request(request)
        status = response.status_code
        await response.aclose()
    if 200 <= status < 300:
        return _Try("delivered", f"answered {status}")
    if 300 <= status < 400:
        return _Try(None, f"answered {status}, and redirects are not followed")
    return _Try("given_up" if status == 410 else None, f"answered {status}")


def _sent_along(delivery: Delivery) -> dict[str, str]:
    """Return the request's own headers for its deliveries, without those that are not its to set."""
    kept: dict[str, str] = {}
    refused: list[str] = []
    for name, value in delivery.headers.items():
        is_sound = bool(_NAME.fullmatch(name)) and isinstance(value, str) and bool(_VALUE.fullmatch(value))
        if is_sound and name.lower() not in OURS:
            kept[name.lower()] = value
        else:
            refused.append(name)
    if refused:
        _log.warning("%s goes without %d of its webhook_headers: %r", _told(delivery), len(refused), refused)
    return kept


def _told(delivery: Delivery) -> str:
    """Return what a delivery is called in logs; its address may hold a token, and stays out."""
    return f"webhook {delivery.type} of job {delivery.job_id}"
