"""What the cookbook shows works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / "cookbook").glob("[0-9]*.py"))
NO_FILM = {"02_webhooks.py": "204 \n400 no signature fits the body\n"}
"""Recipes that make no film, and the end of what they print."""


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_runs_from_any_folder(recipe: Path, tmp_path: Path) -> None:
    """A recipe takes no arguments, writes one film into the current folder if any, and says where it is."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, recipe],
        cwd=tmp_path,
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == ""
    films = list(tmp_path.iterdir())
    if recipe.name in NO_FILM:
        assert films == []
        assert done.stdout.endswith(NO_FILM[recipe.name])
    else:
        assert [film.suffix for film in films] == [".mp4"]
        assert str(films[0]) in done.stdout


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_short(recipe: Path) -> None:
    """A recipe fits on a page: at most sixty lines."""
    assert len(recipe.read_text(encoding="utf-8").splitlines()) <= 60
