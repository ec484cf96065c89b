"""Guard value by exploration."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.analysis.tables import Windowed

ESTIMATORS = ["shadow", "dm", "ipw", "snipw", "aipw"]
REASONS = {
    "no_propensity": "nobody wrote down with which probability anything was blocked",
    "no_overlap": "more than half of what was blocked had no chance of being admitted",
    "nothing_settled": "nothing that had a chance has a shadow outcome yet",
    "propensity_not_as_logged": "the draws do not agree with the probabilities written down, as when a budget hides",
    "too_few_admissions": "fewer than 30 admissions",
    "too_few_days": "fewer than 20 days with anything to estimate",
    "admissions_open": "more than one in twenty admissions has no closed trade yet",
}
"""Why there is no estimate, in words."""


class GuardValue(Windowed, key=("as_of", "window_days", "guard", "estimator")):
    """One row per as_of, window, guard and estimator: what the guard saved, told from what was admitted by chance."""

    guard: pl.String = pa.Field(description="guard that alone stood against the decisions; `*` for all, by any guard")
    estimator: pl.String = pa.Field(
        isin=ESTIMATORS,
        description="shadow: plain sum of the simulator over what stayed blocked; dm: over admitted ones too; ipw, "
        "snipw: from real results of the admitted alone; aipw: dm, corrected by them",
    )
    n_eligible: pl.Int64 = pa.Field(ge=0, description="decisions that it stood against, with a chance of admission")
    n_without_propensity: pl.Int64 = pa.Field(ge=0, description="beside these, no probability was recorded")
    n_no_chance: pl.Int64 = pa.Field(ge=0, description="beside these, blocked for sure: the estimate is not of them")
    n_settled: pl.Int64 = pa.Field(ge=0, description="of n_eligible, with a shadow outcome: the estimate is of these")
    n_pending: pl.Int64 = pa.Field(ge=0, description="of n_eligible, shadow outcome still open")
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="of n_eligible, no outcome can be simulated")
    n_admitted: pl.Int64 = pa.Field(ge=0, description="of n_settled, approved by the draw, whatever came of it")
    n_admitted_open: pl.Int64 = pa.Field(
        ge=0, description="of n_admitted, no closed trade known yet: the shadow outcome stands in its place"
    )
    n_days: pl.Int64 = pa.Field(ge=0, description="UTC days with at least one of n_settled")
    effective_size: pl.Float64 = pa.Field(ge=0, description="admissions of equal weight that would tell as much (Kish)")
    min_propensity: pl.Float64 = pa.Field(
        nullable=True, gt=0, le=1, description="smallest chance of admission among n_eligible; null for none of them"
    )
    draws_p_value: pl.Float64 = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="of draws with the probabilities written down, the smaller of the guard's and of all guards'; null "
        "where no draw could go either way",
    )
    net_saved_usd: pl.Float64 = pa.Field(
        nullable=True, description="minus the net PnL that n_settled would have made; null where refused"
    )
    ci_low_usd: pl.Float64 = pa.Field(
        nullable=True, description="95 % interval of it; null where it cannot be computed"
    )
    ci_high_usd: pl.Float64 = pa.Field(nullable=True, description="95 % interval of it")
    status: pl.String = pa.Field(isin=["ok", "refused"], description="refused: no estimate is given")
    reason: pl.String = pa.Field(nullable=True, isin=list(REASONS), description="why refused, the first that holds")
