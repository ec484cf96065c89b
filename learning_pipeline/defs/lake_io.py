"""The door of assets to the lake."""

import datetime as dt
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.catalog import TABLES
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import Replacement, asset_key

_TABLES = {asset_key(table): table for table in TABLES}


class LakeIO(dg.ConfigurableIOManager):
    """Replaces the run's days of a table; reads them, and as many days before as the input asks for."""

    chain: dg.ResourceDependency[Chain]

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write a frame (or a Replacement of other days) in one commit, or none where nothing changed."""
        table = _TABLES[context.asset_key]
        days = self.chain.days
        frame, first, last = obj if isinstance(obj, Replacement) else (obj, *(days or (None, None)))
        if first is None:
            context.add_output_metadata({"changed": False, "days": "none"})
            return
        replaced = self.chain.lake.replace(table, frame, first, last)
        said: dict[str, Any] = {
            "days": f"{first}..{last}",
            "lake_version": replaced.version,
            "changed": replaced.changed,
        }
        context.add_output_metadata(said)

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Rows of the run's days and of ``days_back`` and ``and_days`` days before."""
        table = _TABLES[context.asset_key]
        if self.chain.days is None:
            return table.frame()
        first, last = self.chain.days
        asked = context.definition_metadata or {}
        days_back = self._days_back(asked.get("days_back", 0)) + asked.get("and_days", 0)
        return self.chain.lake.read(table, first - dt.timedelta(days=days_back), last)

    def _days_back(self, asked: int | str) -> int:
        if isinstance(asked, int):
            return asked
        room, key = asked.split(".")
        days = getattr(self.chain.effective_settings[room], key)
        return days if isinstance(days, int) else max(days)
