"""Fonts, line breaks, outlines, SVG and PNG, with the fonts that ship."""

from __future__ import annotations

import hashlib
import io
import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from fontTools.ttLib import TTFont
from PIL import Image

from reelforge_dsl import lettering
from reelforge_dsl.errors import EngineError, FieldError
from reelforge_dsl.lettering import (
    Block,
    Look,
    Paint,
    Pill,
    find_font,
    lay_out,
    paint,
    reach,
    svg,
    words_of,
)

FONTS = Path(lettering.__file__).parent / "fonts"
BLACK = (0, 0, 0, 1.0)
WHITE = (255, 255, 255, 1.0)
RED = (255, 0, 0, 1.0)
BLUE = (0, 0, 255, 1.0)
LEFT = Look(size=50, weight=400, align="left")


def plain(_word: object) -> Paint:
    return Paint()


def pixels(block: Block, paint_of=plain, **options) -> np.ndarray:
    """Paint the block's own box with 100 px around it; height, width, RGBA."""
    region = (-100.0, -100.0, block.width + 200, block.height + 200)
    picture = Image.open(io.BytesIO(paint(svg(block, paint_of, region=region, **options))))
    assert picture.mode == "RGBA"
    return np.asarray(picture)


def edges(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is at least half opaque, in the block's px."""
    rows, columns = np.nonzero(picture[:, :, 3] >= 128)
    return columns.min() - 100, rows.min() - 100, columns.max() - 99, rows.max() - 99


def texts(block: Block) -> list[str]:
    return [" ".join(word.text for word in line.words) for line in block.lines]


@pytest.fixture
def own_font(tmp_path: Path) -> Path:
    """A folder with Anton under another name."""
    font = TTFont(FONTS / "Anton-Regular.ttf")
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "My Own Face"
    folder = tmp_path / "fonts" / "below"
    folder.mkdir(parents=True)
    font.save(folder / "own.ttf")
    return folder.parent


class TestFonts:
    @pytest.mark.parametrize(
        "name",
        ["playfair display", "Playfair-Display", "PLAYFAIRDISPLAY", '"Playfair Display", serif', "serif"],
    )
    def test_a_family_is_found_however_it_is_written(self, name):
        """Case, spaces, hyphens, quotes, lists and generic names lead to the family."""
        found = find_font(name)
        assert found.font.family == "Playfair Display"
        assert found.issue is None

    @pytest.mark.parametrize(
        ("generic", "family"),
        [("sans-serif", "Inter"), ("monospace", "Space Mono"), ("cursive", "Caveat"), ("system-ui", "Inter")],
    )
    def test_generic_names_have_a_family(self, generic, family):
        """A CSS generic name is a family of ours, and nothing is told."""
        assert (find_font(generic).font.family, find_font(generic).issue) == (family, None)

    def test_an_unknown_family_is_told(self):
        """A family that is not here is drawn in Inter, and the issue says where, what and how to mend it."""
        found = find_font("Comic Sans MS", 700, path="$.text_overlays[0].style.font_family")
        assert found.font.family == "Inter"
        assert found.issue.code == "font_substituted"
        assert found.issue.severity == "warning"
        assert found.issue.path == "$.text_overlays[0].style.font_family"
        assert "'Comic Sans MS'" in found.issue.message
        assert "'Inter'" in found.issue.message
        assert "REELFORGE_FONTS" in found.issue.fix

    def test_a_mistyped_family_has_its_near_match(self):
        """The fix names the family that was meant."""
        assert find_font("Montserat").issue.fix == "did you mean 'Montserrat'?"

    def test_the_next_of_a_list_is_used_and_told(self):
        """The first family of a list that is here draws, and that it is not the first is told."""
        found = find_font("Helvetica, Nunito, Inter")
        assert found.font.family == "Nunito"
        assert found.issue.code == "font_substituted"

    @pytest.mark.parametrize(
        ("wanted", "drawn"),
        [(100, 400), (400, 400), (450, 500), (550, 600), (640, 700), (810, 900), (950, 900)],
    )
    def test_static_weights_follow_css(self, wanted, drawn):
        """Of static files the one is taken that the rules of CSS take."""
        assert find_font("Poppins", wanted).font.weight == drawn

    def test_a_variable_weight_is_set_and_clamped(self):
        """A variable font is drawn at the very weight, or at the end of its axis."""
        assert find_font("Inter", 650).font.weight == 650
        assert find_font("Fredoka", 720).font.weight == 700
        wide = lay_out("weight", evolve(LEFT, weight=900), 900).lines[0].width
        assert wide > lay_out("weight", LEFT, 900).lines[0].width + 5

    def test_a_far_weight_is_told(self):
        """A weight that is 200 or more away is told, a near one is not."""
        assert find_font("Anton", 800).issue.code == "font_weight_substituted"
        assert find_font("Caveat", 800).issue is None

    def test_a_missing_italic_is_slanted_and_told(self):
        """An italic without a file is the upright one, slanted."""
        found = find_font("Inter", 400, italic=True)
        assert found.issue.code == "font_style_substituted"
        upright, slanted = (lay_out("I", evolve(LEFT, italic=on), 99).ink for on in (False, True))
        assert slanted[2] - slanted[0] > upright[2] - upright[0] + 5
        assert find_font("Playfair Display", 400, italic=True).font.path.name == "PlayfairDisplay-Italic.ttf"

    def test_own_folders_are_searched(self, own_font, monkeypatch):
        """A family is found in a folder of the call, and in one of the environment."""
        assert find_font("my own face", folders=[own_font]).issue is None
        assert find_font("my own face").issue.code == "font_substituted"
        monkeypatch.setenv("REELFORGE_FONTS", os.pathsep.join(["", "not-there", str(own_font)]))
        assert find_font("my own face").font.family == "My Own Face"

    def test_a_changed_folder_is_read_again(self, own_font):
        """A font that is taken away is no longer found."""
        assert find_font("My Own Face", folders=[own_font]).issue is None
        (own_font / "below" / "own.ttf").unlink()
        assert find_font("My Own Face", folders=[own_font]).issue is not None

    def test_a_broken_font_file_is_passed_over(self, tmp_path):
        """Files that are no fonts, or half of one, do no harm."""
        (tmp_path / "empty.ttf").write_bytes(b"")
        (tmp_path / "words.otf").write_text("not a font")
        half = (FONTS / "Anton-Regular.ttf").read_bytes()[:9000]
        (tmp_path / "half.ttc").write_bytes(half)
        assert find_font("Inter", folders=[tmp_path]).issue is None
        assert lay_out("text", LEFT, 500, folders=[tmp_path]).ink

    def test_every_family_ships_with_its_licence(self):
        """Each font file has the licence of its family beside it, and reserved names are untouched."""
        licences = {file.stem for file in (FONTS / "licences").glob("*.txt")}
        families = {family_in(file).lower().replace(" ", "-") for file in FONTS.glob("*.ttf")}
        assert families == licences
        assert sum(file.stat().st_size for file in FONTS.rglob("*.*")) < 2_600_000


def family_in(file: Path) -> str:
    with TTFont(file) as font:
        return font["name"].getDebugName(16) or font["name"].getDebugName(1)


class TestLayout:
    def test_nothing_is_an_empty_block(self):
        """Text without words has no lines, no height and no ink."""
        for text in ("", "   ", "\n\n", "\t \r\n", "\0"):
            block = lay_out(text, LEFT, 500)
            assert (block.lines, block.height, block.ink, block.issues) == ((), 0, None, ())
            assert words_of(text) == ()

    def test_lines_are_as_full_as_they_can_be(self):
        """No line is wider than the width, and the next word would not have fitted."""
        block = lay_out("the quick brown fox jumps over the lazy dog " * 5, LEFT, 400)
        for line, after in zip(block.lines, block.lines[1:], strict=False):
            longer = texts(block)[block.lines.index(line)] + " " + after.words[0].text
            assert line.width <= 400 < lay_out(longer, LEFT, 9999).lines[0].width

    def test_line_ends_of_the_text_are_kept(self):
        """Each line end makes a line, an empty line too, but not one at the end."""
        block = lay_out("one\ntwo\r\n\n  three \n", LEFT, 500)
        assert texts(block) == ["one", "two", "", "three"]
        assert block.height == pytest.approx(4 * 60)

    def test_a_long_word_breaks_inside(self):
        """A word too long for a line breaks between letters, its parts share their index."""
        block = lay_out("a Donaudampfschifffahrt", LEFT, 200)
        assert texts(block)[0] == "a"
        assert "".join(texts(block)[1:]) == "Donaudampfschifffahrt"
        assert {word.start for word in block.words} == {0, 1}
        assert all(line.width <= 200 for line in block.lines)

    def test_a_mark_stays_with_its_letter(self):
        """A break never parts a letter from its combining marks, nor an emoji from its modifier."""
        block = lay_out("e\u0301\u0323" * 6, LEFT, 1)
        assert [line.words[0].text for line in block.lines] == ["e\u0301\u0323"] * 6
        assert [word.text for word in lay_out("\U0001f44d\U0001f3fd", LEFT, 1).words] == [
            "\U0001f44d\U0001f3fd"
        ]

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("well-known", ["well-", "known"]),
            ("well—known", ["well—", "known"]),
            ("well\u200bknown", ["well\u200b", "known"]),
            ("well known", ["well", "known"]),
            ("-12345", ["-12345"]),
        ],
    )
    def test_where_a_word_may_end_a_line(self, text, lines):
        """Lines end after hyphens, dashes and zero-width spaces, not between a minus and its number."""
        assert texts(lay_out(text, LEFT, 180)) == lines

    def test_a_no_break_space_holds(self):
        """A no-break space is part of its word."""
        assert texts(lay_out("it is 10\u00a0km", LEFT, 170)) == ["it is", "10\u00a0km"]
        assert words_of("10\u00a0km  far") == ("10\u00a0km", "far")

    @pytest.mark.parametrize(("align", "left"), [("left", 0), ("center", 0.5), ("right", 1), ("justify", 0)])
    def test_alignment_places_the_line(self, align, left):
        """A single line stands at the left, in the middle or at the right."""
        line = lay_out("word", evolve(LEFT, align=align), 500).lines[0]
        assert line.x == pytest.approx((500 - line.width) * left)

    def test_justify_fills_the_line(self):
        """All lines but a paragraph's last go from edge to edge, and every gap is the same."""
        text = "stretch every line but the last one of a paragraph to both edges\nsecond one"
        block = lay_out(text, evolve(LEFT, align="justify"), 430)
        full, short = block.lines[:-2], block.lines[-2:]
        assert len(full) > 2
        for line in full:
            last = line.words[-1]
            assert (line.words[0].x, last.x + last.width) == (0, pytest.approx(430, abs=1e-6))
            gaps = [b.x - a.x - a.width for a, b in zip(line.words, line.words[1:], strict=False)]
            assert gaps == pytest.approx([gaps[0]] * len(gaps))
        assert all(line.width < 430 for line in short)

    def test_balance_evens_the_lines(self):
        """Balanced lines are as many, and the widest is narrower."""
        text = "this is how you make every caption"
        greedy, even = (lay_out(text, LEFT, 600, balance=on) for on in (False, True))
        assert len(even.lines) == len(greedy.lines) == 2
        ragged, fair = ([line.width for line in block.lines] for block in (greedy, even))
        assert max(fair) < max(ragged)
        assert max(fair) - min(fair) < max(ragged) - min(ragged)

    def test_line_height_is_a_multiplier_up_to_four(self):
        """Up to 4 it multiplies the size, above it is pixels."""
        assert lay_out("a\nb", evolve(LEFT, line_height=4), 500).height == 400
        assert lay_out("a\nb", evolve(LEFT, line_height=40), 500).height == 80

    def test_a_line_is_centred_in_its_box_as_in_css(self):
        """What the line box has more than ascent and descent is shared by both sides."""
        block = lay_out("Hx", evolve(LEFT, size=100, line_height=2), 500)
        above = block.lines[0].baseline - block.ascent
        below = block.height - block.lines[0].baseline - block.descent
        assert above == pytest.approx(below)
        # Inter: ascender 1984 and descender -494 of 2048 units.
        assert (block.ascent, block.descent) == (pytest.approx(96.875), pytest.approx(24.121, abs=1e-3))

    def test_letters_are_kerned(self):
        """A pair that kerns is narrower than its letters."""
        pair, first, second = (lay_out(text, LEFT, 500).lines[0].width for text in ("AV", "A", "V"))
        assert pair < first + second - 1

    def test_letter_spacing_stands_between_letters(self):
        """Spacing is added between letters and not after the last of a line."""
        loose, tight = (
            lay_out("HHHH", evolve(LEFT, letter_spacing=em), 900).lines[0].width for em in (0.1, 0)
        )
        assert loose == pytest.approx(tight + 3 * 5)
        loose, tight = (
            lay_out("HH HH", evolve(LEFT, letter_spacing=em), 900).lines[0].width for em in (0.1, 0)
        )
        assert loose == pytest.approx(tight + 4 * 5)

    def test_words_are_counted_as_words_of_counts(self):
        """A word's index is its place in ``words_of``."""
        text = "one  two-three\nfour \0 five"
        assert words_of(text) == ("one", "two-three", "four", "five")
        assert {word.text: word.start for word in lay_out(text, LEFT, 900).words} == {
            word: index for index, word in enumerate(words_of(text))
        }

    def test_ink_is_tight(self):
        """The ink box of the block is where the pixels are."""
        block = lay_out("Quay (fjord) ÅÇ", LEFT, 600)
        assert edges(pixels(block)) == pytest.approx(block.ink, abs=1.0)

    def test_letters_that_a_family_lacks_are_borrowed_and_told(self):
        """Greek in Poppins is drawn in Inter, and the issue names the letters."""
        block = lay_out("abc Ωμ", evolve(LEFT, family="Poppins"), 600, path="$.text_overlays[2].content")
        assert all(word.ink for word in block.words)
        (issue,) = block.issues
        assert (issue.code, issue.path) == ("glyph_substituted", "$.text_overlays[2].content")
        assert "'Ω' (U+03A9)" in issue.message
        assert "'Inter'" in issue.message

    def test_letters_that_no_font_has_are_told(self):
        """What no font has is left out and takes no room, and ten of the characters are named."""
        block = lay_out("go 🔥 now " + "".join(map(chr, range(0x4E00, 0x4E14))), LEFT, 900)
        (issue,) = block.issues
        assert issue.code == "glyph_missing"
        assert "'🔥' (U+1F525)" in issue.message
        assert issue.message.count("U+") == 10
        assert "and 11 more" in issue.message
        assert block.words[1].d == ""
        assert block.lines[0].width == pytest.approx(lay_out("go now", LEFT, 900).lines[0].width)

    def test_right_to_left_is_told(self):
        """Words written from right to left leave an issue."""
        assert "right_to_left" in {issue.code for issue in lay_out("שלום עולם", LEFT, 500).issues}

    def test_marks_compose_either_way(self):
        """A letter with its mark apart is drawn as the composed one."""
        composed, apart = (lay_out(text, LEFT, 500).lines[0].words[0] for text in ("\u00e9", "e\u0301"))
        assert composed.d == apart.d

    def test_a_long_text_is_fine(self):
        """Ten thousand characters are laid out, with or without spaces."""
        for text in ("ab " * 3400, "a" * 10_000, "a-" * 5000):
            assert lay_out(text, LEFT, 500, balance=True).lines

    @pytest.mark.parametrize(
        "change", [{"size": 0}, {"size": math.nan}, {"letter_spacing": math.inf}, {"align": "middle"}]
    )
    def test_a_look_that_cannot_be_laid_out_is_refused(self, change):
        """A size that is not above 0, a number that is not finite, an unknown alignment raise."""
        with pytest.raises(FieldError) as caught:
            lay_out("text", evolve(LEFT, **change), 500)
        assert caught.value.field == next(iter(change))


