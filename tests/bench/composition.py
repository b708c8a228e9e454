"""The one composition that both sides of the render benchmark make; its media are generated.

1080×1920 at 30 fps, 10 s: clip A (mandelbrot) then clip B (testsrc2), 5 s each, cover-fitted from
1920×1080; a 300×300 PNG logo top right; a headline from 1 to 4 s; 20 caption words of 0.4 s from 1.0 s;
music looped at volume 0.35 under the clips' own sound. H.264 veryfast crf 23, 2 threads, AAC 128k.
"""

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg

ROOT = Path(os.environ.get("BENCH_ROOT", "bench-media"))
A, B = ROOT / "clip_a.mp4", ROOT / "clip_b.mp4"
LOGO, MUSIC = ROOT / "logo.png", ROOT / "music.m4a"
FONTS = Path(__file__).parents[2] / "reelforge_dsl" / "lettering" / "fonts"
W, H, SECONDS = 1080, 1920, 10
LOGO_BOX = (W - 300 - 40, 40, 300, 300)
HEAD = {"text": "Trail run", "start": 1.0, "end": 4.0, "size": 96, "y": 420}
SAID = "not going to pretend this is easy but after the first mile it always gets better so off we go"
WORDS = [(word, 1.0 + 0.4 * at, 1.4 + 0.4 * at) for at, word in enumerate(SAID.split()[:20])]
CAPTION = {"size": 84, "y": 1560}
MUSIC_VOLUME = 0.35


def ffmpeg() -> str:
    """Return the binary that both sides use."""
    return os.environ.get("REELFORGE_FFMPEG") or imageio_ffmpeg.get_ffmpeg_exe()


def make_media() -> None:
    """Generate the clips, the logo and the music, once."""
    from PIL import Image, ImageDraw

    ROOT.mkdir(parents=True, exist_ok=True)
    size = "size=1920x1080:rate=30"
    for path, source, tone in ((A, f"mandelbrot={size}", 440), (B, f"testsrc2={size}", 660)):
        if not path.exists():
            sound = f"sine=frequency={tone}:sample_rate=48000"
            inputs = f"-f lavfi -t 5 -i {source} -f lavfi -t 5 -i {sound}"
            video = "-c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p -g 60"
            _make(f"{inputs} {video} -c:a aac -b:a 128k -ac 2 -shortest".split(), path)
    if not MUSIC.exists():
        wave = "|".join(f"0.4*sin(2*PI*{tone}*t)*(1-mod(t,0.5))" for tone in (220, 277))
        source = ["-f", "lavfi", "-t", "4", "-i", f"aevalsrc='{wave}':s=48000"]
        _make([*source, "-c:a", "aac", "-b:a", "128k"], MUSIC)
    if not LOGO.exists():
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        draw = ImageDraw.Draw(image)
        draw.ellipse((4, 4, 296, 296), fill=(230, 60, 40, 220), outline=(255, 255, 255, 255), width=8)
        draw.polygon([(110, 80), (110, 220), (230, 150)], fill=(255, 255, 255, 255))
        image.save(LOGO)


def _make(arguments: list[str], path: Path) -> None:
    subprocess.run([ffmpeg(), "-v", "error", "-y", *arguments, str(path)], check=True)
