"""Every warning: what is legal and yet likely not meant, each from a document with that one oddity."""

from __future__ import annotations

import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

import reelforge_dsl
from reelforge_dsl import Timeline, engine
from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest, Media
from reelforge_dsl.rules import _lettering, _phrases, check
from reelforge_dsl.wire import from_dict

ROOT = Path(__file__).parents[2]
PAYLOADS = ROOT / "tests" / "contract" / "payloads"
SITE = "https://example.com/"
L = "$.composition.timeline"
T = "$.composition.text_overlays"
C = "$.composition.captions"
W = f"{C}.words"


def film(
    *layers: dict[str, Any], texts: list[Any] | None = None, captions: Any = None, **more: Any
) -> Manifest:
    """A document of 10 s: one clip that fills it, and what is given."""
    clip = {"id": "clip", "type": "video", "asset_id": "clip", "time": span(0, 10)}
    timeline = [clip, *layers]
    kinds = {layer["asset_id"]: layer["type"] for layer in timeline}
    suffix = {"video": "mp4", "audio": "mp3", "image": "png"}
    body: dict[str, Any] = {
        "version": "v1",
        "output": {"width": 1000, "height": 2000, "fps": 30},
        "assets": [
            {"id": name, "type": kind, "url": f"{SITE}{name}.{suffix[kind]}"} for name, kind in kinds.items()
        ],
        "composition": {"timeline": timeline},
    }
    if texts is not None:
        body["composition"]["text_overlays"] = texts
    if captions is not None:
        body["composition"]["captions"] = {"provider": "assemblyai", "preset": "soft_pill", **captions}
    body["composition"] |= more.pop("composition", {})
    return from_dict(body | more)


def span(start: float, duration: float) -> dict[str, float]:
    return {"start_seconds": start, "duration_seconds": duration}


def text(content: str = "Hello", start: float = 0, duration: float = 3, **more: Any) -> dict[str, Any]:
    return {"content": content, "time": span(start, duration), **more}


def box(x: str, y: str, width: str, height: str) -> dict[str, str]:
    return {"x": x, "y": y, "width": width, "height": height}


def sound(name: str, **settings: Any) -> dict[str, Any]:
    return {
        "id": name,
        "type": "audio",
        "asset_id": name,
        "time": span(0, 10),
        "media_settings": settings,
    }


def words(*times: tuple[int, int], speakers: str = "") -> dict[str, Any]:
    spoken = [{"text": f"w{n}", "start": start, "end": end} for n, (start, end) in enumerate(times)]
    for word, speaker in zip(spoken, speakers, strict=False):
        word["speaker"] = speaker
    return {"words": spoken}


def told(issues: tuple[Issue, ...]) -> list[tuple[str, str]]:
    assert all(issue.severity == "warning" and issue.fix for issue in issues)
    return [(issue.code, issue.path) for issue in issues]


SPOKEN = words((0, 400), (400, 900))
WIDE = box("5%", "10%", "90%", "20%")

PLACES = [
    ([text(layout=box("50%", "0%", "60%", "50%"))], [("outside_frame", f"{T}[0].layout")]),
    ([text(layout=box("0px", "2001px", "50%", "10%"))], [("outside_frame", f"{T}[0].layout")]),
    ([text(layout=box("-1%", "0%", "50%", "50%"))], [("outside_frame", f"{T}[0].layout")]),
    ([text(layout=box("0%", "0%", "100%", "100%"))], []),
    ([text(layout={"x": "50%"})], []),
    ([text(layout=box("0%", "0%", "101%", "50%"))], [("outside_guardrail", f"{T}[0].layout.width")]),
    ([text("Hi", duration=0.5)], [("text_too_brief", f"{T}[0].time.duration_seconds")]),
    ([text("Hi", duration=0.7)], []),
    ([text("x " * 31, duration=3)], [("text_too_fast", f"{T}[0].time.duration_seconds")]),
    ([text("x " * 30, duration=3)], []),
    ([text("x" + " " * 99 + "y", duration=3)], []),
    ([text("a"), text("b", 2)], [("texts_overlap", f"{T}[1].layout")]),
    ([text("a"), text("b", 3)], []),
    ([text("b", 2), text("a", 0)], [("texts_overlap", f"{T}[1].layout")]),
    ([text("same"), text("same", 1)], []),
    ([text("a", layout=WIDE), text("b", layout=WIDE)], [("texts_overlap", f"{T}[1].layout")]),
    ([text("a", layout=WIDE), text("b", layout=box("5%", "60%", "90%", "20%"))], []),
    ([text("a", layout=WIDE), text("b")], []),
    (
        [
            text("a", layout=WIDE, style={"text_align": "left"}),
            text("b", layout=WIDE, style={"text_align": "right"}),
        ],
        [],
    ),
]


