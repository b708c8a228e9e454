"""The text of a filter graph, chain by chain. Only our own names and numbers ever enter it."""

from __future__ import annotations

from attrs import Factory, define

from reelforge_dsl.units import FPS


@define
class Graph:
    """A filter graph being written.

    Attributes:
        chains: What is written so far, one chain an entry.
    """

    chains: list[str] = Factory(list)

    def add(self, sources: str, filters: list[str], label: str | None = None) -> str:
        """Write one chain and return its output pad.

        Args:
            sources: Input pads, as ``[0:v][p1]``; empty for a source filter.
            filters: At least one filter with its options.
            label: The output pad's name, or ``None`` for a fresh one.
        """
        pad = f"[{label or f'p{len(self.chains)}'}]"
        self.chains.append(f"{sources}{','.join(filters)}{pad}")
        return pad

    def split(self, source: str) -> tuple[str, str]:
        """Write a chain that gives one stream twice, and return both pads."""
        first, second = f"[p{len(self.chains)}]", f"[q{len(self.chains)}]"
        self.chains.append(f"{source}split{first}{second}")
        return first, second

    def text(self) -> str:
        """Return the graph as FFmpeg reads it."""
        return ";\n".join(self.chains) + "\n"


def seconds(frames: int) -> str:
    """Return frames as seconds to the microsecond, as filters and lists take them."""
    return f"{frames / FPS:.6f}"
