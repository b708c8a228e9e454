"""Who calls, whom, and how long: settled when a client is made."""

from __future__ import annotations

import os
import re
from typing import Any, NoReturn
from urllib.parse import urlsplit

from attrs import field, frozen

from reelforge_dsl.errors import AuthenticationError, FieldError
from reelforge_dsl.units import real

SERVICE = "https://api.reelforger.com"
"""Where the service is. Source: contract §1."""

_KEY_NAMES = ("REELFORGER_API_KEY", "REELFORGE_API_KEY")
_URL_NAME = "REELFORGER_BASE_URL"
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")


class Secret:
    """A text that no repr, message, traceback or pickle shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled: make the client anew where it is needed")


@frozen
class Config:
    """What a client was made with.

    Attributes:
        key: The API key; ``None`` sends none, as to a service that asks for none.
        base_url: Scheme, host and an optional path, without a slash at the end.
        timeout: Wall seconds in all for one call, retries and pauses included; ``None``: no limit.
        retries: How often a call is sent again.
        takes_files: The service opens files of this machine. Source: decision D17.
        first_pause: Wall seconds between the first two looks at a job that is waited for.
        last_pause: Wall seconds that such pauses grow to.
    """

    key: Secret | None = field(repr=False)
    base_url: str = SERVICE
    timeout: float | None = 60
    retries: int = 2
    takes_files: bool = False
    first_pause: float = 1.0
    last_pause: float = 30.0


def configured(api_key: Any, base_url: Any, timeout: Any, retries: Any) -> Config:
    """Return the settings of a client, the environment's where an argument is left out.

    Raises:
        AuthenticationError: There is no key.
        FieldError: An argument is outside its bounds.
    """
    return Config(_key(api_key), _base_url(base_url), _timeout(timeout), _retries(retries))


def seconds(value: Any, where: str) -> float | None:
    """Return a limit in wall seconds, ``None`` for none.

    Raises:
        FieldError: It is no number, or below 0.
    """
    if value is None:
        return None
    held = real(value)
    if held is None or held < 0:
        raise FieldError(
            f"{where}: expected seconds, got {value!r:.60}",
            fix="give a number of seconds, or None for no limit",
            field=where,
            value=value,
        )
    return held


def _key(given: Any) -> Secret:
    """Take the argument, else the environment's; a blank one counts as none."""
    if given is not None and not isinstance(given, str):
        raise FieldError(f"Client: api_key is text, got a {type(given).__name__}", field="api_key")
    for text in (given, *(os.environ.get(name) for name in _KEY_NAMES)):
        if text is not None and text.strip():
            break
    else:
        raise AuthenticationError(
            "There is no API key", fix=f"set {_KEY_NAMES[0]}, or give Client(api_key=…)"
        )
    key = text.strip()
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise AuthenticationError(
            "The API key holds blanks, line breaks or letters that no HTTP header takes",
            fix="copy it again; it is not shown here",
        )
    return Secret(key)


def _base_url(given: Any) -> str:
    if given is None:
        given = os.environ.get(_URL_NAME, "").strip() or SERVICE
    if not isinstance(given, str):
        raise _bad_url("is text", "'https://api.reelforger.com'")
    try:
        parts = urlsplit(given.strip())
        port = parts.port
    except ValueError:
        raise _bad_url("is no URL", "'https://api.reelforger.com'") from None
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(shown):
        raise _bad_url("is an http(s) URL with a host", "'https://api.reelforger.com'")
    if parts.username is not None or parts.query or parts.fragment:
        raise _bad_url("has no user, no query and no fragment", "the key goes into api_key")
    path = parts.path.rstrip("/")
    place = f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}"
    if path == "/v1" or path.endswith("/v1"):
        raise _bad_url("goes without /v1, which every path begins with", repr(place + path[:-3]))
    if not re.fullmatch(r"[\x21-\x7e]*", path) or "\\" in path:
        raise _bad_url("has a path of plain characters", repr(place))
    return place + path


def _bad_url(what: str, fix: str) -> FieldError:
    return FieldError(f"Client: base_url {what}", fix=f"use {fix}", field="base_url")


def _timeout(given: Any) -> float | None:
    held = seconds(given, "Client: timeout")
    if held == 0:
        raise FieldError(
            "Client: timeout is above 0", fix="None means no limit", field="timeout", value=given
        )
    return held


def _retries(given: Any) -> int:
    if type(given) is not int or given < 0:
        raise FieldError(
            f"Client: retries is a whole number from 0, got {given!r:.60}",
            fix="0 sends every call once",
            field="retries",
            value=given,
        )
    return given
