"""What changed between two films, in the author's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import Composed, Json
from reelforge_dsl.models.fields import told
from reelforge_dsl.timeline._differing import (
    WORDS,
    Change,
    Kind,
    Rows,
    arrow,
    held,
    kind_of,
    leaves,
    number,
    same,
)
from reelforge_dsl.timeline._print import file_name, safe
from reelforge_dsl.timeline._reading import Reading
from reelforge_dsl.units import short


@frozen(repr=False)
class Difference:
    """What changed between two documents; false when nothing did.

    Attributes:
        changes: Each change, in document order.
    """

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __str__(self) -> str:
        return "\n".join(change.sentence for change in self.changes) or "nothing changed"

    def __repr__(self) -> str:
        count = "1 change" if len(self) == 1 else f"{len(self) or 'no'} changes"
        return f"<Difference: {count}>"


def diff(a: Composed | dict[str, Any], b: Composed | dict[str, Any]) -> Difference:
    """Return what changed from one film to another.

    Layers, texts and assets are the same when their ids are; texts without one by what they say, else
    by their place. Times are compared as placed, so far as they are known without measuring.

    Args:
        a: A ``Timeline``, a `Manifest` or a document as plain dicts.
        b: What it became, likewise.

    Returns:
        Changes as data and, printed, a line each; empty exactly when both have the same JSON text.

    Raises:
        FieldError: One is none of these.
        ManifestInvalidError: A dict has not the documents' shape.

    Source: contract §2; decisions D16, D18.
    """
    one, other = _Side.of(a), _Side.of(b)
    if one.text == other.text:
        return Difference()
    found = list(_changes(one, other)) or list(_remaining(one, other))
    return Difference(tuple(found))


@frozen
class _Side:
    """One of the two documents.

    Attributes:
        text: Its JSON text.
        document: The same as plain dicts.
        layers: Start and length in output seconds of each layer, ``None`` where not known.
        overlays: The same of each text overlay.
        files: The address of each asset, by its id.
    """

    text: str
    document: dict[str, Any]
    layers: tuple[_Times, ...]
    overlays: tuple[_Times, ...]
    files: dict[str, str]

    @classmethod
    def of(cls, value: Composed | dict[str, Any]) -> _Side:
        """Read a timeline, a manifest or a dict.

        Raises:
            FieldError: It is none of these.
            ManifestInvalidError: A dict has not the documents' shape.
        """
        from reelforge_dsl import wire
        from reelforge_dsl.timing import schedule

        if isinstance(value, Reading):
            manifest = value._placed.manifest  # as it stands, faults and all
        elif isinstance(value, dict):
            manifest = wire.from_dict(value)
        elif hasattr(value, "manifest"):
            manifest = value.manifest()
        else:
            what = f"diff: expected a Timeline, a Manifest or a dict, got {told(value)}"
            raise FieldError(what, field="diff", value=value)
        placed = schedule(manifest)
        text = wire.dumps(manifest)
        return cls(
            text,
            json.loads(text),
            tuple([_times(span) for span in placed.layers]),
            tuple([_times(span) for span in placed.overlays]),
            {asset.id: asset.url for asset in reversed(manifest.assets or ())},
        )

    def part(self, key: str) -> Any:
        """Return a value of the composition, ``None`` when it is not set."""
        return self.document["composition"].get(key)

    def file(self, asset_id: str) -> str:
        """Return the name of an asset's file, or the id that names none."""
        return file_name(self.files.get(asset_id, asset_id))


_Times = tuple[float | None, float | None]


def _times(span: Any) -> _Times:
    if span.start is None or span.end is None:
        return span.start, None
    return span.start, round(span.end - span.start, 9)


def _changes(a: _Side, b: _Side) -> Iterator[Change]:
    """Yield every change, in document order."""
    before, after = a.document, b.document
    yield from _frame(before["output"], after["output"])
    layers = Rows(a.part("timeline") or [], b.part("timeline") or [], _layer_name, "timeline")
    yield from _assets(a, b, layers)
    skipped = {
        "duration_seconds",
        "timeline",
        "text_overlays",
        "captions",
        *("global_styles", "global_layouts"),
    }
    at = "$.composition"
    seconds = [side.part("duration_seconds") for side in (a, b)]
    if not same(*seconds):
        was, now = seconds
        sentence = f"total duration {arrow(was, now, ' s')}"
        yield Change(None, f"{at}.duration_seconds", "changed", was, now, sentence)
    yield from leaves(before["composition"], after["composition"], at, "", None, skipped)
    yield from _layers(layers, a, b)
    texts = Rows(a.part("text_overlays") or [], b.part("text_overlays") or [], _text_name, "text_overlays")
    yield from _texts(texts, a, b)
    yield from _captions(a.part("captions"), b.part("captions"))
    for key in ("global_styles", "global_layouts"):
        yield from leaves(a.part(key), b.part(key), f"{at}.{key}", "text default", None)
    yield from _envelope(before, after)


