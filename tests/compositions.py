"""Six compositions to look at, beside the first recipe.

Usage: python tests/compositions.py NAME [SECONDS …]

Renders NAME.mp4 into the current folder, a contact sheet NAME.png, and NAME-SECONDS.png for each moment.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from reelforge_dsl import CaptionStyle, Layout, TextStyle, Timeline, Words, engine
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary

MEDIA = Path(__file__).parents[1] / "cookbook" / "media"
WORDS = Words.load(MEDIA / "narration-0.words.json")


def landscape(_: Path) -> Timeline:
    """Two clips with a dissolve, a lower third, a logo over all, music."""
    name = TextStyle(
        font_family="Montserrat", font_weight=700, font_size=64, text_align="left", stroke_width=4
    )
    return (
        Timeline("16:9")
        .video(MEDIA / "earth.mp4", duration=4, trim=3)
        .video(MEDIA / "bunny.mp4", duration=4, crossfade=1, muted=True)
        .image(
            MEDIA / "earth-still.jpg",
            start=0,
            layout=Layout.corner("top_right", width="16%", height="16%", fit="contain"),
        )
        .music(MEDIA / "bed.mp3", fade_out=1)
        .text(
            "Somewhere on Earth,\nnot long ago",
            start=0.5,
            duration=3,
            style=name,
            layout=Layout("6%", "72%", "60%", "20%"),
        )
    )


def square(_: Path) -> Timeline:
    """A portrait clip contained on black, phrases of two lines, justified text."""
    prose = "Text that fills both edges of its box, line by line, but for the last one."
    return (
        Timeline("1:1")
        .video(MEDIA / "bunny-portrait.mp4", fit="contain", background="solid")
        .text(
            prose,
            start=0,
            duration=4,
            style=TextStyle(font_size=34, font_weight=500, text_align="justify", color="#FFD700"),
            layout=Layout("2%", "5%", "24%", "60%"),
        )
        .voiceover(MEDIA / "narration-0.mp3")
        .captions("karaoke_yellow", mode="phrase", words=WORDS, max_chars_per_segment=42)
    )


def slideshow(folder: Path) -> Timeline:
    """Stills only, each moving, with a song that gives the length of nothing."""
    stills = [MEDIA / "earth-still.jpg"]
    for number, at in enumerate((1.0, 3.0)):
        still = engine.frame(Timeline("4:3").video(MEDIA / "bunny.mp4"), at)
        stills.append(still.save(folder / f"still-{number}.png"))
    reel = Timeline("4:5").music(MEDIA / "bed.mp3", volume=0.8, fade_in=0.5, fade_out=1)
    for still, motion in zip(stills, ("zoom_in", "pan_left", "zoom_out"), strict=True):
        reel = reel.image(still, duration=2.5, motion=motion)
    return reel.text(
        "Three pictures", start=0.3, duration=2, style=TextStyle(font_family="Caveat", font_size=120)
    )


def picture_in_picture(_: Path) -> Timeline:
    """A clip in a corner over another, both heard, one word at a time."""
    return (
        Timeline("9:16")
        .video(MEDIA / "earth.mp4", duration=5)
        .video(MEDIA / "bunny.mp4", start=0.5, duration=4, layout=Layout("54%", "6%", "40%", "16%"), volume=2)
        .voiceover(MEDIA / "narration-0.mp3")
        .captions("karaoke_yellow", mode="word_only", words=WORDS, style=CaptionStyle(font_size=120))
    )


def silent(folder: Path) -> Timeline:
    """A clip that has no sound at all, at 24 frames a second, with a title."""
    clip = folder / "silent.mp4"
    source = "testsrc2=size=640x360:rate=24:duration=3"
    coding = ["-c:v", "libx264", "-pix_fmt", "yuv420p"]
    subprocess.run(
        [ffmpeg_binary(), "-v", "error", "-y", "-f", "lavfi", "-i", source, *coding, clip], check=True
    )
    return (
        Timeline("9:16")
        .video(clip, fit="contain")
        .text("No sound", start=0, duration=3, layout=Layout.half("top"))
    )


def surround(_: Path) -> Timeline:
    """A clip with 5.1 sound, alone, as it is."""
    return Timeline("16:9").video(MEDIA / "bunny.mp4", volume=4)


COMPOSITIONS: dict[str, Callable[[Path], Timeline]] = {
    "landscape": landscape,
    "square": square,
    "slideshow": slideshow,
    "picture_in_picture": picture_in_picture,
    "silent": silent,
    "surround": surround,
}


def main() -> None:
    name, *moments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        reel = COMPOSITIONS[name](Path(folder))
        print(reel.resolve(engine.probe))
        print(engine.render(reel, f"{name}.mp4"))
        engine.sheet(reel, columns=5, rows=2).save(f"{name}.png")
        for moment in moments:
            engine.frame(reel, float(moment)).save(f"{name}-{moment}.png")


if __name__ == "__main__":
    main()
