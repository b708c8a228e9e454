"""The verbs: what they take, what they refuse, what they make of it."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reelforge_dsl
from reelforge_dsl import (
    CaptionStyle,
    FieldError,
    Layout,
    ManifestInvalidError,
    TextStyle,
    Timeline,
    TimeOverride,
    Word,
    Words,
)
from reelforge_dsl.models import Time
from reelforge_dsl.models.music import Track
from reelforge_dsl.timeline import _lines

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
A = "https://example.com/a.mp4"
B = "https://example.com/b.mp4"
STILL = "https://example.com/still.png"
VOICE = "https://example.com/voice.mp3"
BED = "https://example.com/bed.mp3"


def payload(name: str) -> dict[str, Any]:
    body = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    assert isinstance(body, dict)
    return body


def layer(reel: Timeline, index: int = -1) -> dict[str, Any]:
    found = reel.to_dict()["composition"]["timeline"][index]
    assert isinstance(found, dict)
    return found


def captions(reel: Timeline) -> dict[str, Any]:
    found = reel.to_dict()["composition"]["captions"]
    assert isinstance(found, dict)
    return found


class TestSize:
    @pytest.mark.parametrize(
        ("size", "pixels"),
        [
            ("9:16", (1080, 1920)),
            ("16:9", (1920, 1080)),
            ("1:1", (1080, 1080)),
            ("4:5", (1080, 1350)),
            ("4:3", (1440, 1080)),
            ("3:4", (1080, 1440)),
            ("2:3", (1080, 1620)),
            ("21:9", (2520, 1080)),
            ("tiktok", (1080, 1920)),
            ("reels", (1080, 1920)),
            ("shorts", (1080, 1920)),
            ("stories", (1080, 1920)),
            ("youtube", (1920, 1080)),
            ("square", (1080, 1080)),
            ("feed", (1080, 1350)),
            ((640, 360), (640, 360)),
            ((np.int64(640), 360.0), (640, 360)),
        ],
    )
    def test_sizes(self, size: Any, pixels: tuple[int, int]) -> None:
        """Ratios, places and pixels give their size, always 30 frames a second."""
        reel = Timeline(size)
        assert (reel.width, reel.height) == pixels
        assert reel.to_dict()["output"] == {"width": pixels[0], "height": pixels[1], "fps": 30}

    @pytest.mark.parametrize(
        ("size", "what", "fix"),
        [
            ("9:15", "'9:15' is not allowed", "did you mean '9:16'?"),
            ("reel", "'reel' is not allowed", "did you mean 'reels'?"),
            ("1080x1920", "'1080x1920' is not allowed", "(1080, 1920)"),
            ((1081, 1920), "width: 1081 is odd", "use 1082"),
            ((1080, 0), "height: 0 is not above 0", ""),
            ((1080, True), "height: expected a number", ""),
            ((1080, 19.5), "height: 19.5 is not a whole number", ""),
            (1080, "expected a ratio, a place or (width, height)", "(1080, 1920)"),
        ],
    )
    def test_wrong_sizes(self, size: Any, what: str, fix: str) -> None:
        """A wrong size is refused at the call, with what would be right."""
        with pytest.raises(FieldError) as caught:
            Timeline(size)
        assert what in caught.value.what
        assert fix in (caught.value.fix or "")


class TestFields:
    def test_every_keyword_of_a_clip(self) -> None:
        """Each keyword of ``.video`` stands in its place of the document."""
        reel = Timeline().video(
            A,
            start=1,
            duration=4,
            trim=2,
            fit="contain",
            layout=Layout.half("top"),
            motion="zoom_in",
            background="solid",
            transform="rotate(3deg)",
            volume=0.5,
            muted=False,
            crossfade=0.25,
            id="intro",
        )
        assert layer(reel) == {
            "id": "intro",
            "type": "video",
            "asset_id": "intro",
            "time": {"start_seconds": 1, "duration_seconds": 4},
            "trim": {"start_seconds": 2},
            "layout": {"x": "0%", "y": "0%", "width": "100%", "height": "50%", "fit": "contain"},
            "background_mode": "solid",
            "motion": "zoom_in",
            "style": {"transform": "rotate(3deg)"},
            "media_settings": {"volume": 0.5, "muted": False, "crossfade_seconds": 0.25},
        }

    def test_every_keyword_of_a_sound(self) -> None:
        """Each keyword of ``.music`` stands in its place of the document."""
        reel = Timeline().music(
            BED, start=0, duration=4, trim=1.5, volume=0.2, loop=True, fade_in=0.5, fade_out=1
        )
        assert layer(reel) == {
            "id": "music-1",
            "type": "audio",
            "asset_id": "music-1",
            "time": {"start_seconds": 0, "duration_seconds": 4},
            "trim": {"start_seconds": 1.5},
            "media_settings": {"volume": 0.2, "loop": True, "fade_in_seconds": 0.5, "fade_out_seconds": 1},
        }

    def test_numbers_of_numpy(self) -> None:
        """NumPy's numbers are taken, and sent as plain ones."""
        reel = Timeline().image(STILL, start=np.float32(0.5), duration=np.int16(3))
        assert layer(reel)["time"] == {"start_seconds": 0.5, "duration_seconds": 3}

    @pytest.mark.parametrize(
        ("fields", "what"),
        [
            ({"trim": -1}, ".video: trim: -1 is below 0"),
            ({"duration": 0}, ".video: duration: 0 is not above 0"),
            ({"start": "1"}, ".video: start: expected a number, got '1' (str)"),
            ({"start": True}, ".video: start: expected a number, got True (bool)"),
            ({"start": float("nan")}, ".video: start: expected a number, got nan (float)"),
            ({"volume": -0.1}, ".video: volume: -0.1 is below 0"),
            ({"muted": 1}, ".video: muted: expected True or False, got 1 (int)"),
            ({"fit": "covr"}, ".video: fit: 'covr' is not allowed"),
            ({"motion": "zoomin"}, ".video: motion: 'zoomin' is not allowed"),
            ({"background": "blur"}, ".video: background: 'blur' is not allowed"),
            ({"layout": {"x": "1%"}}, ".video: layout: expected a Layout"),
            ({"fit": "cover", "layout": Layout(fit="contain")}, ".video: fit is said twice"),
            ({"id": ""}, ".video: id: is empty"),
        ],
    )
    def test_wrong_values(self, fields: dict[str, Any], what: str) -> None:
        """A value outside the contract is refused at the call, by verb and keyword."""
        with pytest.raises(FieldError) as caught:
            Timeline().video(A, **fields)
        assert caught.value.what.startswith(what)

    def test_near_match(self) -> None:
        """A mistyped choice is answered with the nearest."""
        with pytest.raises(FieldError) as caught:
            Timeline().video(A, motion="zoom_inn")  # type: ignore[arg-type]
        assert caught.value.fix == "did you mean 'zoom_in'?"

    def test_unknown_keywords_are_pythons_own_mistake(self) -> None:
        """A keyword that a verb has not is a TypeError, as everywhere."""
        with pytest.raises(TypeError):
            Timeline().image(STILL, trim=1)  # type: ignore[call-arg]

    @pytest.mark.parametrize("content", ["", "  ", None, 5])
    def test_text_says_something(self, content: Any) -> None:
        """A text without content is refused."""
        with pytest.raises(FieldError, match=r"\.text: content"):
            Timeline().text(content, start=0)

    @pytest.mark.parametrize(
        "verb",
        [
            *("video", "image", "audio", "voiceover", "music", "text", "captions", "total_duration"),
            *("auto_stitch", "metadata", "webhook", "idempotency_key", "reframe", "then"),
        ],
    )
    def test_names_are_said_once(self, verb: str) -> None:
        """Whatever a verb refuses, it is a FieldError whose message says no name twice."""
        refuse = getattr(Timeline().video(A), verb)
        first = {"text": "Hi", "captions": "typewriter"}.get(verb, A)
        given: list[tuple[tuple[Any, ...], dict[str, Any]]] = [((object(),), {})]
        given += [((first,), {key: object()}) for key in list(inspect.signature(refuse).parameters)[1:]]
        for args, fields in given:
            with pytest.raises(FieldError) as caught:
                refuse(*args, **fields)
            what = str(caught.value)
            names = re.findall(r"[\w.]+(?=:)", what.partition("expected")[0])
            said = [name.strip(".") for name in names]
            assert len(said) == len(set(said)), what


