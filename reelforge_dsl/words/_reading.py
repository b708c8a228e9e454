"""Files and loose data: which format it is, and its text."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import Any

from reelforge_dsl.errors import FieldError, Issue, near
from reelforge_dsl.words import _ass, _json, _srt, _vtt
from reelforge_dsl.words._timed import Transcript, told

_READERS = {"srt": _srt.transcript, "vtt": _vtt.transcript, "ass": _ass.transcript}
_SUFFIXES = {".srt": "srt", ".vtt": "vtt", ".ass": "ass", ".ssa": "ass", ".json": "json"}
FORMATS = ("srt", "vtt", "ass", "json")


def load(path: str | os.PathLike[str], *, strict: bool) -> Transcript:
    """Read a transcript file.

    Raises:
        FieldError: There is no such file, or no words are in it.
        MissingExtraError: It is ASS, and pysubs2 is not installed.
    """
    file = Path(path)
    name = f"Words.load: {file}"
    if file.suffix.lower() not in _SUFFIXES:
        what = f"{name}: {file.suffix or 'a file without an ending'} is not read"
        raise FieldError(what, fix=near(file.suffix, _SUFFIXES), field="Words.load", value=str(path))
    try:
        data = file.read_bytes()
    except OSError as exc:
        reason = "there is no such file" if isinstance(exc, FileNotFoundError) else str(exc.strerror)
        fix = f"it is looked for in {Path.cwd()}" if not file.is_absolute() else None
        raise FieldError(f"{name}: {reason}", fix=fix, field="Words.load", value=str(path)) from exc
    named = _SUFFIXES[file.suffix.lower()]
    text, repaired = decoded(data, name)
    found = sniffed(text) or named
    if found != named:
        repaired += (told("other_format", "line 1", f"the file is named {named}, but holds {found}"),)
    return read(text, found, strict=strict, name=name, repaired=repaired)


def parse(data: Any, form: str | None, *, strict: bool) -> Transcript:
    """Read a transcript that is in memory.

    Raises:
        FieldError: It is not a transcript of that format, or no words are in it.
        MissingExtraError: It is ASS, and pysubs2 is not installed.
    """
    name = "Words.parse"
    if form is not None and form not in (*FORMATS, "ssa"):
        raise FieldError(f"{name}: {form!r} is not read", fix=near(str(form), FORMATS), field="Words.parse")
    if isinstance(data, os.PathLike):
        raise FieldError(f"{name}: this is a path", fix="Words.load reads files", field=name, value=data)
    if not isinstance(data, (str, bytes, bytearray)):
        return full(_json.transcript(data, strict=strict, name=name), name)
    text, repaired = decoded(bytes(data), name) if not isinstance(data, str) else (data, ())
    found = "ass" if form == "ssa" else form or sniffed(text)
    if found is None and text.strip():
        fix = "say format=, or use Words.load for a file"
        raise FieldError(f"{name}: this is no transcript: {text.strip()[:40]!r}", fix=fix, field=name)
    return read(text, found or "json", strict=strict, name=name, repaired=repaired)


def read(text: str, form: str, *, strict: bool, name: str, repaired: tuple[Issue, ...]) -> Transcript:
    """Read the text of a transcript whose format is known."""
    text = text.removeprefix("\ufeff").replace("\0", "")
    if not text.strip():
        raise FieldError(f"{name}: is empty", fix="transcribe again", field=name)
    reader = _READERS.get(form)
    found = reader(text) if reader else _json.transcript(text, strict=strict, name=name)
    return full(Transcript(found.words, (*repaired, *found.repaired)), name)


def full(found: Transcript, name: str) -> Transcript:
    """Return a transcript that has words.

    Raises:
        FieldError: It has none.
    """
    if not found.words:
        why = "".join(f"\n  {issue}" for issue in found.repaired[:5])
        raise FieldError(f"{name}: there are no words in it{why}", fix="transcribe again", field=name)
    return found


def decoded(data: bytes, name: str) -> tuple[str, tuple[Issue, ...]]:
    """Return a file's text, and what had to be guessed about it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as exc:
            raise FieldError(f"{name}: is not UTF-16 as it says", fix="save it as UTF-8", field=name) from exc
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
    try:
        text, called = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, called = data.decode("latin-1"), "Latin-1"
    what = f"the file is not UTF-8; it was read as {called}"
    return text, (told("encoding_guessed", f"line {line}", what, "save it as UTF-8"),)


def sniffed(text: str) -> str | None:
    """Return the format that a text plainly has, or ``None``."""
    start = text.removeprefix("\ufeff").lstrip()
    if start.startswith("WEBVTT"):
        return "vtt"
    if start.startswith(("[Script Info]", "[V4", "[Events]", "Dialogue:")):
        return "ass"
    if start.startswith(("{", "[")):
        return "json"
    return "srt" if "-->" in start else None
