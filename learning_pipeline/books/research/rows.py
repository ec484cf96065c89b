"""What is held, as rows of a day, and back: what a run starts from is what the day before wrote. No Polars."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from learning_pipeline.books.research.budget import Budget, Position, Session
from learning_pipeline.books.research.experiment import Experiment, Spec
from learning_pipeline.books.research.fold import Limits
from learning_pipeline.books.research.requests import RUNNING, Held, Verdict

Row = dict[str, Any]


def held_of(experiments: Iterable[Row], budgets: Iterable[Row]) -> Held:
    """What was held at the end of a day, from its rows of ``books.experiments`` and ``books.research_budget``."""
    by_id = {row["experiment_id"]: _experiment(row) for row in experiments}
    return Held(by_id, {(row["source"], row["session_id"]): _budget(row) for row in budgets})


def experiment_rows(held: Held, day: dt.date) -> list[Row]:
    """Rows of ``books.experiments`` of a day."""
    return [_experiment_row(one, day) for one in held.experiments.values()]


def budget_rows(held: Held, day: dt.date, limits: Limits) -> list[Row]:
    """Rows of ``books.research_budget`` of a day."""
    return [_budget_row(held, session, day, limits) for session in held.budgets]


def active_experiment(held: Held, budget: Budget) -> Experiment | None:
    """The running experiment that traded last, else the one that started last."""
    traded = held.experiments.get(budget.last_experiment_id or "")
    if traded and traded.state == RUNNING:
        return traded
    running = [one for one in held.experiments.values() if one.state == RUNNING]
    return max(running, key=lambda one: (one.state_at, one.spec.experiment_id), default=None)


def tighter_limit_usd(held: Held, budget: Budget, limits: Limits) -> float | None:
    """Loss that pauses the session or its active experiment, whichever is less; None where neither is known."""
    active = active_experiment(held, budget)
    asked = [limits.session_usd(budget), active.spec.max_loss_usd if active else None]
    return min((limit for limit in asked if limit is not None), default=None)


def _experiment_row(one: Experiment, day: dt.date) -> Row:
    source, session_id = one.session or (None, None)
    told = {name: value for name, value in asdict(one).items() if name not in {"spec", "session"}}
    told |= {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(one.spec).items()}
    return told | {"day": day, "as_of": day, "source": source, "session_id": session_id}


def _experiment(row: Row) -> Experiment:
    spec = {name: row[name] for name in Spec.__dataclass_fields__}
    spec |= {name: tuple(row[name]) for name in ("target_symbols", "trigger_categories")}
    session = None if row["source"] is None else (row["source"], row["session_id"])
    rest = {name: row[name] for name in Experiment.__dataclass_fields__ if name not in {"spec", "session"}}
    return Experiment(spec=Spec(**spec), session=session, **rest)


def _budget_row(held: Held, session: Session, day: dt.date, limits: Limits) -> Row:
    budget, (source, session_id) = held.budgets[session], session
    active = active_experiment(held, budget)
    return {
        "day": day,
        "as_of": day,
        "source": source,
        "session_id": session_id,
        "initial_capital": budget.initial_usd,
        "cash": budget.cash_usd,
        "flow_usd": budget.flow_usd,
        "positions": _json({k: asdict(held_) for k, held_ in budget.positions.items()}),
        "active_experiment_id": active.spec.experiment_id if active else None,
        "active_playbook_id": active.spec.playbook_id if active else None,
        "trades": sorted(budget.touched | set(budget.positions)),
        "total_pnl": budget.total_pnl_usd,
        "open_pnl": math.fsum(one.open_usd for one in budget.positions.values()),
        "max_loss_usd": tighter_limit_usd(held, budget, limits),
        "loss_from_usd": budget.loss_from_usd,
        "paused": budget.is_paused,
        "pause_reason": budget.pause_reason,
        "paused_at": budget.paused_at,
        "pause_experiment_id": budget.pause_experiment_id,
        "last_experiment_id": budget.last_experiment_id,
        "heard_at": budget.heard_at,
    }


def _budget(row: Row) -> Budget:
    return Budget(
        initial_usd=row["initial_capital"],
        flow_usd=row["flow_usd"],
        total_pnl_usd=row["total_pnl"],
        positions={k: Position(**one) for k, one in json.loads(row["positions"]).items()},
        last_experiment_id=row["last_experiment_id"],
        heard_at=row["heard_at"],
        loss_from_usd=row["loss_from_usd"],
        paused_at=row["paused_at"],
        pause_reason=row["pause_reason"],
        pause_experiment_id=row["pause_experiment_id"],
    )


def request_row(verdict: Verdict) -> Row:
    """Row of ``books.experiment_requests``."""
    request = verdict.request
    source, session_id = request.session or (None, None)
    return {
        "day": request.at.astimezone(dt.UTC).date(),
        "request_id": request.request_id,
        "requested_at": request.at,
        "asked_by": request.by,
        "actor": request.actor,
        "source": source,
        "session_id": session_id,
        "experiment_id": request.experiment_id,
        "asked_state": request.state,
        "verdict": verdict.verdict,
        "state": verdict.state,
        "reason": verdict.reason,
    }


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
