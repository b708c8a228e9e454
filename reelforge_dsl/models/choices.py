"""Every public choice, as a ``Literal``: editors complete it, checkers check it, run time reads it."""

from __future__ import annotations

from typing import Literal, get_args

Ratio = Literal["9:16", "16:9", "1:1", "4:5", "4:3", "3:4", "2:3", "21:9"]
"""Frame shapes, width to height; the short side is 1080 pixels."""

Place = Literal["tiktok", "reels", "shorts", "stories", "youtube", "square", "feed"]
"""Frame sizes by where the film is shown."""

AssetType = Literal["video", "audio", "image"]
"""What a file is. Source: contract §2, ``assets[].type``."""

Fit = Literal["cover", "contain"]
"""How media fill their box; ``cover`` when left out. Source: contract §5."""

Background = Literal["blurred", "transparent", "solid"]
"""What fills the part of the box that ``contain`` leaves free; ``blurred`` when left out.

Source: contract §3, decision D7.
"""

Motion = Literal["zoom_in", "zoom_out", "pan_left", "pan_right", "none"]
"""Ken Burns movement over the layer's duration; ``none`` when left out. Source: contract §3, decision D13."""

TextAlign = Literal["left", "center", "right", "justify"]
"""Horizontal alignment inside the text's box. Source: contract §6."""

Provider = Literal["assemblyai"]
"""Who transcribes. Source: contract §7."""

Preset = Literal[
    "tiktok_classic",
    "bold_outline",
    "karaoke_yellow",
    "neon_glow",
    "soft_pill",
    "typewriter",
    "handwriting",
    "luxury_serif",
]
"""The look of the captions. Source: contract §7."""

Mode = Literal["word_only", "phrase", "phrase_karaoke"]
"""How captions show their words; ``phrase_karaoke`` when left out. Source: contract §7."""

LayoutVariant = Literal["full_frame", "split_screen"]
"""How the recipe ``captioned_clip`` fills the frame. Source: contract §10."""

Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
"""Where ``Layout.corner`` puts a box."""

Half = Literal["top", "bottom", "left", "right"]
"""Which half of the frame ``Layout.half`` takes."""


def words_of(choice: object) -> tuple[str, ...]:
    """Return the allowed words of a choice, in the contract's order."""
    return get_args(choice)
