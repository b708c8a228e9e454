"""When everything is there: the table of the verbs, and what is left to v1."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from reelforge_dsl import FieldError, Timeline

A = "https://example.com/a.mp4"
B = "https://example.com/b.mp4"
C = "https://example.com/c.mp4"
STILL = "https://example.com/still.png"
CARD = "https://example.com/card.png"
VOICE = "https://example.com/voice.mp3"
BED = "https://example.com/bed.mp3"
LENGTHS = {A: 10, B: 6, C: 4, VOICE: 12, BED: 90}


def times(reel: Timeline) -> dict[str, tuple[Any, Any] | None]:
    """Every layer's and text's (start, duration) in the document; ``None``: it has no time."""
    composition = reel.to_dict()["composition"]
    found = {}
    for item in [*composition["timeline"], *composition.get("text_overlays", [])]:
        time = item.get("time")
        found[item["id"]] = time and (time.get("start_seconds"), time.get("duration_seconds"))
    return found


def codes(reel: Timeline) -> list[tuple[str, str]]:
    """Every issue's code and path."""
    return [(issue.code, issue.path) for issue in reel.issues()]


def errors(reel: Timeline) -> list[tuple[str, str]]:
    """Every error's code and path."""
    return [(issue.code, issue.path) for issue in reel.issues() if issue.severity == "error"]


def stitching(reel: Timeline) -> Any:
    return reel.to_dict()["composition"].get("auto_stitch")


def at(index: int, key: str = "duration_seconds") -> str:
    return f"$.composition.timeline[{index}].time.{key}"


def text_at(index: int, key: str = "duration_seconds") -> str:
    return f"$.composition.text_overlays[{index}].time.{key}"


class TestBothLeftOut:
    def test_videos_are_left_to_v1(self) -> None:
        """Clips without any time are sent untimed, in call order, with auto_stitch."""
        reel = Timeline().video(A).video(B)
        assert times(reel) == {"video-1": None, "video-2": None}
        assert stitching(reel) is True
        assert codes(reel) == []

    def test_first_image_lasts_to_the_end(self) -> None:
        """The first picture may be a still without times: from 0, its duration left to v1."""
        reel = Timeline().image(STILL).text("Hi", start=1, duration=3)
        assert times(reel) == {"image-1": (0, None), "text-1": (1, 3)}
        assert stitching(reel) is None
        assert reel.duration_seconds == 4
        assert codes(reel) == []

    @pytest.mark.parametrize("before", ["image", "video"])
    def test_a_later_image_needs_a_time(self, before: str) -> None:
        """A still after another picture must say its start or its duration."""
        reel = Timeline().image(STILL) if before == "image" else Timeline().video(A)
        with pytest.raises(FieldError, match=r"\.image: only the first picture may leave out both") as caught:
            reel.image(CARD)
        assert "duration=" in str(caught.value.fix)

    @pytest.mark.parametrize("verb", ["audio", "voiceover", "music"])
    def test_sound_under_stitched_clips_is_left_to_v1(self, verb: str) -> None:
        """Untimed sound under stitched clips is sent untimed: v1 lays it from 0 to their end."""
        reel = getattr(Timeline().video(A), verb)(VOICE)
        assert times(reel) == {"video-1": None, f"{verb}-1": None}
        assert codes(reel) == []

    @pytest.mark.parametrize("verb", ["audio", "voiceover", "music"])
    def test_sound_under_numbers_gets_numbers(self, verb: str) -> None:
        """Untimed sound under a film of known length is sent from 0 to its end."""
        reel = getattr(Timeline().video(A, start=0, duration=8), verb)(VOICE)
        assert times(reel)[f"{verb}-1"] == (0, 8)
        assert stitching(reel) is None

    def test_text_needs_a_start(self) -> None:
        """A text that says neither start nor duration is refused."""
        with pytest.raises(FieldError, match=r"\.text: a text needs its start"):
            Timeline().video(A).text("Hi")


