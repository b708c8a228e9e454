"""What is not looked at would have told nothing: rules that are left out, and orderly words."""

from __future__ import annotations

import json
import random
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from reelforge_dsl import Manifest, ManifestInvalidError, Timeline, dumps, loads
from reelforge_dsl.models.captions import Orderly
from reelforge_dsl.rules import RULES, check
from reelforge_dsl.rules._document import Document
from reelforge_dsl.rules._glance import suspects
from reelforge_dsl.wire import from_dict

FUZZ: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "fuzz_documents.py"))
UNREADABLE = {"wrong_type", "missing_key"}
COUNT = 6000

ONE = {"content": "One", "time": {"start_seconds": 0, "duration_seconds": 2}}
UNLIKELY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("layer", {"layout": {"x": "5000px", "width": "100px"}}),
    ("layer", {"layout": {"x": "20%", "width": "40%"}}),
    ("layer", {"motion": "zoom_in"}),
    ("layer", {"trim": {"start_seconds": 1}}),
    ("layer", {"type": "audio", "media_settings": {"muted": True}}),
    ("layer", {"type": "image", "media_settings": {"volume": 0.5}}),
    ("layer", {"type": "video", "media_settings": {"loop": True}}),
    ("layer", {"time": {"start_seconds": 0, "duration_seconds": 900}}),
    ("layer", {"time": {"start_seconds": -1}}),
    ("layer", {"time": {"duration_seconds": 0}}),
    ("asset", {"url": "https://youtu.be/abc"}),
    ("asset", {"url": "https://example.com/{{name}}.mp4"}),
    ("text", {"content": "{{headline}}"}),
    ("text", {"layout": {"x": "900px", "width": "400px"}}),
    ("composition", {"text_overlays": [ONE, ONE | {"content": "Another"}]}),
    ("composition", {"global_layouts": {"text": {"x": "90%", "width": "50%"}}}),
    ("composition", {"duration_seconds": None}),
    ("captions", {"words": [{"text": "{{name}}", "start": 0, "end": 900}]}),
    ("captions", {"words": [{"text": "incomprehensibilities", "start": 0, "end": 900}]}),
    ("captions", {"style": {"font_size": 200}}),
    ("captions", {"transcription_source_asset_id": "voiceover-1"}),
    ("captions", {"correct_text": "{{speech}}"}),
    ("captions", {"layout": {"x": "0%", "y": "0%", "width": "50%"}}),
    ("captions", {"time_overrides": [{"time": {"start_seconds": 0}, "layout": {"y": "10%"}}]}),
    ("whole", {"webhook_url": "https://example.com/{{hook}}"}),
    ("whole", {"metadata": {"name": "{{name}}"}}),
)
"""What a rule tells and hardly any broken document holds: where, and the keys that are set there."""


def unlikely(text: str, rng: random.Random) -> str:
    """Return a document in which some of `UNLIKELY` is true."""
    whole = json.loads(text)
    composition = whole["composition"]
    places = {
        "layer": composition.get("timeline"),
        "asset": whole.get("assets"),
        "text": composition.setdefault("text_overlays", [dict(ONE)]),
        "composition": [composition],
        "captions": [composition.setdefault("captions", {"provider": "assemblyai", "preset": "soft_pill"})],
        "whole": [whole],
    }
    for where, keys in rng.sample(UNLIKELY, 3):
        if places[where]:
            rng.choice(places[where]).update(keys)
    if composition.get("duration_seconds", 0) is None:
        del composition["duration_seconds"]
    return json.dumps(whole)


def documents() -> Iterator[Manifest]:
    """Yield odd documents that load and that the rules over the whole would look at."""
    rng = random.Random("glance")
    bodies = [FUZZ["compact"](body) for body in FUZZ["documented"]()] * 4
    bodies += [FUZZ["compact"](FUZZ["random_reel"](rng)) for _ in range(60)]
    kinds = [kind for kind in FUZZ["KINDS"] if kind != FUZZ["RARE"]]
    for at in range(COUNT):
        body = rng.choice(bodies)
        odd = FUZZ["mutated"](body, kinds[at % len(kinds)], rng) if at % 2 else unlikely(body, rng)
        try:
            manifest = loads(odd)
        except ManifestInvalidError:
            continue
        if not any(issue.code in UNREADABLE for issue in check(manifest)):
            yield manifest


def test_a_rule_that_is_left_out_is_silent() -> None:
    """Over odd documents, measured and not, only suspected rules tell anything, and most stay unasked."""
    told: set[str] = set()
    asked = documents_seen = 0
    for manifest in documents():
        for seconds in (None, 2.5, 90):
            media = None if seconds is None else {asset.url: seconds for asset in manifest.assets or ()}
            document = Document(manifest, media)
            suspected = suspects(document)
            documents_seen += 1
            asked += len(suspected)
            for rule in RULES:
                issues = list(rule(document))
                assert not issues or rule in suspected, (rule.__name__, issues)
                told |= {rule.__name__} if issues else set()
    assert documents_seen > COUNT / 2
    assert asked < documents_seen * len(RULES) / 2
    assert told == {rule.__name__ for rule in RULES}


def random_words(rng: random.Random) -> list[dict[str, Any]]:
    """Return a few words, most of them plain and in order."""
    texts = ("one", "Two,", "three", " four ", 'a "b"', "\n", "\x00", "", "x{y", "{{z}}", "ü")
    at, words = 0, []
    for _ in range(rng.randint(1, 3)):
        start = at + rng.choice((0, 0, 20, -50))
        at = start + rng.choice((0, 200, 200, -10, 10**13))
        word = {"text": rng.choice(texts), "start": start, "end": at}
        words.append(word | rng.choice(({}, {}, {}, {"speaker": "A"}, {"confidence": 0.9})))
    return words


def test_orderly_words_need_no_second_look() -> None:
    """Words taken as orderly are written and judged as the same words in a plain tuple are."""
    rng = random.Random("orderly")
    body = json.loads(dumps(Timeline().video("https://example.com/a.mp4", duration=2).manifest()))
    orderly = 0
    for _ in range(3000):
        captions = {"provider": "assemblyai", "preset": "soft_pill", "words": random_words(rng)}
        manifest = from_dict(body | {"composition": body["composition"] | {"captions": captions}})
        held = manifest.composition.captions
        assert held is not None
        assert held.words is not None
        orderly += type(held.words) is Orderly
        plain = evolve(held, words=tuple(held.words))
        other = evolve(manifest, composition=evolve(manifest.composition, captions=plain))
        assert manifest == other
        assert dumps(manifest) == dumps(other)
        assert check(manifest) == check(other)
    assert 200 < orderly < 2000
