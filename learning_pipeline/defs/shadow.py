"""Assets of the shadow room: what every decision would have earned, and what is still open."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Decisions, Signals
from learning_pipeline.market.tables import Bars
from learning_pipeline.reports import outcomes_drawing
from learning_pipeline.shadow.missed import as_made
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.settle import Settled, bars_from, settle
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, MissedPending, Outcomes, Pending


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Outcomes, Pending, DelayedOutcomes)},
    ins={"decisions": reads(Decisions)},
    deps=[asset_key(Bars)],
)
def outcomes(chain: Chain, decisions: pl.DataFrame) -> Iterator[Any]:
    """Outcomes that became known on the run's days; a fold over what was open on the day before."""
    settled, pending, delayed = _settled(chain, Pending, decisions, chain.shadow)
    yield materialised(Outcomes, settled, drawing=outcomes_drawing(settled), **_by_word(settled))
    yield materialised(Pending, pending, n_open=_n_open(chain, pending))
    yield materialised(DelayedOutcomes, delayed)


@dg.multi_asset(
    outs={table.table(): out(table) for table in (MissedOutcomes, MissedPending)},
    ins={"decisions": reads(Decisions), "signals": reads(Signals, REACH_DAYS)},
    deps=[asset_key(Bars)],
)
def missed_outcomes(chain: Chain, decisions: pl.DataFrame, signals: pl.DataFrame) -> Iterator[Any]:
    """What expired and cancelled signals would have earned when they were made; the same fold."""
    at_once = chain.shadow.model_copy(update={"delays": ()})
    settled, pending, _ = _settled(chain, MissedPending, as_made(decisions, signals), at_once)
    yield materialised(MissedOutcomes, settled, **_by_word(settled))
    yield materialised(MissedPending, pending, n_open=_n_open(chain, pending))


def _settled(chain: Chain, followed: type[Pending], decisions: pl.DataFrame, settings: ShadowSettings) -> Settled:
    """The run's days of a fold whose open decisions are kept in ``followed``."""
    first, last = chain.days or NO_DAYS
    day_before = first - dt.timedelta(days=1)
    open_before = chain.lake.read(followed, day_before, day_before)
    since = bars_from(open_before, decisions, settings)
    bars = chain.lake.read(Bars, since, last) if since else Bars.frame()
    return settle(open_before, decisions, bars, settings, first, last, chain.now)


def _by_word(settled: pl.DataFrame) -> dict[str, Any]:
    return {f"n_{word}": count for word, count in settled["outcome"].value_counts(sort=True).iter_rows()}


def _n_open(chain: Chain, pending: pl.DataFrame) -> int:
    _, last = chain.days or NO_DAYS
    return pending.filter(pl.col("as_of") == last).height


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


@dg.asset_check(asset=asset_key(DelayedOutcomes), blocking=True, additional_deps=[asset_key(Outcomes)])
def every_trade_was_tried_at_every_delay(chain: Chain) -> dg.AssetCheckResult:
    """Each outcome of the run's days that is a trade has a row, with one result per delay of the settings."""
    if chain.days is None or not chain.shadow.delays:
        return dg.AssetCheckResult(passed=True)
    traded = chain.lake.read(Outcomes, *chain.days).filter(pl.col("reason").is_null())
    delayed = chain.lake.read(DelayedOutcomes, *chain.days)
    whole = delayed.filter(pl.col("delay_bars") == pl.lit(list(chain.shadow.delays), pl.List(pl.Int64)))
    n_without = traded.join(whole, on=["signal_id", "known_at"], how="anti").height
    said = {"n_trades": traded.height, "n_without": n_without}
    return dg.AssetCheckResult(passed=n_without == 0 and whole.height == traded.height, metadata=said)
