"""The author's line: which file and line called a verb, outside this package."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType

from attrs import frozen

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


MOST_KEPT = 4096
"""Calls whose line is remembered, so that the films of a loop share their lines: 0.8 kB a film."""

_known: dict[tuple[int, int, str], tuple[CodeType, Line]] = {}
"""Lines by the calling code's id, which stands for it because it is held here, the place in it, and verb."""


def author_line(verb: str) -> Line | None:
    """Return the nearest line of the stack outside this package, or ``None`` when lines are off."""
    if not KEPT:
        return None
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module != _PACKAGE and not module.startswith(_INSIDE):
            return _line_at(frame, verb)
        frame = frame.f_back
    return None


def _line_at(frame: FrameType, verb: str) -> Line:
    code = frame.f_code
    key = (id(code), frame.f_lasti, verb)
    found = _known.get(key)
    if found is None:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        found = _known[key] = code, Line(code.co_filename, frame.f_lineno, verb)
    return found[1]
