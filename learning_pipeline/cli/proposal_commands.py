"""Commands about proposals: what the evidence asks for, and the answer of a named person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from learning_pipeline.cli.app import ByOption, HomeOption, JsonOption, ReasonOption, app, refusals_in_one_line
from learning_pipeline.cli.terminal import tell
from learning_pipeline.stores.home import Home

proposals_app = typer.Typer(no_args_is_help=True, help="What the evidence asks for, and a person's answer to it.")
app.add_typer(proposals_app, name="proposals")

ProposalArgument = Annotated[str, typer.Argument(help="Id of the proposal.", show_default=False)]


@proposals_app.command("list")
@refusals_in_one_line
def list_(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Proposals with their evidence, and what would end them; only what was listed can be answered."""
    from learning_pipeline.cli.proposals import list_proposals  # noqa: PLC0415  # needs the lake

    list_proposals(Home.at(home), as_json=as_json)


@proposals_app.command()
@refusals_in_one_line
def approve(
    proposal_id: ProposalArgument,
    by: ByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a proposal an override: the bot uses it for 90 days from now."""
    from learning_pipeline.cli import proposals  # noqa: PLC0415  # needs the lake

    _print_answer(proposals.approve(Home.at(home), proposal_id, by, reason), as_json=as_json)


@proposals_app.command()
@refusals_in_one_line
def reject(
    proposal_id: ProposalArgument,
    by: ByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a proposal aside for 90 days; nothing changes for the bot."""
    from learning_pipeline.cli import proposals  # noqa: PLC0415  # needs the lake

    _print_answer(proposals.reject(Home.at(home), proposal_id, by, reason), as_json=as_json)


def _print_answer(done: dict[str, Any], *, as_json: bool) -> None:
    from learning_pipeline.cli.plain import write_json  # noqa: PLC0415  # only where asked for

    if as_json:
        write_json(done)
        return
    what = f"; override {done['override_id']}, which the bot reads from {done['file']}" if "file" in done else ""
    tell(f"{done['answer']} {done['proposal_id']} until {done['holds_until']:%Y-%m-%d %H:%M} UTC{what}")
