"""Every second with the rule that made it: each cell of the table of the verbs, in the author's words."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from reelforge_dsl import FieldError, Layout, Timeline, Word

SITE = "https://example.com/"
A, B, C = SITE + "a.mp4", SITE + "b.mp4", SITE + "c.mp4"
STILL, CARD = SITE + "still.png", SITE + "card.png"
VOICE, BED = SITE + "voice.mp3", SITE + "bed.mp3"
LENGTHS = {A: 10, B: 6, C: 4, VOICE: 12, BED: 90}
SOUNDS = ["audio", "voiceover", "music"]


def told(reel: Timeline, name: str, media: Any = None) -> tuple[Any, ...]:
    """A row's start, end, rule and words."""
    row = next(row for row in reel.explain(media).rows if row.id == name)
    return row.start, row.end, row.rule, row.because


class TestBothLeftOut:
    def test_clips_are_stitched(self) -> None:
        """Untimed clips tell v1's order; only the first start is known without lengths."""
        reel = Timeline().video(A).video(B)
        source = "as long as its source"
        assert told(reel, "video-1") == (0, None, "stitched", f"stitched first, {source}: not measured")
        words = f"stitched after 'video-1', {source}: not measured"
        assert told(reel, "video-2") == (None, None, "stitched", words)

    def test_clips_are_stitched_with_lengths(self) -> None:
        """With lengths they tell the same order, and how long each is from its trim on."""
        reel = Timeline().video(A, trim=2).video(B, crossfade=0.5)
        first = "stitched first, as long as its source: 8 s"
        second = "stitched after 'video-1', crossfade 0.5 s, as long as its source: 6 s"
        assert told(reel, "video-1", LENGTHS) == (0, 8, "stitched", first)
        assert told(reel, "video-2", LENGTHS) == (7.5, 13.5, "stitched", second)

    def test_a_clip_after_a_still_is_next(self) -> None:
        """A whole clip behind a still follows it, known only from where until it is measured."""
        reel = Timeline().image(STILL, duration=2).video(A)
        words = "next: after 'image-1', as long as its file: "
        assert told(reel, "video-1") == (2, None, "next", words + "not measured")
        assert told(reel, "video-1", LENGTHS) == (2, 12, "next", words + "10 s")

    def test_the_first_picture_lasts_to_the_end(self) -> None:
        """A still alone at the bottom goes from 0 to the end, which the title sets."""
        reel = Timeline().image(STILL).text("Hi", start=1, duration=3)
        words = "first picture: from 0, to the film's end at 4: latest end: 'text-1'"
        assert told(reel, "image-1") == (0, 4, "first_picture", words)

    @pytest.mark.parametrize("verb", SOUNDS)
    def test_sound_goes_to_the_end(self, verb: str) -> None:
        """A sound without times goes from 0 to the film's end."""
        reel = getattr(Timeline().video(A, start=0, duration=8), verb)(VOICE)
        words = "from 0, to the film's end at 8: latest end: 'video-1'"
        assert told(reel, f"{verb}-1") == (0, 8, "to_end", words)

    @pytest.mark.parametrize("verb", SOUNDS)
    def test_sound_under_stitched_clips_is_v1s(self, verb: str) -> None:
        """Under unmeasured clips v1 lays the sound, and its rule is told."""
        reel = getattr(Timeline().video(A), verb)(VOICE)
        words = "untimed sound: 0 to the end of the stitched clips"
        assert told(reel, f"{verb}-1") == (0, None, "aligned_to_stitch", words)

    def test_a_voice_stops_when_it_has_spoken(self) -> None:
        """A voice shorter than the film ends with its file."""
        reel = Timeline().video(A).video(B).voiceover(VOICE)
        words = "from 0, as long as its file: 12 s"
        assert told(reel, "voiceover-1", LENGTHS) == (0, 12, "source_length", words)

    def test_what_ends_the_film_lasts_by_itself(self) -> None:
        """Under a still the voice ends the film, and the music ends with it."""
        reel = Timeline().image(STILL).voiceover(VOICE).music(BED)
        assert told(reel, "voiceover-1") == (
            *(0, None, "source_length"),
            "from 0, as long as its file: not measured",
        )
        assert told(reel, "music-1") == (0, None, "to_end", "from 0, to the film's end, not known yet")
        words = "from 0, to the film's end at 12: latest end: 'voiceover-1'"
        assert told(reel, "music-1", LENGTHS) == (0, 12, "to_end", words)


