"""What writing, checking and reading a reel costs beside a dict literal and the json module.

Usage: python tests/bench/authoring.py [ROUNDS]

The reel has 8 layers, 3 texts and 60 caption words. Addresses and words are the caller's, made before on
every side. All in one process: before each batch of a row its floor runs a batch, and the row's ratio is
the median over these pairs. A batch lasts 5 ms of CPU after three calls that are not counted, so caches are
warm on both sides; the garbage collector is on for both.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from peers import modelled, peers
from reel import Given, given, literal, said

from reelforge_dsl import dumps, loads
from reelforge_dsl.rules import check

BATCH_NS = 5_000_000
WARMING = 3

OTHERS = 300
"""Reels with other addresses and words: more than what any check remembers of values it has seen."""

Work = Callable[[], object]


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        name: What is done.
        work: One doing of it.
        floor: What it is compared with.
        limit: The ratio set for it, or ``None``.
    """

    name: str
    work: Work
    floor: Work
    limit: float | None = None


class Measured(NamedTuple):
    """What a row costs.

    Attributes:
        micros: Microseconds of CPU for one call, median.
        ratio: To its floor, median of the pairs.
        low: The lower quartile of the ratios.
        high: The upper quartile of the ratios.
    """

    micros: float
    ratio: float
    low: float
    high: float


def batch(work: Work, calls: int) -> float:
    """Return microseconds of CPU for one call, the caches warm."""
    for _ in range(WARMING):
        work()
    began = time.process_time_ns()
    for _ in range(calls):
        work()
    return (time.process_time_ns() - began) / calls / 1000


def calls_for(work: Work) -> int:
    """Return how many calls fill a batch."""
    return max(5, round(BATCH_NS / 1000 / min(batch(work, 5) for _ in range(5))))


def measured(rows: list[Row], rounds: int) -> list[Measured]:
    """Run every row after its floor, round by round; so all see the same weather."""
    calls = {work: calls_for(work) for row in rows for work in (row.work, row.floor)}
    costs: list[list[float]] = [[] for _ in rows]
    ratios: list[list[float]] = [[] for _ in rows]
    for _ in range(rounds):
        for number, row in enumerate(rows):
            floor = batch(row.floor, calls[row.floor])
            cost = batch(row.work, calls[row.work])
            costs[number].append(cost)
            ratios[number].append(cost / floor)
    found = []
    for cost, ratio in zip(costs, ratios, strict=True):
        low, middle, high = statistics.quantiles(ratio, n=4)
        found.append(Measured(statistics.median(cost), middle, low, high))
    return found


def text_of(plain: dict[str, Any]) -> str:
    """Return plain dicts as the text that `dumps` gives for them."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def spelt_out(known: Given) -> Work:
    """Return a function that is the whole document as one literal, its words too."""
    namespace: dict[str, Any] = {}
    exec(compile(f"def whole():\n    return {literal(known)!r}", "whole", "exec"), namespace)
    return namespace["whole"]


def writing(known: Given) -> list[Row]:
    """Return the rows of writing; the floor is the first."""
    manifest, whole = said(known).manifest(), spelt_out(known)
    one, other = itertools.cycle(others()), itertools.cycle(others())

    def floor() -> str:
        return text_of(literal(known))

    rows = [
        Row("a dict literal and json.dumps", floor, floor),
        Row("the same, the words in the literal", lambda: text_of(whole()), floor),
        Row("verbs, placing, every rule, JSON", lambda: dumps(said(known).manifest()), floor, 3.0),
        Row(
            "the same, another reel each time",
            lambda: dumps(said(next(one)).manifest()),
            lambda: text_of(literal(next(other))),
        ),
        Row("verbs, placing, JSON", lambda: said(known).to_json(), floor),
        Row("verbs alone", lambda: said(known), floor),
        Row("check(manifest): every rule", lambda: check(manifest), floor),
        Row("dumps(manifest)", lambda: dumps(manifest), floor),
    ]
    for name, peer in peers().items():
        how = "checked" if name == "pydantic" else "words checked"
        rows += [
            Row(f"{name}: models ({how}), JSON", lambda m=peer: m.written(modelled(m, known)), floor),
            Row(
                f"{name}: dict literal checked, JSON",
                lambda m=peer: m.written(m.taken(literal(known))),
                floor,
            ),
        ]
    return rows


def reading(known: Given) -> list[Row]:
    """Return the rows of reading; the floor is the first."""
    text = said(known).to_json()
    texts = [said(each).to_json() for each in others()]
    one, other = itertools.cycle(texts), itertools.cycle(texts)

    def floor() -> object:
        return json.loads(text)

    return [
        Row("json.loads", floor, floor),
        Row("loads and every rule", lambda: check(loads(text)), floor, 5.5),
        Row(
            "the same, another text each time",
            lambda: check(loads(next(one))),
            lambda: json.loads(next(other)),
        ),
        Row("loads", lambda: loads(text), floor),
        *(
            Row(f"{name}: fields checked", lambda m=peer: m.read(text), floor)
            for name, peer in peers().items()
        ),
    ]


def others() -> list[Given]:
    """Return what the caller has for reels with nothing in common."""
    return [given(number) for number in range(1, 1 + OTHERS)]


def must_agree(known: Given) -> None:
    """Stop where the sides do not make the same document."""
    text = said(known).to_json()
    if text_of(literal(known)) != text:
        sys.exit("the verbs and the dict literal of tests/bench/reel.py differ: make them say the same")
    for name, peer in peers().items():
        if json.loads(peer.written(modelled(peer, known))) != json.loads(text):
            sys.exit(
                f"the models of tests/bench/peer_{name}.py make another document: make them say the same"
            )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    known = given()
    must_agree(known)
    for rows in (writing(known), reading(known)):
        print(f"{'':38} {'µs':>7}  {'ratio':>6}  (middle half)")
        for row, cost in zip(rows, measured(rows, rounds), strict=True):
            limit = "" if row.limit is None else f"  limit {row.limit}"
            spread = f"({cost.low:.2f} to {cost.high:.2f})"
            print(f"{row.name:38} {cost.micros:7.1f}  {cost.ratio:6.2f}  {spread}{limit}")


if __name__ == "__main__":
    main()
