"""The looks of captions, one entry a preset. Source: contract §7; decision D23 for size and box."""

from __future__ import annotations

from attrs import frozen

from reelforge_dsl.models import CaptionStyle, Layout

BOX = Layout("8%", "77%", "84%", "18%")
"""Where captions stand when the document does not say. Source: decision D23."""

WIDTH = 1080
"""Frame width at which a preset's pixels are meant; they grow and shrink with it. Source: decision D23."""


@frozen
class Preset:
    """How captions look before the document's own style.

    Attributes:
        style: In pixels of a frame 1080 wide.
        word_shows_highlight: Whether a word that stands alone has the spoken word's colour.
    """

    style: CaptionStyle
    word_shows_highlight: bool = True


PRESETS: dict[str, Preset] = {
    "karaoke_yellow": Preset(
        CaptionStyle(
            font_family="Poppins",
            font_weight=800,
            font_size=64,
            letter_spacing=0.015,
            line_height=1.16,
            color="#FFFFFF",
            highlight_color="#FFEA00",
            stroke_color="#000000",
            stroke_width=6,
            shadow_color="rgba(0, 0, 0, 0.55)",
            shadow_offset_x=0,
            shadow_offset_y=5,
        )
    ),
}
"""The presets that the engine draws."""
