"""What can go wrong, and the one type every finding has.

::

    ReelforgeError
    ├── FieldError (also ValueError)          one argument is outside the contract; raised at the call
    ├── ManifestInvalidError                  .issues
    ├── MissingExtraError (also ImportError)  which extra, and the pip line
    ├── TransportError                        no whole answer came; .idempotency_key
    │   └── TransportTimeoutError (also TimeoutError)
    ├── ApiError                              .status .code .request_id .body .issues .idempotency_key
    │   ├── AuthenticationError               no key, 401, 403
    │   ├── OutOfCreditsError                 402
    │   ├── NotFoundError                     404
    │   ├── ConflictError                     409
    │   ├── RateLimitedError                  408, 429; .retry_after
    │   ├── RejectedError                     every other 4xx
    │   └── ServerError                       5xx
    ├── ReplyError                            the answer is not what the contract says; .body .issues
    ├── JobFailedError                        .job .code
    ├── JobTimeoutError (also TimeoutError)   .job, resumable
    ├── WebhookError                          not a delivery of the service, or not to be trusted
    └── EngineError                           the local engine
        ├── FfmpegNotFoundError
        ├── ProbeError                        .src
        ├── FetchError                        .src
        ├── UnsupportedByEngineError          .issues
        └── FfmpegFailedError                 .argv .stderr_tail

Every error takes one positional ``what`` and keywords with defaults, so it
pickles; what it knows is on attributes; how to mend it is in its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from attrs import field, frozen

Severity = Literal["error", "warning"]


@frozen
class Issue:
    """One finding about a document, a reply or a render.

    Attributes:
        code: Stable lower_snake name of the rule.
        severity: ``"error"`` blocks, ``"warning"`` does not.
        path: JSON path of the value, as ``$.composition.timeline[1].asset_id``.
            A missing key is reported at the path it would have.
        message: What is wrong, in one sentence.
        fix: How to mend it, or ``None``. On the wire this key is ``hint``.
        where: The author's ``file:line, .verb``, or ``None`` when no line wrote it.
    """

    code: str
    severity: Severity
    path: str
    message: str
    fix: str | None = None
    where: str | None = field(default=None, eq=False)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        fix = f"\n  fix: {self.fix}" if self.fix else ""
        return f"{self.path}  {self.message}{place}   [{self.code}]{fix}"


class ReelforgeError(Exception):
    """The root of everything this package raises on purpose.

    Attributes:
        what: The sentence that says what is wrong.
        fix: How to mend it, or ``None``.
    """

    fix: str | None

    def __init__(self, what: str = "", *, fix: str | None = None) -> None:
        super().__init__(what)
        self.fix = fix

    @property
    def what(self) -> str:
        """The sentence that says what is wrong, without the fix."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}" if self.fix else self.what


class FieldError(ReelforgeError, ValueError):
    """One argument is outside the contract; raised at the call that gave it.

    Attributes:
        field: The argument, as ``Layout.fit`` or ``.video: trim``.
        value: What was given.
    """

    def __init__(
        self, what: str = "", *, fix: str | None = None, field: str | None = None, value: Any = None
    ) -> None:
        super().__init__(what, fix=fix)
        self.field = field
        self.value = value


class _IssuesError(ReelforgeError):
    """An error that carries every finding at once."""

    def __init__(self, what: str = "", *, issues: Sequence[Issue] = (), fix: str | None = None) -> None:
        super().__init__(what, fix=fix)
        self.issues = tuple(issues)

    def __str__(self) -> str:
        found = "".join("\n  " + str(issue).replace("\n", "\n  ") for issue in self.issues)
        return super().__str__() + found


class ManifestInvalidError(_IssuesError):
    """A document breaks the contract; ``.issues`` holds every finding, in document order."""


class MissingExtraError(ReelforgeError, ImportError):
    """A feature needs an extra that is not installed.

    Attributes:
        extra: The extra's name, as in ``pip install 'reelforge-dsl[local]'``.
    """

    def __init__(self, what: str = "", *, fix: str | None = None, extra: str = "") -> None:
        super().__init__(what, fix=fix or (f"pip install 'reelforge-dsl[{extra}]'" if extra else None))
        self.extra = extra


class TransportError(ReelforgeError):
    """No whole answer came: refused, reset, cut off or not found, after every retry.

    Attributes:
        idempotency_key: The key of the call, ``None`` for one that has none. Sending the same
            document with it again is safe: whatever became of this call, there is one job.
        attempts: How often it was sent.
    """

    def __init__(
        self,
        what: str = "",
        *,
        fix: str | None = None,
        idempotency_key: str | None = None,
        attempts: int = 0,
    ) -> None:
        super().__init__(what, fix=fix)
        self.idempotency_key = idempotency_key
        self.attempts = attempts


class TransportTimeoutError(TransportError, TimeoutError):
    """The call's time was up before a whole answer came."""


