"""What the closed trades of a playbook amount to: the numbers of its evidence."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from learning_pipeline.playbooks.claim import Claim, Split
from learning_pipeline.playbooks.looks import Counted, average_r, metric_interval, win_rate
from learning_pipeline.stats import difference_interval, wilson_interval

DAY_US = 86_400_000_000


def figures(claim: Claim, trades: Sequence[Counted]) -> dict[str, Any]:
    """Columns of ``playbooks.validation`` that rest on every trade, whatever was looked at."""
    n_effective = effective_trades(trades)
    low, high = metric_interval(claim, trades, 0.95, n_effective) or (None, None)
    bars = [trade.bars_to_outcome for trade in trades if trade.bars_to_outcome is not None]
    return {
        "n_trades": len(trades),
        "n_effective": n_effective,
        "win_rate": win_rate(trades),
        "avg_r": average_r(trades),
        "median_bars_to_outcome": float(statistics.median(bars)) if bars else None,
        "ci_low": low,
        "ci_high": high,
        **(split_figures(claim.split, trades) if claim.split else {}),
    }


def effective_trades(trades: Sequence[Counted]) -> float:
    """How many independent trades some trades are worth: the sum of their average uniqueness.

    A trade held on a UTC day shares it with all that are held on it; its uniqueness is the mean of 1 / (trades of the
    day) over its days.

    References
    ----------
    Lopez de Prado (2018), Advances in Financial Machine Learning, 4.4, with days as bars.

    Examples
    --------
    Two on one day, one on the next:

    >>> day = DAY_US
    >>> trades = [Counted(exit_us, str(exit_us), exit_us, True, 1.0, 1, None) for exit_us in (1, 2, day)]
    >>> effective_trades(trades)
    2.0
    """
    days = [range(trade.entry_us // DAY_US, trade.exit_us // DAY_US + 1) for trade in trades]
    held = Counter(day for each in days for day in each)
    return math.fsum(math.fsum(1 / held[day] for day in each) / len(each) for each in days)


def split_figures(split: Split, trades: Sequence[Counted]) -> dict[str, Any]:
    """Both halves' win rates and their difference, high minus low; trades without the feature are in neither."""
    high = _won([t for t in trades if t.split_value is not None and t.split_value >= split.at])
    low = _won([t for t in trades if t.split_value is not None and t.split_value < split.at])
    known = difference_interval(high, low)
    return {
        "split_feature": split.feature,
        "split_at": split.at,
        **_half("high", *high),
        **_half("low", *low),
        "split_difference": high[0] / high[1] - low[0] / low[1] if known else None,
        "split_difference_low": known[0] if known else None,
        "split_difference_high": known[1] if known else None,
    }


def _won(trades: Sequence[Counted]) -> tuple[int, int]:
    return sum(trade.is_win for trade in trades), len(trades)


def _half(name: str, n_won: int, n: int) -> dict[str, Any]:
    low, high = wilson_interval(n_won, n) or (None, None)
    rate = {f"win_rate_{name}": n_won / n if n else None}
    return {f"n_{name}": n, **rate, f"win_rate_{name}_low": low, f"win_rate_{name}_high": high}