class TestStartLeftOut:
    def test_pictures_come_next(self) -> None:
        """A picture with a duration alone starts at the latest end of the pictures before."""
        reel = Timeline().image(STILL, duration=3).image(CARD, start=1, duration=5).video(B, duration=2)
        assert told(reel, "image-1") == (0, 3, "next", "next: first, from 0, for 3 s")
        assert told(reel, "video-1") == (6, 8, "next", "next: after 'image-2', for 2 s")

    def test_open_stills_are_not_before(self) -> None:
        """A background without an end of its own leaves what is next at 0."""
        words = "next: from 0, no picture before it has its own end, for 2 s"
        assert told(Timeline().image(STILL, start=0).image(CARD, duration=2), "image-2") == (
            0,
            2,
            "next",
            words,
        )

    def test_a_crossfade_starts_earlier(self) -> None:
        """What comes next starts its crossfade earlier, and dissolves in over that time."""
        reel = Timeline().image(STILL, duration=3).video(A, duration=4, crossfade=0.5)
        words = (
            "next: after 'image-1', less 0.5 s of crossfade, for 4 s,"
            " dissolves in over what is below for 0.5 s"
        )
        assert told(reel, "video-1") == (2.5, 6.5, "next", words)

    def test_next_after_an_unmeasured_clip(self) -> None:
        """A card behind stitched clips names the last one, though nobody knows when that is."""
        reel = Timeline().video(A).video(B).image(CARD, duration=2)
        words = "next: after 'video-2', for 2 s"
        assert told(reel, "image-1") == (None, None, "next", words)
        assert told(reel, "image-1", LENGTHS) == (16, 18, "next", words)

    def test_next_after_whichever_is_later(self) -> None:
        """Behind two ends that cannot be compared both are named."""
        reel = Timeline().video(A, start=0).video(B, start=1).image(CARD, duration=2)
        words = "next: after the latest of 'video-1' and 'video-2', for 2 s"
        assert told(reel, "image-1") == (None, None, "next", words)
        assert told(reel, "image-1", LENGTHS) == (10, 12, "next", "next: after 'video-1', for 2 s")

    @pytest.mark.parametrize("verb", SOUNDS)
    def test_sound_starts_at_0(self, verb: str) -> None:
        """A sound with a duration alone is heard from 0 for that long."""
        reel = getattr(Timeline().image(STILL, duration=9), verb)(VOICE, duration=5)
        assert told(reel, f"{verb}-1") == (0, 5, "from_zero", "from 0, for 5 s")


class TestDurationLeftOut:
    def test_video_lasts_as_its_file(self) -> None:
        """A clip with a start alone lasts to the end of its file."""
        reel = Timeline().video(A, start=5, trim=2)
        words = "from 5, as long as its file from 2: "
        assert told(reel, "video-1") == (5, None, "source_length", words + "not measured")
        assert told(reel, "video-1", LENGTHS) == (5, 13, "source_length", words + "8 s")

    def test_image_lasts_to_the_end(self) -> None:
        """A still with a start alone lasts to the film's end."""
        reel = Timeline().video(A, start=0, duration=8).image(STILL, start=2)
        words = "from 2, to the film's end at 8: latest end: 'video-1'"
        assert told(reel, "image-1") == (2, 8, "to_end", words)

    @pytest.mark.parametrize("verb", SOUNDS)
    def test_sound_lasts_to_the_end(self, verb: str) -> None:
        """A sound with a start alone lasts to the film's end."""
        reel = getattr(Timeline().video(A, start=0, duration=8), verb)(VOICE, start=3)
        words = "from 3, to the film's end at 8: latest end: 'video-1'"
        assert told(reel, f"{verb}-1") == (3, 8, "to_end", words)

    def test_text_lasts_to_the_end(self) -> None:
        """A text with a start alone lasts to the film's end."""
        reel = Timeline().image(STILL, duration=8).text("Hi", start=3)
        words = "from 3, to the film's end at 8: latest end: 'image-1'"
        assert told(reel, "text-1") == (3, 8, "to_end", words)

    def test_an_unknown_end_stays_unknown(self) -> None:
        """A title to the end of unmeasured clips has no end yet, and gets it with their lengths."""
        reel = Timeline().video(A).text("Hi", start=3)
        assert told(reel, "text-1") == (3, None, "to_end", "from 3, to the film's end, not known yet")
        words = "from 3, to the film's end at 10: latest end: 'video-1'"
        assert told(reel, "text-1", LENGTHS) == (3, 10, "to_end", words)


