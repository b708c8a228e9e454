"""What is sent: timelines, manifests and dicts, music and recipes; and the verdicts on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelforge_dsl import FieldError, Issue, ManifestInvalidError, RejectedError, ReplyError, Timeline, dumps
from reelforge_dsl.models import Manifest

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
QUEUED = httpx.Response(202, json={"success": True, "job_id": "j", "request_id": "r"})
HERE = Path(__file__).name


def documented(name: str) -> dict[str, Any]:
    """Return the body of a documented payload."""
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())["body"]
    return body


def reel() -> Timeline:
    """Return a film without faults."""
    return Timeline().video("https://example.com/a.mp4", duration=5)


def verdict(**data: Any) -> httpx.Response:
    """Return the local service's answer to a validation. Source: decision D1."""
    return httpx.Response(200, json={"success": True, "data": {"valid": True, **data}, "request_id": "req_7"})


def test_a_document_is_sent_as_the_wire_writes_it(staged: Any) -> None:
    """A timeline, its manifest and its dict are the same bytes, at the top level, as JSON."""
    stage = staged(QUEUED)
    for doc in (reel(), reel().manifest(), reel().to_dict()):
        stage.client.render(doc)
    sent = [request.content for request in stage.service.requests]
    assert sent == [dumps(reel().manifest()).encode()] * 3
    first = stage.service.requests[0]
    assert (first.method, first.url.path) == ("POST", "/v1/videos/render")
    assert first.headers["content-type"] == "application/json"
    assert first.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    "name",
    [path.stem for path in sorted(PAYLOADS.glob("*.json")) if "stitch" in path.stem or "render" in path.stem],
)
def test_documented_bodies_go_as_they_are(staged: Any, name: str) -> None:
    """A dict goes as it is, whatever it holds: what arrives is equal to what was given."""
    body = documented(name)
    stage = staged(QUEUED)
    stage.client.render(body)
    assert stage.service.bodies == [body]


def test_a_timeline_with_errors_is_not_sent(staged: Any) -> None:
    """Local errors of a timeline raise together, and nothing is sent."""
    stage = staged(QUEUED)
    with pytest.raises(ManifestInvalidError) as caught:
        stage.client.render(Timeline())
    assert [issue.code for issue in caught.value.issues] == ["empty_timeline"]
    assert stage.service.requests == []


def test_manifests_and_dicts_are_not_judged(staged: Any) -> None:
    """A manifest or a dict goes as it is: the service is the judge."""
    stage = staged(QUEUED)
    wrong = {"version": "v9", "unheard": [None]}
    stage.client.render(wrong)
    stage.client.render(Manifest("v9", reel().manifest().output, composition=reel().manifest().composition))
    assert [body["version"] for body in stage.service.bodies] == ["v9", "v9"]
    assert stage.service.bodies[0] == wrong


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (float("nan"), "$.a[0].b"),
        (float("inf"), "$.a[0].b"),
        ({1, 2}, "$.a[0].b"),
        (object(), "$.a[0].b"),
        (b"x", "$.a[0].b"),
        ("\ud800", "$.a[0].b"),
        ({None: 1}, "$.a[0].b"),
        ({2: 1}, "$.a[0].b"),
    ],
    ids=repr,
)
def test_what_json_cannot_say_is_named(staged: Any, value: Any, place: str) -> None:
    """A dict with something else than JSON inside is refused at the call, with its place."""
    stage = staged(QUEUED)
    for call in (stage.client.render, stage.client.validate):
        with pytest.raises(FieldError) as caught:
            call({"a": [{"b": value}]})
        assert caught.value.field == place
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(FieldError):
        stage.client.render({"a": endless})
    assert stage.service.requests == []


def test_whole_numbers_are_sent_whole(staged: Any) -> None:
    """``8.0`` of a dict is sent as ``8``, text that looks like it stays. Source: decision D16."""
    stage = staged(QUEUED)
    stage.client.render({"a": 8.0, "b": [1.5, 1e20], "c": "v1.0, 2e+5"})
    assert stage.service.requests[0].content == b'{"a":8,"b":[1.5,100000000000000000000],"c":"v1.0, 2e+5"}'


def test_what_is_no_document_is_refused(staged: Any) -> None:
    """A path, a text or nothing is no document."""
    stage = staged(QUEUED)
    for wrong in ("reel.json", Path("reel.json"), None, [reel()]):
        for call in (stage.client.render, stage.client.validate):
            with pytest.raises(FieldError, match="is no document"):
                call(wrong)


