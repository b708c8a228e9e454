"""The exact text of documents on the wire, one file each."""

from __future__ import annotations

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reelforge_dsl.errors import ManifestInvalidError
from reelforge_dsl.models import (
    Asset,
    Captions,
    CaptionStyle,
    Composition,
    Json,
    Layer,
    Layout,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    TextStyle,
    Time,
    Trim,
    Word,
)
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.wire import dumps, loads


class Text(SingleFileSnapshotExtension):
    """A snapshot is the text itself."""

    _write_mode = WriteMode.TEXT


class Wire(Text):
    """A snapshot is the JSON itself, its keys in their order."""

    file_extension = "json"


def reel() -> Manifest:
    """Return a document with every kind of part."""
    return Manifest(
        "v1",
        Output(1080, 1920, 30),
        (
            Asset("walk", "video", "https://example.com/walk.mp4"),
            Asset("logo", "image", "https://example.com/logo.png"),
            Asset("beat", "audio", "https://example.com/beat.mp3"),
        ),
        composition=Composition(
            duration_seconds=12.0,
            auto_stitch=True,
            timeline=(
                Layer("video-1", "video", "walk", trim=Trim(2), media_settings=MediaSettings(volume=0.5)),
                Layer(
                    *("image-1", "image", "logo"),
                    time=Time(0),
                    layout=Layout.corner("top_right", width="14%", height="8%", fit="contain"),
                    background_mode="transparent",
                    motion="zoom_in",
                ),
                Layer(
                    "music-1", "audio", "beat", media_settings=MediaSettings(loop=True, fade_out_seconds=1.5)
                ),
            ),
            text_overlays=(
                TextOverlay(
                    "text-1",
                    content='Line one\n"Line" two — 日本 👋',
                    time=Time(1, 3),
                    layout=Layout.lower_third(),
                    style=TextStyle(font_size=96, font_weight="bold", color="#FFD700", text_align="center"),
                ),
            ),
            captions=Captions(
                *("assemblyai", "karaoke_yellow", "phrase_karaoke"),
                words=(Word("Hello", 0, 270), Word("world", 300, 640, "A")),
                max_chars_per_segment=20,
                style=CaptionStyle(font_size=64, highlight_color="#FFEA00"),
            ),
        ),
        idempotency_key="reel-1",
        metadata=Json.of({"campaign": "spring", "take": 2.0, "draft": False, "note": None}),
        webhook_url="https://example.com/hook",
        webhook_headers=Json.of({"X-Environment": "production"}),
        webhook_secret="whsec",
    )


@pytest.fixture
def wire(snapshot):
    return snapshot.use_extension(Wire)


def test_a_whole_reel_compact(wire):
    """The body as it is sent."""
    assert dumps(reel()) == wire


def test_a_whole_reel_indented(wire):
    """The body as it is read by people."""
    assert dumps(reel(), indent=2) == wire


def test_unknown_keys_in_their_places(wire):
    """Strangers at every depth stand where they stood."""
    text = (
        '{"first":1,"version":"v1","output":{"width":1080,"depth":[8.0],"height":1920,"fps":30},'
        '"assets":[{"id":"a","type":"video","url":"https://example.com/a.mp4","size":{"b":null}}],'
        '"composition":{"timeline":[{"id":"a","type":"video","asset_id":"a","time":{"at":1.5}}],"transitions":[]},'
        '"last":true}'
    )
    assert dumps(loads(text), indent=2) == wire


def test_a_music_request(wire):
    """A music request is a document too."""
    request = MusicRequest("warm lo-fi", custom_mode=False, instrumental=True, model="V5")
    assert dumps(request, indent=2) == wire


def test_the_sentences_of_a_broken_document(snapshot):
    """Every fault in plain words."""
    text = """{"version":1,"output":{"width":"1080","height":null,"fps":NaN,"fps":30},
        "assets":[{"id":"a","type":"video"},7,null],
        "composition":{"auto_stitch":"true","duration_seconds":true,"timeline":{"a":1},
            "text_overlays":[{"content":"x","style":{"font_weight":[],"font_size":1e999},
                "odd key":{"x":NaN}}],
            "captions":{"provider":"assemblyai","preset":5,"words":[{"text":"\\ud800","start":0,"end":1}]}},
        "metadata":[],"webhook_secret":12345}"""
    with pytest.raises(ManifestInvalidError) as caught:
        loads(text)
    assert str(caught.value) == snapshot.use_extension(Text)
