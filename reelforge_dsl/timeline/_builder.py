"""The timeline: a film as a frozen value, and the verbs that make another from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, Self, TypedDict, TypeVar, Unpack

from attrs import evolve, frozen

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models import (
    CaptionStyle,
    Composition,
    GlobalLayouts,
    GlobalStyles,
    Json,
    Layout,
    Manifest,
    Media,
    TextOverlay,
    TextStyle,
    TimeOverride,
    Word,
)
from reelforge_dsl.models.choices import Background, Fit, Mode, Motion, Place, Preset, Ratio
from reelforge_dsl.models.fields import author_value, rules_of, told
from reelforge_dsl.timeline._change import changed, dropped
from reelforge_dsl.timeline._entries import fresh_sheet
from reelforge_dsl.timeline._frame import pixels
from reelforge_dsl.timeline._lines import author_line
from reelforge_dsl.timeline._print import line, table
from reelforge_dsl.timeline._reframe import reframed
from reelforge_dsl.timeline._resolve import lengths_from, resolved
from reelforge_dsl.timeline._then import joined
from reelforge_dsl.timeline._verbs import Adding, Src, Tune
from reelforge_dsl.units import real

P = ParamSpec("P")
R = TypeVar("R")


class Fields(TypedDict, total=False):
    """What `Timeline.change` takes: the keywords of the verb that made it; ``None`` unsets."""

    src: Src | Tune
    content: str
    preset: Preset
    id: str
    start: float | None
    duration: float | None
    after: str | None
    during: str | None
    offset: float | None
    trim: float | None
    fit: Fit | None
    layout: Layout | None
    motion: Motion | None
    background: Background | None
    transform: str | None
    volume: float | None
    muted: bool | None
    crossfade: float | None
    loop: bool | None
    fade_in: float | None
    fade_out: float | None
    style: TextStyle | CaptionStyle | None
    words: Iterable[Word | Mapping[str, Any]] | None
    clock: str | None
    source: Src | Tune | None
    mode: Mode | None
    correct_text: str | None
    max_chars_per_segment: int | None
    time_overrides: Iterable[TimeOverride] | None


@frozen(init=False, repr=False)
class Timeline(Adding):
    """A film, said step by step.

    A frozen value: every verb returns a new timeline and leaves its own alone,
    so any step can be kept and branched. What was said is placed when asked:
    `issues`, `manifest`, `to_json`, ``print``.

    Args:
        size: A ratio (short side 1080 pixels), a place, or (width, height) in even output pixels.

    Raises:
        FieldError: ``size`` is none of these.

    Source: contract §2, ``output``; fps is 30.
    """

    def __init__(self, size: Ratio | Place | tuple[int, int] = "9:16") -> None:
        sheet = fresh_sheet(*pixels("Timeline", size)).noting("$.output", author_line("Timeline"))
        object.__setattr__(self, "_sheet", sheet)
        object.__setattr__(self, "_cache", None)

    def change(self, id: str, /, **fields: Unpack[Fields]) -> Self:  # noqa: A002 - the wire's word
        """Return the timeline with other values of one layer, text or of ``"captions"``.

        Args:
            id: Which.
            **fields: The keywords of its verb, ``src``, ``content`` or ``preset``, in the verb's units;
                ``None`` unsets. A new ``id`` is followed by everything that names the old one.

        Raises:
            FieldError: The id or a keyword is unknown, or a value is outside the contract.
        """
        return self._of(changed(self._sheet, id, dict(fields), author_line(".change")))

    def drop(self, *ids: str) -> Self:
        """Return the timeline without some layers, texts or ``"captions"``.

        Raises:
            FieldError: An id is unknown, or something that stays refers to it.
        """
        return self._of(dropped(self._sheet, ids))

    def total_duration(self, seconds: float | None) -> Self:
        """Set the film's length; ``None`` leaves it to what is in it.

        Args:
            seconds: Output seconds, above 0, at most 300.

        Raises:
            FieldError: It is no such number.

        Source: contract §2, ``composition.duration_seconds``; decision D5.
        """
        where = ".total_duration"
        held = (
            None
            if seconds is None
            else author_value(rules_of(Composition)["duration_seconds"], seconds, where)
        )
        sheet = self._sheet.composing(duration_seconds=held)
        return self._of(sheet.noting("$.composition.duration_seconds", author_line(where)))

    def auto_stitch(self, on: bool | None = True) -> Self:
        """Say whether v1 may place untimed layers; ``None`` leaves it to whether that is needed.

        Args:
            on: ``False``: needing it is an issue.

        Raises:
            FieldError: It is neither ``True``, ``False`` nor ``None``.

        Source: contract §4.
        """
        if on is not None and not isinstance(on, bool):
            raise FieldError(
                f".auto_stitch: expected True or False, got {told(on)}", field=".auto_stitch", value=on
            )
        sheet = evolve(
            self._sheet.composing(auto_stitch=on), is_loaded=self._sheet.is_loaded and on is not None
        )
        return self._of(sheet.noting("$.composition.auto_stitch", author_line(".auto_stitch")))

    def text_defaults(self, *, style: TextStyle | None = None, layout: Layout | None = None) -> Self:
        """Set what stands behind every text overlay, in place of any before.

        Args:
            style: Keys that a text's own style wins over.
            layout: Keys that a text's own box wins over.

        Raises:
            FieldError: A value has the wrong type.

        Source: contract §2, ``composition.global_styles``, ``composition.global_layouts``.
        """
        where, by = ".text_defaults", author_line(".text_defaults")
        for key, value in (("style", style), ("layout", layout)):
            if value is not None:
                author_value(rules_of(TextOverlay)[key], value, f"{where}: {key}")
        sheet = self._sheet.composing(
            global_styles=None if style is None else GlobalStyles(style),
            global_layouts=None if layout is None else GlobalLayouts(layout),
        )
        sheet = sheet.noting("$.composition.global_styles", by).noting("$.composition.global_layouts", by)
        return self._of(sheet)

    def metadata(self, values: Mapping[str, Any] | None) -> Self:
        """Add keys that come back in webhooks; a ``None`` value takes its key away, ``None`` takes all.

        Args:
            values: At most 10 keys in all; keys and texts of at most 500 characters.

        Raises:
            FieldError: A key is no text, or a value is neither text, number nor boolean.

        Source: contract §2, ``metadata``.
        """
        where = ".metadata"
        if values is not None and not isinstance(values, Mapping):
            raise FieldError(f"{where}: expected a dict, got {told(values)}", field=where, value=values)
        envelope = self._sheet.envelope
        held: dict[str, Any] = (
            dict(envelope.metadata.value) if envelope.metadata and values is not None else {}
        )
        for key, value in (values or {}).items():
            if value is None:
                held.pop(key, None)
            else:
                held[_metadata_key(key)] = _metadata_value(key, value)
        sheet = evolve(self._sheet, envelope=evolve(envelope, metadata=Json.of(held) if held else None))
        return self._of(sheet.noting("$.metadata", author_line(where)))

    def webhook(
        self, url: str | None, *, secret: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Self:
        """Set who is told when the job ends, in place of any before; ``None`` takes it away.

        Args:
            url: An http(s) address.
            secret: Signs it. In no message and no repr.
            headers: Sent along to it. In no message and no repr.

        Raises:
            FieldError: The address is none, or the secret or a header is no text.

        Source: contract §2, ``webhook_url``, ``webhook_headers``, ``webhook_secret``.
        """
        where = ".webhook"
        if url is not None:
            url = _hook_address(url, f"{where}: url")
        elif secret is not None or headers is not None:
            raise FieldError(f"{where}: url: a secret or headers need an address", field=f"{where}: url")
        if secret is not None and not (isinstance(secret, str) and secret.strip()):
            raise FieldError(f"{where}: secret: expected text that is not empty", field=f"{where}: secret")
        envelope = evolve(
            self._sheet.envelope,
            webhook_url=url,
            webhook_secret=secret,
            webhook_headers=None if headers is None else _headers(headers),
        )
        sheet, by = evolve(self._sheet, envelope=envelope), author_line(where)
        for key in ("webhook_url", "webhook_headers", "webhook_secret"):
            sheet = sheet.noting(f"$.{key}", by)
        return self._of(sheet)

    def idempotency_key(self, key: str | None) -> Self:
        """Set what makes sending twice safe; ``None`` takes it away.

        Args:
            key: Text that is not empty.

        Raises:
            FieldError: It is none.

        Source: contract §2, ``idempotency_key``; decision D14.
        """
        where = ".idempotency_key"
        if key is not None:
            key = author_value(rules_of(Manifest)["idempotency_key"], key, where)
        envelope = evolve(self._sheet.envelope, idempotency_key=key)
        return self._of(
            evolve(self._sheet, envelope=envelope).noting("$.idempotency_key", author_line(where))
        )

    def resolve(self, media: Media) -> Self:
        """Return the timeline with every known second as a number.

        Stitched clips, sound and stills to the end, looped music and words on a layer's clock get
        their start and duration in output seconds; what stays unknown stays as it was said. Stitched
        clips become numbers all together or not at all.

        Args:
            media: How long files are, in source seconds: ``{src: seconds}``, the keys URLs or paths
                as given, or a function of the URL such as ``engine.probe``; ``None``: not known.

        Raises:
            FieldError: ``media`` is neither, or a length is no number. What the function raises passes.
        """
        return self._of(resolved(self._sheet, lengths_from(self._sheet, media))[0])

    def reframe(self, size: Ratio | Place | tuple[int, int]) -> Self:
        """Return the film in another frame.

        Percent stays; pixel lengths, font sizes, strokes, shadows and line heights in pixels follow
        the ratio of the short sides.

        Args:
            size: As in `Timeline`.

        Raises:
            FieldError: ``size`` is no ratio, place or even size.
        """
        sheet = reframed(self._sheet, *pixels(".reframe", size))
        return self._of(sheet.noting("$.output", author_line(".reframe")))

    def then(self, other: Timeline) -> Self:
        """Return this film with another one after it, in this one's frame.

        Two rows of nothing but stitched clips become one row; everything else needs both lengths
        known and becomes numbers. Ids that are taken are counted on; webhook, idempotency key and
        contested metadata keys are this one's.

        Args:
            other: What comes after.

        Raises:
            FieldError: A length is not known, or both have captions that differ in their looks.
        """
        if not isinstance(other, Timeline):
            raise FieldError(f".then: expected a Timeline, got {told(other)}", field=".then", value=other)
        return self._of(joined(self._sheet, other._sheet))

    def pipe(self, fn: Callable[Concatenate[Self, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return ``fn(timeline, *args, **kwargs)``: a step of your own, or ``.pipe(client.render)``."""
        return fn(self, *args, **kwargs)

    def __repr__(self) -> str:
        return line(self._sheet, self._placed)

    def __str__(self) -> str:
        return table(self._sheet, self._placed, self.issues())


