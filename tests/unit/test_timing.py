"""Who lasts how long, and by which rule: contract §4, decisions D4-D6, D10-D12, D18-D20, D24."""

from __future__ import annotations

from typing import Any

import pytest

from reelforge_dsl.models import (
    Asset,
    Composition,
    Layer,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    Time,
    Trim,
)
from reelforge_dsl.timing import Schedule, Span, schedule

TYPES = {"v": "video", "i": "image", "a": "audio"}


def layer(name: str, start: float | None = None, duration: float | None = None, **more: Any) -> Layer:
    """A layer whose id tells its type (v1, i1, a1) and whose asset has the same id."""
    trim = more.pop("trim", None)
    settings = MediaSettings(**more) if more else None
    time = None if start is None and duration is None else Time(start, duration)
    kind = TYPES.get(name[0], name)
    return Layer(name, kind, name, time, trim=Trim(trim) if trim else None, media_settings=settings)


def text(start: float | None = None, duration: float | None = None, **more: Any) -> TextOverlay:
    return TextOverlay(content="Hello", time=Time(start, duration), **more)


def film(*items: Layer | TextOverlay, stitch: bool | None = None, seconds: float | None = None) -> Manifest:
    layers = tuple(item for item in items if isinstance(item, Layer))
    assets = tuple(Asset(item.asset_id, item.type, f"https://x.test/{item.id}") for item in layers)
    composition = Composition(
        duration_seconds=seconds,
        auto_stitch=stitch,
        timeline=layers,
        text_overlays=tuple(item for item in items if isinstance(item, TextOverlay)) or None,
    )
    return Manifest("v1", Output(1080, 1920, 30), assets, composition=composition)


def placed(*items: Layer | TextOverlay, media: dict[str, float] | None = None, **more: Any) -> Schedule:
    lengths = {f"https://x.test/{name}": seconds for name, seconds in (media or {}).items()}
    return schedule(film(*items, **more), None if media is None else lengths)


def times(spans: tuple[Span, ...]) -> list[tuple[float | None, float | None]]:
    return [(span.start, span.end) for span in spans]


def codes(found: Schedule) -> list[tuple[str, str]]:
    return [(issue.code, issue.path) for issue in found.issues]


T = "$.composition.timeline"


def test_given_times_win():
    """A layer with start and duration is there exactly then, auto_stitch or not."""
    for stitch in (None, False, True):
        found = placed(layer("v1", 2, 3), layer("a1", 1, 8), stitch=stitch)
        assert times(found.layers) == [(2, 5), (1, 9)]
        assert [span.rule for span in found.layers] == ["given", "given"]
        assert found.seconds == 9
        assert found.because == "latest end: 'a1'"
        assert found.issues == ()


def test_sums_carry_no_binary_dust():
    """0.1 and 0.2 seconds end at 0.3."""
    assert placed(layer("v1", 0.1, 0.2)).layers[0].end == 0.3


def test_stitched_clips_follow_each_other():
    """Untimed videos play one after another, each as long as its source minus its trim (D10)."""
    found = placed(
        layer("v1", trim=2), layer("v2"), layer("v3"), stitch=True, media={"v1": 10, "v2": 3.5, "v3": 4}
    )
    assert times(found.layers) == [(0, 8), (8, 11.5), (11.5, 15.5)]
    assert [span.because for span in found.layers] == [
        "stitched first, as long as its source: 8 s",
        "stitched after 'v1', as long as its source: 3.5 s",
        "stitched after 'v2', as long as its source: 4 s",
    ]
    assert found.seconds == 15.5
    assert found.frames == 465
    assert found.unknown == ()


def test_a_timed_video_does_not_move_the_stitch():
    """An explicitly timed video among stitched ones leaves them where they were (D11)."""
    found = placed(
        layer("v1"), layer("v2", 1, 2), layer("v3"), stitch=True, media={"v1": 4, "v2": 9, "v3": 5}
    )
    assert times(found.layers) == [(0, 4), (1, 3), (4, 9)]


def test_what_is_not_known_stays_open():
    """Without media the first stitched clip starts at 0 and the rest is unknown, and the files are named."""
    found = placed(layer("v1"), layer("v2"), stitch=True)
    assert times(found.layers) == [(0, None), (None, None)]
    assert found.seconds is None
    assert found.frames is None
    assert found.unknown == ("https://x.test/v1", "https://x.test/v2")
    assert found.because == "not known: the source of 'v1' is not measured"


