"""What holds for every document: nothing raises, nothing gaps, nothing is lost, time stays linear."""

from __future__ import annotations

from itertools import pairwise
from time import process_time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelforge_dsl.models import (
    Asset,
    Captions,
    CaptionStyle,
    Composition,
    Json,
    Layer,
    Layout,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    TextStyle,
    Time,
    Trim,
    Word,
)
from reelforge_dsl.models.foreign import Extra
from reelforge_dsl.rules import check
from reelforge_dsl.rules._fields import field_issues, fine
from reelforge_dsl.timing import phrases, schedule

SRC = "https://x.test/"


def loose(cls: type, **values: Any) -> Any:
    """A value as a loader makes it: whatever it holds."""
    made = object.__new__(cls)
    made.__attrs_init__(**values)
    return made


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


absurd = st.sampled_from([0, -1, 1e300, -1e300, 10**400, 5e-324, 300, 301, 1e9])
numbers = st.integers(-2, 40) | st.floats(0, 40, allow_nan=False) | absurd
words_ = st.sampled_from(["a", "b", "c", "", "video", "image", "audio", "é", "10%", "120%", "-5px", "red"])
extras = st.sampled_from([(), (Extra("durration", Json("1"), "id"),), (Extra("transitions", Json("[]")),)])
times = st.builds(Time, maybe(numbers), maybe(numbers), extras)
layouts = st.builds(
    lambda x, width, fit, z: loose(Layout, x=x, width=width, fit=fit, z_index=z),
    *(maybe(words_), maybe(words_), maybe(words_), maybe(numbers)),
)
styles = st.builds(
    lambda kind, color, size, weight: loose(kind, color=color, font_size=size, font_weight=weight),
    *(st.sampled_from([TextStyle, CaptionStyle]), maybe(words_), maybe(numbers), maybe(numbers | words_)),
)
layers = st.builds(
    Layer,
    id=words_,
    type=st.sampled_from(["video", "video", "image", "audio", "audio", "shape"]),
    asset_id=st.sampled_from(["v", "i", "a", "nothing"]),
    time=maybe(times),
    trim=maybe(st.builds(Trim, maybe(numbers))),
    layout=maybe(layouts),
    media_settings=maybe(
        st.builds(MediaSettings, crossfade_seconds=maybe(numbers), loop=maybe(st.booleans()))
    ),
    extra=extras,
)
overlays = st.builds(
    TextOverlay,
    id=maybe(words_),
    content=words_,
    time=maybe(times),
    layout=maybe(layouts),
    style=maybe(styles),
)
spoken = st.lists(
    st.builds(
        lambda text, start, end, speaker: loose(Word, text=text, start=start, end=end, speaker=speaker),
        st.sampled_from(["so", "what.", "3.5", "”", "", "Donaudampfschifffahrt", "you?)"]),
        st.integers(-100, 9000),
        st.integers(-100, 9000),
        st.sampled_from([None, "A", "B"]),
    ),
    max_size=25,
)
captions = st.builds(
    Captions,
    provider=words_,
    preset=words_,
    mode=st.sampled_from([None, "word_only", "phrase", "phrase_karaoke", "other"]),
    words=maybe(spoken.map(tuple)),
    max_chars_per_segment=maybe(st.integers(-3, 40)),
    transcription_source_asset_id=maybe(st.sampled_from(["v", "i", "nothing"])),
)
manifests = st.builds(
    lambda composition, metadata, assets: Manifest(
        "v1", Output(1080, 1920, 30), assets, composition=composition, metadata=metadata
    ),
    st.builds(
        Composition,
        duration_seconds=maybe(numbers),
        auto_stitch=maybe(st.booleans()),
        timeline=maybe(st.lists(layers, max_size=8).map(tuple)),
        text_overlays=maybe(st.lists(overlays, max_size=3).map(tuple)),
        captions=maybe(captions),
        extra=extras,
    ),
    maybe(
        st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.lists(st.integers())).map(Json.of)
    ),
    maybe(
        st.just(
            (
                Asset("v", "video", SRC + "v"),
                Asset("i", "image", SRC + "i"),
                Asset("a", "audio", SRC + "a"),
                Asset("v", "audio", SRC + "v2"),
            )
        )
    ),
)
media = maybe(st.fixed_dictionaries({}, optional={SRC + "v": numbers, SRC + "a": numbers}))


@given(manifests, media)
def test_no_document_raises_and_every_span_is_inside_the_film(manifest, lengths):
    """Any document is placed, and what is known lies in order within the composition."""
    found = schedule(manifest, lengths)
    composition = manifest.composition
    assert len(found.layers) == len(composition.timeline or ())
    assert len(found.overlays) == len(composition.text_overlays or ())
    for span in (*found.layers, *found.overlays):
        assert span.start is None or span.start >= 0
        if span.end is not None and span.start is not None:
            assert span.start <= span.end
            assert span.start_frame <= span.end_frame
            if found.seconds is not None:
                assert span.end <= found.seconds
        assert span.crossfade_seconds >= 0
        assert span.because


