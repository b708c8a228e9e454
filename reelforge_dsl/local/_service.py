"""The v1 API as a plain function of a request, over a store, a renderer and a clock."""

from __future__ import annotations

import hmac
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal, Self

from attrs import evolve

from reelforge_dsl.errors import FieldError, ManifestInvalidError, near
from reelforge_dsl.local import _documents, _replies, _settings
from reelforge_dsl.local._clock import Clock
from reelforge_dsl.local._events import Deliver, Delivery
from reelforge_dsl.local._exchange import Received, Reply, Request, received
from reelforge_dsl.local._faults import Fault, FaultPlan
from reelforge_dsl.local._files import file_reply
from reelforge_dsl.local._maker import Maker
from reelforge_dsl.local._notices import Notices, without_whisper
from reelforge_dsl.local._routes import Route, route_of
from reelforge_dsl.local._settings import BASE_URL, Folder, Settings
from reelforge_dsl.local._spoil import refusal, spoilt
from reelforge_dsl.local._store import Job, JobKind, StoreError
from reelforge_dsl.local._works import Ended, InstantWorks, Works
from reelforge_dsl.models import Manifest
from reelforge_dsl.timing import schedule

RendererName = Literal["engine", "instant"]
"""What makes the films: the local engine, or nothing at all, for tests."""

KEPT_REQUESTS = 1000
"""How many of the latest requests an instant service keeps to be looked at."""

_MOST_QUEUED = 1000
_RETRY_SECONDS = {429: 5, 503: 10}

_log = logging.getLogger("reelforge_dsl.local")


