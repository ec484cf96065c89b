"""From which probability on a trade pays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from learning_pipeline.errors import DataMissing


class BreakEven(NamedTuple):
    """``mean_win`` W and ``mean_loss`` L (fractions of notional), and the probability p with p W = (1 - p) L.

    >>> breakeven = break_even(np.array([1.0, 1, 0]), np.array([0.01, 0.03, -0.01]), np.ones(3))
    >>> round(breakeven.threshold, 4)
    0.3333
    """

    threshold: float
    mean_win: float
    mean_loss: float


def break_even(success: np.ndarray, net_roi: np.ndarray, weight: np.ndarray) -> BreakEven:
    """Of examples of both kinds; arrays as in `Sample`.

    Raises
    ------
    DataMissing
        Successes earned no more than failures: no probability of a success makes a trade worth more.
    """
    won = success == 1
    win = float(np.average(net_roi[won], weights=weight[won]))
    loss = -float(np.average(net_roi[~won], weights=weight[~won]))
    if win + loss <= 0:
        raise DataMissing(f"successes earned {win:.6f} and failures {-loss:.6f} on average: the labels say nothing")
    return BreakEven(min(max(loss / (win + loss), 0.0), 1.0), win, loss)
