"""Where everything stands, as plain numbers: the arithmetic behind a `Schedule`.

Every layer and overlay is a `Row`. Rows are read in timeline order, videos are
stitched, sound is laid under them, the composition's length follows, and what
is open-ended ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Asset, Layer, Manifest, Media, TextOverlay
from reelforge_dsl.timing._crossfades import crossfade, dissolve_timed, fitting, warn_first
from reelforge_dsl.timing._row import FAR, SLACK, UNPLACED, PlacedBy, Row, clean, end_of, read_both
from reelforge_dsl.units import FPS, real, short, unless_milliseconds


class Placement:
    """All rows of a document, placed as far as what is known allows.

    Attributes:
        rows: The layers, in timeline order.
        texts: The overlays, in list order.
        seconds: Length of the composition in output seconds, or ``None``.
        because: The rule behind the length, in plain words.

    Source: contract §4; decisions D4–D6, D10–D12, D18–D20.
    """

    def __init__(self, manifest: Manifest, media: Media | None) -> None:
        composition = manifest.composition
        self.stitching = composition.auto_stitch is True
        self.said = composition.duration_seconds
        self.rows: list[Row] = []
        self.texts: list[Row] = []
        self.seconds: float | None = None
        self.because = ""
        self._lengths: dict[str, float | None] = {}
        self._needed: dict[str, None] = {}
        self._hangs_on: Literal["media", "document", "nothing"] = "document"
        self._open: list[Row] = []
        self._last: Row | None = None
        self._assets: dict[str, Asset] | None = None
        self._manifest = manifest
        self._read_layers(composition.timeline or ())
        self._read_overlays(composition.text_overlays or ())
        if media is not None:
            self._measure(media)
        if self._open:
            self._place_open()
        dissolve_timed(self.rows)
        self._measure_film()
        self._end_open()
        self._cut()
        if media is not None:
            self._compare_sources()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Everything that was found, in document order."""
        found: list[Issue] = []
        for rows in (self.rows, self.texts):
            for row in rows:
                if row.issues:
                    found += sorted(row.issues, key=_key_order) if len(row.issues) > 1 else row.issues
        return tuple(found)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Addresses of the files whose length is needed and not known."""
        return tuple(self._needed)

    def _read_layers(self, layers: Iterable[Layer]) -> None:
        for index, layer in enumerate(layers):
            row = Row()
            row.layer = layer
            row.index = index
            self.rows.append(row)
            time = layer.time
            start = duration = None
            if time is not None:
                start, duration = time.start_seconds, time.duration_seconds
            if start is not None and duration is not None:
                read_both(row, start, duration)
                continue
            row.says_duration = duration is not None
            if (start is not None and not 0 <= start <= FAR) or (
                duration is not None and not 0 < duration <= FAR
            ):
                row.rule = "bad_time"
                continue
            row.start, row.lasts = start, duration
            self._open.append(row)

    def _read_overlays(self, overlays: Iterable[TextOverlay]) -> None:
        for index, overlay in enumerate(overlays):
            row = Row()
            row.overlay = overlay
            row.index = index
            self.texts.append(row)
            time = overlay.time
            start = time.start_seconds if time is not None else None
            duration = time.duration_seconds if time is not None else None
            if start is not None and duration is not None:
                read_both(row, start, duration)
                continue
            row.says_duration = duration is not None
            row.rule = "no_time"
            row.start = start if start is not None and 0 <= start <= FAR else None

    def _measure(self, media: Media) -> None:
        """Learn what each source offers: its length minus trim, never below 0. Source: decision D10."""
        lengths = self._lengths
        for row in self.rows:
            if not row.plays:
                continue
            src = self._src(row)
            if src is None:
                continue
            if src not in lengths:
                lengths[src] = _asked(media, src)
            whole, trim = lengths[src], _trim(row)
            if whole is None or trim is None:
                continue
            row.offered = clean(max(0, whole - trim))
            if whole <= trim:
                row.note(
                    "trim_past_end",
                    "error",
                    ".trim.start_seconds",
                    f"layer {row.name} starts {short(trim)} s into a source of {short(whole)} s",
                    f"{unless_milliseconds(trim)}trim less than {short(whole)} s",
                )

    def _src(self, row: Row) -> str | None:
        """Return the address behind a row; ``None`` where the document names none that can play."""
        if self._assets is None:
            self._assets = {asset.id: asset for asset in reversed(self._manifest.assets or ())}
        asset = self._assets.get(row.layer.asset_id) if row.layer is not None else None
        return asset.url if asset is not None and asset.type != "image" else None

    def _need(self, row: Row) -> None:
        src = self._src(row)
        if src is not None and self._lengths.get(src) is None:
            self._needed[src] = None

    def _place_open(self) -> None:
        """Place every row that lacks a time, videos before the sound that follows them."""
        sounds: list[Row] = []
        for row in self._open:
            kind = row.layer.type if row.layer else ""
            if kind == "image":
                row.rule = "no_start" if row.start is None else "to_end"
            elif kind not in ("video", "audio"):
                row.rule = "unknown_type"
            elif not self.stitching:
                row.rule = "untimed" if row.start is None and row.lasts is None else "half_timed"
            elif row.start is not None:
                self._start_only(row)
            elif kind == "video":
                self._chain(row, self._last, "stitched")
                self._last = row
            else:
                sounds.append(row)
        if sounds:
            self._lay_sound(sounds)

    def _start_only(self, row: Row) -> None:
        """Let a row with only a start last as long as its source. Source: decision D20."""
        natural = None if row.offered is None or row.start is None else end_of(row.start, row.offered)
        if row.looped and row.layer is not None and row.layer.type == "audio":
            row.rule, row.natural = "to_end", natural
        else:
            row.rule, row.end = "source_length", natural
            self._need(row)

    def _chain(self, row: Row, before: Row | None, rule: PlacedBy) -> None:
        """Put a row after the one before, its crossfade earlier. Source: decisions D6, D10, D20."""
        row.rule, row.before = rule, before
        if row.lasts is None:
            row.lasts = row.offered
            self._need(row)
        said = crossfade(row)
        if before is None:
            row.start = 0
            if said:
                warn_first(row)
        else:
            if said:
                row.over, row.fade = before, fitting(row, before, said)
            row.start = None if before.end is None else clean(before.end - row.fade)
        if row.start is not None and row.lasts is not None:
            row.end = clean(row.start + row.lasts)

    def _lay_sound(self, sounds: list[Row]) -> None:
        """Place sound without a start. Source: decisions D12, D20."""
        visual = any(row.layer and row.layer.type in ("video", "image") for row in self.rows)
        before: Row | None = None
        for row in sounds:
            if not visual:
                self._chain(row, before, "sequenced")
                before = row
                continue
            row.start = 0
            if row.lasts is not None:
                row.rule, row.end = "from_zero", row.lasts
            elif self._last is not None:
                row.rule, row.end = "aligned_to_stitch", self._last.end
            else:
                row.rule, row.natural = "to_end", row.offered

    def _measure_film(self) -> None:
        """Say how long the composition is, and why. Source: decision D18."""
        if self.said is not None:
            usable = 0 < self.said <= FAR
            self.seconds = self.said if usable else None
            self.because = "composition.duration_seconds" + ("" if usable else " cannot be used")
            return
        if not self._open and self.rows:
            self._latest([*self.rows, *self.texts])
            return
        counting = [row for row in self.rows if _lengthens(row)]
        counting += self.texts
        if not counting:
            counting = self._sound_alone()
        self._latest(counting)

    def _sound_alone(self) -> list[Row]:
        """Return the sound that gives the length where nothing else does; loops only where all are loops."""
        waiting = [row for row in self.rows if row.rule in ("to_end", "sequenced", "untimed") and row.plays]
        counting = [row for row in waiting if row.rule != "to_end" or not row.looped] or waiting
        for row in counting:
            if row.rule == "to_end":
                self._need(row)
        return counting

    def _latest(self, counting: list[Row]) -> None:
        latest: float = -1
        for row in counting:
            end = row.end if row.rule != "to_end" else row.natural
            if end is None:
                in_document = row.rule in UNPLACED or (
                    not row.says_duration and (self._src(row) is None or _trim(row) is None)
                )
                self._hangs_on = "document" if in_document else "media"
                self.because = _not_known(row, in_document)
                return
            if end > latest:
                latest, last = end, row
        if latest < 0:
            self._hangs_on = "nothing"
            self.because = "nothing in it has a length"
            return
        self.seconds = latest
        self.because = f"latest end: {last.name}"

    def _end_open(self) -> None:
        """End what is open where the composition ends. Source: decisions D12, D18, D19."""
        for row in self._open:
            if row.rule != "to_end":
                continue
            if self.said is not None:
                row.rule = "until_duration"
            row.end = self.seconds
            if row.layer is not None and row.layer.type == "image" and row.start is not None:
                self._judge_image(row, row.start)

    def _judge_image(self, row: Row, start: float) -> None:
        """Tell where an image's length cannot be inferred. Source: contract §4 (5), decision D19."""
        key = ".time.duration_seconds"
        if self.seconds is not None and start >= self.seconds:
            row.note(
                "image_length_unknown",
                "error",
                key,
                f"image {row.name} starts at {short(start)} s, but the film ends at"
                f" {short(self.seconds)} s, so it has no length",
                "give it time.duration_seconds, or start it earlier",
            )
        elif self.seconds is None and self._hangs_on == "nothing":
            row.note(
                "image_length_unknown",
                "error",
                key,
                f"how long image {row.name} lasts cannot be inferred: nothing else has an end",
                "give it time.duration_seconds, or give composition.duration_seconds",
            )
        elif self.seconds is None and self._hangs_on == "media":
            row.note(
                "image_end_depends_on_media",
                "warning",
                key,
                f"image {row.name} lasts to the film's end, which is not known until media are measured",
                "give it time.duration_seconds, or resolve the media's lengths",
            )

    def _cut(self) -> None:
        """Cut everything at the composition's end. Source: decision D5."""
        film = self.seconds
        if film is not None and self.said is None and not self._open and self.rows:
            return  # everything is timed, and the film ends where the last of it does
        for rows in (self.rows, self.texts):
            for row in rows:
                row.cut = row.end
                if film is None:
                    continue
                if row.end is not None and row.end > film:
                    row.cut = film
                    if row.end > film + SLACK and row.rule != "aligned_to_stitch":
                        _warn_past_end(row, film)
                if row.start is not None and row.start >= film:
                    if row.rule in ("to_end", "until_duration") and row.plays:
                        _warn_past_end(row, film)
                    row.start = film

    def _compare_sources(self) -> None:
        """Tell where a source is shorter than its layer by a frame or more. Source: decision D4."""
        for row in self.rows:
            if not row.offered or row.looped or row.start is None or row.cut is None or row.layer is None:
                continue
            lasts = row.cut - row.start
            missing = lasts - row.offered
            if missing < 1 / FPS - SLACK:
                continue
            if row.layer.type == "video":
                happens = f"the last frame stands for {short(missing)} s"
            else:
                happens = f"the sound ends {short(missing)} s early"
            row.note(
                "source_too_short",
                "warning",
                ".time.duration_seconds" if row.says_duration else "",
                f"{row.name} lasts {short(lasts)} s but its source has {short(row.offered)} s: {happens}",
                f"let it last {short(row.offered)} s"
                + ("" if row.layer.type == "video" else ", or set media_settings.loop"),
            )