def test_partial_knowledge_is_used():
    """What can be known is: the second clip's start where the first is measured, the length where given."""
    found = placed(layer("v1"), layer("v2"), layer("v3"), stitch=True, media={"v1": 4}, seconds=12)
    assert times(found.layers) == [(0, 4), (4, None), (None, None)]
    assert found.seconds == 12
    assert found.because == "composition.duration_seconds"
    assert found.unknown == ("https://x.test/v2", "https://x.test/v3")


def test_media_may_be_a_function_and_is_asked_once_a_file():
    """A callable is asked for each file once; None, 0 and no number mean not known."""
    asked = []

    def probe(src: str) -> float | None:
        asked.append(src)
        return {"https://x.test/v1": 4.0, "https://x.test/v2": 0}.get(src)

    two = Layer("again", "video", "v1")
    manifest = film(layer("v1"), layer("v2"), layer("i1", 0), stitch=True)
    timeline = (manifest.composition.timeline or ()) + (two,)
    composition = Composition(auto_stitch=True, timeline=timeline)
    found = schedule(Manifest("v1", Output(1080, 1920, 30), manifest.assets, composition=composition), probe)
    assert asked == ["https://x.test/v1", "https://x.test/v2"]
    assert found.unknown == ("https://x.test/v2",)


def test_duration_alone_is_stitched_for_that_long():
    """With auto_stitch a clip with only a duration is stitched for that long, media known or not (D20)."""
    found = placed(layer("v1", None, 3), layer("v2", None, 2), stitch=True)
    assert times(found.layers) == [(0, 3), (3, 5)]
    assert found.unknown == ()
    assert found.layers[1].because == "stitched after 'v1', for 2 s as given"


def test_start_alone_lasts_to_the_end_of_the_source():
    """With auto_stitch a layer with only a start lasts to the end of its source (D20)."""
    found = placed(
        layer("v1"),
        layer("v2", 2, trim=1),
        layer("a1", 1),
        stitch=True,
        media={"v1": 6, "v2": 5, "a1": 10},
    )
    assert times(found.layers) == [(0, 6), (2, 6), (1, 11)]
    assert [span.rule for span in found.layers] == ["stitched", "source_length", "source_length"]
    assert found.seconds == 11


def test_looped_start_alone_lasts_to_the_composition_end():
    """A looped sound with only a start lasts to the end of the composition, and never lengthens it (D20)."""
    found = placed(layer("v1"), layer("a1", 1, loop=True), stitch=True, media={"v1": 6, "a1": 30})
    assert times(found.layers) == [(0, 6), (1, 6)]
    assert found.layers[1].rule == "to_end"
    assert found.seconds == 6


@pytest.mark.parametrize("stitch", [None, False])
def test_without_auto_stitch_nothing_is_inferred(stitch):
    """Without auto_stitch an untimed or half-timed video has no place, and the rest keeps its own."""
    found = placed(layer("v1"), layer("v2", 1), layer("v3", None, 2), layer("v4", 0, 5), stitch=stitch)
    assert times(found.layers) == [(None, None), (1, None), (None, None), (0, 5)]
    assert [span.rule for span in found.layers] == ["untimed", "half_timed", "half_timed", "given"]
    assert found.seconds is None
    assert found.unknown == ()


def test_untimed_sound_is_aligned_to_stitched_videos():
    """Beside stitched videos untimed sound lasts from 0 to their end, in a longer film too (D12, first)."""
    found = placed(
        layer("a1"), layer("v1"), layer("v2"), text(8, 4), stitch=True, media={"v1": 4, "v2": 5, "a1": 60}
    )
    assert times(found.layers) == [(0, 9), (0, 4), (4, 9)]
    assert found.layers[0].rule == "aligned_to_stitch"
    assert found.seconds == 12


def test_untimed_sound_beside_timed_pictures_lasts_to_the_end():
    """Beside pictures none of which is stitched, untimed sound lasts from 0 to the end (D12, second case)."""
    found = placed(layer("i1", 0, 7), layer("a1"), stitch=True)
    assert times(found.layers) == [(0, 7), (0, 7)]
    assert found.layers[1].because == "from 0 until composition end 7: latest end: 'i1'"
    assert found.unknown == ()


def test_sound_alone_is_sequenced():
    """With nothing but sound, untimed sounds play one after another (D12, third case)."""
    found = placed(layer("a1", trim=1), layer("a2"), stitch=True, media={"a1": 4, "a2": 5})
    assert times(found.layers) == [(0, 3), (3, 8)]
    assert [span.rule for span in found.layers] == ["sequenced", "sequenced"]
    assert found.seconds == 8


