"""The wire room: one text form, and every fault at once."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest
from attrs import evolve

from reelforge_dsl.errors import FieldError, ManifestInvalidError
from reelforge_dsl.models import (
    Asset,
    Captions,
    Composition,
    Extra,
    Json,
    Layer,
    Layout,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    TextStyle,
    Time,
    TimeOverride,
    Word,
)
from reelforge_dsl.models.music import Track
from reelforge_dsl.wire import digest, dumps, from_dict, loads, to_dict

START = '{"version":"v1","output":{"width":1080,"height":1920,"fps":30},'
EMPTY = START + '"composition":{}}'


def told(text: Any, **how: Any) -> list[tuple[str, str]]:
    """Return code and path of every fault."""
    with pytest.raises(ManifestInvalidError) as caught:
        loads(text, **how)
    return [(issue.code, issue.path) for issue in caught.value.issues]


def within(composition: str) -> str:
    return f'{START}"composition":{composition}}}'


def test_integral_floats_are_whole_numbers_on_the_wire():
    """8.0 is written as 8, as a documented number is, and 2.5 stays."""
    assert dumps(Time(8.0, 2.5)) == '{"start_seconds":8,"duration_seconds":2.5}'
    assert dumps(Time(-0.0, 1e16)) == '{"start_seconds":0,"duration_seconds":10000000000000000}'


def test_unset_is_absent():
    """A field that is None has no key."""
    assert dumps(loads(EMPTY)) == EMPTY


def test_text_stands_as_itself():
    """Characters beyond ASCII are not escaped."""
    assert '"héllo 👋 \\"x\\"\\n"' in dumps(TextOverlay(content='héllo 👋 "x"\n'))


def test_indent_says_the_same_on_many_lines():
    """An indented document reads as the compact one."""
    text = dumps(loads(EMPTY), indent=2)
    assert text.startswith('{\n  "version": "v1",\n')
    assert loads(text) == loads(EMPTY)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 10**400, "8", True, None])
def test_what_json_cannot_say_is_refused(wrong):
    """A hand-made model with a wrong number names the field, and raises no error of Python's own."""
    with pytest.raises(FieldError) as caught:
        dumps(Output(1080, wrong, 30))
    assert caught.value.field == "$.height"


def test_a_part_of_the_wrong_class_is_named():
    """A dict where a layer should be is told at its path."""
    body = Composition(timeline=({"id": "a"},))
    with pytest.raises(FieldError, match=r"\$\.timeline  expected a list of Layer"):
        dumps(body)


def test_half_a_surrogate_is_refused_on_the_way_out():
    """Text that UTF-8 cannot say is not written."""
    with pytest.raises(FieldError, match="surrogate"):
        dumps(Asset("a", "video", "https://example.com/\ud800"))


def test_numpy_numbers_are_taken():
    """A NumPy number is written as a plain one."""
    assert dumps(Time(np.float32(0.5), np.int64(3))) == '{"start_seconds":0.5,"duration_seconds":3}'


def test_unknown_keys_come_back_where_they_stood():
    """Keys the contract does not name keep their place and their value."""
    text = within('{"mood":8.5,"auto_stitch":true,"transitions":[{"type":"fade"}],"timeline":[]}')
    assert dumps(loads(text)) == text


def test_unknown_keys_survive_a_change_of_their_neighbour():
    """A key whose neighbour was taken away stays in place."""
    layer = from_dict({"id": "a", "type": "video", "asset_id": "a", "x": 1, "motion": "none"}, Layer)
    assert dumps(evolve(layer, motion=None, asset_id="b")) == '{"id":"a","type":"video","asset_id":"b","x":1}'


def test_a_key_given_twice_by_hand_is_refused():
    """An extra with the name of a field cannot be written beside it."""
    with pytest.raises(FieldError):
        dumps(Time(1, 2, extra=(Extra("start_seconds", Json.of(3)),)))


def test_wrong_documents_of_the_right_shape_load():
    """Unknown words, fps 25 and numbers out of bounds are for the rules, not for the loader."""
    text = (
        '{"version":"v9","output":{"width":-1,"height":1.5,"fps":25},"composition":{"duration_seconds":-5,'
        '"timeline":[{"id":"","type":"hologram","asset_id":"x","layout":{"x":"wide","fit":"covr"},"motion":"spin"}],'
        '"captions":{"provider":"me","preset":"none","words":[{"text":"","start":9,"end":-1}]}}}'
    )
    assert dumps(loads(text)) == text


def test_hand_made_values_are_not_judged_on_the_way_in():
    """A layout, a style and a word that authors could not make still load."""
    assert from_dict({"x": "wide"}, Layout).x == "wide"
    assert from_dict({"font_size": -3}, TextStyle).font_size == -3
    assert from_dict({"text": "a", "start": 9, "end": 1}, Word).end == 1


