"""Recipe requests: what each recipe takes, needs and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.models import Json
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RECIPES, RecipeRequest
from reelforge_dsl.rules import check_music, check_recipe
from reelforge_dsl.wire import dumps, from_dict, to_dict

PAYLOADS = Path(__file__).parent.parent / "contract" / "payloads"
GONE = object()
SITE = "https://example.com"
WORDS = [{"text": "Hello", "start": 0, "end": 900}]
STYLE = {"font_size": 96, "color": "#FFFFFF", "font_weight": 700}
BOX = {"x": "8%", "y": "10%", "width": "84%", "height": "20%"}

EXPLAINER = "api-reference-recipes-render-request"
STORYTIME = "recipes-storytime-broll"
MADE: dict[str, dict[str, Any]] = {
    "captioned_clip": {
        "primary_video_url": f"{SITE}/talk.mp4",
        "layout_variant": "split_screen",
        "secondary_video_url": f"{SITE}/play.mp4",
        "transcript_words": WORDS,
        "correct_text": "Hello",
        "cta_text": "Follow",
        "cta_style": STYLE,
        "captions_mode": "word_only",
        "captions_style": {"highlight_color": "#FFEA00"},
        "captions_layout": BOX,
    },
    "photo_slideshow": {
        "audio_url": f"{SITE}/bed.mp3",
        "audio_start_seconds": 12.5,
        "audio_duration_seconds": 60,
        "image_urls": [f"{SITE}/1.jpg", f"{SITE}/2.jpg"],
        "title_card_text": "Summer",
        "title_card_style": STYLE,
        "title_card_layout": BOX,
    },
    "listicle_ranked": {
        "background_audio_url": f"{SITE}/bed.mp3",
        "hook_title": "Three places",
        "items": [
            "Oslo",
            {"title": "Rome", "image_url": f"{SITE}/r.jpg"},
            {"title": "Bern", "video_url": f"{SITE}/b.mp4"},
        ],
        "hook_duration_seconds": 0,
        "title_text": "Top 3",
        "title_duration_seconds": 2,
        "countdown_mode": True,
        "cta_text": "",
        "item_title_style": STYLE,
        "hook_layout": BOX,
    },
}
"""Bodies of the recipes of which the documents show none."""


def body(recipe: str) -> dict[str, Any]:
    """Return the documented request of a recipe, or one that we made."""
    if recipe in MADE:
        return {
            "recipe_id": recipe,
            "style_preset": "bold",
            "variables": json.loads(json.dumps(MADE[recipe])),
        }
    name = EXPLAINER if recipe == "voiceover_explainer" else STORYTIME
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))["body"]


def told(recipe: str, *changes: tuple[str, Any]) -> list[Issue]:
    """Check a request with values set or taken away (GONE)."""
    document = body(recipe)
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if value is GONE:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return list(check_recipe(from_dict(document, RecipeRequest)))


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_whole_request_is_right(recipe: str) -> None:
    """Each of the five recipes is accepted, and written as it was read."""
    document = body(recipe)
    request = from_dict(document, RecipeRequest, strict=True)
    assert check_recipe(request) == ()
    assert to_dict(request) == document
    assert dumps(request) == json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert request == RecipeRequest(
        document["recipe_id"],
        document["style_preset"],
        Json.of(document["variables"]),
        idempotency_key=document.get("idempotency_key"),
    )


NEEDED = {
    "voiceover_explainer": ["voiceover_audio_url", "background_assets"],
    "captioned_clip": ["primary_video_url", "layout_variant"],
    "photo_slideshow": ["audio_url", "image_urls"],
    "listicle_ranked": ["background_audio_url", "hook_title", "items"],
    "storytime_broll": ["voiceover_audio_url", "background_video_url", "transcript_words", "hook_text"],
}


@pytest.mark.parametrize(
    ("recipe", "name"), [(recipe, name) for recipe, names in NEEDED.items() for name in names]
)
def test_a_needed_variable_is_needed(recipe: str, name: str) -> None:
    """Without it, its absence is the one error, at the path that it would have."""
    issues = told(recipe, (f"variables.{name}", GONE))
    assert [(issue.code, issue.path, issue.severity) for issue in issues] == [
        ("recipe_variable_missing", f"$.variables.{name}", "error")
    ]
    assert issues[0].message == f"{recipe} needs {name}"


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_other_variable_may_be_left_out(recipe: str) -> None:
    """What is not named as needed can go, all at once."""
    document = body(recipe)
    kept = {name: value for name, value in document["variables"].items() if name in NEEDED[recipe]}
    if "layout_variant" in kept:
        kept["layout_variant"] = "full_frame"
    assert check_recipe(RecipeRequest(recipe, "any", Json.of(kept))) == ()


OPTIONAL = {
    "voiceover_explainer": {
        *("transcript_words", "transcription_source_asset_id", "correct_text", "hook_text", "cta_text"),
        *("hook_style", "hook_layout", "cta_style", "cta_layout", "captions_style", "captions_layout"),
    },
    "captioned_clip": {
        *("secondary_video_url", "transcript_words", "transcription_source_asset_id", "correct_text"),
        *("cta_text", "captions_mode", "cta_style", "cta_layout", "captions_style", "captions_layout"),
    },
    "photo_slideshow": {
        *("audio_start_seconds", "audio_duration_seconds", "title_card_text"),
        *("title_card_style", "title_card_layout"),
    },
    "listicle_ranked": {
        *("background_audio_start_seconds", "background_audio_duration_seconds", "hook_duration_seconds"),
        *("title_text", "title_duration_seconds", "countdown_mode", "cta_text"),
        *("hook_style", "hook_layout", "item_title_style", "item_title_layout", "cta_style", "cta_layout"),
    },
    "storytime_broll": {
        "chapter_beats",
        *("hook_style", "hook_layout", "chapter_beat_style", "chapter_beat_layout"),
        *("captions_style", "captions_layout"),
    },
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_variables_are_those_of_the_contract(recipe: str) -> None:
    """Needed and optional variables, written here from the contract by hand, are all that is known."""
    assert {name for name, variable in RECIPES[recipe].items() if variable.required} == set(NEEDED[recipe])
    assert RECIPES[recipe].keys() - set(NEEDED[recipe]) == OPTIONAL[recipe]


BROKEN: dict[str, list[tuple[str, Any, str, str]]] = {
    "voiceover_explainer": [
        ("voiceover_url", "x", "recipe_variable_unknown", "voiceover_url"),
        ("image_urls", [], "recipe_variable_unknown", "image_urls"),
        ("title_card_style", {}, "recipe_variable_unknown", "title_card_style"),
        ("a b", 1, "recipe_variable_unknown", '["a b"]'),
        ("voiceover_audio_url", 5, "wrong_type", "voiceover_audio_url"),
        ("voiceover_audio_url", None, "null_value", "voiceover_audio_url"),
        ("voiceover_audio_url", "a.mp3", "bad_url", "voiceover_audio_url"),
        ("voiceover_audio_url", "", "empty_text", "voiceover_audio_url"),
        ("background_assets", [], "recipe_too_few", "background_assets"),
        ("background_assets", SITE, "wrong_type", "background_assets"),
        ("background_assets", None, "null_value", "background_assets"),
        ("background_assets.0", 5, "wrong_type", "background_assets[0]"),
        ("background_assets.0", None, "null_value", "background_assets[0]"),
        ("background_assets.0", "x", "bad_url", "background_assets[0]"),
        ("background_assets.0", {"motion": "zoom_in"}, "missing_key", "background_assets[0].url"),
        (
            "background_assets.0",
            {"url": SITE, "motion": "zoom"},
            "unknown_choice",
            "background_assets[0].motion",
        ),
        (
            "background_assets.0",
            {"url": SITE, "fit": "cover"},
            "recipe_variable_unknown",
            "background_assets[0].fit",
        ),
        ("background_assets.0", {"url": None}, "null_value", "background_assets[0].url"),
        ("transcript_words.0.end", -1, "out_of_range", "transcript_words[0].end"),
        ("transcript_words.0.start", 901, "word_ends_before_start", "transcript_words[0].end"),
        ("transcript_words.0.end", None, "null_value", "transcript_words[0].end"),
        ("transcript_words.0.end", GONE, "missing_key", "transcript_words[0].end"),
        ("transcript_words.0.start", "0", "wrong_type", "transcript_words[0].start"),
        ("transcript_words.0.start", 0.5, "not_whole", "transcript_words[0].start"),
        ("transcription_source_asset_id", "", "empty_text", "transcription_source_asset_id"),
        ("hook_text", ["Hi"], "wrong_type", "hook_text"),
        ("hook_style", "bold", "wrong_type", "hook_style"),
        ("hook_style", {"font_size": 0}, "out_of_range", "hook_style.font_size"),
        ("hook_style", {"color": "gould"}, "not_a_color", "hook_style.color"),
        ("hook_style", {"color": None}, "null_value", "hook_style.color"),
        ("hook_layout", {"x": "8"}, "not_a_length", "hook_layout.x"),
        ("hook_layout", {"fit": "covr"}, "unknown_choice", "hook_layout.fit"),
        ("captions_style", {"highlight_color": 5}, "wrong_type", "captions_style.highlight_color"),
    ],
    "captioned_clip": [
        ("layout_variant", "split", "unknown_choice", "layout_variant"),
        ("secondary_video_url", GONE, "recipe_variable_missing", "secondary_video_url"),
        ("captions_mode", "words", "unknown_choice", "captions_mode"),
    ],
    "photo_slideshow": [
        ("image_urls", [f"{SITE}/1.jpg"], "recipe_too_few", "image_urls"),
        ("image_urls.1", {"url": SITE}, "wrong_type", "image_urls[1]"),
        ("audio_duration_seconds", 60.5, "recipe_too_long", "audio_duration_seconds"),
        ("audio_duration_seconds", 0, "out_of_range", "audio_duration_seconds"),
        ("audio_duration_seconds", "60", "wrong_type", "audio_duration_seconds"),
        ("audio_duration_seconds", True, "wrong_type", "audio_duration_seconds"),
        ("audio_start_seconds", -1, "out_of_range", "audio_start_seconds"),
        ("audio_start_seconds", 1e16, "out_of_range", "audio_start_seconds"),
    ],
    "listicle_ranked": [
        ("items", ["One"], "recipe_too_few", "items"),
        ("items.0", "", "empty_text", "items[0]"),
        ("items.1.title", GONE, "missing_key", "items[1].title"),
        ("items.1.title", 5, "wrong_type", "items[1].title"),
        ("items.1.image", SITE, "recipe_variable_unknown", "items[1].image"),
        ("items.2.video_url", "b.mp4", "bad_url", "items[2].video_url"),
        ("hook_title", "", "empty_text", "hook_title"),
        ("hook_duration_seconds", -0.5, "out_of_range", "hook_duration_seconds"),
        ("countdown_mode", "yes", "wrong_type", "countdown_mode"),
        ("background_audio_duration_seconds", 61, "recipe_too_long", "background_audio_duration_seconds"),
    ],
    "storytime_broll": [
        ("hook_text", "x" * 61, "recipe_too_long", "hook_text"),
        ("hook_text", " ", "empty_text", "hook_text"),
        ("transcript_words", [], "recipe_too_few", "transcript_words"),
        ("chapter_beats", [{"label": "A", "timecode_seconds": 1}] * 11, "recipe_too_many", "chapter_beats"),
        ("chapter_beats.0.timecode_seconds", -1, "out_of_range", "chapter_beats[0].timecode_seconds"),
        ("chapter_beats.0.timecode", 4, "recipe_variable_unknown", "chapter_beats[0].timecode"),
        ("chapter_beats.0.label", "", "empty_text", "chapter_beats[0].label"),
    ],
}
"""Changes of a variable, each with its code and where below ``$.variables`` it is told."""

BROKEN_REQUESTS = [
    ("recipe_id", "voice_over_explainer", "recipe_unknown", "$.recipe_id"),
    ("recipe_id", " ", "empty_text", "$.recipe_id"),
    ("style_preset", "", "empty_text", "$.style_preset"),
    ("webhook_url", "ftp://x", "bad_url", "$.webhook_url"),
    ("metadata", {"a": []}, "metadata_not_flat", "$.metadata.a"),
]


@pytest.mark.parametrize(
    ("recipe", "change", "value", "code", "place"),
    [(recipe, *row) for recipe, rows in BROKEN.items() for row in rows],
)
def test_one_broken_variable_is_one_error(
    recipe: str, change: str, value: Any, code: str, place: str
) -> None:
    """A right request with one variable changed has the one error, at its path."""
    issues = told(recipe, (f"variables.{change}", value))
    path = f"$.variables{place if place.startswith('[') else '.' + place}"
    assert [(issue.severity, issue.code, issue.path) for issue in issues] == [("error", code, path)]
    assert str(issues[0])


@pytest.mark.parametrize(("change", "value", "code", "path"), BROKEN_REQUESTS)
def test_a_request_keeps_its_own_rules(change: str, value: Any, code: str, path: str) -> None:
    """What stands beside the variables is judged as in any request."""
    issues = told("voiceover_explainer", (change, value))
    assert [(issue.severity, issue.code, issue.path) for issue in issues] == [("error", code, path)]


@pytest.mark.parametrize(
    ("recipe", "change", "value"),
    [
        ("photo_slideshow", "variables.audio_duration_seconds", 60),
        ("storytime_broll", "variables.hook_text", "x" * 60),
        ("storytime_broll", "variables.chapter_beats", [{"label": "A", "timecode_seconds": 0}] * 10),
        ("storytime_broll", "variables.chapter_beats", []),
        ("voiceover_explainer", "variables.transcript_words", []),
        ("voiceover_explainer", "variables.hook_text", ""),
        ("voiceover_explainer", "variables.hook_style", {}),
        ("voiceover_explainer", "variables.background_assets", [{"url": SITE, "motion": "pan_left"}, SITE]),
        ("voiceover_explainer", "variables.voiceover_audio_url", "file:///tmp/voice.mp3"),
        ("voiceover_explainer", "style_preset", "a look of tomorrow"),
        ("captioned_clip", "variables.layout_variant", "full_frame"),
        ("listicle_ranked", "variables.countdown_mode", False),
    ],
)
def test_the_edge_of_what_is_allowed(recipe: str, change: str, value: Any) -> None:
    """Bounds include themselves, lists and styles may be empty, and any preset is taken."""
    assert told(recipe, (change, value)) == []


def test_parts_warn_as_documents_do() -> None:
    """In styles and boxes a key too many and a percentage outside its guardrail are warnings."""
    issues = told(
        "voiceover_explainer",
        ("variables.hook_layout", {"width": "120%"}),
        ("variables.cta_style", {"colour": "gold"}),
    )
    assert [(issue.severity, issue.code, issue.path) for issue in issues] == [
        ("warning", "outside_guardrail", "$.variables.hook_layout.width"),
        ("warning", "unknown_key", "$.variables.cta_style.colour"),
    ]


def test_mistypings_are_met_with_what_was_meant() -> None:
    """Recipe, variable, item key and choice each get their near match."""
    fixes = {
        ("recipe_id", "voice_over_explainer"): "did you mean 'voiceover_explainer'?",
        ("variables.voiceoverAudioUrl", "x"): "did you mean 'voiceover_audio_url'?",
        (
            "variables.background_assets.0",
            json.dumps({"url": SITE, "moton": "none"}),
        ): "did you mean 'motion'?",
    }
    for (change, value), fix in fixes.items():
        given = json.loads(value) if value.startswith("{") else value
        assert [issue.fix for issue in told("voiceover_explainer", (change, given))] == [fix]
    (issue,) = told("captioned_clip", ("variables.secondary_video_url", GONE))
    assert issue.message == "captioned_clip needs secondary_video_url for a split screen"
    assert issue.fix == "add it, or set layout_variant to 'full_frame'"


def test_all_faults_are_told_in_document_order() -> None:
    """Several faults come together: the variables' as they stand, then what is missing, then the rest."""
    issues = told(
        "listicle_ranked",
        ("variables.hook_title", GONE),
        ("variables.items.1.title", ""),
        ("variables.countdown_mode", 1),
        ("variables.zzz", 1),
        ("metadata", {"a": {}}),
    )
    assert [issue.path for issue in issues] == [
        "$.variables.items[1].title",
        "$.variables.countdown_mode",
        "$.variables.zzz",
        "$.variables.hook_title",
        "$.metadata.a",
    ]


