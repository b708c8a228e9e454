"""Deliveries broken in some forty ways: each is believed or refused as it must be, and nothing else happens.

Usage: python tests/bench/fuzz_webhooks.py [COUNT] [SEED]

A row of the table is a kind of mutation of a rightly signed delivery. Kinds that break the trust must be
refused and those that change nothing must be taken; the last column counts what must not be: another verdict,
an error that is no ``WebhookError``, a secret, a signature or the body in a message. Memory is the process's
peak after a twentieth of the run and at its end, and the largest peak of single deliveries by their size.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
import traceback
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from reelforge_dsl import WebhookError, webhooks

HEADER = webhooks.SCHEME.header
SECRET = "whsec_5e0c9a7d41b2"
NOW = 1_900_000_000
OUTCOMES = ("taken", "refused", "failed")
NAMES = (
    "video.render.completed",
    "video.render.failed",
    "music.generation.completed",
    "music.generation.failed",
    "video.render.started",
)
TAKE, REFUSE, EITHER = "taken", "refused", ""


class Delivery(NamedTuple):
    """What arrives, and the verdict that it must have; an empty verdict leaves it open."""

    body: bytes
    headers: Any
    verdict: str
    now: float = NOW
    secret: str | tuple[str, ...] = SECRET


class Found(NamedTuple):
    """What became of one delivery."""

    kind: str
    outcome: str
    seconds: float
    size: int
    trouble: str = ""


def any_event(rng: random.Random) -> dict[str, Any]:
    """Return an event of any of the shapes that the service may use."""
    inner: dict[str, Any] = {"job_id": f"job-{rng.randrange(10**6)}", "status": "completed"}
    inner["output_url"] = "https://cdn.example.com/réel.mp4?token=tok_9c1f"
    inner["billing"] = {"render_credit_cost": rng.randrange(9), "total_credit_cost": 9}
    inner["metadata"] = {f"key {at}": rng.choice(("v", 1, True, "🎬")) for at in range(rng.randrange(4))}
    inner["tracks"] = [{"id": f"t{at}", "audio_url": "https://cdn.example.com/a.mp3"} for at in range(2)]
    inner["error"] = {"code": "caption_alignment_failed", "message": "a poor match"}
    name = rng.choice(NAMES)
    return {"type": name, **inner} if rng.random() < 0.5 else {"id": "evt-1", "type": name, "data": inner}


def text_of(event: Any, rng: random.Random) -> bytes:
    return json.dumps(event, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1))).encode()


def signed(body: bytes, verdict: str, headers: Any = None, at: float = NOW) -> Delivery:
    """Sign a body; the headers are those given, and the signature in a mapping when there are none."""
    value = webhooks.sign(body, SECRET, at=at)
    return Delivery(body, {HEADER: value} if headers is None else headers(value), verdict)


# Deliveries that must be taken


def _headers_odd(body: bytes, rng: random.Random) -> Delivery:
    name = "".join(rng.choice((sign.lower(), sign.upper())) for sign in HEADER)
    forms: tuple[Callable[[str], Any], ...] = (
        lambda value: {name: value},
        lambda value: [("host", "x"), (name, value)],
        lambda value: [(b"x", bytes([rng.randrange(128, 256)])), (name.encode(), value.encode())],
        lambda value: iter([(name, value)]),
    )
    return signed(body, TAKE, rng.choice(forms))


def _rotated(body: bytes, rng: random.Random) -> Delivery:
    keys = [f"old-{at}" for at in range(rng.randrange(1, 5))] + [SECRET]
    rng.shuffle(keys)
    value = webhooks.sign(body, keys, at=NOW)
    return Delivery(body, {HEADER: value}, TAKE, secret=rng.choice((SECRET, ("other", SECRET))))


def _in_time(body: bytes, rng: random.Random) -> Delivery:
    return signed(body, TAKE)._replace(now=NOW + rng.uniform(-300, 300))


def _blanks(body: bytes, rng: random.Random) -> Delivery:
    pad = rng.choice((" ", "\t", "  "))
    return signed(body, TAKE, lambda value: {HEADER: pad + value.replace(",", pad + "," + pad) + ",v2=x,,"})


# Deliveries that must be refused


def _bits(body: bytes, rng: random.Random) -> Delivery:
    broken = bytearray(body)
    broken[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    return signed(body, REFUSE)._replace(body=bytes(broken))


def _cut(body: bytes, rng: random.Random) -> Delivery:
    return signed(body, REFUSE)._replace(body=body[: rng.randrange(len(body))])


def _grown(body: bytes, rng: random.Random) -> Delivery:
    at = rng.randrange(len(body) + 1)
    more = rng.choice((b" ", b"\0", b"{", rng.randbytes(9), b"\n"))
    return signed(body, REFUSE)._replace(body=body[:at] + more + body[at:])


def _rewritten(body: bytes, rng: random.Random) -> Delivery:
    return signed(body, REFUSE)._replace(body=json.dumps(json.loads(body), separators=(" ,", " :")).encode())


def _swapped(body: bytes, rng: random.Random) -> Delivery:
    return signed(text_of({"type": "x", "n": rng.random()}, rng), REFUSE)._replace(body=body)


def _digit(body: bytes, rng: random.Random) -> Delivery:
    def changed(value: str) -> Any:
        at = rng.randrange(len(value) - 64, len(value))
        return {
            HEADER: value[:at]
            + rng.choice([s for s in "0123456789abcdef" if s != value[at]])
            + value[at + 1 :]
        }

    return signed(body, REFUSE, changed)


def _in_value(change: Callable[[str, random.Random], str]) -> Callable[[bytes, random.Random], Delivery]:
    """Return the mutation that changes the header's value and must be refused."""
    return lambda body, rng: signed(body, REFUSE, lambda value: {HEADER: change(value, rng)})


