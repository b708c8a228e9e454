"""The commands that read a document and make nothing: validate, explain, python, schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from reelforge_dsl.cli._outcome import FAULTY, FINE, Outcome, counted, issue_data, issue_lines
from reelforge_dsl.cli._source import Source, source_of
from reelforge_dsl.cli._terminal import Line, paragraph, shown
from reelforge_dsl.errors import Issue, ManifestInvalidError

Probe = Callable[[str], float | None]


def validated(file: Path, *, strict: bool, ignore: Iterable[str], measure: bool) -> Outcome:
    """Judge a document by every rule of the contract.

    Args:
        file: As for `source_of`.
        strict: Warnings fail it, too.
        ignore: Codes to leave out; each may be several, divided by commas.
        measure: Open its files, and judge with their lengths.

    Raises:
        ReelforgeError: There is no such document, or a file cannot be measured.
    """
    left_out = {code.strip() for text in ignore for code in text.split(",")}
    try:
        found = source_of(file)
    except ManifestInvalidError as error:
        name = "stdin" if str(file) == "-" else str(file)
        return _verdict(name, None, error.issues, strict=strict)
    issues = found.timeline.issues(_probe() if measure else None, ignore=left_out)
    return _verdict(found.name, found, issues, strict=strict)


def _verdict(name: str, found: Source | None, issues: tuple[Issue, ...], *, strict: bool) -> Outcome:
    errors = sum(issue.severity == "error" for issue in issues)
    warnings = len(issues) - errors
    code = FAULTY if errors or (strict and warnings) else FINE
    counts = [counted(errors, "error")] if errors else []
    counts += [counted(warnings, "warning")] if warnings else []
    reel = found.timeline if found is not None else None
    seconds = reel.duration_seconds if reel is not None else None
    about = "valid" if code == FINE else "not valid"
    if reel is not None:
        length = "length not known" if seconds is None else f"{seconds:g} s"
        about += f" · {reel.width}×{reel.height} · {length}"
    head = Line(f"{shown(name)}: {' · '.join([about, *counts])}", "green" if code == FINE else "red")
    data = {
        "name": name,
        "errors": errors,
        "warnings": warnings,
        "issues": [issue_data(issue) for issue in issues],
        "width": reel.width if reel is not None else None,
        "height": reel.height if reel is not None else None,
        "duration_seconds": seconds,
    }
    return Outcome("validate", code, data, (head, *issue_lines(issues)))


def explained(file: Path, *, measure: bool) -> Outcome:
    """Tell every second of a document with the rule that made it.

    Args:
        file: As for `source_of`.
        measure: Open its files, so that every second is known.

    Raises:
        ReelforgeError: There is no such document, or a file cannot be measured.
    """
    found = source_of(file)
    told = found.timeline.explain(_probe() if measure else None)
    data = {
        "name": found.name,
        "duration_seconds": told.seconds,
        "because": told.because,
        "rows": [
            {
                "id": row.id,
                "verb": row.verb,
                "start_seconds": row.start,
                "end_seconds": row.end,
                "start_frame": row.start_frame,
                "end_frame": row.end_frame,
                "z": row.z,
                "rule": row.rule,
                "because": row.because,
                "source_end_seconds": row.source_end,
            }
            for row in told.rows
        ],
        "unmeasured": [_without_query(url) for url in told.unknown],
    }
    return Outcome("explain", FINE, data, (Line(paragraph(str(told))),))


def python_of(file: Path) -> Outcome:
    """Write a document as the program that makes it.

    Raises:
        ReelforgeError: There is no such document.
    """
    program = source_of(file).timeline.to_python()
    return Outcome("python", FINE, {}, (Line(paragraph(program.removesuffix("\n"))),))


def schema_text() -> Outcome:
    """Write the JSON Schema of the documents, as it ships for editors."""
    from reelforge_dsl import wire

    return Outcome("schema", FINE, {}, (Line(json.dumps(wire.schema(), indent=2, ensure_ascii=False)),))


def _probe() -> Probe:
    from reelforge_dsl import engine

    return engine.probe


def _without_query(url: str) -> str:
    """Return an address without login and query, where keys are."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "<no URL>"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
