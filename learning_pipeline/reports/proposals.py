"""What the evidence asks for, and what a person answered."""

from __future__ import annotations

from typing import Any

from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import interval, money

TITLE = "Proposals"
KINDS = {"drop_guard": "drop the guard", "threshold": "move the limit"}
COLUMNS = ("id", "proposal", "expected gain, USD", "95 % interval", "state", "what would change it")


def proposals_section(facts: Facts, window: Window) -> Section:
    """Open and answered proposals, newest first."""
    if facts.proposals is None:
        return Section("proposals", TITLE, ("This warehouse has no table of proposals, so none is shown.",))
    rows = [row for row in facts.proposals.to_dicts() if row["state"] != "withdrawn"]
    withdrawn = facts.proposals.height - len(rows)
    if not rows:
        gone = (
            f" {withdrawn} of earlier days were withdrawn when the evidence no longer bore them." if withdrawn else ""
        )
        return Section("proposals", TITLE, (f"As of {window.as_of} the evidence bears no change of a gate.{gone}",))
    grid = Grid(
        "Proposals that stand or were answered", COLUMNS, [_cells(row) for row in rows], frozenset(COLUMNS[2:4])
    )
    note = "Nothing takes effect by itself: `learning-pipeline proposals approve ID --by NAME` makes an override."
    return Section("proposals", TITLE, (), grids=(grid,), notes=(note,))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    what = f"{KINDS[row['kind']]}: {row['target']}"
    reach = interval(row["ci_low_usd"], row["ci_high_usd"])
    return row["proposal_id"], what, money(row["expected_delta_usd"]), reach, row["state"], row["would_change"]
