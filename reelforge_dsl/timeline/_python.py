"""A timeline as the program that says it.

The program is run while it is made, through the same verbs, and printed only when its
document is the timeline's own, byte for byte. Where no verb says how the document begins, as the
ids of its assets, that part is loaded and the verbs follow; else the whole document is loaded.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import attrs
from attrs import evolve, frozen

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import Captions, Json, Layer, Manifest, TextOverlay, Time
from reelforge_dsl.models.choices import AssetType, words_of
from reelforge_dsl.timeline._code import Block, Elsewhere, assigned, call, chained, expression, fields_of
from reelforge_dsl.timeline._document import Placed
from reelforge_dsl.timeline._entries import Entry, Sheet
from reelforge_dsl.timeline._keywords import LOOKS, MEDIA_SETTINGS, WHEN
from reelforge_dsl.timeline._print import safe
from reelforge_dsl.units import RATIOS, frame_size

_SECRET = "REELFORGE_WEBHOOK_SECRET"  # noqa: S105 - a variable's name
_MODULES = ("json", "os", "Path")
_SOUNDS = ("voiceover", "music")


@frozen
class _Step:
    """One call of the program.

    Attributes:
        verb: Its name.
        what: Its one positional argument; not given when ``None``.
        said: Its keywords.
        id: The entry's name, a keyword where counting gives another.
        path: What it says in the document.
    """

    verb: str
    what: Any
    said: Mapping[str, Any]
    id: str | None = None
    path: str = "$"


@frozen
class _Taste:
    """One way to say what a document leaves open.

    Attributes:
        as_placed: Seconds as the document has them, also where something else was said.
        plain_sounds: Loaded sound is ``.audio``, whatever its id.
        implies_stitch: ``auto_stitch`` follows from untimed clips.
        loads: What is loaded before the verbs: the frame and the ``"assets"``; ``"settings"``,
            which is all but layers, texts and captions; or ``"captions"`` with these.
    """

    as_placed: bool
    plain_sounds: bool
    implies_stitch: bool
    loads: Literal["", "assets", "settings", "captions"] = ""


class _UnsayableError(Exception):
    """No verb says it; the argument is its path."""


def python_of(sheet: Sheet, placed: Placed, fresh: Any) -> str:
    """Return the program that rebuilds a timeline's document.

    Args:
        sheet: What was said.
        placed: Its document.
        fresh: The timeline's class.
    """
    from reelforge_dsl import wire

    wanted = wire.dumps(placed.manifest)
    reason, last = "$", ""
    for taste in _tastes(sheet):
        try:
            steps, rebuilt = _rehearsed(list(_steps(sheet, placed, taste)), fresh)
        except _UnsayableError as exc:
            found = str(exc)
        else:
            if rebuilt.to_json() == wanted:
                return _program(steps, placed.manifest, reason)
            found = _first_difference(json.loads(wanted), rebuilt.to_dict(), "$")
        if found != "$" and (reason == "$" or taste.loads != last):
            reason, last = found, taste.loads  # the best way of each kind tells best what is odd
    return _as_it_stands(json.loads(wanted), reason)


def _tastes(sheet: Sheet) -> Iterator[_Taste]:
    """Yield the ways to say it, the best first."""
    plain = list(_plain_tastes(sheet))
    yield from plain
    said = [taste for taste in plain if not taste.implies_stitch]
    if sheet.envelope.assets:
        yield from (evolve(taste, loads="assets") for taste in said)
    yield from (evolve(taste, loads="settings") for taste in said)
    if sheet.captions is not None:
        yield from (evolve(taste, loads="captions") for taste in said)


def _plain_tastes(sheet: Sheet) -> Iterator[_Taste]:
    """Yield the ways to say it with verbs alone, the best first."""
    loaded = [entry for entry in sheet.entries if entry.base is not None]
    has_said = len(loaded) < len(sheet.entries)
    may_imply = sheet.is_loaded and sheet.envelope.composition.auto_stitch is True
    for as_placed in (False, True) if has_said else (True,):
        for plain_sounds in (False, True) if any(entry.is_sound for entry in loaded) else (False,):
            for implies_stitch in (True, False) if may_imply else (False,):
                yield _Taste(as_placed, plain_sounds, implies_stitch)


def _rehearsed(steps: list[_Step], fresh: Any) -> tuple[list[_Step], Any]:
    """Run the program; return it with the ids it needs, and the timeline it makes.

    Raises:
        _UnsayableError: A verb refuses its step.
    """
    reel: Any = None
    final = []
    for step in steps:
        said = dict(step.said)
        if step.id is not None and step.id != reel._sheet.free_id(step.verb):
            said["id"] = step.id
        given = () if step.what is None else (step.what,)
        if reel is None:
            verb = fresh.from_dict if isinstance(step.what, dict) else fresh
        else:
            verb = getattr(reel, step.verb)
        try:
            reel = verb(*given, **said)
        except FieldError as exc:
            raise _UnsayableError(step.path) from exc
        final.append(evolve(step, said=said))
    return final, reel


def _steps(sheet: Sheet, placed: Placed, taste: _Taste) -> Iterator[_Step]:
    """Yield the calls that say a document."""
    manifest = placed.manifest
    if taste.loads:
        yield _Step("Timeline.from_dict", _begun(manifest, taste), {})
    else:
        yield _Step("Timeline", _size(manifest), {}, path="$.output")
    layers, overlays = (
        iter(manifest.composition.timeline or ()),
        iter(manifest.composition.text_overlays or ()),
    )
    files = {asset.id: asset.url for asset in reversed(manifest.assets or ())}
    for entry, path in zip(sheet.entries, placed.paths, strict=True):
        item: Layer | TextOverlay = next(overlays) if entry.is_text else next(layers)
        if isinstance(item, Layer) and item.type not in words_of(AssetType):
            raise _UnsayableError(f"{path}.type")
        is_said = entry.base is None and not taste.as_placed
        said = _said_of(entry, path) if is_said else _looks_of(item, path)
        what = item.content if isinstance(item, TextOverlay) else _file(files.get(item.asset_id), path)
        if entry.base is None or not entry.is_sound:
            verb = entry.verb
        else:
            verb = "audio" if taste.plain_sounds else _sound(entry.id)
        yield _Step(verb, what, said, entry.id, path)
    if manifest.composition.captions is not None and taste.loads != "captions":
        yield from _captions(sheet, manifest)
    if taste.loads not in ("settings", "captions"):
        yield from _settings(manifest, sheet, taste)


def _begun(manifest: Manifest, taste: _Taste) -> dict[str, Any]:
    """Return what is loaded before the verbs."""
    from reelforge_dsl import wire

    whole = wire.to_dict(manifest)
    if taste.loads == "assets":
        return {key: whole[key] for key in ("version", "output", "assets")} | {"composition": {}}
    held = whole["composition"]
    kept = {key: [] if key in ("timeline", "text_overlays") else item for key, item in held.items()}
    if taste.loads == "settings":
        kept.pop("captions", None)
    return whole | {"composition": kept}


def _size(manifest: Manifest) -> Any:
    size = (manifest.output.width, manifest.output.height)
    return next((name for name, ratio in RATIOS.items() if frame_size(ratio) == size), size)


def _sound(name: str | None) -> str:
    """Return the verb that a loaded sound's id reminds of."""
    return next((verb for verb in _SOUNDS if re.fullmatch(rf"{verb}(-\d+)?", name or "")), "audio")


