"""One call: settings, the key, retries, deadlines, and every answer that says no."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import re
import sys
import time
import traceback
from typing import Any

import httpx
import pytest

from reelforge_dsl import (
    ApiError,
    AsyncClient,
    AuthenticationError,
    Client,
    ConflictError,
    FieldError,
    NotFoundError,
    OutOfCreditsError,
    RateLimitedError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from reelforge_dsl.client import Config, Secret

KEY = "rf_live_0123456789abcdef"
DOC = {"version": "v1", "webhook_secret": "whsec_very_secret", "webhook_headers": {"X-Auth": "header_secret"}}
QUEUED = httpx.Response(202, json={"success": True, "job_id": "job-1", "request_id": "req_1"})
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_no_key_is_an_error_at_construction() -> None:
    """Without any key, or with a blank one, a client is refused with status 0."""
    with pytest.raises(AuthenticationError, match="REELFORGER_API_KEY") as caught:
        Client()
    assert caught.value.status == 0
    with pytest.raises(AuthenticationError):
        AsyncClient("  ")


def test_the_environment_gives_the_key_in_order(monkeypatch: pytest.MonkeyPatch, staged: Any) -> None:
    """The argument wins over ``REELFORGER_API_KEY``, which wins over ``REELFORGE_API_KEY``; blank is none."""

    def sent_by(*given: str) -> str:
        stage = staged(QUEUED)
        client = Client(*given, http_client=httpx.Client(transport=stage.service))
        client.render(DOC)
        return str(stage.service.requests[0].headers["authorization"])

    monkeypatch.setenv("REELFORGE_API_KEY", "third")
    assert sent_by() == "Bearer third"
    monkeypatch.setenv("REELFORGER_API_KEY", "second\n")
    assert sent_by() == "Bearer second"
    assert sent_by("first") == "Bearer first"
    assert sent_by(" ") == "Bearer second"


def test_a_key_that_no_header_takes_is_refused_unseen() -> None:
    """A key with a line break inside is refused, and not shown."""
    with pytest.raises(AuthenticationError) as caught:
        Client("rf_live\nX-Evil: 1")
    assert "X-Evil" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://api.example.com",
        "api.example.com",
        "https://",
        "https://user:pass@api.example.com",
        "https://api.example.com?x=1",
        "https://api.example.com#x",
        "https://api.example.com/v1",
        "https://api.example.com:99999",
        "https://exa mple.com",
        "https://[::1",
        7,
    ],
)
def test_an_address_that_is_none_is_refused(url: Any) -> None:
    """A base URL is http(s) with a host, and nothing that could hold a secret."""
    with pytest.raises(FieldError, match="base_url") as caught:
        Client(KEY, base_url=url)
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", 0), ("timeout", "60"), ("retries", -1), ("retries", 1.5)]
)
def test_limits_are_numbers(name: str, value: Any) -> None:
    """A limit outside its bounds is refused at construction."""
    with pytest.raises(FieldError, match=name):
        Client(KEY, **{name: value})


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``REELFORGER_BASE_URL`` is used when no address is given, a slash at its end aside."""
    monkeypatch.setenv("REELFORGER_BASE_URL", "http://127.0.0.1:8484/")
    assert repr(Client(KEY)) == "Client(base_url='http://127.0.0.1:8484')"
    assert (
        repr(AsyncClient(KEY, base_url="https://a.example/x"))
        == "AsyncClient(base_url='https://a.example/x')"
    )


