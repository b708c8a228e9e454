"""Whatever a user hands over, as the body of a call. Source: contract §2, §8, §10; decision D17."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, Protocol, TypeAlias, runtime_checkable

from attrs import frozen

from reelforge_dsl.client._outcomes import Locate
from reelforge_dsl.errors import FieldError, Issue, ManifestInvalidError
from reelforge_dsl.models import Asset, Composed, Json, Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.wire import bodies, dumps

Document: TypeAlias = Composed | Mapping[str, Any]
"""A ``Timeline``, a ``Manifest``, or the JSON of one as a dict."""


@runtime_checkable
class Standing(Protocol):
    """A document that can be written as it stands, whatever is wrong with it: a ``Timeline``."""

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The files it uses."""

    def to_json(self) -> str:
        """Return its text, not judged."""

    def with_lines(self, issues: Iterable[Issue]) -> tuple[Issue, ...]:
        """Return findings about it with the author's lines."""


@frozen
class Body:
    """A request body, made once.

    Attributes:
        sent: Its bytes.
        idempotency_key: The one that travels in the header, ``None`` for a call that needs none.
        locate: Adds the author's lines to findings, for a document that knows them.
    """

    sent: bytes
    idempotency_key: str | None = None
    locate: Locate | None = None

    def __repr__(self) -> str:
        return f"Body({len(self.sent)} bytes)"


def render_body(doc: Document, key: str | None, *, takes_files: bool) -> Body:
    """Return the body of a render.

    Args:
        doc: A ``Timeline`` is judged; a ``Manifest`` or a dict goes as it is.
        key: The caller's idempotency key, else the document's, else a new one.
        takes_files: The service opens files of this machine.

    Raises:
        ManifestInvalidError: A timeline has errors, or the document names files of this machine.
        FieldError: ``doc`` is none, holds what JSON cannot say, or the key cannot travel.
    """
    if isinstance(doc, Mapping):
        return Body(_dict_bytes(doc, takes_files), _key(key, doc.get("idempotency_key")))
    if not hasattr(doc, "manifest"):
        raise _no_document(doc)
    manifest = doc.manifest()
    locate: Locate | None = getattr(doc, "with_lines", None)
    _refuse_files(manifest, takes_files, locate)
    return Body(dumps(manifest).encode(), _key(key, manifest.idempotency_key), locate)


def judged_body(doc: Document, *, takes_files: bool) -> Body:
    """Return the body of a validation: the document as it stands, whatever is wrong with it.

    Raises:
        ManifestInvalidError: The document names files of this machine.
        FieldError: ``doc`` is none, or holds what JSON cannot say.
    """
    if isinstance(doc, Mapping):
        return Body(_dict_bytes(doc, takes_files))
    if isinstance(doc, Manifest):
        _refuse_files(doc, takes_files, None)
        return Body(dumps(doc).encode())
    if not isinstance(doc, Standing):
        if not hasattr(doc, "manifest"):
            raise _no_document(doc)
        return judged_body(doc.manifest(), takes_files=takes_files)
    _refuse_urls(
        [asset.url for asset in doc.assets], [asset.id for asset in doc.assets], takes_files, doc.with_lines
    )
    return Body(doc.to_json().encode(), locate=doc.with_lines)


def music_body(request: MusicRequest) -> Body:
    """Return the body of a music request.

    Raises:
        FieldError: An argument is outside the contract, or the key cannot travel.
    """
    from reelforge_dsl.rules import check_music  # here: the rules cost more to import than a client

    for issue in check_music(request):
        if issue.severity == "error":
            where = issue.path.removeprefix("$.")
            raise FieldError(f".music: {where}: {issue.message}", fix=issue.fix, field=f".music: {where}")
    return Body(dumps(request).encode(), _key(request.idempotency_key, None))


def recipe_body(request: RecipeRequest, *, takes_files: bool) -> Body:
    """Return the body of a recipe.

    Raises:
        ManifestInvalidError: It is outside the contract, or names files of this machine; ``.issues``
            holds every error.
        FieldError: The key cannot travel.
    """
    from reelforge_dsl.rules import check_recipe

    errors = [issue for issue in check_recipe(request) if issue.severity == "error"]
    if not takes_files:
        errors += _local_values(request.variables.value, "$.variables")
    if errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise ManifestInvalidError(f"This recipe request has {count}", issues=errors)
    return Body(dumps(request).encode(), _key(request.idempotency_key, None))


def music_request(
    prompt: str | None,
    *,
    style: str | None,
    title: str | None,
    negative_tags: str | None,
    instrumental: bool,
    model: str | None,
    idempotency_key: str | None,
    metadata: Mapping[str, Any] | None,
    webhook_url: str | None,
    webhook_headers: Mapping[str, str] | None,
    webhook_secret: str | None,
) -> MusicRequest:
    """Return a music request; style, title or tags make it a custom one. Source: contract §8.

    Raises:
        FieldError: ``metadata`` or ``webhook_headers`` is no JSON object.
    """
    return MusicRequest(
        prompt=prompt,
        custom_mode=not (style is None and title is None and negative_tags is None),
        instrumental=instrumental,
        model=model,
        style=style,
        title=title,
        negative_tags=negative_tags,
        idempotency_key=idempotency_key,
        metadata=frozen_json(metadata, ".music: metadata"),
        webhook_url=webhook_url,
        webhook_headers=frozen_json(webhook_headers, ".music: webhook_headers", secret=True),
        webhook_secret=webhook_secret,
    )


