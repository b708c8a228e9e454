"""``python -m reelforge_dsl.local``: the v1 API on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from reelforge_dsl.errors import ReelforgeError
from reelforge_dsl.local._serve import KEY_NAME, SECRET_NAME, serve

STOPPED, NOT_STARTED, FORCED = 0, 2, 130
"""Exit codes: ended when asked to; an argument, the port or the data folder is wrong; ended at once."""

_END = f"""environment:
  {KEY_NAME}     the API key, where --api-key would show it in lists of processes
  {SECRET_NAME}  signs the webhooks of requests without a secret of their own

exit codes:
  {STOPPED} ended by Ctrl-C or SIGTERM, {NOT_STARTED} not started, {FORCED} ended at once by a second Ctrl-C
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    given = _parser().parse_args(argv)
    try:
        serve(
            given.host,
            given.port,
            data_dir=given.data_dir,
            media_root=given.media_root,
            api_key=given.api_key,
            allow_private=given.allow_private,
            renderer=given.renderer,
            base_url=given.base_url,
        )
    except ReelforgeError as exc:
        sys.stderr.write(f"{exc}\n")
        return NOT_STARTED
    except KeyboardInterrupt:
        sys.stderr.flush()
        os._exit(FORCED)  # at once: a normal end would wait for answers that are still being made
    return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reelforge_dsl.local",
        description="Serve ReelForger's v1 API from this machine, until Ctrl-C.",
        epilog=_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=8484, help="0 takes a free one (%(default)s)")
    parser.add_argument("--data-dir", type=Path, help="where jobs, films and tracks are kept")
    parser.add_argument("--media-root", type=Path, help="the only folder that file: assets may come from")
    parser.add_argument("--api-key", help=f"what /v1 asks for; else {KEY_NAME}, else no key")
    parser.add_argument(
        "--allow-private", action="store_true", help="let assets and webhooks lead to private hosts"
    )
    parser.add_argument(
        "--renderer", choices=("engine", "instant"), default="engine", help="instant: no films"
    )
    parser.add_argument("--base-url", help="as callers reach it, as http://studio.lan:8484")
    return parser


if __name__ == "__main__":
    sys.exit(main())
