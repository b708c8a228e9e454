"""Deliveries of the service: who is believed, what is read, and what is said of the rest."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from reelforge_dsl import FieldError, WebhookError, webhooks
from reelforge_dsl.models.jobs import Billing
from reelforge_dsl.models.music import Track
from reelforge_dsl.webhooks import Claim, Event, MusicCompleted, MusicFailed, RenderCompleted, RenderFailed

SECRET = "whsec_8f1fd0fe"
NOW = 1_900_000_000
HEADER = "ReelForger-Signature"
TRACK = {"id": "track-1", "audio_url": "https://assets.reelforger.com/1.mp3", "title": "One", "duration": 87}


def delivered(event: Any) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def taken(event: Any, *, secret: str = SECRET, at: float = NOW, now: float = NOW, **given: Any) -> Any:
    """Sign an event and unwrap it."""
    body = delivered(event)
    headers = {HEADER: webhooks.sign(body, secret, at=at)}
    return webhooks.unwrap(body, headers, SECRET, now=now, **given)


def refused(body: Any, headers: Any, **given: Any) -> WebhookError:
    with pytest.raises(WebhookError) as caught:
        webhooks.unwrap(delivered(body), headers, SECRET, now=NOW, **given)
    return caught.value


def test_the_signature_is_the_one_of_the_decision() -> None:
    """A signature made with the standard library alone is taken, and `sign` makes the same."""
    body = b'{"type": "video.render.completed"}'
    digest = hmac.new(SECRET.encode(), b"1900000000." + body, hashlib.sha256).hexdigest()
    assert webhooks.sign(body, SECRET, at=NOW) == f"t=1900000000,v1={digest}"
    assert webhooks.unwrap(body, {HEADER: f"t={NOW},v1={digest}"}, SECRET, now=NOW).type


@pytest.mark.parametrize(
    "event",
    [
        {"job_id": "job-1", "output_url": "https://cdn/x.mp4", "metadata": {"a": 1}},
        {"data": {"job_id": "job-1", "output_url": "https://cdn/x.mp4", "metadata": {"a": 1}}},
        {"id": "evt-1", "data": {"id": "job-1", "output_url": "https://cdn/x.mp4"}, "metadata": {"a": 1}},
        {"id": "evt-1", "job": {"id": "job-1", "output_url": "https://cdn/x.mp4", "metadata": {"a": 1}}},
        {
            "data": {
                "id": "evt-1",
                "job": {"id": "job-1", "output_url": "https://cdn/x.mp4"},
                "metadata": {"a": 1},
            }
        },
    ],
)
def test_a_job_is_found_where_it_may_stand(event: dict[str, Any]) -> None:
    """Job id, output and metadata are read at the top, in ``data``, in ``job`` and in ``data.job``."""
    found = taken({"type": "video.render.completed"} | event)
    assert isinstance(found, RenderCompleted)
    assert (found.job_id, found.output_url, found.metadata) == ("job-1", "https://cdn/x.mp4", {"a": 1})


def test_what_a_delivery_does_not_say_is_not_invented() -> None:
    """Parts that are absent, null or of another type are None or empty."""
    for odd in ({}, {"job_id": None, "metadata": None, "output_url": 5, "billing": []}):
        found = taken({"type": "video.render.completed"} | odd)
        assert (found.job_id, found.metadata, found.output_url, found.billing) == (None, {}, None, None)
    assert taken({"type": "music.generation.completed"}).tracks == ()
    found = taken({"type": "video.render.failed"})
    assert (found.error_code, found.error_message) == (None, None)


def test_an_id_at_the_top_is_the_events_own() -> None:
    """The event's own id is never taken for the job's."""
    assert taken({"id": "evt-1", "type": "video.render.completed"}).job_id is None


def test_billing_is_as_the_service_says() -> None:
    """The costs of a finished film are a job's; what is no number is not told."""
    billing = {"render_credit_cost": 3, "transcription_credit_cost": "1", "total_credit_cost": 4.5, "x": 1}
    found = taken({"type": "video.render.completed", "data": {"billing": billing}})
    assert found.billing == Billing(render_credit_cost=3, total_credit_cost=4.5)


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"code": "caption_alignment_failed", "message": "a poor match"}},
        {"data": {"error_message": "a poor match", "code": "caption_alignment_failed"}},
        {"data": {"error": "a poor match", "error_code": "caption_alignment_failed"}},
    ],
)
@pytest.mark.parametrize(
    ("kind", "cls"), [("video.render.failed", RenderFailed), ("music.generation.failed", MusicFailed)]
)
def test_a_failure_says_why(said: dict[str, Any], kind: str, cls: type) -> None:
    """Code and message of a failure are read wherever an error may stand."""
    found = taken({"type": kind} | said)
    assert type(found) is cls
    assert (found.error_code, found.error_message) == ("caption_alignment_failed", "a poor match")


