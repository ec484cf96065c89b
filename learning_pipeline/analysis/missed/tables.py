"""Tables of what came too late."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import Windowed
from learning_pipeline.shadow.missed import MISSED


class MissedOpportunities(Windowed, key=("as_of", "window_days", "decision", "strategy")):
    """One row per as_of, window, decision (expired, cancelled) and strategy (`*`: all): what these would have earned.

    As if each signal had been taken when it was made, at its own price (`shadow.missed_outcomes`); not from the instant
    of its expiry, where nobody could have traded it any more. Cohorts are by that instant (`decided_at`).
    """

    decision: pl.String = pa.Field(isin=MISSED, description="the answer: expired or cancelled")
    strategy: pl.String = pa.Field(description="strategy of the signal; `*` for all")
    n: pl.Int64 = pa.Field(ge=0, description="decisions of that answer")
    n_never_decided: pl.Int64 = pa.Field(ge=0, description="of n, no report came before the ttl's end")
    n_settled: pl.Int64 = pa.Field(ge=0, description="of n, with an outcome, simulated from the signal's instant")
    n_pending: pl.Int64 = pa.Field(ge=0, description="of n, outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="of n, no outcome can be simulated (the signal named no price)")
    win_rate: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of n_settled, net PnL above 0, a fraction")
    missed_profit_usd: pl.Float64 = pa.Field(
        ge=0, description="net PnL of the winners, had each signal been taken when it was made, at its own price"
    )
    avoided_loss_usd: pl.Float64 = pa.Field(ge=0, description="minus net PnL of the losers, likewise")
    net_pnl_usd: pl.Float64 = pa.Field(description="missed - avoided: positive means that not taking them cost money")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")


class EdgeDecay(Windowed, key=("as_of", "window_days", "strategy", "delay_bars")):
    """One row per as_of, window, strategy (`*`: all) and delay: what entering that many bars later would have earned.

    Of all approved and blocked decisions, as in the shadow leaderboard, which is the row of delay 0. What cannot be
    entered any more earns nothing, and counts in every mean.
    """

    strategy: pl.String = pa.Field(description="strategy; `*` for all")
    delay_bars: pl.Int64 = pa.Field(ge=0, description="bars of the signal's timeframe after the decision; 0: at once")
    delay_seconds: pl.Float64 = pa.Field(nullable=True, ge=0, description="mean of that over n, seconds")
    n: pl.Int64 = pa.Field(ge=0, description="settled decisions; the same at every delay")
    n_pending: pl.Int64 = pa.Field(ge=0, description="outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="no outcome can be simulated")
    n_enterable: pl.Int64 = pa.Field(ge=0, description="of n, could still be entered")
    n_stop_passed: pl.Int64 = pa.Field(ge=0, description="of n, not: the stop was passed first")
    n_target_passed: pl.Int64 = pa.Field(ge=0, description="of n, not: the target was passed first")
    enterable_share: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="n_enterable of n, a fraction")
    mean_net_r: pl.Float64 = pa.Field(
        nullable=True, description="mean net result of n, multiples of R; what cannot be entered any more earns 0"
    )
    mean_net_pnl_usd: pl.Float64 = pa.Field(nullable=True, description="mean net PnL of n, quote money, likewise")
    total_pnl_usd: pl.Float64 = pa.Field(description="net PnL of n, likewise")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    delay_cost_usd: pl.Float64 = pa.Field(description="total at delay 0 - total: what the delay costs, of the same n")
    cost_ci_low_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the cost, day by day")
    cost_ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the cost")
