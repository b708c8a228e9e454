"""The client for asyncio: a short driver under the same flows."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, overload

from reelforge_dsl.client import _flows as flows
from reelforge_dsl.client._async_handles import AsyncMusicJob, AsyncRenderJob
from reelforge_dsl.client._bodies import (
    Document,
    free_body,
    judged_body,
    music_body,
    music_request,
    recipe_body,
    recipe_request,
    render_body,
)
from reelforge_dsl.client._calls import Clock, Failure, Flow, Pause, Reply, Send, Step, left
from reelforge_dsl.client._config import configured
from reelforge_dsl.client._jobs import MUSIC, RENDER, job_name
from reelforge_dsl.client._settled import Settled
from reelforge_dsl.models.jobs import Validation
from reelforge_dsl.wire import replies

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class _Exchanging(Protocol):
    async def exchange(self, step: Send, left: float | None) -> Reply | Failure: ...

    async def close(self) -> None: ...


def _sleep(seconds: float) -> Awaitable[None]:
    import asyncio  # here: the room is imported for threads, too

    return asyncio.sleep(seconds)


class AsyncClient(Settled):
    """The service, for asyncio; use it in an ``async with`` block, or `aclose` it.

    As `Client`, with ``await``. Any number of calls may be made at once: 500 to a host are in flight,
    spread over small pools of connections, and the others wait for their turn. Each event loop that
    uses it gets connections of its own. Other async libraries than asyncio are not served.

    Args:
        api_key: Else ``REELFORGER_API_KEY``, else ``REELFORGE_API_KEY`` of the environment.
        base_url: Else ``REELFORGER_BASE_URL``, else the service's. The key goes nowhere else:
            redirects are not followed.
        timeout: Wall seconds in all for one call, retries and pauses included; ``None``: no limit.
        retries: How often a call is sent again.
        http_client: An ``httpx.AsyncClient`` of your own, for its proxies, certificates or a test's
            transport; it stays yours to close.

    Raises:
        AuthenticationError: There is no API key.
        FieldError: An argument is outside its bounds.

    Source: contract §1; decisions D1, D14, D17.
    """

    _is_async = True
    _clock = Clock(sleep=_sleep)

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = 60,
        retries: int = 2,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._settle(configured(api_key, base_url, timeout, retries), http_client, self._clock, closes=False)

    async def validate(self, doc: Document) -> Validation:
        """Ask the service for its verdict; no job, no credits. Faults are reported, not raised.

        Args:
            doc: A ``Timeline`` as it stands, a ``Manifest``, or a dict, of a recipe too.

        Raises:
            ManifestInvalidError: The document names files of this machine.
            FieldError: It is no document, or holds what JSON cannot say.
            ApiError: The service refuses the call itself.
            TransportError: No whole answer came.
            ReplyError: The answer is no verdict.

        Source: contract §1; decision D1.
        """
        body = judged_body(doc, takes_files=self._session.config.takes_files)
        return await self._run(flows.validated(self._session, body))

    async def render(self, doc: Document, *, idempotency_key: str | None = None) -> AsyncRenderJob:
        """Queue a render.

        Args:
            doc: A ``Timeline``, which is not sent with errors; a ``Manifest`` or a dict goes as it is.
            idempotency_key: Else the document's, else a new one. It is on the handle and on every
                error of the call; give your own where even an interrupted program shall pay once.

        Raises:
            ManifestInvalidError: A timeline has errors, or the document names files of this machine.
            FieldError: It is no document, holds what JSON cannot say, or the key cannot travel.
            ConflictError: The key was used for another document.
            ApiError: The service says no.
            TransportError: No whole answer came.
            ReplyError: The answer names no job.

        Source: contract §1; decision D14.
        """
        body = render_body(doc, idempotency_key, takes_files=self._session.config.takes_files)
        flow = flows.queued(self._session, body, "/v1/videos/render", replies.queued_render)
        return AsyncRenderJob(self, await self._run(flow), body.idempotency_key)

    async def recipe(
        self,
        recipe_id: str,
        style_preset: str,
        variables: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_headers: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> AsyncRenderJob:
        """Queue a recipe, which the service compiles to a film.

        Args:
            recipe_id: Which recipe.
            style_preset: Its look.
            variables: What it is filled with, strictly.
            idempotency_key: Else a new one.
            metadata: Echoed in webhooks; at most 10 keys.
            webhook_url: Who is told when the job ends.
            webhook_headers: Sent along to it.
            webhook_secret: Signs it.

        Raises:
            ManifestInvalidError: It is outside the contract, or names files of this machine.
            FieldError: An argument has the wrong type, or the key cannot travel.
            ApiError: The service says no.
            TransportError: No whole answer came.
            ReplyError: The answer names no job.

        Source: contract §10.
        """
        request = recipe_request(
            recipe_id,
            style_preset,
            variables,
            idempotency_key=idempotency_key,
            metadata=metadata,
            webhook_url=webhook_url,
            webhook_headers=webhook_headers,
            webhook_secret=webhook_secret,
        )
        body = recipe_body(request, takes_files=self._session.config.takes_files)
        flow = flows.queued(self._session, body, "/v1/recipes/render", replies.queued_render)
        return AsyncRenderJob(self, await self._run(flow), body.idempotency_key)

    @overload
    async def music(
        self,
        prompt: str,
        *,
        instrumental: bool = True,
        model: str | None = None,
        idempotency_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_headers: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> AsyncMusicJob: ...
    @overload
    async def music(
        self,
        prompt: str | None = None,
        *,
        style: str,
        title: str,
        negative_tags: str | None = None,
        instrumental: bool = True,
        model: str | None = None,
        idempotency_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_headers: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> AsyncMusicJob: ...
    async def music(
        self,
        prompt: str | None = None,
        *,
        style: str | None = None,
        title: str | None = None,
        negative_tags: str | None = None,
        instrumental: bool = True,
        model: str | None = None,
        idempotency_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_headers: Mapping[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> AsyncMusicJob:
        """Queue music: two tracks for 20 credits.

        Args:
            prompt: What it should be; with ``instrumental=False`` and a style, its lyrics.
            style: With ``title``: the custom form.
            title: What it is called.
            negative_tags: What to leave out; custom form.
            instrumental: No voice; sent always.
            model: As ``"V5"``.
            idempotency_key: Else a new one.
            metadata: Echoed in webhooks; at most 10 keys.
            webhook_url: Who is told when the job ends.
            webhook_headers: Sent along to it.
            webhook_secret: Signs it.

        Raises:
            FieldError: An argument is outside the contract.
            ApiError: The service says no.
            TransportError: No whole answer came.
            ReplyError: The answer names no job.

        Source: contract §8.
        """
        request = music_request(
            prompt,
            style=style,
            title=title,
            negative_tags=negative_tags,
            instrumental=instrumental,
            model=model,
            idempotency_key=idempotency_key,
            metadata=metadata,
            webhook_url=webhook_url,
            webhook_headers=webhook_headers,
            webhook_secret=webhook_secret,
        )
        body = music_body(request)
        flow = flows.queued(self._session, body, "/v1/music/generate", replies.queued_music)
        return AsyncMusicJob(self, await self._run(flow), body.idempotency_key)

    async def job(self, id: str) -> AsyncRenderJob:  # noqa: A002 - the wire's word
        """Join a render by its id, as from another process.

        Raises:
            FieldError: ``id`` is none.
            NotFoundError: There is no such job.
            ReelforgeError: The call failed.
        """
        return AsyncRenderJob(self, await self._run(flows.looked_up(self._session, RENDER, job_name(id))))

    async def music_job(self, id: str) -> AsyncMusicJob:  # noqa: A002 - the wire's word
        """Join a music generation by its id, as from another process.

        Raises:
            FieldError: ``id`` is none.
            NotFoundError: There is no such job.
            ReelforgeError: The call failed.
        """
        return AsyncMusicJob(self, await self._run(flows.looked_up(self._session, MUSIC, job_name(id))))

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Call an endpoint that this client does not know.

        It is sent again only if it reads (GET, HEAD), or if ``json`` has an ``idempotency_key``.

        Args:
            method: As ``"POST"``.
            path: From ``/v1/`` on; scheme and host are the client's.
            json: The body, as plain values.

        Returns:
            The answer as plain values; ``None`` for an empty one.

        Raises:
            FieldError: An argument is wrong.
            ApiError: The service says no.
            TransportError: No whole answer came.
            ReplyError: The answer is not JSON.
        """
        body = None if json is None else free_body(json)
        return await self._run(flows.requested(self._session, method, path, body))

    async def aclose(self) -> None:
        """Close the connections of this event loop; the client makes no more calls."""
        network = self._shut()
        if network is not None:
            await network.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _run(self, flow: Flow[T]) -> T:
        """Take a flow's steps up to its result: the whole driver."""
        try:
            step = next(flow)
            while True:
                step = flow.send(await self._act(step))
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            flow.close()

    async def _act(self, step: Step) -> Any:
        if isinstance(step, Send):
            remaining = left(step.deadline, self._session.clock)
            if remaining is not None and remaining <= 0:
                return Failure("timeout")
            network: _Exchanging = self._opened()
            return await network.exchange(step, remaining)
        if isinstance(step, Pause):
            passing = self._session.clock.sleep(step.seconds)
        else:
            passing = step.told(step.value)
        if inspect.isawaitable(passing):
            await passing
        return None

    def _made(self) -> _Exchanging:
        config = self._session.config
        if self._http_client is not None:
            from reelforge_dsl.client._borrowed import AsyncBorrowedNetwork

            return AsyncBorrowedNetwork(config, self._http_client, closes=self._closes)
        from reelforge_dsl.client._anetwork import AsyncNetwork

        return AsyncNetwork(config)
