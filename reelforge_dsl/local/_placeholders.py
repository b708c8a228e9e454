"""What the instant renderer hands out: files that are well-formed, tiny and plainly no film."""

from __future__ import annotations

import functools
import io
import secrets
import wave

from reelforge_dsl.local._store import Output

_RATE = 8000


def film(digest: str) -> Output:
    """Return an MP4 container with nothing to play: a type box, and a free box that says so.

    Args:
        digest: What was asked for; the same document gives the same bytes.
    """
    note = f"reelforge_dsl.local: renderer='instant' makes no film. Document {digest}\n".encode()
    body = _box(b"ftyp", b"isom" + (512).to_bytes(4, "big") + b"isomiso2mp41") + _box(b"free", note)
    return Output(secrets.token_urlsafe(32) + ".mp4", "video/mp4", body, is_placeholder=True)


def track(title: str, seconds: int) -> Output:
    """Return silence that plays: 16-bit mono at 8 kHz.

    Args:
        title: What it is called.
        seconds: How long, in whole seconds.
    """
    name = secrets.token_urlsafe(32) + ".wav"
    return Output(name, "audio/wav", _silence(seconds), is_placeholder=True, title=title, seconds=seconds)


@functools.cache
def _silence(seconds: int) -> bytes:
    """Return a WAV, the same bytes for every job that has one as long."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(bytes(2 * _RATE * seconds))
    return made.getvalue()


def _box(kind: bytes, content: bytes) -> bytes:
    """Return a box of the MP4 container: its length, its four letters, its content."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content
