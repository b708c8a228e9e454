"""The five recipes on real footage, to look at.

Usage: python tests/recipes.py NAME [SECONDS …]

Renders NAME.mp4 into the current folder, a contact sheet NAME.png, and NAME-SECONDS.png for each moment.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from reelforge_dsl import engine
from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.local.recipes import compiled
from reelforge_dsl.models import Json
from reelforge_dsl.models.recipes import RecipeRequest

MEDIA = Path(__file__).parents[1] / "cookbook" / "media"
WORDS = json.loads((MEDIA / "narration-0.words.json").read_text())


def file(name: str) -> str:
    return (MEDIA / name).as_uri()


def stills(folder: Path) -> list[str]:
    """Pictures of several shapes: one of the footage, three frames of it."""
    made = [file("earth-still.jpg")]
    for number, (clip, at) in enumerate((("bunny.mp4", 1), ("bunny.mp4", 4), ("bunny-portrait.mp4", 2))):
        path = folder / f"still-{number}.jpg"
        cut = ["-ss", str(at), "-i", MEDIA / clip, "-frames:v", "1", path]
        subprocess.run([ffmpeg_binary(), "-v", "error", "-y", *cut], check=True)
        made.append(path.as_uri())
    return made


def variables(folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """What each recipe is filled with, after its style."""
    shots = stills(folder)
    clip, voice, bed = file("bunny-portrait.mp4"), file("narration-0.mp3"), file("bed.mp3")
    return {
        "voiceover_explainer": (
            "karaoke_yellow",
            {
                "voiceover_audio_url": voice,
                "background_assets": [shots[0], {"url": shots[1], "motion": "none"}, file("earth.mp4"), clip],
                "transcript_words": WORDS,
                "hook_text": "Films from a few lines of Python",
                "cta_text": "Follow for more",
            },
        ),
        "captioned_clip": (
            "karaoke_yellow",
            {
                "primary_video_url": clip,
                "layout_variant": "split_screen",
                "secondary_video_url": file("earth.mp4"),
                "transcript_words": [word for word in WORDS if word["end"] <= 5000],
                "cta_text": "The whole film is linked below",
            },
        ),
        "photo_slideshow": (
            "elegant",
            {
                "audio_url": bed,
                "audio_duration_seconds": 10,
                "image_urls": shots,
                "title_card_text": "A quiet day in the meadow",
            },
        ),
        "listicle_ranked": (
            "bold",
            {
                "background_audio_url": bed,
                "background_audio_duration_seconds": 15,
                "hook_title": "Four things you can see from a meadow",
                "items": [
                    {"title": "A very large rabbit", "image_url": shots[2]},
                    {"title": "Clouds", "video_url": file("bunny.mp4")},
                    "Nothing at all",
                    {"title": "The whole Earth, if you look up long enough", "image_url": shots[0]},
                ],
                "countdown_mode": True,
                "cta_text": "Which one is yours?",
            },
        ),
        "storytime_broll": (
            "karaoke_yellow",
            {
                "voiceover_audio_url": voice,
                "background_video_url": file("bunny.mp4"),
                "transcript_words": WORDS,
                "hook_text": "The rabbit who would not leave the meadow that morning",
                "chapter_beats": [
                    {"label": "The meadow", "timecode_seconds": 0.5},
                    {"label": "What happened next", "timecode_seconds": 5},
                    {"label": "Long after the end", "timecode_seconds": 500},
                ],
            },
        ),
    }


def main() -> None:
    name, *moments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        style, held = variables(Path(folder))[name]
        reel = compiled(RecipeRequest(name, style, variables=Json.of(held)), engine.probe)
        print(reel)
        print(*reel.issues(engine.probe), sep="\n")
        print(engine.render(reel, f"{name}.mp4"))
        engine.sheet(reel, columns=5, rows=2).save(f"{name}.png")
        for moment in moments:
            engine.frame(reel, float(moment)).save(f"{name}-{moment}.png")


if __name__ == "__main__":
    main()