@given(manifests, media)
def test_no_document_stops_the_rules(manifest, lengths):
    """Any document is judged; its findings are whole sentences, each once, fields and film alike."""
    issues = check(manifest, lengths)
    assert len({(issue.code, issue.path) for issue in issues}) == len(issues)
    assert all(issue.message and issue.path.startswith("$") for issue in issues)


@given(manifests)
def test_the_quick_look_misses_nothing(manifest):
    """Where the quick look over the fields finds all fine, each part looked at closely has no fault."""
    composition = manifest.composition
    for part in (*(composition.timeline or ()), *(composition.text_overlays or ()), composition.captions):
        if part is not None and fine(part):
            holder = (
                Composition(timeline=(part,))
                if isinstance(part, Layer)
                else Composition(text_overlays=(part,))
                if isinstance(part, TextOverlay)
                else Composition(captions=part)
            )
            # An unknown key at the top makes the close look run.
            whole = Manifest(
                "v1", Output(1080, 1920, 30), composition=holder, extra=(Extra("zz", Json("1")),)
            )
            assert [issue.path for issue in field_issues(whole)] == ["$.zz"]


lengths_ = st.floats(0.5, 30, allow_nan=False).map(lambda seconds: round(seconds, 3))


@given(st.lists(st.tuples(lengths_, st.floats(0, 0.2)), min_size=1, max_size=12))
def test_stitched_neighbours_share_their_frame(clips):
    """Without crossfade each clip's first frame is the frame after the last of the clip before."""
    found = schedule(
        stitched([(length, 0) for length, _ in clips]), lambda src: clips[int(src[len(SRC) :])][0]
    )
    for before, after in pairwise(found.layers):
        assert before.end_frame == after.start_frame
    assert found.frames == found.layers[-1].end_frame


@given(st.lists(st.tuples(lengths_, st.floats(0, 0.2)), min_size=1, max_size=12))
def test_crossfades_shorten_the_film_by_themselves(clips):
    """The film is as long as its clips less every crossfade but the first's."""
    found = schedule(stitched(clips), lambda src: clips[int(src[len(SRC) :])][0])
    whole = sum(length for length, _ in clips) - sum(fade for _, fade in clips[1:])
    assert abs(found.seconds - whole) < 1e-6
    assert not [issue for issue in found.issues if issue.severity == "error"]


def stitched(clips: list[tuple[float, float]]) -> Manifest:
    """Untimed clips with crossfades; the source of the nth is SRC and n."""
    timeline = tuple(
        Layer(f"v{n}", "video", f"v{n}", media_settings=MediaSettings(crossfade_seconds=fade or None))
        for n, (_, fade) in enumerate(clips)
    )
    assets = tuple(Asset(f"v{n}", "video", f"{SRC}{n}") for n in range(len(clips)))
    composition = Composition(auto_stitch=True, timeline=timeline)
    return Manifest("v1", Output(1080, 1920, 30), assets, composition=composition)


@given(captions)
def test_phrases_hold_every_word_once_in_order(spoken_of):
    """Every word is in exactly one phrase, in spoken order, and phrases follow each other without overlap."""
    found = phrases(spoken_of)
    held = [word for phrase in found for word in phrase.words]
    expected = sorted(spoken_of.words or (), key=lambda word: max(0, word.start))
    assert [id(word) for word in held] == [id(word) for word in expected]
    for before, after in pairwise(found):
        assert before.start_ms <= before.end_ms <= after.start_ms
    for phrase in found:
        states = phrase.states()
        edges = [edge for state in states for edge in (state.start_ms, state.end_ms)]
        assert edges == sorted(edges)
        assert all(state.active is None or 0 <= state.active < len(phrase.words) for state in states)
        if phrase.end_ms > phrase.start_ms:
            assert (states[0].start_ms, states[-1].end_ms) == (phrase.start_ms, phrase.end_ms)
            assert edges[1:-1:2] == edges[2::2]


def seconds_for(count: int) -> float:
    """CPU seconds to place, judge and caption a film of so many clips, timed crossfades and faults."""
    layers_ = tuple(
        Layer(f"v{n}", "video", f"u{n}", Time(n, 1), media_settings=MediaSettings(crossfade_seconds=0.5))
        for n in range(count)
    )
    texts = tuple(TextOverlay(content="x", time=Time(n, 1)) for n in range(count))
    said = tuple(Word("word", 300 * n, 300 * n + 250) for n in range(count))
    film = Composition(
        timeline=layers_, text_overlays=texts, captions=Captions("assemblyai", "x", words=said)
    )
    manifest = Manifest("v1", Output(1080, 1920, 30), composition=film)
    best = 1e9
    for _ in range(3):
        began = process_time()
        schedule(manifest)
        check(manifest)
        phrases(film.captions)
        best = min(best, process_time() - began)
    return best


def test_time_grows_with_the_document():
    """Eight times the layers, overlays and words take at most twenty times as long."""
    assert seconds_for(4000) < 20 * seconds_for(500)
