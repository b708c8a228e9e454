"""Pitched instruments: each a function of pitch, length, force and chance to a mono sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from reelforge_dsl.local.music._audio import (
    RATE,
    Samples,
    clock,
    decay,
    filtered,
    noise,
    oscillate,
    shaped,
    sine,
)

Play = Callable[[float, float, float, np.random.Generator], Samples]
"""Hertz, seconds held, force 0 to 1, chance; the sound is as long as it rings."""


@frozen
class Instrument:
    """An instrument.

    Attributes:
        play: Makes one note.
        is_wide: Two different takes, one on each side.
        shift: Semitones by which it plays off what is written.
        wet: Its share of the room, times the style's.
        echo: Its share of the echo.
        spread_seconds: Between the strings of a strummed chord.
        drive: Saturation of the sum of its notes.
    """

    play: Play
    is_wide: bool = False
    shift: int = 0
    wet: float = 1.0
    echo: float = 0.0
    spread_seconds: float = 0.0
    drive: float = 0.0


def _partials(
    hz: float, seconds: float, parts: Sequence[tuple[float, float, float]], rng: np.random.Generator
) -> Samples:
    """Sum sines given as (multiple of the pitch, level, seconds to fall by 60 dB)."""
    time = clock(seconds)
    made = np.zeros(time.size, np.float32)
    for multiple, level, t60 in parts:
        if multiple * hz < 16000:
            audible = time[: round(min(seconds, 1.2 * t60) * RATE)]
            made[: audible.size] += (
                level
                * sine(hz * multiple * audible + rng.random())
                * decay(audible.size / RATE, t60)[: audible.size]
            )
    return made


def _piano(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    ring = 15.0 * (110 / hz) ** 0.5
    tilt = 2.3 - 0.9 * force
    parts = []
    for k in range(1, 15):
        stretched = k * (1 + 0.00035 * (hz / 220) ** 0.6 * k * k) ** 0.5
        level = k**-tilt * abs(np.sin(np.pi * k * 0.13)) * 2.5
        parts += [
            (stretched, 0.7 * level, ring / (1 + 0.35 * k)),
            (1.0005 * stretched, 0.3 * level, ring / (1 + 0.2 * k)),
        ]
    made = _partials(hz, min(seconds + 0.35, ring), parts, rng)
    thump = filtered(noise(1600, rng), 150, 2500) * decay(1600 / RATE, 0.03)
    made[:1600] += 0.05 * force * thump[: made[:1600].size]
    return shaped(made, 0.002, 0.3)


def _electric_piano(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    time = clock(min(seconds + 0.3, 5))
    ring = 5.0 * (220 / hz) ** 0.3
    body = (0.4 + 1.3 * force) * decay(time.size / RATE, ring * 0.5)
    phase = hz * time
    made = sine(phase + body * sine(phase) / (2 * np.pi)) * decay(time.size / RATE, ring)
    tine = sine(phase + 0.08 * sine(hz * 14.0 * time)) * decay(time.size / RATE, 0.5) if hz < 1100 else 0
    bark = 0.12 * force * sine(2 * phase + rng.random()) * decay(time.size / RATE, 1.2)
    return shaped((made + 0.25 * force * tine + bark).astype(np.float32), 0.003, 0.2)


def _string(
    hz: float, seconds: float, force: float, rng: np.random.Generator, *, ring: float, bright: float
) -> Samples:
    """Pluck a string: a burst goes round a loop that dulls it, Karplus and Strong's way."""
    period = max(2, int(RATE / hz - 0.5))
    rounds = int(min(seconds + 0.25, ring * 1.3) * RATE / period) + 2
    burst = filtered(noise(period, rng), 0, hz * (4 + 16 * bright * (0.4 + 0.6 * force)), 1)
    burst -= np.roll(burst, max(1, int(period * 0.17)))
    burst /= np.float32(np.abs(burst).max() + 1e-9)
    blur = 0.5 - 0.42 * bright
    keep = np.float32(10 ** (-3 * period / RATE / ring))
    loop = np.array([1 - blur, blur], np.float32) * keep
    lines = np.empty((rounds, period), np.float32)
    line = burst
    for index in range(rounds):
        lines[index] = line
        line = loop[0] * line + loop[1] * np.roll(line, 1)
    flat = lines.ravel()
    pitch = RATE / (period + blur)
    place = np.arange(0, flat.size - 2, hz / pitch)
    made = np.interp(place, np.arange(flat.size), flat).astype(np.float32)
    return shaped(filtered(made, 60), 0.001, 0.2)


