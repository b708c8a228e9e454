"""Sounds as filter chains: placed to the sample, faded, mixed, limited where they would clip."""

from __future__ import annotations

from collections.abc import Sequence

from reelforge_dsl.engine._graph import Graph
from reelforge_dsl.engine._scene import Scene, Sound
from reelforge_dsl.units import FPS

RATE = 48_000
"""Samples a second of every output."""

_PER_FRAME = RATE // FPS

_CEILING = 0.89
"""Peak that the limiter lets through, for AAC reaches up to 1 dB past what it is given.

A mix below it passes unchanged.
"""


def mixed(graph: Graph, scene: Scene, pads: Sequence[str]) -> str:
    """Write the chains that mix every sound to stereo, exactly as long as the picture, and return the pad.

    Args:
        graph: Where to write.
        scene: What is heard.
        pads: The input pad of each sound, in the scene's order.
    """
    length = scene.frames * _PER_FRAME
    if not scene.sounds:
        return graph.add("", [f"anullsrc=r={RATE}:cl=stereo", f"atrim=end_sample={length}"])
    placed = [graph.add(pad, _placed(sound)) for sound, pad in zip(scene.sounds, pads, strict=True)]
    filters = []
    if len(placed) > 1:
        filters.append(f"amix=inputs={len(placed)}:normalize=0:duration=longest:dropout_transition=0")
    filters.append(f"alimiter=limit={_CEILING}:level=disabled:attack=5:release=50:latency=1")
    filters += [f"apad=whole_len={length}", f"atrim=end_sample={length}"]
    return graph.add("".join(placed), filters)


def _placed(sound: Sound) -> list[str]:
    length = sound.frames * _PER_FRAME
    # first_pts=0 keeps a stream that starts late in its file where it belongs; 5.1 is mixed down.
    filters = [f"aresample={RATE}:async=1:first_pts=0"]
    if sound.media.channels == 1:
        filters.append("pan=stereo|c0=c0|c1=c0")  # left alone, mono would lose 3 dB
    filters.append("aformat=sample_fmts=fltp:channel_layouts=stereo")
    if sound.loop:
        filters.append("aloop=loop=-1:size=2147483647")
    filters += [f"atrim=end_sample={length}", "asetpts=PTS-STARTPTS"]
    if sound.volume != 1:
        filters.append(f"volume={sound.volume:.6f}")
    filters += _fades(sound)
    if sound.first:
        filters.append(f"adelay=delays={sound.first * _PER_FRAME}S:all=1")
    return filters


def _fades(sound: Sound) -> list[str]:
    filters = []
    if sound.fade_in > 0:
        filters.append(_fade("in", 0, _samples(sound.fade_in)))
    if sound.fade_out > 0:
        length = _samples(sound.fade_out)
        filters.append(_fade("out", max(0, _samples(sound.fade_end) - length), length))
    if sound.rise:
        filters.append(_fade("in", 0, sound.rise * _PER_FRAME, "qsin"))
    if sound.fall_at is not None:
        filters.append(_fade("out", sound.fall_at * _PER_FRAME, sound.fall * _PER_FRAME, "qsin"))
    return filters


def _fade(way: str, start: int, length: int, curve: str = "tri") -> str:
    return f"afade=t={way}:start_sample={start}:nb_samples={length}:curve={curve}"


def _samples(length_seconds: float) -> int:
    return max(1, round(length_seconds * RATE))
