"""What holds for every program of verbs, and for every document that loads."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reelforge_dsl import FieldError, Layout, ManifestInvalidError, TextStyle, Timeline, Word
from reelforge_dsl.timing import schedule

LENGTHS = {
    "https://x.test/a.mp4": 10,
    "https://x.test/b.mp4": 6.5,
    "https://x.test/c.mp4": 3,
    "https://x.test/voice.mp3": 12.25,
    "https://x.test/bed.mp3": 40,
}
CLIPS = [src for src in LENGTHS if src.endswith("mp4")]
SOUNDS = [src for src in LENGTHS if src.endswith("mp3")]
STILLS = ["https://x.test/one.png", "https://x.test/two.png"]

seconds = st.integers(1, 8) | st.sampled_from([0.1, 0.5, 2.25, 1 / 3])
starts = st.integers(0, 6) | st.sampled_from([0.1, 1.5])
Call = tuple[str, Any, dict[str, Any]]


def fields(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


when = {"start": starts, "duration": seconds}
beside = {
    "after": st.integers(0, 3),
    "during": st.integers(0, 3),
    "offset": st.integers(0, 2),
    "duration": seconds,
}
whens = st.one_of(st.just({}), fields(**when), fields(**beside))
looks = fields(volume=st.sampled_from([0, 0.5, 1]), trim=st.sampled_from([0, 1, 1.5]))
boxes = fields(layout=st.sampled_from([Layout.half("top"), Layout(x="20px", width="30%")]))


def calls(verb: str, what: list[str], *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Call]:
    return st.builds(
        lambda src, said: (verb, src, {key: value for part in said for key, value in part.items()}),
        st.sampled_from(what),
        st.tuples(*parts),
    )


adding = st.one_of(
    calls("video", CLIPS, st.just({})),
    calls("video", CLIPS, whens, looks, boxes, fields(crossfade=st.sampled_from([0, 0.5]))),
    calls("image", STILLS, whens, boxes),
    calls("voiceover", SOUNDS, whens, looks),
    calls("audio", SOUNDS, whens, looks),
    calls("music", SOUNDS, st.just({}), fields(loop=st.booleans())),
    calls("music", SOUNDS, whens, looks),
    calls(
        "text", ["Hi", "a\nb"], whens, fields(style=st.sampled_from([TextStyle(font_size=40), TextStyle()]))
    ),
)
setting = st.one_of(
    st.tuples(st.just("total_duration"), st.none() | st.integers(5, 30), st.just({})),
    st.tuples(st.just("auto_stitch"), st.none() | st.booleans(), st.just({})),
    st.tuples(st.just("captions"), st.sampled_from([None, "typewriter"]), st.just({})),
    st.tuples(st.just("captions"), st.just("neon_glow"), st.just({"words": (Word("x", 100, 300),)})),
    st.tuples(st.just("metadata"), st.just({"a": 1}), st.just({})),
    st.tuples(st.just("reframe"), st.sampled_from(["1:1", "9:16", (720, 720)]), st.just({})),
    st.tuples(st.just("resolve"), st.just(LENGTHS), st.just({})),
)
programs = st.lists(adding | setting, max_size=7)
films = st.lists(adding, max_size=6)


def applied(reel: Timeline, call: Call) -> Timeline:
    """Run one call; a number for ``after`` or ``during`` is the how-manieth layer, if there is one."""
    verb, what, said = call
    known = [item.id for item in (*reel.layers, *reel.text_overlays)]
    for key in ("after", "during"):
        if key in said:
            said = {**said, key: known[said[key] % len(known)] if known else "none"}
    try:
        return getattr(reel, verb)(what, **said)  # type: ignore[no-any-return]
    except FieldError:
        return reel


def run(program: list[Call]) -> Timeline:
    reel = Timeline()
    for call in program:
        reel = applied(reel, call)
    return reel


@given(programs, adding | setting)
def test_a_verb_never_changes_its_receiver(program: list[Call], call: Call) -> None:
    """Whatever is called, the timeline it is called on says and hashes the same as before."""
    reel = run(program)
    before = (reel.to_json(), hash(reel), pickle.dumps(reel), repr(reel))
    applied(reel, call)
    assert (reel.to_json(), hash(reel), pickle.dumps(reel), repr(reel)) == before


@given(programs)
def test_same_program_same_bytes(program: list[Call]) -> None:
    """A program run twice gives equal timelines, equal hashes and equal text."""
    one, other = run(program), run(program)
    assert one == other
    assert hash(one) == hash(other)
    assert one.to_json() == other.to_json()
    assert one.issues() == other.issues()


@given(programs)
def test_pickled_it_is_the_same(program: list[Call]) -> None:
    """A pickled timeline is equal, hashes equal and goes on the same."""
    reel = run(program)
    back = pickle.loads(pickle.dumps(reel))
    assert back == reel
    assert hash(back) == hash(reel)
    assert back.video(CLIPS[0]).to_json() == reel.video(CLIPS[0]).to_json()


@given(programs)
def test_the_document_comes_back(program: list[Call]) -> None:
    """Loaded again, the text of a timeline is the same text with the same faults in the document."""
    reel = run(program)
    back = Timeline.from_json(reel.to_json())
    assert back.to_json() == reel.to_json()
    assert back.manifest if reel.issues() else back.manifest() == reel.manifest()


@given(programs)
def test_with_every_length_known_every_second_is_a_number(program: list[Call]) -> None:
    """Resolved, no place hangs on a file any more, and resolving again changes nothing."""
    exact = run(program).resolve(LENGTHS)
    assert not [issue for issue in exact.issues() if issue.code in ("needs_length", "needs_auto_stitch")] or (
        exact.duration_seconds is None
    )
    assert exact.resolve(LENGTHS).to_json() == exact.to_json()


@given(films)
def test_v1_reads_what_was_meant(film: list[Call]) -> None:
    """A document without issues, timed by v1's rules, has resolving's seconds; a voice its own."""
    reel = run(film)
    assume(reel.layers)
    issues = {issue.code for issue in reel.issues()} - {"image_end_depends_on_media", "crossfade_on_first"}
    assume(not issues)
    exact = reel.resolve(LENGTHS)
    texts_end = max(
        (text.time.start_seconds + text.time.duration_seconds for text in reel.text_overlays), default=0
    )
    placed = schedule(reel.manifest(), LENGTHS)
    clips = max((span.end for span in placed.layers if span.rule == "stitched"), default=None)
    assume(clips is None or texts_end <= clips)
    assume(not [issue for issue in exact.issues(LENGTHS) if issue.severity == "error"])
    assert placed.seconds == pytest.approx(exact.duration_seconds, abs=1e-6)
    said = schedule(exact.manifest())
    for read, meant in zip((*placed.layers, *placed.overlays), (*said.layers, *said.overlays), strict=True):
        end = read.end
        if str(read.id).startswith("voiceover") and read.rule != "given":
            end = min(end, read.start + (read.source_seconds or end))  # a voice ends when it has spoken
        assert (read.start, end) == pytest.approx((meant.start, meant.end), abs=1e-6)


@given(programs)
def test_the_length_is_the_documents(program: list[Call]) -> None:
    """A length that the timeline tells is the one that its document has by v1's rules."""
    reel = run(program)
    if reel.duration_seconds is not None and not reel.issues():
        assert schedule(reel.manifest()).seconds == pytest.approx(reel.duration_seconds, abs=1e-6)


