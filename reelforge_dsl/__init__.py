"""Compose video in code: one `Timeline`, rendered by ReelForger's v1 API or here.

::

    from reelforge_dsl import Timeline

    reel = Timeline("9:16").video("https://example.com/walk.mp4").music("https://example.com/beat.mp3")
    print(reel)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import (
    EngineError,
    FetchError,
    FfmpegFailedError,
    FfmpegNotFoundError,
    FieldError,
    Issue,
    ManifestInvalidError,
    MissingExtraError,
    ProbeError,
    ReelforgeError,
    UnsupportedByEngineError,
)
from .models import CaptionStyle, Layout, Manifest, TextStyle, TimeOverride, Word
from .models.choices import Background, Fit, Mode, Motion, Place, Preset, Ratio
from .timeline import Timeline
from .wire import dumps, loads
from .words import Words

if TYPE_CHECKING:
    from . import engine

__version__ = "0.1.0"

__all__ = [
    "Background",
    "CaptionStyle",
    "EngineError",
    "FetchError",
    "FfmpegFailedError",
    "FfmpegNotFoundError",
    "FieldError",
    "Fit",
    "Issue",
    "Layout",
    "Manifest",
    "ManifestInvalidError",
    "MissingExtraError",
    "Mode",
    "Motion",
    "Place",
    "Preset",
    "ProbeError",
    "Ratio",
    "ReelforgeError",
    "TextStyle",
    "TimeOverride",
    "Timeline",
    "UnsupportedByEngineError",
    "Word",
    "Words",
    "__version__",
    "dumps",
    "engine",
    "loads",
]

_LAZY = frozenset({"engine"})
"""Rooms that cost time to import, brought in when they are first named."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
