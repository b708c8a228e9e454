"""What a type checker sees of the public API: not run, but checked by `test_types`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, assert_type

import reelforge_dsl
from reelforge_dsl import (
    ApiError,
    AsyncClient,
    AuthenticationError,
    Background,
    CaptionStyle,
    Client,
    ConflictError,
    EngineError,
    FetchError,
    FfmpegFailedError,
    FfmpegNotFoundError,
    FieldError,
    Fit,
    Issue,
    JobFailedError,
    JobTimeoutError,
    Layout,
    Manifest,
    ManifestInvalidError,
    MissingExtraError,
    Mode,
    Motion,
    NotFoundError,
    OutOfCreditsError,
    Place,
    Preset,
    ProbeError,
    RateLimitedError,
    Ratio,
    ReelforgeError,
    RejectedError,
    ReplyError,
    ServerError,
    TextStyle,
    Timeline,
    TimeOverride,
    TransportError,
    TransportTimeoutError,
    UnsupportedByEngineError,
    WebhookError,
    Word,
    Words,
    diff,
    dumps,
    engine,
    loads,
    local,
    webhooks,
)
from reelforge_dsl.client import AsyncMusicJob, AsyncRenderJob, MusicJob, RenderJob
from reelforge_dsl.models import Asset, Captions, Json, Layer, TextOverlay, Time
from reelforge_dsl.models.jobs import Billing, Validation
from reelforge_dsl.models.music import Track
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.rules import check_recipe
from reelforge_dsl.timeline import Change, Difference, ExplainedRow, Explanation
from reelforge_dsl.wire import digest, from_dict, schema, to_dict


def verbs(reel: Timeline, track: Track, path: Path) -> None:
    """Every verb gives a timeline, whatever it is told."""
    when: dict[str, float] = {"start": 0, "duration": 2.5}
    box, style = Layout.lower_third(), TextStyle(font_size=96)
    assert_type(Timeline(), Timeline)
    assert_type(Timeline("tiktok"), Timeline)
    assert_type(Timeline((1080, 1080)), Timeline)
    assert_type(
        reel.video(
            path,
            start=1,
            duration=2.5,
            trim=3,
            fit="cover",
            layout=box,
            motion="zoom_in",
            background="blurred",
            transform="rotate(3deg)",
            volume=0.5,
            muted=False,
            crossfade=0.5,
            id="clip",
        ),
        Timeline,
    )
    assert_type(reel.video("https://example.com/a.mp4", after="clip", offset=-1), Timeline)
    assert_type(reel.image(path, during="clip", fit="contain", motion="none", id="logo"), Timeline)
    assert_type(reel.audio(track, trim=1, volume=1, loop=True, fade_in=1, fade_out=1.5), Timeline)
    assert_type(reel.voiceover("https://example.com/voice.mp3", start=when["start"]), Timeline)
    assert_type(reel.music(track, volume=0.2, loop=True), Timeline)
    assert_type(reel.text("Hi", start=0, duration=2, style=style, layout=box, id="title"), Timeline)
    assert_type(reel.total_duration(30), Timeline)
    assert_type(reel.total_duration(None), Timeline)
    assert_type(reel.auto_stitch(), Timeline)
    assert_type(reel.auto_stitch(on=None), Timeline)
    assert_type(reel.text_defaults(style=style, layout=box), Timeline)
    assert_type(reel.metadata({"campaign": "spring", "n": 1}), Timeline)
    assert_type(reel.webhook("https://example.com", secret="s", headers={"a": "b"}), Timeline)
    assert_type(reel.idempotency_key("key"), Timeline)
    assert_type(reel.change("clip", trim=None, fit="cover", src=track), Timeline)
    assert_type(reel.change("captions", preset="neon_glow", mode="phrase"), Timeline)
    assert_type(reel.drop("clip", "logo"), Timeline)
    assert_type(reel.resolve({"https://example.com/a.mp4": 10}), Timeline)
    assert_type(reel.resolve(engine.probe), Timeline)
    assert_type(reel.reframe("1:1"), Timeline)
    assert_type(reel.then(reel), Timeline)


def captions(reel: Timeline, words: Words) -> None:
    """Captions take words of every kind."""
    over = TimeOverride(Time(0, 2), CaptionStyle(highlight_color="gold"), Layout(y="10%"))
    assert_type(reel.captions("karaoke_yellow", words=words), Timeline)
    assert_type(reel.captions("typewriter", words=[Word("Hi", 0, 400)], clock="clip"), Timeline)
    assert_type(reel.captions("typewriter", words=[{"text": "Hi", "start": 0, "end": 400}]), Timeline)
    assert_type(
        reel.captions("soft_pill", source="voice", correct_text="Hi.", time_overrides=[over]), Timeline
    )
    assert_type(reel.captions("soft_pill", mode="word_only", max_chars_per_segment=20), Timeline)
    assert_type(reel.captions(None), Timeline)


def steps(reel: Timeline) -> None:
    """A step of one's own keeps its own types."""

    def branded(made: Timeline, name: str, *, size: int = 40) -> Timeline:
        return made.text(name, start=0, style=TextStyle(font_size=size))

    def counted(made: Timeline) -> int:
        return len(made.layers)

    assert_type(reel.pipe(branded, "ACME", size=60), Timeline)
    assert_type(reel.pipe(counted), int)
    assert_type(reel.pipe(engine.render, "film.mp4", draft=True), engine.Rendered)


