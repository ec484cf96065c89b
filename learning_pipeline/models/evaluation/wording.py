"""What the log says of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from learning_pipeline.contracts import Entry


def evaluation_entry(row: Mapping[str, Any]) -> Entry:
    """One line: passed or not and why, or why it could not be evaluated."""
    fields = {name: row[name] for name in ("eval_id", "artifact_id", "pack_id", "status", "passed")}
    gates = {gate["gate"]: "passed" if gate["passed"] else "no" for gate in row["gates"]}
    said = {**fields, "gates": gates, "reason": row["reason"]}
    return Entry("MODEL EVALUATION", said, "ERROR" if row["status"] == "failed" else "INFO")
