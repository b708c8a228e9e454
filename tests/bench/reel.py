"""The authoring benches' reel of 8 layers, 3 texts and 60 caption words, said with verbs and as a dict."""

from __future__ import annotations

from typing import Any, NamedTuple

from reelforge_dsl import Layout, TextStyle, Timeline

FILES = ("a.mp4", "b.mp4", "c.mp4", "d.jpg", "logo.png", "voice.mp3", "beat.mp3", "ding.wav")


class Given(NamedTuple):
    """What the caller has before saying anything.

    Attributes:
        sources: Addresses, in the order of ``FILES``.
        words: Plain dicts; ``start`` and ``end`` in milliseconds of output time.
    """

    sources: tuple[str, ...]
    words: list[dict[str, Any]]


def given(number: int = 0) -> Given:
    """Return what the caller has for one reel; no two numbers have an address or a word alike."""
    words = [
        {"text": f"word{at}n{number}", "start": 300 * at + number % 7, "end": 300 * at + 280}
        for at in range(60)
    ]
    return Given(tuple(f"https://example.com/{number}/{name}" for name in FILES), words)


def said(known: Given) -> Timeline:
    """Return the reel, said with verbs."""
    a, b, c, still, logo, voice, beat, ding = known.sources
    style = TextStyle(font_size=96, color="#FFD700")
    return (
        Timeline("9:16")
        .video(a, duration=6, trim=2, volume=0.5)
        .video(b, duration=6, crossfade=0.5)
        .video(c, duration=6, fit="contain")
        .image(still, duration=3, motion="zoom_in")
        .image(logo, start=0, duration=18, layout=Layout("80%", "4%", "16%", "8%", "contain"))
        .voiceover(voice, start=0, duration=18)
        .music(beat, start=0, duration=18, volume=0.2, loop=True, fade_out=1.5)
        .audio(ding, start=5, duration=1)
        .text("One", start=0, duration=3, style=style)
        .text("Two", start=6, duration=3, style=style, layout=Layout.lower_third())
        .text("Three", start=12, duration=3)
        .captions("karaoke_yellow", words=known.words)
    )


def literal(known: Given) -> dict[str, Any]:
    """Return the same document as a dict literal; the caller's words stand in it as they are."""
    return {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": _assets(known.sources),
        "composition": {
            "timeline": _layers(),
            "text_overlays": [
                {
                    "id": "text-1",
                    "content": "One",
                    "time": {"start_seconds": 0, "duration_seconds": 3},
                    "style": {"font_size": 96, "color": "#FFD700"},
                },
                {
                    "id": "text-2",
                    "content": "Two",
                    "time": {"start_seconds": 6, "duration_seconds": 3},
                    "layout": {"x": "8%", "y": "77%", "width": "84%", "height": "18%"},
                    "style": {"font_size": 96, "color": "#FFD700"},
                },
                {"id": "text-3", "content": "Three", "time": {"start_seconds": 12, "duration_seconds": 3}},
            ],
            "captions": {
                "provider": "assemblyai",
                "preset": "karaoke_yellow",
                "mode": "phrase_karaoke",
                "words": known.words,
            },
        },
    }


def _assets(sources: tuple[str, ...]) -> list[dict[str, Any]]:
    a, b, c, still, logo, voice, beat, ding = sources
    return [
        {"id": "video-1", "type": "video", "url": a},
        {"id": "video-2", "type": "video", "url": b},
        {"id": "video-3", "type": "video", "url": c},
        {"id": "image-1", "type": "image", "url": still},
        {"id": "image-2", "type": "image", "url": logo},
        {"id": "voiceover-1", "type": "audio", "url": voice},
        {"id": "music-1", "type": "audio", "url": beat},
        {"id": "audio-1", "type": "audio", "url": ding},
    ]


def _layers() -> list[dict[str, Any]]:
    return [
        {
            "id": "video-1",
            "type": "video",
            "asset_id": "video-1",
            "time": {"start_seconds": 0, "duration_seconds": 6},
            "trim": {"start_seconds": 2},
            "media_settings": {"volume": 0.5},
        },
        {
            "id": "video-2",
            "type": "video",
            "asset_id": "video-2",
            "time": {"start_seconds": 5.5, "duration_seconds": 6},
            "media_settings": {"crossfade_seconds": 0.5},
        },
        {
            "id": "video-3",
            "type": "video",
            "asset_id": "video-3",
            "time": {"start_seconds": 11.5, "duration_seconds": 6},
            "layout": {"fit": "contain"},
        },
        {
            "id": "image-1",
            "type": "image",
            "asset_id": "image-1",
            "time": {"start_seconds": 17.5, "duration_seconds": 3},
            "motion": "zoom_in",
        },
        {
            "id": "image-2",
            "type": "image",
            "asset_id": "image-2",
            "time": {"start_seconds": 0, "duration_seconds": 18},
            "layout": {"x": "80%", "y": "4%", "width": "16%", "height": "8%", "fit": "contain"},
        },
        {
            "id": "voiceover-1",
            "type": "audio",
            "asset_id": "voiceover-1",
            "time": {"start_seconds": 0, "duration_seconds": 18},
        },
        {
            "id": "music-1",
            "type": "audio",
            "asset_id": "music-1",
            "time": {"start_seconds": 0, "duration_seconds": 18},
            "media_settings": {"volume": 0.2, "loop": True, "fade_out_seconds": 1.5},
        },
        {
            "id": "audio-1",
            "type": "audio",
            "asset_id": "audio-1",
            "time": {"start_seconds": 5, "duration_seconds": 1},
        },
    ]
