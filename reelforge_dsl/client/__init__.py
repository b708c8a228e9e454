"""The service over HTTP: one set of flows, a driver for threads and one for asyncio.

`_config` who calls, `_bodies` what is sent, `_flows` and `_saving` what happens in
which order (generators of steps, no I/O), `_outcomes` what went wrong, `_network` and
`_anetwork` our own connections, `_borrowed` a user's httpx client.
"""

from reelforge_dsl.client._async import AsyncClient
from reelforge_dsl.client._async_handles import AsyncMusicJob, AsyncRenderJob
from reelforge_dsl.client._calls import Clock
from reelforge_dsl.client._config import Config, Secret, configured
from reelforge_dsl.client._handles import MusicJob, RenderJob
from reelforge_dsl.client._sync import Client

__all__ = [
    "AsyncClient",
    "AsyncMusicJob",
    "AsyncRenderJob",
    "Client",
    "Clock",
    "Config",
    "MusicJob",
    "RenderJob",
    "Secret",
    "configured",
]
