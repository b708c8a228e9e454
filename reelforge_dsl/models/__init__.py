"""The wire document as frozen values: what v1 says, and nothing else.

Field names are wire names. ``None`` means unset, and unset is absent from the
wire. A value holds any document of the right shape; what is wrong with one is
for `reelforge_dsl.rules` to tell. Music requests are in `reelforge_dsl.models.music`: a film needs none.
"""

from reelforge_dsl.models.assets import Asset, Output
from reelforge_dsl.models.captions import Captions, CaptionStyle, TimeOverride, Word
from reelforge_dsl.models.foreign import Extra, Extras, Json
from reelforge_dsl.models.layers import LAYER_FIELDS, Layer, LayerStyle, MediaSettings, Time, Trim
from reelforge_dsl.models.layout import Layout
from reelforge_dsl.models.manifest import (
    Authored,
    Composed,
    Composition,
    GlobalLayouts,
    GlobalStyles,
    Manifest,
    Media,
)
from reelforge_dsl.models.overlays import TextOverlay, TextStyle

__all__ = [
    "LAYER_FIELDS",
    "Asset",
    "Authored",
    "CaptionStyle",
    "Captions",
    "Composed",
    "Composition",
    "Extra",
    "Extras",
    "GlobalLayouts",
    "GlobalStyles",
    "Json",
    "Layer",
    "LayerStyle",
    "Layout",
    "Manifest",
    "Media",
    "MediaSettings",
    "Output",
    "TextOverlay",
    "TextStyle",
    "Time",
    "TimeOverride",
    "Trim",
    "Word",
]
