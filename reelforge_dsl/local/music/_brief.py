"""What the words of a music request ask for."""

from __future__ import annotations

import re

from attrs import frozen

from reelforge_dsl.models.music import MusicRequest

SLOWEST_BPM, FASTEST_BPM = 50.0, 190.0
"""Quarter notes a minute. A tempo outside is halved or doubled until it is inside."""

_GENRES = {
    "lofi": r"lo-?\s?fi|chill-?hop|(?:study|chill) beats?",
    "ambient": r"ambient|drone|meditat\w*|spa|atmospher\w*|soundscape|new age|ethereal",
    "cinematic": r"cinematic|trailer|orchestral|orchestra|film score|soundtrack|symphonic",
    "trap": r"trap|drill",
    "hiphop": r"hip-?\s?hop|boom-?\s?bap|rap",
    "house": r"house|edm|dance|club",
    "techno": r"techno|industrial|trance",
    "synthwave": r"synth-?\s?wave|retro-?wave|vapou?r-?wave|outrun|80s|eighties",
    "folk": r"folk|country|bluegrass|campfire|acoustic(?! (?:guitar|piano|bass|drums|kit))",
    "bossa": r"bossa(?: nova)?|latin|samba",
    "jazz": r"jazz|jazzy|swing|bebop|lounge|noir",
    "corporate": r"corporate|pop|inspirational|motivational|presentation|commercial|advert\w*",
    "chiptune": r"chip-?\s?tune|8-?\s?bit|arcade|video\s?game",
    "rock": r"rock|punk|metal|grunge",
    "classical": r"(?:neo-?)?classical|baroque|chamber|nocturne",
    "dnb": r"drum\s?(?:and|&|n|'n')\s?bass|dnb|jungle|breakbeat",
    "funk": r"funk|funky|groovy?|soul|soulful|disco|r&b|rnb",
}

_MOODS = {
    r"happy|joyful|cheerful|sunny|merry": (0.8, 0.4),
    r"uplifting|hopeful|optimistic|inspir\w+|motivational|triumphant|heroic": (0.6, 0.4),
    r"upbeat|fun|playful|party|bouncy": (0.6, 0.6),
    r"bright|fresh": (0.5, 0.2),
    r"warm|cosy|cozy|romantic|tender|sweet|love": (0.4, -0.3),
    r"calm|peaceful|relax\w*|chill|gentle|soft|serene|soothing|quiet|sleepy?": (0.25, -0.6),
    r"dreamy|floating|airy|nostalgic|wistful": (0.05, -0.4),
    r"emotional|moving|bittersweet": (-0.25, -0.1),
    r"sad|melanchol\w+|somber|sombre|lonely|mournful|heartbreak\w*": (-0.8, -0.5),
    r"dark|brooding|night|gloomy|moody": (-0.6, -0.1),
    r"mysterious|mystery|enigmatic": (-0.5, -0.2),
    r"tense|suspense\w*|thriller|urgent|anxious": (-0.7, 0.4),
    r"scary|eerie|horror|sinister|ominous|haunting": (-1.0, 0.0),
    r"angry|aggressive|brutal|furious": (-0.6, 0.9),
    r"energetic|driving|powerful|intense|hard|exciting|dynamic|epic": (0.0, 0.8),
}

_TEMPI = {
    r"very slow|largo|adagio": -1.0,
    r"slow(?!ly)(?!-? (?:\w+ )?build)|downtempo|laid-?\s?back|slow-?paced": -0.7,
    r"mid-?\s?tempo|moderate|andante": 0.0,
    r"up-?\s?tempo|upbeat|fast|quick|fast-?paced|allegro|driving": 0.7,
    r"very fast|presto|frantic": 1.0,
}

