"""A finished piece, and its file."""

from __future__ import annotations

import io
import wave

import numpy as np
from attrs import field, frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.local.music._audio import RATE, Samples
from reelforge_dsl.local.music._mix import play
from reelforge_dsl.local.music._score import Score, plan
from reelforge_dsl.models.music import MusicRequest


@frozen(eq=False)
class Piece:
    """Music that can be heard.

    Attributes:
        title: What it is called.
        samples: Shape (2, samples), float32, 48 kHz, left first; 1 is full scale.
        plan: What is played.
    """

    title: str
    samples: Samples = field(repr=False)
    plan: Score

    @property
    def seconds(self) -> float:
        """How long it lasts, in seconds of its file."""
        return int(self.samples.shape[-1]) / RATE


def compose(request: MusicRequest, seed: int) -> tuple[Piece, Piece]:
    """Compose and play two different pieces.

    Where time or memory counts, `plan` them and `perform` one at a time.

    Args:
        request: What the music should be. A wish for a voice is not looked at: ask `refusal` first.
        seed: The same request and seed give the same samples on one machine.

    Source: contract §8.
    """
    first, second = plan(request, seed)
    return perform(first), perform(second)


def perform(score: Score) -> Piece:
    """Play a score; a few seconds of work."""
    return Piece(score.title, play(score), score)


def refusal(request: MusicRequest) -> Issue | None:
    """Return why a request cannot be played here, or ``None``: nobody here can sing.

    Source: contract §8, ``instrumental``.
    """
    if request.instrumental is not False:
        return None
    what = "the local service plays instruments and cannot sing"
    fix = "set instrumental to true, or ask the cloud service"
    return Issue("vocals_not_supported", "error", "$.instrumental", what, fix)


def wav(piece: Piece) -> bytes:
    """Return a WAV file: 16-bit stereo at 48 kHz, dithered; the same piece gives the same bytes."""
    chance = np.random.default_rng([piece.plan.seed, 4])
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for start in range(0, piece.samples.shape[-1], RATE):
            part = piece.samples[:, start : start + RATE].T * 32767
            dither = chance.random(part.shape) - chance.random(part.shape)
            file.writeframes(np.clip(np.round(part + dither), -32768, 32767).astype("<i2").tobytes())
    return made.getvalue()
