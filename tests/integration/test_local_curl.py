"""The documented commands run against the served service: host, key, job id and asset addresses replaced."""

from __future__ import annotations

import http.client
import json
import re
import runpy
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reelforge_dsl import engine, local

HERE = Path(__file__).parent
CONTRACT = HERE.parent / "contract"
SERVING = runpy.run_path(str(HERE / "serving.py"))
TEXT = (CONTRACT / "curls" / "seed-music-end-to-end.txt").read_text("utf-8")
PAYLOADS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((CONTRACT / "payloads").glob("*.json"))
}
REQUESTS = [name for name, held in PAYLOADS.items() if held["kind"] == "request" and held["complete"]]
HOST = "https://api.reelforger.com"
JOB = "9e1d1a87-1c7c-4518-a7d6-b65e24f9e6af"
TRACK = "https://assets.reelforger.com/music/night-drive-1.mp3"
KEY = "k3y-of-mine"
ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def commands(text: str) -> list[list[str]]:
    """Return the ``curl`` commands of a page, as a shell would split them."""
    found: list[list[str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("curl "):
            said = line
            while said.endswith("\\") or said.count("'") % 2:
                said = said.removesuffix("\\") + ("" if said.endswith("\\") else "\n") + next(lines)
            found.append(shlex.split(said))
    return found


def answers(text: str) -> list[Any]:
    """Return the JSON that stands after each line that ends in ``response:``."""
    reader = json.JSONDecoder()
    return [reader.raw_decode(text, found.end())[0] for found in re.finditer(r"response:\n", text)]


def run(command: list[str]) -> tuple[int, Any]:
    """Run a command with ``curl`` where it is, else send the same request; return status and JSON."""
    if shutil.which("curl"):
        asked = ["curl", "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}"]
        said = subprocess.run([*asked, *command[1:]], check=True, capture_output=True, timeout=60).stdout
        body, _, status = said.rpartition(b"\n")
        return int(status), json.loads(body)
    return sent(command)


def sent(command: list[str]) -> tuple[int, Any]:
    """Send what a command says, without ``curl``."""
    said = {"-X": "GET", "-d": ""}
    headers: dict[str, str] = {}
    words = iter(command[1:])
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word in said:
            said[word] = next(words)
        else:
            url = urlsplit(word)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
    try:
        connection.request(said["-X"], url.path, said["-d"].encode() or None, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def with_(command: list[str], **replaced: str) -> list[str]:
    """Return a command with what belongs to the reader put in."""
    words = {HOST: replaced["host"], "<YOUR_API_KEY>": KEY}
    words |= {JOB: replaced.get("job", JOB), TRACK: replaced.get("track", TRACK)}
    done = []
    for word in command:
        for old, new in words.items():
            word = word.replace(old, new)
        done.append(word)
    return done


def shape(value: Any) -> Any:
    """Return what kind of value stands where, the order of keys with it."""
    if isinstance(value, dict):
        return [(key, shape(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [shape(item) for item in value]
    return (
        "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
    )


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """A served service that asks for a key."""
    with SERVING["serving"](api_key=KEY) as found:
        yield found


def ended(served: Any, path: str, *, looks: int = 20, pause: float = 0) -> Any:
    """Look at a job with the documented command until it has ended."""
    for _ in range(looks):
        command = ["curl", "-X", "GET", served.url + path, "-H", f"Authorization: Bearer {KEY}"]
        status, body = run(command)
        assert status == 200
        if body.get("data", body)["status"] in ("completed", "failed"):
            return body
        time.sleep(pause)
    raise AssertionError("the job did not end")


def test_the_page_has_three_commands_and_two_answers() -> None:
    """The copy of the page is whole, and each command is read to its end."""
    assert [command[2:4] for command in commands(TEXT)] == [
        ["POST", f"{HOST}/v1/music/generate"],
        ["GET", f"{HOST}/v1/music/jobs/{JOB}"],
        ["POST", f"{HOST}/v1/videos/render"],
    ]
    assert len(answers(TEXT)) == 2
    assert json.loads(commands(TEXT)[0][-1]) == PAYLOADS["seed-music-generate-curl-request"]["body"]
    assert json.loads(commands(TEXT)[2][-1]) == PAYLOADS["seed-music-track-in-render-request"]["body"]


def test_music_from_the_command_to_the_film(served: Any) -> None:
    """Generate, poll and render as documented: each answer has the documented keys, kinds and prices."""
    generate, poll, render = commands(TEXT)
    queued, completed = answers(TEXT)
    status, body = run(with_(generate, host=served.url))
    assert (status, shape(body)) == (202, shape(queued))
    assert re.fullmatch(ID, body["data"]["job_id"])
    assert body["data"] | {"job_id": JOB} == queued["data"]
    job = body["data"]["job_id"]
    assert run(with_(generate, host=served.url))[1]["data"]["job_id"] == job
    ended(served, f"/v1/music/jobs/{job}")
    status, body = run(with_(poll, host=served.url, job=job))
    assert status == 200
    assert [key for key in body["data"] if key in completed["data"]] == list(completed["data"])
    assert shape(body["data"]["tracks"]) == shape(completed["data"]["tracks"])
    assert [track["id"] for track in body["data"]["tracks"]] == ["track-1", "track-2"]
    said = ("status", "billing_policy", "credit_cost")
    assert [body["data"][key] for key in said] == [completed["data"][key] for key in said]
    status, body = run(with_(render, host=served.url, job=job, track=body["data"]["tracks"][0]["audio_url"]))
    assert (status, list(body)) == (202, ["success", "job_id", "request_id"])
    assert ended(served, f"/v1/jobs/{body['job_id']}")["output_url"].startswith(served.url + "/outputs/")


def test_the_commands_make_music_and_a_film_of_it(tmp_path: Path) -> None:
    """With the engine the same commands bring two tracks that differ, and 8 s of film with one under it."""
    generate, poll, render = commands(TEXT)
    media = HERE.parents[1] / "cookbook" / "media"
    clip = (media / "bunny.mp4").as_uri()
    with ExitStack() as ending:

        def made(place: str) -> Any:
            service = local.Service(api_key=KEY, data_dir=tmp_path, media_root=media, base_url=place)
            return ending.enter_context(service)

        served = ending.enter_context(SERVING["serving"](made))
        job = run(with_(generate, host=served.url))[1]["data"]["job_id"]
        ended(served, f"/v1/music/jobs/{job}", looks=600, pause=0.2)
        tracks = run(with_(poll, host=served.url, job=job))[1]["data"]["tracks"]
        command = with_(render, host=served.url, job=job, track=tracks[0]["audio_url"])
        film = run([word.replace("https://example.com/clip1.mp4", clip) for word in command])[1]
        url = ended(served, f"/v1/jobs/{film['job_id']}", looks=600, pause=0.2)["output_url"]
        for name, place in (("a", tracks[0]["audio_url"]), ("b", tracks[1]["audio_url"]), ("c", url)):
            reply = served.ask("GET", urlsplit(place).path)
            assert reply.status == 200
            (tmp_path / name).write_bytes(reply.body)
    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()
    for name, track in zip("ab", tracks, strict=True):
        assert engine.probe(tmp_path / name) == pytest.approx(track["duration"], abs=0.01)
    assert engine.probe(tmp_path / "c") == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_documented_request_is_answered_as_documented(served: Any, name: str) -> None:
    """Each whole request, as a command of the documented form, is queued; its envelope is its endpoint's."""
    payload = PAYLOADS[name]
    method, _, place = payload["endpoint"].partition(" ")
    path = urlsplit(place.partition("|")[0]).path
    text = json.dumps(payload["body"])
    head = ["-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {KEY}"]
    status, body = run(["curl", "-X", method, served.url + path, *head, "-d", text])
    is_music = path.startswith("/v1/music")
    known = "seed-music-generate-response" if is_music else "api-reference-recipes-render-response"
    assert (status, shape(body)) == (202, shape(PAYLOADS[known]["body"]))
    if not is_music:
        status, verdict = run(["curl", "-X", "POST", f"{served.url}/v1/videos/validate", *head, "-d", text])
        assert (status, verdict["data"]["valid"], verdict["data"]["errors"]) == (200, True, [])


def test_a_command_without_the_key_is_refused(served: Any) -> None:
    """401, in the envelope of errors."""
    [generate, *_] = commands(TEXT)
    status, body = run([word.replace(HOST, served.url) for word in generate])
    assert (status, body["success"], body["error"]["code"]) == (401, False, "unauthorized")


def test_without_curl_the_same_goes(served: Any) -> None:
    """The way for machines without ``curl`` sends the same request."""
    [generate, *_] = commands(TEXT)
    status, body = sent(with_(generate, host=served.url))
    assert (status, body["data"]["credit_cost"]) == (202, 20)
    assert run(with_(generate, host=served.url))[1]["data"]["job_id"] == body["data"]["job_id"]


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(served: Any, tmp_path: Path) -> None:
    """``curl`` asks before it sends 17 MiB, and is told 413."""
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    big = tmp_path / "big.json"
    big.write_bytes(b" " * (17 << 20))
    head = ["-H", f"Authorization: Bearer {KEY}", "-H", "Expect: 100-continue"]
    url = f"{served.url}/v1/videos/render"
    status, body = run(["curl", "-X", "POST", url, *head, "--data-binary", f"@{big}"])
    assert (status, body["error"]["code"]) == (413, "too_large")
