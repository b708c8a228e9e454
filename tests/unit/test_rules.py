"""Every rule of a whole document, from documented payloads with one value changed: contract §2-§8."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Asset, Composition, Json, Layer, Manifest, Output, Time, Word
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.rules import check, check_music
from reelforge_dsl.wire import from_dict

PAYLOADS = Path(__file__).parent.parent / "contract" / "payloads"
GONE = object()

MUSIC = "seed-music-track-in-render-request"
CAPTIONED = "seed-timeline-captions-omitted-words-request"
STITCHED = "core-examples-stitch-videos"
IMAGES = "core-examples-stitch-images"

TEXT = {"id": "intro-text", "content": "Welcome", "time": {"start_seconds": 2, "duration_seconds": 3}}
WORDS = [{"text": "Hello", "start": 0, "end": 900}, {"text": "there", "start": 900, "end": 1400}]


def body(payload: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"{payload}.json").read_text("utf-8"))["body"]


def changed(payload: str, *changes: tuple[str, Any]) -> Manifest:
    """The documented request with values set, appended (path ends in ``+``) or taken away (GONE)."""
    document = body(payload)
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if last == "+":
            place.append(value)
        elif value is GONE:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return from_dict(document)


def told(issues: tuple[Issue, ...]) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.code, issue.path) for issue in issues]


@pytest.mark.parametrize("payload", [MUSIC, CAPTIONED, STITCHED, IMAGES])
def test_documented_requests_are_right(payload):
    """Nothing is said against the requests that the service documents."""
    assert check(changed(payload)) == ()


L = "$.composition.timeline"

FIELDS = [
    (MUSIC, "version", "v2", "unknown_version", "$.version"),
    (MUSIC, "output.fps", 25, "fps_not_30", "$.output.fps"),
    (MUSIC, "output.width", 1081, "odd_size", "$.output.width"),
    (MUSIC, "output.height", 0, "out_of_range", "$.output.height"),
    (MUSIC, "output.height", -2, "out_of_range", "$.output.height"),
    (MUSIC, "output.width", 1080.5, "not_whole", "$.output.width"),
    (MUSIC, "assets.0.type", "clip", "unknown_choice", "$.assets[0].type"),
    (MUSIC, "assets.0.url", "clip.mp4", "bad_url", "$.assets[0].url"),
    (MUSIC, "assets.0.url", "ftp://example.com/clip.mp4", "bad_url", "$.assets[0].url"),
    (MUSIC, "assets.0.url", "", "empty_text", "$.assets[0].url"),
    (MUSIC, "composition.timeline.0.id", "", "empty_text", f"{L}[0].id"),
    (MUSIC, "composition.timeline.0.type", "movie", "unknown_choice", f"{L}[0].type"),
    (MUSIC, "composition.timeline.0.time.start_seconds", -1, "out_of_range", f"{L}[0].time.start_seconds"),
    (
        MUSIC,
        "composition.timeline.0.time.duration_seconds",
        0,
        "out_of_range",
        f"{L}[0].time.duration_seconds",
    ),
    (MUSIC, "composition.timeline.0.trim.start_seconds", -0.5, "out_of_range", f"{L}[0].trim.start_seconds"),
    (MUSIC, "composition.timeline.0.layout.x", "ten", "not_a_length", f"{L}[0].layout.x"),
    (MUSIC, "composition.timeline.0.layout.width", "10em", "not_a_length", f"{L}[0].layout.width"),
    (MUSIC, "composition.timeline.0.layout.fit", "covr", "unknown_choice", f"{L}[0].layout.fit"),
    (MUSIC, "composition.timeline.0.background_mode", "blur", "unknown_choice", f"{L}[0].background_mode"),
    (MUSIC, "composition.timeline.0.motion", "zoom", "unknown_choice", f"{L}[0].motion"),
    (
        MUSIC,
        "composition.timeline.0.media_settings.volume",
        -1,
        "out_of_range",
        f"{L}[0].media_settings.volume",
    ),
    (
        MUSIC,
        "composition.timeline.1.media_settings.fade_in_seconds",
        -1,
        "out_of_range",
        f"{L}[1].media_settings.fade_in_seconds",
    ),
    (MUSIC, "composition.duration_seconds", 301, "too_long", "$.composition.duration_seconds"),
    (MUSIC, "composition.duration_seconds", 0, "out_of_range", "$.composition.duration_seconds"),
    (
        MUSIC,
        "composition.text_overlays",
        [TEXT | {"content": " "}],
        "empty_text",
        "$.composition.text_overlays[0].content",
    ),
    (
        MUSIC,
        "composition.text_overlays",
        [TEXT | {"style": {"color": "goldd"}}],
        "not_a_color",
        "$.composition.text_overlays[0].style.color",
    ),
    (
        MUSIC,
        "composition.text_overlays",
        [TEXT | {"style": {"font_weight": "heavy"}}],
        "not_a_weight",
        "$.composition.text_overlays[0].style.font_weight",
    ),
    (
        MUSIC,
        "composition.text_overlays",
        [TEXT | {"style": {"font_weight": "1" * 5000}}],
        "not_a_weight",
        "$.composition.text_overlays[0].style.font_weight",
    ),
    (
        MUSIC,
        "composition.text_overlays",
        [TEXT | {"style": {"text_align": "middle"}}],
        "unknown_choice",
        "$.composition.text_overlays[0].style.text_align",
    ),
    (
        MUSIC,
        "composition.global_styles.text",
        {"font_size": 0},
        "out_of_range",
        "$.composition.global_styles.text.font_size",
    ),
    (
        CAPTIONED,
        "composition.captions.provider",
        "whisper",
        "unknown_choice",
        "$.composition.captions.provider",
    ),
    (CAPTIONED, "composition.captions.preset", "karaoke", "unknown_choice", "$.composition.captions.preset"),
    (CAPTIONED, "composition.captions.mode", "words", "unknown_choice", "$.composition.captions.mode"),
    (
        CAPTIONED,
        "composition.captions.max_chars_per_segment",
        0,
        "out_of_range",
        "$.composition.captions.max_chars_per_segment",
    ),
    (
        CAPTIONED,
        "composition.captions.words",
        [{"text": "Hi", "start": 0.5, "end": 900}],
        "not_whole",
        "$.composition.captions.words[0].start",
    ),
    (
        CAPTIONED,
        "composition.captions.words",
        [{"text": "Hi", "start": -5, "end": 900}],
        "out_of_range",
        "$.composition.captions.words[0].start",
    ),
    (
        CAPTIONED,
        "composition.captions.style",
        {"highlight_color": "#GGG"},
        "not_a_color",
        "$.composition.captions.style.highlight_color",
    ),
    (
        CAPTIONED,
        "composition.captions.time_overrides",
        [{"time": {"start_seconds": 0, "duration_seconds": 0}}],
        "out_of_range",
        "$.composition.captions.time_overrides[0].time.duration_seconds",
    ),
    (MUSIC, "idempotency_key", "", "empty_text", "$.idempotency_key"),
    (MUSIC, "webhook_url", "example.com/hook", "bad_url", "$.webhook_url"),
    (MUSIC, "webhook_secret", "", "empty_text", "$.webhook_secret"),
]


@pytest.mark.parametrize(
    ("payload", "where", "value", "code", "path"),
    FIELDS,
    ids=[f"{path} {code} {n}" for n, (*_, code, path) in enumerate(FIELDS)],
)
def test_a_value_outside_its_field_is_an_error(payload, where, value, code, path):
    """One value outside its field's table is one error at its path (D2)."""
    issues = check(changed(payload, (where, value)))
    assert ("error", code, path) in told(issues)
    assert len({issue.code for issue in issues if issue.path == path}) == 1


