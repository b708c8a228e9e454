"""Whether a reel with ten times as many things takes ten times as long.

Usage: python tests/bench/growth.py [LARGEST]

Four reels grow: stitched clips; layers with times of their own; named stills, each after the one before, a
text with a warning beside each; caption words. For each step the table has microseconds of CPU for one
item, best of several runs: a flat line is linear. The slopes are of log time over log items, 1 linear, 2
quadratic: over the whole line, where what any reel costs makes it look flatter, and between the two largest.

Checks remember the last 2,048 values of a field, so `check` takes one step up between 1,000 and 5,000 layers.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

from reelforge_dsl import Layout, Manifest, TextStyle, Timeline, dumps, loads
from reelforge_dsl.rules import check

LARGEST = 5000
BEST_OF = 5
EACH = 0.05
"""Output seconds of one layer, at every size: the largest reel stays below 300 s."""

Making = Callable[[int], Timeline]


def stitched(count: int) -> Timeline:
    """Return clips that v1 plays one after another."""
    reel = Timeline("9:16")
    for at in range(count):
        reel = reel.video(f"https://example.com/{at}.mp4", trim=1, crossfade=0.1 if at % 2 else None)
    return reel


def timed(count: int) -> Timeline:
    """Return clips, stills and sounds in turn, each with a time of its own."""
    reel = Timeline("9:16")
    for at in range(count):
        start, src = at * EACH, f"https://example.com/{at}"
        if at % 3 == 0:
            reel = reel.video(f"{src}.mp4", start=start, duration=EACH, volume=0.5)
        elif at % 3 == 1:
            reel = reel.image(f"{src}.jpg", start=start, duration=EACH, motion="zoom_in")
        else:
            reel = reel.audio(f"{src}.wav", start=start, duration=EACH, fade_out=0.01)
    return reel


def chained(count: int) -> Timeline:
    """Return named stills, each after the one before, and beside each a text, too brief to be read."""
    reel, style, box = Timeline("9:16"), TextStyle(font_size=96, color="#FFD700"), Layout.lower_third()
    for at in range(0, count, 2):
        src, name = f"https://example.com/{at}.jpg", f"card-{at}"
        if at == 0:
            reel = reel.image(src, id=name, start=0, duration=EACH)
        else:
            reel = reel.image(src, id=name, after=f"card-{at - 2}", duration=EACH)
        reel = reel.text("A", id=f"title-{at}", during=name, style=style, layout=box)
    return reel


def worded(count: int) -> Timeline:
    """Return one clip under caption words."""
    each = 300_000 // count
    words = [{"text": f"word{at}", "start": each * at, "end": each * (at + 1)} for at in range(count)]
    return (
        Timeline("9:16")
        .video("https://example.com/a.mp4", start=0, duration=300)
        .captions("karaoke_yellow", words=words)
    )


def best(work: Callable[[], object]) -> float:
    """Return seconds of CPU for one call, best of several runs of at least 2 ms each."""
    began = time.process_time_ns()
    work()
    calls = max(1, 2_000_000 // max(1, time.process_time_ns() - began))
    found = []
    for _ in range(BEST_OF):
        began = time.process_time_ns()
        for _ in range(calls):
            work()
        found.append((time.process_time_ns() - began) / calls / 1e9)
    return min(found)


def steps(make: Making, count: int) -> dict[str, float]:
    """Return the seconds of each step of a reel's way, by name."""
    reel = make(count)
    manifest: Manifest = reel._placed.manifest
    text = dumps(manifest)
    return {
        "verbs": best(lambda: make(count)),
        "verbs, placing, every rule": best(lambda: make(count).issues()),
        "check": best(lambda: check(manifest)),
        "dumps": best(lambda: dumps(manifest)),
        "loads": best(lambda: loads(text)),
    }


def slope(few: int, brief: float, many: int, long: float) -> float:
    """Return the exponent of time over items between two sizes."""
    return math.log(long / brief) / math.log(many / few)


def table(name: str, make: Making, counts: list[int]) -> None:
    """Print one reel's growth."""
    costs = [steps(make, count) for count in counts]
    heads = "".join(f"{count:>9,}" for count in counts)
    print(f"{name + ', µs an item':34}{heads}   slope, the last")
    for step in costs[0]:
        seconds = [cost[step] for cost in costs]
        cells = "".join(f"{1e6 * cost / count:9.2f}" for cost, count in zip(seconds, counts, strict=True))
        whole = slope(counts[0], seconds[0], counts[-1], seconds[-1])
        last = slope(counts[-2], seconds[-2], counts[-1], seconds[-1])
        print(f"{step:34}{cells}   {whole:.2f}   {last:.2f}")
    print()


def main() -> None:
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else LARGEST
    layers = [count for count in (10, 100, 1000, 5000) if count <= largest]
    table("stitched clips", stitched, layers)
    table("timed layers", timed, layers)
    table("named stills and texts", chained, layers)
    table("caption words", worded, [60, 1000, 10_000])


if __name__ == "__main__":
    main()
