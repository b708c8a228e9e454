"""What only the builder knows: rows that were resolved, transcripts that were mended, whose line it was."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from reelforge_dsl import Timeline, Words, engine
from reelforge_dsl.engine import Media
from reelforge_dsl.errors import Issue, ManifestInvalidError, UnsupportedByEngineError

A = "https://example.com/a.mp4"
B = "https://example.com/b.mp4"
LENGTHS = {A: 8, B: 3}
CROSSFADE = "$.composition.timeline[{}].media_settings.crossfade_seconds"
BROKEN = "1\n00:00:01,000 --> 00:00:00,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nyou\n"


def line_of(issue: Issue) -> str:
    """The verb of the author's line, which is in this file."""
    assert issue.where is not None
    assert issue.where.startswith("test_notes.py:")
    return issue.where.partition(", ")[2]


def overlapping() -> Timeline:
    return Timeline().video(A).video(B, crossfade=2).video(A, crossfade=2)


ROWS = [
    (overlapping(), 2),
    (Timeline().video(B).video(A, crossfade=5), 1),
    (Timeline().video(A).video(B, crossfade=5), 1),
    (Timeline().video(A).video(B).video(A, crossfade=4), 2),
]


@pytest.mark.parametrize(("reel", "index"), ROWS, ids=range(len(ROWS)))
def test_resolving_hides_no_crossfade_without_room(reel: Timeline, index: int) -> None:
    """A row says the same of its crossfades before and after its seconds are numbers (D6)."""
    (before,) = reel.issues(LENGTHS)
    (after,) = reel.resolve(LENGTHS).issues()
    assert (after.code, after.path) == ("crossfade_too_long", CROSSFADE.format(index))
    assert (after.message, after.fix) == (before.message, before.fix)
    assert line_of(after) == ".video"
    with pytest.raises(ManifestInvalidError):
        reel.resolve(LENGTHS).manifest()


def test_a_row_that_fits_stays_silent() -> None:
    """Two dissolves that share a clip without overlapping are no issue, resolved or not."""
    reel = Timeline().video(A).video(B, crossfade=1).video(A, crossfade=2)
    assert reel.issues(LENGTHS) == reel.resolve(LENGTHS).issues() == ()


def test_what_is_mended_after_resolving_is_told_no_more() -> None:
    """A shorter crossfade, another start, a longer or no clip before: the row's issue is gone."""
    exact = overlapping().resolve(LENGTHS)
    for mended in (
        exact.change("video-3", crossfade=1),
        exact.change("video-3", start=20),
        exact.change("video-2", duration=9),
        exact.drop("video-2"),
    ):
        assert mended.issues() == ()


def test_a_hidden_crossfade_follows_its_clips() -> None:
    """Another id, another film before it and a pickle keep the row's issue, at its new path."""
    exact = overlapping().resolve(LENGTHS)
    assert "'talk' before it" in exact.change("video-2", id="talk").issues()[0].message
    (later,) = Timeline().video(A).resolve(LENGTHS).then(exact).issues()
    assert later.path == CROSSFADE.format(3)
    assert "'video-3' before it" in later.message
    assert [issue.code for issue in pickle.loads(pickle.dumps(exact)).issues()] == ["crossfade_too_long"]


def test_a_loaded_row_is_told_after_resolving() -> None:
    """A document's own stitched row keeps its issue, too."""
    reel = Timeline.from_json(overlapping().to_json())
    assert [issue.code for issue in reel.resolve(LENGTHS).issues()] == ["crossfade_too_long"]


def test_mended_words_are_told_once() -> None:
    """Captions of a transcript that had to be mended warn with the first repair, on the author's line."""
    words = Words.parse(BROKEN, "srt")
    assert len(words.repaired) == 1
    reel = Timeline().video(A, duration=5).captions("soft_pill", words=words)
    (issue,) = reel.issues()
    assert (issue.code, issue.severity, issue.path) == (
        "words_repaired",
        "warning",
        "$.composition.captions.words",
    )
    assert "line 2: the cue ends at 500 ms" in issue.message
    assert line_of(issue) == ".captions"
    assert [i.code for i in reel.resolve({A: 9}).issues()] == ["words_repaired"]
    assert reel.manifest().composition.captions is not None