class TestStartLeftOut:
    @pytest.mark.parametrize("verb", ["video", "image"])
    def test_pictures_come_next(self, verb: str) -> None:
        """A picture with a duration alone starts at the latest end of the pictures before."""
        reel = Timeline().image(STILL, duration=3)
        reel = reel.video(B, duration=2) if verb == "video" else reel.image(CARD, duration=2)
        assert times(reel)[f"{verb}-{1 if verb == 'video' else 2}"] == (3, 2)
        assert reel.duration_seconds == 5

    @pytest.mark.parametrize("verb", ["audio", "voiceover", "music"])
    def test_sound_starts_at_0(self, verb: str) -> None:
        """A sound with a duration alone is heard from 0 for that long."""
        reel = getattr(Timeline().image(STILL, duration=9), verb)(VOICE, duration=5)
        assert times(reel)[f"{verb}-1"] == (0, 5)

    def test_text_needs_a_start(self) -> None:
        """A text that says its duration alone is refused."""
        with pytest.raises(FieldError, match=r"\.text: a text needs its start"):
            Timeline().video(A).text("Hi", duration=3)


class TestDurationLeftOut:
    def test_video_is_an_issue_until_resolved(self) -> None:
        """A clip with a start alone lasts to the end of its file, which has to be measured."""
        reel = Timeline().video(A, start=5)
        assert times(reel) == {"video-1": (5, None)}
        assert codes(reel) == [("needs_length", at(0))]
        assert times(reel.resolve(LENGTHS)) == {"video-1": (5, 10)}
        assert codes(reel.resolve(LENGTHS)) == []

    def test_image_lasts_to_the_end(self) -> None:
        """A still with a start alone is sent without a duration: v1 ends it with the film."""
        reel = Timeline().video(A, start=0, duration=8).image(STILL, start=2)
        assert times(reel)["image-1"] == (2, None)
        assert codes(reel) == []

    @pytest.mark.parametrize("verb", ["audio", "voiceover", "music"])
    def test_sound_gets_the_number(self, verb: str) -> None:
        """A sound with a start alone is sent to the film's end, as a number."""
        reel = getattr(Timeline().video(A, start=0, duration=8), verb)(VOICE, start=3)
        assert times(reel)[f"{verb}-1"] == (3, 5)

    def test_text_gets_the_number(self) -> None:
        """A text with a start alone is sent to the film's end, as a number."""
        assert times(Timeline().image(STILL, duration=8).text("Hi", start=3))["text-1"] == (3, 5)

    @pytest.mark.parametrize("verb", ["audio", "voiceover", "music"])
    def test_sound_to_an_unknown_end_is_an_issue(self, verb: str) -> None:
        """A sound that starts late under unmeasured clips has no number yet."""
        reel = getattr(Timeline().video(A), verb)(VOICE, start=3)
        assert times(reel)[f"{verb}-1"] == (3, None)
        assert codes(reel) == [("needs_length", at(1))]

    def test_text_to_an_unknown_end_is_an_issue(self) -> None:
        """A title to the end of unmeasured clips has no number yet."""
        reel = Timeline().video(A).text("Hi", start=3)
        assert times(reel)["text-1"] == (3, None)
        assert codes(reel) == [("needs_length", text_at(0))]
        assert times(reel.resolve(LENGTHS))["text-1"] == (3, 7)


