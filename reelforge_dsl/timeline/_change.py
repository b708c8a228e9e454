"""Another value for what was said: ``change`` and ``drop``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from attrs import evolve

from reelforge_dsl.errors import FieldError, Issue, near
from reelforge_dsl.models import Layer
from reelforge_dsl.models.making import maker
from reelforge_dsl.timeline._document import assets_of
from reelforge_dsl.timeline._entries import CAPTIONS, UNSAID, CaptionsEntry, Entry, Sheet, When
from reelforge_dsl.timeline._keywords import (
    CALLED,
    LOOKS,
    WHEN,
    Said,
    checked,
    checked_caption,
    known_keyword,
    one_fit,
    source_url,
    take_duration,
    take_start,
)
from reelforge_dsl.timeline._lines import Line

CAPTIONS_SAID = (
    *("preset", "mode", "words", "clock", "source", "correct_text", "max_chars_per_segment"),
    *("layout", "style", "time_overrides"),
)
"""The captions' keywords, in the order in which ``.captions`` keeps them."""


def named(sheet: Sheet, where: str, name: Any) -> Entry:
    """Return the entry of that id.

    Raises:
        FieldError: There is none; the message names the nearest.
    """
    entry = sheet.entry(name) if isinstance(name, str) else None
    if entry is None:
        raise FieldError(
            f"{where}: {name!r} names nothing here",
            fix=nearest(str(name), sheet.ids, has_captions=sheet.captions is not None),
            field=where,
            value=name,
        )
    return entry


def nearest(name: str, ids: Iterable[str | None], *, has_captions: bool = False) -> str:
    """Return what helps with an id that names nothing."""
    known = [known for known in ids if known is not None] + ([CAPTIONS] if has_captions else [])
    if not known:
        return "nothing was added before"
    fix = near(name, known)
    if fix.startswith("did"):
        return fix
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    return f"known ids are {', '.join(known[:8])}{more}"


_make_when = maker(When)


def when_said(
    sheet: Sheet,
    verb: str,
    start: float | None,
    duration: float | None,
    after: str | None,
    during: str | None,
    offset: float | None,
) -> When:
    """Return when, as `said_when` does: two plain numbers at one look, the rest by the table."""
    if after is None and during is None and offset is None:
        first = None if start is None else take_start(start)
        lasts = None if duration is None else take_duration(duration)
        is_right = (start is None or first is not None) and (duration is None or lasts is not None)
        if is_right and (first is not None or (lasts is not None and verb != "text")):
            return _make_when(first, lasts)
    given = {"start": start, "duration": duration, "after": after, "during": during, "offset": offset}
    return said_when(CALLED[verb], sheet, verb, given)


def said_when(where: str, sheet: Sheet, verb: str, given: dict[str, Any]) -> When:
    """Return when, checked by the rules of the table.

    Args:
        where: The verb, as ``.video``.
        sheet: What was added before.
        verb: Whose row of the table.
        given: ``start duration after during offset``, or ``None``.

    Raises:
        FieldError: A number or an id is wrong, or they contradict each other or leave too much out.
    """
    held = {key: checked(where, key, value) for key, value in given.items() if value is not None}
    for key in ("after", "during"):
        if key in held:
            named(sheet, f"{where}: {key}", held[key])
    starts = [key for key in ("start", "after", "during") if key in held]
    if len(starts) > 1:
        raise _contradiction(where, starts)
    if "offset" in held and "after" not in held and "during" not in held:
        raise FieldError(
            f"{where}: offset says how much later than after= or during=, and neither is given",
            fix=f"start={held['offset']!r} counts from the film's start",
            field=f"{where}: offset",
            value=held["offset"],
        )
    if verb == "text" and not starts:
        raise FieldError(
            f"{where}: a text needs its start", fix="give start=, after= or during=", field=f"{where}: start"
        )
    is_open = verb == "image" and not starts and "duration" not in held
    if is_open and any(entry.is_picture for entry in sheet.entries):
        raise FieldError(
            f"{where}: only the first picture may leave out both start and duration",
            fix="give duration= (it comes next) or start= (it lasts to the end)",
            field=f"{where}: duration",
        )
    return When(**held) if held else UNSAID


def _contradiction(where: str, starts: Sequence[str]) -> FieldError:
    given = " and ".join(f"{key}=" for key in starts)
    return FieldError(
        f"{where}: {given} both say where it starts", fix="keep one", field=f"{where}: {starts[-1]}"
    )