def recipe_request(
    recipe_id: str,
    style_preset: str,
    variables: Mapping[str, Any],
    *,
    idempotency_key: str | None,
    metadata: Mapping[str, Any] | None,
    webhook_url: str | None,
    webhook_headers: Mapping[str, str] | None,
    webhook_secret: str | None,
) -> RecipeRequest:
    """Return a recipe request. Source: contract §10.

    Raises:
        FieldError: ``variables``, ``metadata`` or ``webhook_headers`` is no JSON object.
    """
    filled = frozen_json(variables, ".recipe: variables")
    if filled is None:
        raise FieldError(".recipe: variables: expected a dict, got None", field=".recipe: variables")
    return RecipeRequest(
        recipe_id=recipe_id,
        style_preset=style_preset,
        variables=filled,
        idempotency_key=idempotency_key,
        metadata=frozen_json(metadata, ".recipe: metadata"),
        webhook_url=webhook_url,
        webhook_headers=frozen_json(webhook_headers, ".recipe: webhook_headers", secret=True),
        webhook_secret=webhook_secret,
    )


def free_body(json: Any) -> Body:
    """Return the body of a call to an endpoint of the user's choice; it repeats when it has a key.

    Raises:
        FieldError: It holds what JSON cannot say, or its key cannot travel.
    """
    held = json.get("idempotency_key") if isinstance(json, Mapping) else None
    key = _key(None, held) if held is not None else None
    return Body(bodies.body_of(dict(json) if isinstance(json, Mapping) else json), key)


def frozen_json(value: Mapping[str, Any] | None, where: str, *, secret: bool = False) -> Json | None:
    """Return an argument that is a JSON object, frozen.

    Raises:
        FieldError: It is none; of a secret one only the place is told.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise FieldError(f"{where}: expected a dict, got a {type(value).__name__}", field=where)
    try:
        return Json(bodies.body_of(dict(value)).decode())
    except FieldError as exc:
        what, fix = (
            ("  holds what JSON cannot say", None) if secret else (exc.what.removeprefix("$"), exc.fix)
        )
    raise FieldError(f"{where}{what}", fix=fix, field=where)


def _key(given: Any, held: Any) -> str:
    """Return the idempotency key of a call: the argument's, else the document's, else a new one."""
    key = given if given is not None else held
    if key is None:
        return str(uuid.uuid4())
    if not isinstance(key, str) or not re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", key):
        raise FieldError(
            "idempotency_key: is plain ASCII text on one line, since it travels in a header",
            fix="use letters, digits and dashes, as in 'reel-2031-07'",
            field="idempotency_key",
            value=key,
        )
    return key


def _dict_bytes(doc: Mapping[str, Any], takes_files: bool) -> bytes:
    if not takes_files:
        assets = doc.get("assets")
        listed = assets if isinstance(assets, (list, tuple)) else []
        held = [item if isinstance(item, Mapping) else {} for item in listed]
        _refuse_urls([item.get("url") for item in held], [item.get("id") for item in held], False, None)
        if "recipe_id" in doc and (found := _local_values(doc.get("variables"), "$.variables")):
            raise _files_refused(found)
    return bodies.body_of(dict(doc))


def _refuse_files(manifest: Manifest, takes_files: bool, locate: Locate | None) -> None:
    assets = manifest.assets or ()
    _refuse_urls([asset.url for asset in assets], [asset.id for asset in assets], takes_files, locate)


def _refuse_urls(urls: list[Any], names: list[Any], takes_files: bool, locate: Locate | None) -> None:
    """Refuse assets that lie on this machine, all at once. Source: decision D17."""
    if takes_files:
        return
    found = [
        _local(f"$.assets[{at}].url", f"asset {name!r} ", url)
        for at, (url, name) in enumerate(zip(urls, names, strict=True))
        if _is_local(url)
    ]
    if found:
        raise _files_refused(list(locate(tuple(found))) if locate is not None else found)


def _local_values(value: Any, path: str) -> list[Issue]:
    """Return the files of this machine among the variables of a recipe."""
    if isinstance(value, Mapping):
        return [found for key, item in value.items() for found in _local_values(item, f"{path}.{key}")]
    if isinstance(value, (list, tuple)):
        return [found for at, item in enumerate(value) for found in _local_values(item, f"{path}[{at}]")]
    return [_local(path, "", value)] if _is_local(value) else []


def _is_local(url: Any) -> bool:
    return isinstance(url, PurePath) or (isinstance(url, str) and url[:5].lower() == "file:")


def _local(path: str, who: str, url: Any) -> Issue:
    name = PurePath(str(url)).name
    what = f"{who}is the file {name!r} of this machine, which the service cannot open"
    fix = "upload it and give its https:// address, or render it here: local.client(), engine.render"
    return Issue("local_file", "error", path, what, fix)


def _files_refused(issues: list[Issue]) -> ManifestInvalidError:
    count = "1 file" if len(issues) == 1 else f"{len(issues)} files"
    return ManifestInvalidError(
        f"Nothing was sent: the document names {count} of this machine", issues=issues
    )


def _no_document(doc: Any) -> FieldError:
    return FieldError(
        f"a value of type {type(doc).__name__} is no document",
        fix="give a Timeline, a Manifest or a dict; Timeline.from_json(text) reads one",
        field="doc",
    )
