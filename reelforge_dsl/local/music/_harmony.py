"""Scales, progressions, and voices that move as little as they can."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from attrs import frozen

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
"""Semitones above the tonic, by mode."""

BRIGHT = frozenset({"major", "lydian", "mixolydian"})
"""Modes with a major third."""

_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

# Scale degrees, 1 to 7; "!" makes a dominant of it, with a major third.
_BANKS: dict[str, dict[bool, tuple[str, ...]]] = {
    "song": {
        True: ("1 5 6 4", "6 4 1 5", "1 6 4 5", "4 1 5 6", "1 4 6 5", "1 3 4 5", "4 5 3 6"),
        False: ("1 6 3 7", "1 4 6 5!", "1 7 6 7", "1 3 7 4", "6 7 1 3", "4 6 1 5", "1 6 4 5!"),
    },
    "jazz": {
        True: ("2 5 1 6", "1 6 2 5", "3 6 2 5", "4 5 3 6", "1 4 3 6", "2 5 3 6"),
        False: ("1 6 2 5!", "1 4 7 3", "4 7 3 6", "1 3 6 5!", "6 5! 1 4"),
    },
    "still": {
        True: ("1 1 4 4", "1 1 6 4", "6 6 4 1", "4 4 1 1", "1 1 3 4"),
        False: ("1 1 6 6", "1 1 4 6", "6 6 1 1", "1 1 3 7", "4 4 1 1"),
    },
    "drone": {
        True: ("1 1 1 4", "1 1 7 4", "1 1 2 1"),
        False: ("1 1 1 1", "1 1 6 7", "1 1 1 3", "1 1 4 1"),
    },
}
_COLOURS = {
    "dorian": ("1 4 1 4", "1 3 7 4", "1 7 4 1"),
    "lydian": ("1 2 6 2", "1 2 1 3"),
    "mixolydian": ("1 7 4 1", "1 4 7 4"),
    "phrygian": ("1 2 1 7", "1 2 3 2"),
}


@frozen
class Key:
    """A tonic and a mode.

    Attributes:
        tonic: Pitch class, 0 (C) to 11 (B).
        mode: A name of `SCALES`.
    """

    tonic: int
    mode: str

    def pitch(self, step: int) -> int:
        """Return the MIDI pitch of a scale step; step 0 is the tonic of the octave of middle C."""
        octave, degree = divmod(step, 7)
        return 60 + self.tonic + 12 * octave + SCALES[self.mode][degree]

    def step(self, pitch: float) -> int:
        """Return the scale step nearest to a MIDI pitch."""
        near = round((pitch - 60 - self.tonic) * 7 / 12)
        return min(range(near - 2, near + 3), key=lambda step: abs(self.pitch(step) - pitch))

    def __str__(self) -> str:
        return f"{['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'][self.tonic]} {self.mode}"


@frozen
class Chord:
    """A chord of a key.

    Attributes:
        root: Pitch class of its root.
        classes: Pitch classes of its tones, root first, stacked in thirds.
    """

    root: int
    classes: tuple[int, ...]


def progression(key: Key, bank: str, size: int, rng: np.random.Generator) -> tuple[Chord, ...]:
    """Return four chords, one a bar, of ``size`` tones each, of a bank of progressions."""
    choices = _BANKS[bank][key.mode in BRIGHT] + (_COLOURS.get(key.mode, ()) if bank != "jazz" else ())
    picked = choices[int(rng.integers(len(choices)))]
    return tuple(chord(key, int(word[0]), size, is_dominant=word.endswith("!")) for word in picked.split())


def chord(key: Key, degree: int, size: int, *, is_dominant: bool = False) -> Chord:
    """Return the chord of ``size`` tones on a scale degree, 1 to 7."""
    classes = [key.pitch(degree - 1 + 2 * third) % 12 for third in range(size)]
    if is_dominant:
        classes[1] = (classes[0] + 4) % 12
    return Chord(classes[0], tuple(classes))


def voicings(chords: Sequence[Chord], centre: int) -> tuple[tuple[int, ...], ...]:
    """Return MIDI pitches, low to high, for each chord around ``centre``, each near the one before."""
    found: list[tuple[int, ...]] = []
    before: tuple[int, ...] = ()
    for one in chords:
        before = min(_positions(one, centre), key=lambda tones: _distance(tones, before, centre))
        found.append(before)
    return tuple(found)


def _positions(one: Chord, centre: int) -> list[tuple[int, ...]]:
    """Return every placing of a chord's tones within an octave and a half of each other."""
    each = [[p for p in range(centre - 9, centre + 10) if p % 12 == c] for c in dict.fromkeys(one.classes)]
    placed = (tuple(sorted(tones)) for tones in itertools.product(*each))
    return [tones for tones in placed if tones[-1] - tones[0] <= 16]


def _distance(tones: tuple[int, ...], before: tuple[int, ...], centre: int) -> float:
    """Return how far the voices move, in semitones, with a charge for drifting off and for clashes."""
    clashes = sum(high - low < 2 for low, high in itertools.pairwise(tones))
    cost = 0.7 * abs(sum(tones) / len(tones) - centre) + 8 * clashes
    if len(before) != len(tones):
        return cost
    return cost + sum(abs(a - b) for a, b in zip(tones, before, strict=True))
