"""From whatever a user hands over to a manifest that is valid, measured and fully timed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from attrs import frozen

from reelforge_dsl import rules, timing, wire
from reelforge_dsl.engine._files import Access, measured
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._supported import demand_supported
from reelforge_dsl.errors import EngineError, Issue, ManifestInvalidError
from reelforge_dsl.models import Asset, Authored, Composed, Layer, Manifest
from reelforge_dsl.timing import Schedule


@runtime_checkable
class Resolvable(Protocol):
    """A document that can write measured lengths into itself: a ``Timeline``."""

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The files it uses."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its media layers."""

    def resolve(self, media: Any) -> Composed:
        """Return it with every length written in."""


Document = Composed | Mapping[str, Any]
"""A ``Timeline``, a ``Manifest``, or the JSON of one as a dict."""


@frozen
class Ready:
    """A document that can be planned.

    Attributes:
        manifest: Without errors, within what the engine draws.
        schedule: Every start and end.
        media: The measured file of every asset in use, by the asset's URL.
        issues: Warnings of the document.
    """

    manifest: Manifest
    schedule: Schedule
    media: Mapping[str, Media]
    issues: tuple[Issue, ...]


def ready(doc: Document, access: Access, media: Mapping[str, Media] | None = None) -> Ready:
    """Measure a document's files, write the lengths in, and judge it.

    Args:
        doc: What to render.
        access: What may be opened.
        media: Measured files by URL, instead of measuring.

    Raises:
        ManifestInvalidError: It breaks the contract; every fault is told.
        UnsupportedByEngineError: It asks for something the engine does not draw.
        ProbeError: A file cannot be used; the message names its layer.
        EngineError: ``doc`` is no document.
    """
    if isinstance(doc, Resolvable):
        found = media if media is not None else measured(doc.assets, doc.layers, access)
        manifest = doc.resolve(_lengths(found)).manifest()
    else:
        manifest = _manifest(doc)
        _demand_valid(manifest)
        layers = manifest.composition.timeline or ()
        found = media if media is not None else measured(manifest.assets or (), layers, access)
    author = doc if isinstance(doc, Authored) else None
    warnings = _demand_valid(manifest, _lengths(found), author)
    demand_supported(manifest, author)
    return Ready(manifest, timing.schedule(manifest, _lengths(found)), found, warnings)


def _manifest(doc: Document) -> Manifest:
    if isinstance(doc, Mapping):
        return wire.from_dict(dict(doc))
    if not hasattr(doc, "manifest"):
        raise EngineError(
            f"a value of type {type(doc).__name__} cannot be rendered",
            fix="give a Timeline, a Manifest or a dict",
        )
    return doc.manifest()


def _lengths(media: Mapping[str, Media]) -> dict[str, float]:
    return {src: file.duration_seconds for src, file in media.items() if file.duration_seconds is not None}


def _demand_valid(
    manifest: Manifest, lengths: Mapping[str, float] | None = None, author: Authored | None = None
) -> tuple[Issue, ...]:
    """Return the warnings of a document without errors, with the author's lines where it knows them.

    Raises:
        ManifestInvalidError: It has errors.
    """
    issues = rules.check(manifest, lengths)
    if author is not None and issues:
        issues = author.with_lines(issues)
    errors = tuple(issue for issue in issues if issue.severity == "error")
    if errors:
        count = f"{len(errors)} problems" if len(errors) > 1 else "1 problem"
        raise ManifestInvalidError(f"This document has {count}", issues=errors)
    return issues
