"""What a timeline tells: its document, what is wrong with it, where everything is.

The rules and the wire are imported where they are asked for: saying a film needs neither,
and importing the package stays cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self

from attrs import field, frozen

from reelforge_dsl.errors import FieldError, Issue, ManifestInvalidError
from reelforge_dsl.models import Asset, Captions, Layer, Manifest, Media, TextOverlay
from reelforge_dsl.timeline._change import nearest
from reelforge_dsl.timeline._document import Placed, placed, seconds
from reelforge_dsl.timeline._entries import CAPTIONS, Sheet, loaded_sheet
from reelforge_dsl.timeline._lines import Line
from reelforge_dsl.units import MAX_SECONDS

if TYPE_CHECKING:
    from reelforge_dsl.timeline._explain import Explanation

_OWNED = re.compile(r"\$\.(?:assets|composition\.(?:timeline|text_overlays))\[\d+\]")


@frozen(init=False, repr=False)
class Reading:
    """What was said, and what follows from it; nothing here changes anything."""

    _sheet: Sheet
    _cache: Placed | None = field(default=None, init=False, eq=False)

    @classmethod
    def _of(cls, sheet: Sheet) -> Self:
        made = object.__new__(cls)
        _set_sheet(made, sheet)
        _set_cache(made, None)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._sheet)

    @property
    def _placed(self) -> Placed:
        """The document as it stands, placed once; the sheet never changes, so neither does this."""
        if self._cache is None:
            _set_cache(self, placed(self._sheet))
        return self._cache  # type: ignore[return-value]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Take a document; every layer stays as it is, and verbs add to it.

        Args:
            data: As `json.loads` gives it.

        Raises:
            ManifestInvalidError: It has not the documents' shape; ``.issues`` holds every fault.
                Whatever else is wrong loads, and `issues` tells it.
        """
        from reelforge_dsl import wire

        return cls._of(loaded_sheet(wire.from_dict(data)))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Take a document from its text; every layer stays as it is, and verbs add to it.

        Raises:
            ManifestInvalidError: It is not JSON, or has not the documents' shape; ``.issues`` holds
                every fault. Whatever else is wrong loads, and `issues` tells it.
        """
        from reelforge_dsl import wire

        return cls._of(loaded_sheet(wire.loads(text)))

    def manifest(self) -> Manifest:
        """Return the document, frozen and without errors; warnings do not block.

        Raises:
            ManifestInvalidError: It breaks the contract; ``.issues`` holds every error, in document order.
        """
        errors = [issue for issue in self.issues() if issue.severity == "error"]
        if errors:
            count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
            raise ManifestInvalidError(f"This timeline has {count}", issues=errors)
        return self._placed.manifest

    def issues(self, media: Media | None = None, *, ignore: Iterable[str] = ()) -> tuple[Issue, ...]:
        """Return every problem in document order, with the author's line; ``()`` when there is none.

        Args:
            media: How long files are, ``{src: seconds}`` or ``engine.probe``; some faults, as a
                crossfade longer than its clip, show only then. The document judged is the one
                that would be sent, lengths not written in: for that, `resolve` first.
            ignore: Codes to leave out.
        """
        from reelforge_dsl.rules import check, in_document_order
        from reelforge_dsl.timeline._notes import noted

        stands = self._placed
        judged = check(stands.manifest, media)
        # A place that is told as unknown already is not told again as a missing key.
        told = tuple([owned[0] + ".time" for issue in stands.issues if (owned := _place(issue))])
        found = [issue for issue in judged if not issue.path.startswith(told)] if told else list(judged)
        own = [*stands.issues, *noted(self._sheet, stands)]
        if own:
            found = list(in_document_order([*own, *found], stands.manifest))
        if not found:
            return ()
        ignored = set(ignore)
        return self.with_lines([issue for issue in found if issue.code not in ignored])

    def with_lines(self, issues: Iterable[Issue]) -> tuple[Issue, ...]:
        """Return findings about this document, each with the author's line that its path leads to.

        Args:
            issues: From whoever judged it; a line that one has already stays.
        """
        found = tuple(issues)
        lines = dict(self._lines()) if found else {}
        return tuple([_with_line(issue, lines) for issue in found])

    def _lines(self) -> Iterator[tuple[str, Line]]:
        """Yield who wrote what, by JSON path."""
        yield from self._sheet.lines
        if self._sheet.captions is not None and self._sheet.captions.line is not None:
            yield "$.composition.captions", self._sheet.captions.line
        stands = self._placed
        yield from self._long_alone()
        by_asset: dict[str, Line] = {}
        layers = iter(stands.manifest.composition.timeline or ())
        for path, spot in zip(stands.paths, stands.spots, strict=True):
            layer = None if spot.entry.is_text else next(layers)
            if spot.entry.line is not None:
                yield path, spot.entry.line
                if layer is not None:
                    by_asset.setdefault(layer.asset_id, spot.entry.line)
        for index, asset in enumerate(stands.manifest.assets or ()):
            if asset.id in by_asset:
                yield f"$.assets[{index}]", by_asset[asset.id]

    def _long_alone(self) -> Iterator[tuple[str, Line]]:
        """Yield who made the film too long with one number, where nobody said its length."""
        path = "$.composition.duration_seconds"
        if self._sheet.envelope.composition.duration_seconds is not None:
            return
        for spot in self._placed.spots:
            when, line = spot.entry.when, spot.entry.line
            said = (when.start or 0, when.duration or 0, when.offset or 0) if when is not None else ()
            if line is not None and any(number > MAX_SECONDS for number in said):
                yield path, line
                return

    def explain(self, media: Media | None = None) -> Explanation:
        """Return every second with the rule that made it; printing it shows a table.

        Args:
            media: How long files are, in source seconds: ``{src: seconds}``, the keys URLs or paths
                as given, or a function of the URL such as ``engine.probe``. With it the numbers are
                those that the engine renders; without, what is known of the document as it stands.

        Raises:
            FieldError: ``media`` is neither, or a length is no number. What the function raises passes.
        """
        from reelforge_dsl.timeline._explain import explained

        return explained(self._sheet, media)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as it stands, as fresh plain dicts and lists; nothing is judged."""
        from reelforge_dsl import wire

        return wire.to_dict(self._placed.manifest)

    def to_json(self, indent: int | None = None) -> str:
        """Return the document as it stands, as text; nothing is judged.

        Args:
            indent: Spaces a level; without it the text is compact.
        """
        from reelforge_dsl import wire

        return wire.dumps(self._placed.manifest, indent=indent)

    def to_python(self) -> str:
        """Return the program that rebuilds the document byte for byte, formatted, its imports on top.

        Where no verb says how the document begins, as the ids of its assets, that part is loaded and
        verbs follow; what no verb says further on has it loaded whole; a comment tells why. The
        webhook's secret and the values of its headers are not printed, but looked up in the
        environment; comments name the variables.
        """
        from reelforge_dsl.timeline._python import python_of

        return python_of(self._sheet, self._placed, type(self))

    def digest(self) -> str:
        """Return the SHA-256, in hex, of what changes picture or sound."""
        from reelforge_dsl import wire

        return wire.digest(self._placed.manifest)

    def __getitem__(self, name: str) -> Layer | TextOverlay | Captions:
        """Return a layer, an overlay or the captions as placed, by id.

        Raises:
            FieldError: Nothing has that id.
        """
        captions = self._placed.manifest.composition.captions
        if name == CAPTIONS and captions is not None and name not in self._sheet.ids:
            return captions
        items: tuple[Layer | TextOverlay, ...] = (*self.layers, *self.text_overlays)
        for item in items:
            if item.id == name:
                return item
        fix = nearest(str(name), self._sheet.ids, has_captions=captions is not None)
        raise FieldError(f"Timeline: {name!r} names nothing here", fix=fix, field="Timeline", value=name)

    def __contains__(self, name: object) -> bool:
        return name in self._sheet.ids or (name == CAPTIONS and self._sheet.captions is not None)

    __iter__ = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Media as placed, bottom first; what is not known yet is unset."""
        return self._placed.manifest.composition.timeline or ()

    @property
    def text_overlays(self) -> tuple[TextOverlay, ...]:
        """Texts as placed, bottom first."""
        return self._placed.manifest.composition.text_overlays or ()

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The files, each once, named after their first layer."""
        return self._placed.manifest.assets or ()

    @property
    def width(self) -> int:
        """Output pixels across."""
        return self._sheet.envelope.output.width

    @property
    def height(self) -> int:
        """Output pixels down."""
        return self._sheet.envelope.output.height

    @property
    def duration_seconds(self) -> float | None:
        """Length in output seconds; ``None`` while it hangs on files nobody measured."""
        known = self._placed.end.seconds
        return None if known is None else seconds(known)


_set_sheet, _set_cache = (vars(Reading)[name].__set__ for name in ("_sheet", "_cache"))
"""Set the two fields of a timeline before anyone has it, without asking its frozen class."""


def _restored(cls: type[Reading], sheet: Sheet) -> Reading:
    return cls._of(sheet)


def _place(issue: Issue) -> re.Match[str] | None:
    return _OWNED.match(issue.path) if issue.severity == "error" else None


def _with_line(issue: Issue, lines: dict[str, Line]) -> Issue:
    """Return the issue with the line that wrote the nearest thing around its path."""
    if issue.where is not None or not lines:
        return issue
    path = issue.path
    while path:
        if path in lines:
            return Issue(issue.code, issue.severity, issue.path, issue.message, issue.fix, str(lines[path]))
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return issue