def test_tracks_are_tracks() -> None:
    """Finished music has tracks that go straight into a timeline; a list that is not all tracks is none."""
    found = taken({"type": "music.generation.completed", "data": {"tracks": [TRACK, TRACK]}})
    assert isinstance(found, MusicCompleted)
    assert found.tracks == (Track("track-1", "https://assets.reelforger.com/1.mp3", "One", 87),) * 2
    half = taken({"type": "music.generation.completed", "data": {"tracks": [TRACK, {"id": "track-2"}]}})
    assert half.tracks == ()
    assert half.raw["data"]["tracks"][1] == {"id": "track-2"}


def test_a_type_that_is_not_known_is_an_event() -> None:
    """A type of tomorrow is an `Event` with everything in raw; ``event`` is read where there is no type."""
    found = taken({"type": "video.render.started", "job_id": "job-1", "x": [1, {"y": None}]})
    assert type(found) is Event
    assert found.raw == {"type": "video.render.started", "job_id": "job-1", "x": [1, {"y": None}]}
    assert type(taken({"event": "video.render.failed"})) is RenderFailed


def test_events_are_values() -> None:
    """Events are equal by what they say, hashable, frozen, and survive pickling; copies change nothing."""
    event = {"type": "video.render.completed", "job_id": "job-1", "metadata": {"a": [1]}}
    one, other = taken(event), taken(event)
    assert one == other
    assert len({one, other}) == 1
    assert pickle.loads(pickle.dumps(one)) == one
    one.metadata["a"].append(2)
    one.raw.clear()
    assert one == other
    assert one.metadata == {"a": [1]}
    with pytest.raises(AttributeError):
        one.job_id = "job-2"
    assert (
        repr(one)
        == "RenderCompleted(type='video.render.completed', job_id='job-1', output_url=None, billing=None)"
    )


# Headers