DOCUMENTS = [
    (
        MUSIC,
        [("assets.+", {"id": "clip1", "type": "audio", "url": "https://example.com/a.mp3"})],
        "duplicate_id",
        "$.assets[2].id",
    ),
    (MUSIC, [("composition.timeline.1.id", "video-1")], "duplicate_id", f"{L}[1].id"),
    (
        MUSIC,
        [("composition.text_overlays", [TEXT, TEXT])],
        "duplicate_id",
        "$.composition.text_overlays[1].id",
    ),
    (MUSIC, [("composition.timeline", [])], "empty_timeline", L),
    (MUSIC, [("composition.timeline", GONE)], "empty_timeline", L),
    (MUSIC, [("composition.timeline.1.asset_id", "musik1")], "unknown_asset", f"{L}[1].asset_id"),
    (MUSIC, [("assets.0.type", "image")], "type_mismatch", f"{L}[0].type"),
    (
        MUSIC,
        [("composition.timeline.0.media_settings", {"loop": True})],
        "field_not_allowed",
        f"{L}[0].media_settings.loop",
    ),
    (
        MUSIC,
        [("composition.timeline.0.media_settings", {"fade_out_seconds": 0})],
        "field_not_allowed",
        f"{L}[0].media_settings.fade_out_seconds",
    ),
    (
        MUSIC,
        [("composition.timeline.1.media_settings", {"muted": False})],
        "field_not_allowed",
        f"{L}[1].media_settings.muted",
    ),
    (MUSIC, [("composition.timeline.1.layout", {"x": "0%"})], "field_not_allowed", f"{L}[1].layout"),
    (IMAGES, [("composition.timeline.2.trim", {"start_seconds": 1})], "field_not_allowed", f"{L}[2].trim"),
    (
        IMAGES,
        [("composition.timeline.2.media_settings", {"volume": 1})],
        "field_not_allowed",
        f"{L}[2].media_settings.volume",
    ),
    (MUSIC, [("composition.timeline.0.time", GONE)], "layer_time_missing", f"{L}[0].time"),
    (
        STITCHED,
        [
            ("composition.timeline.+", {"id": "a", "type": "image", "asset_id": "i"}),
            ("assets.+", {"id": "i", "type": "image", "url": "https://example.com/i.png"}),
        ],
        "image_start_missing",
        f"{L}[3].time.start_seconds",
    ),
    (
        MUSIC,
        [("composition.timeline.0.time.start_seconds", GONE)],
        "half_timed_layer",
        f"{L}[0].time.start_seconds",
    ),
    (
        MUSIC,
        [("composition.timeline.1.time.duration_seconds", GONE)],
        "half_timed_layer",
        f"{L}[1].time.duration_seconds",
    ),
    (
        IMAGES,
        [("composition.timeline.0.time.start_seconds", GONE)],
        "image_start_missing",
        f"{L}[0].time.start_seconds",
    ),
    (
        MUSIC,
        [("composition.text_overlays", [{"content": "Hi"}])],
        "text_time_missing",
        "$.composition.text_overlays[0].time",
    ),
    (
        MUSIC,
        [("composition.text_overlays", [{"content": "Hi", "time": {"start_seconds": 1}}])],
        "text_time_missing",
        "$.composition.text_overlays[0].time.duration_seconds",
    ),
    (
        IMAGES,
        [("composition.timeline.3.time.start_seconds", 297)],
        "too_long",
        "$.composition.duration_seconds",
    ),
    (
        CAPTIONED,
        [("composition.captions.words", [{"text": "Hi", "start": 900, "end": 0}])],
        "word_ends_before_start",
        "$.composition.captions.words[0].end",
    ),
    (
        CAPTIONED,
        [("composition.captions.transcription_source_asset_id", "talking-hed")],
        "unknown_asset",
        "$.composition.captions.transcription_source_asset_id",
    ),
    (
        CAPTIONED,
        [
            ("composition.captions.transcription_source_asset_id", "logo"),
            ("composition.captions.words", WORDS),
            ("assets.+", {"id": "logo", "type": "image", "url": "https://example.com/l.png"}),
        ],
        "silent_speech_source",
        "$.composition.captions.transcription_source_asset_id",
    ),
    (
        MUSIC,
        [("composition.captions", {"provider": "assemblyai", "preset": "soft_pill"})],
        "ambiguous_speech_source",
        "$.composition.captions.transcription_source_asset_id",
    ),
    (
        IMAGES,
        [("composition.captions", {"provider": "assemblyai", "preset": "soft_pill"})],
        "no_speech_source",
        "$.composition.captions.transcription_source_asset_id",
    ),
    (MUSIC, [("metadata", {f"key{n}": n for n in range(11)})], "metadata_too_many_keys", "$.metadata"),
    (MUSIC, [("metadata", {"a b": {"nested": 1}})], "metadata_not_flat", '$.metadata["a b"]'),
    (MUSIC, [("metadata", {"list": [1]})], "metadata_not_flat", "$.metadata.list"),
    (MUSIC, [("metadata", {"note": "x" * 501})], "metadata_too_long", "$.metadata.note"),
    (MUSIC, [("metadata", {"k" * 501: 1})], "metadata_too_long", "$.metadata." + "k" * 501),
]


