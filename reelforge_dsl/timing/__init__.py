"""Who lasts how long, and by which rule; pure.

Seconds are on the output clock unless a name says otherwise.
"""

from ._phrases import Phrase, State, phrases
from ._place import Placement
from ._row import PlacedBy
from ._schedule import Schedule, Span, schedule

__all__ = ["Phrase", "PlacedBy", "Placement", "Schedule", "Span", "State", "phrases", "schedule"]
