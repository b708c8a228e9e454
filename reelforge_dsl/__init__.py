"""Compose video in code: one `Timeline`, rendered by ReelForger's v1 API or here.

::

    from reelforge_dsl import Timeline

    reel = Timeline("9:16").video("https://example.com/walk.mp4").music("https://example.com/beat.mp3")
    print(reel)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reelforge_dsl.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    EngineError,
    FetchError,
    FfmpegFailedError,
    FfmpegNotFoundError,
    FieldError,
    Issue,
    JobFailedError,
    JobTimeoutError,
    ManifestInvalidError,
    MissingExtraError,
    NotFoundError,
    OutOfCreditsError,
    ProbeError,
    RateLimitedError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    ServerError,
    TransportError,
    TransportTimeoutError,
    UnsupportedByEngineError,
    WebhookError,
)
from reelforge_dsl.models import CaptionStyle, Layout, Manifest, TextStyle, TimeOverride, Word
from reelforge_dsl.models.choices import Background, Fit, Mode, Motion, Place, Preset, Ratio
from reelforge_dsl.timeline import Timeline

if TYPE_CHECKING:
    from reelforge_dsl import engine, local, webhooks
    from reelforge_dsl.client import AsyncClient, Client
    from reelforge_dsl.timeline import diff
    from reelforge_dsl.wire import dumps, loads
    from reelforge_dsl.words import Words

__version__ = "0.1.0"

__all__ = [
    "ApiError",
    "AsyncClient",
    "AuthenticationError",
    "Background",
    "CaptionStyle",
    "Client",
    "ConflictError",
    "EngineError",
    "FetchError",
    "FfmpegFailedError",
    "FfmpegNotFoundError",
    "FieldError",
    "Fit",
    "Issue",
    "JobFailedError",
    "JobTimeoutError",
    "Layout",
    "Manifest",
    "ManifestInvalidError",
    "MissingExtraError",
    "Mode",
    "Motion",
    "NotFoundError",
    "OutOfCreditsError",
    "Place",
    "Preset",
    "ProbeError",
    "RateLimitedError",
    "Ratio",
    "ReelforgeError",
    "RejectedError",
    "ReplyError",
    "ServerError",
    "TextStyle",
    "TimeOverride",
    "Timeline",
    "TransportError",
    "TransportTimeoutError",
    "UnsupportedByEngineError",
    "WebhookError",
    "Word",
    "Words",
    "__version__",
    "diff",
    "dumps",
    "engine",
    "loads",
    "local",
    "webhooks",
]

_LAZY = {
    "AsyncClient": "client",
    "Client": "client",
    "Words": "words",
    "diff": "timeline",
    "dumps": "wire",
    "engine": "engine",
    "loads": "wire",
    "local": "local",
    "webhooks": "webhooks",
}
"""Names whose rooms cost time to import, brought in when they are first asked for."""


if not TYPE_CHECKING:  # a checker would take any misspelt name for one

    def __getattr__(name: str) -> Any:
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        room = import_module(f".{_LAZY[name]}", __name__)
        value = globals()[name] = room if name == _LAZY[name] else getattr(room, name)
        return value


def __dir__() -> list[str]:
    from importlib.util import find_spec

    drawing = ("uharfbuzz", "resvg_py")  # without them ``engine`` only says what it lacks, which ends help()
    absent = set() if all(find_spec(name) for name in drawing) else {"engine"}
    return sorted({*globals(), *_LAZY} - absent)