def test_sound_with_only_a_duration_beside_pictures_starts_at_zero():
    """Beside pictures a sound with only a duration lasts from 0 for that long, and counts as timed."""
    found = placed(layer("v1"), layer("a1", None, 9), stitch=True, media={"v1": 6, "a1": 20})
    assert times(found.layers) == [(0, 6), (0, 9)]
    assert found.seconds == 9


@pytest.mark.parametrize(
    ("items", "seconds"),
    [
        ([layer("v1", 0, 4), layer("i1", 2, 5), layer("a1", 1, 2), text(0, 1)], 7),
        ([layer("v1", 0, 4), layer("a1", 3, 6)], 9),
        ([layer("v1", 0, 4), text(5, 6)], 11),
        ([layer("i1", 0), text(1, 2)], 3),
        ([text(1, 2)], 3),
    ],
    ids=["image", "timed audio", "text", "open image never", "text alone"],
)
def test_length_is_the_latest_end(items, seconds):
    """The composition lasts to the latest end of videos, timed images, timed sound and text (D18)."""
    assert placed(*items).seconds == seconds


def test_untimed_sound_gives_the_length_only_when_nothing_else_does():
    """An open image over untimed sound lasts as long as the sound (D18, "if none")."""
    found = placed(layer("i1", 0), layer("a1"), stitch=True, media={"a1": 14.5})
    assert found.seconds == 14.5
    assert times(found.layers) == [(0, 14.5), (0, 14.5)]
    short = placed(layer("i1", 0, 3), layer("a1"), stitch=True, media={"a1": 14.5})
    assert short.seconds == 3


def test_looped_sound_gives_the_length_only_when_all_sound_loops():
    """Of a voice and a looped bed under an open image, the voice gives the length."""
    items = (layer("i1", 0), layer("a1"), layer("a2", loop=True))
    assert placed(*items, stitch=True, media={"a1": 10, "a2": 90}).seconds == 10
    bed = placed(layer("i1", 0), layer("a2", loop=True), stitch=True, media={"a2": 90})
    assert bed.seconds == 90


def test_open_image_lasts_to_the_given_length():
    """An image without duration lasts to composition.duration_seconds (contract §4, 2)."""
    found = placed(layer("i1", 2), seconds=12)
    assert times(found.layers) == [(2, 12)]
    assert found.layers[0].rule == "until_duration"
    assert found.layers[0].because == "until composition end 12: composition.duration_seconds"


def test_open_image_lasts_to_the_latest_end():
    """An image without duration lasts to the latest end of layers and overlays (contract §4, 3)."""
    found = placed(layer("i1", 1), layer("v1", 0, 6), text(5, 4))
    assert found.layers[0].end == 9
    assert found.layers[0].rule == "to_end"
    assert found.layers[0].because == "until composition end 9: latest end: text_overlays[0]"


def test_open_image_over_unmeasured_media_waits_for_them():
    """An open image whose end hangs on media has no end yet, never an earlier timed one (D19)."""
    items = (layer("i1", 0), layer("v1"), text(0, 3))
    found = placed(*items, stitch=True)
    assert found.layers[0].end is None
    assert codes(found) == [("image_end_depends_on_media", f"{T}[0].time.duration_seconds")]
    assert found.issues[0].severity == "warning"
    measured = placed(*items, stitch=True, media={"v1": 8})
    assert measured.layers[0].end == 8
    assert measured.issues == ()


def test_image_that_nothing_ends_is_an_error():
    """An open image alone has no length (contract §4, 5)."""
    found = placed(layer("i1", 0))
    assert codes(found) == [("image_length_unknown", f"{T}[0].time.duration_seconds")]
    assert found.issues[0].severity == "error"
    assert found.because == "nothing in it has a length"


def test_image_that_starts_after_the_end_is_an_error():
    """An open image that starts where the film has ended has no length."""
    found = placed(layer("v1", 0, 5), layer("i1", 5))
    assert codes(found) == [("image_length_unknown", f"{T}[1].time.duration_seconds")]
    assert times(found.layers)[1] == (5, 5)


def test_another_fault_does_not_blame_the_image():
    """Where a clip has no usable time the open image is left without a word."""
    assert placed(layer("i1", 0), layer("v1")).issues == ()