@pytest.mark.parametrize(
    ("payload", "changes", "code", "path"),
    DOCUMENTS,
    ids=[f"{n} {code}" for n, (*_, code, _path) in enumerate(DOCUMENTS)],
)
def test_a_broken_rule_of_the_document_is_one_error(payload, changes, code, path):
    """A document with one rule broken has that error at that path, and no other."""
    assert told(check(changed(payload, *changes))) == [("error", code, path)]


def test_metadata_at_its_limits_is_taken():
    """Ten keys, 500 characters and every plain value are taken."""
    values = {"k" * 500: "x" * 500, "n": 1, "f": 1.5, "t": True, "z": None}
    full = values | {f"key{n}": n for n in range(5)}
    assert check(changed(MUSIC, ("metadata", full))) == ()


def test_an_open_image_alone_has_no_length():
    """An image whose length nothing gives is an error at the key it lacks (contract §4, 5)."""
    document = changed(
        IMAGES,
        ("assets", body(IMAGES)["assets"][:1]),
        (
            "composition.timeline",
            [{"id": "image-layer-1", "type": "image", "asset_id": "img-1", "time": {"start_seconds": 0}}],
        ),
    )
    assert told(check(document)) == [("error", "image_length_unknown", f"{L}[0].time.duration_seconds")]


