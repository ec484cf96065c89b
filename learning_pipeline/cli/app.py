"""Commands and their options."""

from __future__ import annotations

import datetime as dt
import functools
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from learning_pipeline.cli.terminal import say, tell
from learning_pipeline.errors import BadInput, LearningPipelineError
from learning_pipeline.stores.home import VARIABLE, Home

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What the signals your bot blocked would have earned, and which guards cost money.",
)

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar=VARIABLE, help="Data root.", show_default="./data", file_okay=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ByOption = Annotated[str, typer.Option("--by", help="Name of the person who answers.", show_default=False)]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, in your words.", show_default=False)]


class Format(StrEnum):
    """How ``sql`` prints."""

    table = "table"
    csv = "csv"
    json = "json"


def refusals_in_one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """What is wrong goes to stderr in one line, with exit code 1; never a traceback for what a user can mend."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except LearningPipelineError as e:
            say(f"{e.code}: {' '.join(str(e).split())}")
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes
        except OSError as e:
            where = f"{e.filename}: " if e.filename else ""
            say(f"{BadInput.code}: {where}{e.strerror or e}")
        raise typer.Exit(1)

    return run


@app.command()
@refusals_in_one_line
def demo(
    home: HomeOption = None,
    planted: Annotated[
        bool, typer.Option("--planted", help="Instead: overrides on a made-up market whose truth is known.")
    ] = False,
    governed: Annotated[
        bool, typer.Option("--governed", help="Instead: a model's whole way, on such a market.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The main job on bundled real bars: paper session, events, whole chain; prints verdicts and where to look."""
    if planted and governed:
        raise typer.BadParameter("name one of --planted and --governed", param_hint="--governed")
    from learning_pipeline.cli.demo import run_demo  # noqa: PLC0415  # Dagster is slow to import
    from learning_pipeline.cli.planted import run_planted_demo  # noqa: PLC0415  # so is it here

    if governed:
        from learning_pipeline.cli.governed import run_governed_demo  # noqa: PLC0415  # needs the app

        return run_governed_demo(Home.at(home or Path("data/governed")), as_json=as_json)
    if planted:
        return run_planted_demo(Home.at(home or Path("data/planted")), as_json=as_json)
    return run_demo(Home.at(home or Path("data/demo")), as_json=as_json)


@app.command()
@refusals_in_one_line
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of events and bars.", show_default=False)],
    home: HomeOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any line is quarantined.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Files or folders of events and bars into the lake."""
    from learning_pipeline.cli.ingest import ingest_paths  # noqa: PLC0415  # Dagster is slow to import

    if not ingest_paths(Home.at(home), paths, strict=strict, as_json=as_json):
        raise typer.Exit(1)


@app.command()
@refusals_in_one_line
def run(
    home: HomeOption = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.", show_default=False)
    ] = None,
    from_day: Annotated[
        dt.datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Re-run from this day on.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Materialise everything that is due: the same Dagster job as in the UI."""
    from learning_pipeline.cli.chain import run_chain  # noqa: PLC0415  # Dagster is slow to import

    if from_day and as_of and from_day > as_of:
        raise typer.BadParameter(f"{from_day:%Y-%m-%d} is after --as-of {as_of:%Y-%m-%d}", param_hint="--from")
    days = {"first": from_day and from_day.date(), "last": as_of and as_of.date()}
    run_chain(Home.at(home), **days, as_json=as_json)


@app.command()
@refusals_in_one_line
def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on the loopback address.", min=1, max=65535)] = 3000,
) -> None:
    """Dagster's web UI with its daemon, on loopback, over the same instance."""
    from learning_pipeline.cli.ui import serve_ui  # noqa: PLC0415  # Dagster is slow to import

    serve_ui(Home.at(home), port)


@app.command()
@refusals_in_one_line
def sql(
    query: Annotated[str, typer.Argument(help="A query; nothing can be written.", show_default=False)],
    home: HomeOption = None,
    as_format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
) -> None:
    """Read-only query on the published DuckDB file."""
    from learning_pipeline.cli.sql import print_query  # noqa: PLC0415  # only this command needs DuckDB

    print_query(Home.at(home), query, as_format.value)


@app.command()
@refusals_in_one_line
def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What is stale, pending or failing, and what to do; changes nothing. Exits with 1 where there is a problem."""
    from learning_pipeline.cli.doctor.report import examine  # noqa: PLC0415  # only this command needs every store

    if not examine(Home.at(home), as_json=as_json):
        raise typer.Exit(1)


@app.command()
@refusals_in_one_line
def report(
    home: HomeOption = None,
    hours: Annotated[
        float | None,
        typer.Option(
            "--hours",
            help="How far back: the shortest computed window that covers it; 90 days by default.",
            min=0,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the HTML report of the newest day and name it."""
    from learning_pipeline.cli.report import write_report  # noqa: PLC0415  # only this command needs DuckDB

    tell(str(write_report(Home.at(home), hours)))


@app.command()
@refusals_in_one_line
def overrides(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What a bot should use now instead of its own limits."""
    from learning_pipeline.cli.overrides import show_overrides  # noqa: PLC0415  # only this command needs the ledger

    show_overrides(Home.at(home), as_json=as_json)


@app.command()
@refusals_in_one_line
def allocation(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Which share of the capital a bot should give each timeframe now."""
    from learning_pipeline.cli.allocation import show_allocation  # noqa: PLC0415  # only this command needs it

    show_allocation(Home.at(home), as_json=as_json)
