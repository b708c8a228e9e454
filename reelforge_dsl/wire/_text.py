"""JSON text and plain values: the syntax, and the faults of the syntax."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any, cast

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.wire._shapes import DEEPEST, Doubled

_READ_FILE = "give what is in the file: Path(…).read_bytes()"


def parsed(text: str | bytes) -> Any:
    """Return the plain value of a JSON text.

    An object in which a key stands twice comes back as `Doubled`.

    Raises:
        ManifestInvalidError: It is not JSON.
    """
    said = _decoded(text)
    try:
        return _DECODER.decode(said)
    except RecursionError:
        raise invalid([too_deep("$")]) from None
    except json.JSONDecodeError as exc:
        raise invalid([_syntax(exc)]) from exc
    except ValueError as exc:
        raise invalid([_long_number(said)]) from exc


def plain_value(text: str) -> dict[str, Any]:
    """Return the plain value of our own text."""
    return cast("dict[str, Any]", json.loads(text))


def indented(text: str, indent: int) -> str:
    """Return our own text with a line a value, ``indent`` spaces a level."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=indent)


def invalid(issues: list[Issue]) -> ManifestInvalidError:
    """Return the error that tells every fault."""
    count = "1 problem" if len(issues) == 1 else f"{len(issues)} problems"
    return ManifestInvalidError(f"This document has {count}", issues=issues)


def too_deep(path: str) -> Issue:
    """Return the fault of a value that is nested without end."""
    what = f"lists and objects lie more than {DEEPEST} deep in each other"
    return Issue("too_deep", "error", path, what, "flatten it")


def _decoded(text: Any) -> str:
    if isinstance(text, (bytes, bytearray)):
        try:
            return bytes(text).decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            issue = _not_json(f"byte {exc.start} is not UTF-8", "save the file as UTF-8")
            raise invalid([issue]) from exc
    if not isinstance(text, str):
        what = f"expected JSON text, got {type(text).__name__}"
        fix = _READ_FILE if isinstance(text, PurePath) else "from_dict reads plain dicts"
        raise invalid([_not_json(what, fix)])
    return text.removeprefix("\ufeff")


def _not_json(what: str, fix: str | None) -> Issue:
    return Issue("not_json", "error", "$", what, fix)


def _syntax(exc: json.JSONDecodeError) -> Issue:
    if not exc.doc.strip():
        return _not_json("is empty", "give a document, which starts with {")
    found = exc.msg[:1].lower() + exc.msg[1:]
    named = found.startswith(("expecting property name", "illegal trailing comma"))
    fix = "keys are in double quotes, and no comma follows the last value" if named else None
    if exc.doc.strip().endswith(".json"):
        fix = _READ_FILE
    return _not_json(f"is not JSON at line {exc.lineno}, column {exc.colno}: {found}", fix)


def _long_number(text: str) -> Issue:
    found = re.search(r"\d{600,}", text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    what = f"the number in line {line} has more digits than any reader takes"
    return Issue("not_a_number", "error", "$", what, "give fewer digits, or put it in quotes")


def _paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; the JSON reader alone would let the last of two keys win unseen."""
    held = dict(pairs)
    if len(held) == len(pairs):
        return held
    keys = [key for key, _ in pairs]
    twice = Doubled(held)
    twice.again = tuple(key for key in held if keys.count(key) > 1)
    return twice


_DECODER = json.JSONDecoder(object_pairs_hook=_paired)