class TestNext:
    def test_open_stills_do_not_count(self) -> None:
        """A still to the end, as a background, leaves the clip after it at the start."""
        reel = Timeline().image(STILL, start=0).video(A).video(B)
        assert times(reel) == {"image-1": (0, None), "video-1": None, "video-2": None}
        assert errors(reel) == []

    def test_pictures_in_pictures_count(self) -> None:
        """A small picture that ends later moves what comes next behind it."""
        reel = Timeline().image(STILL, duration=3).image(CARD, start=1, duration=5).image(A, duration=1)
        assert times(reel)["image-3"] == (6, 1)

    def test_crossfade_pulls_a_clip_earlier(self) -> None:
        """A clip that comes next starts its crossfade earlier, and says it still."""
        reel = Timeline().image(STILL, duration=3).video(A, duration=4, crossfade=0.5)
        assert times(reel)["video-1"] == (2.5, 4)
        assert reel.to_dict()["composition"]["timeline"][1]["media_settings"] == {"crossfade_seconds": 0.5}

    def test_crossfade_of_the_first_moves_nothing(self) -> None:
        """The first picture starts at 0 whatever its crossfade."""
        assert times(Timeline().video(A, duration=4, crossfade=0.5))["video-1"] == (0, 4)

    def test_decimals_are_sent_without_dust(self) -> None:
        """Sums of decimals are sent as a person would write them."""
        reel = Timeline().image(STILL, duration=0.1).image(CARD, duration=0.2).image(A, duration=1)
        assert times(reel)["image-3"] == (0.3, 1)

    def test_card_before_a_clip_is_an_issue(self) -> None:
        """v1 cannot stitch a clip behind a still, so the clip's length is needed."""
        reel = Timeline().image(CARD, duration=3).video(A)
        assert times(reel) == {"image-1": (0, 3), "video-1": (3, None)}
        assert codes(reel) == [("needs_length", at(1))]
        assert times(reel.resolve(LENGTHS)) == {"image-1": (0, 3), "video-1": (3, 10)}

    def test_card_after_a_clip_is_an_issue(self) -> None:
        """A still behind an unmeasured clip does not know its start."""
        reel = Timeline().video(A).image(CARD, duration=3)
        assert times(reel) == {"video-1": None, "image-1": (None, 3)}
        assert codes(reel) == [("needs_length", at(1, "start_seconds"))]
        assert times(reel.resolve(LENGTHS)) == {"video-1": (0, 10), "image-1": (10, 3)}

    def test_timed_clip_after_a_stitched_one_is_an_issue(self) -> None:
        """A clip with a duration behind an unmeasured one does not know its start."""
        reel = Timeline().video(A).video(B, duration=2)
        assert codes(reel) == [("needs_length", at(1, "start_seconds"))]
        assert times(reel.resolve(LENGTHS)) == {"video-1": (0, 10), "video-2": (10, 2)}

    def test_every_clip_behind_the_break_is_told(self) -> None:
        """After a card the clips cannot be stitched, and each says so."""
        reel = Timeline().image(CARD, duration=3).video(A).video(B)
        assert codes(reel) == [("needs_length", at(1)), ("needs_length", at(2, "start_seconds"))]

    def test_picture_that_may_end_later_is_an_issue(self) -> None:
        """A timed picture beside an unmeasured clip may end later, so "next" is not known."""
        reel = Timeline().video(A).image(STILL, start=2, duration=3).video(B)
        assert codes(reel) == [("needs_length", at(2, "start_seconds"))]
        assert times(reel.resolve(LENGTHS))["video-2"] == (10, 6)

    def test_picture_that_ends_with_its_clip_breaks_nothing(self) -> None:
        """A still during a stitched clip needs that length itself, and the next clip does not."""
        reel = Timeline().video(A).image(STILL, during="video-1").video(B)
        assert times(reel)["video-2"] is None
        assert codes(reel) == [("needs_length", at(1))]


