"""Caption words from transcripts: SRT, WebVTT, ASS, and JSON as AssemblyAI gives it.

All times are whole milliseconds on the transcript's own clock. Whatever had to
be mended on the way is told in `Words.repaired`.
"""

from reelforge_dsl.words._words import Words

__all__ = ["Words"]
