"""From drawn decisions to what is added up by day: counts, draws, and the scores of every estimator."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import while_both_hold, with_outcomes
from learning_pipeline.analysis.exploration.drawn import by_guard
from learning_pipeline.analysis.real import real_results
from learning_pipeline.analysis.windows import Facts, Floats, facts
from learning_pipeline.stats import DrawSums, aipw_scores, draw_measures, ipw_scores, weights

GROUP = pl.col("group")
SCORES = ["shadow", "dm", "ipw", "aipw", "weight", "squared_weight"]
ONE_DAY_US = dt.timedelta(days=1) / dt.timedelta(microseconds=1)


def draw_facts(drawn: pl.DataFrame, guards: list[str]) -> Facts:
    """Every decision that a guard stood against: how many could be drawn, and how the draws fell."""
    logged, chance = pl.col("chance").is_not_null(), pl.col("chance")
    measured = _measured(drawn)
    return facts(
        by_guard(measured, guards),
        GROUP,
        n_without_propensity=~logged,
        n_no_chance=logged & (chance == 0),
        n_eligible=logged & (chance > 0),
        **{name: pl.col(name) for name in DrawSums._fields},
    )


def _measured(drawn: pl.DataFrame) -> pl.DataFrame:
    """With the measures of `stats.draw_measures`; 0 where nothing was written down."""
    chance = _floats(drawn["chance"])
    logged = ~np.isnan(chance)
    at = drawn["decided_at"]
    hour = (at - at.dt.truncate("1d")).dt.total_microseconds().to_numpy() / ONE_DAY_US
    measures = draw_measures(drawn["admitted"].to_numpy(), chance, hour)
    columns = {name: np.where(logged, x, 0.0) for name, x in measures._asdict().items()}
    return drawn.with_columns(pl.Series(name, x, pl.Float64) for name, x in columns.items())


def chance_facts(drawn: pl.DataFrame, guards: list[str]) -> Facts:
    """Those with a chance, and the chance."""
    some = drawn.filter(pl.col("chance") > 0)
    return facts(by_guard(some, guards), GROUP, chance=pl.col("chance"))


def lowest_chance(chances: Facts, last: int, window: int, n_guards: int) -> Floats:
    """Smallest chance of each guard in the window as of its last day; NaN where none had any. Shape (n_guards,)."""
    start, stop = np.searchsorted(chances.decided_on, [last - window + 1, last + 1])
    rows = start + np.flatnonzero((chances.since[start:stop] <= last) & (chances.until[start:stop] > last))
    lowest = np.full(n_guards, np.inf)
    np.minimum.at(lowest, chances.group[rows], chances.measures["chance"][rows])
    return np.where(np.isfinite(lowest), lowest, np.nan)


def score_facts(
    drawn: pl.DataFrame, outcomes: pl.DataFrame, trades: pl.DataFrame, guards: list[str]
) -> tuple[Facts, Facts]:
    """Scores of those with a chance once their shadow outcome is known, and what real results change in them.

    An admission counts from the first: at its shadow outcome while a trade may still come to its end, at 0 where it
    came to none, and from the day of its closed trade on at that. So none is left out because of what came of it.
    """
    scored = _scored(with_outcomes(drawn.filter(pl.col("chance") > 0), outcomes))
    settled, is_open = pl.col("settled"), pl.col("settled") & pl.col("traded")
    first = facts(
        by_guard(scored, guards),
        GROUP,
        n_settled=settled,
        n_unlabelled=~settled,
        n_admitted=settled & pl.col("admitted"),
        n_admitted_open=is_open,
        **{name: pl.col(name) for name in SCORES},
    )
    change = pl.col("change")
    real = by_guard(_changed(scored, real_results(trades)), guards)
    return first, facts(real, GROUP, n_admitted_open=-is_open.cast(pl.Int8), ipw=change, aipw=change)


def _scored(known: pl.DataFrame) -> pl.DataFrame:
    """With ``settled``, `SCORES` (0 where not settled) and ``stand_in``, what an admission counts at first."""
    model, chance = _floats(known["net_pnl_usd"]), known["chance"].to_numpy()
    admitted, traded = known["admitted"].to_numpy(), known["traded"].to_numpy()
    settled = ~np.isnan(model)
    model = np.where(settled, model, 0.0)
    weight = weights(admitted & settled, chance)
    stand_in = np.where(traded, model, 0.0)
    scores = {
        "shadow": np.where(admitted, 0.0, model),
        "dm": model,
        "ipw": ipw_scores(weight, stand_in),
        "aipw": aipw_scores(model, weight, stand_in),
        "weight": weight,
        "squared_weight": weight**2,
    }
    columns = scores | {"stand_in": stand_in, "settled": settled}
    return known.with_columns(pl.Series(name, x) for name, x in columns.items())


def _changed(scored: pl.DataFrame, real: pl.DataFrame) -> pl.DataFrame:
    """Settled admissions with a closed trade: ``change`` of their score, real money on the decision's own size."""
    admissions = scored.filter(pl.col("settled") & pl.col("admitted"))
    both = while_both_hold(admissions.join(real, on="signal_id", maintain_order="left", suffix="_other"))
    money = both["real_roi"].to_numpy() * both["notional_usd"].to_numpy()
    change = both["weight"].to_numpy() * (money - both["stand_in"].to_numpy())
    return both.with_columns(pl.Series("change", change, pl.Float64))


def _floats(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()
