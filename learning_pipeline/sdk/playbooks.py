"""Playbooks as they stand now: what the newest evidence says of each, and the edits that wait for a person."""

from __future__ import annotations

from typing import Any

from learning_pipeline.playbooks.tables import Validation
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.playbook_files import PlaybookFiles
from learning_pipeline.stores.suggestions import Suggestions


def current_validation(home: Home) -> dict[str, dict[str, Any]]:
    """The newest row of ``playbooks.validation`` of each playbook, by id, as JSON holds it; empty before a run.

    One day is read, however long the history is.
    """
    lake = Lake(home.lake)
    days = lake.files_by_day(Validation)
    if not days:
        return {}
    newest = lake.read(Validation, max(days), max(days)).drop("day")
    return {row["playbook_id"]: _plain(row) for row in newest.iter_rows(named=True)}


def suggestions_of(home: Home, folder: str = "") -> Suggestions:
    """The ledger's suggestions, over the playbooks of a folder (setting ``playbook_folder``; empty: the home's own)."""
    return Suggestions(home.ledger, PlaybookFiles.of(home, folder))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
