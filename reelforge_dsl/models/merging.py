"""Two values of one kind as one: ``a | b``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import attrs

from reelforge_dsl.models.foreign import Extras


class Mergeable(attrs.AttrsInstance, Protocol):
    """A model whose keys can win one by one."""

    @property
    def extra(self) -> Extras:
        """Keys the contract does not name."""


Value = TypeVar("Value", bound=Mergeable)


def merged(below: Value, above: Value) -> Value:
    """Return ``below`` with every key that ``above`` sets; keys win one by one.

    The result has the class of the wider of the two, so captions' style over a text's is captions' style.
    """
    cls = type(below) if isinstance(below, type(above)) else type(above)
    said: dict[str, Any] = {}
    for value in (below, above):
        for field in attrs.fields(type(value)):
            held = getattr(value, field.name)
            if held is not None and field.name != "extra":
                said[field.name] = held
    fresh = {extra.key for extra in above.extra}
    kept = tuple(extra for extra in below.extra if extra.key not in fresh)
    return cast("Callable[..., Value]", cls)(**said, extra=kept + above.extra)