@pytest.mark.parametrize(("texts", "expected"), PLACES, ids=range(len(PLACES)))
def test_text_is_seen_and_can_be_read(texts, expected):
    """Text stands in the frame, is there long enough, and nothing is drawn over it."""
    assert told(check(film(texts=texts))) == expected


def test_a_shared_box_outside_the_frame_is_told_once():
    """A box for all texts that leaves the frame is told where it is said, not at each text."""
    manifest = film(
        texts=[text("a", 0), text("b", 3)],
        composition={"global_layouts": {"text": box("80%", "0%", "40%", "50%")}},
    )
    assert told(check(manifest)) == [("outside_frame", "$.composition.global_layouts.text")]


FITS = [
    (text("Hello world", layout=box("0%", "0%", "90%", "20%"), style={"font_size": 90}), []),
    (
        text("one\ntwo\nthree", layout=box("0%", "0%", "90%", "5%")),
        [("text_too_tall", f"{T}[0].layout.height")],
    ),
    (text("one\ntwo\nthree", layout=box("0%", "0%", "90%", "231px")), []),
    (
        text("Extraordinarily", layout=box("0%", "0%", "20%", "50%")),
        [("word_too_wide", f"{T}[0].layout.width")],
    ),
    (text("iiiiiiiiiiiiiii", layout=box("0%", "0%", "40%", "50%")), []),
    (text("well-known-and-loved", layout=box("0%", "0%", "30%", "50%")), []),
    (text("wide", layout=box("0%", "0%", "10%", "0%")), []),
    (text("今日は良い天気ですね", layout=box("0%", "0%", "40%", "50%")), []),
    (
        text("and/or,this;that:those", layout=box("0%", "0%", "40%", "50%")),
        [("word_too_wide", f"{T}[0].layout.width")],
    ),
]


@pytest.mark.parametrize(("overlay", "expected"), FITS, ids=range(len(FITS)))
def test_text_fits_its_box(overlay, expected):
    """Lines that are too high and words that break inside are measured with the real font (D21)."""
    assert told(check(film(texts=[overlay]))) == expected


def test_how_much_too_large_a_text_is_stands_in_its_message():
    """Three lines of 64 px at 1.2 are 230.4 px: 130 px more than a box of 100 px."""
    manifest = film(texts=[text("one\ntwo\nthree", id="t", layout=box("0%", "0%", "90%", "100px"))])
    (issue,) = check(manifest)
    assert issue.message == "text 't' is 3 lines, 230 px high, in a box of 100 px: 130 px too tall"


