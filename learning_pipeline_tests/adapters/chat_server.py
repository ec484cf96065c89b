"""A stand-in for a language model's server: the protocol's form over real sockets, any words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server:
    """Speaks the protocol's form; the words are the test's."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(json.loads(body))
                server.keys.append(self.headers["Authorization"])
                server.answer(self)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def says(self, content: Any, status: int = 200) -> None:
        words = content if isinstance(content, str) else json.dumps(content)
        completion = {"id": "1", "object": "chat.completion", "choices": [{"message": {"content": words}}]}
        self.sends(json.dumps(completion).encode(), status)

    def sends(self, body: bytes, status: int = 200) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            try:
                handler.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                return  # who asked hung up, as it should on too much

        self.answer = answer


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.http.shutdown()
        made.http.server_close()
        thread.join()
