"""The v1 API in process, asked by plain httpx: routes, envelopes, statuses, idempotency, ranges, faults."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import pickle
import threading
import uuid
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelforge_dsl import FieldError, local
from reelforge_dsl.local import Fault

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
FREE = {
    "transcription_credit_cost": 0,
    "transcription_duration_seconds_billed": 0,
    "render_credit_cost": 0,
    "total_credit_cost": 0,
}


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]


FILM = payload("seed-music-track-in-render-request")
SPOKEN = payload("seed-timeline-captions-omitted-words-request")
RECIPE = payload("api-reference-recipes-render-request")
MUSIC = payload("seed-music-generate-simple-request")
POSTS = {
    "/v1/videos/validate": FILM,
    "/v1/videos/render": FILM,
    "/v1/recipes/render": RECIPE,
    "/v1/music/generate": MUSIC,
}


def film(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(FILM) | changes


def over(service: local.Service, **more: Any) -> httpx.Client:
    return httpx.Client(transport=local.Transport(service), base_url=service.base_url, **more)


def faulty(*faults: Fault) -> httpx.Client:
    return over(local.Service(renderer="instant", faults=faults))


@pytest.fixture
def service() -> local.Service:
    return local.Service(renderer="instant")


@pytest.fixture
def http(service: local.Service) -> Iterator[httpx.Client]:
    with over(service) as client:
        yield client


def rendered(http: httpx.Client, body: Any = FILM, path: str = "/v1/videos/render") -> str:
    """Queue a job, and return its address."""
    answer = http.post(path, json=body)
    assert answer.status_code == 202, answer.text
    made = answer.json()
    music = path.startswith("/v1/music")
    return f"/v1/music/jobs/{made['data']['job_id']}" if music else f"/v1/jobs/{made['job_id']}"


def statuses(http: httpx.Client, address: str, looks: int) -> list[str]:
    answers = [http.get(address).json() for _ in range(looks)]
    return [answer.get("data", answer)["status"] for answer in answers]


def film_of(http: httpx.Client, body: Any = FILM) -> str:
    """Return the address of a finished film."""
    address = rendered(http, body)
    for _ in range(4):
        seen = http.get(address).json()
    url = seen["output_url"]
    assert isinstance(url, str)
    return url


def test_a_render_is_queued_flat(http: httpx.Client) -> None:
    """A render answers 202 with success, a job's UUID and the request id, and nothing else."""
    answer = http.post("/v1/videos/render", json=FILM)
    body = answer.json()
    assert answer.status_code == 202
    assert list(body) == list(payload("api-reference-recipes-render-response"))
    assert body["success"] is True
    assert str(uuid.UUID(body["job_id"])) == body["job_id"]
    assert body["request_id"] == answer.headers["x-request-id"]


def test_a_recipe_is_queued_flat(http: httpx.Client) -> None:
    """The documented recipe request gets the documented answer, and its job is read like a render's."""
    body = http.post("/v1/recipes/render", json=RECIPE).json()
    assert list(body) == list(payload("api-reference-recipes-render-response"))
    assert statuses(http, f"/v1/jobs/{body['job_id']}", 3) == ["queued", "rendering", "completed"]


def test_music_is_queued_nested(http: httpx.Client) -> None:
    """Music answers in the documented nested envelope, with the documented price."""
    answer = http.post("/v1/music/generate", json=MUSIC)
    body, documented = answer.json(), payload("seed-music-generate-response")
    assert answer.status_code == 202
    assert list(body) == list(documented)
    assert list(body["data"]) == list(documented["data"])
    assert (body["data"]["billing_policy"], body["data"]["credit_cost"]) == ("flat_20_credits", 20)


def test_each_look_moves_a_job_one_state_on(http: httpx.Client) -> None:
    """A film with its words given is queued, rendering, completed, and stays completed."""
    assert statuses(http, rendered(http), 4) == ["queued", "rendering", "completed", "completed"]


def test_captions_without_words_are_transcribed_first(http: httpx.Client) -> None:
    """Only a film whose captions have no words passes through transcribing."""
    seen = statuses(http, rendered(http, SPOKEN), 4)
    assert seen == ["queued", "transcribing", "rendering", "completed"]