class Service:
    """The v1 API in this process.

    ::

        service = local.Service(renderer="instant", faults=[local.Fault("read", at=3, status=503)])
        with local.client(service=service) as client:
            client.render(reel).wait()
        assert [r.call for r in service.requests] == ["render", "read", "read", "read", "read"]

    It may be asked from many threads; `close` it, or use it in a ``with`` block.

    With ``renderer="engine"`` jobs, keys and films are kept in a data folder, which one service has
    at a time. A service that was killed leaves it whole: the next one goes on with its jobs, under
    their own ids, and gives one up that three services died over (``service_restarted``). The
    webhook's secret and headers of a request are kept in memory alone.

    Args:
        renderer: ``"engine"`` renders with FFmpeg and composes music. ``"instant"`` makes no film:
            each look at a job moves it one state on, the film is an MP4 container that cannot be
            played, music is silence. A `Maker` of your own makes what it likes.
        faults: What shall go wrong, and when; how jobs end only with ``"instant"``.
        api_key: What everything under ``/v1`` asks for; ``None`` for no key.
        base_url: Before every address that it hands out: scheme, host and port.
        max_body_bytes: Longer bodies are answered 413.
        data_dir: Where everything is kept; ``None`` for a temporary folder that goes at `close`. An
            instant service keeps nothing.
        output_dir: Where films and tracks go, named by their jobs; ``None`` for the data folder.
        media_root: The only folder that ``file:`` addresses may lead to, links followed first.
        any_file: Without a media root, open every file that a document names; else none is.
        allow_private: Whether http(s) assets may come from private, loopback and link-local hosts.
        workers: How many jobs are done at once; ``None`` for one for two processors.
        max_queue: How many may wait; one more is answered 429. Left out: 1000, and any number for an
            instant service, whose jobs wait for looks.
        deliver: What takes the events of jobs with a webhook; ``None`` delivers none.
        secret: What signs events whose request had no secret of its own, or lost it in a restart.

    Attributes:
        base_url: As given, without a slash at its end.
        max_body_bytes: As given.
        key: The API key, wrapped so that nothing shows it, or ``None``.
        clock: Its time; a virtual one with ``renderer="instant"``, for which nobody waits.

    Raises:
        MissingExtraError: It is to render, and the ``local`` extra is not installed.
        StoreError: The data folder is another service's, or cannot be used.
        FieldError: An argument is none of its choices, or would have no effect.

    Source: contract §1, §8–§10; decisions D1, D14, D17.
    """

    def __init__(
        self,
        *,
        renderer: RendererName | Maker = "engine",
        faults: Iterable[Fault] = (),
        api_key: str | None = None,
        base_url: str = BASE_URL,
        max_body_bytes: int = 16 << 20,
        data_dir: Folder | None = None,
        output_dir: Folder | None = None,
        media_root: Folder | None = None,
        any_file: bool = False,
        allow_private: bool = False,
        workers: int | None = None,
        max_queue: int | None = None,
        deliver: Deliver | None = None,
        secret: str | None = None,
    ) -> None:
        self.base_url = _settings.place(base_url)
        self.key = _settings.secret("api_key", api_key)
        self.max_body_bytes = _settings.count("max_body_bytes", max_body_bytes)
        usual = None if renderer == "instant" else _MOST_QUEUED
        self._most_queued = usual if max_queue is None else _settings.count("max_queue", max_queue)
        self._plan = FaultPlan(faults)
        self._notices = Notices(deliver, _settings.secret("secret", secret))
        self._is_closing = False
        self._lock = threading.Lock()
        settings = Settings(
            self.base_url,
            data_dir,
            output_dir,
            _settings.root(media_root),
            any_file,
            allow_private,
            _settings.usual_workers() if workers is None else _settings.count("workers", workers),
        )
        self._works = _works(renderer, settings, self._ended, self._plan)
        self.clock: Clock = self._works.clock
        is_instant = isinstance(self._works, InstantWorks)
        self._received: deque[Received] = deque(maxlen=KEPT_REQUESTS if is_instant else 0)
        try:
            for job in self._works.begin():
                self._notify(job)
        except StoreError:
            self._works.close(0)
            raise

    def __repr__(self) -> str:
        return f"<local.Service {self.base_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    @property
    def requests(self) -> tuple[Received, ...]:
        """The requests that arrived, oldest first: the latest `KEPT_REQUESTS`, and only if it is instant."""
        with self._lock:
            return tuple(self._received)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every job as it stands, oldest first."""
        return self._works.store.jobs()

    def answer(self, request: Request) -> Reply:
        """Return the answer to a request, or how its connection breaks; never raises for what it says."""
        route = route_of(request.method, request.path)
        at = self.clock.now()
        fault = self._plan.at_call(route.call)
        if fault is not None and fault.kind == "refused":
            return Reply(0, broken="refused")
        if fault is not None and fault.kind == "duplicate":
            first = self._reply(request, route)
            self._keep(received(route.call, request, first.status, at))
        refused = refusal(fault) if fault is not None else None
        reply = refused or self._reply(request, route)
        if fault is not None:
            reply = spoilt(reply, fault)
        status = reply.status if reply.broken in (None, "cut") else None
        self._keep(received(route.call, request, status, at))
        return reply

    def settle(self, delivery: Delivery, *, attempts: int, delivered: bool) -> None:
        """Take note how a delivery ended; what is not noted is handed over again after a restart.

        Args:
            delivery: The one that ``deliver`` got.
            attempts: How often it was sent.
            delivered: Whether it arrived; else it was given up.
        """
        self._settle(delivery.job_id, attempts, delivered=delivered)

    def close(self, grace: float = 30, *, last: Callable[[], object] | None = None) -> None:
        """Take no more work (503), end what is under way, and let go of the data folder.

        Jobs that wait, or that were cancelled, are taken up by the next service on the folder.

        Args:
            grace: Wall seconds that renders under way have to finish.
            last: Called when no job runs any more and the folder is still there: what brings the last
                events to their webhooks ends here.
        """
        self._is_closing = True
        self._works.close(grace, last)

    def _keep(self, arrived: Received) -> None:
        with self._lock:
            self._received.append(arrived)

    def _reply(self, request: Request, route: Route) -> Reply:
        if self._is_locked(request):
            return _replies.failure(401, headers={"www-authenticate": "Bearer"})
        if not route.name:
            return _replies.failure(404, message=f"there is nothing at {request.path[:200]!r}")
        if request.method not in route.methods:
            said = f"{request.path[:200]} takes {' and '.join(route.methods)}, not {request.method[:20]}"
            return _replies.failure(405, message=said, headers={"allow": ", ".join(route.methods)})
        try:
            if route.call == "download":
                return self._file(request, route)
            if route.call == "read":
                return self._job(route)
            return self._posted(request, route)
        except StoreError as exc:
            if not self._is_closing:
                _log.error("%s %s: %s", request.method, route.name, exc)
            return _busy(503)

    def _is_locked(self, request: Request) -> bool:
        if self.key is None or not (request.path == "/v1" or request.path.startswith("/v1/")):
            return False
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(key.strip().encode(), self.key.reveal().encode())
        return scheme.lower() != "bearer" or not same

    def _file(self, request: Request, route: Route) -> Reply:
        output = self._works.store.output(route.item)
        if output is None or (route.name == "film") != (output.content_type == "video/mp4"):
            return _replies.failure(404)
        return file_reply(request, output)

    def _job(self, route: Route) -> Reply:
        store = self._works.store
        held = store.find(route.item)
        if held is None or (held.kind == "music") != (route.name == "music_job"):
            return _replies.failure(404, message=f"there is no such job: {route.item[:80]!r}")
        shown = self._works.renderer.look(held.id, store) or held
        progress = self._works.progress(held.id)
        return _replies.look(shown, self.base_url, self._works.music_engine, progress)

    def _posted(self, request: Request, route: Route) -> Reply:
        if len(request.body) > self.max_body_bytes:
            return _replies.failure(413, message=f"the body is longer than {self.max_body_bytes} bytes")
        try:
            data = _documents.plain(request.body)
        except ManifestInvalidError as exc:
            status = 400 if exc.issues[0].code == "not_json" else 422
            return _replies.failure(status, message=exc.issues[0].message, details=exc.issues)
        if route.name == "validate":
            return self._validated(data)
        kind: JobKind = "recipe" if route.name == "recipe" else "music" if route.name == "music" else "render"
        return self._queued(kind, data, request.headers.get("idempotency-key"))

    def _validated(self, data: Any) -> Reply:
        asked = _documents.asked(_documents.kind_to_validate(data), data)
        refused = self._works.refusals(asked.document) if asked.document is not None else ()
        seconds = schedule(asked.document).seconds if isinstance(asked.document, Manifest) else None
        return _replies.validation(asked.issues + refused, seconds)

    def _queued(self, kind: JobKind, data: Any, header_key: str | None) -> Reply:
        """Make a job, or find the one that this key made. Source: decision D14; contract §1 (header wins)."""
        asked = _documents.asked(kind, data)
        if asked.document is None or asked.errors:
            return _replies.failure(422, message=_counted(len(asked.errors)), details=asked.errors)
        if self._is_closing:
            return _busy(503, "shutting_down", "the service is shutting down; try again later")
        refused = self._works.refusals(asked.document)
        if refused:
            return _replies.failure(422, code=refused[0].code, message=refused[0].message, details=refused)
        document, whisper = without_whisper(asked.document)
        job = Job(
            str(uuid.uuid4()),
            kind,
            document,
            _documents.fingerprint(kind, data),
            key=header_key or asked.document.idempotency_key,
            created_at=self.clock.wall(),
            is_signed=whisper.secret is not None,
        )
        self._notices.keep(job.id, whisper)  # before a worker can have ended it
        held = None
        try:
            held = self._works.store.add(job, self._most_queued)
        finally:
            if held is None or held.id != job.id:
                self._notices.forget(job.id)
        if held is None:
            return _busy(429, "queue_full", "too many jobs wait already; try again later")
        if held.fingerprint != job.fingerprint:
            return _replies.failure(409)
        if held.id == job.id:
            self._begin(job)
        return _replies.queued(held)

    def _begin(self, job: Job) -> None:
        fault = self._plan.at_job(job.kind)
        if fault is not None:
            self._works.store.change(job.id, lambda held: evolve(held, fault=fault))
        self._works.renderer.take(job, self._works.store)

    def _ended(self, job: Job) -> None:
        took = (job.ended_at or job.created_at) - job.created_at
        _log.info("job %s: %s %s in %.1f s%s", job.id, job.kind, job.status, took, _why(job))
        self._notify(job)

    def _notify(self, job: Job) -> None:
        shown = _replies.shown(job, self.base_url, self._works.music_engine)
        if not self._notices.tell(job, shown):
            self._settle(job.id, 0, delivered=False)

    def _settle(self, job_id: str, attempts: int, *, delivered: bool) -> None:
        try:
            self._works.store.settle(job_id, attempts, delivered=delivered)
        except StoreError as exc:
            if not self._is_closing:
                _log.warning("job %s: how its event ended could not be kept: %s", job_id, exc)


def _why(job: Job) -> str:
    return "" if job.error_code is None else f" ({job.error_code}: {job.error_message})"


def _busy(status: int, code: str | None = None, message: str | None = None) -> Reply:
    """Return an answer that says to come again, and when."""
    wait = {"retry-after": str(_RETRY_SECONDS[status])}
    return _replies.failure(status, code=code, message=message, headers=wait)


def _counted(errors: int) -> str:
    return "the document has 1 problem" if errors == 1 else f"the document has {errors} problems"


def _works(renderer: str | Maker, settings: Settings, ended: Ended, plan: FaultPlan) -> Works:
    if renderer == "instant":
        if settings.output_dir is not None:
            what = "Service.output_dir: the instant renderer makes no films to keep"
            fix = "leave it out; job.save(path) brings the placeholder"
            raise FieldError(what, fix=fix, field="output_dir")
        return InstantWorks(ended)
    if isinstance(renderer, str) and renderer != "engine":
        what = f"local: renderer {renderer!r} is not known"
        raise FieldError(what, fix=near(renderer, ("engine", "instant")), field="renderer", value=renderer)
    if plan.has_outcomes:
        what = "Service.faults: jobs end as scripted with the instant renderer only"
        raise FieldError(what, fix="renderer='instant'", field="faults")
    from reelforge_dsl.local._rendering import RenderWorks  # needs the extra, which tests can do without

    return RenderWorks(settings, None if isinstance(renderer, str) else renderer, ended)
