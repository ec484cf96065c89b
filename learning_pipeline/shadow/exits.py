"""How the decisions on one symbol end in one series of bars, gross of costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.shadow.asked import Asked
from learning_pipeline.shadow.levels import Levels
from learning_pipeline.shadow.lifting import Touch, first_touch
from learning_pipeline.shadow.series import NEVER, Series
from learning_pipeline.shadow.windows import Window

PATH = np.dtype(
    [
        ("settled_at", "i8"),
        ("outcome", "U11"),
        ("unlabelled", "U17"),
        ("resolution", "U8"),
        ("exit_at", "i8"),
        ("exit_price", "f8"),
        ("r", "f8"),
        ("mfe_r", "f8"),
        ("mae_r", "f8"),
        ("bars_to_outcome", "i8"),
        ("hit_1r", "?"),
        ("ambiguous", "?"),
    ]
)
"""One element per decision: how it ended and when that was known (instants in microseconds; `NEVER` while open)."""

ROUNDING_R = 1e-9


@dataclass(frozen=True)
class LastBar:
    """The exit bar of each ended trade; ``best`` and ``worst`` are its extremes as the trade sees them.

    ``best_before`` and ``worst_before`` are those of the bars before a hit, or of all bars where nothing was hit.
    """

    side: np.ndarray
    entry: np.ndarray
    stop: np.ndarray
    target: np.ndarray
    r: np.ndarray
    hit: np.ndarray
    open: np.ndarray
    best: np.ndarray
    worst: np.ndarray
    close: np.ndarray
    best_before: np.ndarray
    worst_before: np.ndarray

    def gain(self, price: np.ndarray) -> np.ndarray:
        """Move from the entry to a price in the trade's favour, quote money."""
        return self.side * (price - self.entry)


def nothing_yet(n: int) -> np.ndarray:
    """Paths of decisions that are still open."""
    paths = np.zeros(n, PATH)
    paths["settled_at"] = NEVER
    return paths


def walk(series: Series, used: Window, asked: Asked, levels: Levels) -> np.ndarray:
    """Follow decisions through one series.

    Parameters
    ----------
    series : Series
        Bars known so far.
    used : Window
        Bars that each decision may use.
    asked, levels : Asked, Levels
        The decisions and their levels, one element each.

    Returns
    -------
    ndarray of `PATH`
        Open where no barrier was hit and the ttl's end is not known yet, or where no bar can be used. The instant is
        that of the bars alone: it may lie before the decision itself was known.
    """
    floor, ceiling = np.minimum(levels.stop, levels.target), np.maximum(levels.stop, levels.target)
    touch = first_touch(series.high, series.low, used.first, used.end, floor, ceiling)
    hit = touch.bar < used.end
    ended = np.flatnonzero(hit | ((used.end > used.first) & (used.over_at < NEVER)))
    bar = np.where(hit, touch.bar, used.end - 1)[ended]
    last = _last_bar(series, bar, hit[ended], asked, levels, touch, ended)
    found = nothing_yet(ended.size)
    found["settled_at"] = np.where(last.hit, series.closed_at[bar], used.over_at[ended])
    found["resolution"] = series.timeframe
    found["exit_at"] = series.opened_at[bar]
    found["bars_to_outcome"] = bar - used.first[ended] + 1
    _leave(found, last)
    _measure(found, last)
    paths = nothing_yet(len(asked))
    paths[ended] = found
    return paths


def _last_bar(
    series: Series, bar: np.ndarray, hit: np.ndarray, asked: Asked, levels: Levels, touch: Touch, ended: np.ndarray
) -> LastBar:
    side = asked.side[ended]
    high, low, long = series.high[bar], series.low[bar], side > 0
    highest, lowest = touch.highest[ended], touch.lowest[ended]
    return LastBar(
        side=side,
        entry=asked.entry[ended],
        stop=levels.stop[ended],
        target=levels.target[ended],
        r=levels.r[ended],
        hit=hit,
        open=series.open[bar],
        best=np.where(long, high, low),
        worst=np.where(long, low, high),
        close=series.close[bar],
        best_before=np.where(long, highest, lowest),
        worst_before=np.where(long, lowest, highest),
    )


def _leave(found: np.ndarray, last: LastBar) -> None:
    """Word, price and ambiguity at the exit bar: its open is asked first, then the stop, then the target."""
    gap_stop = last.side * (last.open - last.stop) <= 0
    gap = gap_stop | (last.side * (last.open - last.target) >= 0)
    at_stop = last.side * (last.worst - last.stop) <= 0
    at_target = last.side * (last.best - last.target) >= 0
    stopped = gap_stop | (at_stop & ~gap)
    found["outcome"] = np.select([~last.hit, stopped], ["ttl_expired", "hit_stop"], "hit_target")
    found["exit_price"] = np.select([~last.hit, gap, at_stop], [last.close, last.open, last.stop], last.target)
    found["ambiguous"] = last.hit & at_stop & at_target & ~gap


def _measure(found: np.ndarray, last: LastBar) -> None:
    """Excursions in R, the whole exit bar included, and whether +1R came before or at the exit."""
    best = np.maximum(last.gain(last.best_before), last.gain(last.best))
    worst = np.minimum(last.gain(last.worst_before), last.gain(last.worst))
    found["r"] = last.r
    found["mfe_r"] = np.maximum(best, 0.0) / last.r
    found["mae_r"] = np.maximum(-worst, 0.0) / last.r
    one_r = last.r * (1 - ROUNDING_R)
    at_exit = (found["outcome"] == "hit_target") & (last.gain(found["exit_price"]) >= one_r)
    found["hit_1r"] = (last.gain(last.best_before) >= one_r) | at_exit
