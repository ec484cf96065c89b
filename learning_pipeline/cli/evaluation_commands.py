"""Commands about evaluations: measure an artifact, look at packs, register a prompt pack."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, app, refusals_in_one_line
from learning_pipeline.stores.home import Home

packs_app = typer.Typer(no_args_is_help=True, help="Frozen packs that artifacts are measured by.")
app.add_typer(packs_app, name="packs")
prompt_packs_app = typer.Typer(no_args_is_help=True, help="Prompt packs as artifacts, measured as models are.")
app.add_typer(prompt_packs_app, name="prompt-packs")


class Rule(StrEnum):
    """Baseline of a pack for models."""

    approved = "approved"
    all = "all"


PackArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the pack.", show_default=False)]


@app.command()
@refusals_in_one_line
def evaluate(
    artifact: Annotated[str, typer.Argument(help="Id of the artifact.", show_default=False)],
    packs: Annotated[
        list[str] | None,
        typer.Option("--pack", help="Pack to measure by, more than once for several; those required by default."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure an artifact by frozen packs: gates, verdict, report.

    "Not passed" is a result: exit code 0. What cannot be measured (E_LEARN_EVAL_FAILED) exits with 1.
    """
    from learning_pipeline.cli.evaluate import evaluate as measure  # noqa: PLC0415  # Dagster is slow to import

    measure(Home.at(home), artifact, packs or [], as_json=as_json)


@packs_app.command("list")
@refusals_in_one_line
def list_packs(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every pack there is: those that ship with the project, and the data root's own."""
    from learning_pipeline.cli import packs  # noqa: PLC0415  # reads every pack

    packs.list_packs(Home.at(home), as_json=as_json)


@packs_app.command("show")
@refusals_in_one_line
def show_pack(name: PackArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Windows, baseline, costs, thresholds and provenance of a pack."""
    from learning_pipeline.cli import packs  # noqa: PLC0415  # reads a pack

    packs.show_pack(Home.at(home), name, as_json=as_json)


@prompt_packs_app.command("add")
@refusals_in_one_line
def add_prompt_pack(
    file: Annotated[Path, typer.Argument(help="TOML or JSON: name, version, system or prompts.", show_default=False)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a version of a prompt pack as an artifact; it is measured by the answers that the bot reports of it."""
    from learning_pipeline.cli.prompt_packs import add  # noqa: PLC0415  # needs the ledger

    add(Home.at(home), file, as_json=as_json)


@packs_app.command("freeze")
@refusals_in_one_line
def freeze_pack(
    name: PackArgument,
    from_day: Annotated[dt.datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of decisions.")],
    to_day: Annotated[dt.datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of decisions.")],
    baseline: Annotated[Rule, typer.Option(help="What a model is compared with.")] = Rule.approved,
    prompt_pack: Annotated[
        str | None, typer.Option("--prompt-pack", help="Freeze this prompt pack's answers.", show_default=False)
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="Version of the prompt pack.", show_default=False)
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where packs are kept, instead of the data root.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Freeze what came of a data root's signals in these days, to measure models by; written once."""
    from learning_pipeline.cli.freeze import Asked, freeze  # noqa: PLC0415  # Dagster is slow to import

    if from_day > to_day:
        raise typer.BadParameter(f"{from_day:%Y-%m-%d} is after --to {to_day:%Y-%m-%d}", param_hint="--from")
    if bool(prompt_pack) != bool(version):
        raise typer.BadParameter("name both the prompt pack and its version", param_hint="--prompt-pack")
    asked = Asked(name, from_day.date(), to_day.date(), baseline.value, prompt_pack, version)
    freeze(Home.at(home), asked, folder, as_json=as_json)
