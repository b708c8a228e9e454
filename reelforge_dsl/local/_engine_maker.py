"""Films by the local engine, music by the procedural composer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from reelforge_dsl.engine._files import Access
from reelforge_dsl.engine._film import inspect_source, render_film
from reelforge_dsl.engine._run import Progress
from reelforge_dsl.errors import ReelforgeError
from reelforge_dsl.local._failures import JobFault, fault_of
from reelforge_dsl.local._instant import is_transcribed
from reelforge_dsl.local._maker import Made, Report, output_of
from reelforge_dsl.local._policy import Policy
from reelforge_dsl.local._store import Job, Output
from reelforge_dsl.models import Composed, Manifest
from reelforge_dsl.models.music import MusicRequest
from reelforge_dsl.models.recipes import RecipeRequest


class EngineMaker:
    """Renders and recipes by the local engine, music by the procedural composer.

    Args:
        policy: What may be opened.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def make(self, job: Job, folder: Path, report: Report) -> Made:
        """Make a film, or two tracks.

        Raises:
            JobFault: It cannot be done.
        """
        refused = self._policy.refusals(job.document)  # the service may have come back with other rules
        if refused:
            raise JobFault(refused[0].code, f"{refused[0].path}: {refused[0].message}")
        if is_transcribed(job):
            raise JobFault(
                "transcription_not_supported",
                "speech is not transcribed on this machine (fix: give the captions their words)",
                "transcription_failed",
            )
        try:
            if isinstance(job.document, MusicRequest):
                return Made(_tracks(job, job.document, folder, report))
            return self._film(job, folder, report)
        except (ReelforgeError, OSError) as exc:
            raise fault_of(exc, folder) from exc

    def _film(self, job: Job, folder: Path, report: Report) -> Made:
        def followed(progress: Progress) -> None:
            report(min(progress.frame / max(progress.frames, 1), 1))

        access = self._policy.access(lambda _received, _expected: report(0))
        film = render_film(_document(job, access), folder / f"{job.id}.mp4", access, on_progress=followed)
        output = output_of(film.path, "video/mp4", seconds=film.duration_seconds)
        return Made((output,), film.issues)


def _document(job: Job, access: Access) -> Composed:
    """Return the film that is asked for; a recipe is compiled. Source: contract §10."""
    from reelforge_dsl.local.recipes import compiled

    if isinstance(job.document, RecipeRequest):
        return compiled(job.document, lambda src: inspect_source(src, access).duration_seconds)
    if isinstance(job.document, Manifest):
        return job.document
    raise TypeError("music is no film")


def music_seed(job: Job) -> int:
    """Return what a job's music grows from: its idempotency key, so that it comes again, else its id."""
    return int.from_bytes(hashlib.sha256((job.key or job.id).encode()).digest()[:8], "big")


def _tracks(job: Job, request: MusicRequest, folder: Path, report: Report) -> tuple[Output, ...]:
    """Compose two tracks and write them. Source: contract §8."""
    from reelforge_dsl.local.music import perform, plan, wav

    outputs = []
    for number, score in enumerate(plan(request, music_seed(job)), start=1):
        piece = perform(score)
        path = folder / f"{job.id}-{number}.wav"
        path.write_bytes(wav(piece))
        outputs.append(output_of(path, "audio/wav", title=piece.title, seconds=piece.seconds))
        report(number / 2)
    return tuple(outputs)
