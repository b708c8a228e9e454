"""A served service for tests: the real app under the real server, on a free port of loopback."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from reelforge_dsl import local
from reelforge_dsl.local._asgi import App, names_of
from reelforge_dsl.local._serve import listening
from reelforge_dsl.local._server import Server


@frozen
class Answer:
    """What came back over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Served:
    """A service and the port it is at."""

    service: Any
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            named = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, named, reply.read())
        finally:
            connection.close()


@contextmanager
def serving(service: Any = None, *, api_key: str | None = None, **bounds: Any) -> Iterator[Served]:
    """Serve a service, or what a function makes of an address, else an instant one, until the block ends."""
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        place = f"http://127.0.0.1:{port}"
        if callable(service):
            service = service(place)
        if service is None:
            service = local.Service(renderer="instant", api_key=api_key, base_url=place)
        app = App(service, names=names_of("127.0.0.1"), **bounds)
        ready = threading.Event()
        server = Server(app, ready.set, lambda: None)
        thread = threading.Thread(target=server.run, args=([taken],))
        thread.start()
        try:
            assert ready.wait(20)
            yield Served(service, port)
        finally:
            server.stop()
            thread.join()
            app.close()