def test_local_files_are_not_sent_to_the_cloud(staged: Any, tmp_path: Path) -> None:
    """Each file of this machine is named, for every form of a document and every call. Source: D17."""
    stage = staged(QUEUED)
    film = (
        Timeline().video(tmp_path / "one.mp4", duration=5).music((tmp_path / "two.mp3").as_uri(), duration=5)
    )
    raw = film.to_dict()
    raw["assets"][0]["url"] = tmp_path / "one.mp4"
    for doc in (film, film.manifest(), raw, film.to_dict()):
        for call in (stage.client.render, stage.client.validate):
            with pytest.raises(ManifestInvalidError, match="Nothing was sent") as caught:
                call(doc)
            found = caught.value.issues
            assert [(issue.code, issue.path) for issue in found] == [
                ("local_file", "$.assets[0].url"),
                ("local_file", "$.assets[1].url"),
            ]
            assert "one.mp4" in found[0].message
            assert str(tmp_path) not in str(caught.value)
            assert (found[0].where or "").startswith(HERE) == (doc is film)
    odd = {"assets": [None, {"url": "FILE:///a.mp4"}]}
    with pytest.raises(ManifestInvalidError) as caught:
        stage.client.render(odd)
    assert [issue.path for issue in caught.value.issues] == ["$.assets[1].url"]
    assert stage.service.requests == []


def test_a_service_that_opens_files_gets_them(staged: Any, tmp_path: Path) -> None:
    """A client whose service is on this machine sends file addresses as they are."""
    stage = staged(QUEUED, takes_files=True)
    film = Timeline().video(tmp_path / "one.mp4", duration=5)
    for doc in (film, film.manifest(), film.to_dict()):
        stage.client.render(doc)
    assert [body["assets"][0]["url"] for body in stage.service.bodies] == [
        (tmp_path / "one.mp4").as_uri()
    ] * 3


def test_findings_about_a_timeline_have_its_lines(staged: Any) -> None:
    """The service's findings about a timeline, in a verdict or a refusal, name the line that wrote it."""
    path = "$.composition.timeline[0].time.duration_seconds"
    found = {"code": "x", "path": path, "message": "m", "hint": "h"}
    stage = staged(verdict(valid=False, errors=[found], warnings=[{**found, "path": "$.output.fps"}]))
    film = reel()
    told = stage.client.validate(film)
    assert told.errors == (Issue("x", "error", path, "m", "h"),)
    assert (told.errors[0].where or "").startswith(HERE)
    assert (told.warnings[0].where or "").endswith("Timeline")
    assert stage.client.validate(film.manifest()).errors[0].where is None
    stage = staged(httpx.Response(422, json={"error": {"code": "invalid", "details": [found]}}))
    with pytest.raises(RejectedError) as caught:
        stage.client.render(film)
    assert (caught.value.issues[0].where or "").startswith(HERE)


def test_a_verdict_is_a_value(staged: Any) -> None:
    """The answer of decision D1 is a frozen Validation; warnings do not block."""
    warning = {"code": "fast_text", "path": "$.composition", "message": "Too fast.", "hint": "slower"}
    stage = staged(
        verdict(warnings=[warning], estimated_duration_seconds=12.0, estimated_credit_cost=None, errors=[])
    )
    told = stage.client.validate(reel())
    assert told.valid
    assert bool(told)
    assert told.warnings == (Issue("fast_text", "warning", "$.composition", "Too fast.", "slower"),)
    assert (told.estimated_duration_seconds, told.estimated_credit_cost) == (12, None)
    assert (told.request_id, told.raw["data"]["valid"]) == ("req_7", True)
    assert stage.service.keys == [None]
    assert hash(told) == hash(told)


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (httpx.Response(200, json={"valid": False, "errors": [{"code": "a"}]}), ["a"]),
        (httpx.Response(200, json={"errors": [{"code": "a"}, "text"]}), ["a", "service_issue"]),
        (httpx.Response(422, json={"error": {"code": "invalid", "details": [{"code": "a"}]}}), ["a"]),
        (httpx.Response(400, json={"errors": [{"code": "a"}]}), ["a"]),
        (httpx.Response(422, json={"error": {"code": "invalid", "message": "fps"}}), ["invalid"]),
        (
            httpx.Response(422, json={"success": False, "data": {"valid": False, "errors": [{"code": "a"}]}}),
            ["a"],
        ),
        (
            httpx.Response(200, json={"success": False, "data": {"valid": False, "errors": [{"code": "a"}]}}),
            ["a"],
        ),
        (httpx.Response(200, json={"success": False, "error": {"details": [{"code": "a"}]}}), ["a"]),
    ],
)
def test_faults_are_reported_not_raised(staged: Any, answer: httpx.Response, codes: list[str]) -> None:
    """A verdict of "not valid" is a value, whatever status and envelope bring it."""
    told = staged(answer).client.validate(reel())
    assert not told.valid
    assert [issue.code for issue in told.errors] == codes


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(422, html="<h1>Proxy</h1>"), RejectedError),
        (httpx.Response(400, json={"error": {"code": "not_json"}}), RejectedError),
        (httpx.Response(413, json={"errors": [{"code": "a"}]}), RejectedError),
        (httpx.Response(200, json={"success": True}), ReplyError),
        (httpx.Response(200, json=[]), ReplyError),
    ],
)
def test_what_is_no_verdict_raises(staged: Any, answer: httpx.Response, error: type[Exception]) -> None:
    """An answer without a verdict is not taken for one."""
    with pytest.raises(error):
        staged(answer).client.validate(reel())


