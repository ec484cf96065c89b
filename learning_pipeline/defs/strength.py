"""Assets of strength: which way each pattern's trades lean, and which of that steers; the bot's own file beside."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import PREVIEW_ROWS, asset_key, materialised, reads, writes
from learning_pipeline.defs.tuning import LOOKBACK
from learning_pipeline.defs.windows import as_ofs, day_before
from learning_pipeline.events.tables import Trades
from learning_pipeline.posture.in_force import document_of, leaning_now
from learning_pipeline.reports import leans_drawing
from learning_pipeline.stores.postures_file import write_postures
from learning_pipeline.tuning.strength import STATES, Strength, StrengthSelections
from learning_pipeline.tuning.strength import strength as learn_strength
from learning_pipeline.tuning.strength import strength_selections as follow
from learning_pipeline.tuning.strength.wording import entries


@dg.asset(**writes(Strength), ins={"trades": reads(Trades, LOOKBACK)})
def strength(chain: Chain, trades: pl.DataFrame) -> dg.Output[Any]:
    """Which way each pattern's closed trades lean per scope slice, as of each day."""
    rows = learn_strength(trades, as_ofs(chain), chain.tuning, chain.analysis.books)
    newest = rows.filter(pl.col("as_of") == pl.col("as_of").max()).sort("n", descending=True, maintain_order=True)
    return materialised(Strength, rows, alone=True, shown=newest.head(PREVIEW_ROWS), n_lessons=newest.height)


@dg.asset(**writes(StrengthSelections), ins={"trades": reads(Trades, LOOKBACK), "strength": reads(Strength)})
def strength_selections(chain: Chain, trades: pl.DataFrame, strength: pl.DataFrame) -> dg.Output[Any]:
    """Which leans are in the shadow, which steer, which are over; a fold over how they stood on the day before."""
    days, asked = as_ofs(chain), chain.tuning
    rows = follow(trades, strength, day_before(chain, StrengthSelections), days, asked, chain.analysis.books)
    last = pl.col("day") == (chain.days or NO_DAYS)[1]
    newest, lessons = rows.filter(last), strength.filter(last)
    if days:
        write_postures(chain.paths.postures, document_of(newest, lessons, chain.posture))
        chain.log(entries(rows, strength, asked.n_min))
    counts: dict[str, Any] = {f"n_{state}": newest["state"].eq(state).sum() for state in STATES}
    shown = leaning_now(newest, lessons).sort("state", "override_id").head(PREVIEW_ROWS)
    return materialised(StrengthSelections, rows, alone=True, shown=shown, drawing=leans_drawing(newest), **counts)


@dg.asset_check(asset=asset_key(Strength), blocking=True)
def directions_never_sum_above_zero(strength: pl.DataFrame) -> dg.AssetCheckResult:
    """No lesson leans towards more aggression without leaning as far towards later exits."""
    wrong = strength.filter(pl.col("dir_a") + pl.col("dir_e") > 0)
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})
