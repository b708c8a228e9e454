"""The command line in process: what it reads, says, refuses, and the code it ends with."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelforge_dsl import Manifest, Timeline, errors
from reelforge_dsl.cli import main
from reelforge_dsl.cli._outcome import code_of
from reelforge_dsl.cli._terminal import Line, paragraph, shown, write

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads"
FILM = json.loads((PAYLOADS / "core-examples-stitch-images.json").read_text("utf-8"))["body"]
STITCHED = json.loads((PAYLOADS / "core-examples-stitch-videos.json").read_text("utf-8"))["body"]
EVIL = "\x1b[2J\x9b31m\u202e\nfilm.json: valid"
ISSUE = errors.Issue("late", "error", "$.a", "too late")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test works in a folder of its own, with no key and no colour asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("REELFORGER_API_KEY", "REELFORGE_API_KEY", "REELFORGER_BASE_URL", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; return its code, stdout and stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def module(folder: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Write a module into the current folder and return its name, which no other test has."""
    name = f"film_{abs(hash(request.node.name)):x}"

    def made(text: str) -> str:
        (folder / f"{name}.py").write_text(f"from reelforge_dsl import Timeline\n{text}\n", "utf-8")
        return name

    yield made
    sys.modules.pop(name, None)


def written(folder: Path, document: dict[str, Any], name: str = "film.json") -> str:
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return name


def with_id(name: str) -> dict[str, Any]:
    """A document whose first layer has this id and names no asset."""
    changed = json.loads(json.dumps(FILM))
    changed["composition"]["timeline"][0] |= {"id": name, "asset_id": name}
    return dict(changed)


# validate


def test_a_valid_document_is_0(said, folder) -> None:
    """A documented film is valid: one line on stdout, nothing on stderr, code 0."""
    code, out, err = said("validate", written(folder, FILM))
    assert (code, err) == (0, "")
    assert out.startswith("film.json: valid · ")


def test_errors_are_1_and_told_with_path_code_and_fix(said, folder) -> None:
    """A document with an error is told with path, code and fix, and ends with 1."""
    code, out, err = said("validate", written(folder, with_id("missing")))
    assert (code, err) == (1, "")
    assert out.startswith("film.json: not valid")
    assert "$.composition.timeline[0].asset_id" in out
    assert "[unknown_asset]" in out
    assert "fix: " in out


def test_json_has_stable_keys(said, folder) -> None:
    """With --json, stdout is one object with these keys and no others."""
    code, out, _ = said("validate", written(folder, with_id("missing")), "--json")
    told = json.loads(out)
    keys = ["command", "ok", "error", "name", "errors", "warnings", "issues", "width", "height"]
    assert list(told) == [*keys, "duration_seconds"]
    assert (code, told["ok"], told["command"], told["error"]) == (1, False, "validate", None)
    assert list(told["issues"][0]) == ["code", "severity", "path", "message", "fix", "where"]
    assert told["errors"] == sum(issue["severity"] == "error" for issue in told["issues"])


def test_strict_and_ignore(said, module) -> None:
    """Warnings pass, fail with --strict, and are left out with --ignore, by commas or by repeating."""
    name = module(
        "reel = (Timeline('9:16').image('https://example.com/a.png', duration=3)\n"
        "        .text('A line', start=0, duration=0.2))"
    )
    code, out, _ = said("validate", f"{name}:reel")
    assert code == 0
    codes = set(re.findall(r"\[([a-z_]+)\]", out))
    assert codes
    assert said("validate", f"{name}:reel", "--strict")[0] == 1
    ignoring = ("--ignore", "nothing", "--ignore", ",".join(sorted(codes)))
    assert said("validate", f"{name}:reel", "--strict", *ignoring)[0] == 0


def test_a_misshapen_document_is_1(said, folder) -> None:
    """What is not JSON, or not a document, is told as findings: code 1, in --json too."""
    (folder / "half.json").write_text('{"version": "v1"', encoding="utf-8")
    code, out, _ = said("validate", "half.json")
    assert (code, "not_json" in out) == (1, True)
    code, out, _ = said("validate", written(folder, {"version": "v1"}), "--json")
    assert code == 1
    assert {issue["code"] for issue in json.loads(out)["issues"]} == {"missing_key"}
    assert json.loads(out)["width"] is None


