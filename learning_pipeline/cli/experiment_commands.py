"""Commands about experiments and research money."""

from __future__ import annotations

from typing import Annotated

import typer

from learning_pipeline.cli.app import ByOption, HomeOption, JsonOption, ReasonOption, app, refusals_in_one_line
from learning_pipeline.cli.terminal import tell
from learning_pipeline.stores.home import Home

experiments_app = typer.Typer(no_args_is_help=True, help="What research may trade, and a person's say in it.")
app.add_typer(experiments_app, name="experiments")

ExperimentArgument = Annotated[str, typer.Argument(help="Id of the experiment.", show_default=False)]
WhatArgument = Annotated[
    str,
    typer.Argument(help="Id of the experiment; or, to lift its research pause, SOURCE/SESSION.", show_default=False),
]


@experiments_app.command("list")
@refusals_in_one_line
def list_experiments_(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Experiments and research money as they stand; writes the bots' file anew where it is not what the ledger says."""
    from learning_pipeline.cli.experiments import list_experiments  # noqa: PLC0415  # needs the ledger

    list_experiments(Home.at(home), as_json=as_json)


@experiments_app.command()
@refusals_in_one_line
def start(
    experiment_id: ExperimentArgument,
    by: ByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a draft run."""
    _move(Home.at(home), experiment_id, "start", (by, reason), as_json=as_json)


@experiments_app.command()
@refusals_in_one_line
def pause(
    experiment_id: ExperimentArgument,
    by: ByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop an experiment: what it covers is not traded until a person resumes it."""
    _move(Home.at(home), experiment_id, "pause", (by, reason), as_json=as_json)


@experiments_app.command()
@refusals_in_one_line
def resume(
    what: WhatArgument,
    by: ByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a paused experiment run again, or a session's paused research; its loss counts anew from here."""
    _move(Home.at(home), what, "resume", (by, reason), as_json=as_json)


def _move(home: Home, what: str, word: str, said: tuple[str, str | None], *, as_json: bool) -> None:
    from learning_pipeline.cli.experiments import move  # noqa: PLC0415  # needs the ledger
    from learning_pipeline.cli.plain import write_json  # noqa: PLC0415  # only where asked for

    done = move(home, what, word, *said)
    if as_json:
        write_json(done)
    else:
        tell(f"{done['did']} {what} by {done['actor']}; the bot reads it from {done['file']}")
