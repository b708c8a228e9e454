"""SubRip: numbered cues."""

from __future__ import annotations

from reelforge_dsl.words import _cues
from reelforge_dsl.words._timed import Transcript


def transcript(text: str) -> Transcript:
    """Read an SRT file; each cue's span is shared by the letters of its words."""
    return _cues.transcript(text, numbered=True)
