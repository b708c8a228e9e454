"""The commands as a user types them: names, options, help. What they do is in the files beside."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter, validators
from cyclopts.completion.detect import ShellDetectionError

from reelforge_dsl.cli import _judging as judging
from reelforge_dsl.cli import _making as making
from reelforge_dsl.cli._outcome import FINE, LEFT, MISUSED, CommandError, Outcome, failed
from reelforge_dsl.cli._terminal import Line, write
from reelforge_dsl.errors import ReelforgeError

_ABOUT = """Compose video in code: judge, explain and render ReelForger v1 documents.

FILE is a JSON file, - for stdin, or module:name of a Timeline, a Manifest
or a function without parameters that makes one; modules of the current
folder are found.

Exit codes:
  0    fine
  1    the document has errors, or its film could not be made
  2    wrong usage, or something is missing: a file, FFmpeg, an extra, a key
  3    the network or the service failed
  130  interrupted by Ctrl-C

With --json, stdout is one JSON object with the keys command, ok, error and
the command's own; messages go to stderr. NO_COLOR is honoured."""

File = Annotated[
    Path,
    Parameter(
        help="A JSON file, - for stdin, or module:name of what makes a document.",
        allow_leading_hyphen=True,
    ),
]
Json = Annotated[bool, Parameter(name="--json", help="Print one JSON object to stdout.")]
AllowPrivate = Annotated[
    bool, Parameter(help="Fetch http(s) assets from private, loopback and link-local hosts, too.")
]
MediaRoot = Annotated[Path | None, Parameter(help="The only folder that local files may come from.")]


def _version() -> str:
    try:
        return metadata.version("reelforge-dsl")
    except metadata.PackageNotFoundError:
        return "of a folder, not installed"


app = App(
    name="reelforge",
    help=_ABOUT,
    help_format="plaintext",
    version=_version,
    default_parameter=Parameter(negative=(), show_default=False),
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command(help="Teach your shell (bash, zsh, fish) to complete this command.")


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    Args:
        words: What was typed after ``reelforge``.
    """
    try:
        code = app(list(words), exit_on_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError:
        return MISUSED  # told already, with what was meant
    except ShellDetectionError as exc:
        write(sys.stderr, [Line(f"reelforge: {exc}"), Line("  fix: give --shell bash, zsh or fish")])
        return MISUSED
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and would complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return LEFT
    return code if isinstance(code, int) else FINE


def _shown(command: str, make: Callable[[], Outcome], *, as_json: bool = False) -> int:
    """Run a command, show what it came to, and return the exit code."""
    try:
        outcome = make()
    except ReelforgeError as error:
        outcome = failed(command, error)
    write(sys.stderr, outcome.notes)
    if as_json:
        # Every character beyond ASCII is escaped: C1 control characters steer terminals, too.
        sys.stdout.write(json.dumps(outcome.json()) + "\n")
    else:
        write(sys.stdout, outcome.lines)
    return outcome.code


@app.command
def validate(
    file: File,
    /,
    *,
    strict: Annotated[bool, Parameter(help="Warnings fail the document, too.")] = False,
    ignore: Annotated[
        list[str] | None, Parameter(help="A code to leave out, as text_too_brief; may be given again.")
    ] = None,
    measure: Annotated[bool, Parameter(help="Open the files, and judge with their lengths.")] = False,
    as_json: Json = False,
) -> int:
    """Judge a document by every rule of the contract; no key, no network, no credits."""
    return _shown(
        "validate",
        lambda: judging.validated(file, strict=strict, ignore=ignore or (), measure=measure),
        as_json=as_json,
    )


@app.command
def explain(
    file: File,
    /,
    *,
    measure: Annotated[bool, Parameter(help="Open the files, so that every second is known.")] = False,
    as_json: Json = False,
) -> int:
    """Tell every second of a document with the rule that made it."""
    return _shown("explain", lambda: judging.explained(file, measure=measure), as_json=as_json)


@app.command
def render(
    file: File,
    /,
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="Where the film goes, *.mp4; an older one is replaced.")
    ],
    draft: Annotated[bool, Parameter(help="360 pixels wide and coarser, about five times as fast.")] = False,
    media_root: MediaRoot = None,
    allow_private: AllowPrivate = False,
    cloud: Annotated[bool, Parameter(help="Let the service render: REELFORGER_API_KEY, credits.")] = False,
    timeout: Annotated[
        float | None,
        Parameter(
            help="Seconds to wait for the service's job; 900 when left out.",
            validator=validators.Number(gt=0, lte=10**7),
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Parameter(help="With --cloud: the same key again joins the first job; nothing is paid twice."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Render a document to an MP4: on this machine, or with --cloud by the service."""

    def made() -> Outcome:
        here = {"--draft": draft, "--media-root": media_root is not None, "--allow-private": allow_private}
        idle = [name for name, given in here.items() if given] if cloud else []
        there = {"--timeout": timeout, "--idempotency-key": idempotency_key}
        if not cloud:
            idle += [name for name, given in there.items() if given is not None]
        if idle:
            what = f"{', '.join(idle)} {'has' if len(idle) == 1 else 'have'} no effect"
            raise CommandError(
                f"{what} {'with' if cloud else 'without'} --cloud", fix="leave one of them out"
            )
        if cloud:
            return making.rendered_by_the_service(
                file, output, timeout=timeout or 900, idempotency_key=idempotency_key
            )
        return making.rendered(file, output, draft=draft, media_root=media_root, allow_private=allow_private)

    return _shown("render", made, as_json=as_json)


@app.command
def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen at.", show_default=True)] = "127.0.0.1",
    port: Annotated[
        int,
        Parameter(
            help="The port to listen at.",
            show_default=True,
            validator=validators.Number(gte=0, lte=65535),
        ),
    ] = 8484,
    data_dir: Annotated[Path | None, Parameter(help="Where films and tracks stay.")] = None,
    media_root: MediaRoot = None,
    api_key: Annotated[
        str | None, Parameter(help="What callers must send; else REELFORGE_LOCAL_KEY.")
    ] = None,
    allow_private: AllowPrivate = False,
) -> int:
    """Serve the v1 API on this machine, until Ctrl-C."""
    return _shown(
        "serve",
        lambda: making.served(
            host=host,
            port=port,
            data_dir=data_dir,
            media_root=media_root,
            api_key=api_key,
            allow_private=allow_private,
        ),
    )


@app.command
def doctor(*, as_json: Json = False) -> int:
    """Look at what rendering needs of this machine, and make a test film of 0.2 s."""
    return _shown("doctor", making.examined, as_json=as_json)


@app.command
def python(file: File, /) -> int:
    """Write a document as the Python program that makes it."""
    return _shown("python", lambda: judging.python_of(file))


@app.command
def schema() -> int:
    """Write the JSON Schema of the documents, for editors."""
    return _shown("schema", judging.schema_text)
