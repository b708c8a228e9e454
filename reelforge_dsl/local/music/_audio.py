"""Arrays of sound, and the few operations that every instrument and the mix are made of."""

from __future__ import annotations

import functools

from reelforge_dsl.errors import MissingExtraError

try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError as error:
    raise MissingExtraError("local music needs numpy, which is not installed", extra="local") from error

RATE = 48000
"""Samples a second."""

Samples = NDArray[np.float32]
"""Sound, 1 is full scale: shape (samples,), or (2, samples) with left first."""

_TABLE = 2048


def clock(seconds: float) -> NDArray[np.float64]:
    """Return the time in seconds of each sample, shape (samples,)."""
    return np.arange(max(1, round(seconds * RATE))) / RATE


def sine(cycles: NDArray[np.float64]) -> Samples:
    """Return sines of phases given in cycles, shape as given."""
    return np.sin((2 * np.pi * (cycles - np.floor(cycles))).astype(np.float32))


def decay(seconds: float, t60: float) -> Samples:
    """Return a fall by 60 dB in ``t60`` seconds, from 1, shape (samples,)."""
    return np.exp(-6.9078 / t60 * clock(seconds)).astype(np.float32)


def shaped(sound: Samples, attack: float, release: float) -> Samples:
    """Raise the start and lower the end of a sound smoothly, each in seconds; changes it in place."""
    rise = min(round(attack * RATE), sound.size // 2)
    fall = min(round(release * RATE), sound.size // 2)
    if rise:
        sound[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    if fall:
        sound[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32)) ** 2
    return sound


@functools.lru_cache(maxsize=256)
def wave_table(kind: str, hz: int, top_hz: int) -> Samples:
    """Return one cycle of a wave without partials above the audible, shape (2049,), its end is its start.

    Args:
        kind: ``"saw"``, ``"square"``, ``"pulse"`` (a quarter), ``"eighth"`` or ``"triangle"``.
        hz: The pitch for which partials are counted.
        top_hz: Where partials begin to fall off by another 12 dB an octave.
    """
    count = int(max(1, min(_TABLE // 2 - 1, 18000 / hz)))
    k = np.arange(1, count + 1)
    width = {"pulse": 0.25, "eighth": 0.125}.get(kind, 0.5)
    if kind == "saw":
        level = 1 / k
    elif kind == "triangle":
        level = np.where(k % 2 == 1, 1 / k**2, 0.0)
    else:
        level = np.abs(np.sin(np.pi * k * width)) / k
    level = level / (1 + (k * hz / top_hz) ** 4) ** 0.5
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex128)
    spectrum[1 : count + 1] = -1j * level
    cycle = np.fft.irfft(spectrum)
    cycle /= np.abs(cycle).max()
    return np.append(cycle, cycle[0]).astype(np.float32)


def oscillate(kind: str, hz: float, cycles: NDArray[np.float64], top_hz: float) -> Samples:
    """Play a wave of pitch ``hz`` along phases given in cycles, no brighter than ``top_hz``."""
    table = wave_table(kind, max(1, round(hz)), round(top_hz))
    place = (cycles - np.floor(cycles)) * _TABLE
    index = place.astype(np.intp)
    part = (place - index).astype(np.float32)
    low = table[index]
    return low + part * (table[index + 1] - low)


def noise(count: int, rng: np.random.Generator) -> Samples:
    """Return white noise of RMS 1, shape (count,)."""
    return rng.standard_normal(count, dtype=np.float32)


def filtered(sound: Samples, low_hz: float = 0, high_hz: float = 24000, order: int = 2) -> Samples:
    """Keep what is between two frequencies of a short sound; slopes of 6 dB an octave times ``order``."""
    count = sound.shape[-1]
    size = 1 << (count - 1).bit_length()
    hz = np.fft.rfftfreq(size, 1 / RATE)
    gain = 1 / (1 + (hz / high_hz) ** (2 * order)) ** 0.5
    if low_hz:
        gain *= (hz / low_hz) ** order / (1 + (hz / low_hz) ** (2 * order)) ** 0.5
    made = np.fft.irfft(np.fft.rfft(sound, size) * gain.astype(np.float32), size)
    return made[:count].astype(np.float32)


def impulse(gain: NDArray[np.floating], taps: int) -> Samples:
    """Return the symmetric response, ``taps`` long (odd), of a gain per frequency from 0 to 24 kHz."""
    whole = np.roll(np.fft.irfft(gain), taps // 2)[:taps]
    return (whole * np.hanning(taps + 2)[1:-1]).astype(np.float32)


def convolved(sound: Samples, response: Samples, late: int = 0) -> Samples:
    """Convolve along the last axis as if the sound went round, so that its end runs into its start.

    Args:
        sound: Shape (samples,) or (2, samples).
        response: Shape (taps,), or (n, taps) for n results of one sound or one a side.
        late: Samples by which the result is drawn forward; half the taps for a symmetric response.
    """
    count, taps = sound.shape[-1], response.shape[-1]
    size = 1 << max(16, (4 * taps).bit_length())
    step = size - taps + 1
    spectrum = np.fft.rfft(response, size)
    made = np.zeros((*np.broadcast_shapes(sound.shape[:-1], response.shape[:-1]), count), np.float32)
    for start in range(0, count, step):
        piece = np.fft.irfft(np.fft.rfft(sound[..., start : start + step], size) * spectrum, size)
        length = min(step, count - start) + taps - 1
        add_round(made, piece[..., :length], start - late)
    return made


def add_round(onto: Samples, sound: NDArray[np.floating], at: int) -> None:
    """Add a sound onto another from a sample on; what passes the end goes on at the start."""
    count = onto.shape[-1]
    at %= count
    done = 0
    while done < sound.shape[-1]:
        length = min(count - at, sound.shape[-1] - done)
        onto[..., at : at + length] += sound[..., done : done + length]
        done += length
        at = 0
