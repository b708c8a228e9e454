"""The JSON Schema says what the rules say, as far as a schema can."""

from __future__ import annotations

import json
import random
import runpy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import reelforge_dsl
from reelforge_dsl import ManifestInvalidError, loads
from reelforge_dsl.rules import check
from reelforge_dsl.wire import schema
from reelforge_dsl.wire._schema import schema_text

FILE = Path(reelforge_dsl.__file__).parent / "wire" / "v1.schema.json"
FUZZ: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "fuzz_documents.py"))
SCHEMA = Draft202012Validator(schema())
DOCUMENTED = FUZZ["documented"]()
GONE = object()


def complaints(document: Any) -> list[str]:
    """Return where the schema finds fault, as JSON paths, the deepest of each branch."""
    return [error.json_path for error in SCHEMA.iter_errors(document)]


def is_faulty(text: str) -> bool:
    """Tell whether the library refuses a document, when it is loaded or when it is checked."""
    try:
        return any(issue.severity == "error" for issue in check(loads(text)))
    except ManifestInvalidError:
        return True


def test_the_shipped_file_is_fresh() -> None:
    """The schema in the package is what the models give now; else run ``python .ci/make_schema.py``."""
    assert FILE.read_text("utf-8") == schema_text()


def test_it_is_a_schema() -> None:
    """The schema keeps to JSON Schema 2020-12 itself, and is the caller's own each time."""
    Draft202012Validator.check_schema(schema())
    mine = schema()
    mine["$defs"].clear()
    assert schema()["$defs"]
    assert json.loads(FILE.read_text("utf-8")) == schema()


