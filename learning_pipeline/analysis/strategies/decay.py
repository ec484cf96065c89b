"""Signal decay: how long after its signal a trade was opened, and at how much worse a price."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis.cohort import decided_in_windows
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.executions import executions
from learning_pipeline.analysis.strategies.groups import by_strategy, strategy_names
from learning_pipeline.analysis.strategies.quantiles import group_means, group_quantiles
from learning_pipeline.analysis.strategies.tables import SignalDecay
from learning_pipeline.analysis.windows import Facts, Floats, Ints, Sums, each_window, facts

DECIDED = ["signal_id", "day", "decided_at", "decision", "strategy", "side", "entry_price", "book"]
COUNTS = ["window_days", "n", "n_decided", "n_expired"]


class Executed(NamedTuple):
    """Executions by group: arrays of shape (n,), by ``decided_on``, group, signal, then the fill's time.

    decided_on, since, until, group : int
        As in `Facts`.
    signal : int
        Equal for the fills of one signal.
    seconds, drift_bps : float
        From signal to fill; price against the trader, NaN where the price at the decision is unknown.
    """

    decided_on: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    group: NDArray[np.int64]
    signal: NDArray[np.int64]
    seconds: Floats
    drift_bps: Floats


def signal_decay(
    signals: pl.DataFrame,
    decisions: pl.DataFrame,
    orders: pl.DataFrame,
    fills: pl.DataFrame,
    trades: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """How fast and at what price signals were executed, as of each day, for each window and strategy.

    Parameters
    ----------
    signals, decisions, orders, fills, trades : DataFrame
        Tables of ``events``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `SignalDecay`: one row per as_of, window and strategy with at least one decision of it; `*` always.
    """
    if not as_ofs:
        return SignalDecay.frame()
    decided = decided_in_windows(decisions, DECIDED, as_ofs, settings)
    names = strategy_names(decided)
    count = _counts(decided, names)
    filled = executions(decided, orders, fills, trades, settings.books)
    executed = _executed(filled.join(signals.select("signal_id", signal_at="happened_at"), on="signal_id"), names)
    blocks = [
        _rows(by_day, executed, part, window)
        for part, window, by_day in each_window([count], len(names), as_ofs, settings)
    ]
    return SignalDecay.checked(as_rows(blocks, COUNTS, strategy=pl.Series(names)).drop("n_expired"))


def _counts(decided: pl.DataFrame, names: list[str]) -> Facts:
    expired = pl.col("decision") == "expired"
    return facts(by_strategy(decided, names), pl.col("group"), n_decided=pl.lit(1), n_expired=expired)


def _executed(filled: pl.DataFrame, names: list[str]) -> Executed:
    rows = by_strategy(filled, names)
    keys = rows.select("decided_on", "since", "until", "group", pl.col("signal_id").rank("dense")).cast(pl.Int64)
    seconds = (rows["filled_at"] - rows["signal_at"]).dt.total_microseconds().to_numpy() / 1e6
    price, reference = (rows[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in ("fill_price", "entry_price"))
    against = np.where(rows["side"].to_numpy() == "long", 1e4, -1e4)
    decided_on, since, until, group, signal = (key.to_numpy() for key in keys)
    return Executed(decided_on, since, until, group, signal, seconds, against * (price - reference) / reference)


def _first_fills(executed: Executed, last: int, n_days: int) -> NDArray[np.int64]:
    """Row of the first known fill of each signal that was decided on the days up to the last, as of that."""
    start, stop = np.searchsorted(executed.decided_on, [last - n_days + 1, last + 1])
    holds = (executed.since[start:stop] <= last) & (executed.until[start:stop] > last)
    rows = np.flatnonzero(holds) + start
    signal, group = executed.signal[rows], executed.group[rows]
    again = np.zeros(len(rows), bool)
    again[1:] = (signal[1:] == signal[:-1]) & (group[1:] == group[:-1])
    return rows[~again]


def _rows(by_day: Sums, executed: Executed, as_ofs: Ints, window: int) -> Rows:
    """Columns of `SignalDecay` for the strategies that decided something in the window, and for all."""
    sums, decided = window_sums(by_day), by_day["n_decided"]
    fills = [_first_fills(executed, as_of, window) for as_of in as_ofs.tolist()]
    told = _timed(executed, fills, decided.shape[1])
    share = sums["n_expired"] / np.where(sums["n_decided"], sums["n_decided"], np.nan)
    return cut(sums | told | {"expired_share": share}, sums["n_decided"] > 0, as_ofs, window)


def _timed(executed: Executed, fills: list[Ints], n_groups: int) -> Rows:
    """How many signals of each group were filled as of each day, when and at what price; shape (n_as_ofs, n_groups)."""
    first, shape = np.concatenate(fills), (len(fills), n_groups)
    group = np.repeat(np.arange(len(fills)), [len(rows) for rows in fills]) * n_groups + executed.group[first]
    seconds, n = executed.seconds[first], len(fills) * n_groups
    median, p90 = group_quantiles(seconds, group, n, (0.5, 0.9))
    found = {
        "n": np.bincount(group, minlength=n),
        "avg_decay_seconds": group_means(seconds, group, n),
        "median_decay_seconds": median,
        "p90_decay_seconds": p90,
        "drift_bps": group_means(executed.drift_bps[first], group, n),
    }
    return {name: x.reshape(shape) for name, x in found.items()}
