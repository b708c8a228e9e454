"""Music as it sounds: ffmpeg's meters on whole pieces, the loop point, ten prompts told apart by measures."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.local import music
from reelforge_dsl.local.music import _loudness
from reelforge_dsl.models.music import MusicRequest

RATE = 48000
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


@pytest.fixture(scope="module")
def pair() -> tuple[music.Piece, music.Piece]:
    """The pieces of the documented request."""
    prompt = "Cinematic lo-fi beat with a slow emotional build and no vocals"
    return music.compose(MusicRequest(prompt=prompt, instrumental=True), 1)


@pytest.fixture(scope="module")
def whole(pair: tuple[music.Piece, ...]) -> tuple[music.Piece, ...]:
    """Four whole pieces."""
    dense = ("upbeat house for a fashion reel", "8-bit arcade chase")
    return (*pair, *(music.perform(music.plan(MusicRequest(prompt=text), 7)[0]) for text in dense))


@pytest.fixture(scope="module")
def ten() -> dict[str, music.Piece]:
    """Twelve bars of each of ten prompts: the end of the build and what it leads to."""
    return {text: music.perform(excerpt(music.plan(MusicRequest(prompt=text), 7)[0])) for text in PROMPTS}


def excerpt(score: music.Score) -> music.Score:
    build = next(section for section in score.sections if section.name == "build")
    first = (build.bar + build.bars - 4) * 4
    notes = (evolve(note, at=note.at - first) for note in score.notes if first <= note.at < first + 48)
    return evolve(score, bars=12, notes=tuple(notes))


def meter(path: Path) -> str:
    """What ffmpeg's loudness meter says of a file."""
    command = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-i", str(path)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def spectrum(sound: np.ndarray, size: int = 16384) -> tuple[np.ndarray, np.ndarray]:
    """Power of the middle by frequency: hertz and power, each (size // 2 + 1,)."""
    middle = sound.mean(axis=0)
    frames = middle[: middle.size // size * size].reshape(-1, size) * np.hanning(size)
    return np.fft.rfftfreq(size, 1 / RATE), (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)


def levels(sound: np.ndarray, seconds: float) -> np.ndarray:
    """RMS of each stretch of a length, dB, of the middle."""
    size = round(seconds * RATE)
    middle = sound.mean(axis=0)
    parts = middle[: middle.size // size * size].reshape(-1, size)
    return 10 * np.log10((parts**2).mean(axis=1) + 1e-12)


def pulse(sound: np.ndarray, beat_seconds: float) -> np.ndarray:
    """How strongly onsets fall on each 48th of the beat."""
    rise = np.maximum(np.diff(levels(sound, beat_seconds / 48)), 0)
    return rise[: rise.size // 48 * 48].reshape(-1, 48).sum(axis=0)


def features(sound: np.ndarray) -> np.ndarray:
    """What tells pieces apart: centroid, brightness, onsets, crest, width, in steps one hears; chroma."""
    hz, power = spectrum(sound)
    rises = np.diff(levels(sound, 0.02)) > 4
    kept = (hz > 100) & (hz < 2000)
    classes = np.round(69 + 12 * np.log2(hz[kept] / 440)).astype(int) % 12
    chroma = np.bincount(classes, power[kept], 12) / power[kept].sum()
    side, middle = sound[0] - sound[1], sound[0] + sound[1]
    return np.array(
        [
            4 * np.log2((hz * power).sum() / power.sum()),
            10 * np.log10(power[hz > 4000].sum() / power.sum()) / 4,
            np.sqrt(rises.sum() / (sound.shape[1] / RATE)) * 3,
            20 * np.log10(np.abs(sound).max() / sound.std()) / 2,
            10 * np.log10((side**2).mean() / (middle**2).mean()) / 4,
            *(6 * chroma),
        ]
    )


def test_ffmpeg_agrees_on_the_level(pair: tuple[music.Piece, ...], tmp_path: Path) -> None:
    """By ffmpeg's meter both files are at -16 LUFS within half a unit and their true peaks under -1 dB."""
    for number, piece in enumerate(pair):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(music.wav(piece))
        said = meter(path).rpartition("Summary:")[2]
        lufs, peak = (float(re.search(rf"{word}:\s+(-?[\d.]+)", said)[1]) for word in ("I", "Peak"))
        assert lufs == pytest.approx(-16, abs=0.5)
        assert lufs == pytest.approx(_loudness.loudness(piece.samples), abs=0.2)
        assert peak < -1.0
        assert peak == pytest.approx(_loudness.true_peak(piece.samples), abs=0.2)


def test_every_piece_is_level(whole: tuple[music.Piece, ...]) -> None:
    """Every piece lasts 60 to 90 s at -16 LUFS, peaks under -1.2 dB, has no offset, leans to no side."""
    for piece in whole:
        assert 60 <= piece.seconds <= 90
        assert _loudness.loudness(piece.samples) == pytest.approx(-16, abs=0.25)
        assert _loudness.true_peak(piece.samples) < -1.2
        assert np.abs(piece.samples.mean(axis=1)).max() < 1e-3
        left, right = piece.samples.std(axis=1)
        assert abs(20 * np.log10(left / right)) < 2.5


def test_the_loop_point_is_no_event(whole: tuple[music.Piece, ...]) -> None:
    """The step from the last sample to the first is smaller than steps beside it, and no gap opens there."""
    for piece in whole:
        around = np.concatenate([piece.samples[:, -RATE // 4 :], piece.samples[:, : RATE // 4]], axis=1)
        steps = np.abs(np.diff(around, axis=1)).max(axis=0)
        assert steps[RATE // 4 - 1] < np.delete(steps, RATE // 4 - 1).max()
        assert levels(around, 0.1).max() > levels(piece.samples, 1).max() - 25


def test_the_beat_goes_on_over_the_loop_point(whole: tuple[music.Piece, ...]) -> None:
    """Played twice, the onsets around the seam fall where the others do, to a 48th of a beat."""
    for piece in whole[2:]:
        beat = 60 / piece.plan.tempo_bpm
        samples = int(piece.samples.shape[1])
        assert samples == pytest.approx(piece.plan.bars * 4 * beat * RATE, abs=0.5)
        twice = np.concatenate([piece.samples, piece.samples], axis=1)
        half = 8 * round(beat * RATE * 4)
        inside = pulse(twice[:, : 2 * half], beat)
        across = pulse(twice[:, samples - half : samples + half], beat)
        apart = abs(int(np.argmax(inside)) - int(np.argmax(across)))
        assert min(apart, 48 - apart) <= 1


def test_a_piece_changes_over_its_length(whole: tuple[music.Piece, ...]) -> None:
    """The loudest section is no intro and no ending, and nothing falls silent for half a second."""
    for piece in whole:
        edges = [round(s.bar / piece.plan.bars * piece.samples.shape[1]) for s in piece.plan.sections]
        parts = np.split(piece.samples, edges[1:], axis=1)
        loud = [_loudness.loudness(part) for part in parts]
        assert max(loud[1:-1]) > max(loud[0], loud[-1]) + 0.5
        assert levels(piece.samples, 0.5).min() > levels(piece.samples, 60)[0] - 30


def test_nothing_is_harsh(whole: tuple[music.Piece, ...]) -> None:
    """Above 12 kHz there is less than a hundredth of the power, and below 30 Hz too."""
    for piece in whole:
        hz, power = spectrum(piece.samples)
        assert power[hz > 12000].sum() < 0.01 * power.sum()
        assert power[hz < 30].sum() < 0.02 * power.sum()


def test_ten_prompts_sound_different(ten: dict[str, music.Piece]) -> None:
    """Any two pieces are apart by measure: timbre, rhythm, width and pitch classes together."""
    told = [features(piece.samples) for piece in ten.values()]
    apart = [np.linalg.norm(a - b) for a, b in itertools.combinations(told, 2)]
    assert min(apart) > 1.5


def test_words_are_heard(ten: dict[str, music.Piece]) -> None:
    """House is denser than ambient, folk brighter than solo piano, and the key asked for is the key heard."""
    rises = {text: (np.diff(levels(piece.samples, 0.02)) > 4).sum() for text, piece in ten.items()}
    density = {text: count / ten[text].seconds for text, count in rises.items()}
    assert density["upbeat house for a fashion reel"] > 4 * density["dreamy ambient soundscape"]
    centre = {}
    for text, piece in ten.items():
        hz, power = spectrum(piece.samples)
        centre[text] = (hz * power).sum() / power.sum()
    assert centre["happy acoustic folk with ukulele and whistle"] > 1.5 * centre["sad solo piano"]
    hz, power = spectrum(ten["dark trap, 140 bpm, in F# minor"].samples)
    kept = (hz > 150) & (hz < 2000)
    classes = np.round(69 + 12 * np.log2(hz[kept] / 440)).astype(int) % 12
    chroma = np.bincount(classes, power[kept], 12)
    minor = {(6 + step) % 12 for step in (0, 2, 3, 5, 7, 8, 10)}
    assert int(np.argmax(chroma)) in {6, 9, 1}
    assert sum(chroma[c] for c in minor) > 0.85 * chroma.sum()
