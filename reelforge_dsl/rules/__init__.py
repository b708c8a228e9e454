"""What is wrong with a whole document: every fault at once, in document order; pure.

A rule is a small generator of `Issue`. Errors are broken rules of the contract
(decision D2); warnings tell what is legal and yet likely not meant.
"""

from __future__ import annotations

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest, Media, MusicRequest
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
from reelforge_dsl.rules._music import needed_texts, webhook_address
from reelforge_dsl.rules._paths import in_document_order
from reelforge_dsl.rules._time import (
    images_without_start,
    inferred_length,
    placing_issues,
    untimed_layers,
    untimed_overlays,
)

__all__ = ["check", "check_music", "in_document_order"]

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

    Source: contract §2–§7; decisions D2, D8, D18–D20.
    """
    found = field_issues(manifest)
    if any(issue.code in _UNREADABLE for issue in found):
        return in_document_order(found, manifest)
    document = Document(manifest, media)
    issues = list(found)
    for rule in RULES:
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
