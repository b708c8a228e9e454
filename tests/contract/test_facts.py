"""Every fact of the contract is tested, by tests that are there."""

from __future__ import annotations

import ast
import re
import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FACTS: list[Any] = runpy.run_path(str(Path(__file__).with_name("facts.py")))["FACTS"]


@cache
def named_in(file: str) -> frozenset[str]:
    """The tests of a file, as ``test_x`` or ``TestX::test_y``."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(found)


@pytest.mark.parametrize("fact", FACTS, ids=[fact.id for fact in FACTS])
def test_a_fact_is_tested(fact):
    """Each fact names at least one test, and each of its tests exists."""
    assert fact.tests
    for test in fact.tests:
        file, _, name = test.partition("::")
        assert name in named_in(file), test


def test_facts_have_names_of_their_own():
    """No two facts share an id, and every mark is one of three."""
    assert len({fact.id for fact in FACTS}) == len(FACTS)
    assert {fact.mark for fact in FACTS} == {"seed", "docs", "decision"}


def test_no_section_and_no_decision_is_left_out():
    """Sections 1 to 10 have facts, and so has every decision."""
    page = (ROOT / "cookbook" / "reference" / "contract.md").read_text("utf-8")
    decisions = set(re.findall(r"^(?:\| )?(D\d+)(?: \||:)", page, re.MULTILINE))
    named = {fact.id.split(".")[0] for fact in FACTS}
    assert named == {str(section) for section in range(1, 11)} | decisions
