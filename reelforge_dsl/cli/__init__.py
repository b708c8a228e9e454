"""The command line: ``reelforge validate|explain|render|serve|doctor|python|schema``.

Needs the ``cli`` extra, which ``local`` brings along; without it `main` says so. Each command asks for
the rooms it needs when it runs, so that ``reelforge --help`` costs little.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

_LIBRARIES = ("cyclopts", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code.

    Args:
        argv: The words after ``reelforge``; those of this process when left out.

    Returns:
        0 fine; 1 the document has errors, or its film could not be made; 2 wrong usage, or something is
        missing; 3 the network or the service failed; 130 interrupted by Ctrl-C; 141 the reader of our
        output has left.
    """
    try:
        try:
            from reelforge_dsl.cli._app import run
        except ModuleNotFoundError as exc:
            if (exc.name or "").partition(".")[0] not in _LIBRARIES:
                raise
            what = f"the command line needs {' and '.join(_LIBRARIES)} ({exc.name} is not installed)"
            sys.stderr.write(f"reelforge: {what}\n  fix: pip install 'reelforge-dsl[cli]'\n")
            return 2
        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        sys.stderr.write("reelforge: interrupted\n")
        return 130
