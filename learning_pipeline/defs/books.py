"""Assets of the learning book: every book's money, refusals, and the risk that is reserved and given back."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.books.learning import Current, document
from learning_pipeline.books.learning.blocks import book_blocks
from learning_pipeline.books.learning.fold import EQUITY_DAYS, Folded, fold_risk
from learning_pipeline.books.learning.moves_of import Events
from learning_pipeline.books.learning.pnl import book_pnl
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, OpenRisk, Pnl, Risk
from learning_pipeline.books.learning.wording import block_entries, risk_entries
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
"""Trades named by the check, at most."""


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
def books(chain: Chain, blocks: pl.DataFrame, trades: pl.DataFrame, **events: pl.DataFrame) -> Iterator[Any]:
    """Money of every book, refusals, and risk; the bot's file is brought up to date beside."""
    days = chain.days or NO_DAYS
    told = _all_rows_of(chain, trades)
    folded = fold_risk(
        Events(**events, trades=told), day_before(chain, OpenRisk), day_before(chain, ExperimentPnl), days, chain.books
    )
    refused = book_blocks(blocks)
    chain.log([*block_entries(refused), *risk_entries(folded.risk)])
    _publish(chain, folded)
    yield materialised(Pnl, book_pnl(told, day_before(chain, Pnl), days))
    yield materialised(ExperimentPnl, folded.experiments)
    yield materialised(Blocks, refused, **_by_reason(refused))
    yield materialised(Risk, folded.risk, drawing=budget_drawing(folded.risk))
    yield materialised(OpenRisk, folded.open_risk)


def _all_rows_of(chain: Chain, trades: pl.DataFrame) -> pl.DataFrame:
    """Trades told on the run's days with whatever was told of them before."""
    first, _ = chain.days or NO_DAYS
    note_trades(chain, trades)
    return pl.concat([rows_of_trades(chain, Trades, trades["trade_id"], first), trades])


def _publish(chain: Chain, folded: Folded) -> None:
    mine = [Current(*key[:2], book) for key, book in sorted(folded.books.items()) if key[2] == "learning"]
    as_of = chain.days[1] if chain.days else None
    settings = chain.books.model_dump(mode="json", include=set(LearningBookSettings.model_fields))
    write_learning_book(chain.paths.learning_book, document(mine, settings, as_of))


def _by_reason(blocks: pl.DataFrame) -> dict[str, Any]:
    return {f"n_{reason}": n for reason, n in blocks["reason"].value_counts(sort=True).iter_rows()}


@dg.asset_check(asset=asset_key(Risk), blocking=True)
def learning_trades_never_touch_profit_budget(risk: pl.DataFrame) -> dg.AssetCheckResult:
    """No trade that was ordered for the learning or the research book is closed in another.

    Its loss would count in figures of profit. The bot repairs it by telling the close again, a later `at` and its book.
    """
    wrong = risk.filter(pl.col("reason") == "closed_in_another_book")
    names = ", ".join(wrong["trade_id"].unique().sort().head(MOST_NAMES))
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height, "trades": names})
