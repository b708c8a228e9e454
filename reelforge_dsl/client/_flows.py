"""Every call as a generator of steps: retries, readings, waiting. No I/O, no second copy for async."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from attrs import frozen

from reelforge_dsl.client import _outcomes as outcomes
from reelforge_dsl.client._bodies import Body
from reelforge_dsl.client._calls import Call, Clock, Flow, Pause, Reply, Send, Tell, left, timely
from reelforge_dsl.client._config import Config
from reelforge_dsl.client._jobs import Handle, Kind, failed
from reelforge_dsl.errors import (
    ApiError,
    AuthenticationError,
    FieldError,
    JobTimeoutError,
    NotFoundError,
    RateLimitedError,
    ReelforgeError,
    RejectedError,
    ReplyError,
    ServerError,
    TransportError,
)
from reelforge_dsl.models.jobs import JobState, Validation
from reelforge_dsl.units import real
from reelforge_dsl.wire import replies

T = TypeVar("T")
S = TypeVar("S", bound=JobState)

_log = logging.getLogger("reelforge_dsl")
_log.addHandler(logging.NullHandler())

GROWTH = 1.5
"""How the pauses between two looks at a job grow, from the config's first to its last."""

READ_SECONDS = 60.0
"""Wall seconds that one look at a job may take while it is waited for."""

_BACK_OFF, _LONGEST_BACK_OFF = 0.5, 8.0
_AT_THE_END = 1.0
_STRIKES = 3


@frozen
class Session:
    """What every flow of one client knows."""

    config: Config
    clock: Clock

    def deadline(self, seconds: float | None) -> float | None:
        """Return the moment that lies so many seconds ahead, on the clock's ``now``."""
        return None if seconds is None else self.clock.now() + seconds

    def get(self, path: str) -> Call:
        """Return a reading call."""
        return Call("GET", path, self.config.base_url + path)

    def post(self, path: str, body: Body) -> Call:
        """Return a call with a body, which its idempotency key makes safe to repeat."""
        return Call("POST", path, self.config.base_url + path, body.sent, body.idempotency_key)


@frozen
class Reading:
    """How the answers of one call are read.

    Attributes:
        good: Makes the result of a good answer, or raises `ReplyError`.
        refused: Makes a result of an answer that says no, where it is one.
        locate: Adds the author's lines to the service's findings.
    """

    good: Callable[[bytes], Any]
    refused: Callable[[bytes, int], Any] | None = None
    locate: outcomes.Locate | None = None


def answered(
    session: Session, call: Call, reading: Reading, *, limit: float | None, retries: int
) -> Flow[Any]:
    """Send a call until it is answered: the one place that retries.

    Connections that fail, 408, 429, 5xx and answers that cannot be read are tried again, with the
    same bytes and the same key, after a pause that doubles or that ``Retry-After`` names; never
    beyond the limit.

    Args:
        session: Of the client.
        call: What is sent.
        reading: What becomes of the answer.
        limit: Wall seconds in all.
        retries: How often it is sent again.

    Raises:
        ApiError: The service says no.
        TransportError: No whole answer came.
        ReplyError: The answer is not what the contract says.
    """
    deadline = session.deadline(limit)
    before, last, last_told = "", None, ""
    attempt = 0
    while True:
        attempt += 1
        outcome = timely((yield Send(call, deadline)), deadline, session.clock)
        if outcome != last:
            before = last_told
        result = _judged(session, call, reading, outcome, attempt, limit, before)
        _note(call, outcome, attempt)
        if not isinstance(result, ReelforgeError):
            return result
        pause = _pause_before_next(session, call, result, outcome, attempt, retries, deadline)
        if pause is None:
            raise result
        last, last_told = outcome, result.what.partition(outcomes.BEFORE)[0]
        _log.debug("%s again in %.2f s", outcomes.told(call), pause)
        yield Pause(pause)


def _judged(
    session: Session,
    call: Call,
    reading: Reading,
    outcome: Any,
    attempt: int,
    limit: float | None,
    before: str,
) -> Any:
    """Return the result of one try, or the error that it came to."""
    config, wall = session.config, session.clock.wall
    if not isinstance(outcome, Reply):
        return outcomes.transport_error(config, call, outcome, attempt, limit=limit, before=before)
    if outcome.is_good and not replies.refuses(outcome.body):
        return outcomes.read(config, call, outcome, reading.good)
    if reading.refused is not None and outcome.status in (200, 400, 422):
        result = reading.refused(outcome.body, outcome.status)
        if result is not None:
            return result
    return outcomes.api_error(config, call, outcome, attempt, wall=wall(), locate=reading.locate)


