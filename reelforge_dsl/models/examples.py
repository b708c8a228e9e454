"""How a key that is missing would be written: the example that a message ends in."""

from __future__ import annotations

from reelforge_dsl.models.fields import Rule

_WRITTEN = {
    "version": '"v1"',
    "output": '{"width": 1080, "height": 1920, "fps": 30}',
    "width": "1080, even pixels",
    "height": "1920, even pixels",
    "fps": "30",
    "composition": '{"timeline": […]}',
    "url": '"https://…"',
    "audio_url": '"https://…"',
    "asset_id": '"…", the id of one of the assets',
    "start": "0, in whole milliseconds",
    "end": "400, in whole milliseconds",
    "time": '{"start_seconds": 0, "duration_seconds": 2}',
}
"""Source: contract §2, §3, §7; decision D9."""


def written(key: str, rule: Rule) -> str:
    """Return a key with a value that is right, as JSON: ``"version": "v1"``."""
    if rule.choices:
        only = len(rule.choices) == 1
        words = ", ".join(f'"{word}"' for word in rule.choices)
        return f'"{key}": {words}' if only else f'"{key}": one of {words}'
    return f'"{key}": {_WRITTEN.get(key, _OTHERS.get(rule.shape, "…"))}'


_OTHERS = {"string": '"…"', "number": "0", "boolean": "true", "object": "{…}", "list": "[…]"}
