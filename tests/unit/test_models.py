"""The values authors build by hand, and what may stand in a field."""

import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from reelforge_dsl import CaptionStyle, FieldError, Layout, TextStyle, TimeOverride, Word
from reelforge_dsl.models import Json, Time
from reelforge_dsl.models.colors import color_names, parse_color
from reelforge_dsl.models.fields import weight_number
from reelforge_dsl.units import Length, frame_at, parse_length, plain, ratio_name, real, short


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Layout(fit="covr"), "Layout.fit: 'covr' is not allowed\n  fix: did you mean 'cover'?"),
        (lambda: Layout(x=10), "Layout.x: expected text, got 10 (int)\n  fix: say the unit: '10%' or '10px'"),
        (lambda: Layout(y="1 0%"), "Layout.y: '1 0%' is neither percent nor pixels"),
        (lambda: Layout(z_index="2"), "Layout.z_index: expected a number, got '2' (str)"),
        (lambda: Layout(z_index=True), "Layout.z_index: expected a number, got True (bool)"),
        (lambda: TextStyle(font_size=0), "TextStyle.font_size: 0 is not above 0"),
        (
            lambda: TextStyle(font_size=float("nan")),
            "TextStyle.font_size: expected a number, got nan (float)",
        ),
        (
            lambda: TextStyle(color="goold"),
            "TextStyle.color: 'goold' is not a colour\n  fix: did you mean 'gold'?",
        ),
        (lambda: TextStyle(font_weight="blod"), "TextStyle.font_weight: 'blod' is not a font weight"),
        (lambda: TextStyle(text_align="centre"), "TextStyle.text_align: 'centre' is not allowed"),
        (lambda: TextStyle(stroke_width=-1), "TextStyle.stroke_width: -1 is below 0"),
        (lambda: CaptionStyle(highlight_color=3), "CaptionStyle.highlight_color: expected text, got 3 (int)"),
        (lambda: Word("a", 1.5, 2), "Word.start: 1.5 is not a whole number\n  fix: use 2"),
        (lambda: Word("a", 0.5, 1.2), "Word.start: 'a' from 0.5 to 1.2 looks like seconds"),
        (lambda: Word("a", float("nan"), 1.5), "Word.start: expected a number, got nan (float)"),
        (lambda: Word("a", float("-inf"), 1.5), "Word.start: expected a number, got -inf (float)"),
        (lambda: Word("a", 5, 2), "Word.end: 'a' ends at 2 ms, before its start at 5 ms"),
        (lambda: Word(None, 5, 2), "Word.text: a value is needed, got None"),
        (lambda: Word("\ud800", 5, 6), "Word.text: the text holds half of a surrogate pair"),
        (lambda: TimeOverride({"start_seconds": 1}), "TimeOverride.time: expected a Time, got"),
        (lambda: Layout.half("middle"), "Layout.half: 'middle' is not allowed"),
        (lambda: Layout.cell(2, 0, of=(2, 2)), "Layout.cell: (2, 0) is outside 2 rows and 2 columns"),
        (
            lambda: Layout.corner("bottom_right", width="40px", height="8%"),
            "Layout.corner: width '40px' with margin '4%' needs the frame's size",
        ),
    ],
)
def test_a_wrong_value_says_what_and_how_to_mend_it(make, said):
    """A value built by hand refuses at once what is outside the contract, in one sentence."""
    with pytest.raises(FieldError) as caught:
        make()
    assert str(caught.value).startswith(said)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_regions_are_percent():
    """The named boxes are the numbers one would write."""
    assert Layout.half("right") == Layout("50%", "0%", "50%", "100%")
    assert Layout.cell(0, 1, of=(2, 2)) == Layout("50%", "0%", "50%", "50%")
    assert Layout.cell(2, 0, of=(3, 1)).y == "66.6667%"
    assert Layout.corner("top_right", width="14%", height="8%", fit="contain") == Layout(
        "82%", "4%", "14%", "8%", "contain"
    )
    assert Layout.corner("top_left", width="40px", height="40px", margin="10px") == Layout(
        "10px", "10px", "40px", "40px"
    )
    assert Layout.lower_third() == Layout("8%", "77%", "84%", "18%")


def test_or_lets_the_right_side_win_key_by_key():
    """``a | b`` has every key of both; where both say something, b's stands."""
    base = TextStyle(color="red", font_size=40)
    assert base | TextStyle(color="blue") == TextStyle(color="blue", font_size=40)
    assert base == TextStyle(color="red", font_size=40)
    assert Layout("1%") | Layout(fit="contain") == Layout("1%", fit="contain")
    both = CaptionStyle(color="red", highlight_color="gold") | CaptionStyle(font_size=9)
    assert both == CaptionStyle(color="red", highlight_color="gold", font_size=9)


