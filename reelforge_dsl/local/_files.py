"""Films and tracks as HTTP hands out files: in ranges, so that a cut download goes on."""

from __future__ import annotations

import hashlib
import re

from attrs import evolve

from reelforge_dsl.local._exchange import FileSlice, Reply, Request
from reelforge_dsl.local._replies import failure, whole
from reelforge_dsl.local._store import Output

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_reply(request: Request, output: Output) -> Reply:
    """Return a file, or the part of it that was asked for; 404 when it was taken away.

    One range of bytes is honoured (206, or 416 outside the file), under ``if-range`` only of the
    same file; several ranges, and what is no range, get the whole file, as HTTP allows.
    """
    body = output.body
    if isinstance(body, FileSlice) and not _is_whole(body):
        return failure(404, message="this file was removed from the service's folder")
    # A name is given once, so it stands for the content, which need not be read for that.
    etag = f'"{hashlib.sha256(output.name.encode()).hexdigest()}"'
    headers = {"content-type": output.content_type, "accept-ranges": "bytes", "etag": etag}
    if output.is_placeholder:
        headers["x-reelforge-placeholder"] = "instant"
    if etag in re.split(r"\s*,\s*", request.headers.get("if-none-match", "")):
        return Reply(304, headers)
    reply = _ranged(request, output, headers, etag)
    return Reply(reply.status, reply.headers) if request.method == "HEAD" else reply


def _ranged(request: Request, output: Output, headers: dict[str, str], etag: str) -> Reply:
    size = len(output.body)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    same = request.headers.get("if-range", etag) == etag
    if request.method != "GET" or asked is None or not same or not any(asked.groups()):
        return whole(200, headers, output.body)
    first, last = asked.groups()
    if first:
        start, stop = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return whole(200, headers, output.body)
    else:
        start, stop = max(0, size - int(last)), size
    if start >= stop:
        return whole(416, {**headers, "content-range": f"bytes */{size}"}, b"")
    part = {**headers, "content-range": f"bytes {start}-{stop - 1}/{size}"}
    return whole(206, part, _part(output.body, start, stop))


def _part(body: bytes | FileSlice, start: int, stop: int) -> bytes | FileSlice:
    if isinstance(body, bytes):
        return body[start:stop]
    return evolve(body, start=body.start + start, stop=body.start + stop)


def _is_whole(body: FileSlice) -> bool:
    try:
        return body.path.stat().st_size >= body.stop
    except OSError:
        return False
