"""What each genre sounds like: tempo, harmony, instruments, patterns."""

from __future__ import annotations

from attrs import evolve, field, frozen

from reelforge_dsl.local.music._brief import Brief

ROLES = ("pad", "chords", "bass", "arp", "lead")
"""Who plays pitched notes; the drums beside them."""


@frozen
class Style:
    """A genre.

    Attributes:
        tempo: Slowest and fastest usual quarter notes a minute.
        modes: The modes it likes.
        bank: Which progressions; a name of the harmony's banks.
        tones: Tones in a chord, 2 to 5.
        palette: Instruments that may take each role; a role that is absent is silent.
        kit: The drum kit, or ``None``.
        beats: Drum patterns that may be played.
        bass: Bass patterns that may be played.
        comp: Chord patterns that may be played.
        swing: Beats of the swung pair, and how late its second half comes, as a share of the half.
        energy: How driven it usually is, -1 to 1.
        loose: Seconds by which players stray from the beat, one standard deviation.
        reverb_seconds: Until the room has faded by 60 dB.
        wet: Level of the room, 0 to 1.
        pump: How far each kick pushes the others down, 0 to 1.
        drive: Saturation of the whole, 0 to 1.
        top_hz: Above this it grows dark.
        texture: What rustles underneath, or ``None``.
    """

    tempo: tuple[float, float]
    modes: tuple[str, ...]
    bank: str
    palette: dict[str, tuple[str, ...]] = field(hash=False)
    tones: int = 3
    kit: str | None = "acoustic"
    beats: tuple[str, ...] = ("rock",)
    bass: tuple[str, ...] = ("root",)
    comp: tuple[str, ...] = ("hold",)
    swing: tuple[float, float] = (0.5, 0.0)
    energy: float = 0.0
    loose: float = 0.006
    reverb_seconds: float = 1.6
    wet: float = 0.25
    pump: float = 0.0
    drive: float = 0.15
    top_hz: float = 16000.0
    texture: str | None = None


def _palette(roles: str) -> dict[str, tuple[str, ...]]:
    return {role: tuple(names.split(",")) for role, names in (word.split("=") for word in roles.split())}


