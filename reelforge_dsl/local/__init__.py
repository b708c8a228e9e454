"""The v1 API on this machine, with no key and no network: the engine behind the contract.

::

    from reelforge_dsl import local

    with local.client() as client:
        client.render(reel).wait().save("draft.mp4")

Films are rendered with FFmpeg in the background, music is composed, recipes are compiled; jobs, keys
and outputs are kept in a data folder. For tests of code that uses the service there is
``local.client(renderer="instant")``: no film is made and nobody waits, each look at a job moves it one
state on, the "film" is an MP4 container that says so and cannot be played, music is silence, pauses
and time limits pass on a clock of their own. What is answered, accepted and refused is the contract's.
"""

from __future__ import annotations

from reelforge_dsl.local._clients import async_client, client
from reelforge_dsl.local._clock import Clock, RealClock, VirtualClock
from reelforge_dsl.local._events import Delivery
from reelforge_dsl.local._exchange import Call, FileSlice, Received, Reply, Request
from reelforge_dsl.local._failures import JobFault
from reelforge_dsl.local._faults import Fault, FaultCall, FaultKind, Outcome
from reelforge_dsl.local._maker import Made, Maker, output_of
from reelforge_dsl.local._serve import serve
from reelforge_dsl.local._service import RendererName, Service
from reelforge_dsl.local._store import Job, Output, StoreError
from reelforge_dsl.local._transport import AsyncTransport, Transport

__all__ = [
    "AsyncTransport",
    "Call",
    "Clock",
    "Delivery",
    "Fault",
    "FaultCall",
    "FaultKind",
    "FileSlice",
    "Job",
    "JobFault",
    "Made",
    "Maker",
    "Outcome",
    "Output",
    "RealClock",
    "Received",
    "RendererName",
    "Reply",
    "Request",
    "Service",
    "StoreError",
    "Transport",
    "VirtualClock",
    "async_client",
    "client",
    "output_of",
    "serve",
]