@pytest.mark.parametrize("variables", ["[]", '"x"', "5", "null"])
def test_variables_are_an_object(variables: str) -> None:
    """Variables of another make, which only a request built by hand can hold, are one error."""
    issues = check_recipe(RecipeRequest("photo_slideshow", "x", Json(variables)))
    assert [(issue.code, issue.path) for issue in issues] == [("wrong_type", "$.variables")]


def test_a_hand_made_request_of_wrong_types_is_told() -> None:
    """What is no text or no JSON in a request's own fields is told without reading further."""
    issues = check_recipe(RecipeRequest(5, None, {}))  # type: ignore[arg-type]
    assert [(issue.code, issue.path) for issue in issues] == [
        ("wrong_type", "$.recipe_id"),
        ("missing_key", "$.style_preset"),
        ("wrong_type", "$.variables"),
    ]


@pytest.mark.parametrize("key", ["recipe_id", "style_preset", "variables"])
def test_a_request_without_a_needed_key_does_not_load(key: str) -> None:
    """Loading tells the missing key at the path it would have."""
    document = body("photo_slideshow")
    del document[key]
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict(document, RecipeRequest)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("missing_key", f"$.{key}")]


def test_secrets_of_a_request_are_not_shown() -> None:
    """The webhook's secret and headers are in no repr."""
    request = RecipeRequest(
        "photo_slideshow", "x", Json.of({}), webhook_secret="whsec_1", webhook_headers=Json.of({"A": "tok"})
    )
    assert "whsec_1" not in repr(request)
    assert "tok" not in repr(request)


def test_an_empty_webhook_is_no_address() -> None:
    """An empty text is not "no webhook": it is told, as for a film and for music."""
    for checked in (
        check_recipe(RecipeRequest("photo_slideshow", "bold", variables=Json.of({}), webhook_url="")),
        check_music(MusicRequest(prompt="calm", webhook_url="")),
    ):
        assert [issue.code for issue in checked if issue.path == "$.webhook_url"] == ["bad_url"]
