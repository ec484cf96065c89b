"""Assets of the events and market rooms: ingestion, decisions, unmatched; the sensor on the inbox."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.catalog import LANDED
from learning_pipeline.defs.landing import land
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads, writes
from learning_pipeline.events.decisions import REACH_DAYS, decide
from learning_pipeline.events.tables import (
    DecisionReports,
    Decisions,
    Deliveries,
    Fills,
    Gates,
    Signals,
    Trades,
    Unmatched,
)
from learning_pipeline.events.unmatched import find_unmatched
from learning_pipeline.market.tables import Bars
from learning_pipeline.reports import closes_drawing, decisions_drawing


@dg.multi_asset(outs={table.table(): out(table) for table in LANDED}, name="ingestion", can_subset=False)
def ingestion(chain: Chain) -> Iterator[Any]:
    """Files that wait in the inbox become rows; every line is accepted, a duplicate, quarantined or incomplete."""
    landing = land(chain, dt.datetime.now(dt.UTC))
    for table, replacement in landing.outputs.items():
        drawing = closes_drawing(replacement.frame) if table is Bars else None
        yield materialised(table, replacement, drawing=drawing)
    chain.ledger.note_landed(landing.sha256s)


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Decisions, Gates)},
    ins={"signals": reads(Signals, REACH_DAYS), "reports": reads(DecisionReports, REACH_DAYS)},
)
def decisions(chain: Chain, signals: pl.DataFrame, reports: pl.DataFrame) -> Iterator[Any]:
    """One final answer per signal, and its gates."""
    first, last = chain.days or NO_DAYS
    answers, gates = decide(signals, reports, chain.shadow.ttl_minutes, first, last, chain.now)
    words = dict(answers["decision"].value_counts(sort=True).iter_rows())
    counts = {f"n_{word}": count for word, count in words.items()}
    yield materialised(Decisions, answers, drawing=decisions_drawing(answers), **counts)
    yield materialised(Gates, gates)


@dg.asset(
    **writes(Unmatched),
    ins={
        "signals": reads(Signals, REACH_DAYS),
        "reports": reads(DecisionReports),
        "fills": reads(Fills),
        "trades": reads(Trades),
    },
)
def unmatched(
    signals: pl.DataFrame, reports: pl.DataFrame, fills: pl.DataFrame, trades: pl.DataFrame
) -> dg.Output[Any]:
    """Events that name a signal which has not arrived."""
    return materialised(Unmatched, find_unmatched(signals, reports, fills, trades), alone=True)


@dg.asset_check(asset=asset_key(Deliveries), blocking=True)
def every_line_is_accounted_for(chain: Chain) -> dg.AssetCheckResult:
    """Accepted, duplicate, quarantined and incomplete lines add up to the lines delivered."""
    deliveries = chain.lake.read(Deliveries)
    parts = pl.sum_horizontal("n_accepted", "n_duplicate", "n_quarantined", "n_incomplete")
    wrong = deliveries.filter(parts != pl.col("n_lines"))["file"].to_list()
    return dg.AssetCheckResult(passed=not wrong, metadata={"n_files": deliveries.height, "wrong": ", ".join(wrong)})


@dg.asset_check(asset=asset_key(Trades))
def trades_match_their_prices(trades: pl.DataFrame) -> dg.AssetCheckResult:
    """pnl_usd is what prices, side and fees imply."""
    wrong = trades.filter("pnl_mismatch")["trade_id"]
    said: dict[str, Any] = {"n_mismatch": wrong.len(), "first": ", ".join(wrong.head(5))}
    return dg.AssetCheckResult(passed=wrong.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=said)
