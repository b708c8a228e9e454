"""Handles for asyncio: what a queued job can be asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from reelforge_dsl.client import _flows as flows
from reelforge_dsl.client import _saving as saving
from reelforge_dsl.client._config import seconds
from reelforge_dsl.client._jobs import MUSIC, RENDER, Handle, MusicHandle, output_of
from reelforge_dsl.client._terminal import download_bar
from reelforge_dsl.models.jobs import RenderState


class AsyncRenderJob(Handle[RenderState]):
    """A render, as it stood when it was last looked at."""

    __slots__ = ()

    kind = RENDER

    async def refresh(self) -> Self:
        """Look once at how it stands.

        Raises:
            NotFoundError: There is no such job.
            ReelforgeError: The call failed, or the handle came without its client.
        """
        client = self._owner()
        self._take(await client._run(flows.looked_up(client._session, RENDER, self.id)))
        return self

    async def wait(
        self,
        timeout: float | None = 900,
        poll: float | None = None,
        on_progress: Callable[[AsyncRenderJob], object] | None = None,
    ) -> Self:
        """Follow it to its end; looks that fail are tried again.

        Args:
            timeout: Wall seconds in all; ``None``: no limit.
            poll: Wall seconds between looks, instead of pauses that grow from 1 to 30 s.
            on_progress: Called with the handle after every look; what it returns is awaited if it can be.

        Raises:
            JobFailedError: It ended without a film.
            JobTimeoutError: The time was up. It goes on: ``.wait()`` again.
            AuthenticationError: The key is not taken.
            NotFoundError: There is no such job.
            ReplyError: The answers are not what the contract says.
        """
        await _wait(self, timeout, poll, on_progress)
        return self

    async def save(self, path: str | os.PathLike[str], *, timeout: float | None = None) -> Path:
        """Download the film; the file appears whole or not at all, and replaces one that is there.

        The API key is not sent to the film's host. A download that breaks off goes on where it was.

        Args:
            path: Where to; its folder must exist.
            timeout: Wall seconds in all; ``None``: only a minute of silence ends a try.

        Returns:
            The path, absolute.

        Raises:
            FieldError: ``path`` names no file in a folder that exists.
            ReelforgeError: There is no film yet, or it does not arrive whole.
            OSError: The disk is full, or the folder may not be written.
        """
        client = self._owner()
        url, limit = output_of(self), seconds(timeout, ".save: timeout")
        with download_bar(os.path.basename(path)) as report:  # noqa: PTH119 - any path-like
            saved: Path = await client._run(saving.saved(client._session, url, path, limit, report))
        return saved


class AsyncMusicJob(MusicHandle):
    """A music generation, as it stood when it was last looked at."""

    __slots__ = ()

    async def refresh(self) -> Self:
        """Look once at how it stands.

        Raises:
            NotFoundError: There is no such job.
            ReelforgeError: The call failed, or the handle came without its client.
        """
        client = self._owner()
        self._take(await client._run(flows.looked_up(client._session, MUSIC, self.id)))
        return self

    async def wait(
        self,
        timeout: float | None = 900,
        poll: float | None = None,
        on_progress: Callable[[AsyncMusicJob], object] | None = None,
    ) -> Self:
        """Follow it to its end; looks that fail are tried again.

        Args:
            timeout: Wall seconds in all; ``None``: no limit.
            poll: Wall seconds between looks, instead of pauses that grow from 1 to 30 s.
            on_progress: Called with the handle after every look; what it returns is awaited if it can be.

        Raises:
            JobFailedError: It ended without tracks.
            JobTimeoutError: The time was up. It goes on: ``.wait()`` again.
            AuthenticationError: The key is not taken.
            NotFoundError: There is no such job.
            ReplyError: The answers are not what the contract says.
        """
        await _wait(self, timeout, poll, on_progress)
        return self

    async def save(self, path: str | os.PathLike[str], *, timeout: float | None = None) -> tuple[Path, ...]:
        """Download both tracks: ``beat-1.mp3`` and ``beat-2.mp3`` for a path of ``beat.mp3``.

        Args:
            path: Where to; its folder must exist.
            timeout: Wall seconds in all; ``None``: only a minute of silence ends a try.

        Returns:
            The paths, absolute.

        Raises:
            FieldError: ``path`` names no file in a folder that exists.
            ReelforgeError: There are no tracks yet, or one does not arrive whole.
            OSError: The disk is full, or the folder may not be written.
        """
        client = self._owner()
        urls, limit = self._track_urls(), seconds(timeout, ".save: timeout")
        with download_bar(os.path.basename(path)) as report:  # noqa: PTH119 - any path-like
            saved: tuple[Path, ...] = await client._run(
                saving.saved_tracks(client._session, urls, path, limit, report)
            )
        return saved


async def _wait(job: Any, timeout: float | None, poll: float | None, on_progress: Any) -> None:
    client = job._owner()
    limit, pause = seconds(timeout, ".wait: timeout"), flows.pause_of(poll)
    await client._run(flows.waited(client._session, job, limit, pause, on_progress))
