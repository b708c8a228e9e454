"""Music on paper and in short takes: what is read from the words, what is written, what is played."""

from __future__ import annotations

import io
import itertools
import wave

import numpy as np
import pytest
from attrs import evolve

from reelforge_dsl.local import music
from reelforge_dsl.local.music import _audio, _brief, _drums, _harmony, _loudness, _mix, _parts, _tones
from reelforge_dsl.local.music._styles import FAMILIES, STYLES
from reelforge_dsl.models.music import MusicRequest

PROMPTS = (
    "warm lo-fi, slow build",
    "epic cinematic trailer, dark strings",
    "upbeat house, 124 bpm",
    "dreamy ambient",
    "dark trap in F# minor",
    "happy folk with ukulele and whistle",
    "smooth jazz, piano",
    "8-bit arcade",
    "sad solo piano",
    "driving rock",
)


def brief(prompt: str = "", **fields: str) -> music.Brief:
    return _brief.read(MusicRequest(prompt=prompt, **fields))


def score(prompt: str, seed: int = 1, **fields: str) -> music.Score:
    return music.plan(MusicRequest(prompt=prompt, **fields), seed)[0]


def cut(whole: music.Score, bars: int, first: int = 0) -> music.Score:
    """Some bars of a score, as a piece of their own."""
    start = first * 4
    kept = (evolve(n, at=n.at - start) for n in whole.notes if start <= n.at < start + bars * 4)
    return evolve(whole, bars=bars, notes=tuple(kept))


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [
        ("lo-fi at 92 bpm", 92),
        ("92bpm beat", 92),
        ("a 174-BPM chase", 174),
        ("30 bpm drone", 60),
        ("240 bpm", 120),
        ("0 bpm", None),
        ("2024 in review", None),
        ("slow piano", None),
    ],
)
def test_a_tempo_in_figures_is_kept(prompt: str, bpm: float | None) -> None:
    """Beats a minute are read from figures, brought to 50 to 190 by octaves, and played exactly."""
    assert brief(prompt).tempo_bpm == bpm
    if bpm is not None:
        assert {one.tempo_bpm for one in music.plan(MusicRequest(prompt=prompt), 3)} == {bpm}


@pytest.mark.parametrize(
    ("prompt", "tonic", "mode"),
    [
        ("piano in D minor", 2, "minor"),
        ("F# dorian groove", 6, "dorian"),
        ("Bb major brass", 10, "major"),
        ("e flat lydian pads", 3, "lydian"),
        ("ballad in F#m", 6, "minor"),
        ("a song in the key of G", 7, None),
        ("in a minor key", None, "minor"),
        ("in a warm style", None, None),
        ("a major change of scene", 9, "major"),
    ],
)
def test_a_key_is_read(prompt: str, tonic: int | None, mode: str | None) -> None:
    """Tonic and mode are read in their usual spellings; the article is not a note."""
    assert (brief(prompt).tonic, brief(prompt).mode) == (tonic, mode)


@pytest.mark.parametrize(
    ("prompt", "genre"),
    [
        ("Cinematic lo-fi beat with a slow emotional build", "lofi"),
        ("ambient, cinematic, warm synth, slow build", "ambient"),
        ("boom bap", "hiphop"),
        ("chill beats to study to", "lofi"),
        ("drum & bass roller", "dnb"),
        ("80s outrun", "synthwave"),
        ("acoustic campfire song", "folk"),
        ("acoustic guitar over jazz", "jazz"),
        ("nothing that is known", None),
    ],
)
def test_a_genre_is_read(prompt: str, genre: str | None) -> None:
    """The last genre of the first clause that names one leads."""
    assert next(iter(brief(prompt).genres), None) == genre


