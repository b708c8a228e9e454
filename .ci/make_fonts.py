"""Remake the fonts that ship in ``reelforge_dsl/lettering/fonts``.

Run ``python .ci/make_fonts.py`` with fontTools and pip installed. The sources are
the ``fontpkg-*`` packages at the versions below, so the same fontTools gives the
same bytes. A family whose licence or name table has a Reserved Font Name is
copied as it is; every other one is cut down to the scripts and the layout
features that lettering draws.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parent.parent / "reelforge_dsl" / "lettering" / "fonts"

PACKAGES = {
    "anton": "2.116",
    "caveat": "2.0",
    "fredoka": "2.1",
    "inter": "4.1.post1",
    "montserrat": "9.0",
    "nunito": "3.602",
    "playfair-display": "1.203",
    "poppins": "4.4",
    "space-mono": "1.3",
}

# The files worth their bytes, of families that have more: the document's style has
# no italic, so a text italic of 300 kB is left to lettering's own slant.
ONLY = {
    "inter": {"Inter[opsz,wght].ttf"},
    "montserrat": {"Montserrat[wght].ttf"},
    "nunito": {"Nunito[wght].ttf"},
    "poppins": {
        f"Poppins-{style}.ttf"
        for style in ("Regular", "Medium", "SemiBold", "Bold", "ExtraBold", "Black", "Italic", "BoldItalic")
    },
}

RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x024F),  # Latin-1 Supplement, Latin Extended-A and -B
    (0x0259, 0x0259),  # schwa, a letter of Azerbaijani
    (0x02B0, 0x02FF),  # spacing modifier letters
    (0x0300, 0x036F),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic and its supplement
    (0x1E00, 0x1EFF),  # Latin Extended Additional, with Vietnamese
    (0x2000, 0x209F),  # punctuation, superscripts and subscripts
    (0x20A0, 0x20CF),  # currency
    (0x2100, 0x214F),  # letterlike: numero, trade mark
    (0x2150, 0x215F),  # fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2600, 0x27BF),  # stars, ticks, hearts
    (0xFB00, 0xFB06),  # Latin ligatures
    (0xFFFD, 0xFFFD),  # replacement character
)

FEATURES = (
    *("calt", "ccmp", "clig", "curs", "dist", "kern", "liga", "locl"),
    *("mark", "mkmk", "rclt", "rlig", "rvrn"),
)


def main() -> None:
    """Download, cut and write every family, then say what the folder weighs."""
    licences = FONTS / "licences"
    shutil.rmtree(FONTS, ignore_errors=True)
    licences.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, version in PACKAGES.items():
            wheel = download(name, version, Path(folder))
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(Path(folder) / name)
            root = next((Path(folder) / name).glob("fontpkg_*/LICENSE")).parent
            licence = (root / "LICENSE").read_text("utf-8")
            (licences / f"{name}.txt").write_text(licence, "utf-8", newline="\n")
            for source in sorted((root / "files").glob("*.ttf")):
                if source.name in ONLY.get(name, {source.name}):
                    make(source, reserved=has_reserved_name(licence))
    total = sum(file.stat().st_size for file in FONTS.rglob("*") if file.is_file())
    print(f"{total / 1e6:.2f} MB in {FONTS.name}/")


def download(name: str, version: str, folder: Path) -> Path:
    """Return the wheel of one font package."""
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*argv, f"fontpkg-{name}=={version}"], check=True)
    return next(folder.glob(f"fontpkg_{name.replace('-', '_')}-*.whl"))


def has_reserved_name(text: str) -> bool:
    """Tell whether a copyright notice reserves a name.

    The licence's own definition of the term stands in every copy, in quotes.
    """
    return re.search(r'(?<!")Reserved Font Name (?!")\S|Reserved Font Name "', text) is not None


def make(source: Path, *, reserved: bool) -> None:
    """Write one font file into the package."""
    target = FONTS / re.sub(r"\[[^]]*\]", "", source.name)
    font = TTFont(source, recalcTimestamp=False)
    notices = " ".join(str(record) for record in font["name"].names if record.nameID == 0)
    reserved = reserved or has_reserved_name(notices)
    if reserved:
        shutil.copyfile(source, target)
    else:
        axes = {axis.axisTag for axis in font["fvar"].axes} if "fvar" in font else set()
        pins = dict.fromkeys(axes - {"wght"})
        if pins:
            font = read_again(instancer.instantiateVariableFont(font, pins))
        cut(font)
        font.save(target, reorderTables=True)
    print(f"{target.stat().st_size:>8}  {target.name}{'  (unmodified)' if reserved else ''}")


def read_again(font: TTFont) -> TTFont:
    """Return the font as its file would read; the subsetter cannot take the instancer's lazy tables."""
    file = io.BytesIO()
    font.save(file)
    file.seek(0)
    return TTFont(file, recalcTimestamp=False)


def cut(font: TTFont) -> None:
    """Take away what lettering does not draw, in place."""
    options = Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 4, 5, 6, 7, 13, 14, 16, 17, 25]
    options.name_languages = [0x409]
    options.drop_tables += ["STAT", "DSIG", "meta"]
    options.recalc_timestamp = False
    cutter = Subsetter(options)
    cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    cutter.subset(font)


if __name__ == "__main__":
    main()
