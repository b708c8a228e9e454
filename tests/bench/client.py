"""What a call costs beside ``httpx.Client.post(json=the same document)``, both over one loopback server.

The reel has 8 layers, 3 texts and 60 caption words; CPU time of this process only, writing the body
included on both sides, in interleaved pairs. The server runs in another process and keeps connections.
Usage: python tests/bench/client.py [PAIRS]
"""

import json
import multiprocessing
import socket
import statistics
import sys
import time
from collections.abc import Callable

import httpx
from reel import given, said

from reelforge_dsl import Client

ANSWER = json.dumps({"success": True, "job_id": "9e1d1a87", "request_id": "req_1"}).encode()
CALLS = 20


def serve(listening: socket.socket) -> None:
    """Answer every request the same, on one connection a thread."""
    import threading

    head = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(ANSWER)

    def talk(peer: socket.socket) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                piece = peer.recv(1 << 16)
                if not piece:
                    return
                held += piece
            top, _, held = held.partition(b"\r\n\r\n")
            length = int(top.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while len(held) < length:
                held += peer.recv(1 << 16)
            held = held[length:]
            peer.sendall(head + ANSWER)

    while True:
        peer, _ = listening.accept()
        threading.Thread(target=talk, args=(peer,), daemon=True).start()


def cost(work: Callable[[], object]) -> float:
    """Return the microseconds of CPU of one call, over a run of calls."""
    began = time.process_time_ns()
    for _ in range(CALLS):
        work()
    return (time.process_time_ns() - began) / 1000 / CALLS


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listening,), daemon=True)
    server.start()
    reel = said(given())
    manifest, plain = reel.manifest(), reel.to_dict()
    key = {"authorization": "Bearer test-key", "idempotency-key": "8a0a1d2c-4f6e-4d1b-9c53-0f1e2d3c4b5a"}
    floor = httpx.Client(headers=key, timeout=60)
    own = Client("test-key", base_url=url)
    borrowed = Client("test-key", base_url=url, http_client=httpx.Client())
    rows: list[tuple[str, Callable[[], object]]] = [
        ("render(dict)", lambda: own.render(plain)),
        ("render(Manifest)", lambda: own.render(manifest)),
        ("render(Timeline), every rule", lambda: own.render(reel)),
        ("render(dict), your httpx.Client", lambda: borrowed.render(plain)),
    ]

    def post() -> object:
        return floor.post(f"{url}/v1/videos/render", json=plain).json()["job_id"]

    for _, work in [("", post), *rows]:
        cost(work)
    for name, work in rows:
        ratios, ours, theirs = [], [], []
        for _ in range(pairs):
            theirs.append(cost(post))
            ours.append(cost(work))
            ratios.append(ours[-1] / theirs[-1])
        told = f"{statistics.median(ours):6.0f} µs beside {statistics.median(theirs):6.0f} µs"
        print(f"{name:34} {told}  median ratio {statistics.median(ratios):5.2f}×")
    server.terminate()


if __name__ == "__main__":
    main()
