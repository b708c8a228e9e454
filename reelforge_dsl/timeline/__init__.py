"""The builder: a film said step by step, placed when asked."""

from typing import TYPE_CHECKING, Any

from reelforge_dsl.timeline._builder import Timeline

if TYPE_CHECKING:
    from reelforge_dsl.timeline._diff import Difference, diff
    from reelforge_dsl.timeline._differing import Change
    from reelforge_dsl.timeline._explain import ExplainedRow, Explanation

__all__ = ["Change", "Difference", "ExplainedRow", "Explanation", "Timeline", "diff"]

_HOMES = {"Change": "_diff", "Difference": "_diff", "diff": "_diff"}


if not TYPE_CHECKING:  # a checker would take any misspelt name for one

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # saying a film neither compares nor explains

        return getattr(import_module(f"{__name__}.{_HOMES.get(name, '_explain')}"), name)
