"""ffmpeg started, watched and ended; and the working folder it has for its life."""

import contextlib
import io
import itertools
import os
import secrets
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelforge_dsl.engine._ffmpeg import ffmpeg_binary
from reelforge_dsl.engine._run import Progress, capture, run, terminal_bar
from reelforge_dsl.engine._workspace import workspace
from reelforge_dsl.errors import EngineError, FfmpegFailedError, FfmpegNotFoundError

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def mark() -> str:
    """An output name that no other process has in its command line."""
    return f"{secrets.token_hex(8)}.mp4"


def command(seconds: float, output: str = "out.mp4", *, slow: bool = False) -> list[str]:
    """An ffmpeg that writes so many seconds of 25 fps; slow: at the speed of a clock."""
    pace = ["-re"] if slow else []
    source = f"testsrc=s=160x120:r=25:d={seconds}"
    head = [ffmpeg_binary(), "-y", "-v", "error", "-nostdin", "-progress", "pipe:1", "-stats_period", "0.02"]
    return [*head, *pace, "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", output]


def ours(mark: str) -> list[int]:
    """The ids of live processes that have this text in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if (
                folder.name.isdigit()
                and mark.encode() in (folder / "cmdline").read_bytes()
                and "\nState:\tZ" not in (folder / "status").read_text()
            ):
                found.append(int(folder.name))
    return found


def until(true: object, seconds: float = 10.0) -> bool:
    """Wait until a callable returns something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return bool(true())  # type: ignore[operator]


def test_success_and_progress(tmp_path: Path) -> None:
    """A run writes its file and reports rising frames, at most ten times a second, and the end."""
    events: list[tuple[float, Progress]] = []
    run(command(4), cwd=tmp_path, frames=100, on_progress=lambda p: events.append((time.monotonic(), p)))
    assert (tmp_path / "out.mp4").stat().st_size > 0
    frames = [event.frame for _, event in events]
    assert frames == sorted(frames)
    last = events[-1][1]
    assert (last.frame, last.frames, last.eta_seconds) == (100, 100, 0.0)
    assert last.seconds == pytest.approx(4.0, abs=0.1)
    times = [when for when, _ in events[:-1]]
    assert all(b - a >= 0.09 for a, b in itertools.pairwise(times))


def test_progress_while_it_works(tmp_path: Path) -> None:
    """Events arrive while ffmpeg works, with a rate and the time still to go."""
    events: list[tuple[float, Progress]] = []
    began = time.monotonic()
    run(
        command(2, slow=True),
        cwd=tmp_path,
        frames=50,
        on_progress=lambda p: events.append((time.monotonic() - began, p)),
    )
    early = [event for _, event in events if event.frame in range(1, 50)]
    assert len(early) >= 3
    assert events[0][0] < 1.5
    assert all(event.eta_seconds is not None and 0 < event.eta_seconds < 60 for event in early)


def test_failure_tells_why(tmp_path: Path) -> None:
    """A failing ffmpeg is an error with its command and its last words."""
    argv = [ffmpeg_binary(), "-nostdin", "-progress", "pipe:1", "-i", "missing.mp4", "out.mp4"]
    with pytest.raises(FfmpegFailedError, match="ended with code") as caught:
        run(argv, cwd=tmp_path, frames=1)
    assert caught.value.argv == tuple(argv)
    assert "missing.mp4" in caught.value.stderr_tail


def test_unknown_encoder(tmp_path: Path) -> None:
    """A build that lacks an encoder is told as such, with the fix."""
    argv = [*command(1)[:-1], "-c:v", "no_such_encoder", "out.mp4"]
    with pytest.raises(FfmpegFailedError, match="lacks an encoder") as caught:
        run(argv, cwd=tmp_path, frames=25)
    assert "REELFORGE_FFMPEG" in str(caught.value.fix)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_full_disk(tmp_path: Path) -> None:
    """A full disk is told in plain words."""
    with pytest.raises(FfmpegFailedError, match="disk is full"):
        run([*command(1)[:-1], "-f", "nut", "/dev/full"], cwd=tmp_path, frames=25)


def test_missing_program(tmp_path: Path) -> None:
    """A program that is not there is not found, rather than failed."""
    for program in (str(tmp_path / "ffmpeg"), "no-such-ffmpeg"):
        with pytest.raises(FfmpegNotFoundError):
            run([program], cwd=tmp_path, frames=1)
        with pytest.raises(FfmpegNotFoundError):
            capture([program], timeout=5)


