"""One request and its answer, as plain frozen values; HTTP, ASGI and tests are shells around them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

Call = Literal["validate", "render", "recipe", "music", "read", "download", "other"]
"""What a request asks for; ``read`` is a look at a job of either kind, ``download`` an output or a track."""

Broken = Literal["refused", "reset", "stall", "cut"]
"""How a connection ends instead of bringing the whole answer; see `reelforge_dsl.local.Fault`."""

HIDDEN = "•••"
"""What stands for a secret in everything that is kept to be looked at."""


@frozen
class Request:
    """What came in.

    Attributes:
        method: In capitals.
        path: Without host and query, as ``/v1/videos/render``.
        headers: Names in lower case. Kept out of the repr, for one of them is the API key.
        body: As it came. Kept out of the repr, for it may hold the webhook's secret.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen
class FileSlice:
    """A part of a file, read when it is sent.

    Attributes:
        path: The file. It is never changed once it can be asked for.
        start: The first byte.
        stop: The byte after the last.
    """

    path: Path
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def chunks(self, size: int = 1 << 18) -> Iterator[bytes]:
        """Yield its bytes in turn, at most ``size`` at a time.

        Raises:
            OSError: The file cannot be read, or has become shorter.
        """
        left = len(self)
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left > 0:
                chunk = file.read(min(size, left))
                if not chunk:
                    raise OSError(f"{self.path.name} has become shorter")
                left -= len(chunk)
                yield chunk

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            OSError: As for `chunks`.
        """
        return b"".join(self.chunks())


@frozen
class Reply:
    """What goes out.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case.
        body: The bytes after the headers, or the part of a file that holds them; empty for HEAD.
        broken: How the connection ends instead, or ``None`` for a whole answer. Only a scripted
            `reelforge_dsl.local.Fault` breaks one.
    """

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes | FileSlice = field(default=b"", repr=False)
    broken: Broken | None = None

    @property
    def content(self) -> bytes:
        """The body's bytes, read where they are in a file."""
        return self.body if isinstance(self.body, bytes) else self.body.read()

    def json(self) -> Any:
        """Return the body's JSON value.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.content)


@frozen
class Received:
    """A request that arrived, kept for a test to look at; secrets are taken out.

    Attributes:
        call: What it asked for.
        method: In capitals.
        path: Without host and query.
        headers: Names in lower case; the API key is hidden.
        body: As it came, but for the webhook's secret and headers, which are hidden.
        status: What it was answered, or ``None`` when the connection broke instead.
        at: Seconds of the service's clock when it arrived.
    """

    call: Call
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int | None
    at: float

    @property
    def idempotency_key(self) -> str | None:
        """The key of its header, or ``None``."""
        return self.headers.get("idempotency-key") or None

    def json(self) -> Any:
        """Return the body's JSON value.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)


def received(call: Call, request: Request, status: int | None, at: float) -> Received:
    """Return what is kept of a request."""
    headers = {
        name: HIDDEN if name in ("authorization", "cookie", "proxy-authorization") else value
        for name, value in request.headers.items()
    }
    return Received(call, request.method, request.path, headers, _without_secrets(request.body), status, at)


def _without_secrets(body: bytes) -> bytes:
    if b"webhook" not in body and rb"\u" not in body:
        return body
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return HIDDEN.encode()  # half a document may hold half of its secret
    if not isinstance(data, dict) or not {"webhook_secret", "webhook_headers"} & data.keys():
        return body
    if "webhook_secret" in data:
        data["webhook_secret"] = HIDDEN
    if "webhook_headers" in data:
        held = data["webhook_headers"]
        data["webhook_headers"] = dict.fromkeys(held, HIDDEN) if isinstance(held, dict) else HIDDEN
    return json.dumps(data).encode()
