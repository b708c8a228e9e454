"""What holds for every recipe: a film without errors, exactly as long as the contract says."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reelforge_dsl.local.recipes import compiled
from reelforge_dsl.models import CaptionStyle, Json, Layout, Word
from reelforge_dsl.models.choices import Preset, words_of
from reelforge_dsl.models.fields import Rule, required_of, rules_of
from reelforge_dsl.models.recipes import RECIPES, RecipeRequest, Variable
from reelforge_dsl.rules import check_recipe

SITE = "https://example.com"
PLAYED = [f"{SITE}/{name}" for name in ("a.mp3", "b.mp4", "c.mov?take=2", "d")]
STILLS = [f"{SITE}/{name}" for name in ("e.jpg", "f.png", "g")]
SECOND = "secondary_video_url"
LONG = ("voiceover_audio_url", "primary_video_url", "audio_url", "background_audio_url")

texts = st.text(min_size=1, max_size=70) | st.sampled_from(["Oslo", "W" * 40, "日本", "two\nlines", "مرحبا"])
formed = {
    "length": st.sampled_from(["20%", "0%", "40px", "8%", "120%", "9" * 400 + "px"]),
    "color": st.sampled_from(["#FFD700", "gold", "rgba(0, 0, 0, 0.5)"]),
    "weight": st.sampled_from(["bold", "400", 900, 1]),
}
numbers = st.integers(0, 70) | st.floats(0, 70) | st.sampled_from([0.001, 1 / 30, 299.99, 1e9])
lengths = st.floats(0.001, 300) | st.sampled_from([0.01, 0.05, 1 / 60, 2.5, 12.35, 60, 300])


def strings(rule: Rule) -> st.SearchStrategy[str]:
    """Text that the rule takes."""
    if rule.choices:
        return st.sampled_from(rule.choices)
    if rule.fault(PLAYED[0]) is None and rule.fault("no address") is not None:
        return st.sampled_from(PLAYED + STILLS)
    return texts.filter(lambda text: rule.fault(text) is None)


def values(rule: Rule) -> st.SearchStrategy[Any]:
    """JSON that the rule takes."""
    if rule.of is Word:
        return st.builds(
            lambda text, start, lasts: {"text": text, "start": start, "end": start + lasts},
            *(texts, st.integers(0, 20_000), st.integers(0, 900)),
        )
    if rule.form in formed:
        return formed[rule.form]
    if rule.of is not None:
        return objects(rule.of)
    if rule.shape == "boolean":
        return st.booleans()
    if rule.shape == "string":
        return strings(rule)
    held = st.integers(1, 900) if rule.form == "whole" else numbers
    return held.filter(lambda number: rule.fault(number) is None)


def objects(cls: type) -> st.SearchStrategy[dict[str, Any]]:
    """An object of the class, as JSON; sometimes with a key of its own where one is kept."""
    needed = required_of(cls)
    held = {key: values(rule) for key, rule in rules_of(cls).items()}
    own = {"own_key": st.just([1])} if cls in (Layout, CaptionStyle) else {}
    return st.fixed_dictionaries(
        {key: value for key, value in held.items() if key in needed},
        optional={key: value for key, value in held.items() if key not in needed} | own,
    )


def variables(table: dict[str, Variable]) -> st.SearchStrategy[dict[str, Any]]:
    """The variables of a recipe, by the contract's table."""
    held = {}
    for name, variable in table.items():
        one = st.one_of([values(rule) for rule in variable.rules])
        if name in LONG:
            one = st.sampled_from(PLAYED)
        most = variable.most or 6
        held[name] = st.lists(one, min_size=variable.least, max_size=most) if variable.is_list else one
    return st.fixed_dictionaries(
        {name: held[name] for name in held if table[name].required or name == SECOND},
        optional={name: held[name] for name in held if not table[name].required and name != SECOND},
    )


def requests(recipe: str) -> st.SearchStrategy[RecipeRequest]:
    """A request of the recipe."""
    return st.builds(
        lambda style, held, metadata: RecipeRequest(
            recipe, style, variables=Json.of(held), metadata=metadata
        ),
        *(st.sampled_from(words_of(Preset)) | texts.filter(str.strip), variables(RECIPES[recipe])),
        st.sampled_from([None, Json.of({"take": 2.5, "note": None, "draft": False})]),
    )


media = st.fixed_dictionaries(dict.fromkeys(PLAYED, lengths))


def seconds_of(recipe: str, held: dict[str, Any], media: dict[str, float]) -> float | None:
    """How long the contract says that the film is; ``None`` where it makes none."""
    if recipe in ("voiceover_explainer", "storytime_broll"):
        return media.get(held["voiceover_audio_url"])
    if recipe == "captioned_clip":
        return media.get(held["primary_video_url"])
    name = "audio" if recipe == "photo_slideshow" else "background_audio"
    whole, asked = media.get(held[f"{name}_url"]), held.get(f"{name}_duration_seconds")
    left = (whole or 0) - held.get(f"{name}_start_seconds", 0)
    if left <= 0:
        return None
    return asked if asked and name == "background_audio" else min(left, asked or 60)


@pytest.mark.parametrize("recipe", RECIPES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), media=media)
def test_every_recipe_is_a_film_as_long_as_the_contract_says(
    recipe: str, data: st.DataObject, media: dict[str, float]
) -> None:
    """A request without errors compiles to a film without errors, its length right to the frame."""
    request_ = data.draw(requests(recipe))
    assume(not any(issue.severity == "error" for issue in check_recipe(request_)))
    held = request_.variables.value
    seconds = seconds_of(request_.recipe_id, held, media)
    assume(seconds is not None and seconds > 0)
    film = compiled(request_, media)
    assert [str(issue) for issue in film.issues(media) if issue.severity == "error"] == []
    frames = math.floor(film.duration_seconds * 30 + 0.5)
    assert frames == max(1, math.floor(seconds * 30 + 0.5))
    for part in (*film.layers, *film.text_overlays):
        assert part.time.start_seconds + part.time.duration_seconds <= film.duration_seconds + 1e-5
    assert (film.width, film.height) == (1080, 1920)
