"""What may stand in each field of the documents: one table, beside the fields themselves.

Every field of a model carries a `Rule` as attrs metadata. It has three readers:
the author's side (`author_value`, which raises `FieldError` on the user's
line), the loader (its ``shape``, for JSON of the wrong type) and the document
rules (its ``checks``, which become issues).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, Literal

import attrs
from attrs import frozen

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.models.choices import words_of
from reelforge_dsl.models.colors import color_names, parse_color
from reelforge_dsl.models.foreign import Json
from reelforge_dsl.units import LARGEST, parse_length, real, short

Shape = Literal["string", "number", "boolean", "number or string", "object", "list", "json"]
Form = Literal["", "name", "whole", "length", "color", "weight"]


@frozen
class Fault:
    """Why one value is wrong.

    Attributes:
        code: Stable name of the rule.
        message: What is wrong with the value, in one sentence.
        fix: How to mend it, or ``None``.
    """

    code: str
    message: str
    fix: str | None = None


Check = Callable[[Any], Fault | None]


@frozen
class Rule:
    """What may stand in one field.

    Attributes:
        shape: The JSON type.
        checks: Looked at in order, on a value of that shape; the first fault counts.
        of: The class of the object, or of the list's items; ``None`` for plain values.
        choices: The allowed words, when the field is a choice.
        form: What text or number it is, as the checks have it; ``""`` when any.
        least: The smallest number allowed, or ``None``.
        above: The number that it must exceed, or ``None``.
    """

    shape: Shape
    checks: tuple[Check, ...] = ()
    of: Any = None
    choices: tuple[str, ...] = ()
    form: Form = ""
    least: float | None = None
    above: float | None = None

    def fault(self, value: Any) -> Fault | None:
        """Return what is wrong with a value of the right shape, or ``None``."""
        for check in self.checks:
            found = check(value)
            if found is not None:
                return found
        return None


_KEY = "rule"
Meta = Mapping[str, Rule]


def text(*checks: Check) -> Meta:
    """A string."""
    return {_KEY: Rule("string", (_encodable, *checks))}


def name() -> Meta:
    """A string that is not empty. Source: decision D2 (bounds)."""
    return {_KEY: Rule("string", (_encodable, _not_empty), form="name")}


def choice(literal: object) -> Meta:
    """One word of a ``Literal``; an unknown word loads and is an issue. Source: decision D2."""
    allowed = words_of(literal)

    def check(value: str) -> Fault | None:
        return (
            None
            if value in allowed
            else Fault("unknown_choice", f"{value!r} is not allowed", near(value, allowed))
        )

    return {_KEY: Rule("string", (check,), choices=allowed)}


def number(*checks: Check, least: float | None = None, above: float | None = None) -> Meta:
    """A real number within bounds. Source: decision D2 (bounds)."""
    return {_KEY: Rule("number", (_bounds(least, above), *checks), least=least, above=above)}


def whole(*checks: Check, least: float | None = None, above: float | None = None) -> Meta:
    """A whole number within bounds."""
    looks = (_whole, *checks, _bounds(least, above))
    return {_KEY: Rule("number", looks, form="whole", least=least, above=above)}


def flag() -> Meta:
    """True or false."""
    return {_KEY: Rule("boolean")}


def length() -> Meta:
    """A percent or pixel string. Source: contract §5."""
    return {_KEY: Rule("string", (_encodable, _length), form="length")}


def color() -> Meta:
    """A CSS colour. Source: contract §6."""
    return {_KEY: Rule("string", (_encodable, _color), form="color")}


def weight() -> Meta:
    """A font weight: 1…1000, or a CSS word."""
    return {_KEY: Rule("number or string", (_weight,), form="weight")}


def part(cls: type, *checks: Check) -> Meta:
    """An object of a class."""
    return {_KEY: Rule("object", checks, of=cls)}


def parts(cls: type) -> Meta:
    """A list of objects of a class."""
    return {_KEY: Rule("list", of=cls)}


def foreign(shape: Literal["object", "json"] = "json") -> Meta:
    """Foreign JSON: any, or an object."""
    return {_KEY: Rule(shape, of=Json)}


@cache
def rules_of(cls: type) -> Mapping[str, Rule]:
    """Return the class's fields and their rules, in wire order."""
    return {field.name: field.metadata[_KEY] for field in attrs.fields(cls) if _KEY in field.metadata}


@cache
def required_of(cls: type) -> frozenset[str]:
    """Return the fields that the class cannot do without."""
    return frozenset(
        field.name for field in attrs.fields(cls) if _KEY in field.metadata and field.default is attrs.NOTHING
    )