@pytest.mark.parametrize(
    ("prompt", "negative", "excluded", "softened"),
    [
        ("folk, no drums", "", {"drums"}, set()),
        ("folk without drums or bass", "", {"drums", "bass"}, set()),
        ("folk, no drums and bass", "", {"drums", "bass"}, set()),
        ("no vocals and soft strings", "", set(), set()),
        ("no vocals, piano", "", set(), set()),
        ("folk", "drums, no piano", {"drums", "piano"}, set()),
        ("folk", "harsh drums, distortion, shouting", {"drive"}, {"drums"}),
    ],
)
def test_what_is_asked_away_is_read(
    prompt: str, negative: str, excluded: set[str], softened: set[str]
) -> None:
    """Negations and negative tags leave instruments out; harsh ones shall only be softer."""
    read = brief(prompt, negative_tags=negative)
    assert (set(read.excluded), set(read.softened)) == (excluded, softened)


def test_what_is_negated_is_not_wanted() -> None:
    """An instrument after a negator is not asked for, the one after it is."""
    assert brief("no vocals and soft strings").wanted == ("strings",)
    assert brief("jazz without piano but with guitar").wanted == ("guitar",)
    assert "jazz" not in brief("lo-fi", negative_tags="jazz").genres


def test_lyrics_are_not_read() -> None:
    """The words that would be sung say nothing of the sound."""
    sung = MusicRequest(
        custom_mode=True, instrumental=False, prompt="slow dark piano", style="house", title="T"
    )
    assert _brief.read(sung) == _brief.read(MusicRequest(style="house"))


@pytest.mark.parametrize(
    ("prompt", "sign"),
    [("happy", 1), ("sad", -1), ("dark and tense", -1), ("uplifting", 1), ("grey", 0)],
)
def test_a_mood_decides_the_mode(prompt: str, sign: int) -> None:
    """Happy music has a major third, sad music a minor one, whatever the seed."""
    bright = {
        one.key.mode in _harmony.BRIGHT
        for seed in range(6)
        for one in music.plan(MusicRequest(prompt=prompt), seed)
    }
    assert bright == {1: {True}, -1: {False}}.get(sign, {True, False})


def test_tempo_words_move_the_tempo() -> None:
    """Slow music of a genre is slower than fast music of it, with every seed."""
    for seed in range(6):
        assert score("slow folk", seed).tempo_bpm < score("fast folk", seed).tempo_bpm


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("word", [*FAMILIES, "drums", "bass", "lead", "arp"])
def test_an_excluded_instrument_is_silent(style: str, word: str) -> None:
    """No part is played on what is left out, in any genre, and something is still played."""
    words = {"dnb": "drum and bass", "lofi": "lo-fi", "hiphop": "hip hop", "bossa": "bossa nova"}
    names = {"drive": "distortion", "epiano": "rhodes", "square": "square"}
    for one in music.plan(
        MusicRequest(prompt=words.get(style, style), negative_tags=names.get(word, word)), 5
    ):
        assert not {name for _, name in one.voices} & set(FAMILIES.get(word, ()))
        assert one.notes
        parts = {note.part for note in one.notes}
        assert not (word in ("bass", "lead", "arp") and word in parts)
        assert not (word == "drums" and parts & set(_drums.LEVELS))


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("lo-fi with flute", "flute"),
        ("house with strings", "strings"),
        ("ambient harp", "harp"),
        ("trap with brass", "horns"),
        ("marimba pop", "marimba"),
        ("cinematic organ", "organ"),
    ],
)
def test_a_named_instrument_plays(prompt: str, name: str) -> None:
    """What is named has a part in both pieces."""
    for one in music.plan(MusicRequest(prompt=prompt), 4):
        assert name in dict(one.voices).values()


def test_solo_is_alone() -> None:
    """A solo instrument plays every part, without drums."""
    for one in music.plan(MusicRequest(prompt="sad solo piano"), 2):
        assert set(dict(one.voices).values()) == {"piano"}
        assert one.style.kit is None


