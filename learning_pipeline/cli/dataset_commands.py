"""Commands about datasets: make one again."""

from __future__ import annotations

from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, app, refusals_in_one_line
from learning_pipeline.stores.home import Home


@app.command("reproduce")
@refusals_in_one_line
def reproduce_(
    what: Annotated[str, typer.Argument(metavar="ID", help="Id of a dataset.", show_default=False)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a dataset again from the lake, as its manifest says, and compare; exits with 1 where it differs."""
    from learning_pipeline.cli.reproduce import reproduce  # noqa: PLC0415  # Dagster is slow to import

    if not reproduce(Home.at(home), what, as_json=as_json):
        raise typer.Exit(1)