def author_values(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """Check what an author gives a hand-made value, in place, and return it.

    Raises:
        FieldError: A value has the wrong type or is outside the contract.
    """
    takers, required = takers_of(cls), required_of(cls)
    for key, value in values.items():
        if value is None:
            if key in required:
                raise FieldError(
                    f"{cls.__name__}.{key}: a value is needed, got None", field=f"{cls.__name__}.{key}"
                )
        elif key in takers:
            held = takers[key](value)
            if held is None:
                raise _refusal(rules_of(cls)[key], value, f"{cls.__name__}.{key}")
            values[key] = held
    return values


def author_value(rule: Rule, value: Any, where: str) -> Any:
    """Return an author's value as the models hold it.

    Args:
        rule: What may stand there.
        value: What was given; NumPy's numbers become plain ones.
        where: The argument's name for the message, as ``Layout.fit``.

    Raises:
        FieldError: The value has the wrong type or is outside the contract.
    """
    held = right_value(rule, value)
    if held is None:
        raise _refusal(rule, value, where)
    return held


def _refusal(rule: Rule, value: Any, where: str) -> FieldError:
    """Return the error for a value that is not right."""
    held = _shaped(rule, value)
    fault = rule.fault(held) if held is not None else None
    if fault is not None:
        return FieldError(f"{where}: {fault.message}", field=where, value=value, fix=fault.fix)
    wanted = _WANTED.get(rule.shape, rule.shape) if rule.of is None else f"a {_called(rule)}"
    what = f"{where}: expected {wanted}, got {told(value)}"
    return FieldError(what, field=where, value=value, fix=_remedy(rule, value))


def right_value(rule: Rule, value: Any) -> Any:
    """Return a value without fault as the models hold it, ``None`` for any other.

    The quick half of `author_value`: nothing is put into words.
    """
    held = _shaped(rule, value)
    if held is not None:
        for check in rule.checks:
            if check(held) is not None:
                return None
    return held


Taker = Callable[[Any], Any]
"""What returns a right value as the models hold it, and ``None`` for any other."""


@cache
def takers_of(cls: type) -> Mapping[str, Taker]:
    """Return the class's fields, each with its `taker`."""
    return {key: taker(rule) for key, rule in rules_of(cls).items()}


def taker(rule: Rule) -> Taker:
    """Return `right_value` for one rule, its usual values known to be right by one look.

    What is not usual, a NumPy number or text beyond ASCII, takes the long way; so does what is wrong.
    """
    if rule.choices:
        return partial(_take_word, frozenset(rule.choices), rule)
    if rule.shape == "number" and len(rule.checks) == 1:
        low = 1 - LARGEST if rule.least is None else rule.least
        return partial(_take_number, low, rule) if rule.above is None else partial(_take_above, rule)
    if rule.shape in ("boolean", "object") and not rule.checks:
        return partial(_take_one_of, bool if rule.of is None else rule.of, rule)
    if rule.form == "name" and len(rule.checks) == 2:
        return partial(_take_name, rule)
    if rule.form in ("length", "color"):
        return partial(_take_text, lru_cache(1024)(partial(right_value, rule)), rule)
    return partial(right_value, rule)


def _take_number(least: float, rule: Rule, value: Any) -> Any:
    kind = type(value)
    usual = (kind is int or kind is float) and least <= value < LARGEST
    return value if usual else right_value(rule, value)


def _take_above(rule: Rule, value: Any) -> Any:
    kind = type(value)
    usual = (kind is int or kind is float) and rule.above < value < LARGEST
    return value if usual else right_value(rule, value)


def _take_one_of(cls: type, rule: Rule, value: Any) -> Any:
    return value if type(value) is cls else right_value(rule, value)


def _take_name(rule: Rule, value: Any) -> Any:
    usual = type(value) is str and value.isascii() and value and not value.isspace()
    return value if usual else right_value(rule, value)


def _take_word(words: frozenset[str], rule: Rule, value: Any) -> Any:
    return value if type(value) is str and value in words else right_value(rule, value)


def _take_text(known: Taker, rule: Rule, value: Any) -> Any:
    """Take text of which few are in use: parsing one costs more than remembering it."""
    return known(value) if type(value) is str else right_value(rule, value)


def told(value: Any) -> str:
    """Return a value for a message: short, with its type when that is the point."""
    shown = repr(value)
    return f"{shown if len(shown) <= 60 else shown[:57] + '…'} ({type(value).__name__})"


_WANTED = {
    "string": "text",
    "number": "a number",
    "boolean": "True or False",
    "number or string": "a number or a word",
}


def _called(rule: Rule) -> str:
    called = str(rule.of.__name__)
    return f"list of {called}" if rule.shape == "list" else called


def _shaped(rule: Rule, value: Any) -> Any:
    """Return the value in the rule's shape, or ``None`` when it has another."""
    if rule.shape == "number":
        return real(value)
    if rule.shape == "string":
        return value if isinstance(value, str) else None
    if rule.shape == "boolean":
        return value if isinstance(value, bool) else None
    if rule.shape == "number or string":
        return value if isinstance(value, str) else real(value)
    if rule.shape == "list":
        return (
            tuple(value)
            if isinstance(value, (list, tuple)) and all(isinstance(v, rule.of) for v in value)
            else None
        )
    return value if isinstance(value, rule.of) else None


def _remedy(rule: Rule, value: Any) -> str | None:
    if rule.checks and rule.checks[-1] is _length and real(value) is not None:
        return f"say the unit: '{short(float(value))}%' or '{short(float(value))}px'"
    if rule.shape == "number" and isinstance(value, str):
        return _number_meant(value)
    if rule.shape == "object" and isinstance(value, dict):
        return f"write {rule.of.__name__}({', '.join(f'{key}=…' for key in list(value)[:4])})"
    if rule.choices:
        return near(str(value), rule.choices)
    return None


def _number_meant(text: str) -> str:
    """Return what helps with a number given as text: ``"50%"``, ``"2s"``, ``"64px"``."""
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(%|ms|s|sec|seconds|px|x)?\s*", text)
    if found is None:
        return "give a number"
    scale = {"%": 0.01, "ms": 0.001}.get(found[2] or "", 1)
    return f"use {short(float(found[1]) * scale)}"


def _encodable(value: str) -> Fault | None:
    if value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value):
        return None
    return Fault(
        "not_text",
        "the text holds half of a surrogate pair, which UTF-8 cannot say",
        "decode it as UTF-16 first",
    )