def test_flood_of_messages(tmp_path: Path) -> None:
    """An ffmpeg that talks without end is drained, and only its last words are kept."""
    argv = [*command(2)]
    argv[argv.index("error")] = "trace"
    run(argv, cwd=tmp_path, frames=50)
    broken = [*argv[:-1], "-f", "null", "-", "-map", "0:9", "-f", "null", "-"]
    with pytest.raises(FfmpegFailedError) as caught:
        run(broken, cwd=tmp_path, frames=50)
    assert len(caught.value.stderr_tail) < 20_000


@linux
def test_callback_that_raises(tmp_path: Path, mark: str) -> None:
    """What ``on_progress`` raises ends ffmpeg and comes out as it is."""

    def refuse(progress: Progress) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        run(command(600, mark, slow=True), cwd=tmp_path, frames=15000, on_progress=refuse)
    assert ours(mark) == []


@linux
def test_stall(tmp_path: Path, mark: str) -> None:
    """An ffmpeg that stands still is killed and told as stalled."""

    def stop() -> None:
        until(lambda: ours(mark))
        time.sleep(0.5)
        for pid in ours(mark):
            os.kill(pid, signal.SIGSTOP)

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(FfmpegFailedError, match="stalled"):
        run(command(600, mark, slow=True), cwd=tmp_path, frames=15000, stall_seconds=1)
    stopper.join()
    assert ours(mark) == []


@linux
def test_killed_from_outside(tmp_path: Path, mark: str) -> None:
    """An ffmpeg that the system kills is an error, though its file may look whole."""

    def kill() -> None:
        until(lambda: (tmp_path / mark).exists())
        for pid in ours(mark):
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(FfmpegFailedError, match="memory"):
        run(command(600, mark, slow=True), cwd=tmp_path, frames=15000)
    killer.join()


def test_capture(tmp_path: Path) -> None:
    """A short command returns code, bytes and words."""
    frame = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    source = ["-f", "lavfi", "-i", "color=red:s=64x64"]
    code, out, said = capture([ffmpeg_binary(), "-nostdin", *source, *frame], timeout=20)
    assert (code, len(out)) == (0, 64 * 64 * 3)
    assert "Input #0" in said


@linux
def test_capture_in_time(mark: str) -> None:
    """A command that takes too long is ended."""
    began = time.monotonic()
    with pytest.raises(FfmpegFailedError, match=r"within 0\.5 s"):
        capture([*command(600, slow=True)[:-1], "-f", "null", mark], timeout=0.5)
    assert time.monotonic() - began < 5
    assert ours(mark) == []


def test_environment_cannot_change_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither colours nor report files asked for by the environment reach a run."""
    monkeypatch.setenv("AV_LOG_FORCE_COLOR", "1")
    monkeypatch.setenv("FFREPORT", f"file={tmp_path / 'report.log'}")
    _, _, said = capture([ffmpeg_binary(), "-nostdin", "-i", "missing.mp4"], timeout=20)
    assert "\x1b" not in said
    assert list(tmp_path.iterdir()) == []


CHILD = """
import sys
from pathlib import Path
from reelforge_dsl.engine._run import run
from reelforge_dsl.engine._workspace import workspace
beside, mark, *argv = sys.argv[1:]
with workspace(Path(beside)) as folder:
    run([*argv, mark], cwd=folder, frames=15000, on_progress=lambda p: print(p.frame, flush=True))
