"""How much ways of zooming a still tremble, and what they cost.

A chart of dots is zoomed by 1.15 in 90 frames of 1080×1080; a dot's path without its smooth part is jitter.

Usage: python tests/bench/ken_burns.py
"""

import resource
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from composition import ffmpeg
from PIL import Image, ImageDraw

from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._scene import Box, Picture
from reelforge_dsl.engine._video import _moving

SIDE, FRAMES = 1080, 90
ZOOMPAN = "zoompan=z='1+0.15*on/89':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':s=1080x1080:fps=30"


def chart(path: Path) -> None:
    """Draw white dots on blue, 50 pixels apart."""
    image = Image.new("RGB", (SIDE, SIDE), (40, 60, 80))
    draw = ImageDraw.Draw(image)
    for x in range(25, SIDE, 50):
        for y in range(25, SIDE, 50):
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=(255, 255, 255))
    image.save(path)


def engine_filter(kind: str) -> str:
    """Return the engine's own filter for a still (``image``) or a clip (``video``)."""
    media = Media(Path("chart.png"), kind, "png_pipe", width=SIDE, height=SIDE)
    box = Box(0, 0, SIDE, SIDE)
    picture = Picture("a", media, 0, FRAMES, 0.0, box, "cover", "blurred", "zoom_in", FRAMES)
    return ",".join(_moving(picture))


def looped(filters: str) -> str:
    return f"format=yuv420p,settb=1/30,setpts=0,loop=loop=-1:size=1,setpts=N,fps=30,{filters}"


def rendered(source: Path, filters: str) -> tuple[np.ndarray, float]:
    """Return the frames' luma and the CPU seconds that they took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [ffmpeg(), "-v", "error", "-i", str(source), "-vf", filters, "-frames:v", str(FRAMES)]
    raw = subprocess.run(
        [*command, "-pix_fmt", "gray", "-f", "rawvideo", "-"], check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return np.frombuffer(raw.stdout, np.uint8).reshape(-1, SIDE, SIDE).astype(float), cpu


def jitter(frames: np.ndarray, x: float = 775, y: float = 325) -> float:
    """Return how far the dot near (x, y) leaves its smooth path, pixels rms."""
    path = []
    for frame in frames:
        for _ in range(3):
            left, top = round(x) - 14, round(y) - 14
            light = np.clip(frame[top : top + 29, left : left + 29] - frame.min() - 40, 0, None)
            rows, columns = np.mgrid[top : top + 29, left : left + 29]
            x, y = (light * columns).sum() / light.sum(), (light * rows).sum() / light.sum()
        path.append((x, y))
    track, time = np.array(path), np.arange(len(path))
    rest = [track[:, axis] - np.polyval(np.polyfit(time, track[:, axis], 2), time) for axis in (0, 1)]
    return float(np.sqrt(np.mean(rest[0] ** 2 + rest[1] ** 2)))


def main() -> None:
    ways = {"zoompan on the still as it is": f"{ZOOMPAN}:d={FRAMES}"}
    for factor in (4, 8):
        upscaled = f"scale={factor * SIDE}:{factor * SIDE},format=yuv444p,{ZOOMPAN}:d={FRAMES}"
        ways[f"zoompan on the still upscaled {factor}x"] = upscaled
    ways["the engine, clips (perspective, linear)"] = looped(engine_filter("video"))
    ways["the engine, stills (perspective, cubic)"] = looped(engine_filter("image"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "chart.png"
        chart(source)
        for name, filters in ways.items():
            frames, cpu = rendered(source, filters)
            print(f"{name:42} {jitter(frames):5.2f} px rms  {cpu:5.1f} CPU s")


if __name__ == "__main__":
    main()
