"""How often shuffled labels pass the gate, and a planted edge: `python -m learning_pipeline_tests...shuffled [N]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.evaluation.evaluation import Evaluation
from learning_pipeline.models.evaluation.signal_model import evaluate_signal_model
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.training import MODEL_TYPE, Recipe
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.evaluation.homes import add_model
from learning_pipeline_tests.models.evaluation.worlds import MARKETS, World, world

MOST_PASSES = 5
"""Of 200: 1 % of them pass, or fewer, with a chance of .98 to see no more than five."""


class Run(NamedTuple):
    """One pipeline: where it ran and what the gate said."""

    market: str
    evaluation: Evaluation


def whole_path(made: World, home: Home, recipe: Recipe) -> Evaluation:
    """Train, record every trial, register the bytes, evaluate what was registered."""
    registry, artifact_id = Registry(home), add_model(home, made, recipe)
    artifact, bundle = registry.artifact(artifact_id), Bundle.read(registry.raw(artifact_id))
    dataset = DatasetFiles(home.datasets).manifest(artifact["dataset_id"])
    return evaluate_signal_model(bundle, made.pack, dataset, registry.trials(MODEL_TYPE), artifact["train_id"])


def runs(n: int, recipe: Recipe, **parts: object) -> list[Run]:
    """So many worlds, the markets in turn, each with a ledger of its own."""
    found = []
    for seed in range(n):
        market = list(MARKETS)[seed % len(MARKETS)]
        with tempfile.TemporaryDirectory() as folder:
            evaluation = whole_path(world(seed, market, **parts), Home(Path(folder)), recipe)
        found.append(Run(market, evaluation))
    return found


def summary(found: list[Run]) -> dict[str, object]:
    """Passes by market, mean AUC, and how often each gate alone was passed."""
    gates = {gate.gate for run in found for gate in run.evaluation.gates}
    return {
        "worlds": len(found),
        "passed": sum(run.evaluation.passed for run in found),
        "passed_by_market": {
            market: sum(run.evaluation.passed for run in found if run.market == market) for market in MARKETS
        },
        "mean_auc": sum(run.evaluation.metrics["auc"] or 0.5 for run in found) / len(found),
        "share_by_gate": {
            name: sum(gate.passed for run in found for gate in run.evaluation.gates if gate.gate == name) / len(found)
            for name in sorted(gates)
        },
    }


def main(n: int) -> int:
    """Print both worlds; 1 where shuffled labels pass too often, or seem to foretell anything."""
    recipe, began = Recipe.of(ModelsSettings(), DatasetsSettings()), time.process_time()
    shuffled = summary(runs(n, recipe, edge=0.0, shuffled=True))
    planted = summary(runs(max(n // 10, 3), recipe, edge=1.0))
    said = {"shuffled": shuffled, "planted": planted, "cpu_seconds": round(time.process_time() - began)}
    sys.stdout.write(json.dumps(said, indent=1) + "\n")
    return int(shuffled["passed"] > MOST_PASSES * max(n, 200) / 200 or abs(shuffled["mean_auc"] - 0.5) > 0.02)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