def _saws(
    hz: float, seconds: float, force: float, rng: np.random.Generator, *, kind: str = "saw",
    attack: float, release: float, top: float, detune: float = 0.004, count: int = 3, vibrato: float = 0.0,
) -> Samples:  # fmt: skip
    """Play several detuned waves, brighter in the middle of the note; ``vibrato`` in semitones."""
    time = clock(seconds + release)
    total = time.size / RATE
    rate = 4.7 + rng.random()
    sway = 0.0578 * vibrato / (2 * np.pi * rate) * np.sin(2 * np.pi * (rate * time + rng.random()))
    sway *= np.minimum(time / 0.6, 1)
    made = np.zeros(time.size, np.float32)
    swell = np.sin(np.pi * np.minimum(time / total, 1)).astype(np.float32)
    for _ in range(count):
        cycles = hz * (1 + detune * rng.uniform(-1, 1)) * time + hz * sway + rng.random()
        dark = oscillate(kind, hz, cycles, max(top * 0.45, hz * 1.2))
        made += dark + swell * (0.3 + 0.7 * force) * (oscillate(kind, hz, cycles, max(top, hz * 2)) - dark)
    made /= np.float32(count)
    return shaped(made, attack, release)


def _choir(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    made = _saws(
        hz, seconds, force, rng, attack=0.5, release=0.9, top=2600, detune=0.006, count=4, vibrato=0.12
    )
    sung = np.float32(0.25) * made
    for formant_hz, level in ((650, 1.0), (1080, 0.6), (2650, 0.2)):
        sung += np.float32(level) * filtered(made, formant_hz * 0.85, formant_hz * 1.15)
    return shaped(sung, 0.05, 0.3)


def _fm_bell(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    ring = 3.2 * (440 / hz) ** 0.3
    parts = [
        (1, 1.0, ring),
        (2.0, 0.35, ring * 0.7),
        (2.76, 0.3 * force, ring * 0.45),
        (5.4, 0.16 * force, ring * 0.25),
        (8.9, 0.06 * force, ring * 0.12),
    ]
    return shaped(_partials(hz, min(max(seconds, 1.0) + 1.2, ring), parts, rng), 0.002, 0.4)


def _glass(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    time = clock(seconds + 1.0)
    fade = decay(time.size / RATE, 4.0)
    wobble = sine(hz * 3.01 * time + rng.random()) * (0.5 * force) * decay(time.size / RATE, 1.5)
    made = sine(hz * time + wobble / (2 * np.pi)) + 0.35 * sine(hz * 2.003 * time + rng.random())
    return shaped((made * fade).astype(np.float32), 0.04, 0.8)


def _bars(
    hz: float, seconds: float, force: float, rng: np.random.Generator, *, ring: float, hum: float
) -> Samples:
    """Strike a bar: marimba, kalimba, vibraphone (with its motor as ``hum``)."""
    length = ring * (330 / hz) ** 0.35
    parts = [(1, 1.0, length), (3.93, 0.28 * force, length * 0.35), (9.2, 0.1 * force, length * 0.12)]
    made = _partials(hz, min(max(seconds, 0.4) + 0.5, length), parts, rng)
    if hum:
        made *= (1 - hum * 0.5 * (1 + np.sin(2 * np.pi * 5.1 * clock(made.size / RATE)[: made.size]))).astype(
            np.float32
        )
    return shaped(made, 0.002, 0.2)


def _flute(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    time = clock(seconds + 0.12)
    late = np.clip((time - 0.25) / 0.5, 0, 1)
    cycles = hz * (time + 0.0009 * late * np.sin(2 * np.pi * 5.2 * time) / 5.2)
    made = sine(cycles) + 0.28 * force * sine(2 * cycles) + 0.12 * force * sine(3 * cycles)
    breath = filtered(noise(time.size, rng), hz, hz * 3) * 0.05
    return shaped(
        (made * (1 + 0.1 * late * np.sin(2 * np.pi * 5.2 * time)) + breath).astype(np.float32), 0.06, 0.1
    )


def _organ(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    parts = [(0.5, 0.5, 99), (1, 0.9, 99), (1.5, 0.35, 99), (2, 0.5, 99), (3, 0.25, 99), (4, 0.2 * force, 99)]
    made = _partials(hz, seconds + 0.06, [(m, g, t) for m, g, t in parts], rng)
    time = clock(made.size / RATE)[: made.size]
    return shaped(
        made * (1 + 0.12 * np.sin(2 * np.pi * 6.3 * time + rng.random())).astype(np.float32), 0.01, 0.06
    )


def _drop(time: NDArray[np.float64], hz: float, from_hz: float, seconds: float) -> NDArray[np.float64]:
    """Return the phase in cycles of a pitch that falls to ``hz`` within about ``seconds``."""
    return hz * time + (from_hz - hz) * seconds * (1 - np.exp(-time / seconds))


def _boom(hz: float, seconds: float, _force: float, _rng: np.random.Generator) -> Samples:
    time = clock(max(seconds, 0.3) + 0.1)
    made = sine(_drop(time, hz, hz * 3, 0.02)) * decay(time.size / RATE, 2.8)
    return shaped(np.tanh(2.2 * made).astype(np.float32), 0.002, 0.08)


def _sub(hz: float, seconds: float, force: float, _rng: np.random.Generator) -> Samples:
    time = clock(seconds + 0.08)
    made = sine(hz * time) + 0.25 * sine(2 * hz * time) + 0.1 * force * sine(3 * hz * time)
    return shaped(made.astype(np.float32), 0.012, 0.08)


def _synth_bass(
    hz: float, seconds: float, force: float, rng: np.random.Generator, *, kind: str, top: float, t60: float
) -> Samples:
    time = clock(seconds + 0.05)
    cycles = hz * time + rng.random()
    dark = oscillate(kind, hz, cycles, max(2.5 * hz, 160))
    bright = oscillate(kind, hz, cycles, top * (0.5 + 0.5 * force))
    made = dark + (bright - dark) * decay(time.size / RATE, t60) + 0.5 * sine(hz * time)
    return shaped(made.astype(np.float32), 0.003, 0.04)


def _electric_bass(
    hz: float, seconds: float, force: float, rng: np.random.Generator, *, ring: float, bright: float
) -> Samples:
    pluck = _string(hz, seconds, force, rng, ring=ring, bright=bright)
    time = clock(pluck.size / RATE)[: pluck.size]
    body = sine(hz * time) * decay(pluck.size / RATE, ring)[: pluck.size]
    return shaped(filtered(pluck, 0, 2200) + 0.7 * body, 0.004, 0.06)


def _pluck_synth(hz: float, seconds: float, force: float, rng: np.random.Generator) -> Samples:
    time = clock(max(seconds, 0.2) + 0.2)
    made = np.zeros(time.size, np.float32)
    for detune in (-0.002, 0.0025):
        cycles = hz * (1 + detune) * time + rng.random()
        dark = oscillate("saw", hz, cycles, max(hz * 1.5, 500))
        made += dark + (oscillate("saw", hz, cycles, 3000 + 5000 * force) - dark) * decay(
            time.size / RATE, 0.35
        )
    return shaped(made * decay(time.size / RATE, 1.1), 0.003, 0.15)


def _pulse(hz: float, seconds: float, _force: float, _rng: np.random.Generator, *, kind: str) -> Samples:
    """Play a console's pulse: exact pitch, sixteen levels of loudness, vibrato when held."""
    time = clock(max(0.05, seconds - 0.02))
    late = np.clip((time - 0.3) / 0.1, 0, 1)
    made = oscillate(kind, hz, hz * (time + 0.0004 * late * np.sin(2 * np.pi * 6 * time)), 9000)
    steps = np.ceil(15 * np.maximum(decay(time.size / RATE, 2.5), 0.35)) / 15
    return shaped((made * steps).astype(np.float32), 0.001, 0.004)


_bowed = partial(_saws, attack=0.16, release=0.35, top=3200, detune=0.0035, count=4, vibrato=0.12)

INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(_piano),
    "epiano": Instrument(_electric_piano, is_wide=True, echo=0.1),
    "nylon": Instrument(partial(_string, ring=2.6, bright=0.35), spread_seconds=0.014, echo=0.1),
    "steel_guitar": Instrument(
        partial(_string, ring=3.6, bright=0.8), is_wide=True, spread_seconds=0.011, wet=0.8
    ),
    "muted_guitar": Instrument(partial(_string, ring=0.45, bright=0.5), spread_seconds=0.006, echo=0.2),
    "harp": Instrument(partial(_string, ring=3.0, bright=0.6), is_wide=True, wet=1.3),
    "drive_guitar": Instrument(
        partial(_string, ring=5.0, bright=0.9),
        is_wide=True,
        shift=-5,
        spread_seconds=0.003,
        wet=0.5,
        drive=0.9,
    ),
    "drive_lead": Instrument(partial(_string, ring=6.0, bright=0.9), wet=0.8, echo=0.3, drive=0.8),
    "strings": Instrument(_bowed, is_wide=True, wet=1.4),
    "low_strings": Instrument(partial(_bowed, top=1600), wet=0.9),
    "spiccato": Instrument(
        partial(_saws, attack=0.012, release=0.16, top=3800, detune=0.003, count=4), is_wide=True, wet=1.3
    ),
    "choir": Instrument(_choir, is_wide=True, wet=1.5),
    "warm_pad": Instrument(
        partial(_saws, attack=0.35, release=0.8, top=1500, detune=0.006), is_wide=True, wet=1.1
    ),
    "glass_pad": Instrument(
        partial(_saws, kind="triangle", attack=0.6, release=1.2, top=5000, detune=0.005),
        is_wide=True,
        wet=1.5,
    ),
    "stab": Instrument(
        partial(_saws, attack=0.004, release=0.22, top=3600, detune=0.006), is_wide=True, echo=0.3
    ),
    "bells": Instrument(_fm_bell, is_wide=True, shift=12, wet=1.4, echo=0.3),
    "glass": Instrument(_glass, is_wide=True, wet=1.4, echo=0.35),
    "vibes": Instrument(partial(_bars, ring=3.2, hum=0.25), echo=0.15),
    "marimba": Instrument(partial(_bars, ring=1.0, hum=0.0), echo=0.1),
    "kalimba": Instrument(partial(_bars, ring=1.6, hum=0.0), is_wide=True, echo=0.25),
    "flute": Instrument(_flute, wet=1.3, echo=0.15),
    "horns": Instrument(
        partial(_saws, attack=0.07, release=0.18, top=2000, detune=0.002, vibrato=0.05), shift=-12, wet=1.2
    ),
    "muted_horn": Instrument(
        partial(
            _saws, kind="pulse", attack=0.05, release=0.12, top=2300, detune=0.001, count=1, vibrato=0.16
        ),
        wet=1.1,
    ),
    "organ": Instrument(_organ, is_wide=True, wet=0.8),
    "saw_lead": Instrument(
        partial(_saws, attack=0.012, release=0.2, top=4500, detune=0.004, vibrato=0.06),
        is_wide=True,
        echo=0.4,
    ),
    "square_lead": Instrument(
        partial(_saws, kind="square", attack=0.01, release=0.15, top=3500, detune=0.002, count=2), echo=0.35
    ),
    "pluck_synth": Instrument(_pluck_synth, is_wide=True, echo=0.35),
    "pulse_lead": Instrument(partial(_pulse, kind="pulse"), echo=0.2),
    "pulse_thin": Instrument(partial(_pulse, kind="eighth"), echo=0.1),
    "pulse_soft": Instrument(partial(_pulse, kind="square")),
    "triangle_bass": Instrument(partial(_pulse, kind="triangle"), wet=0.0),
    "finger_bass": Instrument(partial(_electric_bass, ring=2.2, bright=0.3), wet=0.1),
    "pick_bass": Instrument(partial(_electric_bass, ring=2.8, bright=0.8), wet=0.1, drive=0.25),
    "upright": Instrument(partial(_electric_bass, ring=1.3, bright=0.2), wet=0.25),
    "sub": Instrument(_sub, wet=0.0),
    "boom808": Instrument(_boom, wet=0.0),
    "saw_bass": Instrument(partial(_synth_bass, kind="saw", top=1800, t60=0.5), wet=0.1, drive=0.2),
    "pluck_bass": Instrument(partial(_synth_bass, kind="square", top=1500, t60=0.25), wet=0.1),
}
"""Every pitched instrument by its name."""