@pytest.mark.parametrize("prompt", [*PROMPTS, "", "50 bpm", "190 bpm", "124 bpm", "125 bpm"])
def test_the_form_has_its_parts(prompt: str) -> None:
    """Every piece lasts 60 to 90 s and has an intro, a build and an ending, sections without gaps."""
    for seed in range(4):
        for one in music.plan(MusicRequest(prompt=prompt), seed):
            names = [section.name for section in one.sections]
            assert 60 <= one.seconds <= 90
            assert (names[0], names[-1]) == ("intro", "outro")
            assert "build" in names[1:-1]
            assert [s.bar + s.bars for s in one.sections] == [*(s.bar for s in one.sections[1:]), one.bars]
            assert all(0 <= note.at < one.bars * 4 and 0 < note.velocity <= 1 for note in one.notes)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_ending_makes_room_for_the_start(prompt: str) -> None:
    """Nothing is struck in the last three beats: the last chord rings into the first bar."""
    for one in music.plan(MusicRequest(prompt=prompt), 8):
        assert max(note.at for note in one.notes) <= one.bars * 4 - 3
        assert min(note.at for note in one.notes) < 1


def test_a_slow_build_gathers() -> None:
    """Each third of a slow build has no fewer players than the one before."""
    one = score("lo-fi, slow build", 3)
    grown = one.sections[:-1]
    players = [len(section.roles) + bool(section.drums) for section in grown]
    assert players == sorted(players)
    assert players[0] < players[-1]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_two_pieces_differ(prompt: str) -> None:
    """The pieces of one request differ in notes, and in tempo or key where the words leave them open."""
    one, two = music.plan(MusicRequest(prompt=prompt), 6)
    assert one.notes != two.notes
    assert (one.tempo_bpm, one.key) != (two.tempo_bpm, two.key)
    assert (one.title[-2:], two.title[-2:]) == (" 1", " 2")


def test_the_same_seed_writes_the_same() -> None:
    """A request and a seed give one pair of pieces; another seed or other words another."""
    request = MusicRequest(prompt="folk")
    assert music.plan(request, 9) == music.plan(request, 9)
    assert music.plan(request, 9)[0].notes != music.plan(request, 10)[0].notes
    assert music.plan(request, 9)[0].notes != music.plan(MusicRequest(prompt="folk!"), 9)[0].notes
    assert music.plan(request, 2**80 + 9) == music.plan(request, 9)


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        (MusicRequest(prompt="x", title="Night Drive Bloom"), "Night Drive Bloom"),
        (MusicRequest(prompt="warm lo-fi, slow build"), "Warm Lo-Fi, Slow Build"),
        (MusicRequest(prompt="Calm. Very calm."), "Calm"),
        (MusicRequest(prompt="a song that goes on and on and on for very long"), "A Song That Goes"),
        (MusicRequest(prompt="don't stop"), "Don't Stop"),
        (MusicRequest(style="ambient"), "Ambient"),
        (MusicRequest(prompt="..."), "Untitled"),
    ],
)
def test_titles(request_: MusicRequest, title: str) -> None:
    """A piece is called by the title, else by the first words of the prompt."""
    assert _brief.title(request_) == title


def test_voices_move_little() -> None:
    """From chord to chord the voices of a piece move by three semitones each at most, on average."""
    key = _harmony.Key(0, "major")
    chords = [_harmony.chord(key, degree, 4) for degree in (1, 6, 2, 5, 1, 4, 3, 6, 2, 5)]
    placed = _harmony.voicings(chords, 58)
    for before, after in itertools.pairwise(placed):
        moves = [abs(a - b) for a, b in zip(before, after, strict=True)]
        assert sum(moves) / len(moves) <= 3
    assert all({p % 12 for p in tones} == set(one.classes) for tones, one in zip(placed, chords, strict=True))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_pitches_are_in_the_key(prompt: str) -> None:
    """Every pitch but a dominant's third is in the key, and nobody plays below the bass."""
    one = score(prompt, 11)
    scale = {one.key.pitch(step) % 12 for step in range(7)}
    leading = (one.key.tonic + 11) % 12
    pitched = [note for note in one.notes if note.pitch]
    assert {note.pitch % 12 for note in pitched} <= scale | {leading}
    low = {role: min(n.pitch for n in pitched if n.part == role) for role in dict(one.voices)}
    assert all(low[role] > low["bass"] for role in low if role != "bass")


