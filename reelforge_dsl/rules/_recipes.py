"""The rules of a recipe request. Source: contract §10."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reelforge_dsl.errors import Issue, near
from reelforge_dsl.models import Extra, Json, Word
from reelforge_dsl.models.fields import Rule, rules_of, told
from reelforge_dsl.models.making import maker
from reelforge_dsl.models.recipes import (
    RECIPES,
    BackgroundAsset,
    ChapterBeat,
    ListItem,
    RecipeRequest,
    Variable,
)
from reelforge_dsl.rules._document import opened
from reelforge_dsl.rules._fields import issues_within, plain_issue
from reelforge_dsl.rules._paths import keyed
from reelforge_dsl.units import real, short

_VARIABLES = "$.variables"

_SECOND = "secondary_video_url"

_STRICT = frozenset({BackgroundAsset, ListItem, ChapterBeat})
"""Objects that belong to a recipe alone; a key too many is an error there as among the variables."""

_WANTED = {"string": "text", "number": "a number", "boolean": "true or false", "object": "an object"}


def known_recipe(request: RecipeRequest) -> Iterator[Issue]:
    """The recipe is one of the contract's. Source: contract §10."""
    if request.recipe_id.strip() and request.recipe_id not in RECIPES:
        message = f"{request.recipe_id!r:.60} is no recipe"
        yield Issue("recipe_unknown", "error", "$.recipe_id", message, near(request.recipe_id, RECIPES))


def right_variables(request: RecipeRequest) -> Iterator[Issue]:
    """The variables are the recipe's own, all that it needs, each as it should be. Source: contract §10."""
    table = RECIPES.get(request.recipe_id)
    held = opened(request.variables)
    if not isinstance(held, dict):
        message = "variables: expected an object of names and values"
        yield Issue("wrong_type", "error", _VARIABLES, message, 'write it as {"hook_text": "Watch this"}')
    elif table is not None:
        for name, value in held.items():
            if name in table:
                yield from _of_variable(table[name], name, value, keyed(_VARIABLES, name))
            else:
                yield _unknown(name, _VARIABLES, request.recipe_id, table)
        yield from _missing(request.recipe_id, table, held)


def _missing(recipe: str, table: Mapping[str, Variable], held: Mapping[str, Any]) -> Iterator[Issue]:
    for name, variable in table.items():
        if variable.required and name not in held:
            fix = f"add it: {name} is {_wanted(variable)}"
            yield _missed(name, f"{recipe} needs {name}", fix)
    if _SECOND in table and _SECOND not in held and held.get("layout_variant") == "split_screen":
        message = f"{recipe} needs {_SECOND} for a split screen"
        yield _missed(_SECOND, message, "add it, or set layout_variant to 'full_frame'")


def _missed(name: str, message: str, fix: str) -> Issue:
    return Issue("recipe_variable_missing", "error", keyed(_VARIABLES, name), message, fix)


def _of_variable(variable: Variable, name: str, value: Any, path: str) -> Iterator[Issue]:
    """Tell what is wrong with the value of a variable."""
    if not variable.is_list:
        yield from _of_value(variable.rules, name, value, path)
    elif value is None:
        yield _null(name, path)
    elif not isinstance(value, list):
        yield _wrong_type(name, "a list", value, path)
    else:
        if len(value) < variable.least:
            message = f"{name} has {len(value)} items; at least {variable.least} are needed"
            yield Issue("recipe_too_few", "error", path, message, "add more")
        if variable.most is not None and len(value) > variable.most:
            message = f"{name} has {len(value)} items; at most {variable.most} are taken"
            yield Issue("recipe_too_many", "error", path, message, f"keep {variable.most}")
        for index, item in enumerate(value):
            yield from _of_value(variable.rules, f"{name}[{index}]", item, f"{path}[{index}]")


def _of_value(rules: tuple[Rule, ...], name: str, value: Any, path: str) -> Iterator[Issue]:
    """Tell what is wrong with a plain value or an object."""
    rule = next((rule for rule in rules if _has_shape(rule, value)), None)
    if value is None:
        yield _null(name, path)
    elif rule is None:
        yield _wrong_type(name, " or ".join(_WANTED[rule.shape] for rule in rules), value, path)
    elif rule.of is not None:
        yield from _of_object(rule.of, value, path)
    else:
        found = plain_issue(name, rule, value, path)
        if found is not None:
            yield found


def _of_object(cls: type, value: dict[str, Any], path: str) -> Iterator[Issue]:
    """Tell what is wrong with an object, by the fields of its class."""
    rules = rules_of(cls)
    nulls = [key for key in rules if key in value and value[key] is None]
    if cls in _STRICT:
        owner = path.rsplit(".", 1)[-1]
        yield from (_unknown(key, path, owner, rules) for key in value if key not in rules)
        value = {key: item for key, item in value.items() if key in rules}
    yield from (_null(key, keyed(path, key)) for key in nulls)
    # The same walk as over a document; it takes a null for a key left out, and that is told.
    told_already = {keyed(path, key) for key in nulls}
    found = [issue for issue in issues_within(_unjudged(cls, value), path) if issue.path not in told_already]
    yield from found
    broken = nulls or any(issue.severity == "error" for issue in found)
    if cls is Word and not broken and value["end"] < value["start"]:
        message = (
            f"word {value['text']!r:.40} ends at {short(value['end'])} ms, before its start at"
            f" {short(value['start'])} ms"
        )
        fix = "start and end are milliseconds of output time, start first"
        yield Issue("word_ends_before_start", "error", keyed(path, "end"), message, fix)


def _unjudged(cls: type, value: dict[str, Any]) -> Any:
    """Return the object as its model, whatever it holds; the author's checks are left out."""
    rules = rules_of(cls)
    given: dict[str, Any] = {key: value.get(key) for key in rules}
    given["extra"] = tuple(Extra(key, Json("null")) for key in value if key not in rules)
    return maker(cls)(**given)


def _has_shape(rule: Rule, value: Any) -> bool:
    if rule.shape == "number":
        return real(value) is not None
    return isinstance(value, {"string": str, "boolean": bool}.get(rule.shape, dict))


def _wanted(variable: Variable) -> str:
    if variable.is_list:
        return f"a list of at least {variable.least}"
    choices = variable.rules[0].choices
    return f"one of {', '.join(choices)}" if choices else _WANTED[variable.rules[0].shape]


def _unknown(key: str, path: str, owner: str, known: Mapping[str, Any]) -> Issue:
    message = f"{owner} takes no {key!r:.60}"
    return Issue("recipe_variable_unknown", "error", keyed(path, key), message, near(key, known))


def _null(name: str, path: str) -> Issue:
    return Issue("null_value", "error", path, f"{name} is null", "leave it out, or give a value")


def _wrong_type(name: str, wanted: str, value: Any, path: str) -> Issue:
    return Issue("wrong_type", "error", path, f"{name}: expected {wanted}, got {told(value)}")