def test_other_words_bring_their_own_repairs() -> None:
    """Words that were never read, or that are given later, say nothing of the ones before."""
    mended = Words.parse(BROKEN, "srt")
    plain = [{"text": "Hi", "start": 0, "end": 900}]
    reel = Timeline().video(A, duration=5).captions("soft_pill", words=plain)
    assert reel.issues() == ()
    changed = reel.change("captions", words=mended)
    assert [issue.code for issue in changed.issues()] == ["words_repaired"]
    assert changed.change("captions", words=plain).issues() == ()
    assert reel == Timeline().video(A, duration=5).captions("soft_pill", words=Words.of(plain))


def test_an_empty_timeline_says_that_verbs_return() -> None:
    """Verbs whose results nobody kept leave an empty film, told where it was begun."""
    reel = Timeline()
    reel.video(A)
    (issue,) = reel.issues()
    assert (issue.code, issue.path) == ("empty_timeline", "$.composition.timeline")
    assert "reel = reel.video(…)" in (issue.fix or "")
    assert line_of(issue) == "Timeline"
    (loaded,) = Timeline.from_json(reel.to_json()).issues()
    assert "reel.video" not in (loaded.fix or "")


@pytest.mark.parametrize(
    ("reel", "verb", "named"),
    [
        (Timeline().video(A, duration=4000), ".video", "'video-1' alone lasts 4000 s"),
        (Timeline().video(A, start=4000, duration=3), ".video", "'video-1' starts at 4000 s"),
        (Timeline().video(A).video(B, start=0, duration=4000), ".video", "the film is at least 4000 s long"),
        (
            Timeline().video(A, duration=5).text("Hi", start=0, duration=2500),
            ".text",
            "'text-1' alone lasts 2500 s",
        ),
    ],
)
def test_milliseconds_for_seconds(reel: Timeline, verb: str, named: str) -> None:
    """One number past 300 s names its layer and its line, and asks whether milliseconds were meant."""
    (issue,) = reel.issues()
    assert (issue.code, issue.path) == ("too_long", "$.composition.duration_seconds")
    assert named in issue.message
    assert (issue.fix or "").startswith("seconds are meant: ")
    assert line_of(issue) == verb


def test_what_the_engine_refuses_has_its_line() -> None:
    """A field that is not drawn here is told with the line that wrote it."""
    clip = Media(
        path=Path("/media/a.mp4"),
        kind="video",
        demuxer="mov",
        duration_seconds=8.0,
        width=1920,
        height=1080,
        has_video=True,
    )
    reel = Timeline().video("file:///media/a.mp4", transform="rotate(3deg)")
    with pytest.raises(UnsupportedByEngineError) as caught:
        engine.plan(reel, {"file:///media/a.mp4": clip})
    assert [line_of(issue) for issue in caught.value.issues] == [".video"]
    with pytest.raises(UnsupportedByEngineError) as bare:
        engine.plan(reel.resolve({"file:///media/a.mp4": 8}).manifest(), {"file:///media/a.mp4": clip})
    assert [issue.where for issue in bare.value.issues] == [None]


def test_findings_of_others_get_their_lines() -> None:
    """Any finding with a path of the document is given its line; one that has a line keeps it."""
    reel = Timeline().video(A, duration=2).text("Hi", start=0, duration=1)
    told = reel.with_lines(
        [
            Issue("x", "error", "$.composition.timeline[0].time", "a"),
            Issue("x", "error", "$.composition.text_overlays[0]", "b"),
            Issue("x", "error", "$.assets[0].url", "c"),
            Issue("x", "error", "$.metadata", "d"),
            Issue("x", "error", "$.composition.timeline[0]", "e", where="other.py:1"),
        ]
    )
    assert [(issue.where or "").partition(", ")[2] for issue in told[:3]] == [".video", ".text", ".video"]
    assert [issue.where for issue in told[3:]] == [None, "other.py:1"]
