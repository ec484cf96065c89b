"""Lessons of some days: rates of every slice, and the policy that each speaks for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.events.wire import encode_sorted
from learning_pipeline.tuning.choice import REASONS, candidates, choose, ratios, why_not
from learning_pipeline.tuning.counts import (
    Floats,
    Tally,
    admissions,
    by_source,
    effects,
    is_reported,
    n_unchanging,
    rates,
)
from learning_pipeline.tuning.grid import Bools, Grid, Ints
from learning_pipeline.tuning.scores import pool_of, t_statistics
from learning_pipeline.tuning.settings import Rule
from learning_pipeline.tuning.slices import Episodes, Slices, scopes, slices, whose
from learning_pipeline.tuning.tables import Lessons

SAME_T = 9
"""Decimals of T beyond which a difference is rounding: such policies are equally good."""

COUNTED = ["n", "n_approved", "n_skipped", "n_unknown", "n_unlabelled", "wr", "fpr", "mr", "dr"]
COUNTED += ["misses_caught", "failures_added", "ratio", "t_statistic", "n_candidates", "n_pruned"]
COUNTED += ["failures_avoided", "successes_lost"]
"""Columns that are numbers."""


def mine(found: Episodes, grid: Grid, n_min: int, rule: Rule) -> pl.DataFrame:
    """Lessons of some episodes, in the columns of `Lessons`."""
    tally = Tally.of(found, grid)
    blocks = [_of_slices(part, found, tally, grid, rule).filter(pl.col("n") >= n_min) for part in slices(found, n_min)]
    every = pl.concat(blocks) if blocks else pl.DataFrame()
    return _as_contract(every, grid) if every.height else Lessons.frame()


def _of_slices(part: Slices, found: Episodes, tally: Tally, grid: Grid, rule: Rule) -> pl.DataFrame:
    """Numbers of some slices; policies and reasons by number, -1 where none; rates NaN where not defined."""
    reported = is_reported(part, tally)
    rate = rates(part, reported, tally)
    admitted = admissions(part, reported, tally, grid)
    loose, tight = (effects(admitted, grid, side) for side in (grid.looser, grid.tighter))
    may = candidates(loose, rate.dr, rule)
    by_ratio = ratios(loose.misses_caught, loose.failures_added)
    in_order = rule.verification == "none"
    wanted = np.zeros(part.n, dtype=np.bool_) if in_order else np.any(may, axis=0)
    by_t = _scores(part, found, reported, tally, wanted, grid)
    best = choose(may, by_ratio if in_order else np.round(by_t, SAME_T))
    avoiding = choose(tight.failures_avoided > 0, ratios(tight.failures_avoided, tight.successes_lost))
    return pl.DataFrame(
        {
            **rate._asdict(),
            "is_reported": reported,
            "best": best,
            **{name: _of(best, getattr(loose, name)) for name in ("misses_caught", "failures_added")},
            "ratio": _of(best, by_ratio),
            "t_statistic": _of(best, by_t),
            "why_not": np.where(best < 0, why_not(loose, rule), -1),
            "n_candidates": may.sum(axis=0),
            "n_pruned": n_unchanging(admitted, grid),
            "tightest": avoiding,
            **{name: _of(avoiding, getattr(tight, name)) for name in ("failures_avoided", "successes_lost")},
        }
    ).with_columns(scopes(part, found), *whose(part, found))


def _scores(part: Slices, found: Episodes, reported: Bools, tally: Tally, wanted: Bools, grid: Grid) -> Floats:
    """T of the loosening policies for the slices that are wanted; NaN for the others."""
    scores = np.full((len(grid.looser), part.n), np.nan)
    if wanted.any():
        members = wanted[part.code]
        rows, code = part.rows[members], (np.cumsum(wanted) - 1)[part.code[members]]
        label = by_source(part, reported, tally.label)[members]
        pool = pool_of(found.cell[rows], label, code, found.day[rows], grid)
        scores[:, wanted] = t_statistics(pool, int(wanted.sum()), found.n_days, grid)
    return scores


def _of(policy: Ints, values: NDArray) -> NDArray:
    """The value of one policy per slice."""
    return np.take_along_axis(values, np.maximum(policy, 0)[None], axis=0)[0]


def _as_contract(found: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Names for numbers, null for what is not defined."""
    best, tightest = pl.col("best"), pl.col("tightest")
    looser, tighter = grid.looser, grid.tighter
    numbers = found.with_columns(
        pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)),
        pl.col(*(name for name, dtype in Lessons.dtypes().items() if dtype == pl.Int64)).cast(pl.Int64),
    ).with_columns(
        pl.when(best >= 0).then(pl.col("misses_caught", "failures_added", "ratio", "t_statistic")),
        pl.when(tightest >= 0).then(pl.col("failures_avoided", "successes_lost")),
    )
    named = numbers.select(
        "as_of",
        "pattern_key",
        "scope",
        *COUNTED,
        label_source=pl.when("is_reported").then(pl.lit("reported")).otherwise(pl.lit("simulated")),
        policy=_word([grid.name(policy) for policy in looser], best),
        deltas=_word([encode_sorted(grid.deltas(policy)).decode() for policy in looser], best),
        reason=_word(REASONS, pl.col("why_not")),
        tightening=_word([grid.name(policy) for policy in tighter], tightest),
        p_value=pl.lit(None, pl.Float64),
        q_value=pl.lit(None, pl.Float64),
        day="as_of",
    )
    return named.select(*Lessons.dtypes())


def _word(words: list[str], number: pl.Expr) -> pl.Expr:
    """Words by number, null for -1."""
    return number.replace_strict(range(len(words)), words, default=None, return_dtype=pl.String)
