"""Whatever a service answers, it is read or refused in one way, and what is read can be shown."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelforge_dsl import ApiError, Client, ReplyError
from reelforge_dsl.client import Clock, Config, Secret
from reelforge_dsl.wire import replies

KEYS = [
    "success",
    "data",
    "job",
    "job_id",
    "id",
    "status",
    "output_url",
    "billing",
    "tracks",
    "error",
    "errors",
    "warnings",
    "code",
    "message",
    "details",
    "request_id",
    "valid",
    "path",
    "hint",
    "severity",
    "loc",
    "audio_url",
    "duration",
    "title",
    "credit_cost",
    "error_message",
    "detail",
    "webhook_secret",
    "estimated_duration_seconds",
    "total_credit_cost",
]
WORDS = ["completed", "failed", "queued", "j", "", "$.output.fps", "https://x.example/a", "\ud800", "warning"]
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)
BODIES = st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode())
READERS: dict[str, Callable[[bytes], Any]] = {
    "render": lambda body: replies.render_state(body, "j"),
    "music": lambda body: replies.music_state(body, "j"),
    "queued": replies.queued_render,
    "queued music": replies.queued_music,
    "verdict": replies.validation,
    "refusal": lambda body: replies.refused_validation(body, 422),
    "problem": replies.problem,
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(body=BODIES)
def test_every_answer_is_read_or_refused(name: str, body: bytes) -> None:
    """A reader gives a value that shows, hashes and pickles, or a ReplyError with a place."""
    try:
        found = READERS[name](body)
    except ReplyError as exc:
        found = exc.issues
        str(exc).encode()
    assert pickle.loads(pickle.dumps(found)) == found
    hash(found)
    repr(found).encode()


@settings(max_examples=200, deadline=None)
@given(body=BODIES, status=st.sampled_from([200, 202, 204, 301, 400, 401, 404, 409, 418, 422, 429, 500, 599]))
def test_every_call_ends_in_a_result_or_our_error(body: bytes, status: int) -> None:
    """A call on any answer ends in a handle or an error of ours that carries the key of the call."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    clock = Clock(now=lambda: 0.0, sleep=lambda _: None)
    client = Client.over(Config(Secret("k" * 20)), http_client=httpx.Client(transport=transport), clock=clock)
    ended: Any
    try:
        ended = client.render({"version": "v1"}, idempotency_key="mine")
    except (ApiError, ReplyError) as exc:
        ended = exc
        str(exc).encode()
    assert ended.idempotency_key == "mine"
    assert pickle.loads(pickle.dumps(ended)).idempotency_key == "mine"
