"""The documented payloads load, and are written again as they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl.errors import ManifestInvalidError
from reelforge_dsl.models import Composition, Layer, Manifest, TextOverlay
from reelforge_dsl.models.music import MusicRequest, Track
from reelforge_dsl.wire import dumps, from_dict, loads, to_dict

PAYLOADS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "payloads").glob("*.json"))
}
CLASSES = {"composition.timeline[]": Layer, "composition.text_overlays[]": TextOverlay, "$": Manifest}
UNORDERED = {
    # The seed's complete payload says volume, loop; this piece says loop, volume.
    "fragment-audio-layers-loop-layer",
    # The basic overlay says content, time; this piece puts layout between.
    "fragment-text-overlays-layout-overlay",
}


def named(endpoint: str, **wanted: Any) -> list[str]:
    return [
        name
        for name, payload in PAYLOADS.items()
        if endpoint in payload["endpoint"] and all(payload.get(key) == value for key, value in wanted.items())
    ]


VIDEOS = named("/v1/videos/", kind="request", complete=True)
MUSIC = named("/v1/music/generate", kind="request", complete=True)
FRAGMENTS = [name for name, payload in PAYLOADS.items() if payload.get("fragment")]


def in_order(value: Any) -> Any:
    """Return dicts as lists of pairs, so that the order of keys counts."""
    if isinstance(value, dict):
        return [(key, in_order(item)) for key, item in value.items()]
    return [in_order(item) for item in value] if isinstance(value, list) else value


def test_the_payloads_are_all_here():
    """The tables below cover the requests that are documented."""
    assert (len(VIDEOS), len(MUSIC), len(FRAGMENTS)) == (4, 3, 12)


@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_request_is_written_as_documented(name):
    """Load and dump give the same keys and values in the same order."""
    body = PAYLOADS[name]["body"]
    manifest = loads(json.dumps(body))
    assert in_order(to_dict(manifest)) == in_order(body)
    assert dumps(manifest) == json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    assert loads(json.dumps(body), strict=True) == manifest


@pytest.mark.parametrize("name", MUSIC)
def test_a_music_request_is_written_as_documented(name):
    """Load and dump give the same keys and values in the same order."""
    body = PAYLOADS[name]["body"]
    request = from_dict(body, MusicRequest, strict=True)
    assert in_order(to_dict(request)) == in_order(body)


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_loads_where_it_belongs(name):
    """A piece of a document loads into the class of its place, every key known."""
    body = PAYLOADS[name]["body"]
    cls: type = CLASSES[PAYLOADS[name]["json_path"]]
    if cls is Manifest and "version" not in body:
        cls, body = Composition, body["composition"]
    said = to_dict(from_dict(body, cls, strict=True))
    assert said == body
    if name not in UNORDERED:
        assert in_order(said) == in_order(body)


def test_tracks_of_a_music_job_load():
    """The documented tracks are tracks."""
    tracks = PAYLOADS["seed-music-job-completed-response"]["body"]["data"]["tracks"]
    assert from_dict(tracks[0], Track) == Track(
        "track-1", "https://assets.reelforger.com/music/night-drive-1.mp3", "Night Drive Bloom 1", 87
    )
    assert [to_dict(from_dict(track, Track)) for track in tracks] == tracks


@pytest.mark.parametrize(
    ("steps", "value", "code", "path"),
    [
        (["output", "width"], "1080", "wrong_type", "$.output.width"),
        (["output", "fps"], None, "null_value", "$.output.fps"),
        (["assets"], {}, "wrong_type", "$.assets"),
        (["assets", 1, "url"], 5, "wrong_type", "$.assets[1].url"),
        (
            ["composition", "timeline", 1, "asset_id"],
            None,
            "null_value",
            "$.composition.timeline[1].asset_id",
        ),
        (
            ["composition", "timeline", 0, "time", "start_seconds"],
            "0",
            "wrong_type",
            "$.composition.timeline[0].time.start_seconds",
        ),
        (
            ["composition", "timeline", 1, "media_settings", "loop"],
            "true",
            "wrong_type",
            "$.composition.timeline[1].media_settings.loop",
        ),
        (
            ["composition", "timeline", 1, "media_settings", "volume"],
            float("nan"),
            "not_a_number",
            "$.composition.timeline[1].media_settings.volume",
        ),
    ],
)
def test_one_changed_value_is_one_fault(steps, value, code, path):
    """A documented request with one value of the wrong type tells that one."""
    body = json.loads(json.dumps(PAYLOADS["seed-music-track-in-render-request"]["body"]))
    place = body
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = value
    with pytest.raises(ManifestInvalidError) as caught:
        loads(json.dumps(body))
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, path)]


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        (["version"], "$.version"),
        (["output"], "$.output"),
        (["composition"], "$.composition"),
        (["assets", 0, "id"], "$.assets[0].id"),
        (["composition", "timeline", 1, "type"], "$.composition.timeline[1].type"),
    ],
)
def test_one_missing_key_is_one_fault(steps, path):
    """A documented request without one needed key tells the path it would have."""
    body = json.loads(json.dumps(PAYLOADS["seed-music-track-in-render-request"]["body"]))
    place = body
    for step in steps[:-1]:
        place = place[step]
    del place[steps[-1]]
    with pytest.raises(ManifestInvalidError) as caught:
        loads(json.dumps(body))
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("missing_key", path)]
