"""The frame and the files: ``output`` and ``assets[]``. Source: contract §2."""

from __future__ import annotations

from attrs import field, frozen

from reelforge_dsl.models import fields
from reelforge_dsl.models.choices import AssetType
from reelforge_dsl.models.fields import Fault, Meta
from reelforge_dsl.models.foreign import Extras


def _fps(value: float) -> Fault | None:
    return (
        None
        if value == 30
        else Fault("fps_not_30", f"fps is {value:g}; the service renders 30 only", "use 30")
    )


def _even(value: float) -> Fault | None:
    return Fault("odd_size", f"{value:g} is odd", f"use {value + 1:g}") if value % 2 else None


def _side() -> Meta:
    return fields.whole(_even, above=0)


def _source(value: str) -> Fault | None:
    if not value.strip():
        return Fault("empty_text", "is empty")
    if value.startswith(("https://", "http://", "file:")):
        return None
    scheme = value.split(":", 1)[0] if "://" in value else None
    if scheme:
        return Fault(
            "bad_url",
            f"{scheme}: addresses are not taken",
            "use https://, or a pathlib.Path for a local file",
        )
    return Fault(
        "bad_url", f"{value!r} has no scheme", f"for a local file write Path({value!r}), else https://…"
    )


@frozen
class Output:
    """The frame of the film.

    Attributes:
        width: Even pixels, above 0.
        height: Even pixels, above 0.
        fps: 30, always.
        extra: Keys the contract does not name.

    Source: contract §2, ``output``.
    """

    width: int = field(metadata=_side())
    height: int = field(metadata=_side())
    fps: int = field(metadata=fields.whole(_fps))
    extra: Extras = ()


@frozen
class Asset:
    """A media file.

    Attributes:
        id: Its name; unique in the document.
        type: ``video``, ``audio`` or ``image``.
        url: A direct public http(s) address; a ``file:`` URL for the local engine (decision D17).
        extra: Keys the contract does not name.

    Source: contract §2, ``assets[]``.
    """

    id: str = field(metadata=fields.name())
    type: AssetType | str = field(metadata=fields.choice(AssetType))
    url: str = field(metadata=fields.text(_source))
    extra: Extras = ()