class TestSources:
    def test_paths_become_absolute_file_urls(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A ``Path`` is made absolute and not looked at."""
        monkeypatch.chdir(tmp_path)
        reel = Timeline().video(Path("my clip.mp4"))
        assert reel.assets[0].url == (tmp_path / "my clip.mp4").as_uri()

    def test_lengths_by_path_as_given(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A local file's length is found under its path, its name or its URL."""
        monkeypatch.chdir(tmp_path)
        reel = Timeline().video(Path("clip.mp4"))
        url = (tmp_path / "clip.mp4").as_uri()
        for key in (Path("clip.mp4"), "clip.mp4", tmp_path / "clip.mp4", url):
            assert reel.resolve({key: 7}).duration_seconds == 7  # type: ignore[dict-item]

    def test_file_urls_pass(self) -> None:
        """A ``file:`` URL is taken as it is."""
        assert Timeline().video("file:///clips/a.mp4").assets[0].url == "file:///clips/a.mp4"

    def test_a_name_without_scheme_is_refused(self) -> None:
        """A string that could be a file is refused with the fix."""
        with pytest.raises(FieldError, match=r"\.video: src: 'clip\.mp4' has no scheme") as caught:
            Timeline().video("clip.mp4")
        assert "Path('clip.mp4')" in (caught.value.fix or "")

    @pytest.mark.parametrize("src", [None, 5, b"https://example.com", ["a"], ""])
    def test_other_things_are_refused(self, src: Any) -> None:
        """Anything that names no file is refused."""
        with pytest.raises(FieldError, match=r"\.video: src"):
            Timeline().video(src)

    def test_tracks(self) -> None:
        """A generated track is its address, for sounds only."""
        track = Track("t1", "https://example.com/track.mp3", "Night", 92)
        reel = Timeline().video(A, duration=3).music(track).audio(track)
        assert [asset.url for asset in reel.assets] == [A, "https://example.com/track.mp3"]
        with pytest.raises(FieldError, match=r"\.image: src: a music track has no picture"):
            Timeline().image(track)  # type: ignore[arg-type]

    def test_one_file_is_one_asset(self) -> None:
        """The same URL and type is one asset, named after its first layer."""
        reel = Timeline().video(A).audio(A).video(A).video(B)
        assert [(asset.id, asset.type, asset.url) for asset in reel.assets] == [
            ("video-1", "video", A),
            ("audio-1", "audio", A),
            ("video-3", "video", B),
        ]
        assert [item.asset_id for item in reel.layers] == ["video-1", "audio-1", "video-1", "video-3"]


class TestIds:
    def test_the_verb_and_its_count(self) -> None:
        """Ids left out are the verb and how often it was called."""
        reel = Timeline().video(A).music(BED).video(B).text("a", start=0).text("b", start=1)
        assert [item.id for item in (*reel.layers, *reel.text_overlays)] == [
            *("video-1", "music-1", "video-2"),
            *("text-1", "text-2"),
        ]

    def test_a_taken_one_is_skipped(self) -> None:
        """A count that an author has used is passed over."""
        reel = Timeline().video(A, id="video-2").video(B).video(B)
        assert [item.id for item in reel.layers] == ["video-2", "video-3", "video-4"]

    @pytest.mark.parametrize("name", ["video-1", "captions"])
    def test_taken_ids_are_refused(self, name: str) -> None:
        """An id names one thing, and the captions have theirs."""
        with pytest.raises(FieldError, match=r"\.text: id: "):
            Timeline().video(A).text("Hi", start=0, id=name)

    def test_loaded_ids_are_taken(self) -> None:
        """Ids of a document and its assets are passed over."""
        reel = Timeline.from_dict(payload("seed-music-track-in-render-request")).video(B, start=8, duration=2)
        assert reel.layers[-1].id == "video-2"
        assert [asset.id for asset in reel.assets] == ["clip1", "music1", "video-2"]

    def test_reading_by_id(self) -> None:
        """A timeline is asked by id, and answers as placed."""
        reel = Timeline().video(A, duration=4).text("Hi", during="video-1", id="title").captions("typewriter")
        assert reel["title"].time == Time(0, 4)  # type: ignore[union-attr]
        assert reel["captions"].preset == "typewriter"  # type: ignore[union-attr]
        assert "title" in reel
        assert "titel" not in reel
        with pytest.raises(FieldError) as caught:
            reel["titel"]
        assert caught.value.fix == "did you mean 'title'?"


class TestCaptions:
    def test_provider_and_mode_are_always_sent(self) -> None:
        """The verb says the provider and the mode, and one audible clip is the speech."""
        assert captions(Timeline().video(A).captions("karaoke_yellow")) == {
            "provider": "assemblyai",
            "preset": "karaoke_yellow",
            "mode": "phrase_karaoke",
            "transcription_source_asset_id": "video-1",
        }

    def test_every_keyword(self) -> None:
        """Each keyword of ``.captions`` stands in its place of the document."""
        override = TimeOverride(Time(1, 2), style=CaptionStyle(color="red"))
        reel = Timeline().captions(
            "bold_outline",
            words=[{"text": "Hi", "start": 0, "end": 200}, Word("you", 200, 400, "A")],
            mode="word_only",
            correct_text="Hi, you.",
            max_chars_per_segment=12,
            style=CaptionStyle(highlight_color="gold"),
            layout=Layout.lower_third(),
            time_overrides=[override],
        )
        assert captions(reel) == {
            "provider": "assemblyai",
            "preset": "bold_outline",
            "mode": "word_only",
            "words": [
                {"text": "Hi", "start": 0, "end": 200},
                {"text": "you", "start": 200, "end": 400, "speaker": "A"},
            ],
            "correct_text": "Hi, you.",
            "max_chars_per_segment": 12,
            "layout": {"x": "8%", "y": "77%", "width": "84%", "height": "18%"},
            "style": {"highlight_color": "gold"},
            "time_overrides": [
                {"time": {"start_seconds": 1, "duration_seconds": 2}, "style": {"color": "red"}}
            ],
        }

    def test_again_replaces_and_none_takes_away(self) -> None:
        """A second call replaces whole; ``None`` takes the captions away."""
        reel = Timeline().video(A).captions("typewriter", correct_text="x").captions("neon_glow")
        assert "correct_text" not in captions(reel)
        assert "captions" not in reel.captions(None).to_dict()["composition"]

    @pytest.mark.parametrize(
        ("build", "source"),
        [
            (lambda t: t.video(A).voiceover(VOICE).music(BED), "voiceover-1"),
            (lambda t: t.video(A).music(BED), "video-1"),
            (lambda t: t.video(A, muted=True).audio(VOICE).music(BED), "audio-1"),
            (lambda t: t.video(A, volume=0).audio(VOICE), "audio-1"),
            (lambda t: t.video(A).video(A).music(BED), "video-1"),
            (lambda t: t.voiceover(VOICE).voiceover(VOICE, start=2), "voiceover-1"),
            (lambda t: t.video(A).audio(VOICE), None),
            (lambda t: t.video(A).voiceover(VOICE).voiceover(BED), None),
            (lambda t: t.image(STILL, duration=3).music(BED), None),
        ],
    )
    def test_the_speech_is_named_where_it_is_plain(self, build: Any, source: str | None) -> None:
        """The only voiceover is the speech, else the only sound that is not music."""
        reel = build(Timeline()).captions("typewriter")
        assert captions(reel).get("transcription_source_asset_id") == source

    @pytest.mark.parametrize("source", ["audio-1", VOICE])
    def test_source_by_id_or_src(self, source: str) -> None:
        """``source`` takes an id or the src itself, and sends the asset."""
        reel = Timeline().video(A).audio(VOICE).captions("typewriter", source=source)
        assert captions(reel)["transcription_source_asset_id"] == "audio-1"

    @pytest.mark.parametrize("source", ["audio-2", "https://example.com/other.mp3", "image-1", "text-1"])
    def test_wrong_sources(self, source: str) -> None:
        """``source`` names something that was added before and can be heard."""
        reel = Timeline().image(STILL).audio(VOICE).text("Hi", start=0, duration=1)
        with pytest.raises(FieldError, match=r"\.captions: s"):
            reel.captions("typewriter", source=source)

    def test_words_on_a_layers_clock(self) -> None:
        """Words on a layer's file are moved with it, and what it does not play is dropped."""
        words = [
            Word("cut", 500, 900),
            Word("heard", 2500, 2900),
            Word("late", 6900, 7400),
            Word("off", 7000, 7200),
        ]
        reel = (
            Timeline()
            .image(STILL, duration=3)
            .video(A, duration=5, trim=2)
            .captions("typewriter", words=words, clock="video-1")
        )
        assert captions(reel)["words"] == [
            {"text": "heard", "start": 3500, "end": 3900},
            {"text": "late", "start": 7900, "end": 8000},
        ]
        assert captions(reel.change("image-1", duration=4))["words"][0]["start"] == 4500

    def test_words_on_an_unknown_clock_wait(self) -> None:
        """Words on a clip whose start is not known are an issue until it is."""
        reel = Timeline().video(A).video(B).captions("typewriter", words=[Word("x", 0, 5)], clock="video-2")
        assert [(issue.code, issue.path) for issue in reel.issues()] == [
            ("needs_length", "$.composition.captions.words")
        ]
        exact = reel.resolve({A: 10, B: 6})
        assert captions(exact)["words"] == [{"text": "x", "start": 10000, "end": 10005}]
        assert exact.issues() == ()

    def test_clock_needs_words(self) -> None:
        """``clock`` without words is refused."""
        with pytest.raises(FieldError, match="no words are given"):
            Timeline().video(A).captions("typewriter", clock="video-1")

    def test_words_of_a_transcript(self) -> None:
        """A whole `Words` is taken as it is."""
        reel = Timeline().video(A).captions("typewriter", words=Words.of([Word("x", 0, 5)]))
        assert len(captions(reel)["words"]) == 1


class TestSettings:
    def test_metadata_adds_keys(self) -> None:
        """``metadata`` adds; a ``None`` takes its key away, ``None`` alone takes all."""
        reel = Timeline().metadata({"a": 1, "b": "x"}).metadata({"b": True, "a": None, "c": np.float64(2)})
        assert reel.to_dict()["metadata"] == {"b": True, "c": 2}
        assert "metadata" not in reel.metadata(None).to_dict()

    @pytest.mark.parametrize("values", [{1: "a"}, {"a": [1]}, {"a": {"b": 1}}, ["a"], {"a": float("inf")}])
    def test_metadata_is_flat(self, values: Any) -> None:
        """Keys are text, values are text, numbers or booleans."""
        with pytest.raises(FieldError, match=r"\.metadata"):
            Timeline().metadata(values)

    def test_webhook_replaces_whole(self) -> None:
        """A second ``webhook`` forgets the first one's secret and headers; ``None`` takes it away."""
        reel = Timeline().webhook("https://example.com/1", secret="s", headers={"X-A": "1"})
        assert {k: v for k, v in reel.to_dict().items() if k.startswith("webhook")} == {
            "webhook_url": "https://example.com/1",
            "webhook_headers": {"X-A": "1"},
            "webhook_secret": "s",
        }
        again = reel.webhook("https://example.com/2").to_dict()
        assert {k: v for k, v in again.items() if k.startswith("webhook")} == {
            "webhook_url": "https://example.com/2"
        }
        assert not [k for k in reel.webhook(None).to_dict() if k.startswith("webhook")]

    def test_secrets_are_shown_nowhere(self) -> None:
        """Neither repr, table nor message holds the secret or the headers."""
        reel = Timeline().webhook("https://example.com/1", secret="hush-hush", headers={"K": "hush-hush"})
        assert "hush" not in repr(reel) + str(reel) + repr(reel.manifest) + repr(reel._sheet)
        for wrong in ({"secret": 99887766}, {"headers": {"K": 99887766}}, {"headers": "99887766"}):
            with pytest.raises(FieldError) as caught:
                Timeline().webhook("https://example.com/1", **wrong)  # type: ignore[arg-type]
            assert "99887766" not in str(caught.value) + repr(caught.value.value)

    def test_secrets_need_an_address(self) -> None:
        """A secret without a webhook is refused."""
        with pytest.raises(FieldError, match="need an address"):
            Timeline().webhook(None, secret="s")

    def test_the_rest_sets_and_takes_away(self) -> None:
        """Total duration, key and text defaults are set, replaced and taken away."""
        reel = (
            Timeline()
            .total_duration(9.5)
            .idempotency_key("k")
            .text_defaults(style=TextStyle(color="red"), layout=Layout.half("top"))
        )
        body = reel.to_dict()
        assert body["idempotency_key"] == "k"
        assert body["composition"] == {
            "duration_seconds": 9.5,
            "timeline": [],
            "global_styles": {"text": {"color": "red"}},
            "global_layouts": {"text": {"x": "0%", "y": "0%", "width": "100%", "height": "50%"}},
        }
        assert "global_layouts" not in reel.text_defaults(style=TextStyle()).to_dict()["composition"]
        bare = reel.total_duration(None).idempotency_key(None).text_defaults()
        assert bare.to_dict() == Timeline().to_dict()

    @pytest.mark.parametrize(
        "call",
        [
            lambda t: t.total_duration(0),
            lambda t: t.total_duration(301),
            lambda t: t.total_duration("9"),
            lambda t: t.idempotency_key(""),
            lambda t: t.auto_stitch("yes"),
            lambda t: t.webhook("example.com"),
            lambda t: t.text_defaults(style=Layout()),
            lambda t: t.captions("karaoke"),
            lambda t: t.then("other"),
        ],
    )
    def test_wrong_settings(self, call: Any) -> None:
        """A setting outside the contract is refused at the call."""
        with pytest.raises(FieldError):
            call(Timeline())


class TestChange:
    def test_keywords_of_the_verb(self) -> None:
        """``change`` says a verb's keywords anew, and ``None`` unsays them."""
        reel = Timeline().video(A, trim=2, volume=0.5, layout=Layout.half("top"), fit="contain")
        changed = reel.change("video-1", trim=None, volume=0, motion="zoom_out", start=1, duration=2)
        assert layer(changed) == {
            "id": "video-1",
            "type": "video",
            "asset_id": "video-1",
            "time": {"start_seconds": 1, "duration_seconds": 2},
            "layout": {"x": "0%", "y": "0%", "width": "100%", "height": "50%", "fit": "contain"},
            "motion": "zoom_out",
            "media_settings": {"volume": 0},
        }

    def test_src_and_content(self) -> None:
        """``src`` and ``content`` are changed like any keyword."""
        reel = Timeline().music(BED).text("Hi", start=0, duration=1)
        assert reel.change("music-1", src=Track("t", VOICE)).assets[0].url == VOICE
        assert reel.change("text-1", content="Ho").text_overlays[0].content == "Ho"

    def test_captions(self) -> None:
        """``"captions"`` is an id, with ``preset`` and its verb's keywords."""
        reel = Timeline().video(A).captions("typewriter", correct_text="x")
        assert captions(reel.change("captions", preset="neon_glow", correct_text=None)) == {
            "provider": "assemblyai",
            "preset": "neon_glow",
            "mode": "phrase_karaoke",
            "transcription_source_asset_id": "video-1",
        }

    def test_a_new_id_is_followed(self) -> None:
        """Everything that named the old id names the new one."""
        reel = (
            Timeline()
            .video(A, duration=3)
            .text("Hi", during="video-1")
            .captions("typewriter", words=[Word("x", 0, 5)], clock="video-1")
            .change("video-1", id="intro")
        )
        assert reel["text-1"].time == Time(0, 3)  # type: ignore[union-attr]
        assert reel.layers[0].id == "intro"
        assert captions(reel)["words"] == [{"text": "x", "start": 0, "end": 5}]

    @pytest.mark.parametrize(
        ("name", "fields", "what", "fix"),
        [
            ("vidoe-1", {"volume": 1}, ".change: 'vidoe-1' names nothing here", "did you mean 'video-1'?"),
            ("video-1", {"volum": 1}, ".change video-1: a video has no 'volum'", "did you mean 'volume'?"),
            ("image-1", {"volume": 1}, ".change image-1: an image has no 'volume'", None),
            ("text-1", {"src": A}, ".change text-1: a text has no 'src'", None),
            ("video-1", {"trim": -1}, ".change video-1: trim: -1 is below 0", None),
            (
                "video-1",
                {"fit": "cover", "layout": Layout(fit="cover")},
                ".change video-1: fit is said twice",
                None,
            ),
            ("video-1", {"after": "image-1"}, ".change video-1: after: 'image-1' names nothing here", None),
            ("text-1", {"start": None}, ".change text-1: a text needs its start", None),
            (
                "captions",
                {"presett": "x"},
                ".change captions: captions has no 'presett'",
                "did you mean 'preset'?",
            ),
        ],
    )
    def test_wrong_changes(self, name: str, fields: dict[str, Any], what: str, fix: str | None) -> None:
        """Unknown ids and keywords and wrong values are refused, the nearest named."""
        reel = (
            Timeline().video(A).image(STILL, start=0).text("Hi", start=1, duration=1).captions("typewriter")
        )
        with pytest.raises(FieldError) as caught:
            reel.change(name, **fields)
        assert caught.value.what.startswith(what)
        if fix is not None:
            assert caught.value.fix == fix

    def test_loaded_layers(self) -> None:
        """A loaded layer keeps everything but what is changed, unknown keys included."""
        body = payload("seed-music-track-in-render-request")
        body["composition"]["timeline"][1]["media_settings"]["duck"] = True
        reel = Timeline.from_dict(body).change("audio-1", volume=None, fade_out=1, duration=6, src=BED)
        assert layer(reel) == {
            "id": "audio-1",
            "type": "audio",
            "asset_id": "music1",
            "time": {"start_seconds": 0, "duration_seconds": 6},
            "media_settings": {"loop": True, "duck": True, "fade_out_seconds": 1},
        }
        assert reel.to_dict()["assets"][1] == {"id": "music1", "type": "audio", "url": BED}


class TestDrop:
    def test_layers_texts_and_captions(self) -> None:
        """Whatever has an id can be dropped."""
        reel = Timeline().video(A).text("Hi", start=0, duration=1).captions("typewriter")
        assert reel.drop("video-1", "text-1", "captions").to_dict() == Timeline().to_dict()

    def test_what_is_needed_stays(self) -> None:
        """What something else is placed by can only go with it."""
        reel = Timeline().video(A, duration=3).text("Hi", after="video-1", duration=1)
        with pytest.raises(FieldError, match=r"\.drop: video-1: text-1 comes after it"):
            reel.drop("video-1")
        assert reel.drop("video-1", "text-1").layers == ()

    def test_unknown_ids(self) -> None:
        """An unknown id is refused, the known ones named."""
        with pytest.raises(FieldError) as caught:
            Timeline().video(A).drop("nope")
        assert caught.value.fix == "one of 'video-1'" or caught.value.fix == "known ids are video-1"

    def test_a_loaded_asset_goes_with_its_layer(self) -> None:
        """A file that nothing shows any more is not sent."""
        reel = Timeline.from_dict(payload("seed-music-track-in-render-request")).drop("audio-1")
        assert [asset.id for asset in reel.assets] == ["clip1"]


class TestThen:
    def test_known_lengths_become_numbers(self) -> None:
        """The other's content starts where the first film ends, taken ids counted on."""
        one = Timeline().image(STILL, duration=3).music(BED, loop=True).text("Hi", start=1)
        both = one.then(Timeline("16:9").image(A, duration=2).text("Ho", start=0, duration=1))
        assert (both.width, both.height) == (1080, 1920)
        assert [(item.id, item.time) for item in (*both.layers, *both.text_overlays)] == [
            ("image-1", Time(0, 3)),
            ("music-1", Time(0, 3)),
            ("image-2", Time(3, 2)),
            ("text-1", Time(1, 2)),
            ("text-2", Time(3, 1)),
        ]
        assert both.issues() == ()

    def test_rows_of_clips_are_stitched_on(self) -> None:
        """Nothing but stitched clips on both sides becomes one row."""
        both = Timeline().video(A).then(Timeline().video(B).video(A))
        assert [(item.id, item.asset_id, item.time) for item in both.layers] == [
            ("video-1", "video-1", None),
            ("video-2", "video-2", None),
            ("video-3", "video-1", None),
        ]
        assert both.issues() == ()

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (Timeline().video(A).music(BED), Timeline().video(B)),
            (Timeline().image(STILL, duration=2), Timeline().video(B)),
            (Timeline().video(A), Timeline().image(STILL, duration=2)),
        ],
    )
    def test_unknown_lengths_are_refused(self, one: Timeline, other: Timeline) -> None:
        """Without the lengths it needs, ``then`` says to resolve first."""
        with pytest.raises(FieldError, match=r"\.then: the length of the .* timeline is not known") as caught:
            one.then(other)
        assert ".resolve(engine.probe)" in (caught.value.fix or "")
        lengths = {A: 10, B: 6, BED: 90}
        assert one.resolve(lengths).then(other.resolve(lengths)).issues() == ()

    def test_an_empty_one_gives_its_frame(self) -> None:
        """An empty timeline is a start for folding many into one."""
        both = Timeline("1:1").then(Timeline().video(A).music(BED))
        assert (both.width, both.height) == (1080, 1080)
        assert [item.id for item in both.layers] == ["video-1", "music-1"]

    def test_text_defaults_that_differ_are_written_out(self) -> None:
        """Each film's texts keep the looks that its defaults gave them."""
        one = (
            Timeline().text_defaults(style=TextStyle(color="red")).image(STILL, duration=1).text("a", start=0)
        )
        two = Timeline().image(STILL, duration=1).text("b", start=0, style=TextStyle(font_size=50))
        texts = one.then(two).to_dict()["composition"]
        assert "global_styles" not in texts
        assert [text.get("style") for text in texts["text_overlays"]] == [{"color": "red"}, {"font_size": 50}]

    def test_words_are_joined(self) -> None:
        """Captions of one look become one, the second's words later."""
        one = Timeline().image(STILL, duration=2).captions("typewriter", words=[Word("a", 0, 500)])
        assert captions(one.then(one))["words"] == [
            {"text": "a", "start": 0, "end": 500},
            {"text": "a", "start": 2000, "end": 2500},
        ]
        with pytest.raises(FieldError, match=r"\.then: the captions' preset differ"):
            one.then(one.change("captions", preset="neon_glow"))

    def test_a_transcribed_film_keeps_its_speech(self) -> None:
        """Captions without words stay on the sound they were made from."""
        one = Timeline().image(STILL, duration=2).audio(VOICE).captions("typewriter")
        both = one.then(Timeline().image(STILL, duration=2).audio(BED))
        assert captions(both)["transcription_source_asset_id"] == "audio-1"
        both = Timeline().image(STILL, duration=2).audio(BED).then(one)
        assert captions(both)["transcription_source_asset_id"] == "audio-2"

    def test_total_durations_add_up(self) -> None:
        """A film that was cut stays cut before the next one."""
        one = Timeline().image(STILL, duration=5).total_duration(3)
        both = one.then(Timeline().image(A, duration=2))
        assert [item.time for item in both.layers] == [Time(0, 3), Time(3, 2)]
        assert both.duration_seconds == 5


