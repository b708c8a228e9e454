"""What changed between two films: ``diff``."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reelforge_dsl import (
    CaptionStyle,
    FieldError,
    Layout,
    ManifestInvalidError,
    TextStyle,
    Timeline,
    Word,
    diff,
)
from reelforge_dsl.models import Json
from reelforge_dsl.timeline import Change, Difference

SITE = "https://example.com/"
SAID = [Word("helo", 0, 300), Word("big", 300, 500), Word("wrld", 500, 900), Word("bye", 900, 1000)]


def film() -> Timeline:
    return (
        Timeline("9:16")
        .video(SITE + "walk.mp4", start=0, duration=4)
        .video(SITE + "talk.mp4", start=4, duration=3)
        .image(SITE + "logo.png", start=0, duration=7, layout=Layout("70%", "5%", "20%", "10%"))
        .music(SITE + "beat.mp3", start=0, duration=7, volume=0.2)
        .text("Launch day", start=1, duration=3, style=TextStyle(font_size=64, color="white"))
        .captions("karaoke_yellow", words=SAID)
    )


def sentences(a: Any, b: Any) -> list[str]:
    return str(diff(a, b)).split("\n")


def test_nothing_changed() -> None:
    """Equal films differ in nothing, whatever form they come in."""
    same = diff(film(), film().to_dict())
    assert not same
    assert (len(same), list(same), str(same)) == (0, [], "nothing changed")
    assert repr(same) == "<Difference: no changes>"
    assert not diff(film().manifest(), film())
    assert same == Difference()


def test_the_authors_words() -> None:
    """A preset and a start are told as an author would tell them, in document order."""
    other = film().change("video-2", start=4.4).change("captions", preset="neon_glow")
    found = diff(film(), other)
    assert str(found) == "video-2 starts 0.4 s later\ncaption preset karaoke_yellow → neon_glow"
    assert found.changes[0] == Change(
        "video-2",
        "$.composition.timeline[1].time.start_seconds",
        "changed",
        4,
        4.4,
        "video-2 starts 0.4 s later",
    )
    assert found.changes[1].id == "captions"
    assert (found.changes[1].before, found.changes[1].after) == ("karaoke_yellow", "neon_glow")
    assert repr(found) == "<Difference: 2 changes>"
    assert hash(found) == hash(diff(film(), other))


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("video-2", {"start": 3}, "video-2 starts 1 s earlier"),
        ("video-2", {"duration": 4}, "video-2 lasts 1 s longer"),
        ("video-2", {"duration": 2.5}, "video-2 lasts 0.5 s shorter"),
        ("video-2", {"src": SITE + "other.mp4"}, "video-2 file talk.mp4 → other.mp4"),
        ("video-2", {"src": "https://mirror.test/talk.mp4"}, "video-2 file talk.mp4 at another address"),
        ("video-2", {"trim": 2}, "video-2 trim not set → 2 s"),
        ("video-2", {"muted": True}, "video-2 muted not set → on"),
        ("video-2", {"motion": "zoom_in"}, "video-2 motion not set → zoom_in"),
        ("video-2", {"fit": "contain"}, "video-2 fit not set → contain"),
        ("video-2", {"transform": "rotate(3deg)"}, "video-2 transform not set → rotate(3deg)"),
        ("music-1", {"volume": 0.5}, "music-1 volume 0.2 → 0.5"),
        ("music-1", {"volume": None}, "music-1 volume 0.2 → not set"),
        ("music-1", {"fade_out": 1.5}, "music-1 fade out not set → 1.5 s"),
        ("image-1", {"layout": Layout("70%", "5%", "20%", "15%")}, "image-1 height 10% → 15%"),
        ("text-1", {"content": "Launch\nnight"}, 'text-1 says "Launch day" → "Launch\\nnight"'),
        ("text-1", {"style": TextStyle(font_size=96, color="white")}, "text-1 size 64 → 96 px"),
        ("text-1", {"style": TextStyle(font_size=64, color="gold")}, "text-1 colour white → gold"),
        ("text-1", {"style": TextStyle(color="white")}, "text-1 size 64 px → not set"),
        ("captions", {"mode": "word_only"}, "caption mode phrase_karaoke → word_only"),
        (
            "captions",
            {"style": CaptionStyle(highlight_color="red")},
            "caption highlight colour not set → red",
        ),
    ],
)
def test_one_value(name: str, fields: dict[str, Any], sentence: str) -> None:
    """One changed value is one change, under the name authors give it."""
    found = diff(film(), film().change(name, **fields))
    assert str(found) == sentence
    assert [change.id for change in found] == [name]


def test_what_follows_is_told_too() -> None:
    """A clip that now starts elsewhere because another got shorter is told with its placed seconds."""
    two = Timeline().video(SITE + "a.mp4", duration=4).video(SITE + "b.mp4", duration=2)
    assert sentences(two, two.change("video-1", duration=3)) == [
        "video-1 lasts 1 s shorter",
        "video-2 starts 1 s earlier",
    ]


def test_unknown_seconds_are_told_as_they_are_said() -> None:
    """Where nobody measured a clip, what the document says of its time is compared."""
    one = Timeline().video(SITE + "a.mp4")
    assert sentences(one, one.change("video-1", start=0, duration=3)) == [
        "auto_stitch on → not set",
        "video-1 start not set → 0 s",
        "video-1 length not set → 3 s",
    ]


def test_added_and_removed() -> None:
    """What is in one film only is named with its file or its words; the file is not told again."""
    more = film().image(SITE + "end.png", start=7, duration=1).text("Bye", start=7, duration=1)
    assert sentences(film(), more) == ["image-2 added: end.png", 'text-2 added: "Bye"']
    assert sentences(more, film()) == ["image-2 removed: end.png", 'text-2 removed: "Bye"']
    (layer, text) = diff(film(), more)
    assert (layer.path, layer.kind, layer.before) == ("$.composition.timeline[4]", "added", None)
    assert isinstance(layer.after, Json)
    assert layer.after.value["id"] == "image-2"
    assert text.path == "$.composition.text_overlays[1]"
    assert sentences(film(), film().captions(None)) == ["captions removed: karaoke_yellow"]
    assert sentences(film().captions(None), film()) == ["captions added: karaoke_yellow"]


def test_order() -> None:
    """The fewest layers that moved are named, with what they now lie above."""
    data = film().to_dict()
    rows = data["composition"]["timeline"]
    rows.insert(1, rows.pop(2))
    found = diff(film(), data)
    assert [change.sentence for change in found] == ["image-1 moved above video-1"]
    assert (found.changes[0].kind, found.changes[0].before, found.changes[0].after) == ("moved", 2, 1)
    rows.insert(0, rows.pop(3))
    assert sentences(film(), data)[0] == "music-1 moved below video-1"


def test_texts_without_ids() -> None:
    """Texts without an id are the same when they say the same, else by their place."""
    time = {"start_seconds": 0, "duration_seconds": 1}
    data = film().to_dict()
    texts = [{"content": word, "time": time} for word in ("one", "two", "three")]
    data["composition"]["text_overlays"] = texts
    other = film().to_dict()
    other["composition"]["text_overlays"] = [texts[1], texts[0], {"content": "drei", "time": time}]
    assert sentences(data, other) == ['text "two" moved below text "one"', 'text says "three" → "drei"']
    other["composition"]["text_overlays"] = texts[:2]
    assert sentences(data, other) == ['text "three" removed']


def spoken(*words: tuple[str, int, int]) -> Timeline:
    return (
        Timeline().image(SITE + "a.png", duration=5).captions("typewriter", words=[Word(*w) for w in words])
    )


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (["hello", "big", "world", "by"], "captions: 3 words changed, first: 'helo' → 'hello'"),
        (["helo", "big", "world", "bye"], "captions: 1 word changed, first: 'wrld' → 'world'"),
        (["helo", "big", "wrld"], "captions: 4 → 3 words"),
        (["helo", "wrld", "bye"], "captions: 4 → 3 words, first: 'big' → 'wrld'"),
    ],
)
def test_words(now: list[str], sentence: str) -> None:
    """Changed words are counted, and the first is shown."""
    old = {word.text: word for word in SAID}
    words = [
        Word(text, old.get(text, SAID[n]).start, old.get(text, SAID[n]).end) for n, text in enumerate(now)
    ]
    assert sentences(film(), film().change("captions", words=words)) == [sentence]


def test_words_that_moved() -> None:
    """Words with the same text at other times are told as moved."""
    one, other = spoken(("a", 0, 100), ("b", 100, 200)), spoken(("a", 0, 100), ("b", 140, 240))
    assert sentences(one, other) == ["captions: 1 word moved, first: 'b' 40 ms later"]
    assert sentences(one, spoken(("a", 0, 90), ("b", 100, 200))) == ["captions: 1 word changed, first: 'a'"]


def test_settings() -> None:
    """Frame, length, stitching, defaults, metadata and key are told by their names."""
    other = (
        film()
        .reframe((1080, 1350))
        .total_duration(9)
        .auto_stitch(False)
        .text_defaults(style=TextStyle(font_family="Inter"))
        .metadata({"campaign": "spring", "run": 2})
        .idempotency_key("k-1")
    )
    assert sentences(film(), other) == [
        "frame 1080×1920 → 1080×1350",
        "total duration not set → 9 s",
        "auto_stitch not set → off",
        "text default font not set → Inter",
        "idempotency key not set → k-1",
        "metadata campaign not set → spring",
        "metadata run not set → 2",
    ]
    assert sentences(film().metadata({"a": True}), film().metadata({"a": 1})) == ["metadata a on → 1"]


def test_secrets_stay_secret() -> None:
    """Of the webhook's secret and headers only that they changed is told, in words and in data."""
    one = film().webhook("https://x.test/a", secret="old-secret", headers={"X-Key": "old-key"})
    other = film().webhook("https://x.test/b", secret="new-secret", headers={"X-Key": "new-key"})
    found = diff(one, other)
    assert str(found).split("\n") == [
        "webhook address changed",
        "webhook headers changed",
        "webhook secret changed",
    ]
    for word in ("old-secret", "new-secret", "old-key", "new-key"):
        assert word not in repr(found.changes)


