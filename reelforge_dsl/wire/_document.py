"""Reading and writing any model through one converter."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from reelforge_dsl.errors import FieldError
from reelforge_dsl.models.fields import rules_of
from reelforge_dsl.wire._faults import faults, misfit
from reelforge_dsl.wire._readers import reader
from reelforge_dsl.wire._shapes import MisshapenError
from reelforge_dsl.wire._text import invalid
from reelforge_dsl.wire._writers import writer

if TYPE_CHECKING:
    from cattrs import Converter

Model = TypeVar("Model")


def from_data(data: Any, cls: type[Model], *, strict: bool) -> Model:
    """Read a model from plain values.

    Raises:
        ManifestInvalidError: It has not the model's shape.
        FieldError: ``cls`` is no model.
    """
    kind: type = cls
    read = _read_as(kind)
    wrong = list(faults(data, cls, strict=True)) if strict else []
    if not wrong:
        try:
            return cast("Model", read(data, cls))
        except MisshapenError:  # the reader stops at the first fault; here is every one
            wrong = list(faults(data, cls))
    raise invalid(wrong)


def text_of(value: Any) -> str:
    """Return the compact JSON text of a model.

    Raises:
        FieldError: It holds something JSON cannot say, or is no model.
    """
    kind: type = type(value)
    write = _write_as(kind)
    try:
        text = write(value)
        if not text.isascii():
            text.encode()
    except (MisshapenError, TypeError, AttributeError, KeyError, ValueError) as exc:
        raise misfit(value) from exc
    return text


@cache
def _converter() -> Converter:
    from cattrs import Converter  # costs more than the rest of the package: at the first document only

    made = Converter()
    made.register_structure_hook_factory(attrs.has, reader)
    made.register_unstructure_hook_factory(attrs.has, writer)
    return made


@cache
def _read_as(cls: type) -> Callable[[Any, type], Any]:
    _known(cls)
    return cast("Callable[[Any, type], Any]", _converter().get_structure_hook(cls))


@cache
def _write_as(cls: type) -> Callable[[Any], str]:
    _known(cls)
    return cast("Callable[[Any], str]", _converter().get_unstructure_hook(cls))


def _known(cls: Any) -> None:
    if not (isinstance(cls, type) and attrs.has(cls) and rules_of(cls)):
        name = getattr(cls, "__name__", repr(cls))
        raise FieldError(f"{name} is no model of the contract", fix="see reelforge_dsl.models", value=cls)