def test_the_author_sees_his_line(said, module) -> None:
    """A finding about a module's timeline names the line that wrote it."""
    name = module("reel = Timeline('9:16').image('https://example.com/a.png', duration=400)")
    code, out, _ = said("validate", f"{name}:reel")
    assert code == 1
    assert f"{name}.py:2" in out


# What FILE may be


def test_stdin(said, monkeypatch) -> None:
    """``-`` reads the document from stdin, by its bytes."""
    piped = io.TextIOWrapper(io.BytesIO(json.dumps(FILM).encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", piped)
    code, out, _ = said("validate", "-")
    assert (code, out.startswith("stdin: valid")) == (0, True)


@pytest.mark.parametrize(
    "value",
    ["reel = REEL", "def reel(): return REEL", "reel = REEL.manifest()", "reel = lambda: REEL.manifest()"],
)
def test_a_module_gives_a_document(said, module, value: str) -> None:
    """A Timeline, a Manifest, and a function that makes either are documents."""
    name = module(f"REEL = Timeline('9:16').image('https://example.com/a.png', duration=3)\n{value}")
    code, out, _ = said("validate", f"{name}:reel")
    assert (code, "1080×1920 · 3 s" in out) == (0, True)


def test_what_a_module_prints_is_not_ours(said, module) -> None:
    """A module's own output goes to stderr, so that stdout stays one JSON object."""
    name = module("print('hello')\nreel = Timeline().image('https://example.com/a.png', duration=3)")
    code, out, err = said("validate", f"{name}:reel", "--json")
    assert (code, json.loads(out)["ok"], err) == (0, True, "hello\n")


@pytest.mark.parametrize(
    ("text", "attribute", "told"),
    [
        ("reel = Timeline()", "rel", "did you mean 'reel'?"),
        ("reel = 3", "reel", "is of type int"),
        (
            "def reel(size): return Timeline(size)",
            "reel",
            "needs arguments: missing a required argument: 'size'",
        ),
        ("async def reel(): return Timeline()", "reel", "is an async function"),
        ("def reel(): return {}", "reel", "is of type dict"),
        ("import no_such_package_here", "reel", "imports no_such_package_here, which is not installed"),
    ],
)
def test_a_wrong_spot_is_2(said, module, text: str, attribute: str, told: str) -> None:
    """A module that lacks the name, or has something else there, is said so: code 2."""
    code, out, err = said("validate", f"{module(text)}:{attribute}")
    assert (code, out) == (2, "")
    assert told in err


def test_missing_files_and_modules_are_2(said, folder) -> None:
    """What is not there is 2, with what is spelt alike; folders and programs say what to name instead."""
    written(folder, FILM)
    (folder / "reels.py").write_text("", encoding="utf-8")
    for given, told in {
        "fill.json": "did you mean 'film.json'?",
        "reeels:make": "did you mean 'reels'?",
        "reels.py": "as reels:reel",
        "reels.py:make": "as reels:reel",
        ".": "is a folder",
        "nowhere/film.json": "There is no file",
    }.items():
        code, _, err = said("validate", given)
        assert (code, told in err) == (2, True), (given, err)


def test_a_file_with_a_colon_is_a_file(said, folder) -> None:
    """A file that is there is read, even if its name looks like a module and a name."""
    if os.name == "nt":
        pytest.skip("no colons in names there")
    assert said("validate", written(folder, FILM, "film:reel"))[0] == 0


def test_an_error_inside_json_mode_is_json(said) -> None:
    """With --json, an error is an object on stdout and its text on stderr."""
    code, out, err = said("explain", "none.json", "--json")
    told = json.loads(out)
    assert (code, list(told), told["ok"]) == (2, ["command", "ok", "error"], False)
    assert list(told["error"]) == ["type", "message", "fix", "issues", "job_id"]
    assert "There is no file none.json" in err


# explain, python, schema


def test_explain(said, folder) -> None:
    """Explain prints one row a layer, and with --json the same numbers."""
    name = written(folder, STITCHED)
    code, out, _ = said("explain", name)
    layers = STITCHED["composition"]["timeline"]
    assert code == 0
    assert all(layer["id"] in out for layer in layers)
    told = json.loads(said("explain", name, "--json")[1])
    assert [row["id"] for row in told["rows"]][: len(layers)] == [layer["id"] for layer in layers]
    assert {"start_seconds", "end_frame", "rule", "because"} <= set(told["rows"][0])


def test_explain_keeps_keys_of_addresses(said, module) -> None:
    """Addresses of unmeasured files are told without login and query."""
    name = module("reel = Timeline().video('https://me:pw@example.com/a.mp4?sig=s3cret')")
    _, out, _ = said("explain", f"{name}:reel", "--json")
    assert json.loads(out)["unmeasured"] == ["https://example.com/a.mp4"]
    assert "s3cret" not in said("explain", f"{name}:reel")[1]


def test_python_rebuilds_the_document(said, folder) -> None:
    """The program that ``python`` writes makes the same document."""
    code, out, _ = said("python", written(folder, STITCHED))
    scope: dict[str, Any] = {}
    exec(compile(out, "reel.py", "exec"), scope)
    made = next(value for value in scope.values() if isinstance(value, (Timeline, Manifest)))
    assert (code, json.loads(made.to_json())) == (0, STITCHED)


def test_schema_is_the_shipped_one(said) -> None:
    """``schema`` prints the schema that ships in the package."""
    import reelforge_dsl

    shipped = Path(reelforge_dsl.__file__).parent / "wire" / "v1.schema.json"
    code, out, _ = said("schema")
    assert (code, out.strip()) == (0, shipped.read_text(encoding="utf-8").strip())


# Terminals


@pytest.mark.parametrize("command", ["validate", "explain", "python"])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_document_cannot_steer_the_terminal(said, folder, command: str, more: list[str]) -> None:
    """No control character of a document reaches stdout or stderr, and none makes a line of its own."""
    if command == "python" and more:
        return
    code, out, err = said(command, written(folder, with_id(EVIL)), *more)
    assert code in (0, 1)
    for text in (out, err):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "\nfilm.json: valid" not in text


def test_shown_and_paragraph() -> None:
    """What cannot be printed is escaped; only a paragraph keeps its line breaks."""
    assert shown("a\x1bb\x9b\n\u202e\ud800\U000e0001é") == r"a\x1bb\x9b\n\u202e\ud800\U000e0001é"
    assert paragraph("a\x1b\nb") == "a\\x1b\nb"


class Terminal(io.StringIO):
    """A stream that says it is one."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals(monkeypatch) -> None:
    """A terminal gets colour, with NO_COLOR or TERM=dumb none; a file never."""
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal, file = Terminal(), io.StringIO()
    write(terminal, [Line("no", "red")])
    write(file, [Line("no", "red")])
    assert terminal.getvalue() == "\x1b[31mno\x1b[0m\n"
    assert file.getvalue() == "no\n"
    for name, value in {"NO_COLOR": "1", "TERM": "dumb"}.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            plain = Terminal()
            write(plain, [Line("no", "red")])
            assert plain.getvalue() == "no\n"


def test_a_narrow_encoding_is_no_crash() -> None:
    """Where stdout cannot say a character, it is escaped."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(stream, [Line("1 → 2")])
    stream.flush()
    assert raw.getvalue().replace(b"\r", b"") == b"1 \\u2192 2\n"


# Usage and codes


@pytest.mark.parametrize(
    "words",
    [
        ["rendr"],
        ["validate"],
        ["validate", "a.json", "--stric"],
        ["render", "a.json"],
        ["render", "a.json", "-o", "a.mp4", "--timeout", "0", "--cloud"],
        ["render", "a.json", "-o", "a.mp4", "--timeout", "nan", "--cloud"],
        ["render", "a.json", "-o", "a.mp4", "--timeout", "9"],
        ["render", "a.json", "-o", "a.mp4", "--cloud", "--draft"],
        ["render", "a.json", "-o", "a.mov"],
        ["render", "a.json", "-o", "nowhere/a.mp4"],
        ["render", "a.json", "-o", "."],
        ["serve", "--port", "70000"],
    ],
)
def test_wrong_usage_is_2(said, folder, words: list[str]) -> None:
    """Unknown commands and options, missing and impossible arguments end with 2 and a word on stderr."""
    written(folder, FILM, "a.json")
    code, out, err = said(*words)
    assert (code, out, bool(err)) == (2, "", True)


def test_help_tells_commands_and_codes(said) -> None:
    """--help names every command and every exit code; each command has a help of its own."""
    code, out, _ = said("--help")
    assert code == 0
    for name in ("validate", "explain", "render", "serve", "doctor", "python", "schema"):
        assert name in out
        assert said(name, "--help")[0] == 0
    assert re.search(r"0 +fine\n +1 .*\n +2 .*\n +3 .*\n +130 ", out)
    assert "--install-completion" in out


def test_no_words_is_the_help(said) -> None:
    """Without words the help is shown."""
    assert said()[1] == said("--help")[1]


def test_cloud_without_a_key_is_2(said, folder) -> None:
    """--cloud without an API key says which variable to set, and sends nothing."""
    code, _, err = said("render", written(folder, FILM), "-o", "a.mp4", "--cloud")
    assert (code, "REELFORGER_API_KEY" in err) == (2, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ManifestInvalidError("x"), 1),
        (errors.UnsupportedByEngineError("x"), 1),
        (errors.FieldError("x"), 1),
        (errors.ProbeError("x"), 1),
        (errors.FfmpegFailedError("x"), 1),
        (errors.JobFailedError("x"), 1),
        (errors.RejectedError("x", status=422, issues=[ISSUE]), 1),
        (errors.EngineError("x"), 2),
        (errors.FfmpegNotFoundError("x"), 2),
        (errors.MissingExtraError("x"), 2),
        (errors.AuthenticationError("x"), 2),
        (errors.ReelforgeError("x"), 2),
        (errors.AuthenticationError("x", status=401), 3),
        (errors.OutOfCreditsError("x", status=402), 3),
        (errors.RejectedError("x", status=400), 3),
        (errors.ServerError("x", status=500), 3),
        (errors.FetchError("x"), 3),
        (errors.TransportTimeoutError("x"), 3),
        (errors.JobTimeoutError("x"), 3),
        (errors.ReplyError("x"), 3),
    ],
)
def test_every_error_has_its_code(error: errors.ReelforgeError, code: int) -> None:
    """Each error of the tree ends with the code that --help tells."""
    assert code_of(error) == code


