"""What no route sees: foreign hosts, bodies that are no JSON or too large; and what every answer carries."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from learning_pipeline.api.problem import Problem
from learning_pipeline.errors import BadInput

MAX_BODY_BYTES = 64 * 1024
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


class Gate:
    """Lets through what is addressed to us, and is JSON of bounded size where it is meant to change anything.

    Parameters
    ----------
    hosts : collection of str
        Names under which we are called; a web page that points a name of its own at us is turned away.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        body = None if refusal else await _whole(receive)
        if body is None and refusal is None:
            refusal = _problem(413, f"body: expected at most {MAX_BODY_BYTES} bytes")
        await (refusal or self._app)(scope, _again(body or b"", receive), _careful(send))

    def _refusal(self, method: str, headers: Headers) -> JSONResponse | None:
        named = headers.getlist("host")
        if len(named) != 1 or host_of(named[0]) not in self._hosts:
            return _problem(400, "Host: expected one of the names that this server was told; `serve --name` adds one")
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if method not in {"GET", "HEAD"} and kind != "application/json":
            return _problem(415, f"Content-Type: expected application/json, was {kind[:40] or 'not there'!r}")
        return None


def host_of(header: str) -> str:
    """Name in a Host header, without its port.

    >>> host_of("LocalHost:8000"), host_of("[::1]:8000")
    ('localhost', '[::1]')
    """
    name, _, port = header.rpartition(":")
    return (name if name and port.isdigit() else header).lower()


async def _whole(receive: Receive) -> bytes | None:
    """The body; None where it is too large, however it was announced."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY_BYTES:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body as one message; after it what comes, such as a reader that hangs up."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


def _careful(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse(Problem(code=BadInput.code, detail=detail).model_dump(), status)
