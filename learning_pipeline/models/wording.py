"""What a training did, for the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from learning_pipeline.contracts import Entry
from learning_pipeline.models.training import Search


def training_entries(found: Search, artifact: Mapping[str, Any]) -> list[Entry]:
    """One line per trial that failed, and one for what was chosen."""
    failed = [
        Entry("TRIAL FAILED", {"params": trial.params, "why": trial.reason}, "WARNING")
        for trial in found.trials
        if trial.reason
    ]
    names = ("log_loss", "base_log_loss", "baseline_log_loss", "auc", "n", "n_taken")
    figures = {name: found.metrics.get(name) for name in names}
    said = {"artifact": artifact["artifact_id"], "dataset": artifact["dataset_id"], "trials": len(found.trials)}
    return [*failed, Entry("MODEL TRAINED", said | figures)]


def failed_entry(status: str, code: str, reason: str) -> Entry:
    """A training that made nothing: refused, or failed."""
    said = {"status": status, "code": code, "why": reason, "then": "the last good artifact stays"}
    return Entry("TRAINING", said, "WARNING" if status == "refused" else "ERROR")


def damaged_entry(artifact_id: str, why: str) -> Entry:
    """A model in force that cannot be used."""
    said = {"artifact": artifact_id, "why": why, "then": "it scores nothing until its bytes are back"}
    return Entry("MODEL DAMAGED", said, "ERROR")