def _times(value: str, rng: random.Random) -> str:
    odd = ("", "now", "-1", "+1900000000", "1.9e9", "1_900_000_000", "٣", "0x71", "9" * 13, "9" * 4000, "NaN")
    return value.replace(str(NOW), rng.choice(odd))


def _moved(value: str, rng: random.Random) -> str:
    return value.replace(str(NOW), str(NOW + rng.choice((-1, 1)) * rng.randint(1, 300)))


def _not_hex(value: str, rng: random.Random) -> str:
    head, digest = value.split("v1=")
    odd = (
        digest[:-1],
        digest + "0",
        digest[:-1] + "g",
        digest[:-2] + " 0",
        digest[:-1] + "é",
        "",
        "0x" + digest,
    )
    return f"{head}v1={rng.choice(odd)}"


def _noise(value: str, rng: random.Random) -> str:
    return "".join(
        chr(rng.choice((rng.randrange(32, 127), rng.randrange(256)))) for _ in range(rng.randrange(200))
    )


def _named(value: str, rng: random.Random) -> str:
    return value.replace("v1=", rng.choice(("v0=", "V1=", "v1:", "sha256=", "v11=", "=")))


def _many(value: str, rng: random.Random) -> str:
    return value + ",v1=" + "0" * 64 + ("," + value.split(",")[1]) * rng.randint(15, 60)


def _late(body: bytes, rng: random.Random) -> Delivery:
    away = rng.choice((-1, 1)) * rng.choice((300.01, 301, 3600, 10**9))
    return signed(body, REFUSE)._replace(now=NOW + away)


def _other_secret(body: bytes, rng: random.Random) -> Delivery:
    odd = (SECRET + " ", SECRET[:-1], SECRET.upper(), "x", ("a", "b"))
    return signed(body, REFUSE)._replace(secret=rng.choice(odd))


def _unsigned(body: bytes, rng: random.Random) -> Delivery:
    odd = ("X-Signature", "ReelForger_Signature", "ReelForger-Signature ", "")
    return signed(body, REFUSE, lambda value: {rng.choice(odd): value})


def _doubled(body: bytes, rng: random.Random) -> Delivery:
    return signed(body, REFUSE, lambda value: [(HEADER, value), (HEADER.lower(), value)])


def _huge(body: bytes, rng: random.Random) -> Delivery:
    return Delivery(b" " * (webhooks.MAX_BYTES + 1), {HEADER: f"t={NOW},v1={'0' * 64}"}, REFUSE)


# Rightly signed bodies that must be refused, or need not be


def _as_body(*bodies: bytes | Callable[[random.Random], bytes]) -> Callable[[bytes, random.Random], Delivery]:
    """Return the mutation that signs one of some bodies that are no events."""

    def mutate(body: bytes, rng: random.Random) -> Delivery:
        one = rng.choice(bodies)
        return signed(one if isinstance(one, bytes) else one(rng), REFUSE)

    return mutate


def _nested(rng: random.Random) -> bytes:
    deep = rng.choice((101, 150, 1000, 20_000))
    return b'{"type":"x","a":' * deep + b"1" + b"}" * rng.choice((0, deep))


def _token(body: bytes, rng: random.Random) -> Delivery:
    odd = (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "9" * 5000,
        "undefined",
        "01",
        "'x'",
        '"\\ud83d"',
        '"\\x"',
    )
    return signed(body[:-1] + f',"x":{rng.choice(odd)}'.encode() + b"}", REFUSE)


