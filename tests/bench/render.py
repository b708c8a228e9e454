"""Our render beside the best hand-written command: CPU in pairs, and whether the outputs agree.

Usage: python tests/bench/render.py [PAIRS]
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from composition import CAPTION, HEAD, H, W, ffmpeg, make_media

HERE = Path(__file__).parent


def cpu(script: str, out: Path) -> float:
    """Return the CPU seconds, user and system, of one script and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, str(HERE / script), str(out)], check=True, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def frames(path: Path) -> np.ndarray:
    """Return every frame's luma at a quarter of the size: (frames, height / 4, width / 4), uint8."""
    size = (H // 4, W // 4)
    command = [
        ffmpeg(),
        "-v",
        "error",
        "-i",
        str(path),
        "-vf",
        f"extractplanes=y,scale={size[1]}:{size[0]}:flags=area",
    ]
    raw = subprocess.run([*command, "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, *size)


def loudness(path: Path) -> tuple[float, float]:
    """Return mean and peak volume in dB."""
    command = [ffmpeg(), "-hide_banner", "-i", str(path), "-af", "volumedetect", "-vn", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return tuple(float(re.search(rf"{name}_volume: (\S+) dB", said)[1]) for name in ("mean", "max"))


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of luma, of 255, outside the text's boxes."""
    outside = np.ones(one.shape[1], bool)
    for y, height in ((HEAD["y"], 150), (CAPTION["y"], 150)):
        outside[max(y - 20, 0) // 4 : (y + height) // 4] = False
    return float(np.abs(one[:, outside].astype(np.int16) - other[:, outside]).mean())


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    make_media()
    with tempfile.TemporaryDirectory() as folder:
        ours, reference = Path(folder) / "ours.mp4", Path(folder) / "reference.mp4"
        ratios = []
        for _ in range(pairs):
            one, other = cpu("render_ours.py", ours), cpu("render_reference.py", reference)
            ratios.append(one / other)
            print(f"ours {one:6.2f} s   reference {other:6.2f} s   ratio {one / other:.3f}")
        print(f"median ratio {statistics.median(ratios):.3f}  (min {min(ratios):.3f}, max {max(ratios):.3f})")
        a, b = frames(ours), frames(reference)
        print(
            f"frames {len(a)} and {len(b)}; mean luma difference outside text {difference(a, b):.2f} of 255"
        )
        print("sound, mean and peak dB:", loudness(ours), loudness(reference))


if __name__ == "__main__":
    main()