def _frame(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    sizes = [(frame["width"], frame["height"]) for frame in (before, after)]
    if sizes[0] != sizes[1]:
        was, now = (f"{short(width)}×{short(height)}" for width, height in sizes)
        yield Change(None, "$.output", "changed", was, now, f"frame {was} → {now}")
    yield from leaves(before, after, "$.output", "output", None, {"width", "height"})


def _layer_name(layer: dict[str, Any]) -> str:
    return safe(layer["id"])


def _text_name(text: dict[str, Any]) -> str:
    return safe(text["id"]) if "id" in text else f'text "{safe(text["content"])}"'


def _layers(rows: Rows, a: _Side, b: _Side) -> Iterator[Change]:
    for index in rows.removed:
        layer = rows.before[index]
        what = a.file(layer["asset_id"])
        sentence = f"{safe(layer['id'])} removed: {what}"
        yield Change(layer["id"], f"{rows.path}[{index}]", "removed", Json.of(layer), None, sentence)
    for index in rows.added:
        layer = rows.after[index]
        sentence = f"{safe(layer['id'])} added: {b.file(layer['asset_id'])}"
        yield Change(layer["id"], f"{rows.path}[{index}]", "added", None, Json.of(layer), sentence)
    yield from rows.moved()
    for old, new in rows.pairs:
        before, after = rows.before[old], rows.after[new]
        path, name = f"{rows.path}[{new}]", safe(after["id"])
        yield from _file(before, after, a, b, path)
        yield from _when(before, after, (a.layers[old], b.layers[new]), path, name)
        yield from leaves(before, after, path, name, after["id"], {"id", "asset_id", "time"})


def _file(before: dict[str, Any], after: dict[str, Any], a: _Side, b: _Side, path: str) -> Iterator[Change]:
    """Tell when a layer plays another file."""
    one, other = before["asset_id"], after["asset_id"]
    was, now = a.files.get(one), b.files.get(other)
    name, whose = safe(after["id"]), after["id"]
    if was != now:
        said = arrow(a.file(one), b.file(other), "")
        if a.file(one) == b.file(other):
            said = f"{b.file(other)} at another address"
        yield Change(whose, f"{path}.asset_id", "changed", was, now, f"{name} file {said}")
    elif one != other:
        sentence = f"{name} asset {arrow(one, other, '')}"
        yield Change(whose, f"{path}.asset_id", "changed", one, other, sentence)


def _texts(rows: Rows, a: _Side, b: _Side) -> Iterator[Change]:
    for index in rows.removed:
        text = rows.before[index]
        says = f': "{safe(text["content"])}"' if "id" in text else ""
        sentence = f"{_text_name(text)} removed{says}"
        yield Change(text.get("id"), f"{rows.path}[{index}]", "removed", Json.of(text), None, sentence)
    for index in rows.added:
        text = rows.after[index]
        says = f': "{safe(text["content"])}"' if "id" in text else ""
        sentence = f"{_text_name(text)} added{says}"
        yield Change(text.get("id"), f"{rows.path}[{index}]", "added", None, Json.of(text), sentence)
    yield from rows.moved()
    for old, new in rows.pairs:
        before, after = rows.before[old], rows.after[new]
        path, whose = f"{rows.path}[{new}]", after.get("id")
        name = _text_name(before)
        was, now = before["content"], after["content"]
        if was != now:
            said = f"{_text_name(after)} says" if "id" in after else "text says"
            sentence = f'{said} "{safe(was)}" → "{safe(now)}"'
            yield Change(whose, f"{path}.content", "changed", was, now, sentence)
        yield from _when(before, after, (a.overlays[old], b.overlays[new]), path, name)
        yield from leaves(before, after, path, name, whose, {"id", "content", "time"})


def _when(
    before: dict[str, Any], after: dict[str, Any], placed: tuple[_Times, _Times], path: str, name: str
) -> Iterator[Change]:
    """Tell other times: as placed, else as the document says them."""
    whose = after.get("id")
    said = [item.get("time") or {} for item in (before, after)]
    keys = ("start_seconds", "duration_seconds")
    for place, key in enumerate(keys):
        was, now = placed[0][place], placed[1][place]
        if was is not None and now is not None and was != now:
            verb, (less, more) = (("starts", ("earlier", "later")), ("lasts", ("shorter", "longer")))[place]
            by = number(abs(now - was))
            sentence = f"{name} {verb} {by} s {more if now > was else less}"
            yield Change(whose, f"{path}.time.{key}", "changed", was, now, sentence)
        elif not same(said[0].get(key), said[1].get(key)):
            sentence = f"{name} {WORDS[key][0]} {arrow(said[0].get(key), said[1].get(key), ' s')}"
            yield Change(whose, f"{path}.time.{key}", "changed", said[0].get(key), said[1].get(key), sentence)
    yield from leaves(said[0], said[1], f"{path}.time", name, whose, keys)


def _assets(a: _Side, b: _Side, layers: Rows) -> Iterator[Change]:
    """Tell of files what the layers do not."""
    one = {asset["id"]: asset for asset in reversed(a.document.get("assets") or [])}
    other = {asset["id"]: asset for asset in reversed(b.document.get("assets") or [])}
    gone = {layer["asset_id"] for layer in layers.before}
    new = {layer["asset_id"] for layer in layers.after}
    both = {layers.after[j]["asset_id"] for i, j in layers.pairs if _asset_stays(layers, i, j)}
    places = [_places(side.document.get("assets") or []) for side in (a, b)]
    for name in [name for name in one if name not in other and name not in gone]:
        sentence = f"file {file_name(one[name]['url'])} removed"
        yield Change(name, f"$.assets[{places[0][name]}]", "removed", Json.of(one[name]), None, sentence)
    for name, asset in other.items():
        path = f"$.assets[{places[1][name]}]"
        if name not in one:
            if name not in new:
                sentence = f"file {file_name(asset['url'])} added"
                yield Change(name, path, "added", None, Json.of(asset), sentence)
            continue
        skipped = {"id", "url"} if name in both else {"id"}
        yield from leaves(one[name], asset, path, f"asset {safe(name)}", name, skipped)


def _asset_stays(layers: Rows, old: int, new: int) -> bool:
    return bool(layers.before[old]["asset_id"] == layers.after[new]["asset_id"])


def _places(assets: list[Any]) -> dict[str, int]:
    return {asset["id"]: index for index, asset in reversed(list(enumerate(assets)))}


def _captions(before: Any, after: Any) -> Iterator[Change]:
    path = "$.composition.captions"
    if before is None or after is None:
        if before is not after:
            kind: Kind = "added" if before is None else "removed"
            sentence = f"captions {kind}: {safe((after or before)['preset'])}"
            yield Change("captions", path, kind, held(before), held(after), sentence)
        return
    yield from _words(before.get("words"), after.get("words"), f"{path}.words")
    yield from leaves(before, after, path, "caption", "captions", {"words"})


def _words(before: Any, after: Any, path: str) -> Iterator[Change]:
    if same(before, after):
        return
    if before is None or after is None:
        sentence = "words transcribed, not given"
        if before is None:
            sentence = "1 word given" if len(after) == 1 else f"{len(after)} words given"
        yield Change("captions", path, "changed", held(before), held(after), f"captions: {sentence}")
        return
    if len(before) != len(after):
        at = next((i for i, two in enumerate(zip(before, after, strict=False)) if not same(*two)), None)
        sentence = f"{len(before)} → {len(after)} words"
        if at is not None:
            sentence += f", first: {_word(before[at])} → {_word(after[at])}"
    else:
        pairs = [two for two in zip(before, after, strict=True) if not same(*two)]
        was, now = pairs[0]
        count = "1 word" if len(pairs) == 1 else f"{len(pairs)} words"
        spoken = [two for two in pairs if two[0]["text"] != two[1]["text"]]
        if spoken:
            was, now = spoken[0]
            sentence = f"{count} changed, first: {_word(was)} → {_word(now)}"
        elif was["start"] != now["start"]:
            by = now["start"] - was["start"]
            later = f"{number(abs(by))} ms {'later' if by > 0 else 'earlier'}"
            sentence = f"{count} moved, first: {_word(was)} {later}"
        else:
            sentence = f"{count} changed, first: {_word(was)}"
    yield Change("captions", path, "changed", held(before), held(after), f"captions: {sentence}")


def _word(word: Mapping[str, Any]) -> str:
    return f"'{safe(word['text'])}'"


def _envelope(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Tell what stands beside the film; of secrets only that they changed."""
    keys = dict.fromkeys((*before, *after))
    hidden = {key for key in keys if key.startswith("webhook")}
    skipped = {"output", "assets", "composition", "metadata"} | hidden
    yield from leaves(before, after, "$", "", None, skipped)
    was, now = before.get("metadata") or {}, after.get("metadata") or {}
    for key in dict.fromkeys((*was, *now)):
        old, new = was.get(key), now.get(key)
        if not same(old, new) or (key in was) != (key in now):
            sentence = f"metadata {safe(key)} {arrow(old, new, '')}"
            kind = kind_of(old, new)
            yield Change(None, f"$.metadata.{key}", kind, held(old), held(new), sentence)
    for key in [key for key in keys if key in hidden]:
        old, new = before.get(key), after.get(key)
        if not same(old, new):
            seen = (old, new) if key == "webhook_url" else (None, None)
            word = "webhook address" if key == "webhook_url" else safe(key.replace("_", " "))
            yield Change(None, f"$.{key}", kind_of(old, new), *seen, f"{word} changed")


def _remaining(a: _Side, b: _Side) -> Iterator[Change]:
    """Tell what has no words of its own: empty parts, and the order of files and keys."""
    names = [[asset["id"] for asset in side.document.get("assets") or []] for side in (a, b)]
    if names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        yield Change(None, "$.assets", "moved", None, None, "files listed in another order")
        return
    hidden = {key for key in (*a.document, *b.document) if key.startswith("webhook")}
    found = list(leaves(a.document, b.document, "$", "", None, hidden))
    yield from found
    if not found:
        yield Change(None, "$", "moved", None, None, "keys written in another order")
