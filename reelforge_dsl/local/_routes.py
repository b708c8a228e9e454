"""Which address is which call."""

from __future__ import annotations

import re

from attrs import frozen

from reelforge_dsl.local._exchange import Call

_ROUTES: tuple[tuple[str, re.Pattern[str], Call, tuple[str, ...]], ...] = (
    ("validate", re.compile("/v1/videos/validate"), "validate", ("POST",)),
    ("render", re.compile("/v1/videos/render"), "render", ("POST",)),
    ("recipe", re.compile("/v1/recipes/render"), "recipe", ("POST",)),
    ("music", re.compile("/v1/music/generate"), "music", ("POST",)),
    ("render_job", re.compile("/v1/jobs/([^/]+)"), "read", ("GET",)),
    ("music_job", re.compile("/v1/music/jobs/([^/]+)"), "read", ("GET",)),
    ("film", re.compile("/outputs/([^/]+)"), "download", ("GET", "HEAD")),
    ("track", re.compile("/tracks/([^/]+)"), "download", ("GET", "HEAD")),
)


@frozen
class Route:
    """What an address means.

    Attributes:
        name: Which of the service's answers; ``""`` for an address that means nothing.
        call: What is asked for.
        methods: What may be sent there; empty for an address that means nothing.
        item: The job's id or the file's name in it, or ``""``.
    """

    name: str = ""
    call: Call = "other"
    methods: tuple[str, ...] = ()
    item: str = ""


def route_of(method: str, path: str) -> Route:
    """Return what a path means; another method than its own makes it no call of its kind.

    Source: contract §1.
    """
    for name, pattern, call, methods in _ROUTES:
        found = pattern.fullmatch(path)
        if found:
            item = found[1] if pattern.groups else ""
            return Route(name, call if method in methods else "other", methods, item)
    return Route()