class Items:
    """Headers that are no mapping, as Werkzeug's."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = pairs

    def items(self) -> Iterable[tuple[str, str]]:
        return iter(self.pairs)


@pytest.mark.parametrize("name", [HEADER, HEADER.lower(), HEADER.upper()])
def test_headers_are_taken_as_frameworks_hold_them(name: str) -> None:
    """Mappings, pairs, items, bytes and any case of the name are taken."""
    body = b'{"type":"x"}'
    value = webhooks.sign(body, SECRET, at=NOW)
    raw = (name.encode(), value.encode())
    forms: list[Any] = [
        {"Host": "x", name: value},
        [("host", "x"), (name, value)],
        ((key, held) for key, held in [(name, value)]),
        [(b"host", "é".encode("latin-1")), raw],
        dict([raw]),
        Items(("Host", "x"), (name, value)),
    ]
    for headers in forms:
        assert webhooks.unwrap(body, headers, SECRET, now=NOW).type == "x"


@pytest.mark.parametrize("body", [bytearray(b'{"type":"x"}'), memoryview(b'{"type":"x"}')])
def test_bytes_of_any_kind_are_bytes(body: Any) -> None:
    """A body may be gathered in a bytearray."""
    signature = webhooks.sign(body, SECRET, at=NOW)
    assert webhooks.unwrap(body, {HEADER: signature}, SECRET, now=NOW).type == "x"


@pytest.mark.parametrize(
    "headers",
    [
        None,
        5,
        "ReelForger-Signature: t=1",
        b"x",
        ["x"],
        [("a", "b", "c")],
        [("a", None)],
        {HEADER: ["t=1"]},
        {1: "x"},
    ],
)
def test_headers_that_are_none_are_the_developers_mistake(headers: Any) -> None:
    """What no server gives as headers is a FieldError, not a refusal of the sender."""
    with pytest.raises(FieldError, match=r"^headers: expected a mapping") as caught:
        webhooks.unwrap(b"{}", headers, SECRET)
    assert caught.value.field == "headers"


@pytest.mark.parametrize("body", ["{}", {"type": "x"}, None, 5])
def test_a_body_that_is_not_bytes_is_the_developers_mistake(body: Any) -> None:
    """Text and parsed JSON are refused with where the raw bytes are."""
    with pytest.raises(FieldError, match=r"^body: expected the raw bytes") as caught:
        webhooks.unwrap(body, {}, SECRET)
    assert "await request.body()" in str(caught.value)
    with pytest.raises(FieldError, match=r"^body: "):
        webhooks.sign(body, SECRET)


@pytest.mark.parametrize("secret", ["", "  ", None, [], ["a", ""], ["a", None], b"a", 5, "\ud800", {"a": 1}])
def test_no_secret_is_the_developers_mistake(secret: Any) -> None:
    """A missing, empty or unusable secret never lets a delivery through and is never shown."""
    for call in (lambda: webhooks.unwrap(b"{}", {}, secret), lambda: webhooks.sign(b"{}", secret)):
        with pytest.raises(FieldError, match=r"^secret: ") as caught:
            call()
        assert caught.value.value is None
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("tolerance", -1), ("tolerance", True), ("tolerance", float("nan")), ("now", "1"), ("max_bytes", 0)],
)
def test_numbers_are_numbers(name: str, value: Any) -> None:
    """A tolerance, a time or a size that is none is a FieldError."""
    with pytest.raises(FieldError, match=f"^{name}: expected a number"):
        webhooks.unwrap(b"{}", {}, SECRET, **{name: value})


RIGHT = webhooks.sign(b'{"type":"x"}', SECRET, at=NOW)
V1 = RIGHT.split(",")[1]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("", "does not say once, as whole seconds, when it was signed (t=)"),
        ("nonsense", "does not say once"),
        (V1, "does not say once"),
        (f"t=,{V1}", "does not say once"),
        (f"t=now,{V1}", "does not say once"),
        (f"t=-{NOW},{V1}", "does not say once"),
        (f"t=+{NOW},{V1}", "does not say once"),
        (f"t=1_900_000_000,{V1}", "does not say once"),
        (f"t=1.9e9,{V1}", "does not say once"),
        (f"t=١٩٠٠٠٠٠٠٠٠,{V1}", "does not say once"),
        (f"t={'9' * 13},{V1}", "does not say once"),
        (f"t={NOW},t={NOW},{V1}", "does not say once"),
        (f"{RIGHT},{RIGHT}", "does not say once"),
        (f"t={NOW}", "has 0 signatures (v1=)"),
        (f"t={NOW},v0={V1[3:]}", "has 0 signatures"),
        (f"t={NOW}," + ",".join([V1] * 17), "has 17 signatures"),
        (f"t={NOW},v1=", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1[:-1]}", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1}0", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1[:-1]}g", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1[:-1]}é", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1[:10]} {V1[11:]}", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1[:13]}  {V1[15:]}", "is not 64 hexadecimal digits"),
        (f"t={NOW},{V1},v1=xyz", "is not 64 hexadecimal digits"),
        (f"t={NOW},v1={'0' * 64}", "no signature fits the body"),
        ("t" * 5000, "is longer than 4096 characters"),
    ],
)
def test_a_malformed_signature_is_a_webhook_error(value: str, what: str) -> None:
    """Every malformed header is the one error, which says what is wrong with it."""
    assert what in refused(b'{"type":"x"}', {HEADER: value}).what


def test_a_header_is_there_once() -> None:
    """No header, and two of them in whatever case, are refused."""
    assert refused(b'{"type":"x"}', {"X-Signature": RIGHT}).what == f"the header {HEADER} is missing"
    twice = refused(b'{"type":"x"}', [(HEADER, RIGHT), (HEADER.lower().encode(), RIGHT.encode())])
    assert twice.what == f"the header {HEADER} stands 2 times"


def test_blanks_and_capitals_in_a_header_are_no_fault() -> None:
    """Blanks around the parts, capital digits and keys of tomorrow are taken."""
    value = f" t={NOW} , {V1.upper().replace('V1', 'v1')}, v2=abc "
    assert webhooks.unwrap(b'{"type":"x"}', {HEADER: value}, SECRET, now=NOW).type == "x"


# Trust


def test_any_changed_byte_is_refused() -> None:
    """Each single bit of the body and each digit of the signature counts."""
    body = b'{"type":"x"}'
    for at in range(8 * len(body)):
        changed = bytearray(body)
        changed[at // 8] ^= 1 << at % 8
        assert refused(bytes(changed), {HEADER: RIGHT}).what == "no signature fits the body"
    for at in range(3, len(V1)):
        other = "0" if V1[at] != "0" else "1"
        value = f"t={NOW},{V1[:at]}{other}{V1[at + 1 :]}"
        assert refused(body, {HEADER: value}).what == "no signature fits the body"


def test_the_time_is_signed_too() -> None:
    """A delivery with a fresher time under the old signature is refused."""
    value = f"t={NOW + 1},{V1}"
    assert refused(b'{"type":"x"}', {HEADER: value}).what == "no signature fits the body"


@pytest.mark.parametrize("away", [-300, -299.5, 0, 300])
def test_five_minutes_are_forgiven(away: float) -> None:
    """A delivery may be three hundred seconds old, or ahead."""
    assert taken({"type": "x"}, now=NOW + away).type == "x"


@pytest.mark.parametrize(
    ("away", "what"),
    [
        (301, "was signed 301 s ago; 300 s are taken"),
        (-301, "was signed 301 s in the future; 300 s are taken"),
    ],
)
def test_older_and_later_is_refused(away: float, what: str) -> None:
    """Beyond that it is refused, both ways, however well it is signed."""
    with pytest.raises(WebhookError) as caught:
        taken({"type": "x"}, now=NOW + away)
    assert what in caught.value.what
    assert "now=" in (caught.value.fix or "")


def test_the_tolerance_is_the_callers() -> None:
    """Another tolerance holds in place of three hundred seconds; 0 takes this very second only."""
    assert taken({"type": "x"}, now=NOW + 900, tolerance=900).type == "x"
    assert taken({"type": "x"}, tolerance=0).type == "x"
    with pytest.raises(WebhookError):
        taken({"type": "x"}, now=NOW + 1, tolerance=0)


def test_without_now_the_machines_clock_counts() -> None:
    """What is signed now is taken now, and what was signed in 1970 is not."""
    body = b'{"type":"x"}'
    assert webhooks.unwrap(body, {HEADER: webhooks.sign(body, SECRET)}, SECRET).type == "x"
    with pytest.raises(WebhookError, match="s ago"):
        webhooks.unwrap(body, {HEADER: webhooks.sign(body, SECRET, at=0)}, SECRET)


def test_secrets_change_on_either_side() -> None:
    """One right pair is enough: of several signatures, and of several secrets."""
    body = b'{"type":"x"}'
    both = webhooks.sign(body, ["old", "new"], at=NOW)
    assert both.count("v1=") == 2
    for secret in ("old", "new", ["new", "older"], ("oldest", "old")):
        assert webhooks.unwrap(body, {HEADER: both}, secret, now=NOW).type == "x"
    assert refused(body, {HEADER: both}).what == "no signature fits the body"
    one = {HEADER: webhooks.sign(body, "old", at=NOW)}
    assert webhooks.unwrap(body, one, ["new", "old"], now=NOW).type == "x"


def test_every_pair_is_compared_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every secret is compared with every signature in constant time, also behind a right one."""
    seen: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        seen.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    body = b'{"type":"x"}'
    both = webhooks.sign(body, ["a", "b"], at=NOW)
    webhooks.unwrap(body, {HEADER: both}, ["a", "b", "c"], now=NOW)
    assert len(seen) == 6
    assert {(type(one), len(one), type(other), len(other)) for one, other in seen} == {(bytes, 32, bytes, 32)}


