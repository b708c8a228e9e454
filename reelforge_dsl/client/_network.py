"""Calls over our own connections, for threads: no byte is waited for beyond the call's deadline.

httpx bounds each single read, so a peer that sends a byte now and then holds a
call for ever. Here the stream below, httpcore's, asks before every read and
write what is left of the call. Only a name look-up cannot be broken off.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore

from reelforge_dsl.client._calls import Call, Failure, FailureKind, Reply, Send
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._intake import CONNECT_SECONDS, Intake, head_of
from reelforge_dsl.errors import MissingExtraError, TransportError

NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
IDLE_SECONDS = 45.0
"""Wall seconds that an unused connection is kept: longer than the longest pause between two looks."""

_PIECE = 1 << 14
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
_due = threading.local()


class Network:
    """Connections of one client, used by any number of threads."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], Any] = {}
        self._forgotten: list[Any] = []
        self._pid = os.getpid()

    def exchange(self, step: Send, left: float | None) -> Reply | Failure:
        """Send a call and take its answer within so many wall seconds."""
        call, intake = step.call, Intake(step.sink)
        _due.at = None if left is None else time.monotonic() + left
        _due.silence = step.silence
        request = request_of(call, self._config, {"connect": CONNECT_SECONDS, "pool": left})
        try:
            response = self._pool(call.url).handle_request(request)
            try:
                if intake.begin(response.status, response.headers):
                    for chunk in _body(response):
                        if not intake.take(chunk):
                            break
            finally:
                response.close()
        except NETWORK_ERRORS as exc:
            return failure(exc)
        finally:
            _due.at = _due.silence = None
        return intake.reply()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()

    def _pool(self, url: str) -> Any:
        """Return the connections to an address: pooled by TLS and proxy."""
        place = place_of(url)
        if self._pid != os.getpid():
            self._leave_behind()
        pool = self._pools.get(place)
        if pool is None:
            with self._lock:
                pool = self._pools.get(place)
                if pool is None:
                    pool = self._pools[place] = _opened(*place)
        return pool

    def _leave_behind(self) -> None:
        """After a fork the connections are the parent's: they are neither used nor closed here."""
        with self._lock:
            self._forgotten.append(self._pools)
            self._pools, self._pid = {}, os.getpid()


def request_of(call: Call, config: Config, limits: dict[str, float | None]) -> httpcore.Request:
    """Return a call as httpcore sends it, within limits in wall seconds."""
    headers = [("host", place_of(call.url)[1]), *head_of(call, config)]
    if call.body is not None:
        headers.append(("content-length", str(len(call.body))))
    return httpcore.Request(
        call.method, call.url, headers=headers, content=call.body, extensions={"timeout": limits}
    )


def place_of(url: str) -> tuple[str, str]:
    """Return scheme and host of an address, with its port when it names one."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2]


def _opened(scheme: str, host: str) -> Any:
    tls = tls_context() if scheme == "https" else None
    proxy = proxy_for(scheme, host)
    limits: dict[str, Any] = {"max_connections": None, "max_keepalive_connections": 20}
    common = {"ssl_context": tls, "keepalive_expiry": IDLE_SECONDS, "network_backend": _Backend(), **limits}
    if proxy is None:
        return httpcore.ConnectionPool(**common)
    if proxy[0].startswith("socks"):
        return _with_socks(lambda: httpcore.SOCKSProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common))
    return httpcore.HTTPProxy(proxy_url=proxy[0], proxy_auth=proxy[1], **common)


def _with_socks(make: Any) -> Any:
    try:
        return make()
    except (ImportError, RuntimeError):  # httpcore raises either, by its version
        raise MissingExtraError(
            "The environment names a SOCKS proxy, which needs socksio", fix="pip install socksio"
        ) from None


def tls_context() -> ssl.SSLContext:
    """Return the trusted certificates, as httpx has them: ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, certifi's.

    Raises:
        TransportError: They cannot be read.
    """
    import httpx  # here: a second of a process's life, and only for TLS

    try:
        return httpx.create_ssl_context()
    except OSError as exc:
        named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or "certifi's file"
        raise TransportError(
            f"Nothing was sent: the trusted certificates, {named}, cannot be read ({exc})",
            fix="let SSL_CERT_FILE name a file of certificates in PEM form, or unset it",
        ) from None


def proxy_for(scheme: str, host: str) -> tuple[str, tuple[str, str] | None] | None:
    """Return the environment's proxy for an address, and its login; ``None`` for none.

    Args:
        scheme: Of the address.
        host: Of the address, with its port when it names one.

    Raises:
        TransportError: What the environment names is no proxy.
    """
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    named = proxies.get(scheme) or proxies.get("all")
    bare = urlsplit(f"//{host}").hostname or ""
    if not named or proxy_bypass(host) or proxy_bypass(bare):
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        usable = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise TransportError(
            f"Nothing was sent: the proxy that the environment names for {scheme} is no address of one",
            fix=f"{scheme.upper()}_PROXY or ALL_PROXY is like http://host:port; NO_PROXY={bare} goes without",
        )
    login = None
    if parts.username is not None:
        login = (unquote(parts.username), unquote(parts.password or ""))
    place = parts.netloc.rpartition("@")[2]
    return f"{'socks5' if parts.scheme == 'socks5h' else parts.scheme}://{place}", login


def failure(exc: Exception) -> Failure:
    """Put what httpcore or httpx raised into our words; their exceptions hold headers, so none leaves."""
    return Failure(_kind(exc), f"{type(exc).__name__}: {exc}"[:300].rstrip(": "))


def _kind(exc: Exception) -> FailureKind:
    name = type(exc).__name__
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    if name in ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"):
        return "timeout" if name == "PoolTimeout" else "connect"
    return "timeout" if name.endswith("Timeout") else "broken"


def _body(response: Any) -> Iterable[bytes]:
    stream: Iterable[bytes] = response.stream
    return stream


def _left(wish: float | None, error: type[Exception]) -> float | None:
    """Return the seconds that one read or write may take.

    Raises:
        httpcore.TimeoutException: The call's time is up.
    """
    due = getattr(_due, "at", None)
    silence = getattr(_due, "silence", None)
    bounds = [bound for bound in (wish, silence) if bound is not None]
    if due is not None:
        bounds.append(due - time.monotonic())
    if not bounds:
        return None
    least = min(bounds)
    if least <= 0:
        raise error("the time is up")
    return least


class _Stream(httpcore.NetworkStream):
    """A connection that knows the deadline of the call it serves."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, within))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections, each of a host's addresses within what is left."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        inner = httpcore.SyncBackend()
        fault: Exception = httpcore.ConnectError("the name has no address")
        for address in _addresses(host, port):
            within = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(inner.connect_tcp(address, port, within, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                fault = exc
        raise fault

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise httpcore.ConnectError(f"the name cannot be looked up: {exc}") from None
    return list(dict.fromkeys(str(item[4][0]) for item in found))