STYLES = {
    "lofi": Style(
        (70, 86), ("dorian", "minor", "major"), "jazz",
        _palette("pad=warm_pad chords=epiano,piano bass=finger_bass,sub "
                 "arp=nylon,kalimba lead=vibes,epiano,kalimba,flute"),
        tones=4, kit="dusty", beats=("boombap", "lazy"), bass=("lazy", "root"), comp=("lazy", "hold"),
        swing=(0.5, 0.28), energy=-0.3, loose=0.009, wet=0.18, drive=0.35, top_hz=6500, texture="vinyl",
    ),
    "ambient": Style(
        (60, 76), ("lydian", "major", "dorian"), "still",
        _palette("pad=glass_pad,warm_pad chords=warm_pad,strings bass=sub "
                 "arp=bells,harp,glass lead=glass,flute,piano,bells"),
        tones=4, kit=None, bass=("drone",), comp=("swell",),
        energy=-0.8, loose=0.02, reverb_seconds=4.5, wet=0.6, drive=0.05, top_hz=9000, texture="air",
    ),
    "cinematic": Style(
        (72, 104), ("minor", "dorian", "major"), "song",
        _palette("pad=strings,choir chords=strings,piano bass=low_strings,sub "
                 "arp=spiccato,piano,harp lead=horns,strings,piano"),
        kit="orchestral", beats=("taiko", "march"), bass=("root", "pedal"), comp=("hold", "swell"),
        energy=0.1, loose=0.01, reverb_seconds=3.2, wet=0.42, top_hz=13000,
    ),
    "hiphop": Style(
        (82, 96), ("minor", "dorian"), "jazz",
        _palette("pad=warm_pad chords=epiano,piano "
                 "bass=finger_bass,sub arp=nylon,vibes lead=horns,flute,vibes"),
        tones=4, kit="dusty", beats=("boombap", "headnod"),
        bass=("syncopated", "lazy"), comp=("stabs", "lazy"),
        swing=(0.5, 0.22), energy=0.1, wet=0.14, drive=0.3, top_hz=12000, texture="vinyl",
    ),
    "trap": Style(
        (132, 148), ("minor", "phrygian"), "drone",
        _palette("pad=glass_pad,warm_pad chords=piano,bells "
                 "bass=boom808 arp=bells,piano lead=bells,glass,flute"),
        kit="808", beats=("trap", "drill"), bass=("boom",), comp=("hold",),
        energy=0.3, loose=0.002, wet=0.3, drive=0.3, top_hz=15000,
    ),
    "house": Style(
        (118, 127), ("minor", "dorian", "mixolydian"), "song",
        _palette("pad=warm_pad chords=epiano,stab,organ bass=pluck_bass,sub "
                 "arp=pluck_synth,stab lead=pluck_synth,saw_lead"),
        tones=4, kit="electronic", beats=("four", "garage"),
        bass=("offbeat", "syncopated"), comp=("offbeat", "stabs"),
        swing=(0.5, 0.08), energy=0.5, loose=0.002, wet=0.2, pump=0.55, drive=0.25,
    ),
    "techno": Style(
        (126, 136), ("minor", "phrygian"), "drone",
        _palette("pad=glass_pad chords=stab bass=saw_bass,sub arp=pluck_synth,saw_lead lead=saw_lead"),
        kit="electronic", beats=("techno", "four"), bass=("rumble", "eighths"), comp=("offbeat", "stabs"),
        energy=0.7, loose=0.001, wet=0.25, pump=0.6, drive=0.4, top_hz=14000,
    ),
    "synthwave": Style(
        (84, 112), ("minor", "dorian", "major"), "song",
        _palette("pad=warm_pad,choir chords=stab,warm_pad bass=saw_bass "
                 "arp=pluck_synth,square_lead lead=saw_lead,glass"),
        kit="gated", beats=("rock", "half"), bass=("eighths", "octaves"), comp=("hold", "push"),
        energy=0.3, loose=0.002, reverb_seconds=2.4, wet=0.3, pump=0.25, drive=0.3, top_hz=14000,
    ),
    "folk": Style(
        (88, 116), ("major", "mixolydian", "dorian"), "song",
        _palette("pad=strings chords=steel_guitar bass=upright arp=nylon,steel_guitar lead=flute,nylon"),
        kit="campfire", beats=("stomp", "shaker"), bass=("fifths", "root"), comp=("strum", "fingerpick"),
        energy=0.0, loose=0.009, wet=0.2, top_hz=14000,
    ),
    "bossa": Style(
        (116, 140), ("major", "dorian", "minor"), "jazz",
        _palette("chords=nylon,epiano bass=upright arp=nylon lead=flute,vibes,nylon"),
        tones=4, kit="brushes", beats=("bossa",), bass=("bossa",), comp=("bossa",),
        energy=-0.1, loose=0.008, wet=0.18, top_hz=12000,
    ),
    "jazz": Style(
        (96, 148), ("dorian", "major", "minor"), "jazz",
        _palette("chords=piano,epiano bass=upright arp=vibes lead=muted_horn,vibes,piano"),
        tones=4, kit="brushes", beats=("ride",), bass=("walking",), comp=("charleston", "stabs"),
        swing=(1.0, 0.3), energy=0.0, loose=0.01, wet=0.2, top_hz=12000,
    ),
    "corporate": Style(
        (100, 122), ("major", "lydian"), "song",
        _palette("pad=strings,warm_pad chords=piano,steel_guitar bass=finger_bass "
                 "arp=muted_guitar,marimba,pluck_synth lead=bells,glass,piano"),
        kit="pop", beats=("pop", "claps"), bass=("eighths", "root"), comp=("push", "eighths"),
        energy=0.3, loose=0.004, wet=0.25, drive=0.15,
    ),
    "chiptune": Style(
        (118, 158), ("major", "minor", "mixolydian"), "song",
        _palette("chords=pulse_soft bass=triangle_bass arp=pulse_thin lead=pulse_lead"),
        kit="chip", beats=("rock", "four"), bass=("octaves", "eighths"), comp=("stabs",),
        energy=0.6, loose=0.0, wet=0.05, drive=0.05, top_hz=12000,
    ),
    "rock": Style(
        (104, 138), ("minor", "mixolydian", "major"), "song",
        _palette("pad=organ chords=drive_guitar bass=pick_bass arp=steel_guitar lead=drive_lead"),
        tones=2, kit="acoustic", beats=("rock", "punk"), bass=("eighths", "root"), comp=("eighths", "push"),
        energy=0.6, loose=0.006, wet=0.15, drive=0.35, top_hz=12000,
    ),
    "classical": Style(
        (66, 92), ("major", "minor"), "song",
        _palette("pad=strings chords=piano bass=low_strings arp=piano,harp lead=piano,strings,flute"),
        kit=None, bass=("root",), comp=("alberti", "rolling"),
        energy=-0.4, loose=0.014, reverb_seconds=2.6, wet=0.35, drive=0.0, top_hz=13000,
    ),
    "dnb": Style(
        (168, 176), ("minor", "dorian"), "still",
        _palette("pad=glass_pad,warm_pad chords=epiano,stab "
                 "bass=saw_bass,sub arp=pluck_synth,bells lead=glass,saw_lead"),
        tones=4, kit="electronic", beats=("breaks",), bass=("syncopated", "root"), comp=("hold", "stabs"),
        energy=0.7, loose=0.002, wet=0.3, pump=0.2, drive=0.3,
    ),
    "funk": Style(
        (98, 114), ("dorian", "mixolydian"), "jazz",
        _palette("pad=strings chords=epiano,muted_guitar "
                 "bass=pick_bass,finger_bass arp=muted_guitar lead=horns,epiano"),
        tones=4, kit="acoustic", beats=("funk", "four"), bass=("funk", "octaves"), comp=("scratch", "stabs"),
        swing=(0.5, 0.1), energy=0.4, loose=0.005, wet=0.15, drive=0.25,
    ),
}  # fmt: skip
"""Every genre by its name."""

