"""The shapes of plain values, strictly: no coercion of text to numbers or of truth to text.

Each check returns the value as the models hold it, or raises `MisshapenError`.
Readers and the fault finder share them, so they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from reelforge_dsl.models import Json
from reelforge_dsl.units import LARGEST, plain, real

DEEPEST = 100
"""Levels of lists and objects that foreign JSON may have; ours, so that no document can exhaust the stack."""

SMALL, LARGE = -(2**53), 2**53
"""Whole numbers between are taken at once; the others are looked at closely."""

Steps = tuple[str | int, ...]


class MisshapenError(Exception):
    """A value has not its shape.

    Attributes:
        code: The fault's stable name.
        wanted: What should stand there, as ``a number``.
        steps: Keys and indexes from the value that was checked down to the faulty one.
        value: The faulty value.
    """

    def __init__(self, code: str, wanted: str = "", steps: Steps = (), value: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.wanted = wanted
        self.steps = steps
        self.value = value


class Doubled(dict[str, Any]):
    """A JSON object in which a key stood twice.

    Attributes:
        again: The keys that did.
    """

    again: tuple[str, ...] = ()


def string(value: Any) -> str:
    """Take text that UTF-8 can say."""
    if not isinstance(value, str):
        raise MisshapenError("wrong_type", "text", value=value)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise MisshapenError("not_text", value=value)
    return value if type(value) is str else str.__str__(value)


def number(value: Any) -> float:
    """Take a finite real number, an integral one as an int; never a boolean. Source: decision D16."""
    if type(value) is float and -LARGEST < value < LARGEST:
        return int(value) if value.is_integer() else value
    held = real(value)
    if held is None:
        code = "not_a_number" if _numeric(value) else "wrong_type"
        raise MisshapenError(code, "a number", value=value)
    return plain(held)


def boolean(value: Any) -> bool:
    """Take true or false."""
    if value is not True and value is not False:
        raise MisshapenError("wrong_type", "true or false", value=value)
    return value


def number_or_string(value: Any) -> float | str:
    """Take a number or a word."""
    if isinstance(value, str):
        return string(value)
    if not _numeric(value):
        raise MisshapenError("wrong_type", "a number or a word", value=value)
    return number(value)


def keyed(value: Any) -> Mapping[Any, Any]:
    """Take an object in which no key stood twice."""
    if not isinstance(value, dict):
        raise MisshapenError("wrong_type", "an object", value=value)
    if isinstance(value, Doubled):
        raise MisshapenError("duplicate_key", steps=value.again[:1])
    return value


def ordered(value: Any) -> list[Any] | tuple[Any, ...]:
    """Take a list."""
    if not isinstance(value, (list, tuple)):
        raise MisshapenError("wrong_type", "a list", value=value)
    return value


def foreign(value: Any) -> Json:
    """Take any JSON, frozen."""
    for found in foreign_faults(value):
        raise found
    return Json.of(value)


def foreign_object(value: Any) -> Json:
    """Take any JSON object, frozen."""
    keyed(value)
    return foreign(value)


def foreign_faults(value: Any, steps: Steps = ()) -> Iterator[MisshapenError]:
    """Yield everything in a foreign value that JSON cannot say, in document order."""
    if len(steps) > DEEPEST:
        yield MisshapenError("too_deep", steps=steps)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(value, Doubled) and key in value.again:
                yield MisshapenError("duplicate_key", steps=(*steps, key))
            yield from (_moved(found, steps) for found in key_faults(key))
            if isinstance(key, str):
                yield from foreign_faults(item, (*steps, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from foreign_faults(item, (*steps, index))
    elif value is not None and type(value) is not bool:
        yield from _leaf_faults(value, steps)


def key_faults(key: Any) -> Iterator[MisshapenError]:
    """Yield what is wrong with the key of an object."""
    if not isinstance(key, str):
        yield MisshapenError("wrong_type", "text as a key", value=key)
        return
    try:
        string(key)
    except MisshapenError as found:
        yield _moved(found, (key,))


def _leaf_faults(value: Any, steps: Steps) -> Iterator[MisshapenError]:
    try:
        if isinstance(value, str):
            string(value)
        elif type(value) in (int, float):
            number(value)
        else:
            yield MisshapenError("wrong_type", "plain JSON", steps, value)
    except MisshapenError as found:
        yield _moved(found, steps)


def _moved(found: MisshapenError, steps: Steps) -> MisshapenError:
    return MisshapenError(found.code, found.wanted, (*steps, *found.steps), found.value)


def _numeric(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    return real(value) is not None or type(value).__name__ in ("Decimal", "Fraction")


def nameless(value: float) -> str:
    """Return what a number is that JSON cannot say."""
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return "an infinity" if isinstance(value, float) and math.isinf(value) else "too large a number"
