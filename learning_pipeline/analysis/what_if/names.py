"""Gates under one spelling: a scenario's `volatility_guard` is the bot's `VolatilityGuard`."""

from __future__ import annotations

import polars as pl

from learning_pipeline.analysis.what_if.scenario import snake_case


def in_snake_case(decided: pl.DataFrame, gates: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decisions and gates with every gate's name in snake case; of two that become one, one that failed stays."""
    lists = decided["blocked_by"].explode(keep_nulls=False, empty_as_null=False)
    names = pl.concat([gates["gate"], decided["blocker_component"], lists]).drop_nulls().unique()
    new = {name: snake_case(name) for name in names.sort() if snake_case(name) != name}
    if not new:
        return decided, gates
    by = pl.col("blocked_by").list.eval(pl.element().replace(new)).list.unique().list.sort()
    renamed = gates.with_columns(pl.col("gate").replace(new))
    failed_first = renamed.sort("signal_id", "day", "gate", pl.col("passed").fill_null(value=True))
    kept = failed_first.unique(["signal_id", "day", "gate"], keep="first", maintain_order=True)
    return decided.with_columns(pl.col("blocker_component").replace(new), by), kept


def gates_by_day(decided: pl.DataFrame, gates: pl.DataFrame) -> pl.DataFrame:
    """Gates that the decisions carry or name as blockers: ``gate``, ``decided_on``, ``day`` (when it was known)."""
    days = decided.select("signal_id", "day", "decided_on")
    carried = gates.select("signal_id", "day", "gate").join(days, on=["signal_id", "day"])
    named = decided.select("decided_on", "day", gate="blocked_by").explode(
        "gate", keep_nulls=False, empty_as_null=False
    )
    acted = decided.select("decided_on", "day", gate="blocker_component")
    both = [part.select("gate", "decided_on", "day").unique() for part in (carried, named, acted)]
    return pl.concat(both).drop_nulls().unique()