@pytest.mark.parametrize("seed", range(8))
def test_strong_beats_are_in_the_chord(seed: int) -> None:
    """On strong beats, and where it stays, the melody is on a tone of the chord below."""
    key = _harmony.Key(seed, "minor")
    chords = (_harmony.chord(key, 4, 4), _harmony.chord(key, 5, 4, is_dominant=True))
    idea = _parts.motif(seed % 3, np.random.default_rng(seed))
    for note in _parts.melody(idea, chords, key, 72, 0.0):
        if note.at % 2 == 0 or note.beats >= 1.5:
            assert note.pitch % 12 in chords[int(note.at // 4)].classes


def test_everything_may_be_left_out() -> None:
    """A request that leaves every part out is still played, on what is not named."""
    unwanted = (
        "drums, bass, lead, arp, piano, rhodes, guitar, strings, synth pads, organ, bells, harp, flute, brass"
    )
    for one in music.plan(MusicRequest(prompt="rock", negative_tags=unwanted), 1):
        assert dict(one.voices) == {"chords": "vibes"}
        assert one.notes


def test_a_voice_is_refused() -> None:
    """Only a wish for a voice is refused."""
    issue = music.refusal(MusicRequest(prompt="x", instrumental=False))
    assert issue is not None
    assert (issue.code, issue.path, issue.severity) == ("vocals_not_supported", "$.instrumental", "error")
    assert music.refusal(MusicRequest(prompt="x")) is None
    assert music.refusal(MusicRequest(prompt="x", instrumental=True)) is None


@pytest.mark.parametrize("name", _tones.INSTRUMENTS)
def test_an_instrument_is_in_tune(name: str) -> None:
    """Every instrument sounds, ends in silence, has no offset, and is within 15 cents of its pitch."""
    hz = 55.0 if "bass" in name or name in ("sub", "boom808", "upright", "low_strings") else 220.0
    sound = _tones.INSTRUMENTS[name].play(hz, 1.5, 0.7, np.random.default_rng(1))
    assert sound.dtype == np.float32
    assert np.abs(sound).max() > 0.1
    assert abs(sound[-1]) < 1e-3
    assert abs(sound.mean()) < 0.02
    part = sound[6000:66000] if sound.size > 66000 else sound[2000:]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 20))
    size = round(hz * 2**20 / 48000)
    reach = round(size * 0.03)
    peak = size - reach + int(np.argmax(spectrum[size - reach : size + reach]))
    assert abs(1200 * np.log2(peak * 48000 / 2**20 / hz)) < 15


@pytest.mark.parametrize("kit", _drums.KITS)
@pytest.mark.parametrize("drum", _drums.LEVELS)
def test_a_drum_is_struck(kit: str, drum: str) -> None:
    """Every drum of every kit peaks near full scale and is gone after its stroke."""
    sound = _drums.stroke(drum, _drums.KITS[kit], 1.0, np.random.default_rng(1))
    assert 0.9 < np.abs(sound).max() <= 1.0
    assert abs(sound[-1]) < 1e-3


def test_a_sound_goes_round() -> None:
    """What passes the end goes on at the start, added or convolved, even when it is longer than the whole."""
    loop = np.zeros((2, 10), np.float32)
    _audio.add_round(loop, np.arange(1, 24, dtype=np.float32), 8)
    expected = np.zeros(10)
    for index in range(23):
        expected[(8 + index) % 10] += index + 1
    assert loop.tolist() == [expected.tolist()] * 2
    spike = np.zeros(300_000, np.float32)
    spike[-2] = 1
    ringing = _audio.convolved(spike, np.array([1, 2, 3, 4], np.float32))
    assert np.allclose(ringing[[-2, -1, 0, 1]], [1, 2, 3, 4], atol=1e-5)
    assert np.abs(ringing[2:-2]).max() < 1e-5


