"""Type checkers know the public API, and refuse what run time would refuse."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import reelforge_dsl
from reelforge_dsl import Timeline, Words, engine

ROOT = Path(__file__).parents[2]
API = Path(__file__).parent / "api_types.py"

WRONG = {
    "a ratio that is none": 'Timeline("9:61")',
    "a size in words": 'Timeline("1080x1920")',
    "a fractional size": "Timeline((1080.5, 1920))",
    "a misspelt fit": 'reel.video(SRC, fit="covr")',
    "a misspelt motion": 'reel.image(SRC, motion="zoomin")',
    "a misspelt background": 'reel.image(SRC, background="blur")',
    "a misspelt preset": 'reel.captions("karaoke")',
    "a misspelt mode": 'reel.captions("typewriter", mode="words")',
    "a misspelt keyword": "reel.video(SRC, volum=1)",
    "milliseconds in the keyword": "reel.text('Hi', start_ms=100)",
    "a keyword of another verb": "reel.image(SRC, volume=1)",
    "a keyword of sounds": "reel.video(SRC, loop=True)",
    "a keyword of pictures": "reel.music(SRC, fit='cover')",
    "a number in quotes": 'reel.video(SRC, start="1")',
    "a volume in percent": 'reel.video(SRC, volume="50%")',
    "a layout as a dict": 'reel.video(SRC, layout={"x": "1%"})',
    "a style as a dict": 'reel.text("Hi", start=0, style={"color": "red"})',
    "a box where a style goes": 'reel.text("Hi", start=0, style=Layout())',
    "pixels as a number": "Layout(x=10)",
    "a misspelt field of a layout": 'Layout(widht="10%")',
    "a fit that CSS has": 'Layout(fit="fill")',
    "a corner that is none": 'Layout.corner("top", width="1%", height="1%")',
    "a half that is none": 'Layout.half("middle")',
    "the other spelling of colour": 'TextStyle(colour="red")',
    "the other spelling of centre": 'TextStyle(text_align="centre")',
    "a size with its unit": 'TextStyle(font_size="96px")',
    "a highlight on plain text": 'TextStyle(highlight_color="gold")',
    "a second positional argument": "reel.video(SRC, 2)",
    "no source": "reel.video()",
    "text without its content": "reel.text(start=1)",
    "a word in seconds": 'Word("Hi", 0.5, 1.5)',
    "a verb that is none": 'reel.vidoe("a")',
    "a verb as a statement of the length": 'reel.total_duration("30s")',
    "changing a field that is none": 'reel.change("clip", volum=1)',
    "changing to a choice that is none": 'reel.change("clip", fit="covr")',
    "dropping by number": "reel.drop(1)",
    "lengths in quotes": 'reel.resolve({SRC: "10"})',
    "joining a document": "reel.then(reel.manifest())",
    "piping what a step does not take": "reel.pipe(engine.render, 5)",
    "setting a field": 'reel.manifest().version = "v2"',
    "a length that may be unknown": "reel.duration_seconds + 1",
    "music without saying which": "client.music()",
    "custom music without its title": 'client.music(style="ambient")',
    "tags in the simple form": 'client.music("lo-fi", negative_tags="drums")',
    "sending a path": 'client.render(Path("reel.json"))',
    "a key that is positional": 'client.render(reel, "key")',
    "a timeout in words": 'Client(timeout="60")',
    "setting a verdict": "client.validate(reel).valid = True",
    "a recipe without its variables": 'client.recipe("photo_slideshow", "bold")',
    "rendering nothing": "engine.render(None, 'film.mp4')",
    "a frame without its second": "engine.frame(reel)",
    "a header that is no text": "reel.webhook('https://example.com', headers={'a': 1})",
    "metadata as pairs": "reel.metadata([('a', 1)])",
}
HEAD = """\
from pathlib import Path

from reelforge_dsl import Client, Layout, TextStyle, Timeline, Word, engine

SRC = "https://example.com/a.mp4"
reel = Timeline()
client = Client("key")
"""


def checked(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a checker from the root of the checkout."""
    env = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program of wrong calls, one a line."""
    program = tmp_path_factory.mktemp("types") / "wrong_calls.py"
    program.write_text(HEAD + "".join(f"{call}\n" for call in WRONG.values()), "utf-8")
    return program


@pytest.fixture(scope="module")
def mypy(wrong: Path) -> str:
    """What mypy, strict, says of the API and of the wrong calls, in one run."""
    return checked("mypy", "--strict", "--no-error-summary", str(API), str(wrong)).stdout


@pytest.fixture(scope="module")
def pyright(wrong: Path) -> str:
    """What pyright says of the same."""
    pytest.importorskip("pyright")
    if "pyright" not in (begun := checked("pyright", "--version")).stdout and "CI" not in os.environ:
        pytest.skip(f"pyright does not start here: {begun.stderr.strip()[-200:]}")
    return checked("pyright", "--pythonpath", sys.executable, str(API), str(wrong)).stdout


def lines_told(said: str, file: Path) -> dict[int, str]:
    """Return the errors of one file, by line."""
    found = re.findall(rf"{re.escape(file.name)}:(\d+)(?::\d+)?(?: -|:) error: (.*)", said)
    return {int(line): message for line, message in found}


def missed(said: str, file: Path) -> list[str]:
    """Return the wrong calls that a checker lets pass."""
    told = lines_told(said, file)
    start = HEAD.count("\n") + 1
    return [name for at, name in enumerate(WRONG, start) if at not in told]


def test_mypy_agrees_with_every_type(mypy: str) -> None:
    """Strict mypy finds every asserted type of the API as it is written down."""
    assert lines_told(mypy, API) == {}
    assert "wrong_calls.py" in mypy


def test_mypy_refuses_every_wrong_call(mypy: str, wrong: Path) -> None:
    """Each wrong call is an error on its own line."""
    assert missed(mypy, wrong) == []
    assert min(lines_told(mypy, wrong)) > HEAD.count("\n")


def test_pyright_agrees_with_every_type(pyright: str) -> None:
    """Pyright finds every asserted type of the API as it is written down."""
    assert lines_told(pyright, API) == {}
    assert "wrong_calls.py" in pyright


def test_pyright_refuses_every_wrong_call(pyright: str, wrong: Path) -> None:
    """Each wrong call is an error on its own line."""
    assert missed(pyright, wrong) == []
    assert min(lines_told(pyright, wrong)) > HEAD.count("\n")


def test_every_public_name_has_its_type_written_down() -> None:
    """No exported name, verb, reading or engine function is without its line in ``api_types.py``."""
    tree = ast.parse(API.read_text("utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    wanted = {*reelforge_dsl.__all__, *engine.__all__}
    for cls in (Timeline, Words, reelforge_dsl.Layout):
        wanted |= {
            name
            for name, _ in inspect.getmembers(cls)
            if not name.startswith("_") and name in {n for base in cls.__mro__ for n in vars(base)}
        }
    inherited = {"count", "index", "extra", "x", "y", "z_index"}  # of Sequence, and of the wire
    assert wanted - used - inherited == set()
