"""What the local service makes of each recipe."""

from __future__ import annotations

from typing import Any

import pytest

from reelforge_dsl import Timeline
from reelforge_dsl.errors import ManifestInvalidError
from reelforge_dsl.local.recipes import compiled
from reelforge_dsl.models import Json
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.units import parse_length

SITE = "https://example.com"
VOICE, TALK, PLAY, BED = f"{SITE}/voice.mp3", f"{SITE}/talk.mp4", f"{SITE}/play.mp4", f"{SITE}/bed.mp3"
MEDIA = {VOICE: 12.0, TALK: 19.2, PLAY: 15.0, BED: 90.0, f"{SITE}/clip": 4.0}
WORDS = [{"text": "Hello", "start": 0, "end": 900}, {"text": "world.", "start": 900, "end": 1500}]
PICTURES = [f"{SITE}/{number}.jpg" for number in range(4)]

EXPLAINER: dict[str, Any] = {
    "voiceover_audio_url": VOICE,
    "background_assets": PICTURES,
    "transcript_words": WORDS,
    "hook_text": "Three things nobody tells you",
    "cta_text": "Follow for more",
}
CLIP: dict[str, Any] = {
    "primary_video_url": TALK,
    "layout_variant": "split_screen",
    "secondary_video_url": PLAY,
    "transcript_words": WORDS,
    "cta_text": "Link below",
}
SLIDES: dict[str, Any] = {
    "audio_url": BED,
    "audio_duration_seconds": 10,
    "image_urls": PICTURES,
    "title_card_text": "Summer",
}
LISTICLE: dict[str, Any] = {
    "background_audio_url": BED,
    "background_audio_duration_seconds": 15,
    "hook_title": "Three cities",
    "items": [{"title": "Oslo", "image_url": PICTURES[0]}, "Rome", {"title": "Bern", "video_url": PLAY}],
    "cta_text": "Which one?",
}
STORY: dict[str, Any] = {
    "voiceover_audio_url": VOICE,
    "background_video_url": PLAY,
    "transcript_words": WORDS,
    "hook_text": "The greatest comeback ever.",
    "chapter_beats": [
        {"label": "Late", "timecode_seconds": 12},
        {"label": "Then", "timecode_seconds": 6},
        {"label": "The setup", "timecode_seconds": 4},
        {"label": "First", "timecode_seconds": 1},
    ],
}
ORDINARY = {
    "voiceover_explainer": EXPLAINER,
    "captioned_clip": CLIP,
    "photo_slideshow": SLIDES,
    "listicle_ranked": LISTICLE,
    "storytime_broll": STORY,
}


def film(recipe: str, style: str = "karaoke_yellow", without: str = "", **changes: Any) -> Timeline:
    held = {key: value for key, value in (ORDINARY[recipe] | changes).items() if key != without}
    return compiled(RecipeRequest(recipe, style, variables=Json.of(held)), MEDIA)


def spans(reel: Timeline, kind: str) -> list[tuple[float, float]]:
    """Start and end of each layer of a kind, in seconds."""
    return [_span(layer) for layer in reel.layers if layer.type == kind]


def texts(reel: Timeline) -> dict[str, tuple[float, float]]:
    return {text.content: _span(text) for text in reel.text_overlays}


def _span(part: Any) -> tuple[float, float]:
    start = part.time.start_seconds
    return start, round(start + part.time.duration_seconds, 4)


def down(text: Any) -> tuple[float, float]:
    """Top and bottom of a text's box, in pixels."""
    top, height = (parse_length(side).pixels(1920) for side in (text.layout.y, text.layout.height))
    return top, top + height


@pytest.mark.parametrize("recipe", ORDINARY)
def test_an_ordinary_recipe_has_nothing_to_warn_of(recipe):
    """Every text fits, can be read and stands clear; every sound and clip is long enough."""
    reel = film(recipe)
    assert reel.issues(MEDIA) == ()
    assert (reel.width, reel.height) == (1080, 1920)


