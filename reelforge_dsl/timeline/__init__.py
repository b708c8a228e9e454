"""The builder: a film said step by step, placed when asked."""

from reelforge_dsl.timeline._builder import Timeline

__all__ = ["Timeline"]