def _asked(media: Media, src: str) -> float | None:
    """Return a file's length in source seconds; ``None`` when unknown, 0, or no length at all."""
    length = real(media.get(src) if isinstance(media, Mapping) else media(src))
    return length if length is not None and 0 < length <= FAR else None


def _trim(row: Row) -> float | None:
    trim = row.layer.trim.start_seconds if row.layer and row.layer.trim else None
    if trim is None:
        return 0
    return trim if 0 <= trim <= FAR else None


def _lengthens(row: Row) -> bool:
    """Whether the composition lasts at least as long as this layer. Source: decision D18."""
    if row.rule in ("to_end", "aligned_to_stitch", "sequenced"):
        return False
    if row.rule == "no_start":
        return row.says_duration
    return not (row.rule == "untimed" and row.layer is not None and row.layer.type == "audio")


def _not_known(row: Row, in_document: bool) -> str:
    if in_document:
        return f"not known: {row.name} has no usable time"
    return f"not known: the source of {row.name} is not measured"


def _warn_past_end(row: Row, film: float) -> None:
    if row.start is not None and row.start >= film:
        happens = f"{row.name} starts at {short(row.start)} s, but the film ends at {short(film)} s"
    else:
        happens = f"{row.name} ends at {short(row.end or 0)} s, but is cut at the film's end, {short(film)} s"
    row.note(
        "layer_past_end",
        "warning",
        ".time.duration_seconds" if row.says_duration else "",
        happens,
        f"{_meant(row)}end it by {short(film)} s, or give a longer composition.duration_seconds",
    )


def _meant(row: Row) -> str:
    """Return what helps where a row's own numbers are likely milliseconds."""
    item = row.layer or row.overlay
    time = item.time if item is not None else None
    said = (time.duration_seconds, time.start_seconds) if time is not None else ()
    return next(filter(None, [unless_milliseconds(number) for number in said if number is not None]), "")


_KEYS = ("", ".time.duration_seconds", ".trim.start_seconds", ".media_settings.crossfade_seconds")


def _key_order(issue: Issue) -> int:
    """Return where in a layer the finding stands."""
    return max(at for at, key in enumerate(_KEYS) if issue.path.endswith(key))
