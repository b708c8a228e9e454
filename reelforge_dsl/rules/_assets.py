"""Warnings about assets, and about templates that nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reelforge_dsl.errors import Issue
from reelforge_dsl.rules._document import Document, opened
from reelforge_dsl.rules._paths import keyed

_PAGE = re.compile(
    r"https?://[^/?#]*[^?#]*\.(?:html?|xhtml|php|aspx?|jsp)(?:[?#]|$)"
    r"|https?://(?:[\w-]+\.)*(?:"
    r"youtube\.com/(?:watch|shorts/|embed/|live/)|youtu\.be/\w"
    r"|vimeo\.com/(?:[\w/]*/)?[0-9]+(?:[/?#]|$)"
    r"|tiktok\.com/|instagram\.com/(?:p|reels?|tv|stories)/"
    r"|facebook\.com/|fb\.watch/|(?:twitter|x)\.com/\w+/status/"
    r"|drive\.google\.com/(?:file/|open\b|drive/)"
    r"|dropbox\.com/[^#]*[?&]dl=0(?:[&#]|$)"
    r")",
    re.IGNORECASE,
)

_PLACEHOLDER = re.compile(r"\{\{.{0,200}?\}\}", re.DOTALL)


def unused_assets(document: Document) -> Iterator[Issue]:
    """Every asset is shown, heard or transcribed. Source: contract §2, ``assets[]``.

    Silent while a layer names an asset that is not there: that is the one that was meant.
    """
    used = {layer.asset_id for layer in document.layers}
    captions = document.composition.captions
    if captions is not None and captions.transcription_source_asset_id is not None:
        used.add(captions.transcription_source_asset_id)
    assets = document.assets
    if not document.layers or used == assets.keys() or not used <= assets.keys():
        return
    for index, asset in enumerate(document.manifest.assets or ()):
        if asset.id not in used:
            message = f"asset {asset.id!r} is used by no layer"
            yield Issue(
                "unused_asset", "warning", f"$.assets[{index}]", message, "take it out, or add its layer"
            )


def web_pages(document: Document) -> Iterator[Issue]:
    """An asset is a media file, not a page that shows one. Source: contract §1 (direct public media URLs)."""
    for index, asset in enumerate(document.manifest.assets or ()):
        if is_page(asset.url):
            page = asset.url.partition("?")[0]  # keys may stand in the query
            yield Issue(
                "web_page_url",
                "warning",
                f"$.assets[{index}].url",
                f"asset {asset.id!r}: {page!r:.80} looks like a web page, not a media file",
                "give the direct address of the file; for Dropbox end it in dl=1",
            )


@lru_cache(2048)
def is_page(url: str) -> bool:
    """Tell whether an address looks like a web page."""
    return url.startswith("http") and len(url) < 10_000 and _PAGE.match(url) is not None


def placeholders(document: Document) -> Iterator[Issue]:
    """Nothing of a template is left unfilled. Source: decision D2 (legal, and likely not meant)."""
    for path, text in _texts(document):
        found = _PLACEHOLDER.search(text)
        if found is not None:
            yield Issue(
                "unfilled_placeholder",
                "warning",
                path,
                f"{found[0]!r:.60} is a placeholder that was not filled in",
                "put its value there before sending",
            )


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every text of a document that may hold a placeholder, with its path."""
    for index, asset in enumerate(document.manifest.assets or ()):
        if "{{" in asset.url:
            yield f"$.assets[{index}].url", asset.url
    for index, overlay in enumerate(document.overlays):
        if "{{" in overlay.content:
            yield f"$.composition.text_overlays[{index}].content", overlay.content
    captions = document.composition.captions
    if captions is not None:
        if "{" in "".join([word.text for word in document.words]):
            for index, word in enumerate(document.words):
                yield f"$.composition.captions.words[{index}].text", word.text
        if captions.correct_text is not None:
            yield "$.composition.captions.correct_text", captions.correct_text
    metadata = document.manifest.metadata
    if metadata is not None and "{{" in metadata.text:
        yield from _metadata_texts(document)
    if document.manifest.webhook_url is not None:
        yield "$.webhook_url", document.manifest.webhook_url


def _metadata_texts(document: Document) -> Iterator[tuple[str, str]]:
    values = opened(document.manifest.metadata) if document.manifest.metadata is not None else None
    for key, item in values.items() if isinstance(values, dict) else ():
        yield keyed("$.metadata", key), f"{key}\n{item}" if isinstance(item, str) else key
