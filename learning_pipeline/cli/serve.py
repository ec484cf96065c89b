"""Serve the Ops API."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from learning_pipeline.api import People, create_app
from learning_pipeline.cli.terminal import say
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.people_file import read_people

MAX_REQUESTS = 64


def serve(home: Home, host: str, port: int, names: Sequence[str], people_file: Path | None) -> None:
    """Answer until stopped.

    Parameters
    ----------
    host : str
        Address to listen on.
    names : sequence of str
        Further names under which the server is called.
    people_file : path, optional
        ``<home>/people`` by default.

    Raises
    ------
    BadInput
        The address is reached from outside and nobody has a token; or as `read_people`.
    """
    people = People(read_people(people_file or home.people))
    if not is_loopback(host) and not people:
        raise BadInput(f"--host {host}: others can reach it; expected people with tokens, `serve --add NAME` makes one")
    app = create_app(home, people, [host, *names])
    said = "people: tokens asked for" if people else "no people: questions only"
    say(f"Ops API of {home.root} at http://{host}:{port}/docs ({said})")
    uvicorn.run(
        app,
        host=host,
        port=port,
        http="h11",  # cuts off a head that does not end
        limit_concurrency=MAX_REQUESTS,
        log_level="warning",
        server_header=False,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
