"""The episodes of one day's lookback window, and what they say of one lesson."""

from __future__ import annotations

import datetime as dt
import json
from functools import cached_property

import numpy as np
import polars as pl

from learning_pipeline.stats import total_interval
from learning_pipeline.tuning.evidence import forward, members, newly_admitted, t_and_p
from learning_pipeline.tuning.grid import Grid, Ints
from learning_pipeline.tuning.held import Worth
from learning_pipeline.tuning.lifecycle import EPOCH, Lesson, does_harm
from learning_pipeline.tuning.permutation import seed_of
from learning_pipeline.tuning.settings import Rule, TuningSettings
from learning_pipeline.tuning.slices import Episodes


class Window:
    """Episodes as of one day.

    Parameters
    ----------
    day : int
        Days since 1970.
    found : DataFrame
        `episodes` of that day.
    gates : DataFrame
        ``events.gates``, for base limits; of later days ignored, of several versions the newest counts.
    """

    def __init__(self, day: int, found: pl.DataFrame, gates: pl.DataFrame, settings: TuningSettings) -> None:
        self._day, self._gates, self._settings = day, gates, settings
        self._found = found

    @cached_property
    def _frame(self) -> pl.DataFrame:
        """In the order of `Episodes.of`, which then keeps it: rows of one are rows of the other."""
        return self._found.sort("cell", "simulated", maintain_order=True)

    @cached_property
    def _episodes(self) -> Episodes:
        return Episodes.of(self._frame, self._settings.lookback_days)

    def _rows(self, lesson: Lesson) -> Ints:
        return members(self._episodes, *lesson) if self._frame.height else np.zeros(0, dtype=np.int64)

    def p(self, lesson: Lesson, policy: int, grid: Grid, rule: Rule, max_draws: int) -> float:
        """P of a policy in a lesson; the draws are those of its day, pattern and scope."""
        seed = seed_of(self._day, *lesson)
        return t_and_p(self._episodes, self._rows(lesson), policy, grid, rule, seed, max_draws)[1]

    def worth(self, lesson: Lesson, policy: int, grid: Grid) -> Worth:
        """Base limits of a lesson, and the money of what a policy newly admits."""
        rows = self._rows(lesson)
        changed = self._frame[rows[newly_admitted(self._episodes, rows, policy, grid)]].filter(
            pl.col("net_pnl_usd").is_not_null()
        )
        bases = json.dumps(self._bases(rows), sort_keys=True, separators=(",", ":"))
        if changed.is_empty():
            return Worth(bases)
        within = changed["decided_on"].to_numpy() - (self._day - self._settings.lookback_days + 1)
        totals = np.bincount(within, changed["net_pnl_usd"].to_numpy(), self._settings.lookback_days)
        found = total_interval(totals, self._settings.lookback_days)
        return Worth(bases, found.total, found.low, found.high)

    def harmed_by(self, lesson: Lesson, policy: int, narrower: list[str], grid: Grid) -> tuple[str, ...]:
        """Those of the narrower scopes whose own decisions a policy makes worse."""
        slices = {scope: forward(self._episodes, self._rows((lesson[0], scope)), policy, grid) for scope in narrower}
        return tuple(sorted(scope for scope, seen in slices.items() if does_harm(seen)))

    def _bases(self, rows: Ints) -> dict[str, float]:
        signals = self._frame[rows].select("signal_id")
        known = self._gates.join(signals, on="signal_id", how="semi").filter(
            pl.col("day") <= EPOCH + dt.timedelta(days=self._day)
        )
        of_levers = known.sort("day").unique(["signal_id", "gate"], keep="last", maintain_order=True)
        found = {lever.name: of_levers.filter(pl.col("gate") == lever.gate) for lever in self._settings.levers}
        limits = {name: gates["base_threshold"].drop_nulls().unique().to_list() for name, gates in found.items()}
        return {name: values[0] for name, values in limits.items() if len(values) == 1}
