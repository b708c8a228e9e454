"""What stands behind a service: where jobs are kept, who does them, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from reelforge_dsl.errors import Issue
from reelforge_dsl.local._clock import Clock, VirtualClock
from reelforge_dsl.local._instant import InstantRenderer, Renderer
from reelforge_dsl.local._store import Document, Job, MemoryStore, Store

Ended = Callable[[Job], None]
"""Called with each job that has come to its end."""


class Works(Protocol):
    """What a service needs of those behind it.

    Attributes:
        clock: Time.
        store: Where jobs are kept.
        renderer: Who does them.
        music_engine: What makes the music, said in its jobs; ``None`` leaves it out.
    """

    clock: Clock
    store: Store
    renderer: Renderer
    music_engine: str | None

    def refusals(self, document: Document) -> tuple[Issue, ...]:
        """Return why a document that keeps to the contract is not done here; empty when it is."""

    def progress(self, job_id: str) -> float | None:
        """Return how much of a job is done, 0 to 1, where that is known."""

    def begin(self) -> tuple[Job, ...]:
        """Begin to work; return the jobs of an earlier service whose events are still owed."""

    def close(self, grace: float, last: Callable[[], object] | None = None) -> None:
        """End the work, call ``last``, and let go of everything."""


class InstantWorks:
    """No film, no waiting, nothing kept."""

    music_engine: str | None = None

    def __init__(self, ended: Ended) -> None:
        self.clock: Clock = VirtualClock()
        self.store: Store = MemoryStore(ended)
        self.renderer: Renderer = InstantRenderer()

    def refusals(self, document: Document) -> tuple[Issue, ...]:  # noqa: ARG002 - it opens nothing
        """Refuse nothing."""
        return ()

    def progress(self, job_id: str) -> float | None:  # noqa: ARG002 - looks move it
        """Know nothing of it."""
        return None

    def begin(self) -> tuple[Job, ...]:
        """Begin; nothing is owed."""
        return ()

    def close(self, grace: float, last: Callable[[], object] | None = None) -> None:  # noqa: ARG002
        """Let go of nothing."""
        if last is not None:
            last()
