"""A network that breaks, on real sockets: a draw of what `tests/bench/faults.py` tries in full."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FAULTS: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "faults.py"))


@pytest.fixture(scope="module")
def outcomes() -> list[Any]:
    """What became of 160 broken calls."""
    return list(FAULTS["run"](160, "house"))


def test_a_broken_call_makes_one_job_and_forgets_no_key(outcomes: list[Any]) -> None:
    """At most one job, exactly one under a handle, one key and one body, no call past its deadline."""
    assert [(tuple(one.case), one.ended, one.trouble) for one in outcomes if one.trouble] == []


def test_the_draw_has_every_way_out(outcomes: list[Any]) -> None:
    """Both clients, every call, every place and forty kinds are drawn; some end well and some do not."""
    assert {one.case.is_async for one in outcomes} == {False, True}
    assert {one.case.call for one in outcomes} == set(FAULTS["CALLS"])
    assert {one.case.place for one in outcomes} == set(FAULTS["PLACES"])
    assert len({one.case.kind for one in outcomes}) >= 40
    ends = Counter(one.ended for one in outcomes)
    assert ends["result"] > 20
    assert {"TransportError", "TransportTimeoutError", "ReplyError", "ServerError"} <= ends.keys()
