"""A data root with artifacts, evaluations and data that are as they must be, and ways to spoil one thing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learning_pipeline.defs.rollout_gate import Gate
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.rollout.facts import Alarm, Circumstances
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.stores import model_tables
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline.stores.rollouts import Rollouts

NOW = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
PACK, POLICY = "bench_core_v1", "b" * 64
TABLES = ("rollout_requests", "rollout_approvals", "rollout_deployments", "artifacts", "evaluations")


@dataclass
class Known:
    """Packs, shadow scores and alarms as given."""

    packs: dict[str, str | None] = field(default_factory=lambda: {PACK: POLICY})
    scored_at: Sequence[dt.datetime] = ()
    alarms: Sequence[Alarm] = ()

    def policies(self, pack_ids: Sequence[str], artifact: Any) -> dict[str, str | None]:
        return dict(self.packs)

    def in_shadow(self, held: Held, data_now: dt.datetime) -> tuple[list[dt.datetime], list[Alarm]]:
        return list(self.scored_at), list(self.alarms)


@dataclass
class World:
    """A data root on two clocks, both moved by hand."""

    home: Home
    now: dt.datetime = NOW
    known: Known = field(default_factory=Known)
    models: ModelsSettings = field(default_factory=lambda: ModelsSettings(rollout_mode="active"))
    rollout: RolloutSettings = field(default_factory=RolloutSettings)

    @classmethod
    def at(cls, root: Path, **changes: Any) -> World:
        world = cls(Home.at(root), **changes)
        Database(world.home.ledger, model_tables.metadata)
        world.data_at(NOW - 20 * DAY)
        return world

    @property
    def gate(self) -> Gate:
        return Gate(self.home, {"models": self.models, "rollout": self.rollout}, self.known)  # type: ignore[arg-type]

    @property
    def rollouts(self) -> Rollouts:
        return Rollouts(self.home)

    @property
    def circumstances(self) -> Circumstances:
        """What the gate would find outside the ledger."""
        data_now = dt.datetime.fromisoformat(Ledger(self.home.ledger).mark("newest_known_at") or "")
        known = self.known
        return Circumstances(self.rollout, self.models, known.packs, known.scored_at, known.alarms, self.now, data_now)

    def data_at(self, newest: dt.datetime) -> None:
        """Data up to an instant are in; every hour from then back 20 days was scored."""
        Ledger(self.home.ledger).set_marks({"newest_known_at": newest.isoformat()})
        self.known = replace(self.known, scored_at=[newest - k * HOUR for k in range(480, -1, -1)])

    def artifact(self, name: str = "one", **changes: Any) -> str:
        """A registered artifact with its file, passed by the pack; its id."""
        raw = json.dumps({"weights": name}).encode()
        sha256 = hashlib.sha256(raw).hexdigest()
        artifact_id = f"signal_model-{sha256[:16]}"
        path = self.home.models / artifact_id / "artifact.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(raw)
        row = {"artifact_id": artifact_id, "model_type": "signal_model", "version": len(self.rows("artifacts")) + 1}
        row |= {"path_ref": f"models/{artifact_id}/artifact.json", "sha256": sha256, "metrics": {"brier": 0.2}}
        row |= {"created_at": utc_text(self.now - 30 * DAY), "data_snapshot_ref": "d1", "dataset_id": "d1"}
        self.insert(model_tables.artifacts, row | {"config_hash": "c", "code_commit": "k", "train_id": "t"} | changes)
        self.evaluation(artifact_id)
        return artifact_id

    def evaluation(self, artifact_id: str, **changes: Any) -> None:
        """An evaluation of an artifact by the pack, passed an hour ago."""
        artifact = next(row for row in self.rows("artifacts") if row["artifact_id"] == artifact_id)
        said = {"artifact_id": artifact_id, "artifact_sha256": artifact["sha256"], "dataset_id": artifact["dataset_id"]}
        said |= {"pack_id": PACK, "policy_sha256": POLICY, "evaluated_at": utc_text(self.now - HOUR), "passed": True}
        said |= {"status": "measured", "metrics": {"sharpe": 1.5}, "baseline": {"sharpe": 1.0}, "gates": []}
        said |= {"reason": None, "report_ref": None, "eval_id": f"e{len(self.rows('evaluations'))}"} | changes
        self.insert(
            model_tables.evaluations, said | {"content_sha256": hashlib.sha256(repr(said).encode()).hexdigest()}
        )

    def insert(self, table: sa.Table, row: dict[str, Any]) -> None:
        with Database(self.home.ledger, model_tables.metadata).writing() as connection:
            connection.execute(sa.insert(table).values(row))

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self.sqlite() as connection:
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]

    def execute(self, sql: str, *values: Any) -> None:
        """Reach past the doors."""
        with self.sqlite() as connection:
            connection.execute(sql, values)

    @contextmanager
    def sqlite(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.home.ledger, timeout=30)) as connection, connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def in_shadow(self, artifact_id: str, target: str = "main") -> None:
        """Asked for and moved."""
        asked = self.gate.ask(target, artifact_id, "shadow", "Ada", None, self.now)
        self.gate.move(asked["request_id"], "Ada", self.now)

    def approved(self, artifact_id: str, target: str = "main") -> str:
        """In shadow for 20 days of data, asked for by Ada, approved by Bob; the request's id."""
        self.in_shadow(artifact_id, target)
        newest = Ledger(self.home.ledger).mark("newest_known_at")
        assert newest
        self.data_at(dt.datetime.fromisoformat(newest) + 20 * DAY)
        asked = self.gate.ask(target, artifact_id, "active", "Ada", None, self.now)
        self.gate.approve(asked["request_id"], "Bob", None, self.now)
        return asked["request_id"]

    def active(self, artifact_id: str, target: str = "main") -> None:
        """Promoted as it must be."""
        request_id = self.approved(artifact_id, target)
        self.gate.move(request_id, "Bob", self.now)

    def stands(self, target: str = "main") -> dict[str, str]:
        return {state: each.artifact_id for state, each in self.rollouts.standing(target).items()}

    def audited(self) -> list[tuple[str, str, str, list[str]]]:
        """Actor, action, outcome and codes of each record."""
        records = Audit(self.home).records()
        codes = [[reason["code"] for reason in json.loads(r["detail"])["reasons"]] for r in records]
        return [(r["actor"], r["action"], r["outcome"], c) for r, c in zip(records, codes, strict=True)]

    def saved(self) -> dict[str, list[dict[str, Any]]]:
        """What may be spoilt."""
        return {table: self.rows(table) for table in TABLES}

    def restore(self, saved: dict[str, list[dict[str, Any]]]) -> None:
        """As it was saved; the audit goes on."""
        with self.sqlite() as connection:
            for table, rows in saved.items():
                connection.execute(f"DELETE FROM {table}")
                for row in rows:
                    marks = ", ".join("?" for _ in row)
                    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
