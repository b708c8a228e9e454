"""Every fault of a document at once, in document order and in plain words."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from functools import cache
from typing import Any

import attrs

from reelforge_dsl.errors import FieldError, Issue, near
from reelforge_dsl.models import Json, TimeOverride
from reelforge_dsl.models.examples import written
from reelforge_dsl.models.fields import Rule, required_of, rules_of
from reelforge_dsl.wire import _shapes
from reelforge_dsl.wire._shapes import MisshapenError
from reelforge_dsl.wire._text import too_deep

CARRIED = frozenset({"transitions"})
"""Keys that the contract knows without a shape: never unknown. Source: contract §2."""

_WANTED = {
    "string": "text",
    "number": "a number",
    "boolean": "true or false",
    "number or string": "a number or a word",
    "object": "an object",
    "list": "a list",
}
_CHECKS = {
    "string": _shapes.string,
    "number": _shapes.number,
    "boolean": _shapes.boolean,
    "number or string": _shapes.number_or_string,
}


def faults(data: Any, cls: type, *, strict: bool = False) -> Iterator[Issue]:
    """Yield what keeps plain values from being a model of that class.

    Args:
        data: The plain values.
        cls: The model.
        strict: Unknown keys, too.
    """
    if not isinstance(data, dict):
        what = f"expected an object, got {_told(data)}"
        fix = "loads and from_json read text" if isinstance(data, str) else "a document starts with {"
        yield Issue("not_an_object", "error", "$", what, fix)
        return
    yield from _object_faults(data, cls, "$", strict)


def misfit(value: Any) -> FieldError:
    """Return the error that names the first field of a model that JSON cannot say."""
    for path, rule, held in _fields_within(value, "$"):
        wrong = _unwritable(rule, held)
        if wrong:
            return FieldError(f"{path}  {wrong}", field=path, value=held)
    return FieldError(f"{type(value).__name__} holds something JSON cannot say", value=value)


def foreign_issues(value: Any, secrets: Container[str] = ()) -> Iterator[Issue]:
    """Yield everything in a plain value that JSON cannot say; of a secret key, only its value's type."""
    for found in _shapes.foreign_faults(value):
        yield _issue(found, "$", any(step in secrets for step in found.steps))


def below(path: str, *steps: str | int) -> str:
    """Return the JSON path of something inside: ``$.assets[0].id``, ``$["odd key"]``."""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier():
            path += f".{step}"
        else:
            path += f"[{json.dumps(step, ensure_ascii=not step.isprintable())}]"
    return path


def _object_faults(data: Any, cls: type, path: str, strict: bool) -> Iterator[Issue]:
    if not isinstance(data, dict):
        yield _issue(MisshapenError("wrong_type", "an object", value=data), path)
        return
    rules = rules_of(cls)
    for key in rules:
        if key in required_of(cls) and key not in data:
            yield _missing(key, cls, path, data)
    for key, value in data.items():
        if isinstance(data, _shapes.Doubled) and key in data.again:
            yield _issue(MisshapenError("duplicate_key", steps=(key,)), path)
        if key in rules:
            yield from _field_faults(value, cls, key, path, strict)
        else:
            yield from _stranger_faults(key, value, cls, path, strict)


def _field_faults(value: Any, cls: type, key: str, path: str, strict: bool) -> Iterator[Issue]:
    rule, inside = rules_of(cls)[key], below(path, key)
    if value is None:
        yield _null(rule, key, inside, key in required_of(cls))
    elif rule.of is TimeOverride:
        yield from _override_faults(value, inside, strict)
    elif rule.of is Json:
        if rule.shape == "object" and not isinstance(value, dict):
            yield _issue(MisshapenError("wrong_type", "an object", value=value), inside, key in _secrets(cls))
            return
        for found in _shapes.foreign_faults(value):
            yield _issue(found, inside, key in _secrets(cls))
    elif rule.shape == "object":
        yield from _object_faults(value, rule.of, inside, strict)
    elif rule.shape == "list":
        yield from _list_faults(value, rule.of, inside, strict)
    else:
        try:
            _CHECKS[rule.shape](value)
        except MisshapenError as found:
            yield _issue(found, inside, key in _secrets(cls))


def _list_faults(value: Any, cls: type, path: str, strict: bool) -> Iterator[Issue]:
    if not isinstance(value, (list, tuple)):
        yield _issue(MisshapenError("wrong_type", "a list", value=value), path)
        return
    for index, item in enumerate(value):
        if item is None:
            yield _issue(MisshapenError("null_value"), below(path, index))
        else:
            yield from _object_faults(item, cls, below(path, index), strict)


def _override_faults(value: Any, path: str, strict: bool) -> Iterator[Issue]:
    """Tell of ``time_overrides`` only what no JSON may hold: their shape is not published (decision D9)."""
    found = [_issue(fault, path) for fault in _shapes.foreign_faults(value)]
    if not found and strict and isinstance(value, (list, tuple)):
        ours = [
            issue
            for index, item in enumerate(value)
            for issue in _object_faults(item, TimeOverride, below(path, index), strict)
        ]
        if all(issue.code == "unknown_key" for issue in ours):
            found = ours
    yield from found


