"""What a timeline holds: the things that were said, before anything is placed."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, cast

from attrs import evolve, field, frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import (
    Captions,
    Composition,
    Layer,
    LayerStyle,
    Layout,
    Manifest,
    MediaSettings,
    Output,
    TextOverlay,
    Time,
    Trim,
)
from reelforge_dsl.models.making import altered, maker
from reelforge_dsl.timeline._ids import Ids, grown
from reelforge_dsl.timeline._keywords import MEDIA_SETTINGS, Said
from reelforge_dsl.timeline._lines import Line

VERBS = ("video", "image", "audio", "voiceover", "music", "text")
"""The adding verbs, whose calls are counted."""

_PLACES = {verb: place for place, verb in enumerate(VERBS)}

CAPTIONS = "captions"
"""The captions' id."""


@frozen
class When:
    """When something is there, as it was said; output seconds.

    Attributes:
        start: From the film's start, at least 0.
        duration: Above 0.
        after: The id at whose end it starts.
        during: The id beside which it is there.
        offset: Later than ``after`` or ``during`` says.
    """

    start: float | None = None
    duration: float | None = None
    after: str | None = None
    during: str | None = None
    offset: float | None = None

    @property
    def is_unsaid(self) -> bool:
        """Whether nothing was said."""
        return self == UNSAID


UNSAID = When()


@frozen
class Entry:
    """One thing on the timeline, as its verb said it or as a document held it.

    Attributes:
        verb: ``video image audio voiceover music text``; a loaded layer's type, ``layer`` when unknown.
        id: Its name; ``None`` only for a loaded overlay without one.
        src: The file's address; ``None`` for text, and while a loaded layer keeps its asset.
        content: What a text says.
        said: Its looks, checked.
        when: ``None``: a loaded layer, which stands when it says.
        base: The loaded layer or overlay under what was said.
        line: Who wrote it; no part of its identity.
        over: The clip before it in the row that `resolve` made explicit, where its crossfade had no
            room there; no part of its identity.
    """

    verb: str
    id: str | None
    src: str | None = None
    content: str | None = None
    said: Said = ()
    when: When | None = UNSAID
    base: Layer | TextOverlay | None = None
    line: Line | None = field(default=None, eq=False, repr=False)
    over: str | None = field(default=None, eq=False, repr=False)

    def __getstate__(self) -> tuple[Any, ...]:
        return (self.verb, self.id, self.src, self.content, self.said, self.when, self.base, None, self.over)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    @property
    def kind(self) -> str:
        """The type of its layer and its asset; ``text`` for a text."""
        if self.base is not None and self.verb != "text":
            return cast("Layer", self.base).type
        return "audio" if self.verb in ("voiceover", "music") else self.verb

    @property
    def is_text(self) -> bool:
        """Whether it is a text overlay."""
        return self.verb == "text"

    @property
    def is_picture(self) -> bool:
        """Whether it is a clip or a still."""
        return self.verb in ("video", "image")

    @property
    def is_sound(self) -> bool:
        """Whether it is heard only."""
        return self.verb in ("audio", "voiceover", "music")

    @property
    def crossfade(self) -> float:
        """Seconds that it overlaps the picture before."""
        return (self._setting("crossfade") or 0) if self.verb == "video" else 0

    @property
    def trim(self) -> float:
        """Seconds of the source before it starts to play."""
        for key, value in self.said:
            if key == "trim":
                return value or 0
        trim = self.base.trim if isinstance(self.base, Layer) else None
        return (trim.start_seconds if trim else None) or 0

    @property
    def loops(self) -> bool:
        """Whether its sound repeats."""
        return self._setting("loop") is True

    @property
    def is_audible(self) -> bool:
        """Whether speech could be in it."""
        return self._setting("muted") is not True and self._setting("volume") != 0

    def _setting(self, keyword: str) -> Any:
        for key, value in self.said:
            if key == keyword:
                return value
        settings = self.base.media_settings if isinstance(self.base, Layer) else None
        return getattr(settings, MEDIA_SETTINGS[keyword], None)