# Bodies that are rightly signed


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b'{"type":"x"}{}', "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        ('{"type":"x"}'.encode("utf-16"), "the body is not JSON"),
        (b'{"type":"x","n":NaN}', "the body is not JSON"),
        (b'{"type":"x","n":-Infinity}', "the body is not JSON"),
        (b'{"type":"x","n":1e999}', "the body is not JSON"),
        (b'{"type":"x","n":' + b"9" * 5000 + b"}", "the body is not JSON"),
        (b'{"type":"x","n":"\\ud800"}', "the body is not JSON"),
        (b"[]", "the body is not an object"),
        (b"null", "the body is not an object"),
        (b'"video.render.completed"', "the body is not an object"),
        (b"[" * 101 + b"]" * 101, "the body's lists and objects lie more than 100 deep in each other"),
        (b"[" * 200_000, "the body's lists and objects lie more than 100 deep in each other"),
        (b'{"type":"x","a":' * 50_000, "the body's lists and objects lie more than 100 deep in each other"),
        (b"{}", "the body does not say its type"),
        (b'{"type":null}', "the body does not say its type"),
        (b'{"type":5}', "the body does not say its type"),
        (b'{"type":" "}', "the body does not say its type"),
    ],
)
def test_a_body_that_is_no_event_is_a_webhook_error(body: bytes, what: str) -> None:
    """What cannot be an event is the same error, also under the right signature."""
    with pytest.raises(WebhookError) as caught:
        taken(body)
    assert caught.value.what == what
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_a_hundred_levels_are_read() -> None:
    """Just within the limit of nesting an event is read, and its raw value can be had again."""
    body = b'{"type":"x","a":' + b"[" * 99 + b"]" * 99 + b"}"
    assert taken(body).raw["type"] == "x"


