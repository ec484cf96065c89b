"""What guards saved, told from blocked signals that were traded by chance."""

from __future__ import annotations

from typing import Any

import polars as pl

from learning_pipeline.analysis.exploration.tables import REASONS
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import interval, money

ALL = "*"
TITLE = "What exploration says of the guards"
COLUMNS = ("guard", "admitted of eligible", "worth", "saved, USD", "95 % interval", "simulator alone, USD")


def exploration_section(facts: Facts, window: Window) -> Section:
    """The estimate that needs no faith in the simulator, beside the simulator's own."""
    if facts.guard_value is None:
        return Section("exploration", TITLE, ("This warehouse has no table of guard value, so none is shown.",))
    whole = facts.guard_value.filter(pl.col("guard") == ALL, pl.col("estimator") == "aipw").to_dicts()
    if not whole or whole[0]["reason"] == "no_propensity":
        return Section("exploration", TITLE, (_without(window),))
    rows = facts.guard_value.filter(pl.col("estimator") == "aipw").sort(pl.col("guard") != ALL, "guard").to_dicts()
    alone = {r["guard"]: r for r in facts.guard_value.filter(pl.col("estimator") == "shadow").to_dicts()}
    cells = [_cells(row, alone.get(row["guard"])) for row in rows]
    grid = Grid(f"Real results of admitted signals, {window.words}", COLUMNS, cells, frozenset(COLUMNS[1:]))
    note = (
        "Blocked signals that the bot let in by a draw of known probability, weighted by it (AIPW; the simulator only "
        "narrows it). Worth: so many admissions of equal weight would tell as much. Intervals: t on day totals."
    )
    return Section("exploration", TITLE, (), grids=(grid,), notes=(note,))


def _without(window: Window) -> str:
    return (
        f"No decision of {window.words} carries the probability with which it was drawn, so what guards saved rests on "
        "the simulator alone. A bot that admits a few blocked signals by chance and logs the probability changes that."
    )


def _cells(row: dict[str, Any], shadow: dict[str, Any] | None) -> tuple[str, ...]:
    admitted = f"{row['n_admitted']:,} of {row['n_settled']:,}"
    name = "all guards together" if row["guard"] == ALL else row["guard"]
    alone = money(shadow["net_saved_usd"]) if shadow else ""
    if row["net_saved_usd"] is None:
        return name, admitted, f"{row['effective_size']:.0f}", "refused", REASONS[row["reason"]], alone or "refused"
    reach = interval(row["ci_low_usd"], row["ci_high_usd"])
    return name, admitted, f"{row['effective_size']:.0f}", money(row["net_saved_usd"]), reach, alone or "refused"
