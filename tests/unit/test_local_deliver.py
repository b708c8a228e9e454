"""Deliveries to webhooks: what is sent, when it is tried again, and where it never goes."""

from __future__ import annotations

import asyncio
import logging
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reelforge_dsl import webhooks
from reelforge_dsl.local._deliver import PAUSES, Deliverer
from reelforge_dsl.local._events import Delivery, event_body

BODY = event_body("video.render.completed", "job-1", {"output_url": "https://example.com/f.mp4"}, {"n": 1})
NOW = 1_800_000_000.0


class Receiver:
    """A server on loopback that answers with the statuses it was given, the last one for ever."""

    def __init__(self, *statuses: int, location: str = "", before: Callable[[], object] = bool) -> None:
        self.statuses = list(statuses) or [200]
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.seen.append((self.path, headers, body))
                before()
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                self.send_response_only(status)
                if location:
                    self.send_header("location", location)
                self.send_header("content-length", "1000000")  # more than ever comes: nobody reads it
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiving() -> Iterator[Callable[..., Receiver]]:
    """Start receivers, and stop them afterwards."""
    made: list[Receiver] = []

    def start(*statuses: int, **words: Any) -> Receiver:
        made.append(Receiver(*statuses, **words))
        return made[-1]

    yield start
    for receiver in made:
        receiver.close()


class Post:
    """A deliverer whose pauses take no time, and what became of its deliveries."""

    def __init__(self, **settings: Any) -> None:
        self.pauses: list[float] = []
        self.attempts = 0
        self.ended: queue.Queue[tuple[str, str]] = queue.Queue()
        usual = {"allow_private": True, "sleep": self.sleep, "wall": lambda: NOW + sum(self.pauses)}
        self.deliverer = Deliverer(**(usual | settings))

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def begin(self) -> None:
        self.deliverer.start(self.settle)

    def settle(self, delivery: Delivery, *, attempts: int, delivered: bool) -> None:
        self.attempts = attempts
        self.ended.put((delivery.job_id, "delivered" if delivered else "given_up"))

    def send(self, url: str, **words: Any) -> str:
        """Deliver one event, and return how it ended."""
        self.deliverer.take(delivery(url, **words))
        return self.ended.get(timeout=20)[1]


@pytest.fixture
def posting() -> Iterator[Callable[..., Post]]:
    """Make deliverers, and close them afterwards."""
    made: list[Post] = []

    def start(*, is_started: bool = True, **settings: Any) -> Post:
        made.append(Post(**settings))
        if is_started:
            made[-1].begin()
        return made[-1]

    yield start
    for post in made:
        post.deliverer.close(0)


def delivery(url: str, *, job: str = "job-1", secret: str | None = "s3cret", **headers: str) -> Delivery:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(job, "video.render.completed", url, named, secret, BODY)


