"""What importing the library costs beside importing attrs and cattrs, each in a fresh interpreter.

Usage: python tests/bench/import_cost.py [PAIRS]
"""

import os
import statistics
import subprocess
import sys

TIMED = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"


def seconds(modules: str) -> float:
    """Return the wall seconds that importing takes inside a fresh interpreter."""
    # Bytecode is written and read, as for everyone who installed it.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(modules)], check=True, capture_output=True, text=True, env=kept
    )
    return float(done.stdout)


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    seconds("reelforge_dsl"), seconds("attrs, cattrs")
    ours, floor = [], []
    for _ in range(pairs):
        ours.append(seconds("reelforge_dsl"))
        floor.append(seconds("attrs, cattrs"))
    ratios = [one / other for one, other in zip(ours, floor, strict=True)]
    print(f"import reelforge_dsl   median {1000 * statistics.median(ours):6.1f} ms")
    print(f"import attrs, cattrs   median {1000 * statistics.median(floor):6.1f} ms")
    spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
    print(f"ratio                  median {statistics.median(ratios):6.2f}  {spread}")


if __name__ == "__main__":
    main()
