"""Python source, laid out as ``ruff format`` lays it out, lines of 110 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from unicodedata import combining, east_asian_width

import attrs
from attrs import frozen

from reelforge_dsl.models import Word
from reelforge_dsl.units import plain

_COLUMNS = 110
_STEP = 4


@frozen
class Block:
    """Something in brackets.

    Attributes:
        opening: What stands before, bracket included: ``Layout(``, ``[``, ``{``.
        items: What is inside, each with what stands before it: ``x=``, ``"key": ``, or nothing.
        closing: The other bracket.
    """

    opening: str
    items: tuple[tuple[str, Code], ...]
    closing: str


Code = str | Block
"""An expression: on one line whatever happens, or something that may be opened up."""


@frozen
class Elsewhere:
    """A value that is not printed but looked up in the environment.

    Attributes:
        variable: Under which name.
        is_text: Whether it is text; other JSON is read from its text.
    """

    variable: str
    is_text: bool = True


def expression(value: Any, names: set[str]) -> Code:
    """Return the expression of a value.

    Args:
        value: Plain JSON, a path, an `Elsewhere`, or a value that authors build by hand.
        names: Takes the names that have to be imported.
    """
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (int, float)):
        return repr(value if isinstance(value, bool) else plain(value))
    if isinstance(value, Mapping):
        items = [(f"{_quoted(key)}: ", expression(item, names)) for key, item in value.items()]
        return Block("{", tuple(items), "}")
    if isinstance(value, (list, tuple)):
        return Block("[", tuple([("", expression(item, names)) for item in value]), "]")
    if isinstance(value, Elsewhere):
        names.add("os")
        found = Block("os.environ[", (("", _quoted(value.variable)),), "]")
        if value.is_text:
            return found
        names.add("json")
        return Block("json.loads(", (("", found),), ")")
    if isinstance(value, PurePath):
        names.add("Path")
        return Block("Path(", (("", _quoted(str(value))),), ")")
    if value is None:
        return "None"
    name = type(value).__name__
    names.add(name)
    positional = ("text", "start", "end") if isinstance(value, Word) else ()
    items = [
        ("" if key in positional else f"{key}=", expression(held, names)) for key, held in fields_of(value)
    ]
    return Block(f"{name}(", tuple(items), ")")


def fields_of(value: Any) -> list[tuple[str, Any]]:
    """Return what is set in a model, keys that the contract does not name aside."""
    held = [(field.name, getattr(value, field.name)) for field in attrs.fields(type(value))]
    return [(key, item) for key, item in held if item is not None and key != "extra"]


def call(name: str, given: Iterable[Any], said: Mapping[str, Any], names: set[str]) -> Block:
    """Return a call as ``.video(…)``, keywords in their order."""
    items = [("", expression(value, names)) for value in given]
    items += [(f"{key}=", expression(value, names)) for key, value in said.items()]
    return Block(f"{name}(", tuple(items), ")")


def assigned(variable: str, code: Code) -> str:
    """Return ``variable = code``."""
    head = f"{variable} = "
    return head + _laid_out(code, 0, _width(head), 0)


def chained(variable: str, first: Block, steps: list[Block]) -> str:
    """Return ``variable = first.step(…).step(…)``, a line each when one line is too short."""
    line = "".join(_flat(code) for code in (first, *steps))
    if _width(f"{variable} = {line}") <= _COLUMNS:
        return f"{variable} = {line}"
    if len(steps) > 1:
        blanks = " " * _STEP
        inside = [blanks + line]
        if _width(inside[0]) > _COLUMNS:
            inside = [blanks + _laid_out(code, _STEP, _STEP, 0) for code in (first, *steps)]
        return "\n".join([f"{variable} = (", *inside, ")"])
    head = f"{variable} = {_flat(first)}"
    return head + "".join(_laid_out(step, 0, _width(head), 0) for step in steps)


def _laid_out(code: Code, indent: int, column: int, behind: int) -> str:
    """Return an expression that starts in a column, with ``behind`` columns kept for what follows."""
    line = _flat(code)
    if isinstance(code, str) or not code.items or column + _width(line) + behind <= _COLUMNS:
        return line
    deeper = indent + _STEP
    blanks = " " * deeper
    is_call = len(code.opening) > 1
    if is_call:
        inside = ", ".join(prefix + _flat(item) for prefix, item in code.items)
        if deeper + _width(inside) <= _COLUMNS:
            return f"{code.opening}\n{blanks}{inside}\n{' ' * indent}{code.closing}"
    comma = "" if is_call and len(code.items) == 1 and not code.items[0][0] else ","
    lines = [
        blanks + prefix + _laid_out(item, deeper, deeper + _width(prefix), len(comma)) + comma
        for prefix, item in code.items
    ]
    return "\n".join([code.opening, *lines, " " * indent + code.closing])


def _flat(code: Code) -> str:
    if isinstance(code, str):
        return code
    return code.opening + ", ".join(prefix + _flat(item) for prefix, item in code.items) + code.closing


def _width(text: str) -> int:
    """Return how many columns a line takes; wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _quoted(text: str) -> str:
    """Return a string's literal, in double quotes unless single ones save escapes."""
    if text.count('"') > text.count("'"):
        return repr(text)
    body = repr(text + '"')[1:-2].replace("\\'", "'")  # the added quote makes repr choose single ones
    return '"' + body.replace('"', '\\"') + '"'