def test_media_lengths_bring_out_what_hangs_on_them():
    """Crossfades and trims that do not fit their clips are errors once lengths are known (D6, D10)."""
    document = changed(
        STITCHED,
        ("composition.timeline.1.media_settings.crossfade_seconds", 3),
        ("composition.timeline.2.trim.start_seconds", 9),
    )
    assert check(document) == ()
    assert told(check(document, lambda src: 2.0)) == [
        ("error", "crossfade_too_long", f"{L}[1].media_settings.crossfade_seconds"),
        ("error", "trim_past_end", f"{L}[2].trim.start_seconds"),
    ]


def test_a_word_may_be_empty():
    """The text of a caption word is not among what must not be empty (D2): it is taken, and sent."""
    words = [*WORDS, {"text": "", "start": 1400, "end": 1600}]
    assert check(changed(CAPTIONED, ("composition.captions.words", words))) == ()
    assert Word("", 0, 400).text == ""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("example.com/hook", "'example.com/hook' is not"),
        ("ftp://user:hush@example.com/hook?key=hush#hush", "'ftp://example.com/hook' is not"),
        ("user:hush@example.com/hook", "'example.com/hook' is not"),
        ("user:hu/sh@example.com", "'example.com' is not"),
        ("user:hu?sh@example.com", "the webhook address is not"),
        ("example.com?next=https://x:hush@y", "the webhook address is not"),
        ("example.com?next=https://hush", "'example.com' is not"),
    ],
)
def test_a_refused_webhook_is_shown_without_secrets(address, shown):
    """The address that is refused is shown, but neither user, password, query nor fragment."""
    (issue,) = check(changed(MUSIC, ("webhook_url", address)))
    assert (issue.code, issue.path) == ("bad_url", "$.webhook_url")
    assert shown in issue.message
    assert "hush" not in str(issue)


