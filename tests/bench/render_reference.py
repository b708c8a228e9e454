"""The best hand-written FFmpeg command for the composition.

Usage: render_reference.py OUT.mp4
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from composition import (
    CAPTION,
    FONTS,
    HEAD,
    LOGO,
    LOGO_BOX,
    MUSIC,
    MUSIC_VOLUME,
    SECONDS,
    WORDS,
    A,
    B,
    H,
    W,
    ffmpeg,
    make_media,
)

POPPINS = 1.6
"""ASS counts a font's ascent and descent as its size; this makes its letters as large as ours."""


def subtitles() -> str:
    """Return the headline and the words as an ASS script."""
    head = (
        f"[Script Info]\nScriptType: v4.00+\nPlayResX: {W}\nPlayResY: {H}\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, Bold, BorderStyle, Outline, Shadow, "
        "Alignment\n"
        f"Style: H,Poppins,{HEAD['size'] * POPPINS},&H00FFFFFF,&H00000000,-1,1,5,0,8\n"
        f"Style: C,Poppins,{CAPTION['size'] * POPPINS},&H0000EAFF,&H00000000,-1,1,5,0,8\n\n"
        "[Events]\nFormat: Start, End, Style, Text\n"
    )
    lines = [_line("H", HEAD["start"], HEAD["end"], HEAD["y"], HEAD["text"])]
    lines += [_line("C", start, end, CAPTION["y"], word) for word, start, end in WORDS]
    return head + "\n".join(lines) + "\n"


def _line(style: str, start: float, end: float, y: int, text: str) -> str:
    return f"Dialogue: 0:00:{start:05.2f},0:00:{end:05.2f},{style},{{\\pos({W // 2},{y})}}{text}"


def main() -> None:
    make_media()
    fit = f"crop=608:1080,scale={W}:{H},setsar=1"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "t.ass"
        script.write_text(subtitles())
        graph = (
            f"[0:v]{fit}[v0];[1:v]{fit}[v1];[v0][v1]concat=n=2:v=1:a=0[vv];"
            f"[vv][2:v]overlay={LOGO_BOX[0]}:{LOGO_BOX[1]}[vl];[vl]ass={script}:fontsdir={FONTS}[v];"
            f"[0:a][1:a]concat=n=2:v=0:a=1[ca];[3:a]volume={MUSIC_VOLUME},atrim=0:{SECONDS}[mu];"
            "[ca][mu]amix=inputs=2:normalize=0:duration=first[a]"
        )
        inputs = ["-i", str(A), "-i", str(B), "-i", str(LOGO), "-stream_loop", "-1", "-i", str(MUSIC)]
        coding = "-r 30 -c:v libx264 -preset veryfast -crf 23 -threads 2 -pix_fmt yuv420p -c:a aac -b:a 128k"
        command = [
            ffmpeg(),
            "-v",
            "error",
            "-nostdin",
            "-y",
            *inputs,
            "-filter_complex",
            graph,
            "-map",
            "[v]",
        ]
        command += [
            "-map",
            "[a]",
            "-t",
            str(SECONDS),
            *coding.split(),
            "-movflags",
            "+faststart",
            sys.argv[1],
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
