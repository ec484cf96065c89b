"""Tables of the what-if scenarios."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import Windowed
from learning_pipeline.policy import SWAPS

MODES = ["unconstrained", "capital_aware"]
STATUSES = ["ok", "bounds_only", "not_evaluable"]
NULL = "; null where not evaluable"


class WhatIf(Windowed, key=("as_of", "window_days", "scenario", "mode")):
    """One row per as_of, window, scenario and mode: what would have been decided otherwise, and what that is worth."""

    scenario: pl.String = pa.Field(description="name of the scenario in the settings")
    mode: pl.String = pa.Field(
        isin=MODES,
        description="unconstrained: capital for everything; capital_aware: as far as a book of limited room goes",
    )
    status: pl.String = pa.Field(
        isin=STATUSES,
        description="bounds_only: which decisions would change was not recorded, delta_usd is null, its bounds hold",
    )
    reason: pl.String = pa.Field(nullable=True, description="why not `ok`, in words")
    n_kept: pl.Int64 = pa.Field(nullable=True, ge=0, description="taken with and without the change" + NULL)
    n_swapped_in: pl.Int64 = pa.Field(nullable=True, ge=0, description="taken only with the change" + NULL)
    n_swapped_out: pl.Int64 = pa.Field(nullable=True, ge=0, description="taken only without the change" + NULL)
    n_still_blocked: pl.Int64 = pa.Field(nullable=True, ge=0, description="taken neither way" + NULL)
    n_unknown: pl.Int64 = pa.Field(nullable=True, ge=0, description="cannot be told; left as they were" + NULL)
    n_no_room: pl.Int64 = pa.Field(
        nullable=True, ge=0, description="approved under the change, but the book had no room (capital_aware)" + NULL
    )
    n_pending: pl.Int64 = pa.Field(nullable=True, ge=0, description="of those swapped, outcome still open" + NULL)
    n_unlabelled: pl.Int64 = pa.Field(nullable=True, ge=0, description="of those swapped, no outcome" + NULL)
    n_trials: pl.Int64 = pa.Field(
        nullable=True, ge=1, description="policies tried on earlier days to choose this one; 1: none was chosen" + NULL
    )
    fitted_weights: pl.String = pa.Field(
        nullable=True, description="weights by score component that were chosen; JSON; null where nothing was fitted"
    )
    baseline_net_pnl_usd: pl.Float64 = pa.Field(nullable=True, description="net PnL of what is taken as it was" + NULL)
    scenario_net_pnl_usd: pl.Float64 = pa.Field(nullable=True, description="baseline + delta; null where delta is")
    delta_usd: pl.Float64 = pa.Field(nullable=True, description="net PnL swapped in - swapped out; null unless `ok`")
    delta_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="lower bound of delta over all that unknown decisions may be (unconstrained)"
    )
    delta_high_usd: pl.Float64 = pa.Field(nullable=True, description="upper bound of it (unconstrained)")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of delta, from that of its lower bound; null where nothing changes"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of delta, to that of its upper bound")
    p_value: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="two-sided, day totals, t; the larger of both bounds, 1 across 0"
    )
    q_value: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="Benjamini-Hochberg over the scenarios of one as_of, window and mode"
    )


class SwapSets(Windowed, key=("as_of", "window_days", "scenario", "swap")):
    """One row per as_of, window, scenario that can be evaluated, and part of its swap-set (unconstrained)."""

    scenario: pl.String = pa.Field(description="name of the scenario in the settings")
    swap: pl.String = pa.Field(
        isin=SWAPS, description="approved either way, newly approved, newly blocked, blocked either way, cannot be told"
    )
    n: pl.Int64 = pa.Field(ge=0, description="decisions; those of one scenario add up to all of the window")
    n_settled: pl.Int64 = pa.Field(ge=0, description="of these, with an outcome")
    n_pending: pl.Int64 = pa.Field(ge=0, description="of these, outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="of these, no outcome can be simulated")
    net_pnl_usd: pl.Float64 = pa.Field(description="net PnL of the settled ones")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
