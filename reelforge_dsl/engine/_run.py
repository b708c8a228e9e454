"""Start ffmpeg, watch it, and never leave it behind.

The only file of the engine's I/O that starts processes.

A process is started from a thread of its own, which lives as long as the process does:
Python raises ``KeyboardInterrupt`` in the main thread only, so none can fall between the
fork and our knowing the process id; and Linux sends the parent-death signal when the
*thread* that forked ends, so that thread has to stay.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from attrs import frozen

from reelforge_dsl.errors import FfmpegFailedError, FfmpegNotFoundError

_TICK_SECONDS = 0.25  # how soon a stall or, on Windows, Ctrl-C is noticed
_GRACE_SECONDS = 2.0  # between asking ffmpeg to end and making it
_REPORTS_APART_SECONDS = 0.1
_TAIL_BYTES = 16 << 10
_HEAD_BYTES = 1 << 20
_TAIL_LINES = 30


@frozen
class Progress:
    """How far a render is.

    Attributes:
        frame: Frames written so far.
        frames: Frames the film will have.
        seconds: Length written so far, in seconds of the output.
        fps: Frames per second of wall time.
        speed: Output seconds per second of wall time; ``None`` while unknown.
        eta_seconds: Wall seconds still to go; ``None`` while unknown.
    """

    frame: int
    frames: int
    seconds: float
    fps: float
    speed: float | None
    eta_seconds: float | None


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    frames: int,
    on_progress: Callable[[Progress], object] | None = None,
    stall_seconds: float = 120,
) -> None:
    """Run one ffmpeg to its end; only exit code 0 counts as success.

    Args:
        argv: The command; it must hold ``-nostdin`` and ``-progress pipe:1``.
        cwd: The folder it works in.
        frames: Frames the output will have.
        on_progress: Called in this thread, at most ten times a second, and once at the end.
            What it raises ends ffmpeg and is raised here.
        stall_seconds: Wall seconds without a new frame, byte or output second before it is given up.

    Raises:
        FfmpegNotFoundError: If the program cannot be started.
        FfmpegFailedError: If it fails, is killed or stalls.
    """
    blocks: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
    child = _Child(argv, cwd, lambda out: _read_blocks(out, blocks.put), lambda: blocks.put(None), head=0)
    meter = _Meter(frames, on_progress)
    stalled = False
    with _kept(child):
        while not stalled:
            try:
                block = blocks.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                stalled = meter.idle_seconds() > stall_seconds
                continue
            if block is None:
                break
            meter.take(block)
            stalled = meter.idle_seconds() > stall_seconds
    if stalled:
        raise FfmpegFailedError(
            f"ffmpeg stalled: nothing new for {stall_seconds:g} s, at frame {meter.last.frame} of {frames}",
            fix="is the disk or a network folder hanging? try again, or with draft=True",
            argv=argv,
            stderr_tail=child.tail(),
        )
    code = child.code()
    if code != 0:
        raise _failure(code, argv, child.tail(), cwd)
    meter.finish()


def capture(argv: Sequence[str], *, timeout: float) -> tuple[int, bytes, str]:
    """Run a short command to its end and return what it said.

    Args:
        argv: The command; for ffmpeg with ``-nostdin``.
        timeout: Wall seconds it may take.

    Returns:
        Exit code (negative: killed by that signal), all of stdout, and stderr as text: its first
        MiB and its last 16 KiB when it is longer. Bytes that are not UTF-8 are kept as surrogates.

    Raises:
        FfmpegNotFoundError: If the program cannot be started.
        FfmpegFailedError: If it takes longer than ``timeout``.
    """
    output: list[bytes] = []
    ended = threading.Event()
    child = _Child(argv, None, lambda out: output.append(out.read()), ended.set, head=_HEAD_BYTES)
    until = time.monotonic() + timeout
    with _kept(child):
        while not ended.wait(_TICK_SECONDS) and time.monotonic() < until:
            pass
        in_time = ended.is_set()
    if not in_time:
        raise FfmpegFailedError(
            f"ffmpeg did not finish within {timeout:g} s",
            fix="is the file very large, or the disk or network folder hanging?",
            argv=argv,
            stderr_tail=child.tail(),
        )
    return child.code(), output[0], child.said.text()


@contextlib.contextmanager
def terminal_bar(total_frames: int) -> Iterator[Callable[[Progress], None]]:
    """Show a progress bar while the block runs, where someone can see it.

    Args:
        total_frames: Frames the output will have.

    Yields:
        A callable for ``on_progress``: it draws on stderr if that is a terminal and ``tqdm`` is
        installed, and does nothing otherwise.
    """
    bar = _bar(total_frames)
    if bar is None:
        yield lambda _progress: None
        return

    def draw(progress: Progress) -> None:
        bar.update(min(progress.frame, total_frames) - bar.n)

    with contextlib.closing(bar):
        yield draw


def _bar(total_frames: int) -> Any:
    """Return a tqdm bar, or ``None`` where none would be seen."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total_frames, unit=" frames", file=sys.stderr, dynamic_ncols=True)


