"""Our own clients over the service in process: what a user's tests would write."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl import FieldError, ManifestInvalidError, Timeline, local
from reelforge_dsl.errors import (
    ConflictError,
    JobFailedError,
    JobTimeoutError,
    OutOfCreditsError,
    RateLimitedError,
    ReplyError,
    TransportTimeoutError,
)
from reelforge_dsl.local import Fault

REEL = Timeline("9:16").video("https://example.com/walk.mp4", duration=4).text("Hi", start=0, duration=2)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, and a proxy that leads nowhere."""
    for name in ("REELFORGER_API_KEY", "REELFORGE_API_KEY", "REELFORGER_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")


def instant(*faults: Fault) -> local.Service:
    return local.Service(renderer="instant", faults=faults)


def test_a_film_from_queued_to_saved(tmp_path: Path) -> None:
    """Render, wait and save go through without a key, a network or a pause."""
    seen: list[str] = []
    with local.client(renderer="instant") as client:
        job = client.render(REEL)
        job.wait(on_progress=lambda job: seen.append(job.status))
        saved = job.save(tmp_path / "film.mp4")
    assert seen == ["queued", "rendering", "completed"]
    assert saved.read_bytes()[4:8] == b"ftyp"
    assert job.billing is not None
    assert job.billing.total_credit_cost == 0


def test_a_look_that_fails_does_not_end_the_wait() -> None:
    """The third look answers 503, the next one completes; each look is on the record with its second."""
    service = instant(Fault("read", at=3, status=503))
    with local.client(service=service) as client:
        assert client.render(REEL).wait().status == "completed"
    assert [(seen.call, seen.status) for seen in service.requests] == [
        ("render", 202),
        ("read", 200),
        ("read", 200),
        ("read", 503),
        ("read", 200),
    ]
    moments = [seen.at for seen in service.requests]
    assert moments == sorted(moments)
    assert moments[-1] > 2


@pytest.mark.parametrize("kind", ["refused", "reset", "cut", "truncated", "html", "empty", "duplicate"])
def test_a_render_whose_answer_is_lost_is_one_job(kind: Any) -> None:
    """Whatever happens to the answer, the retry has the same key, and there is one job."""
    service = instant(Fault("render", kind=kind))
    with local.client(service=service) as client:
        job = client.render(REEL)
    assert [made.id for made in service.jobs] == [job.id]
    assert {seen.idempotency_key for seen in service.requests} == {job.idempotency_key}


def test_retry_after_passes_on_the_services_clock() -> None:
    """A 429 with retry_after=30 is waited for, and nobody waits."""
    service = instant(Fault("render", status=429, retry_after=30))
    with local.client(service=service) as client:
        client.render(REEL)
    assert [seen.at for seen in service.requests] == [0, 30]


def test_scripted_statuses_are_the_clients_errors() -> None:
    """A lasting fault comes out as the error of its status, with code and key."""
    faults = (Fault("render", times=None, status=402), Fault("validate", times=None, status=429, code="slow"))
    with local.client(renderer="instant", faults=faults, retries=1) as client:
        with pytest.raises(OutOfCreditsError) as broke:
            client.render(REEL, idempotency_key="one")
        with pytest.raises(RateLimitedError) as slow:
            client.validate(REEL)
    assert broke.value.idempotency_key == "one"
    assert (slow.value.code, slow.value.attempts) == ("slow", 2)


def test_a_job_fails_as_scripted() -> None:
    """JobFailedError has the scripted code."""
    fault = Fault("render", outcome="failed", code="caption_alignment_failed", message="No match.")
    with local.client(renderer="instant", faults=[fault]) as client, pytest.raises(JobFailedError) as caught:
        client.render(REEL).wait()
    assert caught.value.code == "caption_alignment_failed"
    assert "No match." in str(caught.value)


def test_a_job_that_never_ends_runs_into_the_deadline() -> None:
    """JobTimeoutError after 24 hours comes at once, after fewer than 3,000 looks."""
    service = instant(Fault("render", outcome="stuck"))
    with local.client(service=service) as client, pytest.raises(JobTimeoutError) as caught:
        client.render(REEL).wait(timeout=24 * 3600)
    assert caught.value.job.status == "rendering"
    assert service.clock.now() <= 24 * 3600
    with local.client(service=service) as client:
        assert client.job(caught.value.job.id).status == "rendering"


def test_a_stalled_render_times_out_with_its_key() -> None:
    """A stall ends at the client's own limit; the key is on the error, and the job is there."""
    service = instant(Fault("render", kind="stall"))
    with (
        local.client(service=service, timeout=20, retries=0) as client,
        pytest.raises(TransportTimeoutError) as caught,
    ):
        client.render(REEL)
    assert service.clock.now() == 20
    assert caught.value.idempotency_key == service.jobs[0].key
    with local.client(service=service) as client:
        assert client.render(REEL, idempotency_key=caught.value.idempotency_key).id == service.jobs[0].id


def test_a_cut_download_is_resumed(tmp_path: Path) -> None:
    """The rest of a broken download comes as a range."""
    service = instant(Fault("download", kind="cut"))
    with local.client(service=service) as client:
        saved = client.render(REEL).wait().save(tmp_path / "film.mp4")
    assert [seen.status for seen in service.requests if seen.call == "download"] == [200, 206]
    assert saved.read_bytes() == service.jobs[0].outputs[0].body