def test_a_recipe_with_speech_and_no_words_is_transcribed_first(http: httpx.Client) -> None:
    """A voiceover recipe without transcript_words passes through transcribing."""
    recipe = copy.deepcopy(RECIPE)
    del recipe["variables"]["transcript_words"]
    seen = statuses(http, rendered(http, recipe, "/v1/recipes/render"), 4)
    assert seen == ["queued", "transcribing", "rendering", "completed"]


def test_a_render_job_says_status_film_and_bill(http: httpx.Client) -> None:
    """A look has status, output_url (null until there is a film), a bill of zeros and the metadata."""
    address = rendered(http, film(metadata={"campaign": "spring"}))
    first, _, last = (http.get(address).json() for _ in range(3))
    assert first["output_url"] is None
    assert last["output_url"].startswith("http://local.reelforge/outputs/")
    assert first["billing"] == last["billing"] == FREE
    assert first["metadata"] == {"campaign": "spring"}
    assert address.endswith(first["job_id"])


def test_finished_music_is_two_tracks(http: httpx.Client) -> None:
    """Music is queued and processing without tracks, then completed with two, as documented."""
    address = rendered(http, MUSIC, "/v1/music/generate")
    looks = [http.get(address).json()["data"] for _ in range(3)]
    assert [look["status"] for look in looks] == ["queued", "processing", "completed"]
    assert [len(look["tracks"]) for look in looks] == [0, 0, 2]
    documented = payload("seed-music-job-completed-response")["data"]
    assert list(looks[2]) == list(documented)
    assert list(looks[2]["tracks"][0]) == list(documented["tracks"][0])


def test_tracks_are_silence_that_plays(http: httpx.Client) -> None:
    """Both tracks are WAV files of the length they are said to have, differ, and are silent."""
    address = rendered(http, MUSIC, "/v1/music/generate")
    tracks = [http.get(address).json()["data"]["tracks"] for _ in range(3)][2]
    files = [http.get(track["audio_url"]).content for track in tracks]
    for track, file in zip(tracks, files, strict=True):
        with wave.open(io.BytesIO(file)) as sound:
            assert sound.getnframes() / sound.getframerate() == track["duration"]
            assert not any(sound.readframes(sound.getnframes()))
    assert files[0] != files[1]


def test_silence_is_held_once(service: local.Service, http: httpx.Client) -> None:
    """Thousands of music jobs of a test share the bytes of their tracks, under names of their own."""
    for _ in range(2):
        statuses(http, rendered(http, {"prompt": "lo-fi", "instrumental": True}, "/v1/music/generate"), 3)
    one, other = (job.outputs[0] for job in service.jobs)
    assert one.body is other.body
    assert one.name != other.name


def test_the_placeholder_is_a_container_that_says_what_it_is(http: httpx.Client) -> None:
    """The film is whole MP4 boxes that say they are no film; the same document gives the same bytes."""
    address = film_of(http)
    answer = http.get(address)
    body, boxes, at = answer.content, [], 0
    while at < len(body):
        boxes.append(body[at + 4 : at + 8])
        at += int.from_bytes(body[at : at + 4], "big")
    assert at == len(body)
    assert boxes == [b"ftyp", b"free"]
    assert b"makes no film" in body
    assert answer.headers["x-reelforge-placeholder"] == "instant"
    assert http.get(film_of(http)).content == body
    assert http.get(film_of(http, SPOKEN)).content != body


def test_validation_accepts_and_makes_no_job(service: local.Service, http: httpx.Client) -> None:
    """A sound document is valid, with its length, no price, and no job."""
    answer = http.post("/v1/videos/validate", json=FILM)
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "valid": True,
        "errors": [],
        "warnings": [],
        "estimated_duration_seconds": 8,
        "estimated_credit_cost": None,
    }
    assert service.jobs == ()


def test_validation_reports_errors_and_warnings_apart(http: httpx.Client) -> None:
    """A document with a wrong fps and an unknown key is invalid with one of each, 200 all the same."""
    body = film(output={"width": 1080, "height": 1920, "fps": 25}, colour="red")
    answer = http.post("/v1/videos/validate", json=body)
    data = answer.json()["data"]
    assert (answer.status_code, data["valid"]) == (200, False)
    assert [(issue["code"], issue["path"]) for issue in data["errors"]] == [("fps_not_30", "$.output.fps")]
    assert [(issue["code"], issue["path"]) for issue in data["warnings"]] == [("unknown_key", "$.colour")]
    assert set(data["errors"][0]) == {"code", "path", "message", "hint"}


