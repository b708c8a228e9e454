"""Pictures as filter chains: fitted into their boxes, moved, joined and laid over one another.

Pictures that fill the frame and follow one another are joined end to end; that
run is the base. All others are laid over it. A cut then costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from reelforge_dsl.engine._graph import Graph, seconds
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._scene import Frame, Picture, Scene
from reelforge_dsl.units import FPS

ZOOM = 0.15
"""How much nearer a zoom ends. Source: decision D13."""

PAN = 0.08
"""How far a pan travels, of the picture's width. Source: decision D13."""

_BLUR_SIDE = 136
"""Short side in pixels at which backgrounds are blurred: small is fast, and scaling up smooths."""

_BLUR_SIGMA = 6

_HD_HEIGHT = 720

_HELD = "tpad=stop=-1:stop_mode=clone"

_NUDGE = 0.002
"""Seconds by which sources come late: half-way between two frames, their rounded clocks would stutter."""

_DUST = 1e-6


def painted(graph: Graph, scene: Scene, pads: Sequence[str]) -> str:
    """Write the chains that paint every picture, and return the pad of the whole.

    Args:
        graph: Where to write.
        scene: What to paint.
        pads: The input pad of each picture, in the scene's order.
    """
    base = base_run(scene)
    chosen = set(base)
    below = _joined(graph, scene, [(scene.pictures[index], pads[index]) for index in base])
    for index, picture in enumerate(scene.pictures):
        if index not in chosen:
            below = _laid_over(graph, below, picture, pads[index])
    return below


def base_run(scene: Scene) -> list[int]:
    """Return which pictures make the base, in order of time.

    A picture belongs to it when it fills the frame, hides what is below, and
    meets no other but by a dissolve with its neighbour.
    """
    above = bytearray(scene.frames)
    taken = bytearray(scene.frames)
    last_at: dict[int, Picture] = {}
    base: list[int] = []
    for index, picture in enumerate(scene.pictures):
        first, end = picture.first, picture.end
        before = last_at.get(first + picture.dissolve)
        paired = not picture.dissolve or (before is not None and before.leaving == picture.dissolve)
        free = taken.find(1, first + picture.dissolve, end) < 0 and above.find(1, first, end) < 0
        whole = picture.opaque and picture.box.fills(scene.frame) and not picture.fades
        if whole and paired and free and not _alone(picture, taken):
            base.append(index)
            last_at[end] = picture
            taken[first:end] = b"\x01" * (end - first)
        else:
            above[first:end] = b"\x01" * (end - first)
    return sorted(base, key=lambda index: scene.pictures[index].first)


def _alone(picture: Picture, taken: bytearray) -> bool:
    """Tell whether a dissolving picture has a neighbour in only part of its dissolve."""
    return taken.find(0, picture.first, picture.first + picture.dissolve) >= 0


def _joined(graph: Graph, scene: Scene, run: list[tuple[Picture, str]]) -> str:
    """Write the base: pictures end to end, black where there is none, dissolves where asked."""
    group: list[str] = []
    length, whole, cursor = 0, "", 0
    for picture, pad in run:
        if picture.first > cursor:
            group.append(_black(graph, scene.frame, picture.first - cursor))
            length += picture.first - cursor
        # xfade refuses a stream without a constant rate, and setpts takes it away.
        steady = [f"fps={FPS}"] if picture.dissolve or picture.leaving else []
        piece = graph.add(_fitted(graph, picture, pad), [*_timed(picture), *steady])
        if picture.dissolve:
            before = _concatenated(graph, whole, group)
            start = seconds(length - picture.dissolve)
            filters = f"xfade=transition=fade:duration={seconds(picture.dissolve)}:offset={start}"
            whole, group = graph.add(before + piece, [filters]), []
            length += picture.frames - picture.dissolve
        else:
            group.append(piece)
            length += picture.frames
        cursor = picture.end
    if cursor < scene.frames:
        group.append(_black(graph, scene.frame, scene.frames - cursor))
    return _concatenated(graph, whole, group)


def _concatenated(graph: Graph, whole: str, group: list[str]) -> str:
    parts = [whole, *group] if whole else group
    if len(parts) == 1:
        return parts[0]
    # Nor does concat promise one; and its clock is so fine that fps would round frames away: count them.
    steady = [f"settb=1/{FPS}", "setpts=N", f"fps={FPS}"]
    return graph.add("".join(parts), [f"concat=n={len(parts)}:v=1:a=0", *steady])


