"""Music made here: two different instrumental pieces for a request, composed and played with numpy.

::

    first, second = music.compose(MusicRequest(prompt="warm lo-fi, slow build"), seed=7)
    Path("first.wav").write_bytes(music.wav(first))

Tempo, key, mood, genre and instruments are read from the words; what they leave open the seed decides.
A piece lasts 60 to 90 s, has an intro, a build and an ending, is at -16 LUFS with true peaks below
-1 dB, and goes round: its end runs into its start.

Needs the ``local`` extra; without it the import raises ``MissingExtraError``.
"""

from __future__ import annotations

from reelforge_dsl.local.music._audio import RATE
from reelforge_dsl.local.music._brief import Brief
from reelforge_dsl.local.music._piece import Piece, compose, perform, refusal, wav
from reelforge_dsl.local.music._score import Score, plan

__all__ = ["RATE", "Brief", "Piece", "Score", "compose", "perform", "plan", "refusal", "wav"]