def test_what_has_no_name_is_told_by_its_key() -> None:
    """Unknown keys, empty parts and another order of keys are changes, too."""
    data = film().to_dict()
    data["composition"]["transitions"] = [{"kind": "wipe"}]
    assert sentences(film(), data) == ['transitions not set → [{"kind":"wipe"}]']
    bare = Timeline().to_dict()
    del bare["composition"]["timeline"]
    assert sentences(bare, Timeline()) == ["composition.timeline not set → []"]
    assert sentences(Timeline().metadata({"a": 1, "b": 2}), Timeline().metadata({"b": 2, "a": 1})) == [
        "keys written in another order"
    ]
    listed = film().to_dict()
    listed["assets"].reverse()
    assert sentences(film(), listed) == ["files listed in another order"]
    spare = film().to_dict()
    spare["assets"].append({"id": "spare", "type": "video", "url": SITE + "spare.mp4"})
    assert sentences(film(), spare) == ["file spare.mp4 added"]
    assert sentences(spare, film()) == ["file spare.mp4 removed"]


def test_a_film_with_faults_is_compared() -> None:
    """A film that breaks the contract is compared as it stands."""
    broken = film().drop("video-1", "video-2")
    data = broken.to_dict()
    data["composition"]["timeline"][0]["asset_id"] = "nobody"
    assert "image-1 file logo.png → nobody" in sentences(broken, data)


def test_what_is_no_film() -> None:
    """Anything else is refused with what would be taken."""
    with pytest.raises(FieldError, match="diff: expected a Timeline, a Manifest or a dict, got 3"):
        diff(film(), 3)  # type: ignore[arg-type]
    with pytest.raises(ManifestInvalidError):
        diff(film(), {})


def test_a_thousand_layers() -> None:
    """Comparing long films takes time in proportion to their length."""
    data = Timeline().image(SITE + "a.png", duration=1).to_dict()
    (row,) = data["composition"]["timeline"]
    rows = [{**row, "id": f"l{n}", "time": {"start_seconds": n, "duration_seconds": 1}} for n in range(3000)]
    data["composition"]["timeline"] = rows
    other = {**data, "composition": {**data["composition"], "timeline": rows[::-1]}}
    began = time.perf_counter()
    assert len(diff(data, other)) == 2999
    assert time.perf_counter() - began < 5
