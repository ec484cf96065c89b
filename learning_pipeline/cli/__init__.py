"""The command line (CONTRACTS 4): a thin entrance; each command starts the same Dagster job as the UI, or reads."""

import gc

# A command imports much and ends soon: looking for garbage took a third of its start.
gc.set_threshold(20_000, 20, 20)

from learning_pipeline.cli import (  # noqa: E402  # as above
    evaluation_commands,
    experiment_commands,
    import_commands,
    playbook_commands,
    proposal_commands,
    rollout_commands,
    serving,
    train_commands,
)
from learning_pipeline.cli.app import app  # noqa: E402  # as above

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