def changed(sheet: Sheet, name: str, fields: dict[str, Any], line: Line | None) -> Sheet:
    """Return the sheet with other values of one entry.

    Raises:
        FieldError: The id or a keyword is unknown, or a value is outside the contract.
    """
    if name == CAPTIONS and sheet.captions is not None:
        return evolve(sheet, captions=_changed_captions(sheet, sheet.captions, fields, line))
    entry = named(sheet, ".change", name)
    where = f".change {name}"
    verb = entry.verb if entry.verb in LOOKS else "video"
    own = ("content",) if entry.is_text else ("src",)
    for key in fields:
        known_keyword(
            where,
            key,
            (*own, *WHEN, *LOOKS[verb], "id"),
            f"a {verb}" if verb[0] not in "ai" else f"an {verb}",
        )
    index = sheet.ids.index(name)
    said = dict(entry.said)
    for key in LOOKS[verb]:
        if key in fields:
            value = fields[key]
            if value is not None:
                said[key] = checked(where, key, value)
            elif entry.base is not None:
                said[key] = None
            else:
                said.pop(key, None)
    one_fit(where, said)
    new = evolve(entry, said=_in_order(said, LOOKS[verb]), line=line)
    if any(key in fields for key in WHEN):
        before = sheet.holding(sheet.entries[:index])
        when = said_when(where, before, verb, _when_of(entry) | _among(fields, WHEN))
        new = evolve(new, when=when, over=None)
    if "content" in fields:
        new = evolve(new, content=checked(where, "content", fields["content"]))
    if "src" in fields:
        url = source_url(where, fields["src"], sound=entry.is_sound)
        sheet, new = _other_file(sheet, new, url)
    entries = (*sheet.entries[:index], new, *sheet.entries[index + 1 :])
    sheet = without_orphans(sheet, sheet.holding(entries))
    return _renamed(sheet, where, name, fields["id"]) if "id" in fields else sheet


def _among(fields: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: fields[key] for key in keys if key in fields}


def _when_of(entry: Entry) -> dict[str, Any]:
    """Return when an entry is there, as keywords; a loaded one is there when its document says."""
    if entry.when is not None:
        return {key: getattr(entry.when, key) for key in WHEN}
    time = entry.base.time if entry.base is not None else None
    return {"start": time.start_seconds, "duration": time.duration_seconds} if time is not None else {}


def _other_file(sheet: Sheet, entry: Entry, url: str) -> tuple[Sheet, Entry]:
    """Give an entry another file; a loaded asset that nobody else uses keeps its id."""
    if entry.src is not None or not isinstance(entry.base, Layer):
        return sheet, evolve(entry, src=url)
    own = entry.base.asset_id
    users = [
        e for e in sheet.entries if e.src is None and isinstance(e.base, Layer) and e.base.asset_id == own
    ]
    assets = sheet.envelope.assets or ()
    if len(users) > 1 or all(asset.id != own for asset in assets):
        return sheet, evolve(entry, src=url)
    others = tuple([evolve(asset, url=url) if asset.id == own else asset for asset in assets])
    return evolve(sheet, envelope=evolve(sheet.envelope, assets=others)), entry


def _changed_captions(
    sheet: Sheet, captions: CaptionsEntry, fields: dict[str, Any], line: Line | None
) -> CaptionsEntry:
    where = ".change captions"
    said = dict(captions.said)
    for key, value in fields.items():
        known_keyword(where, key, ("preset", *LOOKS["captions"]), "captions")
        if key == "preset" and value is None:
            raise FieldError(f"{where}: preset: a value is needed", fix=".drop('captions') takes them away")
        if value is not None:
            said[key] = caption_value(sheet, where, key, value)
        elif captions.base is not None and key != "clock":
            said[key] = None
        else:
            said.pop(key, None)
    clock_needs_words(where, said)
    mended = mended_in(fields["words"]) if "words" in fields else captions.mended
    return evolve(captions, said=_in_order(said, CAPTIONS_SAID), line=line, mended=mended)


def _in_order(said: dict[str, Any], keys: Iterable[str]) -> Said:
    """Return keywords in the verb's order, so that equal films are equal however they were said."""
    return tuple([(key, said[key]) for key in keys if key in said])


def caption_value(sheet: Sheet, where: str, key: str, value: Any) -> Any:
    """Return one keyword of the captions, checked; ``source`` and ``clock`` as ids.

    Raises:
        FieldError: It is outside the contract, or names nothing that is heard.
    """
    held = checked_caption(where, key, value)
    if key == "source":
        return _source(sheet, f"{where}: source", held)
    if key == "clock":
        _heard(named(sheet, f"{where}: clock", held), f"{where}: clock")
    return held


def mended_in(words: Any) -> tuple[Issue, ...]:
    """Return what reading a transcript mended; nothing for words that were never read."""
    return getattr(words, "repaired", ())