class TestBothSaid:
    @pytest.mark.parametrize("verb", ["video", "image", *SOUNDS, "text"])
    def test_start_and_duration(self, verb: str) -> None:
        """Whatever says both has both."""
        reel = getattr(Timeline().image(STILL, duration=9), verb)(VOICE, start=1, duration=2.5, id="it")
        assert told(reel, "it") == (1, 3.5, "given", "from 1, for 2.5 s")


class TestAfter:
    @pytest.mark.parametrize("verb", ["video", "image", *SOUNDS, "text"])
    def test_for_a_while(self, verb: str) -> None:
        """After another, some seconds later, for as long as said."""
        reel = Timeline().image(STILL, duration=9).text("Hi", start=1, duration=2, id="title")
        reel = getattr(reel, verb)(VOICE, after="title", offset=0.5, duration=2, id="it")
        assert told(reel, "it") == (3.5, 5.5, "after", "after 'title', 0.5 s later, for 2 s")

    @pytest.mark.parametrize("verb", ["image", *SOUNDS, "text"])
    def test_to_the_end(self, verb: str) -> None:
        """After another without a duration: to the film's end."""
        reel = Timeline().image(STILL, duration=9).text("Hi", start=1, duration=2, id="title")
        reel = getattr(reel, verb)(VOICE, after="title", id="it")
        words = "after 'title', to the film's end at 9: latest end: 'image-1'"
        assert told(reel, "it") == (3, 9, "after", words)

    def test_a_clip_as_long_as_its_file(self) -> None:
        """A clip after another lasts as long as its file."""
        reel = Timeline().image(STILL, duration=3).video(C, after="image-1")
        words = "after 'image-1', as long as its file: "
        assert told(reel, "video-1") == (3, None, "after", words + "not measured")
        assert told(reel, "video-1", LENGTHS) == (3, 7, "after", words + "4 s")

    def test_after_an_unmeasured_clip(self) -> None:
        """After a clip of unknown length neither edge is known."""
        reel = Timeline().video(A).audio(VOICE, after="video-1", duration=2)
        assert told(reel, "audio-1") == (None, None, "after", "after 'video-1', for 2 s")
        assert told(reel, "audio-1", LENGTHS) == (10, 12, "after", "after 'video-1', for 2 s")

    def test_after_the_end(self) -> None:
        """After what lasts to the end there is no time left, and that is said."""
        reel = Timeline().image(STILL).audio(VOICE, duration=9).text("Hi", after="image-1", duration=2)
        words = "after 'image-1', which lasts to the film's end: no time is left, for 2 s"
        assert told(reel, "text-1", LENGTHS) == (None, None, "after", words)


