"""The gates of a change by the names that the bot gives them, with the limits that it has without overrides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.analysis.what_if.scenario import snake_case
from learning_pipeline.policy import Policy


class Bases:
    """Gates as recorded in the windows of some days.

    Parameters
    ----------
    gates : DataFrame
        ``events.gates``.
    window_days : int
        Days up to and including the day asked about.
    """

    def __init__(self, gates: pl.DataFrame, window_days: int) -> None:
        self._gates, self._back = gates.select("day", "gate", "base_threshold"), dt.timedelta(days=window_days - 1)
        self._of_day: dict[dt.date, dict[str, float | None]] = {}

    def dropped(self, row: dict[str, Any]) -> tuple[Policy, dict[str, float | None]]:
        """The policy without a guard, and the guard's limit."""
        known = self._known(row["as_of"])
        return Policy(drop=frozenset({row["guard"]})), known

    def named(self, row: dict[str, Any], policy: Policy) -> tuple[Policy, dict[str, float | None]]:
        """The policy by recorded names (each gate of the same name in snake case), and their limits."""
        known = self._known(row["as_of"])
        threshold = {gate: policy.threshold[s] for gate in known if (s := snake_case(gate)) in policy.threshold}
        scale = {gate: policy.scale[s] for gate in known if (s := snake_case(gate)) in policy.scale}
        return Policy(threshold=threshold, scale=scale), known

    def _known(self, as_of: dt.date) -> dict[str, float | None]:
        """The one base limit of each gate recorded in the window; None where there are several or it is unknown."""
        if as_of not in self._of_day:
            seen = self._gates.filter(pl.col("day").is_between(as_of - self._back, as_of))
            one = pl.when(pl.col("base_threshold").n_unique() == 1).then(pl.col("base_threshold").first())
            self._of_day[as_of] = dict(seen.group_by("gate").agg(one).sort("gate").iter_rows())
        return self._of_day[as_of]
