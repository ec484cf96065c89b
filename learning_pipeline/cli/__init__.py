"""The command line (CONTRACTS 4): a thin entrance; each command starts the same Dagster job as the UI, or reads."""

from learning_pipeline.cli import (
    dataset_commands,
    evaluation_commands,
    experiment_commands,
    playbook_commands,
    rollout_commands,
    serving,
)
from learning_pipeline.cli.app import app

__all__ = [
    "app",
    "dataset_commands",
    "evaluation_commands",
    "experiment_commands",
    "playbook_commands",
    "rollout_commands",
    "serving",
]
