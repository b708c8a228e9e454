"""One answer as it arrives, whatever network brings it: caps, decompression, sinks."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from reelforge_dsl.client._calls import Call, Failure, Reply, Sink
from reelforge_dsl.client._config import Config

LARGEST = 32 << 20
"""Bytes that an answer may have; a longer one is given up."""

LARGEST_ERROR = 1 << 20
"""Bytes that are read of an answer that says no; the rest is left."""

CONNECT_SECONDS = 10.0
"""Wall seconds for one connection to come about, within what the call has left."""


class Intake:
    """Collects one answer, or hands its body to a sink."""

    def __init__(self, sink: Sink | None = None) -> None:
        self._sink = sink
        self._pieces: list[bytes] = []
        self._size = 0
        self._status = 0
        self._headers: dict[str, str] = {}
        self._streams = False

    def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Take the head; ``False`` when the body is not wanted."""
        self._status = status
        self._headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in headers}
        if self._sink is None or status not in (200, 206):
            return True
        self._streams = True
        return self._sink.begin(status, self._headers)

    def take(self, chunk: bytes) -> bool:
        """Take a piece of the body; ``False`` when no more is wanted."""
        if self._streams and self._sink is not None:
            return self._sink.write(chunk)
        self._pieces.append(chunk)
        self._size += len(chunk)
        return self._size <= (LARGEST if self._status < 400 else LARGEST_ERROR)

    def reply(self) -> Reply | Failure:
        """Return what arrived."""
        body = b"".join(self._pieces)
        if self._headers.get("content-encoding", "").lower() in ("gzip", "x-gzip", "deflate"):
            unpacked = _unpacked(body)
            if unpacked is None:
                return Failure("broken", "its compression cannot be undone")
            body = unpacked
        if len(body) > LARGEST:
            return Failure("too_large", f"more than {LARGEST >> 20} MiB")
        return Reply(self._status, self._headers, body)


def _unpacked(body: bytes) -> bytes | None:
    if not body:
        return body
    for window in (47, -15):
        try:
            return zlib.decompressobj(window).decompress(body, LARGEST + 1)
        except zlib.error:
            continue
    return None


def head_of(call: Call, config: Config) -> list[tuple[str, str]]:
    """Return the headers of a call; the API key goes to the service alone."""
    headers = [
        ("accept", "application/json" if call.is_service else "*/*"),
        ("accept-encoding", "identity"),
        ("user-agent", "reelforge-dsl"),
    ]
    if call.is_service and config.key is not None:
        headers.append(("authorization", f"Bearer {config.key.reveal()}"))
    if call.body is not None:
        headers.append(("content-type", "application/json"))
    if call.idempotency_key is not None:
        headers.append(("idempotency-key", call.idempotency_key))
    headers += call.headers
    return headers