def test_a_mark_at_the_start_is_no_fault() -> None:
    """A byte order mark before the JSON is passed over."""
    assert taken(b'\xef\xbb\xbf{"type":"x"}').type == "x"


def test_a_large_body_is_refused_before_it_is_hashed() -> None:
    """Beyond a mebibyte, or the caller's limit, nothing is looked at."""

    class NeverAsked(webhooks.Scheme):
        def claim(self, body: bytes, headers: Mapping[str, Sequence[str]]) -> Claim:
            raise AssertionError(body[:1])

    what = refused(b" " * (2**20 + 1), {}, scheme=NeverAsked()).what
    assert what == "the body has 1048577 bytes; 1048576 are looked at"
    assert refused(b" " * 11, {}, scheme=NeverAsked(), max_bytes=10).what.startswith("the body has 11 bytes")
    assert taken({"type": "x", "pad": " " * 2**20}, max_bytes=2**21).type == "x"


# The scheme


def test_the_scheme_is_a_parameter() -> None:
    """Other names, another hash, and a scheme of one's own are taken where the service does otherwise."""
    other = webhooks.Scheme("X-Sign", time_key="ts", signature_key="sig", digest="sha512")
    value = webhooks.sign(b'{"type":"x"}', SECRET, at=NOW, scheme=other)
    assert value.startswith(f"ts={NOW},sig=")
    assert len(value.split("sig=")[1]) == 128
    assert webhooks.unwrap(b'{"type":"x"}', {"x-sign": value}, SECRET, now=NOW, scheme=other).type == "x"

    class TwoHeaders(webhooks.Scheme):
        """The time in a header of its own, nothing between it and the body."""

        def claim(self, body: bytes, headers: Mapping[str, Sequence[str]]) -> Claim:
            stamp = headers["x-time"][0]
            return Claim(int(stamp), (stamp.encode(), body), (bytes.fromhex(headers["x-sign"][0]),))

    digest = hmac.new(SECRET.encode(), f"{NOW}".encode() + b'{"type":"x"}', "sha256").hexdigest()
    headers = {"X-Time": f"{NOW}", "X-Sign": digest}
    found = webhooks.unwrap(b'{"type":"x"}', headers, SECRET, now=NOW, scheme=TwoHeaders("X-Sign"))
    assert found.type == "x"


def test_nothing_secret_is_shown() -> None:
    """Claims show neither signature nor body, and no error shows secret, signature or body."""
    body = b'{"type":"x","metadata":{"token":"tok_91"}}'
    value = webhooks.sign(body, SECRET, at=NOW)
    claim = webhooks.SCHEME.claim(body, {HEADER.lower(): [value]})
    assert repr(claim) == f"Claim(at={NOW})"
    for headers, given in (
        ({HEADER: value}, {"now": NOW + 999}),
        ({HEADER: value[:-2] + "00"}, {"now": NOW}),
        ({HEADER: value + "zz"}, {"now": NOW}),
        ({HEADER: value}, {"now": NOW, "max_bytes": 3}),
    ):
        with pytest.raises(WebhookError) as caught:
            webhooks.unwrap(body, headers, SECRET, **given)
        said = f"{caught.value} {caught.value!r} {pickle.dumps(caught.value)!r}"
        assert not any(held in said for held in (SECRET, value[20:40], "tok_91"))