def test_making_a_client_opens_nothing() -> None:
    """Construction loads no HTTP library and makes no certificates."""
    import subprocess

    program = (
        "import sys; from reelforge_dsl import Client, AsyncClient; Client('k'); AsyncClient('k');"
        "print([n for n in ('httpx', 'httpcore', 'ssl', 'asyncio') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_client_of_the_other_kind_is_refused() -> None:
    """An async httpx client does not fit a synchronous one, nor the reverse."""
    with pytest.raises(FieldError, match="AsyncClient"):
        Client(KEY, http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    with pytest.raises(FieldError, match="Client"):
        AsyncClient(KEY, http_client=httpx.Client())  # type: ignore[arg-type]


def test_key_and_bytes_are_the_same_at_every_try(staged: Any) -> None:
    """A call that is tried three times sends one minted key and the same bytes each time."""
    stage = staged(httpx.ConnectError("refused"), httpx.Response(503), QUEUED)
    job = stage.client.render(DOC)
    keys = stage.service.keys
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert UUID.fullmatch(keys[0])
    assert job.idempotency_key == keys[0]
    assert len({request.content for request in stage.service.requests}) == 1


def test_every_call_mints_its_own_key(staged: Any) -> None:
    """Two renders of one document are two jobs unless the caller says otherwise."""
    stage = staged(QUEUED)
    stage.client.render(DOC)
    stage.client.render(DOC)
    assert len(set(stage.service.keys)) == 2


def test_the_key_is_the_argument_else_the_documents(staged: Any) -> None:
    """The argument wins over the document's key, which wins over a minted one; the body stays as it is."""
    stage = staged(QUEUED)
    own = {**DOC, "idempotency_key": "of-the-document"}
    stage.client.render(own, idempotency_key="of-the-call")
    stage.client.render(own)
    assert stage.service.keys == ["of-the-call", "of-the-document"]
    assert stage.service.bodies == [own, own]


@pytest.mark.parametrize("key", ["", " ", "ключ", "a\nb", 7])
def test_a_key_that_cannot_travel_is_refused(staged: Any, key: Any) -> None:
    """A key is one line of ASCII, since it travels in a header."""
    stage = staged(QUEUED)
    with pytest.raises(FieldError, match="idempotency_key"):
        stage.client.render(DOC, idempotency_key=key)
    with pytest.raises(FieldError, match="idempotency_key"):
        stage.client.render({**DOC, "idempotency_key": key})
    assert stage.service.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut off"),
        ConnectionResetError("raw"),
        httpx.Response(408),
        httpx.Response(429),
        httpx.Response(500),
        httpx.Response(502, html="<h1>Bad Gateway</h1>"),
        httpx.Response(202, content=b'{"job_id": "job'),
        httpx.Response(202, content=b""),
        httpx.Response(202, html="<h1>Welcome</h1>"),
        httpx.Response(202, json={"success": True}),
    ],
    ids=repr,
)
def test_what_passes_is_tried_again(staged: Any, fault: Any) -> None:
    """Broken connections, 408, 429, 5xx and unreadable answers are tried again, with growing pauses."""
    stage = staged(fault, fault, QUEUED)
    assert stage.client.render(DOC).id == "job-1"
    assert stage.time.pauses == [0.5, 1.0]
    assert len(set(stage.service.keys)) == 1


ANSWERS: list[tuple[int, type[ApiError]]] = [
    (400, RejectedError),
    (401, AuthenticationError),
    (402, OutOfCreditsError),
    (403, AuthenticationError),
    (404, NotFoundError),
    (409, ConflictError),
    (410, RejectedError),
    (413, RejectedError),
    (422, RejectedError),
    (451, RejectedError),
]


@pytest.mark.parametrize(("status", "error"), ANSWERS)
def test_what_stays_wrong_is_not_tried_again(staged: Any, status: int, error: type[ApiError]) -> None:
    """Every other 4xx ends the call at once, as the error of its status."""
    body = {
        "success": False,
        "error": {"code": "some_code", "message": "No.", "details": []},
        "request_id": "req_9",
    }
    stage = staged(httpx.Response(status, json=body))
    with pytest.raises(error) as caught:
        stage.client.render(DOC)
    found = caught.value
    assert type(found) is error
    assert (found.status, found.code, found.request_id, found.attempts) == (status, "some_code", "req_9", 1)
    assert json.loads(found.body) == body
    assert found.idempotency_key == stage.service.keys[0]
    assert f"POST /v1/videos/render was answered {status}" in str(found)
    assert len(stage.service.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(408, RateLimitedError), (429, RateLimitedError), (500, ServerError)]
)
def test_what_does_not_pass_ends_as_its_error(staged: Any, status: int, error: type[ApiError]) -> None:
    """After the last retry the service's answer is the error, with the number of tries and the key."""
    stage = staged(httpx.Response(status, headers={"x-request-id": "req_h"}), retries=3)
    with pytest.raises(error) as caught:
        stage.client.render(DOC)
    assert (caught.value.attempts, caught.value.request_id) == (4, "req_h")
    assert caught.value.idempotency_key == stage.service.keys[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><body>Error</body></html>",
        b"\xff\xfe\x00garbage\x80",
        b"{",
        b"null",
        b"[]",
        b'"just text"',
        b"42",
        b'{"error": "text"}',
        b'{"error": {"message": 7, "code": [], "details": {"a": 1}}}',
        b'{"error": {"details": [null, 1, "text", {}, {"path": [], "message": null}]}}',
        b'{"message": "plain", "request_id": 5}',
        b'{"detail": [{"loc": ["body", "output", "fps"], "msg": "must be 30", "type": "value"}]}',
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"n": ' + b"9" * 10_000 + b"}",
        "héhé".encode("latin-1"),
        b'{"error": {"message": "\\ud800"}}',
    ],
)
@pytest.mark.parametrize("status", [422, 500])
def test_an_error_body_may_have_any_shape(staged: Any, body: bytes, status: int) -> None:
    """Whatever the body of an error is, the error is that of its status, prints and pickles."""
    stage = staged(httpx.Response(status, content=body), retries=0)
    with pytest.raises(RejectedError if status == 422 else ServerError) as caught:
        stage.client.render(DOC)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    str(again).encode()
    assert (again.status, again.body, again.idempotency_key) == (
        status,
        caught.value.body,
        stage.service.keys[0],
    )


