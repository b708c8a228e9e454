"""Recipes to films: what the local service makes of a recipe request.

The service does not publish how it lays its recipes out; these films are ours, made with the
builder's verbs alone. Source: contract §10; decision D25.
"""

from __future__ import annotations

import json
from typing import Any

from reelforge_dsl.errors import ManifestInvalidError
from reelforge_dsl.local.recipes._films import FILMS
from reelforge_dsl.local.recipes._script import Script
from reelforge_dsl.models import Media
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.rules import check_recipe
from reelforge_dsl.timeline import Timeline

__all__ = ["compiled"]


def compiled(request: RecipeRequest, media: Media) -> Timeline:
    """Return a recipe as a film of 1080×1920.

    Everything starts and ends on whole frames of the output; the film lasts as long as the sound or
    clip that sets its length, to the nearest frame. Metadata, webhook and idempotency key are the
    request's; keys that the contract does not name are left behind.

    Args:
        request: What is asked for.
        media: How long its files are, source seconds by URL, or a function of the URL such as
            ``engine.probe``; ``None`` for a still. What the function raises passes.

    Raises:
        ManifestInvalidError: The request breaks the contract, the length of the file that sets the
            film's is not known or over 300 s, or its sound starts behind its end. Paths are the request's.

    Source: contract §10; decisions D24, D25.
    """
    errors = [issue for issue in check_recipe(request) if issue.severity == "error"]
    if errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise ManifestInvalidError(f"This recipe has {count}", issues=errors)
    return _enveloped(FILMS[request.recipe_id](Script.of(request, media)), request)


def _enveloped(film: Timeline, request: RecipeRequest) -> Timeline:
    """Return the film with what the request says beside its variables."""
    if request.metadata is not None:
        film = film.metadata(request.metadata.value)
    if request.webhook_url is not None:
        headers = request.webhook_headers
        film = film.webhook(
            request.webhook_url,
            secret=request.webhook_secret,
            headers=None if headers is None else {key: _text(held) for key, held in headers.value.items()},
        )
    return film.idempotency_key(request.idempotency_key)


def _text(value: Any) -> str:
    """Return a header's value as the text that is sent."""
    return value if isinstance(value, str) else json.dumps(value)