def at(receiver: Receiver, path: str = "/hook?token=t0ken", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{receiver.port}{path}"


def test_an_event_arrives_signed(receiving: Any, posting: Any) -> None:
    """The bytes come as made, with the request's own headers, and verify with its secret."""
    receiver = receiving()
    assert posting().send(at(receiver), X_Environment="production", Authorization="Basic abc") == "delivered"
    [(path, headers, body)] = receiver.seen
    assert path == "/hook?token=t0ken"
    assert (headers["x-environment"], headers["authorization"]) == ("production", "Basic abc")
    assert headers["content-type"] == "application/json"
    event = webhooks.unwrap(body, headers, "s3cret", now=NOW)
    assert isinstance(event, webhooks.RenderCompleted)
    assert (event.job_id, event.output_url) == ("job-1", "https://example.com/f.mp4")
    assert event.metadata == {"n": 1}


def test_without_a_secret_there_is_no_signature(receiving: Any, posting: Any) -> None:
    """An event that nothing signs goes without the header."""
    receiver = receiving()
    assert posting().send(at(receiver), secret=None) == "delivered"
    assert "reelforger-signature" not in receiver.seen[0][1]


def test_what_is_not_taken_comes_again(receiving: Any, posting: Any) -> None:
    """After 500 and 404 it is sent again, the same bytes under a new signature."""
    receiver = receiving(500, 404, 204)
    post = posting()
    assert post.send(at(receiver)) == "delivered"
    assert post.pauses == [5, 30]
    assert [body for _, _, body in receiver.seen] == [BODY] * 3
    for moment, (_, headers, body) in zip((NOW, NOW + 5, NOW + 35), receiver.seen, strict=True):
        assert headers["reelforger-signature"].startswith(f"t={moment:.0f},v1=")
        webhooks.unwrap(body, headers, "s3cret", now=moment, tolerance=0)


def test_five_tries_over_minutes(receiving: Any, posting: Any) -> None:
    """A receiver that never takes it sees it five times, and it is given up."""
    receiver = receiving(503)
    post = posting()
    assert post.send(at(receiver)) == "given_up"
    assert post.pauses == [5, 30, 120, 300] == list(PAUSES)
    assert len(receiver.seen) == post.attempts == 5


def test_gone_means_gone(receiving: Any, posting: Any) -> None:
    """410 ends it at the first try."""
    receiver = receiving(410)
    assert posting().send(at(receiver)) == "given_up"
    assert len(receiver.seen) == 1


def test_redirects_are_not_followed(receiving: Any, posting: Any) -> None:
    """The place that a 307 names never hears of it."""
    other = receiving()
    receiver = receiving(307, location=at(other))
    assert posting(pauses=(1,)).send(at(receiver)) == "given_up"
    assert (len(receiver.seen), len(other.seen)) == (2, 0)


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["127.0.0.1"], ["::1"], ["169.254.169.254"], ["8.8.8.8", "192.168.0.1"]]
)
def test_private_addresses_are_refused(posting: Any, addresses: list[str]) -> None:
    """A name with a private address is given up at once, and nobody is connected to."""
    post = posting(allow_private=False, resolve=lambda host, port: addresses)
    assert post.send("https://hooks.example/in") == "given_up"
    assert post.pauses == []


def test_the_address_that_was_judged_is_connected_to(receiving: Any, posting: Any) -> None:
    """The name is looked up once; the connection goes to the address found, under the name."""
    receiver = receiving()
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    assert posting(resolve=resolve).send(at(receiver, host="me:pw@hooks.example")) == "delivered"
    assert asked == [("hooks.example", receiver.port)]
    headers = receiver.seen[0][1]
    assert headers["host"] == f"hooks.example:{receiver.port}"
    assert headers["authorization"] == "Basic bWU6cHc="


def test_the_next_address_is_taken_where_one_is_dead(receiving: Any, posting: Any) -> None:
    """A name whose first address nobody answers at, as ::1 of localhost often, is told in the same try."""
    receiver = receiving()
    post = posting(resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert post.send(at(receiver, host="hooks.example")) == "delivered"
    assert post.pauses == []
    assert len(receiver.seen) == 1


def test_a_name_without_address_is_tried_again(posting: Any) -> None:
    """A look-up that fails may succeed later."""

    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "again")

    post = posting(resolve=resolve)
    assert post.send("https://hooks.example/in") == "given_up"
    assert post.pauses == list(PAUSES)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "hook", "http://", "http://exa mple/\x7f", "http://h:99999/", "http://h/\ud800"],
)
def test_what_is_no_address_is_given_up(posting: Any, url: str) -> None:
    """No such URL is ever tried again."""
    post = posting()
    assert post.send(url) == "given_up"
    assert post.pauses == []


def test_a_name_that_cannot_be_decoded_ends_too(posting: Any) -> None:
    """A host in faulty Punycode, which httpx reads and cannot say, does not leave its event hanging."""
    assert posting(resolve=lambda host, port: []).send("http://xn--/") == "given_up"