@pytest.mark.parametrize(
    ("changes", "lengths", "code", "meant"),
    [
        ([("composition.duration_seconds", 12000)], None, "too_long", "12 if 12000"),
        (
            [("composition.timeline.0.time.duration_seconds", 4500), ("composition.duration_seconds", 8)],
            None,
            "layer_past_end",
            "4.5 if 4500",
        ),
        ([("composition.timeline.0.trim", {"start_seconds": 2000})], 30.0, "trim_past_end", "2 if 2000"),
        (
            [("composition.timeline.1.media_settings.fade_out_seconds", 1500)],
            None,
            "fades_too_long",
            "1.5 if 1500",
        ),
        ([("composition.duration_seconds", 400)], None, "too_long", None),
        ([("composition.duration_seconds", 4e6)], None, "too_long", None),
    ],
)
def test_milliseconds_for_seconds_are_suspected(changes, lengths, code, meant):
    """A number of seconds that is likely milliseconds says so first in the fix; others never do."""
    issues = check(changed(MUSIC, *changes), None if lengths is None else lambda src: lengths)
    (issue,) = [issue for issue in issues if issue.code == code]
    assert issue.fix is not None
    said = f"seconds are meant: {meant} was milliseconds; else "
    assert issue.fix.startswith(said) if meant else "milliseconds" not in issue.fix


def test_a_long_row_names_its_end():
    """Where no single number is past 300 s, the layer that ends last is named, and nothing is suspected."""
    times = [{"start_seconds": 0, "duration_seconds": 200}, {"start_seconds": 200, "duration_seconds": 250}]
    layers = [(f"composition.timeline.{n}.time", time) for n, time in enumerate(times)]
    (issue,) = check(changed(MUSIC, *layers))
    assert issue.message == "the film is 450 s long (latest end: 'audio-1'); at most 300 s are taken"
    assert issue.fix == "shorten it, or make two films"


def test_a_measured_film_may_be_too_long():
    """A film whose measured clips last longer than 300 s is too long, told where its length would stand."""
    document = changed(STITCHED)
    assert told(check(document, lambda src: 100.5)) == [
        ("error", "too_long", "$.composition.duration_seconds")
    ]
    assert check(document, lambda src: 100) == ()


def test_speech_is_looked_for_from_the_document_alone():
    """One audible candidate is the speech; muting or silencing the others is enough (D8)."""
    captions = ("composition.captions", {"provider": "assemblyai", "preset": "soft_pill"})
    settings = "composition.timeline.0.media_settings"
    assert check(changed(MUSIC, captions, (settings, {"muted": True}))) == ()
    assert check(changed(MUSIC, captions, (settings, {"volume": 0}))) == ()
    assert check(changed(MUSIC, captions, ("composition.captions.words", WORDS))) == ()
    named = ("composition.captions.transcription_source_asset_id", "music1")
    assert check(changed(MUSIC, captions, named)) == ()


def test_unknown_keys_are_warned_and_transitions_never():
    """A key that the contract does not name is a warning with a near name; transitions are known anywhere."""
    document = changed(
        MUSIC,
        ("composition.transitions", [{"type": "fade"}]),
        ("composition.timeline.0.transitions", {}),
        ("composition.timeline.0.time.durration_seconds", 4),
        ("composition.zzz", 1),
    )
    issues = check(document)
    assert told(issues) == [
        ("warning", "unknown_key", f"{L}[0].time.durration_seconds"),
        ("warning", "unknown_key", "$.composition.zzz"),
    ]
    assert issues[0].fix == "did you mean 'duration_seconds'?"
    assert issues[0].message == (
        "layer 'video-1': 'durration_seconds' is not a key the contract names; it is sent as it stands"
    )


