"""Decay and leaderboard once more, slowly: one as_of, one window, plain loops."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

import numpy as np

from learning_pipeline_tests.analysis.plain import interval
from learning_pipeline_tests.analysis.rows import Row
from learning_pipeline_tests.analysis.strategies.books import Journal


def known(journal: Journal, as_of: dt.date) -> Journal:
    return Journal(*([row for row in rows if row["day"] <= as_of] for rows in journal))


def newest(rows: list[Row], identity: str, order: str) -> dict[str, Row]:
    return {row[identity]: row for row in sorted(rows, key=lambda row: row[order])}


def cohort(seen: Journal, as_of: dt.date, window: int) -> list[Row]:
    rows = newest(seen.decisions, "signal_id", "day").values()
    return [r for r in rows if r["book"] == "profit" and 0 <= (as_of - r["decided_at"].date()).days < window]


def fills_of(seen: Journal, signal_id: str) -> list[Row]:
    """Fills of the book that name the signal, or name none and whose order or trade names it, first to last."""
    orders, trades = newest(seen.orders, "order_id", "happened_at"), newest(seen.trades, "trade_id", "happened_at")

    def is_of(row: Row) -> bool:
        if row["signal_id"] is not None:
            return row["signal_id"] == signal_id
        said = [orders.get(row["order_id"], {}), trades.get(row["trade_id"], {})]
        return any(document.get("signal_id") == signal_id for document in said)

    rows = [row for row in seen.fills if row["book"] == "profit" and is_of(row)]
    return sorted(rows, key=lambda row: (row["happened_at"], row["event_id"]))


def decay_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    seen = known(journal, as_of)
    rows = cohort(seen, as_of, window)
    names = sorted({row["strategy"] for row in rows} | {"*"})
    return [{"strategy": s} | _decay(seen, [r for r in rows if s in ("*", r["strategy"])]) for s in names]


def _decay(seen: Journal, rows: list[Row]) -> Row:
    born = {s["signal_id"]: s["happened_at"] for s in seen.signals}
    first = [(r, fills_of(seen, r["signal_id"])[0]) for r in rows if fills_of(seen, r["signal_id"])]
    seconds = [(f["happened_at"] - born[r["signal_id"]]).total_seconds() for r, f in first]
    signs = {"long": 1, "short": -1}
    drifts = [
        signs[r["side"]] * (f["price"] / r["entry_price"] - 1) * 10_000
        for r, f in first
        if r["entry_price"] is not None
    ]
    n_expired = sum(r["decision"] == "expired" for r in rows)
    return {
        "n": len(first),
        "n_decided": len(rows),
        "avg_decay_seconds": statistics.fmean(seconds) if first else None,
        "median_decay_seconds": statistics.median(seconds) if first else None,
        "p90_decay_seconds": float(np.quantile(seconds, 0.9)) if first else None,
        "drift_bps": statistics.fmean(drifts) if drifts else None,
        "expired_share": n_expired / len(rows) if rows else None,
    }


def board_rows(journal: Journal, as_of: dt.date, window: int) -> list[Row]:
    seen = known(journal, as_of)
    by_kind = {"real": _real(seen, as_of, window), "shadow": _shadow(seen, as_of, window)}
    names = sorted({row["strategy"] for rows in by_kind.values() for row in rows if row["strategy"]} | {"*"})
    return [
        {"strategy": s, "kind": kind} | _earned([r for r in rows if s in ("*", r["strategy"])], window)
        for s in names
        for kind, rows in by_kind.items()
    ]


def _real(seen: Journal, as_of: dt.date, window: int) -> list[Row]:
    trades, made = newest(seen.trades, "trade_id", "happened_at"), newest(seen.signals, "signal_id", "day")
    rows: list[dict[str, Any]] = [
        {
            "strategy": t["strategy"] or made.get(t["signal_id"], {}).get("strategy"),
            "decided_at": t["closed_at"],
            "pnl": t["pnl_usd"],
        }
        for t in trades.values()
        if t["book"] == "profit" and 0 <= (as_of - t["closed_at"].date()).days < window
    ]
    decided = cohort(seen, as_of, window)
    rows += [
        row | {"pnl": "open"}
        for row in decided
        if any(f["trade_id"] not in trades for f in fills_of(seen, row["signal_id"]))
    ]
    return rows


def _shadow(seen: Journal, as_of: dt.date, window: int) -> list[Row]:
    outcomes = newest(seen.outcomes, "signal_id", "known_at")
    rows = []
    for row in cohort(seen, as_of, window):
        if row["decision"] in ("approved", "blocked"):
            found = outcomes.get(row["signal_id"])
            settled = found is not None and found["decided_at"] == row["decided_at"]
            rows.append(row | {"pnl": found["net_pnl_usd"] if settled else "open"})
    return rows


def _earned(rows: list[Row], window: int) -> Row:
    settled = [row for row in rows if isinstance(row["pnl"], float)]
    low, high, _ = interval(settled, window, +1)
    return {
        "n": len(settled),
        "n_pending": sum(row["pnl"] == "open" for row in rows),
        "n_unlabelled": sum(row["pnl"] is None for row in rows),
        "win_rate": sum(row["pnl"] > 0 for row in settled) / len(settled) if settled else None,
        "total_pnl_usd": sum(row["pnl"] for row in settled),
        "ci_low_usd": low,
        "ci_high_usd": high,
    }
