"""Fifty callers for a minute on the served service: their answers, how long they wait, and its memory.

Usage: python tests/bench/served.py [SECONDS [CALLERS]]

The service is a process of its own with its store on disk; what makes its films is a stand-in that
writes 64 KiB, so that the figures are those of the service and not of FFmpeg. Callers validate,
queue, look, download whole and in parts, send what is refused, and hang up half-way.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

from reelforge_dsl import Timeline

SERVER = """
import sys
from reelforge_dsl.local import _serve, __main__ as main
from reelforge_dsl.local import Made, output_of

class Quick:
    def make(self, job, folder, report):
        film = folder / f"{job.id}.mp4"
        film.write_bytes(bytes(65536))
        return Made((output_of(film, "video/mp4"),))

def serve(*args, **settings):
    _serve.serve(*args, **{**settings, "renderer": Quick()})

main.serve = serve
sys.exit(main.main())
"""
REEL = Timeline("9:16").video("https://example.com/walk.mp4", duration=4).text("Hi", start=0, duration=2)
BODY = REEL.to_json().encode()
KEY = "k3y-of-the-bench"
HEAD = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
BOUNDED = {429, 503}
WANTED = {
    "validate": {200},
    "queue": {202, *BOUNDED},
    "look": {200},
    "download": {200},
    "part": {206},
    "faulty": {422},
    "no key": {401},
    "too long": {413},
}


class Figures:
    """What all callers saw."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.left = 0

    def add(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[kind, status] += 1
            self.took[kind].append(seconds)


class Caller:
    """One caller: a connection of its own, and a film to look at."""

    def __init__(self, port: int, figures: Figures, seed: int) -> None:
        self.port = port
        self.figures = figures
        self.chance = random.Random(seed)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.job = self.film = ""

    def run(self, until: float) -> None:
        acts = [self.validate, self.queue, self.look, self.look, self.download, self.part, self.odd]
        while time.monotonic() < until:
            try:
                self.chance.choice(acts)()
            except (OSError, http.client.HTTPException) as exc:
                with self.figures.lock:
                    self.figures.errors[f"{type(exc).__name__}: {exc}"[:80]] += 1
                self.connection.close()
        self.connection.close()

    def ask(self, kind: str, method: str, path: str, body: bytes | None = None, **more: str) -> bytes:
        began = time.perf_counter()
        self.connection.request(method, path, body, {**HEAD, **more})
        reply = self.connection.getresponse()
        data = reply.read()
        self.figures.add(kind, reply.status, time.perf_counter() - began)
        return data

    def validate(self) -> None:
        self.ask("validate", "POST", "/v1/videos/validate", BODY)

    def queue(self) -> None:
        self.job = json.loads(self.ask("queue", "POST", "/v1/videos/render", BODY)).get("job_id") or self.job

    def look(self) -> None:
        if self.job:
            found = json.loads(self.ask("look", "GET", f"/v1/jobs/{self.job}"))
            self.film = re.sub("^http://[^/]+", "", found.get("output_url") or "") or self.film

    def download(self) -> None:
        if self.film:
            assert len(self.ask("download", "GET", self.film)) == 65536

    def part(self) -> None:
        if self.film:
            assert len(self.ask("part", "GET", self.film, range="bytes=1000-1999")) == 1000

    def odd(self) -> None:
        """Do one of the things that are refused, or leave half-way."""
        which = self.chance.randrange(4)
        if which == 0:
            self.ask("faulty", "POST", "/v1/videos/render", b"{}")
        elif which == 1:
            self.ask("no key", "GET", "/v1/jobs/x", authorization="Bearer wrong")
        elif which == 2:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as peer:
                head = "POST /v1/videos/render HTTP/1.1\r\nHost: localhost\r\n"
                peer.sendall(f"{head}Content-Length: {20 << 20}\r\n\r\n".encode())
                self.figures.add("too long", int(peer.recv(20).split()[1]), 0)
        else:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as peer:
                head = "POST /v1/videos/render HTTP/1.1\r\nHost: localhost\r\n"
                peer.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode() + bytes(2_000_000))
            with self.figures.lock:
                self.figures.left += 1


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


def main(seconds: float, callers: int) -> int:
    """Run it and print the tables; 1 when anything but what is wanted was answered."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SERVER, "--port", "0", "--data-dir", folder, "--api-key", KEY]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        line = server.stdout.readline() if server.stdout else ""
        port = int(line.partition("127.0.0.1:")[2].partition(",")[0])
        figures, samples = Figures(), []
        until = time.monotonic() + seconds
        crew = [Caller(port, figures, seed) for seed in range(callers)]
        threads = [threading.Thread(target=caller.run, args=(until,)) for caller in crew]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        with contextlib.suppress(FileNotFoundError):
            while any(thread.is_alive() for thread in threads):
                samples.append((time.monotonic() - began, memory(server.pid)))
                time.sleep(seconds / 60)
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGINT)
        code = server.wait(60)
    return told(figures, samples, code)


def told(figures: Figures, samples: list[tuple[float, float]], code: int) -> int:
    total = sum(figures.statuses.values())
    print(
        f"{total} answers in {samples[-1][0]:.0f} s, {total / samples[-1][0]:.0f} a second; exit code {code}"
    )
    print(f"{figures.left} callers left within their body\n")
    print("| call | answers | p50 ms | p99 ms | largest ms |\n|---|---|---|---|---|")
    for kind in WANTED:
        took = sorted(figures.took[kind]) or [0.0]
        said = ", ".join(f"{n} × {s}" for (k, s), n in sorted(figures.statuses.items()) if k == kind)
        half, high, most = (1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.99, 1))
        print(f"| {kind} | {said} | {half:.1f} | {high:.1f} | {most:.0f} |")
    print("\n| second | MB |\n|---|---|")
    for moment, held in samples[:: max(1, len(samples) // 10)]:
        print(f"| {moment:.0f} | {held:.1f} |")
    print(f"\nlargest {max(held for _, held in samples):.1f} MB, last {samples[-1][1]:.1f} MB")
    unwanted = {key: n for key, n in figures.statuses.items() if key[1] not in WANTED[key[0]]}
    print(f"unwanted answers: {unwanted or 'none'}; broken connections: {dict(figures.errors) or 'none'}")
    return 1 if unwanted or figures.errors or code else 0


if __name__ == "__main__":
    words = [float(word) for word in sys.argv[1:]]
    sys.exit(main(words[0] if words else 60, int(words[1]) if len(words) > 1 else 50))