def _black(graph: Graph, frame: Frame, frames: int) -> str:
    source = f"color=c=black:s={frame.width}x{frame.height}:r={FPS}"
    return graph.add("", [source, "setsar=1", "format=yuv420p", f"trim=end_frame={frames}"])


def _laid_over(graph: Graph, below: str, picture: Picture, pad: str) -> str:
    x, y, _, _ = _shown(picture)
    source = _fitted(graph, picture, pad)
    filters: list[str] = []
    if _moves(picture):
        filters += _timed(picture)
        if picture.dissolve:
            filters += ["format=yuva420p", f"fade=t=in:start_frame=0:nb_frames={picture.dissolve}:alpha=1"]
        if picture.fades and picture.leaving:
            start = picture.frames - picture.leaving
            filters += [
                "format=yuva420p",
                f"fade=t=out:start_frame={start}:nb_frames={picture.leaving}:alpha=1",
            ]
        filters.append(f"setpts=PTS+{picture.first}")
    filters += _shifted(x % 2, y % 2)
    top = graph.add(source, filters) if filters else source
    shown = f"enable='between(n,{picture.first},{picture.end - 1})'"
    return graph.add(below + top, [f"overlay=x={x - x % 2}:y={y - y % 2}:eof_action=repeat:{shown}"])


def _shifted(right: int, down: int) -> list[str]:
    """Return the filters that move a picture by a pixel, which ``overlay`` does only by two."""
    if not (right or down):
        return []
    return ["format=yuva444p", f"pad=iw+{right}:ih+{down}:{right}:{down}:color=black@0", "format=yuva420p"]


def _moves(picture: Picture) -> bool:
    return not picture.still or picture.motion != "none" or bool(picture.dissolve or picture.leaving)


def _timed(picture: Picture) -> list[str]:
    """Return the filters that make a fitted stream exactly its frames long, moving if asked.

    The last picture is held where the source is shorter (decision D4).
    """
    if picture.still:
        filters = [f"settb=1/{FPS}", "setpts=0", "loop=loop=-1:size=1", "setpts=N", f"fps={FPS}"]
    else:
        filters = [f"fps={FPS}:start_time=0", _HELD]
    filters += [f"trim=end_frame={picture.frames}", "setpts=PTS-STARTPTS"]
    return filters + _moving(picture)


def _moving(picture: Picture) -> list[str]:
    """Return the Ken Burns filter.

    ``perspective`` samples between pixels, so nothing jumps from pixel to pixel
    as it does when a crop is rounded. Stills are sampled sharper.
    """
    if picture.motion == "none":
        return []
    # The filter counts its pictures from 1.
    done = f"(on-1+{picture.lived})/{max(picture.life - 1, 1)}"
    if picture.motion in ("zoom_in", "zoom_out"):
        zoom = f"(1+{ZOOM}*{done})" if picture.motion == "zoom_in" else f"(1+{ZOOM}-{ZOOM}*{done})"
        left, wide = f"(1-1/{zoom})/2", f"1/{zoom}"
        top = left
    else:
        wide = f"1/{1 + PAN}"
        travelled = f"(1-{done})" if picture.motion == "pan_left" else done
        left, top = f"(1-{wide})*{travelled}", f"(1-{wide})/2"
    x = {"0": f"W*{left}", "1": f"W*({left}+{wide})"}
    y = {"0": f"H*{top}", "1": f"H*({top}+{wide})"}
    corners = (("0", "0"), ("1", "0"), ("0", "1"), ("1", "1"))
    places = ":".join(f"x{at}='{x[h]}':y{at}='{y[v]}'" for at, (h, v) in enumerate(corners))
    sampling = "cubic" if picture.still else "linear"
    return [f"perspective=sense=source:eval=frame:interpolation={sampling}:{places}"]