class TestAfterAndDuring:
    def test_after_starts_at_the_end(self) -> None:
        """``after`` starts where the other ends, ``offset`` later."""
        reel = (
            Timeline().image(STILL, duration=4, id="intro").text("Hi", after="intro", offset=0.5, duration=2)
        )
        assert times(reel)["text-1"] == (4.5, 2)

    def test_after_may_overlap(self) -> None:
        """A negative ``offset`` starts before the other has ended."""
        reel = Timeline().image(STILL, duration=4).text("Hi", after="image-1", offset=-1, duration=2)
        assert times(reel)["text-1"] == (3, 2)

    def test_during_is_there_while_the_other_is(self) -> None:
        """``during`` takes the other's start and end."""
        reel = Timeline().image(STILL, duration=4).image(CARD, duration=3).text("Hi", during="image-2")
        assert times(reel)["text-1"] == (4, 3)

    def test_during_with_offset_ends_with_the_other(self) -> None:
        """``offset`` comes later into the other and leaves with it."""
        reel = Timeline().image(STILL, duration=4).text("Hi", during="image-1", offset=1)
        assert times(reel)["text-1"] == (1, 3)

    def test_during_with_duration_lasts_that_long(self) -> None:
        """A duration of its own wins over the other's."""
        reel = Timeline().image(STILL, duration=4).text("Hi", during="image-1", offset=1, duration=9)
        assert times(reel)["text-1"] == (1, 9)

    def test_during_an_open_still_lasts_to_the_end(self) -> None:
        """Beside a still that lasts to the end, a text lasts to the end, too."""
        reel = Timeline().image(STILL).voiceover(VOICE, duration=9).text("Hi", during="image-1", offset=2)
        assert times(reel)["text-1"] == (2, 7)

    def test_during_a_stitched_clip_is_an_issue(self) -> None:
        """Beside an unmeasured clip a text knows its start only when that is known."""
        reel = Timeline().video(A).video(B).text("one", during="video-1").text("two", during="video-2")
        assert times(reel)["text-1"] == (0, None)
        assert times(reel)["text-2"] is None
        assert codes(reel) == [("needs_length", text_at(0)), ("needs_length", text_at(1, "start_seconds"))]
        exact = reel.resolve(LENGTHS)
        assert (times(exact)["text-1"], times(exact)["text-2"]) == ((0, 10), (10, 6))

    def test_sound_after_a_clip_is_an_issue(self) -> None:
        """A sound behind an unmeasured clip does not know its start."""
        reel = Timeline().video(A).video(B).audio(VOICE, after="video-1", duration=2)
        assert codes(reel) == [("needs_length", at(2, "start_seconds"))]
        assert times(reel.resolve(LENGTHS))["audio-1"] == (10, 2)

    def test_nothing_comes_after_the_end(self) -> None:
        """After something that lasts to the end there is no time left."""
        reel = Timeline().image(STILL).audio(VOICE, duration=9).text("Hi", after="image-1", duration=2)
        assert codes(reel) == [("nothing_left", text_at(0, "start_seconds"))]

    def test_offset_past_the_other_is_an_issue(self) -> None:
        """An ``offset`` longer than the other leaves nothing of it."""
        reel = Timeline().image(STILL, duration=4).text("Hi", during="image-1", offset=5)
        assert codes(reel) == [("nothing_left", text_at(0, "start_seconds"))]

    @pytest.mark.parametrize(
        "when",
        [
            {"start": 1, "after": "video-1"},
            {"start": 1, "during": "video-1"},
            {"after": "video-1", "during": "video-1"},
        ],
    )
    def test_two_starts_are_refused(self, when: dict[str, Any]) -> None:
        """A start is said once."""
        with pytest.raises(FieldError, match="both say where it starts"):
            Timeline().video(A).text("Hi", duration=1, **when)

    def test_offset_alone_is_refused(self) -> None:
        """``offset`` needs something to be later than."""
        with pytest.raises(FieldError, match=r"\.text: offset says how much later"):
            Timeline().video(A).text("Hi", start=1, offset=1)

    def test_unknown_id_is_refused_with_the_nearest(self) -> None:
        """An id that was not added before is refused, and the nearest named."""
        with pytest.raises(FieldError, match=r"\.text: after: 'vidoe-1' names nothing here") as caught:
            Timeline().video(A).text("Hi", after="vidoe-1", duration=1)
        assert caught.value.fix == "did you mean 'video-1'?"


