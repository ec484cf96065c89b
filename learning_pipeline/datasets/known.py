"""What a bot had told by the instant of each decision: its signal, its gates, its market."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl

from learning_pipeline.contracts import day_of
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.verdicts import finite, gate_verdicts

TEXTS = {"features": "signal", "flags": "flag", "score_components": "score"}
"""JSON of a signal -> prefix of its numbers."""

IDENTITY = ["signal_id", "day", "decided_at", "symbol", "timeframe", "strategy", "side", "book", "decision"]
"""Columns of a decision that are kept; its prices and spread may be of a report that came later on its day."""

_MARKET = ["spread_bps", "volatility", "funding_rate", "open_interest"]
_SIGNAL = ["entry_price", "stop_price", "target_price", "expected_roi", *TEXTS]


def known_numbers(decisions: pl.DataFrame, signals: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The decisions with ``plan_``, ``market_`` and ``clock_`` columns, and the texts of their signal.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``; the order of the rows stays.
    signals, reports : DataFrame
        ``events.signals`` and ``events.decision_reports``. What is dated after the decision, though of its day, is not
        looked at, nor what is more than `REACH_DAYS` older.
    """
    said = _before(decisions, signals).select("signal_id", "day", *_SIGNAL)
    asked = decisions.select(IDENTITY).join(said, on=["signal_id", "day"], how="left", maintain_order="left")
    market = _market(_before(decisions, reports))
    both = asked.join(market, on=["signal_id", "day"], how="left", maintain_order="left")
    price = pl.coalesce("price", "entry_price")
    return both.with_columns(*_plan(price), *_market_columns(price), *_clock(both["decided_at"]))


def known_gates(decisions: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """``signal_id``, ``day``, ``gate``, ``value``, ``margin``: gates as told by the instant of the decision.

    ``events.gates`` also holds those that were told later on its day.
    """
    verdicts = gate_verdicts(_before(decisions, reports))
    return verdicts.filter(pl.col("value").is_not_null()).select("signal_id", "day", "gate", "value", "margin")


def _before(decisions: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Events on the signals, dated at or before the decision; ``day`` is the decision's."""
    asked = decisions.select("signal_id", "day", "decided_at")
    dated = events.drop("day").join(asked, on="signal_id")
    old = pl.col("day") - day_of(pl.col("happened_at")) > pl.duration(days=REACH_DAYS)
    return dated.filter((pl.col("happened_at") <= pl.col("decided_at")) & ~old)


def _market(told: pl.DataFrame) -> pl.DataFrame:
    """The newest figure of each kind."""
    newest = [pl.col(name).drop_nulls().last() for name in ("price", "spread", *_MARKET)]
    ordered = told.sort("signal_id", "day", "happened_at", "event_id")
    return ordered.group_by("signal_id", "day", maintain_order=True).agg(newest)


def _plan(price: pl.Expr) -> list[pl.Expr]:
    risk, reward = (price - pl.col("stop_price")).abs(), (pl.col("target_price") - price).abs()
    return [
        pl.when(pl.col("side") == "long").then(1.0).otherwise(-1.0).alias("plan_side"),
        finite(risk / price).alias("plan_risk_fraction"),
        finite(reward / price).alias("plan_reward_fraction"),
        finite(reward / risk).alias("plan_reward_to_risk"),
        pl.col("expected_roi").alias("plan_expected_roi"),
    ]


def _market_columns(price: pl.Expr) -> list[pl.Expr]:
    spread = pl.coalesce("spread_bps", finite(pl.col("spread") / price * 1e4))
    return [spread.alias("market_spread_bps"), *(pl.col(name).alias(f"market_{name}") for name in _MARKET[1:])]


def _clock(decided_at: pl.Series) -> list[pl.Series]:
    """Hour of the day and day of the week as angles, so that 23:59 is near 00:00.

    Looked up: the sine of a vector differs in its last bit from that of its elements.
    """
    turns = {
        "hour": (decided_at.dt.hour().cast(pl.Int64) * 60 + decided_at.dt.minute(), 24 * 60),
        "weekday": (decided_at.dt.weekday().cast(pl.Int64) - 1, 7),
    }
    return [
        pl.Series(f"clock_{name}_{wave.__name__}", _turn(wave, parts)[part.to_numpy()])
        for name, (part, parts) in turns.items()
        for wave in (math.sin, math.cos)
    ]


def _turn(wave: Callable[[float], float], parts: int) -> np.ndarray:
    return np.array([wave(2 * math.pi * k / parts) for k in range(parts)])
