"""The request body as a JSON Schema, made from the table of fields: what editors complete and underline.

A document that the rules find no error in is valid here, too. The other way
round holds as far as a schema can say: it knows one value and its neighbours,
not which id names what, how long files are, or where the film ends.
"""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from typing import Any

from reelforge_dsl.models import (
    LAYER_FIELDS,
    Asset,
    Composition,
    Json,
    Layer,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    TimeOverride,
)
from reelforge_dsl.models.colors import color_names
from reelforge_dsl.models.fields import WEIGHT_WORDS, Rule, required_of, rules_of
from reelforge_dsl.units import FPS, MAX_SECONDS

Node = dict[str, Any]

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_OTHER_CASE = r"^(?=.*[A-Z\s_-])[A-Za-z\s_-]+$"
"""Words in other cases or with blanks around: taken, and too many to list."""

_FORMS: dict[str, Node] = {
    "": {"type": "string"},
    "name": {"type": "string", "pattern": r"\S"},
    "length": {"type": "string", "pattern": rf"^[+-]?{_NUMBER}(?:%|px)$"},
    "color": {
        "type": "string",
        "anyOf": [
            {"enum": [*color_names()]},
            {"pattern": r"^\s*#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})\s*$"},
            {
                "pattern": rf"^\s*[rR][gG][bB][aA]?\(\s*[+-]?{_NUMBER}%?"
                rf"(?:[\s,/]+[+-]?{_NUMBER}%?){{2,3}}\s*\)\s*$"
            },
            {"pattern": _OTHER_CASE},
        ],
    },
    "weight": {
        "anyOf": [
            {"type": "number", "minimum": 1, "maximum": 1000},
            {"enum": [*WEIGHT_WORDS]},
            {"type": "string", "pattern": r"^\s*[0-9]{1,4}(?:\.[0-9]{0,9})?\s*$"},
            {"type": "string", "pattern": _OTHER_CASE},
        ],
    },
}
_SHAPES: dict[str, Node] = {
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
}
_SHARED = ("length", "color", "weight")
"""Forms that stand once in ``$defs``."""

_MORE: dict[tuple[type, str], Node] = {
    (Manifest, "version"): {"const": "v1"},
    (Manifest, "assets"): {"minItems": 1},
    (Manifest, "webhook_url"): {"pattern": "^https?://"},
    (Manifest, "metadata"): {
        "maxProperties": 10,
        "propertyNames": {"maxLength": 500},
        "additionalProperties": {"type": ["string", "number", "boolean", "null"], "maxLength": 500},
    },
    (Output, "width"): {"multipleOf": 2},
    (Output, "height"): {"multipleOf": 2},
    (Output, "fps"): {"const": FPS},
    (Asset, "url"): {"pattern": "^(?:https?://|file:)"},
    (Composition, "duration_seconds"): {"maximum": MAX_SECONDS},
    (Composition, "timeline"): {"minItems": 1},
    (Composition, "auto_stitch"): {"default": False},
}
"""What single fields ask for beyond their rule's form and bounds. Source: contract §2."""

_NEEDED: dict[type, str] = {Manifest: "assets", Composition: "timeline", TextOverlay: "time"}
"""Keys that a model can do without and a request cannot. Source: contract §2, §6."""

_BOTH = {"required": ["time"], "properties": {"time": {"required": ["start_seconds", "duration_seconds"]}}}


def request_schema() -> Node:
    """Return the schema of a render request, JSON Schema 2020-12, as fresh plain dicts."""
    top = _object_of(Manifest)
    defs: Node = {name: _FORMS[name] for name in _SHARED}
    for cls in sorted(_classes_in(Manifest) - {Manifest}, key=lambda cls: cls.__name__):
        defs[cls.__name__] = _object_of(cls)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:reelforge-dsl:v1:request",
        **top,
        "title": "ReelForger v1 render request",
        "description": "What POST /v1/videos/render and POST /v1/videos/validate take.",
        "$defs": defs,
    }
    return json.loads(json.dumps(schema))  # type: ignore[no-any-return] # no part is shared with the next


def schema_text() -> str:
    """Return the schema as the text of ``v1.schema.json``."""
    return json.dumps(request_schema(), ensure_ascii=False, indent=2) + "\n"