def _pause_before_next(
    session: Session,
    call: Call,
    error: ReelforgeError,
    outcome: Any,
    attempt: int,
    retries: int,
    deadline: float | None,
) -> float | None:
    """Return the seconds to wait before the next try, ``None`` when there is none."""
    if attempt > retries or not _is_passing(error, outcome):
        return None
    if not call.repeats and not (isinstance(error, TransportError) and outcome.kind == "connect"):
        return None
    asked = outcomes.retry_after(outcome, session.clock.wall()) if isinstance(outcome, Reply) else None
    pause = min(_BACK_OFF * 2 ** min(attempt - 1, 10), _LONGEST_BACK_OFF) * (0.5 + session.clock.dice() / 2)
    pause = max(pause, asked or 0.0)
    remaining = left(deadline, session.clock)
    return pause if remaining is None or pause < remaining else None


def _is_passing(error: ReelforgeError, outcome: Any) -> bool:
    """Tell whether another try may end better."""
    if isinstance(error, TransportError):
        return bool(outcome.kind != "tls")
    if isinstance(error, ReplyError):
        return isinstance(outcome, Reply) and outcome.is_good
    return isinstance(error, (RateLimitedError, ServerError))


def _note(call: Call, outcome: Any, attempt: int) -> None:
    if not _log.isEnabledFor(logging.DEBUG):
        return
    if isinstance(outcome, Reply):
        request = outcome.headers.get("x-request-id", "none")
        _log.debug(
            "%s answered %s (try %s, request %s)", outcomes.told(call), outcome.status, attempt, request
        )
    else:
        _log.debug("%s failed: %s (try %s)", outcomes.told(call), outcome.kind, attempt)


def called(session: Session, call: Call, reading: Reading) -> Flow[Any]:
    """Send a call within the client's own limits."""
    return answered(session, call, reading, limit=session.config.timeout, retries=session.config.retries)


def validated(session: Session, body: Body) -> Flow[Validation]:
    """Ask for the verdict on a document; what is wrong with it is reported, not raised."""
    reading = Reading(replies.validation, replies.refused_validation, body.locate)
    verdict: Validation = yield from called(session, session.post("/v1/videos/validate", body), reading)
    if body.locate is None:
        return verdict
    from attrs import evolve

    return evolve(verdict, errors=body.locate(verdict.errors), warnings=body.locate(verdict.warnings))


def queued(session: Session, body: Body, path: str, reader: Callable[[bytes], S]) -> Flow[S]:
    """Queue a job."""
    state: S = yield from called(session, session.post(path, body), Reading(reader, None, body.locate))
    return state


def looked_up(session: Session, kind: Kind[S], job_id: str) -> Flow[S]:
    """Ask how a job stands."""
    state: S = yield from called(session, *_look(session, kind, job_id))
    return state


def _look(session: Session, kind: Kind[S], job_id: str) -> tuple[Call, Reading]:
    path = kind.path + quote(job_id, safe="")
    return session.get(path), Reading(lambda body: kind.read(body, job_id))


def requested(session: Session, method: str, path: str, body: Body | None) -> Flow[Any]:
    """Call an endpoint that this client does not know.

    It is sent again only when it reads, or when its body has an idempotency key.
    """
    method = _method(method)
    _demand_path(path)
    repeats = method in ("GET", "HEAD") or (body is not None and body.idempotency_key is not None)
    call = Call(
        method,
        path.partition("?")[0],
        session.config.base_url + quote(path, safe="/%?&=:@!$'()*+,;~-._"),
        None if body is None else body.sent,
        None if body is None else body.idempotency_key,
        repeats=repeats,
    )
    result = yield from called(session, call, Reading(_any_value))
    return result


def _any_value(body: bytes) -> Any:
    return replies.value_of(body) if body.strip() else None


def _method(method: Any) -> str:
    if not isinstance(method, str) or not method.isascii() or not method.isalpha():
        raise FieldError(
            f"request: method {method!r:.40} is none", fix="use 'GET' or 'POST'", field="method", value=method
        )
    return method.upper()


