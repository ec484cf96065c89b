"""Measure an artifact and print the gates."""

from __future__ import annotations

from typing import Any

from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.stores.evaluations import Evaluations
from learning_pipeline.stores.home import Home

COLUMNS = ["gate", "measured", "bound", "passed"]


def evaluate(home: Home, artifact_id: str, packs: list[str], *, as_json: bool) -> None:
    """Run the job ``evaluate`` and print what it measured.

    Raises
    ------
    EvaluationFailed
        By one of the packs it could not be measured.
    """
    rows = evaluations(home, artifact_id, packs)
    if as_json:
        write_json(rows)
        return
    for row in rows:
        _show(home, row)


def evaluations(home: Home, artifact_id: str, packs: list[str]) -> list[dict[str, Any]]:
    """Run the job ``evaluate``; rows of the ledger, one per pack. Errors as `evaluate`."""
    asked = {"artifact_id": artifact_id, "packs": packs}
    ids = run_job(home, "evaluate", ops={"evaluate_artifact": asked})["models.evaluations"]["eval_ids"]
    known = Evaluations(home)
    return [row for row in map(known.find, ids) if row is not None]


def _show(home: Home, row: dict[str, Any]) -> None:
    gates = [(g["gate"], g["value"], g["bound"], "yes" if g["passed"] else "NO") for g in row["gates"]]
    print_table(COLUMNS, gates, title=f"{row['artifact_id']} by {row['pack_id']}")
    verdict = "passed: every gate holds" if row["passed"] else f"not passed: {row['reason']}"
    tell(f"\n{verdict}\n{row['eval_id']}: {home.root / row['report_ref']} shows the curves\n")
