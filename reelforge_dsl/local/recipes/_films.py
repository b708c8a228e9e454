"""The five recipes, one function each. Source: contract §10; decision D25."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import cycle, pairwise
from typing import Any

from reelforge_dsl.local.recipes._looks import (
    BARE_ITEM_TITLE,
    CALL,
    CHAPTER,
    CHAPTER_BELOW_HOOK,
    HOOK,
    ITEM_TITLE,
    NUMBER,
    TITLE_CARD,
    Part,
    split,
    stacked,
)
from reelforge_dsl.local.recipes._script import Script, Span, seconds
from reelforge_dsl.models import Layout
from reelforge_dsl.models.choices import Motion
from reelforge_dsl.models.recipes import LONGEST_SOUND
from reelforge_dsl.timeline import Timeline
from reelforge_dsl.units import FPS, frame_at

_KEN_BURNS: tuple[Motion, ...] = ("zoom_in", "pan_left", "zoom_out", "pan_right")
"""The movements of stills, in turn. Source: decision D25."""

_SHOWN = 3 * FPS
"""Frames for which a hook, a call or a chapter is there, unless it takes longer to read."""

_FRAMES_A_CHARACTER = 2
"""15 characters a second: well below the fastest that can be read."""

_FIRST_PICTURE = 2 * FPS
"""Frames from which on a first picture is there long enough for the title to go with it."""

_MOST_ROUNDS = 40
"""How often a short clip is repeated at most; a shorter one is shown once, and its last frame stands."""

_FADE = 1.0
"""Seconds in which music ends."""


def voiceover_explainer(script: Script) -> Timeline:
    """A voice over pictures that share its length; hook first, call last, captions all along."""
    whole = script.film("voiceover_audio_url")
    film = _spoken(script, whole)
    film = _pictures(script, film, whole, script.values["background_assets"])
    film = _opened(script, film, whole)
    return _captioned(script, _called(script, film, whole))


def captioned_clip(script: Script) -> Timeline:
    """A clip with captions, alone or above a second one that is not heard."""
    whole = script.film("primary_video_url")
    start, duration = whole.when
    is_split = script.values["layout_variant"] == "split_screen"
    film = _blank(whole).video(
        script.values["primary_video_url"],
        start=start,
        duration=duration,
        layout=Layout.half("top") if is_split else None,
        id=_speech(script),
    )
    if is_split:
        film = _clip(script, film, whole, script.values["secondary_video_url"], Layout.half("bottom"))
    return _captioned(script, _called(script, film, whole))


def photo_slideshow(script: Script) -> Timeline:
    """Pictures that share the length of a song, each moving, a title over the first."""
    whole = _limited(script, "audio")
    images = script.values["image_urls"]
    film = _pictures(script, _blank(whole), whole, images, are_stills=True)
    title = script.text("title_card_text")
    if title:
        first = next(whole.shares(len(images)))
        is_read = first.frames >= max(_FIRST_PICTURE, len(title) * _FRAMES_A_CHARACTER)
        span = (first if is_read else whole).opening(_read(title))
        film = _written(film, title, span, script.part("title_card", title, TITLE_CARD))
    return _scored(script, film, whole, "audio")


def listicle_ranked(script: Script) -> Timeline:
    """A hook, then items that share the rest, each with its number; a call over the last."""
    values = script.values
    whole = _limited(script, "background_audio")
    asked = values.get("background_audio_duration_seconds")
    if asked is not None:
        whole = Span(0, max(1, frame_at(asked)))
    hook, title, rest = _introduced(script, whole)
    items = [item if isinstance(item, dict) else {"title": item} for item in values["items"]]
    spans = list(rest.shares(len(items)))
    numbers = range(len(items), 0, -1) if values.get("countdown_mode") else range(1, len(items) + 1)
    film = _ranked_pictures(script, _blank(whole), Span(0, rest.first), items, spans)
    if hook.frames:
        film = _written(film, values["hook_title"], hook, script.part("hook", values["hook_title"], HOOK))
    if title.frames:
        said = script.text("title_text")
        film = _written(film, said, title, script.part("hook", said, HOOK))
    for item, span, number in zip(items, spans, numbers, strict=True):
        film = _numbered(script, film, item, span, f"#{number}")
    return _scored(script, _called(script, film, whole), whole, "background_audio")


def storytime_broll(script: Script) -> Timeline:
    """A voice over one clip that goes round, with a hook, chapters and captions."""
    whole = script.film("voiceover_audio_url")
    film = _clip(script, _spoken(script, whole), whole, script.values["background_video_url"])
    film = _opened(script, film, whole)
    hook = _read(script.text("hook_text"))
    beats = sorted(script.values.get("chapter_beats", ()), key=lambda beat: beat["timecode_seconds"])
    starts = [frame_at(beat["timecode_seconds"]) for beat in beats]
    for beat, (first, following) in zip(beats, pairwise([*starts, whole.last]), strict=True):
        label, span = beat["label"], Span(first, min(following, whole.last))
        if span.frames > 0:
            place = CHAPTER if first >= hook else CHAPTER_BELOW_HOOK
            shown = span.opening(_read(label))
            film = _written(film, label, shown, script.part("chapter_beat", label, place))
    return _captioned(script, film)


FILMS: dict[str, Callable[[Script], Timeline]] = {
    "voiceover_explainer": voiceover_explainer,
    "captioned_clip": captioned_clip,
    "photo_slideshow": photo_slideshow,
    "listicle_ranked": listicle_ranked,
    "storytime_broll": storytime_broll,
}
"""What makes each recipe's film."""


