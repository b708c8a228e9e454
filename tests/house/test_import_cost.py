"""What importing the package brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reelforge_dsl

ROOT = Path(reelforge_dsl.__file__).parents[1]


def loaded_by(program: str) -> set[str]:
    """Run a program in a fresh Python; return the modules it loaded."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{program}\nimport sys\nprint(*sys.modules)"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    "name",
    ["httpx", "cattrs", "pysubs2", "uharfbuzz", "resvg_py", "numpy", "imageio_ffmpeg", "asyncio", "ssl"],
)
def test_the_face_leaves_heavy_libraries_alone(name: str) -> None:
    """Importing the face loads none of what only single rooms need."""
    assert name not in loaded_by("import reelforge_dsl")


@pytest.mark.parametrize("room", ["engine", "lettering", "rules", "timing", "wire", "words"])
def test_the_face_leaves_rooms_for_later(room: str) -> None:
    """Rooms that saying a film does not need come with their first use."""
    assert f"reelforge_dsl.{room}" not in loaded_by("import reelforge_dsl")


def test_a_film_is_said_and_judged_without_the_engine() -> None:
    """Building, judging and writing a film needs neither httpx nor the engine."""
    loaded = loaded_by(
        "from reelforge_dsl import Timeline, Words\n"
        "reel = Timeline().video('https://example.com/a.mp4').captions('typewriter')\n"
        "reel.manifest(), reel.to_json(), str(reel), repr(reel)"
    )
    assert not {"httpx", "pysubs2", "uharfbuzz", "reelforge_dsl.engine"} & loaded
    assert "reelforge_dsl.wire" in loaded


def test_every_name_of_the_face_is_there() -> None:
    """``__all__`` and ``dir`` name what can be had, lazy names among them."""
    assert sorted(reelforge_dsl.__all__, key=str.lower) == sorted(set(reelforge_dsl.__all__), key=str.lower)
    assert set(reelforge_dsl.__all__) <= set(dir(reelforge_dsl))
    for name in reelforge_dsl.__all__:
        assert getattr(reelforge_dsl, name) is not None


def test_the_face_is_looked_over_without_the_engine() -> None:
    """Without the ``local`` extra ``help()`` and completion work, and the engine says what it lacks."""
    loaded_by(
        "import sys\n"
        "sys.modules['resvg_py'] = None\n"
        "import inspect, reelforge_dsl\n"
        "assert {'Timeline', 'Client', 'local'} <= dict(inspect.getmembers(reelforge_dsl)).keys()\n"
        "try:\n"
        "    reelforge_dsl.engine\n"
        "except reelforge_dsl.MissingExtraError as error:\n"
        "    assert 'reelforge-dsl[local]' in str(error)\n"
        "else:\n"
        "    raise SystemExit(1)"
    )


def test_unknown_names_are_attribute_errors() -> None:
    """A name the face has not is refused as any module refuses it."""
    with pytest.raises(AttributeError, match="has no attribute 'Timelin'"):
        reelforge_dsl.Timelin  # noqa: B018 - asking is the test