_SUITS = {
    "piano": ({"chords": "piano", "lead": "piano", "arp": "piano"}, ("chords", "lead", "arp")),
    "epiano": ({"chords": "epiano", "lead": "epiano", "arp": "epiano"}, ("chords", "lead", "arp")),
    "guitar": ({"chords": "steel_guitar", "arp": "nylon", "lead": "nylon"}, ("chords", "arp", "lead")),
    "drive": ({"chords": "drive_guitar", "lead": "drive_lead"}, ("chords", "lead")),
    "strings": ({"pad": "strings", "lead": "strings", "chords": "strings"}, ("pad", "lead", "chords")),
    "pad": ({"pad": "warm_pad", "chords": "warm_pad"}, ("pad", "chords")),
    "synth": ({"lead": "saw_lead", "arp": "pluck_synth", "chords": "stab"}, ("arp", "lead", "chords")),
    "organ": ({"pad": "organ", "chords": "organ"}, ("chords", "pad")),
    "bells": ({"lead": "bells", "arp": "bells", "chords": "bells"}, ("lead", "arp", "chords")),
    "marimba": ({"arp": "marimba", "lead": "vibes", "chords": "vibes"}, ("arp", "lead", "chords")),
    "harp": ({"arp": "harp", "lead": "harp", "chords": "harp"}, ("arp", "lead", "chords")),
    "flute": ({"lead": "flute"}, ("lead",)),
    "brass": ({"lead": "horns", "pad": "horns"}, ("lead", "pad")),
    "square": (
        {"lead": "pulse_lead", "arp": "pulse_thin", "chords": "pulse_soft"},
        ("lead", "arp", "chords"),
    ),
}

