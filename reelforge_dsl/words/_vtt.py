"""WebVTT: cues, with word times and voices inside."""

from __future__ import annotations

import re

from reelforge_dsl.words import _cues
from reelforge_dsl.words._timed import Transcript

_REMARK = re.compile(r"(?<=\n\n)(?:NOTE|STYLE|REGION)(?:[ \t].*)?\n(?:.+\n)*")


def transcript(text: str) -> Transcript:
    """Read a WebVTT file; times like ``<00:00:07.860>`` are the words' own, ``<v Name>`` their speaker."""
    lines = "\n".join(text.splitlines()) + "\n"
    return _cues.transcript(_REMARK.sub(lambda found: "\n" * found[0].count("\n"), lines), numbered=False)