def test_text_is_not_measured_without_lettering(monkeypatch):
    """Where the extra is not installed, nothing is said about what cannot be measured."""
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)
    for name in [name for name in sys.modules if name.startswith("reelforge_dsl.lettering")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(reelforge_dsl, "lettering", raising=False)
    _lettering._room.cache_clear()
    _lettering.sizes.cache_clear()
    try:
        assert check(film(texts=[text("one\ntwo\nthree", layout=box("0%", "0%", "90%", "5%"))])) == ()
    finally:
        monkeypatch.undo()
        _lettering._room.cache_clear()
        _lettering.sizes.cache_clear()


CAPTIONS = [
    ({"layout": box("8%", "77%", "84%", "18%")}, []),
    ({"layout": box("4%", "55%", "92%", "41%")}, []),
    ({"layout": {"y": "60%"}}, []),
    ({"layout": {"y": "10%"}}, [("captions_outside_safe_area", f"{C}.layout")]),
    ({"layout": box("0%", "77%", "100%", "18%")}, [("captions_outside_safe_area", f"{C}.layout")]),
    ({"layout": {"y": "90%"}}, [("outside_frame", f"{C}.layout")]),
    (
        {"time_overrides": [{"time": span(0, 1), "layout": {"y": "2%"}}]},
        [("captions_outside_safe_area", f"{C}.time_overrides[0].layout")],
    ),
    ({"time_overrides": {"odd": {"layout": {"y": "2%"}}}}, []),
    (words((0, 400), (400, 900), (300, 700)), [("words_out_of_order", f"{W}[2].start")]),
    (words((0, 400), (300, 900)), [("words_overlap", f"{W}[1].start")]),
    (words((0, 400), (370, 900)), []),
    (words((0, 400), (300, 900), speakers="AB"), []),
    (words((0, 400), (9000, 10_500)), [("words_past_end", f"{W}[1].end")]),
    (words((0, 400), (9000, 10_030)), []),
    (words((0, 1), (1, 1), (1, 2), (2, 9)), [("words_not_milliseconds", W)]),
    (words((3, 5)), [("words_not_milliseconds", W)]),
    (words((0, 12), (12, 27), (27, 60)), [("words_not_milliseconds", W)]),
    (words((0, 400_000), (400_000, 2_000_000)), [("words_not_milliseconds", W)]),
    (words((0, 90), (90, 250), (250, 600)), []),
    ({"words": []}, []),
]


@pytest.mark.parametrize(("captions", "expected"), CAPTIONS, ids=range(len(CAPTIONS)))
def test_captions_are_in_place_and_in_time(captions, expected):
    """Captions keep to the safe lower third (D23); words to their order, their unit and the film."""
    assert told(check(film(captions=captions))) == expected


SENTENCE = "this sentence goes on and on without any stop until its very end"
LONG = {
    "words": [
        {"text": text, "start": 300 * n, "end": 300 * n + 280} for n, text in enumerate(SENTENCE.split())
    ]
}
INTER = {"font_family": "Inter"}
PHRASES = [
    ({}, None),
    ({"max_chars_per_segment": 40, "style": INTER}, None),
    ({"max_chars_per_segment": 70, "style": INTER}, "needs at least 3 lines of 840 px at 59.3 px"),
    ({"max_chars_per_segment": 70, "style": INTER, "mode": "word_only"}, None),
    ({"max_chars_per_segment": 70, "style": INTER | {"font_size": 30}}, None),
    ({"style": INTER | {"font_size": 160}}, "needs at least 3 lines of 840 px at 160 px"),
    (
        {"style": INTER | {"font_size": 100}, "layout": {"height": "10%"}},
        "is 2 lines, 240 px high, in a box of 200 px",
    ),
    ({"layout": {"height": "3%"}}, "is 1 line, 71 px high, in a box of 60 px"),
    ({"layout": {"width": "0%"}}, None),
    ({"style": INTER | {"font_size": 1e14}}, None),
]


@pytest.mark.parametrize(("captions", "message"), PHRASES, ids=range(len(PHRASES)))
def test_a_caption_phrase_fits_its_box(captions, message):
    """The longest phrase is measured with the real font: two lines, in its box (D23)."""
    issues = [issue for issue in check(film(captions=LONG | captions)) if issue.code == "captions_do_not_fit"]
    assert [issue.path for issue in issues] == ([C] if message else [])
    assert all(message in issue.message and issue.severity == "warning" for issue in issues)


def test_usual_captions_are_not_grouped(monkeypatch):
    """Where no phrase could be too long for one line, thousands of words are not looked at."""
    monkeypatch.setattr(_phrases, "phrases", None)
    assert check(film(captions=LONG)) == ()


def test_microseconds_are_told_without_a_length():
    """Words far beyond the longest film are not milliseconds, even where no length is known."""
    clips = {"timeline": [{"id": "a", "type": "video", "asset_id": "clip"}], "auto_stitch": True}
    manifest = film(captions=words((0, 400_000), (400_000, 900_000)), composition=clips)
    assert told(check(manifest)) == [("words_not_milliseconds", W)]


SOUNDS = [
    # The speech is named.
    ([sound("bed", volume=0.9)], {"transcription_source_asset_id": "clip"}, [0.9]),
    ([sound("bed")], {"transcription_source_asset_id": "clip"}, [None]),
    ([sound("bed", volume=0.4)], {"transcription_source_asset_id": "clip"}, []),
    ([sound("voice"), sound("bed", volume=0.2)], {"transcription_source_asset_id": "voice"}, []),
    # It is not: only a loop is surely music.
    ([sound("voice"), sound("bed", volume=0.9)], SPOKEN, []),
    ([sound("bed", volume=0.9, loop=True)], SPOKEN, [0.9]),
    # No captions, no words said meanwhile: nothing is covered.
    ([sound("bed", volume=0.9, loop=True)], None, []),
    ([sound("bed", volume=0.9, loop=True)], {"words": []}, []),
    ([sound("bed", volume=0.9, loop=True) | {"time": span(5, 5)}], SPOKEN, []),
]


@pytest.mark.parametrize(("layers", "captions", "loud"), SOUNDS, ids=range(len(SOUNDS)))
def test_music_stays_under_speech(layers, captions, loud):
    """A sound above 0.4 that is not the speech is told under captions, with 0.2 to try (D8)."""
    issues = check(film(*layers, captions=captions))
    expected = [("music_over_speech", f"{L}[{len(layers)}].media_settings.volume")] if loud else []
    assert told(issues) == expected
    assert all(issue.fix == "try volume 0.2" for issue in issues)


def test_speech_that_outlasts_the_film_is_told():
    """Untimed speech longer than the stitched clips is cut, told once lengths are known (D12)."""
    body = Timeline("9:16").video(f"{SITE}a.mp4").voiceover(f"{SITE}v.mp3").captions("soft_pill").to_dict()
    lengths: Media = {f"{SITE}a.mp4": 5.0, f"{SITE}v.mp3": 7.0}
    assert check(from_dict(body)) == ()
    assert told(check(from_dict(body), lengths)) == [("speech_cut", f"{L}[1]")]
    assert check(from_dict(body), {f"{SITE}a.mp4": 5.0, f"{SITE}v.mp3": 5.2}) == ()


def test_an_excerpt_of_speech_may_be_meant():
    """A duration with words given is an excerpt; without words the service transcribes the whole."""
    lengths: Media = {f"{SITE}clip.mp4": 30.0}
    assert check(film(captions=SPOKEN), lengths) == ()
    assert told(check(film(captions={}), lengths)) == [("speech_cut", f"{L}[0]")]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"fade_in_seconds": 6, "fade_out_seconds": 5}, "fade_out_seconds"),
        ({"fade_in_seconds": 11}, "fade_in_seconds"),
        ({"fade_in_seconds": 5, "fade_out_seconds": 5}, None),
    ],
)
def test_fades_fit_their_layer(settings, expected):
    """Fades longer than the layer together are told at the later one."""
    path = f"{L}[1].media_settings.{expected}"
    assert told(check(film(sound("bed", **settings)))) == ([("fades_too_long", path)] if expected else [])


