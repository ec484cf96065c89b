"""Assets of the analysis room: what came too late, and what waiting costs."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.missed.edge import edge_decay as follow_the_edge
from learning_pipeline.analysis.missed.opportunities import missed_opportunities as judge_the_missed
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.strategies.groups import ALL
from learning_pipeline.analysis.strategies.tables import StrategyLeaderboard
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.defs.windows import WINDOW, as_ofs, latest
from learning_pipeline.events.tables import Decisions
from learning_pipeline.reports import edge_drawing
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, Outcomes

CENT = 0.01


@dg.asset(
    **writes(MissedOpportunities), ins={"decisions": reads(Decisions, WINDOW), "made": reads(MissedOutcomes, WINDOW)}
)
def missed_opportunities(chain: Chain, decisions: pl.DataFrame, made: pl.DataFrame) -> dg.Output[Any]:
    """What expired and cancelled signals would have earned, as of each day."""
    rows = judge_the_missed(decisions, made, as_ofs(chain), chain.analysis)
    shown = latest(rows, chain).filter(pl.col("strategy") == ALL)
    return materialised(MissedOpportunities, rows, alone=True, shown=shown)


@dg.asset(
    **writes(EdgeDecay),
    ins={
        "decisions": reads(Decisions, WINDOW),
        "outcomes": reads(Outcomes, WINDOW),
        "delayed": reads(DelayedOutcomes, WINDOW),
    },
)
def edge_decay(chain: Chain, decisions: pl.DataFrame, outcomes: pl.DataFrame, delayed: pl.DataFrame) -> dg.Output[Any]:
    """What entering later would have earned, as of each day."""
    rows = follow_the_edge(decisions, outcomes, delayed, chain.shadow.delays, as_ofs(chain), chain.analysis)
    together = latest(rows, chain).filter(pl.col("strategy") == ALL)
    return materialised(EdgeDecay, rows, alone=True, shown=together, drawing=edge_drawing(together))


@dg.asset_check(asset=asset_key(MissedOpportunities), blocking=True)
def missed_signals_are_settled_pending_or_unlabelled(missed_opportunities: pl.DataFrame) -> dg.AssetCheckResult:
    """The three add up to all missed signals, in every row."""
    parts = pl.sum_horizontal("n_settled", "n_pending", "n_unlabelled")
    return _none(missed_opportunities.filter((parts != pl.col("n")) | (pl.col("n_never_decided") > pl.col("n"))))


@dg.asset_check(asset=asset_key(EdgeDecay), blocking=True)
def waiting_never_makes_more_signals_enterable(edge_decay: pl.DataFrame) -> dg.AssetCheckResult:
    """With a longer delay as many signals can be entered or fewer, of the same number."""
    ordered = edge_decay.sort("as_of", "window_days", "strategy", "delay_bars")
    sooner = pl.col("n_enterable").shift(1).over("as_of", "window_days", "strategy")
    n_at_once = pl.col("n").first().over("as_of", "window_days", "strategy")
    return _none(ordered.filter((pl.col("n_enterable") > sooner) | (pl.col("n") != n_at_once)))


@dg.asset_check(
    asset=asset_key(EdgeDecay), blocking=True, additional_ins={"strategy_leaderboard": reads(StrategyLeaderboard)}
)
def delay_0_is_the_outcome_itself(edge_decay: pl.DataFrame, strategy_leaderboard: pl.DataFrame) -> dg.AssetCheckResult:
    """At once all can be entered, and they earn what the leaderboard's shadow says."""
    cell, at_once = ["as_of", "window_days", "strategy"], edge_decay.filter(pl.col("delay_bars") == 0)
    shadow = strategy_leaderboard.filter(pl.col("kind") == "shadow").select(*cell, "n", "total_pnl_usd")
    both = at_once.join(shadow, on=cell, how="left", suffix="_shadow")
    apart = (pl.col("total_pnl_usd") - pl.col("total_pnl_usd_shadow")).abs() > CENT
    others = (pl.col("n") != pl.col("n_shadow")) | (pl.col("n") != pl.col("n_enterable")) | apart
    return _none(both.filter(others.fill_null(value=True)))


def _none(wrong: pl.DataFrame) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})
