"""Commands about models and datasets: train one, make one again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, app, refusals_in_one_line
from learning_pipeline.stores.home import Home

DayOption = dt.datetime | None


@app.command()
@refusals_in_one_line
def train(
    home: HomeOption = None,
    from_day: Annotated[
        DayOption, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of decisions.", show_default=False)
    ] = None,
    to_day: Annotated[
        DayOption, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of decisions.", show_default=False)
    ] = None,
    dataset: Annotated[
        str, typer.Option("--dataset", help="A dataset that is there, instead of a new one.", show_default=False)
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who asks for it, for the record.", show_default=False)] = "",
    as_json: JsonOption = False,
) -> None:
    """Train a model on what came of the signals; it is registered, and goes into force only by a rollout."""
    from learning_pipeline.cli.train import train as train_model  # noqa: PLC0415  # Dagster is slow to import

    if from_day and to_day and from_day > to_day:
        raise typer.BadParameter(f"{from_day:%Y-%m-%d} is after --to {to_day:%Y-%m-%d}", param_hint="--from")
    if dataset and (from_day or to_day):
        raise typer.BadParameter("a dataset has its days: name it, or the days of a new one", param_hint="--dataset")
    days = from_day and from_day.date(), to_day and to_day.date()
    train_model(Home.at(home), *days, dataset, by, as_json=as_json)


@app.command("reproduce")
@refusals_in_one_line
def reproduce_(
    what: Annotated[str, typer.Argument(metavar="ID", help="Id of a dataset or an artifact.", show_default=False)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a dataset or an artifact again and compare the bytes; exits with 1 where they differ."""
    from learning_pipeline.cli.reproduce import reproduce  # noqa: PLC0415  # Dagster is slow to import

    if not reproduce(Home.at(home), what, as_json=as_json):
        raise typer.Exit(1)
