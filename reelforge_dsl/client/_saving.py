"""Bring a finished file to a path: streamed beside it, resumed after a cut, moved into place whole."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

from attrs import define

from reelforge_dsl.client import _outcomes as outcomes
from reelforge_dsl.client._calls import Call, Failure, Flow, Pause, Reply, Send, left, timely
from reelforge_dsl.client._flows import Session
from reelforge_dsl.errors import ApiError, FieldError, RejectedError, ReplyError, ServerError, TransportError

Report = Callable[[int, int | None], object]

SILENCE = 60.0
"""Wall seconds without a byte after which a download is broken off and tried again."""

_TRIES = 5
_WORTH = 1 << 16
_MAX_REDIRECTS = 5
_SNIFFED_BYTES = 64
_MOVED = (301, 302, 303, 307, 308)
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


def saved(
    session: Session, url: str, path: str | os.PathLike[str], timeout: float | None, report: Report | None
) -> Flow[Path]:
    """Download a public file; it appears whole or not at all, and replaces one that is there.

    Args:
        session: Of the client.
        url: Where it is; the API key is not sent there.
        path: Where it goes; the folder must exist.
        timeout: Wall seconds in all; ``None``: only silence ends it.
        report: Called with the bytes here and those expected (``None``: not known).

    Returns:
        The path, absolute.

    Raises:
        FieldError: ``path`` is a folder, or its folder does not exist.
        OSError: The disk is full, or the folder may not be written.
        ApiError: The address does not give the file.
        ReplyError: What arrives is a web page, empty, or of another length than announced.
        TransportError: The connection breaks again and again, or the time is up.
    """
    target = target_path(path)
    with _part_beside(target) as (part, file):
        sink = _Part(file, report)
        yield from _filled(session, _address(url), sink, session.deadline(timeout), timeout)
        file.close()
        part.replace(target)
    return target


def target_path(path: str | os.PathLike[str]) -> Path:
    """Return where a file shall lie, absolute.

    Raises:
        FieldError: It is a folder, or its folder does not exist.
    """
    target = Path(path).absolute()
    try:
        is_folder = target.is_dir()
    except OSError as exc:  # a name too long for the file system
        what = f".save: {target.name[:40]}… is no name for a file: {exc.strerror}"
        raise FieldError(what, fix="shorten it", field=".save: path") from None
    if is_folder:
        fix = f"name a file in it, as {target.name}/film.mp4"
        raise FieldError(f".save: {target} is a folder", fix=fix, field=".save: path", value=path)
    if not target.parent.is_dir():
        what = f".save: the folder {target.parent} does not exist"
        raise FieldError(what, fix="create it first", field=".save: path", value=path)
    return target


@contextmanager
def _part_beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Open a file in the target's folder that is gone afterwards, whatever happens."""
    part = target.parent / f".reelforge-{uuid.uuid4().hex[:12]}.part"
    try:
        with part.open("xb") as file:
            yield part, file
    except OSError as exc:
        if exc.errno is not None and exc.filename is None:  # a write that failed does not know its file
            exc.filename = str(target)
        raise
    finally:
        part.unlink(missing_ok=True)


