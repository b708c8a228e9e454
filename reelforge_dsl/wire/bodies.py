"""Plain dicts as request bodies: JSON text, strictly, or the place of what JSON cannot say."""

from __future__ import annotations

import json
import re
from typing import Any

from reelforge_dsl.errors import FieldError
from reelforge_dsl.units import plain
from reelforge_dsl.wire._faults import foreign_issues

SECRETS = frozenset({"webhook_secret", "webhook_headers"})
"""Keys of a request whose values are in no message. Source: contract §2."""

_HOLDERS = frozenset({dict, list, tuple})
_INTEGRAL = re.compile(r"\.0[,\]}]|[0-9]e\+[0-9]|\.0$")
"""Where a float may stand that is a whole number; text that looks like one only costs a second look."""

_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def body_of(value: Any) -> bytes:
    """Return a plain value as the bytes of a request; what it says is not judged.

    Args:
        value: Dicts, lists, text, numbers, booleans and ``None``.

    Raises:
        FieldError: Something that JSON cannot say is inside; the message names its place.

    Source: decision D16 (numbers).
    """
    try:
        text = _dump(value)
        if _keys_are_text(value):
            if (".0" in text or "e+" in text) and _INTEGRAL.search(text):
                text = _dump(_plain(value))
            return text.encode()
    except (ValueError, TypeError, RecursionError):
        pass  # what is wrong is found below, outside, so that the error drags no other along
    raise misfit(value)


def misfit(value: Any) -> FieldError:
    """Return the error that names the first thing in a plain value that JSON cannot say."""
    for issue in foreign_issues(value, SECRETS):
        return FieldError(f"{issue.path}  {issue.message}", fix=issue.fix, field=issue.path)
    return FieldError("the document holds something JSON cannot say", field="$")


def _keys_are_text(value: Any) -> bool:
    """Tell whether every key is text: the json module alone would write ``None`` as ``"null"``."""
    found = [value]
    for held in found:  # grows while it is read: a walk without recursion, for this is on every call's way
        if isinstance(held, dict):
            for key, item in held.items():
                if type(key) is not str and not isinstance(key, str):
                    return False
                if type(item) in _HOLDERS:
                    found.append(item)
        elif isinstance(held, (list, tuple)):
            found += [item for item in held if type(item) in _HOLDERS]
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return plain(value) if type(value) is float else value
