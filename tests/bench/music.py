"""What the local music sounds like, in figures, and what it costs.

Usage: python tests/bench/music.py [SEED] [FOLDER]

One line for each of two pieces of ten prompts. LUFS, true peak and loudness range are ffmpeg's ``ebur128``
on the WAV file. Centroid: mean frequency of the spectrum's power, Hz. Above 12k: its share there, dB.
Onsets: rises of level a second. Crest: sample peak over RMS, dB. Width: side over middle, dB. Gap: the
quietest half second, dB below the whole. Jump: the step from the last sample to the first, and the largest
step in the half second around it. CPU: seconds to play and write. With FOLDER the files are kept there.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.local import music
from reelforge_dsl.models.music import MusicRequest

PROMPTS = (
    "warm lo-fi, slow build",
    "epic cinematic trailer, dark",
    "upbeat house for a fashion reel",
    "dreamy ambient soundscape",
    "dark trap, 140 bpm, in F# minor",
    "happy acoustic folk with ukulele and whistle",
    "smooth jazz lounge",
    "8-bit arcade chase",
    "sad solo piano",
    "driving rock, no lead",
)
RATE = music.RATE


def measures(sound: np.ndarray) -> dict[str, float]:
    """What tells one piece from another: of (2, samples) at 48 kHz."""
    middle = sound.mean(axis=0)
    frames = middle[: middle.size // 4096 * 4096].reshape(-1, 4096) * np.hanning(4096)
    power = np.abs(np.fft.rfft(frames)) ** 2
    hz = np.fft.rfftfreq(4096, 1 / RATE)
    whole = power.sum(axis=0)
    level = 20 * np.log10(
        np.sqrt((middle[: middle.size // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1)) + 1e-6
    )
    smooth = np.convolve(level, np.ones(3) / 3, "valid")
    rises = smooth[4:] - smooth[:-4] > 4
    halves = middle[: middle.size // 24000 * 24000].reshape(-1, 24000)
    quiet = np.sqrt((halves**2).mean(axis=1)).min()
    rms = np.sqrt((middle**2).mean())
    return {
        "centroid": float((hz * whole).sum() / whole.sum()),
        "above 12k": float(10 * np.log10(whole[hz > 12000].sum() / whole.sum())),
        "onsets": float((np.diff(rises.astype(int)) == 1).sum() / (middle.size / RATE)),
        "crest": float(20 * np.log10(np.abs(sound).max() / np.sqrt((sound**2).mean()))),
        "width": float(
            10 * np.log10(((sound[0] - sound[1]) ** 2).mean() / ((sound[0] + sound[1]) ** 2).mean())
        ),
        "gap": float(20 * np.log10(quiet / rms)),
    }


def chroma(sound: np.ndarray) -> np.ndarray:
    """How much of each pitch class there is between 100 Hz and 2 kHz, shape (12,), sums to 1."""
    middle = sound.mean(axis=0)
    frames = middle[: middle.size // 16384 * 16384].reshape(-1, 16384) * np.hanning(16384)
    power = (np.abs(np.fft.rfft(frames)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(16384, 1 / RATE)
    kept = (hz > 100) & (hz < 2000)
    classes = np.round(69 + 12 * np.log2(hz[kept] / 440)).astype(int) % 12
    found = np.bincount(classes, power[kept], 12)
    return found / found.sum()


def seam(sound: np.ndarray) -> tuple[float, float]:
    """The step over the loop point, and the largest within a quarter of a second on either side."""
    around = np.concatenate([sound[:, -RATE // 4 :], sound[:, : RATE // 4]], axis=1)
    steps = np.abs(np.diff(around, axis=1)).max(axis=0)
    at = RATE // 4 - 1
    return float(steps[at]), float(np.delete(steps, at).max())


def ebur128(path: Path) -> tuple[float, float, float]:
    """Integrated LUFS, loudness range in LU, true peak in dB, by ffmpeg."""
    command = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-i", str(path)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr.rpartition("Summary:")[
        2
    ]
    found = [re.search(rf"{word}:\s+(-?[\d.]+)", said) for word in ("I", "LRA", "Peak")]
    lufs, span, peak = (float(match[1]) for match in found if match)
    return lufs, span, peak


def main(seed: int, folder: Path) -> None:
    heads = "piece|bpm, key|s|LUFS|LRA|true peak|centroid|above 12k|onsets|crest|width|gap|jump|CPU s"
    print(f"| {heads.replace('|', ' | ')} |", "|" + "---|" * 14, sep="\n")
    for prompt in PROMPTS:
        for score in music.plan(MusicRequest(prompt=prompt), seed):
            began = time.process_time()
            piece = music.perform(score)
            path = folder / f"{re.sub(r'[^a-z0-9]+', '-', score.title.lower())}.wav"
            path.write_bytes(music.wav(piece))
            spent = time.process_time() - began
            print(row(piece, path, spent))


def row(piece: Any, path: Path, spent: float) -> str:
    score = piece.plan
    lufs, span, peak = ebur128(path)
    m = measures(piece.samples.astype(np.float64))
    step, around = seam(piece.samples)
    cells = (
        score.title,
        f"{score.tempo_bpm:g}, {score.key}",
        f"{piece.seconds:.1f}",
        f"{lufs:.1f}",
        f"{span:.1f}",
        f"{peak:.1f}",
        f"{m['centroid']:.0f}",
        f"{m['above 12k']:.0f}",
        f"{m['onsets']:.1f}",
        f"{m['crest']:.1f}",
        f"{m['width']:.1f}",
        f"{m['gap']:.1f}",
        f"{step:.4f} ({around:.3f})",
        f"{spent:.1f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if len(sys.argv) > 2:
        kept = Path(sys.argv[2])
        kept.mkdir(parents=True, exist_ok=True)
        main(seed, kept)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(seed, Path(temporary))
