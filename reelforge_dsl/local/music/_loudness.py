"""Loudness, true peaks, and a limiter. All of it treats a sound as a loop."""

from __future__ import annotations

import functools

import numpy as np

from reelforge_dsl.local.music._audio import RATE, Samples, convolved

LOUDNESS_LUFS = -16.0
"""Integrated loudness of a finished piece."""

CEILING_DBTP = -1.5
"""Highest true peak of a finished piece, dB of full scale."""

_STEP = RATE // 10
_PHASES, _TAPS = 4, 48
_BLOCK = 32
_REACH = 8


@functools.cache
def _weighting() -> Samples:
    """Return the impulse response of the K weighting at 48 kHz. Source: ITU-R BS.1770, tables 1 and 2."""
    z = np.exp(-2j * np.pi * np.arange(8193) / 16384)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.fft.irfft(shelf * high_pass)[:4096].astype(np.float32)


@functools.cache
def _interpolators() -> Samples:
    """Return what gives the values a quarter, a half and three quarters after each sample, shape (3, 48)."""
    place = np.arange(_TAPS) - _TAPS // 2
    window = np.kaiser(_TAPS + 1, 8)
    made = []
    for phase in range(1, _PHASES):
        at = place + phase / _PHASES
        made.append(
            (np.sinc(at) * np.interp(at, np.arange(_TAPS + 1) - _TAPS // 2, window)).astype(np.float32)
        )
    return np.stack(made)


def loudness(sound: Samples) -> float:
    """Return the integrated, gated loudness in LUFS; ``-inf`` for silence.

    Args:
        sound: Shape (samples,) or (channels, samples), 48 kHz, at least 0.4 s.

    Source: ITU-R BS.1770-4, annex 1.
    """
    count = sound.shape[-1] // _STEP * _STEP
    power = np.zeros(count // _STEP)
    for channel in np.atleast_2d(sound):
        weighted = convolved(channel, _weighting())[:count]
        power += np.square(weighted).reshape(-1, _STEP).mean(axis=1, dtype=np.float64)
    blocks = np.convolve(power, np.full(4, 0.25), "valid")
    blocks = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if blocks.size:
        blocks = blocks[blocks > blocks.mean() / 10]
    return float(-0.691 + 10 * np.log10(blocks.mean())) if blocks.size else float("-inf")


def true_peaks(sound: Samples) -> Samples:
    """Return the largest size between each sample and the next, over all channels, shape (samples,).

    Source: ITU-R BS.1770-4, annex 2 (fourfold oversampling).
    """
    highest = np.zeros(sound.shape[-1], np.float32)
    for channel in np.atleast_2d(sound):
        np.maximum(highest, np.abs(channel), out=highest)
        between = convolved(channel, _interpolators(), _TAPS // 2)
        np.maximum(highest, np.abs(between, out=between).max(axis=0), out=highest)
    return highest


def true_peak(sound: Samples) -> float:
    """Return the true peak in dB of full scale; ``-inf`` for silence."""
    highest = float(true_peaks(sound).max())
    return float(20 * np.log10(highest)) if highest else float("-inf")


def limited(sound: Samples, ceiling: float) -> Samples:
    """Turn a sound down smoothly around every true peak above ``ceiling`` (1 is full scale)."""
    peaks = true_peaks(sound)
    if peaks.max() <= ceiling:
        return sound
    blocks = -(-peaks.size // _BLOCK)
    padded = np.pad(peaks, (0, blocks * _BLOCK - peaks.size), mode="wrap")
    need = np.minimum(1, ceiling / np.maximum(padded.reshape(blocks, _BLOCK).max(axis=1), 1e-9))
    lowest = need.copy()
    for shift in range(-_REACH - 1, _REACH + 2):
        lowest = np.minimum(lowest, np.roll(need, shift))
    window = np.hanning(2 * _REACH + 1)
    smooth = np.convolve(np.pad(lowest, _REACH, mode="wrap"), window / window.sum(), "valid")
    gain = np.interp(
        np.arange(peaks.size), (np.arange(blocks) + 0.5) * _BLOCK, smooth, period=blocks * _BLOCK
    )
    return np.asarray(sound * gain.astype(np.float32), np.float32)


def mastered(sound: Samples) -> Samples:
    """Bring a sound to `LOUDNESS_LUFS`, with its true peaks below `CEILING_DBTP`."""
    level = loudness(sound)
    if level == float("-inf"):
        return sound
    for _ in range(3):
        sound = sound * np.float32(10 ** ((LOUDNESS_LUFS - level) / 20))
        sound = limited(sound, 10 ** (CEILING_DBTP / 20))
        level = loudness(sound)
        if abs(level - LOUDNESS_LUFS) < 0.1:
            break
    return sound
