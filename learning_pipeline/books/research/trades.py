"""Research trades as rows: what each came to, by what its events carry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.books.research.tables import ResearchTrades
from learning_pipeline.books.research.told import ToldTrade, is_flat, legs, pnl_usd, quantity, value
from learning_pipeline.contracts import timeframe_length

Row = dict[str, Any]
OF_PLAYBOOK = ["as_of", "experiment_id", "playbook_id"]
STOP_WORDS = frozenset({"stop", "stop_loss", "hit_stop"})
NEAR = 1e-9
"""Two prices that differ by less than this part of them are one."""


def research_trades(
    trades: list[ToldTrade], signals: pl.DataFrame, experiments: pl.DataFrame, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """Trades on the days on which they changed, each as of the end of its day.

    Parameters
    ----------
    trades : list of ToldTrade
        With anything told on the days.
    signals : DataFrame
        ``events.signals`` up to ``last``; what is not in it (older than 90 days) leaves r and bars null.
    experiments : DataFrame
        ``books.experiments`` of the days: the playbooks of trades without a tag of their own.

    Returns
    -------
    DataFrame
        `ResearchTrades`. Of a trade whose end is reported the report counts, else its fills. ``outcome``: ``hit_1r``
        where r_achieved >= 1 or the exit was at or beyond the signal's entry + R; else ``hit_stop`` where it was at or
        beyond the stop or the bot says so; else ``ttl_expired``.
    """
    names = {name for trade in trades for row in (*trade.fills, *trade.closes) if (name := row["signal_id"])}
    near = signals.filter(pl.col("signal_id").is_in(sorted(names)))
    known = {row["signal_id"]: row for row in near.iter_rows(named=True)}
    playbooks = {(day, name): playbook for day, name, playbook in experiments.select(OF_PLAYBOOK).iter_rows()}
    rows = []
    for trade in trades:
        told = {row["day"] for row in (*trade.counted_fills(), *trade.closes)}
        rows += [_row(trade.until(day), day, known, playbooks) for day in sorted(told) if first <= day <= last]
    return ResearchTrades.checked(ResearchTrades.frame(rows))


def _row(trade: ToldTrade, day: dt.date, signals: dict[str, Row], playbooks: dict[tuple[dt.date, str], str]) -> Row:
    signal = _signal(trade, day, signals)
    facts = _reported(trade.closes[-1]) if trade.closes else _filled(trade.counted_fills())
    source, session_id = trade.session
    return {
        "day": day,
        "source": source,
        "session_id": session_id,
        "trade_id": trade.trade_id,
        "experiment_id": trade.experiment_id,
        "experiment_variant": trade.first["experiment_variant"],
        "playbook_id": trade.playbook_id or playbooks.get((day, trade.experiment_id)),
        "symbol": trade.first["symbol"],
        "entry_indicators": signal.get("features") or "{}",
        "signal_id": next((r["signal_id"] for r in (*trade.fills, *trade.closes) if r["signal_id"]), None),
        **facts,
        **_measured(facts, signal, trade.closes[-1] if trade.closes else {}),
    }


def _signal(trade: ToldTrade, day: dt.date, signals: dict[str, Row]) -> Row:
    """The trade's signal as far as it had arrived by the end of the day; empty where it had not."""
    named = (signals.get(row["signal_id"]) for row in (*trade.fills, *trade.closes) if row["signal_id"])
    return next((signal for signal in named if signal and signal["day"] <= day), {})


def _reported(report: Row) -> Row:
    return {
        "direction": report["side"],
        "entry_price": report["entry_price"],
        "exit_price": report["exit_price"],
        "qty": report["qty"],
        "entry_ts": report["opened_at"],
        "exit_ts": report["closed_at"],
        "pnl": report["pnl_usd"],
    }


def _filled(fills: list[Row]) -> Row:
    entries, exits = legs(fills)
    is_over = is_flat(fills)
    return {
        "direction": "long" if fills[0]["side"] == "buy" else "short",
        "entry_price": value(entries) / quantity(entries),
        "exit_price": value(exits) / quantity(exits) if is_over else None,
        "qty": quantity(entries),
        "entry_ts": fills[0]["happened_at"],
        "exit_ts": fills[-1]["happened_at"] if is_over else None,
        "pnl": pnl_usd(fills) if is_over else None,
    }


def _measured(facts: Row, signal: Row, report: Row) -> Row:
    """Result in R, bars and outcome; null, null and ``open`` while it is open."""
    if facts["pnl"] is None:
        return {"r_achieved": None, "bars_to_outcome": None, "outcome": "open"}
    stop, timeframe = signal.get("stop_price"), report.get("timeframe") or signal.get("timeframe")
    risk = 0.0 if stop is None else abs(facts["entry_price"] - stop) * facts["qty"]
    r = facts["pnl"] / risk if risk > 0 else None
    n_bars = (facts["exit_ts"] - facts["entry_ts"]) // timeframe_length(timeframe) if timeframe else None
    outcome = _outcome(facts, signal, report.get("exit_reason"), r)
    return {"r_achieved": r, "bars_to_outcome": n_bars, "outcome": outcome}


def _outcome(facts: Row, signal: Row, exit_reason: str | None, r: float | None) -> str:
    away = 1 if facts["direction"] == "long" else -1
    stop, entry, price = signal.get("stop_price"), signal.get("entry_price"), facts["exit_price"]
    reached = entry is not None and stop is not None and _beyond(price, entry + away * abs(entry - stop), away)
    if reached or (r is not None and r >= 1):
        return "hit_1r"
    stopped = stop is not None and _beyond(price, stop, -away)
    return "hit_stop" if stopped or exit_reason in STOP_WORDS else "ttl_expired"


def _beyond(price: float, level: float, away: int) -> bool:
    return away * (price - level) >= -NEAR * abs(level)
