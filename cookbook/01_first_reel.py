"""A first reel: two clips, a still, a narrator, a music bed, a title and karaoke captions.

Needs the `local` extra (`pip install 'reelforge-dsl[local]'`) and the media beside this file.
Writes first_reel.mp4 into the current folder: no key, no network.
"""

from pathlib import Path

from reelforge_dsl import Layout, TextStyle, Timeline, Words, engine

MEDIA = Path(__file__).parent / "media"

title = TextStyle(font_family="Montserrat", font_weight=800, font_size=104, line_height=1.05, stroke_width=6)

reel = (
    Timeline("9:16")
    # Untimed clips play one after another. This one is 16:9, so its free space shows it again, blurred.
    .video(MEDIA / "bunny.mp4", fit="contain")
    .video(MEDIA / "bunny-portrait.mp4", crossfade=0.6)
    .image(MEDIA / "earth-still.jpg", duration=3.2, motion="zoom_in")
    .voiceover(MEDIA / "narration-0.mp3")
    .music(MEDIA / "bed.mp3", volume=0.22, loop=True, fade_in=0.5, fade_out=1.5)
    .text(
        "Video,\nin plain Python",
        start=0.4,
        duration=3.4,
        style=title,
        layout=Layout("6%", "9%", "88%", "16%"),
    )
    .captions("karaoke_yellow", words=Words.load(MEDIA / "narration-0.words.json"))
)

film = engine.render(reel, "first_reel.mp4")

print(f"{film.path} is {film.duration_seconds:.1f} s long and took {film.elapsed_seconds:.1f} s to render.")
