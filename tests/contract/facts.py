"""The facts of the contract, §1–§10 with the decisions behind them, each with the tests that hold us to it.

``cookbook/reference/conformance.md`` is made from this list; a named test that is not there fails.
"""

from __future__ import annotations

from typing import NamedTuple

RULES = "tests/unit/test_rules.py::test_"
WARNINGS = "tests/unit/test_warnings.py::test_"
NOTES = "tests/unit/test_notes.py::test_"
TIMING = "tests/unit/test_timing.py::test_"
PHRASES = "tests/unit/test_phrases.py::test_"
MODELS = "tests/unit/test_models.py::test_"
WEBHOOKS = "tests/unit/test_webhooks.py::test_"
RECIPES = "tests/unit/test_recipes.py::test_"
LOCAL = "tests/unit/test_local.py::test_"
CALLS = "tests/unit/test_client_calls.py::test_"
JOBS = "tests/unit/test_client_jobs.py::test_"
SENT = "tests/unit/test_client_documents.py::test_"
WIRE = "tests/unit/test_wire.py::test_"
SCENE = "tests/unit/test_scene.py::test_"
BUILDER = "tests/unit/test_builder.py::"
PAYLOADS = "tests/contract/test_payloads.py::test_"
PICTURE = "tests/integration/test_engine_picture.py::test_"
SOUND = "tests/integration/test_engine_sound.py::test_"
TEXT = "tests/integration/test_engine_text.py::test_"
CAPTIONS = "tests/integration/test_engine_captions.py::test_"
TIME = "tests/integration/test_engine_time.py::test_"
ERRORS = "tests/integration/test_engine_errors.py::test_"

FIELD = RULES + "a_value_outside_its_field_is_an_error"
WHOLE = RULES + "a_broken_rule_of_the_document_is_one_error"


class Fact(NamedTuple):
    """One fact.

    Attributes:
        id: Section and key, or the decision's number; never changes.
        section: Where it stands in the contract.
        mark: ``seed``, ``docs`` or ``decision``.
        sentence: What is so.
        tests: Ids of the tests that claim it.
    """

    id: str
    section: str
    mark: str
    sentence: str
    tests: tuple[str, ...]


def _fact(name: str, mark: str, sentence: str, *tests: str) -> Fact:
    section = f"§11 {name.split('.')[0]}" if mark == "decision" else f"§{name.split('.')[0]}"
    return Fact(name, section, mark, sentence, tests)