class TestReframe:
    def test_pixels_follow_the_short_side(self) -> None:
        """Percent stays; everything in pixels is multiplied, everywhere."""
        reel = (
            Timeline("9:16")
            .image(
                STILL,
                duration=3,
                layout=Layout("10%", "30px", "50%", "300px"),
                transform="translate(-20px, 3%)",
            )
            .text(
                "Hi",
                start=0,
                style=TextStyle(
                    font_size=96, stroke_width=3, line_height=120, letter_spacing=0.1, shadow_blur=6
                ),
            )
            .text("Ho", start=0, style=TextStyle(line_height=1.5))
            .text_defaults(style=TextStyle(font_size=48), layout=Layout(y="90px"))
            .captions("typewriter", words=[Word("x", 0, 5)], style=CaptionStyle(font_size=60))
            .reframe((540, 960))
        )
        assert (reel.width, reel.height) == (540, 960)
        body = reel.to_dict()["composition"]
        assert body["timeline"][0]["layout"] == {"x": "10%", "y": "15px", "width": "50%", "height": "150px"}
        assert body["timeline"][0]["style"] == {"transform": "translate(-10px, 3%)"}
        assert body["text_overlays"][0]["style"] == {
            "font_size": 48,
            "letter_spacing": 0.1,
            "line_height": 60,
            "stroke_width": 1.5,
            "shadow_blur": 3,
        }
        assert body["text_overlays"][1]["style"] == {"line_height": 1.5}
        assert body["global_styles"]["text"] == {"font_size": 24}
        assert body["global_layouts"]["text"] == {"y": "45px"}
        assert body["captions"]["style"] == {"font_size": 30}

    def test_same_short_side_changes_the_frame_only(self) -> None:
        """Turned on its side, a film keeps its sizes."""
        reel = Timeline("9:16").text("Hi", start=0, duration=1, style=TextStyle(font_size=96))
        assert reel.reframe("16:9").change("text-1", content="Hi").text_overlays == reel.text_overlays


