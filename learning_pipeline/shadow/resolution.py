"""Which timeframe's bars tell how a decision ended, and what it means when none can."""

from __future__ import annotations

import numpy as np

from learning_pipeline.shadow.asked import Asked
from learning_pipeline.shadow.exits import nothing_yet, walk
from learning_pipeline.shadow.levels import Levels, levels_of
from learning_pipeline.shadow.series import NEVER, Series
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.windows import ttl_ends, window


def follow(asked: Asked, market: list[Series], settings: ShadowSettings, now: int) -> np.ndarray:
    """Paths of the decisions on one symbol, as known at ``now``.

    Parameters
    ----------
    asked : Asked
        Decisions of one symbol.
    market : list of Series
        Every timeframe of that symbol, shortest first, bars known at ``now``.
    settings : ShadowSettings
        The execution policy.
    now : int
        Newest instant known, microseconds.

    Returns
    -------
    ndarray of `PATH`
        ``settled_at`` is never before ``open_from`` nor after ``now`` (`NEVER` while open).
    """
    levels = levels_of(asked, market, settings)
    paths = nothing_yet(len(asked))
    refused = levels.reason != ""
    paths["unlabelled"] = levels.reason
    paths["settled_at"][refused] = asked.open_from[refused]
    rows = np.flatnonzero(~refused)
    paths[rows] = _followed(asked.take(rows), levels.take(rows), market, settings, now)
    return paths


def _followed(asked: Asked, levels: Levels, market: list[Series], settings: ShadowSettings, now: int) -> np.ndarray:
    ends = ttl_ends(asked, market)
    if settings.resolution == "signal":
        paths = _first_known(asked, levels, ends, market, [asked.timeframe == series.timeframe for series in market])
    else:
        paths = _finest(asked, levels, ends, market)
    _without_bars(paths, asked, market, settings.resolution, now)
    return paths


def _finest(asked: Asked, levels: Levels, ends: np.ndarray, market: list[Series]) -> np.ndarray:
    """Of the timeframes that cover the decision the one that knows first; of all, as long as none is known to cover."""
    since = [_covered_at(asked, series) for series in market]
    paths = _first_known(asked, levels, ends, market, [at < NEVER for at in since])
    covered_at = np.minimum.reduce([np.full(len(asked), NEVER), *since])
    rows = np.flatnonzero(covered_at > asked.open_from)
    anyone = [np.ones(rows.size, bool)] * len(market)
    early = _first_known(asked.take(rows), levels.take(rows), ends[rows], market, anyone)
    sooner = early["settled_at"] < covered_at[rows]
    paths[rows[sooner]] = early[sooner]
    return paths


def _covered_at(asked: Asked, series: Series) -> np.ndarray:
    """When a bar opened between the reach and the decision was first known; `NEVER` where there is none."""
    oldest = series.opened_before(asked.reach)
    begun = series.opened_before(asked.decided_at + 1)
    return np.where(begun > oldest, series.close_of(oldest), NEVER)


def _first_known(
    asked: Asked, levels: Levels, ends: np.ndarray, market: list[Series], members: list[np.ndarray]
) -> np.ndarray:
    """Path of the series that knows first, of equals the shortest; ``members`` says which series each decision follows.

    Usable bars close by the ttl's end, so the first series that knows the end knows whether any had one.
    """
    paths = nothing_yet(len(asked))
    over_at = np.full(len(asked), NEVER)
    usable = np.zeros(len(asked), bool)
    for series, member in zip(market, members, strict=True):
        rows = np.flatnonzero(member)
        some = asked.take(rows)
        used = window(series, some.decided_at, ends[rows])
        found = walk(series, used, some, levels.take(rows))
        found["settled_at"] = np.maximum(found["settled_at"], some.open_from)
        sooner = found["settled_at"] < paths["settled_at"][rows]
        paths[rows[sooner]] = found[sooner]
        usable[rows] |= used.end > used.first
        over_at[rows] = np.minimum(over_at[rows], used.over_at)
    idle = ~usable & (over_at < NEVER)
    paths["settled_at"][idle] = np.maximum(over_at, asked.open_from)[idle]
    paths["unlabelled"][idle] = "no_bars_in_ttl"
    return paths


def _without_bars(paths: np.ndarray, asked: Asked, market: list[Series], resolution: str, now: int) -> None:
    """Where the ttl's nominal end passed without any bar, or without one of the timeframe that is needed."""
    n_all = np.zeros(len(asked), np.int64)
    n_own = np.zeros(len(asked), np.int64)
    for series in market:
        n = series.count(asked.reach, asked.nominal_end)
        n_all += n
        n_own += n * (asked.timeframe == series.timeframe)
    known_at = np.maximum(asked.nominal_end, asked.open_from)
    needed = (asked.ttl_bars > 0) | (resolution == "signal")
    unknown = (n_all > 0) & (n_own == 0) & needed & (known_at < paths["settled_at"])
    for rows, reason in ((n_all == 0, "no_bars"), (unknown, "unknown_timeframe")):
        passed = np.flatnonzero(rows & (known_at <= now))
        paths[passed] = nothing_yet(passed.size)
        paths["settled_at"][passed] = known_at[passed]
        paths["unlabelled"][passed] = reason