def test_a_clip_alone_fills_the_frame():
    """A clip alone in a smaller box leaves black; with another picture it is composed."""
    small = {"id": "b", "type": "video", "asset_id": "b", "time": span(10, 5), "layout": {"width": "50%"}}
    still = {"id": "i", "type": "image", "asset_id": "i", "time": span(12, 1)}
    assert told(check(film(small))) == [("frame_not_filled", f"{L}[1].layout")]
    assert check(film(small, still)) == ()
    assert check(film(small | {"time": span(9, 5)})) == ()
    assert check(film(small | {"layout": {"fit": "contain"}})) == ()


@pytest.mark.parametrize(
    ("layout", "is_seen"),
    [
        (box("100%", "0%", "20%", "20%"), False),
        (box("-20%", "0%", "20%", "20%"), False),
        (box("0px", "2000px", "50%", "10%"), False),
        (box("0px", "-300px", "50%", "300px"), False),
        (box("-19%", "0%", "20%", "20%"), True),
        (box("90%", "90%", "50%", "50%"), True),
        ({"x": "150%"}, None),
    ],
)
@pytest.mark.parametrize("kind", ["video", "image"])
def test_a_picture_lies_in_the_frame(kind, layout, is_seen):
    """A picture may reach outside the frame; wholly beside it, it is told, unless a transform moves it."""
    layer = {"id": "b", "type": kind, "asset_id": "b", "time": span(0, 5), "layout": layout}
    expected = [] if is_seen else [("outside_frame", f"{L}[1].layout")]
    if is_seen is None:
        expected = [("outside_guardrail", f"{L}[1].layout.x")]
    assert told(check(film(layer))) == expected
    if is_seen is False:
        assert check(film(layer | {"style": {"transform": "translateX(-50%)"}})) == ()