class TestDuring:
    @pytest.mark.parametrize("verb", ["video", "image", *SOUNDS, "text"])
    def test_as_long_as_the_other(self, verb: str) -> None:
        """During another, some seconds later, until that ends."""
        reel = Timeline().image(STILL, duration=4).image(CARD, duration=4)
        reel = getattr(reel, verb)(VOICE, during="image-2", offset=0.5, id="it")
        assert told(reel, "it") == (4.5, 8, "during", "during 'image-2', 0.5 s later, until it ends")

    @pytest.mark.parametrize("verb", ["video", "image", *SOUNDS, "text"])
    def test_for_a_while(self, verb: str) -> None:
        """During another for as long as said."""
        reel = Timeline().image(STILL, duration=4).image(CARD, duration=4)
        reel = getattr(reel, verb)(VOICE, during="image-2", duration=1, id="it")
        assert told(reel, "it") == (4, 5, "during", "during 'image-2', for 1 s")

    def test_during_what_lasts_to_the_end(self) -> None:
        """During a background it is there to the film's end, too."""
        reel = Timeline().image(STILL).audio(VOICE, duration=9).text("Hi", during="image-1")
        words = "during 'image-1', until it ends: to the film's end at 9: latest end: 'audio-1'"
        assert told(reel, "text-1") == (0, 9, "during", words)

    def test_during_an_unmeasured_clip(self) -> None:
        """During a stitched clip its end comes with the clip's length."""
        reel = Timeline().video(A).text("Hi", during="video-1")
        words = "during 'video-1', until it ends"
        assert told(reel, "text-1") == (0, None, "during", words)
        assert told(reel, "text-1", LENGTHS) == (0, 10, "during", words)


class TestWhatChangesARow:
    def test_cut_at_the_end(self) -> None:
        """What reaches past a said length is cut there, and says so."""
        reel = Timeline().image(STILL, duration=5).text("Hi", start=1, duration=9).total_duration(4)
        assert told(reel, "image-1") == (
            0,
            4,
            "next",
            "next: first, from 0, for 5 s, cut at the film's end at 4",
        )
        assert told(reel, "text-1") == (1, 4, "given", "from 1, for 9 s, cut at the film's end at 4")

    def test_after_the_cut(self) -> None:
        """What begins past a said length is not there at all."""
        reel = Timeline().image(STILL, duration=5).text("Hi", start=6, duration=1).total_duration(4)
        assert told(reel, "text-1") == (4, 4, "given", "from 6, for 1 s, not there: the film ends at 4")

    def test_music_is_cut_with_the_film(self) -> None:
        """Music given more time than the film has is cut there; over unmeasured clips nobody knows."""
        reel = Timeline().video(A).music(BED, duration=30)
        assert told(reel, "music-1") == (0, None, "from_zero", "from 0, for 30 s")
        words = "from 0, for 30 s, cut at the film's end at 10"
        assert told(reel, "music-1", LENGTHS) == (0, 10, "from_zero", words)

    def test_a_held_last_frame(self) -> None:
        """A clip that lasts longer than its file holds its last frame, from a second that is told."""
        reel = Timeline().video(C, start=1, duration=6)
        words = "from 1, for 6 s, its last frame stands from 5: its file is over"
        assert told(reel, "video-1", LENGTHS) == (1, 7, "given", words)
        assert reel.explain(LENGTHS).rows[0].source_end == 5

    def test_a_sound_that_is_over(self) -> None:
        """A sound that lasts longer than its file is silent; a looped one is not."""
        reel = Timeline().image(STILL, duration=15).audio(VOICE).audio(VOICE, loop=True)
        first, second = reel.explain(LENGTHS).rows[1:]
        assert first.because.endswith("latest end: 'image-1', silent from 12: its file is over")
        assert (first.end, first.source_end, second.end, second.source_end) == (15, 12, 15, None)

    def test_a_dissolve_over_a_timed_clip(self) -> None:
        """A timed clip names the clip that it dissolves over."""
        reel = Timeline().video(A, start=0, duration=8).video(B, start=6, duration=4, crossfade=1)
        words = "from 6, for 4 s, dissolves in over 'video-1' for 1 s"
        assert told(reel, "video-2") == (6, 10, "given", words)

    def test_a_file_over_before_its_trim(self) -> None:
        """A trim past the file's end is named as what makes the film unknown."""
        shown = Timeline().video(A, trim=11).explain(LENGTHS)
        assert shown.because == "not known: the file of 'video-1' is over before its trim"
        assert shown.unknown == ()

    def test_auto_stitch_off(self) -> None:
        """Said to be off, nothing is stitched: v1 would place nothing, and the engine what is next."""
        reel = Timeline().video(A).video(B).auto_stitch(False)
        words = "not placed: it has no time, and auto_stitch is not on"
        assert told(reel, "video-2") == (None, None, "untimed", words)
        assert told(reel, "video-2", LENGTHS) == (
            10,
            16,
            "next",
            "next: after 'video-1', as long as its file: 6 s",
        )


