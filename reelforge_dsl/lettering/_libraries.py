"""The one place that imports what the ``local`` extra brings."""

from __future__ import annotations

from reelforge_dsl.errors import MissingExtraError

try:
    import resvg_py as resvg
    import uharfbuzz as harfbuzz
except ImportError as error:
    raise MissingExtraError(
        f"the local engine and its lettering need uharfbuzz and resvg-py ({error.name} is not installed)",
        extra="local",
    ) from error

__all__ = ["harfbuzz", "resvg"]