class Branded(Timeline):
    """A timeline with a verb of its own."""


def inherited(reel: Branded) -> None:
    """Verbs keep a subclass."""
    assert_type(reel.video("https://example.com/a.mp4").text("Hi", start=0), Branded)
    assert_type(reel.change("clip", volume=1).resolve({}), Branded)
    assert_type(Branded.from_json("{}"), Branded)


def readings(reel: Timeline) -> None:
    """What is read is a value of the models, or plain Python."""
    assert_type(Timeline.from_json("{}"), Timeline)
    assert_type(Timeline.from_dict({}), Timeline)
    assert_type(reel.manifest(), Manifest)
    assert_type(reel.issues(), tuple[Issue, ...])
    assert_type(reel.issues(engine.probe, ignore=["unknown_key"]), tuple[Issue, ...])
    assert_type(reel.to_dict(), dict[str, Any])
    assert_type(reel.to_json(), str)
    assert_type(reel.to_json(2), str)
    assert_type(reel.to_json(indent=2), str)
    assert_type(reel.to_python(), str)
    assert_type(reel.with_lines([]), tuple[Issue, ...])
    assert_type(reel.explain(engine.probe), Explanation)
    assert_type(reel.explain(engine.probe).seconds, float | None)
    assert_type(reel.explain().rows[0], ExplainedRow)
    assert_type([row.because for row in reel.explain().rows], list[str])
    assert_type(diff(reel, reel.manifest()), Difference)
    assert_type(list(diff(reel, reel)), list[Change])
    assert_type(reel.digest(), str)
    assert_type(reel["clip"], Layer | TextOverlay | Captions)
    assert_type("clip" in reel, bool)
    assert_type(reel.layers, tuple[Layer, ...])
    assert_type(reel.text_overlays, tuple[TextOverlay, ...])
    assert_type(reel.assets, tuple[Asset, ...])
    assert_type(reel.width, int)
    assert_type(reel.height, int)
    assert_type(reel.duration_seconds, float | None)


def values(box: Layout, style: TextStyle, look: CaptionStyle) -> None:
    """Values merge to values of their kind."""
    assert_type(Layout("1%", "2%", "3%", "4%", "cover", 1), Layout)
    assert_type(Layout.half("top"), Layout)
    assert_type(Layout.cell(0, 1, of=(2, 2)), Layout)
    assert_type(Layout.corner("top_right", width="10%", height="10%", margin="2%"), Layout)
    assert_type(Layout.lower_third(), Layout)
    assert_type(box | box, Layout)
    assert_type(style | style, TextStyle)
    assert_type(box.fit, Fit | str | None)
    assert_type(style.font_size, float | None)
    assert_type(look.highlight_color, str | None)
    assert_type(Word("Hi", 0, 400, "A").end, int)


def transcripts(words: Words, path: Path) -> None:
    """Words are a sequence of words."""
    assert_type(Words.load(path), Words)
    assert_type(Words.parse("1", "srt", strict=True), Words)
    assert_type(Words.of([{"text": "Hi", "start": 0, "end": 4}]), Words)
    assert_type(words.shift(1.5), Words)
    assert_type(words.between(0, 2), Words)
    assert_type(words[0], Word)
    assert_type(words[1:], Words)
    assert_type(words + words, Words)
    assert_type(words.text, str)
    assert_type(words.start_seconds, float)
    assert_type(words.end_seconds, float)
    assert_type(words.words, tuple[Word, ...])
    assert_type(words.repaired, tuple[Issue, ...])