@given(programs, st.text(max_size=60))
def test_one_line_and_one_row_each(program: list[Call], text: str) -> None:
    """Whatever a text says, ``repr`` is one line and ``print`` has one row an entry."""
    assume(text.strip() and not any("\ud800" <= c <= "\udfff" for c in text))
    reel = run(program).text(text, start=0, duration=1).captions(None)
    assert "\n" not in repr(reel)
    told = 1 if reel.issues() else 0
    assert len(str(reel).splitlines()) == 1 + len(reel.layers) + len(reel.text_overlays) + told


odd = st.none() | st.sampled_from([-1, 0, 3, 0.5, 1e14, 10**14, 301])
times = st.none() | st.fixed_dictionaries({}, optional={"start_seconds": odd, "duration_seconds": odd})


@given(
    st.lists(st.tuples(st.sampled_from(["video", "image", "audio", "gif", "text"]), times, odd), max_size=4),
    st.lists(times, max_size=2),
    odd,
    st.none() | st.booleans(),
)
def test_any_document_can_be_held(
    layers: list[tuple[str, Any, Any]], texts: list[Any], total: Any, stitch: bool | None
) -> None:
    """A document that loads comes back as it was, and everything can be asked of it."""

    def bare(data: dict[str, Any]) -> dict[str, Any]:
        return {key: bare(v) if isinstance(v, dict) else v for key, v in data.items() if v is not None}

    timeline = [
        bare(
            {"id": f"l{i % 2}", "type": kind, "asset_id": "a", "time": time, "trim": {"start_seconds": trim}}
        )
        for i, (kind, time, trim) in enumerate(layers)
    ]
    overlays = [bare({"content": "x", "time": time}) for time in texts]
    composition = bare({"duration_seconds": total, "auto_stitch": stitch})
    document = {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": [{"id": "a", "type": "video", "url": CLIPS[0]}],
        "composition": {**composition, "timeline": timeline, "text_overlays": overlays},
    }
    reel = Timeline.from_dict(document)
    assert reel.to_dict() == Timeline.from_dict(reel.to_dict()).to_dict()
    repr(reel), str(reel), reel.issues(), reel.resolve(LENGTHS).issues(LENGTHS), reel.reframe("1:1").to_json()
    try:
        reel.then(Timeline().image(STILLS[0], duration=1)).manifest()
    except (FieldError, ManifestInvalidError):
        return
