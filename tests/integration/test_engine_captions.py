"""Captions in decoded frames: which words, which of them is spoken, where, how large, and when none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

WORDS = [
    {"text": "one", "start": 500, "end": 800},
    {"text": "two", "start": 800, "end": 1200},
    {"text": "three", "start": 1200, "end": 1500},
]


@pytest.fixture
def say(studio):
    """A film of captions on black."""

    def show(words: list[dict[str, Any]], *, size=(360, 640), seconds: float = 2, **captions: Any):
        black = studio.layer("image", studio.flat("black.png", "black"), 0)
        told = {"provider": "assemblyai", "preset": "karaoke_yellow", "words": words, **captions}
        return studio.show(black, size=size, seconds=seconds, captions=told)

    return show


def yellow(picture: np.ndarray) -> np.ndarray:
    """Where a picture has the spoken word's yellow."""
    return (picture[..., 0] > 180) & (picture[..., 1] > 160) & (picture[..., 2] < 110)


def white(picture: np.ndarray) -> np.ndarray:
    return picture.min(axis=2) > 180


def places(film, mask=yellow) -> list[float | None]:
    """The horizontal centre of what a mask finds in each frame; ``None`` where it finds nothing."""
    found = []
    for picture in film.frames:
        _, columns = np.nonzero(mask(picture))
        found.append(float(columns.mean()) if len(columns) > 8 else None)
    return found


def on(film, mask) -> list[int]:
    return [at for at, place in enumerate(places(film, mask)) if place is not None]


