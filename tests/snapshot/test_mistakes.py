"""Thirty mistakes that people make, and what the library says: what, where, how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reelforge_dsl import (
    CaptionStyle,
    FieldError,
    Layout,
    ReelforgeError,
    TextStyle,
    Timeline,
    Word,
    Words,
    engine,
    loads,
)

A = "https://example.com/a.mp4"
B = "https://example.com/b.mp4"
STILL = "https://example.com/still.png"
VOICE = "https://example.com/voice.mp3"
BED = "https://example.com/bed.mp3"
LENGTHS = {A: 8, B: 3, VOICE: 20}
BROKEN = "1\n00:00:01,000 --> 00:00:00,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nyou\n"
SENTENCE = "this sentence goes on and on without any stop at all"
SPOKEN = [{"text": text, "start": 300 * n, "end": 300 * n + 280} for n, text in enumerate(SENTENCE.split())]
LINE = re.compile(r"(test_mistakes\.py):[0-9]+")
SYNTAX = re.compile(r"(is not JSON at line 1, column) .*(   \[not_json\])")


FILES = {"clip": ("video", A), "logo": ("image", STILL), "voice": ("audio", VOICE), "bed": ("audio", BED)}


def document(**composition: Any) -> dict[str, Any]:
    """Return a small valid document, parts of its composition replaced."""
    held = {"timeline": [layer()]} | composition
    used = [name for name in FILES if name in {layer["id"] for layer in held["timeline"]}]
    return {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": [{"id": name, "type": FILES[name][0], "url": FILES[name][1]} for name in used],
        "composition": held,
    }


def layer(kind: str = "video", asset: str = "clip", **fields: Any) -> dict[str, Any]:
    """Return a layer of four seconds, fields replaced."""
    time = {"start_seconds": 0, "duration_seconds": 4}
    return {"id": asset, "type": kind, "asset_id": asset, "time": time} | fields


def overlay(**fields: Any) -> dict[str, Any]:
    """Return a text of two seconds, fields replaced."""
    return {"content": "Hi", "time": {"start_seconds": 0, "duration_seconds": 2}} | fields


def with_output(**fields: Any) -> dict[str, Any]:
    made = document()
    made["output"] |= fields
    return made


def without(key: str) -> dict[str, Any]:
    """Return the small document without one of its keys."""
    return {name: value for name, value in document().items() if name != key}


def thrown_away() -> Timeline:
    reel = Timeline()
    reel.video(A)  # returns another timeline, which nobody keeps
    return reel


SAID: dict[str, Callable[[], object]] = {
    "a number with its unit": lambda: Timeline().video(A, start="2s"),  # type: ignore[arg-type]
    "a local file as text": lambda: Timeline().video("clips/walk.mp4"),
    "a place that is none": lambda: Timeline("instagram"),  # type: ignore[arg-type]
    "an odd width": lambda: Timeline((1081, 1920)),
    "a fit of CSS": lambda: Timeline().video(A, fit="fill"),  # type: ignore[arg-type]
    "fit said twice": lambda: Timeline().video(A, fit="cover", layout=Layout(fit="contain")),
    "a volume in percent": lambda: Timeline().video(A, volume="50%"),  # type: ignore[arg-type]
    "pixels as a number": lambda: Layout(x=20, y="10%"),  # type: ignore[arg-type]
    "a colour with a typo": lambda: TextStyle(color="golld"),
    "a caption look that is none": lambda: Timeline().video(A).captions("karaoke"),  # type: ignore[arg-type]
    "a text that never starts": lambda: Timeline().video(A).text("Hi"),
    "an id that names nothing": lambda: Timeline().video(A, id="intro").text("Hi", after="into"),
    "a layout as a dict": lambda: Timeline().video(A, layout={"x": "10%"}),  # type: ignore[arg-type]
    "words in seconds": lambda: Word("Hello", 0.5, 1.2),  # type: ignore[arg-type]
    "a webhook without its scheme": lambda: Timeline().webhook("example.com/hook"),
    "a keyword the layer has not": lambda: (
        Timeline().image(STILL, start=0, id="logo").change("logo", volume=0.5)
    ),
    "nested metadata": lambda: Timeline().metadata({"campaign": {"name": "spring"}}),
    "a webhook with secrets": lambda: Timeline().webhook("ftp://user:pass@example.com/hook?key=1"),
    "minutes of film": lambda: Timeline().total_duration(400),
    "a film in milliseconds": lambda: Timeline().total_duration(12000),
    "a start before the film": lambda: Timeline().video(A, start=-1),
    "a second start": lambda: Timeline().video(A, id="clip").text("Hi", start=1, after="clip"),
}

FOUND: dict[str, Callable[[], Timeline]] = {
    "seconds as milliseconds": lambda: Timeline.from_dict(
        document(timeline=[layer(time={"start_seconds": 0, "duration_seconds": 4000})])
    ),
    "a clip in milliseconds": lambda: Timeline().video(A, duration=4000),
    "a start in milliseconds": lambda: Timeline().video(A, start=4000, duration=3),
    "a trim in milliseconds": lambda: Timeline().video(A, start=0, duration=3, trim=2000),
    "a text in milliseconds": lambda: (
        Timeline().video(A, duration=5).text("Hi", start=0, duration=2500).total_duration(5)
    ),
    "fades in milliseconds": lambda: Timeline().video(A, duration=5).music(VOICE, fade_in=500, fade_out=1500),
    "a still beside the frame": lambda: (
        Timeline()
        .video(A, duration=5)
        .image(STILL, start=0, duration=2, layout=Layout("100%", "0%", "10%", "10%"))
    ),
    "two dissolves in one clip, resolved": lambda: (
        Timeline().video(A).video(B, crossfade=2).video(A, crossfade=2).resolve(LENGTHS)
    ),
    "a transcript that was mended": lambda: (
        Timeline().video(A, duration=5).captions("soft_pill", words=Words.parse(BROKEN, "srt"))
    ),
    "a phrase too long for its box": lambda: (
        Timeline()
        .video(A, duration=5)
        .captions("soft_pill", words=SPOKEN, max_chars_per_segment=90, style=CaptionStyle(font_size=90))
    ),
    "25 frames a second": lambda: Timeline.from_dict(with_output(fps=25)),
    "an image without a start": lambda: Timeline.from_dict(
        document(timeline=[layer("image", "logo", time={})])
    ),
    "a text without a duration": lambda: Timeline.from_dict(
        document(text_overlays=[overlay(time={"start_seconds": 1})])
    ),
    "captions of two voices": lambda: Timeline.from_dict(
        document(
            timeline=[layer("audio", "voice"), layer("audio", "bed")],
            captions={"provider": "assemblyai", "preset": "soft_pill"},
        )
    ),
    "an asset id with a typo": lambda: Timeline.from_dict(document(timeline=[layer(asset_id="clp")])),
    "a key in camel case": lambda: Timeline.from_dict(document(timeline=[layer(backgroundMode="solid")])),
    "a sound's field on a clip": lambda: Timeline.from_dict(
        document(timeline=[layer(media_settings={"loop": True, "fade_out_seconds": 1})])
    ),
    "untimed clips without auto_stitch": lambda: Timeline.from_dict(
        document(timeline=[{"id": "clip", "type": "video", "asset_id": "clip"}])
    ),
    "a verb's result thrown away": thrown_away,
    "a dissolve longer than its clip": lambda: Timeline().video(A).video(B, crossfade=5),
    "two dissolves in one clip": lambda: Timeline().video(A).video(B, crossfade=2).video(A, crossfade=2),
    "a title before an unmeasured end": lambda: Timeline().video(A).text("Hi", start=3),
    "words backwards": lambda: Timeline.from_dict(
        document(
            captions={
                "provider": "assemblyai",
                "preset": "soft_pill",
                "words": [{"text": "Hi", "start": 900, "end": 400}],
            }
        )
    ),
    "a dissolve into the first clip": lambda: Timeline().video(A, crossfade=1).video(B),
}

REFUSED: dict[str, Callable[[], object]] = {
    "numbers in quotes": lambda: Timeline.from_dict(with_output(width="1080", fps="30")),
    "a document without its version": lambda: Timeline.from_dict(without("version")),
    "null for the version": lambda: Timeline.from_dict(document() | {"version": None}),
    "a frame without its sizes": lambda: Timeline.from_dict(document() | {"output": {}}),
    "an asset without anything": lambda: Timeline.from_dict(document() | {"assets": [{}]}),
    "a text without its content": lambda: Timeline.from_dict(document(text_overlays=[{}])),
    "captions without anything": lambda: Timeline.from_dict(document(captions={"words": [{}]})),
    "null for nothing": lambda: Timeline.from_dict(document(captions=None)),
    "Python's repr instead of JSON": lambda: loads(str(document())),
    "a trailing comma": lambda: loads(json.dumps(document())[:-1] + ",}"),
    "a file's name instead of its text": lambda: Timeline.from_json("films/reel.json"),
    "a path instead of its text": lambda: loads(PurePosixPath("films/reel.json")),  # type: ignore[arg-type]
    "text where a dict goes": lambda: Timeline.from_dict(json.dumps(document())),  # type: ignore[arg-type]
    "a layer without its type": lambda: Timeline.from_dict(document(timeline=[{"id": "clip"}])),
    "another container": lambda: engine.render(Timeline().image(STILL, duration=2), "film.mov"),
    "the body under a key": lambda: loads(json.dumps({"manifest": document()})),
}


def told(text: str) -> list[str]:
    """A message as lines, without what hangs on the author's file or on Python's version."""
    return SYNTAX.sub(r"\1 N: …\2", LINE.sub(r"\1:N", text)).splitlines()


def test_they_are_thirty() -> None:
    """Thirty mistakes and some more, each with a name of its own."""
    assert len({*SAID, *FOUND, *REFUSED}) == len(SAID) + len(FOUND) + len(REFUSED) >= 30


@pytest.mark.parametrize("name", SAID)
def test_a_mistake_in_a_call(name: str, snapshot: SnapshotAssertion) -> None:
    """It raises at the call, names verb and keyword, and says how to mend it."""
    with pytest.raises(FieldError) as caught:
        SAID[name]()
    assert told(str(caught.value)) == snapshot
    assert caught.value.field


@pytest.mark.parametrize("name", FOUND)
def test_a_mistake_in_a_document(name: str, snapshot: SnapshotAssertion) -> None:
    """The document loads, and its issues name path and rule, and say how to mend it."""
    issues = FOUND[name]().issues(LENGTHS)
    assert told("\n".join(str(issue) for issue in issues)) == snapshot
    assert all(issue.fix for issue in issues)


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_in_a_text(name: str, snapshot: SnapshotAssertion) -> None:
    """What has not the documents' shape is refused with every fault at once."""
    with pytest.raises(ReelforgeError) as caught:
        REFUSED[name]()
    assert told(str(caught.value)) == snapshot
