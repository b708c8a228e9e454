"""The builder: a film said step by step, placed when asked."""

from typing import TYPE_CHECKING, Any

from reelforge_dsl.timeline._builder import Timeline

if TYPE_CHECKING:
    from reelforge_dsl.timeline._diff import Difference, diff
    from reelforge_dsl.timeline._differing import Change

__all__ = ["Change", "Difference", "Timeline", "diff"]


if not TYPE_CHECKING:  # a checker would take any misspelt name for one

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from reelforge_dsl.timeline import _diff  # saying a film compares nothing

        return getattr(_diff, name)