class TestTheEnd:
    def test_music_does_not_lengthen(self) -> None:
        """Music that was given more time than the film has is sent as long as the film."""
        reel = Timeline().video(A, start=0, duration=8).music(BED, duration=30)
        assert times(reel)["music-1"] == (0, 8)
        assert reel.duration_seconds == 8

    def test_what_was_said_of_music_is_kept(self) -> None:
        """Music cut by a short film is whole again when the film grows."""
        reel = Timeline().video(A, start=0, duration=8).music(BED, duration=30)
        assert times(reel.video(B, start=8, duration=40))["music-1"] == (0, 30)

    def test_music_alone_is_the_film(self) -> None:
        """When nothing else gives a length, timed music does."""
        reel = Timeline().image(STILL).music(BED, duration=30)
        assert times(reel) == {"image-1": (0, None), "music-1": (0, 30)}
        assert reel.duration_seconds == 30

    def test_timed_speech_lengthens(self) -> None:
        """Speech with a duration counts like a picture."""
        reel = Timeline().video(A, start=0, duration=8).voiceover(VOICE, duration=12).text("Hi", start=9)
        assert times(reel)["text-1"] == (9, 3)

    def test_music_may_not_outlast_unmeasured_clips(self) -> None:
        """Timed music over unmeasured clips could set the length, which music never does."""
        reel = Timeline().video(A).music(BED, duration=30)
        assert codes(reel) == [("needs_length", at(1))]
        assert times(reel.resolve(LENGTHS))["music-1"] == (0, 10)

    def test_music_that_starts_after_the_end_is_an_issue(self) -> None:
        """Music that would start after the film's end has no time left."""
        reel = Timeline().video(A, start=0, duration=8).music(BED, start=9, duration=3)
        assert errors(reel)[0] == ("nothing_left", at(1, "start_seconds"))

    def test_total_duration_wins(self) -> None:
        """A said length ends everything that lasts to the end."""
        reel = Timeline().video(A).music(BED).text("Hi", start=2).total_duration(20)
        assert times(reel) == {"video-1": None, "music-1": (0, 20), "text-1": (2, 18)}
        assert stitching(reel) is True
        assert codes(reel) == []

    def test_text_past_the_pictures_counts(self) -> None:
        """The latest text ends the film when it ends last."""
        assert Timeline().image(STILL, duration=3).text("Hi", start=2, duration=4).duration_seconds == 6

    def test_start_after_the_end_is_an_issue(self) -> None:
        """A text to the end that starts after it has no time left."""
        reel = Timeline().image(STILL, duration=3).text("Hi", start=5)
        assert codes(reel) == [("nothing_left", text_at(0, "start_seconds"))]

    def test_a_title_that_cuts_the_speech_is_told(self) -> None:
        """Under a still, a title's end is the film's end, which a warning tells."""
        reel = Timeline().image(STILL).voiceover(VOICE).text("Hi", start=1, duration=3)
        assert times(reel)["voiceover-1"] == (0, 4)
        assert codes(reel) == [("text_sets_length", at(1))]