def test_pictures_share_the_voice_evenly_and_move_in_turn():
    """Stills take the four movements in turn; a movement that is said stays."""
    pictures = [PICTURES[0], {"url": PICTURES[1], "motion": "none"}, *PICTURES[2:], PICTURES[0], PICTURES[1]]
    reel = film("voiceover_explainer", background_assets=pictures)
    assert spans(reel, "image") == [(0, 2), (2, 4), (4, 6), (6, 8), (8, 10), (10, 12)]
    motions = [layer.motion for layer in reel.layers if layer.type == "image"]
    assert motions == ["zoom_in", "none", "pan_left", "zoom_out", "pan_right", "zoom_in"]


def test_a_clip_among_the_pictures_is_silent_and_goes_round():
    """A clip shorter than its share starts again; it is known by its ending or by having a length."""
    reel = film("voiceover_explainer", background_assets=[PLAY, f"{SITE}/clip"])
    assert spans(reel, "video") == [(0, 6), (6, 10), (10, 12)]
    assert all(layer.media_settings.muted for layer in reel.layers if layer.type == "video")


@pytest.mark.parametrize(
    ("seconds", "rounds"),
    [
        (8.0, [(0, 8), (8, 12)]),
        (11.5, [(0, 6), (6, 12)]),
        (12.0, [(0, 12)]),
        (40.0, [(0, 12)]),
        (0.01, [(0, 12)]),
    ],
    ids=["twice", "no flash at the end", "just enough", "cut", "too short to repeat"],
)
def test_a_short_clip_is_repeated(seconds, rounds):
    """It plays whole and again; two halves rather than a flash, and a mere instant stands still."""
    held = Json.of(EXPLAINER | {"background_assets": [PLAY]})
    request = RecipeRequest("voiceover_explainer", "x", variables=held)
    assert spans(compiled(request, MEDIA | {PLAY: seconds}), "video") == rounds


def test_hook_and_call_keep_clear_of_the_captions():
    """The hook is large in the top third at first, the call above the captions at last."""
    reel = film("voiceover_explainer")
    hook, call = reel.text_overlays
    assert texts(reel) == {EXPLAINER["hook_text"]: (0, 3), EXPLAINER["cta_text"]: (9, 12)}
    assert down(hook)[1] <= 1920 / 3
    assert hook.style.font_size == 112
    assert 1920 / 3 < down(call)[0] < down(call)[1] < 0.77 * 1920


def test_a_long_hook_is_smaller_and_there_for_longer():
    """Sixty characters still fit the top third, and are there for four seconds."""
    said = "The one thing that everybody forgets about old lighthouses.."
    reel = film("storytime_broll", hook_text=said)
    assert 60 <= reel.text_overlays[0].style.font_size < 112
    assert texts(reel)[said] == (0, 4)
    assert reel.issues(MEDIA) == ()


def test_lines_are_even():
    """A box is narrowed so that no word stands alone on a last line; a given box stays."""
    said = "A quiet day in the meadow"
    box = film("photo_slideshow", "luxury_serif", title_card_text=said).text_overlays[0].layout
    left, width = (parse_length(side).pixels(1080) for side in (box.x, box.width))
    assert 540 < width < 700
    assert left + width / 2 == pytest.approx(540, abs=1)
    given = {"y": "10%"}
    kept = film("photo_slideshow", title_card_text=said, title_card_layout=given).text_overlays[0].layout
    assert (kept.x, kept.width) == ("8%", "84%")


def test_what_is_said_of_a_part_wins_key_by_key():
    """A given size is not made smaller, a given side leaves the other sides."""
    reel = film(
        "voiceover_explainer",
        hook_style={"font_size": 40, "color": "gold"},
        hook_layout={"y": "50%"},
        captions_style={"highlight_color": "#FF0000"},
        captions_layout={"y": "70%"},
    )
    hook = reel.text_overlays[0]
    assert (hook.style.font_size, hook.style.color, hook.style.font_family) == (40, "gold", "Poppins")
    assert (hook.layout.x, hook.layout.y) == ("8%", "50%")
    captions = reel.manifest().composition.captions
    assert captions.style.highlight_color == "#FF0000"
    assert captions.layout.y == "70%"