def test_a_huge_error_body_is_kept_in_part(staged: Any) -> None:
    """Of an error's body 64 KiB are kept."""
    stage = staged(httpx.Response(400, content=b"x" * 5_000_000))
    with pytest.raises(RejectedError) as caught:
        stage.client.render(DOC)
    assert len(caught.value.body) == 1 << 16


def test_a_huge_answer_is_given_up(staged: Any) -> None:
    """An answer of more than 32 MiB is a ReplyError, and not asked for again."""
    stage = staged(httpx.Response(200, content=b" " * (33 << 20)))
    with pytest.raises(ReplyError, match="too large") as caught:
        stage.client.render(DOC)
    assert caught.value.idempotency_key == stage.service.keys[0]
    assert len(stage.service.requests) == 1


def test_findings_of_the_service_are_issues(staged: Any) -> None:
    """Details of a refusal are issues: ``hint`` is the fix, paths of any style are JSON paths."""
    details = [
        {"code": "fps_not_30", "path": "$.output.fps", "message": "fps is 25", "hint": "use 30"},
        {"code": "x", "path": "composition.timeline.1.asset_id", "message": "unknown"},
        {"code": "y", "path": "/composition/timeline/0/id", "message": "double"},
        {"loc": ["body", "assets", 0, "url"], "msg": "bad"},
        "only text",
    ]
    stage = staged(
        httpx.Response(422, json={"success": False, "error": {"code": "invalid", "details": details}})
    )
    with pytest.raises(RejectedError) as caught:
        stage.client.render(DOC)
    found = caught.value.issues
    assert [issue.path for issue in found] == [
        "$.output.fps",
        "$.composition.timeline[1].asset_id",
        "$.composition.timeline[0].id",
        "$.assets[0].url",
        "$",
    ]
    assert (found[0].code, found[0].fix, found[0].severity) == ("fps_not_30", "use 30", "error")


def test_an_unreadable_good_answer_ends_as_a_reply_error(staged: Any) -> None:
    """A 2xx that never names a job is a ReplyError with the fault's path and the key that is safe to use."""
    stage = staged(httpx.Response(200, json={"success": True, "data": {}}))
    with pytest.raises(ReplyError) as caught:
        stage.client.render(DOC)
    assert [issue.path for issue in caught.value.issues] == ["$.job_id"]
    assert caught.value.idempotency_key == stage.service.keys[0]
    assert len(stage.service.requests) == 3


def test_success_false_is_no_success(staged: Any) -> None:
    """A 200 that says ``success: false`` is the service saying no."""
    stage = staged(httpx.Response(200, json={"success": False, "error": {"code": "queue_closed"}}))
    with pytest.raises(RejectedError) as caught:
        stage.client.render(DOC)
    assert caught.value.code == "queue_closed"


def test_a_redirect_is_not_followed(staged: Any) -> None:
    """The key leaves for no other host: a redirect is an error that names the host, not its query."""
    stage = staged(httpx.Response(307, headers={"location": "https://evil.example/steal?token=abc"}))
    with pytest.raises(ReplyError, match=r"https://evil\.example") as caught:
        stage.client.render(DOC)
    assert "token" not in str(caught.value)
    assert len(stage.service.requests) == 1


