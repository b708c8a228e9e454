"""Failures on request: what goes wrong, at which call, for users' tests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, get_args

from attrs import field, frozen

from reelforge_dsl.errors import FieldError, near
from reelforge_dsl.local._exchange import Call

FaultCall = Literal["validate", "render", "recipe", "music", "read", "download", "any"]
"""Which calls a fault counts; ``any`` counts them all."""

FaultKind = Literal["refused", "reset", "stall", "cut", "truncated", "html", "empty", "wrong_id", "duplicate"]
"""What happens to a connection or to an answer; see `Fault`."""

Outcome = Literal["failed", "transcription_failed", "stuck"]
"""How a job ends, or does not."""

_MAKING = ("render", "recipe", "music")
_WITH_STATUS = ("html", "empty", "truncated")


@frozen(init=False)
class Fault:
    """One failure, at one call or several in a row.

    ::

        Fault("read", at=3, status=503)                   # the third look at a job answers 503
        Fault("render", status=429, retry_after=2)        # the first render answers 429
        Fault("render", kind="reset")                     # the job is made, its answer is lost
        Fault("render", outcome="failed", code="caption_alignment_failed")
        Fault("render", at=3, outcome="stuck")            # the third job never ends

    Exactly one of ``status``, ``kind`` and ``outcome`` is given; ``status`` also goes with the
    kinds ``html``, ``empty`` and ``truncated``. A call that is answered with a status of its own is
    not carried out; one with a kind alone is, and its answer spoilt, but for ``refused``:

    ========== ===================================================================================
    refused    Nobody listens: the request never arrives (``httpx.ConnectError``).
    reset      Carried out, then the connection breaks (``httpx.ReadError``).
    stall      Carried out, then silence: the caller's read limit passes on the service's clock
               (``httpx.ReadTimeout``). A call without a limit would wait for ever: `FieldError`.
    cut        Half of the body under its whole length (``httpx.RemoteProtocolError``).
    truncated  Half of the body, as if it were all.
    html       A page of HTML instead of JSON.
    empty      No body.
    wrong_id   The answer names another job.
    duplicate  The request arrives twice, as through a proxy that repeats; the second is answered.
    ========== ===================================================================================

    Attributes:
        call: Which calls count.
        at: The first of them to fail, counted from 1; with ``outcome``, the first new job of them.
        times: How many in a row fail; ``None`` for all from there on.
        status: The HTTP status of the answer, 400 to 599.
        kind: What happens instead, see above.
        outcome: How the job ends; ``stuck`` never does.
        code: The error's code, instead of the status's own.
        message: The error's sentence, instead of the status's own.
        retry_after: Whole seconds of wall time for the ``retry-after`` header.

    Source: contract §9 (outcomes), decision D1 (statuses).
    """

    call: FaultCall
    at: int = 1
    times: int | None = 1
    status: int | None = None
    kind: FaultKind | None = None
    outcome: Outcome | None = None
    code: str | None = None
    message: str | None = None
    retry_after: int | None = field(default=None)

    def __init__(
        self,
        call: FaultCall,
        *,
        at: int = 1,
        times: int | None = 1,
        status: int | None = None,
        kind: FaultKind | None = None,
        outcome: Outcome | None = None,
        code: str | None = None,
        message: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Check and keep.

        Raises:
            FieldError: It could never happen as written; the message says how to write it.
        """
        _judge_words(call, kind, outcome)
        _judge_numbers(at, times, status, retry_after)
        _judge_together(call, status, kind, outcome)
        if outcome is None and status is None and (code or message or retry_after is not None):
            _refuse("code", code or message or retry_after, "code, message and retry_after need a status")
        self.__attrs_init__(call, at, times, status, kind, outcome, code, message, retry_after)

    def strikes(self, count: int) -> bool:
        """Tell whether it is this call's turn, the ``count``-th of its kind, from 1."""
        return self.at <= count and (self.times is None or count < self.at + self.times)


class FaultPlan:
    """The faults of a service, and how far they have come. Safe to use from many threads."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        given: tuple[object, ...] = tuple(faults)
        self._faults = tuple(fault for fault in given if isinstance(fault, Fault))
        if self._faults != given:
            what = f"Service.faults: expected faults, got {given!r:.200}"
            raise FieldError(what, fix="write local.Fault('read', at=3, status=503)", field="Service.faults")
        self._calls: Counter[str] = Counter()
        self._jobs: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def has_outcomes(self) -> bool:
        """Whether one of them says how a job ends."""
        return any(fault.outcome for fault in self._faults)

    def at_call(self, call: Call) -> Fault | None:
        """Count a call, and return what happens to it; the first that fits in the order given."""
        return self._next(self._calls, call, [fault for fault in self._faults if fault.outcome is None])

    def at_job(self, call: Call) -> Fault | None:
        """Count a new job, and return how it ends; the first that fits in the order given."""
        return self._next(self._jobs, call, [fault for fault in self._faults if fault.outcome])

    def _next(self, counter: Counter[str], call: Call, faults: list[Fault]) -> Fault | None:
        with self._lock:
            counter.update((call, "any"))
            now = dict(counter)
        return next((f for f in faults if f.call in (call, "any") and f.strikes(now[f.call])), None)


def _judge_words(call: Any, kind: Any, outcome: Any) -> None:
    for name, word, choices in (
        ("call", call, get_args(FaultCall)),
        ("kind", kind, (None, *get_args(FaultKind))),
        ("outcome", outcome, (None, *get_args(Outcome))),
    ):
        if word not in choices:
            known = [choice for choice in choices if choice]
            _refuse(name, word, f"{word!r} is not known", near(str(word), known))


def _judge_numbers(at: Any, times: Any, status: Any, retry_after: Any) -> None:
    for name, value, least in (("at", at, 1), ("times", times, 1), ("retry_after", retry_after, 0)):
        if value is None and name != "at":
            continue
        if type(value) is not int or value < least:
            _refuse(name, value, f"expected a whole number from {least}, got {value!r}")
    if status is not None and (type(status) is not int or not 400 <= status <= 599):
        _refuse("status", status, f"expected an error status, 400 to 599, got {status!r}")


def _judge_together(call: str, status: int | None, kind: str | None, outcome: str | None) -> None:
    said = [name for name, value in (("kind", kind), ("outcome", outcome), ("status", status)) if value]
    if not said:
        _refuse("status", None, "nothing would go wrong", "give status=, kind= or outcome=")
    if len(said) > 1 and not (said == ["kind", "status"] and kind in _WITH_STATUS):
        fix = f"give one; status goes with kind {', '.join(_WITH_STATUS)} only"
        _refuse(said[0], kind or outcome, f"{' and '.join(said)} cannot both happen", fix)
    if outcome and call not in (*_MAKING, "any"):
        _refuse("outcome", outcome, f"call {call!r} makes no job", f"one of {', '.join(_MAKING)}")
    if outcome == "transcription_failed" and call not in ("render", "recipe"):
        _refuse("outcome", outcome, f"call {call!r} is not transcribed", "call 'render' or 'recipe'")
    if kind == "wrong_id" and call not in (*_MAKING, "read"):
        fix = f"one of {', '.join(_MAKING)}, read"
        _refuse("kind", kind, f"not every answer to call {call!r} names a job", fix)


def _refuse(name: str, value: Any, what: str, fix: str | None = None) -> None:
    raise FieldError(f"Fault.{name}: {what}", fix=fix, field=f"Fault.{name}", value=value)