class ApiError(_IssuesError):
    """The service answered with an error.

    Attributes:
        status: The HTTP status, 0 where nothing was sent.
        code: The service's own word for it, or ``None``.
        request_id: What the service's support asks for, or ``None``.
        body: The answer as it came, text, at most 64 KiB of it.
        issues: The service's findings about the document, when it sent any.
        idempotency_key: The key of the call, ``None`` for one that has none.
        attempts: How often it was sent.

    Source: decision D1; house statuses.
    """

    def __init__(
        self,
        what: str = "",
        *,
        fix: str | None = None,
        status: int = 0,
        code: str | None = None,
        request_id: str | None = None,
        body: str = "",
        issues: Sequence[Issue] = (),
        idempotency_key: str | None = None,
        attempts: int = 0,
    ) -> None:
        super().__init__(what, fix=fix, issues=issues)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.body = body
        self.idempotency_key = idempotency_key
        self.attempts = attempts


class AuthenticationError(ApiError):
    """There is no API key, or the service does not take it (401, 403)."""


class OutOfCreditsError(ApiError):
    """The account has too few credits (402)."""


class NotFoundError(ApiError):
    """There is no such job or address (404)."""


class ConflictError(ApiError):
    """The idempotency key was used for another document (409). Source: decision D14."""


class RateLimitedError(ApiError):
    """Too many calls (408, 429), still after every retry.

    Attributes:
        retry_after: Seconds of wall time that the service asks to wait, or ``None``.
    """

    retry_after: float | None = None


class RejectedError(ApiError):
    """The service does not accept the request (any other 4xx); ``.issues`` holds its findings."""


class ServerError(ApiError):
    """The service failed (5xx), still after every retry."""


class ReplyError(_IssuesError):
    """The answer is not what the contract says.

    Attributes:
        status: The HTTP status.
        request_id: What the service's support asks for, or ``None``.
        body: The answer as it came, text, at most 64 KiB of it.
        issues: What is wrong with it, each with its JSON path.
        idempotency_key: The key of the call, ``None`` for one that has none.
    """

    def __init__(
        self,
        what: str = "",
        *,
        fix: str | None = None,
        status: int = 0,
        request_id: str | None = None,
        body: str = "",
        issues: Sequence[Issue] = (),
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(what, fix=fix, issues=issues)
        self.status = status
        self.request_id = request_id
        self.body = body
        self.idempotency_key = idempotency_key


class JobFailedError(ReelforgeError):
    """A job ended without its result.

    Attributes:
        job: The handle, as it stood.
        code: The service's own word for it, as ``caption_alignment_failed``, or ``None``.
    """

    def __init__(
        self, what: str = "", *, fix: str | None = None, job: Any = None, code: str | None = None
    ) -> None:
        super().__init__(what, fix=fix)
        self.job = job
        self.code = code


class JobTimeoutError(ReelforgeError, TimeoutError):
    """The wait was over before the job; the job goes on.

    Attributes:
        job: The handle; wait for it again, or in another process by ``client.job(job.id)``.
    """

    def __init__(self, what: str = "", *, fix: str | None = None, job: Any = None) -> None:
        super().__init__(what, fix=fix)
        self.job = job


class WebhookError(ReelforgeError):
    """A delivery is malformed, unsigned, wrongly signed or too old."""


class EngineError(ReelforgeError):
    """The local engine could not make the film."""


class FfmpegNotFoundError(EngineError):
    """No FFmpeg binary was found."""


class ProbeError(EngineError):
    """A media file is missing, unreadable, empty or not media.

    Attributes:
        src: The file or URL as the document names it.
    """

    def __init__(self, what: str = "", *, fix: str | None = None, src: str = "") -> None:
        super().__init__(what, fix=fix)
        self.src = src


class FetchError(ProbeError):
    """An http(s) asset was refused or did not arrive."""


class UnsupportedByEngineError(EngineError, _IssuesError):
    """The document uses fields that the local engine does not draw yet; ``.issues`` names each."""


class FfmpegFailedError(EngineError):
    """FFmpeg ended with an error.

    Attributes:
        argv: The command, as a list of arguments.
        stderr_tail: The last lines that FFmpeg printed.
    """

    def __init__(
        self,
        what: str = "",
        *,
        fix: str | None = None,
        argv: Sequence[str] = (),
        stderr_tail: str = "",
    ) -> None:
        super().__init__(what, fix=fix)
        self.argv = tuple(argv)
        self.stderr_tail = stderr_tail

    def __str__(self) -> str:
        said = "".join(f"\n    {line}" for line in self.stderr_tail.strip().splitlines())
        return super().__str__() + (f"\n  ffmpeg said:{said}" if said else "")


def near(word: str, known: Iterable[str]) -> str:
    """Return the sentence that helps with a mistyped word.

    Args:
        word: What was written.
        known: What would have been right, in the order to show it.

    Returns:
        ``did you mean 'cover'?`` when one is close, else ``one of 'contain', 'cover'``.
    """
    import difflib  # here, for a mistake is rare and every import would pay

    choices = list(known)
    matches = difflib.get_close_matches(word.lower(), [c.lower() for c in choices], n=1, cutoff=0.6)
    if matches:
        match = next(c for c in choices if c.lower() == matches[0])
        return f"did you mean {match!r}?"
    return "one of " + ", ".join(repr(c) for c in choices)