@pytest.mark.parametrize("body", [[], 7, "text", None, {}, {"version": "v1"}])
def test_validation_reports_what_is_no_document(http: httpx.Client, body: Any) -> None:
    """JSON that has not a document's shape is invalid, never a failure."""
    answer = http.post("/v1/videos/validate", content=json.dumps(body))
    assert answer.status_code == 200
    assert answer.json()["data"]["valid"] is False
    assert answer.json()["data"]["errors"]


def test_validation_takes_recipes(http: httpx.Client) -> None:
    """A recipe body is judged as a recipe."""
    assert http.post("/v1/videos/validate", json=RECIPE).json()["data"]["valid"] is True
    wrong = http.post("/v1/videos/validate", json=RECIPE | {"variables": {}}).json()["data"]
    assert wrong["valid"] is False
    assert all(issue["path"].startswith("$.variables") for issue in wrong["errors"])


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the error of an answer that has the shape of decision D1."""
    body = answer.json()
    assert list(body) == ["success", "error", "request_id"]
    assert body["success"] is False
    assert list(body["error"]) == ["code", "message", "details"]
    assert body["request_id"] == answer.headers["x-request-id"]
    found = body["error"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"version: v1"])
def test_what_is_not_json_is_400(http: httpx.Client, path: str, body: bytes) -> None:
    """A body that is no JSON is 400, at every address."""
    answer = http.post(path, content=body)
    assert answer.status_code == 400
    assert error_of(answer)["code"] == "not_json"


@pytest.mark.parametrize("path", [*POSTS, "/v1/jobs/x", "/v1/music/jobs/x", "/v1/nothing", "/v1"])
@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer wrong", "Basic right", "right"])
def test_without_the_key_everything_under_v1_is_401(path: str, sent: str | None) -> None:
    """A service with a key tells nothing under /v1 to who has not that key."""
    with over(local.Service(renderer="instant", api_key="right")) as http:
        answer = http.request(
            "POST" if path in POSTS else "GET",
            path,
            headers={"authorization": sent} if sent else {},
            content=json.dumps(POSTS.get(path)),
        )
    assert answer.status_code == 401
    assert error_of(answer)["code"] == "unauthorized"


def test_films_need_no_key() -> None:
    """With the key all is done; the film itself is public under its long name."""
    with over(local.Service(renderer="instant", api_key="right")) as http:
        http.headers["authorization"] = "Bearer right"
        address = film_of(http)
        del http.headers["authorization"]
        assert http.get(address).status_code == 200
    assert len(address.rsplit("/", 1)[1]) > 40


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/jobs", "/v1/jobs/", "/v1/jobs/none", "/v1/music/jobs/none", "/outputs/none.mp4"]
)
def test_what_is_not_there_is_404(http: httpx.Client, path: str) -> None:
    """Unknown addresses, jobs and files are 404."""
    answer = http.get(path)
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "not_found"


def test_the_two_kinds_of_job_do_not_mix(http: httpx.Client) -> None:
    """A render's id is no music job, a track's name is no film."""
    address = rendered(http)
    assert http.get(address.replace("/v1/", "/v1/music/")).status_code == 404
    assert http.get(film_of(http).replace("/outputs/", "/tracks/")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/videos/render", "POST"),
        ("DELETE", "/v1/jobs/x", "GET"),
        ("POST", "/outputs/x", "GET, HEAD"),
    ],
)
def test_another_method_is_405(http: httpx.Client, method: str, path: str, allowed: str) -> None:
    """A known address says which methods it takes."""
    answer = http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert error_of(answer)["code"] == "method_not_allowed"


def test_too_long_a_body_is_413() -> None:
    """A body over the limit is not read."""
    with over(local.Service(renderer="instant", max_body_bytes=100)) as http:
        answer = http.post("/v1/videos/render", json=FILM)
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"


@pytest.mark.parametrize(
    ("path", "body", "code", "at"),
    [
        ("/v1/videos/render", film(version="v2"), "unknown_version", "$.version"),
        ("/v1/videos/render", [], "not_an_object", "$"),
        ("/v1/videos/render", film(output="big"), "wrong_type", "$.output"),
        ("/v1/videos/render", film(idempotency_key=7), "wrong_type", "$.idempotency_key"),
        ("/v1/music/generate", {}, "music_prompt_missing", "$.prompt"),
        ("/v1/music/generate", {"prompt": 7}, "wrong_type", "$.prompt"),
    ],
)
def test_an_invalid_document_is_422_with_its_issues(
    service: local.Service, http: httpx.Client, path: str, body: Any, code: str, at: str
) -> None:
    """A broken document is not queued, and its issues are told with code and path."""
    answer = http.post(path, json=body)
    assert answer.status_code == 422
    error = error_of(answer)
    assert error["code"] == "invalid_document"
    assert (code, at) in [(issue["code"], issue["path"]) for issue in error["details"]]
    assert service.jobs == ()


def test_a_key_that_stands_twice_is_422(http: httpx.Client) -> None:
    """A document in which one key silently wins over its twin is refused."""
    answer = http.post("/v1/videos/render", content=json.dumps(FILM)[:-1] + ', "version": "v1"}')
    assert answer.status_code == 422
    assert [issue["code"] for issue in error_of(answer)["details"]] == ["duplicate_key"]


def test_an_unknown_recipe_is_422(http: httpx.Client) -> None:
    """A recipe that is not known is refused at its id."""
    answer = http.post("/v1/recipes/render", json=RECIPE | {"recipe_id": "voiceover_explained"})
    assert answer.status_code == 422
    assert error_of(answer)["details"][0]["path"] == "$.recipe_id"


def test_warnings_do_not_block(http: httpx.Client) -> None:
    """A document with warnings only is queued."""
    assert http.post("/v1/videos/render", json=film(colour="red")).status_code == 202


def with_key(http: httpx.Client, body: Any, key: str, path: str = "/v1/videos/render") -> httpx.Response:
    return http.post(path, json=body, headers={"idempotency-key": key})


def test_the_same_key_and_json_are_one_job(service: local.Service, http: httpx.Client) -> None:
    """The first job's id comes again, whatever the order of keys, the writing of numbers, the key's place."""
    turned = dict(reversed(film().items()))
    turned["output"] = {"fps": 30.0, "height": 1920.0, "width": 1080}
    answers = [
        with_key(http, FILM, "one"),
        with_key(http, turned, "one"),
        http.post("/v1/videos/render", json=film(idempotency_key="one")),
        with_key(http, film(idempotency_key="other"), "one"),
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 202]
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert len(service.jobs) == 1


def test_the_same_key_and_another_body_are_409(service: local.Service, http: httpx.Client) -> None:
    """A key that was used for another document, or at another address, is a conflict; nothing is made."""
    with_key(http, FILM, "one")
    others = [
        with_key(http, film(metadata={"n": 1}), "one"),
        with_key(http, MUSIC, "one", "/v1/music/generate"),
        with_key(http, film(metadata={"n": 1}, idempotency_key="two"), "one"),
    ]
    assert [answer.status_code for answer in others] == [409, 409, 409]
    assert {error_of(answer)["code"] for answer in others} == {"idempotency_conflict"}
    assert len(service.jobs) == 1


def test_true_is_not_one(http: httpx.Client) -> None:
    """Bodies that differ only by true and 1 are different documents."""
    with_key(http, film(metadata={"n": 1}), "one")
    assert with_key(http, film(metadata={"n": True}), "one").status_code == 409


def test_without_a_key_every_render_is_a_job(service: local.Service, http: httpx.Client) -> None:
    """The same document twice without a key is two jobs."""
    assert rendered(http) != rendered(http)
    assert len(service.jobs) == 2


def test_a_refused_document_does_not_use_up_its_key(http: httpx.Client) -> None:
    """After a 422 the mended document may take the same key."""
    assert with_key(http, film(version="v2"), "one").status_code == 422
    assert with_key(http, FILM, "one").status_code == 202


@pytest.mark.parametrize("path", ["/v1/videos/render", "/v1/recipes/render", "/v1/music/generate"])
def test_a_hundred_threads_with_one_key_make_one_job(service: local.Service, path: str) -> None:
    """However many send at once, one key is one job."""
    ready = threading.Barrier(100)
    request = local.Request("POST", path, {"idempotency-key": "one"}, json.dumps(POSTS[path]).encode())

    def send(_: int) -> Any:
        ready.wait()
        body = service.answer(request).json()
        return body.get("job_id") or body["data"]["job_id"]

    with ThreadPoolExecutor(100) as pool:
        ids = set(pool.map(send, range(100)))
    assert len(ids) == 1
    assert len(service.jobs) == 1
    assert len(service.requests) == 100


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        (None, 200, slice(None), None),
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=10-", 206, slice(10, None), "bytes 10-{last}/{size}"),
        ("bytes=-5", 206, slice(-5, None), "bytes {tail}-{last}/{size}"),
        ("bytes=0-99999", 206, slice(None), "bytes 0-{last}/{size}"),
        ("bytes=-99999", 206, slice(None), "bytes 0-{last}/{size}"),
        ("bytes=99999-", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=-0", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=5-2", 200, slice(None), None),
        ("bytes=0-1,3-4", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("frames=0-1", 200, slice(None), None),
    ],
)
def test_ranges(http: httpx.Client, asked: str | None, status: int, part: slice, said: str | None) -> None:
    """One range gets its bytes, one outside the file 416, and what is no single range the whole file."""
    address = film_of(http)
    whole = http.get(address).content
    answer = http.get(address, headers={"range": asked} if asked else {})
    size = len(whole)
    wanted = said.format(size=size, last=size - 1, tail=size - 5) if said else None
    assert (answer.status_code, answer.content) == (status, whole[part])
    assert answer.headers.get("content-range") == wanted
    assert answer.headers["content-length"] == str(len(whole[part]))
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_range_of_another_file_gets_this_one_whole(http: httpx.Client) -> None:
    """if-range with this file's etag gets the part, with another the whole."""
    address = film_of(http)
    etag = http.get(address).headers["etag"]
    assert http.get(address, headers={"range": "bytes=4-", "if-range": etag}).status_code == 206
    assert http.get(address, headers={"range": "bytes=4-", "if-range": '"other"'}).status_code == 200