@define
class _Part:
    """The file so far, and what its server said of it.

    Attributes:
        file: Open for writing.
        report: Told of progress.
        size: Bytes that are here.
        total: Bytes announced, or ``None``.
        validator: ``ETag``, else ``Last-Modified``: lets a download go on where it broke off.
        fault: Why the body was refused, or ``""``.
        at_start: Bytes that were here when the present answer began.
        error: What the disk said, or ``None``.
        head: The first bytes, which tell a web page.
    """

    file: IO[bytes]
    report: Report | None
    size: int = 0
    total: int | None = None
    validator: str | None = None
    fault: str = ""
    at_start: int = 0
    error: OSError | None = None
    head: bytes = b""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Look at the head of an answer, and go on or begin anew."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            self.fault = "arrives compressed, though it was asked for as it is"
        elif kind in ("text/html", "application/xhtml+xml"):
            self.fault = "is a web page, not a media file"
        if self.fault:
            return False
        length = headers.get("content-length", "")
        announced = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
        span = _RANGE.fullmatch(headers.get("content-range", "")) if status == 206 else None
        if status == 206 and (span is None or int(span[1]) != self.size):
            self.restart()
            return False
        if not self.size or span is None:
            self.restart()
            self.total = announced
            self.validator = _validator(headers)
        if span is not None and span[3] != "*":
            self.total = int(span[3])
        self.at_start = self.size
        return True

    def write(self, chunk: bytes) -> bool:
        """Keep a piece."""
        if len(self.head) < _SNIFFED_BYTES:
            self.head += chunk[: _SNIFFED_BYTES - len(self.head)]
            if _is_page(self.head):
                self.fault = "is a web page, not a media file"
                return False
        try:
            self.file.write(chunk)
        except OSError as exc:
            self.error = exc
            return False
        self.size += len(chunk)
        if self.report is not None:
            self.report(self.size, self.total)
        return True

    def restart(self) -> None:
        """Throw away what is here."""
        self.file.seek(0)
        self.file.truncate()
        self.size, self.total, self.validator, self.head = 0, None, None, b""

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the headers that ask for the rest."""
        if not self.size or self.validator is None:
            return ()
        return (("range", f"bytes={self.size}-"), ("if-range", self.validator))


def _filled(
    session: Session, url: str, part: _Part, deadline: float | None, timeout: float | None
) -> Flow[None]:
    """Ask until the file is whole."""
    tries, moves = 0, 0
    while True:
        if not part.headers():
            part.restart()
        part.at_start = part.size
        call = Call("GET", _shown(url), url, is_service=False, headers=part.headers())
        outcome = timely((yield Send(call, deadline, part, SILENCE)), deadline, session.clock)
        if part.error is not None:
            raise part.error
        if isinstance(outcome, Reply) and outcome.status in _MOVED and moves < _MAX_REDIRECTS:
            url, moves = _next_address(url, outcome.headers.get("location", "")), moves + 1
            continue
        error = _error(session, call, part, outcome, tries + 1, timeout)
        if error is None:
            return
        tries = 1 if part.size - part.at_start >= _WORTH else tries + 1
        pause = 0.0 if isinstance(outcome, Reply) and outcome.status in (206, 416) else _pause(session, tries)
        remaining = left(deadline, session.clock)
        hopeless = not isinstance(error, (TransportError, ServerError)) and not _is_askew(outcome)
        if hopeless or tries >= _TRIES or (remaining is not None and pause >= remaining):
            raise error
        yield Pause(pause)


def _pause(session: Session, tries: int) -> float:
    return min(0.5 * 2.0**tries, 8.0) * (0.5 + session.clock.dice() / 2)


def _is_askew(outcome: Reply | Failure) -> bool:
    """Tell whether the server took the range amiss: the next try asks for the whole file."""
    return isinstance(outcome, Reply) and outcome.status in (206, 416, 408, 429)


def _error(
    session: Session, call: Call, part: _Part, outcome: Reply | Failure, tries: int, timeout: float | None
) -> ApiError | ReplyError | TransportError | None:
    """Return what keeps the file from being whole, ``None`` when it is."""
    config, shown = session.config, call.path
    if isinstance(outcome, Failure):
        return outcomes.transport_error(config, call, outcome, tries, limit=timeout, before="")
    if part.fault:
        return ReplyError(
            f"{shown} {part.fault}", fix="job.refresh() asks for a fresh link", status=outcome.status
        )
    if outcome.status == 416:
        part.restart()
    if outcome.status not in (200, 206):
        error = outcomes.api_error(config, call, outcome, tries, wall=session.clock.wall())
        if outcome.status in (401, 403):  # of the file's own host, which has nothing to do with the API key
            return RejectedError(
                error.what, fix=error.fix, status=error.status, body=error.body, attempts=tries
            )
        return error
    if part.total is not None and part.size < part.total:
        text = f"{part.size} of {part.total} bytes arrived"
        return outcomes.transport_error(
            config, call, Failure("broken", text), tries, limit=timeout, before=""
        )
    if part.total is not None and part.size > part.total:
        return ReplyError(f"{shown}: {part.size} bytes arrived, {part.total} were announced")
    if part.size == 0:
        return ReplyError(f"{shown} is empty: 0 bytes arrived", status=outcome.status)
    return None


def _address(url: str) -> str:
    """Take an http(s) address.

    Raises:
        ReplyError: The service gave another.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise ReplyError(f"The output's address is no http(s) URL: {_shown(url)}")
    return url if url.isascii() else _escaped(url)


def _escaped(url: str) -> str:
    from urllib.parse import quote

    return quote(url, safe="/%?&=:@!$'()*+,;~-._#[]")


def _next_address(url: str, location: str) -> str:
    target = urljoin(url, location)
    if url.startswith("https:") and not target.startswith("https:"):
        raise ReplyError(f"{_shown(url)} redirects to an address without TLS: {_shown(target)}")
    return _address(target)


def _shown(url: str) -> str:
    """Return an address fit for messages and logs: without login and query, which may be signatures."""
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/?#]*@)?([^/?#@]+)([^?#]*)", url)
    return f"{found[1].lower()}://{found[2]}{found[3]}" if found else "<no URL>"


def _validator(headers: Mapping[str, str]) -> str | None:
    tag = headers.get("etag", "")
    if tag.startswith('"'):
        return tag
    return headers.get("last-modified") or None


def _is_page(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    return start.startswith((b"<!doctype html", b"<html"))


def saved_tracks(
    session: Session,
    urls: Sequence[str],
    path: str | os.PathLike[str],
    timeout: float | None,
    report: Report | None,
) -> Flow[tuple[Path, ...]]:
    """Download pieces of music to ``beat-1.mp3``, ``beat-2.mp3`` for a path of ``beat.mp3``."""
    target = target_path(path)
    deadline = session.deadline(timeout)
    made = []
    for number, url in enumerate(urls, 1):
        place = target.with_name(f"{target.stem}-{number}{target.suffix}")
        remaining = left(deadline, session.clock)
        made.append((yield from saved(session, url, place, remaining, report)))
    return tuple(made)
