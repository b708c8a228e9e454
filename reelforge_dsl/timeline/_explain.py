"""Every second with the rule that made it: the author's words where the builder placed it, else v1's.

The numbers are those of `reelforge_dsl.timing` for the document as it stands; with lengths, for the
document with these lengths written in, which is what the engine renders.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field, frozen

from reelforge_dsl.models import Captions, Layer, Media
from reelforge_dsl.timeline._document import Placed, placed, seconds
from reelforge_dsl.timeline._entries import CAPTIONS, Entry, Sheet, When
from reelforge_dsl.timeline._print import clock, file_name, safe
from reelforge_dsl.timeline._resolve import lengths_from, measured, resolved
from reelforge_dsl.timeline._when import Lengths, Spot
from reelforge_dsl.timing import Schedule, Span, schedule
from reelforge_dsl.units import frame_at, short

_SLACK = 1e-6


@frozen
class ExplainedRow:
    """When one layer, text or the captions are there, and why.

    Attributes:
        id: Its id; ``None`` only for a loaded overlay without one.
        verb: ``video image audio voiceover music text captions``; a loaded layer's type.
        start: Output seconds; ``None`` when not known yet.
        end: Output seconds, cut at the film's end (decision D5); ``None`` when not known yet.
        z: Paint order from the bottom, 0 first; ``None`` for what is heard only. Text is above all
            media, captions above all text (decision D3).
        rule: Which rule decided, a stable word. The author's: ``given next first_picture after
            during from_zero source_length to_end``; the captions': ``words transcribed``; else v1's,
            see `reelforge_dsl.timing.PlacedBy`.
        because: The same in plain words, with everything that changes it: a cut, a held last frame,
            a dissolve.
        source_end: Output seconds where its file is over although it lasts longer: from there a clip
            holds its last frame and a sound is silent; ``None`` when not so, or not measured.

    Source: contract §4; decisions D3–D6, D10–D12, D18–D20, D24.
    """

    id: str | None
    verb: str
    start: float | None
    end: float | None
    z: int | None
    rule: str
    because: str
    source_end: float | None = None

    @property
    def start_frame(self) -> int | None:
        """The first output frame it is on; ``None`` when not known. Source: decision D24."""
        return None if self.start is None else frame_at(self.start)

    @property
    def end_frame(self) -> int | None:
        """The output frame after its last; ``None`` when not known. Source: decision D24."""
        return None if self.end is None else frame_at(self.end)

    @property
    def unknown(self) -> bool:
        """Whether its start or its end is not known yet."""
        return self.start is None or self.end is None


@frozen
class Explanation:
    """Every second of a film with the rule that made it; printing it shows a table.

    Attributes:
        seconds: The film's length in output seconds; ``None`` when not known yet.
        because: The rule behind the length, in plain words.
        rows: Layers and texts in call order, then the captions.
        unknown: Addresses of the files whose length is needed and not known, as in the document.
    """

    seconds: float | None
    because: str
    rows: tuple[ExplainedRow, ...]
    unknown: tuple[str, ...] = field(repr=False)  # addresses may carry keys

    def __repr__(self) -> str:
        rows = f"{len(self.rows)} {'row' if len(self.rows) == 1 else 'rows'}"
        open_ends = sum(row.unknown for row in self.rows)
        return f"<Explanation {_length(self)}: {rows}{f', {open_ends} not known' if open_ends else ''}>"

    def __str__(self) -> str:
        cells = [
            (
                safe(row.id or "–"),
                f"{_edge(row.start)} → {_edge(row.end)}",
                f"{_number(row.start_frame)} → {_number(row.end_frame)}",
                "–" if row.z is None else f"z {row.z}",
                row.because,
            )
            for row in self.rows
        ]
        is_open = self.seconds is None and self.because.startswith("not known")
        lines = [f"length {self.because}" if is_open else f"{_length(self)} · {self.because}"]
        widths = [max((len(cell[at]) for cell in cells), default=0) for at in range(4)]
        for cell in cells:
            padded = [text.ljust(width) for text, width in zip(cell, widths, strict=False)]
            lines.append("  " + "  ".join([*padded, cell[4]]).rstrip())
        if self.unknown:
            lines.append("not measured: " + ", ".join(file_name(src) for src in self.unknown))
        return "\n".join(lines)


def _length(told: Explanation) -> str:
    return "length not known" if told.seconds is None else f"{short(told.seconds)} s"


def _edge(at: float | None) -> str:
    return "?" if at is None else clock(at)


def _number(frame: int | None) -> str:
    return "?" if frame is None else str(frame)


def explained(sheet: Sheet, media: Media | None = None) -> Explanation:
    """Return when everything is there, and by which rule.

    Args:
        sheet: What was said.
        media: How long files are, in source seconds; ``None``: the document as it stands.

    Raises:
        FieldError: ``media`` is neither a mapping nor a function, or a length is no number.
    """
    ask = None if media is None else measured(media, ".explain")
    asked: dict[str, float | None] = {}

    def noted(url: str) -> float | None:
        asked[url] = None if ask is None else ask(url)
        return asked[url]

    lengths = lengths_from(sheet, noted)
    stands = placed(sheet, lengths)
    needed = [url for url, length in asked.items() if length is None]
    final = stands if ask is None else placed(resolved(sheet, lengths)[0])
    v1s = schedule(stands.manifest, ask)
    told = _Teller(sheet, stands, final, v1s, v1s if ask is None else schedule(final.manifest, ask), lengths)
    rows = tuple(told.rows())
    if any(entry.when is None for entry in sheet.entries):
        needed += told.film.unknown
    unknown = tuple(dict.fromkeys(needed))
    return Explanation(told.seconds, told.because, rows, unknown)


@define
class _Teller:
    """Finds the words for each row.

    Attributes:
        sheet: What was said.
        stands: Where everything is by what is known, stitched clips left to v1.
        final: The document that is explained: ``stands``, or it with every length written in.
        v1s: How v1 reads ``stands``.
        film: How v1 reads ``final``: the numbers.
        lengths: How long sources are.
        seconds: The film's length: v1's, unless what the author wants hangs on a length that is missing.
        last: What ends the film, as the builder counts; ``None`` where v1 counts otherwise.
        because: The rule behind the film's length, in plain words.
    """

    sheet: Sheet
    stands: Placed
    final: Placed
    v1s: Schedule
    film: Schedule
    lengths: Lengths
    seconds: float | None = field(init=False)
    last: Spot | None = field(init=False)
    because: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        end = self.stands.end
        self.seconds = None if end.seconds is None and end.hangs_on else self.film.seconds
        self.last = None if end.is_said else self._last()
        self.because = self._why()

    def _why(self) -> str:
        end = self.stands.end
        if self.seconds is None:
            over = [s for s in self.film.layers if s.id in end.hangs_on and s.source_seconds == 0]
            if over:
                return f"not known: the file of '{safe(str(over[0].id))}' is over before its trim"
            return f"not known until {_measured(end.hangs_on)}" if end.hangs_on else self.film.because
        if end.is_said:
            return "total duration, as said"
        return self.film.because if self.last is None else f"latest end: {_name(self.last.entry)}"

    def _last(self) -> Spot | None:
        length = self.seconds
        spots = self.stands.spots
        if length is None or any(spot.entry.id is None for spot in spots):
            return None
        counted = [s for s in spots if s.end is not None and s.entry.verb not in ("music", "layer")]
        if not counted:
            speech = [s for s in spots if s.entry.is_sound and s.entry.verb != "music"]
            counted = speech or [s for s in spots if s.entry.verb == "music"]
        return next((spot for spot in counted if _is_near(self._end_of(spot), length)), None)

    def _end_of(self, spot: Spot) -> float | None:
        """Return where something ends by itself, in output seconds before any cut."""
        if spot.end is not None:
            return spot.end.seconds if spot.end.past is None else None
        own = self.lengths(spot.entry) if spot.entry.is_sound else None
        return None if own is None or spot.start.past is not None else seconds(spot.start.seconds + own)

    def rows(self) -> Iterator[ExplainedRow]:
        """Yield the rows in call order, the captions last."""
        layers = list(zip(self.v1s.layers, self.film.layers, strict=True))[::-1]
        texts = list(zip(self.v1s.overlays, self.film.overlays, strict=True))[::-1]
        order = _paint_order(self.final.manifest.composition.timeline or ())
        over = len(order)
        told = []
        for number, spot in enumerate(self.stands.spots):
            if spot.entry.is_text:
                z: int | None = over
                by_v1, span = texts.pop()
                over += 1
            else:
                z = order.get(len(self.film.layers) - len(layers))
                by_v1, span = layers.pop()
            told.append(self._row(number, spot, by_v1, span, z))
        yield from told
        captions = self.final.manifest.composition.captions
        if captions is not None:
            yield self._captions(captions, told, over)

    def _row(self, number: int, spot: Spot, by_v1: Span, span: Span, z: int | None) -> ExplainedRow:
        entry = spot.entry
        start, end = span.start, span.end
        if self.seconds is None:  # what v1 would cut by, or end it at, is not what was meant
            end = None if spot.end is None or spot.entry.verb == "music" else span.uncut_end
        is_v1s = entry.when is None or number in self.stands.v1s
        is_v1s = is_v1s or (spot.is_stitched and self.sheet.may_stitch)
        if is_v1s and (by_v1.end is not None or end is None):
            rule, words = by_v1.rule, [by_v1.because]
        else:
            is_v1s = False
            # A place that is not known is left out of the document, where v1 reads it as another one.
            if spot.start.past is not None or spot.after_the_end:
                start = end = None
            elif spot.end is not None and spot.end.past is not None:
                end = None
            rule, first = self._from(number, spot)
            if rule == "to_end" and self._plays_out(spot, span):
                rule = "source_length"
            words = [first, self._until(spot, span)]
        over = _source_end(entry, span, end)
        words += self._notes(spot, span, by_v1 if is_v1s else None, over)
        because = ", ".join(word for word in words if word)
        return ExplainedRow(entry.id, entry.verb, start, end, z, rule, because, over)

    def _from(self, number: int, spot: Spot) -> tuple[str, str]:
        """Return the rule that decided where it starts, and its words."""
        entry, when = spot.entry, _when(spot.entry)
        beside = when.after or when.during
        if beside is not None:
            later = f", {short(when.offset)} s later" if when.offset else ""
            rule = "after" if when.after else "during"
            ends = ", which lasts to the film's end: no time is left" if spot.after_the_end else ""
            return rule, f"{rule} '{safe(beside)}'{later}{ends}"
        if when.start is not None:
            ending = "source_length" if entry.verb == "video" else "to_end"
            return ("given" if when.duration is not None else ending), f"from {short(when.start)}"
        if entry.verb == "video" or (entry.verb == "image" and when.duration is not None):
            return "next", self._next(number, spot)
        if entry.verb == "image":
            return "first_picture", "first picture: from 0"
        return ("to_end" if when.duration is None else "from_zero"), "from 0"

    def _next(self, number: int, spot: Spot) -> str:
        """Say which of the pictures before ends last."""
        before = [s for s in self.stands.spots[:number] if s.entry.is_picture and s.end is not None]
        if not before:
            is_first = not any(s.entry.is_picture for s in self.stands.spots[:number])
            return "next: first, from 0" if is_first else "next: from 0, no picture before it has its own end"
        fade = spot.entry.crossfade
        less = f", less {short(fade)} s of crossfade" if fade else ""
        ends = [(s.end.seconds, s.end.past, s) for s in before if s.end is not None]
        if all(past is None for _, past, _ in ends):
            latest = max(at for at, _, _ in ends)
            ending = [s for at, _, s in ends if at == latest]
        else:
            meets = spot.start.seconds + fade
            ending = [s for at, past, s in ends if past == spot.start.past and _is_near(at, meets)]
        if not ending:
            return f"next: after the latest of {_listed([_name(s.entry) for s in before])}{less}"
        return f"next: after {_name(ending[-1].entry)}{less}"

    def _until(self, spot: Spot, span: Span) -> str:
        """Say what decided where it ends."""
        entry, when = spot.entry, _when(spot.entry)
        if when.duration is not None:
            return f"for {short(when.duration)} s"
        if spot.after_the_end:
            return ""
        if when.during:
            return "until it ends" if spot.end is not None else f"until it ends: {self._to_the_end()}"
        if entry.verb == "video":
            return self._own_length(entry, span)
        return self._own_length(entry, span) if self._plays_out(spot, span) else self._to_the_end()

    def _plays_out(self, spot: Spot, span: Span) -> bool:
        """Tell whether an open sound ends with its file, and not with the film."""
        entry, film = spot.entry, self.seconds
        if not entry.is_sound or spot.end is not None:
            return False
        if film is None:
            return self.stands.end.hangs_on == (entry.id,)
        own = self._end_of(spot)
        if own is None or not _is_near(own, span.end):
            return False
        return self.last is spot or (entry.verb == "voiceover" and not entry.loops and own < film)

    def _own_length(self, entry: Entry, span: Span) -> str:
        own = self.lengths(entry)
        if own is None and span.source_seconds == 0:
            return f"its file is over before {short(entry.trim)}"
        told = "not measured" if own is None else f"{short(seconds(own))} s"
        return f"as long as its file{f' from {short(entry.trim)}' if entry.trim else ''}: {told}"

    def _to_the_end(self) -> str:
        if self.seconds is None:
            return "to the film's end, not known yet"
        return f"to the film's end at {short(self.seconds)}: {self.because}"

    def _notes(self, spot: Spot, span: Span, by_v1: Span | None, over: float | None) -> Iterator[str]:
        """Yield what changes a row besides its rule: dissolves, cuts, what stands when the file is over."""
        told = by_v1.crossfade_seconds if by_v1 is not None and by_v1.rule == "stitched" else 0
        if span.crossfade_seconds and not told:
            below = span.crossfade_from
            layers = self.final.manifest.composition.timeline or ()
            name = "what is below" if below is None else f"'{safe(layers[below].id)}'"
            yield f"dissolves in over {name} for {short(span.crossfade_seconds)} s"
        film = self.seconds
        if film is not None and span.rule != "aligned_to_stitch":
            is_far = spot.start.past is None and spot.start.seconds >= film
            past = [end for end in (span.uncut_end, self._said_end(spot)) if end is not None]
            if is_far and spot.start.seconds > 0:
                yield f"not there: the film ends at {short(film)}"
            elif past and max(past) > film + _SLACK:
                yield f"cut at the film's end at {short(film)}"
        if over is not None:
            what = "its last frame stands" if spot.entry.verb == "video" else "silent"
            yield f"{what} from {short(over)}: its file is over"

    def _said_end(self, spot: Spot) -> float | None:
        """Return where it would end as said; music is written as long as the film already."""
        if spot.entry.verb != "music" or spot.end is None or spot.end.past is not None:
            return None
        return spot.end.seconds

    def _captions(self, captions: Captions, rows: list[ExplainedRow], z: int) -> ExplainedRow:
        entry = self.sheet.captions
        on = None if entry is None else dict(entry.said).get("clock")
        film = self.seconds
        if captions.words:
            count = len(captions.words)
            because = f"{count} {'word' if count == 1 else 'words'} given"
            if on is not None:
                because += f", moved with '{safe(on)}'"
            if any(i.path == "$.composition.captions.words" for i in self.final.issues):
                because += ", which is not placed until its files are measured"
                return ExplainedRow(CAPTIONS, CAPTIONS, None, None, z, "words", because)
            start = min(word.start for word in captions.words) / 1000
            end = max(word.end for word in captions.words) / 1000
            if film is not None and end > film + _SLACK:
                because += f", cut at the film's end at {short(film)}"
                start, end = min(start, film), film
            return ExplainedRow(CAPTIONS, CAPTIONS, start, end, z, "words", because)
        source = captions.transcription_source_asset_id
        layers = self.final.manifest.composition.timeline or ()
        heard = {layer.id for layer in layers if source is not None and layer.asset_id == source}
        speaking = next((row for row in rows if row.id in heard), None)
        if speaking is None:
            because = "transcribed: which file is not said"
            return ExplainedRow(CAPTIONS, CAPTIONS, None, None, z, "transcribed", because)
        because = f"transcribed: the whole of '{safe(str(speaking.id))}'"
        return ExplainedRow(
            CAPTIONS, CAPTIONS, speaking.start, speaking.end, z, "transcribed", because, speaking.source_end
        )


def _when(entry: Entry) -> When:
    """Return when an entry was said to be there; a loaded one's is what its document says."""
    if entry.when is not None:
        return entry.when
    time = entry.base.time if entry.base is not None else None
    return When() if time is None else When(time.start_seconds, time.duration_seconds)


def _source_end(entry: Entry, span: Span, end: float | None) -> float | None:
    """Return where a file is over before the last frame of its layer. Source: decisions D4, D24."""
    if not span.source_seconds or span.start is None or end is None:
        return None
    over = seconds(span.start + span.source_seconds)
    is_short = frame_at(over) < frame_at(end)
    return over if is_short and not (entry.kind == "audio" and entry.loops) else None


def _paint_order(layers: tuple[Layer, ...]) -> dict[int, int]:
    """Return each picture's place from the bottom, by its index in the timeline. Source: decision D3."""
    seen = [at for at, layer in enumerate(layers) if layer.type in ("video", "image")]
    heights = {at: (layout.z_index if (layout := layers[at].layout) else None) or 0 for at in seen}
    return {at: place for place, at in enumerate(sorted(seen, key=heights.__getitem__))}


def _is_near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _SLACK


def _name(entry: Entry) -> str:
    return f"'{safe(entry.id or '–')}'"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _measured(names: tuple[str, ...]) -> str:
    quoted = _listed([f"'{safe(name)}'" for name in names])
    return f"{quoted} {'is' if len(names) == 1 else 'are'} measured"