def _file(url: str | None, path: str) -> Any:
    """Return a file's address, as a path where it is on this machine."""
    if url is None:
        raise _UnsayableError(f"{path}.asset_id")
    if url.startswith("file:///"):
        local = Path(unquote(url.removeprefix("file://" if os.name == "posix" else "file:///")))
        if local.is_absolute() and local.as_uri() == url:
            return local
    return url


def _said_of(entry: Entry, path: str) -> dict[str, Any]:
    """Return an entry's keywords as they were said, in the verb's order."""
    said = dict(entry.said)
    when = {} if entry.when is None else {key: getattr(entry.when, key) for key in WHEN}
    held = when | {key: said[key] for key in LOOKS[entry.verb] if key in said}
    return {key: _by_hand(value, path) for key, value in held.items() if value is not None}


def _looks_of(item: Layer | TextOverlay, path: str) -> dict[str, Any]:
    """Return the keywords that say a layer or an overlay of the document."""
    time = item.time or Time()
    held: dict[str, Any] = {"start": time.start_seconds, "duration": time.duration_seconds}
    if isinstance(item, TextOverlay):
        held |= {"style": item.style, "layout": item.layout}
    else:
        settings = item.media_settings
        layout = item.layout
        is_fit_alone = layout is not None and [key for key, _ in fields_of(layout)] == ["fit"]
        looks = {
            "trim": item.trim.start_seconds if item.trim else None,
            "fit": layout.fit if layout is not None and is_fit_alone else None,
            "layout": None if is_fit_alone else layout,
            "motion": item.motion,
            "background": item.background_mode,
            "transform": item.style.transform if item.style else None,
            **{word: getattr(settings, key) for word, key in MEDIA_SETTINGS.items() if settings},
        }
        for key in looks:
            if looks[key] is not None and key not in LOOKS[item.type]:
                raise _UnsayableError(f"{path}.{_WIRE.get(key, key)}")
        held |= {key: looks[key] for key in LOOKS[item.type] if key in looks}
    return {key: _by_hand(value, path) for key, value in held.items() if value is not None}


