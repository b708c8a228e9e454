"""Deliveries of every kind: what is rightly signed is read, the rest is one error."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelforge_dsl import WebhookError, webhooks

FUZZ: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "bench" / "fuzz_webhooks.py"))
NOW = 1_900_000_000
HEADER = webhooks.SCHEME.header
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SECRETS = TEXT.filter(str.strip)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "data",
        "job",
        "job_id",
        "id",
        "metadata",
        "output_url",
        "billing",
        "tracks",
        "error",
        "code",
        "error_message",
    ]
)
NAMES = st.sampled_from(FUZZ["NAMES"]) | SECRETS
EVENTS = st.builds(
    lambda kind, held: held | {"type": kind}, NAMES, st.dictionaries(KEYS | TEXT, ANY_JSON, max_size=6)
)
VALUES = st.lists(
    st.sampled_from(["t=1900000000", "t=", "v1=", "v1=" + "a" * 64, ",", "=", "t", "é"]) | TEXT, max_size=8
).map(",".join)


@given(EVENTS, st.lists(SECRETS, min_size=1, max_size=3), st.integers(-300, 300))
@settings(max_examples=200, deadline=None)
def test_whatever_is_rightly_signed_is_read(event: dict[str, Any], secrets: list[str], away: int) -> None:
    """Any object with a type comes back whole, under any of the secrets, as a value equal to itself."""
    body = json.dumps(event, ensure_ascii=False).encode()
    headers = {HEADER: webhooks.sign(body, secrets, at=NOW)}
    found = webhooks.unwrap(body, headers, secrets[0], now=NOW + away)
    assert found == webhooks.unwrap(body, headers, secrets[-1], now=NOW)
    assert (found.type, found.raw) == (event["type"], event)


@given(st.binary(max_size=60), VALUES | st.text(max_size=80), SECRETS)
@settings(max_examples=300, deadline=None)
def test_whatever_is_not_signed_is_one_error(body: bytes, value: str, secret: str) -> None:
    """No body and no header text raises anything else, or is believed."""
    for headers in (
        {HEADER: value},
        [(HEADER, value)],
        [(HEADER.encode(), value.encode("utf-8", "replace"))],
        {},
    ):
        with pytest.raises(WebhookError) as caught:
            webhooks.unwrap(body, headers, secret, now=NOW)
        assert len(str(caught.value)) < 300


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_signed_and_no_event_is_one_error(body: bytes) -> None:
    """Any bytes under the right signature are an event or the same error."""
    headers = {HEADER: webhooks.sign(body, "secret", at=NOW)}
    try:
        event = webhooks.unwrap(body, headers, "secret", now=NOW)
    except WebhookError:
        return
    assert event.raw["type"] == event.type


def test_every_way_of_breaking_a_delivery_has_its_verdict() -> None:
    """Of the bench's deliveries, two thousand of more than twenty-five kinds end as they must."""
    found = list(FUZZ["run"](2000, "house"))
    assert [f"{one.kind}: {one.trouble}" for one in found if one.trouble] == []
    counts = Counter(one.kind for one in found)
    assert counts.total() == 2000
    assert counts.keys() == FUZZ["KINDS"].keys()
    assert len(counts) >= 25


def test_memory_stays_with_the_body() -> None:
    """No delivery of any kind takes more than two hundred bytes for a byte of its body."""
    by_byte, _ = FUZZ["peaks"](300, "house")
    assert by_byte < 200