def test_every_fault_is_told_at_once_in_document_order():
    """Twelve faults in one document are twelve issues, each at its place."""
    text = """{"version":1,"output":{"width":"1080","height":null,"fps":NaN},
        "assets":[{"id":"a","type":"video"},7,null],
        "composition":{"auto_stitch":"true","timeline":{"a":1},
            "text_overlays":[{"content":"x","style":{"font_weight":[],"font_size":1e999},
                "odd key":{"x":NaN}}]},
        "metadata":[]}"""
    assert told(text) == [
        ("wrong_type", "$.version"),
        ("wrong_type", "$.output.width"),
        ("null_value", "$.output.height"),
        ("not_a_number", "$.output.fps"),
        ("missing_key", "$.assets[0].url"),
        ("wrong_type", "$.assets[1]"),
        ("null_value", "$.assets[2]"),
        ("wrong_type", "$.composition.auto_stitch"),
        ("wrong_type", "$.composition.timeline"),
        ("wrong_type", "$.composition.text_overlays[0].style.font_weight"),
        ("not_a_number", "$.composition.text_overlays[0].style.font_size"),
        ("not_a_number", '$.composition.text_overlays[0]["odd key"].x'),
        ("wrong_type", "$.metadata"),
    ]


def test_a_fault_is_in_plain_words():
    """The message says what was expected, what came, and how to mend it."""
    with pytest.raises(ManifestInvalidError) as caught:
        loads(EMPTY.replace("1080", '"1080"'))
    assert str(caught.value) == (
        "This document has 1 problem\n"
        "  $.output.width  expected a number, got text '1080'   [wrong_type]\n"
        "    fix: write 1080 without quotes"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", [("not_json", "$")]),
        ("{", [("not_json", "$")]),
        ("{'a': 1}", [("not_json", "$")]),
        (b"\xff{}", [("not_json", "$")]),
        (None, [("not_json", "$")]),
        ("[]", [("not_an_object", "$")]),
        ("5", [("not_an_object", "$")]),
        ("[" * 100_000, [("too_deep", "$")]),
        ('{"a":' * 100_000, [("too_deep", "$")]),
        ('{"version":' + "1" * 5000 + "}", [("not_a_number", "$")]),
        (EMPTY.replace("1080", "1" * 400), [("not_a_number", "$.output.width")]),
        (EMPTY.replace("{}", '{"a":' + "[" * 200 + "]" * 200 + "}"), [("too_deep", "$.composition.a")]),
        (EMPTY.replace("v1", "\\ud83d"), [("not_text", "$.version")]),
        (EMPTY.replace("{}", '{"\\ud83d":1}'), [("not_text", '$.composition["\\ud83d"]')]),
        (EMPTY.replace("1080", "true"), [("wrong_type", "$.output.width")]),
        (EMPTY.replace("{}", "[]"), [("wrong_type", "$.composition")]),
        (EMPTY.replace('0,"fps', '0,"fps":1,"fps'), [("duplicate_key", "$.output.fps")]),
        (EMPTY.replace("{}", '{"a":{"b":1,"b":2}}'), [("duplicate_key", "$.composition.a.b")]),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_every_bad_document_is_one_kind_of_error(text, place):
    """Syntax, depth, size and shape are all told the same way."""
    assert told(text) == place


def test_a_syntax_fault_tells_its_line():
    """What is not JSON is told with line and column."""
    with pytest.raises(ManifestInvalidError, match="is not JSON at line 2, column 6"):
        loads('{\n"a": ?}')


def test_a_byte_order_mark_does_no_harm():
    """A file from Windows loads, as text and as bytes."""
    assert loads("\ufeff" + EMPTY) == loads(EMPTY) == loads(("\ufeff" + EMPTY).encode())


def test_secrets_are_in_no_message():
    """A fault in a webhook's secret or headers does not show the value."""
    text = EMPTY[:-1] + ',"webhook_secret":123454321,"webhook_headers":"Bearer abc"}'
    with pytest.raises(ManifestInvalidError) as caught:
        loads(text)
    assert "123454321" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_strict_takes_unknown_keys_for_faults():
    """With strict, a key nobody knows is told with the near one; a carried key is not."""
    text = within('{"timelime":[],"transitions":[]}')
    loads(text)
    with pytest.raises(ManifestInvalidError) as caught:
        loads(text, strict=True)
    (issue,) = caught.value.issues
    assert (issue.code, issue.path) == ("unknown_key", "$.composition.timelime")
    assert issue.fix == "did you mean 'timeline'?"


@pytest.mark.parametrize(
    "held",
    ['[{"from":1,"to":2}]', '{"0":{}}', '[{"time":{"start":1,"end":2}}]', '[{"time":{}},7]'],
)
def test_time_overrides_of_another_shape_come_back_untouched(held):
    """A shape that is not ours is held as it came."""
    text = within('{"captions":{"provider":"assemblyai","preset":"neon_glow","time_overrides":' + held + "}}")
    captions = loads(text).composition.captions
    assert captions is not None
    assert captions.time_overrides == Json(held)
    assert dumps(loads(text)) == text


def test_time_overrides_of_our_shape_are_values():
    """Windows of our shape load as such."""
    body = {
        "provider": "assemblyai",
        "preset": "neon_glow",
        "time_overrides": [{"time": {"start_seconds": 1, "duration_seconds": 2}, "layout": {"y": "10%"}}],
    }
    assert from_dict(body, Captions).time_overrides == (TimeOverride(Time(1, 2), layout=Layout(y="10%")),)


def test_plain_values_from_python_are_judged_like_json():
    """A key that is no text, a Python object and an endless list are faults, not crashes."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict({1: 2, "id": object(), "url": np.zeros(2), "x": endless}, Asset)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [
        ("missing_key", "$.type"),
        ("wrong_type", "$"),
        ("wrong_type", "$.id"),
        ("wrong_type", "$.url"),
        ("too_deep", "$.x"),
    ]


def test_a_class_that_is_no_model_is_refused():
    """from_dict and to_dict know the models only."""
    with pytest.raises(FieldError):
        from_dict({}, int)
    with pytest.raises(FieldError):
        to_dict(5)


def test_to_dict_gives_fresh_plain_values():
    """Changing the dict changes nothing in the model."""
    track = Track("t", "https://example.com/a.mp3", "Night", 87)
    said = to_dict(track)
    assert said == {"id": "t", "audio_url": "https://example.com/a.mp3", "title": "Night", "duration": 87}
    said["title"] = "Day"
    assert from_dict(to_dict(track), Track) == track


def test_equal_models_have_equal_text():
    """1 and 1.0 and True are equal in Python, and on the wire they are the same or refused."""
    assert dumps(MediaSettings(volume=1)) == dumps(MediaSettings(volume=1.0))
    assert dumps(MediaSettings(loop=True)) == dumps(MediaSettings(loop=1))


def test_digest_looks_at_picture_and_sound_only():
    """Key, metadata and webhook leave the digest alone; a second of a layer does not."""
    plain = loads(within('{"duration_seconds":5}'))
    dressed = evolve(plain, idempotency_key="k", metadata=Json.of({"a": 1}), webhook_secret="s")
    longer = evolve(plain, composition=evolve(plain.composition, duration_seconds=6))
    assert digest(plain) == digest(dressed) != digest(longer)
    assert len(digest(plain)) == 64


def test_the_error_pickles():
    """The one error of loading survives a process boundary with its issues."""
    with pytest.raises(ManifestInvalidError) as caught:
        loads("{}")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.issues == caught.value.issues
    assert str(again) == str(caught.value)


def test_importing_the_room_does_not_import_cattrs():
    """The converter is built with the first document."""
    code = "import sys, reelforge_dsl.wire; print('cattrs' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_manifest_fields_and_documents_agree():
    """Every key of a full document is a field, none is left to the unknown ones."""
    manifest = loads(EMPTY)
    assert isinstance(manifest, Manifest)
    assert manifest.extra == ()
    assert json.loads(dumps(manifest)) == json.loads(EMPTY)


@pytest.mark.parametrize(
    ("data", "fixes"),
    [
        ({"id": "a"}, ['add "type": one of "video", "audio", "image"', 'add "url": "https://…"']),
        ({"id": "a", "type": "image", "file": {"url": "x"}}, ["move it up from $.file.url"]),
        ({"id": "a", "type": "image", "a b": {"url": "x"}}, ['move it up from $["a b"].url']),
        ({"id": "a", "type": "image", "file": ["url"]}, ['add "url": "https://…"']),
    ],
)
def test_a_missing_key_says_where_it_is(data, fixes):
    """A key that stands one object too deep is named there, and a choice with its words."""
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict(data, Asset)
    assert [issue.fix for issue in caught.value.issues] == fixes


def test_a_key_of_metadata_is_no_key_of_the_document():
    """Metadata may have any key, so none is moved up from it."""
    document = json.loads(EMPTY) | {"metadata": {"version": "3"}}
    del document["version"]
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict(document)
    assert [issue.fix for issue in caught.value.issues] == ['add "version": "v1"']


def test_a_provider_is_named():
    """Of a choice with one word, that word is the fix."""
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict({"preset": "soft_pill"}, Captions)
    assert [issue.fix for issue in caught.value.issues] == ['add "provider": "assemblyai"']


@pytest.mark.parametrize("text", ["films/reel.json", PurePosixPath("films/reel.json")])
def test_a_file_is_not_its_text(text):
    """The name of a file where its text goes is told as that."""
    with pytest.raises(ManifestInvalidError) as caught:
        loads(text)
    assert caught.value.issues[0].fix == "give what is in the file: Path(…).read_bytes()"


def test_text_is_not_a_dict():
    """Text where plain values go is sent to the function that reads text."""
    with pytest.raises(ManifestInvalidError) as caught:
        from_dict(EMPTY)
    assert caught.value.issues[0].fix == "loads and from_json read text"