def _not_empty(value: str) -> Fault | None:
    return None if value.strip() else Fault("empty_text", "is empty")


def _bounds(least: float | None, above: float | None) -> Check:
    def check(value: float) -> Fault | None:
        if least is not None and value < least:
            return Fault("out_of_range", f"{short(value)} is below {short(least)}")
        if above is not None and value <= above:
            return Fault("out_of_range", f"{short(value)} is not above {short(above)}")
        return None

    return check


def _whole(value: float) -> Fault | None:
    if float(value).is_integer():
        return None
    return Fault("not_whole", f"{short(value)} is not a whole number", f"use {round(value)}")


def _length(value: str) -> Fault | None:
    if parse_length(value) is not None:
        return None
    return Fault("not_a_length", f"{value!r} is neither percent nor pixels", "write it as '10%' or '20px'")


def _color(value: str) -> Fault | None:
    if parse_color(value) is not None:
        return None
    known: Iterable[str] = ("#RRGGBB", "rgba(0, 0, 0, 0.5)", "a CSS name like 'gold'")
    fix = near(value, color_names())
    return Fault(
        "not_a_color",
        f"{value!r} is not a colour",
        fix if fix.startswith("did") else "write " + ", ".join(known),
    )


WEIGHT_WORDS = {
    "thin": 100,
    "extralight": 200,
    "light": 300,
    "normal": 400,
    "regular": 400,
    "medium": 500,
    "semibold": 600,
    "bold": 700,
    "extrabold": 800,
    "black": 900,
    "lighter": 100,
    "bolder": 700,
}
"""Font weights by their CSS and foundry names, in the 1…1000 scale."""


def weight_number(value: str | float) -> float | None:
    """Return a font weight as a number in 1…1000, or ``None`` when it is not one.

    Takes a number, its text, or a word of `WEIGHT_WORDS`, its case, blanks and hyphens aside.
    """
    if isinstance(value, str):
        word = re.sub(r"[\s_-]", "", value).lower()
        if word in WEIGHT_WORDS:
            return WEIGHT_WORDS[word]
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{0,9})?", value.strip()):
            return None
        value = float(value)
    return value if 1 <= value <= 1000 else None


def _weight(value: str | float) -> Fault | None:
    if weight_number(value) is not None:
        return None
    fix = (
        near(value, WEIGHT_WORDS) if isinstance(value, str) else "use 100 to 900; 400 is normal, 700 is bold"
    )
    return Fault("not_a_weight", f"{value!r} is not a font weight", fix)