def texts(manifest: Manifest) -> None:
    """Documents are read from text and written to it."""
    assert_type(loads("{}"), Manifest)
    assert_type(loads(b"{}", strict=True), Manifest)
    assert_type(dumps(manifest), str)
    assert_type(dumps(manifest, indent=2), str)
    assert_type(to_dict(manifest), dict[str, Any])
    assert_type(from_dict({}), Manifest)
    assert_type(from_dict({}, Track), Track)
    assert_type(digest(manifest), str)
    assert_type(schema(), dict[str, Any])
    assert_type(manifest.composition.timeline, tuple[Layer, ...] | None)
    assert_type(reelforge_dsl.__version__, str)


def films(reel: Timeline, manifest: Manifest, path: Path) -> None:
    """The engine takes timelines, manifests and dicts."""
    assert_type(engine.render(reel, path), engine.Rendered)
    assert_type(engine.render(manifest, "film.mp4", draft=True, media_root=path), engine.Rendered)
    assert_type(engine.render(reel.to_dict(), path, on_progress=print, allow_private=True).path, Path)
    assert_type(engine.frame(reel, 1.5), engine.Still)
    assert_type(engine.sheet(reel, columns=3, rows=2), engine.Still)
    assert_type(engine.probe(path), float | None)
    assert_type(engine.inspect("https://example.com/a.mp4"), engine.Media)
    assert_type(engine.plan(reel), engine.Plan)
    assert_type(engine.doctor(), engine.Diagnosis)
    assert_type(engine.doctor().findings, tuple[engine.Finding, ...])

    def shown(progress: engine.Progress) -> None: ...

    engine.render(reel, path, on_progress=shown)


def in_process() -> None:
    """The service in process takes faults, and shows what arrived."""
    faults = [
        local.Fault("read", at=3, status=503),
        local.Fault("render", times=None, status=429, retry_after=2),
        local.Fault("download", kind="cut"),
        local.Fault("render", outcome="failed", code="caption_alignment_failed"),
    ]
    service = local.Service(renderer="instant", faults=faults, api_key="key")
    assert_type(service.answer(local.Request("GET", "/v1/jobs/x")), local.Reply)
    assert_type(service.requests, tuple[local.Received, ...])
    assert_type(service.requests[0].status, int | None)
    assert_type(service.jobs, tuple[local.Job, ...])
    assert_type(service.clock.now(), float)
    assert_type(local.client(renderer="instant", faults=faults, timeout=None, retries=0), Client)
    assert_type(local.client("films", "media", allow_private=True, service=service), Client)
    assert_type(local.async_client(service=service), AsyncClient)


def calls(reel: Timeline, manifest: Manifest, path: Path) -> None:
    """The client takes timelines, manifests and dicts, and gives handles that go on as themselves."""
    with Client("key", base_url="http://127.0.0.1:8484", timeout=None, retries=0) as client:
        assert_type(client, Client)
        assert_type(client.validate(reel), Validation)
        assert_type(client.validate(manifest).errors, tuple[Issue, ...])
        assert_type(client.validate({}).estimated_duration_seconds, float | None)
        job = client.render(reel, idempotency_key="key")
        assert_type(job, RenderJob)
        assert_type(client.render(reel.to_dict()).wait(timeout=None, poll=5).save(path), Path)
        assert_type(job.refresh(), RenderJob)
        assert_type(job.wait(on_progress=lambda now: print(now.status)), RenderJob)
        assert_type((job.id, job.status, job.is_terminal), tuple[str, str, bool])
        assert_type(job.output_url, str | None)
        assert_type(job.billing, Billing | None)
        assert_type(job.idempotency_key, str | None)
        assert_type(client.job(job.id), RenderJob)
        assert_type(client.recipe("photo_slideshow", "bold", {"a": 1}, metadata={"a": 1}), RenderJob)
        assert_type(client.music("lo-fi", model="V5", instrumental=False), MusicJob)
        tune = client.music(style="ambient", title="Bloom", negative_tags="drums", webhook_secret="s")
        assert_type(tune.wait().tracks, tuple[Track, ...])
        assert_type(tune.save(path), tuple[Path, ...])
        assert_type(client.music_job(tune.id), MusicJob)
        assert_type(client.request("GET", "/v1/things"), Any)
        assert_type(job.raw, Any)
        assert_type(reel.pipe(client.render), RenderJob)
        reel.music(tune.tracks[0])