class TestTheFilm:
    @pytest.mark.parametrize(
        ("reel", "seconds", "because"),
        [
            (Timeline(), None, "nothing in it has a length"),
            (Timeline().video(A), None, "not known until 'video-1' is measured"),
            (Timeline().image(STILL, duration=3).text("Hi", start=2, duration=4), 6, "latest end: 'text-1'"),
            (Timeline().video(A).total_duration(12), 12, "total duration, as said"),
            (Timeline().image(STILL).music(BED, duration=30), 30, "latest end: 'music-1'"),
        ],
    )
    def test_its_length_and_why(self, reel: Timeline, seconds: Any, because: str) -> None:
        """The film's length comes with what decided it."""
        shown = reel.explain()
        assert (shown.seconds, shown.because) == (seconds, because)

    def test_music_does_not_end_it(self) -> None:
        """Music laid to the end is not named as what ends the film, though it was called first."""
        reel = Timeline().music(BED).video(A)
        assert reel.explain(LENGTHS).because == "latest end: 'video-1'"
        assert reel.resolve(LENGTHS).explain().because == "latest end: 'video-1'"

    def test_unknown_files_are_named_once(self) -> None:
        """Only files whose length is needed are unknown, each once, by the document's address."""
        reel = Timeline().video(A).video(A).video(B, start=0, duration=2).music(BED).image(STILL, start=0)
        assert reel.explain().unknown == (A,)
        assert reel.explain(LENGTHS).unknown == ()
        assert Timeline().video(A).video(B).explain({A: 10}).unknown == (B,)


class TestPaintOrder:
    def test_bottom_first(self) -> None:
        """Pictures stand by z_index and then by call, texts above them, captions on top, sounds nowhere."""
        reel = (
            Timeline()
            .text("Hi", start=0, duration=1)
            .image(STILL, duration=2, layout=Layout(z_index=3))
            .audio(VOICE)
            .video(A, layout=Layout(z_index=-1))
            .image(CARD, duration=2)
            .text("Ho", start=0, duration=1, layout=Layout(z_index=-9))
            .captions("typewriter", words=[Word("a", 0, 500)])
        )
        assert [(row.id, row.z) for row in reel.explain().rows] == [
            ("text-1", 3),
            ("image-1", 2),
            ("audio-1", None),
            ("video-1", 0),
            ("image-2", 1),
            ("text-2", 4),
            ("captions", 5),
        ]


class TestCaptions:
    WORDS = (Word("one", 200, 600), Word("two", 4600, 5200))

    def test_given_words(self) -> None:
        """Captions are there from their first word to the end of their last."""
        reel = Timeline().image(STILL, duration=8).captions("typewriter", words=self.WORDS)
        assert told(reel, "captions") == (0.2, 5.2, "words", "2 words given")

    def test_cut_at_the_end(self) -> None:
        """Words past the film's end are cut with it."""
        reel = Timeline().image(STILL, duration=5).captions("typewriter", words=self.WORDS)
        assert told(reel, "captions") == (0.2, 5, "words", "2 words given, cut at the film's end at 5")

    def test_on_a_layers_clock(self) -> None:
        """Words on a clip's clock are there when the clip is."""
        reel = Timeline().image(STILL, duration=2).video(A).video(B)
        reel = reel.captions("typewriter", words=self.WORDS, clock="video-2")
        words = "2 words given, moved with 'video-2'"
        unknown = ", which is not placed until its files are measured"
        assert told(reel, "captions") == (None, None, "words", words + unknown)
        assert told(reel, "captions", LENGTHS) == (12.2, 17.2, "words", words)

    def test_transcribed(self) -> None:
        """Without words the whole of the speech is captioned."""
        reel = Timeline().video(A).voiceover(VOICE).captions("typewriter")
        words = "transcribed: the whole of 'voiceover-1'"
        assert told(reel, "captions", LENGTHS) == (0, 10, "transcribed", words)
        assert told(reel, "captions") == (0, None, "transcribed", words)

    def test_source_not_said(self) -> None:
        """When any of several could be the speech, nothing is known of the captions."""
        reel = Timeline().video(A).video(B).captions("typewriter")
        words = "transcribed: which file is not said"
        assert told(reel, "captions", LENGTHS) == (None, None, "transcribed", words)


