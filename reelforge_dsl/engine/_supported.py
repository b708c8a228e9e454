"""What the local engine does not draw yet: one table, asked before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from reelforge_dsl.engine._presets import PRESETS
from reelforge_dsl.errors import Issue, UnsupportedByEngineError
from reelforge_dsl.models import Authored, Captions, Json, Layer, Manifest


@frozen
class Gap:
    """A field that the engine refuses.

    Attributes:
        field: Its path below what it is looked for in.
        meant: Tells whether a value asks for something that is missing.
        instead: What to do.
    """

    field: str
    meant: Callable[[object], bool]
    instead: str


def _present(value: object) -> bool:
    return value is not None


def _unknown_preset(value: object) -> bool:
    return value not in PRESETS


LAYER_GAPS = (Gap("style.transform", _present, "use layout, or motion"),)
"""Fields of a layer."""

CAPTION_GAPS = (
    Gap("preset", _unknown_preset, "use " + " or ".join(repr(name) for name in PRESETS)),
    Gap("correct_text", _present, "put the right text into words"),
    Gap("time_overrides", _present, "use one style for all captions"),
)
"""Fields of the captions."""

_TRANSITIONS = "use crossfade on the clips"


def demand_supported(manifest: Manifest, author: Authored | None = None) -> None:
    """Refuse a document that asks for something the engine would leave out.

    Args:
        manifest: The document.
        author: Knows which line wrote what, or ``None``.

    Raises:
        UnsupportedByEngineError: It does; ``.issues`` names every such field.
    """
    issues = tuple(_missing(manifest))
    if issues:
        issues = issues if author is None else author.with_lines(issues)
        count = f"{len(issues)} fields" if len(issues) > 1 else "a field"
        what = f"The local engine does not draw {count} of this document; the service does"
        raise UnsupportedByEngineError(what, issues=issues)


def _missing(manifest: Manifest) -> Iterator[Issue]:
    composition = manifest.composition
    yield from _transitions(manifest, "$")
    yield from _transitions(composition, "$.composition")
    for index, layer in enumerate(composition.timeline or ()):
        path = f"$.composition.timeline[{index}]"
        yield from _gaps(layer, LAYER_GAPS, path)
        yield from _transitions(layer, path)
    if composition.captions is not None:
        yield from _gaps(composition.captions, CAPTION_GAPS, "$.composition.captions")
        if composition.captions.words is None:
            yield _issue(
                "$.composition.captions.words", "captions without words need a transcription", "give words"
            )


def _gaps(value: Layer | Captions, gaps: tuple[Gap, ...], path: str) -> Iterator[Issue]:
    for gap in gaps:
        held: object = value
        for name in gap.field.split("."):
            held = getattr(held, name, None)
        if gap.meant(held):
            shown = "" if isinstance(held, (tuple, Json)) else f" {held!r}"
            yield _issue(f"{path}.{gap.field}", f"{gap.field}{shown} is not drawn here", gap.instead)


def _transitions(value: object, path: str) -> Iterator[Issue]:
    for extra in getattr(value, "extra", ()):
        if extra.key == "transitions":
            yield _issue(f"{path}.transitions", "transitions are not drawn here", _TRANSITIONS)


def _issue(path: str, message: str, fix: str) -> Issue:
    return Issue("unsupported_by_engine", "error", path, message, fix)
