"""What the builder says when something is wrong, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reelforge_dsl import FieldError, Layout, ManifestInvalidError, Timeline, Word

A = "https://example.com/a.mp4"
B = "https://example.com/b.mp4"
STILL = "https://example.com/still.png"
VOICE = "https://example.com/voice.mp3"
BED = "https://example.com/bed.mp3"


def base() -> Timeline:
    return Timeline().video(A).image(STILL, start=0, id="logo").text("Hi", start=1, duration=2)


REFUSED: dict[str, Callable[[Timeline], Any]] = {
    "size": lambda reel: Timeline("9:61"),  # type: ignore[arg-type]
    "size in words": lambda reel: Timeline("1080x1920"),  # type: ignore[arg-type]
    "odd size": lambda reel: reel.reframe((1081, 1920)),
    "range": lambda reel: reel.video(A, trim=-1),
    "type": lambda reel: reel.video(A, start="1"),
    "choice": lambda reel: reel.video(A, fit="covr"),
    "fit twice": lambda reel: reel.video(A, fit="cover", layout=Layout(fit="contain")),
    "no scheme": lambda reel: reel.video("clip.mp4"),
    "other scheme": lambda reel: reel.video("ftp://example.com/a.mp4"),
    "no source": lambda reel: reel.video(Ellipsis),
    "near id": lambda reel: reel.text("x", after="lgoo"),
    "far id": lambda reel: reel.text("x", during="zebra"),
    "no id yet": lambda reel: Timeline().text("x", during="zebra"),
    "two starts": lambda reel: reel.text("x", start=1, after="logo"),
    "offset alone": lambda reel: reel.text("x", start=1, offset=2),
    "text without start": lambda reel: reel.text("x", duration=2),
    "second still": lambda reel: reel.image(STILL),
    "taken id": lambda reel: reel.text("x", start=0, id="logo"),
    "reserved id": lambda reel: reel.text("x", start=0, id="captions"),
    "keyword of another verb": lambda reel: reel.change("logo", volume=1),
    "mistyped keyword": lambda reel: reel.change("video-1", volum=1),
    "drop what is needed": lambda reel: reel.text("x", after="video-1", duration=1).drop("video-1"),
    "silent source": lambda reel: reel.captions("typewriter", source="logo"),
    "clock without words": lambda reel: reel.captions("typewriter", clock="video-1"),
    "preset": lambda reel: reel.captions("karaoke"),
    "nested metadata": lambda reel: reel.metadata({"a": {"b": 1}}),
    "secret": lambda reel: reel.webhook("https://example.com", secret=5),
    "webhook": lambda reel: reel.webhook("example.com"),
    "then": lambda reel: reel.then(reel),
    "unlike captions": lambda reel: reel.captions("typewriter").then(reel.captions("neon_glow")),
    "length": lambda reel: reel.resolve({A: "ten"}),
    "reading": lambda reel: reel["video1"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str, snapshot: SnapshotAssertion) -> None:
    """A refusal says which verb and keyword, what is wrong and how to mend it."""
    with pytest.raises(FieldError) as caught:
        REFUSED[name](base())
    assert str(caught.value).splitlines() == snapshot


ISSUES: dict[str, Timeline] = {
    "clip without length": Timeline().video(A, start=5),
    "card before a clip": Timeline().image(STILL, duration=3).video(A).video(B),
    "card after clips": Timeline().video(A).video(B).image(STILL, duration=3),
    "title to an unknown end": Timeline().video(A).text("x", start=3),
    "title during a clip": Timeline().video(A).video(B).text("x", during="video-2"),
    "title during the first clip": Timeline().video(A).text("x", during="video-1"),
    "voice and music under a still": Timeline().image(STILL).voiceover(VOICE).music(BED),
    "timed music over clips": Timeline().video(A).music(BED, duration=30),
    "after the end": Timeline().image(STILL).audio(VOICE, duration=3).text("x", after="image-1"),
    "nothing left": Timeline()
    .image(STILL, duration=3)
    .text("x", start=5)
    .text("y", during="image-1", offset=4),
    "nothing has a length": Timeline().image(STILL).text("x", start=1),
    "stitching off": Timeline().video(A).music(BED).auto_stitch(False),
    "title over speech": Timeline().image(STILL).voiceover(VOICE).text("x", start=1, duration=2),
    "speech beside clips": Timeline().video(A).voiceover(VOICE, duration=30).music(BED),
    "words on a clock": Timeline()
    .video(A)
    .video(B)
    .captions("typewriter", words=[Word("x", 0, 5)], clock="video-2"),
    "many": Timeline().video(A).video(A).video(A).video(A).video(A).video(A).text("x", start=1),
}


LINE = re.compile(r"(test_messages\.py):[0-9]+")


def told(text: str) -> list[str]:
    """A message as lines, the numbers of the author's lines left out."""
    return LINE.sub(r"\1:N", text).splitlines()


@pytest.mark.parametrize("name", ISSUES)
def test_issues(name: str, snapshot: SnapshotAssertion) -> None:
    """What cannot be placed says why, for want of which length, and how to mend it."""
    assert told("\n".join(str(issue) for issue in ISSUES[name].issues())) == snapshot


def test_manifest_error(snapshot: SnapshotAssertion) -> None:
    """An invalid timeline is refused with every error in one message, in document order."""
    reel = Timeline.from_dict(
        {
            "version": "v1",
            "output": {"width": 1080, "height": 1921, "fps": 30},
            "assets": [{"id": "clip1", "type": "video", "url": A}],
            "composition": {
                "timeline": [
                    {
                        "id": "one",
                        "type": "video",
                        "asset_id": "musik",
                        "time": {"start_seconds": 0, "duration_seconds": 2},
                    }
                ]
            },
        }
    ).video(B)
    with pytest.raises(ManifestInvalidError) as caught:
        reel.manifest()
    assert told(str(caught.value)) == snapshot
