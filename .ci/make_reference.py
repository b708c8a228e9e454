"""Remake the tables of ``cookbook/reference``: ``codes.md`` and ``conformance.md``.

Run ``python .ci/make_reference.py`` in the repository; a test fails when a table
is stale. Which codes there are, how grave each is and which room tells it is
read from the package's own calls; what each means and how to mend it stands in
`MEANINGS`, since one code is told with many messages. The facts of the contract
stand in ``tests/contract/facts.py``.
"""

from __future__ import annotations

import ast
import re
import runpy
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "reelforge_dsl"
REFERENCE = ROOT / "cookbook" / "reference"

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
LONG_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")

MAKERS = {
    "Issue": "",
    "note": "",
    "Fault": "error",
    "faulty": "error",
    "MisshapenError": "error",
    "told": "warning",
    "_odd_start": "warning",
}
"""Calls whose first argument is a code, with its severity where no argument says it."""

TELLERS = ("_tell", "_tell_entry")
"""Calls that take a code somewhere among their arguments."""

WARNED = {"outside_guardrail"}
"""Faults of a field that are warnings. Source: decision D2."""

STRICT = {"unknown_key": "warning; error when a document is loaded with strict=True"}
"""Codes whose severity is up to the caller."""


class Told(NamedTuple):
    """A code where the sources tell it."""

    code: str
    severity: str
    room: str


def codes_told() -> Iterator[Told]:
    """Yield every code that the package can tell; ``*`` stands for what is put in at run time."""
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node, room)
            elif isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args]
                defaults = zip(reversed(arguments), reversed(node.args.defaults), strict=False)
                for argument, default in defaults:
                    if argument.arg == "code" and isinstance(default, ast.Constant) and default.value:
                        yield Told(str(default.value), "error", room)


def _of_call(node: ast.Call, room: str) -> Iterator[Told]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    texts = [_text(argument) for argument in node.args]
    graves = [text for text in texts if text in ("error", "warning")]
    if name in MAKERS and texts and texts[0] and (CODE.fullmatch(texts[0]) or "*" in texts[0]):
        yield Told(texts[0], graves[0] if graves else MAKERS[name] or "error", room)
    if name in TELLERS:
        for text in texts:
            if text and LONG_CODE.fullmatch(text):
                yield Told(text, graves[0] if graves else "error", room)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values]
        text = "".join(parts)
        return text if LONG_CODE.fullmatch(text.replace("*", "x")) else ""
    return ""