def extent(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of white or yellow letters."""
    rows, columns = np.nonzero(white(picture) | yellow(picture))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def before(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether a mask is left of another, but for a few pixels where colours mix."""
    return bool(np.percentile(np.nonzero(one)[1], 98) < np.percentile(np.nonzero(other)[1], 2))


def lines_of(picture: np.ndarray) -> int:
    """How many lines of capitals there are."""
    rows = (white(picture) | yellow(picture)).any(axis=1).astype(int)
    return int((np.diff(np.concatenate([[0], rows])) == 1).sum())


def changed(film, at: int) -> bool:
    """Tell whether a frame shows plainly another picture than the one before."""
    return bool(np.abs(film.frames[at] - film.frames[at - 1]).max() > 80)


# Which word, when


@pytest.mark.parametrize("mode", [None, "phrase_karaoke"])
def test_karaoke(say, mode: str | None) -> None:
    """All words of a phrase stand there; the yellow one is the spoken one, from its frame to the next's."""
    film = say(WORDS, **({"mode": mode} if mode else {}))
    spoken = places(film)
    assert [at for at, place in enumerate(spoken) if place is not None] == list(range(15, 45))
    first, second, third = spoken[15], spoken[24], spoken[36]
    assert spoken[15:24] == pytest.approx([first] * 9, abs=1)
    assert spoken[24:36] == pytest.approx([second] * 12, abs=1)
    assert spoken[36:45] == pytest.approx([third] * 9, abs=1)
    assert first + 30 < second < third - 30
    # The phrase is whole from its first word until 0.3 s after its last.
    assert on(film, white) == list(range(15, 54))
    boxes = {extent(film.frames[at]) for at in range(15, 54)}
    assert np.ptp(np.array(list(boxes)), axis=0).max() <= 3


def test_yellow_is_where_the_word_is(say) -> None:
    """The yellow part is left of all white for the first word, and right of all for the last."""
    film = say(WORDS)
    assert before(yellow(film.frames[20]), white(film.frames[20]))
    assert before(white(film.frames[40]), yellow(film.frames[40]))


def test_phrase(say) -> None:
    """In `phrase` all words stand there, none of them yellow."""
    film = say(WORDS, mode="phrase")
    assert on(film, white) == list(range(15, 54))
    assert on(film, yellow) == []
    assert len({extent(film.frames[at]) for at in range(15, 54)}) <= 2


def test_word_only(say) -> None:
    """In `word_only` one word stands alone, in the middle, from its frame until the next word's."""
    film = say([*WORDS, {"text": "four", "start": 1700, "end": 1800}], mode="word_only", seconds=3)
    spoken = places(film)
    shown = [at for at, place in enumerate(spoken) if place is not None]
    assert shown == list(range(15, 63))
    assert all(abs(spoken[at] - 180) < 8 for at in shown)
    assert [at for at in range(16, 63) if changed(film, at)] == [24, 36, 51]


def test_pause(say) -> None:
    """Nothing is shown in a pause: a phrase goes 0.3 s after its last word."""
    film = say(
        [{"text": "one", "start": 0, "end": 300}, {"text": "two", "start": 1500, "end": 1700}], seconds=3
    )
    assert [at for at in range(90) if film.frames[at].max() > 60] == [*range(18), *range(45, 60)]


def test_next_phrase_at_once(say) -> None:
    """A phrase goes when the next one comes, with no frame of both or none."""
    film = say(
        [{"text": "One.", "start": 0, "end": 500}, {"text": "Two", "start": 600, "end": 900}],
        seconds=1.2,
    )
    assert [at for at in range(36) if film.frames[at].max() > 60] == list(range(36))
    before, after = extent(film.frames[17]), extent(film.frames[18])
    assert before != after
    assert extent(film.frames[16]) == pytest.approx(before, abs=1)
    assert extent(film.frames[19]) == pytest.approx(after, abs=1)


def test_long_film_keeps_time(say) -> None:
    """After two hundred words the next is still yellow on its very frame."""
    words = [
        {"text": "tick" if at % 2 else "tock", "start": at * 97, "end": at * 97 + 97} for at in range(200)
    ]
    film = say(words, size=(180, 320), seconds=20, mode="word_only")
    starts = [int(at * 97 / 1000 * 30 + 0.5) for at in range(200)]
    assert [at for at in range(1, starts[-1] + 3) if changed(film, at)] == starts[1:]


def test_words_past_the_end(say) -> None:
    """Words after the film's end are not shown, and do not make it longer."""
    film = say([*WORDS, {"text": "late", "start": 5000, "end": 6000}], seconds=1)
    assert len(film.frames) == 30
    assert on(film, yellow) == list(range(15, 30))


@pytest.mark.parametrize(
    "words",
    [
        [WORDS[2], WORDS[0], WORDS[1]],
        [{**WORDS[0], "end": 1000}, {**WORDS[1], "end": 1400}, WORDS[2]],
    ],
    ids=["out of order", "overlapping"],
)
def test_disorder(say, words: list[dict[str, Any]]) -> None:
    """Words out of order are taken by their start; one that overlaps the next gives way to it."""
    spoken, expected = places(say(words)), places(say(WORDS))
    assert spoken == expected


def test_words_of_no_length(say) -> None:
    """A word of no length is part of its phrase, and harms nothing."""
    words = [{"text": "one", "start": 500, "end": 500}, {"text": "two", "start": 900, "end": 900}]
    film = say(words)
    assert on(film, yellow) == list(range(15, 27))
    assert film.frames[30].max() > 200
    several = [{"text": word, "start": 500, "end": 500} for word in ("one", "two", "three")]
    film = say(several)
    assert on(film, white) == list(range(15, 24))


def test_blank_words(say) -> None:
    """Words of blanks, or of nothing to draw, are passed over; the yellow still meets its word."""
    words = [WORDS[0], {"text": "  ", "start": 700, "end": 750}, WORDS[1], WORDS[2]]
    assert places(say(words)) == places(say(WORDS))
    unseen = [WORDS[0], {"text": "\x07", "start": 750, "end": 790}, WORDS[1], WORDS[2]]
    film = say(unseen)
    assert before(white(film.frames[40]), yellow(film.frames[40]))
    nothing = say([{"text": " ", "start": 0, "end": 500}])
    assert nothing.frames.max() < 10


def test_words_with_blanks_inside(say) -> None:
    """A word that holds blanks or line ends is one word, yellow as a whole."""
    film = say([{"text": "New\n York", "start": 0, "end": 500}, {"text": "now", "start": 500, "end": 900}])
    first = film.frames[10]
    assert before(yellow(first), white(first))
    assert yellow(first).sum() > 1.3 * white(first).sum()


# Segments and lines


def test_segments(say) -> None:
    """`max_chars_per_segment` decides how many words stand together."""
    words = [{"text": "abcd", "start": at * 200, "end": at * 200 + 200} for at in range(6)]
    for limit, together in ((4, 1), (9, 2), (14, 3), (None, 4)):
        said = {"max_chars_per_segment": limit} if limit else {}
        film = say(words, size=(720, 320), seconds=0.5, style={"font_size": 28}, **said)
        picture = film.frames[3]
        letters = extent(picture)[2] - extent(picture)[0]
        one = extent(say(words[:1], size=(720, 320), seconds=0.5, style={"font_size": 28}).frames[3])
        assert round(letters / (one[2] - one[0] + 8)) == together, limit


def test_two_lines_at_most(say) -> None:
    """However long a segment is, no more than two lines are shown; the rest follows when it is spoken."""
    words = [{"text": "MMMMM", "start": at * 200, "end": at * 200 + 200} for at in range(9)]
    film = say(words, max_chars_per_segment=200, seconds=2.2)
    assert {lines_of(film.frames[at]) for at in range(54)} <= {1, 2}
    assert lines_of(film.frames[3]) == 2
    assert on(film, yellow) == list(range(54))


def test_one_word_longer_than_two_lines(say) -> None:
    """A single word too long for two lines is still drawn, and spoken."""
    film = say([{"text": "M" * 60, "start": 0, "end": 500}])
    assert yellow(film.frames[5]).sum() > 400


# Where and how


def test_default_place(say) -> None:
    """Captions stand between 8 and 92 % across, in the middle of the band from 77 to 95 % down."""
    left, top, right, bottom = extent(say(WORDS).frames[20])
    assert left >= 0.08 * 360
    assert right <= 0.92 * 360
    assert (left + right) / 2 == pytest.approx(180, abs=4)
    assert (top + bottom) / 2 == pytest.approx(0.86 * 640, abs=6)


def test_layout(say) -> None:
    """A layout moves the captions; what it leaves out is the preset's."""
    _, top, _, bottom = extent(say(WORDS, layout={"y": "10%", "height": "20%"}).frames[20])
    assert (top + bottom) / 2 == pytest.approx(0.2 * 640, abs=6)
    left, top, right, bottom = extent(say(WORDS, layout={"x": "40%", "width": "60%"}).frames[20])
    assert (left + right) / 2 == pytest.approx(0.7 * 360, abs=6)
    assert (top + bottom) / 2 == pytest.approx(0.86 * 640, abs=6)


@pytest.mark.parametrize("width", [360, 540])
def test_size_follows_the_frame(say, width: int) -> None:
    """Without a size of their own, letters are 64 pixels at 1080 across and shrink with the frame."""
    word = [{"text": "H", "start": 0, "end": 500}]
    _, top, _, bottom = extent(say(word, size=(width, 2 * width)).frames[5])
    # Poppins' capitals are about 0.7 of its size.
    assert (bottom - top) / (64 * width / 1080) == pytest.approx(0.7, abs=0.08)


def test_style(say) -> None:
    """The document's style wins over the preset's, key by key, in output pixels."""
    word = [{"text": "H", "start": 0, "end": 500}, {"text": "I", "start": 500, "end": 900}]
    style = {"font_size": 100, "highlight_color": "#00FF00", "color": "#FF0000", "stroke_width": 0}
    film = say(word, style=style)
    picture = film.frames[5]
    green = (picture[..., 1] > 180) & (picture[..., 0] < 90)
    rows, columns = np.nonzero(green)
    assert np.ptp(rows) + 1 == pytest.approx(70, abs=5)
    red = (picture[..., 0] > 180) & (picture[..., 1] < 90)
    assert np.nonzero(red)[1].min() > columns.max()


def test_stroke_and_shadow(studio) -> None:
    """The preset's black outline sets the letters off from a white picture."""
    white_below = studio.layer("image", studio.flat("white.png", "white"), 0, 1)
    told = {
        "provider": "assemblyai",
        "preset": "karaoke_yellow",
        "words": [{"text": "HEH", "start": 0, "end": 900}],
    }
    film = studio.show(white_below, size=(360, 640), captions=told)
    assert (film.frames[10].max(axis=2) < 60).sum() > 150


def test_above_everything(studio) -> None:
    """Captions lie above the text overlays."""
    told = {
        "provider": "assemblyai",
        "preset": "karaoke_yellow",
        "words": [{"text": "HEH", "start": 0, "end": 900}],
        "layout": {"y": "40%", "height": "20%"},
    }
    overlay = studio.text("MMMM", 0, 1, style={"color": "blue", "font_size": 200})
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 1)
    film = studio.show(black, size=(360, 640), captions=told, text_overlays=[overlay])
    alone = studio.show(black, size=(360, 640), captions=told)
    assert yellow(film.frames[10]).sum() == pytest.approx(yellow(alone.frames[10]).sum(), rel=0.05)


def test_hostile_words(studio, say) -> None:
    """Words may hold anything that text may."""
    texts = ["it's", '"so":', "a\\b,c;", "[x]", "%{pts}", "100%", "<b>", "&amp;", "שלום", "🚀", "x" * 500]
    words = [{"text": text, "start": at * 100, "end": at * 100 + 100} for at, text in enumerate(texts)]
    assert len(say(words).frames) == 60


def test_draft_captions(studio) -> None:
    """A draft's captions are the film's, smaller."""
    black = studio.layer("image", studio.flat("black.png", "black"), 0, 2)
    told = {"provider": "assemblyai", "preset": "karaoke_yellow", "words": WORDS, "style": {"font_size": 60}}
    document = studio.document(black, size=(720, 1280), captions=told)
    whole, draft = studio.film(document), studio.film(document, draft=True)
    for at in (20, 30, 40):
        large, small = extent(whole.frames[at]), extent(draft.frames[at])
        assert [2 * edge for edge in small] == pytest.approx(large, abs=5)
    assert on(whole, yellow) == on(draft, yellow)
