"""The cookbook's receiver of deliveries, served on loopback by a real server."""

from __future__ import annotations

import json
import runpy
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from reelforge_dsl import webhooks

RECIPE = runpy.run_path(str(Path(__file__).parents[2] / "cookbook" / "02_webhooks.py"))
SECRET = "whsec_of_the_test"
EVENT = {"type": "video.render.completed", "job_id": "job-7", "metadata": {"campaign": "spring"}}
BODY = json.dumps(EVENT, indent=1).encode()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the recipe listens."""
    config = uvicorn.Config(
        RECIPE["receiver"](SECRET), port=0, log_level="critical", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/reelforger"
    server.should_exit = True
    thread.join()


def signed(body: bytes, at: float | None = None) -> dict[str, str]:
    return {"ReelForger-Signature": webhooks.sign(body, SECRET, at=at)}


def test_a_delivery_is_answered_and_acted_on(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A rightly signed delivery is answered 204 without a body, and its event reaches the work."""
    answer = httpx.post(address, content=BODY, headers=signed(BODY))
    assert (answer.status_code, answer.content) == (204, b"")
    said = ""
    for _ in range(500):
        said += capfd.readouterr().out
        if "\n" in said:
            break
        time.sleep(0.01)
    assert said == "film job-7 is ready: None {'campaign': 'spring'}\n"


@pytest.mark.parametrize(
    ("sender", "content", "what"),
    [
        (dict, BODY, "the header ReelForger-Signature is missing"),
        (lambda: signed(BODY), BODY + b" ", "no signature fits the body"),
        (lambda: signed(BODY), json.dumps(EVENT).encode(), "no signature fits the body"),
        (lambda: signed(BODY, at=5), BODY, "the delivery was signed "),
        (lambda: {"ReelForger-Signature": "nonsense"}, BODY, "ReelForger-Signature does not say once"),
        (lambda: {b"ReelForger-Signature": "t=1,v1=é".encode()}, BODY, "a signature in ReelForger-Signature"),
        (lambda: signed(b"{"), b"{", "the body is not JSON"),
        (lambda: signed(b""), b"", "the body is not JSON"),
    ],
)
def test_what_is_no_delivery_is_answered_400(address: str, sender: Any, content: bytes, what: str) -> None:
    """Whatever is wrong is one 400 that says so and shows nothing of the delivery."""
    answer = httpx.post(address, content=content, headers=sender())
    assert answer.status_code == 400
    assert answer.text.startswith(what)
    assert "campaign" not in answer.text


def test_a_body_of_any_size_is_not_taken(address: str) -> None:
    """A body over the limit is answered 413, however it is signed."""
    body = b" " * (webhooks.MAX_BYTES + 1)
    assert httpx.post(address, content=body, headers=signed(body)).status_code == 413


def test_the_served_app_reads_its_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The factory named in the recipe's docstring takes the secret's variable, and fails without it."""
    monkeypatch.setenv("REELFORGER_WEBHOOK_SECRET", SECRET)
    assert RECIPE["app"]().routes[0].path == "/reelforger"
    monkeypatch.delenv("REELFORGER_WEBHOOK_SECRET")
    with pytest.raises(KeyError):
        RECIPE["app"]()
