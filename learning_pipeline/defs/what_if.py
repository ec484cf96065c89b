"""Asset of the what-if scenarios."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.what_if.fit import TRAINING_DAYS
from learning_pipeline.analysis.what_if.scenarios import what_if as decide_again
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads
from learning_pipeline.defs.windows import WINDOW, as_ofs, latest
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Decisions, Gates, Signals
from learning_pipeline.reports import scenarios_drawing, swaps_drawing
from learning_pipeline.shadow.tables import Outcomes

HEADLINE = ["scenario", "mode", "status", "delta_usd", "ci_low_usd", "ci_high_usd", "q_value", "n_swapped_in", "reason"]
"""What a person wants to see of a scenario first."""
CELL = ["as_of", "window_days", "scenario"]


@dg.multi_asset(
    outs={table.table(): out(table) for table in (WhatIf, SwapSets)},
    ins={
        "signals": reads(Signals, WINDOW, TRAINING_DAYS + REACH_DAYS),
        "decisions": reads(Decisions, WINDOW, TRAINING_DAYS),
        "gates": reads(Gates, WINDOW, TRAINING_DAYS),
        "outcomes": reads(Outcomes, WINDOW, TRAINING_DAYS),
    },
)
def scenarios(
    chain: Chain, signals: pl.DataFrame, decisions: pl.DataFrame, gates: pl.DataFrame, outcomes: pl.DataFrame
) -> Iterator[Any]:
    """What each scenario would have decided otherwise, and what that is worth, as of each day."""
    size = chain.shadow.notional_usd
    rows, swaps = decide_again(signals, decisions, gates, outcomes, as_ofs(chain), chain.analysis, size)
    newest = latest(rows, chain)
    yield materialised(WhatIf, rows, shown=newest.select(HEADLINE), drawing=scenarios_drawing(newest))
    swapped = latest(swaps, chain)
    yield materialised(SwapSets, swaps, shown=swapped, drawing=swaps_drawing(swapped))


@dg.asset_check(asset=asset_key(SwapSets))
def swap_sets_add_up_to_all_decisions(swap_sets: pl.DataFrame) -> dg.AssetCheckResult:
    """In every window all scenarios share out the same decisions, and each part its outcomes."""
    counts = swap_sets.group_by(CELL).agg(pl.col("n").sum()).group_by(CELL[:2]).agg(pl.col("n").n_unique())
    torn = swap_sets.filter(pl.col("n") != pl.sum_horizontal("n_settled", "n_pending", "n_unlabelled")).height
    n_wrong = counts.filter(pl.col("n") > 1).height + torn
    return dg.AssetCheckResult(passed=n_wrong == 0, metadata={"n_wrong": n_wrong})


@dg.asset_check(asset=asset_key(WhatIf), blocking=True)
def deltas_lie_in_their_intervals(what_if: pl.DataFrame) -> dg.AssetCheckResult:
    """Every interval contains its delta, and a scenario that is not evaluable has a reason and no money."""
    outside = ~pl.col("delta_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    not_evaluable = pl.col("status") == "not_evaluable"
    hollow = not_evaluable & (pl.col("reason").is_null() | pl.col("baseline_net_pnl_usd").is_not_null())
    wrong = what_if.filter(outside | hollow)
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})
