"""Calls over a user's own httpx client: its transport, proxies, hooks and certificates.

httpx bounds each read by what is left of the call, and the time is looked at
after each piece: a peer that drips the headers byte by byte can hold a
synchronous call beyond its deadline here, and only here.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx

from reelforge_dsl.client._anetwork import drained
from reelforge_dsl.client._calls import Failure, Reply, Send
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._intake import CONNECT_SECONDS, Intake, head_of
from reelforge_dsl.client._network import failure

_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError)


class BorrowedNetwork:
    """An ``httpx.Client`` that someone else made."""

    def __init__(self, config: Config, client: httpx.Client, *, closes: bool = False) -> None:
        self._config = config
        self._client = client
        self._closes = closes

    def exchange(self, step: Send, left: float | None) -> Reply | Failure:
        """Send a call and take its answer within so many wall seconds."""
        intake = Intake(step.sink)
        due = None if left is None else time.monotonic() + left
        request = _request(self._client, self._config, step, left)
        try:
            response = self._client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                if intake.begin(response.status_code, _headers(response)):
                    for chunk in response.iter_bytes():
                        if not intake.take(chunk):
                            break
                        if due is not None and time.monotonic() >= due:
                            return Failure("timeout")
            finally:
                response.close()
        except _ERRORS as exc:
            return failure(exc)
        return intake.reply()

    def close(self) -> None:
        """Leave the client to whoever made it, unless it was made for us."""
        if self._closes:
            self._client.close()


class AsyncBorrowedNetwork:
    """An ``httpx.AsyncClient`` that someone else made."""

    def __init__(self, config: Config, client: httpx.AsyncClient, *, closes: bool = False) -> None:
        self._config = config
        self._client = client
        self._closes = closes

    async def exchange(self, step: Send, left: float | None) -> Reply | Failure:
        """Send a call and take its answer within so many wall seconds."""
        intake = Intake(step.sink)
        request = _request(self._client, self._config, step, left)
        try:
            async with asyncio.timeout(left):
                response = await self._client.send(request, stream=True, auth=None, follow_redirects=False)
                try:
                    if intake.begin(response.status_code, _headers(response)):
                        await drained(response.aiter_bytes(), intake, is_file=step.sink is not None)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Failure("timeout")
        except _ERRORS as exc:
            return failure(exc)
        return intake.reply()

    async def close(self) -> None:
        """Leave the client to whoever made it, unless it was made for us."""
        if self._closes:
            await self._client.aclose()


def _request(client: Any, config: Config, step: Send, left: float | None) -> httpx.Request:
    bounds = [bound for bound in (left, step.silence) if bound is not None]
    within = min(bounds, default=None)
    connect = CONNECT_SECONDS if within is None else min(CONNECT_SECONDS, within)
    request: httpx.Request = client.build_request(
        step.call.method,
        step.call.url,
        headers=head_of(step.call, config),
        content=step.call.body,
        timeout=httpx.Timeout(within, connect=connect),
    )
    return request


def _headers(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    """Return the headers; httpx has undone the compression."""
    return [(name, text) for name, text in response.headers.raw if name.lower() != b"content-encoding"]
