"""The command and the graph of small compositions, one file each; paths are made up, no file is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reelforge_dsl.engine import Media, plan


class Printed(SingleFileSnapshotExtension):
    """A snapshot is what printing the plan shows."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def clip(name: str, **fields: Any) -> Media:
    told = {
        "path": Path(f"/media/{name}.mp4"),
        "kind": "video",
        "demuxer": "mov",
        "duration_seconds": 4.0,
        "width": 1920,
        "height": 1080,
        "coded_width": 1920,
        "coded_height": 1080,
        "fps": 25.0,
        "has_video": True,
        "has_audio": True,
        "channels": 2,
        "video_stream": 0,
        "audio_stream": 1,
    }
    return Media(**{**told, **fields})


def still(name: str, **fields: Any) -> Media:
    told = {"path": Path(f"/media/{name}.png"), "kind": "image", "demuxer": "png_pipe"}
    return clip(name, **{**told, "duration_seconds": None, "fps": None, "has_audio": False, **fields})


MEDIA = {
    "file:///media/walk.mp4": clip("walk"),
    "file:///media/talk.mp4": clip("talk", fps=60.0, color_space="bt709"),
    "file:///media/photo.png": still("photo"),
    "file:///media/logo.png": still("logo", width=300, height=200, has_alpha=True),
    "file:///media/beat.mp3": Media(
        path=Path("/media/beat.mp3"),
        kind="audio",
        demuxer="mp3",
        duration_seconds=8.0,
        has_audio=True,
        channels=1,
        audio_stream=0,
    ),
}


def document(*timeline: dict[str, Any], **composition: Any) -> dict[str, Any]:
    assets = [
        {"id": src.rpartition("/")[2].partition(".")[0], "type": media.kind, "url": src}
        for src, media in MEDIA.items()
    ]
    return {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": assets,
        "composition": {"timeline": list(timeline), **composition},
    }


def layer(of: str, **fields: Any) -> dict[str, Any]:
    kind = {"walk": "video", "talk": "video", "photo": "image", "logo": "image", "beat": "audio"}[of]
    return {"id": of, "type": kind, "asset_id": of, **fields}


REEL = document(
    layer("walk", trim={"start_seconds": 1.5}, layout={"fit": "contain"}),
    layer("talk", media_settings={"crossfade_seconds": 0.5}),
    layer(
        "logo",
        time={"start_seconds": 0},
        layout={"x": "741px", "y": "4%", "width": "300px", "height": "10%", "fit": "contain"},
        background_mode="transparent",
    ),
    layer(
        "beat", media_settings={"volume": 0.3, "loop": True, "fade_in_seconds": 0.5, "fade_out_seconds": 1}
    ),
    auto_stitch=True,
)

FIGURES = {
    "cut": document(
        layer("walk", time={"start_seconds": 0, "duration_seconds": 1}),
        layer("photo", time={"start_seconds": 1.5, "duration_seconds": 1}, motion="zoom_in"),
    ),
    "reel": REEL,
    "sound_alone": document(layer("beat", time={"start_seconds": 0.5, "duration_seconds": 2})),
    "boxes": document(
        layer("walk", time={"start_seconds": 0, "duration_seconds": 2}, layout={"height": "50%"}),
        layer(
            "talk",
            time={"start_seconds": 1, "duration_seconds": 2},
            layout={"y": "50%"},
            media_settings={"crossfade_seconds": 0.4, "muted": True},
            motion="pan_left",
        ),
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plan(name: str, snapshot: Any) -> None:
    """The printed plan of a composition is this."""
    assert str(plan(FIGURES[name], MEDIA)) == snapshot(extension_class=Printed)


def test_draft(snapshot: Any) -> None:
    """The printed plan of a draft is this."""
    assert str(plan(REEL, MEDIA, draft=True)) == snapshot(extension_class=Printed)


def test_captions(snapshot: Any) -> None:
    """The list that times the captions' pictures, and how it is laid over, are these."""
    words = [
        {"text": word, "start": at * 400, "end": at * 400 + 300} for at, word in enumerate(("one", "two."))
    ]
    words.append({"text": "three", "start": 2000, "end": 2400})
    captions = {"provider": "assemblyai", "preset": "karaoke_yellow", "words": words}
    document_ = document(layer("photo", time={"start_seconds": 0, "duration_seconds": 3}), captions=captions)
    assert str(plan(document_, MEDIA)) == snapshot(extension_class=Printed)
