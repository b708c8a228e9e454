"""Drum patterns, fills and their variation. Sixteen steps a bar; digits are how hard, 1 to 9."""

from __future__ import annotations

import numpy as np

from reelforge_dsl.local.music._parts import BAR, Note

_STEP = 0.25

_PATTERNS = {
    "boombap": "kick=9......5..8..... snare=....9.......9... hat=7.5.7.5.7.5.7.54",
    "lazy": "kick=9.........8..5.. snare=....8.......8... hat=6...5...6...5.3.",
    "headnod": "kick=9..5....7.8..... snare=....9..3....9... hat=7.537.5.7.537.5.",
    "taiko": "low_tom=9.....6.8...6.7. tom=............5.56 shaker=4.3.4.3.4.3.4.3.",
    "march": "low_tom=9.......8....... snare=5.355.3.5.355.33 tom=......5.......56",
    "trap": "kick=9......7..8..... clap=........9....... hat=7.5.7.557.5.7555",
    "drill": "kick=9.....8....7.... clap=........9.....4. hat=7..6..6.7..6..5.",
    "four": "kick=9...9...9...9... clap=....8.......8... open_hat=..7...7...7...7. shaker=4343434343434343",
    "garage": "kick=9.....7...9..... clap=....8.......8... open_hat=..7...7...7...7. hat=5.356.355.356.35",
    "techno": "kick=9...9...9...9... open_hat=..7...7...7...7. hat=5353535353535353 rim=...5..4....5..4.",
    "rock": "kick=9......78....... snare=....9.......9... hat=8.6.8.6.8.6.8.6.",
    "punk": "kick=9.....8.9.8..... snare=....9.......9... open_hat=8...7...8...7...",
    "half": "kick=9.........7..... snare=........9....... hat=7.5.7.5.7.5.7.5.",
    "stomp": "kick=9.......8....... clap=....7.......7... shaker=6.4.6.4.6.4.6.4.",
    "shaker": "kick=7.......6....... shaker=6.4.6.4.6.4.6.43 rim=....5.......5...",
    "bossa": "kick=7..57..57..57..5 rim=7..7...7..7..7.. shaker=5353535353535353",
    "ride": "kick=4.......3....... ride=8...7.5.8...7.5. hat=....6.......6... snare=......3.......23",
    "pop": "kick=9.....5.9....... snare=....8.......8... hat=6.5.6.5.6.5.6.5.",
    "claps": "kick=9...8...9...8... clap=....8.......8... shaker=5.4.5.4.5.4.5.43",
    "breaks": "kick=9.........8..... snare=....9..3.4..9..4 hat=7.5.7.5.7.5.7.5. ride=5...5...5...5...",
    "funk": "kick=9..7..8...5.7... snare=....9..3.3..9..3 hat=7575757575757575",
}
_LIGHT = frozenset({"hat", "shaker", "ride", "rim", "tom"})


_FILLS = {
    "orchestral": ("tom", "low_tom"),
    "brushes": ("snare", "rim"),
    "campfire": ("snare", "rim"),
    "acoustic": ("snare", "tom", "low_tom"),
    "gated": ("snare", "tom", "low_tom"),
    "pop": ("snare", "tom", "low_tom"),
}


def beat(name: str, at: float, level: str, rng: np.random.Generator) -> list[Note]:
    """Play a bar of drums.

    Args:
        name: The pattern.
        at: The bar's first beat.
        level: ``"full"``, ``"main"`` (fewer of the high ones) or ``"light"`` (only those).
        rng: Varies force, and which of the softest strokes are there.
    """
    made = []
    parts = [part.split("=") for part in _PATTERNS[name].split()]
    for drum, steps in parts:
        if (level == "light" and drum not in _LIGHT) or (
            level == "main" and drum in ("shaker", "ride", "tom") and len(parts) > 3
        ):
            continue
        for step, force in enumerate(steps):
            if force == ".":
                continue
            is_ghost = int(force) < 5
            if is_ghost and rng.random() < 0.3:
                continue
            velocity = int(force) / 9 * (1 + 0.09 * rng.standard_normal())
            made.append(Note(drum, at + step * _STEP, 0, 0, float(np.clip(velocity, 0.1, 1))))
    return made


def build(at: float, bars: int, drum: str) -> list[Note]:
    """Play a roll that doubles its pace and grows over some bars."""
    made = []
    whole = bars * BAR
    where = 0.0
    while where < whole:
        share = where / whole
        made.append(Note(drum, at + where, 0, 0, 0.25 + 0.6 * share))
        where += 1.0 if share < 0.5 else 0.5 if share < 0.75 else 0.25
    return made


def fill(at: float, kit: str, rng: np.random.Generator) -> list[Note]:
    """Play the last beat, or two, of a bar as a way into the next section."""
    drums = _FILLS.get(kit, ("snare", "clap", "snare"))
    beats = 1 + int(rng.integers(2))
    count = beats * 4
    made = []
    for step in range(count):
        if rng.random() < 0.85:
            drum = drums[min(step * len(drums) // count, len(drums) - 1)]
            made.append(Note(drum, at + BAR - beats + step * _STEP, 0, 0, 0.45 + 0.4 * step / count))
    return made