class TestLeftToV1:
    def test_one_voice_under_a_still(self) -> None:
        """A still with one untimed voice is v1's own reading: as long as the voice."""
        reel = Timeline().image(STILL).voiceover(VOICE)
        assert times(reel) == {"image-1": (0, None), "voiceover-1": None}
        assert stitching(reel) is True
        assert errors(reel) == []
        assert times(reel.resolve(LENGTHS)) == {"image-1": (0, 12), "voiceover-1": (0, 12)}

    def test_voice_and_music_under_a_still_is_an_issue(self) -> None:
        """v1 would take the longer of the two, and the film is as long as the voice."""
        reel = Timeline().image(STILL).voiceover(VOICE).music(BED)
        assert errors(reel) == [("needs_length", at(1)), ("needs_length", at(2))]
        assert times(reel.resolve(LENGTHS)) == {
            "image-1": (0, 12),
            "voiceover-1": (0, 12),
            "music-1": (0, 12),
        }

    def test_voice_and_timed_music_under_a_still_is_an_issue(self) -> None:
        """v1 would end with the timed music, and the film is as long as the voice."""
        reel = Timeline().image(STILL).voiceover(VOICE).music(BED, duration=8)
        assert ("needs_length", at(1)) in errors(reel)
        assert times(reel.resolve(LENGTHS))["voiceover-1"] == (0, 12)

    def test_one_sound_alone(self) -> None:
        """One untimed sound and nothing else is v1's own reading."""
        reel = Timeline().voiceover(VOICE)
        assert times(reel) == {"voiceover-1": None}
        assert stitching(reel) is True
        assert times(reel.resolve(LENGTHS)) == {"voiceover-1": (0, 12)}

    def test_several_sounds_alone_are_an_issue(self) -> None:
        """v1 would play sounds in a row when there is nothing to see; here they start together."""
        reel = Timeline().voiceover(VOICE).music(BED)
        assert errors(reel) == [("needs_length", at(0)), ("needs_length", at(1))]
        assert times(reel.resolve(LENGTHS)) == {"voiceover-1": (0, 12), "music-1": (0, 12)}

    def test_loops_do_not_set_the_length(self) -> None:
        """A looped sound beside one that is heard once ends with it."""
        reel = Timeline().image(STILL).voiceover(VOICE).audio(BED, loop=True).resolve(LENGTHS)
        assert times(reel)["audio-1"] == (0, 12)

    def test_auto_stitch_off_makes_the_need_an_issue(self) -> None:
        """Said to be off, ``auto_stitch`` stays off, and what needs it is told."""
        reel = Timeline().video(A).music(BED).auto_stitch(False)
        assert stitching(reel) is False
        path = "$.composition.timeline[{}].time"
        assert codes(reel) == [("needs_auto_stitch", path.format(0)), ("needs_auto_stitch", path.format(1))]
        assert codes(reel.resolve(LENGTHS)) == []

    def test_auto_stitch_on_is_sent_always(self) -> None:
        """Said to be on, ``auto_stitch`` is sent though nothing needs it."""
        assert stitching(Timeline().image(STILL, duration=3).auto_stitch()) is True
        assert stitching(Timeline().image(STILL, duration=3).auto_stitch().auto_stitch(None)) is None

    def test_sound_beside_longer_speech_is_told(self) -> None:
        """v1 ends untimed sound with the clips; a voice that may last longer is worth a warning."""
        reel = Timeline().video(A).voiceover(VOICE, duration=30).music(BED)
        assert codes(reel) == [("sound_ends_with_clips", "$.composition.timeline[2].time")]


class TestLoaded:
    DOCUMENT: ClassVar[dict[str, Any]] = {
        "version": "v1",
        "output": {"width": 1080, "height": 1920, "fps": 30},
        "assets": [{"id": "a", "type": "video", "url": A}],
        "composition": {"timeline": [{"id": "one", "type": "video", "asset_id": "a"}]},
    }

    def stitched(self) -> dict[str, Any]:
        return {**self.DOCUMENT, "composition": {**self.DOCUMENT["composition"], "auto_stitch": True}}

    def test_absent_auto_stitch_stays_absent(self) -> None:
        """A document without ``auto_stitch`` keeps none, and a clip that needs it is told."""
        reel = Timeline.from_dict(self.DOCUMENT).video(B)
        assert stitching(reel) is None
        assert ("needs_auto_stitch", "$.composition.timeline[1].time") in codes(reel)
        assert stitching(reel.auto_stitch()) is True
        assert codes(reel.auto_stitch()) == []

    def test_a_clip_is_stitched_on(self) -> None:
        """A clip added to a stitched document is stitched behind its clips."""
        reel = Timeline.from_dict(self.stitched()).video(B)
        assert times(reel) == {"one": None, "video-1": None}
        assert codes(reel) == []
        assert times(reel.resolve(LENGTHS)) == {"one": (0, 10), "video-1": (10, 6)}

    def test_half_timed_layers_keep_their_reading(self) -> None:
        """A stitched clip of a said duration moves the next one by that."""
        document = self.stitched()
        document["composition"]["timeline"] = [
            {"id": "one", "type": "video", "asset_id": "a", "time": {"duration_seconds": 4}}
        ]
        reel = Timeline.from_dict(document).image(STILL, duration=2)
        assert times(reel) == {"one": (None, 4), "image-1": (4, 2)}


