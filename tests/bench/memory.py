"""What a reel holds in memory beside the same document as a dict literal and as other libraries' models.

Usage: python tests/bench/memory.py [REELS]
       python tests/bench/memory.py REELS HOLDER

The reel of tests/bench/reel.py, many times, no two with a string or a dict in common. Addresses and words are
the caller's, made before and kept on every side: they are not counted. Each holder is filled in two fresh
interpreters: ``asked`` is what tracemalloc counts of Python's requests after a full collection, ``resident``
is how much the process grew. With a HOLDER, the source lines that hold most of it.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import modelled, peers
from reel import Given, given, literal, said

from reelforge_dsl import Timeline

ROOT = Path(__file__).parents[2]
LIMIT = 12_000


def placed(known: Given) -> Timeline:
    """Return the reel after it was asked for its document, which it keeps."""
    reel = said(known)
    reel.manifest()
    return reel


def holders() -> dict[str, Callable[[Given], object]]:
    """Return what makes each thing that is held, by name."""
    found: dict[str, Callable[[Given], object]] = {
        "dict": literal,
        "timeline": said,
        "timeline-placed": placed,
        "manifest": lambda known: said(known).manifest(),
    }
    for name, peer in peers().items():
        found[name] = lambda known, m=peer: modelled(m, known)
    return found


def resident() -> int:
    """Return the bytes of this process in memory, or 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def filled(holder: str, count: int, measure: Callable[[], int]) -> tuple[float, list[Any]]:
    """Return the bytes that one held thing adds, and the things.

    Args:
        holder: A name of `holders`.
        count: How many.
        measure: How many bytes there are now.
    """
    make = holders()[holder]
    make(given())
    known = [given(number) for number in range(count)]
    gc.collect()
    before = measure()
    held = [make(each) for each in known]
    gc.collect()
    return (measure() - before) / count, held


def asked() -> int:
    """Return the bytes that Python asked for and has not given back."""
    return tracemalloc.get_traced_memory()[0]


def top(holder: str, count: int) -> None:
    """Print the source lines whose objects are held, with bytes and objects for one reel.

    What made-up code allocates, such as the methods that attrs writes, counts for the line that called it.
    """
    make = holders()[holder]
    make(given())
    known = [given(number) for number in range(count)]
    gc.collect()
    tracemalloc.start(4)
    held = [make(each) for each in known]
    gc.collect()
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for trace in tracemalloc.take_snapshot().traces:
        place = next((frame for frame in reversed(trace.traceback) if Path(frame.filename).is_file()), None)
        name = "elsewhere" if place is None else f"{shown(Path(place.filename))}:{place.lineno}"
        sizes[name] += trace.size
        counts[name] += 1
    print(f"{holder}: {sizes.total() / len(held):.0f} bytes a reel")
    for name, size in sizes.most_common(25):
        print(f"{size / count:8.0f} B {counts[name] / count:7.1f} objects  {name}")


def shown(path: Path) -> str:
    """Return a file as the table has it: from the checkout's root, or its name alone."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def measured(holder: str, count: int, how: str) -> float:
    """Return the bytes for one held thing, of a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, __file__, str(count), holder, how], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    if len(sys.argv) > 3:
        if sys.argv[3] == "asked":
            tracemalloc.start(1)
        bytes_each, _held = filled(sys.argv[2], count, asked if sys.argv[3] == "asked" else resident)
        print(bytes_each)
    elif len(sys.argv) > 2:
        top(sys.argv[2], count)
    else:
        print(f"{'bytes a reel':20} {'asked':>8} {'resident':>8}")
        for holder in holders():
            sizes = [measured(holder, count, how) for how in ("asked", "resident")]
            limit = f"  limit {LIMIT}" if holder in ("timeline", "manifest") else ""
            print(f"{holder:20} {sizes[0]:8.0f} {sizes[1]:8.0f}{limit}")


if __name__ == "__main__":
    main()
