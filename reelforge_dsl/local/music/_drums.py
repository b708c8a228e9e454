"""Drum kits: every stroke a short mono sound made of falling sines and shaped noise."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from attrs import evolve, frozen

from reelforge_dsl.local.music._audio import RATE, Samples, clock, decay, filtered, noise, shaped, sine


@frozen
class Kit:
    """How a kit is built.

    Attributes:
        kick_hz: Pitch on which the kick comes to rest.
        kick_seconds: Until it has fallen by 60 dB.
        click: Level of its attack, 0 to 1.
        snare_hz: Pitch of the snare's skin.
        snare_seconds: How long its wires ring.
        wires: Noise against skin, 0 to 1.
        hat_hz: Where hats and cymbals begin.
        top_hz: Where everything ends.
        wet: Share of the room.
        crush: Steps of level of an old machine's samples; 0 for none.
    """

    kick_hz: float = 52
    kick_seconds: float = 0.35
    click: float = 0.5
    snare_hz: float = 190
    snare_seconds: float = 0.28
    wires: float = 0.7
    hat_hz: float = 7000
    top_hz: float = 15000
    wet: float = 0.6
    crush: int = 0


_ACOUSTIC = Kit()
KITS = {
    "acoustic": _ACOUSTIC,
    "pop": evolve(_ACOUSTIC, kick_hz=55, snare_seconds=0.22, wet=0.5),
    "brushes": Kit(48, 0.3, 0.15, 210, 0.2, 0.95, 6000, 10000, 0.7),
    "campfire": Kit(60, 0.3, 0.2, 240, 0.15, 0.6, 6500, 12000, 0.8),
    "dusty": Kit(56, 0.32, 0.35, 180, 0.22, 0.6, 5500, 9000, 0.3, 96),
    "electronic": Kit(47, 0.42, 0.7, 200, 0.2, 0.8, 8000, 16000, 0.35),
    "gated": Kit(50, 0.4, 0.5, 170, 0.45, 0.75, 7000, 14000, 1.2),
    "808": Kit(45, 0.9, 0.3, 220, 0.18, 0.7, 8500, 16000, 0.3),
    "chip": Kit(60, 0.16, 0.6, 260, 0.14, 0.95, 5000, 11000, 0.0, 7),
    "orchestral": Kit(42, 1.1, 0.25, 150, 0.25, 0.75, 6000, 12000, 1.6),
}
"""Every kit by its name."""

PANS = {
    "hat": 0.25,
    "open_hat": 0.25,
    "ride": -0.3,
    "shaker": -0.35,
    "rim": 0.3,
    "tom": 0.2,
    "low_tom": -0.2,
    "crash": -0.2,
}
"""Left (-1) to right (1); the others are in the middle."""

LEVELS = {
    "kick": 1.0, "snare": 0.62, "clap": 0.5, "hat": 0.2, "open_hat": 0.2, "ride": 0.11, "shaker": 0.14,
    "rim": 0.3, "tom": 0.65, "low_tom": 0.9, "crash": 0.24, "riser": 0.16,
}  # fmt: skip
"""How loud each is in a kit."""


def stroke(drum: str, kit: Kit, seconds: float, rng: np.random.Generator) -> Samples:
    """Strike a drum once, at full force.

    Args:
        drum: A name of `LEVELS`.
        kit: How it is built.
        seconds: How long a riser rises.
        rng: Its noise.

    Returns:
        Shape (samples,), peaks near 1.
    """
    made = _riser(seconds, rng) if drum == "riser" else _STROKES[drum](kit, rng)
    if kit.crush:
        made = (np.round(made * kit.crush) / kit.crush).astype(np.float32)
    made = filtered(np.pad(made, (0, 256)), 25, kit.top_hz, 3)
    return shaped(made / (np.abs(made).max() + 1e-9), 0.0005, 0.01)


def _kick(kit: Kit, rng: np.random.Generator) -> Samples:
    time = clock(kit.kick_seconds * 1.2)
    sweep = kit.kick_hz * time + kit.kick_hz * 0.11 * (1 - np.exp(-time / 0.022))
    made = sine(sweep) * decay(time.size / RATE, kit.kick_seconds) ** 0.8
    click = filtered(noise(time.size, rng), 1500, 6000) * decay(time.size / RATE, 0.02)
    return np.asarray(np.tanh(1.5 * made) + 0.25 * kit.click * click, np.float32)


def _snare(kit: Kit, rng: np.random.Generator) -> Samples:
    time = clock(kit.snare_seconds * 1.3)
    skin = sine(kit.snare_hz * time + 1.2 * (1 - np.exp(-time / 0.01))) + 0.5 * sine(
        kit.snare_hz * 1.78 * time
    )
    skin *= decay(time.size / RATE, kit.snare_seconds * 0.6)
    wires = filtered(noise(time.size, rng), 1200, 9000, 1) * decay(time.size / RATE, kit.snare_seconds)
    return np.asarray((1 - kit.wires) * skin + 0.6 * kit.wires * wires, np.float32)


def _clap(_kit: Kit, rng: np.random.Generator) -> Samples:
    time = clock(0.3)
    hands = sum(
        np.where(time >= late, np.exp(-np.maximum(time - late, 0) / 0.006), 0) for late in (0, 0.011, 0.023)
    )
    shape = 0.8 * hands + np.where(time >= 0.03, np.exp(-np.maximum(time - 0.03, 0) / 0.05), 0)
    return np.asarray(filtered(noise(time.size, rng), 900, 4500) * shape, np.float32)


def _metal(
    kit: Kit, rng: np.random.Generator, *, seconds: float, low: float = 1.0, ring: float = 0.4
) -> Samples:
    """Shake metal: noise above the hats' frequency with a handful of clashing pitches in it."""
    time = clock(seconds * 1.1)
    clash = sum(np.sign(np.sin(2 * np.pi * f * 40 * time)) for f in (5.1, 7.6, 9.1, 13.5, 17.2, 20.9))
    mixed = (1 - ring) * noise(time.size, rng) + ring * 0.4 * np.asarray(clash)
    return filtered(mixed.astype(np.float32), kit.hat_hz * low, kit.top_hz, 2) * decay(
        time.size / RATE, seconds
    )


