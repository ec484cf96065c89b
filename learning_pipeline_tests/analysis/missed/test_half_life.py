"""An edge that is planted to fade is found to fade, by the whole way from bars to the curve."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from learning_pipeline.analysis import AnalysisSettings, edge_decay
from learning_pipeline.contracts import end_of
from learning_pipeline.shadow import ShadowSettings, settle
from learning_pipeline_tests.shadow.builders import HOUR, MONDAY, bars, decisions, no_pending

N_DAYS, PER_DAY, N_BARS, DRIFT, NOISE = 30, 6, 60, 3.0, 0.1


def drifting(rng: np.random.Generator, name: str, start: dt.datetime, half_life: float) -> pl.DataFrame:
    """Hourly bars from 100 that still have ``DRIFT x 2^(-k / half_life)`` to rise at the open of bar k."""
    k = np.arange(N_BARS + 1)
    price = 100 + DRIFT * (1 - 2.0 ** (-k / half_life)) + np.r_[0, np.cumsum(rng.normal(0, NOISE, N_BARS))]
    opened, closed = price[:-1], price[1:]
    frame = {"open": opened, "high": np.maximum(opened, closed), "low": np.minimum(opened, closed), "close": closed}
    started = pl.datetime_range(start, start + (N_BARS - 1) * HOUR, "1h", eager=True, time_unit="us")
    return bars(pl.DataFrame({"symbol": name, "timeframe": "1h", "ts": started, **frame}))


@pytest.mark.parametrize("half_life", [2.0, 6.0])
def test_the_curve_shows_the_half_life(half_life: float) -> None:
    rng = np.random.default_rng(7)
    at = {f"s{k}": MONDAY + dt.timedelta(days=k // PER_DAY) for k in range(N_DAYS * PER_DAY)}
    market = pl.concat([drifting(rng, name, start, half_life) for name, start in at.items()])
    levels = {"entry_price": 100.0, "stop_price": 50.0, "target_price": 200.0, "ttl_bars": N_BARS}
    asked = decisions(*[{"signal_id": s, "symbol": s, "decided_at": start} | levels for s, start in at.items()])
    policy = ShadowSettings(fee_bps=0, slippage_bps=0, delays=(1, 2, 4, 6, 12))
    last = (MONDAY + dt.timedelta(days=N_DAYS + 5)).date()
    found = settle(no_pending(), asked, market, policy, MONDAY.date(), last, end_of(last))
    window = AnalysisSettings(windows=(N_DAYS + 6,))
    curve = edge_decay(asked, found.outcomes, found.delayed, policy.delays, [last], window).filter(strategy="*")
    left = 2.0 ** (-curve["delay_bars"].to_numpy() / half_life)
    assert curve["n"].unique().to_list() == [N_DAYS * PER_DAY]
    error = NOISE * N_BARS**0.5 / 50 / (N_DAYS * PER_DAY) ** 0.5
    assert curve["mean_net_r"].to_numpy() == pytest.approx(DRIFT / 50 * left, abs=3.5 * error)
    assert curve["delay_seconds"].to_list() == [0, 3600, 7200, 14400, 21600, 43200]
    later = curve.filter(pl.col("delay_bars") > 0)
    assert (later["cost_ci_low_usd"] > 0).all()
    assert later["delay_cost_usd"].is_sorted()