def test_layers_past_the_end_are_cut():
    """What goes past duration_seconds is cut there, with a warning, overlays too (D5)."""
    found = placed(layer("v1", 0, 8), layer("v2", 6, 3), text(4, 2), seconds=5)
    assert times(found.layers) == [(0, 5), (5, 5)]
    assert [span.uncut_end for span in found.layers] == [8, 9]
    assert times(found.overlays) == [(4, 5)]
    assert codes(found) == [
        ("layer_past_end", f"{T}[0].time.duration_seconds"),
        ("layer_past_end", f"{T}[1].time.duration_seconds"),
        ("layer_past_end", "$.composition.text_overlays[0].time.duration_seconds"),
    ]
    assert found.issues[0].message == "'v1' ends at 8 s, but is cut at the film's end, 5 s"
    assert found.issues[1].message == "'v2' starts at 6 s, but the film ends at 5 s"
    assert {issue.severity for issue in found.issues} == {"warning"}


def test_crossfades_overlap_stitched_clips_and_shorten_the_whole():
    """A stitched clip starts its crossfade earlier, over the clip before (D6)."""
    found = placed(
        layer("v1"),
        layer("v2", crossfade_seconds=0.5),
        layer("v3", crossfade_seconds=1),
        stitch=True,
        media={"v1": 4, "v2": 4, "v3": 4},
    )
    assert times(found.layers) == [(0, 4), (3.5, 7.5), (6.5, 10.5)]
    assert [span.crossfade_seconds for span in found.layers] == [0, 0.5, 1]
    assert [span.crossfade_from for span in found.layers] == [None, 0, 1]
    assert found.issues == ()


def test_crossfade_on_the_first_stitched_clip_does_nothing():
    """The first stitched clip has nothing to dissolve from: a warning (D6)."""
    found = placed(layer("v1", crossfade_seconds=1), layer("v2"), stitch=True, media={"v1": 4, "v2": 4})
    assert times(found.layers) == [(0, 4), (4, 8)]
    assert found.layers[0].crossfade_seconds == 0
    assert codes(found) == [("crossfade_on_first", f"{T}[0].media_settings.crossfade_seconds")]


@pytest.mark.parametrize(
    ("lengths", "fades", "path", "message"),
    [
        ((2, 9, 9), (0, 3, 0), f"{T}[1]", "3 s into 'v2' does not fit: 'v1' before it lasts 2 s"),
        ((9, 2, 9), (0, 3, 0), f"{T}[1]", "3 s into 'v2' does not fit: 'v2' itself lasts 2 s"),
        (
            (9, 3, 9),
            (0, 2, 2),
            f"{T}[2]",
            "2 s into 'v3' does not fit: 'v2' before it lasts 3 s, 2 s of which dissolve already",
        ),
    ],
    ids=["the clip before", "the clip itself", "two in one clip"],
)
def test_crossfades_that_do_not_fit_are_errors(lengths, fades, path, message):
    """A crossfade longer than either clip, or two in one clip, is an error once lengths are known (D6)."""
    clips = [layer(f"v{n + 1}", crossfade_seconds=fade or None) for n, fade in enumerate(fades)]
    media = {f"v{n + 1}": length for n, length in enumerate(lengths)}
    assert placed(*clips, stitch=True).issues == ()
    found = placed(*clips, stitch=True, media=media)
    assert codes(found) == [("crossfade_too_long", f"{path}.media_settings.crossfade_seconds")]
    assert found.issues[0].message == f"the crossfade of {message}"


def test_two_crossfades_may_meet_in_one_clip():
    """Crossfades that fill a clip to the last bit fit."""
    clips = (layer("v1"), layer("v2", crossfade_seconds=1.2), layer("v3", crossfade_seconds=1.8))
    found = placed(*clips, stitch=True, media={"v1": 4, "v2": 3, "v3": 4})
    assert found.issues == ()


def test_timed_clip_dissolves_over_the_video_it_overlaps():
    """A timed clip dissolves over the nearest video below that runs when it starts; nothing moves (D6)."""
    found = placed(
        layer("v1", 0, 20),
        layer("v2", 0, 5),
        layer("v3", 4, 5, crossfade_seconds=1),
        layer("v4", 10, 5, crossfade_seconds=1),
        layer("v5", 15, 5),
    )
    assert times(found.layers) == [(0, 20), (0, 5), (4, 9), (10, 15), (15, 20)]
    assert [span.crossfade_from for span in found.layers] == [None, None, 1, 0, None]
    assert [span.crossfade_seconds for span in found.layers] == [0, 0, 1, 1, 0]


