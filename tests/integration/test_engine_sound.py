"""What a film sounds like: levels, places, fades, loops, dissolves and the limit, in decoded samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

RATE = 48000


def decibels(level: float) -> float:
    return 20 * float(np.log10(max(level, 1e-9)))


def tone_level(samples: np.ndarray, hertz: float) -> float:
    """The peak level of one frequency in one channel."""
    turning = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
    window = np.hanning(len(samples))
    return 2 * float(np.abs((samples * window * turning).sum()) / window.sum())


def heard(film, start: float, end: float, hertz: float) -> float:
    """The peak level of a frequency between two seconds, of the left channel."""
    return tone_level(film.samples[round(start * RATE) : round(end * RATE), 0], hertz)


def onset(film, level: float = 0.1, channel: int = 0) -> float:
    """The second of the first sample above a level."""
    return int(np.flatnonzero(np.abs(film.samples[:, channel]) > level)[0]) / RATE


def ending(film, level: float = 0.1) -> float:
    """The second of the last sample above a level."""
    return int(np.flatnonzero(np.abs(film.samples[:, 0]) > level)[-1]) / RATE


@pytest.fixture
def tone(studio) -> Path:
    """Two seconds of 440 Hz, peak 0.25, mono."""
    return studio.tone("tone.wav")


@pytest.fixture
def sounding(studio, tools, tone: Path) -> Path:
    """A clock clip of two seconds with the tone."""
    return studio.made(
        "sounding.mp4",
        lambda path: tools.ffmpeg(
            "-i", studio.clock(1), "-i", tone, "-c:v", "copy", "-c:a", "aac", "-b:a", "192k", path
        ),
    )


# Levels


@pytest.mark.parametrize("volume", [None, 1, 0.5, 0.1, 2, 3])
@pytest.mark.parametrize("kind", ["audio", "video"])
def test_volume(studio, tone: Path, sounding: Path, kind: str, volume: float | None) -> None:
    """A sound is as loud as it was recorded, times its volume, in both channels."""
    settings = {} if volume is None else {"volume": volume}
    file = tone if kind == "audio" else sounding
    film = studio.show(studio.layer(kind, file, 0, 1.5, **settings))
    expected = decibels(0.25 * (1 if volume is None else volume))
    for channel in (0, 1):
        level = tone_level(film.samples[RATE // 4 : RATE, channel], 440)
        assert decibels(level) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("settings", [{"muted": True}, {"volume": 0}, {"muted": True, "volume": 2}])
def test_silenced(studio, sounding: Path, settings: dict[str, object]) -> None:
    """A muted clip, or one of volume 0, is not heard."""
    film = studio.show(studio.layer("video", sounding, 0, 1, **settings))
    assert np.abs(film.samples).max() < 1e-3


def test_quiet_mix_is_left_alone(studio, tools) -> None:
    """Sounds that do not clip together are mixed without any change of their levels or their shape."""
    low, high = studio.tone("low.wav", 300, 2, 0.3), studio.tone("high.wav", 3000, 2, 0.3)
    film = studio.show(studio.layer("audio", low, 0, 2), studio.layer("audio", high, 0, 2))
    time = np.arange(2 * RATE) / RATE
    expected = 0.3 * np.sin(2 * np.pi * 300 * time) + 0.3 * np.sin(2 * np.pi * 3000 * time)
    middle = slice(RATE // 2, 3 * RATE // 2)
    assert np.abs(film.samples[: 2 * RATE, 0][middle] - expected[middle]).max() < 0.01


def test_loud_mix_never_clips(studio, media: Path) -> None:
    """Sounds that would clip together stay below full scale, and loud."""
    tones = [studio.tone(f"full-{hertz}.wav", hertz, 1, 1.0) for hertz in (110, 441, 2333)]
    film = studio.show(*(studio.layer("audio", file, 0, 1) for file in tones))
    assert np.abs(film.samples).max() <= 0.99
    assert decibels(film.rms(0.2, 0.8).min()) > -9
    spoken = (media / "bed.mp3", media / "narration-0.mp3")
    film = studio.show(*(studio.layer("audio", file, 0, 6, volume=3) for file in spoken))
    assert np.abs(film.samples).max() <= 0.99
    assert decibels(film.rms(1, 5).min()) > -14


def test_one_loud_sound_is_limited(studio) -> None:
    """A volume that would clip is held at the limit, without harm to what is quiet a moment later."""
    time = np.arange(2 * RATE) / RATE
    sound = np.sin(2 * np.pi * 440 * time) * np.where(time < 1, 0.8, 0.05)
    film = studio.show(studio.layer("audio", studio.sound("steps.wav", sound), 0, 2, volume=4))
    assert np.abs(film.samples).max() <= 0.99
    assert decibels(heard(film, 1.4, 1.9, 440)) == pytest.approx(decibels(0.2), abs=0.5)


def test_mixing_does_not_duck(studio, tone: Path) -> None:
    """A sound keeps its level whether others play or not."""
    other = studio.tone("high.wav", 3000, 2, 0.3)
    film = studio.show(
        studio.layer("audio", tone, 0, 2),
        studio.layer("audio", other, 0.5, 0.5),
        studio.layer("audio", other, 1.2, 0.3),
    )
    for start in (0.1, 0.6, 1.05, 1.25, 1.6):
        assert decibels(heard(film, start, start + 0.15, 440)) == pytest.approx(decibels(0.25), abs=0.5)


# Channels and rates


def test_surround(studio) -> None:
    """All of a 5.1 sound is heard: the front on its side, the centre on both."""
    time = np.arange(RATE) / RATE
    hertz = {0: 400, 1: 700, 2: 1100, 4: 1700, 5: 2300}  # left, right, centre, surround left and right
    channels = np.zeros((RATE, 6))
    for channel, pitch in hertz.items():
        channels[:, channel] = 0.3 * np.sin(2 * np.pi * pitch * time)
    file = studio.sound("surround.wav", channels, RATE, "-channel_layout", "5.1", "-c:a", "pcm_f32le")
    film = studio.show(studio.layer("audio", file, 0, 1))
    left, right = film.samples[RATE // 4 : 3 * RATE // 4].T
    for pitch, ear, other in (
        (400, left, right),
        (700, right, left),
        (1700, left, right),
        (2300, right, left),
    ):
        assert tone_level(ear, pitch) > 0.05
        assert tone_level(other, pitch) < 0.01
    assert tone_level(left, 1100) == pytest.approx(tone_level(right, 1100), rel=0.02)
    assert tone_level(left, 1100) > 0.05


def test_real_surround(studio, media: Path) -> None:
    """The 5.1 footage of the cookbook is heard in both channels."""
    film = studio.show(studio.layer("video", media / "bunny.mp4", 0, 1, volume=3), size=(180, 320))
    assert film.rms(0, 1).min() > 1e-4


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000])
@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "m4a", "ogg"])
def test_rates_and_kinds(studio, tools, rate: int, suffix: str) -> None:
    """Sounds of any usual rate and format keep pitch, level and length."""
    if rate == 96000 and suffix in ("mp3",):
        rate = 48000
    time = np.arange(rate) / rate
    coding = {"ogg": ("-c:a", "libvorbis", "-q:a", "8"), "mp3": ("-q:a", "0"), "m4a": ("-b:a", "128k")}
    if suffix == "ogg" and rate == 96000:
        coding["ogg"] = ("-c:a", "libopus", "-ar", "48000")
    file = studio.sound(
        f"kind-{rate}.{suffix}", 0.25 * np.sin(2 * np.pi * 440 * time), rate, *coding.get(suffix, ())
    )
    film = studio.show(studio.layer("audio", file, 0, 2))
    assert decibels(heard(film, 0.2, 0.8, 440)) == pytest.approx(decibels(0.25), abs=0.5)
    assert onset(film, 0.05) < 0.02
    assert ending(film, 0.05) == pytest.approx(1, abs=0.06)
    assert np.abs(film.samples[round(1.1 * RATE) :]).max() < 0.01


# Places


@pytest.mark.parametrize("start", [0, 0.1, 0.511, 1.7])
def test_delay(studio, start: float) -> None:
    """A sound begins on the frame of its start, exact to 2 ms."""
    click = np.zeros(RATE)
    click[:] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    film = studio.show(studio.layer("audio", studio.sound("burst.wav", click), start, 0.3), seconds=2)
    frame = int(start * 30 + 0.5)
    assert onset(film, 0.2) == pytest.approx(frame / 30, abs=0.002)
    assert ending(film, 0.2) == pytest.approx(int((start + 0.3) * 30 + 0.5) / 30, abs=0.004)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a", "ogg", "flac"])
@pytest.mark.parametrize("trim", [0.5, 1.234])
def test_trim(studio, suffix: str, trim: float) -> None:
    """A trimmed sound begins where the trim says, in every format."""
    time = np.arange(3 * RATE) / RATE
    sound = np.where((time > 1.5) & (time < 1.7), 0.5 * np.sin(2 * np.pi * 1000 * time), 0)
    sound += 0.02 * np.sin(2 * np.pi * 200 * time)
    coding = {"mp3": ("-q:a", "3"), "ogg": ("-c:a", "libvorbis")}
    file = studio.sound(f"marked.{suffix}", sound, RATE, *coding.get(suffix, ()))
    film = studio.show(studio.layer("audio", file, 0, 1.5, trim=trim))
    assert onset(film, 0.25) == pytest.approx(1.5 - trim, abs=0.003)


def test_trimmed_clip_keeps_its_sound_in_step(studio, tools) -> None:
    """Picture and sound of a trimmed clip stay together."""
    time = np.arange(2 * RATE) / RATE
    beep = studio.sound("beep.wav", np.where(time > 1.2, 0.5 * np.sin(2 * np.pi * 1000 * time), 0))
    clip = studio.made(
        "beep.mp4",
        lambda path: tools.ffmpeg("-i", studio.clock(1), "-i", beep, "-c:v", "copy", "-c:a", "aac", path),
    )
    film = studio.show(studio.layer("video", clip, 0.5, 1.4, trim=0.4))
    at = round(onset(film, 0.2) * 30)
    assert onset(film, 0.2) == pytest.approx(0.5 + 0.8, abs=0.003)
    assert film.clock(at) == (1, 36)


@pytest.mark.parametrize("trim", [0, 0.2])
def test_late_sound_stays_late(studio, tools, tone: Path, trim: float) -> None:
    """Sound that starts after its file's picture does so in the film."""
    clip = studio.made(
        "sound-late.mp4",
        lambda path: tools.ffmpeg(
            *("-i", studio.clock(1), "-itsoffset", "0.7", "-i", tone),
            *("-c:v", "copy", "-c:a", "aac", path),
        ),
    )
    film = studio.show(studio.layer("video", clip, 0, 1.5, trim=trim))
    assert onset(film, 0.05) == pytest.approx(0.7 - trim, abs=0.005)


