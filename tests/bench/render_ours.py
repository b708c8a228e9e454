"""The composition through the library, whole: import, build, check, measure, paint, render.

Usage: render_ours.py OUT.mp4
"""

import sys
from pathlib import Path

from attrs import evolve
from composition import CAPTION, HEAD, LOGO, LOGO_BOX, MUSIC, MUSIC_VOLUME, WORDS, A, B, W, make_media

from reelforge_dsl import CaptionStyle, Layout, TextStyle, Timeline
from reelforge_dsl.engine import _access, _stage
from reelforge_dsl.engine._documents import ready
from reelforge_dsl.engine._plan import FINAL, film_plan
from reelforge_dsl.engine._render import render_plan

ENCODER = evolve(FINAL, crf=23, audio_bitrate="128k", threads=2)


def reel() -> Timeline:
    """Return the composition."""
    x, y, width, height = LOGO_BOX
    words = [
        {"text": word, "start": round(1000 * start), "end": round(1000 * end)} for word, start, end in WORDS
    ]
    outlined = {"font_family": "Poppins", "font_weight": 700, "stroke_color": "black", "stroke_width": 5}
    return (
        Timeline("9:16")
        .video(A, duration=5)
        .video(B, duration=5)
        .image(LOGO, start=0, layout=Layout(f"{x}px", f"{y}px", f"{width}px", f"{height}px"))
        .music(MUSIC, volume=MUSIC_VOLUME, loop=True)
        .text(
            HEAD["text"],
            start=HEAD["start"],
            duration=HEAD["end"] - HEAD["start"],
            style=TextStyle(font_size=HEAD["size"], color="white", **outlined),
            layout=Layout(y=f"{HEAD['y']}px", height="130px"),
        )
        .captions(
            "karaoke_yellow",
            mode="word_only",
            words=words,
            style=CaptionStyle(font_size=CAPTION["size"], **outlined),
            layout=Layout("0px", f"{CAPTION['y']}px", f"{W}px", "120px"),
        )
    )


def main() -> None:
    make_media()
    stage = _stage(ready(reel(), _access(None, allow_private=False)), draft=False)
    render_plan(film_plan(stage, ENCODER), Path(sys.argv[1]).absolute(), lambda _: None)


if __name__ == "__main__":
    main()