def test_retry_after_is_honoured(staged: Any) -> None:
    """``Retry-After`` in seconds or as a date sets the pause."""
    date = "Fri, 15 Jan 2027 08:00:20 GMT"  # 20 s after the fake wall clock
    stage = staged(
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(503, headers={"retry-after": date}),
        QUEUED,
    )
    stage.client.render(DOC)
    assert stage.time.pauses == [7.0, 20.0]


@pytest.mark.parametrize("asked", ["-5", "soon", "", "1e999", "Fri, 99 Xxx 2027", "9" * 400])
def test_a_senseless_retry_after_is_left_aside(staged: Any, asked: str) -> None:
    """What is neither seconds nor a date does not change the pause."""
    stage = staged(httpx.Response(429, headers={"retry-after": asked}), QUEUED)
    stage.client.render(DOC)
    assert stage.time.pauses == [0.5]


def test_retry_after_beyond_the_deadline_raises_at_once(staged: Any) -> None:
    """When the service asks for more than is left of the call, its answer is raised without a pause."""
    stage = staged(httpx.Response(429, headers={"retry-after": "120"}), timeout=60)
    with pytest.raises(RateLimitedError) as caught:
        stage.client.render(DOC)
    assert caught.value.retry_after == 120
    assert stage.time.pauses == []


def test_without_a_limit_retry_after_is_waited_for(staged: Any) -> None:
    """``timeout=None`` waits as long as the service asks."""
    stage = staged(httpx.Response(429, headers={"retry-after": "3600"}), QUEUED, timeout=None)
    assert stage.client.render(DOC).id == "job-1"
    assert stage.time.pauses == [3600.0]


def test_the_limit_holds_for_all_tries_together(staged: Any) -> None:
    """Slow failures use up the call's time: no try begins after it."""
    stage = staged(timeout=10, retries=100)

    def slow(_: httpx.Request) -> httpx.Response:
        stage.time.seconds += 3
        return httpx.Response(503)

    stage.service.answers = [slow]
    with pytest.raises(ServerError):
        stage.client.render(DOC)
    assert stage.time.seconds - 1000 <= 10 + 3
    assert len(stage.service.requests) == 3


def test_each_try_is_given_what_is_left(staged: Any) -> None:
    """The network is told the seconds left of the call, not the whole limit again."""
    stage = staged(timeout=10)

    def slow(_: httpx.Request) -> httpx.Response:
        stage.time.seconds += 4
        return httpx.Response(503)

    stage.service.answers = [slow, QUEUED]
    stage.client.render(DOC)
    assert [request.extensions["timeout"]["read"] for request in stage.service.requests] == [10, 5.5]


def test_time_up_is_a_timeout_error(staged: Any) -> None:
    """A call whose time is up is a TransportTimeoutError and the builtin TimeoutError, with its key."""
    stage = staged(timeout=5)

    def stall(_: httpx.Request) -> httpx.Response:
        stage.time.seconds += 5
        raise httpx.ReadTimeout("slow")

    stage.service.answers = [httpx.Response(503), stall]
    stage.time.seconds -= 0.5
    with pytest.raises(
        TransportTimeoutError, match=r"within 5 s after 2 tries.*; before that: .*503"
    ) as caught:
        stage.client.render(DOC)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.idempotency_key == stage.service.keys[0]


def test_a_post_without_a_key_goes_once(staged: Any) -> None:
    """`request` repeats what reads or has a key; another POST only when nothing was sent."""
    for fault, times in (
        (httpx.ReadError("cut"), 1),
        (httpx.Response(503), 1),
        (httpx.ConnectError("no"), 3),
    ):
        stage = staged(fault)
        with pytest.raises(ReelforgeError):
            stage.client.request("post", "/v1/things", {"a": 1})
        assert len(stage.service.requests) == times
    for method, body in (("GET", None), ("POST", {"idempotency_key": "mine"})):
        stage = staged(httpx.ReadError("cut"))
        with pytest.raises(TransportError):
            stage.client.request(method, "/v1/things", body)
        assert len(stage.service.requests) == 3
    assert stage.service.keys == ["mine"] * 3


