"""Assets of the shadow room: what every decision would have earned, and what is still open."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads
from learning_pipeline.events.tables import Decisions
from learning_pipeline.market.tables import Bars
from learning_pipeline.reports import outcomes_drawing
from learning_pipeline.shadow.settle import bars_from, settle
from learning_pipeline.shadow.tables import Outcomes, Pending


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Outcomes, Pending)},
    ins={"decisions": reads(Decisions)},
    deps=[asset_key(Bars)],
)
def outcomes(chain: Chain, decisions: pl.DataFrame) -> Iterator[Any]:
    """Outcomes that became known on the run's days; a fold over what was open on the day before."""
    first, last = chain.days or NO_DAYS
    day_before = first - dt.timedelta(days=1)
    open_before = chain.lake.read(Pending, day_before, day_before)
    since = bars_from(open_before, decisions, chain.shadow)
    bars = chain.lake.read(Bars, since, last) if since else Bars.frame()
    settled, pending = settle(open_before, decisions, bars, chain.shadow, first, last, chain.now)
    words = dict(settled["outcome"].value_counts(sort=True).iter_rows())
    counts = {f"n_{word}": count for word, count in words.items()}
    yield materialised(Outcomes, settled, drawing=outcomes_drawing(settled), **counts)
    yield materialised(Pending, pending, n_open=pending.filter(pl.col("as_of") == last).height)


@dg.asset_check(asset=asset_key(Outcomes), blocking=True, additional_deps=[asset_key(Pending), asset_key(Decisions)])
def every_decision_has_an_outcome(chain: Chain) -> dg.AssetCheckResult:
    """Each decision of the run's days is settled, unlabelled with a reason, or pending: none is lost."""
    if chain.days is None:
        return dg.AssetCheckResult(passed=True)
    first, last = chain.days
    decided = Decisions.newest(chain.lake.read(Decisions, first, last))
    pending = chain.lake.read(Pending, last, last)
    lost = decided.join(pending, on="signal_id", how="anti").join(
        chain.lake.read(Outcomes, first, last), on=["signal_id", "decided_at"], how="anti"
    )
    said: dict[str, Any] = {
        "n_decisions": decided.height,
        "n_lost": lost.height,
        "first": ", ".join(lost["signal_id"].head(5)),
    }
    return dg.AssetCheckResult(passed=lost.is_empty(), metadata=said)
