"""Which rules could have something to tell of a document: one look at each thing in it.

Thirty rules that each go over everything take as long as writing the document does, and most find nothing to
look at in it. A glance may suspect too much, never too little; `tests/property/test_glance.py` tries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Captions, MediaSettings
from reelforge_dsl.models.captions import Orderly
from reelforge_dsl.rules._assets import is_page, placeholders, unused_assets, web_pages
from reelforge_dsl.rules._captions import named_speech, unnamed_speech, words_backwards
from reelforge_dsl.rules._document import (
    Document,
    duplicate_ids,
    empty_timeline,
    metadata_issues,
    misplaced_fields,
    type_mismatches,
    unknown_assets,
)
from reelforge_dsl.rules._lettering import text_fits
from reelforge_dsl.rules._phrases import phrases_fit
from reelforge_dsl.rules._places import (
    captions_in_place,
    pictures_outside_frame,
    text_outside_frame,
    unfilled_frame,
)
from reelforge_dsl.rules._reading import reading_speed, texts_overlap
from reelforge_dsl.rules._sound import fades_fit, music_over_speech, speech_cut
from reelforge_dsl.rules._time import (
    images_without_start,
    inferred_length,
    placing_issues,
    untimed_layers,
    untimed_overlays,
)
from reelforge_dsl.rules._words import words_in_order
from reelforge_dsl.units import MAX_SECONDS

Rule = Callable[[Document], Iterable[Issue]]


def suspects(document: Document) -> set[Rule]:
    """Return the rules that could tell something of a document; every other one is silent."""
    manifest, captions = document.manifest, document.composition.captions
    found: set[Rule] = {placing_issues}
    _glance_at_assets(document, found)
    _glance_at_layers(document, found)
    if document.overlays:
        _glance_at_texts(document, found)
    if captions is not None:
        _glance_at_captions(captions, document, found)
    if manifest.metadata is not None:
        found |= {metadata_issues, placeholders}
    if manifest.webhook_url is not None:
        found.add(placeholders)
    if document.placed.seconds is None or document.placed.seconds > MAX_SECONDS:
        found.add(inferred_length)
    return found


def _glance_at_assets(document: Document, found: set[Rule]) -> None:
    assets = document.manifest.assets or ()
    urls = [asset.url for asset in assets]
    if len(document.assets) < len(assets):
        found.add(duplicate_ids)
    if any(map(is_page, urls)):
        found.add(web_pages)
    if "{{" in "\n".join(urls):
        found.add(placeholders)


def _glance_at_layers(document: Document, found: set[Rule]) -> None:
    layers, assets = document.layers, document.assets
    for layer in layers:
        kind, asset = layer.type, assets.get(layer.asset_id)
        if asset is None or asset.type != kind:
            found |= {unknown_assets, type_mismatches}
        time = layer.time
        if time is None or time.start_seconds is None or time.duration_seconds is None:
            found |= {untimed_layers, images_without_start}
        if kind == "audio":
            found.add(music_over_speech)
            if (layer.layout, layer.background_mode, layer.motion, layer.style).count(None) < 4:
                found.add(misplaced_fields)
        elif layer.layout is not None:
            found.add(pictures_outside_frame)
            if kind == "video":
                found.add(unfilled_frame)
        settings = layer.media_settings
        if settings is not None:
            _glance_at_settings(kind, settings, found)
        if kind == "image" and (settings is not None or layer.trim is not None):
            found.add(misplaced_fields)
    if not layers:
        found.add(empty_timeline)
    if len({layer.id for layer in layers}) < len(layers):
        found.add(duplicate_ids)
    if {layer.asset_id for layer in layers} != assets.keys():
        found.add(unused_assets)


def _glance_at_settings(kind: str, settings: MediaSettings, found: set[Rule]) -> None:
    if kind != "audio":
        if (settings.loop, settings.fade_in_seconds, settings.fade_out_seconds).count(None) < 3:
            found.add(misplaced_fields)
        return
    if settings.fade_in_seconds or settings.fade_out_seconds:
        found.add(fades_fit)
    if settings.muted is not None or settings.crossfade_seconds is not None:
        found.add(misplaced_fields)


def _glance_at_texts(document: Document, found: set[Rule]) -> None:
    overlays = document.overlays
    found |= {reading_speed, text_fits}
    if document.composition.global_layouts is not None:
        found.add(text_outside_frame)
    for overlay in overlays:
        time = overlay.time
        if time is None or time.start_seconds is None or time.duration_seconds is None:
            found.add(untimed_overlays)
        if overlay.layout is not None:
            found.add(text_outside_frame)
        if "{{" in overlay.content:
            found.add(placeholders)
    if len(overlays) > 1:
        found.add(texts_overlap)
        if len({overlay.id for overlay in overlays}) < len(overlays):
            found.add(duplicate_ids)


def _glance_at_captions(captions: Captions, document: Document, found: set[Rule]) -> None:
    if captions.words is None:
        found.add(unnamed_speech)
    elif captions.words:
        found |= {phrases_fit, words_in_order}
        if type(captions.words) is not Orderly:
            found |= {words_backwards, placeholders}
    if captions.transcription_source_asset_id is not None:
        found.add(named_speech)
    if captions.correct_text is not None:
        found.add(placeholders)
    if captions.layout is not None or captions.time_overrides is not None:
        found.add(captions_in_place)
    if document.is_measured:
        found.add(speech_cut)
