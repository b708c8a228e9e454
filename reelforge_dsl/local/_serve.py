"""Serve the v1 API from this machine: settings judged, port taken, service started and ended."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelforge_dsl.errors import FieldError, MissingExtraError, ReelforgeError
from reelforge_dsl.local._asgi import App, names_of
from reelforge_dsl.local._maker import Maker
from reelforge_dsl.local._service import RendererName, Service

if TYPE_CHECKING:
    from reelforge_dsl.local._server import Server

KEY_NAME = "REELFORGE_LOCAL_KEY"
"""The environment's API key of a served service: unlike an argument, no list of processes shows it."""

SECRET_NAME = "REELFORGE_LOCAL_SECRET"  # noqa: S105 - the name of a variable
"""The environment's secret that signs webhooks of requests without one of their own."""

GRACE = 30.0
"""Wall seconds that running jobs may take after the first Ctrl-C."""

CANCELLING = 2.0
"""Wall seconds that cancelled jobs may take after the second Ctrl-C."""

_Folder = str | os.PathLike[str]


def serve(
    host: str = "127.0.0.1",
    port: int = 8484,
    *,
    data_dir: _Folder | None = None,
    media_root: _Folder | None = None,
    api_key: str | None = None,
    allow_private: bool = False,
    renderer: RendererName | Maker = "engine",
    base_url: str | None = None,
    webhook_secret: str | None = None,
    grace: float = GRACE,
) -> None:
    """Serve the v1 API until Ctrl-C or SIGTERM; one line says when it is ready, then warnings only.

    At the first signal new work is answered 503, running jobs get their grace, and what is queued waits
    on disk for the next start. A second signal ends it at once.

    Args:
        host: Where to listen. Where other machines reach it, there must be a key.
        port: The same; 0 takes a free one.
        data_dir: Where jobs, films and tracks are kept; left out, a folder of the user's own. An
            instant service keeps nothing.
        media_root: The only folder that ``file:`` assets may come from; without it none are taken.
        api_key: What everything under ``/v1`` asks for; else ``REELFORGE_LOCAL_KEY`` of the
            environment, else there is none.
        allow_private: Assets and webhooks may lead to private, loopback and link-local hosts.
        renderer: ``"instant"`` makes no films, for tests; a `Maker` of your own makes what it likes.
        base_url: Scheme, host and port as callers reach it, before every address that it hands out;
            left out, where it listens.
        webhook_secret: Signs the webhooks of requests without a secret of their own; else
            ``REELFORGE_LOCAL_SECRET`` of the environment, else those go unsigned.
        grace: Wall seconds for running jobs at the end.

    Raises:
        FieldError: An argument is outside its bounds.
        MissingExtraError: The ``local`` extra is not installed.
        ReelforgeError: The port is taken, or the data folder cannot be used.
        KeyboardInterrupt: A second signal ended it.

    Source: contract §1, decision D1; keys, folders and signals are ours.
    """
    made = _server()
    key = _given(api_key, KEY_NAME)
    with contextlib.ExitStack() as ending:
        taken = ending.enter_context(listening(host, port))
        names = _names(taken, host, key, base_url or "")
        folder = Path(data_dir).absolute() if data_dir is not None else data_folder()
        place = base_url or _place(taken, host)
        deliverer = _deliverer(allow_private=allow_private)
        ending.callback(deliverer.close, 0)
        service = Service(
            renderer=renderer,
            data_dir=folder,
            media_root=media_root,
            allow_private=allow_private,
            api_key=key,
            base_url=place,
            secret=_given(webhook_secret, SECRET_NAME),
            deliver=deliverer.take,
        )
        ending.callback(_let_go, service)
        deliverer.start(service.settle)
        app = App(service, max_body_bytes=service.max_body_bytes, names=names)
        ending.callback(app.close)

        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
        server = made(
            app,
            lambda: _say_ready(place, None if renderer == "instant" else folder),
            lambda: service.close(grace, last=deliverer.close),
        )
        server.run(sockets=[taken])
        if server.is_forced:
            raise KeyboardInterrupt


