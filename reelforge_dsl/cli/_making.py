"""The commands that make something or look at this machine: render, serve, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from reelforge_dsl.cli._outcome import (
    FINE,
    MISUSED,
    CommandError,
    Outcome,
    code_of,
    counted,
    failed,
    issue_data,
    issue_lines,
)
from reelforge_dsl.cli._source import Source, source_of
from reelforge_dsl.cli._terminal import Line, paragraph, shown, write
from reelforge_dsl.errors import (
    FieldError,
    JobTimeoutError,
    MissingExtraError,
    ReelforgeError,
    TransportError,
)

_COLOURS = {"ok": "green", "warning": "yellow", "missing": "red"}


def rendered(
    file: Path, output: Path, *, draft: bool, media_root: Path | None, allow_private: bool
) -> Outcome:
    """Render a document on this machine.

    Args:
        file: As for `source_of`.
        output: Where the film goes.
        draft: As for ``engine.render``.
        media_root: As for ``engine.render``.
        allow_private: As for ``engine.render``.

    Raises:
        ReelforgeError: There is no such document, or no film could be made.
    """
    _demand_place(output)
    found = source_of(file)
    from reelforge_dsl import engine

    film = engine.render(
        found.timeline if found.written is None else found.written,
        output,
        draft=draft,
        media_root=media_root,
        allow_private=allow_private,
    )
    size = f"{film.width}×{film.height}, {film.duration_seconds:g} s"
    told = f"{film.path} ({size}; rendered in {film.elapsed_seconds:.1f} s)"
    data = {
        "path": str(film.path),
        "width": film.width,
        "height": film.height,
        "frames": film.frames,
        "duration_seconds": film.duration_seconds,
        "elapsed_seconds": round(film.elapsed_seconds, 3),
        "issues": [issue_data(issue) for issue in film.issues],
        "job": None,
    }
    return Outcome("render", FINE, data, (Line(shown(told), "green"),), tuple(issue_lines(film.issues)))


def rendered_by_the_service(
    file: Path, output: Path, *, timeout: float, idempotency_key: str | None
) -> Outcome:
    """Have the service render a document, wait, and bring the film here.

    Args:
        file: As for `source_of`; a document with errors is not sent.
        output: Where the film goes.
        timeout: Wall seconds to wait for the job.
        idempotency_key: The same again joins the first job, instead of paying for a second.

    Raises:
        ReelforgeError: There is no such document, no key, or the service said no.
    """
    _demand_place(output)
    found = source_of(file)
    from reelforge_dsl.client import Client

    try:
        client = Client()
    except FieldError as error:
        raise CommandError(error.what, fix=error.fix) from None
    with client:
        return _followed(
            client.render(found.timeline, idempotency_key=idempotency_key), found, output, timeout
        )


def _followed(job: Any, found: Source, output: Path, timeout: float) -> Outcome:
    queued = f"render job {shown(job.id)} is queued, idempotency key {shown(job.idempotency_key or '–')}"
    write(sys.stderr, [Line(queued)])
    try:
        path = job.wait(timeout=timeout).save(output)
    except KeyboardInterrupt:
        write(sys.stderr, [Line(f"the job goes on\n  fix: {shown(_again(job))}", "yellow")])
        raise
    except (JobTimeoutError, TransportError) as error:
        error.fix = _again(job)
        return failed("render", error, job.id)
    except ReelforgeError as error:
        return failed("render", error, job.id)
    except OSError as exc:
        unwritten = CommandError(
            f"The film of job {job.id} cannot be written to {output}: {exc.strerror}",
            fix=f"in Python: Client().job({job.id!r}).save(…), somewhere else",
        )
        return failed("render", unwritten, job.id)
    billing = job.billing
    cost = billing.total_credit_cost if billing is not None else None
    data = {
        "path": str(path),
        "width": found.timeline.width,
        "height": found.timeline.height,
        "frames": None,
        "duration_seconds": found.timeline.duration_seconds,
        "elapsed_seconds": None,
        "issues": [],
        "job": {
            "id": job.id,
            "status": job.status,
            "output_url": job.output_url,
            "idempotency_key": job.idempotency_key,
            "total_credit_cost": cost,
        },
    }
    paid = "" if cost is None else f", {cost:g} credits"
    return Outcome("render", FINE, data, (Line(shown(f"{path} (job {job.id}{paid})"), "green"),))


def _again(job: Any) -> str:
    """Return how to join a job that was left; without its key a second run would pay for a second job."""
    return f"the same command with --idempotency-key {job.idempotency_key} joins it again"


def _demand_place(output: Path) -> None:
    """Refuse a place where no film can go before anything is fetched, queued or paid.

    Raises:
        CommandError: It is a folder, is not called ``*.mp4``, or its folder does not exist.
    """
    if output.is_dir():
        raise CommandError(f"{output} is a folder", fix=f"name a file in it, as {output / 'film.mp4'}")
    if output.suffix.lower() != ".mp4":
        raise CommandError(f"{output} does not end in .mp4, the only container written", fix="name it *.mp4")
    if not output.absolute().parent.is_dir():
        raise CommandError(f"The output folder {output.parent} does not exist", fix="create it first")


def served(
    *,
    host: str,
    port: int,
    data_dir: Path | None,
    media_root: Path | None,
    api_key: str | None,
    allow_private: bool,
) -> Outcome:
    """Serve the v1 API on this machine until Ctrl-C.

    Raises:
        ReelforgeError: A part of it is missing, or an argument is wrong.
    """
    from reelforge_dsl import local

    try:
        local.serve(
            host=host,
            port=port,
            data_dir=data_dir,
            media_root=media_root,
            api_key=api_key,
            allow_private=allow_private,
        )
    except FieldError as error:
        raise CommandError(error.what, fix=error.fix) from None
    return Outcome("serve", FINE, {})


def examined() -> Outcome:
    """Look at what the engine needs of this machine."""
    try:
        from reelforge_dsl import engine
    except MissingExtraError as error:
        return _unexaminable(error)
    diagnosis = engine.doctor()
    findings = diagnosis.findings
    missing = sum(finding.status == "missing" for finding in findings)
    lines = [Line(paragraph(text), colour) for text, colour in _coloured(diagnosis)]
    end = "films can be made here" if diagnosis.ok else f"{counted(missing, 'thing')} missing"
    lines.append(Line(end, "green" if diagnosis.ok else "red"))
    data = [
        {"name": finding.name, "status": finding.status, "told": finding.told, "fix": finding.fix}
        for finding in findings
    ]
    return Outcome("doctor", FINE if diagnosis.ok else MISUSED, {"findings": data}, tuple(lines))


def _coloured(diagnosis: Any) -> list[tuple[str, str]]:
    """Return the printed table line by line, each with its finding's colour."""
    colours = [
        colour
        for finding in diagnosis.findings
        for colour in [
            _COLOURS[finding.status] if finding.status != "ok" else "",
            *([""] * bool(finding.fix)),
        ]
    ]
    return list(zip(str(diagnosis).split("\n"), colours, strict=True))


def _unexaminable(error: MissingExtraError) -> Outcome:
    """Return the one finding that keeps the engine from looking for others."""
    finding = {"name": "extra local", "status": "missing", "told": error.what, "fix": error.fix}
    lines = (Line(f"extra local  missing  {shown(error.what)}", "red"), Line(f"  fix: {error.fix}"))
    return Outcome("doctor", code_of(error), {"findings": [finding]}, lines)
