"""Assets of the analysis room: which guards saved money, and what blocking cost."""

import datetime as dt
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.guards import guard_effectiveness as judge_guards
from learning_pipeline.analysis.opportunity import opportunity_cost as cost_blocking
from learning_pipeline.analysis.tables import VERDICTS, GuardEffectiveness, OpportunityCost
from learning_pipeline.contracts import days_between
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.reports import cost_drawing, guards_drawing
from learning_pipeline.shadow.tables import Outcomes

WINDOW = "analysis.windows"
HEADLINE = ["as_of", "window_days", "guard", "verdict", "basis_net_saved_usd", "ci_low_usd", "ci_high_usd", "q_value"]
HEADLINE += ["basis", "n_blocked", "n_marginal", "n_pending"]
"""What a person wants to see of a guard first."""


@dg.asset(
    **writes(GuardEffectiveness),
    ins={
        "decisions": reads(Decisions, WINDOW),
        "gates": reads(Gates, WINDOW),
        "outcomes": reads(Outcomes, WINDOW),
    },
)
def guard_effectiveness(
    chain: Chain, decisions: pl.DataFrame, gates: pl.DataFrame, outcomes: pl.DataFrame
) -> dg.Output[Any]:
    """What each guard saved or cost, with its interval, as of each day."""
    rows = judge_guards(decisions, gates, outcomes, _as_ofs(chain), chain.analysis)
    latest = rows.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("window_days") == max(chain.analysis.windows))
    verdicts = {f"n_{word}": latest["verdict"].eq(word).sum() for word in VERDICTS}
    shown, drawing = latest.select(HEADLINE), guards_drawing(latest)
    return materialised(GuardEffectiveness, rows, alone=True, shown=shown, drawing=drawing, **verdicts)


@dg.asset(**writes(OpportunityCost), ins={"decisions": reads(Decisions, WINDOW), "outcomes": reads(Outcomes, WINDOW)})
def opportunity_cost(chain: Chain, decisions: pl.DataFrame, outcomes: pl.DataFrame) -> dg.Output[Any]:
    """What blocking as a whole missed and avoided, as of each day."""
    rows = cost_blocking(decisions, outcomes, _as_ofs(chain), chain.analysis)
    drawing = cost_drawing(rows.filter(pl.col("window_days") == max(chain.analysis.windows)))
    return materialised(OpportunityCost, rows, alone=True, drawing=drawing)


@dg.asset_check(asset=asset_key(GuardEffectiveness), blocking=True)
def intervals_hold_their_estimate(guard_effectiveness: pl.DataFrame) -> dg.AssetCheckResult:
    """Every interval contains its estimate, and the bounds of a marginal saving are in order."""
    outside = ~pl.col("basis_net_saved_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    wrong = guard_effectiveness.filter(outside | (pl.col("marginal_low_usd") > pl.col("marginal_high_usd")))
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})


def _as_ofs(chain: Chain) -> list[dt.date]:
    return days_between(*chain.days) if chain.days else []