INSTRUMENTS = {
    "drums": r"drums?|drumming|percussion|kit|beats?|kicks?|snares?|hi-?hats?|cymbals?|taiko",
    "bass": r"bass|bassline|808s?|sub",
    "piano": r"pianos?|grand",
    "epiano": r"rhodes|electric piano|e-?piano|keys|wurlitzer|keyboards?",
    "guitar": r"guitars?|ukulele|banjo|mandolin|strum\w*|plucked?",
    "drive": r"distort\w+|overdriven?|fuzz|power chords?",
    "strings": r"strings?|violins?|cellos?|violas?",
    "pad": r"pads?|choir|synths?|synthesi[sz]ers?",
    "synth": r"synths?|synthesi[sz]ers?|leads?|saw",
    "organ": r"organ|hammond|accordion",
    "bells": r"bells?|music box|glockenspiel|celesta|chimes?",
    "marimba": r"marimba|xylophone|vibraphone|vibes|kalimba",
    "harp": r"harp|koto|lyre",
    "flute": r"flutes?|whistle|woodwinds?|clarinet|pan ?pipes?",
    "brass": r"brass|horns?|trumpets?|trombones?|sax\w*",
    "square": r"square|pulse wave",
    "arp": r"arp|arps|arpeggio\w*|arpeggiat\w+",
    "lead": r"melody|melodies|leads?|solo(?= line)",
    "vinyl": r"vinyl|crackle|hiss|noise",
}
"""What an instrument, or the part it plays, is called."""

_VOICED = r"vocals?|voices?|singing|singers?|shouting|lyrics|rap|rapping|screaming"
_HARSH = r"harsh|loud|heavy|hard|aggressive|busy|big|pounding|intense|overpowering"
_SOLO = rf"solo (?!over|with|on)(?:\w+ )?(?:{'|'.join(INSTRUMENTS.values())})|nothing else|unaccompanied"
_MODES = {
    "major": r"major|maj",
    "minor": r"minor|min",
    "dorian": "dorian",
    "lydian": "lydian",
    "mixolydian": "mixolydian",
    "phrygian": "phrygian",
}
_TONICS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NEGATORS = frozenset({"no", "without", "not", "minus", "avoid", "exclude", "excluding", "never", "zero"})
_TURNS = frozenset({"with", "but", "just", "only", "plus", "please", "for"})


@frozen
class Brief:
    """What was read from the words; ``None`` or empty where they say nothing.

    Attributes:
        tempo_bpm: Quarter notes a minute, 50 to 190.
        tempo_push: How slow (-1) or fast (1) for its genre.
        tonic: Pitch class of the key, 0 (C) to 11 (B).
        mode: ``"major"``, ``"minor"`` or a church mode.
        genres: The leading one first; the others lend it instruments.
        valence: Sad (-1) to happy (1).
        energy: Calm (-1) to driving (1).
        wanted: Instruments named.
        excluded: Instruments and parts to leave out.
        softened: Parts that shall not be harsh.
        is_slow_build: Instruments come in one after another.
        is_solo: The first named instrument plays alone.
    """

    tempo_bpm: float | None = None
    tempo_push: float | None = None
    tonic: int | None = None
    mode: str | None = None
    genres: tuple[str, ...] = ()
    valence: float = 0.0
    energy: float = 0.0
    wanted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    softened: tuple[str, ...] = ()
    is_slow_build: bool = False
    is_solo: bool = False


def read(request: MusicRequest) -> Brief:
    """Read style, prompt and negative tags; words that are not known are passed over.

    Lyrics (the prompt of sung custom music) say nothing of the sound and are not read.

    Source: contract §8.
    """
    is_sung = request.custom_mode is True and request.instrumental is False
    parts = [request.style, None if is_sung else request.prompt]
    said, negated = _split(" , ".join(part.lower() for part in parts if part))
    negated += " , " + " ".join(
        w for w in (request.negative_tags or "").lower().split() if w not in _NEGATORS
    )
    genres = tuple(name for name in _genres(said) if name not in _found(_GENRES, negated))
    softened, excluded = _left_out(negated)
    plain = re.sub(_GENRES["dnb"], " ", said)
    wanted = tuple(name for name in _found(INSTRUMENTS, plain) if name not in excluded)
    moods = [mood for pattern, mood in _MOODS.items() if _has(pattern, said)]
    tempo_push = [push for pattern, push in _TEMPI.items() if _has(pattern, said)]
    tonic, mode = _key(said)
    return Brief(
        tempo_bpm=_tempo(said),
        tempo_push=max(tempo_push, key=abs) if tempo_push else None,
        tonic=tonic,
        mode=mode,
        genres=genres,
        valence=_mean([valence for valence, _ in moods]),
        energy=_mean([energy for _, energy in moods]),
        wanted=wanted,
        excluded=excluded,
        softened=softened,
        is_slow_build=_has(
            r"slow\w*-? (?:\w+ )?build\w*|gradual\w* build\w*|crescendo|build(?:s|ing)? (?:up|slowly)", said
        ),
        is_solo=bool(wanted) and _has(_SOLO, said),
    )


