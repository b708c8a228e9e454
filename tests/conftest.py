"""For every test: the network ends at this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True, scope="session")
def network_ends_here() -> Iterator[None]:
    """Refuse every connection and every name look-up but of loopback."""
    patch = pytest.MonkeyPatch()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise PermissionError(f"a test tried to reach {address}")
        connect(self, address)

    def look_up_here(host: Any, *rest: Any, **named: Any) -> Any:
        if host not in (None, "localhost", b"localhost") and not _is_number(host):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {host!r}")
        return look_up(host, *rest, **named)

    patch.setattr(socket.socket, "connect", connect_here)
    patch.setattr(socket, "getaddrinfo", look_up_here)
    yield
    patch.undo()


def _is_number(host: Any) -> bool:
    try:
        socket.inet_aton(host)
    except (OSError, TypeError):
        return ":" in str(host)
    return True


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host.split("%")[0]).is_loopback
