"""A service killed at random points: a draw of what `tests/bench/killed.py` tries in full."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

KILLED: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "killed.py"))


@pytest.fixture(scope="module")
def tally() -> Any:
    """What came of twenty kills."""
    return KILLED["run"](20, "house")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_service_forgets_nothing(tally: Any) -> None:
    """No promised job is lost or becomes two, each ends as it should, its film whole; nothing is left."""
    assert tally.points == 20
    assert tally.troubles == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a dead parent's child")
def test_a_killed_service_leaves_no_ffmpeg(tally: Any) -> None:
    """A quarter of a second after its service was killed, no process works in its folder."""
    assert tally.orphans == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_draw_strikes_at_work(tally: Any) -> None:
    """Most kills strike a service that renders, and jobs are begun again because of it."""
    assert tally.where["rendering"] >= 5
    assert tally.again > 0
