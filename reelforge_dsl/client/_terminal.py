"""What someone at a terminal sees of a wait and of a download; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Report = Callable[[int, int | None], object]

_EVERY = 0.2


def is_watched() -> bool:
    """Tell whether stderr is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def status_line() -> Iterator[Callable[[Any], None] | None]:
    """Give a function that shows how a job stands, on one line; ``None`` where nobody looks."""
    if not is_watched():
        yield None
        return
    began, width = time.monotonic(), 0

    def show(job: Any) -> None:
        nonlocal width
        text = f"{job.kind.name} {job.id}: {job.status}, {time.monotonic() - began:.0f} s"
        sys.stderr.write(f"\r{text:<{width}}")
        sys.stderr.flush()
        width = len(text)

    try:
        yield show
    finally:
        if width:
            sys.stderr.write("\n")


@contextmanager
def download_bar(name: str) -> Iterator[Report | None]:
    """Give a function that shows the bytes of a download; ``None`` where nobody looks."""
    if not is_watched():
        yield None
        return
    bar = _tqdm(name)
    if bar is None:
        yield from _plain(name)
        return

    def draw(size: int, total: int | None) -> None:
        bar.total = total
        bar.update(size - bar.n)

    try:
        yield draw
    finally:
        bar.close()


def _tqdm(name: str) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(desc=name, unit="B", unit_scale=True, file=sys.stderr, dynamic_ncols=True)


def _plain(name: str) -> Iterator[Report]:
    shown = 0.0

    def show(size: int, total: int | None) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown < _EVERY and size != total:
            return
        shown = now
        of = "" if total is None else f" of {total / 1e6:.1f}"
        sys.stderr.write(f"\r{name}: {size / 1e6:.1f}{of} MB")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write("\n")
