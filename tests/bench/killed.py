"""A service killed with SIGKILL at random points, restarted on its folder, and asked for all it promised.

Run ``python tests/bench/killed.py [POINTS]`` (200 when left out; a few minutes). Each folder gets the same
jobs under the same keys, sent again after every restart as clients do: films, a film whose file is
missing, one whose speech nobody transcribes. After each kill the store is read from a copy, with
SQLite alone; when a folder's jobs have all ended, their films are measured. ``--serve`` is the victim.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILMS = 30
"""Jobs of a folder that can be done; two more cannot."""

LONG = 4
"""Which of them keeps its ffmpeg at work for seconds, so that one left behind is seen."""

STARTING, WORKING = 0.9, 1.5
"""Wall seconds within which a kill strikes: from the start, and from the first promise.

One kill in five strikes right behind a promise instead, the first to the last of them.
"""

ENDS = {"completed", "failed", "transcription_failed"}


def body(clip: Path, number: int) -> dict[str, Any]:
    """A film of half a second, one of them larger and of some seconds; the last two cannot be made."""
    src = clip.with_name("missing.mp4") if number == FILMS else clip
    time_ = {"start_seconds": 0, "duration_seconds": seconds_of(number)}
    size = (1280, 720) if number == LONG else (160, 90)
    composition: dict[str, Any] = {
        "timeline": [{"id": "v", "type": "video", "asset_id": "a", "time": time_}],
        "text_overlays": [{"content": f"{number}", "time": time_}],
    }
    if number > FILMS:
        composition["captions"] = {"provider": "assemblyai", "preset": "karaoke_yellow"}
    return {
        "version": "v1",
        "output": {"width": size[0], "height": size[1], "fps": 30},
        "assets": [{"id": "a", "type": "video", "url": src.as_uri()}],
        "composition": composition,
    }


def seconds_of(number: int) -> float:
    return 8 if number == LONG else 0.5


def serve(folder: Path, clip: Path) -> None:
    """Be the victim: take every job, say what was promised, end when all have ended."""
    from reelforge_dsl import local

    with local.Service(data_dir=folder, media_root=clip.parent, workers=2) as service:
        for number in range(FILMS + 2):
            raw = json.dumps(body(clip, number)).encode()
            request = local.Request("POST", "/v1/videos/render", {"idempotency-key": f"key-{number}"}, raw)
            print("promised", f"key-{number}", service.answer(request).json()["job_id"], flush=True)
        while any(job.status not in ENDS for job in service.jobs):
            time.sleep(0.02)
    print("ended", flush=True)


class Victim:
    """One run of the service, and what it said."""

    def __init__(self, folder: Path, clip: Path) -> None:
        command = [sys.executable, __file__, "--serve", str(folder), str(clip)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):  # a kill may cut the last one
                self.lines.append(line.strip())

    def promises(self) -> dict[str, str]:
        """The job of each key that was promised."""
        return dict(line.split()[1:] for line in self.lines if line.startswith("promised"))

    def struck(self, dice: random.Random) -> bool:
        """Kill it at a random point; return whether it lived until then."""
        way = dice.random()
        if way < 0.2:
            self._pass(dice.uniform(0, STARTING))
        else:
            self._pass(30, promises=dice.randint(1, FILMS) if way < 0.4 else 1)
            self._pass(0 if way < 0.4 else dice.uniform(0, WORKING))
        lived = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.finish()
        return lived and "ended" not in self.lines

    def finish(self) -> int:
        code = self.process.wait(timeout=120)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def _pass(self, seconds: float, promises: int = 1 << 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if len(self.lines) >= promises:
                return
            time.sleep(0.0005)


class Ledger:
    """What must hold for one folder, and what was found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.promised: dict[str, str] = {}
        self.films: dict[str, tuple[str, ...]] = {}
        self.troubles: list[str] = []

    def promise(self, promises: dict[str, str]) -> None:
        """Note promises; a key has one job for ever."""
        for key, job in promises.items():
            if self.promised.setdefault(key, job) != job:
                self.troubles.append(f"{key} became two jobs")

    def read(self) -> list[dict[str, Any]]:
        """Read the store from a copy, and hold it against what was promised and seen."""
        if not (self.folder / "reelforge.sqlite3").exists():
            if self.promised:
                self.troubles.append("the store is gone")
            return []
        with tempfile.TemporaryDirectory() as copy:
            for name in ("reelforge.sqlite3", "reelforge.sqlite3-wal"):
                if (self.folder / name).exists():
                    shutil.copy(self.folder / name, copy)
            jobs = self._rows(Path(copy) / "reelforge.sqlite3")
        found = {job["key"]: job["id"] for job in jobs}
        lost = [key for key, job in self.promised.items() if found.get(key) != job]
        self.troubles += [f"{key} was lost" for key in lost]
        if len(found) != len(jobs):
            self.troubles.append("a key stands twice")
        for job in jobs:
            self._hold(job)
        return jobs

    def _rows(self, file: Path) -> list[dict[str, Any]]:
        db = sqlite3.connect(file)
        db.row_factory = sqlite3.Row
        try:
            if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                self.troubles.append("the store is damaged")
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return []
            jobs = [dict(row) for row in db.execute("SELECT * FROM jobs ORDER BY number")]
            for job in jobs:
                rows = db.execute("SELECT * FROM outputs WHERE job_id = ?", (job["id"],))
                job["outputs"] = [dict(row) for row in rows]
            return jobs
        finally:
            db.close()

    def _hold(self, job: dict[str, Any]) -> None:
        names = tuple(output["name"] for output in job["outputs"])
        if (job["status"] == "completed") != (len(names) == 1):
            self.troubles.append(f"{job['key']} is {job['status']} with {len(names)} films")
        if self.films.setdefault(job["id"], names) != names and self.films[job["id"]]:
            self.troubles.append(f"{job['key']} was made twice")
        self.films[job["id"]] = names
        for output in job["outputs"]:
            path = self.folder / "outputs" / output["file"]
            if not path.exists() or path.stat().st_size != output["bytes"]:
                self.troubles.append(f"the film of {job['key']} is not whole")

    def close(self, clip: Path) -> Counter[str]:
        """Judge a folder whose service has ended by itself; count how its jobs ended."""
        from reelforge_dsl import engine

        jobs = self.read()
        if len(jobs) != FILMS + 2:
            self.troubles.append(f"{len(jobs)} jobs of {FILMS + 2}")
        ends: Counter[str] = Counter()
        for job in jobs:
            number = int(job["key"].removeprefix("key-"))
            usual = "completed"
            if number >= FILMS:
                usual = "asset_unreachable" if number == FILMS else "transcription_not_supported"
            end = job["error_code"] or job["status"]
            ends[end] += 1
            if end not in (usual, "service_restarted"):
                self.troubles.append(f"{job['key']} ended as {end}: {job['error_message']}")
            for output in job["outputs"]:
                path = self.folder / "outputs" / output["file"]
                seconds = engine.probe(path) if path.exists() else None
                if seconds is None or abs(seconds - seconds_of(number)) > 0.1:
                    self.troubles.append(f"the film of {job['key']} lasts {seconds} s")
        known = {output["file"] for job in jobs for output in job["outputs"]}
        left = {path.name for path in (self.folder / "outputs").iterdir()} - known
        self.troubles += [f"{name} was left behind" for name in left]
        return ends


