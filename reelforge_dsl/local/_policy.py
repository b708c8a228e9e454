"""What a document may make the service open, judged before anything is."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from reelforge_dsl.engine._fetch import is_public, shown
from reelforge_dsl.engine._files import Access, local_path, path_within
from reelforge_dsl.errors import Issue, ProbeError
from reelforge_dsl.local._exchange import FileSlice
from reelforge_dsl.local._store import Document, Output
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.recipes import RecipeRequest

_OWN = re.compile(r"/(?:outputs|tracks)/([A-Za-z0-9_-]{20,}\.(?:mp4|wav))")
_ADDRESS = ("http://", "https://", "file:")


@frozen
class OwnFiles:
    """The files behind the addresses that the service itself hands out: never fetched.

    Attributes:
        base_url: The service's.
        output: Finds a film or track by its name.
    """

    base_url: str
    output: Callable[[str], Output | None]

    def __call__(self, src: str) -> Path | None:
        """Return the file behind an address; ``None`` when it is not one of ours, or gone.

        The port is not compared: a service may have come back at another.
        """
        parts = urlsplit(src)
        here = {urlsplit(self.base_url).hostname, "localhost", "127.0.0.1", "::1"}
        name = _OWN.fullmatch(parts.path)
        if parts.scheme not in ("http", "https") or parts.hostname not in here or name is None:
            return None
        found = self.output(name[1])
        body = found.body if found is not None else None
        return body.path if isinstance(body, FileSlice) else None


@frozen
class Policy:
    """What may be opened.

    Attributes:
        own: The service's own films and tracks, which always may.
        media_root: The only folder that ``file:`` addresses may lead to; links are followed first.
        any_file: Without a media root, every file may be opened, else none.
        allow_private: Whether http(s) addresses may lead to this machine and to private networks.

    Source: decision D17; the rest is ours.
    """

    own: OwnFiles
    media_root: Path | None = None
    any_file: bool = False
    allow_private: bool = False

    def access(self, on_bytes: Callable[[int, int | None], object] | None = None) -> Access:
        """Return what the engine may open; it resolves names and follows redirects, and judges again."""
        return Access(self.media_root, self.allow_private, self.own, on_bytes)

    def refusals(self, document: Document) -> tuple[Issue, ...]:
        """Return an ``asset_not_allowed`` for every address of a document that may not be opened."""
        found = []
        for path, address in _addresses(document):
            fault = self._fault(address)
            if fault is not None:
                found.append(Issue("asset_not_allowed", "error", path, *fault))
        return tuple(found)

    def _fault(self, address: str) -> tuple[str, str] | None:
        try:
            if self.own(address) is not None:
                return None
            if address.startswith("file:"):
                return self._file_fault(address)
            return self._host_fault(address)
        except ValueError:  # no address at all
            return "the address cannot be read", "check its spelling"

    def _file_fault(self, address: str) -> tuple[str, str] | None:
        if self.media_root is None:
            if self.any_file:
                return None
            return (
                "files of this machine are not opened here",
                "start the service with a media root, or give an http(s) address",
            )
        try:
            path = local_path(address)
        except ProbeError as error:
            return "this is not the address of a file here", error.fix or ""
        if path_within(path, self.media_root) is None:
            return f"{path.name!r:.80} is not in the media root", "move it there"
        return None

    def _host_fault(self, address: str) -> tuple[str, str] | None:
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" == self.own.base_url and _OWN.fullmatch(parts.path):
            return f"{shown(address)} is no film or track of this service", "render it again"
        if self.allow_private or not _is_private(parts.hostname or ""):
            return None
        return (
            f"{shown(address)} leads to this machine or a private network",
            "give a public address, or start the service with allow_private",
        )


def _is_private(host: str) -> bool:
    """Tell a host that is private by what is written; names are for the engine to look up."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not is_public(name)
    except ValueError:
        pass
    try:
        packed = socket.inet_aton(name) if re.fullmatch(r"[0-9a-fx.]+", name) else None
    except OSError:
        return False
    return packed is not None and not is_public(str(ipaddress.IPv4Address(packed)))


def _addresses(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the addresses that a document has opened, each with its path in the document."""
    if isinstance(document, Manifest):
        for at, asset in enumerate(document.assets or ()):
            yield f"$.assets[{at}].url", asset.url
    elif isinstance(document, RecipeRequest):
        yield from _within(document.variables.value, "$.variables", is_media=False)


def _within(value: Any, path: str, *, is_media: bool) -> Iterator[tuple[str, str]]:
    """Yield the addresses under the names of a recipe that stand for media. Source: contract §10."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _within(item, f"{path}.{key}", is_media=key.endswith(("url", "urls", "_assets")))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _within(item, f"{path}[{at}]", is_media=is_media)
    elif is_media and isinstance(value, str) and value.startswith(_ADDRESS):
        yield path, value
