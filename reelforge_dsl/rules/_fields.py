"""Every field against its table, over the whole document.

One table (`models.fields.rules_of`) is read in two ways: written out as a quick
test for each class, which only says whether all is fine, and walked with paths
to say what is not. The walk runs only when the tests found something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import attrs

from reelforge_dsl.errors import Issue, Severity, near
from reelforge_dsl.models import (
    Asset,
    Captions,
    CaptionStyle,
    Json,
    Layer,
    Layout,
    Manifest,
    TextOverlay,
    TextStyle,
    TimeOverride,
    Word,
)
from reelforge_dsl.models.captions import Orderly
from reelforge_dsl.models.examples import written
from reelforge_dsl.models.fields import Fault, Rule, required_of, rules_of, told
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.rules._paths import keyed
from reelforge_dsl.units import parse_length, real

if TYPE_CHECKING:
    from reelforge_dsl.models.recipes import RecipeRequest

HUGE = 10**15
"""Beyond this a number is no size, no time and no count; frames and whole numbers are exact below it."""

_GUARDRAILS: dict[str, tuple[int, int]] = {
    "x": (-100, 100),
    "y": (-100, 100),
    "width": (0, 100),
    "height": (0, 100),
}
"""Percent that a box should keep to, both ends allowed. Source: contract §5."""

Test = Callable[[Any], bool]


def field_issues(document: Manifest | MusicRequest | RecipeRequest) -> tuple[Issue, ...]:
    """Return what the field tables say against a document, in its order.

    Source: contract §2, §3, §5–§8, §10; decisions D2, D16.
    """
    return () if fine(document) else tuple(_walk(document, "$", ""))


def issues_within(value: Any, path: str) -> Iterator[Issue]:
    """Tell everything that is wrong in any model and below it; ``path`` is where it stands."""
    return _walk(value, path, "")


def plain_issue(name: str, rule: Rule, held: Any, path: str) -> Issue | None:
    """Return what is wrong with a plain value of the rule's shape, or ``None``."""
    fault = _fault(rule, held)
    return None if fault is None else _issue("error", path, name, "", fault)


def fine(value: Any) -> bool:
    """Tell quickly whether nothing in a value needs a word; ``False`` may also mean "look closer"."""
    cls: type = type(value)
    return _tested(cls)(value)


@cache
def _tested(cls: type) -> Test:
    """Return the quick test of a class: its table written out as one function.

    A loop over the table takes three times as long, and a document is looked
    at whenever it is shown, sent or rendered.
    """
    known: dict[str, Any] = {"cls": cls, "Json": Json}
    lines = ["def test(value):", " if type(value) is not cls: return False"]
    for at, (name, rule) in enumerate(rules_of(cls).items()):
        odd = _oddness(cls, name, rule, f"{at}", known)
        unless = odd if name in required_of(cls) else f"x is not None and ({odd})"
        lines += [f" x = value.{name}", f" if {unless}: return False"]
    lines.append(" return not value.extra")
    exec("\n".join(lines), known)  # noqa: S102 - made of our own field names only
    return cast(Test, known["test"])


def _oddness(cls: type, name: str, rule: Rule, at: str, known: dict[str, Any]) -> str:
    """Return the expression that is true of an odd ``x``; what it calls goes to ``known``."""
    if rule.of is Json:
        return "type(x) is not Json"
    if rule.of is Word:
        known["words"] = _words_fine
        return "not words(x)"
    if rule.of is not None:
        known["part" + at] = _tested(rule.of)
        if rule.shape == "list":
            odd = f"type(x) is not tuple or not all(map(part{at}, x))"
            return f"type(x) is not Json and ({odd})" if rule.of is TimeOverride else odd
        return f"not part{at}(x)"
    if rule.choices:
        known["choices" + at] = frozenset(rule.choices)
        return f"type(x) is not str or x not in choices{at}"
    if rule.shape == "boolean":
        return "x is not True and x is not False"
    if rule.shape == "number" and len(rule.checks) == 1:
        low = f"{-HUGE!r} <" if rule.least is rule.above is None else ""
        low = f"{rule.least!r} <=" if rule.least is not None else low or f"{rule.above!r} <"
        return f"(type(x) is not float and type(x) is not int) or not {low} x < {HUGE!r}"
    looks = _looks(cls, name, rule)
    known |= {f"look{at}_{nth}": look for nth, look in enumerate(looks)}
    looked = " or ".join([f"look{at}_{nth}(x) is not None" for nth in range(len(looks))])
    if rule.shape == "string" and (rule.form == "name" or (not rule.form and len(rule.checks) == 1)):
        blank = " or not x.strip()" if rule.form == "name" else ""
        looked = f"(not x.isascii(){blank}) and ({looked})"
    return f"{_SHAPES[rule.shape]} or ({looked})"


def _looks(cls: type, name: str, rule: Rule) -> list[Callable[[Any], Any]]:
    """Return what a field's value is looked at by."""
    looks: list[Callable[[Any], Any]] = [*rule.checks]
    if issubclass(cls, (Layout, TextStyle)) and rule.shape != "number":
        # Boxes and styles are drawn from few words; parsing one costs more than remembering it.
        looks = [lru_cache(2048)(rule.fault)]
    if cls is Layout and name in _GUARDRAILS:
        looks.append(partial(strayed, name))
    return looks


_SHAPES = {
    "string": "type(x) is not str",
    "number": f"(type(x) is not float and type(x) is not int) or not -{HUGE!r} < x < {HUGE!r}",
    "number or string": f"type(x) is not str and (type(x) is not int or not -{HUGE!r} < x < {HUGE!r})",
}
"""What is true of an ``x`` that has not the plain type of a shape."""


