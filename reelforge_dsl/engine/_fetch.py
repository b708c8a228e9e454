"""Bring an http(s) asset to this machine, and nothing that it must not reach.

ffmpeg never sees a URL. Every host is resolved here, each of its addresses judged, and the
connection made to a judged address, so that a name cannot mean something else a moment later.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote

from attrs import frozen

from reelforge_dsl.engine._shelf import Kept, Shelf
from reelforge_dsl.errors import FetchError

if TYPE_CHECKING:
    import httpx

_MOVED = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_MAX_ADDRESSES = 4
_CONNECT_SECONDS = 10.0
_FRESH_SECONDS = 3600.0
_PAUSE_SECONDS = 0.5
_SNIFFED_BYTES = 512
_SUFFIX = re.compile(
    r"\.(?:mp4|m4v|mov|webm|mkv|avi|ts|mpg|mp3|m4a|aac|wav|flac|ogg|opus|oga|aiff?"
    r"|png|apng|jpe?g|webp|gif|bmp|tiff?|avif)"
)
_TYPES = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
}

_NOT_GLOBAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "fec0::/10")))
"""Ranges that some Pythons take for public. Source: RFC 6890, RFC 3879."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Where networks without IPv4 show the public IPv4 addresses. Source: RFC 6052."""

Resolve = Callable[[str, int], Sequence[str]]


def shown(url: str) -> str:
    """Return a URL fit for messages and logs: ``scheme://host/path``, without login and query.

    Args:
        url: Any text; what is not a URL with a host comes back as ``<no URL>``.
    """
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/?#]*@)?([^/?#@]+)([^?#]*)", url)
    return f"{found[1].lower()}://{found[2]}{found[3]}" if found else "<no URL>"


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    cache_dir: Path | None = None,
    max_bytes: int = 2 << 30,
    timeout: float = 60,
    on_progress: Callable[[int, int | None], object] | None = None,
    resolve: Resolve | None = None,
) -> Path:
    """Download an asset, or reuse the copy of an earlier time that the server calls unchanged.

    A copy whose server gives neither ``ETag`` nor ``Last-Modified`` is reused for an hour.
    Proxies and ``.netrc`` of the environment are not used: they would decide whom we reach.

    Args:
        url: An http or https URL.
        allow_private: Permit hosts of this machine and of private networks.
        cache_dir: Where copies are kept; ``None``: ``assets`` in ``REELFORGE_CACHE``, else in
            the platform's cache folder.
        max_bytes: Largest file accepted.
        timeout: Wall seconds that the server may stay silent.
        on_progress: Called with the bytes received and those expected (``None``: not known).
        resolve: ``(host, port) -> addresses``; ``None``: the system's resolver.

    Returns:
        The file. Its content never changes: another content gets another name.

    Raises:
        FetchError: If the URL is refused, or the asset does not arrive whole.
    """
    asset = _Asset(url, allow_private, max_bytes, timeout, on_progress, resolve or _system_addresses)
    # Who may not reach private hosts must not be given a copy from one either.
    shelf = Shelf(cache_dir, url, "private" if allow_private else "public")
    kept = shelf.kept()
    if kept is not None and not kept.validators and time.time() - kept.checked < _FRESH_SECONDS:
        return kept.file
    try:
        return _download(asset, shelf, kept)
    except _Passing:
        time.sleep(_PAUSE_SECONDS)
    try:
        return _download(asset, shelf, kept)
    except _Passing as exc:
        raise exc.error from exc.__cause__


@frozen
class _Asset:
    """What is wanted, and under which conditions."""

    url: str
    allow_private: bool
    max_bytes: int
    timeout: float
    on_progress: Callable[[int, int | None], object] | None
    resolve: Resolve

    def error(self, what: str, fix: str | None = None, at: str | None = None) -> FetchError:
        """Return the error for this asset; ``at`` is the URL of a redirect that was followed."""
        where = shown(self.url)
        if at is not None and shown(at) != where:
            where += f" (redirected to {shown(at)})"
        return FetchError(f"{where} {what}", fix=fix, src=self.url)


class _Passing(Exception):  # noqa: N818 - not an error yet: another try may do
    """A fault that may be gone a moment later."""

    def __init__(self, error: FetchError) -> None:
        super().__init__(error.what)
        self.error = error


# The way there.