def test_every_key_is_explained() -> None:
    """An editor has a line to show for every key."""
    objects = [schema(), *schema()["$defs"].values()]
    bare = [
        f"{found.get('title')}.{key}"
        for found in objects
        for key, value in found.get("properties", {}).items()
        if not value.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("body", DOCUMENTED)
def test_documented_requests_are_valid(body: dict[str, Any]) -> None:
    """The schema takes every complete request of the documents."""
    assert complaints(body) == []


def test_whatever_verbs_make_is_valid() -> None:
    """The schema takes what `Timeline` writes without errors."""
    rng = random.Random("schema")
    assert [complaints(FUZZ["random_reel"](rng)) for _ in range(80)] == [[]] * 80


def sample() -> dict[str, Any]:
    """Return a valid document with every part."""
    body: dict[str, Any] = json.loads(
        json.dumps(next(b for b in DOCUMENTED if len(b["composition"]["timeline"]) > 1))
    )
    body["assets"] = [
        {"id": kind, "type": kind, "url": f"https://example.com/{kind}"}
        for kind in ("video", "image", "audio")
    ]
    timed = {"start_seconds": 0, "duration_seconds": 2}
    body["composition"] = {
        "duration_seconds": 8,
        "auto_stitch": False,
        "timeline": [
            {
                "id": f"{kind}-1",
                "type": kind,
                "asset_id": kind,
                "time": dict(timed),
                **({} if kind == "audio" else {"layout": {"x": "10%"}}),
                "media_settings": {},
            }
            for kind in ("video", "image", "audio")
        ],
        "text_overlays": [
            {"content": "Hi", "time": dict(timed), "style": {"color": "gold", "font_size": 64}}
        ],
        "captions": {
            "provider": "assemblyai",
            "preset": "neon_glow",
            "words": [{"text": "Hi", "start": 0, "end": 400}],
        },
    }
    body["metadata"] = {"campaign": "spring"}
    body["webhook_url"] = "https://example.com/hook"
    return body


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the sample with one value changed, or taken away."""
    body: Any = sample()
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    held = body
    for step in steps:
        held = held[step]
    if value is GONE:
        del held[last]
    else:
        held[last] = value
    return body


def test_the_sample_is_valid() -> None:
    """What the next test changes is without fault."""
    assert complaints(sample()) == []
    assert not is_faulty(json.dumps(sample()))


LAYER, TEXT, CAPTIONS = "composition/timeline", "composition/text_overlays/0", "composition/captions"
WRONG: list[tuple[str, Any]] = [
    ("version", "v2"),
    ("version", GONE),
    ("output", GONE),
    ("output/fps", 25),
    ("output/width", 1081),
    ("output/width", -2),
    ("output/height", "1920"),
    ("output/height", 1920.5),
    ("output/height", None),
    ("assets", {}),
    ("assets", []),
    ("assets", GONE),
    ("assets/0/id", " "),
    ("assets/0/type", "movie"),
    ("assets/0/url", "clip.mp4"),
    ("assets/0/url", "ftp://example.com/a.mp4"),
    ("composition", GONE),
    ("composition/timeline", []),
    ("composition/timeline", GONE),
    ("composition/duration_seconds", 400),
    ("composition/duration_seconds", 0),
    ("composition/auto_stitch", "true"),
    (f"{LAYER}/0/asset_id", GONE),
    (f"{LAYER}/0/type", "clip"),
    (f"{LAYER}/0/time", GONE),
    (f"{LAYER}/0/time/duration_seconds", GONE),
    (f"{LAYER}/0/time/start_seconds", "0"),
    (f"{LAYER}/0/time/start_seconds", -1),
    (f"{LAYER}/0/time/duration_seconds", 0),
    (f"{LAYER}/0/motion", "zoom"),
    (f"{LAYER}/0/background_mode", "blur"),
    (f"{LAYER}/0/media_settings", {"loop": True}),
    (f"{LAYER}/0/media_settings", {"volume": "50%"}),
    (f"{LAYER}/0/layout", {"x": 10}),
    (f"{LAYER}/0/layout", {"width": "10"}),
    (f"{LAYER}/0/layout", {"fit": "fill"}),
    (f"{LAYER}/1/time/start_seconds", GONE),
    (f"{LAYER}/1/trim", {"start_seconds": 1}),
    (f"{LAYER}/1/media_settings", {"volume": 1}),
    (f"{LAYER}/2/layout", {"x": "10%"}),
    (f"{LAYER}/2/motion", "none"),
    (f"{LAYER}/2/media_settings", {"muted": True}),
    (f"{LAYER}/2/media_settings", {"crossfade_seconds": 1}),
    (f"{TEXT}/content", ""),
    (f"{TEXT}/time", GONE),
    (f"{TEXT}/time/start_seconds", GONE),
    (f"{TEXT}/style/color", "#12"),
    (f"{TEXT}/style/color", "gould"),
    (f"{TEXT}/style/color", "rgba(1, 2)"),
    (f"{TEXT}/style/font_size", 0),
    (f"{TEXT}/style", {"font_weight": 1001}),
    (f"{TEXT}/style", {"font_weight": "heavyish"}),
    (f"{TEXT}/style", {"text_align": "centre"}),
    (f"{CAPTIONS}/provider", "deepgram"),
    (f"{CAPTIONS}/preset", "karaoke"),
    (f"{CAPTIONS}/mode", "words"),
    (f"{CAPTIONS}/max_chars_per_segment", 0),
    (f"{CAPTIONS}/words/0/start", 0.5),
    (f"{CAPTIONS}/words/0/end", -1),
    (f"{CAPTIONS}/words/0/text", GONE),
    (f"{CAPTIONS}/time_overrides", None),
    ("metadata", {"a": {"b": 1}}),
    ("metadata", {f"k{at}": at for at in range(11)}),
    ("metadata", {"a": "x" * 501}),
    ("metadata", {"x" * 501: 1}),
    ("webhook_url", "example.com/hook"),
    ("webhook_secret", ""),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[f"{path}-{at}" for at, (path, _) in enumerate(WRONG)])
def test_one_wrong_value_is_refused_by_both(path: str, value: Any) -> None:
    """What the library finds wrong with one value, the schema finds too, and in that part of the document."""
    document = changed(path, value)
    assert is_faulty(json.dumps(document))
    found = complaints(document)
    assert found
    top = path.split("/")[0] if "/" in path else ""
    assert all(place.startswith(f"$.{top}" if top else "$") for place in found)


RIGHT: list[tuple[str, Any]] = [
    ("transitions", [{"any": None}]),
    (f"{LAYER}/0/x-note", None),
    (f"{LAYER}/0/time/duration_seconds", 2.5),
    (f"{LAYER}/0/layout", {"x": "-5.5%", "y": "+20px", "width": ".5%", "z_index": -1.5}),
    (f"{LAYER}/2/media_settings", {"loop": True, "volume": 0}),
    ("output/width", 1080.0),
    ("assets/0/url", "file:///clip.mp4"),
    ("metadata", {"a": None, "b": 1.5, "c": False, "d": ""}),
    ("webhook_headers", {"x": "y"}),
    (f"{TEXT}/style/color", "rgba(0, 0, 0, 0.5)"),
    (f"{TEXT}/style/color", " Gold "),
    (f"{TEXT}/style/color", "rgb(10% 20% 30% / 50%)"),
    (f"{TEXT}/style/color", "#FD07"),
    (f"{TEXT}/style", {"font_weight": "Semi-Bold"}),
    (f"{TEXT}/style", {"font_weight": "650"}),
    (f"{CAPTIONS}/time_overrides", [{"at": 5}, None]),
    (f"{CAPTIONS}/time_overrides", {"intro": {}}),
    (f"{CAPTIONS}/time_overrides", [{"time": {"start_seconds": 1}, "layout": {"y": "10%"}}]),
]


@pytest.mark.parametrize(("path", "value"), RIGHT, ids=[f"{path}-{at}" for at, (path, _) in enumerate(RIGHT)])
def test_what_is_rare_but_right_is_taken(path: str, value: Any) -> None:
    """Foreign keys, shapes nobody published and rare spellings are valid for both."""
    document = changed(path, value)
    assert not is_faulty(json.dumps(document))
    assert complaints(document) == []


def test_stitched_clips_need_no_time() -> None:
    """With auto_stitch, video and sound may leave out their time; an image may not."""
    body = sample()
    body["composition"]["auto_stitch"] = True
    for layer in body["composition"]["timeline"]:
        del layer["time"]
    assert complaints(body) == ["$.composition.timeline[1]"]


def test_the_schema_refuses_nothing_that_the_rules_take() -> None:
    """Of documents broken in every way, those that the schema refuses are all faulty for the library."""
    rng = random.Random("schema")
    kinds = [kind for kind in FUZZ["OF_VALUES"] if kind not in (FUZZ["RARE"], "deep nesting", "a long text")]
    bodies = [FUZZ["compact"](body) for body in (*DOCUMENTED, sample())]
    texts = [FUZZ["mutated"](rng.choice(bodies), kind, rng) for kind in kinds for _ in range(25)]
    refused = [text for text in texts if complaints(json.loads(text))]
    assert len(refused) > 200
    assert [text for text in refused if not is_faulty(text)] == []