def _blank(whole: Span) -> Timeline:
    return Timeline().total_duration(seconds(whole.last))


def _read(content: str) -> int:
    """Return for how many frames a text is there."""
    return max(_SHOWN, len(content) * _FRAMES_A_CHARACTER)


def _speech(script: Script) -> str | None:
    """Return the id of the layer that speaks: what the request calls it, so that it names that asset."""
    held: str | None = script.values.get("transcription_source_asset_id")
    return None if held == "captions" else held  # in a timeline that is the captions' own id


def _written(film: Timeline, content: str, span: Span, part: Part) -> Timeline:
    start, duration = span.when
    return film.text(content, start=start, duration=duration, style=part.style, layout=part.layout)


def _spoken(script: Script, whole: Span) -> Timeline:
    start, duration = whole.when
    voice = script.values["voiceover_audio_url"]
    return _blank(whole).voiceover(voice, start=start, duration=duration, id=_speech(script))


def _opened(script: Script, film: Timeline, whole: Span) -> Timeline:
    hook = script.text("hook_text")
    if not hook:
        return film
    return _written(film, hook, whole.opening(_read(hook)), script.part("hook", hook, HOOK))


def _called(script: Script, film: Timeline, whole: Span) -> Timeline:
    call = script.text("cta_text")
    if not call:
        return film
    return _written(film, call, whole.ending(_read(call)), script.part("cta", call, CALL))


def _captioned(script: Script, film: Timeline) -> Timeline:
    """Return the film with captions of its first layer, the speech; none where no words are said."""
    words = script.words()
    if words is not None and not words:
        return film
    style, layout = script.caption_looks()
    named = _speech(script)
    return film.captions(
        script.preset,
        words=words,
        source=film.layers[0].id if words is None else named,
        mode=script.values.get("captions_mode"),
        correct_text=script.text("correct_text") or None,
        style=style,
        layout=layout,
    )


def _pictures(
    script: Script, film: Timeline, whole: Span, pictures: Iterable[Any], *, are_stills: bool = False
) -> Timeline:
    """Return the film with pictures that share a stretch of it; stills move in turn."""
    held = [item if isinstance(item, dict) else {"url": item} for item in pictures]
    motions = cycle(_KEN_BURNS)
    for picture, span in zip(held, whole.shares(len(held)), strict=True):
        url: str = picture["url"]
        motion: Motion | None = picture.get("motion")
        if not are_stills and script.is_clip(url):
            film = _clip(script, film, span, url, motion=motion)
        else:
            film = _still(film, span, url, motion if motion is not None else next(motions))
    return film


