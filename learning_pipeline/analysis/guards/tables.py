"""Tables of what blocking saved and cost."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import VERDICTS, Windowed


class GuardEffectiveness(Windowed, key=("as_of", "window_days", "guard")):
    """One row per as_of, window and guard: what the guard saved or cost, and how sure that is."""

    guard: pl.String = pa.Field(description="guard or gate")
    n_blocked: pl.Int64 = pa.Field(ge=0, description="blocked decisions that it was among the blockers of")
    n_marginal: pl.Int64 = pa.Field(ge=0, description="settled decisions that enter the quantity in `basis`")
    n_pending: pl.Int64 = pa.Field(ge=0, description="of n_blocked, outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="of n_blocked, no outcome can be simulated")
    n_unknown: pl.Int64 = pa.Field(ge=0, description="of n_blocked, other blockers may exist that were not recorded")
    n_clusters: pl.Int64 = pa.Field(ge=0, description="UTC days with at least one decision in `basis`")
    missed_profit_usd: pl.Float64 = pa.Field(ge=0, description="net PnL of blocked winners (gross attribution)")
    avoided_loss_usd: pl.Float64 = pa.Field(ge=0, description="minus net PnL of blocked losers (gross attribution)")
    net_saved_usd: pl.Float64 = pa.Field(description="avoided_loss - missed_profit (gross attribution)")
    net_saved_roi: pl.Float64 = pa.Field(description="minus the sum of net ROI (gross attribution), fractions")
    marginal_net_saved_usd: pl.Float64 = pa.Field(nullable=True, description="minus net PnL of what it alone blocked")
    marginal_low_usd: pl.Float64 = pa.Field(description="lower bound of the marginal saving")
    marginal_high_usd: pl.Float64 = pa.Field(description="upper bound of the marginal saving")
    basis: pl.String = pa.Field(
        isin=["marginal", "first_blocker"], description="quantity that interval, p and verdict are of"
    )
    basis_net_saved_usd: pl.Float64 = pa.Field(description="that quantity")
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    p_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="two-sided, day totals, t")
    q_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="Benjamini-Hochberg over guards")
    shapley_usd: pl.Float64 = pa.Field(description="saving with each decision's PnL split equally among its blockers")
    verdict: pl.String = pa.Field(isin=VERDICTS, description="saves or costs at q <= 0.05 with at least 10 active days")


class UnrecordedGuards(Windowed, key=("as_of", "window_days", "guard")):
    """One row per as_of, window and guard that was in force and whose blocks are not recorded: no verdict on it."""

    guard: pl.String = pa.Field(description="guard, as the bot names it")
    n_activations: pl.Int64 = pa.Field(ge=0, description="times that it came into force, as far as the bot tells")
    status: pl.String = pa.Field(isin=["not_evaluable"], description="what it saved or cost cannot be told")
    reason: pl.String = pa.Field(description="why, and what it takes")


class OpportunityCost(Windowed, key=("as_of", "window_days")):
    """One row per as_of and window: what blocking as a whole missed and avoided."""

    missed_profit_usd: pl.Float64 = pa.Field(ge=0, description="net PnL of blocked winners")
    avoided_loss_usd: pl.Float64 = pa.Field(ge=0, description="minus net PnL of blocked losers")
    net_opportunity_cost_usd: pl.Float64 = pa.Field(description="missed - avoided: positive means blocking cost money")
    ci_low_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the net")
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of the net")
    n_blocked: pl.Int64 = pa.Field(ge=0, description="blocked decisions")
    n_settled: pl.Int64 = pa.Field(ge=0, description="of these, with an outcome")
    n_pending: pl.Int64 = pa.Field(ge=0, description="of these, outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="of these, no outcome can be simulated")