@pytest.mark.parametrize(
    ("side", "text", "inside"),
    [
        ("x", "-100%", True),
        ("y", "100%", True),
        ("x", "-100.5%", False),
        ("y", "101%", False),
        ("width", "0%", True),
        ("height", "100%", True),
        ("width", "-1%", False),
        ("height", "120%", False),
        ("width", "5000px", True),
    ],
)
def test_percentages_keep_to_their_guardrails(side, text, inside):
    """Edges keep to -100..100 %, width and height to 0..100 %; outside is a warning, pixels are free."""
    issues = check(changed(MUSIC, (f"composition.timeline.0.layout.{side}", text)))
    assert told(issues) == ([] if inside else [("warning", "outside_guardrail", f"{L}[0].layout.{side}")])


def test_guardrails_hold_for_every_box():
    """Boxes of overlays, captions, their overrides and the defaults are looked at too."""
    wide = {"width": "101%"}
    issues = check(
        changed(
            CAPTIONED,
            ("composition.text_overlays", [TEXT | {"layout": wide}]),
            ("composition.captions.layout", wide),
            (
                "composition.captions.time_overrides",
                [{"time": {"start_seconds": 0, "duration_seconds": 1}, "layout": wide}],
            ),
            ("composition.global_layouts.text", wide),
        )
    )
    assert told(issues) == [
        ("warning", "outside_guardrail", "$.composition.text_overlays[0].layout.width"),
        ("warning", "outside_guardrail", "$.composition.captions.layout.width"),
        ("warning", "outside_guardrail", "$.composition.captions.time_overrides[0].layout.width"),
        ("warning", "outside_guardrail", "$.composition.global_layouts.text.width"),
    ]


def test_foreign_time_overrides_are_left_alone():
    """Overrides of a shape that is not ours load and are not judged (D9)."""
    assert check(changed(CAPTIONED, ("composition.captions.time_overrides", {"0-5": {"color": 7}}))) == ()


def test_all_faults_are_told_together_in_document_order():
    """A document with many faults tells each once, as they stand in it."""
    document = changed(
        MUSIC,
        ("output.fps", 25),
        ("output.width", 1081),
        ("assets.1.id", "clip1"),
        ("assets.0.url", "clip.mp4"),
        ("composition.duration_seconds", 400),
        ("composition.timeline.0.asset_id", "clip2"),
        ("composition.timeline.0.time", GONE),
        ("composition.timeline.0.colour", "red"),
        ("composition.timeline.1.id", "video-1"),
        ("composition.timeline.1.motion", "spin"),
        ("composition.text_overlays", [{"content": "", "layout": {"x": "ten"}}]),
        (
            "composition.captions",
            {
                "provider": "assemblyai",
                "preset": "neon",
                "words": [{"text": "a", "start": 0, "end": 10}, {"text": "b", "start": 20, "end": 15}],
                "transcription_source_asset_id": "voice",
            },
        ),
        ("metadata", {"a": {}, "b": "x" * 501}),
        ("webhook_url", "hook"),
    )
    assert told(check(document)) == [
        ("error", "odd_size", "$.output.width"),
        ("error", "fps_not_30", "$.output.fps"),
        ("error", "bad_url", "$.assets[0].url"),
        ("error", "duplicate_id", "$.assets[1].id"),
        ("error", "too_long", "$.composition.duration_seconds"),
        ("error", "unknown_asset", f"{L}[0].asset_id"),
        ("warning", "unknown_key", f"{L}[0].colour"),
        ("error", "layer_time_missing", f"{L}[0].time"),
        ("error", "duplicate_id", f"{L}[1].id"),
        ("error", "unknown_asset", f"{L}[1].asset_id"),
        ("error", "unknown_choice", f"{L}[1].motion"),
        ("error", "field_not_allowed", f"{L}[1].motion"),
        ("error", "empty_text", "$.composition.text_overlays[0].content"),
        ("error", "text_time_missing", "$.composition.text_overlays[0].time"),
        ("error", "not_a_length", "$.composition.text_overlays[0].layout.x"),
        ("error", "unknown_choice", "$.composition.captions.preset"),
        ("warning", "words_not_milliseconds", "$.composition.captions.words"),
        ("error", "word_ends_before_start", "$.composition.captions.words[1].end"),
        ("error", "unknown_asset", "$.composition.captions.transcription_source_asset_id"),
        ("error", "metadata_not_flat", "$.metadata.a"),
        ("error", "metadata_too_long", "$.metadata.b"),
        ("error", "bad_url", "$.webhook_url"),
    ]


