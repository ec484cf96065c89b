"""Assets of the learning book: every book's money, refusals, and the risk that is reserved and given back."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.books.learning import Current, document
from learning_pipeline.books.learning.blocks import book_blocks
from learning_pipeline.books.learning.fold import EQUITY_DAYS, Folded, fold_risk
from learning_pipeline.books.learning.isolation import strayed
from learning_pipeline.books.learning.moves_of import Events, at_risk
from learning_pipeline.books.learning.pnl import book_pnl
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, OpenRisk, Pnl, Risk
from learning_pipeline.books.learning.wording import block_entries, risk_entries
from learning_pipeline.contracts import Table
from learning_pipeline.defs.lookup import note_trades, rows_of_trades
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads
from learning_pipeline.defs.windows import day_before
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Blocks as BlockEvents
from learning_pipeline.events.tables import DecisionReports, Fills, Orders, Portfolio, Signals, Trades
from learning_pipeline.reports import budget_drawing
from learning_pipeline.stores.learning_book_file import write_learning_book

MOST_NAMES = 20
"""Trades named by the check, and reasons counted, at most."""


@dg.multi_asset(
    name="books",
    outs={table.table(): out(table) for table in (Pnl, ExperimentPnl, Blocks, Risk, OpenRisk)},
    ins={
        "orders": reads(Orders),
        "fills": reads(Fills),
        "trades": reads(Trades),
        "reports": reads(DecisionReports),
        "portfolio": reads(Portfolio, EQUITY_DAYS),
        "signals": reads(Signals, REACH_DAYS),
        "blocks": reads(BlockEvents),
    },
)
def books(chain: Chain, blocks: pl.DataFrame, **events: pl.DataFrame) -> Iterator[Any]:
    """Money of every book, refusals, and risk; the bot's file is brought up to date beside."""
    days, of_run = chain.days or NO_DAYS, Events(**events)
    told = _all_rows_of(chain, Trades, of_run.trades)
    known = of_run._replace(trades=told, fills=_all_rows_of(chain, Fills, at_risk(of_run.fills)))
    folded = fold_risk(known, day_before(chain, OpenRisk), day_before(chain, ExperimentPnl), days, chain.books)
    refused = book_blocks(blocks)
    chain.log([*block_entries(refused), *risk_entries(folded.risk)])
    _publish(chain, folded)
    yield materialised(Pnl, book_pnl(told, day_before(chain, Pnl), days))
    yield materialised(ExperimentPnl, folded.experiments)
    yield materialised(Blocks, refused, **_by_reason(refused))
    yield materialised(Risk, folded.risk, drawing=budget_drawing(folded.risk))
    yield materialised(OpenRisk, folded.open_risk)


def _all_rows_of(chain: Chain, table: type[Table], rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the run's days with whatever was told of their trades before."""
    first, _ = chain.days or NO_DAYS
    note_trades(chain, rows)
    return pl.concat([rows_of_trades(chain, table, rows["trade_id"], first), rows])


def _publish(chain: Chain, folded: Folded) -> None:
    mine = [Current(*key[:2], book) for key, book in sorted(folded.books.items()) if key[2] == "learning"]
    as_of = chain.days[1] if chain.days else None
    settings = chain.books.model_dump(mode="json", include=set(LearningBookSettings.model_fields))
    write_learning_book(chain.paths.learning_book, document(mine, settings, as_of))


def _by_reason(blocks: pl.DataFrame) -> dict[str, Any]:
    commonest = blocks["reason"].value_counts(sort=True).head(MOST_NAMES)
    return {f"n_{reason}": n for reason, n in commonest.iter_rows()}


@dg.asset_check(asset=asset_key(Risk), additional_ins={"trades": reads(Trades)}, blocking=True)
def learning_trades_never_touch_profit_budget(risk: pl.DataFrame, trades: pl.DataFrame) -> dg.AssetCheckResult:
    """No trade that was ordered for the learning or the research book is closed in another.

    Its loss would count in figures of profit. The bot repairs it by telling the close again, a later `at` and its book.
    """
    wrong = strayed(risk, trades)
    said: dict[str, Any] = {"n_wrong": wrong.len(), "trades": ", ".join(wrong.head(MOST_NAMES))}
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata=said)
