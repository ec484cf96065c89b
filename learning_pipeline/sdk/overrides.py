"""Overrides as a bot uses them; light: no Dagster, Polars or DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, overload

from learning_pipeline.overrides import Applied, Index, Override, apply, read_overrides
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.overrides_file import read_overrides_file


class Overrides:
    """Overrides of a data root as they stood when they were loaded; load again to hear of new ones.

    Attributes
    ----------
    rows : tuple of Override
        One per override and gate.
    """

    def __init__(self, rows: list[Override]) -> None:
        self.rows = tuple(rows)
        self._index = Index(rows)

    @overload
    def apply(
        self,
        thresholds: Mapping[str, float],
        pattern_key: str | None = ...,
        scope: Mapping[str, str] | None = ...,
        *,
        at: dt.datetime | None = ...,
        explain: Literal[False] = ...,
    ) -> dict[str, float | None]: ...

    @overload
    def apply(
        self,
        thresholds: Mapping[str, float],
        pattern_key: str | None = ...,
        scope: Mapping[str, str] | None = ...,
        *,
        at: dt.datetime | None = ...,
        explain: Literal[True],
    ) -> dict[str, Applied]: ...

    def apply(
        self,
        thresholds: Mapping[str, float],
        pattern_key: str | None = None,
        scope: Mapping[str, str] | None = None,
        *,
        at: dt.datetime | None = None,
        explain: bool = False,
    ) -> dict[str, float | None] | dict[str, Applied]:
        """Limits in force for one decision, by gate.

        Parameters
        ----------
        thresholds : mapping
            The bot's own limits by gate, named as it records them.
        pattern_key, scope
            Of the decision's signal.
        at : datetime, optional
            The decision's instant; now by default. An override counts from its approval for 90 days.
        explain : bool
            Give an `Applied` per gate, which names the override in force and those that it beat.

        Returns
        -------
        dict
            The limit; None where the gate is dropped.
        """
        instant = at or dt.datetime.now(dt.UTC)
        applied = apply(self._index, thresholds, pattern_key, scope or {}, instant, explain=explain)
        return applied if explain else {gate: each.threshold for gate, each in applied.items()}


def overrides_of(home: str | Path | None) -> Overrides:
    """Overrides of a data root."""
    return Overrides(read_overrides(read_overrides_file(Home.at(home).overrides)))
