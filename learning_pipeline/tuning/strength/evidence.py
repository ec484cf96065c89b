"""p of the way a lesson leans, on the trades of one window: further than the others, and further than not at all."""

from __future__ import annotations

import numpy as np

from learning_pipeline.stats import total_interval
from learning_pipeline.tuning.grid import Ints
from learning_pipeline.tuning.strength.directions import Trades
from learning_pipeline.tuning.strength.exchange import Exchange, Signs


def p_of(found: Trades, rows: Ints, signs: Signs, n_days: int, seed: int, max_draws: int) -> float:
    """The larger of two p: by exchange with the other trades of the same days, and against no lean at all.

    Exchange alone would have a lesson without any lean lean the other way wherever the others do lean.

    Parameters
    ----------
    found : Trades
        Of one as_of.
    rows : ndarray of int
        Those of the lesson.
    signs : tuple of int
        Of dir_a and dir_e.
    n_days : int
        Days of the window.
    seed, max_draws
        As in `Exchange.p`.
    """
    alone = by_itself(found, rows, signs, n_days)
    return alone if alone >= 1.0 else max(alone, Exchange.of(found, rows).p(signs, seed, max_draws))


def by_itself(found: Trades, rows: Ints, signs: Signs, n_days: int) -> float:
    """Two-sided t on day totals of weight * (sign_a * A + sign_e * E), for the signs are of the data; 1 below 0."""
    if not len(rows):
        return 1.0
    along = found.weight[rows] * (signs[0] * found.way_a[rows] + signs[1] * found.way_e[rows])
    days = found.closed_on[rows]
    totals = np.bincount(days - days.min(), weights=along)
    seen = total_interval(totals, n_days)
    return 1.0 if seen.p is None or seen.total <= 0 else seen.p
