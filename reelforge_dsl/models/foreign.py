"""JSON that is not ours: held frozen, with its types and its order kept."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from reelforge_dsl.units import plain


@frozen
class Json:
    """A foreign JSON value: metadata, unknown keys, shapes the contract does not publish.

    Equal when the JSON text is equal, so ``1`` and ``true`` differ and ``8.0`` is ``8``.

    Attributes:
        text: The value as compact JSON, keys in the order they came.
    """

    text: str

    @classmethod
    def of(cls, value: Any) -> Json:
        """Freeze a plain value of dicts, lists, strings, numbers, booleans and ``None``.

        Raises:
            ValueError: A NaN or an infinity is inside.
            TypeError: Something that JSON cannot say is inside.
        """
        import json  # here, for most films hold no foreign JSON and every import would pay

        return cls(json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False))

    @property
    def value(self) -> Any:
        """A fresh plain copy; changing it changes nothing here."""
        import json

        return json.loads(self.text)


@frozen
class Extra:
    """A key of a loaded document that the contract does not name.

    Attributes:
        key: The key.
        value: What it holds.
        after: The contract's key that it followed, ``""`` when it came first.
    """

    key: str
    value: Json
    after: str = ""


Extras = tuple[Extra, ...]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return plain(value) if isinstance(value, float) else value