class TestLoaded:
    @pytest.mark.parametrize(
        "path",
        [
            p.stem
            for p in sorted(PAYLOADS.glob("*.json"))
            if '"complete": true' in p.read_text() and "composition" in p.read_text()
        ],
    )
    def test_documents_come_back_as_they_were(self, path: str) -> None:
        """A loaded document is emitted byte for byte in its own order."""
        body = payload(path)
        assert Timeline.from_dict(body).to_dict() == body
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        assert Timeline.from_json(text).to_json() == text

    def test_unknown_keys_and_odd_values_come_back(self) -> None:
        """What no author could write loads, comes back and is told by ``issues``."""
        body = payload("core-examples-stitch-videos")
        body["output"]["fps"] = 25
        body["composition"]["transitions"] = [{"kind": "fade"}]
        body["composition"]["timeline"][0]["layout"] = {"x": "left", "fit": "stretch"}
        body["composition"]["timeline"].append({"id": "z", "type": "text", "asset_id": "clip-1", "depth": 3})
        reel = Timeline.from_dict(body)
        assert reel.to_dict() == body
        assert reel.music(BED).to_dict()["composition"]["timeline"][:4] == body["composition"]["timeline"]
        assert {"fps_not_30", "not_a_length", "unknown_choice"} <= {issue.code for issue in reel.issues()}
        assert reel.reframe("1:1").then(Timeline()).pipe(repr)
        str(reel)

    def test_shape_faults_are_told_together(self) -> None:
        """A text that has not the documents' shape is refused with every fault."""
        with pytest.raises(ManifestInvalidError) as caught:
            Timeline.from_dict({"version": 1, "output": {"width": "a"}})
        assert len(caught.value.issues) >= 4

    def test_empty_lists_stay(self) -> None:
        """An absent list stays absent and an empty one empty."""
        body = payload("core-examples-stitch-videos")
        body["composition"]["text_overlays"] = []
        assert Timeline.from_dict(body).to_dict() == body
        del body["assets"], body["composition"]["text_overlays"]
        assert Timeline.from_dict(body).to_dict() == body