def test_a_file_that_is_known_is_not_sent_again(http: httpx.Client) -> None:
    """if-none-match with the file's etag gets 304 and no body."""
    address = film_of(http)
    etag = http.get(address).headers["etag"]
    answer = http.get(address, headers={"if-none-match": f'"a", {etag}'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_head_tells_the_length_without_the_file(http: httpx.Client) -> None:
    """HEAD has the headers of GET and no body."""
    address = film_of(http)
    head, got = http.head(address), http.get(address)
    assert (head.status_code, head.content) == (200, b"")
    assert {key: head.headers[key] for key in ("content-length", "etag", "content-type")} == {
        key: got.headers[key] for key in ("content-length", "etag", "content-type")
    }


def test_the_third_look_fails_and_then_it_completes() -> None:
    """A scripted 503 strikes at its look alone, and that look does not move the job."""
    http = faulty(Fault("read", at=3, status=503))
    address = rendered(http)
    answers = [http.get(address) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 503, 200]
    assert error_of(answers[2])["code"] == "unavailable"
    assert answers[3].json()["status"] == "completed"


def test_a_scripted_refusal_makes_no_job() -> None:
    """A call that is answered by a scripted status is not carried out; retry-after is sent along."""
    service = local.Service(
        renderer="instant", faults=[Fault("render", status=429, retry_after=2, code="slow", message="Slow.")]
    )
    http = over(service)
    first, second = (http.post("/v1/videos/render", json=FILM) for _ in range(2))
    assert (first.status_code, first.headers["retry-after"]) == (429, "2")
    assert error_of(first) == {"code": "slow", "message": "Slow.", "details": []}
    assert second.status_code == 202
    assert len(service.jobs) == 1


@pytest.mark.parametrize(
    ("kind", "error", "jobs"),
    [
        ("refused", httpx.ConnectError, 0),
        ("reset", httpx.ReadError, 1),
        ("stall", httpx.ReadTimeout, 1),
        ("cut", httpx.RemoteProtocolError, 1),
    ],
)
def test_a_broken_connection_is_httpx_own_error(kind: Any, error: type[Exception], jobs: int) -> None:
    """Each broken connection raises what a socket's would; only a refused one made no job."""
    service = local.Service(renderer="instant", faults=[Fault("render", kind=kind)])
    http = over(service)
    with pytest.raises(error):
        with_key(http, FILM, "one")
    assert len(service.jobs) == jobs
    assert with_key(http, FILM, "one").status_code == 202
    assert len(service.jobs) == 1


def test_a_stall_lasts_as_long_as_the_caller_waits() -> None:
    """The caller's read limit passes on the service's clock, and nobody waits for it."""
    service = local.Service(renderer="instant", faults=[Fault("read", kind="stall")])
    before = service.clock.now()
    with pytest.raises(httpx.ReadTimeout):
        over(service, timeout=3600).get("/v1/jobs/x")
    assert service.clock.now() - before == 3600


def test_a_stall_without_a_limit_is_told() -> None:
    """A call that would hang for ever raises instead of hanging."""
    with pytest.raises(FieldError, match="no time limit"):
        over(local.Service(renderer="instant", faults=[Fault("read", kind="stall")]), timeout=None).get(
            "/v1/jobs/x"
        )


def test_a_cut_download_goes_on_where_it_broke() -> None:
    """Half the film arrives under its whole length; the rest comes by range."""
    http = faulty(Fault("download", kind="cut"))
    address = film_of(http)
    held = b""
    with pytest.raises(httpx.RemoteProtocolError), http.stream("GET", address) as answer:  # noqa: PT012
        size = int(answer.headers["content-length"])
        for chunk in answer.iter_raw():
            held += chunk
    assert len(held) == size // 2
    rest = http.get(address, headers={"range": f"bytes={len(held)}-", "if-range": answer.headers["etag"]})
    assert rest.status_code == 206
    assert held + rest.content == http.get(address).content


def test_spoilt_answers() -> None:
    """Half a JSON, HTML and nothing come with the call's own status, and the call was carried out."""
    http = faulty(
        Fault("render", at=1, kind="truncated"),
        Fault("render", at=2, kind="html"),
        Fault("render", at=3, kind="empty"),
    )
    half, page, nothing = (http.post("/v1/videos/render", json=FILM) for _ in range(3))
    assert {half.status_code, page.status_code, nothing.status_code} == {202}
    with pytest.raises(ValueError, match=r"Unterminated string|Expecting"):
        half.json()
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.startswith("<!DOCTYPE html>")
    assert nothing.content == b""


def test_a_page_of_html_may_have_a_status() -> None:
    """A gateway's own page: not JSON, 502, and nothing was carried out."""
    service = local.Service(renderer="instant", faults=[Fault("render", kind="html", status=502)])
    answer = over(service).post("/v1/videos/render", json=FILM)
    assert (answer.status_code, answer.text[:9]) == (502, "<!DOCTYPE")
    assert service.jobs == ()


@pytest.mark.parametrize("path", ["/v1/videos/render", "/v1/recipes/render", "/v1/music/generate"])
def test_an_answer_may_name_another_job(path: str) -> None:
    """wrong_id puts an unknown id in the answer that made a job, and in a look at one."""
    calls: tuple[Any, ...] = ("render", "recipe", "music", "read")
    service = local.Service(renderer="instant", faults=[Fault(call, kind="wrong_id") for call in calls])
    http = over(service)
    made = http.post(path, json=POSTS[path]).json()
    (job,) = service.jobs
    assert made.get("data", made)["job_id"] != job.id
    seen = http.get(f"/v1/music/jobs/{job.id}" if "music" in path else f"/v1/jobs/{job.id}").json()
    assert job.id not in json.dumps(seen)


def test_a_request_may_arrive_twice() -> None:
    """With a key a repeated request is still one job; without one it is two."""
    for key, jobs in (({"idempotency-key": "one"}, 1), ({}, 2)):
        service = local.Service(renderer="instant", faults=[Fault("render", kind="duplicate")])
        over(service).post("/v1/videos/render", json=FILM, headers=key)
        assert len(service.jobs) == jobs
        assert len(service.requests) == 2


def test_a_job_fails_as_told() -> None:
    """A scripted failure ends a render with its code and message, and has no film."""
    http = faulty(Fault("render", outcome="failed", code="caption_alignment_failed", message="No match."))
    address = rendered(http)
    assert statuses(http, address, 3) == ["queued", "rendering", "failed"]
    seen = http.get(address).json()
    assert (seen["error_code"], seen["error_message"]) == ("caption_alignment_failed", "No match.")
    assert seen["output_url"] is None


def test_a_transcription_fails_as_told() -> None:
    """transcription_failed ends a job right after transcribing."""
    http = faulty(Fault("render", outcome="transcription_failed"))
    assert statuses(http, rendered(http, SPOKEN), 3) == ["queued", "transcribing", "transcription_failed"]


def test_music_fails_as_told() -> None:
    """Failed music has an error_message and no tracks."""
    http = faulty(Fault("music", outcome="failed", message="No."))
    address = rendered(http, MUSIC, "/v1/music/generate")
    assert statuses(http, address, 3) == ["queued", "processing", "failed"]
    seen = http.get(address).json()["data"]
    assert (seen["error_message"], seen["tracks"]) == ("No.", [])


def test_the_third_job_never_ends() -> None:
    """An outcome counts new jobs, not calls: repeats of the same key do not count."""
    http = faulty(Fault("render", at=3, outcome="stuck"))
    for key in ("a", "a", "b", "b"):
        with_key(http, FILM, key)
    job = with_key(http, FILM, "c").json()["job_id"]
    assert statuses(http, f"/v1/jobs/{job}", 50)[1:] == ["rendering"] * 49


def test_a_fault_may_last() -> None:
    """A fault's times says how many in a row fail; None for ever."""
    http = faulty(Fault("read", at=2, times=2, status=503), Fault("validate", times=None, status=500))
    address = rendered(http)
    assert [http.get(address).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    assert {http.post("/v1/videos/validate", json=FILM).status_code for _ in range(5)} == {500}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504]
)
def test_every_status_has_the_documented_body(path: str, status: int) -> None:
    """Whatever error is scripted, its body is decision D1's, with a code of its own."""
    call: Any = {"/v1/videos/validate": "validate", "/v1/music/generate": "music"}.get(
        path, path.split("/")[2]
    )
    answer = faulty(Fault({"videos": "render", "recipes": "recipe"}.get(call, call), status=status)).post(
        path, json=POSTS[path]
    )
    assert answer.status_code == status
    assert error_of(answer)["code"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Fault("rendre", status=503), "did you mean 'render'"),
        (lambda: Fault("read"), "nothing would go wrong"),
        (lambda: Fault("read", status=200), "400 to 599"),
        (lambda: Fault("read", at=0, status=503), "whole number from 1"),
        (lambda: Fault("read", status=503, outcome="failed"), "cannot both happen"),
        (lambda: Fault("read", kind="reset", status=503), "cannot both happen"),
        (lambda: Fault("read", outcome="failed"), "makes no job"),
        (lambda: Fault("music", outcome="transcription_failed"), "not transcribed"),
        (lambda: Fault("validate", kind="wrong_id"), "names a job"),
        (lambda: Fault("read", kind="rest"), "did you mean 'reset'"),
        (lambda: Fault("read", kind="reset", code="x"), "need a status"),
        (lambda: local.Service(renderer="instant", faults=["reset"]), "expected faults"),
        (lambda: local.Service(renderer="instnat"), "did you mean 'instant'"),
        (lambda: local.Service(renderer="instant", api_key=" "), "is empty"),
        (lambda: local.Service(renderer="instant", base_url="http://here/v1"), "scheme, host and port"),
    ],
)
def test_a_mistake_is_told_where_it_is_made(make: Callable[[], Any], told: str) -> None:
    """A fault that could never happen, and a service that cannot be, raise FieldError with the way out."""
    with pytest.raises(FieldError) as caught:
        make()
    assert told in str(caught.value)