class _Meter:
    """Turns ffmpeg's progress blocks into events, not too many of them."""

    def __init__(self, frames: int, on_progress: Callable[[Progress], object] | None) -> None:
        self._frames = frames
        self._report = on_progress
        self._began = self._moved = time.monotonic()
        self._reported = float("-inf")
        self._mark: tuple[str | None, ...] = ()
        self.last = Progress(0, frames, 0.0, 0.0, None, None)

    def take(self, block: Mapping[str, str]) -> None:
        """Take one block in; report it unless the last report was a moment ago."""
        now = time.monotonic()
        mark = tuple(block.get(key) for key in ("frame", "out_time_us", "total_size"))
        if mark != self._mark:
            self._mark, self._moved = mark, now
        frame = int(_number(block.get("frame")) or 0)
        elapsed = now - self._began
        left = max(self._frames - frame, 0)
        self.last = Progress(
            frame=frame,
            frames=self._frames,
            seconds=max(_number(block.get("out_time_us")) or 0.0, 0.0) / 1e6,
            fps=_number(block.get("fps")) or 0.0,
            speed=_number(block.get("speed", "").strip().removesuffix("x")),
            eta_seconds=left * elapsed / frame if frame > 0 else None,
        )
        if self._report is not None and now - self._reported >= _REPORTS_APART_SECONDS:
            self._reported = now
            self._report(self.last)

    def idle_seconds(self) -> float:
        """Return the wall seconds since something last moved."""
        return time.monotonic() - self._moved

    def finish(self) -> None:
        """Report the end."""
        if self._report is not None:
            final = self.last
            self._report(Progress(final.frame, self._frames, final.seconds, final.fps, final.speed, 0.0))


def _number(text: str | None) -> float | None:
    """Read one of ffmpeg's numbers; ``N/A`` and nonsense are ``None``."""
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _read_blocks(out: IO[bytes], put: Callable[[dict[str, str]], None]) -> None:
    """Read ``key=value`` lines; each ``progress=`` line ends a block."""
    block: dict[str, str] = {}
    for line in out:
        key, _, value = line.decode("utf-8", "replace").strip().partition("=")
        if key == "progress":
            put(block)
            block = {}
        else:
            block[key] = value


class _Said:
    """The first and the last of a long text; the middle is forgotten."""

    def __init__(self, head_bytes: int) -> None:
        self._head_bytes = head_bytes
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, chunk: bytes) -> None:
        room = self._head_bytes - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * _TAIL_BYTES:
            del self._tail[:-_TAIL_BYTES]

    def text(self) -> str:
        return bytes(self._head + self._tail[-_TAIL_BYTES:]).decode("utf-8", "surrogateescape")


class _Child(threading.Thread):
    """One process and the thread that starts it, reads its stdout and waits for it."""

    def __init__(
        self,
        argv: Sequence[str],
        cwd: Path | None,
        read: Callable[[IO[bytes]], None],
        ended: Callable[[], None],
        *,
        head: int,
    ) -> None:
        super().__init__(name="reelforge-ffmpeg")
        self.said = _Said(head)
        self.finished = threading.Event()
        self._argv = list(argv)
        self._cwd = cwd
        self._read = read
        self._ended = ended
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unwanted = False
        self._fault: OSError | None = None

    def run(self) -> None:
        """Start the process and stay until it has ended."""
        try:
            self._follow()
        except OSError as exc:
            self._fault = exc
        finally:
            self.finished.set()
            self._ended()

    def _follow(self) -> None:
        with _start(self._argv, self._cwd) as process:
            with self._turn:
                self._process = process
                unwanted = self._unwanted
            if unwanted:
                process.kill()
            assert process.stdout is not None  # noqa: S101 - both are pipes, which the types cannot say
            listener = threading.Thread(target=self._listen, args=(process,), name="reelforge-ffmpeg-stderr")
            listener.start()
            self._read(process.stdout)
            listener.join()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None  # noqa: S101 - as above
        while chunk := os.read(process.stderr.fileno(), 65536):
            self.said.add(chunk)

    def stop(self, *, at_once: bool) -> None:
        """Ask the process to end, or make it; one not yet started will end at its start."""
        with self._turn:
            self._unwanted = True
            process = self._process
        if process is not None:
            process.kill() if at_once else process.terminate()

    def code(self) -> int:
        """Return the exit code of a finished process.

        Raises:
            FfmpegNotFoundError: If it never started.
        """
        if self._fault is not None or self._process is None:
            raise FfmpegNotFoundError(
                f"{self._argv[0]} cannot be started: {self._fault}",
                fix="pip install 'reelforge-dsl[local]', or set REELFORGE_FFMPEG to an ffmpeg program",
            ) from self._fault
        return int(self._process.returncode)

    def tail(self) -> str:
        """Return the last lines of stderr, fit for a message."""
        text = self.said.text().encode("utf-8", "replace").decode()
        return "\n".join(text[-_TAIL_BYTES:].strip().splitlines()[-_TAIL_LINES:])


