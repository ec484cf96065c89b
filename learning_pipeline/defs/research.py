"""Assets of the research budget: trades and money by session, experiments and who asked for what; the bot's file."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.books.research import ledger
from learning_pipeline.books.research.attributions import attributions, fallen_through
from learning_pipeline.books.research.happenings import Events
from learning_pipeline.books.research.requests import Held, Request
from learning_pipeline.books.research.research import Made, limits_of
from learning_pipeline.books.research.research import research as walk_days
from learning_pipeline.books.research.rows import held_of
from learning_pipeline.books.research.tables import (
    Attributions,
    ExperimentRequests,
    Experiments,
    ResearchBudget,
    ResearchTrades,
)
from learning_pipeline.books.research.told import RESEARCH as RESEARCH_BOOK
from learning_pipeline.books.research.told import ToldTrade, told_trades
from learning_pipeline.books.research.trades import research_trades
from learning_pipeline.books.research.wording import entries
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.defs.lookup import note_trades, rows_of_trades
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out, reads
from learning_pipeline.defs.windows import as_ofs, day_before
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Experiments as ExperimentEvents
from learning_pipeline.events.tables import Fills, JudgeActions, Orders, Portfolio, Setups, Signals, Trades
from learning_pipeline.market.tables import Bars
from learning_pipeline.stores.experiments import Change
from learning_pipeline.stores.experiments_file import write_experiments

RESEARCH = [ResearchTrades, ResearchBudget, Attributions, Experiments, ExperimentRequests]


@dg.multi_asset(
    name="research",
    outs={table.table(): out(table) for table in RESEARCH},
    ins={
        "fills": reads(Fills),
        "closes": reads(Trades),
        "signals": reads(Signals, REACH_DAYS),
        "setups": reads(Setups, REACH_DAYS),
        "portfolio": reads(Portfolio),
        "bars": reads(Bars, 1),
        "requests": reads(ExperimentEvents),
        "judge_actions": reads(JudgeActions),
    },
)
def research(
    chain: Chain,
    fills: pl.DataFrame,
    closes: pl.DataFrame,
    signals: pl.DataFrame,
    setups: pl.DataFrame,
    portfolio: pl.DataFrame,
    bars: pl.DataFrame,
    requests: pl.DataFrame,
    judge_actions: pl.DataFrame,
) -> Iterator[Any]:
    """Research trades and money, experiments as they stand, what was asked of them; a fold from the day before."""
    days, before = chain.days or NO_DAYS, _held_before(chain)
    trades = _trades_told(chain, fills, closes, before)
    events = Events(portfolio, bars, requests, judge_actions)
    made = walk_days(before, events, trades, _acts(chain), as_ofs(chain), chain.books)
    _settle(chain, made)
    chain.log(entries(made.told))
    rows = research_trades(trades, signals, made.experiments, *days)
    yield materialised(ResearchTrades, rows, n_closed=rows["pnl"].count())
    yield materialised(ResearchBudget, made.budgets, n_paused=made.budgets["paused"].sum())
    yield materialised(Attributions, attributions(signals, setups, made.experiments, *days))
    yield materialised(Experiments, made.experiments)
    yield materialised(ExperimentRequests, _asked(chain, made.requests))


def _held_before(chain: Chain) -> Held:
    """What was held at the end of the day before the run."""
    experiments, budgets = (day_before(chain, table) for table in (Experiments, ResearchBudget))
    return held_of(experiments.iter_rows(named=True), budgets.iter_rows(named=True))


def _trades_told(chain: Chain, fills: pl.DataFrame, closes: pl.DataFrame, before: Held) -> list[ToldTrade]:
    """Research trades with anything told in the run: all that was told of them up to its end."""
    first, _ = chain.days or NO_DAYS
    tagged = [rows.filter(pl.col("book") == RESEARCH_BOOK)["trade_id"] for rows in (fills, closes)]
    held = sorted({trade_id for budget in before.budgets.values() for trade_id in budget.positions})
    ids = pl.concat([*tagged, pl.Series("trade_id", held, pl.String)]).unique()
    told = [rows.filter(pl.col("trade_id").is_in(ids.implode())) for rows in (fills, closes)]
    for rows in told:
        note_trades(chain, rows)
    moved = pl.concat([rows["trade_id"] for rows in told]).unique()
    earlier = [rows_of_trades(chain, table, moved, first) for table in (Fills, Trades)]
    return told_trades(*(pl.concat(pair) for pair in zip(earlier, told, strict=True)))


def _acts(chain: Chain) -> list[Request]:
    return [ledger.request_of(content) for content in chain.experiments.acts()]


def _settle(chain: Chain, made: Made) -> None:
    """Bring the ledger and the bots' file up to the end of the data; a run that ends before it says nothing of now."""
    if chain.days is None or not chain.is_up_to_date:
        return
    first, last = chain.days
    store = chain.experiments
    change = ledger.change_of(made.now, made.told, last, limits_of(chain.books))
    store.settle(dt.datetime.combine(first, dt.time(), dt.UTC), Change(**change))
    write_experiments(chain.paths.experiments, lambda: ledger.document(*store.standing()))


def _asked(chain: Chain, requests: pl.DataFrame) -> Replacement:
    """Requests of the run's days, and of those after the data's end: a person's acts of today."""
    if chain.days is None:
        return Replacement(requests.clear())
    first, last = chain.days
    newest = requests["day"].max() if chain.is_up_to_date else None
    end = max(last, newest) if isinstance(newest, dt.date) else last
    return Replacement(requests.filter(pl.col("day") <= end), first, end)


@dg.asset_check(asset=asset_key(ResearchTrades), additional_deps=[asset_key(Signals)], blocking=True)
def research_never_falls_through_to_main(chain: Chain) -> dg.AssetCheckResult:
    """No order, fill or trade of a research signal is in the profit book, emergency exits excepted."""
    if chain.days is None:
        return dg.AssetCheckResult(passed=True)
    first, last = chain.days
    signals = chain.lake.read(Signals, first - REACH_DAYS * ONE_DAY, last)
    found = fallen_through(signals, {t.table(): chain.lake.read(t, first, last) for t in (Orders, Fills, Trades)})
    said: dict[str, Any] = {"n_wrong": len(found), "first": ", ".join(found[:5])}
    return dg.AssetCheckResult(passed=not found, metadata=said)
