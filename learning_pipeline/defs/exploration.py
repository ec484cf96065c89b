"""Assets that hold simulated money against real money: guard value by exploration, and calibration."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.calibration.calibrate import calibrate
from learning_pipeline.analysis.calibration.pairs import calibration_pairs
from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.exploration.guard_value import guard_value as value_guards
from learning_pipeline.analysis.exploration.tables import GuardValue
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.defs.windows import WINDOW, as_ofs, latest
from learning_pipeline.events.tables import Decisions, Gates, Trades
from learning_pipeline.reports import bias_in_words, pairs_drawing
from learning_pipeline.shadow.tables import Outcomes

HEADLINE = ["as_of", "window_days", "guard", "net_saved_usd", "ci_low_usd", "ci_high_usd", "reason", "n_admitted"]
HEADLINE += ["effective_size", "draws_p_value"]
"""What a person wants to see of a guard first."""

SIMULATED_AND_REAL = {
    "decisions": reads(Decisions, WINDOW),
    "outcomes": reads(Outcomes, WINDOW),
    "trades": reads(Trades, WINDOW),
}


@dg.asset(**writes(GuardValue), ins=SIMULATED_AND_REAL | {"gates": reads(Gates, WINDOW)})
def guard_value(
    chain: Chain, decisions: pl.DataFrame, gates: pl.DataFrame, outcomes: pl.DataFrame, trades: pl.DataFrame
) -> dg.Output[Any]:
    """What each guard saved, told from blocked signals that were traded by chance, as of each day."""
    rows = value_guards(decisions, gates, outcomes, trades, as_ofs(chain), chain.analysis)
    corrected = latest(rows, chain).filter(pl.col("estimator") == "aipw")
    n_ok = corrected.filter(pl.col("status") == "ok").height
    return materialised(GuardValue, rows, alone=True, shown=corrected.select(HEADLINE), n_estimated=n_ok)


@dg.asset(**writes(Calibration), ins=SIMULATED_AND_REAL)
def calibration(chain: Chain, decisions: pl.DataFrame, outcomes: pl.DataFrame, trades: pl.DataFrame) -> dg.Output[Any]:
    """How far simulated money is from real money, as of each day."""
    rows = calibrate(decisions, outcomes, trades, as_ofs(chain), chain.analysis)
    newest = latest(rows, chain)
    pairs = [calibration_pairs(decisions, outcomes, trades, day, chain.analysis) for day in as_ofs(chain)[-1:]]
    drawing = pairs_drawing(pairs[0]) if pairs else None
    return materialised(Calibration, rows, alone=True, shown=newest, drawing=drawing, in_words=bias_in_words(newest))


@dg.asset_check(asset=asset_key(GuardValue), blocking=True)
def every_estimate_is_inside_its_interval_or_refused(guard_value: pl.DataFrame) -> dg.AssetCheckResult:
    """An estimate lies in its interval; where there is none, a reason stands in its place."""
    outside = ~pl.col("net_saved_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    given, refused = pl.col("net_saved_usd").is_not_null(), pl.col("reason").is_not_null()
    wrong = guard_value.filter(outside | (given == refused) | (refused != (pl.col("status") == "refused")))
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})


@dg.asset_check(asset=asset_key(GuardValue))
def draws_agree_with_their_propensities(guard_value: pl.DataFrame) -> dg.AssetCheckResult:
    """Warns where blocked signals were admitted otherwise than the bot wrote down, as behind a budget left out."""
    wrong = guard_value.filter(pl.col("reason") == "propensity_not_as_logged")
    said: dict[str, Any] = {"n_wrong": wrong.height, "guards": ", ".join(wrong["guard"].unique().sort().head(5))}
    return dg.AssetCheckResult(passed=wrong.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=said)


@dg.asset_check(asset=asset_key(Calibration), blocking=True)
def bias_is_real_minus_shadow(calibration: pl.DataFrame) -> dg.AssetCheckResult:
    """The bias is the difference of the two sums, to rounding, and lies in its interval."""
    difference = pl.col("real_net_pnl_usd") - pl.col("shadow_net_pnl_usd")
    size = pl.col("real_net_pnl_usd").abs() + pl.col("shadow_net_pnl_usd").abs() + 1
    off = (pl.col("bias_usd") - difference).abs() > 1e-9 * size
    outside = ~pl.col("bias_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    wrong = calibration.filter(off | outside)
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})
