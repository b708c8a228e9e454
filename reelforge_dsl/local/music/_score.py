"""From what the words ask for to every note: tempo, key, form, who plays where."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from attrs import evolve, field, frozen

from reelforge_dsl.local.music import _brief
from reelforge_dsl.local.music._beats import beat, build, fill
from reelforge_dsl.local.music._brief import FASTEST_BPM, SLOWEST_BPM, Brief
from reelforge_dsl.local.music._harmony import BRIGHT, Chord, Key, chord, progression, voicings
from reelforge_dsl.local.music._parts import (
    BAR,
    Motif,
    Note,
    answer,
    arpeggio,
    bass_line,
    chord_figure,
    melody,
    motif,
)
from reelforge_dsl.local.music._styles import ROLES, Style, style_of
from reelforge_dsl.models.music import MusicRequest

_FLOWING = frozenset({"alberti", "rolling", "fingerpick", "strum"})
_FALLBACKS = ("corporate", "lofi", "ambient", "folk", "cinematic", "house")
_FORMS = {
    4: "intro build chorus outro",
    5: "intro verse build chorus outro",
    6: "intro verse build chorus chorus outro",
    7: "intro verse build chorus break chorus outro",
    8: "intro verse verse build chorus break chorus outro",
    9: "intro verse verse build chorus break build chorus outro",
    10: "intro verse verse build chorus chorus break build chorus outro",
    11: "intro verse verse build chorus chorus break build chorus chorus outro",
}
_ENTRIES = {"chords": 0.0, "pad": 0.15, "bass": 0.2, "arp": 0.3, "lead": 0.55}
_FORCE = {"intro": 0.6, "verse": 0.78, "build": 0.82, "chorus": 1.0, "break": 0.62, "outro": 0.62}


@frozen
class Section:
    """A part of the form.

    Attributes:
        name: ``"intro"``, ``"verse"``, ``"build"``, ``"chorus"``, ``"break"`` or ``"outro"``.
        bar: Its first bar, from 0.
        bars: How many.
        roles: Who plays.
        drums: ``""``, ``"light"``, ``"main"`` or ``"full"``.
    """

    name: str
    bar: int
    bars: int
    roles: tuple[str, ...]
    drums: str


@frozen
class Score:
    """A piece on paper.

    Attributes:
        title: What it is called.
        brief: What was read from the words.
        style: How its genre plays.
        tempo_bpm: Quarter notes a minute.
        key: Tonic and mode.
        bars: Its length in bars of four beats.
        sections: Its form.
        voices: Role and instrument of every pitched part.
        notes: Every note and stroke, by time.
        brightness: 0 (dark) to 1.
        seed: What its chance was drawn from.
    """

    title: str
    brief: Brief
    style: Style = field(repr=False)
    tempo_bpm: float
    key: Key
    bars: int
    sections: tuple[Section, ...]
    voices: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...] = field(repr=False)
    brightness: float
    seed: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.bars * BAR * 60 / self.tempo_bpm


def plan(request: MusicRequest, seed: int) -> tuple[Score, Score]:
    """Write two different pieces for one request.

    Args:
        request: What the music should be.
        seed: The same request and seed give the same pieces.

    Source: contract §8.
    """
    brief = _brief.read(request)
    name = _brief.title(request)
    words = "|".join(part or "" for part in (request.style, request.prompt, request.negative_tags))
    mixed = np.random.SeedSequence([seed & (2**64 - 1), zlib.crc32(words.encode())])
    first, second = (int(child.generate_state(1, np.uint64)[0]) for child in mixed.spawn(2))
    one = _score(f"{name} 1", brief, first, None)
    return one, _score(f"{name} 2", brief, second, one)


def _score(name: str, brief: Brief, seed: int, other: Score | None) -> Score:
    rng = np.random.default_rng(seed)
    fallback = _FALLBACKS[int(rng.integers(len(_FALLBACKS)))] if not _says_mood(brief) else _by_mood(brief)
    style = style_of(brief, fallback)
    tempo = brief.tempo_bpm or _tempo(brief, style, rng, other)
    key = _key(brief, style, rng, other)
    sections = _form(brief, style, tempo, rng)
    voices = _cast(style, sections, rng, other)
    bars = sections[-1].bar + sections[-1].bars
    energy = float(np.clip((style.energy + 1.5 * brief.energy) / 2, -1, 1))
    draft = Score(
        title=name,
        brief=brief,
        style=style,
        tempo_bpm=round(tempo, 1),
        key=key,
        bars=bars,
        sections=sections,
        voices=voices,
        notes=(),
        brightness=float(np.clip(0.55 + 0.25 * energy + 0.2 * brief.valence, 0, 1)),
        seed=seed,
    )
    notes = _Writer(draft, energy, rng).notes()
    return evolve(draft, notes=tuple(sorted(notes, key=lambda note: (note.at, note.part, note.pitch))))


def _says_mood(brief: Brief) -> bool:
    return brief.valence != 0 or brief.energy != 0


def _by_mood(brief: Brief) -> str:
    """Return the genre that suits a mood where the words name none."""
    if brief.valence > 0.2:
        return "corporate" if brief.energy > 0 else "folk"
    if brief.energy < -0.15:
        return "ambient" if brief.valence > -0.3 else "classical"
    return "cinematic" if brief.valence < 0 else "house"


def _tempo(brief: Brief, style: Style, rng: np.random.Generator, other: Score | None) -> float:
    low, high = style.tempo
    push = brief.tempo_push if brief.tempo_push is not None else 0.5 * brief.energy
    tempo = (low + high) / 2 + (high - low) / 2 * (0.9 * push + 0.35 * float(rng.uniform(-1, 1)))
    tempo = float(np.clip(tempo, max(low * 0.88, SLOWEST_BPM), min(high * 1.1, FASTEST_BPM)))
    if other is not None and abs(tempo / other.tempo_bpm - 1) < 0.03:
        tempo = other.tempo_bpm * (1.04 if tempo >= other.tempo_bpm else 0.96)
    return round(tempo)


def _key(brief: Brief, style: Style, rng: np.random.Generator, other: Score | None) -> Key:
    modes = style.modes
    if abs(brief.valence) > 0.15:
        is_bright = brief.valence > 0
        modes = tuple(m for m in modes if (m in BRIGHT) is is_bright) or (
            ("major",) if is_bright else ("minor",)
        )
    mode = brief.mode or modes[int(rng.integers(len(modes)))]
    tonic = int(rng.integers(12))
    if other is not None and tonic == other.key.tonic:
        tonic = (tonic + 5) % 12
    return Key(brief.tonic if brief.tonic is not None else tonic, mode)


def _form(brief: Brief, style: Style, tempo: float, rng: np.random.Generator) -> tuple[Section, ...]:
    """Choose sections of 4 or 8 bars that last 64 to 87 s together."""
    unit = 4 if tempo <= 124 else 8
    seconds = unit * BAR * 60 / tempo
    counts = [n for n in _FORMS if 64 <= n * seconds <= 87] or [n for n in _FORMS if 60 <= n * seconds <= 90]
    count = counts[int(rng.integers(len(counts)))]
    names = _FORMS[count].split()
    present = [role for role in ROLES if role in style.palette]
    made = []
    for index, name in enumerate(names):
        roles, drums = _who(name, names[:index].count(name), present, rng)
        if brief.is_slow_build and name != "outro":
            share = index / (len(names) - 1)
            roles = tuple(role for role in present if share >= _ENTRIES[role]) or tuple(present[:1])
            drums = ("", "light", "main", "full")[int(np.searchsorted((0.3, 0.45, 0.6), share, "right"))]
            name = "build" if name == "break" else name
        made.append(Section(name, index * unit, unit, roles, drums if style.kit else ""))
    return tuple(made)


def _who(name: str, times: int, present: list[str], rng: np.random.Generator) -> tuple[tuple[str, ...], str]:
    """Return who plays in a section, and how much of the drums."""
    bed = (
        "pad"
        if ("pad" in present and "chords" not in present) or (rng.random() < 0.35 and "pad" in present)
        else "chords"
    )
    opening = ("chords", "arp") if bed == "chords" else ("pad", "arp")
    table = {
        "intro": (
            opening if rng.random() < 0.5 else ("pad", "chords"),
            "light" if rng.random() < 0.3 else "",
        ),
        "verse": (("chords", "bass", *(("arp",) if times else ("lead",))), "main"),
        "build": (("pad", "chords", "bass", "arp"), "light"),
        "chorus": (ROLES, "full"),
        "break": (("pad", "chords", "lead"), "light" if rng.random() < 0.4 else ""),
        "outro": (("pad", "chords", "arp"), "light"),
    }
    roles, drums = table[name]
    return tuple(role for role in ROLES if role in roles and role in present) or tuple(present[:1]), drums


def _cast(
    style: Style, sections: tuple[Section, ...], rng: np.random.Generator, other: Score | None
) -> tuple[tuple[str, str], ...]:
    """Give every role an instrument, others than the first piece has where there is a choice."""
    needed = {role for section in sections for role in section.roles}
    before = dict(other.voices) if other is not None else {}
    cast = []
    for role in ROLES:
        if role in needed:
            names = style.palette[role]
            fresh = tuple(name for name in names if name != before.get(role)) or names
            cast.append((role, fresh[int(rng.integers(len(fresh)))]))
    return tuple(cast)


class _Writer:
    """Writes the notes of a draft."""

    def __init__(self, draft: Score, energy: float, rng: np.random.Generator) -> None:
        self._draft = draft
        self._rng = rng
        style = draft.style
        self._beat = _pick(style.beats, rng)
        self._bass = _pick(style.bass, rng)
        self._comp = _pick(style.comp, rng)
        self._step = 0.25 if energy > 0.25 and draft.tempo_bpm < 135 else 0.5
        self._order = int(rng.integers(7))
        self._density = tuple(bool(x) for x in rng.random(8) < (0.95 if energy > 0 else 0.75))
        self._themes = {"verse": progression(draft.key, style.bank, style.tones, rng)}
        self._themes["chorus"] = progression(draft.key, style.bank, style.tones, rng)
        lean = 0 if energy < -0.35 else 1 if energy < 0.45 else 2
        self._idea = motif(lean, rng)
        self._reply = answer(self._idea, rng)
        self._hook = motif(min(lean + 1, 2), rng) if rng.random() < 0.5 else self._idea
        self._chords = [one for section in draft.sections for one in self._harmony(section)]
        self._tones = voicings(self._chords, 58 if style.tones != 2 else 50)

    def notes(self) -> Iterator[Note]:
        """Write every section."""
        for section in self._draft.sections:
            force = _FORCE[section.name]
            for note in (*self._pitched(section), *self._drums(section)):
                share = (note.at / BAR - section.bar) / section.bars
                ramp = (
                    0.75 + 0.35 * share
                    if section.name == "build"
                    else 1 - 0.3 * share * (section.name == "outro")
                )
                yield evolve(note, velocity=min(1.0, note.velocity * force * ramp))

    def _harmony(self, section: Section) -> list[Chord]:
        """Return a chord for each bar; builds end on the dominant, the end comes home."""
        key, size = self._draft.key, self._draft.style.tones
        theme = self._themes["chorus" if section.name in ("chorus", "build") else "verse"]
        chords = [theme[bar % 4] for bar in range(section.bars)]
        if section.name == "build" and self._draft.style.bank != "drone":
            chords[-1] = chord(key, 5, size, is_dominant=self._draft.style.bank != "still")
        if section.name == "outro":
            chords[-2:] = [chord(key, 4, size), chord(key, 1, size)]
        return chords

    def _pitched(self, section: Section) -> Iterator[Note]:
        last = len(self._chords) - 1
        for bar in range(section.bar, section.bar + section.bars):
            at = float(bar * BAR)
            if bar == last:
                yield from self._farewell(section, at)
                return
            rest = section.bar + section.bars - bar
            thin = section.name == "outro" and rest <= section.bars // 2
            chord_here, tones = self._chords[bar], self._tones[bar]
            if "pad" in section.roles:
                yield from chord_figure("hold", [p + (12 if p < 52 else 0) for p in tones], at, BAR, "pad")
            if "chords" in section.roles:
                calm = thin or (section.name in ("intro", "break") and rest > section.bars // 2)
                calm = calm and self._comp not in _FLOWING
                yield from chord_figure("hold" if calm else self._comp, tones, at, BAR, "chords")
            if "bass" in section.roles:
                pattern = "root" if section.name == "break" or thin else self._bass
                yield from bass_line(pattern, chord_here, self._chords[bar + 1], self._draft.key, at)
            if "arp" in section.roles and not thin:
                order = self._order + (bar // 2 % 2 if section.name == "chorus" else 0)
                step = 0.5 if section.name in ("intro", "outro") else self._step
                high = [p + 12 for p in tones]
                yield from arpeggio(high, at, step, order, self._density)
            if "lead" in section.roles and (bar - section.bar) % 2 == 0 and rest >= 2:
                yield from self._lead(section, bar)

    def _lead(self, section: Section, bar: int) -> list[Note]:
        turn = (bar - section.bar) // 2
        idea: Motif = self._hook if section.name == "chorus" and turn % 4 == 2 else self._idea
        if turn % 2:
            idea = self._reply
        chords = self._chords[bar : bar + 2]
        made = melody(idea, chords, self._draft.key, 72, float(bar * BAR))
        if section.name in ("verse", "break"):
            made = [n for n in made if n.beats >= 0.9 or self._rng.random() < 0.6]
        return made

    def _farewell(self, section: Section, at: float) -> Iterator[Note]:
        """Let the last chord ring to the end of the bar, where the first one takes over."""
        tones = self._tones[-1]
        roles = tuple(role for role in section.roles if role in ("pad", "chords")) or section.roles[:1]
        for role in roles:
            yield from chord_figure("hold", tones, at, 3.5, role)
        if "bass" in dict(self._draft.voices):
            yield Note("bass", at, 3.3, 29 + (self._chords[-1].root - 29) % 12, 0.55)

    def _drums(self, section: Section) -> Iterator[Note]:
        kit = self._draft.style.kit
        end = section.bar + section.bars
        if kit and section.name in ("intro", "break", "build") and kit not in ("campfire", "brushes", "chip"):
            length = 2 if section.name == "build" else 1
            yield Note("riser", float((end - length) * BAR), length * BAR, 0, 0.6)
        if not kit:
            return
        for bar in range(section.bar, end):
            level = "main" if section.drums == "full" and bar % 8 == 7 else section.drums
            is_late = end - bar <= section.bars // 2
            if section.name == "intro" and is_late and not self._draft.brief.is_slow_build:
                level = "light"
            if level and not (section.name == "outro" and is_late):
                yield from beat(self._beat, float(bar * BAR), level, self._rng)
        if not section.drums:
            return
        if section.name in ("verse", "chorus"):
            yield from fill(float((end - 1) * BAR), kit, self._rng)
        if section.name == "build":
            yield from build((end - 2) * BAR, 2, "low_tom" if kit == "orchestral" else "snare")
        if section.name == "chorus":
            yield Note("crash", float(section.bar * BAR), 0, 0, 0.7)


def _pick(names: tuple[str, ...], rng: np.random.Generator) -> str:
    return names[int(rng.integers(len(names)))]
