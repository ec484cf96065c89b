"""The table of proposals."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Table

KINDS = ["drop_guard", "threshold"]
STATES = ["open", "withdrawn", "approved", "rejected"]


class Proposals(Table, key=("as_of", "proposal_id"), newest=("proposal_id", "as_of")):
    """One row per proposal and day on which the evidence supported it, and one for the day on which that ended.

    The warehouse shows one row per proposal, the newest.
    """

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    proposal_id: pl.String = pa.Field(description="of kind, target and change: the same on every day")
    kind: pl.String = pa.Field(isin=KINDS, description="drop_guard, or threshold: a limit that is moved or scaled")
    target: pl.String = pa.Field(description="gates that would be changed, by name, as the bot records them")
    change: pl.String = pa.Field(description="the policy as canonical JSON: drop, threshold, scale by gate")
    scenario: pl.String = pa.Field(nullable=True, description="what-if scenario that it is of; null for drop_guard")
    expected_delta_usd: pl.Float64 = pa.Field(description="net PnL that the window would have had more")
    ci_low_usd: pl.Float64 = pa.Field(description="95 % interval of it")
    ci_high_usd: pl.Float64 = pa.Field(description="95 % interval of it")
    capital_aware_delta_usd: pl.Float64 = pa.Field(
        nullable=True, description="the same with limited capital and positions; null for drop_guard"
    )
    basis: pl.String = pa.Field(
        isin=["marginal", "first_blocker", "scenario"],
        description="what was measured; first_blocker: only if no later guard had blocked the same",
    )
    window_days: pl.Int64 = pa.Field(ge=1, description="decisions of that many days up to the end of as_of")
    n_changed: pl.Int64 = pa.Field(ge=0, description="decisions that would be answered otherwise")
    n_days: pl.Int64 = pa.Field(nullable=True, ge=0, description="UTC days with such a decision; null: not counted")
    p_value: pl.Float64 = pa.Field(ge=0, le=1, description="two-sided, day totals, t")
    q_value: pl.Float64 = pa.Field(ge=0, le=1, description="Benjamini-Hochberg over n_trials")
    n_trials: pl.Int64 = pa.Field(ge=1, description="guards or scenarios that were tested together")
    calibration_bias_usd: pl.Float64 = pa.Field(
        nullable=True, description="real minus shadow net PnL of approved decisions in the window; null: unknown"
    )
    base_thresholds: pl.String = pa.Field(
        description="limit without overrides by gate, as canonical JSON; null where it was not one value in the window"
    )
    would_change: pl.String = pa.Field(description="what evidence would end the proposal")
    state: pl.String = pa.Field(
        isin=STATES,
        description="open: supported; withdrawn: no longer, the evidence is that of the day before; in the warehouse "
        "also approved or rejected, where a person has answered",
    )
