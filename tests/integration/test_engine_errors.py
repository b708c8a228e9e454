"""What the engine refuses, how it says so, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl import engine
from reelforge_dsl.engine._files import Access
from reelforge_dsl.errors import (
    EngineError,
    FetchError,
    ManifestInvalidError,
    ProbeError,
    UnsupportedByEngineError,
)


@pytest.fixture
def plain(studio) -> dict[str, Any]:
    """A document that renders."""
    return studio.document(studio.layer("video", studio.clock(1), 0, 1))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "film.mp4"


def left_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# Files that cannot be used


def cut_off(studio, folder: Path) -> Path:
    path = folder / "cut-off.mp4"
    path.write_bytes(studio.clock(1).read_bytes()[:2000])
    return path


def text_file(studio, folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("not a film at all")
    return path


def empty_file(studio, folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def web_page(studio, folder: Path) -> Path:
    path = folder / "page.mp4"
    path.write_text("<!DOCTYPE html><title>Not found</title>")
    return path


def noise(studio, folder: Path) -> Path:
    path = folder / "noise.mp4"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def playlist(studio, folder: Path) -> Path:
    path = folder / "playlist.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:2,\n{studio.clock(1)}\n#EXT-X-ENDLIST\n")
    return path


def hidden_playlist(studio, folder: Path) -> Path:
    path = folder / "hidden.mp4"
    path.write_bytes(b"\xef\xbb\xbf" + f"#EXTM3U\n#EXTINF:2,\n{studio.clock(1)}\n".encode() + b"\x00")
    return path


def file_list(studio, folder: Path) -> Path:
    path = folder / "list.mp4"
    path.write_text(f"ffconcat version 1.0\nfile '{studio.clock(1)}'\n")
    return path


def folder_of(studio, folder: Path) -> Path:
    path = folder / "folder.mp4"
    path.mkdir()
    return path


def missing(studio, folder: Path) -> Path:
    return folder / "missing.mp4"


UNUSABLE = (
    *(cut_off, text_file, empty_file, web_page, noise, playlist, hidden_playlist, file_list),
    *(folder_of, missing),
)


@pytest.mark.parametrize("make", UNUSABLE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_unusable_file(studio, tmp_path: Path, out: Path, make: Any, kind: str) -> None:
    """A file that cannot be used is an error that names its layer and the file; nothing is written."""
    file = make(studio, tmp_path)
    document = studio.document(
        studio.layer("video", studio.clock(1), 0, 1),
        studio.layer(kind, file, 0, 1, muted=True) if kind == "video" else studio.layer(kind, file, 0, 1),
    )
    with pytest.raises(ProbeError) as caught:
        engine.render(document, out)
    assert "v1" in str(caught.value)
    assert file.name in str(caught.value)
    assert caught.value.src == file.as_uri()
    assert left_in(out.parent) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(studio, tmp_path: Path, out: Path) -> None:
    """A file without the right to read it is an error that names its layer and the file."""
    file = tmp_path / "secret.mp4"
    file.write_bytes(studio.clock(1).read_bytes())
    file.chmod(0)
    with pytest.raises(ProbeError, match=r"v0.*secret\.mp4"):
        engine.render(studio.document(studio.layer("video", file, 0, 1)), out)


@pytest.mark.parametrize(
    ("kind", "found", "said"),
    [
        ("video", "image", "is an image, not a video"),
        ("video", "audio", "is a sound, not a video"),
        ("image", "video", "is a video, not an image"),
        ("image", "audio", "is a sound, not an image"),
        ("audio", "image", "has no sound"),
        ("audio", "video", "has no sound"),
    ],
)
def test_wrong_kind(studio, out: Path, kind: str, found: str, said: str) -> None:
    """A file of another kind than its layer is an error that says which is which."""
    files = {
        "image": studio.flat("red.png", "red"),
        "video": studio.clock(1),
        "audio": studio.tone("tone.wav"),
    }
    document = studio.document(studio.layer(kind, files[found], 0, 1))
    with pytest.raises(ProbeError) as caught:
        engine.render(document, out)
    assert f"v0: {files[found].name}" in str(caught.value)
    assert said in str(caught.value)


def test_file_that_changed_its_name(studio, tmp_path: Path, out: Path) -> None:
    """What a file holds decides, not how it is called."""
    picture = tmp_path / "really-a-png.jpg"
    picture.write_bytes(studio.flat("red.png", "red").read_bytes())
    odd = tmp_path / "%03d 'quoted' [x];,:.png"
    odd.write_bytes(picture.read_bytes())
    document = studio.document(
        studio.layer("image", picture, 0, 0.1), studio.layer("image", odd, 0, 0.1, layout={"width": "50%"})
    )
    assert engine.render(document, out).frames == 3


# Documents that cannot be drawn


def test_all_that_is_unsupported(studio, out: Path) -> None:
    """Everything the engine does not draw is named at once, with its path."""
    document = studio.document(
        studio.layer("video", studio.clock(1), 0, 1, style={"transform": "rotate(3deg)"}, transitions=[]),
        studio.layer("image", studio.flat("red.png", "red"), 0, 1, style={"transform": "scale(2)"}),
        transitions=[{"type": "wipe"}],
        captions={
            "provider": "assemblyai",
            "preset": "neon_glow",
            "correct_text": "Hello.",
            "time_overrides": [{"time": {"start_seconds": 0, "duration_seconds": 1}}],
        },
    )
    with pytest.raises(UnsupportedByEngineError) as caught:
        engine.render({**document, "transitions": {}}, out)
    assert {issue.path for issue in caught.value.issues} == {
        "$.transitions",
        "$.composition.transitions",
        "$.composition.timeline[0].style.transform",
        "$.composition.timeline[0].transitions",
        "$.composition.timeline[1].style.transform",
        "$.composition.captions.preset",
        "$.composition.captions.correct_text",
        "$.composition.captions.time_overrides",
        "$.composition.captions.words",
    }
    assert {issue.code for issue in caught.value.issues} == {"unsupported_by_engine"}
    assert all(issue.fix for issue in caught.value.issues)
    assert left_in(out.parent) == []


def test_all_that_is_invalid(studio, out: Path) -> None:
    """Every fault of a document is told at once, and no file is asked for."""
    document = studio.document(studio.layer("video", Path("/nowhere/at-all.mp4"), 0, -1))
    document["output"]["fps"] = 25
    document["output"]["width"] = 321
    with pytest.raises(ManifestInvalidError) as caught:
        engine.render(document, out)
    paths = {issue.path for issue in caught.value.issues}
    assert {
        "$.output.fps",
        "$.output.width",
        "$.composition.timeline[0].time.duration_seconds",
    } <= paths


@pytest.mark.parametrize("document", [None, 3, "reel", [], object()], ids=repr)
def test_no_document_at_all(out: Path, document: Any) -> None:
    """What is no document is refused with the kinds that are taken."""
    with pytest.raises(EngineError, match="cannot be rendered"):
        engine.render(document, out)


def test_faults_that_only_files_tell(studio, out: Path) -> None:
    """A trim past a file's end, and a crossfade longer than a clip, are faults of the document."""
    document = studio.document(
        studio.layer("video", studio.clock(1, count=30)),
        studio.layer("video", studio.clock(2, count=30), crossfade_seconds=2),
        studio.layer("video", studio.clock(3, count=30), trim=5),
        auto_stitch=True,
    )
    with pytest.raises(ManifestInvalidError) as caught:
        engine.render(document, out)
    assert {issue.code for issue in caught.value.issues} == {"crossfade_too_long", "trim_past_end"}