@pytest.mark.parametrize(
    ("style", "preset"),
    [
        ("neon_glow", "neon_glow"),
        ("Luxury Serif", "luxury_serif"),
        ("bold-modern", "bold_outline"),
        ("clean minimal", "soft_pill"),
        ("retro", "typewriter"),
        ("house style 7", "karaoke_yellow"),
    ],
)
def test_a_style_names_the_captions_look(style, preset):
    """A caption preset is taken as it is, a common word for what it means, else karaoke_yellow."""
    assert film("voiceover_explainer", style).manifest().composition.captions.preset == preset


def test_letters_go_with_the_style():
    """Hooks have the family of the captions' look; handwriting is set larger, a title card never."""
    hook = film("voiceover_explainer", "handwriting").text_overlays[0].style
    assert (hook.font_family, hook.font_size) == ("Caveat", 151)
    card = film("photo_slideshow", "handwriting").text_overlays[0].style
    assert (card.font_family, card.font_size) == ("Caveat", 96)


def test_words_left_out_are_transcribed_from_the_voice():
    """Captions without words name the voice; the request's own name for it is the asset's."""
    reel = film("voiceover_explainer", without="transcript_words", correct_text="Hello, world.")
    captions = reel.manifest().composition.captions
    assert (captions.words, captions.transcription_source_asset_id) == (None, "voiceover-1")
    assert captions.correct_text == "Hello, world."
    named = film("captioned_clip", without="transcript_words", transcription_source_asset_id="speech")
    assert named.manifest().composition.captions.transcription_source_asset_id == "speech"
    assert {asset.id: asset.url for asset in named.assets}["speech"] == TALK
    both = film("captioned_clip", transcription_source_asset_id="speech").manifest().composition.captions
    assert (len(both.words), both.transcription_source_asset_id) == (2, "speech")


@pytest.mark.parametrize("words", [WORDS, None])
def test_a_speech_called_captions_is_still_the_speech(words):
    """That one name is taken in a timeline, so the speech has another."""
    changes = {"transcript_words": words} if words else {}
    without = "" if words else "transcript_words"
    reel = film("voiceover_explainer", without=without, transcription_source_asset_id="captions", **changes)
    assert reel.issues(MEDIA) == ()


def test_no_words_are_no_captions():
    """An empty list says that nothing is said."""
    assert film("captioned_clip", transcript_words=[]).manifest().composition.captions is None


def test_a_split_screen_has_two_halves_and_one_voice():
    """The first clip is above and heard, the second below, silent, and as long."""
    reel = film("captioned_clip", captions_mode="word_only")
    first, *others = reel.layers
    assert (first.layout.y, first.layout.height, first.media_settings) == ("0%", "50%", None)
    assert spans(reel, "video") == [(0, 19.2), (0, 15), (15, 19.2)]
    assert all(layer.layout.y == "50%" and layer.media_settings.muted for layer in others)
    assert reel.manifest().composition.captions.mode == "word_only"


def test_a_full_frame_clip_stands_alone():
    """Without a split the second clip is not there, even when it is given."""
    reel = film("captioned_clip", layout_variant="full_frame")
    assert [(layer.asset_id, layer.layout) for layer in reel.layers] == [("video-1", None)]


@pytest.mark.parametrize(
    ("changes", "seconds", "trim"),
    [
        ({"audio_duration_seconds": 10, "audio_start_seconds": 5}, 10, 5),
        ({"audio_duration_seconds": 10, "audio_start_seconds": 84}, 6, 84),
        ({"audio_duration_seconds": 60, "audio_start_seconds": 0}, 60, None),
    ],
    ids=["limited", "what is left", "at most"],
)
def test_a_song_gives_a_slideshow_its_length(changes, seconds, trim):
    """It is trimmed and limited; pictures share what is left."""
    reel = film("photo_slideshow", **changes)
    assert reel.duration_seconds == seconds
    assert spans(reel, "image")[-1][1] == seconds
    sound = reel.layers[-1]
    assert (sound.trim.start_seconds if sound.trim else None) == trim


