"""What a service is made with, judged where it is given."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from attrs import frozen

from reelforge_dsl.client import Secret
from reelforge_dsl.errors import FieldError

BASE_URL = "http://local.reelforge"
"""Where a service in this process seems to be; the name leads nowhere else."""

Folder = str | os.PathLike[str]


@frozen
class Settings:
    """How a service that renders works; see `reelforge_dsl.local.Service` for each.

    Attributes:
        base_url: Scheme, host and port.
        data_dir: ``None`` for a temporary folder.
        output_dir: ``None`` for one in the data folder.
        media_root: The only folder that files come from, or ``None``.
        any_file: Every file may be opened where there is no media root.
        allow_private: Private hosts may be reached.
        workers: Jobs done at once.
    """

    base_url: str
    data_dir: Folder | None
    output_dir: Folder | None
    media_root: Path | None
    any_file: bool
    allow_private: bool
    workers: int


def place(base_url: str) -> str:
    """Return scheme, host and port, without the slash at the end.

    Raises:
        FieldError: It is something else.
    """
    bare = base_url.rstrip("/")
    if not re.fullmatch(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", bare):
        what = f"Service.base_url: {base_url!r:.80} is not scheme, host and port"
        raise FieldError(what, fix=f"as in {BASE_URL!r}", field="base_url", value=base_url)
    return bare


def secret(name: str, text: str | None) -> Secret | None:
    """Return a key or secret, wrapped so that nothing shows it.

    Raises:
        FieldError: It is empty, or holds what no header takes.
    """
    if text is None:
        return None
    if not isinstance(text, str) or not re.fullmatch(r"[\x21-\x7e]+", text):
        what = f"Service.{name}: is empty, or holds what no HTTP header takes"
        raise FieldError(what, fix="use letters, digits and dashes; leave it out for none", field=name)
    return Secret(text)


def count(name: str, value: Any) -> int:
    """Return a number of things.

    Raises:
        FieldError: It is no whole number from 1.
    """
    if type(value) is not int or value < 1:
        what = f"Service.{name}: expected a whole number from 1, got {value!r:.40}"
        raise FieldError(what, field=name, value=value)
    return value


def root(folder: Folder | None) -> Path | None:
    """Return the media root, absolute.

    Raises:
        FieldError: It is no folder.
    """
    if folder is None:
        return None
    path = Path(folder).absolute()
    if not path.is_dir():
        what = f"Service.media_root: {path} is no folder"
        raise FieldError(what, fix="make it, or name another", field="media_root", value=folder)
    return path


def usual_workers() -> int:
    """Return how many renders this machine does at once: one for two of its processors."""
    return max(1, (os.cpu_count() or 1) // 2)