@contextlib.contextmanager
def _kept(child: _Child) -> Iterator[None]:
    """Start a child, and see that it is gone when the block ends, however it ends."""
    try:
        child.start()
        yield
    finally:
        try:
            if child.ident is not None and not child.finished.is_set():
                child.stop(at_once=False)
                child.finished.wait(_GRACE_SECONDS)
        finally:  # also when a second Ctrl-C cuts the waiting short
            child.stop(at_once=True)
            if child.ident is not None:
                child.join()


# PR_SET_PDEATHSIG (1) with SIGKILL (9), then ffmpeg takes the process over. Done by a fresh
# interpreter (7 ms) and not by preexec_fn, which runs Python between fork and exec and may
# deadlock where other threads hold locks. Source: prctl(2); the subprocess documentation.
_DIE_WITH_PARENT = """
import os, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
except (ImportError, OSError, AttributeError):
    pass
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def _start(argv: list[str], cwd: Path | None) -> subprocess.Popen[bytes]:
    """Start a command out of the terminal's reach, with pipes for what it says."""
    # FFREPORT would write log files, the others colour what is parsed here.
    dropped = ("FFREPORT", "AV_LOG_FORCE_COLOR", "AV_LOG_FORCE_256COLOR")
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(  # noqa: S603 - a list, made by us, no shell
        _tied(argv),
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        creationflags=flags,
    )


def _tied(argv: list[str]) -> list[str]:
    """Return the command tied to this process's life, where that can be had (Linux).

    Elsewhere, a killed Python leaves its ffmpeg working to its end in a folder that the next
    render sweeps away.
    """
    python = Path(sys.executable or "").name.lower()
    program = Path(argv[0])
    on_linux = str(sys.platform).startswith("linux")
    if not on_linux or not python.startswith("python") or not program.is_absolute():
        return argv  # an interpreter inside another program cannot be started by its path
    if not os.access(program, os.X_OK):
        raise FileNotFoundError(2, "no such program", argv[0])
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *argv]


_MEMORY_FIX = "render at a smaller size or with draft=True, or close other programs"
_KNOWN = (
    ("No space left on device", "The disk is full: ffmpeg could not write in", "free some space there"),
    ("Cannot allocate memory", "Memory ran out while ffmpeg worked in", _MEMORY_FIX),
    ("Permission denied", "ffmpeg was not permitted to read or write a file in", "look at the file's rights"),
    ("Read-only file system", "ffmpeg could not write on the read-only disk of", "write somewhere else"),
)
_BUILD_FIX = "unset REELFORGE_FFMPEG to use the packaged ffmpeg, or name a complete build"


def _failure(code: int, argv: Sequence[str], tail: str, cwd: Path) -> FfmpegFailedError:
    """Return the error for an exit code, in words where the reason is known."""
    what, fix = f"ffmpeg ended with code {code}", None
    if code == -9:
        what, fix = "ffmpeg was killed (signal 9), most likely because memory ran out", _MEMORY_FIX
    elif code < 0:
        what = f"ffmpeg crashed or was stopped (signal {-code})"
        fix = "try again; if it stays, set REELFORGE_FFMPEG to another build"
    elif any(f"Unknown {part}" in tail for part in ("encoder", "decoder")) or "No such filter" in tail:
        what, fix = "This ffmpeg lacks an encoder or filter that the engine needs", _BUILD_FIX
    else:
        for sign, sentence, remedy in _KNOWN:
            if sign in tail:
                what, fix = f"{sentence} {cwd}", remedy
                break
    return FfmpegFailedError(what, fix=fix, argv=argv, stderr_tail=tail)
