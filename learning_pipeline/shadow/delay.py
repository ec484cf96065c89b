"""What the same trade would have earned, had it been entered later.

A later entry changes neither the stop and the target nor the end of the ttl. While the trade is not over it therefore
leaves where the outcome leaves, and no path is followed twice: only the price of the entry differs. Once a barrier was
passed or the ttl is over, there is nothing left to enter.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from learning_pipeline.shadow.asked import Asked
from learning_pipeline.shadow.money import Trades, floats
from learning_pipeline.shadow.series import Series
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.tables import DelayedOutcomes

ENTERED = ["entry_price", "net_pnl_usd", "net_r"]


def late_entries(asked: Asked, paths: np.ndarray, market: list[Series], delays: Iterable[int]) -> dict[int, np.ndarray]:
    """Price of a later entry into each trade on one symbol, in the series in which its outcome was found.

    Parameters
    ----------
    asked : Asked
        Decisions of one symbol.
    paths : ndarray of `PATH`
        How they ended.
    market : list of Series
        Every timeframe of that symbol.
    delays : iterable of int
        Bars of the signal's timeframe after the decision, by the clock.

    Returns
    -------
    dict of ndarray of shape (n_decisions,)
        By delay: open of the first bar that opens at or after the decision and the delay, quote money. NaN where a
        barrier was passed before that bar or at its open, where it opens after the last bar used, and while the trade
        is open or without an outcome.
    """
    prices = {delay: np.full(len(asked), np.nan) for delay in delays}
    for series in market:
        rows = np.flatnonzero(paths["resolution"] == series.timeframe)
        for delay, price in prices.items():
            price[rows] = _opens(series, asked.decided_at[rows] + delay * asked.bar[rows], paths[rows])
    return prices


def delayed_outcomes(ended: pl.DataFrame, settings: ShadowSettings) -> pl.DataFrame:
    """Results of the later entries into trades that ended: to the same exit, for the same notional, in the same R.

    Parameters
    ----------
    ended : DataFrame
        What `Trades.of` reads, ``day``, ``signal_id``, ``decided_at``, ``known_at``, and for each of the settings'
        delays the price of the entry as `entry_after` names it, NaN for none.

    Returns
    -------
    DataFrame
        `DelayedOutcomes`: one row per trade; none where the settings ask for no delays.
    """
    if not settings.delays:
        return DelayedOutcomes.frame()
    trades, n = Trades.of(ended, settings), len(settings.delays)
    prices = [floats(ended[entry_after(delay)]) for delay in settings.delays]
    results = [trades.entered_at(price, settings) | {"entry_price": price} for price in prices]
    each = pl.DataFrame({f"{name} {k}": result[name] for name in ENTERED for k, result in enumerate(results)})
    lists = each.fill_nan(None).select(pl.concat_list(f"{name} {k}" for k in range(n)).alias(name) for name in ENTERED)
    delays = pl.lit(list(settings.delays), pl.List(pl.Int64))
    return ended.with_columns(lists.get_columns(), delay_bars=delays).select(*DelayedOutcomes.dtypes())


def entry_after(delay: int) -> str:
    """Name of the column with the price of the entry after a delay."""
    return f"entry_after_{delay}"


def _opens(series: Series, instants: np.ndarray, paths: np.ndarray) -> np.ndarray:
    """Open of the first bar at or after each instant, NaN where the trade is over by then."""
    bar = series.opened_before(instants)
    there = bar < series.opened_at.size
    bar = np.where(there, bar, 0)
    # A barrier that is passed at the open is left at the open.
    passed_at_open = (paths["outcome"] != "ttl_expired") & (series.open[bar] == paths["exit_price"])
    at = series.opened_at[bar]
    in_time = (at < paths["exit_at"]) | ((at == paths["exit_at"]) & ~passed_at_open)
    return np.where(there & in_time, series.open[bar], np.nan)
