"""What the README shows is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_every_python_block_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who types the README's Python from top to bottom meets no error."""
    (tmp_path / "cookbook").symlink_to(ROOT / "cookbook")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = code_blocks("python")
    for number, block in enumerate(blocks):
        exec(compile(block, f"README block {number + 1}", "exec"), names)
    assert len(blocks) >= 5
    assert (tmp_path / "draft.mp4").stat().st_size > 1000


def test_the_error_that_the_readme_shows_is_the_real_one() -> None:
    """The sentence beside the mistyped fit is what is printed."""
    from reelforge_dsl import FieldError, Timeline

    with pytest.raises(FieldError) as caught:
        Timeline().video("https://example.com/b.mp4", fit="covr")  # type: ignore[arg-type]
    said = str(caught.value).replace("\n  fix: ", " — ")
    assert f"# {said}\n" in README


def test_the_two_commands_are_marked_for_ci() -> None:
    """Each of the two commands stands alone on the line after its marker and its fence."""
    for name in ("reel", "tests"):
        found = re.search(rf"<!-- command: {name} -->\n```sh\n(.+)\n```\n", README)
        assert found is not None
        assert ".ci/constraints.txt" in found[1]


@pytest.mark.parametrize("target", re.findall(r"\]\(((?!https?:)[^)\s]+)", README))
def test_links_lead_somewhere(target: str) -> None:
    """Every file that the README points to is there."""
    assert (ROOT / target).exists()
