"""The exact documents that recipes are compiled to, one file each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reelforge_dsl.local.recipes import compiled
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.wire import from_dict

PAYLOADS = Path(__file__).parent.parent / "contract" / "payloads"
SITE = "https://example.com"
MADE: dict[str, Any] = {
    "captioned_clip": {
        "primary_video_url": f"{SITE}/talk.mp4",
        "layout_variant": "split_screen",
        "secondary_video_url": f"{SITE}/play.mp4",
        "transcript_words": [{"text": "Hello", "start": 0, "end": 900}],
        "captions_layout": {"y": "75%"},
        "cta_text": "Link below",
    },
    "photo_slideshow": {
        "audio_url": f"{SITE}/bed.mp3",
        "audio_start_seconds": 12.5,
        "audio_duration_seconds": 10,
        "image_urls": [f"{SITE}/{number}.jpg" for number in range(3)],
        "title_card_text": "Summer",
    },
    "listicle_ranked": {
        "background_audio_url": f"{SITE}/bed.mp3",
        "hook_title": "Three cities",
        "items": [
            {"title": "Oslo", "image_url": f"{SITE}/oslo.jpg"},
            "Rome",
            {"title": "Bern", "video_url": f"{SITE}/play.mp4"},
        ],
        "countdown_mode": True,
        "cta_text": "Which one?",
    },
}
DOCUMENTED = {
    "voiceover_explainer": "api-reference-recipes-render-request",
    "storytime_broll": "recipes-storytime-broll",
}
MEDIA = {
    "https://samplelib.com/lib/preview/mp3/sample-15s.mp3": 19.2,
    "https://storage.googleapis.com/gtv-videos-bucket/sample/ForBiggerJoyrides.mp4": 15.02,
    f"{SITE}/talk.mp4": 21.37,
    f"{SITE}/play.mp4": 8.5,
    f"{SITE}/bed.mp3": 30.25,
}


class Wire(SingleFileSnapshotExtension):
    """A snapshot is the JSON itself, its keys in their order."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"


def body_of(recipe: str) -> dict[str, Any]:
    if recipe in DOCUMENTED:
        body: dict[str, Any] = json.loads((PAYLOADS / f"{DOCUMENTED[recipe]}.json").read_text())["body"]
        return body
    return {"recipe_id": recipe, "style_preset": "bold", "variables": MADE[recipe]}


@pytest.mark.parametrize("recipe", [*DOCUMENTED, *MADE])
def test_a_recipe_as_a_document(recipe, snapshot):
    """The whole film as it is sent, without an issue."""
    film = compiled(from_dict(body_of(recipe), RecipeRequest), MEDIA)
    assert film.issues(MEDIA) == ()
    assert film.to_json(indent=2) == snapshot.use_extension(Wire)