def test_a_song_plays_a_minute_at_most():
    """Without a limit of its own a song of 90 s makes a film of 60 s."""
    assert film("photo_slideshow", without="audio_duration_seconds").duration_seconds == 60


def test_a_title_card_is_bold_white_and_leaves_with_its_picture():
    """It is 96 px, and there as long as the first picture when that is time enough."""
    reel = film("photo_slideshow")
    (card,) = reel.text_overlays
    assert (card.style.font_size, card.style.font_weight, card.style.color) == (96, "bold", "white")
    assert texts(reel) == {"Summer": (0, 2.5)}
    quick = film("photo_slideshow", audio_duration_seconds=6)
    assert texts(quick) == {"Summer": (0, 3)}


def test_items_share_what_the_hook_leaves():
    """Each item has its number, its title and its picture; one without stands on black."""
    reel = film("listicle_ranked")
    said = texts(reel)
    assert said["Three cities"] == (0, 3)
    assert [said[number] for number in ("#1", "#2", "#3")] == [(3, 7), (7, 11), (11, 15)]
    assert [said[title] for title in ("Oslo", "Rome", "Bern")] == [(3, 7), (7, 11), (11, 15)]
    assert said["Which one?"] == (12, 15)
    assert spans(reel, "image") == [(0, 7)]
    assert spans(reel, "video") == [(11, 15)]
    number, title = (text for text in reel.text_overlays if text.content in ("#2", "Rome"))
    assert 0 <= down(title)[0] - down(number)[1] <= 20


@pytest.mark.parametrize(("countdown", "numbers"), [(True, "#3 #2 #1"), (False, "#1 #2 #3")])
def test_a_countdown_ends_with_one(countdown, numbers):
    """Items stay in their order; their numbers count down."""
    reel = film("listicle_ranked", countdown_mode=countdown)
    assert [text for text in texts(reel) if text.startswith("#")] == numbers.split()


def test_a_hook_of_no_seconds_is_skipped():
    """Then the title, if there is one, comes first."""
    reel = film("listicle_ranked", hook_duration_seconds=0, title_text="Ranked", title_duration_seconds=3)
    said = texts(reel)
    assert "Three cities" not in said
    assert (said["Ranked"], said["#1"]) == ((0, 3), (3, 7))


def test_a_hook_leaves_the_items_half():
    """A hook and a title that would take the whole film share its first half."""
    reel = film("listicle_ranked", hook_duration_seconds=40, title_text="Ranked", title_duration_seconds=20)
    assert texts(reel)["Three cities"] == (0, 5)
    assert texts(reel)["Ranked"] == (5, 7.5)
    assert texts(reel)["#1"][0] == 7.5


def test_a_list_of_titles_alone_is_a_film():
    """Without any picture there is the music, and nothing to warn of."""
    reel = film("listicle_ranked", items=["Oslo", "Rome"])
    assert [layer.type for layer in reel.layers] == ["audio"]
    assert reel.issues(MEDIA) == ()
    assert reel.duration_seconds == 15


def test_the_first_picture_there_is_stands_behind_the_hook():
    """The hook is not on black where a later item has a picture."""
    reel = film("listicle_ranked", items=["Rome", {"title": "Oslo", "image_url": PICTURES[0]}])
    assert spans(reel, "image") == [(0, 3), (9, 15)]


def test_short_music_goes_round_under_a_list():
    """A list as long as it was asked to be is not cut by a shorter sound."""
    held = Json.of(LISTICLE)
    reel = compiled(RecipeRequest("listicle_ranked", "bold", variables=held), MEDIA | {BED: 4})
    assert reel.duration_seconds == 15
    assert reel.layers[-1].media_settings.loop is True
    assert reel.issues(MEDIA | {BED: 4}) == ()