def test_request_returns_plain_json(staged: Any) -> None:
    """Unknown endpoints answer with any JSON, or with nothing."""
    stage = staged(httpx.Response(200, json=[1, {"a": None}]), httpx.Response(204))
    assert stage.client.request("GET", "/v1/things?x=1 2".replace(" ", "%20")) == [1, {"a": None}]
    assert stage.client.request("DELETE", "/v1/things/é") is None
    assert [str(request.url) for request in stage.service.requests] == [
        "https://api.example.com/v1/things?x=1%202",
        "https://api.example.com/v1/things/%C3%A9",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "v1/x",
        "https://evil.example/",
        "//evil.example/",
        "/v1/../admin",
        "/v1 x",
        "/v1\n",
        "/a\\b",
        "",
        7,
        "/a#b",
    ],
)
def test_a_path_does_not_leave_the_service(staged: Any, path: Any) -> None:
    """A path with a host, dots or blanks is refused before anything is sent."""
    stage = staged(QUEUED)
    with pytest.raises(FieldError, match="path"):
        stage.client.request("GET", path)
    with pytest.raises(FieldError, match="method"):
        stage.client.request("GET x", "/v1")
    assert stage.service.requests == []


def test_a_closed_client_says_so(staged: Any) -> None:
    """After ``close`` nothing is sent; a borrowed httpx client stays its owner's."""
    stage = staged(QUEUED)
    http = httpx.Client(transport=stage.service)
    with Client(KEY, http_client=http) as client:
        client.render(DOC)
    with pytest.raises(TransportError, match="closed"):
        client.render(DOC)
    client.close()
    assert not http.is_closed
    owned = Client.over(Config(Secret(KEY)), http_client=http, closes=True)
    owned.close()
    assert http.is_closed


def test_a_client_is_not_pickled() -> None:
    """Pickling a client is refused with a reason, for it holds the key."""
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Client(KEY))
    with pytest.raises(TypeError):
        copy.copy(Secret(KEY))


SECRETS = (KEY, "whsec_very_secret", "header_secret")


