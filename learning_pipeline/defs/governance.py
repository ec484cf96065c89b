"""Copies of the ledger for analysts: what was trained, evaluated, asked, allowed and moved."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.contracts import Table, day_span
from learning_pipeline.datasets.tables import Examples, Manifests
from learning_pipeline.defs.dataset_rows import manifests
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out
from learning_pipeline.defs.training import TRAINED
from learning_pipeline.models.tables import Artifacts, Evaluations
from learning_pipeline.rollout.copies import copied
from learning_pipeline.rollout.last_move import active_by_audit, differences
from learning_pipeline.rollout.tables import Approvals, Audit, Deployments
from learning_pipeline.stores.audit import Audit as Chained
from learning_pipeline.stores.evaluations import Evaluations as EvaluationRows
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollout_events import tell_moves
from learning_pipeline.stores.rollouts import Rollouts

COPIED: dict[type[Table], str] = {
    Artifacts: "created_at",
    Evaluations: "evaluated_at",
    Manifests: "built_at",
    Deployments: "moved_at",
    Approvals: "answered_at",
    Audit: "recorded_at",
}
"""Tables, and the instant of a row whose day is its partition."""

COPIED_MARK = "governed_sha256"
Rows = dict[type[Table], list[dict[str, Any]]]


@dg.multi_asset(
    name="governance", outs={table.table(): out(table) for table in COPIED}, deps=[asset_key(Examples), TRAINED]
)
def governance(chain: Chain) -> Iterator[Any]:
    """What people decided about models and on what grounds: copies, of which the ledger is the truth."""
    tell_moves(chain.paths)
    rows = _rows(chain)
    for table, day_of in COPIED.items():
        frame = copied(table, rows[table], day_of)
        days = pl.Series([*frame["day"], *chain.lake.files_by_day(table)], dtype=pl.Date)  # rows may be gone since
        yield materialised(table, Replacement(frame, *(day_span(days) or ())))
    chain.mark({COPIED_MARK: _digest(rows)})


def copies_lag(chain: Chain) -> bool:
    """Whether people or jobs have added to the ledger since it was copied."""
    rows = _rows(chain)
    return any(rows.values()) and chain.ledger.mark(COPIED_MARK) != _digest(rows)


@dg.asset_check(asset=asset_key(Deployments), blocking=False)
def the_active_model_is_the_last_one_in_the_audit(chain: Chain) -> dg.AssetCheckResult:
    """For each target the active artifact is the one that the last move in the audit made active, or none."""
    told = active_by_audit(Chained(chain.paths).records())
    wrong = differences(told, Rollouts(chain.paths).history())
    return dg.AssetCheckResult(passed=not wrong, metadata={"n_targets": len(told), "wrong": "; ".join(wrong)})


@dg.asset_check(asset=asset_key(Audit), blocking=False)
def the_audit_is_a_whole_chain(chain: Chain) -> dg.AssetCheckResult:
    """Every record bears the hash of the one before, and the head's file names one of them."""
    verdict = Chained(chain.paths).verify()
    said: dict[str, Any] = {"n_records": verdict.n_records, "head": str(verdict.head)}
    return dg.AssetCheckResult(
        passed=verdict.fault is None,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata=said | {"n_after_head": verdict.n_after_head, "fault": verdict.fault.words if verdict.fault else ""},
    )


def _digest(rows: Rows) -> str:
    told = {table.address(): told for table, told in rows.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _rows(chain: Chain) -> Rows:
    rollouts = Rollouts(chain.paths)
    return {
        Artifacts: Registry(chain.paths).artifacts(),
        Evaluations: EvaluationRows(chain.paths).rows(),
        Manifests: manifests(chain),
        Deployments: [each._asdict() for each in rollouts.history()],
        Approvals: rollouts.approvals(),
        Audit: Chained(chain.paths).records(),
    }