def orphans(folder: Path) -> list[str]:
    """Return the processes that still work in a folder, a quarter of a second after it was killed."""
    time.sleep(0.25)
    return list(_working_in(folder))


def _working_in(folder: Path) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").readlink()
            said = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if where.is_relative_to(folder) or (str(folder) in said and int(process.name) != os.getpid()):
            yield said


class Tally:
    """What came of all kills."""

    def __init__(self) -> None:
        self.points = 0
        self.folders = 0
        self.where: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.again = 0
        self.orphans = 0
        self.troubles: list[str] = []


def run(points: int, seed: str) -> Tally:
    """Kill services until so many kills have struck one that lived, and account for everything."""
    dice, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory(prefix="killed-") as name:
        clip = _clip(Path(name) / "media")
        while tally.points < points:
            folder = Path(name) / f"data-{tally.folders}"
            _one_folder(folder, clip, points, dice, tally)
            shutil.rmtree(folder, ignore_errors=True)
    return tally


def _one_folder(folder: Path, clip: Path, points: int, dice: random.Random, tally: Tally) -> None:
    ledger = Ledger(folder)
    tally.folders += 1
    while tally.points < points:
        victim = Victim(folder, clip)
        lived = victim.struck(dice)
        ledger.promise(victim.promises())
        left = orphans(folder)
        tally.orphans += len(left)
        ledger.troubles += [f"orphan: {one[:80]}" for one in left]
        jobs = ledger.read()
        if not lived:
            break
        tally.points += 1
        tally.where[_point(victim, jobs)] += 1
    victim = Victim(folder, clip)
    if victim.finish() != 0:
        ledger.troubles.append("the last service failed")
    ledger.promise(victim.promises())
    tally.ends += ledger.close(clip)
    tally.again += sum(job["attempts"] > 1 for job in ledger.read())
    tally.troubles += [f"folder {tally.folders}: {trouble}" for trouble in ledger.troubles]


def _point(victim: Victim, jobs: list[dict[str, Any]]) -> str:
    if not victim.lines:
        return "starting"
    if len(victim.promises()) < FILMS + 2:
        return "taking jobs"
    return "rendering" if any(job["status"] == "rendering" for job in jobs) else "between renders"


def _clip(media: Path) -> Path:
    from reelforge_dsl.engine._ffmpeg import ffmpeg_binary

    media.mkdir()
    colour = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=30:d=0.5", "-pix_fmt", "yuv420p"]
    subprocess.run([ffmpeg_binary(), "-v", "error", *colour, str(media / "clip.mp4")], check=True)
    return media / "clip.mp4"


def main() -> None:
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began = time.monotonic()
    tally = run(points, "bench")
    print(f"{tally.points} kills over {tally.folders} folders in {time.monotonic() - began:.0f} s")
    print(f"struck while: {dict(tally.where)}")
    print(f"jobs ended as: {dict(tally.ends)}")
    print(f"jobs begun more than once: {tally.again}")
    print(f"orphaned processes: {tally.orphans}")
    print(f"troubles: {len(tally.troubles)}")
    print("\n".join(tally.troubles))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
