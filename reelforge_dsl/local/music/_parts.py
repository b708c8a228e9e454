"""What each player plays over a bar: figures, bass lines, melodies."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from attrs import evolve, frozen

from reelforge_dsl.local.music._harmony import Chord, Key

BAR = 4
"""Beats in a bar."""


@frozen
class Note:
    """A note or a stroke.

    Attributes:
        part: The role that plays it, or the name of a drum.
        at: Where it begins, in beats from the start of the piece.
        beats: How long it is held; 0 for a drum.
        pitch: MIDI pitch; 0 for a drum.
        velocity: How hard, 0 to 1.
    """

    part: str
    at: float
    beats: float
    pitch: int
    velocity: float


# Where in the bar : how many beats, which tone, how hard (1 to 9). Of a chord * is every tone, /0 the lowest,
# past the last an octave up; of a bass r is the root, t third, f fifth, o octave, a the way to the next root.
_FIGURES = {
    "hold": "0:4*7",
    "swell": "0:4.4*6",
    "lazy": "0:1.4*7 1.75:2.1*5",
    "push": "0:1.45*8 1.5:2.4*7",
    "eighths": "0:.42*8 .5:.42*5 1:.42*5 1.5:.42*5 2:.42*8 2.5:.42*5 3:.42*5 3.5:.42*5",
    "offbeat": ".5:.35*8 1.5:.35*7 2.5:.35*8 3.5:.35*7",
    "stabs": "0:.4*8 1.5:.3*6 2.75:.5*7",
    "charleston": "0:.7*7 1.5:.5*6 3.5:.45*5",
    "bossa": "0:.9*6 1.5:.4*5 2.5:.9*6 3.5:.4*4",
    "scratch": ".5:.2*5 .75:.15*4 1.5:.3*7 2.75:.2*5 3.5:.3*6",
    "strum": "0:.95*8 1:.45*5 1.5:.95*7 2.5:.45*6 3:.45*7 3.5:.45*5",
    "fingerpick": "0:1.5/08 .5:1/25 1:1/16 1.5:1/35 2:1.5/07 2.5:1/25 3:1/15 3.5:.5/25",
    "rolling": "0:2/07 1:1.2/25 2:2/16 3:1.2/35",
    "alberti": "0:.9/07 .5:.9/25 1:.9/15 1.5:.9/25 2:.9/07 2.5:.9/35 3:.9/15 3.5:.9/25",
}
_ARPEGGIOS = (
    (0, 1, 2, 3),
    (3, 2, 1, 0),
    (0, 2, 1, 3),
    (0, 1, 2, 1),
    (0, 2, 3, 2),
    (2, 0, 3, 1),
    (0, 3, 1, 4),
)

_BASSES = {
    "root": "0:3.8r9",
    "drone": "0:4r8",
    "pedal": "0:1.9r9 2:0.9r7 3:0.9r7",
    "lazy": "0:1.6r9 1.75:0.7r6 2.5:1.3f7",
    "fifths": "0:1.8r9 2:1.4f7 3.5:0.45a6",
    "eighths": "0:.45r9 .5:.45r6 1:.45r7 1.5:.45r6 2:.45r8 2.5:.45r6 3:.45r7 3.5:.45a7",
    "octaves": "0:.4r9 .5:.4o6 1:.4r7 1.5:.4o6 2:.4r8 2.5:.4o6 3:.4r7 3.5:.4o7",
    "offbeat": ".5:.4r9 1.5:.4r8 2.5:.4r9 3.25:.2o6 3.5:.4r8",
    "syncopated": "0:.7r9 .75:.5r6 1.5:.9o7 2.75:.5r8 3.5:.45a7",
    "bossa": "0:1.4r9 1.5:.45f6 2:1.4f8 3.5:.45r6",
    "walking": "0:.95r9 1:.9t8 2:.95f8 3:.9a8",
    "funk": "0:.4r9 .75:.2o7 1.5:.3r6 2.25:.2r7 2.5:.4f8 3.25:.2o7 3.5:.4a8",
    "boom": "0:2.4r9 2.5:.5r7 3.25:.7f7",
    "rumble": ".25:.2r6 .5:.2r8 .75:.2r6 1.25:.2r6 1.5:.2r8 1.75:.2r6 2.5:.2r8 2.75:.2r6 3.5:.2r8 3.75:.2f6",
}
_BASS_LOWEST = 29

# Two bars of melody, sparse to busy: where : how many beats.
_RHYTHMS = (
    ("0:3 3:2 6:2", "0:2 3:1 4:3", "1:3 5:3"),
    (
        "0:1 1:1 2:2 4:1.5 5.5:2.5",
        "0:1.5 1.5:.5 2:2 5:1 6:2",
        ".5:1 1.5:.5 2:1.5 4:1 5:3",
        "0:2 2.5:.5 3:1 4:3",
    ),
    (
        "0:.5 .5:.5 1:1 2:.5 2.5:1 4:.5 4.5:.5 5:1 6:1.5",
        "0:.75 .75:.75 1.5:1 3:1 4:.75 4.75:.75 5.5:2",
        ".5:.5 1:.5 1.5:1 2.5:.5 3:1 4.5:.5 5:.5 5.5:1.5",
    ),
)


@frozen
class Motif:
    """A melodic idea of two bars.

    Attributes:
        rhythm: Beats from its start, and beats held, of each note.
        steps: Scale steps of each note from the first.
    """

    rhythm: tuple[tuple[float, float], ...]
    steps: tuple[int, ...]


def chord_figure(name: str, tones: Sequence[int], at: float, beats: float, role: str) -> list[Note]:
    """Play a chord over a bar; strummed ones are spread over 30 ms or so by the player.

    Args:
        name: The figure.
        tones: MIDI pitches, low to high.
        at: The bar's first beat.
        beats: How long the chord is there; a held one lasts as long.
        role: Who plays.
    """
    made = []
    for where, length, tone, force in _played(_FIGURES[name]):
        held = length * beats / BAR if name in ("hold", "swell") else length
        chosen = tones if tone == "*" else [ladder(tones, int(tone[1:]))]
        made += [Note(role, at + where, held, pitch, force) for pitch in chosen]
    return made


def _played(figure: str) -> list[tuple[float, float, str, float]]:
    """Read where, how many beats, which tone and how hard, 0 to 1."""
    words = re.findall(r"([\d.]+):([\d.]+)(\*|/\d|[a-z])(\d)", figure)
    return [(float(where), float(beats), tone, int(force) / 9) for where, beats, tone, force in words]


def ladder(tones: Sequence[int], at: int) -> int:
    """Return the tone at a place of the chord continued upwards by octaves."""
    octave, place = divmod(at, len(tones))
    return tones[place] + 12 * octave


def arpeggio(tones: Sequence[int], at: float, step: float, order: int, density: Sequence[bool]) -> list[Note]:
    """Play a chord's tones one by one over a bar, one every ``step`` beats where ``density`` is true."""
    pattern = _ARPEGGIOS[order % len(_ARPEGGIOS)]
    made = []
    for index in range(round(BAR / step)):
        if density[index % len(density)]:
            force = 0.85 if index % 4 == 0 else 0.6
            pitch = ladder(tones, pattern[index % len(pattern)])
            made.append(Note("arp", at + index * step, step * 1.4, pitch, force))
    return made


