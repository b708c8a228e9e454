"""The house is laid out as it says: who finds what where, and what every public name owes its reader."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import reelforge_dsl

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reelforge_dsl"
INSTALLED = Path(reelforge_dsl.__file__).parent

FEATURES = {
    "the exception tree": ("errors.py", "class ManifestInvalidError"),
    "seconds to frames": ("units.py", "def frame_at"),
    "every public choice": ("models/choices.py", "Motion = Literal"),
    "what may stand in a field": ("models/fields.py", "def author_value"),
    "Layout.corner": ("models/layout.py", "def corner"),
    "colours": ("models/colors.py", "def parse_color"),
    "who lasts how long": ("timing/_place.py", "Source: decision D18"),
    "caption phrases": ("timing/_phrases.py", "def phrases"),
    "the speech source of captions": ("rules/_captions.py", "ambiguous_speech_source"),
    "music rules": ("rules/_music.py", "def "),
    "what each recipe takes": ("models/recipes.py", '"storytime_broll": {'),
    "recipe rules": ("rules/_recipes.py", "recipe_variable_unknown"),
    "retries": ("client/_flows.py", "def answered"),
    "waiting for a job": ("client/_flows.py", "def waited"),
    "status to error": ("client/_outcomes.py", "402: OutOfCreditsError"),
    "resuming a download": ("client/_saving.py", "if-range"),
    "the call's deadline on a socket": ("client/_network.py", "class _Stream"),
    "reading the service's answers": ("wire/replies.py", "def validation"),
    "webhook signatures": ("webhooks/_scheme.py", "hmac.new"),
    "what an event says": ("webhooks/_events.py", "class RenderCompleted"),
    "the canonical JSON text": ("wire/__init__.py", "def dumps"),
    "load faults": ("wire/_faults.py", "missing_key"),
    "the JSON Schema": ("wire/_schema.py", "def request_schema"),
    "SRT": ("words/_srt.py", "def "),
    "WebVTT": ("words/_vtt.py", "def "),
    "finding a font": ("lettering/_fonts.py", "def find_font"),
    "line breaks": ("lettering/_wrap.py", "def wrap"),
    "the .video verb": ("timeline/_verbs.py", "def video"),
    "stitching, next, to the end": ("timeline/_when.py", "stitched"),
    "explain": ("timeline/_explain.py", "class Explanation"),
    "to_python": ("timeline/_python.py", "def "),
    "diff": ("timeline/_diff.py", "def diff"),
    "music over speech": ("rules/_sound.py", "music_over_speech"),
    "text that does not fit": ("rules/_lettering.py", "text_too_tall"),
    "print(reel)": ("timeline/_print.py", "def "),
    "reframe": ("timeline/_reframe.py", "def "),
    "measuring a file": ("engine/_probe.py", "def probe_file"),
    "what a file is": ("engine/_media.py", "class Media"),
    "refusing private addresses": ("engine/_fetch.py", "def is_public"),
    "Ken Burns": ("engine/_video.py", "perspective"),
    "the mix and its limiter": ("engine/_audio.py", "alimiter"),
    "caption looks": ("engine/_presets.py", "karaoke_yellow"),
    "what the engine does not draw": ("engine/_supported.py", "LAYER_GAPS"),
    "the routes of the local service": ("local/_routes.py", "/v1/videos/validate"),
    "failures on request": ("local/_faults.py", "class Fault"),
    "recipes to films": ("local/recipes/_films.py", "def listicle_ranked"),
    "music read from a prompt": ("local/music/_brief.py", "tempo"),
    "one key, one job": ("local/_service.py", "Source: decision D14"),
    "jobs over restarts": ("local/_database.py", "CREATE TABLE jobs"),
    "workers and crashes": ("local/_pool.py", "MOST_ATTEMPTS"),
    "what the service may open": ("local/_policy.py", "asset_not_allowed"),
    "why a job failed": ("local/_failures.py", "asset_unreachable"),
    "what a served request may cost": ("local/_asgi.py", "class App"),
    "starting and ending the server": ("local/_serve.py", "def serve"),
    "bringing events to webhooks": ("local/_deliver.py", "class Deliverer"),
    "starting FFmpeg": ("engine/_run.py", "Popen"),
    "what the engine needs of a machine": ("engine/_doctor.py", "def diagnosis"),
    "the commands of the terminal": ("cli/_app.py", "def validate"),
    "exit codes": ("cli/_outcome.py", "def code_of"),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_lives_where_one_would_look(feature: str) -> None:
    """Each feature named here is in the one file that its name suggests."""
    file, sign = FEATURES[feature]
    assert sign in (PACKAGE / file).read_text(encoding="utf-8")


def test_processes_are_started_in_one_file() -> None:
    """Only the engine's runner starts processes."""
    starting = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bsubprocess\b|\bos\.(system|popen|spawn|exec)", path.read_text(encoding="utf-8"))
    ]
    assert starting == ["engine/_run.py"]


def test_nothing_catches_everything() -> None:
    """No handler takes Exception, and only the guard against painter panics takes BaseException whole."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") == "Exception")
    ]
    assert found == []


def test_files_stay_rooms() -> None:
    """No file of the package is longer than 450 lines."""
    long = {
        p.name: n
        for p in PACKAGE.rglob("*.py")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


PUBLIC = sorted(set(reelforge_dsl.__all__) - {"__version__"})


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_explained(name: str) -> None:
    """Every public class, function and module has a docstring, and so has every public method of a class."""
    thing = getattr(reelforge_dsl, name)
    if not (inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing)):
        return  # a Literal: its words are its documentation, and the line under it in models/choices.py
    assert inspect.getdoc(thing)
    if inspect.isclass(thing):
        own = [member for key, member in vars(thing).items() if not key.startswith("_")]
        bare = [member for member in own if inspect.isroutine(member) and not inspect.getdoc(member)]
        assert bare == []


def test_engine_verbs_are_explained() -> None:
    """Every function of the engine's face says what it takes and what it raises."""
    from reelforge_dsl import engine

    for name in engine.__all__:
        thing = getattr(engine, name)
        assert inspect.getdoc(thing)
        if inspect.isfunction(thing):
            assert "Raises:" in (inspect.getdoc(thing) or "")


def test_fonts_travel_with_their_licences() -> None:
    """Every vendored family has its licence file in the package."""
    fonts = INSTALLED / "lettering" / "fonts"
    families = {re.sub(r"-.*", "", font.stem).lower() for font in fonts.glob("*.ttf")}
    licences = {re.sub(r"[^a-z]", "", licence.stem.lower()) for licence in (fonts / "licences").iterdir()}
    assert families <= licences
    assert len(families) == 9


def test_the_changelog_has_a_place_for_the_next_release() -> None:
    """The changelog opens with what is not yet released."""
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_source_resolves() -> None:
    """Each section and decision that a docstring names stands on the reference page."""
    page = (ROOT / "cookbook" / "reference" / "contract.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\d+)\.", page, re.MULTILINE))
    decisions = set(re.findall(r"^(?:\| )?(D\d+)(?: \||:)", page, re.MULTILINE))
    named = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert set(re.findall(r"§(\d+)", named)) <= sections
    assert set(re.findall(r"\b(D\d+)\b", named)) <= decisions
    assert len(decisions) == 25
