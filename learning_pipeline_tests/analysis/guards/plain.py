"""The verdicts once more, slowly: one as_of, one window, plain loops, SciPy's own t test."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from learning_pipeline_tests.analysis.guards.worlds import World
from learning_pipeline_tests.analysis.plain import interval
from learning_pipeline_tests.analysis.rows import Row


def cohort(world: World, as_of: dt.date, window: int) -> list[Row]:
    """Blocked decisions of the window as known on the day; ``pnl`` is a number, None (unlabelled) or 'open'."""
    decisions, gates, outcomes = world
    rows = []
    for signal_id in sorted({d["signal_id"] for d in decisions}):
        seen = [d for d in decisions if d["signal_id"] == signal_id and d["day"] <= as_of]
        if not seen:
            continue
        row = max(seen, key=lambda d: d["day"])
        ago = (as_of - row["decided_at"].date()).days
        if row["decision"] != "blocked" or row["book"] != "profit" or not 0 <= ago < window:
            continue
        results = [o for o in outcomes if o["signal_id"] == signal_id and o["day"] <= as_of]
        newest = max(results, key=lambda o: o["known_at"], default=None)
        settled = newest is not None and newest["decided_at"] == row["decided_at"]
        of_row = [g for g in gates if (g["signal_id"], g["day"]) == (signal_id, row["day"])]
        rows.append(
            row
            | {
                "pnl": newest["net_pnl_usd"] if settled else "open",
                "roi": newest["net_roi"] if settled else None,
                "doubt": not row["gates_complete"] or any(g["passed"] is None for g in of_row),
            }
        )
    return rows


def guard_rows(world: World, as_of: dt.date, window: int) -> list[Row]:
    rows = cohort(world, as_of, window)
    names = sorted({name for row in rows for name in row["blocked_by"]})
    found = [_guard(name, rows, window) for name in names]
    for row, q in zip(found, _step_up([row["p_value"] for row in found]), strict=True):
        sure = q is not None and q <= 0.05 and row["n_clusters"] >= 10
        row["q_value"] = q
        row["verdict"] = ("saves" if row["basis_net_saved_usd"] > 0 else "costs") if sure else "inconclusive"
    return [row | {"as_of": as_of, "day": as_of, "window_days": window} for row in found]


def opportunity_row(world: World, as_of: dt.date, window: int) -> Row:
    rows = cohort(world, as_of, window)
    settled = _settled(rows)
    low, high, _ = interval(settled, window, +1)
    missed, avoided = _missed(settled), _avoided(settled)
    return {
        "missed_profit_usd": missed,
        "avoided_loss_usd": avoided,
        "net_opportunity_cost_usd": missed - avoided,
        "ci_low_usd": low,
        "ci_high_usd": high,
        "n_blocked": len(rows),
        "n_settled": len(settled),
        "n_pending": sum(row["pnl"] == "open" for row in rows),
        "n_unlabelled": sum(row["pnl"] is None for row in rows),
    }


def _guard(name: str, rows: list[Row], window: int) -> Row:
    gross = [row for row in rows if name in row["blocked_by"]]
    first = [row for row in gross if row["blocker_component"] == name]
    settled = _settled(gross)
    alone = [row for row in settled if row["blocked_by"] == [name] and not row["doubt"]]
    doubtful = [row for row in first if not row["gates_complete"]]
    basis = _settled(first) if doubtful else alone
    saved = -math.fsum(row["pnl"] for row in alone)
    low, high, p = interval(basis, window, -1)
    return {
        "guard": name,
        "n_blocked": len(gross),
        "n_marginal": len(basis),
        "n_pending": sum(row["pnl"] == "open" for row in gross),
        "n_unlabelled": sum(row["pnl"] is None for row in gross),
        "n_unknown": sum(not row["gates_complete"] for row in gross),
        "n_clusters": len({row["decided_at"].date() for row in basis}),
        "missed_profit_usd": _missed(settled),
        "avoided_loss_usd": _avoided(settled),
        "net_saved_usd": _avoided(settled) - _missed(settled),
        "net_saved_roi": -math.fsum(row["roi"] for row in settled),
        "marginal_net_saved_usd": None if doubtful else saved,
        "marginal_low_usd": saved - _missed(_settled(doubtful)),
        "marginal_high_usd": saved + _avoided(_settled(doubtful)),
        "basis": "first_blocker" if doubtful else "marginal",
        "basis_net_saved_usd": -math.fsum(row["pnl"] for row in basis),
        "ci_low_usd": low,
        "ci_high_usd": high,
        "p_value": p,
        "shapley_usd": -math.fsum(row["pnl"] / len(row["blocked_by"]) for row in settled),
    }


def _settled(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if isinstance(row["pnl"], float)]


def _missed(rows: list[Row]) -> float:
    return math.fsum(row["pnl"] for row in rows if row["pnl"] > 0)


def _avoided(rows: list[Row]) -> float:
    return math.fsum(-row["pnl"] for row in rows if row["pnl"] < 0)


def _step_up(p: list[float | None]) -> list[float | None]:
    tested = sorted(x for x in p if x is not None)
    return [
        None if x is None else min(len(tested) * y / k for k, y in enumerate(tested, 1) if y >= x and _last(tested, k))
        for x in p
    ]


def _last(tested: list[float], k: int) -> bool:
    """Whether the k-th smallest is the last of its ties."""
    return k == len(tested) or tested[k] > tested[k - 1]
