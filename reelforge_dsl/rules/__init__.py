"""What is wrong with a whole document: every fault at once, in document order; pure.

A rule is a small generator of `Issue`. Errors are broken rules of the contract
(decision D2); warnings tell what is legal and yet likely not meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest, Media
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.rules._assets import placeholders, unused_assets, web_pages
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
from reelforge_dsl.rules._fields import field_issues
from reelforge_dsl.rules._glance import suspects
from reelforge_dsl.rules._lettering import text_fits
from reelforge_dsl.rules._music import needed_texts, webhook_address
from reelforge_dsl.rules._paths import in_document_order
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

if TYPE_CHECKING:
    from reelforge_dsl.models.recipes import RecipeRequest

__all__ = ["check", "check_music", "check_recipe", "in_document_order"]

RULES = (
    duplicate_ids,
    empty_timeline,
    unknown_assets,
    type_mismatches,
    misplaced_fields,
    untimed_layers,
    images_without_start,
    untimed_overlays,
    inferred_length,
    placing_issues,
    words_backwards,
    named_speech,
    unnamed_speech,
    metadata_issues,
    unused_assets,
    web_pages,
    placeholders,
    unfilled_frame,
    pictures_outside_frame,
    music_over_speech,
    speech_cut,
    fades_fit,
    text_outside_frame,
    reading_speed,
    texts_overlap,
    text_fits,
    captions_in_place,
    phrases_fit,
    words_in_order,
)
"""What is looked at in a whole document, beside every field's own table."""

MUSIC_RULES = (needed_texts, webhook_address, metadata_issues)
"""What is looked at in a whole music request, beside every field's own table."""

_UNREADABLE = frozenset({"wrong_type", "missing_key"})


def check(manifest: Manifest, media: Media | None = None) -> tuple[Issue, ...]:
    """Return everything that is wrong with a document, in document order.

    Values of the wrong Python type, which only models built by hand can hold,
    are told alone with the other field faults: rules over the whole document
    wait until it can be read.

    Args:
        manifest: The document.
        media: Lengths of files in source seconds, as `reelforge_dsl.timing.schedule` takes them;
            some faults, a crossfade longer than its clip, show only then.

    Source: contract §1–§7; decisions D2, D4–D8, D18–D23.
    """
    found = field_issues(manifest)
    if found and any(issue.code in _UNREADABLE for issue in found):
        return in_document_order(found, manifest)
    document = Document(manifest, media)
    issues = list(found)
    suspected = suspects(document)
    for rule in RULES:
        if rule in suspected:
            issues.extend(rule(document))
    return in_document_order(issues, manifest) if issues else ()


def check_music(request: MusicRequest) -> tuple[Issue, ...]:
    """Return everything that is wrong with a music request, in its order.

    Source: contract §8, decision D2.
    """
    found = field_issues(request)
    if any(issue.code in _UNREADABLE for issue in found):
        return in_document_order(found, request)
    issues = list(found)
    for rule in MUSIC_RULES:
        issues.extend(rule(request))
    return in_document_order(issues, request)


def check_recipe(request: RecipeRequest) -> tuple[Issue, ...]:
    """Return everything that is wrong with a recipe request, in its order.

    Source: contract §10; decisions D2, D25.
    """
    from reelforge_dsl.rules._recipes import known_recipe, right_variables  # most programs use no recipe

    found = field_issues(request)
    if any(issue.code in _UNREADABLE for issue in found):
        return in_document_order(found, request)
    issues = list(found)
    for rule in (known_recipe, right_variables, webhook_address, metadata_issues):
        issues.extend(rule(request))
    return in_document_order(issues, request)
