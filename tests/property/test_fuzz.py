"""Documents broken in every way that the bench knows."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FUZZ: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "fuzz_documents.py"))
NEVER_VALID = (
    "half a surrogate pair",
    "the text cut off",
    "an extra comma",
    "a key twice in one object",
)


@pytest.fixture(scope="module")
def found() -> Counter[tuple[str, str]]:
    """What became of two thousand documents."""
    run = list(FUZZ["run"](2000, "house"))
    troubles = [f"{one.kind}: {one.trouble}" for one in run if one.trouble]
    assert troubles == []
    return Counter((one.kind, one.outcome) for one in run)


def test_a_broken_document_is_told_or_comes_back(found: Counter[tuple[str, str]]) -> None:
    """Two thousand documents raise nothing but the library's errors, and what loads is written as it was."""
    assert found.total() == 2000
    assert "failed" not in {outcome for _, outcome in found}


def test_every_way_of_breaking_is_tried(found: Counter[tuple[str, str]]) -> None:
    """Every kind of mutation is met, and all four outcomes are."""
    assert {kind for kind, _ in found} >= set(FUZZ["KINDS"]) - {FUZZ["RARE"]}
    assert {outcome for _, outcome in found} == {"refused", "errors", "warnings", "valid"}


@pytest.mark.parametrize("kind", NEVER_VALID)
def test_what_is_no_document_is_refused(found: Counter[tuple[str, str]], kind: str) -> None:
    """Some mutations leave nothing that could load."""
    assert {outcome for named, outcome in found if named == kind} == {"refused"}


def test_what_means_the_same_stays_without_error(found: Counter[tuple[str, str]]) -> None:
    """Documents as they are, in another order, in lines or behind a mark, have no error."""
    for kind in ("as it is", "8.0 for 8", "in spaces and lines", "a mark at the start (BOM)"):
        assert {outcome for named, outcome in found if named == kind} <= {"valid", "warnings"}
