"""A timeline as the program that says it: ``to_python``."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl import TextStyle, Timeline, Word

SITE = "https://example.com/"
PAYLOADS = {
    path.stem: json.loads(path.read_text(encoding="utf-8")).get("body")
    for path in sorted((Path(__file__).parents[1] / "contract" / "payloads").glob("*.json"))
}
DOCUMENTED = {name: body for name, body in PAYLOADS.items() if isinstance(body, dict) and "output" in body}


def run(source: str) -> Timeline:
    """Run a program; return the timeline it names ``reel``."""
    names: dict[str, Any] = {}
    exec(compile(source, "<to_python>", "exec"), names)
    reel = names["reel"]
    assert isinstance(reel, Timeline)
    return reel


def test_a_short_film_is_one_line() -> None:
    """What fits a line stands on one, and only the used names are imported."""
    assert Timeline((720, 720)).video(SITE + "a.mp4").to_python() == (
        "from reelforge_dsl import Timeline\n"
        "\n"
        'reel = Timeline((720, 720)).video("https://example.com/a.mp4")\n'
    )


def test_ids_only_where_counting_gives_others() -> None:
    """An id that the verb's count gives is not said; one left by a dropped layer is."""
    reel = Timeline().image(SITE + "a.png", duration=1).image(SITE + "b.png", duration=1)
    assert "id=" not in reel.to_python()
    assert reel.drop("image-1").to_python().count('id="image-2"') == 1
    assert run(reel.drop("image-1").to_python()) == reel.drop("image-1")


def test_numbers_and_files(tmp_path: Path) -> None:
    """Whole numbers lose their point, and a local file is a ``Path``."""
    reel = Timeline().video(tmp_path / "ä b.mp4", start=1.0, duration=2.50)
    source = reel.to_python()
    assert "start=1, duration=2.5" in source
    assert f'Path("{tmp_path / "ä b.mp4"}")' in source
    assert "from pathlib import Path\n" in source
    assert run(source) == reel


def test_what_was_said_is_said_again() -> None:
    """Places beside other layers are printed as they were said, not as seconds."""
    reel = (
        Timeline()
        .image(SITE + "a.png", duration=2)
        .text("Hi", after="image-1", offset=1, duration=1)
        .change("text-1", style=TextStyle(font_size=10), offset=None)
    )
    assert '.text("Hi", duration=1, after="image-1", style=TextStyle(font_size=10))' in reel.to_python()
    assert run(reel.to_python()) == reel


