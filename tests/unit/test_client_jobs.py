"""Handles and waiting: what a job is told to be, and when a wait ends."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelforge_dsl import (
    AuthenticationError,
    FieldError,
    Issue,
    JobFailedError,
    JobTimeoutError,
    NotFoundError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    Timeline,
)
from reelforge_dsl.client import MusicJob, RenderJob
from reelforge_dsl.models.jobs import Billing, MusicState, RenderState

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
URL = "https://cdn.example.com/film.mp4"


def told(status: str, **more: Any) -> httpx.Response:
    """Return a render job's answer; the nesting is not published, this is one of those taken."""
    if status == "completed":
        more.setdefault("output_url", URL)
    return httpx.Response(200, json={"success": True, "data": {"id": "j", "status": status, **more}})


def documented(name: str) -> dict[str, Any]:
    """Return the body of a documented payload."""
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())["body"]
    return body


def music(**changes: Any) -> httpx.Response:
    """Return the documented completed music job, changed."""
    body = documented("seed-music-job-completed-response")
    body["data"].update(changes)
    return httpx.Response(200, json=body)


def handle(stage: Any, status: str = "queued") -> RenderJob:
    """Return a handle that was just queued."""
    return RenderJob(stage.client, RenderState(id="j", status=status))


@pytest.mark.parametrize(
    "body",
    [
        {"id": "j", "status": "completed", "output_url": URL},
        {"job_id": "j", "status": "completed", "output_url": URL},
        {"success": True, "data": {"id": "j", "status": "completed", "output_url": URL}},
        {"success": True, "data": {"job": {"id": "j", "status": "completed", "output_url": URL}}},
        {"job": {"id": "j", "status": "completed", "output_url": URL}, "request_id": "r"},
        {"status": "success", "data": {"status": "completed", "output_url": URL}},
    ],
)
def test_a_job_is_read_from_every_envelope(staged: Any, body: Any) -> None:
    """A job stands in ``data`` or at the top, and unknown keys do no harm."""
    job = staged(httpx.Response(200, json={**body, "surprise": [1]})).client.job("j")
    assert (job.id, job.status, job.is_terminal, job.output_url) == ("j", "completed", True, URL)
    assert job.raw["surprise"] == [1]
    assert repr(job) == "<RenderJob j: completed>"


def test_billing_is_typed(staged: Any) -> None:
    """Documented costs are numbers, absent ones None, and the rest stays in ``raw``."""
    bill = {"transcription_credit_cost": 4, "total_credit_cost": 12.5, "render_credit_cost": "many", "tax": 1}
    job = staged(told("rendering", billing=bill)).client.job("j")
    assert job.billing == Billing(transcription_credit_cost=4, total_credit_cost=12.5)
    assert job.raw["data"]["billing"]["tax"] == 1
    assert staged(told("rendering")).client.job("j").billing is None


def test_another_jobs_answer_is_a_reply_error(staged: Any) -> None:
    """An answer that names another job than was asked for is not believed."""
    with pytest.raises(ReplyError) as caught:
        staged(httpx.Response(200, json={"id": "other", "status": "completed"})).client.job("j")
    assert caught.value.issues[0] == Issue("other_job", "error", "$.id", "is 'other', another job than 'j'")


def test_an_id_is_quoted(staged: Any) -> None:
    """An id with odd characters stays one step of the path; one that is none is refused."""
    stage = staged(httpx.Response(200, json={"status": "queued"}))
    assert stage.client.job("a/../b?c").id == "a/../b?c"
    assert stage.service.requests[0].url.raw_path == b"/v1/jobs/a%2F..%2Fb%3Fc"
    for wrong in ("", " ", "..", "a\nb", None, 7):
        with pytest.raises(FieldError):
            stage.client.job(wrong)


def test_a_wait_follows_to_the_end(staged: Any) -> None:
    """Every look updates the handle, unknown words mean running, and progress is told each time."""
    stage = staged(
        told("queued"), told("transcribing"), told("polishing"), told("rendering"), told("completed")
    )
    seen: list[str] = []
    job = handle(stage)
    assert job.wait(on_progress=lambda now: seen.append(now.status)) is job
    assert seen == ["queued", "transcribing", "polishing", "rendering", "completed"]
    assert job.output_url == URL
    assert stage.time.pauses == [1.0, 1.5, 2.25, 3.375]


def test_a_finished_job_is_not_asked_again(staged: Any) -> None:
    """Waiting for what has ended makes no call."""
    stage = staged(told("queued"))
    handle(stage, "completed").wait()
    assert stage.service.requests == []


def test_pauses_grow_to_thirty_seconds(staged: Any) -> None:
    """A day of waiting costs at most 3,000 looks."""
    stage = staged(told("rendering"))
    job = handle(stage)
    with pytest.raises(JobTimeoutError) as caught:
        job.wait(timeout=86_400)
    assert len(stage.service.requests) <= 3000
    assert max(stage.time.pauses) == 30
    assert 86_399 <= stage.time.seconds - 1000 <= 86_400
    assert caught.value.job is job
    assert isinstance(caught.value, TimeoutError)


