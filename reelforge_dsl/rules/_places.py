"""Warnings about boxes: what stands outside the frame, and what leaves it black."""

from __future__ import annotations

from collections.abc import Iterator

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Json, Layer, Layout
from reelforge_dsl.rules._boxes import Corners, corners_of
from reelforge_dsl.rules._document import Document, said
from reelforge_dsl.rules._fields import strayed
from reelforge_dsl.units import short

CAPTION_BOX = Layout("8%", "77%", "84%", "18%")
"""Where captions stand when the document does not say. Source: decision D23."""

SAFE = (0.04, 0.55, 0.96, 0.96)
"""The safe lower third, as shares of the frame: left, top, right, bottom. Source: decision D23."""

MOST_LAYERS = 200
"""Layers of a film whose clips are judged by their company; in a longer one it takes too long."""

Boxes = tuple[Layout | None, ...]


def text_outside_frame(document: Document) -> Iterator[Issue]:
    """Text stands inside the frame. Source: contract §5 and §9 (out-of-bounds placement)."""
    shared = document.composition.global_layouts
    below = shared.text if shared is not None else None
    frame = document.manifest.output
    for index, overlay in enumerate(document.overlays):
        own = overlay.layout
        box = corners_of(frame, own, below) if own is not None or below is not None else None
        if box is None or box.inside:
            continue
        path = "$.composition.global_layouts.text"
        if own is not None:
            path = f"$.composition.text_overlays[{index}].layout"
        yield from _outside(f"text {said(overlay)}", path, (own, below), document)


def pictures_outside_frame(document: Document) -> Iterator[Issue]:
    """A picture is seen: its box may reach outside the frame, but not lie beside it. Source: contract §5, §9.

    A transform can move a picture back, so one that has any is not judged.
    """
    frame = document.manifest.output
    for index, layer in enumerate(document.layers):
        if layer.layout is None or layer.style is not None or layer.type not in ("video", "image"):
            continue
        box = corners_of(frame, layer.layout)
        if box is None or box.inside or box.meets(Corners(0, 0, frame.width, frame.height)):
            continue
        path = f"$.composition.timeline[{index}].layout"
        yield from _outside(f"layer {layer.id!r}", path, (layer.layout,), document)


def captions_in_place(document: Document) -> Iterator[Issue]:
    """Captions stand in the safe lower third. Source: contract §7, decision D23."""
    captions = document.composition.captions
    if captions is None:
        return
    path = "$.composition.captions"
    if captions.layout is not None:
        yield from _misplaced(f"{path}.layout", (captions.layout, CAPTION_BOX), document)
    overrides = captions.time_overrides
    if overrides is None or isinstance(overrides, Json):
        return
    for index, override in enumerate(overrides):
        if override.layout is not None:
            at = f"{path}.time_overrides[{index}].layout"
            yield from _misplaced(at, (override.layout, captions.layout, CAPTION_BOX), document)


def _misplaced(path: str, boxes: Boxes, document: Document) -> Iterator[Issue]:
    """Tell that captions stand outside the frame, or else outside the safe lower third."""
    outside = list(_outside("captions", path, boxes, document))
    yield from outside
    frame = document.manifest.output
    box = corners_of(frame, *boxes)
    if outside or box is None or any(map(_has_strayed, boxes)):
        return
    left, top, right, bottom = SAFE
    safe = Corners(left * frame.width, top * frame.height, right * frame.width, bottom * frame.height)
    if not box.within(safe):
        across = f"{_percent(box.left, frame.width)}…{_percent(box.right, frame.width)} % across"
        down = f"{_percent(box.top, frame.height)}…{_percent(box.bottom, frame.height)} % down"
        yield Issue(
            "captions_outside_safe_area",
            "warning",
            path,
            f"captions stand {across} and {down}: outside the safe lower third,"
            " which players keep free of buttons",
            "keep x within 4–96 % and y within 55–96 %, as x 8%, y 77%, width 84%, height 18%",
        )


def _outside(what: str, path: str, boxes: Boxes, document: Document) -> Iterator[Issue]:
    frame = document.manifest.output
    box = corners_of(frame, *boxes)
    whole = Corners(0, 0, frame.width, frame.height)
    if box is None or box.inside or any(map(_has_strayed, boxes)):
        return
    over = {
        "left": -box.left,
        "top": -box.top,
        "right": box.right - frame.width,
        "bottom": box.bottom - frame.height,
    }
    sides = " and ".join(f"{short(round(by))} px over the {side}" for side, by in over.items() if by > 1)
    happens = f"its box goes {sides}" if box.meets(whole) else "its box lies wholly beside it"
    yield Issue(
        "outside_frame",
        "warning",
        path,
        f"{what} is outside the frame of {frame.width}×{frame.height}: {happens}",
        "keep x + width and y + height to 100%",
    )


def _has_strayed(layout: Layout | None) -> bool:
    """Tell whether a side has its own word already: it is outside its guardrail."""
    return layout is not None and any(
        value is not None and strayed(side, value) is not None
        for side, value in (
            ("x", layout.x),
            ("y", layout.y),
            ("width", layout.width),
            ("height", layout.height),
        )
    )


def _percent(pixels: float, whole: float) -> str:
    return short(round(100 * pixels / whole, 1))


def unfilled_frame(document: Document) -> Iterator[Issue]:
    """A clip that is alone on screen fills it; else there is black around it.

    Only where no other picture can be there at the same time: a box beside or
    over others is composed. Source: contract §5, decision D7 (black where nothing is).
    """
    frame = document.manifest.output
    for index, layer in enumerate(document.layers if len(document.layers) <= MOST_LAYERS else ()):
        if layer.type != "video" or layer.layout is None or _is_whole(layer.layout):
            continue
        box = corners_of(frame, layer.layout)
        if box is None or box.right <= box.left or box.bottom <= box.top or _has_strayed(layer.layout):
            continue
        whole = Corners(0, 0, frame.width, frame.height)
        if whole.within(box) or not box.meets(whole) or _is_unseen(document, index):
            continue
        if _has_company(document, index):
            continue
        size = f"{short(round(box.right - box.left))}×{short(round(box.bottom - box.top))}"
        yield Issue(
            "frame_not_filled",
            "warning",
            f"$.composition.timeline[{index}].layout",
            f"layer {layer.id!r} is alone on screen in a box of {size}: the rest of the frame is black",
            "leave layout's box out; fit 'contain' shows everything over a blurred background",
        )


def _is_whole(layout: Layout) -> bool:
    """Tell whether a box has no sides of its own, so that it is the frame."""
    return layout.x is layout.y is layout.width is layout.height is None


def _is_unseen(document: Document, index: int) -> bool:
    """Tell whether a layer begins where the film has ended, which has its own word."""
    row = document.placed.rows[index]
    return row.start is not None and row.cut is not None and row.start >= row.cut


def _has_company(document: Document, index: int) -> bool:
    """Tell whether another picture is or may be there while this one is."""
    rows = document.placed.rows
    mine = rows[index]
    for row in rows:
        if row is mine or not _is_picture(row.layer):
            continue
        if row.rule == mine.rule == "stitched":
            continue
        late = row.start is not None and mine.cut is not None and row.start >= mine.cut
        early = row.cut is not None and mine.start is not None and row.cut <= mine.start
        if not late and not early:
            return True
    return False


def _is_picture(layer: Layer | None) -> bool:
    return layer is not None and layer.type in ("video", "image")