def test_a_fault_is_a_value() -> None:
    """Faults are equal, hashable, frozen, picklable and show what they say."""
    fault = Fault("read", at=3, status=503)
    assert fault == pickle.loads(pickle.dumps(fault)) == copy.copy(fault)
    assert {fault: 1}[Fault("read", at=3, status=503)] == 1
    assert "status=503" in repr(fault)


def test_what_arrived_can_be_looked_at(service: local.Service, http: httpx.Client) -> None:
    """Requests are kept with call, key, body and status, oldest first."""
    with_key(http, FILM, "one")
    http.get("/v1/jobs/none")
    http.get("/nothing")
    assert [(seen.call, seen.status) for seen in service.requests] == [
        ("render", 202),
        ("read", 404),
        ("other", 404),
    ]
    assert service.requests[0].idempotency_key == "one"
    assert service.requests[0].json() == FILM


def test_no_secret_is_kept_to_be_looked_at() -> None:
    """The API key, the webhook's secret and its headers stand in no request that is kept, nor in any repr."""
    service = local.Service(renderer="instant", api_key="k3y-of-mine")
    body = film(
        webhook_url="https://example.com/hook", webhook_secret="s3cret", webhook_headers={"x-a": "h3ader"}
    )
    http = over(service, headers={"authorization": "Bearer k3y-of-mine"})
    http.post("/v1/videos/render", json=body)
    http.post("/v1/videos/render", content=json.dumps(body)[:-1])
    http.post("/v1/videos/render", content=json.dumps(body).replace("webhook_secret", "webhook\\u005fsecret"))
    kept = pickle.dumps(service.requests) + repr((service, service.requests, service.jobs)).encode()
    for secret in (b"k3y-of-mine", b"s3cret", b"h3ader"):
        assert secret not in kept
    assert service.requests[0].json()["webhook_headers"] == {"x-a": "•••"}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"version": NaN}',
        b"1" * 5000,
        b'{"idempotency_key": {}}',
        json.dumps({"webhook_secret": "s", "version": "\ud800"}).encode(),
        json.dumps({"recipe_id": ["x"], "webhook_headers": 7}).encode(),
    ],
)
@pytest.mark.parametrize("path", POSTS)
def test_no_body_makes_it_stumble(service: local.Service, path: str, body: bytes) -> None:
    """Nesting without end, numbers without end, half characters and wrong types get an answer."""
    assert service.answer(local.Request("POST", path, {}, body)).status in (200, 400, 422)
    assert service.jobs == ()