def test_a_clip_beside_the_frame_is_told_once():
    """A clip that nobody can see is outside the frame; that it does not fill the frame is no other news."""
    away = box("0px", "2000px", "50%", "10%")
    clip = {"id": "b", "type": "video", "asset_id": "b", "time": span(10, 5), "layout": away}
    assert told(check(film(clip))) == [("outside_frame", f"{L}[1].layout")]


def test_stitched_clips_are_alone():
    """Each of two stitched clips in a box is told, for they follow each other."""
    half = {"height": "50%"}
    clips = [{"id": n, "type": "video", "asset_id": "clip", "layout": half} for n in "ab"]
    manifest = film(composition={"timeline": clips, "auto_stitch": True})
    assert told(check(manifest)) == [
        ("frame_not_filled", f"{L}[0].layout"),
        ("frame_not_filled", f"{L}[1].layout"),
    ]


def test_every_asset_is_used():
    """An asset that no layer names is told, one that is transcribed is not, and a typo is told alone."""
    spare = {"id": "spare", "type": "audio", "url": f"{SITE}s.mp3"}
    clip = {"id": "clip", "type": "video", "url": f"{SITE}clip.mp4"}
    assert told(check(film(assets=[clip, spare]))) == [("unused_asset", "$.assets[1]")]
    assert check(film(assets=[clip, spare], captions={"transcription_source_asset_id": "spare"})) == ()
    issues = check(film(assets=[clip | {"id": "clp"}]))
    assert [issue.code for issue in issues] == ["unknown_asset"]


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://example.com/watch.html", True),
        ("https://example.com/a/clip.htm?x=1", True),
        ("https://example.com/show.php?id=7", True),
        ("https://www.youtube.com/watch?v=abc", True),
        ("https://youtu.be/abc", True),
        ("https://vimeo.com/12345", True),
        ("https://www.tiktok.com/@me/video/1", True),
        ("https://www.instagram.com/reel/abc/", True),
        ("https://drive.google.com/file/d/abc/view", True),
        ("https://www.dropbox.com/s/abc/clip.mp4?dl=0", True),
        ("https://www.dropbox.com/s/abc/clip.mp4?dl=1", False),
        ("https://drive.google.com/uc?export=download&id=abc", False),
        ("https://player.vimeo.com/external/12345.hd.mp4?s=1", False),
        ("https://example.com/clip.mp4?next=a.html", False),
        ("https://example.com/youtube.com/watch.mp4", False),
        ("https://example.html.net/clip.mp4", False),
        ("https://notyoutube.com/watch", False),
    ],
)
def test_an_asset_is_a_file_not_a_page(url, page):
    """Addresses of web pages and of video sites' players are told; direct addresses are not (§1)."""
    issues = check(film(assets=[{"id": "clip", "type": "video", "url": url}]))
    assert told(issues) == ([("web_page_url", "$.assets[0].url")] if page else [])


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"texts": [text("Hi {{name}}")]}, f"{T}[0].content"),
        ({"assets": [{"id": "clip", "type": "video", "url": SITE + "{{id}}.mp4"}]}, "$.assets[0].url"),
        ({"captions": {"words": [{"text": "{{w}}", "start": 0, "end": 400}]}}, f"{W}[0].text"),
        ({"captions": {"correct_text": "Hi {{ name }}."}}, f"{C}.correct_text"),
        ({"metadata": {"who": "{{user}}"}}, "$.metadata.who"),
        ({"webhook_url": SITE + "{{hook}}"}, "$.webhook_url"),
        ({"texts": [text("{name} {} }}{{")]}, None),
    ],
)
def test_templates_are_filled_in(changes, path):
    """A placeholder between double braces is told wherever people read or fetch it."""
    assert told(check(film(**changes))) == ([("unfilled_placeholder", path)] if path else [])