def _stranger_faults(key: Any, value: Any, cls: type, path: str, strict: bool) -> Iterator[Issue]:
    wrong = [*_shapes.key_faults(key)]
    yield from (_issue(found, path) for found in wrong)
    if wrong:
        return
    if strict and key not in CARRIED:
        known = list(rules_of(cls))
        what = "is not a key of the contract"
        yield Issue("unknown_key", "error", below(path, key), what, near(key, known))
    for found in _shapes.foreign_faults(value):
        yield _issue(found, below(path, key))


def _missing(key: str, cls: type, path: str, data: dict[Any, Any]) -> Issue:
    rules = rules_of(cls)
    fix = f"add {written(key, rules[key])}"
    for other, value in data.items():
        is_foreign = other in rules and rules[other].of is Json  # metadata may have such a key of its own
        if isinstance(other, str) and isinstance(value, dict) and key in value and not is_foreign:
            fix = f"move it up from {below(path, other, key)}"
    return Issue("missing_key", "error", below(path, key), f"the key {key!r} is missing", fix)


def _null(rule: Rule, key: str, path: str, required: bool) -> Issue:
    fix = f"write {written(key, rule)}" if required else "leave the key out, or give a value"
    return Issue("null_value", "error", path, "is null", fix)


def _issue(found: MisshapenError, path: str, secret: bool = False) -> Issue:
    """Put a fault into words; of a secret only its type is told."""
    code = found.code
    if code == "too_deep":
        return too_deep(path)
    path = below(path, *found.steps)
    if code == "duplicate_key":
        return Issue(code, "error", path, "this key stands twice in one object", "keep one of them")
    if code == "null_value":
        return Issue(code, "error", path, "is null", "take it out of the list")
    if code == "not_text":
        what = "the text holds half of a surrogate pair, which UTF-8 cannot say"
        return Issue(code, "error", path, what, "decode it as UTF-16 first")
    if code == "not_a_number":
        what = f"{_shapes.nameless(found.value)} cannot stand in JSON"
        return Issue(code, "error", path, what, "give a finite number")
    got = _kind(found.value) if secret else _told(found.value)
    fix = None if secret else _fix(found)
    return Issue(code, "error", path, f"expected {found.wanted}, got {got}", fix)


def _fix(found: MisshapenError) -> str | None:
    value, wanted = found.value, found.wanted
    if isinstance(value, str):
        if "number" in wanted and _looks_like_a_number(value):
            return f"write {value.strip()} without quotes"
        if wanted == "true or false" and value.strip().lower() in ("true", "false"):
            return f"write {value.strip().lower()} without quotes"
    elif wanted == "true or false" and type(value) is int and value in (0, 1):
        return "write true" if value else "write false"
    elif wanted == "text" and type(value) in (int, float) and abs(value) < 1e16:
        return f'write "{value}" in quotes'
    elif wanted == "a list" and isinstance(value, dict):
        return "put it in [ ]"
    return None


def _looks_like_a_number(text: str) -> bool:
    try:
        return _shapes.number(float(text)) is not None
    except (ValueError, MisshapenError):
        return False


def _told(value: Any) -> str:
    """Return a plain value for a message: its JSON type, and the value where it is short."""
    if isinstance(value, str):
        return f"text {value if len(value) <= 40 else value[:39] + '…'!r}"
    if type(value) in (int, float):
        return f"the number {value}" if abs(value) < 1e16 else "a very large number"
    return _kind(value)


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a number" if type(value) in (int, float) else f"Python's {type(value).__name__}"


@cache
def _secrets(cls: type) -> frozenset[str]:
    """Return the fields whose values are in no message, as in no repr."""
    return frozenset(field.name for field in attrs.fields(cls) if field.repr is False)


def _fields_within(value: Any, path: str) -> Iterator[tuple[str, Rule, Any]]:
    """Yield the fields of a model and of the models in it, each with its path and rule."""
    cls: type = type(value)
    for key, rule in rules_of(cls).items():
        held = getattr(value, key)
        if held is None and key not in required_of(cls):
            continue
        yield below(path, key), rule, held
        if rule.of is None or isinstance(held, Json):
            continue
        for index, item in enumerate(held if isinstance(held, (list, tuple)) else [held]):
            if isinstance(item, rule.of):
                inside = below(path, key, index) if rule.shape == "list" else below(path, key)
                yield from _fields_within(item, inside)


def _unwritable(rule: Rule, held: Any) -> str | None:
    if rule.of is not None:
        items = held if rule.shape == "list" and isinstance(held, (list, tuple)) else [held]
        if all(isinstance(item, (rule.of, Json)) for item in items):
            return None
        return f"expected {_WANTED[rule.shape]} of {rule.of.__name__}, got {type(held).__name__}"
    try:
        _CHECKS[rule.shape](held)
    except MisshapenError as found:
        issue = _issue(found, "")
        return issue.message
    return None