class TestLoaded:
    def test_v1s_rules_are_told(self) -> None:
        """A loaded layer tells v1's own rule."""
        document = Timeline().video(A).image(STILL, start=0).voiceover(VOICE).to_dict()
        reel = Timeline.from_dict(document)
        words = "until composition end 10: latest end: 'video-1'"
        assert told(reel, "image-1", LENGTHS) == (0, 10, "to_end", words)
        words = "untimed sound: 0 to the end of the stitched clips"
        assert told(reel, "voiceover-1", LENGTHS) == (0, 10, "aligned_to_stitch", words)

    def test_an_overlay_without_an_id(self) -> None:
        """A loaded text without an id has a row without one."""
        document = Timeline().image(STILL, start=0).text("Hi", start=1, duration=3).to_dict()
        del document["composition"]["text_overlays"][0]["id"]
        shown = Timeline.from_dict(document).explain()
        assert (shown.rows[1].id, shown.seconds, shown.because) == (None, 4, "latest end: text_overlays[0]")


class TestTheValue:
    def test_frames_are_rounded_edges(self) -> None:
        """Each edge is told as the nearest of 30 frames a second, too."""
        row = Timeline().image(STILL, start=0.516, duration=0.35).explain().rows[0]
        assert (row.start_frame, row.end_frame, row.unknown) == (15, 26, False)

    def test_it_is_data(self) -> None:
        """It compares, hashes and pickles, and saying it changes nothing."""
        reel = Timeline().video(A).music(BED)
        body = reel.to_json()
        shown = reel.explain(LENGTHS)
        assert shown == reel.explain(LENGTHS.get) == pickle.loads(pickle.dumps(shown))
        assert hash(shown) == hash(reel.explain(LENGTHS))
        assert reel.to_json() == body

    def test_its_numbers_are_the_resolved_ones(self) -> None:
        """With lengths it tells the seconds of the document that ``resolve`` writes."""
        reel = Timeline().video(A, trim=2).video(B, crossfade=0.5).image(STILL, start=1).voiceover(VOICE)
        exact = reel.resolve(LENGTHS)
        assert exact.explain() != reel.explain(LENGTHS)
        assert [(row.start, row.end) for row in exact.explain().rows] == [
            (row.start, row.end) for row in reel.explain(LENGTHS).rows
        ]

    def test_addresses_are_in_no_repr(self) -> None:
        """A file's address may carry a key: neither ``repr`` nor the table shows it."""
        shown = Timeline().video(A + "?token=hush").explain()
        assert shown.unknown == (A + "?token=hush",)
        assert "hush" not in repr(shown) + str(shown)

    def test_each_file_is_asked_for_once(self) -> None:
        """A measuring function is asked once for each file that plays, and for no picture."""
        asked: list[str] = []

        def probe(src: str) -> float:
            asked.append(src)
            return LENGTHS[src]

        Timeline().video(A).video(A).image(STILL, start=0).music(BED).explain(probe)
        assert sorted(asked) == [A, BED]

    @pytest.mark.parametrize("media", [12, {A: "10"}])
    def test_media_is_judged(self, media: Any) -> None:
        """What is neither a mapping nor a function, and what is no number, is refused by this verb's name."""
        with pytest.raises(FieldError, match=r"\.explain: "):
            Timeline().video(A).explain(media)
