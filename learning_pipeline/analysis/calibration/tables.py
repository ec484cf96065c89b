"""Calibration of shadow money."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import Windowed


class Calibration(Windowed, key=("as_of", "window_days", "strategy")):
    """One row per as_of, window and strategy (`*`: all): how far shadow money is from real money."""

    strategy: pl.String = pa.Field(description="strategy; `*` for all")
    n: pl.Int64 = pa.Field(ge=0, description="approved decisions with a closed trade and a settled shadow outcome")
    n_pending: pl.Int64 = pa.Field(
        ge=0, description="approved decisions that lack one of them so far, those never traded included"
    )
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="approved decisions of which no outcome can be simulated")
    real_net_pnl_usd: pl.Float64 = pa.Field(
        description="net PnL of n: ROI of the closed trades on the decision's own size, so that size is no bias"
    )
    shadow_net_pnl_usd: pl.Float64 = pa.Field(description="net PnL of n as simulated")
    bias_usd: pl.Float64 = pa.Field(description="real - shadow: below 0 the simulator promises too much")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of the bias; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the bias")
