"""Many calls in flight at once: the async client's throughput at 10 and at 50, and httpx's own beside it.

Usage: python tests/bench/flight.py [ROUNDS]

The service is in another process, on keep-alive connections. It answers at once for the throughput, and
after 200 ms for the last line, where 50 calls go out together.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from reelforge_dsl import AsyncClient

CALLS = 600
ANSWER = json.dumps({"success": True, "job_id": "job_1", "status": "rendering"}).encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n".encode()


async def _serve(port: Any, slow: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                if slow:
                    await asyncio.sleep(slow)
                writer.write(HEAD + ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=512)
    port.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


def served(port: Any, slow: float) -> None:
    """Serve for ever; the process is stopped from outside."""
    asyncio.run(_serve(port, slow))


async def rate(call: Callable[[], Awaitable[object]], in_flight: int) -> float:
    """Return the calls a second with so many of them in flight."""
    left = iter(range(CALLS))

    async def work() -> None:
        for _ in left:
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return CALLS / (time.perf_counter() - began)


async def measured(url: str, rounds: int) -> None:
    """Print calls a second in turn, and their ratios."""
    limits = httpx.Limits(max_connections=100)
    async with AsyncClient("key", base_url=url) as ours, httpx.AsyncClient(limits=limits) as theirs:

        def our_call() -> Awaitable[object]:
            return ours.job("job_1")

        def their_call() -> Awaitable[object]:
            return theirs.get(f"{url}/v1/jobs/job_1")

        found: dict[tuple[str, int], list[float]] = {}
        for _ in range(rounds):
            for name, call in (("ours", our_call), ("httpx", their_call)):
                for in_flight in (10, 50):
                    found.setdefault((name, in_flight), []).append(await rate(call, in_flight))
    for name in ("ours", "httpx"):
        ten, fifty = found[name, 10], found[name, 50]
        ratio = statistics.median(b / a for a, b in zip(ten, fifty, strict=True))
        print(f"{name}: {statistics.median(ten):.0f} calls a second with 10 in flight,")
        print(f"      {statistics.median(fifty):.0f} with 50: {ratio:.2f} of it")


async def together(url: str) -> None:
    """Print how long 50 calls take that are answered after 200 ms each."""
    async with AsyncClient("key", base_url=url) as client:
        for name in ("the first time", "again"):
            began = time.perf_counter()
            await asyncio.gather(*(client.job("job_1") for _ in range(50)))
            print(f"50 calls answered after 200 ms, {name}: {time.perf_counter() - began:.2f} s")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    for slow, bench in ((0.0, lambda url: measured(url, rounds)), (0.2, together)):
        port = multiprocessing.Value("i", 0)
        server = multiprocessing.Process(target=served, args=(port, slow), daemon=True)
        server.start()
        while not port.value:
            time.sleep(0.02)
        asyncio.run(bench(f"http://127.0.0.1:{port.value}"))
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
