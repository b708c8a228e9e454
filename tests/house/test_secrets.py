"""Every public class and error, made with secrets in it: none of them is shown, logged or pickled."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import attrs
import httpx
import pytest

from reelforge_dsl import AsyncClient, Client, Manifest, Timeline, diff, errors, local, webhooks
from reelforge_dsl.client import Config, Secret
from reelforge_dsl.models import Composition, Json, Output
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest

KEY, SECRET, HEADER = "rf_live_do_not_show_me", "whsec_do_not_show_me", "header_do_not_show_me"
HIDDEN = (KEY, SECRET, HEADER)
ROOMS = (
    "",
    "client",
    "engine",
    "errors",
    "local",
    "models",
    "timeline",
    "timing",
    "webhooks",
    "wire",
    "words",
)
ROOMS += ("models.jobs", "models.music", "models.recipes", "local.music", "cli")
BEARING = {"webhook_secret", "webhook_headers", "secret", "secrets", "key", "api_key", "signatures", "signed"}
BEARING |= {"headers", "body"}
FREE = {
    ("Received", "headers"),  # the API key is hidden before one is kept
    ("Reply", "headers"),  # what the service answers; it knows no key but its own, and sends none
    ("Extra", "key"),  # the name of a JSON key
    ("Score", "key"),  # of music
    ("Job", "key"),  # the idempotency key, which is no secret
    ("Call", "headers"),  # ranges of a download
}
"""Fields that are shown, and why they hold no secret."""

REEL = (
    Timeline("9:16")
    .video("https://example.com/a.mp4", duration=2)
    .webhook("https://example.com/hook", secret=SECRET, headers={"X-Auth": HEADER})
)
DOCUMENTS = {"Timeline", "Manifest", "MusicRequest", "RecipeRequest", "Request"}
"""What was made with a secret in it; a pickle is the whole of it, or a process pool would lose the hook."""


def public_classes() -> Iterator[type]:
    """Yield every class that a room exports."""
    seen = set()
    for room in ROOMS:
        name = f"reelforge_dsl.{room}".rstrip(".")
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        for exported in getattr(module, "__all__", None) or dir(module):
            found = getattr(module, exported)
            ours = inspect.isclass(found) and found.__module__.startswith("reelforge_dsl")
            if ours and found not in seen:
                seen.add(found)
                yield found


@pytest.mark.parametrize("cls", sorted(public_classes(), key=lambda cls: (cls.__module__, cls.__name__)))
def test_a_field_that_may_hold_a_secret_is_not_in_the_repr(cls: type) -> None:
    """Whatever a class calls a secret, a key, headers or a body stays out of its repr."""
    if attrs.has(cls):
        shown = {field.name for field in attrs.fields(cls) if field.repr and field.name.strip("_") in BEARING}
        held = {name for name in shown if (cls.__name__, name) not in FREE}
        plain = {name for name in held if _annotation(cls, name) in ("Secret | None", "Secret")}
        assert held - plain == set()


def _annotation(cls: type, name: str) -> str:
    return str(attrs.fields_dict(cls)[name].type)


def made() -> Iterator[Any]:
    """Yield what can hold a secret, with one in it."""
    hook = Json.of({"X-Auth": HEADER})
    composition = Composition(timeline=())
    output = Output(1080, 1920, 30)
    yield REEL
    yield REEL.manifest()
    yield Manifest("v1", output, composition=composition, webhook_secret=SECRET, webhook_headers=hook)
    yield MusicRequest(prompt="a", webhook_secret=SECRET, webhook_headers=hook)
    yield RecipeRequest("a", "b", variables=Json.of({}), webhook_secret=SECRET, webhook_headers=hook)
    yield diff(
        REEL, REEL.webhook("https://example.com/hook", secret=SECRET + "2", headers={"X-Auth": HEADER})
    )
    yield REEL.explain()
    yield Secret(KEY)
    yield Config(Secret(KEY))
    headers = {"authorization": f"Bearer {KEY}", "x-auth": HEADER}
    yield local.Request("POST", "/v1/videos/render", headers, SECRET.encode())
    service = local.Service(renderer="instant", api_key=KEY)
    yield service
    with local.client(service=service) as client:
        yield client
        job = client.render(REEL)
        yield job.wait()
        yield client.validate(REEL)
        yield client.music("calm piano", webhook_secret=SECRET, webhook_url="https://example.com/hook").wait()
    yield from service.requests
    yield from service.jobs
    yield local.Transport(service)
    yield Client(KEY)
    yield AsyncClient(KEY)


def _shown(value: Any) -> Iterator[str]:
    yield from (repr(value), str(value), f"{value}", repr([value]))
    if isinstance(value, BaseException):
        yield "".join(traceback.format_exception(value))
        yield repr(vars(value))
    if type(value).__name__ in DOCUMENTS:
        return
    try:
        yield repr(pickle.dumps(value))
    except (TypeError, AttributeError, pickle.PicklingError) as exc:
        yield str(exc)


def test_no_value_shows_a_secret() -> None:
    """Documents, requests, clients, services and handles hide key, webhook secret and header values."""
    kinds = set()
    for value in made():
        kinds.add(type(value).__name__)
        for text in _shown(value):
            assert not any(secret in text for secret in HIDDEN), type(value)
    assert len(kinds) > 15


def _echoing(status: int, **headers: str) -> httpx.MockTransport:
    """Return a service that repeats everything it was sent."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent = {**dict(request.headers), "body": request.read().decode(), "all": list(HIDDEN)}
        told = {"success": False, "error": {"code": KEY, "message": str(sent), "details": [sent]}, **sent}
        return httpx.Response(status, json=told, headers=headers)

    return httpx.MockTransport(answer)


