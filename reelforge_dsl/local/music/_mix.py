"""From notes to sound: places every tone on a loop, balances the parts, adds the room, masters."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from reelforge_dsl.local.music._audio import (
    RATE,
    Samples,
    add_round,
    convolved,
    decay,
    filtered,
    impulse,
    noise,
)
from reelforge_dsl.local.music._drums import KITS, LEVELS, PANS, stroke
from reelforge_dsl.local.music._loudness import loudness, mastered
from reelforge_dsl.local.music._parts import BAR, Note
from reelforge_dsl.local.music._score import Score
from reelforge_dsl.local.music._tones import INSTRUMENTS, Instrument

_LUFS = {
    "lead": -19.0,
    "chords": -20.0,
    "bass": -21.5,
    "drums": -17.0,
    "arp": -24.0,
    "pad": -25.0,
    "texture": -42.0,
}
_LOW_CUT_HZ = {"lead": 160.0, "chords": 110.0, "arp": 180.0, "pad": 140.0, "texture": 300.0}
_PANS = {"arp": 0.35, "chords": -0.12, "lead": 0.05}
_ECHO_BEATS = 0.75
_LEVELLING = 0.45
_SHELF_DB = 9.0
_WOW_SECONDS = 0.0006


def play(score: Score) -> Samples:
    """Play a score on a loop as long as its bars.

    Returns:
        Shape (2, samples), float32, 48 kHz; what rings past the end goes on at the start.
    """
    return _Desk(score).mixed()


class _Desk:
    """The mixing desk for one score."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._beat = 60 / score.tempo_bpm * RATE
        self._count = round(score.bars * BAR * self._beat)
        self._chance = np.random.default_rng([score.seed, 1])
        self._duck = self._ducking()

    def mixed(self) -> Samples:
        """Mix every part, the room and the echo, and master the sum."""
        style = self._score.style
        dry, room, echo = (self._empty() for _ in range(3))
        for part, sound, wet, repeats in self._parts():
            level = loudness(sound)
            if level == float("-inf"):
                continue
            sound *= np.float32(10 ** ((self._target(part) - level) / 20))
            if part != "drums":
                sound *= self._duck
            dry += sound
            if wet:
                room += np.float32(wet) * sound
            if repeats:
                echo += np.float32(repeats) * sound
        self._echo(echo, dry)
        echo *= np.float32(0.4)
        room += echo
        del echo
        room = self._room(room)
        room *= np.float32(0.9 * style.wet)
        dry += room
        del room
        return mastered(self._levelled(self._toned(dry)))

    def _empty(self) -> Samples:
        return np.zeros((2, self._count), np.float32)

    def _parts(self) -> Iterator[tuple[str, Samples, float, float]]:
        """Yield each part's name, sound, and shares of the room and the echo."""
        for role, name in self._score.voices:
            instrument = INSTRUMENTS[name]
            sound = self._voice(role, name, instrument)
            yield role, sound, instrument.wet, instrument.echo
        kit = self._score.style.kit
        if kit:
            yield "drums", self._drums(kit), KITS[kit].wet, 0.0
        if self._score.style.texture:
            yield "texture", self._texture(self._score.style.texture), 0.0, 0.0

    def _target(self, part: str) -> float:
        """Return how loud a part shall be, LUFS; who has the field alone comes forward."""
        lone = {role for role, _ in self._score.voices}
        level = _LUFS[part]
        if self._score.style.kit is None:
            level += {"pad": 4, "bass": -2}.get(part, 0)
        if part in ("chords", "arp") and not lone & {"lead", "pad"}:
            level += 3
        if part == "drums":
            level -= 2.5 * (1 - self._score.brightness) + 3 * ("drums" in self._score.brief.softened)
        return level

    def _voice(self, role: str, name: str, instrument: Instrument) -> Samples:
        """Play a role on its instrument, shape (2, samples)."""
        bus = self._empty()
        takes: dict[tuple[int, int, int, int], Samples] = {}
        for note, rank in _ranked([note for note in self._score.notes if note.part == role]):
            seconds = note.beats * self._beat / RATE
            at = self._place(note) + round(rank * instrument.spread_seconds * RATE)
            band = 1 + int(note.velocity * 2.99)
            pitch = note.pitch + instrument.shift
            pan = _PANS.get(role, 0.0) if role != "chords" else 0.4 * (pitch - 60) / 30
            for side in (0, 1):
                take = side if instrument.is_wide else 0
                key = (pitch, round(seconds * 20), band, take)
                if key not in takes:
                    chance = np.random.default_rng([self._score.seed, zlib.crc32(f"{name}{key}".encode())])
                    hz = 440 * 2 ** ((pitch - 69) / 12)
                    takes[key] = instrument.play(hz, max(0.05, seconds), band / 3, chance)
                gain = note.velocity**1.3 * (1 if instrument.is_wide else _side(pan, side))
                add_round(bus[side], takes[key] * np.float32(gain), at)
        if instrument.drive:
            bus = _driven(bus, instrument.drive, 4200)
        if role in _LOW_CUT_HZ:
            bus = convolved(bus, _low_cut(_LOW_CUT_HZ[role]), 1024)
        return self._wowed(bus) if self._score.style.texture == "vinyl" and role != "bass" else bus

    def _drums(self, kit: str) -> Samples:
        bus = self._empty()
        takes: dict[tuple[str, int], Samples] = {}
        for index, note in enumerate(note for note in self._score.notes if note.part in LEVELS):
            key = (note.part, index % 3 if note.part in ("snare", "hat", "shaker", "clap") else 0)
            if key not in takes:
                chance = np.random.default_rng([self._score.seed, zlib.crc32(f"{kit}{key}".encode())])
                takes[key] = stroke(note.part, KITS[kit], note.beats * self._beat / RATE, chance)
            level = LEVELS[note.part] * note.velocity**1.4
            pan = PANS.get(note.part, 0.0)
            for side in (0, 1):
                add_round(bus[side], takes[key] * np.float32(level * _side(pan, side)), self._place(note))
        return _driven(bus, 0.2 + 0.3 * self._score.style.drive, 20000)

    def _place(self, note: Note) -> int:
        """Return the sample at which a note begins: swung, and a little off as players are."""
        pair, late = self._score.style.swing
        place = note.at % pair / pair
        swung = note.at - note.at % pair + pair * (place + late * (0.5 - abs(place - 0.5)))
        loose = self._score.style.loose * (0.4 if note.part in ("kick", "bass") else 1.0)
        return round(
            swung * self._beat + loose * RATE * float(np.clip(self._chance.standard_normal(), -2, 2))
        )

    def _ducking(self) -> Samples:
        """Return the gain that every kick pushes down and lets come back within a beat, shape (samples,)."""
        gain = np.ones(self._count, np.float32)
        depth = self._score.style.pump
        if not depth:
            return gain
        length = round(0.8 * self._beat)
        dip = 1 - depth * np.cos(np.linspace(0, np.pi / 2, length)) ** 2
        dip[:240] = np.linspace(1, dip[240], 240)
        for note in self._score.notes:
            if note.part == "kick" and note.velocity > 0.4:
                place = np.arange(length) + round(note.at * self._beat)
                place %= self._count
                gain[place] = np.minimum(gain[place], dip)
        return gain

    def _echo(self, send: Samples, onto: Samples) -> None:
        """Add repeats of what is sent, from side to side, each duller and quieter."""
        if not send.any():
            return
        dull = impulse(1 / (1 + (np.arange(513) * RATE / 1024 / 3500) ** 4) ** 0.5, 127)
        step = round(_ECHO_BEATS * self._beat)
        for turn in range(1, 4):
            send = convolved(send[::-1], dull, 63)
            send *= np.float32(0.5)
            add_round(onto, send, turn * step)

    def _room(self, send: Samples) -> Samples:
        """Let what is sent ring in a room whose high notes fade first."""
        seconds = self._score.style.reverb_seconds
        chance = np.random.default_rng([self._score.seed, 2])
        walls = []
        for _ in range(2):
            air = noise(round(seconds * RATE), chance)
            bands = ((250, 900, 1.0, 0.8), (900, 3500, 0.75, 0.9), (3500, 9000, 0.4, 0.6))
            wall = sum(
                g * filtered(air, low, high, 2) * decay(seconds, seconds * t) for low, high, t, g in bands
            )
            walls.append(
                np.pad(np.asarray(wall, np.float32), (round((0.014 + 0.012 * seconds / 4) * RATE), 0))
            )
        response = np.stack(walls)
        return convolved(send, response / np.sqrt(np.square(response).sum(axis=1, keepdims=True)))

    def _texture(self, name: str) -> Samples:
        """Return the rustle of a record, or of air, shape (2, samples)."""
        chance = np.random.default_rng([self._score.seed, 3])
        hiss = filtered(noise(1023, chance), 400, 5000, 1) * 0.0006
        made = np.stack([convolved(noise(self._count, chance), hiss) for _ in range(2)])
        if name == "air":
            made *= 0.5 + 0.25 * np.sin(np.linspace(0, 8 * np.pi, self._count, dtype=np.float32))
            return made
        for at in chance.integers(0, self._count, round(9 * self._score.seconds)):
            length = int(chance.integers(20, 90))
            crack = noise(length, chance) * np.hanning(length) * chance.exponential(0.12)
            add_round(made[int(chance.integers(2))], crack, int(at))
        return made

    def _wowed(self, sound: Samples) -> Samples:
        """Let the pitch wander as a worn record's does, by 3 cents or so."""
        turns = 2 * np.pi * round(self._score.seconds * 0.55) / self._count
        made = np.empty_like(sound)
        for start in range(0, self._count, 8 * RATE):
            at = np.arange(start, min(start + 8 * RATE, self._count))
            place = at + _WOW_SECONDS * RATE * (1.15 + np.sin(turns * at) + 0.15 * np.sin(9 * turns * at))
            index = place.astype(np.int64)
            part = (place - index).astype(np.float32)
            low, high = sound[:, index % self._count], sound[:, (index + 1) % self._count]
            made[:, start : start + at.size] = low + part * (high - low)
        return made

    def _levelled(self, sound: Samples) -> Samples:
        """Bring quiet and loud passages nearer to each other, half a bar at a time.

        A film takes seconds from anywhere, often the start: the intro must be heard beside a voice.
        """
        edges = np.linspace(0, self._count, 2 * self._score.bars + 1).round().astype(np.intp)
        power = np.add.reduceat(np.square(sound).sum(axis=0), edges[:-1]) / np.diff(edges)
        power = (np.roll(power, 1) + 2 * power + np.roll(power, -1)) / 4
        above = 10 * np.log10(np.maximum(power, 1e-9) / max(power.mean(), 1e-9))
        gain = np.clip(-_LEVELLING * above, -6, 6)
        middles = (edges[:-1] + edges[1:]) / 2
        curve = np.interp(np.arange(self._count), middles, 10 ** (gain / 20), period=self._count)
        sound *= curve.astype(np.float32)
        return sound

    def _toned(self, sound: Samples) -> Samples:
        """Take off rumble and glare, and warm the sum up."""
        top = self._score.style.top_hz * (0.7 + 0.5 * self._score.brightness)
        hz = np.arange(2049) * RATE / 4096
        shelf = 10 ** (_SHELF_DB * (self._score.brightness - 0.4) / 20)
        gain = (hz / 30) ** 4 / (1 + (hz / 30) ** 4) / (1 + (hz / top) ** 4) ** 0.5
        gain *= 1 + (shelf - 1) * hz**2 / (hz**2 + 2500.0**2)
        sound = convolved(sound, impulse(gain, 2047), 1023)
        return _driven(sound, 0.6 * self._score.style.drive, 20000)


