"""Commands of ``rollout``, ``rollback`` and ``audit``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, ReasonOption, app, refusals_in_one_line
from learning_pipeline.stores.home import Home

rollout_app = typer.Typer(no_args_is_help=True, help="Which model bots use: who asks, who approves, what stands.")
audit_app = typer.Typer(no_args_is_help=True, help="The record of every attempt to move a model.")

app.add_typer(rollout_app, name="rollout")
app.add_typer(audit_app, name="audit")

ArtifactArgument = Annotated[str, typer.Argument(help="Id of the artifact.", show_default=False)]
RequestArgument = Annotated[str, typer.Argument(help="Id of the request.", show_default=False)]
TargetOption = Annotated[str, typer.Option("--target", help="What the model is deployed for.")]
PersonOption = Annotated[str, typer.Option("--by", help="Your name.", show_default=False)]
WhyOption = Annotated[str, typer.Option("--reason", help="Why, in your words.", show_default=False)]


class State(StrEnum):
    """Where a model may be asked to be moved."""

    shadow = "shadow"
    active = "active"


@rollout_app.command("request")
@refusals_in_one_line
def request_move(
    artifact_id: ArtifactArgument,
    state: Annotated[State, typer.Option("--state", help="shadow: scores, nobody acts on it.", show_default=False)],
    by: PersonOption,
    target: TargetOption = "main",
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a model to be moved; into shadow it goes at once, to be active takes another person's approval."""
    from learning_pipeline.cli import rollout  # noqa: PLC0415  # needs the ledger

    rollout.request(Home.at(home), artifact_id, target, state.value, by, reason, as_json=as_json)


@rollout_app.command("approve")
@refusals_in_one_line
def approve_move(
    request_id: RequestArgument,
    by: PersonOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say yes to exactly what stands now, as another person than asked; the model moves if nothing else is missing."""
    from learning_pipeline.cli import rollout  # noqa: PLC0415  # needs the ledger

    rollout.approve(Home.at(home), request_id, by, reason, as_json=as_json)


@rollout_app.command("deny")
@refusals_in_one_line
def deny_move(
    request_id: RequestArgument,
    by: PersonOption,
    reason: WhyOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say no: the request is over, and nothing moves."""
    from learning_pipeline.cli import rollout  # noqa: PLC0415  # needs the ledger

    rollout.deny(Home.at(home), request_id, by, reason, as_json=as_json)


@rollout_app.command("status")
@refusals_in_one_line
def show_status(
    target: Annotated[str | None, typer.Option("--target", help="Only of this target.", show_default=False)] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What stands, what waits, and what is missing for it, in words."""
    from learning_pipeline.cli import rollout_status  # noqa: PLC0415  # needs the ledger

    rollout_status.show(Home.at(home), target, as_json=as_json)


@app.command("rollback")
@refusals_in_one_line
def roll_back(
    by: PersonOption,
    reason: WhyOption,
    target: TargetOption = "main",
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help="An artifact that was active, or `none`; by default the one before.", show_default=False
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Back to a model that was active before: one person, one reason, whole bytes; nothing else is asked."""
    from learning_pipeline.cli import rollout  # noqa: PLC0415  # needs the ledger

    rollout.roll_back(Home.at(home), target, by, reason, to, as_json=as_json)


@audit_app.command("verify")
@refusals_in_one_line
def verify_audit(
    head: Annotated[
        str | None, typer.Option("--head", help="SEQ:HASH that you noted; it must be found.", show_default=False)
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whether the audit is whole; names the first record that is wrong, and how. Exits with 1 then."""
    from learning_pipeline.cli import audit  # noqa: PLC0415  # needs the ledger

    if not audit.verify(Home.at(home), head, as_json=as_json):
        raise typer.Exit(1)