def _still(film: Timeline, span: Span, url: str, motion: Motion) -> Timeline:
    if not span.frames:
        return film
    start, duration = span.when
    return film.image(url, start=start, duration=duration, motion=motion)


def _clip(
    script: Script,
    film: Timeline,
    span: Span,
    url: str,
    layout: Layout | None = None,
    *,
    motion: Motion | None = None,
) -> Timeline:
    """Return the film with a silent clip, repeated when it is shorter than its stretch."""
    whole = script.length(url)
    step = span.frames if whole is None else max(1, frame_at(whole))
    if step * _MOST_ROUNDS < span.frames:
        step = span.frames
    for part in span.rounds(step) if span.frames else ():
        start, duration = part.when
        film = film.video(url, start=start, duration=duration, layout=layout, motion=motion, muted=True)
    return film


def _limited(script: Script, name: str) -> Span:
    """Return a film as long as its sound plays."""
    start = script.values.get(f"{name}_start_seconds", 0)
    limit = script.values.get(f"{name}_duration_seconds", LONGEST_SOUND)
    return script.film(f"{name}_url", start=start, limit=limit)


def _scored(script: Script, film: Timeline, whole: Span, name: str) -> Timeline:
    """Return the film with its sound, which goes round where less of it is left than the film lasts."""
    (start, duration), trim = whole.when, script.values.get(f"{name}_start_seconds", 0)
    url = script.values[f"{name}_url"]
    held = script.length(url)
    return film.music(
        url,
        start=start,
        duration=duration,
        trim=trim or None,
        loop=True if held is not None and frame_at(held - trim) < whole.frames else None,
        fade_out=min(_FADE, round(duration / 4, 3)),
    )


def _introduced(script: Script, whole: Span) -> tuple[Span, Span, Span]:
    """Return the stretches of the hook, the title and the items; the first two take half at most."""
    values, hook, title = script.values, script.values["hook_title"], script.text("title_text")
    first = frame_at(values.get("hook_duration_seconds", seconds(_read(hook))))
    second = frame_at(values.get("title_duration_seconds", seconds(_read(title)))) if title else 0
    most = whole.frames // 2
    if first + second > most:
        first, second = most * first // (first + second), most * second // (first + second)
    return Span(0, first), Span(first, first + second), Span(first + second, whole.last)


def _ranked_pictures(
    script: Script, film: Timeline, intro: Span, items: list[dict[str, Any]], spans: list[Span]
) -> Timeline:
    """Return the film with each item's picture; the first there is stands behind the intro too."""
    motions = cycle(_KEN_BURNS)
    shown = [(item, span) for item, span in zip(items, spans, strict=True) if _has_picture(item)]
    if shown and shown[0][0] is items[0]:
        shown[0] = items[0], Span(intro.first, spans[0].last)
    elif shown:
        shown.insert(0, (shown[0][0], intro))
    for item, span in shown:
        if "video_url" in item:
            film = _clip(script, film, span, item["video_url"])
        else:
            film = _still(film, span, item["image_url"], next(motions))
    return film


def _has_picture(item: dict[str, Any]) -> bool:
    return "video_url" in item or "image_url" in item


def _numbered(script: Script, film: Timeline, item: dict[str, Any], span: Span, number: str) -> Timeline:
    """Return the film with an item's number over its title, both in the title's box."""
    if not span.frames:
        return film
    title, default = item["title"], ITEM_TITLE if _has_picture(item) else BARE_ITEM_TITLE
    whole = script.box("item_title", default.layout)
    above, below = split(whole)
    large = script.letters("item_title", number, default.style | NUMBER, above)
    small = script.letters("item_title", title, default.style, below)
    above, below = stacked(whole, (number, large), (title, small))
    below = script.evened("item_title", title, small, below)
    return _written(_written(film, number, span, Part(large, above)), title, span, Part(small, below))