def test_a_fixed_pause_is_kept(staged: Any) -> None:
    """``poll=`` is the pause between looks."""
    stage = staged(told("queued"), told("queued"), told("completed"))
    handle(stage).wait(poll=5)
    assert stage.time.pauses == [5, 5]
    for wrong in (0, -1, "5", float("nan")):
        with pytest.raises(FieldError, match="poll"):
            handle(stage).wait(poll=wrong)
    with pytest.raises(FieldError, match="timeout"):
        handle(stage).wait(timeout=-1)


def test_no_look_after_the_deadline(staged: Any) -> None:
    """The last look is shortly before the deadline, none after it; no time at all means no look."""
    stage = staged(told("rendering"))
    looks: list[float] = []

    def answer(_: httpx.Request) -> httpx.Response:
        looks.append(stage.time.seconds - 1000)
        return told("rendering")

    stage.service.answers = [answer]
    with pytest.raises(JobTimeoutError, match="rendering after 10 s"):
        handle(stage).wait(timeout=10)
    assert looks[-1] == 9.0625
    with pytest.raises(JobTimeoutError):
        handle(stage).wait(timeout=0)
    assert looks[-1] == 9.0625


def test_the_last_look_has_time(staged: Any) -> None:
    """However the pauses fall, the last look is not one that the deadline cuts off at once."""
    for poll, timeout, last in ((5, 10.01, 9.01), (0.99, 1, 0.5), (4, 9, 8.5), (4, 8.1, 7.1)):
        stage = staged(told("rendering"))
        with pytest.raises(JobTimeoutError):
            handle(stage).wait(timeout=timeout, poll=poll)
        assert stage.time.seconds - 1000 == pytest.approx(last)


def test_a_wait_goes_on_where_it_stopped(staged: Any) -> None:
    """The timeout's handle waits again, in this process or, by its id, in another."""
    stage = staged(told("rendering"))
    with pytest.raises(JobTimeoutError, match=r"client.job\('j'\)") as caught:
        handle(stage).wait(timeout=5)
    stage.service.answers = [told("completed")]
    assert caught.value.job.wait().status == "completed"
    assert stage.client.job("j").wait().status == "completed"


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.Response(500),
        httpx.Response(429, headers={"retry-after": "90"}),
        httpx.Response(200, html="<h1>Maintenance</h1>"),
        httpx.Response(200, content=b""),
    ],
    ids=repr,
)
def test_failed_looks_do_not_end_a_wait(staged: Any, fault: Any) -> None:
    """Fifty failed looks in a row are an outage, not an end; a service's wish to be left alone is kept."""
    stage = staged(told("queued"), *[fault] * 50, told("completed"))
    job = handle(stage).wait(timeout=None)
    assert job.status == "completed"
    assert len(stage.service.requests) == 52
    if isinstance(fault, httpx.Response) and fault.status_code == 429:
        assert set(stage.time.pauses[1:]) == {90}


def test_an_outage_ends_with_the_deadline(staged: Any) -> None:
    """When every look fails, the deadline ends the wait and the error tells the last fault."""
    stage = staged(httpx.Response(503))
    with pytest.raises(JobTimeoutError, match=r"the last look failed: .*503"):
        handle(stage).wait(timeout=120)


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthenticationError), (403, AuthenticationError), (404, NotFoundError)]
)
def test_a_refused_key_or_unknown_job_ends_a_wait(staged: Any, status: int, error: type[Exception]) -> None:
    """401, 403 and 404 cannot mend themselves: the first one ends the wait."""
    stage = staged(told("queued"), httpx.Response(status))
    with pytest.raises(error):
        handle(stage).wait()
    assert len(stage.service.requests) == 2


def test_answers_against_the_contract_end_a_wait_at_the_third(staged: Any) -> None:
    """A completed job without its output may be early once or twice, not for ever."""
    early = httpx.Response(200, json={"id": "j", "status": "completed"})
    stage = staged(early, early, told("completed"))
    assert handle(stage).wait().output_url == URL
    for answer, error in ((early, ReplyError), (httpx.Response(410), RejectedError)):
        stage = staged(answer)
        with pytest.raises(error):
            handle(stage).wait()
        assert len(stage.service.requests) == 3


@pytest.mark.parametrize("status", ["failed", "transcription_failed"])
@pytest.mark.parametrize(
    "why",
    [
        {"error": {"code": "caption_alignment_failed", "message": "Too different."}},
        {"error_code": "caption_alignment_failed", "error_message": "Too different."},
        {"error": "caption_alignment_failed"},
        {"error_message": "caption_alignment_failed"},
    ],
)
def test_a_failed_job_says_why(staged: Any, status: str, why: Any) -> None:
    """A job without its result is a JobFailedError with handle and code; the known code has a fix."""
    job = handle(staged(told(status, **why)))
    with pytest.raises(JobFailedError, match="caption_alignment_failed") as caught:
        job.wait()
    assert (caught.value.job, caught.value.code) == (job, "caption_alignment_failed")
    assert "correct_text" in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.job.status, again.code) == (status, "caption_alignment_failed")
    with pytest.raises(JobFailedError):
        job.wait()


