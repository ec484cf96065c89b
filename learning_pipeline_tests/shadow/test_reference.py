"""Outcomes that an independent program computed from real bars are reproduced row for row."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import polars as pl
import pytest

from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow import Settled, ShadowSettings, settle
from learning_pipeline_tests.shadow.builders import DEFAULTS, bars, no_pending, reference

FREE = ShadowSettings(resolution="signal", fee_bps=0, slippage_bps=0, notional_usd=1)
BARS = ["binance_spot_15m_1h_4h_1d_2024H1", "us_equity_1h_spy"]


def hourly_bars(symbols: pl.Series) -> pl.DataFrame:
    files = [pl.read_parquet(reference("bars", f"{name}.parquet")) for name in BARS]
    every = pl.concat(files, how="vertical_relaxed")
    return bars(every.filter((pl.col("timeframe") == "1h") & pl.col("symbol").is_in(symbols.unique().implode())))


def as_decisions(rows: pl.DataFrame) -> pl.DataFrame:
    constant = [
        pl.lit(value).alias(name) for name, value in DEFAULTS.items() if name not in (*rows.columns, "blocked_by")
    ]
    known = rows.with_columns(
        *constant,
        known_at=pl.col("decided_at"),
        day=pl.col("decided_at").dt.date(),
        blocked_by=pl.lit([], pl.List(pl.String)),
    )
    return Decisions.frame({name: known[name] for name in known.columns if name in Decisions.dtypes()})


def settled(asked: pl.DataFrame, market: pl.DataFrame) -> Settled:
    now: dt.datetime = market["known_at"].max()
    return settle(no_pending(), asked, market, FREE, asked["day"].min(), now.date(), now)


def test_intrabar_sample_is_reproduced_row_for_row():
    expected = pl.read_parquet(reference("expected", "triple_barrier_intrabar_sample.parquet")).with_columns(
        signal_id=pl.col("decision_id").cast(pl.String)
    )
    asked = as_decisions(expected.with_columns(decided_at=pl.col("entry_ts")))
    outcomes, pending, _ = settled(asked, hourly_bars(expected["symbol"]))
    both = expected.filter(pl.col("outcome") != "open").join(outcomes, on="signal_id", suffix="_ours", how="full")
    assert both.height == 1495
    assert both["outcome"].to_list() == both["outcome_ours"].to_list()
    assert both["exit_bar_ts"].to_list() == both["exit_at"].to_list()
    assert both["bars_held"].to_list() == both["bars_to_outcome"].to_list()
    assert both["ambiguous"].to_list() == both["ambiguous_ours"].to_list()
    for theirs, ours in [
        ("exit_price", "exit_price_ours"),
        ("ret", "gross_roi"),
        ("r_achieved", "net_r"),
        ("mfe_r", "mfe_r_ours"),
        ("mae_r", "mae_r_ours"),
    ]:
        np.testing.assert_allclose(both[ours], both[theirs], rtol=1e-9, atol=1e-9, err_msg=theirs)
    still = pending.filter(pl.col("as_of") == pending["as_of"].max())
    assert set(still["signal_id"]) == set(expected.filter(pl.col("outcome") == "open")["signal_id"])


@pytest.mark.parametrize("lifetime", [{"ttl_minutes": 1440.0}, {"ttl_bars": 24}], ids=str)
def test_what_each_guard_of_a_real_strategy_blocked(lifetime):
    rows = pl.read_parquet(reference("expected", "guard_shadow_A_1h_rows.parquet")).with_row_index("row")
    entry = pl.col("entry_price")
    asked = as_decisions(
        rows.with_columns(
            signal_id=pl.col("row").cast(pl.String),
            symbol="pair",
            timeframe=pl.lit("1h"),
            decided_at="entry_ts",
            stop_price=entry * (1 - 0.03),
            target_price=entry * (1 + 0.03),
            **{name: pl.lit(value) for name, value in lifetime.items()},
        )
    )
    outcomes, *_ = settled(asked, hourly_bars(asked["symbol"]))
    both = rows.with_columns(signal_id=pl.col("row").cast(pl.String)).join(outcomes, on="signal_id", suffix="_ours")
    assert both["outcome"].to_list() == both["outcome_ours"].to_list()
    assert both["bars_held"].to_list() == both["bars_to_outcome"].to_list()
    guards = json.loads(reference("expected", "guard_shadow_A_1h.json").read_text())["rows"]
    for guard in guards:
        pnl = both.filter(pl.col("guard") == guard["guard"])["net_pnl_usd"].to_numpy()
        assert pnl.size == guard["n"]
        assert pnl[pnl > 0].sum() == pytest.approx(guard["missed_profit"], abs=1e-9)
        assert -pnl[pnl <= 0].sum() == pytest.approx(guard["avoided_loss"], abs=1e-9)