class TestPicture:
    @pytest.mark.parametrize("width", [1, 4, 10.5])
    def test_the_stroke_reaches_its_width_outside(self, width):
        """A stroke of n px is n px outside the letter on each side."""
        block = lay_out("H", Look(size=100), 200)
        bare = np.array(edges(pixels(block)))
        stroked = np.array(edges(pixels(block, lambda _: Paint(stroke=BLACK, stroke_width=width))))
        assert (bare - stroked) * [1, 1, -1, -1] == pytest.approx(width, abs=1.0)

    def test_the_stroke_is_under_every_letter(self):
        """A thick stroke takes nothing from its own letter, nor from the next word's."""
        block = lay_out("ill ill", Look(size=60), 400)
        bare = pixels(block)
        thick = pixels(block, lambda _: Paint(stroke=RED, stroke_width=20))
        inside = bare[:, :, 3] == 255
        assert inside.sum() > 500
        assert (thick[inside] == 255).all()

    def test_a_translucent_letter_has_no_stroke_inside(self):
        """A stroke stays outside letters that let it through: they show what is behind the text."""
        block = lay_out("etta", Look(size=120), 400)
        inside = pixels(block)[:, :, 3] == 255
        hollow = pixels(block, lambda _: Paint(fill=(0, 0, 0, 0.0), stroke=RED, stroke_width=6))
        assert hollow[inside][:, 3].max() == 0
        assert (hollow[:, :, 3] == 255).sum() > 2000
        half = pixels(block, lambda _: Paint(fill=(0, 0, 255, 0.5), stroke=RED, stroke_width=6))
        assert half[inside].mean(axis=0) == pytest.approx([0, 0, 255, 128], abs=1.5)

    def test_a_translucent_stroke_is_even(self):
        """Where the strokes of two words meet they are not darker."""
        block = lay_out("lo lo", Look(size=60), 400)
        picture = pixels(
            block, lambda _: Paint(fill=(0, 0, 0, 0.0), stroke=(255, 0, 0, 0.5), stroke_width=20)
        )
        assert picture[:, :, 3].max() in (127, 128)

    def test_alpha_is_straight(self):
        """A half transparent colour keeps its own red, green and blue."""
        picture = pixels(lay_out("I", Look(size=200), 300), lambda _: Paint(fill=(200, 100, 50, 0.5)))
        solid = picture[picture[:, :, 3] == picture[:, :, 3].max()]
        assert solid.mean(axis=0) == pytest.approx([200, 100, 50, 128], abs=1.5)

    def test_each_word_has_its_paint(self):
        """The colours that ``paint_of`` gives stand where the words stand, and nowhere else."""
        block = lay_out("red blue red", Look(size=60), 500)
        picture = pixels(block, lambda word: Paint(fill=BLUE if word.start == 1 else RED))
        solid = picture[:, :, 3] == 255
        left, right = (round(block.words[1].ink[side]) + 100 for side in (0, 2))
        blue = solid & (picture[:, :, 2] == 255)
        columns = np.nonzero(blue)[1]
        assert left - 1 <= columns.min()
        assert columns.max() <= right
        assert (picture[solid][:, 0] == 255).sum() + blue.sum() == solid.sum()

    def test_a_shadow_moves_and_blurs(self):
        """A hard shadow is the letter moved; a blurred one keeps its colour and spreads."""
        block = lay_out("H", Look(size=100), 200)
        bare = edges(pixels(block))
        hard = edges(pixels(block, lambda _: Paint(shadow=RED, shadow_dx=30, shadow_dy=20)))
        assert hard == (bare[0], bare[1], bare[2] + 30, bare[3] + 20)
        soft = pixels(block, lambda _: Paint(fill=(0, 0, 0, 0.0), shadow=(255, 120, 0, 1.0), shadow_blur=20))
        seen = soft[soft[:, :, 3] > 100]
        assert seen[:, :3].mean(axis=0) == pytest.approx([255, 120, 0], abs=2)
        faint = np.nonzero(soft[:, :, 3] >= 2)[1]
        assert bare[0] - 30 <= faint.min() - 100 <= bare[0] - 12

    def test_the_blur_is_half_as_in_css(self):
        """Across a straight edge the shadow's alpha has a standard deviation of half the blur."""
        block = lay_out("|", Look(size=300, family="Anton", weight=400), 400)
        ink = block.ink
        wide = pixels(block, lambda _: Paint(fill=(0, 0, 0, 0.0), shadow=BLACK, shadow_blur=24))
        row = wide[round((ink[1] + ink[3]) / 2) + 100, :, 3].astype(float)
        place = np.arange(row.size) + 0.5
        mean = (row * place).sum() / row.sum()
        spread = (row * (place - mean) ** 2).sum() / row.sum() - (ink[2] - ink[0]) ** 2 / 12
        assert math.sqrt(spread) == pytest.approx(12, rel=0.06)

    def test_pills_stand_behind(self):
        """A word's pill covers the word and its padding, a line's pill the line; letters are on top."""
        block = lay_out("one two", Look(size=60), 400)
        word = block.words[1]
        pill = Pill(fill=RED, radius=5, pad_x=10, pad_y=4)
        picture = pixels(block, pill_of=lambda word: pill if word.start == 1 else None)
        red = np.nonzero((picture == [255, 0, 0, 255]).all(axis=2))
        assert red[1].min() - 100 == pytest.approx(word.x - 10, abs=1)
        assert red[1].max() - 99 == pytest.approx(word.x + word.width + 10, abs=1)
        assert red[0].min() - 100 == pytest.approx(word.baseline - block.ascent - 4, abs=1)
        assert ((picture == 255).all(axis=2)).sum() > 500
        lined = edges(pixels(block, line_pill=evolve(pill, radius=0)))
        line = block.lines[0]
        assert (lined[0], lined[2]) == pytest.approx((line.x - 10, line.x + line.width + 10), abs=1)

    def test_reach_holds_everything(self):
        """Nothing is drawn outside the region that ``reach`` gives, and its edges are whole pixels."""
        look = Look(size=70, family="Caveat")
        block = lay_out("fjord quay", look, 300)
        style = Paint(stroke=BLACK, stroke_width=7, shadow=RED, shadow_blur=16, shadow_dx=-9, shadow_dy=12)
        left, top, width, height = reach(block, lambda _: style, origin=(0.25, 0.5))
        assert (left + 0.25, top + 0.5, width, height) == tuple(
            map(round, (left + 0.25, top + 0.5, width, height))
        )
        outside = pixels(block, lambda _: style)[:, :, 3].copy()
        rows = slice(math.floor(top) + 100, math.ceil(top + height) + 100)
        outside[rows, math.floor(left) + 100 : math.ceil(left + width) + 100] = 0
        assert outside.max() <= 1
        assert reach(lay_out("", look, 300), plain) is None

    def test_a_region_crops(self):
        """A region shows its part of the block, pixel for pixel, in whole pixels."""
        block = lay_out("crop me", Look(size=80), 400)
        whole = pixels(block)
        part = Image.open(io.BytesIO(paint(svg(block, plain, region=(20, 10, 360.4, 80)))))
        assert part.size == (361, 80)
        assert (np.asarray(part) == whole[110:190, 120:481]).all()

    @pytest.mark.parametrize(
        "text", ["</svg><script>alert(1)</script>", "&amp; &lt; \"' <!-- ]]>", "${x} url(#a)"]
    )
    def test_text_never_enters_the_svg(self, text):
        """The document has paths only: no text, no script, nothing of what was written."""
        document = svg(
            lay_out(text, LEFT, 900),
            lambda _: Paint(shadow=BLACK, shadow_blur=4, stroke=RED, stroke_width=1),
            region=(0, 0, 900, 100),
        )
        tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(document).iter()}
        assert tags == {"svg", "g", "path", "filter", "feGaussianBlur"}
        assert not any("script" in part or "alert" in part or "&" in part for part in document.splitlines())
        assert all(
            element.text is None or not element.text.strip() for element in ET.fromstring(document).iter()
        )

    def test_the_same_text_gives_the_same_bytes(self):
        """Another process with another hash seed writes the same SVG and the same PNG."""
        code = (
            "import hashlib; from reelforge_dsl.lettering import *\n"
            "b = lay_out('Same bytes\\nžluť Ж', Look(family='Poppins'), 500)\n"
            "p = Paint(stroke=(0,0,0,.5), stroke_width=3, shadow=(1,2,3,.4), shadow_blur=9)\n"
            "s = svg(b, lambda w: p, region=(0, 0, 500, 200))\n"
            "print(hashlib.sha256(s.encode()).hexdigest(), hashlib.sha256(paint(s)).hexdigest())"
        )
        told = {
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        block = lay_out("Same bytes\nžluť Ж", Look(family="Poppins"), 500)
        style = Paint(stroke=(0, 0, 0, 0.5), stroke_width=3, shadow=(1, 2, 3, 0.4), shadow_blur=9)
        document = svg(block, lambda _: style, region=(0, 0, 500, 200))
        here = (hashlib.sha256(document.encode()).hexdigest(), hashlib.sha256(paint(document)).hexdigest())
        assert told == {" ".join(here) + "\n"}

    @pytest.mark.parametrize(
        "region", [(0, 0, 20_000, 10), (0, 0, 10, 20_000), (0, 0, 16_000, 16_000), (0, 0, 0, 10)]
    )
    def test_a_picture_too_large_is_refused(self, region):
        """A size that the painter cannot hold raises an error of ours that says the size."""
        with pytest.raises(EngineError, match="pixels"):
            paint(svg(lay_out("a", LEFT, 100), plain, region=region))

    @pytest.mark.parametrize("document", ["", "<svg", '<svg width="9" height="9">', "\ud800"])
    def test_what_is_no_svg_is_an_error_of_ours(self, document):
        """The painter's own errors do not get out."""
        with pytest.raises(EngineError):
            paint(document)


@pytest.mark.parametrize("missing", ["uharfbuzz", "resvg_py"])
def test_without_the_extra_the_import_says_so(missing):
    """Without one of its libraries the room names the extra and the pip line."""
    code = f"import sys; sys.modules[{missing!r}] = None; import reelforge_dsl.lettering"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "MissingExtraError" in ran.stderr
    assert missing in ran.stderr
    assert "pip install 'reelforge-dsl[local]'" in ran.stderr