def _demand_path(path: Any) -> None:
    if (
        not isinstance(path, str)
        or not path.startswith("/")
        or path.startswith("//")
        or any(not c.isprintable() or c in " \\#" for c in path)
        or any(part in (".", "..") for part in path.partition("?")[0].split("/"))
    ):
        raise FieldError(
            "request: path is a path on the service, which the key does not leave",
            fix="use '/v1/…', without scheme and host; base_url= of the client says where",
            field="path",
        )


def waited(
    session: Session,
    job: Handle[S],
    timeout: float | None,
    poll: float | None,
    on_progress: Callable[[Any], object] | None,
) -> Flow[None]:
    """Follow a job to its end.

    A look that fails does not end the wait, an outage of any length neither: the deadline does. A
    refused key or an unknown job ends it at once, an answer against the contract at the third in a row.

    Args:
        session: Of the client.
        job: Its state is replaced at every look.
        timeout: Wall seconds in all; ``None``: no limit.
        poll: Wall seconds between two looks, instead of growing ones.
        on_progress: Called with the handle at every look.

    Raises:
        JobFailedError: It ended without its result.
        JobTimeoutError: The time was up; the job goes on.
        AuthenticationError: The key is not taken.
        NotFoundError: There is no such job.
        ReplyError: The answers are not what the contract says.
    """
    clock = session.clock
    deadline = session.deadline(timeout)
    pause = session.config.first_pause
    last, strikes, fault = False, 0, ""
    while not _has_ended(job):
        remaining = left(deadline, clock)
        if remaining is not None and remaining <= 0:
            raise _too_late(job, timeout, fault)
        outcome = yield from _one_look(session, job, remaining)
        asked = 0.0
        if isinstance(outcome, ReelforgeError):
            strikes = strikes + 1 if _is_against_contract(outcome) else 0
            if isinstance(outcome, (AuthenticationError, NotFoundError)) or strikes >= _STRIKES:
                raise outcome
            asked = getattr(outcome, "retry_after", None) or 0.0
            fault = outcome.what
        else:
            job._take(outcome)
            strikes, fault = 0, ""
            if on_progress is not None:
                yield Tell(on_progress, job)
            if _has_ended(job):
                break
        if last:
            raise _too_late(job, timeout, fault)
        wish = poll if poll is not None else pause * (0.97 + 0.03 * clock.dice())
        pause = min(pause * GROWTH, session.config.last_pause)
        wish, last = _within(max(wish, asked), left(deadline, clock))
        yield Pause(wish)
    if job.state.has_failed:
        raise failed(job)


def _has_ended(job: Handle[S]) -> bool:
    return job.state.is_terminal


def _one_look(session: Session, job: Handle[S], remaining: float | None) -> Flow[S | ReelforgeError]:
    """Look once; an error is returned, not raised."""
    own = session.config.timeout if session.config.timeout is not None else READ_SECONDS
    limit = own if remaining is None else min(own, remaining)
    call, reading = _look(session, job.kind, job.id)
    try:
        state: S = yield from answered(session, call, reading, limit=limit, retries=0)
    except (ApiError, TransportError, ReplyError) as exc:
        return exc.with_traceback(None)
    return state


def _is_against_contract(error: ReelforgeError) -> bool:
    if isinstance(error, ReplyError):
        return not replies.is_unreadable(error)
    return isinstance(error, RejectedError)


def _within(wish: float, remaining: float | None) -> tuple[float, bool]:
    """Return a pause that leaves time for one last look before the deadline, and whether it is the last."""
    if remaining is None:
        return wish, False
    latest = remaining - min(_AT_THE_END, remaining / 2)
    return min(wish, latest), wish > latest


def _too_late(job: Handle[Any], timeout: float | None, fault: str) -> JobTimeoutError:
    about = f"; the last look failed: {fault}" if fault else ""
    return JobTimeoutError(
        f"{job.kind.name} {job.id} is {job.status} after {timeout or 0:g} s{about}",
        fix=f"it goes on: error.job.wait() again, or client.{job.kind.verb}({job.id!r}) anywhere",
        job=job,
    )


def pause_of(value: Any) -> float | None:
    """Return the fixed pause between looks, ``None`` for growing ones.

    Raises:
        FieldError: It is no number above 0.
    """
    held = None if value is None else real(value)
    if value is not None and (held is None or held <= 0):
        raise FieldError(
            f".wait: poll: expected seconds above 0, got {value!r:.40}",
            fix="leave it out for pauses that grow from 1 to 30 s",
            field=".wait: poll",
            value=value,
        )
    return held