def _breaking(error: type[httpx.TransportError]) -> httpx.MockTransport:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error(f"{request.headers} {request.read()!r}", request=request)

    return httpx.MockTransport(fail)


def raised() -> Iterator[BaseException]:
    """Yield the errors that calls end in, from services that repeat the secrets."""
    transports = [_echoing(status) for status in (200, 400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503)]
    transports += [_echoing(302, location=f"https://{KEY}@example.com/{SECRET}")]
    transports += [_breaking(error) for error in (httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout)]
    for transport in transports:
        with httpx.Client(transport=transport) as http, Client(KEY, http_client=http, retries=0) as client:
            for call in (client.render, client.validate):
                try:
                    call(REEL)
                except errors.ReelforgeError as exc:
                    yield exc
    yield from _raised_async(transports)
    yield from _raised_elsewhere()


def _raised_async(transports: list[httpx.MockTransport]) -> list[BaseException]:
    async def all_of_them() -> list[BaseException]:
        found: list[BaseException] = []
        for transport in transports:
            async with httpx.AsyncClient(transport=transport) as http:
                client = AsyncClient(KEY, http_client=http, retries=0)
                try:
                    await client.render(REEL)
                except errors.ReelforgeError as exc:
                    found.append(exc)
        return found

    return asyncio.run(all_of_them())


def _raised_elsewhere() -> Iterator[BaseException]:
    body = b'{"type": "video.render.completed", "note": "' + SECRET.encode() + b'"}'
    failing = [local.Fault("render", outcome="failed", code="engine_failed")]
    with local.client(renderer="instant", faults=failing) as client:
        job = client.render(REEL)
        for act in (job.wait, lambda: client.job("no-such-job")):
            try:
                act()
            except errors.ReelforgeError as exc:
                yield exc
    bad = REEL.webhook("https://example.com/hook", secret=SECRET).video("https://example.com/b.mp4", id="x")
    acts = (
        lambda: webhooks.unwrap(body, {"ReelForger-Signature": f"t=1,v1={SECRET}"}, SECRET),
        lambda: webhooks.unwrap(body, {"ReelForger-Signature": webhooks.sign(body, "other")}, SECRET),
        lambda: REEL.webhook(f"ftp://user:{SECRET}@example.com/?k={KEY}#{HEADER}"),
        lambda: REEL.webhook("https://example.com", headers={"X-Auth": 5}),  # type: ignore[dict-item]
        lambda: bad.auto_stitch(False).manifest(),
        lambda: Client(f"{KEY}\n{KEY}"),
        lambda: Client(KEY, base_url=f"https://user:{SECRET}@example.com"),
        lambda: Timeline.from_json(f'{{"webhook_secret": "{SECRET}", "webhook_headers": ["{HEADER}"]}}'),
    )
    for act in acts:
        try:
            act()
        except errors.ReelforgeError as exc:
            yield exc


def test_no_error_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Errors of calls, jobs, deliveries and documents hold no secret, in text, attributes, pickle or log."""
    caplog.set_level(logging.DEBUG)
    kinds = set()
    for error in raised():
        kinds.add(type(error))
        linked = [error, error.__cause__, error.__context__]
        for text in [text for one in linked if one is not None for text in _shown(one)]:
            assert not any(secret in text for secret in HIDDEN), (type(error), text)
        assert type(pickle.loads(pickle.dumps(error))) is type(error)
    assert kinds >= {
        errors.AuthenticationError,
        errors.ConflictError,
        errors.JobFailedError,
        errors.ManifestInvalidError,
        errors.NotFoundError,
        errors.OutOfCreditsError,
        errors.RateLimitedError,
        errors.RejectedError,
        errors.ReplyError,
        errors.ServerError,
        errors.TransportError,
        errors.TransportTimeoutError,
        errors.WebhookError,
        errors.FieldError,
    }
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("reelforge_dsl")]
    assert ours
    assert not any(secret in line for line in ours for secret in HIDDEN)
