"""The local service with the real engine: films, recipes, music, own outputs, refusals, cancelling."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelforge_dsl import JobFailedError, Timeline, engine, local, webhooks
from reelforge_dsl.errors import RejectedError
from reelforge_dsl.local import music
from reelforge_dsl.models.music import MusicRequest


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of fetched assets for each test."""
    monkeypatch.setenv("REELFORGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def red(studio: Any) -> Path:
    path: Path = studio.flat("red.mp4", "red", seconds=1)
    return path


def reel(clip: Path | str, seconds: float = 1) -> Timeline:
    return Timeline((320, 180)).video(clip, start=0, duration=seconds)


def test_a_film_is_rendered_and_saved(red: Path, tmp_path: Path, tools: Any) -> None:
    """Render, wait and save bring the film itself: its length, its size, its colour."""
    with local.client() as client:
        job = client.render(reel(red).text("Hi", start=0, duration=0.5))
        saved = job.wait(timeout=60).save(tmp_path / "film.mp4")
    found = engine.inspect(saved)
    assert (found.width, found.height) == (320, 180)
    assert found.duration_seconds == pytest.approx(1, abs=0.05)
    picture = tools.pixels(engine.frame(reel(saved), 0.9).png)
    assert picture[90, 160] == pytest.approx([255, 0, 0], abs=12)
    assert job.raw["billing"]["total_credit_cost"] == 0


def test_the_async_client_is_the_same(red: Path, tmp_path: Path) -> None:
    """Four films at once through the asynchronous client, kept in a folder of the caller's."""

    async def story() -> list[str]:
        async with local.async_client(tmp_path / "films") as client:
            jobs = [await client.render(reel(red, 0.2 * n)) for n in range(1, 5)]
            return [(await job.wait(timeout=60)).id for job in jobs]

    ids = asyncio.run(story())
    lengths = [engine.probe(tmp_path / "films" / f"{name}.mp4") for name in ids]
    assert lengths == pytest.approx([0.2, 0.4, 0.6, 0.8], abs=0.05)
    assert len(list((tmp_path / "films").iterdir())) == 4


def test_a_film_is_a_clip_of_the_next(red: Path) -> None:
    """The service's own film goes into another as a file: the name of its host leads nowhere."""
    with local.client() as client:
        first = client.render(reel(red)).wait(timeout=60)
        assert first.output_url is not None
        second = client.render(reel(first.output_url)).wait(timeout=60)
    assert second.status == "completed"


def test_music_is_composed_and_goes_into_a_film(red: Path, tmp_path: Path) -> None:
    """Two tracks come, can be saved and laid under a film; they hang on the words and the key alone."""
    with local.client() as client:
        job = client.music("warm lo-fi", idempotency_key="one").wait(timeout=300)
        assert job.raw["data"]["engine"] == "procedural"
        film = client.render(reel(red).music(job.tracks[0])).wait(timeout=60)
        assert engine.inspect(film.save(tmp_path / "film.mp4")).has_audio
        first, second = (path.read_bytes() for path in job.save(tmp_path / "beat.wav"))
    assert engine.inspect(tmp_path / "beat-1.wav").channels == 2
    assert engine.probe(tmp_path / "beat-1.wav") == pytest.approx(job.tracks[0].duration, abs=0.01)
    seed = int.from_bytes(hashlib.sha256(b"one").digest()[:8], "big")
    score, _ = music.plan(MusicRequest(prompt="warm lo-fi", instrumental=True), seed)
    assert first == music.wav(music.perform(score))
    assert first != second


def test_a_recipe_is_compiled_and_rendered(studio: Any, tmp_path: Path) -> None:
    """A slideshow lasts as long as its sound, to the frame."""
    pictures = [studio.flat(f"{colour}.png", colour, size="108x192").as_uri() for colour in ("red", "blue")]
    variables = {"audio_url": studio.tone("tone.wav", seconds=0.4).as_uri(), "image_urls": pictures}
    with local.client() as client:
        job = client.recipe("photo_slideshow", "clean", variables).wait(timeout=120)
        found = engine.inspect(job.save(tmp_path / "film.mp4"))
    assert (found.width, found.height) == (1080, 1920)
    assert found.duration_seconds == pytest.approx(0.4, abs=0.05)


def failed(document: Any) -> JobFailedError:
    with local.client() as client, pytest.raises(JobFailedError) as caught:
        client.render(document).wait(timeout=60)
    return caught.value


def test_failures_have_codes(red: Path, studio: Any, tmp_path: Path) -> None:
    """A missing file, no media, a late trim, speech without words and a transform each have their code."""
    (tmp_path / "notes.mp4").write_text("no film", encoding="utf-8")
    spoken = reel(red).voiceover(studio.tone("t.wav")).captions("karaoke_yellow")
    turned = reel(red).change("video-1", transform="rotate(5deg)")
    found = {
        name: failed(document)
        for name, document in {
            "missing": reel(tmp_path / "none.mp4"),
            "text": reel(tmp_path / "notes.mp4"),
            "trim": Timeline((320, 180)).video(red, start=0, duration=1, trim=9),
            "spoken": spoken,
            "turned": turned,
        }.items()
    }
    assert {name: error.code for name, error in found.items()} == {
        "missing": "asset_unreachable",
        "text": "asset_unusable",
        "trim": "impossible_trim",
        "spoken": "transcription_not_supported",
        "turned": "unsupported_by_engine",
    }
    assert found["spoken"].job.status == "transcription_failed"
    for error in found.values():
        assert str(tmp_path) not in str(error)
        assert "fix" in str(error)


@pytest.fixture
def web(red: Path) -> Iterator[str]:
    """A server on loopback with the clip, and a redirect to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/moved.mp4"
            body = b"" if moved else red.read_bytes()
            self.send_response_only(302 if moved else 200)
            if moved:
                self.send_header("location", "/clip.mp4")
            self.send_header("content-type", "video/mp4")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_of_this_machine_is_told(red: Path) -> None:
    """A client in this process delivers to loopback, signed; closing it waits for what is on its way."""
    came: list[tuple[bytes, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
            self.send_response_only(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hooked = reel(red).webhook(f"http://127.0.0.1:{server.server_port}/hook", secret="s3cret")
    with local.client() as client:
        job = client.render(hooked.metadata({"n": 1})).wait(timeout=60)
    server.shutdown()
    thread.join()
    server.server_close()
    ((body, headers),) = came
    event = webhooks.unwrap(body, headers, "s3cret")
    assert isinstance(event, webhooks.RenderCompleted)
    assert (event.job_id, event.output_url, event.metadata) == (job.id, job.output_url, {"n": 1})


def test_private_hosts_are_reached_when_allowed(web: str) -> None:
    """A clip of loopback is refused at submit, and rendered where that is allowed, redirected too."""
    with local.client() as client, pytest.raises(RejectedError) as caught:
        client.render(reel(f"{web}/moved.mp4"))
    assert caught.value.code == "asset_not_allowed"
    with local.client(allow_private=True) as client:
        assert client.render(reel(f"{web}/moved.mp4")).wait(timeout=60).status == "completed"


def test_a_private_name_is_refused_when_it_is_looked_up(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that turns out to lead to loopback fails its job; nothing is fetched."""
    look_up = __import__("socket").getaddrinfo

    def to_loopback(host: Any, *rest: Any, **named: Any) -> Any:
        return look_up("127.0.0.1" if host == "films.example.com" else host, *rest, **named)

    monkeypatch.setattr("socket.getaddrinfo", to_loopback)
    error = failed(reel(web.replace("127.0.0.1", "films.example.com") + "/clip.mp4"))
    assert error.code == "asset_unreachable"
    assert "private network" in str(error)


def test_the_media_root_holds_when_the_job_is_done(red: Path, tmp_path: Path, studio: Any) -> None:
    """A link that is turned elsewhere after the submit is refused when its film is made."""
    root = tmp_path / "media"
    root.mkdir()
    (root / "clip.mp4").symlink_to(root / "real.mp4")
    (root / "real.mp4").write_bytes(red.read_bytes())
    slow = studio.flat("slow.mp4", "gray", size="1280x720", seconds=3)
    (root / "slow.mp4").write_bytes(slow.read_bytes())
    with local.Service(media_root=root, workers=1) as service, local.client(service=service) as client:
        client.render(Timeline((1280, 720)).video(root / "slow.mp4", start=0, duration=3))
        late = client.render(reel(root / "clip.mp4"))
        (root / "clip.mp4").unlink()
        (root / "clip.mp4").symlink_to(red)
        with pytest.raises(JobFailedError) as caught:
            late.wait(timeout=60)
    assert caught.value.code == "asset_not_allowed"
    assert str(tmp_path) not in str(caught.value)


def test_closing_cancels_and_the_next_service_goes_on(studio: Any, tmp_path: Path) -> None:
    """Closed in the middle of a film, the service is gone within seconds; the next one makes the film."""
    slow = studio.flat("slow.mp4", "gray", size="1280x720", seconds=3)
    long = Timeline((1280, 720)).video(slow, start=0, duration=3).text("x", start=0, duration=3)
    service = local.Service(data_dir=tmp_path / "data", any_file=True, workers=1)
    with local.client(service=service) as client:
        job = client.render(long)
        while job.refresh().status == "queued":
            time.sleep(0.01)
    service.close(0)
    assert [path for path in (tmp_path / "data" / "outputs").iterdir() if path.name != f"{job.id}.mp4"] == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("reelforge-")]
    with (
        local.Service(data_dir=tmp_path / "data", any_file=True) as service,
        local.client(service=service) as client,
    ):
        assert client.job(job.id).wait(timeout=120).status == "completed"


