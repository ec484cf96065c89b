"""The data root: where everything that belongs to one user of the pipeline lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "LEARNING_PIPELINE_HOME"
DEFAULT = Path("data")


@dataclass(frozen=True)
class Home:
    """Paths of a data root. Nothing is written outside it."""

    root: Path

    @classmethod
    def at(cls, root: str | Path | None = None) -> Home:
        """The data root named, else that of the environment variable LEARNING_PIPELINE_HOME, else ``./data``."""
        return cls(Path(root or os.environ.get(VARIABLE) or DEFAULT).expanduser().resolve())

    @property
    def inbox(self) -> Path:
        """Delivered files; never changed or deleted by us."""
        return self.root / "inbox"

    @property
    def lake(self) -> Path:
        """Delta tables."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """DuckDB file for analysts."""
        return self.root / "warehouse.duckdb"

    @property
    def reports(self) -> Path:
        """HTML reports."""
        return self.root / "reports"

    @property
    def ledger(self) -> Path:
        """SQLite file of what must be transactional."""
        return self.root / "ledger.sqlite"

    @property
    def overrides(self) -> Path:
        """What a bot should use instead of its own thresholds."""
        return self.root / "overrides.json"

    @property
    def allocation(self) -> Path:
        """Which share of the capital a bot should give each timeframe."""
        return self.root / "allocation.json"

    @property
    def postures(self) -> Path:
        """How a bot should steer A and E."""
        return self.root / "postures.json"

    @property
    def experiments(self) -> Path:
        """Experiments and research money, as a bot routes by them."""
        return self.root / "experiments.json"

    @property
    def playbooks(self) -> Path:
        """Playbooks, where no other folder is set; people edit them, evidence and approved edits are written in."""
        return self.root / "playbooks"

    @property
    def learning_book(self) -> Path:
        """What the learning book may still risk."""
        return self.root / "learning_book.json"

    @property
    def learning_log(self) -> Path:
        """What the learning system did, and why it did not."""
        return self.root / "learning_system.log"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.root / "learning_pipeline.toml"

    @property
    def datasets(self) -> Path:
        """Datasets: one folder each, written once."""
        return self.root / "datasets"

    @property
    def models(self) -> Path:
        """Artifacts: one folder each, written once."""
        return self.root / "models"

    @property
    def packs(self) -> Path:
        """The user's own evaluation packs, beside those that are shipped."""
        return self.root / "packs"

    @property
    def evaluations(self) -> Path:
        """Reports of evaluations."""
        return self.root / "evaluations"

    @property
    def mlflow(self) -> Path:
        """MLflow's database and files: a mirror of the registry, which can be made anew."""
        return self.root / "mlflow"

    @property
    def outbox(self) -> Path:
        """What the learning engine tells others: JSON Lines."""
        return self.root / "outbox"

    @property
    def audit_head(self) -> Path:
        """Place and hash of the audit's last record: shows that its tail was cut off."""
        return self.root / "audit_head.json"

    @property
    def metrics(self) -> Path:
        """Metrics as of the last run, for the node exporter's textfile collector."""
        return self.root / "metrics" / "learning_pipeline.prom"

    @property
    def people(self) -> Path:
        """Who may call the Ops API."""
        return self.root / "people"

    @property
    def dagster(self) -> Path:
        """Dagster's instance."""
        return self.root / "dagster"

    @property
    def lock(self) -> Path:
        """Held by whoever writes."""
        return self.root / ".writer.lock"