def _tom(kit: Kit, rng: np.random.Generator, *, hz: float) -> Samples:
    time = clock(kit.kick_seconds * 1.6)
    made = sine(hz * time + hz * 0.02 * (1 - np.exp(-time / 0.03))) * decay(
        time.size / RATE, kit.kick_seconds * 1.4
    )
    skin = filtered(noise(time.size, rng), 200, 1500) * decay(time.size / RATE, 0.08)
    return np.asarray(made + 0.25 * skin, np.float32)


def _shaker(kit: Kit, rng: np.random.Generator) -> Samples:
    return shaped(filtered(noise(4800, rng), kit.hat_hz * 0.8, kit.top_hz) * decay(0.1, 0.09), 0.012, 0.02)


def _rim(_kit: Kit, rng: np.random.Generator) -> Samples:
    made = sine(1720 * clock(0.07)) * decay(0.07, 0.035) + 0.7 * sine(430 * clock(0.07)) * decay(0.07, 0.05)
    return np.asarray(made + 0.2 * filtered(noise(made.size, rng), 2000) * decay(0.07, 0.01), np.float32)


def _riser(seconds: float, rng: np.random.Generator) -> Samples:
    """Let noise rise in pitch and level; it ends where the next section begins."""
    air = noise(round(seconds * RATE), rng)
    share = np.linspace(0, 1, air.size, dtype=np.float32)
    low, middle, high = (filtered(air, f * 0.5, f * 1.6) for f in (400, 1400, 5000))
    made = low * (1 - share) ** 2 + middle * 2 * share * (1 - share) + high * share**2
    return shaped(made * share**2, 0.01, 0.02)


_STROKES: dict[str, Callable[[Kit, np.random.Generator], Samples]] = {
    "kick": _kick,
    "snare": _snare,
    "clap": _clap,
    "hat": functools.partial(_metal, seconds=0.07),
    "open_hat": functools.partial(_metal, seconds=0.32),
    "ride": functools.partial(_metal, seconds=0.6, low=0.9, ring=0.6),
    "crash": functools.partial(_metal, seconds=2.4, low=0.5, ring=0.25),
    "tom": functools.partial(_tom, hz=120),
    "low_tom": functools.partial(_tom, hz=72),
    "shaker": _shaker,
    "rim": _rim,
}