@pytest.mark.parametrize(
    "value",
    [
        Layout("1%", z_index=2),
        TextStyle(color="red"),
        CaptionStyle(font_size=3),
        Word("a", 1, 2, "B"),
        Time(1, 2),
    ],
)
def test_values_are_frozen_hashable_and_pickle(value):
    """A value cannot be changed, can be a key, and comes back from a pickle equal."""
    with pytest.raises(AttributeError):
        value.extra = ()
    assert {value: 1}[pickle.loads(pickle.dumps(value))] == 1


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (3, 3),
        (2.5, 2.5),
        (np.int64(3), 3),
        (np.float32(2.5), 2.5),
        (Decimal("1.5"), 1.5),
        (Fraction(1, 2), 0.5),
        (True, None),
        (np.True_, None),
        ("3", None),
        (None, None),
        (float("nan"), None),
        (float("-inf"), None),
        (Decimal("sNaN"), None),
        (10**400, None),
        (Fraction(10**400), None),
    ],
)
def test_any_real_number_is_taken_as_a_plain_one(value, held):
    """NumPy's, Decimal's and Fraction's become plain; bool, text, NaN and infinities are none."""
    found = real(value)
    assert found == held
    assert type(found) in (int, float, type(None))


def test_seconds_round_to_the_nearest_frame():
    """A frame is floor(30 t + 0.5): edges round half up, never to even."""
    assert [frame_at(t) for t in (0, 1 / 60, 0.05, 1, 4.71, 12.91)] == [0, 1, 2, 30, 141, 387]


@pytest.mark.parametrize("text", ["10%", "-3.5%", "+2px", ".5px", "7.%"])
def test_lengths_are_percent_or_pixels(text):
    """Signs and decimals are taken, in both units."""
    assert parse_length(text) == Length(float(text.rstrip("%px")), "%" if text.endswith("%") else "px")


@pytest.mark.parametrize("text", ["10", "10 %", "10em", "%", "１０%", "1e2px", "10%;", ""])
def test_other_lengths_are_none(text):
    """No other unit, no blank, no foreign digit."""
    assert parse_length(text) is None


def test_numbers_are_written_short():
    """Integral floats lose their point, and messages show at most four decimals."""
    assert (plain(8.0), plain(8.5), plain(8)) == (8, 8.5, 8)
    assert type(plain(8.0)) is int
    assert (short(0.10004), short(0.1), short(3.0), short(1e15)) == ("0.1", "0.1", "3", "1000000000000000")


def test_a_size_has_the_name_of_its_ratio():
    """A frame of a known shape is called by it, any other by its pixels."""
    assert (ratio_name(1080, 1920), ratio_name(720, 1280), ratio_name(100, 30)) == ("9:16", "9:16", "100x30")


@pytest.mark.parametrize(
    ("text", "rgba"),
    [
        ("#FFD700", (255, 215, 0, 1.0)),
        ("#fff8", (255, 255, 255, 136 / 255)),
        ("Gold", (255, 215, 0, 1.0)),
        ("rgba(0, 0, 0, 0.5)", (0, 0, 0, 0.5)),
        ("rgb(100% 0% 50% / 25%)", (255, 0, 128, 0.25)),
        ("rgb(300, -5, 1)", (255, 0, 1, 1.0)),
        ("transparent", (0, 0, 0, 0.0)),
        ("#12345", None),
        ("rgb(1,2)", None),
        ("goldd", None),
        ("url(#x)", None),
    ],
)
def test_colours_of_css(text, rgba):
    """Hex, names and rgb() are read as CSS reads them; anything else is no colour."""
    assert parse_color(text) == rgba


def test_all_css_names_are_colours():
    """Each of the 148 names, and transparent."""
    assert len(color_names()) == 149
    assert all(parse_color(name) for name in color_names())


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("bold", 700),
        ("normal", 400),
        ("700", 700),
        (550, 550),
        (" Semi-Bold ", 600),
        ("450.0", 450),
        (1000, 1000),
    ],
)
def test_weights_have_numbers(value, number):
    """A weight is a number, its text, or a word."""
    assert weight_number(value) == number


@pytest.mark.parametrize("value", ["blod", "", "-4", 0, 1001, "0", "9" * 5000])
def test_no_weight(value):
    """What is no weight has no number."""
    assert weight_number(value) is None


def test_foreign_json_keeps_its_types():
    """1, true and "1" differ, 8.0 is 8, order stays, and a copy is fresh."""
    assert len({Json.of(1), Json.of(True), Json.of("1"), Json.of(None)}) == 4
    assert Json.of(8.0) == Json.of(8)
    held = Json.of({"b": [1.5, {"ü": None}], "a": 1})
    assert held.text == '{"b":[1.5,{"ü":null}],"a":1}'
    held.value["b"] = 3
    assert held.value["b"] == [1.5, {"ü": None}]