def title(request: MusicRequest) -> str:
    """Return the title, else the prompt's first words, at most 40 characters, in capitals as titles have."""
    if request.title and request.title.strip():
        return request.title.strip()
    words = re.split(r"[.;!?\n]", (request.prompt or request.style or "").strip())[0].split()
    kept = ""
    for word in words:
        if len(kept) + len(word) + 1 > 40:
            break
        kept = f"{kept} {word}".strip()
    kept = kept.rstrip(" ,:-")
    small = {"a", "an", "the", "and", "or", "of", "in", "with", "for", "to", "on", "no"}
    while kept.count(" ") and kept.rsplit(" ", 1)[1].lower() in small:
        kept = kept.rsplit(" ", 1)[0].rstrip(" ,:-")
    return re.sub(r"(?<![\w'])[a-z]", lambda letter: letter[0].upper(), kept) or "Untitled"


def _has(pattern: str, text: str) -> bool:
    return re.search(rf"(?<![\w#])(?:{pattern})(?!\w)", text) is not None


def _found(table: dict[str, str], text: str) -> list[str]:
    """Return the names whose words stand in the text, in the order of the text."""
    at = {
        name: found.start()
        for name, pattern in table.items()
        if (found := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text))
    }
    return sorted(at, key=at.__getitem__)


def _genres(said: str) -> list[str]:
    """Put first what the first clause that names a genre ends on: "cinematic lo-fi beat" is lo-fi."""
    for clause in re.split(r"[,.;\n]", said):
        named = _found(_GENRES, clause)
        if named:
            return [named[-1], *(name for name in _found(_GENRES, said) if name != named[-1])]
    return []


def _split(text: str) -> tuple[str, str]:
    """Return what is asked for and what is asked away ("no vocals", "without drums or bass")."""
    said: list[str] = []
    negated: list[str] = []
    left = 0
    tokens = re.findall(r"[\w'&#♯♭-]+(?:\.\d+)?|[,.;:!?\n]", text)
    for at, word in enumerate(tokens):
        if word in _NEGATORS:
            left = 4
        elif left and (
            not word[0].isalnum() or word in _TURNS or (word == "and" and not _ends(tokens, at + 1))
        ):
            left = 0
            said.append(",")
        elif left:
            negated.append(word)
            left -= word not in ("or", "nor", "any", "and")
        else:
            said.append(word)
    return " ".join(said), " ".join(negated)


def _ends(tokens: list[str], at: int) -> bool:
    """Whether an instrument stands here and ends its clause, so that "no drums and bass" means both."""
    is_last = at + 1 >= len(tokens) or not tokens[at + 1][0].isalnum()
    return at < len(tokens) and is_last and bool(_found(INSTRUMENTS, tokens[at]))


def _left_out(negated: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what shall be softer ("harsh drums") and what shall not be there at all."""
    mild = re.findall(rf"(?<!\w)(?:{_HARSH})\s+([\w-]+)", negated)
    softened = _found(INSTRUMENTS, " ".join(mild))
    rest = re.sub(rf"(?<!\w)(?:{_HARSH})\s+[\w-]+", " ", negated)
    return tuple(softened), tuple(_found(INSTRUMENTS, re.sub(_VOICED, " ", rest)))


def _tempo(said: str) -> float | None:
    found = re.search(r"(?<![\w.])(\d{2,3}(?:\.\d+)?)\s*-?\s*bpm", said)
    if found is None or float(found[1]) == 0:
        return None
    tempo = float(found[1])
    while tempo < SLOWEST_BPM:
        tempo *= 2
    while tempo > FASTEST_BPM:
        tempo /= 2
    return tempo


def _key(said: str) -> tuple[int | None, str | None]:
    modes = "|".join(_MODES.values())
    sign = r"\s?-?(#|♯|sharp|b|♭|flat)?"
    found = re.search(rf"(?<!\w)([a-g]){sign}[\s-]*({modes})(?! key)(?!\w)", said)
    found = found or re.search(rf"(?<!\w)(?:in|key of) ([a-g]){sign}(m)?(?=\s*(?:,|$))", said)
    mode = next((name for name, pattern in _MODES.items() if _has(pattern, said)), None)
    if found is None:
        return None, mode
    shift = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}.get(found[2] or "", 0)
    if found[3] == "m":
        mode = "minor"
    return (_TONICS[found[1]] + shift) % 12, mode


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
