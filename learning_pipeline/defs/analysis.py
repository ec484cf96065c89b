"""Assets of the analysis room: which guards saved money, what blocking cost, which strategies earn, and how fast."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.guards.effectiveness import guard_effectiveness as judge_guards
from learning_pipeline.analysis.guards.opportunity import opportunity_cost as cost_blocking
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost, UnrecordedGuards
from learning_pipeline.analysis.guards.unrecorded import unrecorded_guards
from learning_pipeline.analysis.strategies.decay import signal_decay as time_executions
from learning_pipeline.analysis.strategies.groups import ALL
from learning_pipeline.analysis.strategies.leaderboard import ranked
from learning_pipeline.analysis.strategies.leaderboard import strategy_leaderboard as rank_strategies
from learning_pipeline.analysis.strategies.tables import SignalDecay, StrategyLeaderboard
from learning_pipeline.analysis.tables import VERDICTS
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads, writes
from learning_pipeline.defs.windows import WINDOW, as_ofs, latest
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import AnalyticsReports, Decisions, Fills, Gates, Orders, Signals, Trades
from learning_pipeline.reports import cost_drawing, guards_drawing
from learning_pipeline.shadow.tables import Outcomes

HEADLINE = ["as_of", "window_days", "guard", "verdict", "basis_net_saved_usd", "ci_low_usd", "ci_high_usd", "q_value"]
HEADLINE += ["basis", "n_blocked", "n_marginal", "n_pending"]
"""What a person wants to see of a guard first."""

EXECUTED = {
    "signals": reads(Signals, WINDOW, REACH_DAYS),
    "decisions": reads(Decisions, WINDOW),
    "orders": reads(Orders, WINDOW, REACH_DAYS),
    "fills": reads(Fills, WINDOW, REACH_DAYS),
    "trades": reads(Trades, WINDOW, REACH_DAYS),
}
"""Decisions of the windows, and what can have executed them."""


@dg.multi_asset(
    outs={table.table(): out(table) for table in (GuardEffectiveness, UnrecordedGuards)},
    ins={
        "decisions": reads(Decisions, WINDOW),
        "gates": reads(Gates, WINDOW),
        "outcomes": reads(Outcomes, WINDOW),
        "reports": reads(AnalyticsReports, WINDOW),
    },
)
def guards(
    chain: Chain, decisions: pl.DataFrame, gates: pl.DataFrame, outcomes: pl.DataFrame, reports: pl.DataFrame
) -> Iterator[Any]:
    """What each guard saved or cost, with its interval, as of each day; and guards of which nothing can be told."""
    rows = judge_guards(decisions, gates, outcomes, as_ofs(chain), chain.analysis)
    newest = latest(rows, chain)
    verdicts: dict[str, Any] = {f"n_{word}": newest["verdict"].eq(word).sum() for word in VERDICTS}
    shown = newest.sort("basis_net_saved_usd", "guard", descending=[True, False]).select(HEADLINE)
    drawing = guards_drawing(newest)
    yield materialised(GuardEffectiveness, rows, shown=shown, drawing=drawing, **verdicts)
    yield materialised(UnrecordedGuards, unrecorded_guards(reports, rows, as_ofs(chain), chain.analysis))


@dg.asset(**writes(OpportunityCost), ins={"decisions": reads(Decisions, WINDOW), "outcomes": reads(Outcomes, WINDOW)})
def opportunity_cost(chain: Chain, decisions: pl.DataFrame, outcomes: pl.DataFrame) -> dg.Output[Any]:
    """What blocking as a whole missed and avoided, as of each day."""
    rows = cost_blocking(decisions, outcomes, as_ofs(chain), chain.analysis)
    drawing = cost_drawing(rows.filter(pl.col("window_days") == max(chain.analysis.windows)))
    return materialised(OpportunityCost, rows, alone=True, drawing=drawing)


@dg.asset(**writes(SignalDecay), ins=EXECUTED)
def signal_decay(
    chain: Chain,
    signals: pl.DataFrame,
    decisions: pl.DataFrame,
    orders: pl.DataFrame,
    fills: pl.DataFrame,
    trades: pl.DataFrame,
) -> dg.Output[Any]:
    """How long signals waited for their execution and what the wait cost, as of each day."""
    rows = time_executions(signals, decisions, orders, fills, trades, as_ofs(chain), chain.analysis)
    return materialised(SignalDecay, rows, alone=True, shown=latest(rows, chain))


@dg.asset(**writes(StrategyLeaderboard), ins=EXECUTED | {"outcomes": reads(Outcomes, WINDOW)})
def strategy_leaderboard(
    chain: Chain,
    signals: pl.DataFrame,
    decisions: pl.DataFrame,
    outcomes: pl.DataFrame,
    orders: pl.DataFrame,
    fills: pl.DataFrame,
    trades: pl.DataFrame,
) -> dg.Output[Any]:
    """What each strategy earned, really and in the shadow of all its signals, as of each day."""
    days, asked = as_ofs(chain), chain.analysis
    rows = rank_strategies(signals, decisions, outcomes, orders, fills, trades, days, asked)
    return materialised(StrategyLeaderboard, rows, alone=True, shown=ranked(latest(rows, chain)))


@dg.asset_check(asset=asset_key(GuardEffectiveness), blocking=True)
def intervals_hold_their_estimate(guard_effectiveness: pl.DataFrame) -> dg.AssetCheckResult:
    """Every interval contains its estimate, and the bounds of a marginal saving are in order."""
    outside = ~pl.col("basis_net_saved_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    wrong = guard_effectiveness.filter(outside | (pl.col("marginal_low_usd") > pl.col("marginal_high_usd")))
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})


@dg.asset_check(asset=asset_key(SignalDecay))
def strategies_add_up_to_all_signals(signal_decay: pl.DataFrame) -> dg.AssetCheckResult:
    """Decided and executed signals of the strategies are those of all, in every window."""
    return _adds_up(signal_decay, ["as_of", "window_days"], ["n", "n_decided"])


@dg.asset_check(asset=asset_key(StrategyLeaderboard))
def strategies_add_up_to_all_decisions(strategy_leaderboard: pl.DataFrame) -> dg.AssetCheckResult:
    """Settled, pending and unlabelled decisions of the strategies are those of all, in every window."""
    shadow = strategy_leaderboard.filter(pl.col("kind") == "shadow")
    return _adds_up(shadow, ["as_of", "window_days"], ["n", "n_pending", "n_unlabelled"])


def _adds_up(rows: pl.DataFrame, cell: list[str], counts: list[str]) -> dg.AssetCheckResult:
    """Warns also where a bot names a strategy `*`: it stands under all strategies only."""
    sign = pl.when(pl.col("strategy") == ALL).then(1).otherwise(-1)
    sums = rows.group_by(cell).agg((pl.col(counts) * sign).sum())
    wrong = sums.filter(pl.any_horizontal(pl.col(counts) != 0))
    return dg.AssetCheckResult(
        passed=wrong.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata={"n_wrong": wrong.height}
    )