FACTS: list[Fact] = [
    # Calls
    _fact(
        "1.endpoints",
        "seed",
        "Validate, render, music and their jobs are where the pages say, bodies at the top level, as JSON.",
        SENT + "a_document_is_sent_as_the_wire_writes_it",
        SENT + "a_timeline_with_errors_can_be_validated",
        SENT + "simple_music",
        JOBS + "music_gives_two_tracks",
    ),
    _fact(
        "1.recipes",
        "docs",
        "Recipes have an endpoint of their own; validate takes their bodies, too.",
        SENT + "a_recipe_is_sent_as_documented",
        SENT + "a_timeline_with_errors_can_be_validated",
    ),
    _fact(
        "1.envelopes",
        "docs",
        "A job id is in `job_id` or `data.job_id`, a job in `data` or at the top.",
        JOBS + "a_job_is_read_from_every_envelope",
        JOBS + "music_gives_two_tracks",
        SENT + "a_recipe_is_sent_as_documented",
    ),
    _fact(
        "1.authorization",
        "seed",
        "`Authorization: Bearer` carries the key, to the service and nowhere else.",
        CALLS + "the_environment_gives_the_key_in_order",
        CALLS + "a_redirect_is_not_followed",
        CALLS + "a_path_does_not_leave_the_service",
    ),
    _fact(
        "1.idempotency",
        "docs",
        "The `idempotency-key` header wins over the body's key.",
        CALLS + "the_key_is_the_argument_else_the_documents",
        CALLS + "key_and_bytes_are_the_same_at_every_try",
    ),
    # The request body
    _fact(
        "2.shape",
        "docs",
        "Everything stands at the top level.",
        PAYLOADS + "a_video_request_is_written_as_documented",
    ),
    _fact(
        "2.version",
        "seed",
        "`version` is required and is `v1`.",
        FIELD,
        PAYLOADS + "one_missing_key_is_one_fault",
    ),
    _fact("2.size", "seed", "`output.width` and `height` are even integers above 0.", FIELD),
    _fact("2.fps", "seed", "`output.fps` is 30.", FIELD, PICTURE + "constant_rate"),
    _fact(
        "2.assets",
        "seed",
        "Assets have unique ids, a type of video, audio or image, and a URL.",
        FIELD,
        WHOLE,
    ),
    _fact(
        "2.composition",
        "seed",
        "A composition shows or plays something.",
        WHOLE,
        PAYLOADS + "one_missing_key_is_one_fault",
    ),
    _fact("2.layers", "seed", "Layer ids are unique and their `asset_id` exists.", WHOLE),
    _fact(
        "2.duration",
        "seed",
        "`duration_seconds` is at most 300.",
        FIELD,
        RULES + "a_measured_film_may_be_too_long",
    ),
    _fact("2.overlays", "seed", "Ids of text overlays are unique where there are any.", WHOLE),
    _fact(
        "2.defaults",
        "docs",
        "Global text styles and layouts stand behind each overlay's, key by key.",
        TEXT + "shared_style",
        MODELS + "or_lets_the_right_side_win_key_by_key",
    ),
    _fact(
        "2.transitions",
        "seed",
        "`transitions` is carried wherever it stands and never authored.",
        RULES + "unknown_keys_are_warned_and_transitions_never",
        WIRE + "unknown_keys_come_back_where_they_stood",
    ),
    _fact(
        "2.idempotency_key",
        "seed",
        "`idempotency_key` is text.",
        FIELD,
        BUILDER + "TestSettings::test_the_rest_sets_and_takes_away",
    ),
    _fact(
        "2.webhook",
        "seed",
        "`webhook_url`, `webhook_headers` and `webhook_secret` tell the author's server.",
        FIELD,
        BUILDER + "TestSettings::test_webhook_replaces_whole",
    ),
    _fact(
        "2.metadata",
        "seed",
        "`metadata` is flat, of 10 keys, its keys and texts of 500 characters at most.",
        WHOLE,
        RULES + "metadata_at_its_limits_is_taken",
    ),
    # Layers
    _fact(
        "3.start",
        "seed",
        "An image needs its start; video and audio need both times unless they are stitched.",
        WHOLE,
    ),
    _fact(
        "3.trim",
        "seed",
        "`trim.start_seconds` is where playback starts inside the source.",
        SOUND + "trim",
        SOUND + "trimmed_clip_keeps_its_sound_in_step",
    ),
    _fact(
        "3.background_mode",
        "seed",
        "`background_mode` is blurred, transparent or solid; blurred when left out.",
        FIELD,
        PICTURE + "contain_blurred",
    ),
    _fact(
        "3.motion",
        "seed",
        "`motion` zooms or pans over the layer's duration.",
        FIELD,
        PICTURE + "zoom",
        PICTURE + "pan",
    ),
    _fact(
        "3.transform",
        "seed",
        "`style.transform` is carried; the local engine refuses it by name.",
        BUILDER + "TestFields::test_every_keyword_of_a_clip",
        ERRORS + "all_that_is_unsupported",
    ),
    _fact(
        "3.volume",
        "docs",
        "`volume` multiplies: 1 as recorded, 0 silent.",
        SOUND + "volume",
        SOUND + "silenced",
    ),
    _fact("3.muted", "seed", "`muted` has no audible output.", SOUND + "silenced"),
    _fact(
        "3.loop",
        "docs",
        "`loop` repeats a sound to its layer's duration; without it the sound ends.",
        SOUND + "loop_without_gap_or_click",
        SOUND + "sound_shorter_than_its_layer",
    ),
    _fact("3.fades", "docs", "A sound fades in and out.", SOUND + "fade_in", SOUND + "fade_out"),
    _fact("3.crossfade", "seed", "`crossfade_seconds` is for video only.", WHOLE, TIME + "stitched_dissolve"),
    _fact(
        "3.order",
        "docs",
        "Layers are painted bottom to top, `z_index` first.",
        PICTURE + "paint_order",
        SCENE + "paint_order",
    ),
    _fact(
        "3.resort",
        "docs",
        "Order is meaning: what is written is never re-sorted.",
        WIRE + "equal_models_have_equal_text",
        PAYLOADS + "a_video_request_is_written_as_documented",
    ),
    # Timing
    _fact("4.explicit", "seed", "Explicit times always win.", TIMING + "given_times_win"),
    _fact(
        "4.stitch",
        "seed",
        "Untimed videos play one after another.",
        TIMING + "stitched_clips_follow_each_other",
        TIME + "stitched_cuts",
    ),
    _fact(
        "4.audio",
        "seed",
        "Untimed sound beside stitched videos starts at 0 and ends with them.",
        TIMING + "untimed_sound_is_aligned_to_stitched_videos",
        SOUND + "untimed_sound_under_stitched_clips",
    ),
    _fact("4.images", "seed", "Images are never stitched.", WHOLE),
    _fact("4.image_own", "docs", "An image lasts as long as it says.", TIMING + "given_times_win"),
    _fact(
        "4.image_length",
        "docs",
        "An open image lasts to the composition's given length.",
        TIMING + "open_image_lasts_to_the_given_length",
    ),
    _fact(
        "4.image_latest",
        "docs",
        "An open image lasts to the latest end of layers and texts.",
        TIMING + "open_image_lasts_to_the_latest_end",
        TIME + "images_to_the_end",
    ),
    _fact(
        "4.image_media",
        "docs",
        "An open image waits for lengths that only probing finds.",
        TIMING + "open_image_over_unmeasured_media_waits_for_them",
    ),
    _fact(
        "4.image_error",
        "seed",
        "An image that nothing ends is an error.",
        TIMING + "image_that_nothing_ends_is_an_error",
        RULES + "an_open_image_alone_has_no_length",
    ),
    _fact(
        "4.units",
        "seed",
        "Layer times are seconds, caption words whole milliseconds.",
        FIELD,
        WARNINGS + "captions_are_in_place_and_in_time",
    ),
    # Layout
    _fact(
        "5.box",
        "seed",
        "A box is percent or pixels from the left and top; the full frame when left out.",
        SCENE + "box",
        PICTURE + "box_to_the_pixel",
    ),
    _fact(
        "5.fit",
        "seed",
        "`fit` is cover or contain; cover when left out.",
        FIELD,
        PICTURE + "cover_is_centred_and_unstretched",
    ),
    _fact(
        "5.guardrails",
        "seed",
        "Percentages keep to −100…100 and 0…100.",
        RULES + "percentages_keep_to_their_guardrails",
        RULES + "guardrails_hold_for_every_box",
    ),
    # Text overlays
    _fact("6.needs", "docs", "A text says something, and both its times.", FIELD, WHOLE),
    _fact(
        "6.full_frame",
        "docs",
        "A text without a layout has the full frame.",
        TEXT + "whole_frame_without_a_layout",
    ),
    _fact(
        "6.style",
        "docs",
        "The style's keys are complete and snake_case.",
        WIRE + "manifest_fields_and_documents_agree",
        FIELD,
    ),
    _fact(
        "6.align",
        "seed",
        "`text_align` is left, center, right or justify, inside the box.",
        TEXT + "alignment",
        TEXT + "justified",
    ),
    _fact(
        "6.colors",
        "docs",
        "Colours are hex, CSS names or `rgba()`.",
        MODELS + "colours_of_css",
        TEXT + "colour",
    ),
    _fact(
        "6.pixels",
        "docs",
        "Sizes are output pixels, letter spacing em.",
        TEXT + "size",
        TEXT + "letter_spacing",
    ),
    # Captions
    _fact(
        "7.provider",
        "seed",
        "`provider` is required and is `assemblyai`.",
        FIELD,
        BUILDER + "TestCaptions::test_provider_and_mode_are_always_sent",
    ),
    _fact("7.preset", "seed", "`preset` is one of eight.", FIELD),
    _fact(
        "7.mode",
        "seed",
        "`mode` may be left out; drawn as phrase_karaoke, and sent by the verb.",
        FIELD,
        PHRASES + "karaoke_marks_the_spoken_word",
        BUILDER + "TestCaptions::test_provider_and_mode_are_always_sent",
    ),
    _fact(
        "7.words",
        "seed",
        "Given words are used directly, start before end.",
        WHOLE,
        CAPTIONS + "yellow_is_where_the_word_is",
    ),
    _fact(
        "7.source",
        "seed",
        "The speech source is named where words are left out and it is ambiguous.",
        RULES + "speech_is_looked_for_from_the_document_alone",
        BUILDER + "TestCaptions::test_the_speech_is_named_where_it_is_plain",
    ),
    _fact(
        "7.correct_text",
        "seed",
        "`correct_text` is carried with or without words; the local engine refuses it by name.",
        BUILDER + "TestCaptions::test_every_keyword",
        ERRORS + "all_that_is_unsupported",
    ),
    _fact(
        "7.segments",
        "seed",
        "`max_chars_per_segment` cuts phrases.",
        PHRASES + "the_document_may_say_how_many_characters",
        CAPTIONS + "segments",
    ),
    _fact(
        "7.style",
        "docs",
        "Captions take a layout, and a text's style with `highlight_color`.",
        CAPTIONS + "style",
        CAPTIONS + "layout",
        FIELD,
    ),
    _fact(
        "7.time_overrides",
        "seed",
        "`time_overrides` sets style and layout for a while.",
        WIRE + "time_overrides_of_our_shape_are_values",
    ),
    _fact(
        "7.full_source",
        "seed",
        "Transcription covers the full source.",
        WARNINGS + "an_excerpt_of_speech_may_be_meant",
    ),
    _fact(
        "7.placement",
        "seed",
        "Captions keep to the safe lower third.",
        WARNINGS + "captions_are_in_place_and_in_time",
    ),
    # Music
    _fact(
        "8.simple", "seed", "Simple music needs a prompt.", RULES + "music_requests_are_told_what_they_lack"
    ),
    _fact(
        "8.custom",
        "seed",
        "Custom music needs style and title, and a prompt where it is sung.",
        RULES + "music_requests_are_told_what_they_lack",
        RULES + "whole_music_requests_are_right",
    ),
    _fact(
        "8.request",
        "seed",
        "Music requests are written as documented.",
        PAYLOADS + "a_music_request_is_written_as_documented",
    ),
    _fact(
        "8.tracks",
        "seed",
        "Tracks have id, audio_url, title and duration.",
        PAYLOADS + "tracks_of_a_music_job_load",
    ),
    _fact(
        "8.asset",
        "seed",
        "A track's `audio_url` is an ordinary audio asset.",
        BUILDER + "TestSources::test_tracks",
    ),
    _fact(
        "8.price",
        "seed",
        "A successful request costs 20 credits and brings two tracks; there are none before its end.",
        LOCAL + "music_is_queued_nested",
        LOCAL + "finished_music_is_two_tracks",
        JOBS + "music_gives_two_tracks",
        JOBS + "other_than_two_tracks_is_a_reply_error",
    ),
    # Jobs
    _fact(
        "9.unknown_status",
        "docs",
        "An unknown status means that the job is running, until the caller's deadline.",
        JOBS + "a_wait_follows_to_the_end",
        JOBS + "no_look_after_the_deadline",
    ),
    _fact(
        "9.billing",
        "docs",
        "`billing` has four costs; what is not told is not invented.",
        JOBS + "billing_is_typed",
    ),
    _fact(
        "9.statuses",
        "docs",
        "HTTP statuses and error bodies are not published: the status class counts, the body is kept.",
        CALLS + "what_stays_wrong_is_not_tried_again",
        CALLS + "an_error_body_may_have_any_shape",
        JOBS + "a_failed_job_says_why",
    ),
    _fact(
        "9.render_states",
        "docs",
        "A render is queued, transcribed where captions have no words, rendered, and completed or failed.",
        LOCAL + "each_look_moves_a_job_one_state_on",
        LOCAL + "captions_without_words_are_transcribed_first",
        LOCAL + "a_job_fails_as_told",
        LOCAL + "a_transcription_fails_as_told",
    ),
    _fact(
        "9.music_states",
        "seed",
        "Music is queued, processed, and completed or failed with an `error_message`.",
        LOCAL + "finished_music_is_two_tracks",
        LOCAL + "music_fails_as_told",
    ),
    # Webhooks
    _fact(
        "9.events",
        "docs",
        "Events are `video.render.completed` and `video.render.failed`; others are taken as they come.",
        WEBHOOKS + "a_job_is_found_where_it_may_stand",
        WEBHOOKS + "a_failure_says_why",
        WEBHOOKS + "a_type_that_is_not_known_is_an_event",
    ),
    _fact(
        "9.music_events",
        "seed",
        "Events of music are `music.generation.completed` and `music.generation.failed`.",
        WEBHOOKS + "tracks_are_tracks",
        WEBHOOKS + "a_failure_says_why",
    ),
    _fact(
        "9.signature",
        "docs",
        "The signature is in the header `ReelForger-Signature`.",
        WEBHOOKS + "a_header_is_there_once",
        WEBHOOKS + "headers_are_taken_as_frameworks_hold_them",
    ),
    _fact(
        "9.metadata",
        "docs",
        "`metadata` comes back in events.",
        WEBHOOKS + "a_job_is_found_where_it_may_stand",
        "tests/integration/test_webhook_recipe.py::test_a_delivery_is_answered_and_acted_on",
    ),
    # Recipes
    _fact(
        "10.request",
        "docs",
        "A recipe request is `recipe_id`, `style_preset` and `variables`, and is written as documented.",
        RECIPES + "a_whole_request_is_right",
        RECIPES + "a_request_keeps_its_own_rules",
        RECIPES + "a_request_without_a_needed_key_does_not_load",
    ),
    _fact(
        "10.strict",
        "docs",
        "Variables are strict for each of the five recipes.",
        RECIPES + "the_variables_are_those_of_the_contract",
        RECIPES + "one_broken_variable_is_one_error",
    ),
    _fact(
        "10.needed",
        "docs",
        "Each recipe has variables that it needs, `split_screen` a second video.",
        RECIPES + "a_needed_variable_is_needed",
        RECIPES + "every_other_variable_may_be_left_out",
        RECIPES + "mistypings_are_met_with_what_was_meant",
    ),
    _fact(
        "10.bounds",
        "docs",
        "Two images or items at least; ten chapters, 60 s of sound and 60 characters of hook at most.",
        RECIPES + "one_broken_variable_is_one_error",
        RECIPES + "the_edge_of_what_is_allowed",
    ),
    _fact(
        "10.parts",
        "docs",
        "Parts have a `_style` and a `_layout`, as texts, captions and layers have.",
        RECIPES + "parts_warn_as_documents_do",
        RECIPES + "one_broken_variable_is_one_error",
    ),
    # Decisions
    _fact(
        "D1",
        "decision",
        "The local service's verdict is 200 with errors and warnings apart, a length and no price.",
        LOCAL + "validation_accepts_and_makes_no_job",
        LOCAL + "validation_reports_errors_and_warnings_apart",
        LOCAL + "validation_reports_what_is_no_document",
        SENT + "a_verdict_is_a_value",
        SENT + "faults_are_reported_not_raised",
    ),
    _fact(
        "D1.errors",
        "decision",
        "Its errors are `{success, error: {code, message, details}, request_id}`, each under its own status.",
        LOCAL + "every_status_has_the_documented_body",
        LOCAL + "what_is_not_json_is_400",
        CALLS + "findings_of_the_service_are_issues",
        CALLS + "an_error_body_may_have_any_shape",
        LOCAL + "without_the_key_everything_under_v1_is_401",
        LOCAL + "what_is_not_there_is_404",
        LOCAL + "too_long_a_body_is_413",
        LOCAL + "an_invalid_document_is_422_with_its_issues",
    ),
    _fact(
        "D2",
        "decision",
        "A broken rule, a wrong type or choice and a misplaced field are errors.",
        FIELD,
        WHOLE,
        PAYLOADS + "one_changed_value_is_one_fault",
    ),
    _fact(
        "D2.warnings",
        "decision",
        "Guardrails, readability and unknown keys are warnings.",
        RULES + "unknown_keys_are_warned_and_transitions_never",
        WARNINGS + "text_is_seen_and_can_be_read",
        BUILDER + "TestJudging::test_codes_can_be_ignored",
    ),
    _fact(
        "D2.bounds",
        "decision",
        "Starts, trim, volume and fades are at least 0; durations and sizes above 0.",
        FIELD,
    ),
    _fact(
        "D3",
        "decision",
        "`z_index` is 0 when left out, ties by order; texts, then captions, above all media.",
        SCENE + "paint_order",
        CAPTIONS + "above_everything",
    ),
    _fact(
        "D4",
        "decision",
        "A short video holds its last frame, a short sound ends, and a warning says so.",
        TIMING + "source_shorter_than_its_layer_is_warned",
        TIME + "short_source_holds_its_last_frame",
    ),
    _fact(
        "D5",
        "decision",
        "What goes past the film's end is cut there, with a warning.",
        TIMING + "layers_past_the_end_are_cut",
        TIME + "cut_at_the_end",
    ),
    _fact(
        "D6",
        "decision",
        "A stitched clip's crossfade starts it earlier and dissolves picture and sound.",
        TIMING + "crossfades_overlap_stitched_clips_and_shorten_the_whole",
        TIME + "stitched_dissolve",
        SOUND + "dissolving_sound_has_equal_power",
    ),
    _fact(
        "D6.first",
        "decision",
        "The first clip's crossfade does nothing, with a warning.",
        TIMING + "crossfade_on_the_first_stitched_clip_does_nothing",
    ),
    _fact(
        "D6.length",
        "decision",
        "A crossfade longer than its clips is an error once lengths are known.",
        TIMING + "crossfades_that_do_not_fit_are_errors",
        NOTES + "resolving_hides_no_crossfade_without_room",
        RULES + "media_lengths_bring_out_what_hangs_on_them",
    ),
    _fact(
        "D6.timed",
        "decision",
        "A timed clip dissolves in where it stands; nothing moves.",
        TIMING + "timed_clip_dissolves_over_the_video_it_overlaps",
        TIME + "timed_dissolve_over_a_clip",
    ),
    _fact(
        "D7",
        "decision",
        "The background fills what contain leaves free: blurred, black, or what lies below.",
        PICTURE + "contain_blurred",
        PICTURE + "contain_on_black",
        PICTURE + "contain_on_what_lies_below",
    ),
    _fact(
        "D8",
        "decision",
        "Without words one candidate is the speech; several or none are an error.",
        RULES + "speech_is_looked_for_from_the_document_alone",
        WHOLE,
    ),
    _fact(
        "D8.builder",
        "decision",
        "The builder names the only voiceover, else the only sound that is not music.",
        BUILDER + "TestCaptions::test_the_speech_is_named_where_it_is_plain",
    ),
    _fact(
        "D9",
        "decision",
        "Time overrides of our shape are values, of another shape carried untouched.",
        WIRE + "time_overrides_of_our_shape_are_values",
        WIRE + "time_overrides_of_another_shape_come_back_untouched",
        RULES + "foreign_time_overrides_are_left_alone",
    ),
    _fact(
        "D10",
        "decision",
        "A stitched clip lasts its source less the trim.",
        TIMING + "stitched_clips_follow_each_other",
        TIMING + "clip_trimmed_past_its_end_has_no_length",
    ),
    _fact(
        "D11",
        "decision",
        "A timed video among stitched ones does not move the row.",
        TIMING + "a_timed_video_does_not_move_the_stitch",
    ),
    _fact(
        "D12",
        "decision",
        "Untimed sound lasts to the stitched end, else the film's; sound alone is sequenced.",
        TIMING + "untimed_sound_beside_timed_pictures_lasts_to_the_end",
        TIMING + "sound_alone_is_sequenced",
        TIMING + "untimed_sound_is_aligned_to_stitched_videos",
    ),
    _fact(
        "D13",
        "decision",
        "Motion zooms 1.00 to 1.15 and pans 8 %, evenly over the layer.",
        PICTURE + "zoom",
        PICTURE + "pan",
    ),
    _fact(
        "D14",
        "decision",
        "The same key and JSON are the first job again; another body with that key is a 409.",
        LOCAL + "the_same_key_and_json_are_one_job",
        LOCAL + "the_same_key_and_another_body_are_409",
        LOCAL + "a_hundred_threads_with_one_key_make_one_job",
        CALLS + "key_and_bytes_are_the_same_at_every_try",
        CALLS + "what_stays_wrong_is_not_tried_again",
    ),
    _fact(
        "D15",
        "decision",
        "A signature is `t=<unix>,v1=<hex HMAC-SHA256(secret, t.body)>`; several `v1` may stand.",
        WEBHOOKS + "the_signature_is_the_one_of_the_decision",
        WEBHOOKS + "any_changed_byte_is_refused",
        WEBHOOKS + "secrets_change_on_either_side",
        WEBHOOKS + "a_malformed_signature_is_a_webhook_error",
    ),
    _fact(
        "D15.time",
        "decision",
        "A delivery may be 300 s old, or ahead.",
        WEBHOOKS + "five_minutes_are_forgiven",
        WEBHOOKS + "older_and_later_is_refused",
    ),
    _fact(
        "D15.scheme",
        "decision",
        "The scheme is a parameter, for it is unconfirmed.",
        WEBHOOKS + "the_scheme_is_a_parameter",
    ),
    _fact(
        "D16",
        "decision",
        "`8.0` is sent as `8`; NaN and infinities are refused.",
        WIRE + "integral_floats_are_whole_numbers_on_the_wire",
        WIRE + "what_json_cannot_say_is_refused",
        SENT + "whole_numbers_are_sent_whole",
    ),
    _fact(
        "D16.verbs",
        "decision",
        "Verbs take any real number, never a bool or text.",
        MODELS + "any_real_number_is_taken_as_a_plain_one",
        BUILDER + "TestFields::test_numbers_of_numpy",
        BUILDER + "TestFields::test_wrong_values",
    ),
    _fact(
        "D17",
        "decision",
        "Paths and `file:` URLs are for rendering here; a bare name is refused with the fix.",
        BUILDER + "TestSources::test_paths_become_absolute_file_urls",
        BUILDER + "TestSources::test_a_name_without_scheme_is_refused",
        BUILDER + "TestSources::test_file_urls_pass",
        SENT + "local_files_are_not_sent_to_the_cloud",
        SENT + "a_service_that_opens_files_gets_them",
    ),
    _fact(
        "D18",
        "decision",
        "The film is as long as it says, else to the latest end of what counts.",
        TIMING + "length_is_the_latest_end",
        TIMING + "untimed_sound_gives_the_length_only_when_nothing_else_does",
        TIMING + "looped_sound_gives_the_length_only_when_all_sound_loops",
    ),
    _fact(
        "D19",
        "decision",
        "An open image over unmeasured media lasts to the end that probing finds, with a warning.",
        TIMING + "open_image_over_unmeasured_media_waits_for_them",
        WARNINGS + "the_readme_reel_has_one_warning",
    ),
    _fact(
        "D20",
        "decision",
        "A half-timed layer is an error without auto_stitch, and with it read as far as it says.",
        TIMING + "without_auto_stitch_nothing_is_inferred",
        TIMING + "duration_alone_is_stitched_for_that_long",
        TIMING + "start_alone_lasts_to_the_end_of_the_source",
        TIMING + "looped_start_alone_lasts_to_the_composition_end",
    ),
    _fact(
        "D21",
        "decision",
        "Text is Inter 64 px 700 white, centred, line height 1.2, without stroke or shadow.",
        TEXT + "defaults",
        TEXT + "centred_vertically",
    ),
    _fact(
        "D21.line_height",
        "decision",
        "Line height is a multiplier up to 4, pixels above.",
        TEXT + "line_height",
        "tests/unit/test_lettering.py::TestLayout::test_line_height_is_a_multiplier_up_to_four",
    ),
    _fact(
        "D21.stroke",
        "decision",
        "A stroke colour alone means 4 px, a width alone black.",
        TEXT + "stroke_by_halves",
    ),
    _fact(
        "D21.overflow",
        "decision",
        "Text overflows evenly, is never shrunk, and long words break inside; both are told.",
        TEXT + "too_tall_for_its_box",
        TEXT + "word_longer_than_the_line",
        WARNINGS + "text_fits_its_box",
    ),
    _fact(
        "D22",
        "decision",
        "What a layout leaves out is 0, or what is left of the frame.",
        SCENE + "box",
        WARNINGS + "text_is_seen_and_can_be_read",
    ),
    _fact(
        "D22.below",
        "decision",
        "Boxes are completed from the one behind them.",
        TEXT + "shared_style",
        CAPTIONS + "layout",
    ),
    _fact(
        "D23",
        "decision",
        "Captions stand at 8 %, 77 %, 84 %, 18 %, 64 px at a width of 1080.",
        CAPTIONS + "default_place",
        CAPTIONS + "size_follows_the_frame",
    ),
    _fact(
        "D23.phrases",
        "decision",
        "Phrases have 20 characters and end at sentences, pauses and other speakers.",
        PHRASES + "twenty_characters_a_phrase",
        PHRASES + "a_sentence_ends_its_phrase",
        PHRASES + "a_pause_ends_a_phrase",
        PHRASES + "another_speaker_ends_a_phrase",
    ),
    _fact(
        "D23.lines",
        "decision",
        "Two lines at most.",
        CAPTIONS + "two_lines_at_most",
        WARNINGS + "a_caption_phrase_fits_its_box",
    ),
    _fact(
        "D23.shown",
        "decision",
        "A phrase stays 0.3 s after its last word, or until the next.",
        PHRASES + "a_phrase_goes_after_its_words_or_when_the_next_comes",
        CAPTIONS + "next_phrase_at_once",
    ),
    _fact(
        "D23.word_only",
        "decision",
        "`word_only` shows one word until the next.",
        PHRASES + "word_only_shows_one_word_until_the_next",
        CAPTIONS + "word_only",
    ),
    _fact(
        "D23.karaoke",
        "decision",
        "The spoken word of `phrase_karaoke` differs plainly.",
        CAPTIONS + "karaoke",
        CAPTIONS + "yellow_is_where_the_word_is",
    ),
    _fact(
        "D23.safe",
        "decision",
        "The safe lower third is x 4–96 %, y 55–96 %.",
        WARNINGS + "captions_are_in_place_and_in_time",
    ),
    _fact(
        "D24",
        "decision",
        "Edges are rounded to frames, so neighbours never gap or overlap.",
        MODELS + "seconds_round_to_the_nearest_frame",
        TIMING + "frames_are_rounded_edges",
        "tests/property/test_timing.py::test_stitched_neighbours_share_their_frame",
        TIME + "cut_on_the_frame",
    ),
    _fact(
        "D25",
        "decision",
        "An item of a list is text, or an object of title, image_url and video_url.",
        RECIPES + "a_whole_request_is_right",
        RECIPES + "one_broken_variable_is_one_error",
    ),
]
"""In the contract's order."""
