"""Readers: one function a class, from plain values to a model, made from the table of fields.

A reader stops at the first fault; the fault finder then goes over the document
again and tells them all. Documents without a fault pay nothing for the telling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from reelforge_dsl.models import Extra, Extras, Json, TimeOverride, Word
from reelforge_dsl.models.captions import words_from
from reelforge_dsl.models.fields import Rule, required_of, rules_of
from reelforge_dsl.models.making import maker
from reelforge_dsl.wire import _shapes
from reelforge_dsl.wire._shapes import MisshapenError

if TYPE_CHECKING:
    from cattrs import Converter

Read = Callable[..., Any]


def reader(cls: type, converter: Converter) -> Read:
    """Return the function that reads values of a class; it raises `MisshapenError`."""
    names: dict[str, Any] = dict(_NAMES)
    names["make"] = maker(cls)
    names["known"] = {key: place for place, key in enumerate(rules_of(cls))}
    for rule in rules_of(cls).values():
        if rule.of not in (None, Json):
            names[f"read_{rule.of.__name__}"] = converter.get_structure_hook(rule.of)
    exec(compile(source_of(cls), f"<reader of {cls.__name__}>", "exec"), names)  # noqa: S102 - our own table
    return names["read"]  # type: ignore[no-any-return]


def source_of(cls: type) -> str:
    """Return the reader's source: readable, a few lines a field."""
    rules = rules_of(cls)
    needed = [key for key in rules if key in required_of(cls)]
    lines = ["if type(data) is not dict:", "    data = keyed(data)", f"unread = len(data) - {len(needed)}"]
    for key in needed:
        lines += [f'{key}_ = data.get("{key}")', *_checks(f"{key}_", rules[key])]
    if needed:
        leads = needed == list(rules)[: len(needed)]
        said = ", ".join([f"{key}_" if leads else f"{key}={key}_" for key in needed])
        lines += ["if not unread:", f"    return make({said})"]
    for key, rule in rules.items():
        if key not in needed:
            lines += [f'{key}_ = data.get("{key}")', f"if {key}_ is not None:", "    unread -= 1"]
            lines += [f"    {line}" for line in _checks(f"{key}_", rule)]
    lines.append("extra_ = extras(data, known) if unread else ()")
    members = attrs.fields(cls)
    given = [f"{member.name}_" for member in members if not member.kw_only]
    given += [f"{member.name}={member.name}_" for member in members if member.kw_only]
    lines.append(f"return make({', '.join(given)})")
    return "def read(data, _=None):\n    " + "\n    ".join(lines) + "\n"


def _checks(name: str, rule: Rule) -> list[str]:
    """Return the lines that check and convert a local variable, the plain case first."""
    if rule.of is Json:
        return [f"{name} = {'foreign_object' if rule.shape == 'object' else 'foreign'}({name})"]
    if rule.of is TimeOverride:
        return [f"{name} = overrides({name}, read_TimeOverride)"]
    if rule.of is Word:
        return [f"{name} = words_from(ordered({name}), read_Word, strip=False)"]
    if rule.shape == "object":
        return [f"{name} = read_{rule.of.__name__}({name})"]
    if rule.shape == "list":
        return [f"{name} = tuple([read_{rule.of.__name__}(item) for item in ordered({name})])"]
    if rule.shape == "string":
        return [f"if type({name}) is not str or not {name}.isascii():", f"    {name} = string({name})"]
    if rule.shape == "number":
        return [f"if type({name}) is not int or not SMALL < {name} < LARGE:", f"    {name} = number({name})"]
    return [f"{name} = {rule.shape.replace(' ', '_')}({name})"]


def overrides(value: Any, read: Read) -> tuple[TimeOverride, ...] | Json:
    """Read ``time_overrides``: items of our shape, or all of it as it came. Source: decision D9."""
    if isinstance(value, (list, tuple)):
        try:
            held = tuple([read(item) for item in value])
        except MisshapenError:
            return _shapes.foreign(value)
        if not any(_unlike_ours(item) for item in held):
            return held
    return _shapes.foreign(value)


def _unlike_ours(item: TimeOverride) -> bool:
    """Tell whether the time says nothing in our words but something in others."""
    return item.time.start_seconds is None and item.time.duration_seconds is None and bool(item.time.extra)


def extras(data: Mapping[Any, Any], known: Mapping[str, int]) -> Extras:
    """Return the keys that the contract does not name, in the order they are written again."""
    found = []
    after = ""
    for key, value in data.items():
        if key in known:
            if value is None:
                raise MisshapenError("null_value", steps=(key,))
            after = key
        else:
            for fault in _shapes.key_faults(key):
                raise fault
            found.append(Extra(str(key), _shapes.foreign(value), after))
    return tuple(sorted(found, key=lambda extra: known.get(extra.after, -1)))


_NAMES: dict[str, Any] = {
    "boolean": _shapes.boolean,
    "extras": extras,
    "foreign": _shapes.foreign,
    "foreign_object": _shapes.foreign_object,
    "keyed": _shapes.keyed,
    "number": _shapes.number,
    "number_or_string": _shapes.number_or_string,
    "ordered": _shapes.ordered,
    "overrides": overrides,
    "string": _shapes.string,
    "words_from": words_from,
    "SMALL": _shapes.SMALL,
    "LARGE": _shapes.LARGE,
}
