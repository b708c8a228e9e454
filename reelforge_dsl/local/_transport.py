"""The service under httpx, without a socket: both transports over `Service.answer`.

::

    http = httpx.Client(transport=local.Transport(service), base_url=service.base_url)

Whatever goes to another host is refused: nothing leaves the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import httpx

from reelforge_dsl.errors import FieldError
from reelforge_dsl.local._exchange import FileSlice, Reply, Request
from reelforge_dsl.local._service import Service


class Transport(httpx.BaseTransport):
    """What an ``httpx.Client`` sends through.

    Args:
        service: Who answers.
        closes: Called when the client closes.
    """

    def __init__(self, service: Service, *, closes: Callable[[], object] | None = None) -> None:
        self.service = service
        self._closes = closes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a connection would, with its errors.

        Raises:
            httpx.TransportError: The connection breaks, as a `Fault` says, or leads elsewhere.
            FieldError: A stall, and the call has no limit that could end it.
        """
        _stays_here(request, self.service)
        reply = self.service.answer(_asked(request, request.read()))
        if reply.broken == "stall":
            self.service.clock.sleep(_limit(request))
        return _arrived(request, reply)

    def close(self) -> None:
        """Call what was to be called then."""
        if self._closes is not None:
            self._closes()


class AsyncTransport(httpx.AsyncBaseTransport):
    """What an ``httpx.AsyncClient`` sends through.

    Args:
        service: Who answers.
        closes: Called when the client closes.
    """

    def __init__(self, service: Service, *, closes: Callable[[], object] | None = None) -> None:
        self.service = service
        self._closes = closes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a connection would, with its errors.

        Raises:
            httpx.TransportError: The connection breaks, as a `Fault` says, or leads elsewhere.
            FieldError: A stall, and the call has no limit that could end it.
        """
        _stays_here(request, self.service)
        reply = self.service.answer(_asked(request, await request.aread()))
        if reply.broken == "stall":
            await self.service.clock.sleep_async(_limit(request))
        return _arrived(request, reply)

    async def aclose(self) -> None:
        """Call what was to be called then, in a thread."""
        if self._closes is not None:
            await asyncio.to_thread(self._closes)


def http_over(service: Service, *, closes: Callable[[], object] | None = None) -> httpx.Client:
    """Return an httpx client that reaches the service and nothing else."""
    transport = Transport(service, closes=closes)
    return httpx.Client(transport=transport, base_url=service.base_url, trust_env=False)


def async_http_over(service: Service, *, closes: Callable[[], object] | None = None) -> httpx.AsyncClient:
    """Return an asynchronous httpx client that reaches the service and nothing else."""
    transport = AsyncTransport(service, closes=closes)
    return httpx.AsyncClient(transport=transport, base_url=service.base_url, trust_env=False)


class _Sent(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is read from its file as it goes."""

    def __init__(self, body: FileSlice) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body.chunks()
        except OSError as exc:
            raise httpx.ReadError(str(exc)) from exc

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class _CutOff(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends before its length."""

    def __init__(self, reply: Reply) -> None:
        self._body = reply.content
        wanted = reply.headers.get("content-length", "more")
        self._said = (
            "peer closed connection without sending complete message body"
            f" (received {len(self._body)} bytes, expected {wanted})"
        )

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        raise httpx.RemoteProtocolError(self._said)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        raise httpx.RemoteProtocolError(self._said)


def _stays_here(request: httpx.Request, service: Service) -> None:
    here = httpx.URL(service.base_url)
    if (request.url.scheme, request.url.host, request.url.port) != (here.scheme, here.host, here.port):
        said = f"the local service is at {service.base_url}, and nothing leaves this process"
        raise httpx.ConnectError(f"{request.url.host!r} is not reached: {said}", request=request)


def _asked(request: httpx.Request, body: bytes) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, request.url.path, headers, body)


def _limit(request: httpx.Request) -> float:
    limit = request.extensions.get("timeout", {}).get("read")
    if limit is None:
        fix = "give the client a timeout"
        what = "the scripted stall would hold this call for ever: it has no time limit"
        raise FieldError(what, fix=fix, field="timeout", value=None)
    return float(limit)


def _arrived(request: httpx.Request, reply: Reply) -> httpx.Response:
    match reply.broken:
        case "refused":
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
        case "reset":
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
        case "stall":
            raise httpx.ReadTimeout("The read operation timed out", request=request)
        case "cut":
            stream: httpx.SyncByteStream | httpx.AsyncByteStream = _CutOff(reply)
        case None:
            body = reply.body
            stream = httpx.ByteStream(body) if isinstance(body, bytes) else _Sent(body)
    return httpx.Response(reply.status, headers=dict(reply.headers), stream=stream, request=request)
