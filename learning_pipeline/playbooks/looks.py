"""When a claim is looked at, and what a look says.

A look at every trade validates a playbook without an edge in 40 % of cases by 200 trades. So there are four looks, when
the closed trades first reach ``min_sample_size`` times 1, 2, 4 and 8, at levels that add up to .094; between them the
last verdict stands (SEMANTICS 8).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from learning_pipeline.playbooks.claim import Claim
from learning_pipeline.stats import mean_interval, wilson_interval

LEVELS = (0.05, 0.025, 0.0125, 0.00625)
"""Of look k, at ``min_sample_size * 2**k`` trades: chance of its one-sided bound to be wrong."""


class Counted(NamedTuple):
    """A closed trade as it counts; sorts by close, then by id. Microseconds since 1970."""

    exit_us: int
    trade_id: str
    entry_us: int
    is_win: bool
    r_achieved: float | None
    bars_to_outcome: int | None
    split_value: float | None


class Look(NamedTuple):
    """What a look said: one-sided bounds at ``1 - level``; None where nothing could be computed."""

    status: str
    n: int
    level: float
    value: float | None
    low: float | None
    high: float | None


def look(claim: Claim, trades: Sequence[Counted], level: float) -> Look:
    """Verdict over some trades.

    Parameters
    ----------
    claim : Claim
        Metric and threshold.
    trades : sequence of Counted
        All trades of the look, in any order.
    level : float
        Chance of each one-sided bound to be wrong.

    Returns
    -------
    Look
        ``validated`` where the lower bound lies above the threshold, ``refuted`` where the upper one lies below it.
    """
    bounds = metric_interval(claim, trades, 1 - 2 * level)
    low, high = bounds or (None, None)
    status = "inconclusive"
    if low is not None and low > claim.threshold:
        status = "validated"
    if high is not None and high < claim.threshold:
        status = "refuted"
    return Look(status, len(trades), level, metric_value(claim, trades), low, high)


def size_of_look(claim: Claim, k: int) -> int | None:
    """Closed trades at which look k (0 to 3) is taken; None after the last."""
    return claim.min_sample_size * 2**k if k < len(LEVELS) else None


def looks_due(claim: Claim, trades: Sequence[Counted], n_taken: int) -> list[Look]:
    """Looks that the trades known now allow and that were not taken yet, each over the first of them by close."""
    ordered, found = sorted(trades), []
    for k in range(n_taken, len(LEVELS)):
        size = claim.min_sample_size * 2**k
        if len(ordered) < size:
            break
        found.append(look(claim, ordered[:size], LEVELS[k]))
    return found


def metric_value(claim: Claim, trades: Sequence[Counted]) -> float | None:
    """The claim's metric; None without a trade that has it."""
    return win_rate(trades) if claim.metric == "win_rate" else average_r(trades)


def metric_interval(
    claim: Claim, trades: Sequence[Counted], level: float, effective_n: float | None = None
) -> tuple[float, float] | None:
    """Two-sided interval of the claim's metric: Wilson's for the win rate, t for the average R.

    ``effective_n``: how many independent trades they are worth, by default as many as there are.
    """
    share = 1.0 if effective_n is None or not trades else effective_n / len(trades)
    if claim.metric == "win_rate":
        return wilson_interval(sum(trade.is_win for trade in trades) * share, len(trades) * share, level)
    known = _known_r(trades)
    return mean_interval(known, level, len(known) * share)


def win_rate(trades: Sequence[Counted]) -> float | None:
    """Share that reached +1 R before the stop; None of none."""
    return sum(trade.is_win for trade in trades) / len(trades) if trades else None


def average_r(trades: Sequence[Counted]) -> float | None:
    """Mean R of those that had a stop; None where none had."""
    known = _known_r(trades)
    return math.fsum(known) / len(known) if known else None


def _known_r(trades: Sequence[Counted]) -> list[float]:
    return [trade.r_achieved for trade in trades if trade.r_achieved is not None]