MEANINGS: dict[str, tuple[str, str]] = {
    # The wire: what no document can be read with.
    "duplicate_key": ("A key stands twice in one object.", "Keep one of them."),
    "missing_key": ("A key is missing that its object cannot do without.", "Add it."),
    "not_a_number": ("A number is NaN, infinite, or too long to be one.", "Give a finite number."),
    "not_an_object": ("The text is JSON, but no object.", "A document starts with `{`."),
    "not_json": ("The text is no JSON.", "Mend it at the line and column told."),
    "not_text": (
        "A text holds half of a surrogate pair, which UTF-8 cannot say.",
        "Decode it as UTF-16 first.",
    ),
    "null_value": ("A value is null.", "Leave the key out, or give a value."),
    "too_deep": ("Lists and objects are nested too deeply to read.", "Flatten them."),
    "unknown_key": (
        "A key is not one that the contract names; it is kept and sent.",
        "Correct its spelling, or take it out.",
    ),
    "wrong_type": ("A value has the wrong JSON type, as text where a number belongs.", "Give the type told."),
    # Calls: what is not sent, and what the service answers.
    "local_file": (
        "A document for the service names a file of this machine; nothing was sent.",
        "Upload it and give its address, or render it here.",
    ),
    "other_job": ("An answer tells of another job than was asked for.", "Ask again; tell the service."),
    "service_issue": ("The service found something and gave it no code.", "Read its sentence."),
    "track_count": ("A completed music job has not exactly 2 tracks.", "Ask again; tell the service."),
    # Single fields.
    "bad_url": (
        "An address is neither http(s) nor, for an asset, a `file:` URL.",
        "Write `https://…` or a `Path`.",
    ),
    "empty_text": ("A text that must say something is empty.", "Write it, or leave its key out."),
    "fps_not_30": ("`output.fps` is not 30.", "Use 30."),
    "not_a_color": ("A colour is not `#RRGGBB`, `rgba()` or a CSS name.", "Write it as `#FFD700`."),
    "not_a_length": ("A layout value is neither percent nor pixels.", "Write it as `10%` or `20px`."),
    "not_a_weight": ("A font weight is neither 1…1000 nor a known word.", "Write 700 or `bold`."),
    "not_whole": ("A number that must be whole is not.", "Round it; words are whole milliseconds."),
    "odd_size": ("`output.width` or `height` is odd.", "Use an even number of pixels."),
    "out_of_range": ("A number is below or above what its field takes.", "Keep to the bound told."),
    "too_long": ("The film is longer than 300 s.", "Shorten it, or make two films."),
    "length_unknown": (
        "The file that sets the length of a recipe's film has no length.",
        "Give a sound or a clip.",
    ),
    "unknown_choice": ("A word is not one of its field's choices.", "Use the one that was meant."),
    "unknown_version": ("`version` is not `v1`.", "Use `v1`."),
    "outside_guardrail": (
        "A percentage of a box is outside −100…100 (x, y) or 0…100 (width, height).",
        "Keep to the guardrail, or use px if it is meant.",
    ),
    # The whole document.
    "ambiguous_speech_source": (
        "Captions without words, and several sounds could be the speech.",
        "Name one in `transcription_source_asset_id`, or give words.",
    ),
    "duplicate_id": ("Two assets, layers or overlays have one id.", "Give each its own."),
    "empty_timeline": (
        "There is nothing to see or hear.",
        "Add a video, image or audio layer; every verb returns a new timeline.",
    ),
    "field_not_allowed": ("A layer has a field that its type does not take.", "Take it out."),
    "half_timed_layer": (
        "A video or audio layer has a start or a duration only, without auto_stitch.",
        "Give both, or set `auto_stitch`.",
    ),
    "image_start_missing": (
        "An image does not say when it starts; images are never stitched.",
        "Give its start.",
    ),
    "layer_time_missing": (
        "A video or audio layer has no time, without auto_stitch.",
        "Give start and duration, or set `auto_stitch`.",
    ),
    "metadata_not_flat": ("A value of `metadata` is a list or an object.", "Give plain values."),
    "metadata_too_long": ("A key or text of `metadata` has over 500 characters.", "Shorten it."),
    "metadata_too_many_keys": ("`metadata` has over 10 keys.", "Keep 10."),
    "no_speech_source": (
        "Captions without words, and nothing can be heard.",
        "Give words, or name the speech.",
    ),
    "silent_speech_source": ("The speech source is an image.", "Name a video or an audio asset."),
    "text_time_missing": ("A text overlay lacks its start or its duration.", "Give both."),
    "type_mismatch": ("A layer has another type than its asset.", "Make them the same."),
    "unknown_asset": ("An id names no asset.", "Use one of the known ids."),
    "word_ends_before_start": (
        "A caption word ends before it starts.",
        "Put start first; both are milliseconds.",
    ),
    "music_prompt_missing": ("A music request has no prompt, or sung music no lyrics.", "Write it."),
    "music_style_missing": ("Custom music has no style.", "Say its style."),
    "music_title_missing": ("Custom music has no title.", "Give it one."),
    "recipe_too_few": ("A list of a recipe has fewer items than it needs.", "Add more."),
    "recipe_too_long": (
        "A recipe's background sound is longer than 60 s, or its hook than 60 characters.",
        "Keep to the bound told.",
    ),
    "recipe_too_many": ("A list of a recipe has more items than it takes.", "Keep to the number told."),
    "recipe_unknown": ("There is no such recipe.", "Use the one that was meant."),
    "recipe_variable_missing": ("A recipe lacks a variable that it needs.", "Add it."),
    "recipe_variable_unknown": (
        "A recipe, or an object among its variables, has no such key.",
        "Correct its spelling, or take it out.",
    ),
    # Timing.
    "crossfade_on_first": (
        "The first stitched clip has nothing to dissolve from.",
        "Leave the crossfade out.",
    ),
    "crossfade_too_long": ("A crossfade is longer than its clips have room for.", "Shorten it."),
    "image_end_depends_on_media": (
        "An open-ended image lasts to an end that only measuring finds.",
        "Give it a duration, or `.resolve(engine.probe)`.",
    ),
    "image_length_unknown": ("An image's length cannot be inferred from anything.", "Give it a duration."),
    "layer_past_end": (
        "A layer or a text goes past the film's end and is cut.",
        "End it earlier, or lengthen the film.",
    ),
    "source_too_short": (
        "A source is shorter than its layer: a video holds its last frame, a sound ends.",
        "Shorten the layer, or loop the sound.",
    ),
    "trim_past_end": ("A trim is beyond the source's end.", "Trim less."),
    # Likely not meant.
    "captions_outside_safe_area": (
        "Captions are not in the safe lower third, x 4–96 % and y 55–96 %.",
        "Leave the layout out, or keep to it.",
    ),
    "captions_do_not_fit": (
        "The longest caption phrase needs over two lines, or is higher than its box.",
        "Lower `max_chars_per_segment` or the font size, or enlarge the box.",
    ),
    "words_repaired": (
        "A transcript was mended while it was read.",
        "Look at `Words.repaired`, and mend the file.",
    ),
    "fades_too_long": ("Fades are longer than their layer together.", "Shorten them."),
    "frame_not_filled": (
        "A clip is alone on screen in a box smaller than the frame: the rest is black.",
        "Leave the box out, or put a picture behind it.",
    ),
    "music_over_speech": (
        "A sound that is not the speech plays above volume 0.4 under captions.",
        "Try volume 0.2.",
    ),
    "outside_frame": (
        "The box of a text or of the captions leaves the frame, or a picture's lies wholly beside it.",
        "Keep x + width, y + height to 100 %.",
    ),
    "speech_cut": ("Captioned speech is longer than the film.", "Lengthen the pictures or the film."),
    "text_too_brief": ("A text shows for less than 0.7 s.", "Show it longer."),
    "text_too_fast": ("A text has more than 20 characters a second.", "Show it longer, or say less."),
    "text_too_tall": (
        "The lines of a text are higher than its box.",
        "Enlarge the box, or make the text smaller.",
    ),
    "texts_overlap": ("Two texts are drawn over each other.", "Give each its own box, or its own time."),
    "unfilled_placeholder": ("A `{{placeholder}}` was not filled in.", "Put its value there."),
    "unused_asset": ("No layer uses an asset.", "Take it out, or add its layer."),
    "web_page_url": ("An asset's address is a web page, not a file.", "Give the file's own address."),
    "word_too_wide": (
        "A word is wider than its box and breaks inside.",
        "Widen the box, or shrink the font.",
    ),
    "words_not_milliseconds": (
        "Caption words look like seconds, frames or microseconds.",
        "Give whole milliseconds.",
    ),
    "words_out_of_order": (
        "A caption word starts before the one in front of it.",
        "Sort the words by start.",
    ),
    "words_overlap": (
        "A caption word starts before the same voice has ended the last.",
        "End each when the next starts.",
    ),
    "words_past_end": ("A caption word ends after the film.", "Shorten the words, or lengthen the film."),
    # The builder.
    "needs_auto_stitch": (
        "Clips without a time of their own, and auto_stitch is off.",
        "Call `.auto_stitch()`.",
    ),
    "needs_length": (
        "A place hangs on a file that nobody measured.",
        "`.resolve(engine.probe)`, or say the seconds.",
    ),
    "nothing_left": ("A layer starts where the film ends.", "Let it start earlier, or end the other."),
    "sound_ends_with_clips": (
        "An untimed sound ends with the stitched clips, and something beside them may last longer.",
        "`.resolve(engine.probe)`.",
    ),
    "text_sets_length": (
        "The last text alone ends the film, and cuts the sound.",
        "Say `.total_duration()`.",
    ),
    # What the local service does not do.
    "asset_not_allowed": (
        "An address leads to a file, to this machine or to a private network that may not be opened.",
        "Give a public address, or start the service with a media root or `allow_private`.",
    ),
    "vocals_not_supported": ("Music with a voice is not made here.", "Set `instrumental` to true."),
    # Transcripts: what was mended.
    "bad_line": ("A line of a subtitle file could not be read and is left out.", "Mend the line."),
    "bad_time": (
        "A cue's time could not be read; the cue is left out.",
        "Write `00:00:01,000 --> 00:00:02,000`.",
    ),
    "empty_word": ("A word without text is left out.", "Nothing to do."),
    "encoding_guessed": ("A file is not UTF-8; its encoding is guessed.", "Save it as UTF-8."),
    "end_before_start": ("A cue ends before it starts; it now ends where it starts.", "Mend its time."),
    "other_format": ("A file holds another format than its name says.", "Rename it."),
    "reordered": ("Words were not in time order; they are now.", "Nothing to do."),
    "rolled_up": ("Cues repeat the line before; the repeats are left out.", "Nothing to do."),
    "stray_line": ("A line belongs to no cue and is left out.", "Nothing to do."),
    "word_time_shared": ("A word without time got a share of the time around it.", "Check its timing."),
    # The local engine and its letters.
    "font_style_substituted": ("A family has no such style; another is drawn.", "Name a family that has it."),
    "font_substituted": (
        "A family is not installed; another is drawn.",
        "Put it in a folder of `REELFORGE_FONTS`.",
    ),
    "font_weight_substituted": (
        "A family has no such weight; the nearest is drawn.",
        "Ask for the weight told.",
    ),
    "glyph_missing": ("No font has a letter; nothing is drawn there.", "Add a font that has it."),
    "glyph_substituted": ("A family lacks a letter; another font draws it.", "Choose a family that has it."),
    "right_to_left": (
        "Words written from right to left stand from left to right on their line.",
        "Give each such word its own text.",
    ),
    "unsupported_by_engine": (
        "A document uses a field that the local engine does not draw.",
        "Do as the issue says.",
    ),
}
"""What each code means, and how to mend it."""


