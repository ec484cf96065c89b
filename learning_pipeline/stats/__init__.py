"""How sure we are: intervals of totals and correction for looking at many things at once.

Question: a sum of money over some days is an estimate; how far may it be off, and could it be nothing but chance?

In: plain arrays. Out: plain arrays and floats; this room knows no table.

- Total: the days are the independent observations, not the decisions of one day, which share its market. With day
  totals ``x`` over ``D`` days (0 where nothing happened): ``total = sum(x)``, interval ``total +- t(.975, D - 1)
  sqrt(D) s``, p from the same t. Measured coverage at 20 days is .93 to .98 where day counts do not depend on the
  day's shock, .87 to .92 where they do; resampling single decisions covers .45 to .65.
- Share: Wilson's score interval; difference of two shares: Newcombe's hybrid of two of them. Mean: Student's t.
- Many tests: Benjamini-Hochberg.
- Sharpe ratios, per observation: probabilistic and deflated (by the number of all trials), minimum track record,
  probability of backtest overfitting, and the difference of two on the same days by a studentised block bootstrap.
- From a few, drawn with a known chance, to all: IPW, self-normalised IPW and AIPW as one score per unit, so that their
  day totals have the same interval; Kish's effective size; and whether the draws agree with the chances written down.

Sums run in the order given, by one thread: the same array gives the same bits.

Seed: none; the seeds give point estimates only (SEMANTICS 3).
"""

from learning_pipeline.stats.drawdown import drawdown, max_drawdown
from learning_pipeline.stats.draws import DrawSums, as_logged, draw_measures
from learning_pipeline.stats.intervals import (
    TotalInterval,
    TotalIntervals,
    running_total,
    total_interval,
    total_intervals,
)
from learning_pipeline.stats.mean import mean_interval
from learning_pipeline.stats.multiplicity import benjamini_hochberg
from learning_pipeline.stats.off_policy import aipw_scores, effective_size, ipw_scores, snipw_day_scores, weights
from learning_pipeline.stats.overfitting import Overfitting, backtest_overfitting
from learning_pipeline.stats.proportion import difference_interval, wilson_interval
from learning_pipeline.stats.sharpe import (
    Moments,
    deflated_sharpe,
    expected_maximum,
    min_track_record,
    moments,
    probabilistic_sharpe,
)
from learning_pipeline.stats.sharpe_difference import SharpeDifference, sharpe_difference

__all__ = [
    "DrawSums",
    "Moments",
    "Overfitting",
    "SharpeDifference",
    "TotalInterval",
    "TotalIntervals",
    "aipw_scores",
    "as_logged",
    "backtest_overfitting",
    "benjamini_hochberg",
    "deflated_sharpe",
    "difference_interval",
    "draw_measures",
    "drawdown",
    "effective_size",
    "expected_maximum",
    "ipw_scores",
    "max_drawdown",
    "mean_interval",
    "min_track_record",
    "moments",
    "probabilistic_sharpe",
    "running_total",
    "sharpe_difference",
    "snipw_day_scores",
    "total_interval",
    "total_intervals",
    "weights",
    "wilson_interval",
]
