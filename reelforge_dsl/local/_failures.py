"""What the engine raises, as the code and the sentence that a failed job shows.

The sentence goes to whoever asked for the film, who may sit elsewhere: it names files, never folders.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from reelforge_dsl.errors import (
    FetchError,
    FfmpegNotFoundError,
    ManifestInvalidError,
    MissingExtraError,
    ProbeError,
    ReelforgeError,
    UnsupportedByEngineError,
)

_IMPOSSIBLE_TRIM = frozenset({"trim_past_end"})
_FOLDERS = re.compile(
    r"""(?<![\w:/.\\])(?:file:(?://)?)?(?:/(?:[^\s/'"<>:]+/)+|[A-Za-z]:\\(?:[^\\'"<>:]+\\)+)"""
)
_COPY = re.compile(r"\S*[0-9a-f]{32}-[0-9a-f]{16}(?:\.\w+)?")  # what the engine keeps of a fetched asset
_LONGEST = 1000


class JobFault(Exception):  # noqa: N818 - an outcome, not a mistake of the code
    """A job that cannot be done.

    Attributes:
        code: Its stable word. Source: contract §9 for the classes; the words are ours.
        message: What is wrong and how to mend it, without a folder of this machine.
        status: The state that it ends in.
    """

    def __init__(self, code: str, message: str, status: str = "failed") -> None:
        super().__init__(code)
        self.code = code
        self.message = without_folders(message.encode("utf-8", "replace").decode())[:_LONGEST]
        self.status = status


def fault_of(error: ReelforgeError | OSError, folder: Path) -> JobFault:
    """Return how a job ends that met an error of the engine, of a recipe or of the disk.

    Args:
        error: What was raised.
        folder: Where films go, which is nobody's business.
    """
    if isinstance(error, OSError):
        return JobFault(
            "engine_failed", f"a file cannot be read or written: {error.strerror or 'it is cut off'}"
        )
    said = _sentence(error).replace(str(folder), "the service's folder")
    return JobFault(_code(error), _COPY.sub(lambda _: "the file", said))


def without_folders(text: str) -> str:
    """Return a sentence in which paths of this machine are file names; http(s) addresses stay whole."""
    return _FOLDERS.sub("", text)


def _code(error: ReelforgeError) -> str:
    match error:
        case ManifestInvalidError():
            told = {issue.code for issue in error.issues if issue.severity == "error"}
            return "impossible_trim" if told & _IMPOSSIBLE_TRIM else "invalid_document"
        case FetchError():
            return "asset_unreachable"
        case ProbeError():
            return "asset_unreachable" if isinstance(error.__cause__, OSError) else "asset_unusable"
        case UnsupportedByEngineError():
            return "unsupported_by_engine"
        case FfmpegNotFoundError() | MissingExtraError():
            return "engine_unavailable"
        case _:
            return "engine_failed"


def _sentence(error: ReelforgeError) -> str:
    issues = getattr(error, "issues", ())
    said = error.what
    said += "".join(f"; {issue.path}: {issue.message}" for issue in issues if issue.severity == "error")
    if isinstance(error, ProbeError):
        said = _public(said, error.src)
    fix = error.fix or next((issue.fix for issue in issues if issue.fix), None)
    return f"{said} (fix: {fix})" if fix else said


def _public(said: str, src: str) -> str:
    """Name a file as the document does: by its address without login and query, or by its bare name."""
    parts = urlsplit(src)
    if parts.scheme in ("http", "https"):
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return _COPY.sub(lambda _: address, said)
    path = Path(url2pathname(parts.path)) if parts.scheme == "file" else Path(src)
    bare = src.rpartition("/")[2] or src
    return said.replace(src, bare).replace(f"{path.parent}{os.sep}", "")