"""


@contextlib.contextmanager
def rendering(beside: Path, mark: str) -> Iterator[subprocess.Popen[str]]:
    """Another Python that renders for ten minutes in a working folder; at work when lent."""
    argv = [sys.executable, "-c", textwrap.dedent(CHILD), str(beside), mark, *command(600, slow=True)[:-1]]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            child.stdout.readline()
            assert child.stdout.readline().strip().isdigit()
            yield child
        finally:
            child.kill()


@linux
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_leaves_nothing(tmp_path: Path, mark: str, presses: int) -> None:
    """Ctrl-C, also pressed twice, ends a render and leaves no process, folder or file."""
    with rendering(tmp_path, mark) as child:
        assert len(ours(mark)) == 2  # Python and its ffmpeg
        assert len(list(tmp_path.iterdir())) == 1
        for _ in range(presses):
            child.send_signal(signal.SIGINT)
            time.sleep(0.002)
        _, said = child.communicate(timeout=20)
        assert "KeyboardInterrupt" in said
    assert until(lambda: not ours(mark))
    if presses == 1:
        assert list(tmp_path.iterdir()) == []
    else:  # the second may cut the tidying short; then the next render tidies
        with workspace(tmp_path):
            pass
        assert list(tmp_path.iterdir()) == []


@linux
def test_kill_leaves_no_ffmpeg(tmp_path: Path, mark: str) -> None:
    """A killed Python takes its ffmpeg along, and the next render sweeps the folder it left."""
    with rendering(tmp_path, mark) as child:
        child.kill()
        child.communicate(timeout=20)
        assert until(lambda: not ours(mark))
        (left,) = tmp_path.iterdir()
        assert (left / mark).exists()
    with workspace(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


@linux
def test_many_at_once(tmp_path: Path) -> None:
    """Threads may run one ffmpeg each."""
    failures: list[BaseException] = []

    def one(n: int) -> None:
        try:
            run(command(1, f"{n}.mp4"), cwd=tmp_path, frames=25)
        except BaseException as exc:  # noqa: BLE001 - shown by the assertion
            failures.append(exc)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(tmp_path.iterdir())) == 6


def test_no_bar_without_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar draws on a terminal only."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    event = Progress(50, 100, 2.0, 25.0, 1.0, 2.0)
    for stream, drawn in ((io.StringIO(), False), (Terminal(), True)):
        monkeypatch.setattr(sys, "stderr", stream)
        with terminal_bar(100) as draw:
            draw(event)
        assert ("50/100" in stream.getvalue()) is drawn
        assert stream.getvalue() == "" or drawn


def test_folder_is_private_and_gone(tmp_path: Path) -> None:
    """The folder is ours alone, hidden, beside the output, and gone with its content afterwards."""
    with workspace(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".reelforge-")
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "sub").mkdir()
        (folder / "sub" / "a.png").write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_folder_is_gone_after_errors(tmp_path: Path, error: type[BaseException]) -> None:
    """However the block ends, the folder is removed and the error comes out."""

    def fail() -> None:
        with workspace(tmp_path) as folder:
            (folder / "a").touch()
            raise error

    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_sweep_spares_what_is_not_ours(tmp_path: Path) -> None:
    """Folders without our mark, links, and folders in use are never removed."""
    theirs = tmp_path / ".reelforge-theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner.lock").touch()
    if os.name == "posix":
        (tmp_path / ".reelforge-link").symlink_to(elsewhere)
    (tmp_path / ".reelforge-file").touch()
    with workspace(tmp_path) as first, workspace(tmp_path) as second:
        assert first.exists()
        assert second.exists()
    assert (theirs / "thesis.txt").exists()
    assert (elsewhere / "owner.lock").exists()
    assert (tmp_path / ".reelforge-file").exists()


def test_abandoned_folder_is_swept(tmp_path: Path) -> None:
    """A marked folder that nobody holds is removed, content and all."""
    left = tmp_path / ".reelforge-0123456789ab"
    (left / "sub").mkdir(parents=True)
    (left / "sub" / "big.mp4").touch()
    (left / "owner.lock").touch()
    with workspace(tmp_path):
        assert not left.exists()


def test_folders_made_at_once(tmp_path: Path) -> None:
    """Many renders may claim and sweep at once; none loses its folder."""
    lost: list[Path] = []

    def one() -> None:
        for _ in range(20):
            with workspace(tmp_path) as folder:
                (folder / "a").touch()
                time.sleep(0.001)
                if not (folder / "a").exists():
                    lost.append(folder)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert list(tmp_path.iterdir()) == []


def test_unusable_places(tmp_path: Path) -> None:
    """A missing folder, and a file in its place, are told with the fix."""
    (tmp_path / "file").touch()
    for place, sentence in ((tmp_path / "none", "does not exist"), (tmp_path / "file", "not a folder")):
        with pytest.raises(EngineError, match=sentence) as caught, workspace(place):
            pass
        assert caught.value.fix


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_place(tmp_path: Path) -> None:
    """A folder without the right to write is told with the fix."""
    tmp_path.chmod(0o500)
    with pytest.raises(EngineError, match="cannot be written"), workspace(tmp_path):
        pass