def _typeless(body: bytes, rng: random.Random) -> Delivery:
    event = json.loads(body)
    event["type"] = rng.choice((None, 5, "", " ", [], {}, True))
    if rng.random() < 0.3:
        del event["type"]
    return signed(text_of(event, rng), REFUSE)


def _value(body: bytes, rng: random.Random) -> Delivery:
    """Put any value where one stood: an event is read, with what it says left out."""
    event = json.loads(body)
    held = event.get("data", event)
    key = rng.choice([key for key in held if key != "type"])
    held[key] = rng.choice(
        (None, 5, -0.0, "x", "\0\u202e", True, [], {}, [[1]], [None], {"id": 5}, 10**400, 5e-324)
    )
    return signed(text_of(event, rng), TAKE)


def _key_twice(body: bytes, rng: random.Random) -> Delivery:
    return signed(b'{"type":"video.render.failed","job_id":[],' + body[1:], TAKE)


def _wide(body: bytes, rng: random.Random) -> Delivery:
    many = {"type": "x", "data": {f"k{at}": [at] for at in range(rng.choice((10, 100, 2000)))}}
    return signed(text_of(many, rng), TAKE)


def _flipped_then_signed(body: bytes, rng: random.Random) -> Delivery:
    broken = bytearray(body)
    for _ in range(rng.randint(1, 4)):
        broken[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    return signed(bytes(broken), EITHER)


def _cut_then_signed(body: bytes, rng: random.Random) -> Delivery:
    return signed(body[: rng.randrange(len(body))], REFUSE)


def _noise_then_signed(body: bytes, rng: random.Random) -> Delivery:
    return signed(rng.randbytes(rng.randrange(300)), REFUSE)


KINDS: dict[str, Callable[[bytes, random.Random], Delivery]] = {
    "as it is": lambda body, rng: signed(body, TAKE),
    "headers of any form and case": _headers_odd,
    "several signatures or secrets": _rotated,
    "a clock within 300 s": _in_time,
    "blanks and unknown keys in the header": _blanks,
    "a mark at the start (BOM)": lambda body, rng: signed(b"\xef\xbb\xbf" + body, TAKE),
    "a bit of the body flipped": _bits,
    "the body cut off": _cut,
    "the body grown": _grown,
    "the body parsed and written again": _rewritten,
    "another body's signature": _swapped,
    "a digit of the signature changed": _digit,
    "a signature of zeros": _in_value(lambda value, rng: f"t={NOW},v1={'0' * 64}"),
    "a signature that is no hex": _in_value(_not_hex),
    "no signature": _in_value(lambda value, rng: f"t={NOW}"),
    "no time": _in_value(lambda value, rng: value.split(",")[1]),
    "a time that is none": _in_value(_times),
    "another time": _in_value(_moved),
    "the time twice": _in_value(lambda value, rng: f"{value},t={rng.choice((NOW, 0, ''))}"),
    "the keys misnamed": _in_value(_named),
    "too many signatures": _in_value(_many),
    "the header cut off": _in_value(lambda value, rng: value[: rng.randrange(len(value))]),
    "the header of noise": _in_value(_noise),
    "a long header": _in_value(lambda value, rng: value + rng.choice((",", "x", "v1=,", "=")) * 5000),
    "an empty header": _in_value(lambda value, rng: rng.choice(("", " ", ",", "=", ",=,="))),
    "the header missing": _unsigned,
    "the header twice": _doubled,
    "too old, or of the future": _late,
    "another secret": _other_secret,
    "a body that is too large": _huge,
    "signed: empty, or no object": _as_body(b"", b" ", b"[]", b"null", b"5", b'"x"', b"true", b"[{}]", b"\0"),
    "signed: not UTF-8": _as_body(
        b"\xff", b'{"type":"\xe9"}', '{"type":"x"}'.encode("utf-16"), b"\xed\xa0\x80"
    ),
    "signed: two documents": lambda body, rng: signed(body + rng.choice((b"", b"\n", b",")) + body, REFUSE),
    "signed: nested without end": _as_body(_nested, b"[" * 10_000, b'[{"a":' * 5_000),
    "signed: a token that is no JSON": _token,
    "signed: no type": _typeless,
    "signed: cut off": _cut_then_signed,
    "signed: noise": _noise_then_signed,
    "signed: bits flipped": _flipped_then_signed,
    "signed: any value anywhere": _value,
    "signed: a key twice": _key_twice,
    "signed: wide": _wide,
}
RARE = {"a body that is too large": 0.02, "signed: wide": 0.2, "signed: nested without end": 0.2}
"""Kinds that cost as much as many others, and which share of their turns they take."""


def outcome_of(delivery: Delivery) -> str:
    """Unwrap a delivery and use what it gives; return what became of it.

    Raises:
        AssertionError: Something is not as it must be.
    """
    outcome, shown, cause = "taken", "", None
    try:
        event = webhooks.unwrap(delivery.body, delivery.headers, delivery.secret, now=delivery.now)
        assert isinstance(event.type, str)
        assert event.job_id is None or isinstance(event.job_id, str)
        assert isinstance(event.metadata, dict)
        assert event.raw.get("type", event.raw.get("event")) == event.type
        assert hash(event) == hash(event)
    except WebhookError as error:
        outcome, shown = "refused", str(error)
        cause = error.__context__
    assert cause is None, "the error holds what it came from"
    assert delivery.verdict in (outcome, EITHER), f"it must be {delivery.verdict}: {shown or 'it was not'}"
    assert SECRET not in shown
    assert "tok_9c1f" not in shown
    assert not any(digest in shown for digest in _digests(delivery.headers))
    return outcome


def _digests(headers: Any) -> list[str]:
    value = headers.get(HEADER, "") if isinstance(headers, dict) else ""
    return [part[3:35] for part in value.split(",") if len(part) >= 35]


def look_at(kind: str, delivery: Delivery) -> Found:
    """Take one delivery, whatever happens."""
    began = time.process_time()
    trouble = ""
    try:
        outcome = outcome_of(delivery)
    except Exception:  # noqa: BLE001 - whatever it is, it is what this program looks for
        outcome, trouble = "failed", f"{traceback.format_exc(limit=-3)}\n{delivery!r:.3000}"
    return Found(kind, outcome, time.process_time() - began, len(delivery.body), trouble)


def deliveries(count: int, seed: str) -> Iterator[tuple[str, Delivery]]:
    """Yield deliveries of every kind in turn, the same ones for the same seed."""
    rng = random.Random(seed)
    done = 0
    while True:
        for kind, mutate in KINDS.items():
            if rng.random() > RARE.get(kind, 1) and done >= len(KINDS):
                continue
            if done == count:
                return
            done += 1
            yield kind, mutate(text_of(any_event(rng), rng), rng)


def run(count: int, seed: str) -> Iterator[Found]:
    """Yield what became of some deliveries."""
    for kind, delivery in deliveries(count, seed):
        yield look_at(kind, delivery)


def peaks(count: int, seed: str) -> tuple[float, int]:
    """Return the largest peak of memory of single deliveries: bytes by byte of body, and in bytes."""
    tracemalloc.start()
    by_byte, most = 0.0, 0
    for kind, delivery in deliveries(count, seed):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        look_at(kind, delivery)
        peak = tracemalloc.get_traced_memory()[1] - before
        by_byte, most = max(by_byte, peak / max(len(delivery.body), 4096)), max(most, peak)
    tracemalloc.stop()
    return by_byte, most


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    began = time.perf_counter()
    counts: Counter[tuple[str, str]] = Counter()
    failed: list[Found] = []
    slow: dict[str, Found] = {}
    early = 0
    for done, found in enumerate(run(count, seed)):
        counts[found.kind, found.outcome] += 1
        if found.trouble:
            failed = [*failed, found][:20]
        if done == count // 20:
            early = _resident()
        if done > len(KINDS) and (found.kind not in slow or found.seconds > slow[found.kind].seconds):
            slow[found.kind] = found
    print(f"| seed {seed} | " + " | ".join(OUTCOMES) + " |\n|---|" + "---|" * len(OUTCOMES))
    for kind in KINDS:
        print(f"| {kind} | " + " | ".join(f"{counts[kind, outcome]:,}" for outcome in OUTCOMES) + " |")
    totals = [sum(n for (_, outcome), n in counts.items() if outcome == wanted) for wanted in OUTCOMES]
    print(f"| **all {sum(totals):,}, {len(KINDS)} kinds** | " + " | ".join(f"{n:,}" for n in totals) + " |")
    print(f"peak of the process: {early:,} kB after {count // 20:,}, {_resident():,} kB after {count:,}")
    by_byte, most = peaks(min(count, 5000), seed)
    print(
        f"largest peak of one delivery: {most:,} bytes; {by_byte:.1f} bytes a byte of body (of 4 kB at least)"
    )
    worst = max(slow.values(), key=lambda found: found.seconds)
    print(f"slowest: {worst.kind}, {1000 * worst.seconds:.1f} ms of CPU, {worst.size:,} bytes")
    print(f"{time.perf_counter() - began:.0f} s")
    for found in failed:
        print(f"\n{found.kind}: {found.trouble}")
    sys.exit(totals[-1] > 0)


if __name__ == "__main__":
    main()
