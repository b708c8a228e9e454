"""An explanation in words: ``repr`` and ``print``."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from reelforge_dsl import Layout, Timeline, Word

SITE = "https://example.com/"
LENGTHS = {SITE + "walk.mp4": 12, SITE + "b.mp4": 9.5, SITE + "voice.mp3": 5, SITE + "beat.mp3": 40}


def reel() -> Timeline:
    """A film with something of everything."""
    return (
        Timeline()
        .video(SITE + "walk.mp4", trim=2, id="a")
        .video(SITE + "b.mp4", crossfade=0.5, id="b")
        .image(SITE + "logo.png", start=0, layout=Layout.corner("top_right", width="14%", height="8%"))
        .voiceover(SITE + "voice.mp3")
        .music(SITE + "beat.mp3", volume=0.2, loop=True)
        .text("Launch day", start=1, duration=3)
        .captions("karaoke_yellow", words=[Word("one", 200, 600), Word("two", 600, 16800)])
    )


def test_without_lengths(snapshot: SnapshotAssertion) -> None:
    """What is not known yet is marked, and the files that would tell are named."""
    assert str(reel().explain()) == snapshot


def test_with_lengths() -> None:
    """With lengths every second stands beside its frame, its height and its rule."""
    assert (
        str(reel().explain(LENGTHS))
        == """\
19 s · latest end: 'b'
  a            0.0 → 10.0  0 → 300    z 0  stitched first, as long as its source: 10 s
  b            9.5 → 19.0  285 → 570  z 1  stitched after 'a', crossfade 0.5 s, as long as its source: 9.5 s
  image-1      0.0 → 19.0  0 → 570    z 2  from 0, to the film's end at 19: latest end: 'b'
  voiceover-1  0.0 → 5.0   0 → 150    –    from 0, as long as its file: 5 s
  music-1      0.0 → 19.0  0 → 570    –    from 0, to the film's end at 19: latest end: 'b'
  text-1       1.0 → 4.0   30 → 120   z 3  from 1, for 3 s
  captions     0.2 → 16.8  6 → 504    z 4  2 words given"""
    )


def test_its_lines(snapshot: SnapshotAssertion) -> None:
    """``repr`` is one line; empty films and odd ids print, too."""
    odd = Timeline().video(SITE + "a%20clip.mp4?token=hush", id="two\nlines").text("x", after="two\nlines")
    assert (
        repr(reel().explain()),
        repr(reel().explain(LENGTHS)),
        str(Timeline().explain()),
        str(odd.explain()),
    ) == snapshot