def test_timed_clip_that_overlaps_nothing_dissolves_in_alone():
    """A timed clip with a crossfade over no video still dissolves in, from none."""
    found = placed(layer("v1", 0, 3), layer("v2", 3, 3, crossfade_seconds=1))
    assert (found.layers[1].crossfade_seconds, found.layers[1].crossfade_from) == (1, None)


def test_timed_crossfade_longer_than_its_clip_is_an_error():
    """A timed clip cannot dissolve in for longer than it lasts."""
    found = placed(layer("v1", 0, 9), layer("v2", 2, 1, crossfade_seconds=2))
    assert codes(found) == [("crossfade_too_long", f"{T}[1].media_settings.crossfade_seconds")]


@pytest.mark.parametrize("trim", [4, 5])
def test_clip_trimmed_past_its_end_has_no_length(trim):
    """A clip trimmed to or past its end lasts no time and is an error, never negative (D10)."""
    found = placed(
        layer("v1"), layer("v2", trim=trim), layer("v3"), stitch=True, media={"v1": 2, "v2": 4, "v3": 2}
    )
    assert times(found.layers) == [(0, 2), (2, 2), (2, 4)]
    assert codes(found) == [("trim_past_end", f"{T}[1].trim.start_seconds")]
    assert found.issues[0].message == f"layer 'v2' starts {trim} s into a source of 4 s"


def test_source_shorter_than_its_layer_is_warned():
    """A source a frame or more shorter than its layer is told: the last frame stands, the sound ends (D4)."""
    found = placed(
        layer("v1", 0, 8, trim=1),
        layer("a1", 0, 8),
        layer("a2", 0, 8, loop=True),
        layer("v2", 0, 8),
        media={"v1": 6, "a1": 7, "a2": 1, "v2": 7.98},
    )
    assert codes(found) == [
        ("source_too_short", f"{T}[0].time.duration_seconds"),
        ("source_too_short", f"{T}[1].time.duration_seconds"),
    ]
    assert found.issues[0].message == "'v1' lasts 8 s but its source has 5 s: the last frame stands for 3 s"
    assert found.issues[1].message == "'a1' lasts 8 s but its source has 7 s: the sound ends 1 s early"
    assert found.layers[0].source_seconds == 5


def test_frames_are_rounded_edges():
    """Edges are rounded to frames, so neighbours share theirs (D24)."""
    found = placed(layer("v1"), layer("v2"), stitch=True, media={"v1": 1.01, "v2": 1.01})
    assert [(span.start_frame, span.end_frame) for span in found.layers] == [(0, 30), (30, 61)]
    assert placed(layer("v1")).layers[0].start_frame is None


@pytest.mark.parametrize("number", [-1, 10**400, 1e300, float(2**60)])
def test_numbers_of_no_use_place_nothing(number):
    """A negative or absurd start leaves its layer without a place, and the others with theirs."""
    found = placed(layer("v1", number, 2), layer("v2", 0, 2), seconds=5)
    assert times(found.layers) == [(None, None), (0, 2)]
    assert found.layers[0].rule == "bad_time"


def test_unknown_types_and_assets_are_placed_as_far_as_they_say():
    """A type nobody knows keeps its given time; a clip without asset has no length."""
    manifest = Manifest(
        "v1",
        Output(1080, 1920, 30),
        None,
        composition=Composition(
            auto_stitch=True,
            timeline=(layer("shape", 1, 2), layer("shape"), layer("v1")),
        ),
    )
    found = schedule(manifest, {})
    assert times(found.layers) == [(1, 3), (None, None), (0, None)]
    assert [span.rule for span in found.layers] == ["given", "unknown_type", "stitched"]
    assert found.unknown == ()


def test_spans_carry_id_and_path():
    """A span names its layer or overlay and its JSON path."""
    found = placed(layer("v1", 0, 1), text(0, 1), text(0, 1, id="title"))
    assert [(span.id, span.path) for span in found.layers + found.overlays] == [
        ("v1", "$.composition.timeline[0]"),
        (None, "$.composition.text_overlays[0]"),
        ("title", "$.composition.text_overlays[1]"),
    ]


def test_an_empty_document_has_no_length():
    """A document without layers has no length and no spans."""
    manifest = Manifest("v1", Output(1080, 1920, 30), composition=Composition())
    assert schedule(manifest) == Schedule(None, "nothing in it has a length", (), (), (), ())
