"""The words room: transcripts of every format become words in milliseconds."""

from __future__ import annotations

import json
import pickle
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelforge_dsl.errors import FieldError, MissingExtraError
from reelforge_dsl.models import Word
from reelforge_dsl.words import Words

SRT = """1
00:00:01,000 --> 00:00:02,000
Hello <i>big</i>
{\\an8}world

2
00:00:02,500 --> 00:00:03,500
It was in
2024
"""
ASS = """[Script Info]
Title: x

[V4+ Styles]
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.00,Default,Ann,0,0,0,,{\\an8}{\\k50}Hel{\\k30}lo {\\kf20}world
Comment: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,not said
Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}seen\\Nhere
"""
YOUTUBE = """WEBVTT
Kind: captions

00:00:00.080 --> 00:00:02.310 align:start position:0%
 
hello<00:00:00.400><c> world</c>

00:00:02.310 --> 00:00:02.320 align:start position:0%
hello world
 

00:00:02.320 --> 00:00:04.000 align:start position:0%
hello world
this<00:00:02.600><c> is</c><00:00:03.000><c> it</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
this is it
 

00:00:04.010 --> 00:00:05.000 align:start position:0%
this is it
okay
"""  # noqa: W293 - such files have lines of one space


def times(words: Words) -> list[tuple[str, int, int]]:
    return [(word.text, word.start, word.end) for word in words]


def codes(words: Words) -> list[tuple[str, str]]:
    return [(issue.code, issue.path) for issue in words.repaired]


def test_an_srt_cue_is_shared_by_letters():
    """Words of a cue get its span by their letters; lines are joined, tags are gone, numbers stay."""
    words = Words.parse(SRT)
    assert times(words) == [
        ("Hello", 1000, 1385),
        ("big", 1385, 1615),
        ("world", 1615, 2000),
        ("It", 2500, 2682),
        ("was", 2682, 2955),
        ("in", 2955, 3136),
        ("2024", 3136, 3500),
    ]
    assert words.repaired == ()


def test_windows_line_ends_and_a_missing_blank_line_do_no_harm():
    """CRLF, a byte order mark and a number right after the text read as they are meant."""
    text = "\ufeff1\n00:00:01,000 --> 00:00:02,000\nHi &amp; bye\n2\n00:00:03,000 --> 00:00:04,000\n<3\n"
    assert Words.parse(text.replace("\n", "\r\n").encode()).text == "Hi & bye <3"


def test_bad_lines_of_an_srt_are_told():
    """A time line that is none, text outside of cues and an end before its start are repairs."""
    text = (
        "1\n00:00:03,000 --> 00:00:02,000\nBack\n\n"
        "2\n00:00:04,000 --> soon\nlost\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nok\n"
    )
    words = Words.parse(text)
    assert times(words) == [("Back", 3000, 3000), ("ok", 5000, 6000)]
    assert codes(words) == [("end_before_start", "line 2"), ("bad_time", "line 6"), ("stray_line", "line 7")]


def test_overlapping_cues_are_in_time_order():
    """Two speakers at once are merged by the time their words start."""
    text = "00:00:01,000 --> 00:00:03,000\na b\n\n00:00:01,500 --> 00:00:02,000\nc\n"
    assert times(Words.parse(text)) == [("a", 1000, 2000), ("c", 1500, 2000), ("b", 2000, 3000)]


def test_vtt_word_times_are_exact():
    """Times inside a cue are the words' own, and the voice is the speaker."""
    text = (
        "WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE a remark\nwith --> an arrow\n\nintro\n"
        "00:01.000 --> 00:04.000 align:start\n"
        "<v Roger Bingham>Hello<00:00:02.000><c.x> big</c><00:00:03.000><c> world</c></v>\n"
    )
    words = Words.parse(text)
    assert times(words) == [("Hello", 1000, 2000), ("big", 2000, 3000), ("world", 3000, 4000)]
    assert {word.speaker for word in words} == {"Roger Bingham"}
    assert words.repaired == ()


def test_a_cue_may_start_like_a_remark():
    """NOTE inside a cue is said; only at the start of a block it is a remark."""
    assert Words.parse("WEBVTT\n\n00:01.000 --> 00:02.000\nSTYLE\nNOTE it\n").text == "STYLE NOTE it"


def test_two_voices_share_a_cue():
    """Each voice's words are its own, and the span is shared by letters."""
    words = Words.parse("WEBVTT\n\n00:05.000 --> 00:06.000\n<v Ann>Hi <v.loud Bob>Jo\n")
    assert list(words) == [Word("Hi", 5000, 5500, "Ann"), Word("Jo", 5500, 6000, "Bob")]


def test_rolling_captions_say_each_word_once():
    """Automatic captions that roll up are not doubled, and that is told."""
    words = Words.parse(YOUTUBE)
    assert words.text == "hello world this is it okay"
    assert times(words)[2] == ("this", 2320, 2600)
    assert codes(words) == [("rolled_up", "line 4")]