@pytest.mark.parametrize("ask", ["render", "frame", "sheet"])
def test_film_of_no_frame(studio, out: Path, ask: str) -> None:
    """A film that rounds to no frame at all is refused."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 0.01))
    calls = {
        "render": lambda: engine.render(document, out),
        "frame": lambda: engine.frame(document, 0),
        "sheet": lambda: engine.sheet(document),
    }
    with pytest.raises(EngineError):
        calls[ask]()
    assert left_in(out.parent) == []


# Where it goes


def test_output_is_a_folder(plain: dict[str, Any], tmp_path: Path) -> None:
    """A folder is no place for a film, also when its name ends in .mp4."""
    for folder in (tmp_path, tmp_path / "film.mp4"):
        folder.mkdir(exist_ok=True)
        with pytest.raises(EngineError, match="is a folder"):
            engine.render(plain, folder)


@pytest.mark.parametrize("name", ["film.mov", "film", "film.mp4.txt", ".mp4"])
def test_wrong_suffix(plain: dict[str, Any], tmp_path: Path, name: str) -> None:
    """Only MP4 is written, and the name has to say so."""
    with pytest.raises(EngineError, match=r"\.mp4"):
        engine.render(plain, tmp_path / name)
    assert left_in(tmp_path) == []


def test_missing_folder(plain: dict[str, Any], tmp_path: Path) -> None:
    """The folder has to be there; it is not made."""
    with pytest.raises(EngineError, match="does not exist"):
        engine.render(plain, tmp_path / "not" / "there" / "film.mp4")
    assert left_in(tmp_path) == []


def test_relative_path(
    studio, plain: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is meant from the working folder, and comes back absolute."""
    monkeypatch.chdir(tmp_path)
    assert engine.render(plain, "film.MP4").path == tmp_path / "film.MP4"
    assert left_in(tmp_path) == ["film.MP4"]


