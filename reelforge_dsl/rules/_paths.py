"""JSON paths: writing them, and the order in which they stand in the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import attrs

from reelforge_dsl.errors import Issue
from reelforge_dsl.models.fields import rules_of

_STEP = re.compile(r'\.([^\W\d]\w*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]')

Position = tuple[tuple[float, int], ...]


def keyed(path: str, key: str) -> str:
    """Return the path of a key of the object at ``path``: ``$.output.fps``, ``$.metadata["a b"]``."""
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)}]"


def in_document_order(issues: Iterable[Issue], document: object) -> tuple[Issue, ...]:
    """Return the issues as their values stand in the document, each fault once.

    Keys stand as the models write them; a missing key where it would stand; a
    key that the contract does not name behind the one it followed.
    """
    once: dict[tuple[str, str], Issue] = {}
    for issue in issues:
        once.setdefault((issue.code, issue.path), issue)
    return tuple(sorted(once.values(), key=lambda issue: _position(issue.path, document)))


def _position(path: str, document: object) -> Position:
    steps: list[tuple[float, int]] = []
    value: Any = document
    cls: Any = type(document)
    for name, index, quoted in _STEP.findall(path):
        if index:
            steps.append((int(index), 0))
            value = value[int(index)] if isinstance(value, (tuple, list)) else None
            continue
        key = json.loads(quoted) if quoted else name
        if cls is None or not attrs.has(cls):
            break
        names = list(rules_of(cls))
        if key not in names:
            steps.append(_extra_step(key, value, names))
            break
        steps.append((names.index(key), 0))
        cls = rules_of(cls)[key].of
        value = getattr(value, key, None)
    return tuple(steps)


def _extra_step(key: str, value: Any, names: list[str]) -> tuple[float, int]:
    """Return where a key that the contract does not name stands among its neighbours."""
    for at, extra in enumerate(getattr(value, "extra", ())):
        if extra.key == key:
            return (names.index(extra.after) if extra.after in names else -1) + 0.5, at
    return len(names), 0