def test_nothing_leaves_the_process(http: httpx.Client) -> None:
    """A request to another host is refused, not sent."""
    with pytest.raises(httpx.ConnectError, match="nothing leaves this process"):
        http.get("https://example.com/film.mp4")


def test_async_is_the_same_service(service: local.Service) -> None:
    """The asynchronous transport answers, breaks and passes time as the other does."""
    faults = [Fault("read", at=1, kind="stall"), Fault("download", kind="cut")]
    service = local.Service(renderer="instant", faults=faults)

    async def story() -> tuple[float, str]:
        transport = local.AsyncTransport(service)
        async with httpx.AsyncClient(transport=transport, base_url=service.base_url, timeout=9) as http:
            job = (await http.post("/v1/videos/render", json=FILM)).json()["job_id"]
            with pytest.raises(httpx.ReadTimeout):
                await http.get(f"/v1/jobs/{job}")
            looks = [(await http.get(f"/v1/jobs/{job}")).json() for _ in range(3)]
            with pytest.raises(httpx.RemoteProtocolError):
                await http.get(looks[-1]["output_url"])
            return service.clock.now(), looks[-1]["status"]

    assert asyncio.run(story()) == (9, "completed")


def test_time_passes_for_each_task_alone() -> None:
    """Tasks that wait side by side wait as long as one, and nobody else's clock moves."""
    clock = local.VirtualClock()

    async def waits(seconds: float) -> float:
        start = clock.now()
        for _ in range(10):
            await clock.sleep_async(seconds)
        return clock.now() - start

    async def together() -> list[float]:
        return await asyncio.gather(*(waits(60) for _ in range(50)))

    before = clock.now()
    assert asyncio.run(together()) == [600] * 50
    assert clock.now() == before
