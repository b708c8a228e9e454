"""The whole request body. Source: contract §2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import fields
from reelforge_dsl.models.assets import Asset, Output
from reelforge_dsl.models.captions import Captions
from reelforge_dsl.models.fields import Fault
from reelforge_dsl.models.foreign import Extras, Json
from reelforge_dsl.models.layers import Layer
from reelforge_dsl.models.layout import Layout
from reelforge_dsl.models.overlays import TextOverlay, TextStyle
from reelforge_dsl.units import MAX_SECONDS, unless_milliseconds


def _version(value: str) -> Fault | None:
    return None if value == "v1" else Fault("unknown_version", f"{value!r} is not allowed", "use 'v1'")


def _length(value: float) -> Fault | None:
    if value > MAX_SECONDS:
        fix = f"{unless_milliseconds(value)}shorten it, or make two films"
        return Fault("too_long", f"{value:g} s is longer than {MAX_SECONDS} s", fix)
    return None


def _hook(value: str) -> Fault | None:
    if value.startswith(("https://", "http://")):
        return None
    return Fault("bad_url", f"{_bare(value)} is not an http(s) URL", "use https://…")


def _bare(address: str) -> str:
    """Return an address for a message: without user, password, query and fragment, which may be secrets."""
    scheme = re.match(r"(?:[a-zA-Z][\w+.-]*://)?", address)
    begins = scheme[0] if scheme is not None else ""
    before, at, after = address.removeprefix(begins).rpartition("@")
    if at and ("?" in before or "#" in before):
        return "the webhook address"  # where a password ends cannot be told
    return f"{begins + re.split('[?#]', after, maxsplit=1)[0]!r:.80}"


@frozen
class GlobalStyles:
    """Styles for every overlay.

    Attributes:
        text: The style behind every text overlay; an overlay's own keys win.
        extra: Keys the contract does not name.

    Source: contract §2, ``composition.global_styles``.
    """

    text: TextStyle | None = field(default=None, metadata=fields.part(TextStyle))
    extra: Extras = ()


@frozen
class GlobalLayouts:
    """Boxes for every overlay.

    Attributes:
        text: The box behind every text overlay; an overlay's own keys win.
        extra: Keys the contract does not name.

    Source: contract §2, ``composition.global_layouts``.
    """

    text: Layout | None = field(default=None, metadata=fields.part(Layout))
    extra: Extras = ()


@frozen
class Composition:
    """What is seen and heard, and when.

    Attributes:
        duration_seconds: Output seconds, above 0, at most 300; inferred when left out (decision D18).
        auto_stitch: Untimed videos play one after another.
        timeline: Media, bottom to top.
        text_overlays: Text, above all media, bottom to top.
        captions: Above everything.
        global_styles: Defaults for text overlays.
        global_layouts: Defaults for text overlays.
        extra: Keys the contract does not name, ``transitions`` among them: carried, never authored.

    Source: contract §2.
    """

    duration_seconds: float | None = field(default=None, metadata=fields.number(_length, above=0))
    auto_stitch: bool | None = field(default=None, metadata=fields.flag())
    timeline: tuple[Layer, ...] | None = field(default=None, metadata=fields.parts(Layer))
    text_overlays: tuple[TextOverlay, ...] | None = field(default=None, metadata=fields.parts(TextOverlay))
    captions: Captions | None = field(default=None, metadata=fields.part(Captions))
    global_styles: GlobalStyles | None = field(default=None, metadata=fields.part(GlobalStyles))
    global_layouts: GlobalLayouts | None = field(default=None, metadata=fields.part(GlobalLayouts))
    extra: Extras = ()


@frozen
class Manifest:
    """The body of a render or validate request, as a plain frozen value.

    It holds any document of the right shape; `reelforge_dsl.rules` tells what
    is wrong with one.

    Attributes:
        version: ``"v1"``.
        output: The frame.
        assets: The files.
        composition: What is seen and heard.
        idempotency_key: Makes retries safe.
        metadata: A flat object of at most 10 keys, echoed in webhooks.
        webhook_url: Who is told when the job ends.
        webhook_headers: Sent along to it. Kept out of every message and repr.
        webhook_secret: Signs it. Kept out of every message and repr.
        extra: Keys the contract does not name.

    Source: contract §2.
    """

    version: str = field(metadata=fields.text(_version))
    output: Output = field(metadata=fields.part(Output))
    assets: tuple[Asset, ...] | None = field(default=None, metadata=fields.parts(Asset))
    composition: Composition = field(kw_only=True, metadata=fields.part(Composition))
    idempotency_key: str | None = field(default=None, metadata=fields.name())
    metadata: Json | None = field(default=None, metadata=fields.foreign("object"))
    webhook_url: str | None = field(default=None, metadata=fields.text(_hook))
    webhook_headers: Json | None = field(default=None, repr=False, metadata=fields.foreign("object"))
    webhook_secret: str | None = field(default=None, repr=False, metadata=fields.name())
    extra: Extras = ()

    def manifest(self) -> Manifest:
        """Return itself, so that everything that takes a document takes one."""
        return self


class Composed(Protocol):
    """Anything that can say its manifest: a ``Timeline``, a `Manifest`."""

    def manifest(self) -> Manifest:
        """Return the document.

        Raises:
            ManifestInvalidError: It breaks the contract.
        """


@runtime_checkable
class Authored(Protocol):
    """A document that remembers which line wrote what: a ``Timeline``."""

    def with_lines(self, issues: Iterable[Issue]) -> tuple[Issue, ...]:
        """Return findings about it, each with the author's line where one is known."""


Media: TypeAlias = "Mapping[str, float] | Callable[[str], float | None]"
"""How long files are: ``{src: seconds}``, or a function from ``src`` to seconds (``None``: not known)."""