DOCUMENTED = [
    "core-examples-stitch-images",
    "core-examples-stitch-videos",
    "seed-music-track-in-render-request",
    "seed-timeline-captions-omitted-words-request",
]


@pytest.mark.parametrize("payload", DOCUMENTED)
def test_documented_requests_raise_no_alarm(payload):
    """Nothing is warned of in what the service documents, measured or not."""
    manifest = from_dict(json.loads((PAYLOADS / f"{payload}.json").read_text("utf-8"))["body"])
    assert check(manifest) == ()
    assert check(manifest, lambda src: 30.0) == () or payload == DOCUMENTED[3]


def test_the_readme_reel_has_one_warning():
    """The README's reel, with and without captions, is told only that its still waits for the clips."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {"print": lambda *_: None}
    exec(blocks[0], names)
    exec(blocks[1], names)
    for reel in (names["reel"], names["captioned"]):
        assert told(reel.issues()) == [("image_end_depends_on_media", f"{L}[2].time.duration_seconds")]


def test_the_first_recipe_has_no_warning(monkeypatch):
    """The first recipe, its clips measured, has nothing to be told."""
    made: list[Timeline] = []

    class Stopped(Exception):  # noqa: N818 - no error: it ends the recipe where rendering would begin
        pass

    def render(reel: Timeline, *_: Any) -> None:
        made.append(reel)
        raise Stopped

    monkeypatch.setattr(engine, "render", render)
    with pytest.raises(Stopped):
        runpy.run_path(str(ROOT / "cookbook" / "01_first_reel.py"))
    assert made[0].resolve(engine.probe).issues() == ()


ODD = [
    {"texts": [text("x" * 5000, layout=box("1e9px", "0%", "1%", "1%"))]},
    {"texts": [text("\U0001f600" * 50, style={"font_size": 1e14}, layout=WIDE)]},
    {"texts": [text("a\nb", style={"line_height": 1e-9, "letter_spacing": -1e14, "font_size": 1e-9})]},
    {"texts": [text("a", layout=box("9" * 400 + "%", "0%", "1%", "1%"))]},
    {"texts": [text("\x00\u202e\ufeff" * 99, layout=box("0%", "0%", "1px", "1px"))]},
    {"texts": [text("a", style={"font_family": "No\x00Such", "font_size": 900})]},
    {"texts": [text(str(n), 0, 9) for n in range(500)]},
    {"captions": {"words": [{"text": "a", "start": 10**14, "end": 0}]}},
    {"captions": {"layout": box("x", "-1e9%", "", "1%")}},
    {"output": {"width": 0, "height": -2, "fps": 30}, "texts": [text(layout=WIDE)]},
    {"output": {"width": 10**14, "height": 2, "fps": 30}, "texts": [text(layout=WIDE)]},
    {"metadata": {"{{": "{{" * 1000}},
    {"composition": {"timeline": [sound("clip", fade_in_seconds=1e14, volume=1e14)]}},
]


@pytest.mark.parametrize("changes", ODD, ids=range(len(ODD)))
def test_no_warning_stumbles(changes):
    """Sizes, times and texts that no film has are judged without an exception."""
    issues = check(film(**changes), lambda src: 1e6)
    assert all(str(issue) for issue in issues)


def test_what_the_films_end_cuts_is_told_once():
    """A text cut to less than it needs, and a clip that begins at the end, are told as past the end only."""
    boxed = {"id": "b", "type": "video", "asset_id": "b", "time": span(10, 5), "layout": {"width": "50%"}}
    manifest = film(boxed, texts=[text("Hello", 9.9, 3)], composition={"duration_seconds": 10})
    assert told(check(manifest)) == [
        ("layer_past_end", f"{L}[1].time.duration_seconds"),
        ("layer_past_end", f"{T}[0].time.duration_seconds"),
    ]


def test_a_page_is_named_without_its_query():
    """What stands behind the question mark of an address is in no message."""
    reel = Timeline().video("https://example.com/clip.html?token=hush", start=0, duration=2)
    (issue,) = reel.issues()
    assert issue.code == "web_page_url"
    assert "clip.html" in str(issue)
    assert "hush" not in str(issue)