@frozen
class CaptionsEntry:
    """The captions, as they were said or as a document held them.

    Attributes:
        said: Their keywords, checked, ``preset`` among them; ``source`` and ``clock`` are ids.
        base: The loaded captions under what was said.
        line: Who wrote them; no part of their identity.
        mended: What reading their words mended; no part of their identity.
    """

    said: Said = ()
    base: Captions | None = None
    line: Line | None = field(default=None, eq=False, repr=False)
    mended: tuple[Issue, ...] = field(default=(), eq=False, repr=False)

    def __getstate__(self) -> tuple[Any, ...]:
        return (self.said, self.base, None, self.mended)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def get(self, key: str) -> Any:
        """Return what was said for a keyword, else what the document held, else ``None``."""
        for said, value in self.said:
            if said == key:
                return value
        return getattr(self.base, key, None)


@frozen
class Sheet:
    """Everything a timeline knows.

    Attributes:
        envelope: Frame, settings and loaded assets; its timeline, overlays and captions stand here:
        entries: Layers and texts in call order.
        captions: Or ``None``.
        is_loaded: It came from a document, whose absent ``auto_stitch`` counts as false.
        ids: The entries' ids, in order.
        counts: How often each of `VERBS` was called, loaded layers aside.
        has_named: An id was chosen or loaded, so that a counted one may be taken.
        lines: Who set what, by JSON path; no part of its identity.
    """

    envelope: Manifest
    entries: tuple[Entry, ...] = ()
    captions: CaptionsEntry | None = None
    is_loaded: bool = False
    ids: Ids = field(default=(), eq=False, repr=False)
    counts: tuple[int, ...] = field(default=(0,) * len(VERBS), eq=False, repr=False)
    has_named: bool = field(default=False, eq=False, repr=False)
    lines: tuple[tuple[str, Line], ...] = field(default=(), eq=False, repr=False)

    def __getstate__(self) -> tuple[Any, ...]:
        return (
            *(self.envelope, self.entries, self.captions, self.is_loaded),
            *(tuple(self.ids), self.counts, self.has_named),
        )

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    @property
    def may_stitch(self) -> bool:
        """Whether untimed clips may be left to v1."""
        said = self.envelope.composition.auto_stitch
        return said is True or (said is None and not self.is_loaded)

    def entry(self, name: str) -> Entry | None:
        """Return the first entry of that id, or ``None``."""
        return self.entries[self.ids.index(name)] if name in self.ids else None

    def free_id(self, verb: str) -> str:
        """Return the verb and its count; a taken one is skipped."""
        count = 1 + (self.counts[_PLACES[verb]] if verb in _PLACES else 0)
        if self.has_named:
            while counted(verb, count) in self.ids:
                count += 1
        return counted(verb, count)

    def adding(self, entry: Entry, *, is_named: bool) -> Sheet:
        """Return the sheet with one more entry.

        Args:
            entry: What a verb said.
            is_named: Its id was chosen or loaded.
        """
        counts = self.counts
        if entry.base is None:
            anew = list(counts)
            anew[_PLACES[entry.verb]] += 1
            counts = tuple(anew)
        return _sheet(
            self.envelope,
            (*self.entries, entry),
            self.captions,
            self.is_loaded,
            grown(self.ids, entry.id),
            counts,
            self.has_named or is_named,
            self.lines,
        )

    def holding(self, entries: tuple[Entry, ...], **changes: Any) -> Sheet:
        """Return the sheet with other entries, counted anew."""
        called = [entry.verb for entry in entries if entry.base is None]
        return evolve(
            self,
            entries=entries,
            ids=tuple([entry.id for entry in entries]),
            counts=tuple([called.count(verb) for verb in VERBS]),
            has_named=bool(entries),
            **changes,
        )

    def composing(self, **changes: Any) -> Sheet:
        """Return the sheet with other settings of the composition."""
        composition = altered(self.envelope.composition, **changes)
        return altered(self, envelope=altered(self.envelope, composition=composition))

    def noting(self, path: str, line: Line | None) -> Sheet:
        """Return the sheet with the line that set a path."""
        if line is None:
            return self
        return altered(self, lines=(*(pair for pair in self.lines if pair[0] != path), (path, line)))


@lru_cache(1024)
def counted(verb: str, count: int) -> str:
    """Return an id that nobody chose; ten thousand films share one text of it."""
    return f"{verb}-{count}"