def _fitted(graph: Graph, picture: Picture, pad: str) -> str:
    """Write the chain that fits a file into its box, and return its pad."""
    # FFmpeg 7 would take a palette's colours for bt601.
    early = [*_early(picture), *(["format=rgba"] if picture.media.pix_fmt == "pal8" else [])]
    box, media = picture.box, picture.media
    pixels = "yuva420p" if media.has_alpha else "yuv420p"
    _, _, width, height = _shown(picture)
    if picture.fit == "cover" or (width, height) == (box.width, box.height):
        fit = (
            _covering(picture.media, box.width, box.height)
            if picture.fit == "cover"
            else [_scaled(media, width, height)]
        )
        return graph.add(pad, [*early, *fit, "setsar=1", f"format={pixels}"])
    if picture.background == "transparent":
        return graph.add(pad, [*early, _scaled(media, width, height), "setsar=1", f"format={pixels}"])
    x, y = _inside(picture)
    if picture.background == "solid":
        inner = [_scaled(media, width, height), "setsar=1", f"format={pixels}"]
        return graph.add(pad, [*early, *inner, f"pad={box.width}:{box.height}:{x}:{y}:color=black"])
    one, other = graph.split(graph.add(pad, early) if early else pad)
    behind = graph.add(one, [*_blurred(picture), "setsar=1", f"format={pixels}"])
    front = graph.add(other, [_scaled(media, width, height), "setsar=1", f"format={pixels}"])
    return graph.add(behind + front, [f"overlay=x={x}:y={y}"])


def _early(picture: Picture) -> list[str]:
    """Return the filters that choose pictures before any work is spent on them."""
    if picture.still:
        return []
    frames = int(picture.lead * FPS + _DUST)
    shift = [f"setpts=PTS{frames / FPS - picture.lead + _NUDGE:+.6f}/TB"]
    steady = f"fps={FPS}:start_time=0"
    if picture.lead:
        # Held first: the last picture may stand before the trim.
        return [*shift, steady, _HELD, f"trim=start_frame={frames}", "setpts=PTS-STARTPTS"]
    return [*shift, steady] if (picture.media.fps or 0) > FPS + 0.01 else shift


def _scaled(media: Media, width: int, height: int) -> str:
    """Return the scaler; every source becomes bt709 in the narrow range, whatever it was."""
    # Players take a file that does not name its matrix for bt709 when it is HD; the scaler would not.
    untold = media.kind == "video" and media.color_space is None and media.coded_height >= _HD_HEIGHT
    taken = ":in_color_matrix=bt709" if untold else ""
    return f"scale={width}:{height}{taken}:out_range=tv:out_color_matrix=bt709"


def _covering(media: Media, width: int, height: int) -> list[str]:
    """Return crop and scale: cropping first costs the least."""
    wide, high = media.width, media.height
    if wide * height > high * width:
        cropped = high * width / height
        across = _turned(media)[0]
        crop = f"crop={min(_even(cropped / wide * across), across)}:ih:exact=1"
    else:
        cropped = wide * height / width
        down = _turned(media)[1]
        crop = f"crop=iw:{min(_even(cropped / high * down), down)}:exact=1"
    same = abs(wide * height - high * width) < max(width, height)
    return [_scaled(media, width, height)] if same else [crop, _scaled(media, width, height)]


def _turned(media: Media) -> tuple[int, int]:
    """Return the stored size as the decoder hands it over: rotated, its pixels not yet squared."""
    upright = media.rotation % 180 == 0
    size = (media.coded_width, media.coded_height)
    return size if upright else (size[1], size[0])


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))


def _blurred(picture: Picture) -> list[str]:
    box = picture.box
    shrink = max(1.0, min(box.width, box.height) / _BLUR_SIDE)
    small = _even(box.width / shrink), _even(box.height / shrink)
    covering = _covering(picture.media, *small)
    return [*covering, f"gblur=sigma={_BLUR_SIGMA}", f"scale={box.width}:{box.height}"]


def _shown(picture: Picture) -> tuple[int, int, int, int]:
    """Return x, y, width and height of what is laid over: the box, or the free-standing picture inside."""
    box = picture.box
    if picture.fit == "cover":
        return box.x, box.y, box.width, box.height
    media = picture.media
    ratio = min(box.width / media.width, box.height / media.height)
    width, height = round(media.width * ratio), round(media.height * ratio)
    width, height = max(1, width), max(1, height)
    if abs(width - box.width) <= 1 and abs(height - box.height) <= 1:
        return box.x, box.y, box.width, box.height
    if picture.background != "transparent":
        return box.x, box.y, width, height
    return box.x + (box.width - width) // 2, box.y + (box.height - height) // 2, width, height


def _inside(picture: Picture) -> tuple[int, int]:
    """Return where in its box a contained picture stands."""
    _, _, width, height = _shown(picture)
    return (picture.box.width - width) // 2, (picture.box.height - height) // 2
