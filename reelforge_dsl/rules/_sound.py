"""Warnings about sound: music over speech, speech that is cut, fades that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Layer
from reelforge_dsl.rules._captions import is_heard
from reelforge_dsl.rules._document import Document
from reelforge_dsl.units import short, unless_milliseconds

LOUDEST_UNDER_SPEECH = 0.4
"""Volume above which a bed covers the words that captions show. Source: decision D2 (a warning)."""

QUIET_UNDER_SPEECH = 0.2
"""What is suggested instead."""

_LITTLE = 0.25
"""Seconds of a speech's end that are silence as likely as not."""


def music_over_speech(document: Document) -> Iterator[Issue]:
    """Nothing plays loudly beside captioned speech. Source: contract §7, decision D8.

    The speech is the named source, else the only candidate. Where several
    could be it, a looped sound is taken for music, for speech is never looped;
    everything else stays unjudged.
    """
    captions = document.composition.captions
    if captions is None:
        return
    loud = [index for index, layer in enumerate(document.layers) if layer.type == "audio" and _is_loud(layer)]
    speech = _speech(document) if loud else None
    for index in loud:
        layer = document.layers[index]
        settings = layer.media_settings
        looped = settings is not None and settings.loop is True
        if (
            layer.asset_id == speech
            or not (looped or speech is not None)
            or not _under_words(document, index)
        ):
            continue
        volume = settings.volume if settings is not None else None
        said = "at full volume" if volume is None else f"at volume {short(volume)}"
        yield Issue(
            "music_over_speech",
            "warning",
            f"$.composition.timeline[{index}].media_settings.volume",
            f"layer {layer.id!r} plays {said} under speech that has captions",
            f"try volume {QUIET_UNDER_SPEECH}",
        )


def _is_loud(layer: Layer) -> bool:
    volume = layer.media_settings.volume if layer.media_settings is not None else None
    return volume is None or volume > LOUDEST_UNDER_SPEECH


def _under_words(document: Document, index: int) -> bool:
    """Tell whether a sound plays while words are said, as far as both are known."""
    captions, row = document.composition.captions, document.placed.rows[index]
    words = captions.words if captions is not None else None
    if words is None:
        return True
    if not words:
        return False
    begins, ends = words[0].start / 1000, words[-1].end / 1000
    return (row.start is None or row.start < ends) and (row.cut is None or row.cut > begins)


def _speech(document: Document) -> str | None:
    """Return the asset that holds the captioned speech; ``None`` where the document does not tell."""
    captions = document.composition.captions
    if captions is None:
        return None
    if captions.transcription_source_asset_id is not None:
        return captions.transcription_source_asset_id
    heard: str | None = None
    for layer in document.layers:
        if layer.asset_id != heard and is_heard(layer):
            if heard is not None:
                return None
            heard = layer.asset_id
    return heard


def speech_cut(document: Document) -> Iterator[Issue]:
    """Captioned speech is heard to its end. Source: contract §7, decisions D8, D12, D18.

    A duration that the document gives is an excerpt that may be meant, unless
    the service transcribes: it takes the full source.
    """
    captions, film = document.composition.captions, document.placed.seconds
    if captions is None or film is None:
        return
    speech = _speech(document)
    for row in document.placed.rows if speech is not None else ():
        layer = row.layer
        if (
            layer is None
            or layer.asset_id != speech
            or row.offered is None
            or row.start is None
            or row.looped
        ):
            continue
        missing = row.start + row.offered - film
        told = row.end is not None and row.end > film + 1e-6 and row.rule != "aligned_to_stitch"
        meant = row.says_duration and captions.words is not None
        if missing > _LITTLE and not told and not meant and row.cut is not None and row.cut >= film - 1e-6:
            yield Issue(
                "speech_cut",
                "warning",
                row.where,
                f"the speech of layer {row.name} lasts to {short(row.start + row.offered)} s, but the film"
                f" ends at {short(film)} s: its last {short(missing)} s are not heard",
                "make the pictures longer, or give a longer composition.duration_seconds",
            )


def fades_fit(document: Document) -> Iterator[Issue]:
    """Fades are no longer than their layer. Source: contract §3, ``media_settings``."""
    for index, layer in enumerate(document.layers):
        settings = layer.media_settings
        if settings is None or layer.type != "audio":
            continue
        fades = (settings.fade_in_seconds or 0) + (settings.fade_out_seconds or 0)
        row = document.placed.rows[index]
        if not fades or row.start is None or row.cut is None:
            continue
        lasts = row.cut - row.start
        if 0 < lasts < fades - 1e-6 and fades < 1e9:
            yield _fades_too_long(layer, index, fades, lasts)


def _fades_too_long(layer: Layer, index: int, fades: float, lasts: float) -> Issue:
    settings = layer.media_settings
    held = settings.fade_out_seconds if settings is not None else None
    key = "fade_out_seconds" if held else "fade_in_seconds"
    said = held or (settings.fade_in_seconds if settings is not None else None) or 0
    return Issue(
        "fades_too_long",
        "warning",
        f"$.composition.timeline[{index}].media_settings.{key}",
        f"layer {layer.id!r} fades for {short(fades)} s in all, but lasts {short(lasts)} s",
        f"{unless_milliseconds(said, least=100)}shorten fade_in_seconds and fade_out_seconds",
    )
