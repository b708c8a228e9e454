"""Calls whose network breaks in some fifty ways: one job at most, the key on every error, no call too late.

Usage: python tests/bench/faults.py [COUNT] [SEED]

Each try is a client, sync or async, against a service of its own on real sockets (`faulty.py`), broken for
the first request, the second, or all. COUNT of all combinations are drawn by SEED; without it, all run. The
last column counts what must not be.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from faulty import KINDS, Loop, Service

from reelforge_dsl import AsyncClient, Client, Timeline
from reelforge_dsl.errors import JobTimeoutError, ReelforgeError

KEY = "rf_live_never_to_be_shown"
SECONDS = 3.0
"""What a call has in all."""

GRACE = 0.75
"""Seconds that a busy machine may be late."""

RETRIES = 2
AT_ONCE = 12

CALLS = ("render", "recipe", "music", "validate", "job", "wait", "request")
PLACES = ("first", "second", "always")
FILM = Timeline().video("https://example.com/a.mp4", duration=5)


class Case(NamedTuple):
    """One try: what breaks, when, in which call, of which client."""

    kind: str
    place: str
    call: str
    is_async: bool


class Outcome(NamedTuple):
    """What became of a try.

    Attributes:
        case: The try.
        ended: ``result``, or the error's class.
        trouble: What must not be, or ``""``.
        late: Seconds beyond the limit.
    """

    case: Case
    ended: str
    trouble: str
    late: float


def cases() -> Iterator[Case]:
    """Yield every combination."""
    for kind, place, call, is_async in itertools.product(KINDS, PLACES, CALLS, (False, True)):
        if kind != "good" or place == "first":
            yield Case(kind, place, call, is_async)


def _service(case: Case) -> Service:
    script = {"first": [case.kind], "second": ["503, Retry-After 0.2", case.kind], "always": [case.kind]}
    at_connection = case.kind in ("refused", "reset at once", "stall at once")
    target = {"recipe": "render", "job": "read", "wait": "read", "request": "other"}.get(case.call, case.call)
    if at_connection:
        target = "any"
    steps = [case.kind] if at_connection else script[case.place]
    return Service(steps, forever=case.place == "always", target=target)


def _recipe(client: Any) -> Any:
    variables = {"audio_url": "https://example.com/a.mp3", "image_urls": ["https://a.com/1.jpg"] * 2}
    return client.recipe("photo_slideshow", "bold", variables)


def _call(client: Any, name: str) -> Any:
    match name:
        case "render":
            return client.render(FILM)
        case "recipe":
            return _recipe(client)
        case "music":
            return client.music("calm piano")
        case "validate":
            return client.validate(FILM)
        case "request":
            return client.request("POST", "/v1/other", {"idempotency_key": "own-key", "a": 1})
        case _:
            return client.job("job_1")


def _tried(case: Case, port: int) -> tuple[Any, float]:
    """Make the call with threads' client; return its result or error, and its seconds."""
    with Client(KEY, base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, retries=RETRIES) as client:
        began = time.monotonic()
        try:
            if case.call == "wait":
                job = client.render(FILM)
                began = time.monotonic()
                return job.wait(timeout=SECONDS, poll=0.1), time.monotonic() - began
            return _call(client, case.call), time.monotonic() - began
        except Exception as exc:  # noqa: BLE001 - what is raised is what is judged
            return exc, time.monotonic() - began


async def _tried_async(case: Case, port: int) -> tuple[Any, float]:
    """Make the call with asyncio's client."""
    base_url = f"http://127.0.0.1:{port}"
    async with AsyncClient(KEY, base_url=base_url, timeout=SECONDS, retries=RETRIES) as client:
        began = time.monotonic()
        try:
            if case.call == "wait":
                job = await client.render(FILM)
                began = time.monotonic()
                return await job.wait(timeout=SECONDS, poll=0.1), time.monotonic() - began
            return await _call(client, case.call), time.monotonic() - began
        except Exception as exc:  # noqa: BLE001 - what is raised is what is judged
            return exc, time.monotonic() - began


