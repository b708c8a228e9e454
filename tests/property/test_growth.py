"""Twice as many things take twice as much work, counted and not timed."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from reelforge_dsl import Timeline, dumps, loads
from reelforge_dsl.rules import check

BENCH: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "growth.py"))
SHAPES = ("stitched", "timed", "chained", "worded")
COUNT = 150
Making = Callable[[int], Timeline]
Step = Callable[[], object]


def work_in(step: Step) -> int:
    """Return how many lines of Python run in a step, with the functions that are entered and left."""
    count = 0

    def line(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        return line

    def call(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += 1

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.settrace(line)
    sys.setprofile(call)
    try:
        step()
    finally:
        sys.setprofile(profiling)
        sys.settrace(tracing)
    return count


def growth_of(steps: Callable[[int], Step]) -> float:
    """Return how many times the work of ``COUNT`` things twice as many take, all values seen before."""
    once, twice = steps(COUNT), steps(2 * COUNT)
    once(), twice()
    return work_in(twice) / work_in(once)


def building(make: Making, count: int) -> Step:
    return lambda: make(count)


def placing(make: Making, count: int) -> Step:
    return lambda: make(count).manifest()


def checking(make: Making, count: int) -> Step:
    manifest = make(count).manifest()
    return lambda: check(manifest)


def writing(make: Making, count: int) -> Step:
    manifest = make(count).manifest()
    return lambda: dumps(manifest)


def reading(make: Making, count: int) -> Step:
    text = make(count).to_json()
    return lambda: loads(text)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stage", [building, placing, checking, writing, reading])
def test_twice_the_things_are_twice_the_work(stage: Callable[[Making, int], Step], shape: str) -> None:
    """Saying, placing, checking, writing or reading 2n things takes at most 2.05 times that of n."""
    assert growth_of(lambda count: stage(BENCH[shape], count)) <= 2.05


def test_what_is_quadratic_is_seen() -> None:
    """Looking at every pair of things counts as more than twice the work."""

    def pairs(count: int) -> Step:
        return lambda: [(one, other) for one in range(count) for other in range(count)]

    assert growth_of(pairs) > 3