def codes_page() -> str:
    """Return the page of codes.

    Raises:
        SystemExit: The sources tell a code that has no meaning here, or one here is told nowhere.
    """
    severities: dict[str, set[str]] = defaultdict(set)
    rooms: dict[str, set[str]] = defaultdict(set)
    unknown: set[str] = set()
    for told in codes_told():
        matching = [code for code in MEANINGS if fnmatchcase(code, told.code)]
        unknown |= set() if matching else {told.code}
        for code in matching:
            severities[code].add("warning" if code in WARNED else told.severity)
            rooms[code].add(told.room)
    dead = MEANINGS.keys() - rooms.keys()
    if unknown or dead:
        raise SystemExit(f"codes without a meaning: {sorted(unknown)}; told nowhere: {sorted(dead)}")
    rows = [
        f"| `{code}` | {STRICT.get(code, ', '.join(sorted(severities[code])))} | {meaning} | {fix} |"
        f" {', '.join(sorted(rooms[code]))} |"
        for code, (meaning, fix) in sorted(MEANINGS.items())
    ]
    return "\n".join(
        [
            "# Every code an `Issue` can have",
            "",
            "An error blocks; a warning never does. Codes are stable: match on them, not on messages.",
            "`reel.issues()` tells all of a document, `Words.repaired` what reading a transcript mended, and",
            "`engine.render(…).issues` what was drawn otherwise than asked. Made by `.ci/make_reference.py`.",
            "",
            "| Code | Severity | What it means | How to mend it | Told by |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def conformance_page() -> str:
    """Return the page that says where each fact of the contract is tested."""
    facts: list[Any] = runpy.run_path(str(ROOT / "tests" / "contract" / "facts.py"))["FACTS"]
    rows = [
        f"| {fact.id} | {fact.section} | {fact.mark} | {fact.sentence} |"
        f" {'<br>'.join(f'`{test}`' for test in fact.tests)} |"
        for fact in facts
    ]
    return "\n".join(
        [
            "# What v1 says, and the tests that hold us to it",
            "",
            "One row for each fact of [the contract](contract.md) that the library speaks today: §1–§10 and",
            "the decisions about documents and films. The mark says who says so: the service's first two",
            "pages (seed), its other documentation (docs), or, where both are silent, we (decision).",
            "Made by `.ci/make_reference.py` from `tests/contract/facts.py`.",
            "",
            "| Fact | Where | Mark | What is so | Tested by |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


PAGES = {"codes.md": codes_page, "conformance.md": conformance_page}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
        print(f"cookbook/reference/{name}")


if __name__ == "__main__":
    main()
