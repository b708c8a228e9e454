"""Writing for people: no document can steer the terminal, and colour is only where it is seen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from attrs import frozen


@frozen
class Line:
    """One line to show, or several of one kind.

    Attributes:
        text: Without control characters, but line breaks.
        colour: ``red yellow green`` or nothing.
    """

    text: str
    colour: str = ""


def shown(text: str) -> str:
    r"""Return a text on one line, with whatever cannot be printed as ``\x1b`` and the like."""
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() else _escaped(char) for char in text])


def paragraph(text: str) -> str:
    """Return a text whose line breaks are ours, as an error's; each line is made printable."""
    return "\n".join([shown(line) for line in text.split("\n")])


def write(stream: TextIO, lines: Iterable[Line]) -> None:
    """Write lines, coloured on a terminal whose user has not set ``NO_COLOR``."""
    if not _is_coloured(stream):
        stream.write("".join([f"{_encodable(line.text, stream)}\n" for line in lines]))
        return
    from rich.console import Console  # makes colours on the consoles of Windows too
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for line in lines:
        console.print(Text(_encodable(line.text, stream), style=line.colour), soft_wrap=True)


def _is_coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
