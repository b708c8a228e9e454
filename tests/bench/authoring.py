"""What writing, checking and reading a reel costs beside a dict literal and the json module.

The reel has 8 layers, 3 texts and 60 caption words. Usage: python tests/bench/authoring.py [ROUNDS]
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

from reelforge_dsl import Layout, TextStyle, Timeline, dumps, loads
from reelforge_dsl.rules import check

WORDS = [{"text": f"word{at}", "start": 300 * at, "end": 300 * at + 280} for at in range(60)]


def built() -> Timeline:
    """Return the reel, said with verbs."""
    site = "https://example.com"
    style = TextStyle(font_size=96, color="#FFD700")
    return (
        Timeline("9:16")
        .video(f"{site}/a.mp4", duration=6, trim=2, volume=0.5)
        .video(f"{site}/b.mp4", duration=6, crossfade=0.5)
        .video(f"{site}/c.mp4", duration=6, fit="contain")
        .image(f"{site}/d.jpg", duration=3, motion="zoom_in")
        .image(f"{site}/logo.png", start=0, duration=18, layout=Layout("80%", "4%", "16%", "8%", "contain"))
        .voiceover(f"{site}/voice.mp3", start=0, duration=18)
        .music(f"{site}/beat.mp3", start=0, duration=18, volume=0.2, loop=True, fade_out=1.5)
        .audio(f"{site}/ding.wav", start=5, duration=1)
        .text("One", start=0, duration=3, style=style)
        .text("Two", start=6, duration=3, style=style, layout=Layout.lower_third())
        .text("Three", start=12, duration=3)
        .captions("karaoke_yellow", words=WORDS)
    )


def timed(work: Callable[[], object], rounds: int) -> float:
    """Return the median of microseconds of CPU for one call, of runs of 20 calls each."""
    found = []
    for _ in range(rounds):
        began = time.process_time_ns()
        for _ in range(20):
            work()
        found.append((time.process_time_ns() - began) / 20_000)
    return statistics.median(found)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    reel = built()
    manifest, text = reel.manifest(), reel.to_json()
    plain = json.loads(text)
    namespace: dict[str, object] = {}
    exec(compile(f"def literal():\n    return {plain!r}", "literal", "exec"), namespace)
    literal = namespace["literal"]
    floor = timed(lambda: json.dumps(literal(), ensure_ascii=False, separators=(",", ":")), rounds)
    parse = timed(lambda: json.loads(text), rounds)
    rows = [
        ("a dict literal and json.dumps", floor, floor),
        ("dumps(manifest)", timed(lambda: dumps(manifest), rounds), floor),
        ("check(manifest)", timed(lambda: check(manifest), rounds), floor),
        ("build", timed(built, rounds), floor),
        ("build and place, to JSON", timed(lambda: built().to_json(), rounds), floor),
        ("build, place, every rule, to JSON", timed(lambda: dumps(built().manifest()), rounds), floor),
        ("json.loads", parse, parse),
        ("loads", timed(lambda: loads(text), rounds), parse),
        ("loads and every rule", timed(lambda: check(loads(text)), rounds), parse),
    ]
    for name, cost, base in rows:
        print(f"{name:36} {cost:7.0f} µs  {cost / base:5.2f}×")


if __name__ == "__main__":
    main()