def bass_line(pattern: str, chord: Chord, after: Chord, key: Key, at: float) -> list[Note]:
    """Play a bar of bass, from the chord's root to an approach to the next one's."""
    root = _BASS_LOWEST + (chord.root - _BASS_LOWEST) % 12
    fifth = root + (chord.classes[min(2, len(chord.classes) - 1)] - chord.root) % 12
    target = min(
        (p for p in range(_BASS_LOWEST - 3, _BASS_LOWEST + 16) if p % 12 == after.root),
        key=lambda p: abs(p - root),
    )
    step = key.step(target)
    approach = key.pitch(step - 1 if target >= root else step + 1)
    third = root + (chord.classes[1] - chord.root) % 12
    pitches = {"r": root, "f": fifth, "o": root + 12, "a": approach, "t": third}
    return [
        Note("bass", at + where, beats, pitches[tone], force)
        for where, beats, tone, force in _played(_BASSES[pattern])
    ]


def motif(density: int, rng: np.random.Generator) -> Motif:
    """Invent a motif; ``density`` 0 (sparse) to 2 (busy)."""
    bank = _RHYTHMS[density]
    words = bank[int(rng.integers(len(bank)))].split()
    rhythm = tuple((float(a), float(b)) for a, b in (word.split(":") for word in words))
    steps = [0]
    for _ in rhythm[1:]:
        leap = int(rng.choice((-2, -1, -1, 1, 1, 2, 3)))
        steps.append(steps[-1] + (-leap if abs(steps[-1] + leap) > 4 else leap))
    return Motif(rhythm, tuple(steps))


def answer(of: Motif, rng: np.random.Generator) -> Motif:
    """Vary a motif: the same rhythm, the second half turned round, and a long last note."""
    half = len(of.steps) // 2
    turned = tuple(of.steps[half] - (step - of.steps[half]) for step in of.steps[half:])
    shift = int(rng.choice((-1, 0, 1)))
    start, _ = of.rhythm[-1]
    return evolve(
        of,
        steps=(*of.steps[:half], *(s + shift for s in turned)),
        rhythm=(*of.rhythm[:-1], (start, max(1.5, 7.5 - start))),
    )


def melody(of: Motif, chords: Sequence[Chord], key: Key, centre: int, at: float) -> list[Note]:
    """Play a motif over two bars; notes on strong beats and long ones are tones of the chord below.

    Args:
        of: The motif.
        chords: The chords of the two bars.
        key: Gives the steps between.
        centre: The MIDI pitch around which the voice lies.
        at: The first beat.
    """
    made = []
    base = key.step(_nearest(chords[0].classes, centre))
    for (where, beats), step in zip(of.rhythm, of.steps, strict=True):
        pitch = key.pitch(base + step)
        while pitch > centre + 10:
            pitch -= 12
        while pitch < centre - 10:
            pitch += 12
        below = chords[int(where // BAR)].classes
        if where % 2 == 0 or beats >= 1.5 or _rubs(pitch, below, key):
            pitch = _nearest(below, pitch)
        force = 0.85 if where % 2 == 0 else 0.7
        made.append(Note("lead", at + where, beats * 0.95, pitch, force))
    return made


def _rubs(pitch: int, classes: Sequence[int], key: Key) -> bool:
    """Whether a pitch is a semitone off a tone of the chord that is foreign to the key."""
    foreign = {one for one in classes if one not in {key.pitch(step) % 12 for step in range(7)}}
    return bool(foreign & {(pitch - 1) % 12, (pitch + 1) % 12})


def _nearest(classes: Sequence[int], pitch: int) -> int:
    return min((p for p in range(pitch - 7, pitch + 8) if p % 12 in classes), key=lambda p: abs(p - pitch))
