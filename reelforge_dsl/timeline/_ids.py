"""The ids of a long timeline, in order: adding one copies nothing, and looking for one is no search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

FEW = 32
"""Up to here a tuple is smaller and as fast."""


class Many:
    """A growing row of ids; each step of a chain sees its own length of the row that all share.

    The last step appends to the row; a second step from the same place starts a row of its own. So
    nothing that a step sees ever changes.
    """

    __slots__ = ("_count", "_places", "_row")

    def __init__(self, row: list[str | None], places: dict[str | None, int], count: int) -> None:
        self._row, self._places, self._count = row, places, count

    def growing(self, name: str | None) -> Many:
        """Return the row with one more id."""
        row, at = self._row, self._count
        if len(row) == at:
            row.append(name)
            # Another thread may have been between the two lines: then its id stands here.
            if row[at] is name and len(row) == at + 1:
                self._places.setdefault(name, at)
                return Many(row, self._places, at + 1)
        return many([*row[:at], name])

    def __contains__(self, name: object) -> bool:
        return self._places.get(cast("str | None", name), self._count) < self._count

    def index(self, name: str | None) -> int:
        """Return the first place of an id that is here."""
        return self._places[name]

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._row[: self._count])

    def __len__(self) -> int:
        return self._count


Ids = tuple[str | None, ...] | Many
"""What a timeline keeps its ids in."""


def many(names: list[str | None]) -> Many:
    """Return ids as a row of their own."""
    places: dict[str | None, int] = {}
    for at, name in enumerate(names):
        places.setdefault(name, at)
    return Many(names, places, len(names))


def grown(names: Ids, name: str | None) -> Ids:
    """Return ids with one more."""
    if isinstance(names, tuple):
        return (*names, name) if len(names) < FEW else many([*names, name])
    return names.growing(name)