_WIRE = {
    "fit": "layout.fit",
    "background": "background_mode",
    "transform": "style.transform",
    **{word: f"media_settings.{key}" for word, key in MEDIA_SETTINGS.items()},
}
"""Where a keyword stands in a layer, where not under its own name."""


def _by_hand(value: Any, path: str) -> Any:
    """Return a value as its constructor makes it of what is printed.

    Raises:
        _UnsayableError: The constructor refuses it.
    """
    if isinstance(value, (list, tuple)):
        return [_by_hand(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Json):
        raise _UnsayableError(path)
    if not attrs.has(type(value)):
        return value
    said = {key: _by_hand(held, f"{path}.{key}") for key, held in fields_of(value)}
    try:
        return type(value)(**said)
    except FieldError as exc:
        raise _UnsayableError(path) from exc


def _captions(sheet: Sheet, manifest: Manifest) -> Iterator[_Step]:
    """Yield the calls that say the captions; they have a mode unless it is taken away."""
    path, entry = "$.composition.captions", sheet.captions
    is_said = entry is not None and entry.base is None
    said = dict(entry.said) if entry is not None and is_said else _captions_as_placed(manifest)
    keys = [key for key in LOOKS["captions"] if said.get(key) is not None]
    if said.get("mode") == "phrase_karaoke":
        keys.remove("mode")  # the verb says it
    held = {key: _by_hand(said[key], f"{path}.{key}") for key in keys}
    yield _Step("captions", said["preset"], held, path=path)
    if said.get("mode") is None:
        yield _Step("change", "captions", {"mode": None}, path=path)


def _captions_as_placed(manifest: Manifest) -> dict[str, Any]:
    captions: Captions | None = manifest.composition.captions
    said = dict(fields_of(captions))
    source = said.pop("transcription_source_asset_id", None)
    if source is not None:
        layers = manifest.composition.timeline or ()
        heard = [layer.id for layer in layers if layer.asset_id == source and layer.type != "image"]
        if not heard:
            raise _UnsayableError("$.composition.captions.transcription_source_asset_id")
        said["source"] = heard[0]
    return said


def _settings(manifest: Manifest, sheet: Sheet, taste: _Taste) -> Iterator[_Step]:
    """Yield the calls that set what stands once in a document."""
    composition, said = manifest.composition, sheet.envelope.composition
    if composition.duration_seconds is not None:
        path = "$.composition.duration_seconds"
        yield _Step("total_duration", composition.duration_seconds, {}, path=path)
    if said.auto_stitch is not None and not taste.implies_stitch:
        what = None if said.auto_stitch else False
        yield _Step("auto_stitch", what, {}, path="$.composition.auto_stitch")
    style = composition.global_styles.text if composition.global_styles else None
    layout = composition.global_layouts.text if composition.global_layouts else None
    if style is not None or layout is not None:
        path = "$.composition.global_styles"
        looks = {"style": _by_hand(style, path), "layout": _by_hand(layout, "$.composition.global_layouts")}
        said_looks = {key: value for key, value in looks.items() if value is not None}
        yield _Step("text_defaults", None, said_looks, path=path)
    if manifest.metadata is not None:
        yield _Step("metadata", manifest.metadata.value, {}, path="$.metadata")
    hook = {"secret": manifest.webhook_secret}
    hook["headers"] = manifest.webhook_headers.value if manifest.webhook_headers else None
    if manifest.webhook_url is not None:
        told = {key: value for key, value in hook.items() if value is not None}
        yield _Step("webhook", manifest.webhook_url, told, path="$.webhook_url")
    if manifest.idempotency_key is not None:
        yield _Step("idempotency_key", manifest.idempotency_key, {}, path="$.idempotency_key")


def _program(steps: list[_Step], manifest: Manifest, reason: str) -> str:
    """Return the source of a program that was rehearsed.

    Args:
        steps: Its calls.
        manifest: What it makes.
        reason: The path of what no verb says, where something is loaded first.
    """
    names: set[str] = {"Timeline"}
    headers = manifest.webhook_headers.value if manifest.webhook_headers else {}
    away = _elsewhere(manifest.webhook_secret is not None, headers)
    calls: list[Block] = []
    for step in steps:
        said = dict(step.said)
        if "secret" in said:
            said["secret"] = Elsewhere(_SECRET)
        if "headers" in said:
            said["headers"] = away
        name = step.verb if not calls else f".{step.verb}"
        given = [] if step.what is None else [_shown(step.what, away) if not calls else step.what]
        calls.append(call(name, given, said, names))
    if isinstance(steps[0].what, tuple):
        size = steps[0].what
        calls[0] = call("Timeline", [], {}, names)
        calls[0] = evolve(calls[0], items=(("", f"({size[0]}, {size[1]})"),))
    notes = _notes(manifest.webhook_secret is not None, away)
    if isinstance(steps[0].what, dict):
        notes.append(f"# No verb says {safe(reason, 60)} as it is there, so the beginning is loaded.")
    return "\n".join([*_imports(names), *notes, chained("reel", calls[0], calls[1:]), ""])


def _as_it_stands(document: dict[str, Any], reason: str) -> str:
    """Return the source that loads a document."""
    names: set[str] = {"Timeline"}
    headers = document.get("webhook_headers") or {}
    away = _elsewhere("webhook_secret" in document, headers)
    notes = _notes("webhook_secret" in document, away)
    shown = _shown(document, away)
    why = f"# No verb says {safe(reason, 60)} as it is there, so the document is loaded whole."
    lines = [assigned("document", expression(shown, names)), "reel = Timeline.from_dict(document)", ""]
    return "\n".join([*_imports(names), *notes, why, *lines])


def _shown(first: Any, away: dict[str, Elsewhere]) -> Any:
    """Return what a program begins with, for printing: a document without its secrets."""
    if not isinstance(first, dict):
        return first
    hidden = {"webhook_secret": Elsewhere(_SECRET), "webhook_headers": away}
    return {key: hidden.get(key, item) for key, item in first.items()}


def _elsewhere(has_secret: bool, headers: Mapping[str, Any]) -> dict[str, Elsewhere]:
    """Return where to look the value of each header up."""
    taken = {_SECRET} if has_secret else set()
    away: dict[str, Elsewhere] = {}
    for key, value in headers.items():
        base = "REELFORGE_WEBHOOK_" + (re.sub(r"[^A-Z0-9]+", "_", key.upper()).strip("_") or "HEADER")
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        away[key] = Elsewhere(name, isinstance(value, str))
    return away


def _notes(has_secret: bool, headers: Mapping[str, Elsewhere]) -> list[str]:
    """Return the comments that say what the environment has to hold."""
    names = [_SECRET] if has_secret else []
    names += [header.variable for header in headers.values()]
    return [f"# Not printed, looked up in the environment: {name}" for name in names]


def _imports(names: set[str]) -> list[str]:
    """Return the lines that import the names, and the blank ones behind them."""
    lines = [f"import {name}" for name in ("json", "os") if name in names]
    if "Path" in names:
        lines.append("from pathlib import Path")
    if lines:
        lines.append("")
    face = sorted(names - {*_MODULES, "Time"}, key=str.lower)
    lines.append(f"from reelforge_dsl import {', '.join(face)}")
    if "Time" in names:
        lines.append("from reelforge_dsl.models import Time")
    return [*lines, ""]


def _first_difference(wanted: Any, rebuilt: Any, path: str) -> str:
    """Return the path of the first value that the program would make otherwise."""
    if isinstance(wanted, dict) and isinstance(rebuilt, dict):
        for key in [*wanted, *rebuilt]:
            if key not in wanted or key not in rebuilt or wanted[key] != rebuilt[key]:
                there, here = wanted.get(key), rebuilt.get(key)
                return _first_difference(there, here, f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(rebuilt, list) and len(wanted) == len(rebuilt):
        for index, pair in enumerate(zip(wanted, rebuilt, strict=True)):
            if pair[0] != pair[1]:
                return _first_difference(*pair, f"{path}[{index}]")
    return path
