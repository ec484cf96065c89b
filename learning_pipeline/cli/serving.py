"""The command ``serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, app, refusals_in_one_line
from learning_pipeline.cli.terminal import say, tell
from learning_pipeline.stores.home import Home


@app.command()
@refusals_in_one_line
def serve(
    home: HomeOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but loopback needs people.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8321,
    name: Annotated[
        list[str] | None, typer.Option(help="A further host name that callers use.", show_default=False)
    ] = None,
    people: Annotated[
        Path | None, typer.Option(help="File of names and tokens.", show_default="HOME/people", dir_okay=False)
    ] = None,
    add: Annotated[
        str | None, typer.Option(help="Make a token for this person, print it once, and stop.", show_default=False)
    ] = None,
) -> None:
    """The Ops API over HTTP; /docs lists its routes."""
    root = Home.at(home)
    if add is not None:
        from learning_pipeline.stores.people_file import add_person  # noqa: PLC0415  # only here

        tell(add_person(people or root.people, add))
        say(f"token of {add}: shown once; send it as `Authorization: Bearer TOKEN`")
        return
    from learning_pipeline.cli.serve import serve as serve_forever  # noqa: PLC0415  # FastAPI is slow to import

    serve_forever(root, host, port, name or (), people)