def test_a_loaded_film_in_verbs() -> None:
    """A document that verbs rebuild byte for byte is printed with verbs, sounds by what their ids say."""
    reel = Timeline.from_json(
        Timeline()
        .video(SITE + "a.mp4")
        .voiceover(SITE + "voice.mp3")
        .music(SITE + "beat.mp3")
        .captions("typewriter")
        .to_json()
    )
    source = reel.to_python()
    assert source == (
        "from reelforge_dsl import Timeline\n"
        "\n"
        "reel = (\n"
        '    Timeline("9:16")\n'
        '    .video("https://example.com/a.mp4")\n'
        '    .voiceover("https://example.com/voice.mp3")\n'
        '    .music("https://example.com/beat.mp3")\n'
        '    .captions("typewriter", source="voiceover-1")\n'
        ")\n"
    )
    assert run(source).to_json() == reel.to_json()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("composition", "timeline", 0, "motion"), "spin", "$.composition.timeline[0]"),
        (("composition", "timeline", 0, "media_settings"), {}, "$.composition.timeline[0].media_settings"),
        (("composition", "timeline", 0, "type"), "gif", "$.composition.timeline[0].type"),
        (("composition", "timeline", 0, "asset_id"), "nobody", "$.composition.timeline[0].asset_id"),
        (("composition", "text_overlays", 0, "time"), {}, "$.composition.text_overlays[0]"),
    ],
)
def test_what_no_verb_says(path: tuple[Any, ...], value: Any, told: str) -> None:
    """A document that verbs cannot say exactly is loaded whole, with a comment on what it is."""
    reel = Timeline.from_dict(odd(path, value))
    source = reel.to_python()
    assert f"# No verb says {told} as it is there, so the document is loaded whole.\n" in source
    assert source.endswith("reel = Timeline.from_dict(document)\n")
    assert run(source) == reel
    assert run(source).to_json() == reel.to_json()


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("composition", "transitions"), [1], "$.composition.transitions"),
        (("composition", "captions", "provider"), "other", "$.composition.captions.provider"),
        (("composition", "captions", "time_overrides"), {"a": 1}, "$.composition.captions.time_overrides"),
        (("output", "fps"), 25, "$.output.fps"),
        (("output", "width"), 1081, "$.output"),
        (("assets", 0, "id"), "clip1", "$.assets[0].id"),
        (("metadata",), {"a": None, "b": [1.5, "x"]}, "$.metadata"),
        (("webhook_headers",), {"X-Key": "key-1", "count": 5}, "$.webhook_url"),
    ],
)
def test_what_no_verb_begins_with(
    path: tuple[Any, ...], value: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document whose frame, assets or settings no verb says begins loaded, and verbs say the rest."""
    monkeypatch.setenv("REELFORGE_WEBHOOK_X_KEY", "key-1")
    monkeypatch.setenv("REELFORGE_WEBHOOK_COUNT", "5")
    reel = Timeline.from_dict(odd(path, value))
    source = reel.to_python()
    assert f"# No verb says {told} as it is there, so the beginning is loaded.\n" in source
    assert "\n    Timeline.from_dict(\n" in source
    assert '.image("https://example.com/a.png", start=0, duration=2)\n' in source
    assert ".text(" in source
    assert "key-1" not in source
    assert run(source).to_json() == reel.to_json()


def odd(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A film of three verbs as its document, with one value that they do not say."""
    data = (
        Timeline()
        .image(SITE + "a.png", start=0, duration=2)
        .text("Hi", start=0, duration=1)
        .captions("typewriter", words=[Word("Hi", 0, 100)])
        .webhook(SITE + "hook")
        .to_dict()
    )
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    if path == ("assets", 0, "id"):
        data["composition"]["timeline"][0]["asset_id"] = value
    return data


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_requests_are_said_in_verbs(name: str) -> None:
    """Every whole request that the service documents is printed with a verb a layer."""
    body = DOCUMENTED[name]
    source = Timeline.from_dict(body).to_python()
    assert "loaded whole" not in source
    calls = re.findall(r"^    \.(video|image|audio|voiceover|music)\(", source, re.MULTILINE)
    assert len(calls) == len(body["composition"].get("timeline", ()))


def test_a_loaded_film_with_verbs_on_top() -> None:
    """Layers that verbs added to a document are printed with what it held."""
    loaded = Timeline.from_json(Timeline().image(SITE + "a.png", start=0, duration=2).to_json())
    reel = loaded.text("Hi", after="image-1", duration=1).change("image-1", motion="zoom_in")
    source = reel.to_python()
    assert '.text("Hi", duration=1, after="image-1")' in source
    assert run(source).to_json() == reel.to_json()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_payloads(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every documented request comes back byte for byte."""
    body = DOCUMENTED[name]
    reel = Timeline.from_dict(body)
    monkeypatch.setenv("REELFORGE_WEBHOOK_SECRET", body.get("webhook_secret", ""))
    for key, value in body.get("webhook_headers", {}).items():
        monkeypatch.setenv("REELFORGE_WEBHOOK_" + key.upper().replace("-", "_"), value)
    assert run(reel.to_python()).to_json() == reel.to_json()


def test_captions_without_a_mode() -> None:
    """A mode that was left out stays out, in what was said and in what was loaded."""
    reel = (
        Timeline().image(SITE + "a.png", start=0, duration=1).captions("typewriter", words=[Word("a", 0, 9)])
    )
    reel = reel.change("captions", mode=None)
    assert '.change("captions", mode=None)' in reel.to_python()
    assert run(reel.to_python()) == reel
    loaded = Timeline.from_json(reel.to_json())
    assert run(loaded.to_python()).to_json() == reel.to_json()
    assert "from_dict" not in loaded.to_python()


def test_however_it_was_said() -> None:
    """A value that was changed in later is printed among the others, and the film is equal."""
    reel = Timeline().video(SITE + "a.mp4", muted=True).captions("typewriter", correct_text="Hi.")
    reel = reel.change("video-1", trim=2, volume=0.5).change("captions", source="video-1", mode="phrase")
    assert run(reel.to_python()) == reel


def test_a_long_film_is_printed_quickly() -> None:
    """Printing takes time in proportion to the film's length."""
    words = [Word(f"word{n}", 300 * n, 300 * n + 250) for n in range(5000)]
    reel = Timeline().captions("typewriter", words=words)
    for number in range(500):
        reel = reel.image(SITE + f"{number}.png", duration=1)
    began = time.perf_counter()
    assert run(reel.to_python()) == reel
    assert time.perf_counter() - began < 10
