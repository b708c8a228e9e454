"""What the flows ask of a driver, and what they get: plain values, no I/O."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

T = TypeVar("T")

_ROUNDING = 0.005


@frozen
class Clock:
    """Time and chance, as a client sees them; tests give their own.

    Attributes:
        now: Wall seconds that only ever go on.
        sleep: Lets seconds pass; for an `AsyncClient` what it returns is awaited.
        wall: Seconds since 1970, for a ``Retry-After`` that names a date.
        dice: A number in 0…1, to spread retries.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Any] = time.sleep
    wall: Callable[[], float] = time.time
    dice: Callable[[], float] = random.random


@frozen
class Call:
    """One request; its bytes are made once, and the same at every try.

    Attributes:
        method: In capitals.
        path: For messages and logs: without a query.
        url: Where it goes.
        body: JSON, or ``None``.
        idempotency_key: Travels in the header of that name.
        repeats: Whether sending it again does no harm.
        is_service: Whether it goes to the service: only then does the API key travel.
        headers: More of them.
    """

    method: str
    path: str
    url: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    idempotency_key: str | None = None
    repeats: bool = True
    is_service: bool = True
    headers: tuple[tuple[str, str], ...] = ()


@frozen
class Reply:
    """An answer that arrived.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        body: All of it, decompressed; empty where a sink took it.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        """Whether the status says that it worked."""
        return 200 <= self.status < 300


FailureKind: TypeAlias = Literal["connect", "tls", "broken", "timeout", "too_large"]


@frozen
class Failure:
    """No whole answer arrived.

    Attributes:
        kind: ``connect``: nothing was sent; ``tls``: the host cannot be trusted; ``broken``: cut off;
            ``timeout``: a limit was reached; ``too_large``: the answer was given up.
        text: What the network said.
    """

    kind: FailureKind
    text: str = ""


class Sink(Protocol):
    """Takes the body of a good answer as it arrives; it keeps its own errors and refuses instead."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Look at the head; ``False`` refuses the body."""

    def write(self, chunk: bytes) -> bool:
        """Take a piece; ``False`` refuses the rest."""


@frozen
class Send:
    """Send a call; the answer is a `Reply` or a `Failure`.

    Attributes:
        call: What.
        deadline: On the clock's ``now``; nothing of it is done later. ``None``: no limit.
        sink: Who takes the body, instead of the reply.
        silence: Wall seconds that the peer may say nothing, or ``None``.
    """

    call: Call
    deadline: float | None
    sink: Sink | None = None
    silence: float | None = None


@frozen
class Pause:
    """Let wall seconds pass."""

    seconds: float


@frozen
class Tell:
    """Call a user's function with a value; the answer is ``None``."""

    told: Callable[[Any], object]
    value: Any = field(repr=False)


Step: TypeAlias = Send | Pause | Tell
Flow: TypeAlias = Generator[Step, Any, T]
"""Steps that a driver takes, up to a result. What a step gives back is sent in."""


def timely(outcome: Reply | Failure, deadline: float | None, clock: Clock) -> Reply | Failure:
    """Return an outcome, a failure at the deadline as what it is: the time was up."""
    if isinstance(outcome, Reply) or outcome.kind == "too_large":
        return outcome
    remaining = left(deadline, clock)
    is_up = remaining is not None and remaining <= _ROUNDING
    return Failure("timeout", outcome.text) if is_up else outcome


def left(deadline: float | None, clock: Clock) -> float | None:
    """Return the wall seconds up to a deadline, at least 0; ``None``: no limit."""
    return None if deadline is None else max(deadline - clock.now(), 0.0)