def test_a_failure_without_a_reason_is_one(staged: Any) -> None:
    """Where the service gives no reason, the status is told."""
    with pytest.raises(JobFailedError, match="Render job j ended as failed") as caught:
        handle(staged(told("failed", error=7))).wait()
    assert caught.value.code is None


def test_handles_pickle_without_their_client(staged: Any) -> None:
    """A pickled handle keeps what it knows, says how to join again, and carries no key."""
    stage = staged(httpx.Response(202, json={"job_id": "j"}), told("completed"))
    job = stage.client.render({"version": "v1"})
    data = pickle.dumps(job)
    assert b"rf_live" not in data
    again = pickle.loads(data)
    assert (again.id, again.status, again.idempotency_key) == ("j", "queued", job.idempotency_key)
    with pytest.raises(ReelforgeError, match=r"client.job\('j'\) joins it again"):
        again.refresh()
    twin, deep = copy.copy(job), copy.deepcopy(job)
    job.refresh()
    assert (job.status, twin.status, deep.status) == ("completed", "queued", "queued")
    assert twin.refresh().status == "completed"


def test_music_gives_two_tracks(staged: Any) -> None:
    """The documented job gives two tracks, each an audio source of a timeline."""
    stage = staged(httpx.Response(200, json=documented("seed-music-generate-response")), music())
    first, second = stage.client.music("warm lo-fi").wait().tracks
    assert (first.title, second.duration) == ("Night Drive Bloom 1", 91)
    reel = Timeline().video("https://example.com/a.mp4", duration=5).music(first)
    assert reel.assets[1].url == "https://assets.reelforger.com/music/night-drive-1.mp3"
    assert stage.service.requests[1].url.path == "/v1/music/jobs/9e1d1a87-1c7c-4518-a7d6-b65e24f9e6af"


@pytest.mark.parametrize(
    ("tracks", "path"),
    [
        ([], "$.data.tracks"),
        (None, "$.data.tracks"),
        ([{"id": "a", "audio_url": "https://x/a.mp3"}], "$.data.tracks"),
        ([{"id": n, "audio_url": "https://x/a.mp3"} for n in "abc"], "$.data.tracks"),
        ([{"id": "a"}, {"id": "b", "audio_url": "u"}], "$.data.tracks[0].audio_url"),
        ([{"audio_url": "u"}, 7], "$.data.tracks[0].id"),
    ],
)
def test_other_than_two_tracks_is_a_reply_error(staged: Any, tracks: Any, path: str) -> None:
    """A completed music job without exactly two whole tracks is not what the contract says."""
    with pytest.raises(ReplyError) as caught:
        staged(music(tracks=tracks)).client.music_job("9e1d1a87-1c7c-4518-a7d6-b65e24f9e6af")
    assert caught.value.issues[0].path == path


def test_music_fails_with_its_message(staged: Any) -> None:
    """A failed music job tells its error_message; it cost nothing that is known."""
    stage = staged(music(status="failed", tracks=[], error_message="Prompt refused."))
    job = MusicJob(stage.client, MusicState(id="9e1d1a87-1c7c-4518-a7d6-b65e24f9e6af", status="queued"))
    with pytest.raises(JobFailedError, match="Prompt refused"):
        job.wait()
    assert job.billing == Billing(total_credit_cost=20)
    assert job.output_url is None


def test_both_clients_wait_the_same(staged: Any) -> None:
    """The async handle takes the same looks and pauses, and awaits what progress returns."""
    script = (told("queued"), httpx.Response(500), told("rendering"), told("completed"))
    threads, tasks = staged(*script), staged(*script)
    first = threads.client.job("j").wait()
    seen: list[str] = []

    async def note(job: Any) -> None:
        await asyncio.sleep(0)
        seen.append(job.status)

    async def follow() -> Any:
        async with tasks.async_client as client:
            job = await client.job("j")
            return await job.wait(on_progress=note)

    second = asyncio.run(follow())
    assert first.state == second.state
    assert seen == ["rendering", "completed"]
    assert threads.time.pauses == tasks.time.pauses == [1.0, 1.5]


def test_an_error_of_on_progress_is_the_callers(staged: Any) -> None:
    """What a callback raises comes out as it is."""
    stage = staged(told("queued"))

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handle(stage).wait(on_progress=stop)
    assert stage.time.pauses == []


def test_a_terminal_sees_how_it_stands(staged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without on_progress a terminal shows one line; anything else sees nothing."""
    import io
    import sys

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    for screen, lines in (
        (Screen(), ["", "Render job j: queued, N s", "Render job j: completed, N s"]),
        (io.StringIO(), [""]),
    ):
        monkeypatch.setattr(sys, "stderr", screen)
        handle(staged(told("queued"), told("completed"))).wait()
        assert [re.sub(r"\d+ s", "N s", line).rstrip() for line in screen.getvalue().split("\r")] == lines