_sheet, _layer, _overlay = maker(Sheet), maker(Layer), maker(TextOverlay)
_trim, _box, _media_settings = maker(Trim), maker(Layout), maker(MediaSettings)


@cache
def fresh_sheet(width: int, height: int) -> Sheet:
    """Return an empty timeline's sheet, ``width`` × ``height`` pixels."""
    output = Output(width, height, 30)
    return Sheet(Manifest("v1", output, assets=(), composition=Composition(timeline=())))


def loaded_sheet(manifest: Manifest) -> Sheet:
    """Return a document's sheet; every layer stays as it is."""
    composition = manifest.composition
    layers = [
        Entry(
            layer.type if layer.type in ("video", "image", "audio") else "layer",
            layer.id,
            when=None,
            base=layer,
        )
        for layer in composition.timeline or ()
    ]
    texts = [
        Entry("text", overlay.id, content=overlay.content, when=None, base=overlay)
        for overlay in composition.text_overlays or ()
    ]
    emptied = evolve(
        composition,
        timeline=None if composition.timeline is None else (),
        text_overlays=None if composition.text_overlays is None else (),
        captions=None,
    )
    captions = None if composition.captions is None else CaptionsEntry(base=composition.captions)
    sheet = Sheet(evolve(manifest, composition=emptied), captions=captions, is_loaded=True)
    return sheet.holding((*layers, *texts))


def layer_of(entry: Entry, asset_id: str, time: Time | None) -> Layer:
    """Return an entry as a layer of the document."""
    if entry.base is not None:
        return _over(cast("Layer", entry.base), entry, dict(entry.said), asset_id, time)
    name = cast("str", entry.id)
    if not entry.said:
        return _layer(name, entry.kind, asset_id, time)
    said = dict(entry.said)
    return _layer(
        name,
        entry.kind,
        asset_id,
        time,
        _trim(said["trim"]) if "trim" in said else None,
        _layout(None, said) if "fit" in said else said.get("layout"),
        said.get("background"),
        said.get("motion"),
        LayerStyle(said["transform"]) if "transform" in said else None,
        _settings(said),
    )


def overlay_of(entry: Entry, time: Time | None) -> TextOverlay:
    """Return an entry as a text overlay of the document."""
    base, said = entry.base, dict(entry.said)
    if base is not None:
        return altered(cast("TextOverlay", base), id=entry.id, content=entry.content, time=time, **said)
    return _overlay(entry.id, time, said.get("layout"), said.get("style"), content=entry.content or "")


def _layout(base: Layout | None, said: dict[str, Any]) -> Layout | None:
    layout = said.get("layout", base)
    if "fit" not in said:
        return cast("Layout | None", layout)
    fit = said["fit"]
    if layout is None:
        return _box(fit=fit) if fit is not None else None
    return altered(cast("Layout", layout), fit=fit)


def _settings(said: dict[str, Any]) -> MediaSettings | None:
    if MEDIA_SETTINGS.keys().isdisjoint(said):
        return None
    values: Any = map(said.get, MEDIA_SETTINGS)
    return _media_settings(*values)


def _over(base: Layer, entry: Entry, said: dict[str, Any], asset_id: str, time: Time | None) -> Layer:
    """Return a loaded layer with what was said over it."""
    changes: dict[str, Any] = {"id": entry.id, "asset_id": asset_id or base.asset_id, "time": time}
    if "trim" in said:
        changes["trim"] = _part(base.trim or Trim(), {"start_seconds": said["trim"]})
    if "transform" in said:
        changes["style"] = _part(base.style or LayerStyle(), {"transform": said["transform"]})
    if "layout" in said or "fit" in said:
        changes["layout"] = _layout(base.layout, said)
    if "background" in said:
        changes["background_mode"] = said["background"]
    if "motion" in said:
        changes["motion"] = said["motion"]
    settings = {MEDIA_SETTINGS[key]: value for key, value in said.items() if key in MEDIA_SETTINGS}
    if settings:
        changes["media_settings"] = _part(base.media_settings or MediaSettings(), settings)
    return evolve(base, **changes)


def _part(value: Any, changes: dict[str, Any]) -> Any:
    """Return a part with other fields, ``None`` when nothing is left in it."""
    new = evolve(value, **changes)
    return None if new == type(new)() else new