def test_late_picture_keeps_sound(studio, tools, tone: Path) -> None:
    """Sound that starts before its file's picture is heard from the start."""
    clip = studio.made(
        "picture-late.mp4",
        lambda path: tools.ffmpeg(
            *("-i", tone, "-itsoffset", "0.5", "-i", studio.clock(1)),
            *("-map", "1:v", "-map", "0:a", "-c:v", "copy", "-c:a", "aac", path),
        ),
    )
    film = studio.show(studio.layer("video", clip, 0, 1))
    assert onset(film, 0.05) < 0.01


def test_sound_shorter_than_its_layer(studio, tone: Path) -> None:
    """A sound that is over is followed by silence, with a warning."""
    film = studio.show(studio.layer("audio", tone, 0, 3))
    assert ending(film, 0.05) == pytest.approx(2, abs=0.005)
    assert len(film.samples) == pytest.approx(3 * RATE, abs=1600)
    assert [issue.code for issue in film.rendered.issues] == ["source_too_short"]


def test_sound_longer_than_the_film(studio, tone: Path) -> None:
    """A sound that runs past the film is cut at its end."""
    film = studio.show(studio.layer("audio", tone, 0.5, 1.5), seconds=1)
    assert len(film.samples) == pytest.approx(RATE, abs=1600)
    assert film.rms(0.6, 0.95).min() > 0.1