async def async_calls(reel: Timeline, path: Path) -> None:
    """The async client is the same with await."""
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(await client.validate(reel), Validation)
        job = await client.render(reel)
        assert_type(job, AsyncRenderJob)
        assert_type(await job.wait(), AsyncRenderJob)
        assert_type(await job.save(path), Path)
        assert_type(await client.job(job.id), AsyncRenderJob)
        assert_type(await client.recipe("photo_slideshow", "bold", {}), AsyncRenderJob)
        tune = await client.music("lo-fi")
        assert_type(tune, AsyncMusicJob)
        assert_type((await tune.wait()).tracks, tuple[Track, ...])
        assert_type(await client.music(style="a", title="b"), AsyncMusicJob)
        assert_type(await client.music_job(tune.id), AsyncMusicJob)


def refusals(error: ApiError, reply: ReplyError, late: TransportTimeoutError, busy: RateLimitedError) -> None:
    """What a call can end with carries its evidence."""
    no: list[ApiError] = [
        AuthenticationError(),
        OutOfCreditsError(),
        NotFoundError(),
        ConflictError(),
        RejectedError(),
        ServerError(),
        busy,
    ]
    lost: TransportError = late
    builtin: list[TimeoutError] = [late, JobTimeoutError()]
    assert_type((no[0].status, error.code, error.body), tuple[int, str | None, str])
    assert_type((error.request_id, error.idempotency_key), tuple[str | None, str | None])
    assert_type(reply.issues, tuple[Issue, ...])
    assert_type(lost.idempotency_key, str | None)
    assert_type(busy.retry_after, float | None)
    assert_type(JobFailedError().code, str | None)
    assert_type(builtin[0].args, tuple[Any, ...])


def failures(
    field: FieldError,
    invalid: ManifestInvalidError,
    extra: MissingExtraError,
    fetch: FetchError,
    ffmpeg: FfmpegFailedError,
    missing: FfmpegNotFoundError,
    drawn: UnsupportedByEngineError,
) -> None:
    """Errors carry their evidence, and are the builtin ones one would catch."""
    root: list[ReelforgeError] = [field, invalid, extra, fetch, ffmpeg, missing, drawn]
    rendering: list[EngineError] = [fetch, ffmpeg, missing, drawn]
    value: ValueError = field
    importing: ImportError = extra
    probing: ProbeError = fetch
    assert_type(root[0].fix, str | None)
    assert_type(rendering[0].what, str)
    assert_type((value.args, importing.name), tuple[tuple[Any, ...], str | None])
    assert_type(field.field, str | None)
    assert_type(invalid.issues, tuple[Issue, ...])
    assert_type(drawn.issues, tuple[Issue, ...])
    assert_type(invalid.issues[0].severity, Literal["error", "warning"])
    assert_type(invalid.issues[0].fix, str | None)
    assert_type(extra.extra, str)
    assert_type(probing.src, str)
    assert_type(ffmpeg.stderr_tail, str)


def deliveries(body: bytes, pairs: list[tuple[bytes, bytes]]) -> WebhookError | None:
    """Deliveries are told apart by their class."""
    event = webhooks.unwrap(body, {"ReelForger-Signature": "t=1"}, "secret", tolerance=60, now=1.5)
    webhooks.unwrap(bytearray(body), pairs, ["new", "old"], scheme=webhooks.Scheme("X-Signature"))
    assert_type(event.job_id, str | None)
    assert_type(event.metadata, dict[str, Any])
    match event:
        case webhooks.RenderCompleted():
            assert_type(event.output_url, str | None)
            assert_type(event.billing, Billing | None)
        case webhooks.MusicCompleted():
            assert_type(event.tracks, tuple[Track, ...])
        case webhooks.RenderFailed() | webhooks.MusicFailed():
            assert_type(event.error_message, str | None)
        case _:
            assert_type(event.raw, dict[str, Any])
    assert_type(webhooks.sign(body, "secret", at=1), str)
    return None


def recipes() -> None:
    """A recipe's request is a value that is checked and written as a film is."""
    request = RecipeRequest("photo_slideshow", "bold", Json.of({}), idempotency_key="k")
    assert_type(check_recipe(request), tuple[Issue, ...])
    assert_type(from_dict(to_dict(request), RecipeRequest), RecipeRequest)
    assert_type(request.variables, Json)


def choices() -> None:
    """Choices are Literals that a checker compares."""
    ratio: Ratio = "9:16"
    place: Place = "reels"
    fit: Fit = "contain"
    motion: Motion = "pan_left"
    background: Background = "solid"
    mode: Mode = "phrase_karaoke"
    preset: Preset = "luxury_serif"
    make: Callable[[], Timeline] = Timeline(ratio).reframe(place).auto_stitch
    reel = make().image("https://example.com/a.png", fit=fit, motion=motion, background=background)
    assert_type(reel.captions(preset, mode=mode), Timeline)