def _classes_in(cls: type) -> set[type]:
    """Return a model and every model in it."""
    found = {cls}
    for rule in rules_of(cls).values():
        if rule.of not in (None, Json):
            found |= _classes_in(rule.of)
    return found


def _object_of(cls: type) -> Node:
    needed = [key for key in rules_of(cls) if key in required_of(cls) or key == _NEEDED.get(cls)]
    told = _told_of(cls)
    node: Node = {"title": cls.__name__, "description": _summary_of(cls), "type": "object"}
    if needed:
        node["required"] = needed
    node["properties"] = {key: _field(cls, key, rule, told.get(key)) for key, rule in rules_of(cls).items()}
    node["additionalProperties"] = True
    also = _also(cls)
    return node | ({"allOf": also} if also else {})


def _field(cls: type, key: str, rule: Rule, told: str | None) -> Node:
    node = dict(_value(rule))
    if rule.least is not None:
        node["minimum"] = rule.least
    if rule.above is not None:
        node["exclusiveMinimum"] = rule.above
    node |= _MORE.get((cls, key), {})
    return {"description": told, **node} if told else node


def _value(rule: Rule) -> Node:
    if rule.choices:
        return {"type": "string", "enum": [*rule.choices]}
    if rule.form in _SHARED:
        return {"$ref": f"#/$defs/{rule.form}"}
    if rule.form == "whole":
        return {"type": "integer"}
    if rule.of in (None, Json):
        return _FORMS[rule.form] if rule.shape == "string" else _SHAPES[rule.shape]
    inside = {"$ref": f"#/$defs/{rule.of.__name__}"}
    if rule.of is TimeOverride:  # any shape is kept, so this one is only offered (decision D9)
        return {
            "type": ["array", "object", "string", "number", "boolean"],
            "items": {"anyOf": [inside, {}]},
        }
    return inside if rule.shape == "object" else {"type": "array", "items": inside}


def _also(cls: type) -> list[Node]:
    """Return what neighbours say about each other. Source: contract §3, §4, §6."""
    if cls is Layer:
        return [_of_type(kind) for kind in LAYER_FIELDS]
    if cls is TextOverlay:
        return [_BOTH]
    if cls is not Composition:
        return []
    timed = {"if": _is("type", "video", "audio"), "then": _BOTH}
    return [{"if": {"not": _is("auto_stitch", True)}, "then": {"properties": {"timeline": {"items": timed}}}}]


def _of_type(kind: str) -> Node:
    """Return what a layer of a type must have, and what it cannot. Source: contract §3, decision D2."""
    every = set().union(*LAYER_FIELDS.values())
    barred = {key for key in every if key not in LAYER_FIELDS[kind]}
    then: Node = {"properties": {key: False for key in rules_of(Layer) if key in barred}}
    settings = {key: False for key in rules_of(MediaSettings) if f"media_settings.{key}" in barred}
    then["properties"]["media_settings"] = {"properties": settings}
    if kind == "image":
        then["required"] = ["time"]
        then["properties"]["time"] = {"required": ["start_seconds"]}
    return {"if": _is("type", kind), "then": then}


def _is(key: str, *values: Any) -> Node:
    return {"required": [key], "properties": {key: {"enum": [*values]}}}


def _summary_of(cls: type) -> str:
    return _plain((inspect.getdoc(cls) or "").split("\n\n")[0])


@cache
def _told_of(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class, and of those it is made from, say of each attribute."""
    told: dict[str, str] = {}
    for owner in reversed(cls.__mro__[:-1]):
        part = re.search(r"^Attributes:\n(.*?)(?=^\S|\Z)", inspect.cleandoc(owner.__doc__ or ""), re.M | re.S)
        for name, text in re.findall(r"^    (\w+): (.*(?:\n     .*)*)", part[1] if part else "", re.M):
            told[name] = _plain(text)
    return told


def _plain(text: str) -> str:
    """Return prose without line breaks and the markup of docstrings."""
    without = re.sub(r" \((?:decision|contract)[^)]*\)", "", " ".join(text.split()))
    return without.replace("``", "`")