def test_untimed_sound_under_stitched_clips(studio, tone: Path) -> None:
    """Sound without a time plays from 0 to the end of the stitched clips."""
    film = studio.show(
        studio.layer("video", studio.clock(1)),
        studio.layer("audio", tone, loop=True),
        studio.layer("video", studio.clock(2), None, 1),
        auto_stitch=True,
    )
    assert len(film.frames) == 90
    assert film.rms(0, 0.2).min() > 0.1
    assert film.rms(2.7, 2.99).min() > 0.1


# Loops


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a"])
def test_loop_without_gap_or_click(studio, suffix: str) -> None:
    """A looped sound goes on through its end without a hole, a jump or another level."""
    # A whole number of turns: the loop is seamless if nothing is added or lost.
    time = np.arange(RATE // 2) / RATE
    file = studio.sound(f"loop.{suffix}", 0.25 * np.sin(2 * np.pi * 440 * time), RATE)
    film = studio.show(studio.layer("audio", file, 0, 3, loop=True))
    samples = film.samples[RATE // 10 : -RATE // 10, 0]
    windows = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    rms = np.sqrt((windows.astype(float) ** 2).mean(axis=1))
    smallest = 0.25 / np.sqrt(2) * (0.8 if suffix in ("mp3", "m4a") else 0.97)
    assert rms.min() > smallest
    assert np.abs(np.diff(samples)).max() < 0.25 * 2 * np.pi * 440 / RATE * (2 if suffix != "wav" else 1.3)


def test_loop_from_a_trim(studio) -> None:
    """A trimmed loop repeats what follows the trim."""
    time = np.arange(RATE) / RATE
    sound = 0.3 * np.sin(2 * np.pi * np.where(time < 0.5, 500, 1500) * time)
    film = studio.show(studio.layer("audio", studio.sound("halves.wav", sound), 0, 2, loop=True, trim=0.5))
    assert heard(film, 0.1, 1.9, 1500) == pytest.approx(0.3, rel=0.05)
    assert heard(film, 0.1, 1.9, 500) < 0.01


def test_loop_longer_than_needed(studio, tone: Path) -> None:
    """A looped sound that is longer than its layer is simply cut."""
    film = studio.show(studio.layer("audio", tone, 0, 0.5, loop=True), seconds=1)
    assert ending(film, 0.05) == pytest.approx(0.5, abs=0.004)


# Fades


def envelope(film, at: float) -> float:
    """The level around a second, as a share of the tone's."""
    return heard(film, at - 0.04, at + 0.04, 440) / 0.25


def test_fade_in(studio, tone: Path) -> None:
    """A fade in rises evenly from silence at the sound's own start, wherever that is."""
    film = studio.show(studio.layer("audio", tone, 0.5, 1.5, fade_in_seconds=1))
    for at in (0.6, 0.75, 1.0, 1.25, 1.4):
        assert envelope(film, at) == pytest.approx(at - 0.5, abs=0.03)
    assert envelope(film, 1.7) == pytest.approx(1, abs=0.02)


def test_fade_out(studio, tone: Path) -> None:
    """A fade out falls evenly to silence at the layer's end."""
    film = studio.show(studio.layer("audio", tone, 0.2, 1.6, fade_out_seconds=1), seconds=2)
    assert envelope(film, 0.7) == pytest.approx(1, abs=0.02)
    for at in (0.9, 1.3, 1.6, 1.7):
        assert envelope(film, at) == pytest.approx(1.8 - at, abs=0.03)
    assert film.rms(1.81, 1.99).max() < 1e-3


def test_fade_out_of_a_short_sound(studio, tone: Path) -> None:
    """Where the sound itself ends before its layer, the fade out ends with the sound."""
    film = studio.show(studio.layer("audio", tone, 0, 3, fade_out_seconds=1))
    for at in (1.2, 1.5, 1.8):
        assert envelope(film, at) == pytest.approx(2 - at, abs=0.03)


def test_fade_out_of_a_loop(studio, tone: Path) -> None:
    """A looped sound fades out at its layer's end, not at its file's."""
    film = studio.show(studio.layer("audio", tone, 0, 3, loop=True, fade_out_seconds=1))
    assert envelope(film, 1.9) == pytest.approx(1, abs=0.03)
    assert envelope(film, 2.5) == pytest.approx(0.5, abs=0.03)


def test_fade_out_of_a_bed_under_a_film(studio, tone: Path) -> None:
    """A music bed without times fades out at the film's end, also where that cuts it."""
    film = studio.show(
        studio.layer("video", studio.clock(1)),
        studio.layer("audio", tone, loop=True, fade_out_seconds=1),
        auto_stitch=True,
        seconds=1.5,
    )
    assert envelope(film, 1) == pytest.approx(0.5, abs=0.04)
    assert envelope(film, 1.45) < 0.1


def test_fades_longer_than_the_sound(studio, tone: Path) -> None:
    """Fades that overlap multiply; neither fails."""
    film = studio.show(studio.layer("audio", tone, 0, 1, fade_in_seconds=2, fade_out_seconds=1))
    assert envelope(film, 0.5) == pytest.approx(0.25 * 0.5, abs=0.03)


# Dissolves


def test_dissolving_sound_has_equal_power(studio, tools) -> None:
    """While two clips dissolve, their sounds cross with equal power, over just those frames."""
    clips = []
    for number, hertz in ((1, 500), (2, 1500)):
        tone = studio.tone(f"pitch-{hertz}.wav", hertz, 2, 0.3)
        clips.append(
            studio.made(
                f"pitch-{hertz}.mp4",
                lambda path, number=number, tone=tone: tools.ffmpeg(
                    *("-i", studio.clock(number), "-i", tone, "-c:v", "copy", "-c:a", "aac", "-b:a", "192k"),
                    path,
                ),
            )
        )
    film = studio.show(
        studio.layer("video", clips[0]),
        studio.layer("video", clips[1], crossfade_seconds=1),
        auto_stitch=True,
    )
    assert heard(film, 0.7, 0.9, 500) == pytest.approx(0.3, rel=0.05)
    for at in (1.1, 1.3, 1.5, 1.7, 1.9):
        before = heard(film, at - 0.03, at + 0.03, 500) / 0.3
        after = heard(film, at - 0.03, at + 0.03, 1500) / 0.3
        assert before == pytest.approx(np.cos((at - 1) * np.pi / 2), abs=0.05)
        assert after == pytest.approx(np.sin((at - 1) * np.pi / 2), abs=0.05)
    assert heard(film, 2.1, 2.4, 500) < 0.003
    assert heard(film, 2.1, 2.4, 1500) == pytest.approx(0.3, rel=0.05)
    timed = studio.show(
        studio.layer("video", clips[0], 0, 2),
        studio.layer("video", clips[1], 1, 2, crossfade_seconds=0.5),
    )
    assert heard(timed, 1.22, 1.28, 500) / 0.3 == pytest.approx(np.cos(np.pi / 4), abs=0.05)
    assert heard(timed, 1.6, 1.9, 500) < 0.003


def test_dissolving_in_alone(studio, sounding: Path) -> None:
    """A clip that dissolves in over a still brings its sound in with it."""
    film = studio.show(
        studio.layer("image", studio.flat("red.png", "red"), 0, 2),
        studio.layer("video", sounding, 0.5, 1.5, crossfade_seconds=1),
    )
    assert envelope(film, 0.6) < 0.3
    assert envelope(film, 1.0) == pytest.approx(np.sin(np.pi / 4), abs=0.05)
    assert envelope(film, 1.7) == pytest.approx(1, abs=0.03)


# Many


def test_sixty_sounds(studio) -> None:
    """Sixty short sounds are each heard at their place, none moved and none lost."""
    time = np.arange(RATE // 20) / RATE
    file = studio.sound("blip.wav", 0.5 * np.sin(2 * np.pi * 1000 * time))
    film = studio.show(*(studio.layer("audio", file, at / 10, 0.05) for at in range(60)))
    loud = np.abs(film.samples[: 6 * RATE, 0]) > 0.2
    begins = [at / RATE for at in np.flatnonzero(loud) if not loud[max(at - 2000, 0) : at].any()]
    assert begins == pytest.approx([at / 10 for at in range(60)], abs=0.002)


def test_a_muted_cutaway_leaves_the_speaker_alone(studio, sounding: Path) -> None:
    """A muted clip that dissolves in over another and ends before it does not silence it."""
    cutaway = studio.layer("video", sounding, 0.4, 0.8, crossfade_seconds=0.2, muted=True)
    film = studio.show(studio.layer("video", sounding, 0, 2), cutaway)
    for start in (0.1, 0.7, 1.4):
        assert decibels(heard(film, start, start + 0.3, 440)) == pytest.approx(decibels(0.25), abs=0.5)
