"""The author's line: which file and line called a verb, outside this package."""

from __future__ import annotations

import os
import sys

from attrs import frozen

from reelforge_dsl.models.making import maker

_PACKAGE = __name__.partition(".")[0]
_INSIDE = _PACKAGE + "."
KEPT = os.environ.get("REELFORGE_LINES", "1") != "0"
"""Whether lines are noted; ``REELFORGE_LINES=0`` in the environment turns it off."""


@frozen
class Line:
    """Where a verb was called.

    Attributes:
        file: The source file, as Python names it.
        number: Its line, from 1.
        verb: What was called, as ``.audio``.
    """

    file: str
    number: int
    verb: str

    def __str__(self) -> str:
        """Return ``reel.py:14, .audio``: the file's own name, never its folder."""
        return f"{os.path.basename(self.file)}:{self.number}, {self.verb}"  # noqa: PTH119 - no Path per issue


_line = maker(Line)


def author_line(verb: str) -> Line | None:
    """Return the nearest line of the stack outside this package, or ``None`` when lines are off."""
    if not KEPT:
        return None
    frame = sys._getframe(2)
    while True:
        module = frame.f_globals.get("__name__", "")
        if module != _PACKAGE and not module.startswith(_INSIDE):
            return _line(frame.f_code.co_filename, frame.f_lineno, verb)
        if frame.f_back is None:
            return None
        frame = frame.f_back