def _let_go(service: Service) -> None:
    """Cancel what is still under way, if anything is, and wait no longer than that may take."""
    thread = threading.Thread(target=service.close, args=(0,), name="reelforge-ending", daemon=True)
    thread.start()
    thread.join(CANCELLING)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        FieldError: Host or port is none.
        ReelforgeError: The port is taken, or may not be.
    """
    if type(port) is not int or not 0 <= port <= 65535:
        what = f"local.serve: port is a whole number from 0 to 65535, got {port!r:.40}"
        raise FieldError(what, fix="8484 is the usual one, 0 takes a free one", field="port", value=port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TypeError):
        what = f"local.serve: host {host!r:.80} has no address on this machine"
        raise FieldError(what, fix="127.0.0.1 is the usual one", field="host", value=host) from None
    family, _, _, _, address = found[0]
    # asyncio turns Nagle's pause of 40 ms off only where a socket names its protocol.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.bind(address)
        taken.listen(512)
    except OSError as exc:
        taken.close()
        raise _not_taken(host, port, exc) from exc
    return taken


def _not_taken(host: str, port: int, exc: OSError) -> ReelforgeError:
    if exc.errno == errno.EADDRINUSE:
        what = f"Port {port} of {host} is in use"
        return ReelforgeError(
            what, fix=f"port={port + 1} (--port {port + 1}), 0 for a free one, or stop the other"
        )
    if exc.errno in (errno.EACCES, errno.EPERM):
        return ReelforgeError(f"Port {port} of {host} may not be taken", fix="take one above 1023")
    return ReelforgeError(f"{host} port {port} cannot be listened at: {exc.strerror}", fix="host 127.0.0.1")


def _names(taken: socket.socket, host: str, key: str | None, base_url: str) -> frozenset[str] | None:
    """Return what callers may call the service; ``None``, anything, where other machines reach it.

    Raises:
        FieldError: They do, and there is no key.
    """
    if ipaddress.ip_address(str(taken.getsockname()[0]).partition("%")[0]).is_loopback:
        return names_of(host, base_url)
    if key is None:
        what = f"local.serve: at {host!r} other machines reach the service, and there is no API key"
        fix = f"give api_key= (--api-key, or {KEY_NAME}), or listen at 127.0.0.1"
        raise FieldError(what, fix=fix, field="api_key")
    return None


def _place(taken: socket.socket, host: str) -> str:
    """Return scheme, host and port; for a host that means every address, loopback's."""
    address, port = taken.getsockname()[:2]
    if ipaddress.ip_address(str(address).partition("%")[0]).is_unspecified:
        host = "::1" if taken.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _given(argument: str | None, name: str) -> str | None:
    """Return an argument, else what the environment has; blank there counts as none."""
    return argument if argument is not None else os.environ.get(name, "").strip() or None


def data_folder() -> Path:
    """Return where a served service keeps its data, if it is not told: the platform's place for a user's."""
    try:
        home = Path.home()
    except RuntimeError:  # nobody's process, as in some containers
        home = Path(tempfile.gettempdir())
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    return Path(base).absolute() / "reelforge_dsl" / "local"


def _say_ready(place: str, folder: Path | None) -> None:
    kept = f"data in {folder}" if folder is not None else "nothing is kept"
    sys.stdout.write(f"ReelForge v1 API at {place}, {kept}; Ctrl-C ends it\n")
    sys.stdout.flush()


def _server() -> Callable[..., Server]:
    try:
        from reelforge_dsl.local._server import Server
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] == "reelforge_dsl":
            raise
        raise MissingExtraError(f"Serving the API needs {exc.name}", extra="local") from exc
    return Server


def _deliverer(*, allow_private: bool) -> Any:
    from reelforge_dsl.local._deliver import Deliverer  # needs the engine, and so the extra

    return Deliverer(allow_private=allow_private)
