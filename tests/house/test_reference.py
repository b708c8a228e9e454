"""The reference tables are what the sources and the facts say now."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MAKER: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "make_reference.py"))


@pytest.mark.parametrize("name", ["codes.md", "conformance.md"])
def test_a_table_is_fresh(name: str) -> None:
    """A reference table is what its maker makes: run ``python .ci/make_reference.py`` when it is not."""
    page = (ROOT / "cookbook" / "reference" / name).read_text(encoding="utf-8")
    assert page == MAKER["PAGES"][name]()


def test_every_code_has_a_meaning() -> None:
    """The sources tell many codes, all in the table, among them one of each room."""
    codes = {told.code for told in MAKER["codes_told"]()}
    assert codes >= {"missing_key", "fps_not_30", "unknown_asset", "layer_past_end", "music_over_speech"}
    assert codes >= {"needs_length", "reordered", "glyph_missing", "unsupported_by_engine"}
    for meaning, fix in MAKER["MEANINGS"].values():
        assert meaning.endswith(".")
        assert fix.endswith((".", "`"))


def test_a_cell_breaks_no_table() -> None:
    """Every row of a table has the cells of its head."""
    for name in ("codes.md", "conformance.md"):
        lines = (ROOT / "cookbook" / "reference" / name).read_text(encoding="utf-8").splitlines()
        assert {line.count("|") for line in lines if line.startswith("|")} == {6}
