"""Downloads: whole or not at all, resumed after a cut, and without the key."""

from __future__ import annotations

import asyncio
import errno
import io
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelforge_dsl import (
    FieldError,
    JobFailedError,
    NotFoundError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    TransportError,
    TransportTimeoutError,
)
from reelforge_dsl.client import AsyncRenderJob, MusicJob, RenderJob
from reelforge_dsl.models.jobs import MusicState, RenderState
from reelforge_dsl.models.music import Track

URL = "https://cdn.example.com/film.mp4?signature=s3cret"
FILM = bytes(range(256)) * 1000


class Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __iter__(self) -> Any:
        yield self.data
        raise httpx.ReadError("reset")

    async def __aiter__(self) -> Any:
        yield self.data
        raise httpx.ReadError("reset")


class Media(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A media host: it knows ranges, and cuts its answers where it is told to."""

    def __init__(self, *cuts: int, tag: str = '"v1"', ranges: bool = True) -> None:
        self.cuts = list(cuts)
        self.tag, self.ranges = tag, ranges
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        start = int(found[1]) if found and self.ranges and request.headers["if-range"] == self.tag else 0
        rest = FILM[start:]
        headers = {"content-length": str(len(rest)), "content-type": "video/mp4", "etag": self.tag}
        if start:
            headers["content-range"] = f"bytes {start}-{len(FILM) - 1}/{len(FILM)}"
        status = 206 if start else 200
        if self.cuts:
            return httpx.Response(status, headers=headers, stream=Cut(rest[: self.cuts.pop(0)]))
        return httpx.Response(status, headers=headers, content=rest)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def finished(stage: Any, url: str | None = URL) -> RenderJob:
    """Return the handle of a finished render."""
    return RenderJob(stage.client, RenderState(id="j", status="completed", output_url=url))


def listed(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def on(stage: Any, media: Any) -> Any:
    """Put another transport under a stage."""
    stage.service = media
    return stage


def test_a_film_is_saved(staged: Any, tmp_path: Path) -> None:
    """The file is there whole, replaces an older one, and nothing else lies beside it."""
    stage = on(staged(httpx.Response(200)), Media())
    target = tmp_path / "film.mp4"
    target.write_text("old")
    assert finished(stage).save(target) == target
    assert target.read_bytes() == FILM
    assert listed(tmp_path) == ["film.mp4"]
    sent = stage.service.requests[0]
    assert str(sent.url) == URL
    assert "authorization" not in sent.headers
    assert "idempotency-key" not in sent.headers


def test_a_cut_download_goes_on(staged: Any, tmp_path: Path) -> None:
    """After a cut only the rest is asked for, if the file is still the same one."""
    stage = on(staged(httpx.Response(200)), Media(100_000, 50_000))
    finished(stage).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == FILM
    ranges = [request.headers.get("range") for request in stage.service.requests]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert stage.service.requests[1].headers["if-range"] == '"v1"'


@pytest.mark.parametrize(
    "media", [Media(100_000, ranges=False), Media(100_000, tag='W/"weak"')], ids=["no", "weak"]
)
def test_without_ranges_it_begins_anew(staged: Any, tmp_path: Path, media: Media) -> None:
    """A server that ignores ranges, or cannot promise the same file, sends it from the start."""
    finished(on(staged(httpx.Response(200)), media)).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == FILM


def test_a_changed_file_begins_anew(staged: Any, tmp_path: Path) -> None:
    """When the file changes between two tries, no half of the old one stays."""
    media = Media(100_000)
    stage = on(staged(httpx.Response(200)), media)
    whole = media.handle_request

    def changing(request: httpx.Request) -> httpx.Response:
        if media.requests:
            media.tag = '"v2"'
        return whole(request)

    media.handle_request = changing  # type: ignore[method-assign]
    finished(stage).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == FILM


def test_a_wrong_range_is_not_glued_on(staged: Any, tmp_path: Path) -> None:
    """A 206 that starts elsewhere, or a 416, makes the download begin anew."""
    for odd in (
        httpx.Response(
            206, headers={"content-range": f"bytes 5-{len(FILM) - 1}/{len(FILM)}"}, content=FILM[5:]
        ),
        httpx.Response(416),
    ):
        first = httpx.Response(
            200, headers={"etag": '"v1"', "content-length": str(len(FILM))}, content=FILM[:9]
        )
        stage = staged(first, odd, httpx.Response(200, content=FILM))
        finished(stage).save(tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == FILM
        assert "range" not in stage.service.requests[2].headers


def test_a_part_is_not_taken_for_the_whole(staged: Any, tmp_path: Path) -> None:
    """A 206 that nobody asked for is known to be a part: the rest is fetched."""
    head = {"etag": '"v1"', "content-range": f"bytes 0-99/{len(FILM)}"}
    rest = {"etag": '"v1"', "content-range": f"bytes 100-{len(FILM) - 1}/{len(FILM)}"}
    stage = staged(
        httpx.Response(206, headers=head, content=FILM[:100]),
        httpx.Response(206, headers=rest, content=FILM[100:]),
    )
    finished(stage).save(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == FILM


def test_a_page_that_drips_is_known(staged: Any, tmp_path: Path) -> None:
    """A web page is known by its first letters, however few come at a time."""

    class Drips(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            yield from (bytes([letter]) for letter in b"<!DOCTYPE html><p>Log in")

    class Page(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Drips())

    with pytest.raises(ReplyError, match="web page"):
        finished(on(staged(httpx.Response(200)), Page())).save(tmp_path / "film.mp4")
    assert listed(tmp_path) == []


def test_a_short_file_is_not_moved_into_place(staged: Any, tmp_path: Path) -> None:
    """A body shorter than announced is no film, after every try; nothing is left behind."""
    short = httpx.Response(200, headers={"content-length": "5000"}, content=b"x" * 10)
    stage = staged(short)
    with pytest.raises(TransportError, match="10 of 5000 bytes"):
        finished(stage).save(tmp_path / "film.mp4")
    assert len(stage.service.requests) == 5
    assert listed(tmp_path) == []


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx.Response(200, html="<html>"), ReplyError, "web page"),
        (httpx.Response(200, content=b"\xef\xbb\xbf <!DOCTYPE html><p>Log in"), ReplyError, "web page"),
        (httpx.Response(200, content=b""), ReplyError, "empty"),
        (httpx.Response(200, headers={"content-length": "3"}, content=b"12345"), ReplyError, "announced"),
        (httpx.Response(404), NotFoundError, "404"),
        (httpx.Response(403), RejectedError, "fresh"),
        (httpx.Response(302, headers={"location": "ftp://x.example/"}), ReplyError, "without TLS"),
        (httpx.Response(302, headers={"location": "http://x.example/?a=s3cret"}), ReplyError, "without TLS"),
        (httpx.Response(302, headers={"location": URL}), ReplyError, "redirect"),
    ],
)
def test_what_is_no_film_is_not_saved(
    staged: Any, tmp_path: Path, answer: httpx.Response, error: type[Exception], words: str
) -> None:
    """Pages, empty files, refusals and unsafe redirects end the download; no query is told."""
    with pytest.raises(error, match=words) as caught:
        finished(staged(answer)).save(tmp_path / "film.mp4")
    assert "s3cret" not in str(caught.value)
    assert listed(tmp_path) == []


def test_a_redirect_to_the_media_is_followed(staged: Any, tmp_path: Path) -> None:
    """Public media may lie elsewhere: a redirect is followed, still without the key."""
    stage = staged(httpx.Response(302, headers={"location": "/other.mp4"}), httpx.Response(200, content=FILM))
    finished(stage).save(tmp_path / "film.mp4")
    assert str(stage.service.requests[1].url) == "https://cdn.example.com/other.mp4"
    assert "authorization" not in stage.service.requests[1].headers


@pytest.mark.parametrize(
    "url", ["ftp://x.example/a.mp4", "file:///etc/passwd", "https://", "no url", "https://x:y/"]
)
def test_an_address_of_another_kind_is_refused(staged: Any, tmp_path: Path, url: str) -> None:
    """Only http(s) addresses are fetched."""
    stage = staged(httpx.Response(200))
    with pytest.raises(ReplyError, match="no http"):
        finished(stage, url).save(tmp_path / "film.mp4")
    assert stage.service.requests == []


def test_only_a_finished_job_is_saved(staged: Any, tmp_path: Path) -> None:
    """A running job says to wait, a failed one why, and one without output that it has none."""
    stage = staged(httpx.Response(200))
    for state, error, words in (
        (RenderState(id="j", status="rendering"), ReelforgeError, "job.wait"),
        (RenderState(id="j", status="failed", error_code="bad"), JobFailedError, "bad"),
        (RenderState(id="j", status="completed"), ReelforgeError, "names no output"),
    ):
        with pytest.raises(error, match=words):
            RenderJob(stage.client, state).save(tmp_path / "film.mp4")


def test_the_target_is_looked_at_first(staged: Any, tmp_path: Path) -> None:
    """A folder, a missing folder or an impossible name is refused before anything is fetched."""
    stage = staged(httpx.Response(200, content=FILM))
    for wrong in (tmp_path, tmp_path / "none" / "film.mp4", tmp_path / ("x" * 300)):
        with pytest.raises((FieldError, OSError)):
            finished(stage).save(wrong)
    assert [r for r in stage.service.requests if wrong != tmp_path / ("x" * 300)] == []


def test_an_interrupt_leaves_nothing_behind(staged: Any, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a download takes the part file away."""
    stage = on(staged(httpx.Response(200)), Media(100_000))

    def interrupted(_: float) -> None:
        assert len(listed(tmp_path)) == 1
        raise KeyboardInterrupt

    stage.time.sleep = interrupted
    with pytest.raises(KeyboardInterrupt):
        finished(stage).save(tmp_path / "film.mp4")
    assert listed(tmp_path) == []


def test_a_full_disk_is_told_as_such(staged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk says is raised as it is, at once, and nothing is left."""
    from reelforge_dsl.client import _saving

    class Full:
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return lambda *_: 0

    stage = staged(httpx.Response(200, content=FILM))
    part = _saving._Part(Full(), None)  # type: ignore[arg-type]
    flow = _saving._filled(stage.client._session, URL, part, None, None)
    with pytest.raises(OSError, match="No space"):
        stage.client._run(flow)
    assert len(stage.service.requests) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_write_that_fails_names_its_file(staged: Any, tmp_path: Path) -> None:
    """A file that may not grow further is told by its path, and the one that was there stays."""
    import resource

    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    job = finished(staged(httpx.Response(200, content=FILM)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(FILM) // 2, hard))
    try:
        with pytest.raises(OSError, match=r"film\.mp4") as caught:
            job.save(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno == errno.EFBIG
    assert (target.read_bytes(), listed(tmp_path)) == (b"old", ["film.mp4"])


def test_a_download_has_its_own_limit(staged: Any, tmp_path: Path) -> None:
    """``timeout=`` bounds the whole download, tries and pauses included."""
    stage = on(staged(httpx.Response(200)), Media(*[70_000] * 3))
    stage.time.sleep = lambda seconds: setattr(stage.time, "seconds", stage.time.seconds + 20)
    with pytest.raises(TransportTimeoutError, match="within 15 s"):
        finished(stage).save(tmp_path / "film.mp4", timeout=15)
    assert listed(tmp_path) == []


def test_music_saves_both_tracks(staged: Any, tmp_path: Path) -> None:
    """The two tracks are numbered files beside each other."""
    tracks = tuple(Track(n, f"https://cdn.example.com/{n}.mp3") for n in "ab")
    stage = staged(httpx.Response(200, content=b"one"), httpx.Response(200, content=b"two"))
    job = MusicJob(stage.client, MusicState(id="m", status="completed", tracks=tracks))
    assert [path.name for path in job.save(tmp_path / "beat.mp3")] == ["beat-1.mp3", "beat-2.mp3"]
    assert (tmp_path / "beat-2.mp3").read_bytes() == b"two"


def test_both_clients_save_the_same(staged: Any, tmp_path: Path) -> None:
    """The async handle resumes as the other does."""
    stage = on(staged(httpx.Response(200)), Media(100_000, 50_000))

    async def save() -> Path:
        async with stage.async_client as client:
            state = RenderState(id="j", status="completed", output_url=URL)
            return await AsyncRenderJob(client, state).save(tmp_path / "film.mp4")

    assert asyncio.run(save()).read_bytes() == FILM
    ranges = [request.headers.get("range") for request in stage.service.requests]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert listed(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_a_terminal_sees_the_bytes(
    staged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_tqdm: bool
) -> None:
    """A terminal shows how much is here, with tqdm or without; anything else sees nothing."""

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    if not has_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    for screen, is_seen in ((Screen(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", screen)
        finished(on(staged(httpx.Response(200)), Media())).save(tmp_path / "film.mp4")
        assert ("film.mp4: " in screen.getvalue()) == is_seen
