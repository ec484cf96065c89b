"""One row per decided signal: everything known at that instant that a model may use."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import msgspec
import polars as pl

from learning_pipeline.contracts import day_of
from learning_pipeline.datasets.bar_features import bar_features, reach_us
from learning_pipeline.datasets.known import TEXTS, known_gates, known_numbers
from learning_pipeline.datasets.tables import Features

_PREFIXES = ("plan_", "market_", "clock_", "bar_")
_decode = msgspec.json.Decoder(dict[str, float | bool | None]).decode
_encode = msgspec.json.Encoder(order="sorted").encode


def bars_since(decisions: pl.DataFrame) -> dt.date | None:
    """First day of bars that `features` can need; None where nothing was decided."""
    reach = reach_us(pl.col("timeframe")).cast(pl.Duration("us"))
    return decisions.select(day_of(pl.col("decided_at") - reach).min()).item()


def features(decisions: pl.DataFrame, signals: pl.DataFrame, reports: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """Features of the decisions, each row resting on what was told and closed at or before ``decided_at``.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions`` of the days asked about.
    signals, reports : DataFrame
        ``events.signals`` and ``events.decision_reports`` of those days and `REACH_DAYS` before.
    bars : DataFrame
        ``market.bars`` from `bars_since` on.

    Returns
    -------
    DataFrame
        `Features`. The prefix of a name is its origin: ``signal_``, ``score_`` and ``flag_`` (1 set, 0 not) as the bot
        sent them, ``gate_<gate>_value`` and ``_margin``, ``plan_``, ``market_``, ``clock_``, ``bar_``. A gate or number
        that the bot did not send has no name in the row, which means unknown like a null.
    """
    known = known_numbers(decisions.sort("signal_id", "day"), signals, reports)
    measured = known.hstack(bar_features(known, bars))
    gates = _by_decision(known_gates(decisions, reports))
    told = [_told(row) | gates.get((row["signal_id"], row["day"]), {}) for row in _numbers(measured)]
    texts = pl.Series("features", [_encode(each).decode() for each in told], pl.String)
    return Features.checked(measured.drop(TEXTS).with_columns(texts).select(*Features.dtypes()))


def _numbers(measured: pl.DataFrame) -> Iterator[dict[str, Any]]:
    numbers = [name for name in measured.columns if name.startswith(_PREFIXES)]
    return measured.select("signal_id", "day", *TEXTS, *numbers).iter_rows(named=True)


def _told(row: dict[str, Any]) -> dict[str, float | None]:
    """Numbers of one row: its columns, and what is in the texts of its signal."""
    columns = {name: _finite(value) for name, value in row.items() if name.startswith(_PREFIXES)}
    sent = {
        f"{prefix}_{name}": None if value is None else float(value)
        for text, prefix in TEXTS.items()
        for name, value in _decode(row[text] or "{}").items()
    }
    return columns | sent


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _by_decision(gates: pl.DataFrame) -> dict[tuple[str, dt.date], dict[str, float | None]]:
    readings: dict[tuple[str, dt.date], dict[str, float | None]] = {}
    for signal_id, day, gate, value, margin in gates.iter_rows():
        row = readings.setdefault((signal_id, day), {})
        row[f"gate_{gate}_value"], row[f"gate_{gate}_margin"] = value, margin
    return readings