class TestJudging:
    def test_manifest_raises_everything_at_once(self) -> None:
        """``manifest`` raises one error that holds every problem, with the author's line."""
        reel = Timeline().image(STILL, duration=2).video(A).text("Hi", after="video-1", duration=1)
        with pytest.raises(ManifestInvalidError, match="This timeline has 2 problems") as caught:
            reel.manifest()
        assert [issue.code for issue in caught.value.issues] == ["needs_length", "needs_length"]

    def test_warnings_do_not_block(self) -> None:
        """A document with warnings only is a manifest."""
        reel = Timeline().video(A).image(STILL, start=0)
        assert [issue.severity for issue in reel.issues()] == ["warning"]
        assert reel.manifest() == reel.manifest()

    def test_codes_can_be_ignored(self) -> None:
        """Issues whose code is to be ignored are left out."""
        reel = Timeline().video(A).image(STILL, start=0)
        assert reel.issues(ignore=["image_end_depends_on_media"]) == ()

    def test_media_find_more(self) -> None:
        """Given the lengths, faults of the files show, too."""
        reel = Timeline().video(A, trim=5).video(B)
        assert reel.issues() == ()
        assert [issue.code for issue in reel.issues({A: 4, B: 6})] == ["trim_past_end"]

    def test_the_empty_timeline(self) -> None:
        """Nothing at all is told at the timeline."""
        assert [(i.code, i.path) for i in Timeline().issues()] == [
            ("empty_timeline", "$.composition.timeline")
        ]

    def test_issues_carry_the_line(self) -> None:
        """An issue names the file, the line and the verb that wrote what is wrong."""
        reel = Timeline().video(A)
        reel = reel.text("Hi", start=1)
        wrote = sys._getframe().f_lineno - 1
        (issue,) = reel.issues()
        assert issue.where == f"test_builder.py:{wrote}, .text"

    def test_settings_carry_the_line(self) -> None:
        """An issue about a setting names the verb that set it."""
        reel = Timeline().image(STILL, duration=2).metadata({f"k{n}": n for n in range(11)})
        (issue,) = reel.issues()
        assert issue.where is not None
        assert issue.where.endswith(".metadata")

    def test_lines_are_no_part_of_a_timeline(self) -> None:
        """Two films said on different lines are one value."""
        one = Timeline().video(A)
        other = Timeline().video(A)
        assert one == other
        assert hash(one) == hash(other)
        assert pickle.dumps(one) == pickle.dumps(other)

    def test_lines_can_be_turned_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without lines an issue has no place in a file."""
        monkeypatch.setattr(_lines, "KEPT", False)
        (issue,) = Timeline().video(A).text("Hi", start=1).issues()
        assert issue.where is None

    def test_the_environment_turns_lines_off(self) -> None:
        """``REELFORGE_LINES=0`` turns lines off for a process."""
        program = (
            "from reelforge_dsl import Timeline\n"
            f"print(Timeline().video({A!r}).text('Hi', start=1).issues()[0].where)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env={"REELFORGE_LINES": "0", "PYTHONPATH": str(Path(reelforge_dsl.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == "None"


class TestValue:
    def test_prefixes_can_be_branched(self) -> None:
        """A step that was kept makes two films, and stays what it was."""
        base = Timeline().video(A)
        one, other = base.music(BED), base.text("Hi", start=0, duration=1)
        assert len(base.layers) == 1
        assert (len(one.layers), len(other.layers)) == (2, 1)

    def test_frozen(self) -> None:
        """Nothing can be set on a timeline."""
        with pytest.raises(AttributeError):
            Timeline().width = 5  # type: ignore[misc]
        with pytest.raises(AttributeError):
            Timeline()._sheet = None  # type: ignore[misc,assignment]

    def test_copies_and_pickles(self) -> None:
        """Copied or pickled, also after it was placed, a timeline is the same value."""
        reel = Timeline().video(A, layout=Layout.half("top")).metadata({"a": 1}).captions("typewriter")
        reel.to_json()
        for other in (pickle.loads(pickle.dumps(reel)), copy.copy(reel), copy.deepcopy(reel)):
            assert other == reel
            assert hash(other) == hash(reel)
            assert other.to_json() == reel.to_json()
            assert other.video(B).layers[-1].id == "video-2"

    def test_subclasses_stay_subclasses(self) -> None:
        """Verbs return the class they were called on."""

        class Reel(Timeline):
            def intro(self) -> Reel:
                return self.image(STILL, duration=2)

        reel = Reel("1:1").intro().video(A)
        assert type(reel) is Reel
        assert pickle.dumps(Timeline("1:1"))

    def test_pipe(self) -> None:
        """``pipe`` calls a function of one's own with the timeline first."""

        def titled(reel: Timeline, text: str, *, size: int) -> Timeline:
            return reel.text(text, start=0, style=TextStyle(font_size=size))

        assert Timeline().video(A, duration=2).pipe(titled, "Hi", size=50).text_overlays[0].content == "Hi"

    def test_digest(self) -> None:
        """The digest is that of picture and sound only."""
        reel = Timeline().video(A)
        assert reel.digest() == reel.metadata({"a": 1}).idempotency_key("k").digest()
        assert reel.digest() != reel.video(B).digest()

    def test_json_text(self) -> None:
        """``to_json`` is compact or indented, and comes back."""
        reel = Timeline().video(A).music(BED)
        assert json.loads(reel.to_json(indent=2)) == reel.to_dict()
        assert Timeline.from_json(reel.to_json()).to_json() == reel.to_json()


def test_a_misspelt_keyword_names_the_timeline() -> None:
    """Python's own error says where the keyword was given, by the name a user knows."""
    with pytest.raises(TypeError, match=r"^Timeline\.video\(\) got .* 'durration'"):
        Timeline().video("https://example.com/a.mp4", durration=3)  # type: ignore[call-arg]


def test_a_box_without_room_is_outside() -> None:
    """A box that starts beyond the frame, and says no width, has none left to be seen in (D22)."""
    reel = Timeline().video("https://example.com/a.mp4", duration=3, layout=Layout(x="5000px"))
    assert [issue.code for issue in reel.issues()] == ["outside_frame"]
