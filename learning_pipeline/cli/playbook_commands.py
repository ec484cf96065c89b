"""Commands of ``playbooks``."""

from __future__ import annotations

from typing import Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, ReasonOption, app, refusals_in_one_line
from learning_pipeline.stores.home import Home

playbooks_app = typer.Typer(no_args_is_help=True, help="What playbooks claim, their evidence, and edits of them.")

app.add_typer(playbooks_app, name="playbooks")

PlaybookArgument = Annotated[str, typer.Argument(help="Id of the playbook.", show_default=False)]
SuggestionArgument = Annotated[str, typer.Argument(help="Id of the suggestion.", show_default=False)]
DecidedByOption = Annotated[str, typer.Option("--by", help="Name of the person who decides.", show_default=False)]


@playbooks_app.command("list")
@refusals_in_one_line
def list_playbooks(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every playbook with what research trades say of its claim."""
    from learning_pipeline.cli import playbooks  # noqa: PLC0415  # needs the lake

    playbooks.list_playbooks(Home.at(home), as_json=as_json)


@playbooks_app.command("show")
@refusals_in_one_line
def show_playbook(playbook_id: PlaybookArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The evidence of one playbook, in words or as JSON."""
    from learning_pipeline.cli import playbooks  # noqa: PLC0415  # needs the lake

    playbooks.show_playbook(Home.at(home), playbook_id, as_json=as_json)


@playbooks_app.command("suggestions")
@refusals_in_one_line
def list_suggestions(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Edits that judges suggest, with what each would change; nothing is applied by itself."""
    from learning_pipeline.cli import playbooks  # noqa: PLC0415  # needs the ledger

    playbooks.list_suggestions(Home.at(home), as_json=as_json)


@playbooks_app.command("apply")
@refusals_in_one_line
def apply_suggestion(
    suggestion_id: SuggestionArgument, by: DecidedByOption, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Write a suggested edit into its playbook, once; refused where the file has changed since."""
    from learning_pipeline.cli import playbooks  # noqa: PLC0415  # needs the ledger

    playbooks.print_decision(playbooks.apply(Home.at(home), suggestion_id, by), as_json=as_json)


@playbooks_app.command("reject")
@refusals_in_one_line
def reject_suggestion(
    suggestion_id: SuggestionArgument,
    by: DecidedByOption,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a suggested edit aside for good; the playbook stays as it is."""
    from learning_pipeline.cli import playbooks  # noqa: PLC0415  # needs the ledger

    playbooks.print_decision(playbooks.reject(Home.at(home), suggestion_id, by, reason), as_json=as_json)
