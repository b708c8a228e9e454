"""What a type checker sees of the public API: not run, but checked by `test_types`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, assert_type

import reelforge_dsl
from reelforge_dsl import (
    Background,
    CaptionStyle,
    EngineError,
    FetchError,
    FfmpegFailedError,
    FfmpegNotFoundError,
    FieldError,
    Fit,
    Issue,
    Layout,
    Manifest,
    ManifestInvalidError,
    MissingExtraError,
    Mode,
    Motion,
    Place,
    Preset,
    ProbeError,
    Ratio,
    ReelforgeError,
    TextStyle,
    Timeline,
    TimeOverride,
    UnsupportedByEngineError,
    Word,
    Words,
    diff,
    dumps,
    engine,
    loads,
)
from reelforge_dsl.models import Asset, Captions, Layer, TextOverlay, Time
from reelforge_dsl.models.music import Track
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
    assert_type(reel.explain().rows[0], ExplainedRow)
    assert_type(reel.explain(engine.probe).seconds, float | None)
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

    def shown(progress: engine.Progress) -> None: ...

    engine.render(reel, path, on_progress=shown)


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
    local: list[EngineError] = [fetch, ffmpeg, missing, drawn]
    value: ValueError = field
    importing: ImportError = extra
    probing: ProbeError = fetch
    assert_type(root[0].fix, str | None)
    assert_type(local[0].what, str)
    assert_type((value.args, importing.name), tuple[tuple[Any, ...], str | None])
    assert_type(field.field, str | None)
    assert_type(invalid.issues, tuple[Issue, ...])
    assert_type(drawn.issues, tuple[Issue, ...])
    assert_type(invalid.issues[0].severity, Literal["error", "warning"])
    assert_type(invalid.issues[0].fix, str | None)
    assert_type(extra.extra, str)
    assert_type(probing.src, str)
    assert_type(ffmpeg.stderr_tail, str)


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
