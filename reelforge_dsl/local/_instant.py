"""The renderer for tests: no film, no waiting, every state of the contract once.

The seam: a `Renderer` is told of every new job and asked at every look.
"""

from __future__ import annotations

from typing import Protocol

from attrs import evolve

from reelforge_dsl.local import _placeholders
from reelforge_dsl.local._store import Job, Output, Store
from reelforge_dsl.models import Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest
from reelforge_dsl.wire import digest

_SECONDS = (1, 2)
_SPEAKING = frozenset({"voiceover_explainer", "captioned_clip"})


class Renderer(Protocol):
    """What makes films and music of jobs."""

    def take(self, job: Job, store: Store) -> None:
        """Learn of a new job, which the store holds as ``queued``."""

    def look(self, job_id: str, store: Store) -> Job | None:
        """Return a job as whoever reads it now shall see it; ``None`` when there is none."""


class InstantRenderer:
    """Each look at a job moves it one state on.

    The first look shows ``queued``, the next ``transcribing`` where captions have no words, then
    ``rendering`` (music: ``processing``), then the end. Nothing else moves it.

    Source: contract §9.
    """

    def take(self, job: Job, store: Store) -> None:
        """Do nothing: looks move it."""

    def look(self, job_id: str, store: Store) -> Job | None:
        """Return a job as it stands, and move it on for the next look."""
        return store.change(job_id, _moved)


def states_of(job: Job) -> tuple[str, ...]:
    """Return the states that a job goes through, the last of them its end.

    Source: contract §9.
    """
    outcome = job.fault.outcome if job.fault else None
    if job.kind == "music":
        working: tuple[str, ...] = ("queued", "processing")
    elif outcome == "transcription_failed" or is_transcribed(job):
        working = ("queued", "transcribing", "rendering")
    else:
        working = ("queued", "rendering")
    if outcome == "stuck":
        return working
    if outcome == "transcription_failed":
        return (*working[:2], outcome)
    return (*working, outcome or "completed")


def is_transcribed(job: Job) -> bool:
    """Whether its captions come without words, so that its speech is transcribed first.

    Source: contract §7, §9, §10.
    """
    document = job.document
    if isinstance(document, Manifest):
        captions = document.composition.captions
        return captions is not None and captions.words is None
    if isinstance(document, RecipeRequest):
        return document.recipe_id in _SPEAKING and "transcript_words" not in document.variables.value
    return False


def _moved(job: Job) -> Job:
    states = states_of(job)
    if job.status not in states[:-1]:
        return job
    status = states[states.index(job.status) + 1]
    if status == "completed":
        return evolve(job, status=status, outputs=_outputs(job))
    if status in ("failed", "transcription_failed"):
        code = job.fault.code if job.fault else None
        message = job.fault.message if job.fault else None
        return evolve(job, status=status, error_code=code, error_message=message or "it was told to fail")
    return evolve(job, status=status)


def _outputs(job: Job) -> tuple[Output, ...]:
    if isinstance(job.document, MusicRequest):
        title = job.document.title or "Silence"
        return tuple(_placeholders.track(f"{title} {n}", n) for n in _SECONDS)
    seen = digest(job.document) if isinstance(job.document, Manifest) else job.fingerprint
    return (_placeholders.film(seen),)