def _ranked(notes: list[Note]) -> Iterator[tuple[Note, int]]:
    """Yield each note with its place, from below, among those that begin together."""
    rank, before = 0, -1.0
    for note in notes:
        rank = rank + 1 if note.at == before else 0
        before = note.at
        yield note, rank


def _side(pan: float, side: int) -> float:
    """Return the gain of a side, 0 left and 1 right, at equal power; 1 in the middle."""
    angle = (pan + 1) * np.pi / 4
    return float((np.sin(angle) if side else np.cos(angle)) * np.sqrt(2))


def _driven(sound: Samples, amount: float, top_hz: float) -> Samples:
    """Saturate: ``amount`` 0 leaves the sound alone, 1 is a loud amplifier; dull above ``top_hz``."""
    level = float(np.sqrt(np.vdot(sound, sound) / sound.size))
    if not amount or not level:
        return sound
    push = np.float32(10 ** (amount * 1.3 - 0.9) / (level * 3))
    made = sound * push
    np.tanh(made, out=made)
    made /= push
    if top_hz < 20000:
        gain = 1 / (1 + (np.arange(513) * RATE / 1024 / top_hz) ** 6) ** 0.5
        made = convolved(made, impulse(gain, 511), 255)
    return made


def _low_cut(hz: float) -> Samples:
    f = np.arange(4097) * RATE / 8192
    return impulse((f / hz) ** 2 / (1 + (f / hz) ** 4) ** 0.5, 2049)