def test_secrets_are_nowhere(staged: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Even a service that repeats key and secrets gets them into no error, log, pickle or traceback."""
    caplog.set_level(logging.DEBUG)
    echo = {
        "error": {
            "code": KEY,
            "message": " ".join(SECRETS),
            "details": [{"message": SECRETS[1], "path": KEY}],
        }
    }
    for answer in (
        httpx.Response(400, json=echo),
        httpx.Response(200, json={"echo": list(SECRETS)}),
        httpx.Response(500, text=f"<pre>Authorization: Bearer {KEY}</pre>"),
        httpx.ConnectError(f"Illegal header value b'Bearer {KEY}'"),
        httpx.Response(302, headers={"location": f"https://{KEY}@x.example/"}),
    ):
        stage = staged(answer, retries=1)
        with pytest.raises(ReelforgeError) as caught:
            stage.client.render(dict(DOC))
        error = caught.value
        shown = [
            repr(error),
            str(error),
            repr(vars(error)),
            repr(pickle.dumps(error)),
            repr(error.__context__),
        ]
        shown.append("".join(traceback.format_exception(error)))
        assert error.__cause__ is None
        for secret in SECRETS:
            assert not any(secret in text for text in shown)
    assert "again in" in caplog.text
    ours = "".join(record.getMessage() for record in caplog.records if record.name == "reelforge_dsl")
    assert not any(secret in ours for secret in SECRETS)


def test_a_good_answer_that_repeats_secrets_is_struck(staged: Any) -> None:
    """What a handle keeps of an answer, and pickles, holds none of the call's secrets."""
    stage = staged(
        httpx.Response(202, json={"job_id": "j", "note": list(SECRETS), "webhook_secret": "other"})
    )
    job = stage.client.render(DOC)
    assert job.raw == {"job_id": "j", "note": ["…", "…", "…"], "webhook_secret": "…"}
    assert not any(secret.encode() in pickle.dumps(job) for secret in SECRETS)


def test_the_request_id_is_in_the_body_or_the_headers(staged: Any) -> None:
    """Handles and verdicts know their request id, wherever the service says it."""
    head = {"x-request-id": "req_h"}
    stage = staged(httpx.Response(202, headers=head, json={"job_id": "j"}))
    assert stage.client.render(DOC).request_id == "req_h"
    stage = staged(httpx.Response(202, headers=head, json={"job_id": "j", "request_id": "req_b"}))
    assert stage.client.render(DOC).request_id == "req_b"


def test_a_message_tells_the_try_before_only(staged: Any) -> None:
    """After many tries a message tells the last one, and the last that ended otherwise, once each."""
    stage = staged(httpx.ConnectError("no"), retries=30, timeout=None)
    with pytest.raises(TransportError, match="after 31 tries") as caught:
        stage.client.render(DOC)
    assert str(caught.value).count("cannot be reached") == 1
    stage = staged(
        httpx.Response(502), httpx.Response(503), httpx.ConnectError("no"), retries=30, timeout=None
    )
    with pytest.raises(TransportError, match=r"after 31 tries .*; before that: .* 503 ") as caught:
        stage.client.render(DOC)
    assert str(caught.value).count("before that") == 1
    stage = staged(httpx.Response(503), retries=2)
    with pytest.raises(ServerError, match="was answered 503 Service Unavailable after 3 tries"):
        stage.client.render(DOC)


def test_a_message_tells_the_key_to_go_on_with(staged: Any) -> None:
    """A log alone is enough to send the same call again: the message has its key."""
    for fault in (httpx.ReadTimeout("slow"), httpx.Response(500), httpx.Response(200, content=b"")):
        stage = staged(fault, retries=0)
        with pytest.raises(ReelforgeError) as caught:
            stage.client.render(DOC)
        assert f"the same call with idempotency_key={stage.service.keys[0]!r} is safe" in str(caught.value)


def test_what_is_sent_is_logged_without_queries(staged: Any, caplog: pytest.LogCaptureFixture) -> None:
    """DEBUG lines name method, path, status, try and request id."""
    caplog.set_level(logging.DEBUG, "reelforge_dsl")
    stage = staged(httpx.Response(503, headers={"x-request-id": "req_a"}), httpx.Response(200, json={}))
    stage.client.request("GET", "/v1/things?signature=abc")
    told = [record.getMessage() for record in caplog.records if record.name == "reelforge_dsl"]
    assert told == [
        "GET /v1/things answered 503 (try 1, request req_a)",
        "GET /v1/things again in 0.50 s",
        "GET /v1/things answered 200 (try 2, request none)",
    ]


def test_both_clients_send_the_same(staged: Any) -> None:
    """The async client takes the same steps: same bytes, same pauses, same errors."""
    script = (httpx.ConnectError("no"), httpx.Response(503), QUEUED)
    threads, tasks = staged(*script), staged(*script)
    first = threads.client.render(DOC, idempotency_key="one")

    async def render() -> Any:
        async with tasks.async_client as client:
            return await client.render(DOC, idempotency_key="one")

    second = asyncio.run(render())
    assert (first.id, first.idempotency_key) == (second.id, second.idempotency_key)
    assert threads.time.pauses == tasks.time.pauses
    assert [(r.method, r.url, r.content) for r in threads.service.requests] == [
        (r.method, r.url, r.content) for r in tasks.service.requests
    ]
    failing = staged(httpx.Response(402))
    with pytest.raises(OutOfCreditsError):
        asyncio.run(failing.async_client.render(DOC))


def test_an_async_call_ends_at_its_limit() -> None:
    """The event loop breaks off a call that hangs, wherever it hangs."""

    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(3600)
            raise AssertionError

    async def call() -> None:
        async with AsyncClient(
            KEY, timeout=0.05, http_client=httpx.AsyncClient(transport=Hanging())
        ) as client:
            await client.render(DOC)

    began = time.monotonic()
    with pytest.raises(TransportTimeoutError):
        asyncio.run(call())
    assert time.monotonic() - began < 30


def test_one_client_serves_many_threads(staged: Any) -> None:
    """Calls of many threads on one client get each its own answer and key."""
    from concurrent.futures import ThreadPoolExecutor

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(202, json={"job_id": request.headers["idempotency-key"]})

    stage = staged(answer)
    client = stage.client
    with ThreadPoolExecutor(16) as pool:
        jobs = list(pool.map(lambda _: client.render(DOC), range(200)))
    assert len({job.id for job in jobs}) == 200
    assert all(job.id == job.idempotency_key for job in jobs)
