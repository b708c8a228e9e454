"""A server that is told when films are ready: Starlette, the raw body, an answer before the work.

Needs `pip install reelforge-dsl starlette uvicorn`. As a program it delivers to itself, without
key or network; to serve, in this folder: REELFORGER_WEBHOOK_SECRET=… uvicorn --factory 02_webhooks:app
"""

import asyncio
import os

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from reelforge_dsl import WebhookError, webhooks


def act_on(event: webhooks.AnyEvent) -> None:
    """Do the slow work. A delivery may come twice, so this must do no harm when it runs again."""
    if isinstance(event, webhooks.RenderCompleted):
        print(f"film {event.job_id} is ready: {event.output_url} {event.metadata}")


def receiver(secret: str) -> Starlette:
    """Return the app; in FastAPI, `receive` is the same under `@app.post`, `request: Request` too."""

    async def receive(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():  # request.body() would take a body of any size
            body += chunk
            if len(body) > webhooks.MAX_BYTES:
                return PlainTextResponse("too large", status_code=413)
        try:
            event = webhooks.unwrap(body, request.headers, secret)
        except WebhookError as error:
            return PlainTextResponse(error.what, status_code=400)
        return Response(status_code=204, background=BackgroundTask(act_on, event))

    return Starlette(routes=[Route("/reelforger", receive, methods=["POST"])])


def app() -> Starlette:
    """Return the app with the secret that renders are sent with: `.webhook(url, secret=…)`."""
    return receiver(os.environ["REELFORGER_WEBHOOK_SECRET"])


async def deliver_one(secret: str) -> None:
    """Deliver one event as the service would, and once more with another body."""
    body = b'{"type": "video.render.completed", "job_id": "job-1", "metadata": {"campaign": "spring"}}'
    signed = {webhooks.SCHEME.header: webhooks.sign(body, secret)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver(secret))) as client:
        for sent in (body, body.replace(b"spring", b"summer")):
            answer = await client.post("http://here/reelforger", content=sent, headers=signed)
            print(answer.status_code, answer.text)


if __name__ == "__main__":
    asyncio.run(deliver_one("a secret for this try"))
