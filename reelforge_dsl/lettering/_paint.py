"""SVG to PNG."""

from __future__ import annotations

import re

from reelforge_dsl.errors import EngineError
from reelforge_dsl.lettering._libraries import resvg

SIDE_MAX_PX = 16384
AREA_MAX_PX = 67_108_864

_SIZE = re.compile(r'<svg\b[^>]*?\swidth="(\d{1,9})"[^>]*?\sheight="(\d{1,9})"')


def paint(svg: str) -> bytes:
    """Paint an SVG document that ``svg`` wrote.

    Args:
        svg: The document; its size is in whole pixels, at most 16384 a side and
            8192 × 8192 in all.

    Returns:
        A PNG file, RGBA with straight alpha, transparent where nothing is
        drawn. The same document gives the same bytes.

    Raises:
        EngineError: The document has no size, is too large, or cannot be painted.
    """
    size = _SIZE.search(svg, 0, 1000)
    if size is None:
        raise EngineError("the picture of a text has no size in whole pixels")
    width, height = int(size[1]), int(size[2])
    # Past memory the painter does not raise: it ends the process.
    if not (0 < width <= SIDE_MAX_PX and 0 < height <= SIDE_MAX_PX and width * height <= AREA_MAX_PX):
        raise EngineError(
            f"the picture of a text would be {width}×{height} pixels",
            fix=f"1 to {SIDE_MAX_PX} pixels a side and {AREA_MAX_PX} in all: draw smaller",
        )
    try:
        return bytes(resvg.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    except (ValueError, RuntimeError) as error:
        raise EngineError(f"the picture of a text cannot be painted: {error}") from error
    except BaseException as error:
        # A panic in Rust is no Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError("the painter of texts broke down") from error
