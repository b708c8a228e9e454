"""Bodies to documents: what is asked for, and everything that is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from attrs import frozen

from reelforge_dsl.errors import Issue, ManifestInvalidError
from reelforge_dsl.local._store import Document, JobKind
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.rules import check, check_music, check_recipe
from reelforge_dsl.wire import from_dict, parsed


@frozen
class Asked:
    """A body that was read.

    Attributes:
        document: What it asks for, or ``None`` when it has not the shape.
        issues: Everything found, warnings too, in document order.
        data: Its plain JSON value.
    """

    document: Document | None
    issues: tuple[Issue, ...]
    data: Any

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What keeps it from being done."""
        return tuple(issue for issue in self.issues if issue.severity == "error")


def plain(body: bytes) -> Any:
    """Return the JSON value of a body.

    Raises:
        ManifestInvalidError: It is not JSON.
    """
    return parsed(body)


def asked(kind: JobKind, data: Any) -> Asked:
    """Read a document of a kind, and judge it.

    Source: contract §2–§8, §10; decision D2.
    """
    cls, judge = _READINGS[kind]
    try:
        document = from_dict(data, cls)
    except ManifestInvalidError as exc:
        return Asked(None, exc.issues, data)
    return Asked(document, judge(document), data)


def kind_to_validate(data: Any) -> JobKind:
    """Tell a recipe from a render; validation takes both. Source: contract §1."""
    return "recipe" if isinstance(data, dict) and "recipe_id" in data else "render"


def fingerprint(kind: JobKind, data: dict[str, Any]) -> str:
    """Return the SHA-256, in hex, of a request without its idempotency key.

    The order of keys does not matter, nor whether a number is written ``8`` or ``8.0``.

    Source: decision D14.
    """
    aside = {key: value for key, value in data.items() if key != "idempotency_key"}
    text = json.dumps(_canonical(aside), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{kind} {text}".encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_READINGS: dict[JobKind, tuple[type[Any], Callable[[Any], tuple[Issue, ...]]]] = {
    "render": (Manifest, check),
    "recipe": (RecipeRequest, check_recipe),
    "music": (MusicRequest, check_music),
}
