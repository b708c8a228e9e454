"""What ``to_python`` prints rebuilds the document, whatever was said or loaded."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelforge_dsl import CaptionStyle, FieldError, Layout, TextStyle, Timeline, Word, diff

SITE = "https://x.test/"
FILES = {"video": ["a.mp4", "b.mp4"], "image": ["one.png", "two.png"], "sound": ["voice.mp3", "bed.mp3"]}
WORDS = (Word("x", 100, 300), Word('say "it\'s"', 300, 500, "B"))
Call = tuple[str, Any, dict[str, Any]]

seconds = st.integers(1, 8) | st.sampled_from([0.1, 2.25, 1 / 3])
starts = st.integers(0, 6) | st.sampled_from([0.1, 1.5])
text = st.text(min_size=1, max_size=20).filter(lambda said: bool(said.strip())) | st.text(
    "'\"\\ a", min_size=2
)
sayable = text.filter(lambda said: bool(said.strip()) and not any("\ud800" <= c <= "\udfff" for c in said))
ids = st.sampled_from(["logo", "video-2", "music-1", "text-1"])


def fields(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


places = st.integers(0, 3)
whens = st.one_of(
    st.just({}),
    fields(start=starts, duration=seconds),
    fields(after=places, offset=st.integers(-1, 2), duration=seconds),
    fields(during=places, duration=seconds),
)
boxes = st.builds(
    Layout,
    x=st.sampled_from([None, "20px"]),
    fit=st.sampled_from([None, "cover"]),
    z_index=st.none() | places,
)
styles = st.builds(TextStyle, font_size=st.none() | seconds, font_weight=st.sampled_from([None, 700, "bold"]))
pictures = fields(
    fit=st.sampled_from(["cover", "contain"]),
    layout=boxes,
    motion=st.just("zoom_in"),
    background=st.just("solid"),
    transform=st.just("rotate(3deg)"),
    id=ids,
)
clips = fields(muted=st.booleans(), crossfade=starts, volume=starts, trim=starts)
sounds = fields(loop=st.booleans(), fade_in=starts, fade_out=starts, volume=starts, trim=starts, id=ids)


def calls(verb: str, kind: str, *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Call]:
    return st.builds(
        lambda name, said: (verb, SITE + name, {key: value for part in said for key, value in part.items()}),
        st.sampled_from(FILES[kind]),
        st.tuples(*parts),
    )


adding = st.one_of(
    calls("video", "video", whens, clips),
    calls("video", "video", whens, pictures),
    calls("image", "image", whens, pictures),
    *[calls(verb, "sound", whens, sounds) for verb in ("audio", "voiceover", "music")],
    st.builds(
        lambda said, when, looks: ("text", said, when | looks),
        sayable,
        whens,
        fields(style=styles, layout=boxes, id=ids),
    ),
)
captions = fields(
    words=st.sampled_from([(), WORDS]),
    clock=places,
    source=places,
    mode=st.sampled_from([None, "phrase", "phrase_karaoke"]),
    correct_text=sayable,
    style=st.builds(CaptionStyle, highlight_color=st.sampled_from([None, "red"])),
)
setting = st.one_of(
    st.tuples(st.just("total_duration"), st.none() | seconds, st.just({})),
    st.tuples(st.just("auto_stitch"), st.none() | st.booleans(), st.just({})),
    st.tuples(st.just("captions"), st.sampled_from([None, "typewriter"]), captions),
    st.tuples(st.just("metadata"), st.dictionaries(sayable, sayable | seconds | st.booleans()), st.just({})),
    st.tuples(st.just("idempotency_key"), sayable, st.just({})),
    st.tuples(st.just("reframe"), st.sampled_from(["1:1", (720, 720)]), st.just({})),
    st.tuples(st.just("resolve"), st.just({SITE + "a.mp4": 10, SITE + "voice.mp3": 4.2}), st.just({})),
    st.builds(lambda key, said: ("change", key, said), ids, clips | fields(start=starts, volume=st.none())),
    st.tuples(st.just("change"), st.just("captions"), captions),
    st.tuples(st.just("drop"), ids, st.just({})),
)
programs = st.lists(adding | setting, max_size=8)


def said(program: list[Call]) -> Timeline:
    """Run a program; a number for an id is the how-manieth entry, and refused calls are left out."""
    reel = Timeline()
    for verb, what, given_ in program:
        known = [item.id for item in (*reel.layers, *reel.text_overlays)]
        held = dict(given_)
        for key in ("after", "during", "clock", "source"):
            if key in held:
                held[key] = known[held[key] % len(known)] if known else "none"
        args = () if verb == "text_defaults" else (what,)
        try:
            reel = getattr(reel, verb)(*args, **held)
        except FieldError:
            continue
    return reel


def run(source: str) -> Timeline:
    names: dict[str, Any] = {}
    exec(compile(source, "<to_python>", "exec"), names)
    return names["reel"]  # type: ignore[no-any-return]


@given(programs)
def test_a_program_comes_back(program: list[Call]) -> None:
    """What verbs said is printed with verbs, and rebuilt byte for byte with the same said places."""
    reel = said(program)
    source = reel.to_python()
    assert "from_dict" not in source
    again = run(source)
    assert again.to_json() == reel.to_json()
    assert [entry.when for entry in again._sheet.entries] == [entry.when for entry in reel._sheet.entries]
    assert not diff(reel, again)
    assert again == reel
    lengths = {SITE + name: 7 for names in FILES.values() for name in names}
    assert again.resolve(lengths).to_json() == reel.resolve(lengths).to_json()


@given(programs)
def test_a_loaded_program_comes_back(program: list[Call]) -> None:
    """Loaded from its text, a film is printed so that it is rebuilt byte for byte."""
    reel = Timeline.from_json(said(program).to_json())
    assert run(reel.to_python()).to_json() == reel.to_json()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1e-9, 1e22]) | sayable,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(sayable, inner, max_size=2),
    max_leaves=4,
)
wrong = st.sampled_from([None, -1, 0, 1.5, True, "odd", "", [], {}]) | json_values


def mutated(data: Any, places: list[int], value: Any, key: str | None) -> Any:
    """Put a value somewhere into a document, or take one out; ``key`` adds one."""
    at = data
    for place in places:
        inside = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not inside:
            break
        step = inside[place % len(inside)]
        if not isinstance(at[step], (dict, list)) or not at[step]:
            if value is None:
                del at[step]
            else:
                at[step] = value
            return data
        at = at[step]
    if isinstance(at, dict) and key is not None:
        at[key] = value
    elif isinstance(at, list):
        at.extend(at[:1])
    return data


def loaded(data: dict[str, Any]) -> Timeline | None:
    from reelforge_dsl import ManifestInvalidError

    try:
        return Timeline.from_dict(data)
    except ManifestInvalidError:
        return None


mutations = st.lists(
    st.tuples(st.lists(st.integers(0, 7), min_size=1, max_size=6), wrong, st.none() | sayable), max_size=3
)


@given(programs, mutations)
def test_any_document_comes_back(program: list[Call], changes: list[Any]) -> None:
    """Whatever stands in a document that loads, it is printed so that it is rebuilt byte for byte."""
    data = said(program).to_dict()
    for places_, value, key in changes:
        data = mutated(data, places_, value, key)
    reel = loaded(data)
    if reel is None:
        return
    again = run(reel.to_python())
    assert again.to_json() == reel.to_json()
    assert not diff(reel, again)


@given(programs, mutations, programs)
def test_any_two_documents_are_compared(one: list[Call], changes: list[Any], other: list[Call]) -> None:
    """Two documents differ in something exactly when their texts do, a line a change, both ways."""
    data = said(one).to_dict()
    for places_, value, key in changes:
        data = mutated(data, places_, value, key)
    reel = loaded(data)
    if reel is None:
        return
    for a, b in ((said(one), reel), (reel, said(one)), (reel, said(other)), (said(other), reel)):
        found = diff(a, b)
        assert bool(found) == (a.to_json() != b.to_json())
        assert len(str(found).splitlines()) == max(len(found), 1)
        hash(found), repr(found)


@given(sayable, sayable, sayable)
def test_secrets_are_never_printed(secret: str, header: str, value: str) -> None:
    """Any header has its own variable, and with these set the webhook comes back."""
    headers = {header: f"<<{value}>>", header.upper(): "<<other>>"}
    reel = Timeline().webhook(SITE, secret=f"<<{secret}>>", headers=headers)
    source = reel.to_python()
    assert "<<" not in source.replace(repr(header), "") or "<<" in header
    names = [line.rpartition(" ")[2] for line in source.splitlines() if line.startswith("# Not printed")]
    values = [f"<<{secret}>>", *headers.values()]
    assert len(set(names)) == len(values)
    if any("\0" in held for held in values):
        return  # no environment holds a NUL
    before = dict(os.environ)
    try:
        os.environ.update(zip(names, values, strict=True))
        assert run(source).to_json() == reel.to_json()
    finally:
        os.environ.clear()
        os.environ.update(before)
