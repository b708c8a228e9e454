"""Rows of clips: what is wrong with one stays told when its seconds are numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reelforge_dsl import Timeline

FILES = [f"https://x.test/{name}.mp4" for name in "abcd"]
seconds = st.sampled_from([0.5, 1, 1.5, 2, 3, 5])
clips = st.lists(
    st.tuples(st.sampled_from(FILES), st.none() | seconds, st.none() | st.just(0.5)), min_size=1, max_size=6
)
lengths = st.fixed_dictionaries({src: st.sampled_from([1, 2, 3, 4, 8]) for src in FILES})


def tight(issues: object) -> bool:
    """Whether a crossfade has no room."""
    assert isinstance(issues, tuple)
    return any(issue.code == "crossfade_too_long" for issue in issues)


@given(clips, lengths, st.booleans())
def test_resolving_neither_hides_nor_adds_a_tight_crossfade(
    row: list[tuple[str, float | None, float | None]], media: dict[str, float], is_loaded: bool
) -> None:
    """A row of clips has a crossfade without room before resolving if and only if it has one after (D6)."""
    reel = Timeline()
    for src, crossfade, trim in row:
        reel = reel.video(src, crossfade=crossfade, trim=trim)
    if is_loaded:
        reel = Timeline.from_json(reel.to_json())
    assert tight(reel.issues(media)) == tight(reel.resolve(media).issues())
