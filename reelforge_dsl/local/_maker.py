"""The seam for what makes films and tracks."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from attrs import frozen

from reelforge_dsl.errors import Issue
from reelforge_dsl.local._exchange import FileSlice
from reelforge_dsl.local._store import Job, Output

Report = Callable[[float], None]
"""Told how much of a job is done, 0 to 1; what it raises ends the work and comes out."""


@frozen
class Made:
    """What became of a job.

    Attributes:
        outputs: Its files, whole: one film, or two tracks.
        warnings: What was drawn otherwise than asked for.
    """

    outputs: tuple[Output, ...]
    warnings: tuple[Issue, ...] = ()


class Maker(Protocol):
    """What a service's workers call, one thread each."""

    def make(self, job: Job, folder: Path, report: Report) -> Made:
        """Make a job's files, whole, in a folder.

        Args:
            job: What is asked for; it may have been begun before, by a service that was killed.
            folder: Where the files go, under names that begin with the job's id.
            report: To be called now and then.

        Raises:
            JobFault: It cannot be done.
        """


def output_of(
    path: Path, content_type: str, *, title: str | None = None, seconds: float | None = None
) -> Output:
    """Return a whole file as an output, under a name that nobody guesses."""
    body = FileSlice(path, 0, path.stat().st_size)
    return Output(secrets.token_urlsafe(32) + path.suffix, content_type, body, title=title, seconds=seconds)
