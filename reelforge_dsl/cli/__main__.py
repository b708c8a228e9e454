"""``python -m reelforge_dsl.cli``: the same as ``reelforge``."""

import sys

from reelforge_dsl.cli import main

sys.exit(main())