def test_headers_that_are_not_the_requests_to_set(
    receiving: Any, posting: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of the connection, the body and the signature are left out, and so is what would break a line."""
    receiver = receiving()
    given = {
        "Host": "other.example",
        "Content_Length": "1",
        "Content_Type": "text/plain",
        "Transfer_Encoding": "chunked",
        "Connection": "keep-alive",
        "ReelForger_Signature": "t=1,v1=00",
        "X_Split": "a\r\nX-Evil: val-ue",
        "X_Emoji": "\U0001f3ac",
        "X_Fine": "yes",
    }
    assert posting().send(at(receiver), **given) == "delivered"
    headers = receiver.seen[0][1]
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-length"] == str(len(BODY))
    assert headers["reelforger-signature"].startswith(f"t={NOW:.0f},")
    assert headers["x-fine"] == "yes"
    assert not {"transfer-encoding", "x-split", "x-evil", "x-emoji"} & headers.keys()
    assert "8 of its webhook_headers" in caplog.text
    assert "val-ue" not in caplog.text


def test_silence_has_a_limit(receiving: Any, posting: Any) -> None:
    """A receiver that says nothing costs one try, and is asked again."""
    held = threading.Event()
    receiver = receiving(before=lambda: held.wait(20) if len(receiver.seen) == 1 else None)
    try:
        assert posting(seconds=0.3).send(at(receiver)) == "delivered"
    finally:
        held.set()
    assert len(receiver.seen) == 2


def test_a_slow_receiver_does_not_hold_up_the_others(receiving: Any, posting: Any) -> None:
    """While one receiver is silent, another gets its event."""
    held = threading.Event()
    slow, quick = receiving(before=lambda: held.wait(20)), receiving()
    post = posting()
    post.deliverer.take(delivery(at(slow), job="slow"))
    post.deliverer.take(delivery(at(quick), job="quick"))
    assert post.ended.get(timeout=20) == ("quick", "delivered")
    held.set()
    assert post.ended.get(timeout=20) == ("slow", "delivered")


def test_what_came_before_the_start_is_delivered(receiving: Any, posting: Any) -> None:
    """Events that a service hands over while it is being made wait for the start."""
    receiver = receiving()
    post = posting(is_started=False)
    post.deliverer.take(delivery(at(receiver)))
    assert receiver.seen == []
    post.begin()
    assert post.ended.get(timeout=20) == ("job-1", "delivered")


def test_the_queue_is_bounded(receiving: Any, posting: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be held is neither sent nor settled, and the log says so."""
    receiver = receiving()
    post = posting(is_started=False, most=2)
    for name in ("one", "two", "three"):
        post.deliverer.take(delivery(at(receiver), job=name))
    assert "job three waits for the next start" in caplog.text
    post.begin()
    assert {post.ended.get(timeout=20)[0] for _ in range(2)} == {"one", "two"}
    assert post.send(at(receiver), job="four") == "delivered"
    assert len(receiver.seen) == 3


def test_closing_finishes_the_try_and_leaves_the_rest(receiving: Any, posting: Any) -> None:
    """The event under way is delivered; the one that waits for its next try is not settled."""
    reached, held = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        held.wait(20)

    busy, failing = receiving(before=wait), receiving(500)
    pausing = threading.Event()

    async def sleep(seconds: float) -> None:
        pausing.set()
        await asyncio.sleep(3600)

    post = posting(sleep=sleep)
    post.deliverer.take(delivery(at(busy), job="busy"))
    post.deliverer.take(delivery(at(failing), job="failing"))
    assert reached.wait(20)
    assert pausing.wait(20)
    threading.Timer(0.2, held.set).start()
    post.deliverer.close()
    post.deliverer.close()
    post.deliverer.take(delivery(at(failing), job="late"))
    assert [post.ended.get_nowait() for _ in range(post.ended.qsize())] == [("busy", "delivered")]


def test_nothing_told_shows_a_secret(receiving: Any, posting: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, neither our lines nor those of the libraries below show secret, header, address or body."""
    caplog.set_level(logging.DEBUG)
    receiver = receiving(500, 200)
    given = delivery(at(receiver, host="me:pa55@127.0.0.1"), X_Key="k3y-of-mine")
    post = posting()
    post.deliverer.take(given)
    assert post.ended.get(timeout=20)[1] == "delivered"
    assert "webhook video.render.completed of job job-1 again in 5 s: answered 500" in caplog.text
    for hidden in ("s3cret", "k3y-of-mine", "pa55", "t0ken", "output_url", "v1="):
        assert hidden not in caplog.text + repr(given)
