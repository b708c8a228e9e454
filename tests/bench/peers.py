"""The same reel with models of pydantic and of msgspec: fields, bounds and choices, nothing beyond.

Neither looks at the document as a whole, notes an author's line or keeps unknown keys.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from types import ModuleType
from typing import Any

from reel import Given

INSTALL = 'python -m pip install -e ".[bench]"'


@cache
def peers() -> dict[str, ModuleType]:
    """Return the modules with the peers' models, by name; say how to install what is missing."""
    found = {}
    for name in ("pydantic", "msgspec"):
        try:
            found[name] = importlib.import_module(f"peer_{name}")
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
            print(f"{name} is not installed, its rows are left out: {INSTALL}", file=sys.stderr)
    return found


def modelled(m: Any, known: Given) -> Any:
    """Return the reel as the models of one peer, each made by its constructor."""
    return m.Manifest(
        version="v1",
        output=m.Output(width=1080, height=1920, fps=30),
        assets=_assets(m, known.sources),
        composition=m.Composition(
            timeline=_layers(m),
            text_overlays=_texts(m),
            captions=m.Captions(
                provider="assemblyai",
                preset="karaoke_yellow",
                mode="phrase_karaoke",
                words=m.words(known.words),
            ),
        ),
    )


def _assets(m: Any, sources: tuple[str, ...]) -> Any:
    a, b, c, still, logo, voice, beat, ding = sources
    return (
        m.Asset(id="video-1", type="video", url=a),
        m.Asset(id="video-2", type="video", url=b),
        m.Asset(id="video-3", type="video", url=c),
        m.Asset(id="image-1", type="image", url=still),
        m.Asset(id="image-2", type="image", url=logo),
        m.Asset(id="voiceover-1", type="audio", url=voice),
        m.Asset(id="music-1", type="audio", url=beat),
        m.Asset(id="audio-1", type="audio", url=ding),
    )


def _layers(m: Any) -> Any:
    return (
        m.Layer(
            id="video-1",
            type="video",
            asset_id="video-1",
            time=m.Time(start_seconds=0, duration_seconds=6),
            trim=m.Trim(start_seconds=2),
            media_settings=m.MediaSettings(volume=0.5),
        ),
        m.Layer(
            id="video-2",
            type="video",
            asset_id="video-2",
            time=m.Time(start_seconds=5.5, duration_seconds=6),
            media_settings=m.MediaSettings(crossfade_seconds=0.5),
        ),
        m.Layer(
            id="video-3",
            type="video",
            asset_id="video-3",
            time=m.Time(start_seconds=11.5, duration_seconds=6),
            layout=m.Layout(fit="contain"),
        ),
        m.Layer(
            id="image-1",
            type="image",
            asset_id="image-1",
            time=m.Time(start_seconds=17.5, duration_seconds=3),
            motion="zoom_in",
        ),
        m.Layer(
            id="image-2",
            type="image",
            asset_id="image-2",
            time=m.Time(start_seconds=0, duration_seconds=18),
            layout=m.Layout(x="80%", y="4%", width="16%", height="8%", fit="contain"),
        ),
        m.Layer(
            id="voiceover-1",
            type="audio",
            asset_id="voiceover-1",
            time=m.Time(start_seconds=0, duration_seconds=18),
        ),
        m.Layer(
            id="music-1",
            type="audio",
            asset_id="music-1",
            time=m.Time(start_seconds=0, duration_seconds=18),
            media_settings=m.MediaSettings(volume=0.2, loop=True, fade_out_seconds=1.5),
        ),
        m.Layer(
            id="audio-1",
            type="audio",
            asset_id="audio-1",
            time=m.Time(start_seconds=5, duration_seconds=1),
        ),
    )


def _texts(m: Any) -> Any:
    style = m.TextStyle(font_size=96, color="#FFD700")
    return (
        m.TextOverlay(
            id="text-1", content="One", time=m.Time(start_seconds=0, duration_seconds=3), style=style
        ),
        m.TextOverlay(
            id="text-2",
            content="Two",
            time=m.Time(start_seconds=6, duration_seconds=3),
            layout=m.Layout(x="8%", y="77%", width="84%", height="18%"),
            style=style,
        ),
        m.TextOverlay(id="text-3", content="Three", time=m.Time(start_seconds=12, duration_seconds=3)),
    )
