"""SubRip: numbered cues."""

from __future__ import annotations

from . import _cues
from ._timed import Transcript


def transcript(text: str) -> Transcript:
    """Read an SRT file; each cue's span is shared by the letters of its words."""
    return _cues.transcript(text, numbered=True)