def clock_needs_words(where: str, said: dict[str, Any]) -> None:
    """Refuse a clock without words to put on it.

    Raises:
        FieldError: ``clock=`` stands alone.
    """
    if said.get("clock") is not None and not said.get("words"):
        raise FieldError(
            f"{where}: clock= says on which layer's file the words are, and no words are given",
            fix="give words=, or source= to have that layer transcribed",
            field=f"{where}: clock",
            value=said["clock"],
        )


def _source(sheet: Sheet, where: str, value: Any) -> str:
    """Return the id behind an id or a src."""
    if isinstance(value, str) and value in sheet.ids:
        return _heard(named(sheet, where, value), where)
    if not isinstance(value, str) or "/" in value or ":" in value:
        url = source_url(where.removesuffix(": source"), value, sound=True)
        urls = {asset.id: asset.url for asset in sheet.envelope.assets or ()}
        for entry in sheet.entries:
            asset = entry.base.asset_id if isinstance(entry.base, Layer) else ""
            if url == (entry.src or urls.get(asset)):
                return _heard(entry, where)
    return _heard(named(sheet, where, value), where)


def _heard(entry: Entry, where: str) -> str:
    if entry.verb != "video" and not entry.is_sound:
        raise FieldError(
            f"{where}: {entry.id} is {'a text' if entry.is_text else 'a picture'} without sound",
            fix="name a video or a sound",
            field=where,
            value=entry.id,
        )
    return cast("str", entry.id)


def dropped(sheet: Sheet, names: tuple[str, ...]) -> Sheet:
    """Return the sheet without some entries.

    Raises:
        FieldError: An id is unknown, or what stays refers to it.
    """
    gone = set()
    for name in names:
        if name == CAPTIONS and sheet.captions is not None:
            sheet = evolve(sheet, captions=None)
        else:
            gone.add(named(sheet, ".drop", name).id)
    for entry in sheet.entries:
        when = entry.when
        if entry.id not in gone and when is not None:
            _still_needed(gone, when.after, f"{entry.id} comes after it")
            _still_needed(gone, when.during, f"{entry.id} is there during it")
    if sheet.captions is not None:
        said = dict(sheet.captions.said)
        _still_needed(gone, said.get("clock"), "the captions are on its clock")
        _still_needed(gone, said.get("source"), "the captions are made from it")
    kept = tuple([entry for entry in sheet.entries if entry.id not in gone])
    return without_orphans(sheet, sheet.holding(kept))


def _still_needed(gone: set[str | None], name: str | None, why: str) -> None:
    if name is not None and name in gone:
        raise FieldError(f".drop: {name}: {why}", fix="drop or change that, too", field=".drop", value=name)


def without_orphans(before: Sheet, after: Sheet) -> Sheet:
    """Return the sheet without the loaded assets that were used and are not any more."""
    assets = after.envelope.assets
    if not assets:
        return after
    used, still = (set(assets_of(sheet)[1].values()) for sheet in (before, after))
    captions = after.captions
    if captions is not None and captions.base is not None:
        still.add(captions.base.transcription_source_asset_id or "")
    kept = tuple([asset for asset in assets if asset.id in still or asset.id not in used])
    return evolve(after, envelope=evolve(after.envelope, assets=kept))


def free_name(sheet: Sheet, where: str, name: Any) -> str:
    """Return an id that the author chose.

    Raises:
        FieldError: It is no text, or taken.
    """
    held: str = checked(where, "id", name)
    if held in sheet.ids or held == CAPTIONS:
        whose = "the captions'" if held == CAPTIONS else "taken"
        raise FieldError(
            f"{where}: id: {held!r} is {whose}", fix="choose another", field=f"{where}: id", value=name
        )
    return held


def _renamed(sheet: Sheet, where: str, old: str, new: Any) -> Sheet:
    """Return the sheet with another id for an entry, wherever it is named."""
    if new == old:
        return sheet
    if new is None:
        raise FieldError(f"{where}: id: a value is needed, got None", field=f"{where}: id")
    name = free_name(sheet, where, new)
    entries = []
    for entry in sheet.entries:
        when = entry.when
        if when is not None and old in (when.after, when.during):
            after, during = (name if key == old else key for key in (when.after, when.during))
            when = evolve(when, after=after, during=during)
        own, over = (name if key == old else key for key in (entry.id, entry.over))
        entries.append(evolve(entry, id=own, when=when, over=over))
    captions = sheet.captions
    if captions is not None:
        said = [(k, name if k in ("clock", "source") and v == old else v) for k, v in captions.said]
        captions = evolve(captions, said=tuple(said))
    return sheet.holding(tuple(entries), captions=captions)