def test_chapters_come_in_time_and_leave_for_the_next():
    """Three seconds or until the next; one at the film's end is dropped; under the hook while it is there."""
    reel = film("storytime_broll")
    said = texts(reel)
    assert {label: said.get(label) for label in ("First", "The setup", "Then", "Late")} == {
        "First": (1, 4),
        "The setup": (4, 6),
        "Then": (6, 9),
        "Late": None,
    }
    places = {text.content: down(text) for text in reel.text_overlays}
    assert places["First"][0] >= places[STORY["hook_text"]][1]
    assert places["Then"][1] < 1920 / 3


def test_a_last_chapter_leaves_with_the_film():
    """A chapter just before the end is cut there, whatever was to come after."""
    beats = [{"label": "Soon", "timecode_seconds": 11}, {"label": "Never", "timecode_seconds": 500}]
    assert texts(film("storytime_broll", chapter_beats=beats))["Soon"] == (11, 12)


@pytest.mark.parametrize(("seconds", "frames"), [(12.34, 370), (12.35, 371), (0.001, 1), (300.01, 9000)])
def test_a_film_lasts_to_the_nearest_frame(seconds, frames):
    """Voice, pictures and film end on the same frame."""
    request = RecipeRequest("voiceover_explainer", "x", variables=Json.of(EXPLAINER))
    reel = compiled(request, {VOICE: seconds})
    assert round(reel.duration_seconds * 30, 3) == frames
    assert {_span(layer)[1] for layer in reel.layers[:1] + reel.layers[-1:]} == {
        round(reel.duration_seconds, 4)
    }
    assert not [issue for issue in reel.issues({VOICE: seconds}) if issue.severity == "error"]


def test_what_stands_beside_the_variables_is_carried_over():
    """Metadata, webhook and key are the request's; a secret without an address tells nobody."""
    request = RecipeRequest(
        "photo_slideshow",
        "x",
        variables=Json.of(SLIDES),
        metadata=Json.of({"take": 2}),
        idempotency_key="slides-1",
        webhook_url=f"{SITE}/hook",
        webhook_headers=Json.of({"X-Take": 2}),
        webhook_secret="whsec",
    )
    body = compiled(request, MEDIA).to_dict()
    assert body["metadata"] == {"take": 2}
    assert body["idempotency_key"] == "slides-1"
    assert body["webhook_url"] == f"{SITE}/hook"
    assert body["webhook_headers"] == {"X-Take": "2"}
    assert body["webhook_secret"] == "whsec"
    bare = RecipeRequest("photo_slideshow", "x", variables=Json.of(SLIDES), webhook_secret="whsec")
    assert "webhook_secret" not in compiled(bare, MEDIA).to_dict()


@pytest.mark.parametrize(
    ("recipe", "changes", "media", "code", "path"),
    [
        ("voiceover_explainer", {}, {}, "length_unknown", "$.variables.voiceover_audio_url"),
        ("storytime_broll", {}, {VOICE: 301}, "too_long", "$.variables.voiceover_audio_url"),
        ("captioned_clip", {}, {TALK: 400}, "too_long", "$.variables.primary_video_url"),
        (
            "photo_slideshow",
            {"audio_start_seconds": 90},
            MEDIA,
            "trim_past_end",
            "$.variables.audio_start_seconds",
        ),
        ("listicle_ranked", {"hook": 1}, MEDIA, "recipe_variable_unknown", "$.variables.hook"),
    ],
)
def test_what_makes_no_film_says_where(recipe, changes, media, code, path):
    """The error names the request's own variable."""
    held = Json.of(ORDINARY[recipe] | changes)
    with pytest.raises(ManifestInvalidError) as caught:
        compiled(RecipeRequest(recipe, "x", variables=held), media)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, path)]