def test_a_timeline_with_errors_can_be_validated(staged: Any) -> None:
    """Validation sends the document as it stands, errors and all, and recipe bodies too."""
    stage = staged(verdict())
    film = Timeline()
    stage.client.validate(film)
    recipe = documented("api-reference-recipes-render-request")
    stage.client.validate(recipe)
    assert stage.service.bodies == [film.to_dict(), recipe]
    assert stage.service.requests[0].url.path == "/v1/videos/validate"


def test_simple_music(staged: Any) -> None:
    """A prompt alone is the simple form; instrumental is said always."""
    stage = staged(QUEUED)
    job = stage.client.music("lo-fi", idempotency_key="k")
    assert stage.service.bodies[0] == {
        "prompt": "lo-fi",
        "custom_mode": False,
        "instrumental": True,
        "idempotency_key": "k",
    }
    assert (stage.service.keys, job.idempotency_key) == (["k"], "k")
    assert stage.service.requests[0].url.path == "/v1/music/generate"


def test_custom_music(staged: Any) -> None:
    """Style and title are the custom form; the rest travels as given."""
    stage = staged(QUEUED)
    stage.client.music(
        "la la",
        style="ambient",
        title="Bloom",
        negative_tags="drums",
        instrumental=False,
        model="V5",
        metadata={"a": 1},
        webhook_url="https://example.com/hook",
        webhook_headers={"X-A": "b"},
        webhook_secret="s",
    )
    assert stage.service.bodies[0] == {
        "prompt": "la la",
        "custom_mode": True,
        "instrumental": False,
        "model": "V5",
        "style": "ambient",
        "title": "Bloom",
        "negative_tags": "drums",
        "metadata": {"a": 1},
        "webhook_url": "https://example.com/hook",
        "webhook_headers": {"X-A": "b"},
        "webhook_secret": "s",
    }


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"style": "ambient"}, "title"),
        ({"title": "Bloom"}, "style"),
        ({"prompt": "x", "negative_tags": "drums"}, "style"),
        ({"style": "a", "title": "b", "instrumental": False}, "prompt"),
        ({"prompt": "x", "instrumental": "yes"}, "instrumental"),
        ({"prompt": "x", "metadata": {str(n): n for n in range(11)}}, "metadata"),
        ({"prompt": "x", "metadata": [1]}, "metadata"),
        ({"prompt": "x", "webhook_url": "ftp://x"}, "webhook_url"),
        ({"prompt": "x", "webhook_headers": {"a": b"hush"}}, "webhook_headers"),
    ],
)
def test_music_outside_the_contract_is_not_sent(staged: Any, given: dict[str, Any], place: str) -> None:
    """A wrong argument is a FieldError at the call; a credit is spent on no typo."""
    stage = staged(QUEUED)
    with pytest.raises(FieldError) as caught:
        stage.client.music(**given)
    assert (caught.value.field or "").startswith(f".music: {place}")
    assert "hush" not in str(caught.value)
    assert stage.service.requests == []


def test_a_recipe_is_sent_as_documented(staged: Any) -> None:
    """The documented recipe, said in Python, is the documented body."""
    stage = staged(httpx.Response(202, json=documented("api-reference-recipes-render-response")))
    body = documented("api-reference-recipes-render-request")
    job = stage.client.recipe(
        "voiceover_explainer", "karaoke_yellow", body["variables"], idempotency_key="recipe-001"
    )
    assert stage.service.bodies == [body]
    assert (job.id, job.idempotency_key) == ("8f1fd0fe-63a5-4fef-8f2c-8f1225f6d309", "recipe-001")
    assert stage.service.requests[0].url.path == "/v1/recipes/render"


def test_a_recipe_outside_the_contract_is_not_sent(staged: Any) -> None:
    """Every fault of a recipe is told at once, local files among them."""
    stage = staged(QUEUED)
    with pytest.raises(ManifestInvalidError) as caught:
        stage.client.recipe(
            "photo_slideshow",
            "bold",
            {"audio_url": "file:///a.mp3", "image_urls": ["https://x.example/a.jpg"]},
        )
    assert {"$.variables.image_urls", "$.variables.audio_url"} <= {
        issue.path for issue in caught.value.issues
    }
    with pytest.raises(FieldError, match="variables"):
        stage.client.recipe("photo_slideshow", "bold", None)
    assert stage.service.requests == []