def test_a_word_said_again_is_kept():
    """Cues that merely repeat a word are left alone."""
    cues = "".join(f"00:00:0{n},000 --> 00:00:0{n},900\nNo.\n\n" for n in range(5))
    assert Words.parse(cues).text == "No. No. No. No. No."


def test_ass_karaoke_is_exact():
    """Syllables join to words; comments and drawings are not said; the name speaks."""
    words = Words.parse(ASS)
    assert list(words) == [
        Word("Hello", 1000, 1800, "Ann"),
        Word("world", 1800, 2000, "Ann"),
        Word("seen", 4000, 4500),
        Word("here", 4500, 5000),
    ]


def test_a_bad_ass_line_is_told():
    """One unreadable line leaves the others."""
    words = Words.parse(ASS + "Dialogue: 0,soon,0:00:03.00,Default,,0,0,0,,x\nDialogue: 0,0:00:01.00\n")
    assert len(words) == 4
    assert codes(words) == [("bad_line", "line 12"), ("bad_line", "line 13")]


def test_ssa_is_read(tmp_path):
    """The forerunner of ASS has a mark where ASS has a layer."""
    file = tmp_path / "a.ssa"
    file.write_text("[Events]\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,,0000,0000,0000,,Hi\n")
    assert times(Words.load(file)) == [("Hi", 1000, 2000)]


def test_ass_without_its_reader_says_what_to_install(monkeypatch):
    """Without pysubs2 the extra is named; SRT needs none."""
    monkeypatch.setitem(sys.modules, "pysubs2", None)
    with pytest.raises(MissingExtraError) as caught:
        Words.parse(ASS)
    assert caught.value.extra == "words"
    assert len(Words.parse(SRT)) == 7


def test_assemblyai_json_is_read():
    """The service's own answer gives words and speakers; confidence is left out."""
    answer = {
        "id": "x",
        "text": "Hi there",
        "words": [
            {"text": "Hi", "start": 240, "end": 400, "confidence": 0.9, "speaker": "A"},
            {"text": "there", "start": 400.0, "end": 640, "confidence": 0.9, "speaker": None},
        ],
    }
    expected = [Word("Hi", 240, 400, "A"), Word("there", 400, 640)]
    assert list(Words.parse(answer)) == list(Words.parse(json.dumps(answer))) == expected
    assert list(Words.parse(answer["words"])) == expected


