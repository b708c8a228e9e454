"""The usual clients, with the service in this process under them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve, frozen

from reelforge_dsl.client import AsyncClient, Client, Clock, Config, configured
from reelforge_dsl.errors import FieldError
from reelforge_dsl.local._clock import VirtualClock
from reelforge_dsl.local._faults import Fault
from reelforge_dsl.local._service import RendererName, Service
from reelforge_dsl.local._settings import BASE_URL
from reelforge_dsl.local._transport import async_http_over, http_over

_Folder = str | os.PathLike[str]

_FIRST_PAUSE, _LAST_PAUSE = 0.1, 1.0  # wall seconds between looks at a service that is so near


def client(
    output_dir: _Folder | None = None,
    media_root: _Folder | None = None,
    *,
    allow_private: bool = False,
    renderer: RendererName = "engine",
    faults: Iterable[Fault] = (),
    service: Service | None = None,
    timeout: float | None = 60,
    retries: int = 2,
) -> Client:
    """Return a `Client` whose service is in this process: the same calls, no key, no network.

    ::

        with local.client(renderer="instant") as client:
            client.render(reel).wait().save("placeholder.mp4")

    Renders on this machine, with FFmpeg, in the background; use it in a ``with`` block, whose end
    cancels what still runs and removes what was not saved. With ``renderer="instant"`` no film is made
    and pauses take no time; see `Service`.

    Args:
        output_dir: Where films and tracks stay, named by their jobs; left out, they go with the client.
        media_root: The only folder that local files may come from; any when left out. The instant
            renderer opens none.
        allow_private: Whether http(s) assets may come from private, loopback and link-local hosts; the
            instant renderer fetches none.
        renderer: ``"engine"``, or ``"instant"`` for tests.
        faults: What shall go wrong, and when.
        service: A service to share, or to look into afterwards, instead of a new one; it stays yours to
            close. Its API key, if it asks for one, is sent.
        timeout: As for `Client`, in seconds of the service's clock.
        retries: As for `Client`.

    Raises:
        MissingExtraError: It is to render, and the ``local`` extra is not installed.
        StoreError: The folder for films cannot be made.
        FieldError: An argument is none of its choices, or would have no effect.

    Source: contract §1; decisions D1, D17.
    """
    limits = configured("none", BASE_URL, timeout, retries)
    made = _made(output_dir, media_root, allow_private, renderer, faults, service)
    clock = Clock(now=made.service.clock.now, sleep=made.service.clock.sleep, dice=_even)
    config = _config(made.service, limits)
    http = http_over(made.service, closes=made.closes)
    return Client.over(config, http_client=http, clock=clock, closes=True)


def async_client(
    output_dir: _Folder | None = None,
    media_root: _Folder | None = None,
    *,
    allow_private: bool = False,
    renderer: RendererName = "engine",
    faults: Iterable[Fault] = (),
    service: Service | None = None,
    timeout: float | None = 60,
    retries: int = 2,
) -> AsyncClient:
    """Return an `AsyncClient` whose service is in this process.

    Args:
        output_dir: As for `client`.
        media_root: As for `client`.
        allow_private: As for `client`.
        renderer: As for `client`.
        faults: As for `client`.
        service: As for `client`.
        timeout: As for `client`.
        retries: As for `client`.

    Raises:
        StoreError: As for `client`.
        FieldError: As for `client`.

    Source: contract §1; decisions D1, D17.
    """
    limits = configured("none", BASE_URL, timeout, retries)
    made = _made(output_dir, media_root, allow_private, renderer, faults, service)
    clock = Clock(now=made.service.clock.now, sleep=made.service.clock.sleep_async, dice=_even)
    config = _config(made.service, limits)
    http = async_http_over(made.service, closes=made.closes)
    return AsyncClient.over(config, http_client=http, clock=clock, closes=True)


@frozen
class _Made:
    """A service, and what is called when its client closes."""

    service: Service
    closes: Callable[[], object] | None


def _made(
    output_dir: _Folder | None,
    media_root: _Folder | None,
    allow_private: bool,
    renderer: RendererName,
    faults: Iterable[Fault],
    service: Service | None,
) -> _Made:
    given = tuple(faults)
    if service is not None:
        _demand_nothing_beside(output_dir, media_root, allow_private, given)
        return _Made(service, None)
    if renderer != "engine":
        return _Made(Service(renderer=renderer, faults=given, output_dir=output_dir), None)
    from reelforge_dsl.local._deliver import Deliverer

    # What the caller's own program asks for reaches what the caller's own machine reaches.
    deliverer = Deliverer(allow_private=True)
    with contextlib.ExitStack() as undone:
        undone.callback(deliverer.close)
        made = Service(
            faults=given,
            output_dir=output_dir,
            media_root=media_root,
            any_file=True,
            allow_private=allow_private,
            deliver=deliverer.take,
        )
        undone.pop_all()
    deliverer.start(made.settle)
    return _Made(made, lambda: made.close(grace=0, last=deliverer.close))


def _demand_nothing_beside(
    output_dir: Any, media_root: Any, allow_private: bool, faults: tuple[Fault, ...]
) -> None:
    given = {"faults": faults, "output_dir": output_dir, "media_root": media_root}
    for name, value in (given | {"allow_private": allow_private}).items():
        if value:
            what = f"local.client: {name} of a service that is there already"
            fix = f"local.Service({name}=…) takes it"
            raise FieldError(what, fix=fix, field=name, value=value)


def _config(service: Service, limits: Config) -> Config:
    near = evolve(limits, key=service.key, base_url=service.base_url, takes_files=True)
    if isinstance(service.clock, VirtualClock):
        return near
    return evolve(near, first_pause=_FIRST_PAUSE, last_pause=_LAST_PAUSE)


def _even() -> float:
    """Return no chance at all: every pause is its longest, and the same in every run."""
    return 1.0
