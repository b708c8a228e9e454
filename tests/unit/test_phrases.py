"""Caption words as phrases: decision D23."""

from __future__ import annotations

from typing import Any

import pytest

from reelforge_dsl.models import Captions, Word
from reelforge_dsl.timing import Phrase, State, phrases


def captions(words: list[Word], mode: str | None = None, most: int | None = None) -> Captions:
    return Captions("assemblyai", "karaoke_yellow", mode=mode, words=tuple(words), max_chars_per_segment=most)


def spoken(sentence: str, pace: int = 300, at: int = 0) -> list[Word]:
    """Words of 250 ms each, one every 300 ms."""
    return [Word(word, at + pace * n, at + pace * n + 250) for n, word in enumerate(sentence.split())]


def loose(**values: Any) -> Word:
    """A word as a loader makes it: whatever its numbers."""
    word = object.__new__(Word)
    word.__attrs_init__(**values)
    return word


def texts(found: tuple[Phrase, ...]) -> list[str]:
    return [phrase.text for phrase in found]


def test_twenty_characters_a_phrase():
    """A phrase holds as many words as fit 20 characters, blanks counted."""
    found = phrases(captions(spoken("one two three four five six")))
    assert texts(found) == ["one two three four", "five six"]
    exact = phrases(captions(spoken("twenty letters fit it now")))
    assert texts(exact) == ["twenty letters fit", "it now"]
    assert texts(phrases(captions(spoken("ten letter tenletters")))) == ["ten letter", "tenletters"]
    assert texts(phrases(captions(spoken("tenletters nineletrs")))) == ["tenletters nineletrs"]


def test_the_document_may_say_how_many_characters():
    """max_chars_per_segment replaces the 20."""
    assert texts(phrases(captions(spoken("one two three"), most=7))) == ["one two", "three"]


def test_a_word_longer_than_the_limit_stands_alone():
    """A word that is too long is a phrase of its own, never dropped."""
    found = phrases(captions(spoken("a Donaudampfschifffahrtsgesellschaft b")))
    assert texts(found) == ["a", "Donaudampfschifffahrtsgesellschaft", "b"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Go now. Yes", ["Go now.", "Yes"]),
        ("Go now! Yes", ["Go now!", "Yes"]),
        ("Go now? Yes", ["Go now?", "Yes"]),
        ("Go… yes", ["Go…", "yes"]),
        ('"Go." Yes', ['"Go."', "Yes"]),
        ("(Go?) Yes", ["(Go?)", "Yes"]),
        ("“Go!” Yes", ["“Go!”", "Yes"]),
        ("Takes 3.5 hours", ["Takes 3.5 hours"]),
        ("Go, yes; no: so", ["Go, yes; no: so"]),
    ],
)
def test_a_sentence_ends_its_phrase(sentence, expected):
    """A phrase ends at . ? ! even before closing quotes and brackets, not inside a number."""
    assert texts(phrases(captions(spoken(sentence)))) == expected


def test_a_pause_ends_a_phrase():
    """A silence of 600 ms ends the phrase; one of 599 ms does not."""
    at = [Word("one", 0, 400), Word("two", 1000, 1400)]
    assert texts(phrases(captions(at))) == ["one", "two"]
    before = [Word("one", 0, 401), Word("two", 1000, 1400)]
    assert texts(phrases(captions(before))) == ["one two"]


def test_another_speaker_ends_a_phrase():
    """A change of speaker ends the phrase; a word that names none goes with the speaker before."""
    words = [
        Word("a", 0, 100, speaker="A"),
        Word("b", 100, 200),
        Word("c", 200, 300, speaker="A"),
        Word("d", 300, 400, speaker="B"),
    ]
    assert texts(phrases(captions(words))) == ["a b c", "d"]


def test_a_phrase_goes_after_its_words_or_when_the_next_comes():
    """A phrase is shown from its first word until 300 ms after its last, or until the next phrase."""
    words = [Word("one.", 500, 900), Word("two.", 1000, 1500), Word("three", 3000, 3400)]
    found = phrases(captions(words))
    assert [(phrase.start_ms, phrase.end_ms) for phrase in found] == [(500, 1000), (1000, 1800), (3000, 3700)]


def test_word_only_shows_one_word_until_the_next():
    """In word_only every word is a phrase and stays until the next comes; the last 300 ms longer."""
    words = [Word("one", 0, 200), Word("two", 300, 500), Word("three", 2500, 2900)]
    found = phrases(captions(words, mode="word_only"))
    assert texts(found) == ["one", "two", "three"]
    assert [(phrase.start_ms, phrase.end_ms) for phrase in found] == [(0, 300), (300, 2500), (2500, 3200)]
    assert found[0].states() == (State(0, 300, None),)


def test_karaoke_marks_the_spoken_word():
    """A word is the spoken one until the next starts; after the last one's end none is."""
    words = [Word("one", 0, 200), Word("two", 300, 500), Word("three.", 500, 900)]
    for mode in ("phrase_karaoke", None, "unheard_of"):
        (found,) = phrases(captions(words, mode=mode))
        assert found.states() == (
            State(0, 300, 0),
            State(300, 500, 1),
            State(500, 900, 2),
            State(900, 1200, None),
        )


def test_phrase_mode_marks_none():
    """In phrase mode a phrase has one state, and no spoken word."""
    (found,) = phrases(captions([Word("one", 0, 200), Word("two", 300, 500)], mode="phrase"))
    assert found.states() == (State(0, 800, None),)


def test_words_out_of_order_are_sorted():
    """Words are taken by their start, words with one start in their own order."""
    words = [Word("three", 600, 700), Word("one", 0, 200), Word("two", 300, 500), Word("also", 0, 100)]
    assert texts(phrases(captions(words))) == ["one also two three"]


def test_overlapping_words_do_not_overlap_on_screen():
    """Words that overlap give way to the next; the phrase lasts to the latest end."""
    words = [Word("one", 0, 5000), Word("two", 300, 400), Word("three.", 600, 700), Word("four", 900, 1000)]
    first, second = phrases(captions(words))
    assert (first.start_ms, first.end_ms) == (0, 900)
    assert first.states() == (State(0, 300, 0), State(300, 600, 1), State(600, 900, 2))
    assert second.start_ms == 900


def test_broken_words_do_not_break_it():
    """Negative starts and ends before starts are clamped, empty texts kept."""
    words = [loose(text="one", start=-500, end=-200), loose(text="", start=400, end=100)]
    (found,) = phrases(captions(words))
    assert (found.start_ms, found.end_ms) == (0, 700)
    assert found.words == tuple(words)
    assert found.states() == (State(0, 400, 0), State(400, 700, None))


def test_no_words_no_phrases():
    """Captions without words have no phrases."""
    assert phrases(Captions("assemblyai", "neon_glow")) == ()
    assert phrases(captions([])) == ()
