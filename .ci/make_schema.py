"""Remake ``reelforge_dsl/wire/v1.schema.json`` from the models' table of fields.

Run ``python .ci/make_schema.py`` after a change of a model; ``tests/house/test_schema.py`` fails until then.
"""

from __future__ import annotations

from pathlib import Path

from reelforge_dsl.wire._schema import schema_text

FILE = Path(__file__).resolve().parent.parent / "reelforge_dsl" / "wire" / "v1.schema.json"


def main() -> None:
    """Write the file and say what it weighs."""
    FILE.write_text(schema_text(), "utf-8", newline="\n")
    print(f"{FILE.stat().st_size:,} bytes in {FILE.name}")


if __name__ == "__main__":
    main()
