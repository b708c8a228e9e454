"""Models to JSON and back: one exact text form, and every fault of a document at once.

The only room that knows cattrs, and it asks for it at the first document, so
that importing costs little. Key order is the models' field order; unset is
absent; ``8.0`` is written ``8``; unknown keys come back where they stood.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar, overload

from attrs import AttrsInstance, evolve

from reelforge_dsl.models import Manifest
from reelforge_dsl.wire._document import from_data, text_of
from reelforge_dsl.wire._text import indented, parsed, plain_value

__all__ = ["digest", "dumps", "from_dict", "loads", "parsed", "schema", "to_dict"]

Model = TypeVar("Model")


def dumps(manifest: AttrsInstance, *, indent: int | None = None) -> str:
    r"""Return the document as JSON text: what is sent, hashed and kept in snapshots.

    Equal manifests give equal text. Characters stand as themselves, not as ``\u`` escapes.

    Args:
        manifest: The document, or any other model.
        indent: Spaces a level; without it the text is compact, on one line.

    Raises:
        FieldError: A value put together by hand holds something JSON cannot say, such as NaN.

    Source: decision D16 (numbers).
    """
    text = text_of(manifest)
    return text if indent is None else indented(text, indent)


def loads(text: str | bytes, *, strict: bool = False) -> Manifest:
    """Read a document; what is wrong with one that loads is for the rules to tell.

    Args:
        text: JSON, as text or as UTF-8 bytes.
        strict: Take a key that the contract does not name for a fault, too.

    Raises:
        ManifestInvalidError: It is not JSON or has not the documents' shape; ``.issues`` holds
            every fault, in document order.

    Source: decision D2 (unknown keys are kept).
    """
    return from_data(parsed(text), Manifest, strict=strict)


def to_dict(value: AttrsInstance) -> dict[str, Any]:
    """Return a model as fresh plain dicts and lists, as JSON has it.

    Args:
        value: A manifest or any part of one, a music request, a track.

    Raises:
        FieldError: It holds something JSON cannot say, or is no model.
    """
    return plain_value(text_of(value))


@overload
def from_dict(data: Any, *, strict: bool = False) -> Manifest: ...
@overload
def from_dict(data: Any, cls: type[Model], *, strict: bool = False) -> Model: ...
def from_dict(data: Any, cls: type[Any] = Manifest, *, strict: bool = False) -> Any:
    """Read a model from plain dicts and lists.

    Args:
        data: As `json.loads` gives it.
        cls: The model: `Manifest`, or any other.
        strict: Take a key that the contract does not name for a fault, too.

    Raises:
        ManifestInvalidError: It has not the model's shape; ``.issues`` holds every fault, in
            document order.
        FieldError: ``cls`` is no model.
    """
    return from_data(data, cls, strict=strict)


def digest(manifest: Manifest) -> str:
    """Return the SHA-256, in hex, of what changes picture or sound.

    The idempotency key, ``metadata`` and the webhook's fields do not.
    """
    seen = evolve(
        manifest,
        idempotency_key=None,
        metadata=None,
        webhook_url=None,
        webhook_headers=None,
        webhook_secret=None,
    )
    return hashlib.sha256(text_of(seen).encode()).hexdigest()


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the request body, as fresh plain dicts.

    It ships as ``reelforge_dsl/wire/v1.schema.json``, for editors. A document without errors is valid by
    it; ids that name nothing and lengths of files are beyond a schema, and for the rules to tell.

    Source: contract §2–§7; decisions D2, D9.
    """
    from reelforge_dsl.wire._schema import request_schema  # here, for no film needs it

    return request_schema()
