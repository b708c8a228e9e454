"""What holds for the layout of any text."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from reelforge_dsl.lettering import Look, Paint, lay_out, paint, reach, svg, words_of
from reelforge_dsl.lettering._breaks import letters_of

ODD = (
    "\0\t\n\r\u00a0\u00ad\u0301\u0323\u200b\u200d\u202e\u2028\ufe0f\ufeff\ud800"
    "\U0001f468\U0001f3fd\U0001f1e6-—שم中한ก<&\"'"
)
ANY = st.characters(exclude_categories=())
TEXTS = st.text(st.one_of(ANY, st.sampled_from(ODD), st.sampled_from("abc AVfi ")), max_size=60)
LOOKS = st.builds(
    Look,
    family=st.sampled_from(["Inter", "Poppins", "Caveat", "Nowhere"]),
    size=st.floats(1, 300),
    weight=st.integers(1, 1000),
    italic=st.booleans(),
    letter_spacing=st.floats(-0.1, 2),
    line_height=st.floats(0.1, 100),
    align=st.sampled_from(["left", "center", "right", "justify"]),
)
WIDTHS = st.floats(0, 2000)


@settings(max_examples=300, deadline=None)
@given(TEXTS, LOOKS, WIDTHS, st.booleans())
def test_no_line_is_wider_than_asked(text, look, width, balance):
    """Any text is laid out, and only a line of a single letter may be wider than the width."""
    for line in lay_out(text, look, width, balance=balance).lines:
        drawn = [word for word in line.words if word.d]
        lone = len(drawn) == 1 and len(letters_of(drawn[0].text).parts) == 1
        assert line.width <= width + 1e-3 or lone or not drawn


@settings(max_examples=200, deadline=None)
@given(TEXTS, LOOKS, WIDTHS)
def test_every_word_is_placed_once(text, look, width):
    """The parts of each word, put together, are the word, in order."""
    parts: dict[int, str] = {}
    for word in lay_out(text, look, width).words:
        parts[word.start] = parts.get(word.start, "") + word.text
    assert tuple(parts.values()) == words_of(text)
    assert list(parts) == list(range(len(parts)))


@settings(max_examples=200, deadline=None)
@given(TEXTS, LOOKS, WIDTHS)
def test_balance_adds_no_line(text, look, width):
    """Balanced text has as many lines as greedy text."""
    greedy, even = (lay_out(text, look, width, balance=on) for on in (False, True))
    assert len(greedy.lines) == len(even.lines)


@settings(max_examples=100, deadline=None)
@given(TEXTS, LOOKS)
def test_the_svg_is_well_formed_and_repeats(text, look):
    """The SVG of any text is well-formed XML without text, and the same again."""
    style = Paint(stroke=(0, 0, 0, 1.0), stroke_width=2, shadow=(0, 0, 0, 0.5), shadow_blur=3)
    first, second = (
        svg(lay_out(text, look, 500), lambda _: style, region=(0, 0, 500, 100)) for _ in range(2)
    )
    assert first == second
    assert not "".join(ET.fromstring(first).itertext()).strip()


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.floats(4, 40))
def test_any_text_can_be_painted(text, size):
    """The picture of any text is a PNG."""
    block = lay_out(text, Look(size=size), 300)
    region = reach(block, lambda _: Paint())
    if region is not None:
        assert paint(svg(block, lambda _: Paint(), region=region)).startswith(b"\x89PNG")
