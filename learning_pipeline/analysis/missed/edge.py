"""Edge against delay: what the same decisions would have earned, entered some bars later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows, with_outcomes
from learning_pipeline.analysis.missed.tables import EdgeDecay
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.groups import by_strategy, strategy_names
from learning_pipeline.analysis.strategies.leaderboard import TRIED
from learning_pipeline.analysis.windows import Facts, Ints, Sums, each_window, facts
from learning_pipeline.contracts import timeframe_us
from learning_pipeline.stats import total_intervals

DECIDED = ["signal_id", "day", "decided_at", "decision", "timeframe", "strategy", "book"]
COHORT = ["n", "n_pending", "n_unlabelled"]
AT_DELAY = ["n_enterable", "n_stop_passed", "n_target_passed"]


def edge_decay(
    decisions: pl.DataFrame,
    outcomes: pl.DataFrame,
    delayed: pl.DataFrame,
    delays: Sequence[int],
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """What entering later would have earned and what it costs, as of each day, for each window, strategy and delay.

    Parameters
    ----------
    decisions, outcomes, delayed : DataFrame
        ``events.decisions``, ``shadow.outcomes``, ``shadow.delayed_outcomes``; rows after an as_of do not count for it.
    delays : sequence of int
        The delays that ``delayed`` was made for, bars.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `EdgeDecay`: one row per as_of, window, delay (0 before the others) and strategy with at least one decision;
        `*` always. None where there are no delays.
    """
    if not as_ofs or not delays:
        return EdgeDecay.frame()
    tried = decided_in_windows(decisions, DECIDED, as_ofs, settings).filter(pl.col("decision").is_in(TRIED))
    names = strategy_names(tried)
    known = _facts(tried, _beside(outcomes, delayed, delays), [0, *delays], names)
    blocks = [
        block
        for part, window, by_day in each_window(known, len(names), as_ofs, settings)
        for block in _blocks(by_day, [0, *delays], part, window)
    ]
    counts = ["window_days", "delay_bars", *COHORT, *AT_DELAY]
    return EdgeDecay.checked(as_rows(blocks, counts, strategy=pl.Series(names)))


def _beside(outcomes: pl.DataFrame, delayed: pl.DataFrame, delays: Sequence[int]) -> pl.DataFrame:
    """Outcomes with net PnL and net R at each delay, null where the trade could not be entered any more."""
    lists = {"pnl": pl.col("net_pnl_usd"), "r": pl.col("net_r")}
    at_delay = [x.list.get(k).alias(f"{name}_{d}") for name, x in lists.items() for k, d in enumerate(delays)]
    entered = delayed.select("signal_id", "known_at", *at_delay)
    return outcomes.with_columns(pnl_0="net_pnl_usd", r_0="net_r").join(
        entered, on=["signal_id", "known_at"], how="left"
    )


def _facts(tried: pl.DataFrame, results: pl.DataFrame, delays: Sequence[int], names: list[str]) -> list[Facts]:
    """Every decision is pending until its outcome takes it back."""
    settled, group = pl.col("net_pnl_usd").is_not_null(), pl.col("group")
    told = ["net_pnl_usd", "outcome", *(f"{name}_{d}" for name in ("pnl", "r") for d in delays)]
    measures = {"n": settled, "n_unlabelled": ~settled, "n_pending": pl.lit(-1)}
    measures["bar_seconds"] = pl.when(settled).then(timeframe_us(pl.col("timeframe")) / 1e6)
    for d in delays:
        over = settled & pl.col(f"pnl_{d}").is_null()
        measures |= {f"{name}_{d}": pl.col(f"{name}_{d}") for name in ("pnl", "r")}
        measures |= {
            f"n_enterable_{d}": settled & ~over,
            f"n_stop_passed_{d}": over & (pl.col("outcome") == "hit_stop"),
            f"n_target_passed_{d}": over & pl.col("outcome").is_in(["hit_target", "hit_1r"]),
        }
    ended = facts(by_strategy(with_outcomes(tried, results, told), names), group, **measures)
    return [ended, facts(by_strategy(tried, names), group, n_pending=pl.lit(1))]


def _blocks(by_day: Sums, delays: Sequence[int], as_ofs: Ints, window: int) -> list[Rows]:
    """Columns of `EdgeDecay`, for each delay the same strategies."""
    sums = window_sums(by_day)
    seen = np.any([sums[name] > 0 for name in COHORT], axis=0)
    return [cut(_columns(by_day, sums, d, window), seen, as_ofs, window) for d in delays]


def _columns(by_day: Sums, sums: Sums, delay: int, window: int) -> Rows:
    n, some = sums["n"], np.where(sums["n"] > 0, 1.0, np.nan)
    total = total_intervals(by_day[f"pnl_{delay}"], window)
    cost = total_intervals(by_day["pnl_0"] - by_day[f"pnl_{delay}"], window)
    return {
        **{name: sums[name] for name in COHORT},
        **{name: sums[f"{name}_{delay}"] for name in AT_DELAY},
        "delay_bars": np.full(n.shape, delay),
        "delay_seconds": delay * sums["bar_seconds"] / (n * some),
        "enterable_share": sums[f"n_enterable_{delay}"] / (n * some),
        "mean_net_r": sums[f"r_{delay}"] / (n * some),
        "mean_net_pnl_usd": total.total / (n * some),
        "total_pnl_usd": total.total,
        "ci_low_usd": total.low * some,
        "ci_high_usd": total.high * some,
        "delay_cost_usd": cost.total,
        "cost_ci_low_usd": cost.low * some,
        "cost_ci_high_usd": cost.high * some,
    }
