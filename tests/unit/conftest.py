"""A scripted service and a clock that nobody waits for: the two fakes of the client's tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reelforge_dsl.client import AsyncClient, Client, Clock, Config, Secret

KEY = "rf_live_0123456789abcdef"
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class FakeClock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def wall(self) -> float:
        return 1_800_000_000.0

    @property
    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep, wall=self.wall, dice=lambda: 1.0)


class Scripted(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers in turn, the last one for ever, and remembers what arrived."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        await request.aread()
        return self.handle_request(request)

    @property
    def keys(self) -> list[str | None]:
        """The idempotency keys that arrived."""
        return [request.headers.get("idempotency-key") for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON that arrived."""
        return [json.loads(request.content) for request in self.requests if request.content]


class Stage:
    """A client on a scripted service."""

    def __init__(self, *answers: Answer, **settings: Any) -> None:
        self.service = Scripted(*answers)
        self.time = FakeClock()
        settings = {"base_url": "https://api.example.com", **settings}
        self.config = Config(Secret(KEY), **settings)

    @property
    def client(self) -> Client:
        http = httpx.Client(transport=self.service)
        return Client.over(self.config, http_client=http, clock=self.time.clock)

    @property
    def async_client(self) -> AsyncClient:
        http = httpx.AsyncClient(transport=self.service)
        return AsyncClient.over(self.config, http_client=http, clock=self.time.clock)


@pytest.fixture
def staged() -> Callable[..., Stage]:
    """Return what makes a client on a scripted service."""
    return Stage


@pytest.fixture(autouse=True)
def no_key_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take keys and addresses of the environment away."""
    for name in ("REELFORGER_API_KEY", "REELFORGE_API_KEY", "REELFORGER_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
