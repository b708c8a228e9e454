"""A document as the rules look at it, and the rules of ids, references and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from reelforge_dsl.errors import Issue, near
from reelforge_dsl.models import (
    LAYER_FIELDS,
    Asset,
    Composition,
    Json,
    Layer,
    Manifest,
    Media,
    MediaSettings,
    TextOverlay,
    Word,
)
from reelforge_dsl.models.fields import rules_of
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.rules._paths import keyed
from reelforge_dsl.timing import Placement

if TYPE_CHECKING:
    from reelforge_dsl.models.recipes import RecipeRequest

MOST_KEYS = 10
"""Keys of ``metadata``. Source: contract §2."""

MOST_CHARACTERS = 500
"""Characters of a key or a string in ``metadata``. Source: contract §2."""

MOST_NAMED = 8
"""Ids that a message lists; more would hide the point."""


MOST_COMPARED = 64
"""Ids that a mistyped one is compared with."""


class Document:
    """A document of the right shape, opened once for all rules.

    Attributes:
        manifest: The whole.
        composition: What is seen and heard.
        layers: The timeline; empty when left out.
        overlays: The text overlays; empty when left out.
        assets: By id; of two with one id, the first.
        stitching: Whether untimed videos play one after another.
        words: The captions' words; empty when left out.
        is_measured: Lengths of files were given.
        placed: Where timing puts everything.
    """

    __slots__ = (
        *("assets", "composition", "is_measured", "layers", "manifest", "overlays"),
        *("placed", "stitching", "words"),
    )

    def __init__(self, manifest: Manifest, media: Media | None) -> None:
        self.manifest = manifest
        self.composition: Composition = manifest.composition
        self.layers: Sequence[Layer] = self.composition.timeline or ()
        self.overlays: Sequence[TextOverlay] = self.composition.text_overlays or ()
        self.assets: dict[str, Asset] = {asset.id: asset for asset in reversed(manifest.assets or ())}
        self.stitching = self.composition.auto_stitch is True
        captions = self.composition.captions
        self.words: Sequence[Word] = (captions.words if captions is not None else None) or ()
        self.is_measured = media is not None
        self.placed = Placement(manifest, media)


def duplicate_ids(document: Document) -> Iterator[Issue]:
    """Assets, layers and overlays each have ids of their own. Source: contract §2."""
    assets = document.manifest.assets or ()
    if len(document.assets) < len(assets):
        yield from _twice("asset", "$.assets", (asset.id for asset in assets))
    layers = document.layers
    if len({layer.id for layer in layers}) < len(layers):
        yield from _twice("layer", "$.composition.timeline", (layer.id for layer in layers))
    if len(document.overlays) > 1:
        ids = [overlay.id for overlay in document.overlays if overlay.id is not None]
        if len(set(ids)) < len(ids):
            yield from _twice(
                "text overlay", "$.composition.text_overlays", (overlay.id for overlay in document.overlays)
            )


def _twice(kind: str, path: str, ids: Iterable[str | None]) -> Iterator[Issue]:
    seen: dict[str, int] = {}
    for index, name in enumerate(ids):
        if name is None:
            continue
        if name in seen:
            message = f"{kind} id {name!r} is taken already, by {path[2:]}[{seen[name]}]"
            fix = "give each its own id"
            yield Issue("duplicate_id", "error", f"{path}[{index}].id", message, fix)
        else:
            seen[name] = index


def empty_timeline(document: Document) -> Iterator[Issue]:
    """Something is seen or heard. Source: contract §2."""
    if not document.layers:
        message = "the timeline is empty: there is nothing to see or hear"
        fix = "add at least one video, image or audio layer"
        yield Issue("empty_timeline", "error", "$.composition.timeline", message, fix)


def unknown_assets(document: Document) -> Iterator[Issue]:
    """Every layer's file is there. Source: contract §2."""
    assets = document.assets
    for index, layer in enumerate(document.layers):
        if layer.asset_id not in assets:
            path = f"$.composition.timeline[{index}].asset_id"
            message = f"layer {layer.id!r}: {layer.asset_id!r} names no asset"
            yield Issue("unknown_asset", "error", path, message, nearest(layer.asset_id, document))


def nearest(name: str, document: Document) -> str:
    """Return what helps with an asset id that names nothing."""
    known = list(dict.fromkeys(asset.id for asset in document.manifest.assets or ()))
    if not known:
        return "add it to assets; there are none"
    fix = near(name, known[:MOST_COMPARED])
    if fix.startswith("did"):
        return fix
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"known ids are {', '.join(known[:MOST_NAMED])}{more}"


