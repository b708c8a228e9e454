"""Text overlays in decoded frames: when, where, how large, what colour, and never in FFmpeg's language."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reelforge_dsl import engine

BOX = {"x": "100px", "y": "60px", "width": "440px", "height": "240px"}
LEFT, TOP, RIGHT, BOTTOM = 100, 60, 540, 300


@pytest.fixture
def write(studio):
    """The middle frame of a film of one text on black, 640×360."""

    def show(content: str, **fields: Any) -> np.ndarray:
        overlay = studio.text(content, 0, 0.1, **fields)
        return film_of(studio, overlay).frames[1]

    return show


def film_of(studio, *overlays: dict[str, Any], seconds: float = 0.1, **rest: Any):
    black = studio.layer("image", studio.flat("black.png", "black"), 0, seconds)
    return studio.show(black, size=(640, 360), text_overlays=list(overlays), **rest)


def ink(picture: np.ndarray, over: int = 100) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is bright in any colour."""
    bright = picture.max(axis=2) > over
    columns, rows = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def lines_of(picture: np.ndarray) -> list[tuple[int, int]]:
    """Top and bottom of each run of rows that hold something bright."""
    rows = (picture.max(axis=2) > 100).any(axis=1).astype(int)
    steps = np.diff(np.concatenate([[0], rows, [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


# When


def test_on_its_frames(studio) -> None:
    """A text is there from its first frame to its last, and on no other."""
    film = film_of(
        studio, studio.text("One", 0.5, 0.3), studio.text("Two", 1, 0.517, layout={"y": "50%"}), seconds=2
    )
    upper = [at for at in range(60) if film.frames[at, 100:230].max() > 200]
    lower = [at for at in range(60) if film.frames[at, 240:].max() > 200]
    assert upper == list(range(15, 24))
    assert lower == list(range(30, 46))


def test_cut_at_the_end(studio) -> None:
    """A text that reaches past the film's end is cut there, and warned of."""
    black = studio.layer("image", studio.flat("black.png", "black"), 0)
    document = studio.document(
        black, seconds=1, text_overlays=[studio.text("Long", 0.5, 3), studio.text("Never", 2, 1)]
    )
    film = studio.film(document)
    assert [at for at in range(30) if film.frames[at].max() > 200] == list(range(15, 30))
    assert [issue.code for issue in film.rendered.issues] == ["layer_past_end", "layer_past_end"]


def test_text_makes_the_film_longer(studio) -> None:
    """A text that ends after every layer decides where the film ends."""
    film = film_of(studio, studio.text("Last", 0.5, 1))
    assert len(film.frames) == 45
    assert film.frames[44].max() > 200


# Where


@pytest.mark.parametrize("align", ["left", "center", "right", "justify", None])
def test_inside_its_box(write, align: str | None) -> None:
    """However it is aligned, a text that wraps stays between the left and right of its box."""
    style = {"font_size": 36} | ({"text_align": align} if align else {})
    left, top, right, bottom = ink(
        write("All the words of this text stay inside " * 2, layout=BOX, style=style)
    )
    assert left >= LEFT - 2
    assert right <= RIGHT + 2
    assert (top + bottom) / 2 == pytest.approx((TOP + BOTTOM) / 2, abs=8)


def test_alignment(write) -> None:
    """Left begins at the box's left, right ends at its right, centre stands in the middle."""
    shown = {
        align: ink(write("HEH", layout=BOX, style={"text_align": align}))
        for align in ("left", "center", "right")
    }
    assert shown["left"][0] == pytest.approx(LEFT, abs=8)
    assert shown["right"][2] == pytest.approx(RIGHT, abs=8)
    assert (shown["center"][0] + shown["center"][2]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=2)
    widths = [right - left for left, _, right, _ in shown.values()]
    assert max(widths) - min(widths) <= 1


def test_justified(write) -> None:
    """Justified lines all reach from side to side, but for the last of a paragraph."""
    picture = write(
        "Every line of this text reaches from the one side to the other side of its box",
        layout=BOX,
        style={"text_align": "justify", "font_size": 40},
    )
    lines = lines_of(picture)
    assert len(lines) >= 4
    for top, bottom in lines[:-1]:
        left, _, right, _ = ink(picture[top:bottom])
        assert left == pytest.approx(LEFT, abs=6)
        assert right == pytest.approx(RIGHT, abs=6)
    assert ink(picture[slice(*lines[-1])])[2] < RIGHT - 30


@pytest.mark.parametrize("y", ["0px", "41px", "50%"])
def test_centred_vertically(write, y: str) -> None:
    """Capitals stand in the vertical middle of their box."""
    top = {"0px": 0, "41px": 41, "50%": 180}[y]
    _, upper, _, lower = ink(write("HEH", layout={"y": y, "height": "120px"}))
    assert (upper + lower) / 2 == pytest.approx(top + 60, abs=2)


def test_too_tall_for_its_box(write) -> None:
    """Lines that do not fit the box overflow it evenly, above and below, and are not shrunk."""
    picture = write("H\nH\nH", layout={"y": "160px", "height": "40px"}, style={"font_size": 60})
    lines = lines_of(picture)
    assert len(lines) == 3
    assert (lines[0][0] + lines[2][1]) / 2 == pytest.approx(180, abs=2)
    assert lines[0][1] - lines[0][0] == pytest.approx(0.727 * 60, abs=2)


def test_whole_frame_without_a_layout(write) -> None:
    """A text without a layout stands in the middle of the frame."""
    left, top, right, bottom = ink(write("HEH"))
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((320, 180), abs=2)


def test_to_the_pixel(write) -> None:
    """A text moved by one pixel is seen one pixel further."""
    at = [
        ink(write("HEH", layout={"x": f"{x}px", "y": f"{x}px"}, style={"text_align": "left"}))
        for x in (40, 41, 42)
    ]
    assert [left - at[0][0] for left, _, _, _ in at] == [0, 1, 2]
    tops = [write("HEH", layout={"y": f"{y}px", "height": "100px"}) for y in (40, 41, 42)]
    assert [ink(picture)[1] - ink(tops[0])[1] for picture in tops] == [0, 1, 2]


@pytest.mark.parametrize(
    ("layout", "side"),
    [
        ({"x": "-40px", "width": "200px"}, "left"),
        ({"x": "520px", "width": "200px"}, "right"),
        ({"y": "-30px", "height": "60px"}, "top"),
        ({"y": "330px", "height": "60px"}, "bottom"),
    ],
)
def test_partly_outside_the_frame(write, layout: dict[str, str], side: str) -> None:
    """A text that crosses the frame's edge is cut there."""
    left, top, right, bottom = ink(
        write("HEHEHE", layout=layout, style={"font_size": 60, "text_align": "center"})
    )
    touching = {"left": left == 0, "right": right == 640, "top": top == 0, "bottom": bottom == 360}
    assert touching[side]


@pytest.mark.parametrize(
    "layout", [{"x": "100%", "width": "50%"}, {"y": "-50%", "height": "10%"}, {"x": "-90%", "width": "20%"}]
)
def test_outside_the_frame(write, layout: dict[str, str]) -> None:
    """A text wholly outside the frame is not seen, and harms nothing."""
    assert write("Gone", layout=layout, style={"font_size": 20}).max() < 10


# How


@pytest.mark.parametrize("size", [20, 48, 100, 200])
def test_size(write, size: int) -> None:
    """The font size is in output pixels: Inter's capitals are 0.727 of it."""
    _, top, _, bottom = ink(write("H", style={"font_size": size}), 128)
    assert bottom - top == pytest.approx(0.727 * size, abs=1.5)


def test_defaults(write) -> None:
    """Without a style a text is white, 64 pixels, bold, with nothing around it."""
    plain = write("HEH")
    told = {
        "font_size": 64,
        "font_family": "Inter",
        "font_weight": 700,
        "color": "#FFFFFF",
        "text_align": "center",
        "letter_spacing": 0,
        "line_height": 1.2,
        "stroke_width": 0,
    }
    assert np.array_equal(plain, write("HEH", style=told))
    light = write("HEH", style={"font_weight": 300})
    assert (plain > 128).sum() > 1.3 * (light > 128).sum()


@pytest.mark.parametrize(
    ("colour", "seen"),
    [
        ("#FF8000", (255, 128, 0)),
        ("#08F", (0, 136, 255)),
        ("red", (255, 0, 0)),
        ("rgba(0, 255, 0, 0.5)", (0, 128, 0)),
        ("rgb(10, 200, 90)", (10, 200, 90)),
        ("#FFFFFF80", (128, 128, 128)),
    ],
)
def test_colour(studio, colour: str, seen: tuple[int, int, int]) -> None:
    """The letters have the colour that is asked for, and let light through as its alpha says."""
    overlay = studio.text("I", 0, 0.1, style={"font_size": 400, "font_weight": 900, "color": colour})
    assert np.abs(film_of(studio, overlay).colour(1, 320, 180) - seen).max() <= 6


def test_family(studio, write) -> None:
    """Another family draws other letters; one that is not there is told, and Inter stands in."""
    inter = write("Handgloves")
    assert np.abs(inter - write("Handgloves", style={"font_family": "Anton"})).mean() > 2
    film = film_of(studio, studio.text("Handgloves", 0, 0.1, style={"font_family": "No Such Font"}))
    assert np.array_equal(inter, film.frames[1])
    (issue,) = [issue for issue in film.rendered.issues if not issue.code.startswith("text_")]
    assert "No Such Font" in issue.message
    assert issue.path == "$.composition.text_overlays[0]"


@pytest.mark.parametrize("width", [2, 5, 12])
def test_stroke(write, width: int) -> None:
    """A stroke reaches its width in pixels outside the letters, in its colour."""
    plain = ink(write("H", style={"font_size": 200}), 128)
    picture = write("H", style={"font_size": 200, "stroke_color": "#FF0000", "stroke_width": width})
    around = ink(picture, 128)
    grown = [plain[0] - around[0], plain[1] - around[1], around[2] - plain[2], around[3] - plain[3]]
    assert grown == pytest.approx([width] * 4, abs=1.1)
    inside = picture[180, plain[0] + 10]
    assert inside.min() > 240
    if width > 4:
        outside = picture[180, plain[0] - width // 2]
        assert outside[0] > 200
        assert outside[1] < 60


def test_stroke_by_halves(write) -> None:
    """A stroke colour alone means 4 pixels; a width alone means black."""
    by_colour = write("H", style={"font_size": 200, "stroke_color": "red"})
    both = write("H", style={"font_size": 200, "stroke_color": "red", "stroke_width": 4})
    assert np.array_equal(by_colour, both)
    by_width = write("H", style={"font_size": 200, "stroke_width": 9})
    assert np.array_equal(
        by_width, write("H", style={"font_size": 200, "stroke_width": 9, "stroke_color": "#000"})
    )


def test_shadow(write) -> None:
    """A shadow lies behind the letters, moved by its offsets, in its colour; blurred it reaches further."""
    plain = ink(write("H", style={"font_size": 100}), 128)
    shade = {"font_size": 100, "shadow_color": "#FF0000", "shadow_offset_x": 20, "shadow_offset_y": -12}
    picture = write("H", style=shade)
    whole = ink(picture, 128)
    assert whole[2] - plain[2] == pytest.approx(20, abs=1.1)
    assert plain[1] - whole[1] == pytest.approx(12, abs=1.1)
    assert whole[0] == pytest.approx(plain[0], abs=1)
    red = picture[whole[1] + 4, whole[2] - 6]
    assert red[0] > 200
    assert red[1] < 60
    soft = ink(write("H", style={**shade, "shadow_blur": 16}), 30)
    assert soft[2] > whole[2] + 5


def test_letter_spacing(write) -> None:
    """Letter spacing, in em, stands between letters."""
    plain = ink(write("HHHH", style={"font_size": 60}))
    wide = ink(write("HHHH", style={"font_size": 60, "letter_spacing": 0.2}))
    assert (wide[2] - wide[0]) - (plain[2] - plain[0]) == pytest.approx(3 * 12, abs=1.5)


@pytest.mark.parametrize(("height", "pitch"), [(1, 50), (1.5, 75), (3, 150), (80, 80)])
def test_line_height(write, height: float, pitch: int) -> None:
    """A line height up to 4 multiplies the font size; above, it is in pixels."""
    lines = lines_of(write("H\nH", style={"font_size": 50, "line_height": height}))
    assert lines[1][0] - lines[0][0] == pytest.approx(pitch, abs=1)


def test_wraps(write) -> None:
    """A text wider than its box goes on in the next line; an author's line break always holds."""
    assert len(lines_of(write("HHHH HHHH HHHH", layout={"width": "30%"}, style={"font_size": 50}))) == 3
    assert len(lines_of(write("H\nH", style={"font_size": 30}))) == 2
    assert len(lines_of(write("H\n\nH", style={"font_size": 30}))) == 2
    (upper, lower) = lines_of(write("H\n\nH", style={"font_size": 30}))
    assert lower[0] - upper[0] == pytest.approx(2 * 36, abs=1)


def test_word_longer_than_the_line(write) -> None:
    """A word too long for its line breaks inside, and stays in its box."""
    picture = write("H" * 40, layout=BOX, style={"font_size": 40})
    left, _, right, _ = ink(picture)
    assert len(lines_of(picture)) >= 3
    assert left >= LEFT - 2
    assert right <= RIGHT + 2


# Defaults for all


def test_shared_style(studio) -> None:
    """`global_styles.text` and `global_layouts.text` hold for every text, key by key; its own keys win."""
    film = film_of(
        studio,
        studio.text("HEH", 0, 0.1),
        studio.text("HEH", 0.1, 0.1, style={"color": "#0000FF"}),
        studio.text("HEH", 0.2, 0.1, layout={"y": "260px"}),
        seconds=0.3,
        global_styles={"text": {"color": "#FF0000", "font_size": 40}},
        global_layouts={"text": {"x": "10px", "y": "20px", "width": "200px", "height": "60px"}},
    )
    for at, channel in ((1, 0), (4, 2), (7, 0)):
        picture = film.frames[at]
        left, top, right, bottom = ink(picture)
        assert bottom - top == pytest.approx(0.727 * 40, abs=2)
        assert (left + right) / 2 == pytest.approx(110, abs=2)
        assert (top + bottom) / 2 == pytest.approx(290 if at == 7 else 50, abs=2)
        strong = picture.reshape(-1, 3).max(axis=0)
        assert [part > 150 for part in strong] == [part == channel for part in range(3)]


def test_paint_order(studio) -> None:
    """Texts lie above every layer whatever its z_index, and the later above the earlier."""
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 0.1, layout={"z_index": 99})
    big = {"font_size": 400, "font_weight": 900}
    film = studio.show(
        black,
        size=(640, 360),
        text_overlays=[
            studio.text("I", 0, 0.1, style={**big, "color": "red"}),
            studio.text("I", 0, 0.1, style={**big, "color": "blue"}),
        ],
    )
    assert np.abs(film.colour(1, 320, 180) - (0, 0, 255)).max() <= 6


def test_many_texts(studio) -> None:
    """Twenty texts follow one another, each on its own frames."""
    texts = [
        studio.text("H", at / 10, 0.1, layout={"x": f"{at * 16}px", "width": "16px"}, style={"font_size": 16})
        for at in range(20)
    ]
    film = film_of(studio, *texts, seconds=2)
    for at in range(60):
        left, _, right, _ = ink(film.frames[at])
        assert (left + right) / 2 == pytest.approx(at // 3 * 16 + 8, abs=2)


# What users write

HOSTILE = {
    "quotes and marks": "It's \"so\": a\\b, c; [0:v]split[x] {y} %{pts} 100% $HOME `id` #1 | & < > ' : '",
    "a filter": "x':fontfile=/etc/passwd,movie=/etc/passwd[out];[out]null",
    "an expression": "%{eif\\:n\\:d} %{localtime} \\N {\\an8} <b>bold</b>",
    "an entity": "]]> &amp; <svg onload='x'> <!-- --> <?xml?> &#0;",
    "line ends": "one\ntwo\r\nthree\tfour\u2028five\u0085six",
    "control characters": "a\x01b\x07c\x1bd\x7fe",
    "right to left": "שלום עולם مرحبا بالعالم",
    "emoji": "Go 🚀 👨‍👩‍👧 🇫🇷 ❤️",
    "han": "你好，世界",
    "marks that combine": "Z͑ͫa̓̾l̃̇g̾̅o e\u0301 o\u0308",
    "two thousand letters": "word " * 400,
    "one word of two thousand letters": "W" * 2000,
}


UNSEEN = ("right to left", "emoji", "han")
"""For whose letters there may be no font."""


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text(studio, name: str) -> None:
    """Whatever is written is drawn or passed over: it never breaks a render or speaks to FFmpeg."""
    text = HOSTILE[name]
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 0.1)
    document = studio.document(
        black, size=(640, 360), text_overlays=[studio.text(text, 0, 0.1, style={"font_size": 24})]
    )
    film = studio.film(document)
    assert len(film.frames) == 3
    if name not in UNSEEN:
        assert film.frames[1].max() > 150
    plan = engine.plan(document)
    said = [plan.graph, *plan.argv(), *(word for pair in plan.lists for word in pair)]
    said += [drawing for _, drawing in plan.drawings]
    for piece in text.split():
        if len(piece) > 3 and piece != "<svg":
            assert not any(piece in part for part in said), piece


def test_missing_letters_are_told(studio) -> None:
    """Letters that no font has leave a warning with the text's path."""
    film = film_of(studio, studio.text("Fine", 0, 0.8), studio.text("你好", 0.8, 0.8))
    (issue,) = film.rendered.issues
    assert issue.code == "glyph_missing"
    assert issue.path == "$.composition.text_overlays[1]"


def test_huge_letters(write) -> None:
    """Letters far larger than the frame cost no more than the frame."""
    assert write("O", style={"font_size": 20_000, "stroke_width": 50}).shape == (360, 640, 3)