class TestResolve:
    def test_the_first_clip_dissolves_from_nothing(self) -> None:
        """A crossfade on the first stitched clip has no effect (D6), and none when it becomes a number."""
        exact = Timeline().video(A, crossfade=0.5).video(B, crossfade=0.5).resolve(LENGTHS)
        assert times(exact) == {"video-1": (0, 10), "video-2": (9.5, 6)}
        settings = [layer.media_settings for layer in exact.layers]
        assert settings[0] is None
        assert settings[1] is not None
        assert settings[1].crossfade_seconds == 0.5

    def test_every_second_becomes_a_number(self) -> None:
        """With every length known nothing is left to v1."""
        reel = (
            Timeline()
            .video(A, trim=2)
            .video(B, crossfade=0.5)
            .image(STILL, start=0)
            .voiceover(VOICE)
            .music(BED, loop=True)
            .text("Hi", start=1)
        )
        exact = reel.resolve(LENGTHS)
        assert times(exact) == {
            "video-1": (0, 8),
            "video-2": (7.5, 6),
            "image-1": (0, 13.5),
            "voiceover-1": (0, 12),
            "music-1": (0, 13.5),
            "text-1": (1, 12.5),
        }
        assert stitching(exact) is None
        assert exact.manifest() == exact.resolve({}).manifest()

    def test_a_row_is_resolved_whole_or_not(self) -> None:
        """With one clip of a row unmeasured the row stays stitched, and what is known becomes numbers."""
        reel = Timeline().video(A).video(B).text("Hi", during="video-1").resolve({A: 10})
        assert times(reel) == {"video-1": None, "video-2": None, "text-1": (0, 10)}
        assert codes(reel) == []
        assert times(reel.resolve({B: 6}))["video-1"] is None
        assert times(reel.resolve(LENGTHS))["video-2"] == (10, 6)

    def test_only_needed_files_are_asked_for(self) -> None:
        """Files whose length changes nothing are not measured, and each one once."""
        asked: list[str] = []

        def probe(src: str) -> float:
            asked.append(src)
            return LENGTHS[src]

        Timeline().video(A).video(A).video(B, start=0, duration=2).music(BED).image(STILL, start=0).resolve(
            probe
        )
        assert asked == [A]

    def test_errors_of_the_function_pass(self) -> None:
        """What the measuring function raises reaches the caller."""
        with pytest.raises(LookupError):
            Timeline().video(A).resolve({}.__getitem__)

    @pytest.mark.parametrize("length", ["10", float("nan"), True])
    def test_a_length_is_a_number(self, length: Any) -> None:
        """A length that is no number is refused by the file's name."""
        with pytest.raises(FieldError, match=r"\.resolve: the length of a\.mp4"):
            Timeline().video(A).resolve({A: length})

    def test_media_is_a_mapping_or_a_function(self) -> None:
        """Anything else is refused with what would be right."""
        with pytest.raises(FieldError, match=r"\.resolve: media: expected lengths"):
            Timeline().video(A).resolve(12)  # type: ignore[arg-type]

    @pytest.mark.parametrize("length", [None, 0, 1.5])
    def test_a_useless_length_leaves_the_clip_as_said(self, length: Any) -> None:
        """Unknown, empty and trimmed-away files stay unmeasured."""
        assert times(Timeline().video(A, trim=2).resolve({A: length})) == {"video-1": None}

    def test_branches_go_on_from_numbers(self) -> None:
        """What is added to a resolved film stands behind its numbers."""
        exact = Timeline().video(A).music(BED).resolve(LENGTHS)
        assert times(exact.image(CARD, duration=2)) == {
            "video-1": (0, 10),
            "music-1": (0, 10),
            "image-1": (10, 2),
        }
