"""Writers: one function a class, from model to JSON text, made from the table of fields.

The source is generated, as attrs does for ``__init__``: one f-string over the
fields a class cannot do without, then one line for each of the others. Written
as text at once, a document costs about half of building dicts and encoding them.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from reelforge_dsl.models import Json
from reelforge_dsl.models.captions import Orderly
from reelforge_dsl.models.fields import Rule, required_of, rules_of
from reelforge_dsl.wire._shapes import LARGE, SMALL, number, number_or_string

if TYPE_CHECKING:
    from cattrs import Converter

Write = Callable[[Any], str]


def writer(cls: type, converter: Converter) -> Write:
    """Return the function that writes values of a class.

    What it writes for a field of the wrong type is an error of Python's own;
    the caller then finds the field.
    """
    names: dict[str, Any] = dict(_NAMES)
    for rule in rules_of(cls).values():
        if rule.of not in (None, Json):
            names[f"write_{rule.of.__name__}"] = converter.get_unstructure_hook(rule.of)
    exec(compile(source_of(cls), f"<writer of {cls.__name__}>", "exec"), names)  # noqa: S102 - our own table
    return names["write"]  # type: ignore[no-any-return]


def source_of(cls: type) -> str:
    """Return the writer's source: readable, one line a field."""
    needed: list[str] = []
    lines: list[str] = []
    for key, rule in rules_of(cls).items():
        if key in required_of(cls) and not lines:
            needed.append(f'"{key}":{{{_piece(rule, f"value.{key}")}}}')
        elif key in required_of(cls):
            lines.append(f"""    text += f',"{key}":{{{_piece(rule, f"value.{key}")}}}'""")
        else:
            lines.append(f"    if (held := value.{key}) is not None:")
            lines.append(f"""        text += f',"{key}":{{{_piece(rule, "held")}}}'""")
    pieces = [
        f'    "{key}": lambda held: f"{{{_piece(rule, "held")}}}",' for key, rule in rules_of(cls).items()
    ]
    start = ["def write(value):", "    if value.extra:", "        return with_extras(value, pieces)"]
    start.append(f"    text = f'{{{{{','.join(needed)}'" if needed else "    text = ''")
    whole = "text" if needed else "'{' + text[1:]"
    end = [f"    return {whole} + '}}'", "pieces = {", *pieces, "}"]
    return "\n".join([*start, *lines, *end]) + "\n"


def _piece(rule: Rule, held: str) -> str:
    """Return the expression that gives the JSON text of ``held``, free of quotes."""
    if rule.of is Json:
        return f"{held}.text"
    if rule.shape == "object":
        return f"write_{rule.of.__name__}({held})"
    if rule.shape == "list":
        return f"listed({held}, write_{rule.of.__name__})"
    return {
        "string": f"quote({held})",
        "number": f"(x if type(x := {held}) is int and SMALL < x < LARGE else number(x))",
        "boolean": f"TRUTH[{held}]",
        "number or string": f"number_or_word({held})",
    }[rule.shape]


def _listed(held: Any, write: Write) -> str:
    if type(held) is Json:
        return held.text
    if type(held) is Orderly:
        words = [
            f'{{"text":{encode_basestring(word.text)},"start":{word.start},"end":{word.end}}}'
            for word in held
        ]
        return f"[{','.join(words)}]"
    return f"[{','.join(map(write, held))}]"


def _number_or_word(held: Any) -> str:
    value = number_or_string(held)
    return encode_basestring(value) if isinstance(value, str) else repr(value)


def _with_extras(value: Any, pieces: dict[str, Write]) -> str:
    """Return the text of a value that also holds keys the contract does not name, each in its place."""
    behind: dict[str, list[str]] = {}
    taken = set(pieces)
    for extra in value.extra:
        if extra.key in taken:
            raise ValueError(extra.key)
        taken.add(extra.key)
        place = extra.after if extra.after in pieces else ""
        behind.setdefault(place, []).append(f"{encode_basestring(extra.key)}:{extra.value.text}")
    parts = behind.get("", [])
    for key, piece in pieces.items():
        held = getattr(value, key)
        if held is not None:
            parts.append(f'"{key}":{piece(held)}')
        parts += behind.get(key, ())
    return f"{{{','.join(parts)}}}"


_NAMES: dict[str, Any] = {
    "SMALL": SMALL,
    "LARGE": LARGE,
    "quote": encode_basestring,
    "number": number,
    "number_or_word": _number_or_word,
    "listed": _listed,
    "with_extras": _with_extras,
    "TRUTH": {True: "true", False: "false"},
}
