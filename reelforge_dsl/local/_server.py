"""The HTTP server under the app: uvicorn, and how it stops. Needs the ``local`` extra."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from reelforge_dsl.local._asgi import App

CONNECTIONS = 500
"""Connections at once; more are answered 503."""

KEEP_ALIVE = 75
"""Wall seconds that an idle connection is kept: longer than the pauses of whoever waits for a job."""

LAST_ANSWERS = 5
"""Wall seconds that answers under way may take once the service has stopped."""


class Server(uvicorn.Server):
    """A server that keeps answering while the service below it comes to its end.

    At the first signal ``on_stop`` runs in a thread, and the server ends when it has; a second signal
    ends it at once.

    Args:
        app: What is served.
        on_ready: Called when connections are taken.
        on_stop: Brings the service to its end.
    """

    def __init__(self, app: App, on_ready: Callable[[], object], on_stop: Callable[[], object]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="error",  # a warning for every caller that is turned away would fill disks
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=LAST_ANSWERS,
            )
        )
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._stopping: threading.Thread | None = None
        self.is_forced = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and tell so."""
        await super().startup(sockets)
        self._on_ready()

    def stop(self) -> None:
        """Begin to end, once; from any thread."""
        if self._stopping is None:
            self._stopping = threading.Thread(target=self._end, name="reelforge-stopping", daemon=True)
            self._stopping.start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at the first signal, at once at the second."""
        del sig, frame
        if self._stopping is None:
            self.stop()
            return
        self.is_forced = self.force_exit = self.should_exit = True

    def _end(self) -> None:
        try:
            self._on_stop()
        finally:
            self.should_exit = True
