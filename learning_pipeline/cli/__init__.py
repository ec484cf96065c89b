"""The command line (CONTRACTS 4): a thin entrance; each command starts the same Dagster job as the UI, or reads."""

from learning_pipeline.cli import (
    evaluation_commands,
    experiment_commands,
    import_commands,
    playbook_commands,
    proposal_commands,
    rollout_commands,
    serving,
    train_commands,
)
from learning_pipeline.cli.app import app

__all__ = [
    "app",
    "evaluation_commands",
    "experiment_commands",
    "import_commands",
    "playbook_commands",
    "proposal_commands",
    "rollout_commands",
    "serving",
    "train_commands",
]