def test_another_jobs_answer_is_refused() -> None:
    """Looks that name another job, however often, are a ReplyError."""
    with local.client(renderer="instant", faults=[Fault("read", kind="wrong_id", times=None)]) as client:
        job = client.render(REEL)
        with pytest.raises(ReplyError):
            job.refresh()


def test_a_key_for_another_film_is_a_conflict() -> None:
    """ConflictError, as from the service."""
    with local.client(renderer="instant") as client:
        client.render(REEL, idempotency_key="one")
        with pytest.raises(ConflictError):
            client.render(REEL.text("more", start=0, duration=2), idempotency_key="one")


def test_validation_tells_what_the_rules_tell() -> None:
    """An invalid document is reported with its issues; a sound one with its length."""
    with local.client(renderer="instant") as client:
        good = client.validate(REEL)
        bad = client.validate(REEL.to_dict() | {"version": "v2"})
    assert (good.valid, good.estimated_duration_seconds, good.estimated_credit_cost) == (True, 4, None)
    assert (bad.valid, [issue.code for issue in bad.errors]) == (False, ["unknown_version"])


def test_music_goes_into_a_film(tmp_path: Path) -> None:
    """Two tracks come, each an ordinary source, and both can be saved."""
    with local.client(renderer="instant") as client:
        job = client.music("warm lo-fi, slow build").wait()
        first, second = job.tracks
        assert client.render(REEL.music(first, volume=0.2)).wait().status == "completed"
        assert [path.name for path in job.save(tmp_path / "beat.wav")] == ["beat-1.wav", "beat-2.wav"]
    assert first.audio_url != second.audio_url


def test_recipes_are_rendered() -> None:
    """A recipe is queued, and a wrong one never sent."""
    variables = {"audio_url": "https://example.com/a.mp3", "image_urls": ["https://example.com/1.jpg"] * 2}
    service = instant()
    with local.client(service=service) as client:
        assert client.recipe("photo_slideshow", "clean", variables).wait().status == "completed"
        with pytest.raises(ManifestInvalidError):
            client.recipe("photo_slideshow", "clean", {})
    assert [job.kind for job in service.jobs] == ["recipe"]


def test_files_of_this_machine_are_taken(tmp_path: Path) -> None:
    """A path is legal for the local service, which here opens nothing."""
    with local.client(renderer="instant") as client:
        assert client.render(Timeline().video(tmp_path / "none.mp4", duration=2)).wait().output_url


def test_a_service_with_a_key_gets_it_from_its_clients() -> None:
    """local.client sends the service's own key, and nothing shows it."""
    service = local.Service(renderer="instant", api_key="k3y-of-mine")
    with local.client(service=service) as client:
        client.render(REEL).wait()
    assert {seen.headers["authorization"] for seen in service.requests} == {"•••"}
    assert "k3y" not in repr((service, vars(service), client, vars(client)))


def test_fifty_films_at_once() -> None:
    """Fifty tasks each wait in their own time, none beyond a limit of ten seconds."""

    async def story() -> list[str]:
        async with local.async_client(renderer="instant") as client:

            async def one() -> str:
                return (await (await client.render(REEL)).wait(timeout=10)).status

            return await asyncio.gather(*(one() for _ in range(50)))

    assert asyncio.run(story()) == ["completed"] * 50


def test_one_client_in_many_threads() -> None:
    """Sixteen threads share a client, and each gets its own job to the end."""
    service = instant()
    with local.client(service=service) as client, ThreadPoolExecutor(16) as pool:
        jobs = list(pool.map(lambda _: client.render(REEL).wait(timeout=10).id, range(64)))
    assert len(set(jobs)) == 64
    assert {job.status for job in service.jobs} == {"completed"}


def test_async_saves_and_fails_as_the_other(tmp_path: Path) -> None:
    """The asynchronous client meets the same service, faults and films."""
    service = instant(Fault("render", at=2, outcome="failed"), Fault("download", kind="reset"))

    async def story() -> Path:
        async with local.async_client(service=service) as client:
            job = await (await client.render(REEL)).wait()
            saved = await job.save(tmp_path / "film.mp4")
            with pytest.raises(JobFailedError):
                await (await client.render(REEL)).wait()
            return saved

    assert asyncio.run(story()).read_bytes() == service.jobs[0].outputs[0].body


def test_a_table_of_rows_is_queued_before_it_is_waited_for() -> None:
    """An instant service takes any number of jobs, since nothing but looks moves them."""
    service = instant()
    with local.client(service=service) as client:
        jobs = [client.render(REEL) for _ in range(1500)]
        assert jobs[-1].wait().status == "completed"
    assert len({job.id for job in jobs}) == len(service.jobs) == 1500


@pytest.mark.parametrize("make", [local.client, local.async_client])
def test_what_would_have_no_effect_is_told(make: Any) -> None:
    """Settings beside a service, a folder for films that are not made and a bad limit raise."""
    with pytest.raises(FieldError, match="there already"):
        make(service=instant(), faults=[Fault("read", status=503)])
    with pytest.raises(FieldError, match="makes no films"):
        make("films", renderer="instant")
    with pytest.raises(FieldError, match="timeout"):
        make(renderer="instant", timeout="soon")
    for setting in ({"output_dir": "films"}, {"media_root": "."}, {"allow_private": True}):
        with pytest.raises(FieldError, match="there already"):
            make(service=instant(), **setting)
