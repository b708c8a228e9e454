"""Time as the service and its clients pass it; the seam that lets a test wait an hour at once."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from typing import Protocol


class Clock(Protocol):
    """Seconds that only ever go on, and the two ways to let some pass."""

    def now(self) -> float:
        """Return the seconds since some fixed point."""

    def wall(self) -> float:
        """Return the moment that is written down: seconds since 1970, where time is real."""

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""

    async def sleep_async(self, seconds: float) -> None:
        """Let seconds pass, for a coroutine."""


class RealClock:
    """The time of this machine."""

    def now(self) -> float:
        """Return the seconds since some fixed point."""
        return time.monotonic()

    def wall(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait, and let the other tasks run."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """A clock that nobody waits for: a pause only moves it on.

    Every thread and every asyncio task has time of its own, so that fifty that wait side by side wait
    once, not fifty times. A thread starts at 0, a task with the time of the one that started it.
    """

    def __init__(self) -> None:
        self._slept: ContextVar[float] = ContextVar("slept", default=0)

    def now(self) -> float:
        """Return the seconds that were slept away here."""
        return self._slept.get()

    def wall(self) -> float:
        """Return the same."""
        return self._slept.get()

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self._slept.set(self._slept.get() + max(0, seconds))

    async def sleep_async(self, seconds: float) -> None:
        """Move on at once, and let the other tasks run."""
        self.sleep(seconds)
        await asyncio.sleep(0)