def _system_addresses(host: str, port: int) -> list[str]:
    """Ask the system's resolver, in its order and once each."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Tell whether an IP address is of the public internet, also by the IPv4 address inside it.

    Args:
        address: IPv4 or IPv6, with or without a zone.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in _NOT_GLOBAL):
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.sixtofour is not None:
        return is_public(str(ip.sixtofour))  # what lies around it is global to older Pythons only
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    inside = [ip.ipv4_mapped, *(ip.teredo or ())]
    return all(four is None or is_public(str(four)) for four in inside)


def _addresses(asset: _Asset, url: httpx.URL) -> list[str]:
    """Resolve a host; one private address among many refuses them all."""
    host = url.raw_host.decode("ascii")
    try:
        found = list(asset.resolve(host, url.port or (443 if url.scheme == "https" else 80)))
    except (OSError, UnicodeError) as exc:
        fix = "check the host's name, and that this machine is online"
        raise asset.error("cannot be found: its host has no address", fix, str(url)) from exc
    if not found:
        raise asset.error("cannot be found: its host has no address", "check the host's name", str(url))
    if not asset.allow_private and not all(is_public(address) for address in found):
        fix = "allow_private=True, if this host is meant to be reached"
        raise asset.error("is refused: its host is on this machine or a private network", fix, str(url))
    return found[:_MAX_ADDRESSES]


def is_address(url: httpx.URL) -> bool:
    """Tell whether a URL is an http or https one with a host that can be looked up."""
    # not `url.host`, which decodes the name, and raises where that cannot be done
    return url.scheme in ("http", "https") and bool(url.raw_host) and (url.port or 0) <= 65535


@functools.cache
def _tls() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


@contextlib.contextmanager
def _answer(asset: _Asset, headers: Mapping[str, str]) -> Iterator[tuple[httpx.Response, str]]:
    """Follow redirects, each judged anew; lend the last answer and its URL."""
    import httpx

    try:
        url = httpx.URL(asset.url)
    except (httpx.InvalidURL, UnicodeError):  # its words may quote the URL
        raise asset.error("is not a URL that can be asked for", "check its spelling") from None
    for _ in range(_MAX_REDIRECTS + 1):
        if not is_address(url):
            raise asset.error("is no http or https URL with a host", "give an http(s) URL", str(url))
        with _ask(asset, url, headers) as response:
            target = response.headers.get("location")
            if response.status_code not in _MOVED or target is None:
                yield response, str(url)
                return
        try:
            url = url.join(target)
        except (httpx.InvalidURL, UnicodeError):
            raise asset.error("is redirected to a faulty URL", "ask its owner", str(url)) from None
    raise asset.error(f"is redirected more than {_MAX_REDIRECTS} times", "give the final URL")


@contextlib.contextmanager
def _ask(asset: _Asset, url: httpx.URL, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
    """Send one request to the first address that answers."""
    import httpx

    silence = {"read": asset.timeout, "write": asset.timeout, "pool": asset.timeout}
    fault: httpx.HTTPError | None = None
    for address in _addresses(asset, url):
        # A transport, not a client: a client would log the whole URL. One per request: pooled
        # connections are told apart by address, and one address may serve many names.
        with httpx.HTTPTransport(verify=_tls(), trust_env=False) as transport:
            request = httpx.Request(
                "GET",
                url.copy_with(host=address, userinfo=b"", fragment=None),
                headers={**headers, **_login(url), "Host": url.netloc.decode("ascii")},
                extensions={
                    "timeout": {"connect": min(asset.timeout, _CONNECT_SECONDS), **silence},
                    "sni_hostname": url.raw_host.decode("ascii"),
                },
            )
            try:
                response = transport.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
                fault = exc
                continue
            except httpx.HTTPError as exc:
                raise _translated(asset, exc, str(url)) from exc
            with contextlib.closing(response):
                yield response
                return
    assert fault is not None  # noqa: S101 - there is at least one address
    raise _translated(asset, fault, str(url)) from fault


def _login(url: httpx.URL) -> dict[str, str]:
    """Return the header for ``user:password@`` in a URL."""
    import base64

    if not url.userinfo:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password)}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _translated(asset: _Asset, exc: httpx.HTTPError, at: str) -> FetchError | _Passing:
    """Put a transport's fault into words; ``_Passing`` if it is worth another try."""
    import httpx

    if isinstance(exc, httpx.TimeoutException):
        connecting = isinstance(exc, httpx.ConnectTimeout)
        seconds = min(asset.timeout, _CONNECT_SECONDS) if connecting else asset.timeout
        error = asset.error(f"did not answer within {seconds:g} s", "try again later", at)
        return _Passing(error) if connecting else error
    if isinstance(exc, httpx.ConnectError):
        cause: BaseException | None = exc
        while cause is not None and not isinstance(cause, ssl.SSLError):
            cause = cause.__cause__ or cause.__context__
        if cause is not None:
            return asset.error("has no valid TLS certificate, or speaks no TLS", "check the URL's host", at)
        return _Passing(asset.error("cannot be reached: the connection failed", "check host and port", at))
    if isinstance(exc, httpx.DecodingError):
        return asset.error("arrived damaged: its compression cannot be undone", "ask its owner", at)
    return asset.error("broke off before the whole file was here", "try again", at)


