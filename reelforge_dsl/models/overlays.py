"""Text on the picture: ``text_overlays[]`` and its style. Source: contract §6."""

from __future__ import annotations

from attrs import define, field, frozen

from reelforge_dsl.models import fields
from reelforge_dsl.models.choices import TextAlign
from reelforge_dsl.models.fields import author_values
from reelforge_dsl.models.foreign import Extras
from reelforge_dsl.models.layers import Time
from reelforge_dsl.models.layout import Layout
from reelforge_dsl.models.merging import merged


@define(frozen=True, init=False)
class TextStyle:
    """How text looks. A key left out is not sent; what then shows stands behind it (decision D21).

    Attributes:
        font_size: Output pixels, above 0; 64.
        font_family: A family name; Inter.
        font_weight: 1…1000, or ``"bold"``, ``"normal"``; 700.
        color: ``#RRGGBB``, a CSS name or ``rgba()``; white.
        text_align: Inside the box; ``"center"``.
        letter_spacing: In em, of the font size; 0.
        line_height: Up to 4 a multiplier of the font size, above it output pixels; 1.2.
        stroke_color: Outline colour; black when only the width is given.
        stroke_width: Output pixels, at least 0; 4 when only the colour is given.
        shadow_color: Colour of the shadow; without one there is none.
        shadow_blur: Output pixels, as CSS ``text-shadow``, at least 0.
        shadow_offset_x: Output pixels to the right.
        shadow_offset_y: Output pixels down.
        extra: Keys the contract does not name.

    Raises:
        FieldError: A value has the wrong type or is outside its range.

    Source: contract §6.
    """

    font_size: float | None = field(default=None, metadata=fields.number(above=0))
    font_family: str | None = field(default=None, metadata=fields.name())
    font_weight: float | str | None = field(default=None, metadata=fields.weight())
    color: str | None = field(default=None, metadata=fields.color())
    text_align: TextAlign | str | None = field(default=None, metadata=fields.choice(TextAlign))
    letter_spacing: float | None = field(default=None, metadata=fields.number())
    line_height: float | None = field(default=None, metadata=fields.number(above=0))
    stroke_color: str | None = field(default=None, metadata=fields.color())
    stroke_width: float | None = field(default=None, metadata=fields.number(least=0))
    shadow_color: str | None = field(default=None, metadata=fields.color())
    shadow_blur: float | None = field(default=None, metadata=fields.number(least=0))
    shadow_offset_x: float | None = field(default=None, metadata=fields.number())
    shadow_offset_y: float | None = field(default=None, metadata=fields.number())
    extra: Extras = ()

    def __init__(
        self,
        *,
        font_size: float | None = None,
        font_family: str | None = None,
        font_weight: float | str | None = None,
        color: str | None = None,
        text_align: TextAlign | None = None,
        letter_spacing: float | None = None,
        line_height: float | None = None,
        stroke_color: str | None = None,
        stroke_width: float | None = None,
        shadow_color: str | None = None,
        shadow_blur: float | None = None,
        shadow_offset_x: float | None = None,
        shadow_offset_y: float | None = None,
        extra: Extras = (),
    ) -> None:
        given = locals().items()
        said = {k: value for k, value in given if value is not None and k not in ("self", "__class__")}
        self.__attrs_init__(**author_values(TextStyle, said))

    def __or__(self, other: TextStyle) -> TextStyle:
        """Return both together; where both say something, ``other`` wins."""
        return merged(self, other)


@frozen
class TextOverlay:
    """Text on the picture for a while.

    Attributes:
        content: What it says; not empty. Line breaks are kept.
        id: Its name, unique among overlays; optional.
        time: Output seconds; both keys are required.
        layout: Its box; the full frame when left out. Text is centred vertically in it.
        style: How it looks.
        extra: Keys the contract does not name.

    Source: contract §6.
    """

    id: str | None = field(default=None, metadata=fields.name())
    content: str = field(kw_only=True, metadata=fields.name())
    time: Time | None = field(default=None, metadata=fields.part(Time))
    layout: Layout | None = field(default=None, metadata=fields.part(Layout))
    style: TextStyle | None = field(default=None, metadata=fields.part(TextStyle))
    extra: Extras = ()
