"""Tables of what strategies earn and how fast they are executed."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import Windowed


class SignalDecay(Windowed, key=("as_of", "window_days", "strategy")):
    """One row per as_of, window and strategy (`*`: all): how long after the signal it was executed, how much worse."""

    strategy: pl.String = pa.Field(description="strategy of the signal; `*` for all")
    n: pl.Int64 = pa.Field(ge=0, description="of n_decided, executed: a fill is known; its first one counts")
    n_decided: pl.Int64 = pa.Field(ge=0, description="signals decided in the window, whatever the answer")
    avg_decay_seconds: pl.Float64 = pa.Field(nullable=True, description="mean of first fill - signal, seconds")
    median_decay_seconds: pl.Float64 = pa.Field(nullable=True, description="median of it, seconds")
    p90_decay_seconds: pl.Float64 = pa.Field(nullable=True, description="nine of ten are executed sooner, seconds")
    drift_bps: pl.Float64 = pa.Field(
        nullable=True,
        description="mean of first fill against the price at the decision, basis points; positive is worse",
    )
    expired_share: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="of n_decided, expired (never_decided included), a fraction"
    )


class StrategyLeaderboard(Windowed, key=("as_of", "window_days", "strategy", "kind")):
    """One row per as_of, window, strategy (`*`: all) and kind: what it earned, really or in the shadow."""

    strategy: pl.String = pa.Field(description="strategy; `*` for all")
    kind: pl.String = pa.Field(
        isin=["real", "shadow"],
        description="real: trades closed in the window; shadow: simulated, of all approved and blocked in the window",
    )
    n: pl.Int64 = pa.Field(ge=0, description="closed trades or settled decisions")
    n_pending: pl.Int64 = pa.Field(
        ge=0, description="signals decided in the window; real: in a trade not yet closed; shadow: outcome still open"
    )
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="shadow: no outcome can be simulated; real: 0")
    win_rate: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of n, net PnL above 0, a fraction")
    total_pnl_usd: pl.Float64 = pa.Field(description="net PnL of n")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
