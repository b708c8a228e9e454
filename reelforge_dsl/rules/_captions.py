"""The rules of captions: their words, and whose speech they show."""

from __future__ import annotations

from collections.abc import Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Layer
from reelforge_dsl.rules._document import Document, nearest
from reelforge_dsl.units import short

_SOURCE = "$.composition.captions.transcription_source_asset_id"


def words_backwards(document: Document) -> Iterator[Issue]:
    """A word ends when it starts or later. Source: contract §7, ``words[]``."""
    for index, word in enumerate(document.words):
        if word.end < word.start:
            yield Issue(
                "word_ends_before_start",
                "error",
                f"$.composition.captions.words[{index}].end",
                f"word {word.text!r:.40} ends at {short(word.end)} ms, before its start at"
                f" {short(word.start)} ms",
                "start and end are milliseconds of output time, start first",
            )


def named_speech(document: Document) -> Iterator[Issue]:
    """A named speech source is an asset that can be heard, words given or not. Source: decision D8."""
    captions = document.composition.captions
    name = captions.transcription_source_asset_id if captions is not None else None
    if name is None:
        return
    asset = document.assets.get(name)
    if asset is None:
        message = f"captions: {name!r} names no asset"
        yield Issue("unknown_asset", "error", _SOURCE, message, nearest(name, document))
    elif asset.type == "image":
        message = f"captions: asset {name!r} is an image, which has no speech"
        yield Issue("silent_speech_source", "error", _SOURCE, message, "name a video or an audio asset")


def unnamed_speech(document: Document) -> Iterator[Issue]:
    """Without words and without a named source, one asset alone can be the speech. Source: decision D8."""
    captions = document.composition.captions
    if captions is None or captions.words is not None or not document.layers:
        return
    if captions.transcription_source_asset_id is not None:
        return
    heard = {layer.asset_id: None for layer in document.layers if is_heard(layer)}
    sources = [name for name in heard if name in document.assets]
    if len(sources) > 1:
        message = f"captions without words: any of {', '.join(map(repr, sources[:8]))} could be the speech"
        fix = "name one in transcription_source_asset_id, or give words"
        yield Issue("ambiguous_speech_source", "error", _SOURCE, message, fix)
    elif not heard:
        message = "captions without words: no layer can be heard, so there is no speech to show"
        fix = "give words, or name the asset that holds the speech"
        yield Issue("no_speech_source", "error", _SOURCE, message, fix)


def is_heard(layer: Layer) -> bool:
    """Whether its asset may hold the speech: audio, and video that is neither muted nor at volume 0."""
    if layer.type == "audio":
        return True
    settings = layer.media_settings
    return layer.type == "video" and (
        settings is None or (settings.muted is not True and settings.volume != 0)
    )