def _words_fine(words: Any) -> bool:
    """Tell quickly whether plain words are fine; whatever is not plain is looked at closer."""
    if type(words) is Orderly:
        return True
    if type(words) is not tuple:
        return False
    for word in words:
        if type(word) is not Word:
            return False
        text, start, end = word.text, word.start, word.end
        is_plain = (
            type(text) is str
            and type(start) is int
            and type(end) is int
            and 0 <= start <= end < HUGE
            and text.isascii()
            and word.speaker is None
            and not word.extra
        )
        if not is_plain and (not fine(word) or word.end < word.start):
            return False
    return True


def _walk(value: Any, path: str, owner: str) -> Iterator[Issue]:
    """Tell everything that is wrong in a value and below it."""
    cls: type = type(value)
    owner = _owner(value) or owner
    needed = required_of(cls)
    for name, rule in rules_of(cls).items():
        held = getattr(value, name)
        where = keyed(path, name)
        if held is not None:
            yield from _look(cls, name, rule, held, where, owner)
        elif name in needed:
            missing = Fault("missing_key", "is missing", f"add {written(name, rule)}")
            yield _issue("error", where, name, owner, missing)
    for extra in value.extra:
        if extra.key != "transitions":
            yield _unknown(extra.key, cls, path, owner)


def _look(cls: type, name: str, rule: Rule, held: Any, where: str, owner: str) -> Iterator[Issue]:
    if not _has_shape(rule, held):
        yield _issue("error", where, name, owner, _wrong_type(cls, name, rule, held))
    elif rule.shape == "list":
        for index, item in enumerate(() if isinstance(held, Json) else held):
            at = f"{where}[{index}]"
            if isinstance(item, rule.of):
                yield from _walk(item, at, owner)
            else:
                wrong = Fault("wrong_type", f"expected a {rule.of.__name__}, got {told(item)}")
                yield _issue("error", at, f"{name}[{index}]", owner, wrong)
    elif rule.of is not None:
        if rule.of is not Json:
            yield from _walk(held, where, owner)
    else:
        fault = _fault(rule, held)
        if fault is not None:
            yield _issue("error", where, name, owner, fault)
        elif cls is Layout and name in _GUARDRAILS:
            outside = strayed(name, held)
            if outside is not None:
                yield _issue("warning", where, name, owner, outside)


def _fault(rule: Rule, held: Any) -> Fault | None:
    if rule.shape == "number":
        held = real(held)
        if not -HUGE < held < HUGE:
            return Fault("out_of_range", "is a number of no use", "check its digits and its unit")
    return rule.fault(held)


def _has_shape(rule: Rule, held: Any) -> bool:
    """Tell whether a value has the Python type that its field holds; hand-built models may not."""
    match rule.shape:
        case "string":
            return isinstance(held, str)
        case "number":
            return real(held) is not None
        case "boolean":
            return isinstance(held, bool)
        case "number or string":
            return isinstance(held, str) or real(held) is not None
        case "list":
            return isinstance(held, (tuple, list)) or (rule.of is TimeOverride and isinstance(held, Json))
        case _:
            return isinstance(held, rule.of)


_WANTED = {
    "string": "text",
    "number": "a number",
    "boolean": "true or false",
    "number or string": "a number or a word",
}


def _wrong_type(cls: type, name: str, rule: Rule, held: Any) -> Fault:
    wanted = _WANTED.get(rule.shape) or (
        f"a list of {rule.of.__name__}" if rule.shape == "list" else f"a {rule.of.__name__}"
    )
    secret = not attrs.fields_dict(cls)[name].repr
    got = f"a value of type {type(held).__name__}" if secret else told(held)
    return Fault("wrong_type", f"expected {wanted}, got {got}")


@lru_cache(2048)
def strayed(side: str, text: str) -> Fault | None:
    """Tell that a box leaves the percent guardrails. Source: contract §5, decision D2 (a warning)."""
    bounds = _GUARDRAILS.get(side)
    length = parse_length(text) if bounds is not None else None
    if bounds is None or length is None or length.unit != "%" or bounds[0] <= length.value <= bounds[1]:
        return None
    least, most = bounds
    return Fault(
        "outside_guardrail",
        f"{text!r} is outside {least}% to {most}%",
        f"use {least if length.value < least else most}%, or px if it is meant",
    )


def _unknown(key: str, cls: type, path: str, owner: str) -> Issue:
    """Tell of a key that the contract does not name; it is kept. Source: decision D2."""
    known = near(key, rules_of(cls))
    return Issue(
        "unknown_key",
        "warning",
        keyed(path, key),
        f"{owner}{key!r} is not a key the contract names; it is sent as it stands",
        known if known.startswith("did") else "take it out, unless the service asked for it",
    )


def _owner(value: Any) -> str:
    """Return whose field it is, to begin a message with."""
    if isinstance(value, Layer):
        return f"layer {value.id!r}: "
    if isinstance(value, Asset):
        return f"asset {value.id!r}: "
    if isinstance(value, TextOverlay):
        return f"text {value.content!r:.40}: " if value.id is None else f"text {value.id!r}: "
    if isinstance(value, Word):
        return f"word {value.text!r}: "
    return "captions: " if isinstance(value, (Captions, CaptionStyle)) else ""


def _issue(severity: Severity, path: str, name: str, owner: str, fault: Fault) -> Issue:
    said = fault.message
    if said.startswith(("is ", "'", '"', "-", *"0123456789")):
        said = f"{name} {said}"
    elif not said.startswith(name):
        said = f"{name}: {said}"
    return Issue(fault.code, severity, path, owner + said, fault.fix)
