"""The same tables as an obvious loop over rows."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any

import numpy as np
from scipy import stats

from learning_pipeline_tests.analysis.exploration.journal import Journal
from learning_pipeline_tests.analysis.rows import Row

ONE_DAY = dt.timedelta(days=1)


def newest(rows: list[Row], identity: str, order: str, as_of: dt.date) -> dict[str, Row]:
    known = sorted((row for row in rows if row["day"] <= as_of), key=lambda row: row[order])
    return {row[identity]: row for row in known}


def real_roi(journal: Journal, name: str, as_of: dt.date) -> float | None:
    trades = [t for t in newest(journal.trades, "trade_id", "happened_at", as_of).values() if t["signal_id"] == name]
    cost = math.fsum(t["qty"] * t["entry_price"] for t in trades)
    return math.fsum(t["pnl_usd"] for t in trades) / cost if trades else None


def label(journal: Journal, decision: Row, as_of: dt.date) -> Row | None:
    of_signal = newest(journal.outcomes, "signal_id", "known_at", as_of).get(decision["signal_id"])
    return of_signal if of_signal and of_signal["decided_at"] == decision["decided_at"] else None


def cohort(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    first = as_of - ONE_DAY * (window - 1)
    in_force = newest(journal.decisions, "signal_id", "day", as_of).values()
    return [d for d in in_force if d["book"] == "profit" and first <= d["decided_at"].date() <= as_of]


def stood_against(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    """Decisions of the window that a gate stood against, with all that is to be known of them."""
    found = []
    for d in cohort(journal, as_of, window):
        failed = {g["gate"] for g in journal.gates if (g["signal_id"], g["day"]) == (d["signal_id"], d["day"])}
        is_blocked, p = d["decision"] == "blocked", d["propensity"]
        if not is_blocked and not failed:
            continue
        known = label(journal, d, as_of)
        money = known["net_pnl_usd"] if known else None
        roi = real_roi(journal, d["signal_id"], as_of)
        admitted, traded = not is_blocked, d["decision"] == "approved"
        stand_in = money if traded else 0.0
        found.append(
            {
                "alone": next(iter(failed)) if len(failed) == 1 and d["gates_complete"] else None,
                "chance": None if p is None else p if admitted else 1 - p,
                "admitted": admitted,
                "state": "pending" if known is None else "unlabelled" if money is None else "settled",
                "model": money,
                "real": stand_in if roi is None or money is None else roi * known["notional_usd"],
                "open": traded and roi is None,
                "on": d["decided_at"].date(),
                "hour": (d["decided_at"] - dt.datetime.combine(d["decided_at"], dt.time(), dt.UTC)) / ONE_DAY,
            }
        )
    return found


def value_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    """Rows without a reason: whether an estimate is refused is tested by hand."""
    rows = stood_against(journal, as_of, window)
    guards = sorted({row["alone"] for row in rows if row["alone"] and row["chance"] is not None})
    of_guard = {"*": rows} | {guard: [row for row in rows if row["alone"] == guard] for guard in guards}
    p_of_all = draws_p([row for row in rows if row["chance"] is not None])
    return [
        _facts(name, some, p_of_all) | {"guard": guard, "estimator": name} | _estimate(name, some, as_of, window)
        for guard, some in of_guard.items()
        for name in ("aipw", "dm", "ipw", "shadow", "snipw")
    ]


def _facts(name: str, rows: list[Row], p_of_all: float) -> dict[str, Any]:
    logged = [row for row in rows if row["chance"] is not None]
    eligible = [row for row in logged if row["chance"] > 0]
    settled = [row for row in eligible if row["state"] == "settled"]
    admitted = [row for row in settled if row["admitted"]]
    w = [1 / row["chance"] for row in admitted]
    p = np.fmin(draws_p(logged), p_of_all)
    return {
        "n_eligible": len(eligible),
        "n_without_propensity": len(rows) - len(logged),
        "n_no_chance": len(logged) - len(eligible),
        "n_settled": len(settled),
        "n_pending": sum(row["state"] == "pending" for row in eligible),
        "n_unlabelled": sum(row["state"] == "unlabelled" for row in eligible),
        "n_admitted": len(admitted),
        "n_admitted_open": sum(row["open"] for row in admitted),
        "n_days": len({row["on"] for row in settled}),
        "effective_size": sum(w) ** 2 / sum(x**2 for x in w) if w else 0.0,
        "min_propensity": min((row["chance"] for row in eligible), default=None),
        "draws_p_value": None if math.isnan(p) else float(p),
    }


def draws_p(logged: list[Row]) -> float:
    """As `stats.as_logged`, draw by draw."""
    days = defaultdict(list)
    for row in logged:
        days[row["on"]].append(row)
    total = variance = squares = of_squares = drift = of_drift = 0.0
    for rows in days.values():
        mid = sum(row["hour"] for row in rows) / len(rows)
        v = [row["chance"] * (1 - row["chance"]) for row in rows]
        excess = [row["admitted"] - row["chance"] for row in rows]
        total, variance, squares = total + sum(excess), variance + sum(v), squares + sum(excess) ** 2
        of_squares += max(0.0, 2 * sum(v) ** 2 + sum(x * (1 - 6 * x) for x in v))
        drift += sum(x * (row["hour"] - mid) for x, row in zip(excess, rows, strict=True))
        of_drift += sum(x * (row["hour"] - mid) ** 2 for x, row in zip(v, rows, strict=True))
    if variance == 0:
        return math.nan
    p = [2 * stats.norm.sf(abs(total) / math.sqrt(variance))]
    if of_squares > 1e-12:
        freedom = 2 * variance**2 / of_squares
        law = stats.chi2(freedom)
        p.append(2 * min(law.cdf(freedom * squares / variance), law.sf(freedom * squares / variance)))
    if of_drift > 1e-12:
        p.append(2 * stats.norm.sf(abs(drift) / math.sqrt(of_drift)))
    return min(1.0, 3 * min(p))


def _estimate(name: str, rows: list[Row], as_of: dt.date, window: int) -> dict[str, Any]:
    eligible = [row for row in rows if row["chance"] and row["state"] == "settled"]
    by_day: dict[dt.date, float] = {as_of - ONE_DAY * k: 0.0 for k in range(window)}
    w = sum(1 / row["chance"] for row in eligible if row["admitted"])
    ratio = sum(row["real"] / row["chance"] for row in eligible if row["admitted"]) / w if w else math.nan
    for row in eligible:
        by_day[row["on"]] -= _score(name, row, ratio, len(eligible) / w if w else math.nan)
    days = np.array(list(by_day.values()))
    half = stats.t.ppf(0.975, window - 1) * math.sqrt(window) * days.std(ddof=1) if window > 1 else math.nan
    total = days.sum()
    return {"net_saved_usd": total, "ci_low_usd": total - half, "ci_high_usd": total + half}


def _score(name: str, row: Row, ratio: float, scale: float) -> float:
    w = 1 / row["chance"] if row["admitted"] else 0.0
    corrected = w * (row["real"] - row["model"]) if row["admitted"] else 0.0
    return {
        "shadow": 0.0 if row["admitted"] else row["model"],
        "dm": row["model"],
        "ipw": w * row["real"] if row["admitted"] else 0.0,
        "aipw": row["model"] + corrected,
        "snipw": ratio + scale * w * (row["real"] - ratio) if row["admitted"] else ratio,
    }[name]


def bias_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    approved = [d for d in cohort(journal, as_of, window) if d["decision"] == "approved"]
    strategies = ["*", *sorted({d["strategy"] for d in approved})]
    return [
        _bias_row(journal, s, [d for d in approved if s in ("*", d["strategy"])], as_of, window) for s in strategies
    ]


def _bias_row(journal: Journal, strategy: str, decided: list[Row], as_of: dt.date, window: int) -> Row:
    by_day: dict[dt.date, float] = {as_of - ONE_DAY * k: 0.0 for k in range(window)}
    n = n_unlabelled = 0
    real = shadow = 0.0
    for d in decided:
        known, roi = label(journal, d, as_of), real_roi(journal, d["signal_id"], as_of)
        if known and known["net_pnl_usd"] is None:
            n_unlabelled += 1
        elif known and roi is not None:
            money = roi * known["notional_usd"]
            n, real, shadow = n + 1, real + money, shadow + known["net_pnl_usd"]
            by_day[d["decided_at"].date()] += money - known["net_pnl_usd"]
    days = np.array(list(by_day.values()))
    half = stats.t.ppf(0.975, window - 1) * math.sqrt(window) * days.std(ddof=1) if window > 1 and n else None
    interval = (None, None) if half is None else (days.sum() - half, days.sum() + half)
    return {
        "strategy": strategy,
        "n": n,
        "n_pending": len(decided) - n - n_unlabelled,
        "n_unlabelled": n_unlabelled,
        "real_net_pnl_usd": real,
        "shadow_net_pnl_usd": shadow,
        "bias_usd": days.sum(),
        "ci_low_usd": interval[0],
        "ci_high_usd": interval[1],
    }
