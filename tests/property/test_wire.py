"""Documents of every kind: valid ones come back, broken ones are told, nothing else happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.models import Json, Manifest, fields
from reelforge_dsl.wire import dumps, from_dict, loads, to_dict

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(-1e299, 1e299)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PLAIN = {"string": TEXT, "number": NUMBERS, "boolean": st.booleans(), "number or string": NUMBERS | TEXT}


def values(rule: fields.Rule) -> st.SearchStrategy[Any]:
    """Return what may stand in a field, by its shape alone."""
    if rule.of is Json:
        return st.dictionaries(TEXT, ANY_JSON, max_size=3)
    if rule.shape == "object":
        return objects(rule.of)
    if rule.shape == "list":
        return st.lists(objects(rule.of), max_size=2)
    return PLAIN[rule.shape]


def objects(cls: type) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents of a class: needed keys, some others, and strangers, in any order."""
    rules, needed = fields.rules_of(cls), fields.required_of(cls)
    known = st.fixed_dictionaries(
        {key: st.deferred(lambda rule=rule: values(rule)) for key, rule in rules.items() if key in needed},
        optional={
            key: st.deferred(lambda rule=rule: values(rule))
            for key, rule in rules.items()
            if key not in needed
        },
    )
    strangers = st.dictionaries(TEXT.filter(lambda key: key not in rules), ANY_JSON, max_size=1)

    def shuffled(parts: tuple[dict[str, Any], dict[str, Any], Any]) -> dict[str, Any]:
        pairs = [*parts[0].items(), *parts[1].items()]
        parts[2].shuffle(pairs)
        return dict(pairs)

    return st.tuples(known, strangers, st.randoms(use_true_random=False)).map(shuffled)


DOCUMENTS = objects(Manifest)
ODDITIES = ANY_JSON | st.sampled_from(
    [float("nan"), float("inf"), "\ud800", 10**400, object(), {1: 2}, {"a": {2}}]
)


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """Return a document in which one value, anywhere, is something else or is gone."""
    document = draw(DOCUMENTS)
    place: Any = document
    while True:
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not steps:
            return document
        step = draw(st.sampled_from(steps))
        if isinstance(place[step], (dict, list)) and draw(st.booleans()):
            place = place[step]
        elif draw(st.booleans()):
            place[step] = draw(ODDITIES)
            return document
        else:
            del place[step]
            return document


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_a_document_comes_back(document):
    """Loading what was dumped gives the same model, and dumping that the same bytes."""
    manifest = from_dict(document)
    text = dumps(manifest)
    assert loads(text) == manifest
    assert dumps(loads(text)) == text
    assert hash(loads(text)) == hash(manifest)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_nothing_is_lost_or_changed(document):
    """The values that come out are the values that went in, strangers included."""
    assert to_dict(from_dict(document)) == document


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_the_text_is_what_the_json_module_writes(document):
    """Our writer and the standard one agree, byte for byte."""
    manifest = from_dict(document)
    plain = json.dumps(to_dict(manifest), ensure_ascii=False, separators=(",", ":"))
    assert dumps(manifest) == plain


def outcome(read: Callable[[], Manifest]) -> Manifest | tuple[Issue, ...]:
    """Return the model, or what is wrong with the document; any other error fails the test."""
    try:
        return read()
    except ManifestInvalidError as error:
        str(error).encode()
        return error.issues


@settings(max_examples=300, deadline=None)
@given(broken(), st.booleans())
def test_a_broken_document_is_told_or_loads(document, strict):
    """Whatever stands anywhere, the only error is the one with issues, and it has some."""
    found = outcome(lambda: from_dict(document, strict=strict))
    if isinstance(found, Manifest):
        assert loads(dumps(found)) == found
    else:
        assert found
        assert all(issue.path.startswith("$") for issue in found)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.binary(max_size=40) | ANY_JSON.map(json.dumps))
def test_any_text_is_told_or_loads(text):
    """Noise is no crash."""
    found = outcome(lambda: loads(text))
    assert isinstance(found, Manifest) or found


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.data())
def test_a_cut_off_document_is_told(document, data):
    """A document that ends too early is no JSON."""
    text = dumps(from_dict(document))
    found = outcome(lambda: loads(text[: data.draw(st.integers(0, len(text) - 1))]))
    assert isinstance(found, tuple)
    assert [issue.code for issue in found] == ["not_json"]
