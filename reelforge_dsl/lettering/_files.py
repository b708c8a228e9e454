"""The font files in a set of folders, by the names that are written in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import frozen

from reelforge_dsl.lettering._libraries import harfbuzz

_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16

Stamp = tuple[int, int]


@frozen
class FontFile:
    """One face of one font file.

    Attributes:
        path: The file.
        index: Which face of a collection file, from 0.
        names: The family's names; the one to show stands first.
        lightest: The least weight it can be drawn at, 1 to 1000.
        heaviest: The greatest; the same as ``lightest`` for a static font.
        italic: Whether it is an italic or an oblique.
        stamp: Size in bytes and time of change in nanoseconds of the wall clock.
    """

    path: Path
    index: int
    names: tuple[str, ...]
    lightest: int
    heaviest: int
    italic: bool
    stamp: Stamp


@frozen(eq=False)
class Library:
    """Families by name.

    Attributes:
        files: From a family's key (see ``family_key``) to its files, in the order searched.
        families: The names to show, in the order searched.
    """

    files: Mapping[str, tuple[FontFile, ...]]
    families: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        return family_key(name) in self.files

    def named(self, name: str) -> tuple[FontFile, ...]:
        """Return the files of a family that is in the library.

        Args:
            name: A family's name, in any case, with or without spaces and hyphens.

        Returns:
            Its files, in the order searched.
        """
        return self.files[family_key(name)]


def family_key(name: str) -> str:
    """Return what is left of a family's name when case, spaces and hyphens make no difference.

    Args:
        name: A family's name.

    Returns:
        The key.
    """
    return re.sub(r"[\s_-]", "", name).casefold()


def library_of(folders: Sequence[Path]) -> Library:
    """Return the fonts of some folders and of all that is below them.

    Each file is read once, and again when its size or time of change differs.

    Args:
        folders: The folders, first searched first; one that is not there is empty.

    Returns:
        The same object for the same files.
    """
    return _library(tuple(stamped for folder in folders for stamped in _font_paths(folder)))


def _font_paths(folder: Path) -> Iterator[tuple[str, Stamp]]:
    for parent, below, names in os.walk(folder):
        below.sort()
        for name in sorted(names):
            if name.lower().endswith(_SUFFIXES):
                path = os.path.join(parent, name)  # noqa: PTH118 - a Path for each is ten times slower
                try:
                    state = os.stat(path)  # noqa: PTH116
                except OSError:
                    continue
                yield path, (state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=16)
def _library(stamped: tuple[tuple[str, Stamp], ...]) -> Library:
    by_name: dict[str, list[FontFile]] = {}
    families: dict[str, None] = {}
    for path, stamp in stamped:
        for file in _faces(path, stamp):
            families[file.names[0]] = None
            for key in dict.fromkeys(map(family_key, file.names)):
                by_name.setdefault(key, []).append(file)
    return Library(MappingProxyType({key: tuple(files) for key, files in by_name.items()}), tuple(families))


@lru_cache(maxsize=4096)
def _faces(path: str, stamp: Stamp) -> tuple[FontFile, ...]:
    try:
        blob = harfbuzz.Blob(Path(path).read_bytes())
    except OSError:
        return ()
    found = (
        _face(path, stamp, index, harfbuzz.Face(blob, index)) for index in range(harfbuzz.Face(blob).count)
    )
    return tuple(file for file in found if file is not None)


def _face(path: str, stamp: Stamp, index: int, face: Any) -> FontFile | None:
    names = tuple(filter(None, map(face.get_name, (_TYPOGRAPHIC_FAMILY, _FAMILY))))
    if not face.glyph_count or not names:
        return None
    os2 = face.reference_table("OS/2").data
    head = face.reference_table("head").data
    lightest = heaviest = int.from_bytes(os2[4:6], "big") or 400
    for axis in face.axis_infos:
        if axis.tag == "wght":
            lightest, heaviest = round(axis.min_value), round(axis.max_value)
    # OS/2 fsSelection bits 0 and 9 are italic and oblique; head macStyle bit 1 is italic.
    italic = bool(int.from_bytes(os2[62:64], "big") & 0x201 or int.from_bytes(head[44:46], "big") & 2)
    return FontFile(Path(path), index, tuple(dict.fromkeys(names)), lightest, heaviest, italic, stamp)