def test_words_without_times_are_shared_between_their_neighbours():
    """A gap is shared by letters, each word is told, and strict refuses it."""
    data = [
        {"text": "a", "start": 0, "end": 100},
        {"text": "bb"},
        {"text": "cccc", "start": None},
        {"text": "d", "start": 400, "end": 500},
        {"text": "tail"},
    ]
    words = Words.parse(data)
    assert times(words) == [
        ("a", 0, 100),
        ("bb", 100, 200),
        ("cccc", 200, 400),
        ("d", 400, 500),
        ("tail", 500, 900),
    ]
    assert codes(words) == [("word_time_shared", f"$[{place}]") for place in (1, 2, 4)]
    with pytest.raises(FieldError, match="word 1 \\('bb'\\) has no start and end"):
        Words.parse(data, strict=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([{"text": "a", "start": 0.27, "end": 0.5}], "word 0 has the time 0.27; these look like seconds"),
        ([{"text": "a", "start": 0, "end": 5000}, {"text": "b", "start": 5000.5, "end": 6000}], "word 1 has"),
        ([{"text": "a", "start": "0", "end": 1}], "word 0 has the start '0', which is no number"),
        ([{"text": "a", "start": 5, "end": 1}], "word 0: Word.end: 'a' ends at 1 ms, before its start"),
        ([{"text": "a", "start": 10**40, "end": 1}], "word 0 has the start far out"),
        ([{"text": "a"}], "no word has start and end"),
        ([{"word": "a", "start": 0, "end": 1}], "word 0 has no 'text'; its keys are word, start, end"),
        ({"segments": []}, "this object has no 'words'; its keys are segments"),
        ([1], "word 0 is no object"),
        ([], "there are no words in it"),
        ("", "is empty"),
        ("hello", "this is no transcript: 'hello'"),
        ("{bad", "is not JSON at line 1, column 2"),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", "there are no words in it"),
        (5, "the words are no list, but int"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_is_no_transcript_is_refused(data, sentence):
    """Each wrong transcript has its own sentence."""
    with pytest.raises(FieldError) as caught:
        Words.parse(data)
    assert sentence in str(caught.value)


def test_a_file_is_read_by_its_ending(tmp_path):
    """Every ending that is known gives the same words."""
    (tmp_path / "a.srt").write_text(SRT, "utf-8")
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n" + SRT.replace(",", "."), "utf-8")
    (tmp_path / "a.json").write_text(json.dumps([{"text": "Hi", "start": 0, "end": 9}]), "utf-8")
    assert Words.load(tmp_path / "a.srt") == Words.load(str(tmp_path / "a.vtt"))
    assert Words.load(tmp_path / "a.json").text == "Hi"


def test_a_file_of_another_format_than_its_name_is_told(tmp_path):
    """A WebVTT file named .srt is read as what it is."""
    (tmp_path / "a.srt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", "utf-8")
    words = Words.load(tmp_path / "a.srt")
    assert times(words) == [("Hi", 1000, 2000)]
    assert codes(words) == [("other_format", "line 1")]


def test_an_old_encoding_is_guessed_and_told(tmp_path):
    """A Windows-1252 file reads with its accents, and says so."""
    (tmp_path / "a.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\ncafé\n".encode("cp1252"))
    words = Words.load(tmp_path / "a.srt")
    assert words.text == "café"
    assert codes(words) == [("encoding_guessed", "line 3")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("none.srt", "there is no such file"), ("a.txt", ".txt is not read"), ("bare", "without an ending")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, sentence):
    """The error names the file and the reason."""
    with pytest.raises(FieldError) as caught:
        Words.load(tmp_path / name)
    assert sentence in str(caught.value)
    assert name in str(caught.value)


def test_an_empty_file_is_named(tmp_path):
    """A file without a byte is told as empty."""
    (tmp_path / "a.srt").touch()
    with pytest.raises(FieldError, match=r"a\.srt: is empty"):
        Words.load(tmp_path / "a.srt")


WORDS = Words.of(
    [Word("a", 0, 1000), {"text": "b", "start": 1000, "end": 2000, "speaker": "S"}, Word("c", 2000, 3000)]
)


def test_words_are_a_frozen_sequence():
    """Length, index, slice, sum, hash, equality and pickling work as for a tuple."""
    assert (len(WORDS), WORDS[1].speaker, WORDS[-1].text) == (3, "S", "c")
    assert WORDS[1:] == Words.of(list(WORDS)[1:])
    assert (WORDS + WORDS[:1]).text == "a b c a"
    assert hash(WORDS) == hash(Words.of(list(WORDS)))
    assert Word("a", 0, 1000) in WORDS
    assert pickle.loads(pickle.dumps(WORDS)) == WORDS
    assert Words.of(WORDS) is WORDS
    assert (WORDS.start_seconds, WORDS.end_seconds, Words().end_seconds) == (0, 3, 0)
    assert repr(WORDS) == "<Words: 3 words, 0 to 3 s>"
    assert repr(Words()) == "<Words: none>"


def test_words_shift():
    """Every word moves; none may start before 0."""
    assert times(WORDS.shift(1.5))[0] == ("a", 1500, 2500)
    assert WORDS[1:].shift(-1) == Words.of([Word("b", 0, 1000, "S"), Word("c", 1000, 2000)])
    with pytest.raises(FieldError, match="would start before 0"):
        WORDS.shift(-0.5)
    with pytest.raises(FieldError, match="expected seconds"):
        WORDS.shift("1")


def test_words_between():
    """A word belongs where it starts, so neighbouring spans share the words, and none outlasts its span."""
    assert times(WORDS.between(0, 1.5)) == [("a", 0, 1000), ("b", 1000, 1500)]
    assert times(WORDS.between(1.5, 9)) == [("c", 2000, 3000)]
    assert WORDS.between(0, 2) + WORDS.between(2, 3) == WORDS
    with pytest.raises(FieldError, match="is before"):
        WORDS.between(2, 1)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_transcript_is_read_or_refused(data):
    """Noise anywhere in a file gives words with good times, or a FieldError, nothing else."""
    text = data.draw(
        st.sampled_from([SRT, ASS, YOUTUBE, '[{"text":"Hi","start":240,"end":400},{"text":"x"}]'])
    )
    first = data.draw(st.integers(0, len(text)))
    noise = st.sampled_from(
        ["-->", "<", "{\\k9999999}", "9" * 400, "\n\n", "\ud800", "٣", "null", "NaN", "&#0;", ","]
    )
    damaged = text[:first] + data.draw(noise) + text[first + data.draw(st.integers(0, 20)) :]
    try:
        words = Words.parse(damaged, data.draw(st.sampled_from([None, "srt", "vtt", "ass", "json"])))
    except FieldError:
        return
    assert all(0 <= word.start <= word.end for word in words)


@pytest.mark.parametrize("wrong", ["text", {"text": "a"}, [7], [{"text": "a"}], [{"start": 0, "end": 1}], 5])
def test_of_takes_words_only(wrong):
    """What is no list of words is refused at the call."""
    with pytest.raises(FieldError):
        Words.of(wrong)
