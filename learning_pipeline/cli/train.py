"""Train a model and say what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, say, tell
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.training import require_enabled
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry

OP = "models__trained"
COLUMNS = ["out of fold", "model", "baseline", "no model"]
NAMES = ("log_loss", "brier", "auc", "net_roi", "n_taken")
BESIDE_NOTHING = {"log_loss": "base_log_loss"}


def train(
    home: Home, first: dt.date | None, last: dt.date | None, dataset_id: str, asked_by: str, *, as_json: bool
) -> None:
    """Build a dataset (or take one that is there), train on it, print what came of it.

    Raises
    ------
    Refused
        LEARN_ENABLE is false.
    DataMissing, TrainingFailed
        As `defs.trained.trained`.
    """
    require_enabled(Chain(home=str(home.root)).models)
    asked = {"dataset_id": dataset_id, "asked_by": asked_by}
    days = {name: day.isoformat() for name, day in (("first", first), ("last", last)) if day}
    if dataset_id:
        said = run_job(home, "train_on", ops={OP: asked})
    else:
        said = run_job(home, "train", ops={"build_dataset": days, OP: asked})
    shown = _summary(home, said["models.trained"]["artifact_id"])
    if as_json:
        write_json(shown)
    else:
        _show(shown)


def _summary(home: Home, artifact_id: str) -> dict[str, Any]:
    registry = Registry(home)
    row, bundle = registry.artifact(artifact_id), Bundle.read(registry.raw(artifact_id))
    return {
        "artifact_id": artifact_id,
        "version": row["version"],
        "dataset_id": row["dataset_id"],
        "n": bundle.n,
        "n_effective": bundle.n_effective,
        "success_share": bundle.success_share,
        "threshold": bundle.threshold,
        "trained_until": bundle.trained_until,
        "features": list(bundle.features),
        "dropped": bundle.dropped,
        "params": bundle.params,
        "n_trials": len(registry.trials(row["model_type"])),
        "metrics": row["metrics"],
        "path": str(home.root / row["path_ref"]),
    }


def _show(said: dict[str, Any]) -> None:
    metrics = said["metrics"]
    rows = [
        (name, metrics.get(name), metrics.get(f"baseline_{name}"), metrics.get(BESIDE_NOTHING.get(name, "")))
        for name in NAMES
    ]
    title = f"Dataset {said['dataset_id'][:12]}: {said['n']:,} examples that count as {said['n_effective']:,.0f}"
    print_table(COLUMNS, rows, title)
    setting = ", ".join(f"{name} {said['params'][name]}" for name in ("max_depth", "n_trees", "eta"))
    tell(f"\nChosen: {setting}; {said['n_trials']} trials so far, each of which the gate counts.")
    tell(f"A trade pays above a probability of {said['threshold']:.3f}; {said['success_share']:.1%} were successes.")
    if said["dropped"]:
        tell("Left out: " + ", ".join(f"{name} ({why})" for name, why in sorted(said["dropped"].items())))
    if metrics["log_loss"] >= metrics["base_log_loss"]:
        say("it foretells no better than the share of successes does: expect no gate to pass it")
    elif metrics["log_loss"] >= metrics.get("baseline_log_loss", float("inf")):
        say("the logistic regression beside it foretells as well or better")
    tell(f"{said['artifact_id']} (version {said['version']}); next: learning-pipeline evaluate {said['artifact_id']}")
