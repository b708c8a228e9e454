"""What stands behind a service that renders: workers over a data folder."""

from __future__ import annotations

import atexit
from collections.abc import Callable

from reelforge_dsl.errors import Issue, MissingExtraError
from reelforge_dsl.local._clock import Clock, RealClock
from reelforge_dsl.local._engine_maker import EngineMaker
from reelforge_dsl.local._folder import DataFolder
from reelforge_dsl.local._instant import Renderer
from reelforge_dsl.local._maker import Maker
from reelforge_dsl.local._policy import OwnFiles, Policy
from reelforge_dsl.local._pool import Pool
from reelforge_dsl.local._settings import Settings
from reelforge_dsl.local._sqlite import SqliteStore
from reelforge_dsl.local._store import Document, Job, Store
from reelforge_dsl.local._works import Ended
from reelforge_dsl.models.music import MusicRequest


class RenderWorks:
    """Workers over a data folder.

    Args:
        settings: How.
        maker: Who makes films and tracks; ``None`` for the engine.
        ended: Called with each job that has come to its end.

    Raises:
        StoreError: The data folder cannot be had.
    """

    music_engine: str | None = "procedural"

    def __init__(self, settings: Settings, maker: Maker | None, ended: Ended) -> None:
        self.clock: Clock = RealClock()
        self._folder = DataFolder.made(settings.data_dir, settings.output_dir)
        self._kept: SqliteStore = self._folder.store(ended)
        self.store: Store = self._kept
        own = OwnFiles(settings.base_url, self._kept.output)
        self._policy = Policy(own, settings.media_root, settings.any_file, settings.allow_private)
        maker = EngineMaker(self._policy) if maker is None else maker
        self._pool = Pool(self._kept, maker, self._folder.outputs, settings.workers)
        self.renderer: Renderer = self._pool
        atexit.register(self.close, 0)  # ffmpeg and a temporary folder end with the program

    def refusals(self, document: Document) -> tuple[Issue, ...]:
        """Return the addresses that may not be opened, and a voice that nobody sings."""
        if isinstance(document, MusicRequest):
            return _voice(document)
        return self._policy.refusals(document)

    def progress(self, job_id: str) -> float | None:
        """Return how much of a job is done, 0 to 1; ``None`` unless it is being worked on."""
        return self._pool.progress(job_id)

    def begin(self) -> tuple[Job, ...]:
        """Take up what an earlier service left; return the jobs whose events are still owed."""
        owed = self._kept.owed()
        self._pool.start()
        return owed

    def close(self, grace: float, last: Callable[[], object] | None = None) -> None:
        """Let renders under way finish within so many wall seconds, else cancel them; close the store."""
        atexit.unregister(self.close)
        self._pool.close(grace)
        if last is not None:
            last()
        self._kept.close()
        self._folder.remove()


def _voice(request: MusicRequest) -> tuple[Issue, ...]:
    """Return why a request cannot be played; without NumPy its job says so."""
    try:
        from reelforge_dsl.local.music import refusal
    except MissingExtraError:
        return ()
    refused = refusal(request)
    return () if refused is None else (refused,)
