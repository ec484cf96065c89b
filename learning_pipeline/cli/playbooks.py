"""Playbooks, what the evidence says of each, and edits that judges suggest and a person applies."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from rich.console import Console
from rich.text import Text

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import CONTROL, print_table, shortest, tell
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.known import known_playbooks
from learning_pipeline.playbooks.section import EVIDENCE
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline.sdk.playbooks import current_validation, suggestions_of
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.playbook_files import PlaybookFiles
from learning_pipeline.stores.settings_file import load_settings
from learning_pipeline.stores.suggestions import Suggestions

COLUMNS = ["playbook", "status", "trades", "win rate", "avg R", "claim"]
SUGGESTED = ["suggestion_id", "state", "playbook", "section", "judge"]
STYLES = {"+": "green", "-": "red", "@": "cyan"}


def list_playbooks(home: Home, *, as_json: bool) -> None:
    """Print every playbook of the folder with its newest evidence."""
    files = PlaybookFiles.of(home, _folder(home))
    claims, faults = known_playbooks({file.playbook_id: file.content for file in files.every()})
    told = current_validation(home)
    rows = [claim.model_dump() | told.get(name, {"status": None}) for name, claim in claims.items()]
    if as_json:
        write_json([*rows, *({"playbook_id": name, "fault": why} for name, why in faults.items())])
        return
    print_table(COLUMNS, [_cells(row) for row in rows], title=f"Playbooks in {shortest(files.folder)}")
    for why in faults.values():
        tell(f"not used: {why}")


def show_playbook(home: Home, playbook_id: str, *, as_json: bool) -> None:
    """Print a playbook's evidence as its file has it, and its numbers as JSON.

    Raises
    ------
    BadInput
        There is no such playbook, or it cannot be read.
    """
    file = PlaybookFiles.of(home, _folder(home)).one(playbook_id)
    if as_json:
        write_json(current_validation(home).get(playbook_id, {"playbook_id": playbook_id, "status": None}))
        return
    tell(f"{file.path}\n")
    for line in Document(file.content).body(EVIDENCE).strip().splitlines():
        tell(line)


def list_suggestions(home: Home, *, as_json: bool) -> None:
    """Print every suggestion, and of those that wait for a person what they would change."""
    found = _suggestions(home).every()
    if as_json:
        write_json(found)
    elif not found:
        tell("No suggestion: no judge has asked for an edit of a playbook.")
    else:
        print_table(SUGGESTED, [_suggested(row) for row in found], title="Edits that judges ask for")
        for row in found:
            if row["state"] == "pending":
                tell(f"\n{row['suggestion_id']}")
                _print_difference(row["diff"])
            elif row["reason"]:
                tell(f"\n{row['suggestion_id']}  {row['state']}: {row['reason']}")


def apply(home: Home, suggestion_id: str, actor: str) -> dict[str, Any]:
    """Write a suggestion into its playbook; it, as it is then. Raises as `Suggestions.apply`."""
    return _suggestions(home).apply(suggestion_id, actor, dt.datetime.now(dt.UTC))


def reject(home: Home, suggestion_id: str, actor: str, reason: str | None) -> dict[str, Any]:
    """Put a suggestion aside for good; it, as it is then. Raises as `Suggestions.reject`."""
    return _suggestions(home).reject(suggestion_id, actor, dt.datetime.now(dt.UTC), reason)


def print_decision(row: dict[str, Any], *, as_json: bool) -> None:
    """Say what was done, and what it changed."""
    if as_json:
        write_json(row)
        return
    if row["state"] == "applied":
        _print_difference(row["diff"])
    tell(f"{row['state']} {row['suggestion_id']} ({row['playbook_id']}, {row['section']}) by {row['actor']}")


def _suggestions(home: Home) -> Suggestions:
    return suggestions_of(home, _folder(home))


def _folder(home: Home) -> str:
    settings = cast("PlaybooksSettings", load_settings(home.settings, SETTINGS)["playbooks"])
    return settings.playbook_folder


def _print_difference(diff: str) -> None:
    console = Console()
    for line in diff.split("\n"):
        console.print(Text(CONTROL.sub("\ufffd", line), style=STYLES.get(line[:1], "")), soft_wrap=True)


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    is_rate = row["metric"] == "win_rate"
    claim = f"win > {row['threshold']:.0%}" if is_rate else f"R > {row['threshold']:+.2f}"
    trades = "" if row.get("n_trades") is None else f"{row['n_trades']:,}/{row['next_look_n'] or 'all'}"
    rates = _number(row.get("win_rate"), ".1%"), _number(row.get("avg_r"), "+.2f")
    return row["playbook_id"], row["status"] or "no run yet", trades, *rates, claim


def _number(value: float | None, how: str) -> str | None:
    return None if value is None else format(value, how)


def _suggested(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("suggestion_id", "state", "playbook_id", "section", "judge"))