def test_strange_names(plain: dict[str, Any], tmp_path: Path) -> None:
    """The output's name may hold anything a file's name can."""
    folder = tmp_path / "a 'b' %d;[c]"
    folder.mkdir()
    target = folder / "-y film's:%03d.mp4"
    assert engine.render(plain, target).path == target
    assert left_in(folder) == [target.name]


def test_failure_keeps_the_older_film(studio, out: Path) -> None:
    """When a render fails on the way, the film of before stays as it was, and nothing is beside it."""
    out.write_bytes(b"older")
    file = studio.folder / "sound-only-later.mp4"
    if not file.exists():
        file.write_bytes(studio.clock(1, count=30).read_bytes())
    document = studio.document(studio.layer("video", file, 0, 1))
    engine.plan(document)
    # Gone between the probe, which is remembered, and the render.
    damaged = bytearray(file.read_bytes())
    stamp = file.stat()
    damaged[8:4000] = bytes(3992)
    file.write_bytes(damaged)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with pytest.raises(EngineError):
        engine.render(document, out)
    assert out.read_bytes() == b"older"
    assert left_in(out.parent) == [out.name]


# What may be opened


def test_media_root(studio, tmp_path: Path, out: Path) -> None:
    """Files outside the media root are refused, also by way of a link or of dots; those inside are not."""
    root = tmp_path / "root"
    root.mkdir()
    outside = tmp_path / "outside.png"
    outside.write_bytes(studio.flat("red.png", "red").read_bytes())
    inside = root / "inside.png"
    inside.write_bytes(outside.read_bytes())
    (root / "link.png").symlink_to(outside)
    (root / "door").symlink_to(tmp_path)
    sibling = tmp_path / "root-beside"
    sibling.mkdir()
    (sibling / "file.png").write_bytes(outside.read_bytes())

    def render(path: str) -> engine.Rendered:
        document = studio.document(studio.layer("image", inside, 0, 0.1))
        document["assets"][0]["url"] = f"file://{path}"
        return engine.render(document, out, media_root=root)

    assert render(str(inside)).frames == 3
    (root / "way.png").symlink_to(inside)
    assert Access(root).file_of((root / "way.png").as_uri()) == inside  # and not a link that may be turned
    for path in (
        outside,
        root / "link.png",
        root / "door" / "outside.png",
        f"{root}/../outside.png",
        f"{root}/%2e%2e/outside.png",
        sibling / "file.png",
        "/etc/passwd",
    ):
        with pytest.raises(ProbeError, match="outside the media root"):
            render(str(path))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/a.mp4",
        "http://localhost:9/a.mp4",
        "http://10.0.0.1/a.mp4",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/a.mp4",
    ],
)
def test_private_address(studio, out: Path, url: str) -> None:
    """Hosts of one's own network are not asked, unless that is allowed."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 1))
    document["assets"][0]["url"] = url
    with pytest.raises(FetchError, match="v0") as caught:
        engine.render(document, out)
    assert caught.value.src == url


@pytest.mark.parametrize(
    "url",
    [
        "clip.mp4",
        "ftp://example.com/a.mp4",
        "file://host/a.mp4",
        "file:///a%00.mp4",
        "concat:a|b",
        "data:,x",
        "/etc/passwd",
    ],
)
def test_no_address(studio, out: Path, url: str) -> None:
    """Only http(s) and file: addresses are opened; no other reaches FFmpeg."""
    document = studio.document(studio.layer("video", studio.clock(1), 0, 1))
    document["assets"][0]["url"] = url
    with pytest.raises((ProbeError, ManifestInvalidError)):
        engine.render(document, out)


def test_every_input_is_fenced(studio) -> None:
    """Each input of the command has its own lists of what FFmpeg may open."""
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 1)
    told = {
        "provider": "assemblyai",
        "preset": "karaoke_yellow",
        "words": [{"text": "a", "start": 0, "end": 9}],
    }
    document = studio.document(
        black,
        studio.layer("video", studio.clock(1), 0, 1),
        studio.layer("audio", studio.tone("tone.wav"), 0, 1),
        text_overlays=[studio.text("Text")],
        captions=told,
    )
    plan = engine.plan(document)
    assert len(plan.inputs) == 5
    for opened in plan.inputs:
        assert opened.count("-i") == 1
        assert opened[opened.index("-protocol_whitelist") + 1] == "file"
        assert opened[opened.index("-f") + 1] in opened[opened.index("-format_whitelist") + 1]
    assert "-nostdin" in plan.argv()


# Progress and interruption


def test_progress(studio, out: Path) -> None:
    """The callback hears of rising frames, and last of all of them."""
    events: list[engine.Progress] = []
    document = studio.document(studio.layer("video", studio.clock(1), 0, 20), size=(640, 360))
    engine.render(document, out, on_progress=events.append)
    frames = [event.frame for event in events]
    assert frames == sorted(frames)
    assert frames[-1] == 600 == events[-1].frames
    assert events[-1].eta_seconds == 0


def test_raising_in_the_callback(studio, plain: dict[str, Any], out: Path) -> None:
    """What the callback raises ends the render and comes out; nothing is left, the older film stays."""
    out.write_bytes(b"older")

    class StopError(Exception):
        pass

    def stop(progress: engine.Progress) -> None:
        raise StopError

    with pytest.raises(StopError):
        engine.render(plain, out, on_progress=stop)
    assert out.read_bytes() == b"older"
    assert left_in(out.parent) == [out.name]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted(studio, out: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a render ends it soon, with KeyboardInterrupt, and leaves nothing."""
    import json

    document = studio.document(studio.layer("video", studio.clock(1), 0, 290), size=(1280, 720))
    (tmp_path / "document.json").write_text(json.dumps(document))
    script = f"""
        import json, sys
        from reelforge_dsl import engine
        try:
            engine.render(
                json.load(open({str(tmp_path / "document.json")!r})), {str(out)!r},
                on_progress=lambda progress: print("frame", progress.frame, flush=True),
            )
        except KeyboardInterrupt:
            sys.exit(77)
    """
    root = Path(engine.__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert child.stdout is not None
    while b"frame" in (line := child.stdout.readline()) and int(line.split()[1]) < 1:
        pass
    assert [name for name in left_in(out.parent) if name.startswith(".reelforge-")]
    child.send_signal(signal.SIGINT)
    child.stdout.read()
    assert child.wait(timeout=30) == 77
    child.stdout.close()
    assert left_in(out.parent) == []


def test_repeated_failures_leave_no_folders(studio, plain: dict[str, Any], out: Path) -> None:
    """After success, too, nothing but the film is in its folder."""
    began = time.time()
    engine.render(plain, out)
    assert left_in(out.parent) == [out.name]
    assert out.stat().st_mtime >= began - 2


def test_a_name_too_long_for_the_disk(plain: dict[str, Any], tmp_path: Path) -> None:
    """An output name that no file system takes is refused before anything is rendered."""
    with pytest.raises(EngineError, match="is no name for a file"):
        engine.render(plain, tmp_path / ("x" * 300 + ".mp4"))