@pytest.mark.parametrize(
    ("changes", "message", "fix"),
    [
        (
            [("composition.timeline.1.asset_id", "musik1")],
            "layer 'audio-1': 'musik1' names no asset",
            "did you mean 'music1'?",
        ),
        (
            [("composition.timeline.1.asset_id", "beat")],
            "layer 'audio-1': 'beat' names no asset",
            "known ids are clip1, music1",
        ),
        ([("output.fps", 25)], "fps is 25; the service renders 30 only", "use 30"),
        ([("output.width", 1081)], "width 1081 is odd", "use 1082"),
        ([("assets.0.id", "")], "asset '': id is empty", None),
        (
            [("composition.timeline.0.time.start_seconds", -1)],
            "layer 'video-1': start_seconds -1 is below 0",
            None,
        ),
        (
            [("composition.timeline.0.layout.fit", "covr")],
            "layer 'video-1': fit 'covr' is not allowed",
            "did you mean 'cover'?",
        ),
        (
            [("assets.0.type", "audio")],
            "layer 'video-1' is video, but its asset 'clip1' is audio",
            "make the layer audio, or name a video asset",
        ),
        (
            [("composition.timeline.0.media_settings.loop", True)],
            "video layer 'video-1' takes no media_settings.loop; audio layers do",
            "take it out",
        ),
        (
            [("composition.timeline.0.time", GONE)],
            "video layer 'video-1' has no time, and auto_stitch is not on",
            "give time.start_seconds and time.duration_seconds, or set composition.auto_stitch to true",
        ),
        (
            [("composition.timeline.1.id", "video-1")],
            "layer id 'video-1' is taken already, by composition.timeline[0]",
            "give each its own id",
        ),
    ],
)
def test_messages_let_a_stranger_act(changes, message, fix):
    """A finding names the layer and the value, and says what would be right."""
    issue = check(changed(MUSIC, *changes))[0]
    assert (issue.message, issue.fix) == (message, fix)


def test_wrong_python_types_are_told_alone():
    """A model put together by hand with values of the wrong type is told so, and no rule stumbles over it."""
    layer = Layer(["v"], "video", "clip", Time("0", True), media_settings={"muted": True})
    manifest = Manifest(
        None,
        Output(1080, 1920, 30),
        (Asset("clip", "video", "https://example.com/v.mp4"), "clip.mp4"),
        composition=Composition(timeline=(layer,)),
        webhook_secret=b"hush",
        metadata=Json("[1]"),
    )
    issues = check(manifest)
    assert told(issues) == [
        ("error", "missing_key", "$.version"),
        ("error", "wrong_type", "$.assets[1]"),
        ("error", "wrong_type", f"{L}[0].id"),
        ("error", "wrong_type", f"{L}[0].time.start_seconds"),
        ("error", "wrong_type", f"{L}[0].time.duration_seconds"),
        ("error", "wrong_type", f"{L}[0].media_settings"),
        ("error", "wrong_type", "$.webhook_secret"),
    ]
    assert issues[3].message == "layer ['v']: start_seconds: expected a number, got '0' (str)"


