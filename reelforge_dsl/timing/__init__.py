"""Who lasts how long, and by which rule; pure.

Seconds are on the output clock unless a name says otherwise.
"""

from reelforge_dsl.timing._phrases import CHARACTERS, Phrase, State, phrases
from reelforge_dsl.timing._place import Placement
from reelforge_dsl.timing._row import PlacedBy
from reelforge_dsl.timing._schedule import Schedule, Span, schedule

__all__ = [
    "CHARACTERS",
    "Phrase",
    "PlacedBy",
    "Placement",
    "Schedule",
    "Span",
    "State",
    "phrases",
    "schedule",
]