def type_mismatches(document: Document) -> Iterator[Issue]:
    """A layer has the type of its file. Source: contract §2, decision D2."""
    assets = document.assets
    for index, layer in enumerate(document.layers):
        asset = assets.get(layer.asset_id)
        if asset is None or asset.type == layer.type:
            continue
        if layer.type in LAYER_FIELDS and asset.type in LAYER_FIELDS:
            yield Issue(
                "type_mismatch",
                "error",
                f"$.composition.timeline[{index}].type",
                f"layer {layer.id!r} is {layer.type}, but its asset {asset.id!r} is {asset.type}",
                f"make the layer {asset.type}, or name {_a(layer.type)} asset",
            )


def _a(kind: str) -> str:
    return f"a {kind}" if kind == "video" else f"an {kind}"


_PARTS = ("trim", "layout", "background_mode", "motion", "style")
_SETTINGS = tuple(rules_of(MediaSettings))
_BARRED = {
    kind: (
        tuple(name for name in _PARTS if name not in keys),
        tuple(name for name in _SETTINGS if f"media_settings.{name}" not in keys),
    )
    for kind, keys in LAYER_FIELDS.items()
}
"""Which parts and which settings each layer type has not. Source: contract §3."""

_SETTINGS_OF = {kind: attrgetter(*settings) for kind, (_, settings) in _BARRED.items()}


def misplaced_fields(document: Document) -> Iterator[Issue]:
    """A layer has the fields of its type only. Source: contract §3, decision D2."""
    for index, layer in enumerate(document.layers):
        parts, settings = _BARRED.get(layer.type, ((), ()))
        for name in parts:
            if getattr(layer, name) is not None:
                yield _misplaced(layer, index, name)
        held = layer.media_settings
        if held is None or not settings or _SETTINGS_OF[layer.type](held).count(None) == len(settings):
            continue
        for name in settings:
            if getattr(held, name) is not None:
                yield _misplaced(layer, index, f"media_settings.{name}")


def _misplaced(layer: Layer, index: int, key: str) -> Issue:
    takers = [kind for kind, keys in LAYER_FIELDS.items() if key in keys]
    return Issue(
        "field_not_allowed",
        "error",
        f"$.composition.timeline[{index}].{key}",
        f"{layer.type} layer {layer.id!r} takes no {key}; {' and '.join(takers)} layers do",
        "take it out",
    )


def metadata_issues(document: Document | MusicRequest | RecipeRequest) -> Iterator[Issue]:
    """Metadata is flat, small and short. Source: contract §2, ``metadata``."""
    held = document.manifest.metadata if isinstance(document, Document) else document.metadata
    if held is None:
        return
    value = opened(held)
    if not isinstance(value, dict):
        message = "metadata: expected a flat object of keys and values"
        yield Issue("wrong_type", "error", "$.metadata", message, 'write it as {"campaign": "spring"}')
        return
    if len(value) > MOST_KEYS:
        message = f"metadata has {len(value)} keys; at most {MOST_KEYS} are taken"
        yield Issue("metadata_too_many_keys", "error", "$.metadata", message, f"keep {MOST_KEYS} keys")
    for key, item in value.items():
        path = keyed("$.metadata", key)
        if isinstance(item, (dict, list)):
            message = f"metadata {key!r:.60} holds {'an object' if isinstance(item, dict) else 'a list'}"
            fix = "give plain values: text, numbers, true or false"
            yield Issue("metadata_not_flat", "error", path, message, fix)
        long = max(len(key), len(item) if isinstance(item, str) else 0)
        if long > MOST_CHARACTERS:
            part = "key" if len(key) > MOST_CHARACTERS else "value"
            message = f"metadata {key!r:.60}: the {part} has {long} characters"
            fix = f"keep keys and values to {MOST_CHARACTERS} characters"
            yield Issue("metadata_too_long", "error", path, message, fix)


def said(overlay: TextOverlay) -> str:
    """Return a text's id in quotes, or its first words."""
    return f"{overlay.content!r:.40}" if overlay.id is None else repr(overlay.id)


def opened(held: Json) -> object:
    """Return foreign JSON as plain values; ``None`` when it is none or too deep."""
    try:
        return held.value
    except (ValueError, RecursionError):
        return None