def test_validation_measures_nothing(red: Path) -> None:
    """A verdict comes without opening a file: lengths that hang on files are not said."""
    with local.client() as client:
        known = client.validate(reel(red))
        unknown = client.validate(Timeline((320, 180)).video(red.with_name("none.mp4")))
    assert (known.valid, known.estimated_duration_seconds) == (True, 1)
    assert (unknown.valid, unknown.estimated_duration_seconds) == (True, None)


def test_forty_films_of_one_key_are_one(red: Path) -> None:
    """Forty threads that render with one key get one job, and one film is made."""
    with local.Service(any_file=True) as service, local.client(service=service) as client:
        document = reel(red)
        ids: list[str] = []
        threads = [
            threading.Thread(target=lambda: ids.append(client.render(document, idempotency_key="k").id))
            for _ in range(40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ids) == 40
        assert len(set(ids)) == 1
        client.job(ids[0]).wait(timeout=60)
        assert [job.attempts for job in service.jobs] == [1]


def test_the_picture_is_the_engines_own(studio: Any, tmp_path: Path) -> None:
    """The service's film is byte for byte what `engine.render` makes of the same document."""
    document = studio.document(studio.layer("video", studio.clock(3), 0, 1))
    ours = engine.render(document, tmp_path / "ours.mp4")
    with local.client(tmp_path / "films") as client:
        job = client.render(document).wait(timeout=60)
    assert np.array_equal(
        np.fromfile(ours.path, np.uint8), np.fromfile(tmp_path / "films" / f"{job.id}.mp4", np.uint8)
    )
