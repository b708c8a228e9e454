"""Boxes inside the frame. Source: contract §5."""

from __future__ import annotations

from attrs import define, field

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.models import fields
from reelforge_dsl.models.choices import Corner, Fit, Half, words_of
from reelforge_dsl.models.fields import author_values
from reelforge_dsl.models.foreign import Extras
from reelforge_dsl.models.merging import merged
from reelforge_dsl.units import Length, parse_length


@define(frozen=True, init=False)
class Layout:
    """A box inside the frame, as CSS left, top, width and height.

    A key left out is not sent: then the box starts at 0 and takes what is left
    of the frame (decision D22).

    Attributes:
        x: Left edge, ``"10%"`` of the frame's width or ``"20px"``.
        y: Top edge, percent of the frame's height or pixels.
        width: Width, percent of the frame's width or pixels.
        height: Height, percent of the frame's height or pixels.
        fit: ``"cover"`` fills the box and crops, ``"contain"`` shows everything.
        z_index: Higher is nearer; 0 when left out, ties in call order (decision D3).
        extra: Keys the contract does not name.

    Raises:
        FieldError: A value is neither percent nor pixels, or ``fit`` is not a choice.

    Source: contract §5.
    """

    x: str | None = field(default=None, metadata=fields.length())
    y: str | None = field(default=None, metadata=fields.length())
    width: str | None = field(default=None, metadata=fields.length())
    height: str | None = field(default=None, metadata=fields.length())
    fit: Fit | str | None = field(default=None, metadata=fields.choice(Fit))
    z_index: float | None = field(default=None, metadata=fields.number())
    extra: Extras = ()

    def __init__(
        self,
        x: str | None = None,
        y: str | None = None,
        width: str | None = None,
        height: str | None = None,
        fit: Fit | None = None,
        z_index: float | None = None,
        *,
        extra: Extras = (),
    ) -> None:
        values = author_values(
            Layout, {"x": x, "y": y, "width": width, "height": height, "fit": fit, "z_index": z_index}
        )
        self.__attrs_init__(**values, extra=extra)

    def __or__(self, other: Layout) -> Layout:
        """Return both together; where both say something, ``other`` wins."""
        return merged(self, other)

    @classmethod
    def half(cls, side: Half, *, fit: Fit | None = None, z_index: float | None = None) -> Layout:
        """Take one half of the frame.

        Args:
            side: ``"top"``, ``"bottom"``, ``"left"`` or ``"right"``.
            fit: As in `Layout`.
            z_index: As in `Layout`.

        Raises:
            FieldError: ``side`` is not a half.
        """
        _known("half", side, words_of(Half))
        across = side in ("left", "right")
        return cls(
            x="50%" if side == "right" else "0%",
            y="50%" if side == "bottom" else "0%",
            width="50%" if across else "100%",
            height="100%" if across else "50%",
            fit=fit,
            z_index=z_index,
        )

    @classmethod
    def cell(
        cls,
        row: int,
        column: int,
        *,
        of: tuple[int, int],
        fit: Fit | None = None,
        z_index: float | None = None,
    ) -> Layout:
        """Take one cell of a grid.

        Args:
            row: From 0 at the top.
            column: From 0 at the left.
            of: How many (rows, columns) there are.
            fit: As in `Layout`.
            z_index: As in `Layout`.

        Raises:
            FieldError: The cell lies outside the grid.
        """
        rows, columns = of
        if not (0 <= row < rows and 0 <= column < columns):
            raise FieldError(
                f"Layout.cell: ({row}, {column}) is outside {rows} rows and {columns} columns",
                fix="rows and columns count from 0",
                field="Layout.cell",
                value=(row, column),
            )
        wide, high = 100 / columns, 100 / rows
        return cls(
            _percent(column * wide), _percent(row * high), _percent(wide), _percent(high), fit, z_index
        )

    @classmethod
    def corner(
        cls,
        place: Corner,
        *,
        width: str,
        height: str,
        margin: str = "4%",
        fit: Fit | None = None,
        z_index: float | None = None,
    ) -> Layout:
        """Put a box into a corner of the frame.

        Args:
            place: ``"top_left"``, ``"top_right"``, ``"bottom_left"`` or ``"bottom_right"``.
            width: Of the box. At the right edge it needs the margin's unit to be percent, both.
            height: Of the box. At the bottom edge likewise.
            margin: Distance from both edges; percent of each side.
            fit: As in `Layout`.
            z_index: As in `Layout`.

        Raises:
            FieldError: ``place`` is not a corner, or a pixel size stands where the
                frame's own size would be needed.
        """
        _known("corner", place, words_of(Corner))
        vertical, horizontal = place.split("_")
        x = margin if horizontal == "left" else _from_far_edge("width", width, margin)
        y = margin if vertical == "top" else _from_far_edge("height", height, margin)
        return cls(x, y, width, height, fit, z_index)

    @classmethod
    def lower_third(cls) -> Layout:
        """Take the band for names and captions: x 8 %, y 77 %, 84 % wide, 18 % high.

        Source: contract §7 (documented sample).
        """
        return cls("8%", "77%", "84%", "18%")


def _known(maker: str, word: str, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        what = f"Layout.{maker}: {word!r} is not allowed"
        raise FieldError(what, fix=near(str(word), allowed), field=f"Layout.{maker}", value=word)


def _from_far_edge(side: str, size: str, margin: str) -> str:
    long, gap = _given(side, size), _given("margin", margin)
    if "px" in (long.unit, gap.unit):
        raise FieldError(
            f"Layout.corner: {side} {size!r} with margin {margin!r} needs the frame's size",
            fix=f"give {side} and margin in percent",
            field=f"Layout.corner: {side}",
            value=size,
        )
    return _percent(100 - long.value - gap.value)


def _given(side: str, size: str) -> Length:
    found = parse_length(size) if isinstance(size, str) else None
    if found is None:
        raise FieldError(
            f"Layout.corner: {side} {size!r} is neither percent nor pixels",
            fix="write it as '10%' or '20px'",
            field=f"Layout.corner: {side}",
            value=size,
        )
    return found


def _percent(value: float) -> str:
    return str(Length(value, "%"))
