"""What ``to_python`` prints: a film of every verb, a loaded one, and their layout."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reelforge_dsl import CaptionStyle, Layout, TextStyle, Timeline, TimeOverride, Word
from reelforge_dsl.models import Time

SITE = "https://example.com/"
SECRETS = {
    "REELFORGE_WEBHOOK_SECRET": "whsec-1",
    "REELFORGE_WEBHOOK_X_KEY": "key-1",
    "REELFORGE_WEBHOOK_X_KEY_2": "key-2",
}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def run(source: str) -> Timeline:
    """Run a program; return the timeline it names ``reel``."""
    names: dict[str, Any] = {}
    exec(compile(source, "<to_python>", "exec"), names)
    reel = names["reel"]
    assert isinstance(reel, Timeline)
    return reel


def film() -> Timeline:
    """Every verb, most keywords, values that need quotes, lines that are too long."""
    return (
        Timeline("9:16")
        .video(SITE + "walk.mp4", trim=2)
        .video(SITE + "talk.mp4", crossfade=0.5, muted=True, fit="contain", background="solid")
        .image(
            SITE + "logo.png",
            start=0,
            background="transparent",
            layout=Layout.corner("top_right", width="14%", height="8%", fit="contain"),
        )
        .image(SITE + "card.png", after="video-2", duration=2, motion="zoom_in", transform="rotate(3deg)")
        .voiceover(Path("/media/my voice.mp3"), during="video-1", offset=0.25)
        .music(SITE + "beat.mp3", volume=0.2, loop=True, fade_in=1, fade_out=1.5, id="bed")
        .text('She said "go"', start=1, duration=3.0, style=TextStyle(font_size=96, color="#FFD700"))
        .text("It's a\nlong line, " * 9, start=4, duration=2, layout=Layout.lower_third())
        .captions(
            "karaoke_yellow",
            words=[Word(f"word{n}", 300 * n, 300 * n + 250, "A" if n else None) for n in range(4)],
            clock="voiceover-1",
            mode="phrase",
            style=CaptionStyle(font_size=64, highlight_color="#FFEA00"),
            time_overrides=[TimeOverride(Time(0, 2), layout=Layout(y="10%"))],
        )
        .total_duration(30)
        .auto_stitch()
        .text_defaults(style=TextStyle(font_family="Inter"))
        .metadata({"campaign": "spring", "run": 2, "draft": True, "share": 0.5})
        .webhook(SITE + "hook", secret="whsec-1", headers={"X-Key": "key-1", "x_key": "key-2"})
        .idempotency_key("reel-1")
    )


def test_the_whole_vocabulary(snapshot: SnapshotAssertion, secrets: None) -> None:
    """A film of every verb is printed as one would write it, and rebuilt as an equal timeline."""
    source = film().to_python()
    assert source == snapshot
    again = run(source)
    assert again.to_json() == film().to_json()
    assert again == film()


def test_secrets_are_looked_up(secrets: None) -> None:
    """Neither the webhook's secret nor a header's value is printed; comments name the variables."""
    source = film().to_python()
    for value in ("whsec-1", "key-1", "key-2"):
        assert value not in source
    assert "import os\n" in source
    assert [line for line in source.splitlines() if line.startswith("#")] == [
        "# Not printed, looked up in the environment: REELFORGE_WEBHOOK_SECRET",
        "# Not printed, looked up in the environment: REELFORGE_WEBHOOK_X_KEY",
        "# Not printed, looked up in the environment: REELFORGE_WEBHOOK_X_KEY_2",
    ]
    assert 'secret=os.environ["REELFORGE_WEBHOOK_SECRET"]' in source


def test_what_no_verb_says(snapshot: SnapshotAssertion, secrets: None) -> None:
    """A document that verbs cannot say is printed whole, its secrets looked up."""
    odd = film().drop("image-2").to_dict()
    odd["composition"]["transitions"] = [{"kind": "wipe", "at": [1, 2.5, None, True]}]
    reel = Timeline.from_dict(odd)
    assert reel.to_python() == snapshot
    assert run(reel.to_python()) == reel


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
def test_it_is_formatted(tmp_path: Path) -> None:
    """``ruff format`` and the sorting of imports, at 110 columns, change nothing in what is printed."""
    wide = Timeline().text("文字" * 30, start=0, duration=1, style=TextStyle(font_family="Noto Sans"))
    odd = film().to_dict() | {"later": [{"deep": [[1, -2.5, None], {"k": 'a"b'}]}, [], {}], "x": 1e-7}
    long = Timeline().image(SITE + "x" * 100 + ".png", duration=1).metadata({"k" * 60: "v" * 60})
    lines = [Timeline().video(SITE + "x" * n).video(SITE + "y") for n in range(20, 34)]
    films = [*lines, film(), film().drop("bed"), wide, long, Timeline(), Timeline().video(SITE + "x" * 80)]
    for number, reel in enumerate([*films, Timeline.from_dict(odd), Timeline.from_dict(film().to_dict())]):
        (tmp_path / f"film{number}.py").write_text(reel.to_python(), encoding="utf-8")
    common = ["--isolated", "--no-cache", "--line-length", "110", str(tmp_path)]
    for command in (["format", "--diff"], ["check", "--select", "I,F", "--quiet"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *common], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout
