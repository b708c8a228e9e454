"""Documents broken in some fifty ways: each is told or comes back, and nothing else happens.

Usage: python tests/bench/fuzz_documents.py [COUNT] [SEED] [PROCESSES]

Every document is loaded, checked, taken by ``Timeline.from_json``, judged, printed and written again. A row
of the table is a kind of mutation. Its last column counts what must not be: an error that is no
``ReelforgeError``, a value lost, or a second text that differs from the first.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

from reelforge_dsl import (
    FieldError,
    Layout,
    Manifest,
    ManifestInvalidError,
    TextStyle,
    Timeline,
    dumps,
    loads,
)
from reelforge_dsl.rules import check
from reelforge_dsl.wire import to_dict

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
SITE = "https://example.com"
PRESETS = ("tiktok_classic", "bold_outline", "karaoke_yellow", "neon_glow", "soft_pill", "luxury_serif")
OUTCOMES = ("refused", "errors", "warnings", "valid", "failed")

Place = tuple[Any, Any]
"""Something that holds, and the key or the index of what it holds."""


class Found(NamedTuple):
    """What became of one document."""

    kind: str
    outcome: str
    seconds: float
    size: int
    trouble: str = ""


def documented() -> list[dict[str, Any]]:
    """Return the complete render requests of the documents, as fresh dicts."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted(PAYLOADS.glob("*.json"))]
    return [
        payload["body"]
        for payload in read
        if payload.get("complete") and payload["kind"] == "request" and "/v1/videos/" in payload["endpoint"]
    ]


def random_reel(rng: random.Random) -> dict[str, Any]:
    """Return the document of a reel without errors, made with verbs."""
    while True:
        reel = Timeline(rng.choice(("9:16", "1:1", "tiktok", (720, 720))))
        try:
            for _ in range(rng.randint(1, 6)):
                reel = _one_more(reel, rng)
            if rng.random() < 0.4:
                step = rng.choice((1, 137))
                words = [
                    {"text": f"w{at}", "start": at * 300, "end": at * 300 + step}
                    for at in range(rng.randint(1, 30))
                ]
                reel = reel.captions(rng.choice(PRESETS), words=words)  # type: ignore[arg-type]
            if rng.random() < 0.3:
                reel = reel.metadata({"campaign": "spring", "n": rng.randint(0, 9), "live": True})
            return to_dict(reel.manifest())
        except (FieldError, ManifestInvalidError):
            continue


def _one_more(reel: Timeline, rng: random.Random) -> Timeline:
    """Return the reel with one more verb of any kind."""
    start, duration = rng.choice((0, 0.5, 2, 1 / 3)), rng.choice((1, 2.5, 4, 0.1))
    box = rng.choice(
        (None, Layout.half("top"), Layout.lower_third(), Layout(x="20px", width="30%", z_index=2))
    )
    style = rng.choice((None, TextStyle(font_size=96, color="#FFD700"), TextStyle(font_weight="bold")))
    match rng.randrange(6):
        case 0:
            return reel.video(f"{SITE}/clip.mp4", trim=rng.choice((None, 0.5)))
        case 1:
            volume = rng.choice((None, 0, 0.5))
            return reel.video(f"{SITE}/b.mp4", start=start, duration=duration, layout=box, volume=volume)
        case 2:
            return reel.image(f"{SITE}/a b.png", start=start, duration=duration, motion="zoom_in")
        case 3:
            return reel.music(f"{SITE}/bed.mp3", start=start, duration=duration, loop=True, fade_out=0.5)
        case 4:
            return reel.voiceover(f"{SITE}/é.mp3", volume=1)
        case _:
            return reel.text("Hi 👋\n“you”", start=start, duration=duration, style=style, layout=box)


# Mutations of the plain value, in place


def places(value: Any) -> Iterator[Place]:
    """Yield every place of a document, from the top."""
    steps = value if isinstance(value, dict) else range(len(value))
    for step in list(steps):
        yield value, step
        if isinstance(value[step], (dict, list)):
            yield from places(value[step])


def any_place(document: Any, rng: random.Random, kind: Any = object, holder: Any = object) -> Place:
    """Return a random place that holds a value of a kind; one outside the document when there is none."""
    found = [
        place
        for place in places(document)
        if isinstance(place[0], holder)
        and isinstance(place[0][place[1]], kind)
        and not (kind is not object and kind is not bool and isinstance(place[0][place[1]], bool))
    ]
    return rng.choice(found) if found else ({"x": "x"}, "x")


def put(kind: Any, *values: Any) -> Callable[[Any, random.Random], None]:
    """Return the mutation that puts one of some values where one of a kind stood."""

    def mutate(document: Any, rng: random.Random) -> None:
        held, step = any_place(document, rng, kind)
        if not isinstance(held[step], kind):
            return
        value = rng.choice(values)
        held[step] = value(held[step]) if callable(value) else json.loads(json.dumps(value))

    return mutate


def _drop(document: Any, rng: random.Random) -> None:
    held, step = any_place(document, rng)
    del held[step]


def _unknown(document: Any, rng: random.Random) -> None:
    held, step = any_place(document, rng, dict)
    inside = held[step] if isinstance(held[step], dict) else document
    pairs = [*inside.items()]
    name = rng.choice(("colour", "x-note", "transitions", "", "a.b", "ключ", "extra", "\u2028", "__class__"))
    pairs.insert(rng.randint(0, len(pairs)), (name, rng.choice((None, 1, "x", [1, {}], {"a": [None]}))))
    inside.clear()
    inside.update(pairs)


def _renamed(document: Any, rng: random.Random) -> None:
    held, step = any_place(document, rng, holder=dict)
    pieces = step.split("_")
    camel = pieces[0] + "".join(piece.title() for piece in pieces[1:])
    held[rng.choice((camel, step.upper(), step[:-1], step + "s", step.replace("_", "-")))] = held.pop(step)


def _composition(document: Any) -> dict[str, Any]:
    held = document.get("composition")
    return held if isinstance(held, dict) else {}


def _ids(document: Any) -> list[Place]:
    return [place for place in places(document) if place[1] in ("id", "asset_id")]


def _duplicate_id(document: Any, rng: random.Random) -> None:
    found = _ids(document)
    if len(found) > 1:
        (to, key), (of, name) = rng.sample(found, 2)
        to[key] = of[name]


def _crossed_ids(document: Any, rng: random.Random) -> None:
    found = _ids(document)
    values = [held[key] for held, key in found]
    rng.shuffle(values)
    for (held, key), value in zip(found, values, strict=True):
        held[key] = value
    captions = _composition(document).get("captions")
    if values and isinstance(captions, dict):
        captions["transcription_source_asset_id"] = rng.choice(values)


def _swapped_times(document: Any, rng: random.Random) -> None:
    pairs = (("start_seconds", "duration_seconds"), ("start", "end"))
    for held, step in places(document):
        for one, other in pairs:
            if step == one and isinstance(held, dict) and other in held and rng.random() < 0.7:
                held[one], held[other] = held[other], held[one]


def _thousand(document: Any, rng: random.Random) -> None:
    layers = _composition(document).get("timeline")
    if isinstance(layers, list) and layers:
        made = [dict(rng.choice(layers)) for _ in range(1000)]
        keep = rng.random() < 0.3
        _composition(document)["timeline"] = [
            layer if keep else {**layer, "id": f"layer-{at}"} for at, layer in enumerate(made)
        ]


def _deep(document: Any, rng: random.Random) -> None:
    held, step = any_place(document, rng)
    value: Any = held[step]
    for _ in range(rng.choice((3, 50, 99, 100, 101, 150, 400))):
        value = [value] if rng.random() < 0.5 else {"x": value}
    if isinstance(held, dict) and rng.random() < 0.5:
        step = "x-deep"
        held[step] = value
    else:
        held[step] = value


def _repeated(document: Any, rng: random.Random) -> None:
    held, step = any_place(document, rng, list)
    if isinstance(held[step], list):
        held[step] += held[step][: rng.randint(1, 3)]


def _shuffled(document: Any, rng: random.Random) -> None:
    for value in [document, *(held[step] for held, step in places(document))]:
        if isinstance(value, dict):
            pairs = [*value.items()]
            rng.shuffle(pairs)
            value.clear()
            value.update(pairs)
        elif isinstance(value, list) and rng.random() < 0.3:
            rng.shuffle(value)


def _odd_word(document: Any, rng: random.Random) -> None:
    words = (
        "type",
        "fit",
        "motion",
        "background_mode",
        "preset",
        "mode",
        "provider",
        "text_align",
        "version",
    )
    found = [place for place in places(document) if place[1] in words and isinstance(place[0][place[1]], str)]
    if found:
        held, step = rng.choice(found)
        old = held[step]
        held[step] = rng.choice((old.upper(), old + " ", old[1:], "none", "hologram", "", "video", "image"))


def _captions(document: Any, rng: random.Random) -> None:
    """Put captions of any make."""
    odd = [{"at": 1}, 5, None, {"time": {}}, {"time": {"start_seconds": -1}, "style": {"color": "gold"}}]
    ends = rng.choices((0, 5, 10**6, -3, 0.5), k=8)
    captions: dict[str, Any] = {"provider": "assemblyai", "preset": rng.choice(PRESETS)}
    captions["words"] = [{"text": "w", "start": at, "end": end} for at, end in enumerate(ends)]
    captions["time_overrides"] = rng.choices(odd, k=rng.randint(0, 3))
    captions["style"] = {
        "highlight_color": rng.choice(("gold", "#12", "", "rgba(1,2,3")),
        "font_weight": "bold",
    }
    for key in rng.sample([*captions], rng.randint(0, 2)):
        del captions[key]
    _composition(document)["captions"] = captions


def _metadata(document: Any, rng: random.Random) -> None:
    held = {
        f"k{at}" * rng.choice((1, 1, 400)): "v" * rng.choice((1, 501)) for at in range(rng.randint(0, 14))
    }
    document[rng.choice(("metadata", "webhook_headers"))] = rng.choice(
        (held, held, [held], {"a": held}, "text")
    )


def _several(document: Any, rng: random.Random) -> None:
    for name in rng.sample([*OF_VALUES], rng.randint(2, 5)):
        if name not in ("several of these", "1,000 layers"):
            OF_VALUES[name](document, rng)


NUMBERS = (int, float)
OF_VALUES: dict[str, Callable[[Any, random.Random], None]] = {
    "as it is": lambda document, rng: None,
    "a key or item dropped": _drop,
    "an unknown key": _unknown,
    "a key renamed": _renamed,
    "an id twice": _duplicate_id,
    "ids cross-linked": _crossed_ids,
    "a wrong type": put(object, 5, "text", True, [], {}, [1], {"a": 1}, 0.5),
    "null": put(object, None),
    "a huge number": put(NUMBERS, 10**15, 10**16, 1e299, 10**299, 10**301, 10**400, -(10**20), 2**53, 2**64),
    "a tiny number": put(NUMBERS, 5e-324, 1e-9, -1e-300, -0.0),
    "a negative number": put(NUMBERS, lambda old: -old, -1, -0.001),
    "a fraction for a whole number": put(NUMBERS, lambda old: old % 10**9 + 0.5, 29.97, 1 / 3),
    "8.0 for 8": put(NUMBERS, lambda old: old if abs(old) > 10**200 else float(old)),
    "a number in quotes": put(NUMBERS, str, lambda old: f"{old}s", lambda old: f" {old} ", "1e3", "٣"),
    "an unknown word": _odd_word,
    "times swapped": _swapped_times,
    "half a surrogate pair": put(str, "\ud800", lambda old: old + "\udfff", "\ude00\ud83d"),
    "odd characters": put(
        str, "\0", "\u202eabc", "👩‍👩‍👧", "e\u0301" * 40, "\x7f\x1b[31m", "\u2028", "\ufeff", "'\"\\</"
    ),
    "a long text": put(
        str, "x" * 20_000, "é" * 20_000, "9" * 5_000 + "%", "#" * 5_000, "rgba(" * 3_000, " " * 9_999
    ),
    "an empty text": put(str, "", " ", "\n"),
    "odd units": put(
        str, "10", "10 %", "1e3px", "-0%", "10vw", "calc(1px)", "١٠%", "200%", ".5%", "+5.px", "%"
    ),
    "odd colours": put(str, "#ffd70", "gould", "rgba(1,2)", "rgb(1e9 2 3)", "hsl(1,2%,3%)", "#GGGGGG", "RED"),
    "odd addresses": put(
        str, "a.mp4", "ftp://x/y", "file:///x", "https://", "javascript:1", "C:\\a.mp4", "//x/y"
    ),
    "an empty list": put(list, []),
    "an empty object": put(dict, {}),
    "a list for an object, an object for a list": put(
        (dict, list), lambda old: [old], lambda old: {"0": old}
    ),
    "items repeated": _repeated,
    "keys and items in another order": _shuffled,
    "true and false": put((bool, *NUMBERS), True, False),
    "captions of any make": _captions,
    "metadata of any make": _metadata,
    "deep nesting": _deep,
    "1,000 layers": _thousand,
    "several of these": _several,
}


# Mutations of the text


def _cut_in(text: str, rng: random.Random, piece: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + piece + text[at:]


def _after(text: str, rng: random.Random, sign: str, piece: str) -> str:
    """Put a piece behind one of the places where a sign stands."""
    spots = [at for at, found in enumerate(text) if found == sign]
    at = rng.choice(spots) + 1
    return text[:at] + piece + text[at:]


def _token(text: str, rng: random.Random) -> str:
    """Put a token in place of one value."""
    spots = [at for at, sign in enumerate(text) if sign == ":" and text[at + 1] in "0123456789"]
    at = rng.choice(spots) + 1
    end = at
    while text[end] in "0123456789.e+-":
        end += 1
    token = rng.choice(
        ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "01", "0x10", "1_0", "undefined")
    )
    return text[:at] + token + text[end:]


def _flipped(text: str, rng: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _key_again(text: str, rng: random.Random) -> str:
    key = rng.choice(("version", "output", "id", "type", "x-twice", "start_seconds"))
    return _after(text, rng, "{", f'"{key}":{rng.choice(("1", "null", "{}"))},"{key}":"v1",')


OF_TEXT: dict[str, Callable[[str, random.Random], str | bytes]] = {
    "the text cut off": lambda text, rng: text[: rng.randrange(len(text))],
    "bytes cut off": lambda text, rng: text.encode()[: rng.randrange(len(text))],
    "an extra comma": lambda text, rng: _after(text, rng, rng.choice(",{"), ","),
    "brackets more or fewer": lambda text, rng: _cut_in(text, rng, rng.choice("[]{}")),
    "a token that is no JSON": _token,
    "a mark at the start (BOM)": lambda text, rng: rng.choice(
        ("\ufeff" + text, b"\xef\xbb\xbf" + text.encode())
    ),
    "UTF-16, UTF-32, Latin-1": lambda text, rng: text.encode(
        rng.choice(("utf-16", "utf-32", "latin-1")), "replace"
    ),
    "bits flipped": _flipped,
    "a character put in": lambda text, rng: _cut_in(
        text, rng, rng.choice(("\\", '"', "\n", "\0", "é", "//", "#"))
    ),
    "a key twice in one object": _key_again,
    "escapes": lambda text, rng: _after(text, rng, ":", rng.choice((r'"\ud83d",', r'"\u0000",', r'"\x",'))),
    "escaped halves in a text": lambda text, rng: text.replace(
        "e", rng.choice((r"\ud83d", r"\u0065", r"\ude00")), 9
    ),
    "nested without end": lambda text, rng: text[:-1] + ',"x":' + "[" * rng.choice((90, 500, 10**5)),
    "under a key of its own": lambda text, rng: f'{{"manifest":{text}}}',
    "single quotes": lambda text, rng: text.replace('"', "'"),
    "in spaces and lines": lambda text, rng: text.replace(",", "\t,\r\n "),
    "no object at all": lambda text, rng: rng.choice(
        ("", " ", "[]", "null", "5", '"x"', "[" + text + "]", "true")
    ),
    "two documents": lambda text, rng: text + rng.choice(("", "\n", ",")) + text,
}
KINDS = (*OF_VALUES, *OF_TEXT)
RARE = "1,000 layers"
"""A document of this kind costs as much as a hundred others."""


def mutated(body: str, kind: str, rng: random.Random) -> str | bytes:
    """Return the document, given as compact text, changed in one way."""
    if kind in OF_TEXT:
        return OF_TEXT[kind](body, rng)
    document = json.loads(body)
    OF_VALUES[kind](document, rng)
    return compact(document)


def compact(document: Any) -> str:
    """Return a document as the library writes one that it would not change."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


# What is looked at


def outcome_of(text: str | bytes) -> str:
    """Take a document all the way; return what became of it.

    Raises:
        AssertionError: Something was lost on the way.
    """
    try:
        manifest = loads(text)
    except ManifestInvalidError as error:
        told, issues = str(error), error.issues
    else:
        return _outcome_of_loaded(text, manifest)
    assert issues
    assert told.encode()
    assert all(issue.path.startswith("$") for issue in issues)
    return "refused"


def _outcome_of_loaded(text: str | bytes, manifest: Manifest) -> str:
    written = dumps(manifest)
    assert same(json.loads(written), json.loads(_text(text))), "a value was lost or changed"
    again = loads(written)
    assert again == manifest, "the second model differs"
    assert dumps(again) == written, "the second text differs"
    issues = check(manifest)
    reel = Timeline.from_json(text)
    assert reel.to_json() == written, "the timeline's text differs"
    severities = {issue.severity for issue in (*issues, *reel.issues())}
    assert "\n".join((str(reel), repr(reel), *map(str, issues))).encode(), "it cannot be printed"
    if "error" in severities:
        return "errors"
    assert dumps(reel.manifest()) == written, "the sent text differs"
    return "warnings" if severities else "valid"


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values say the same; ``true`` is not ``1``, and ``8.0`` is ``8``."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(one[k], other[k]) for k in one)
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _text(text: str | bytes) -> str:
    said = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    return said.removeprefix("\ufeff")


def look_at(kind: str, text: str | bytes) -> Found:
    """Take one document all the way, whatever happens."""
    began = time.process_time()
    trouble = ""
    try:
        outcome = outcome_of(text)
    except Exception:  # noqa: BLE001 - whatever it is, it is what this program looks for
        outcome, trouble = "failed", f"{traceback.format_exc(limit=-3)}\n{text[:3000]!r}"
    return Found(kind, outcome, time.process_time() - began, len(text), trouble)


def run(count: int, seed: str, kinds: tuple[str, ...] = KINDS) -> Iterator[Found]:
    """Yield what became of some documents, the same ones for the same seed.

    Args:
        count: How many.
        seed: Any text.
        kinds: Which mutations, in turn.
    """
    rng = random.Random(seed)
    bodies = [compact(body) for body in documented()] * 4 + [compact(random_reel(rng)) for _ in range(60)]
    for body in bodies:
        outcome_of(body)  # readers and writers are made at the first document, which no figure should show
        assert dumps(loads(body)) == body, "the text of a document as it is differs"
    done = 0
    while True:
        for kind in kinds:
            if kind == RARE and rng.random() > 0.03 and count > len(kinds):
                continue
            if done == count:
                return
            done += 1
            yield look_at(kind, mutated(rng.choice(bodies), kind, rng))


def _share(job: tuple[int, str]) -> tuple[Counter[tuple[str, str]], list[Found], list[Found]]:
    """Run one process's share; return counts, failures, and the slowest documents by time and by byte."""
    counts: Counter[tuple[str, str]] = Counter()
    failed: list[Found] = []
    slow: dict[str, Found] = {}
    for found in run(*job):
        counts[found.kind, found.outcome] += 1
        if found.trouble:
            failed = [*failed, found][:20]
        for name, cost in (("time", found.seconds), ("byte", found.seconds / max(found.size, 200))):
            if name not in slow or cost > _cost(name, slow[name]):
                slow[name] = found
    return counts, failed, [slow["time"], slow["byte"]]


def _cost(name: str, found: Found) -> float:
    return found.seconds if name == "time" else found.seconds / max(found.size, 200)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    began = time.perf_counter()
    jobs = [(count // processes + (at < count % processes), f"{seed}.{at}") for at in range(processes)]
    with Pool(processes) as pool:
        shares = pool.map(_share, jobs)
    counts = sum((share[0] for share in shares), Counter[tuple[str, str]]())
    print(f"| seed {seed} | " + " | ".join(OUTCOMES) + " |\n|---|" + "---|" * len(OUTCOMES))
    for kind in KINDS:
        print(f"| {kind} | " + " | ".join(f"{counts[kind, outcome]:,}" for outcome in OUTCOMES) + " |")
    totals = [sum(n for (_, outcome), n in counts.items() if outcome == wanted) for wanted in OUTCOMES]
    print(f"| **all {sum(totals):,}** | " + " | ".join(f"{total:,}" for total in totals) + " |")
    slow = [found for share in shares for found in share[2]]
    for name in ("time", "byte"):
        worst = max(slow, key=lambda found: _cost(name, found))
        rate = 1e6 * worst.seconds / max(worst.size, 200)
        size = f"{worst.size:,} characters, {rate:.2f} µs each"
        print(f"slowest by {name}: {worst.kind}, {1000 * worst.seconds:.1f} ms of CPU, {size}")
    print(f"{time.perf_counter() - began:.0f} s")
    for found in (found for share in shares for found in share[1]):
        print(f"\n{found.kind}: {found.trouble}")
    sys.exit(totals[-1] > 0)


if __name__ == "__main__":
    main()
