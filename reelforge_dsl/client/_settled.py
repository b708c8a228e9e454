"""What both clients are made of, before any call."""

from __future__ import annotations

import inspect
import threading
from typing import Any, ClassVar, NoReturn, Self

from reelforge_dsl.client._calls import Clock
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._flows import Session
from reelforge_dsl.errors import FieldError, TransportError


class Settled:
    """A client's settings, and whether it is still open."""

    _is_async: ClassVar[bool] = False
    _clock: ClassVar[Clock] = Clock()

    _session: Session
    _http_client: Any
    _network: Any
    _closes: bool
    _is_closed: bool
    _lock: threading.Lock

    @classmethod
    def over(
        cls, config: Config, *, http_client: Any = None, clock: Clock | None = None, closes: bool = False
    ) -> Self:
        """Return a client of settings that are known: for the local service, and for tests.

        Args:
            config: The key, which may be ``None``, the address, the limits, and whether files are taken.
            http_client: What sends: an ``httpx.Client``, or an ``httpx.AsyncClient``.
            clock: Time as it passes for pauses and deadlines.
            closes: Closing the client closes ``http_client``, too.

        Raises:
            FieldError: ``http_client`` is of the other kind.
        """
        made = cls.__new__(cls)
        made._settle(config, http_client, clock or cls._clock, closes=closes)
        return made

    def _settle(self, config: Config, http_client: Any, clock: Clock, *, closes: bool) -> None:
        send = getattr(http_client, "send", None)
        if http_client is not None and (send is None or inspect.iscoroutinefunction(send) != self._is_async):
            wanted, other = (
                ("httpx.AsyncClient", "Client") if self._is_async else ("httpx.Client", "AsyncClient")
            )
            raise FieldError(
                f"{type(self).__name__}: http_client is an {wanted}, got {type(http_client).__name__}",
                fix=f"the other kind goes into {other}",
                field="http_client",
            )
        self._session = Session(config, clock)
        self._http_client = http_client
        self._closes = closes
        self._network = None
        self._is_closed = False
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._session.config.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client is not pickled: make one where it is needed, and join jobs by their id")

    def _opened(self) -> Any:
        """Return what sends, made at the first call."""
        network = self._network
        if network is not None:
            return network
        with self._lock:
            if self._is_closed:
                raise TransportError("The client is closed; nothing was sent", fix="make a new client")
            if self._network is None:
                self._network = self._made()
            return self._network

    def _made(self) -> Any:
        raise NotImplementedError

    def _shut(self) -> Any:
        """Close for further calls; return what is to be closed."""
        with self._lock:
            self._is_closed = True
            if self._network is None and self._closes and self._http_client is not None:
                self._network = self._made()
            network, self._network = self._network, None
        return network
