"""From the address of an asset to a file on this machine, and what it holds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from attrs import frozen

from reelforge_dsl.engine._fetch import fetch
from reelforge_dsl.engine._media import Media
from reelforge_dsl.engine._probe import probe_file
from reelforge_dsl.errors import FetchError, ProbeError
from reelforge_dsl.models import Asset, Layer


@frozen
class Access:
    """What the engine may open.

    Attributes:
        media_root: The only folder that files may come from, or ``None`` for any. Links are followed first.
        allow_private: Whether http(s) assets may come from private, loopback and link-local hosts.
        own: Returns the file that an address stands for, opened whatever the rest says; ``None`` for
            every other address. A service's own films and tracks are never fetched from itself.
        on_bytes: Called with the bytes received of an asset and those expected (``None``: not known).
            What it raises ends the fetching and comes out.
    """

    media_root: Path | None = None
    allow_private: bool = False
    own: Callable[[str], Path | None] | None = None
    on_bytes: Callable[[int, int | None], object] | None = None

    def file_of(self, src: str) -> Path:
        """Return the local file behind an asset's address, fetched when it is on the network.

        Raises:
            ProbeError: The address is not one that may be opened.
            FetchError: It was refused, or did not arrive.
        """
        known = self.own(src) if self.own is not None else None
        if known is not None:
            return known
        if src.startswith(("http://", "https://")):
            return fetch(src, allow_private=self.allow_private, on_progress=self.on_bytes)
        return self._permitted(local_path(src), src)

    def _permitted(self, path: Path, src: str) -> Path:
        if self.media_root is None:
            return path
        real = path_within(path, self.media_root)
        if real is None:
            raise ProbeError(
                f"{path.name} lies outside the media root {self.media_root}",
                fix="move it there, or render with another media_root",
                src=src,
            )
        return real  # not the link, which may lead elsewhere a moment later


def path_within(path: Path, root: Path) -> Path | None:
    """Return where a path leads once its links are followed; ``None`` when that is not in the folder."""
    real = Path(os.path.realpath(path))  # resolve() raises for links in a circle
    return real if real.is_relative_to(os.path.realpath(root)) else None


def local_path(src: str) -> Path:
    """Return the path that a ``file:`` address names.

    Raises:
        ProbeError: It is no address of a file of this machine.
    """
    parts = urlsplit(src)
    path = Path(url2pathname(parts.path))
    is_here = src.startswith("file:") and parts.netloc in ("", "localhost")
    if not is_here or not path.is_absolute() or "\0" in str(path):
        raise ProbeError(
            f"{src!r} is not the address of a file here",
            fix="use Path('clip.mp4').resolve().as_uri()",
            src=src,
        )
    return path


def measured(assets: tuple[Asset, ...], layers: tuple[Layer, ...], access: Access) -> Mapping[str, Media]:
    """Fetch and probe every asset that a layer uses.

    Args:
        assets: The document's.
        layers: The document's.
        access: What may be opened.

    Returns:
        What each file holds, by the asset's URL.

    Raises:
        ProbeError: A file is missing, unreadable, empty, not media, or not of its layer's kind;
            the message names the layer and the file.
        FetchError: An http(s) asset was refused, or did not arrive.
    """
    known = {asset.id: asset.url for asset in assets}
    found: dict[str, Media] = {}
    for layer in layers:
        src = known.get(layer.asset_id)
        if src is None:
            continue
        if src not in found:
            found[src] = _opened(src, layer, access)
        _demand_kind(layer, found[src], src)
    return found


def _opened(src: str, layer: Layer, access: Access) -> Media:
    try:
        return probe_file(access.file_of(src))
    except FetchError as error:
        raise FetchError(f"{layer.id}: {error.what}", fix=error.fix, src=src) from error.__cause__
    except ProbeError as error:
        raise ProbeError(f"{layer.id}: {error.what}", fix=error.fix, src=src) from error.__cause__


_ONE = {"video": "a video", "audio": "a sound", "image": "an image"}


def _demand_kind(layer: Layer, media: Media, src: str) -> None:
    right = media.has_audio if layer.type == "audio" else media.kind == layer.type
    if right:
        return
    name = media.path.name
    if layer.type == "audio":
        raise ProbeError(f"{layer.id}: {name} has no sound", fix="name a file with sound", src=src)
    raise ProbeError(
        f"{layer.id}: {name} is {_ONE[media.kind]}, not {_ONE[layer.type]}",
        fix=f"add it with .{media.kind}(…)",
        src=src,
    )