def test_the_meter_reads_its_reference() -> None:
    """A sine of 997 Hz at full scale in one channel is -3.01 LUFS; silence after it is gated."""
    tone = np.zeros((2, 480_000), np.float32)
    tone[0] = np.sin(2 * np.pi * 997 * np.arange(480_000) / 48000)
    assert _loudness.loudness(tone) == pytest.approx(-3.01, abs=0.05)
    tone[:, 240_000:] = 0
    assert _loudness.loudness(tone) == pytest.approx(-3.01, abs=0.15)
    assert _loudness.loudness(np.zeros((2, 48_000), np.float32)) == float("-inf")


def test_true_peaks_lie_between_samples() -> None:
    """A quarter-rate sine sampled off its tops is known to reach them."""
    at = np.arange(48_000)
    sound = (0.5 * np.sin(np.pi / 2 * at + np.pi / 4)).astype(np.float32)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-9.03, abs=0.01)
    assert _loudness.true_peak(sound) == pytest.approx(-6.02, abs=0.05)


def test_the_limiter_holds_and_leaves_alone() -> None:
    """Peaks come under the ceiling; a sound without them is returned as it was."""
    rng = np.random.default_rng(1)
    calm = (0.1 * rng.standard_normal((2, 96_000))).astype(np.float32)
    assert _loudness.limited(calm, 1.0) is calm
    loud = calm.copy()
    loud[:, [0, 5000, 95_999]] = 1.5
    held = _loudness.limited(loud, 0.8)
    assert _loudness.true_peaks(held).max() <= 0.8 * 1.01
    assert np.array_equal(held[:, 40_000:60_000], calm[:, 40_000:60_000])


@pytest.mark.parametrize("prompt", ["lo-fi", "house", "ambient, bells"])
def test_a_take_is_level_and_the_same_again(prompt: str) -> None:
    """Two bars play at -16 LUFS under -1.2 dBTP, twice the same to the byte."""
    take = cut(score(prompt), 2, first=score(prompt).sections[-2].bar)
    piece = music.perform(take)
    assert piece.samples.dtype == np.float32
    assert piece.samples.shape == (2, round(2 * 4 * 60 / take.tempo_bpm * 48000))
    assert _loudness.loudness(piece.samples) == pytest.approx(-16, abs=0.3)
    assert _loudness.true_peak(piece.samples) < -1.2
    assert music.wav(piece) == music.wav(music.perform(take))


def test_the_start_may_be_anywhere() -> None:
    """A loop turned by a bar sounds as before, turned: nothing treats its ends in a special way."""
    style = evolve(STYLES["folk"], loose=0.0, kit=None)
    whole = evolve(cut(score("folk, no drums", 2), 2, first=4), style=style, tempo_bpm=100.0)
    moved = (evolve(note, at=(note.at + 4) % 8) for note in whole.notes)
    turned = evolve(whole, notes=tuple(sorted(moved, key=lambda note: (note.at, note.part, note.pitch))))
    first, second = (made / made.std() for made in (_mix.play(whole), _mix.play(turned)))
    assert (np.roll(first, 4 * 28_800, axis=1) - second).std() < 0.01


def test_the_file_is_a_wave() -> None:
    """The file is 16-bit stereo at 48 kHz, its samples the piece's to within the dither."""
    piece = music.perform(cut(score("8-bit"), 1, first=8))
    with wave.open(io.BytesIO(music.wav(piece))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48000)
        read = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T
    assert np.abs(read - piece.samples * 32767).max() <= 1.51
    assert piece.seconds == piece.samples.shape[1] / 48000