# What is not installed


def in_a_fresh_python(program: str) -> subprocess.CompletedProcess[str]:
    root = str(Path(errors.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )


def without(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    return in_a_fresh_python(
        f"import sys; sys.modules[{module!r}] = None\n"
        f"from reelforge_dsl.cli import main; sys.exit(main({list(words)!r}))"
    )


def test_without_the_extra_one_line_says_so() -> None:
    """Without cyclopts every command says which extra to install, and ends with 2."""
    ran = without("cyclopts", "--help")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "pip install 'reelforge-dsl[cli]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_doctor_without_the_engine_says_so() -> None:
    """Without the local extra, doctor still answers: what is missing, and how to get it."""
    ran = without("uharfbuzz", "doctor", "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["ok"]) == (2, False)
    assert told["findings"][0]["fix"] == "pip install 'reelforge-dsl[local]'"


def test_the_command_is_light() -> None:
    """Importing the command line, and showing its help, loads no room that only single commands need."""
    ran = in_a_fresh_python(
        "import sys\nimport reelforge_dsl.cli\nassert 'cyclopts' not in sys.modules\n"
        "reelforge_dsl.cli.main(['schema', '--help'])\n"
        "print(*sys.modules)"
    )
    loaded = set(ran.stdout.split())
    heavy = {"httpx", "cattrs", "uharfbuzz", "tqdm", "starlette"}
    heavy |= {f"reelforge_dsl.{room}" for room in ("engine", "client", "local", "rules", "lettering")}
    assert ran.returncode == 0
    assert not heavy & loaded