for _verb in ("video", "image", "audio", "voiceover", "music", "text", "captions"):
    # Python names a function by where it was written; a user knows it by Timeline.
    vars(Adding)[_verb].__qualname__ = f"Timeline.{_verb}"


def _metadata_key(key: Any) -> str:
    if not isinstance(key, str):
        raise FieldError(
            f".metadata: keys are text, got {told(key)}", fix=f"{str(key)!r}", field=".metadata", value=key
        )
    return key


def _metadata_value(key: str, value: Any) -> Any:
    held = value if isinstance(value, (str, bool)) else real(value)
    if held is None:
        raise FieldError(
            f".metadata: {key!r}: expected text, a number or a boolean, got {told(value)}",
            fix="metadata is flat",
            field=".metadata",
            value=value,
        )
    return held


def _hook_address(url: Any, where: str) -> str:
    """Return the address; the error keeps no value, for an address may hold a login."""
    try:
        held: str = author_value(rules_of(Manifest)["webhook_url"], url, where)
    except FieldError as error:
        refused = FieldError(error.what, fix=error.fix, field=where)
    else:
        return held
    raise refused  # outside the handler, or the first error would go along


def _headers(headers: Any) -> Json:
    where = ".webhook: headers"
    if not isinstance(headers, Mapping):
        raise FieldError(f"{where}: expected a dict of texts, got {type(headers).__name__}", field=where)
    for key, value in headers.items():
        if not isinstance(key, str) or not isinstance(value, str):
            what = f"{where}: {key!r}: expected text, got {type(value).__name__}"
            raise FieldError(what, field=where)
    return Json.of(dict(headers))
