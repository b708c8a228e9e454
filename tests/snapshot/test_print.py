"""A timeline in words: ``repr`` and ``print``."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from reelforge_dsl import CaptionStyle, Layout, TextStyle, Timeline, Word

SITE = "https://example.com/"
WORDS = [Word(f"word{n}", 200 + 400 * n, 600 + 400 * n) for n in range(40)] + [Word("end", 16200, 16800)]
LENGTHS = {SITE + "walk.mp4": 12, SITE + "talk.mp4": 9.5}


def reel() -> Timeline:
    """The film of the face, word for word."""
    return (
        Timeline("9:16")
        .video(SITE + "walk.mp4", trim=2)
        .video(SITE + "talk.mp4", crossfade=0.5)
        .image(
            SITE + "logo.png",
            start=0,
            background="transparent",
            layout=Layout.corner("top_right", width="14%", height="8%", fit="contain"),
        )
        .voiceover(SITE + "voice.mp3")
        .music(SITE + "beat.mp3", volume=0.2, loop=True, fade_out=1.5)
        .text("Launch day", start=1, duration=3, style=TextStyle(font_size=96, color="#FFD700"))
        .captions("karaoke_yellow", words=WORDS)
    )


def test_the_example_of_the_face() -> None:
    """The documented film prints as documented, blank for blank."""
    assert (
        str(reel())
        == """\
Timeline 9:16 · 1080×1920 · length not known (2 clips unmeasured) · auto_stitch
  video-1      stitched           walk.mp4   from 2.0
  video-2      stitched           talk.mp4   crossfade 0.5
  image-1      0.0 → end          logo.png   top right 14%×8% · contain · transparent
  voiceover-1  0.0 → end          voice.mp3  speech
  music-1      0.0 → end          beat.mp3   volume 0.2 · loop · fade out 1.5
  text-1       1.0 → 4.0          "Launch day"   96 px #FFD700
  captions     0.2 → 16.8         karaoke_yellow · 41 words given
1 warning: reel.issues()"""
    )


def test_its_line() -> None:
    """``repr`` is the documented line once the clips are measured."""
    line = "<Timeline 9:16: 2 videos, 1 image, 2 sounds, 1 text, captions karaoke_yellow; 19 s>"
    assert repr(reel().resolve(LENGTHS)) == line


def test_resolved(snapshot: SnapshotAssertion) -> None:
    """Every second is shown once it is known."""
    assert str(reel().resolve(LENGTHS)) == snapshot


def test_everything_else(snapshot: SnapshotAssertion) -> None:
    """Every look has its words, and what is not known its mark."""
    other = (
        Timeline((1000, 500))
        .video(SITE + "a%20clip.mp4?token=hush#t=3", trim=0.25, volume=0, muted=True, motion="pan_left")
        .image(SITE, duration=2.125, layout=Layout.half("bottom", z_index=3))
        .image(
            SITE + "px.png", during="video-1", layout=Layout("20px", height="5%"), transform="rotate(3deg)"
        )
        .audio(SITE + "s.mp3", start=1, fade_in=1, id="a-rather-long-name")
        .text(
            "two\nlines \x1b[31m",
            start=0,
            duration=1 / 3,
            style=TextStyle(font_family="Anton", font_weight=400),
        )
        .text("x" * 90, after="image-1", layout=Layout.lower_third(), style=TextStyle(text_align="left"))
        .captions("typewriter", mode="word_only", style=CaptionStyle(color="red"))
    )
    assert (repr(other), *str(other).splitlines()) == snapshot


def test_small_ones(snapshot: SnapshotAssertion) -> None:
    """Empty and odd-sized timelines have a line, too."""
    assert (repr(Timeline()), str(Timeline()), repr(Timeline((1000, 502)).video(SITE + "a.mp4"))) == snapshot
