"""Which font file draws a family, and what is told when it is not the one asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from attrs import evolve, field, frozen

from reelforge_dsl.errors import Issue, near
from reelforge_dsl.lettering._files import FontFile, Library, Stamp, family_key, library_of

VENDORED = Path(__file__).parent / "fonts"
DEFAULT_FAMILY = "Inter"

_GENERIC = {
    "sansserif": "Inter",
    "systemui": "Inter",
    "serif": "Playfair Display",
    "monospace": "Space Mono",
    "cursive": "Caveat",
}
_FAR = 200


@frozen
class Font:
    """One way of drawing: a file, a weight, upright or not.

    Attributes:
        family: The family's name as the file says it.
        path: The TrueType or OpenType file.
        weight: The weight it is drawn at, 1 to 1000.
        italic: Whether it is drawn italic.
        index: Which face of a collection file, from 0.
        variable: Whether ``weight`` is set on the file's ``wght`` axis.
        slanted: Whether the italic is the upright face, slanted.
        stamp: The file's size in bytes and time of change when it was found.
    """

    family: str
    path: Path
    weight: int = 400
    italic: bool = False
    index: int = 0
    variable: bool = False
    slanted: bool = False
    stamp: Stamp = field(default=(0, 0), repr=False)


@frozen
class FoundFont:
    """A font, and what to tell when it is not the one asked for.

    Attributes:
        font: The font that draws.
        issue: The warning, or ``None`` when the font is what was asked for.
    """

    font: Font
    issue: Issue | None = None


@frozen(eq=False)
class FontChain:
    """The fonts that draw one look: the first that has a letter draws it.

    Attributes:
        found: The look's own font.
        others: Where the letters it lacks are looked for, in order.
    """

    found: FoundFont
    others: tuple[Font, ...]


def find_font(
    family: str,
    weight: int = 400,
    *,
    italic: bool = False,
    folders: Sequence[str | os.PathLike[str]] = (),
    path: str = "$",
) -> FoundFont:
    """Return the font of a family that comes nearest to a weight.

    The given folders are searched first, then those of the environment variable
    ``REELFORGE_FONTS``, then the fonts that come with the package.

    Args:
        family: A family's name, or a CSS list of them; upper and lower case,
            spaces and hyphens make no difference.
        weight: 1 to 1000.
        italic: Whether to draw italic.
        folders: More folders to search, with what is below them.
        path: Where the document asks for it, for the issue.

    Returns:
        The font; with an issue when the family, the weight or the style is not
        the one asked for.

    Source:
        Contract 6; decision D21.
    """
    found = chain_of(family, weight, italic=italic, folders=folders).found
    return evolve(found, issue=evolve(found.issue, path=path)) if found.issue else found


def chain_of(
    family: str,
    weight: int,
    *,
    italic: bool = False,
    folders: Sequence[str | os.PathLike[str]] = (),
) -> FontChain:
    """Return a look's font with those that stand in for the letters it lacks.

    Args:
        family: As for ``find_font``.
        weight: As for ``find_font``.
        italic: As for ``find_font``.
        folders: As for ``find_font``.

    Returns:
        The same object for the same question, as long as no font file changes;
        its issue has the path ``$``.
    """
    environment = os.environ.get("REELFORGE_FONTS", "").split(os.pathsep)
    own = [Path(folder) for folder in (*folders, *filter(None, environment))]
    return _chain(family, weight, italic, library_of([*own, VENDORED]), library_of([VENDORED]))


@lru_cache(maxsize=256)
def _chain(family: str, weight: int, italic: bool, library: Library, vendored: Library) -> FontChain:
    wanted = [name for name in (part.strip(" \t\r\n\f\"'") for part in family.split(",")) if name]
    named = [_GENERIC.get(family_key(name), name) for name in wanted]
    present = [name for name in named if name in library]
    font = _nearest(library.named(present[0] if present else DEFAULT_FAMILY), weight, italic)
    if present and present[0] == named[0]:
        issue = _style_issue(font, weight, italic)
    else:
        issue = _family_issue(wanted[0] if wanted else family, font, library, in_list=bool(present))
    spare = dict.fromkeys(map(family_key, (*present, DEFAULT_FAMILY, *vendored.families, *library.families)))
    others = (_nearest(library.files[key], weight, italic) for key in spare)
    return FontChain(FoundFont(font, issue), tuple(other for other in others if other != font))


def _nearest(files: Iterable[FontFile], weight: int, italic: bool) -> Font:
    file = min(files, key=lambda file: (file.italic is not italic, _distance(file, weight)))
    return Font(
        file.names[0],
        file.path,
        weight=_clamped(file, weight),
        italic=italic,
        index=file.index,
        variable=file.lightest < file.heaviest,
        slanted=italic and not file.italic,
        stamp=file.stamp,
    )


def _clamped(file: FontFile, weight: int) -> int:
    return min(max(weight, file.lightest), file.heaviest)


def _distance(file: FontFile, weight: int) -> tuple[int, int]:
    """Order by CSS Fonts 4, 5.2: 400 to 500 stays there, lighter goes down, heavier up first."""
    has = _clamped(file, weight)
    if 400 <= weight <= 500:
        turn = 0 if weight <= has <= 500 else 1 if has < weight else 2
    elif weight < 400:
        turn = 0 if has <= weight else 1
    else:
        turn = 0 if has >= weight else 1
    return turn, abs(has - weight)


def _family_issue(wanted: str, font: Font, library: Library, *, in_list: bool) -> Issue:
    known = near(wanted, library.families)
    fix = known if known.startswith("did you mean") else "put the TTF in a folder named by REELFORGE_FONTS"
    why = ", the next of the list" if in_list else ""
    message = f"no font called {wanted!r} is here: drawn in {font.family!r}{why}"
    return Issue("font_substituted", "warning", "$", message, fix)


def _style_issue(font: Font, weight: int, italic: bool) -> Issue | None:
    if abs(font.weight - weight) >= _FAR:
        message = f"{font.family!r} has no weight near {weight}: drawn at {font.weight}"
        return Issue("font_weight_substituted", "warning", "$", message, f"ask for {font.weight}")
    if italic and font.slanted:
        message = f"{font.family!r} has no italic: the upright letters are slanted"
        return Issue("font_style_substituted", "warning", "$", message)
    return None