def _troubles(case: Case, service: Service, result: Any, seconds: float) -> Iterator[str]:
    """Yield what must not be."""
    posts = [one for one in service.arrived if one.method == "POST"]
    if len(service.jobs) > 1:
        yield f"{len(service.jobs)} jobs"
    if len(service.digests()) > 1:
        yield "key or body changed between tries"
    if case.call not in ("wait", "job") and len(service.arrived) > 1 + RETRIES:
        yield f"{len(service.arrived)} requests"
    if seconds > SECONDS + GRACE:
        yield f"{seconds - SECONDS:.2f} s late"
    if service.strangers:
        yield "the redirect was followed"
    keys = {one.headers.get("idempotency-key") for one in posts} - {None}
    if isinstance(result, BaseException):
        yield from _error_troubles(case, result, keys)
    elif case.call in ("render", "recipe", "music"):
        named = {"done, another id": "job_7", "done, numbers for ids": "1"}.get(case.kind, "job_1")
        if list(service.jobs.values()) != ["job_1"] or result.id not in ("job_1", named):
            yield f"a handle of {result.id}, and jobs {service.jobs}"
        if {result.idempotency_key} != keys:
            yield "the handle has another key"


def _error_troubles(case: Case, error: BaseException, keys: set[str | None]) -> Iterator[str]:
    if not isinstance(error, ReelforgeError):
        yield f"{type(error).__name__}: {error}"
        return
    if KEY in "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)):
        yield "the API key is shown"
    if case.call in ("render", "recipe", "music"):
        held = getattr(error, "idempotency_key", None)
        if held is None or (keys and {held} != keys):
            yield f"{type(error).__name__} with the key {held!r}"
    if case.call == "wait" and isinstance(error, JobTimeoutError) and error.job.id != "job_1":
        yield "the job was forgotten"


def _judged(case: Case, service: Service, result: Any, seconds: float) -> Outcome:
    ended = type(result).__name__ if isinstance(result, BaseException) else "result"
    return Outcome(case, ended, "; ".join(_troubles(case, service, result, seconds)), seconds - SECONDS)


def run(count: int | None, seed: str) -> Iterator[Outcome]:
    """Make every try, or so many drawn by the seed.

    Args:
        count: How many; ``None``: all.
        seed: Of the draw.
    """
    chosen = list(cases())
    random.Random(seed).shuffle(chosen)
    chosen = chosen[:count]
    with Loop() as loop, ThreadPoolExecutor(AT_ONCE) as pool:

        def one(case: Case) -> Outcome:
            service = _service(case)
            loop.run(service.start())
            try:
                if case.is_async:
                    result, seconds = asyncio.run(_tried_async(case, service.port))
                else:
                    result, seconds = _tried(case, service.port)
                return _judged(case, service, result, seconds)
            finally:
                loop.run(service.stop())

        yield from pool.map(one, chosen)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else None
    seed = sys.argv[2] if len(sys.argv) > 2 else "2026"
    began = time.monotonic()
    outcomes = list(run(count, seed))
    columns = [name for name, _ in Counter(one.ended for one in outcomes).most_common()]
    print(f"| seed {seed} | " + " | ".join(columns) + " | must not be |")
    print("|---" * (len(columns) + 2) + "|")
    for kind in KINDS:
        mine = [one for one in outcomes if one.case.kind == kind]
        ends = Counter(one.ended for one in mine)
        cells = " | ".join(str(ends[name]) for name in columns)
        print(f"| {kind} | {cells} | {sum(bool(one.trouble) for one in mine)} |")
    for one in outcomes:
        if one.trouble:
            print(tuple(one.case), one.ended, "--", one.trouble, file=sys.stderr)
    latest = max(one.late for one in outcomes)
    print(f"\n{len(outcomes)} tries, {len(KINDS)} kinds, {time.monotonic() - began:.0f} s")
    print(f"the latest call ended {latest:.2f} s after its limit of {SECONDS:g} s")


if __name__ == "__main__":
    main()