FAMILIES = {
    "piano": ("piano",),
    "epiano": ("epiano",),
    "guitar": ("steel_guitar", "nylon", "muted_guitar", "drive_guitar", "drive_lead"),
    "drive": ("drive_guitar", "drive_lead"),
    "strings": ("strings", "spiccato", "low_strings"),
    "pad": ("warm_pad", "glass_pad", "choir"),
    "synth": ("saw_lead", "pluck_synth", "stab", "glass", "warm_pad", "glass_pad",
              "square_lead", "saw_bass", "pluck_bass"),
    "organ": ("organ",),
    "bells": ("bells", "glass"),
    "marimba": ("marimba", "vibes", "kalimba"),
    "harp": ("harp",),
    "flute": ("flute",),
    "brass": ("horns", "muted_horn"),
    "square": ("pulse_lead", "pulse_thin", "pulse_soft", "square_lead"),
}  # fmt: skip
"""Which instruments a word of the brief means."""

_SPARES = {
    "pad": "strings warm_pad choir organ",
    "chords": "piano epiano steel_guitar strings warm_pad organ",
    "bass": "upright sub",
    "arp": "piano nylon marimba harp bells pluck_synth",
    "lead": "flute piano vibes glass horns strings nylon",
}
_ROLE_WORDS = {"bass": "bass", "arp": "arp", "lead": "lead"}


def style_of(brief: Brief, fallback: str) -> Style:
    """Return the genre that leads, coloured by the others, with what was wanted and without what was not.

    Args:
        brief: What the words say.
        fallback: The genre where they name none.
    """
    genres = brief.genres or (fallback,)
    style = STYLES[genres[0]]
    palette = dict(style.palette)
    for other in genres[1:]:
        for role in ("pad", "lead"):
            lent = STYLES[other].palette.get(role, ())
            palette[role] = lent[:1] if role == "pad" and lent else palette.get(role, lent)
        style = evolve(style, wet=max(style.wet, STYLES[other].wet * 0.7))
    if "arp" in brief.wanted and "arp" not in palette:
        palette["arp"] = ("piano",)
    _seat(palette, brief)
    palette = {
        role: names for role, all_names in palette.items() if (names := _allowed(role, all_names, brief))
    }
    palette = palette or {"chords": _allowed("chords", (), brief) or ("vibes",)}
    is_quiet = "drums" in brief.excluded or (brief.is_solo and "drums" not in brief.wanted)
    kit = None if is_quiet else style.kit or ("brushes" if "drums" in brief.wanted else None)
    beats = style.beats if style.kit else ("shaker", "lazy")
    if kit and "drums" in brief.softened:
        kit = "dusty" if style.kit in ("electronic", "808", "gated", "chip") else "brushes"
    return evolve(
        style,
        palette=palette,
        kit=kit,
        beats=beats,
        drive=0.0 if {"drive"} & {*brief.excluded, *brief.softened} else style.drive,
        texture=None if "vinyl" in brief.excluded else "vinyl" if "vinyl" in brief.wanted else style.texture,
    )


def _seat(palette: dict[str, tuple[str, ...]], brief: Brief) -> None:
    """Give each instrument that was named a role it suits and nobody took before it."""
    taken: set[str] = set()
    for name in brief.wanted:
        voices, order = _SUITS.get(name, ({}, ()))
        free = [role for role in order if role not in taken]
        is_there = (
            any(n in FAMILIES[name] for role in taken for n in palette.get(role, ())) if voices else True
        )
        if not voices or not free or is_there:
            continue
        role = next((r for r in free if set(palette.get(r, ())) & set(FAMILIES[name])), free[0])
        own = tuple(n for n in palette.get(role, ()) if n in FAMILIES[name])
        palette[role] = own or (voices[role],)
        taken.add(role)
        if brief.is_solo:
            palette.clear()
            palette.update({r: (voices[r],) for r in order if r != "arp" or len(order) == 1})
            if "chords" in order:
                palette["bass"] = (voices["chords"],)
            return


def _allowed(role: str, names: tuple[str, ...], brief: Brief) -> tuple[str, ...]:
    """Drop what is excluded; where nothing is left of a role, a spare that is allowed takes it."""
    if _ROLE_WORDS.get(role) in brief.excluded:
        return ()
    banned = {n for word in brief.excluded for n in FAMILIES.get(word, ())}
    kept = tuple(name for name in names if name not in banned)
    return kept or tuple(name for name in _SPARES[role].split() if name not in banned)[:1]