# What arrives.


def _download(asset: _Asset, shelf: Shelf, kept: Kept | None) -> Path:
    """Ask once; keep what arrives whole."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "reelforge-dsl"}
    with _answer(asset, {**headers, **(kept.validators if kept else {})}) as (response, at):
        if response.status_code == 304 and kept is not None:
            shelf.note(kept.file, kept.validators)
            return kept.file
        _check_status(asset, response.status_code, at)
        _check_headers(asset, response, at)
        with shelf.part() as part:
            digest = _receive(asset, response, part.file, at)
            return shelf.keep(part, digest, _suffix(at, response), _validators(response))


def _check_status(asset: _Asset, status: int, at: str) -> None:
    """Refuse whatever is not 200."""
    if status == 200:
        return
    if status in (401, 403):
        raise asset.error(
            f"may not be read (status {status})", "has the link expired, or does it need a login?", at
        )
    if status in (404, 410):
        raise asset.error(f"is not there (status {status})", "check the URL", at)
    if status >= 500:
        raise _Passing(asset.error(f"failed at its server (status {status})", "try again later", at))
    raise asset.error(f"was not sent (status {status})", "open it in a browser to see why", at)


def _check_headers(asset: _Asset, response: httpx.Response, at: str) -> None:
    """Refuse by type and by announced size before anything is read."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise _page(asset, at)
    if "mpegurl" in kind or kind == "application/dash+xml":
        raise _playlist(asset, at)
    _check_size(asset, _length(response) or 0, at)


def _page(asset: _Asset, at: str) -> FetchError:
    fix = "give the address of the file itself, as behind the page's download button"
    return asset.error("is a web page, not a media file", fix, at)


def _playlist(asset: _Asset, at: str) -> FetchError:
    return asset.error(
        "is a streaming playlist, not a media file", "give the URL of an MP4, MP3 or image", at
    )


def _check_size(asset: _Asset, size: int, at: str) -> None:
    if size > asset.max_bytes:
        raise asset.error(f"is larger than {asset.max_bytes / 1e6:,.0f} MB", "use a smaller file", at)


def _length(response: httpx.Response) -> int | None:
    """Return the announced length in bytes, if it is one."""
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _receive(asset: _Asset, response: httpx.Response, file: IO[bytes], at: str) -> str:
    """Write the body to a file, watching it; return its SHA-256 in hex."""
    import httpx

    total, size, head, digest = _length(response), 0, b"", hashlib.sha256()
    try:
        for chunk in response.iter_bytes(1 << 18):
            head += chunk[: _SNIFFED_BYTES - len(head)] if len(head) < _SNIFFED_BYTES else b""
            size += len(chunk)
            _check_size(asset, size, at)
            _write(asset, file, chunk, at)
            digest.update(chunk)
            if asset.on_progress is not None:
                asset.on_progress(size, total)
    except httpx.HTTPError as exc:
        raise _translated(asset, exc, at) from exc
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise _page(asset, at)
    if start.startswith(b"#extm3u"):
        raise _playlist(asset, at)
    if size == 0:
        raise asset.error("is empty: 0 bytes arrived", "check the URL", at)
    if total is not None and response.num_bytes_downloaded != total:
        raise asset.error("broke off before the whole file was here", "try again", at)
    return digest.hexdigest()


def _write(asset: _Asset, file: IO[bytes], chunk: bytes, at: str) -> None:
    try:
        file.write(chunk)
    except OSError as exc:
        raise asset.error(f"could not be kept: {exc.strerror}", "free some space for the cache", at) from exc


def _suffix(url: str, response: httpx.Response) -> str:
    """Name the file by the URL's path, else by its type."""
    path = re.sub(r"[?#].*", "", url, flags=re.DOTALL)
    suffix = "." + path.rpartition("/")[2].rpartition(".")[2].lower()
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return suffix if _SUFFIX.fullmatch(suffix) else _TYPES.get(kind, "")


def _validators(response: httpx.Response) -> dict[str, str]:
    """Return the headers that ask, next time, whether the file has changed."""
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {ask: response.headers[told] for told, ask in asked.items() if told in response.headers}
