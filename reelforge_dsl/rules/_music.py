"""The rules of a music request. Source: contract §8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reelforge_dsl.errors import Issue
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.fields import rules_of
from reelforge_dsl.models.music import MusicRequest

if TYPE_CHECKING:
    from reelforge_dsl.models.recipes import RecipeRequest


def needed_texts(request: MusicRequest) -> Iterator[Issue]:
    """Simple mode needs a prompt; custom mode style and title, and a prompt for what is sung.

    Source: contract §8. A prompt is asked for in custom mode only where
    ``instrumental`` is false, not where it is left out.
    """
    if request.custom_mode is not True:
        if _blank(request.prompt):
            yield _needed("prompt", "a music request needs a prompt", "say what the music should be")
        return
    if _blank(request.prompt) and request.instrumental is False:
        fix = "give the lyrics, or set instrumental to true"
        yield _needed("prompt", "custom music with a voice needs its lyrics as prompt", fix)
    if _blank(request.style):
        yield _needed("style", "custom music needs a style", "say its style, as 'ambient, warm synth'")
    if _blank(request.title):
        yield _needed("title", "custom music needs a title", "give it a title")


def webhook_address(request: MusicRequest | RecipeRequest) -> Iterator[Issue]:
    """The webhook is an http(s) address, as a render's. Source: contract §2, ``webhook_url``."""
    url = request.webhook_url
    fault = None if url is None else rules_of(Manifest)["webhook_url"].fault(url)
    if fault is not None:
        yield Issue(fault.code, "error", "$.webhook_url", fault.message, fault.fix)


def _blank(text: str | None) -> bool:
    return text is None or not text.strip()


def _needed(key: str, message: str, fix: str) -> Issue:
    return Issue(f"music_{key}_missing", "error", f"$.{key}", message, fix)