def test_numbers_and_texts_that_no_loader_makes_are_told():
    """Half a surrogate pair and a number beyond use, put in by hand, are errors and stop no rule."""
    document = changed(MUSIC)
    timeline = document.composition.timeline or ()
    odd = evolve(timeline[0], time=Time(10**400, 8), motion="\ud83d")
    manifest = evolve(document, composition=evolve(document.composition, timeline=(odd, timeline[1])))
    manifest = evolve(manifest, idempotency_key="\ud83d", output=Output(10**400, 1920, 30))
    assert told(check(manifest)) == [
        ("error", "wrong_type", "$.output.width"),
        ("error", "wrong_type", f"{L}[0].time.start_seconds"),
        ("error", "unknown_choice", f"{L}[0].motion"),
        ("error", "not_text", "$.idempotency_key"),
    ]


def test_secrets_are_in_no_message():
    """What is wrong with a secret is told without the secret."""
    manifest = Manifest(
        "v1",
        Output(1080, 1920, 30),
        composition=Composition(),
        webhook_secret=["hush-hush"],
        webhook_headers={"X-Key": "hush-hush"},
    )
    issues = check(manifest)
    assert [issue.path for issue in issues] == ["$.webhook_headers", "$.webhook_secret"]
    assert "hush" not in "".join(str(issue) for issue in issues)


def test_metadata_that_is_no_object_is_told():
    """Metadata put together by hand as a list is a wrong type."""
    manifest = changed(MUSIC)
    listed = Manifest(
        "v1", manifest.output, manifest.assets, composition=manifest.composition, metadata=Json("[1]")
    )
    assert told(check(listed)) == [("error", "wrong_type", "$.metadata")]


@pytest.mark.parametrize(
    "request_",
    [
        MusicRequest("warm lo-fi"),
        MusicRequest(custom_mode=True, instrumental=True, style="ambient", title="Night"),
        MusicRequest(custom_mode=True, style="ambient", title="Night"),
        MusicRequest("la la", custom_mode=True, instrumental=False, style="pop", title="Sun"),
    ],
)
def test_whole_music_requests_are_right(request_):
    """Nothing is said against music requests that have what their mode needs."""
    assert check_music(request_) == ()


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (MusicRequest(), [("error", "music_prompt_missing", "$.prompt")]),
        (MusicRequest("  "), [("error", "music_prompt_missing", "$.prompt")]),
        (
            MusicRequest("x", custom_mode=True, instrumental=True),
            [("error", "music_style_missing", "$.style"), ("error", "music_title_missing", "$.title")],
        ),
        (
            MusicRequest(custom_mode=True, instrumental=False, style="pop", title="Sun"),
            [("error", "music_prompt_missing", "$.prompt")],
        ),
        (
            MusicRequest("x", metadata=Json('{"a":[]}'), webhook_url="hook"),
            [("error", "metadata_not_flat", "$.metadata.a"), ("error", "bad_url", "$.webhook_url")],
        ),
        (MusicRequest(5), [("error", "wrong_type", "$.prompt")]),
        (MusicRequest("x", idempotency_key=""), [("error", "empty_text", "$.idempotency_key")]),
    ],
)
def test_music_requests_are_told_what_they_lack(request_, expected):
    """A music request without what its mode needs is told each, in its order (contract §8)."""
    assert told(check_music(request_)) == expected


@pytest.mark.parametrize(
    "payload", ["seed-music-generate-simple-request", "seed-music-generate-custom-request"]
)
def test_documented_music_requests_are_right(payload):
    """Nothing is said against the music requests that the service documents."""
    values = body(payload)
    for key in ("metadata", "webhook_headers"):
        if key in values:
            values[key] = Json.of(values[key])
    assert check_music(MusicRequest(**values)) == ()
