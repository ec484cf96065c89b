"""Events, bars and the ledger's acts as what happens to research, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.books.research.budget import Closed, Filled, Marked, Opened
from learning_pipeline.books.research.experiment import BOT, JUDGE, Spec
from learning_pipeline.books.research.fold import Happening, in_order
from learning_pipeline.books.research.requests import DRAFT, RUNNING, Request
from learning_pipeline.books.research.suggestion import read_suggestion
from learning_pipeline.books.research.told import ToldTrade
from learning_pipeline.contracts import timeframe_us

Row = dict[str, Any]
DAY_US = 86_400_000_000


class Events(NamedTuple):
    """What a run reads, all of its days: ``events.portfolio``, ``market.bars`` (and of a day before), requests."""

    portfolio: pl.DataFrame
    bars: pl.DataFrame
    experiments: pl.DataFrame
    judge_actions: pl.DataFrame


def happenings(
    events: Events,
    trades: list[ToldTrade],
    held_symbols: set[str],
    acts: list[Request],
    days: tuple[dt.date, dt.date],
    *,
    auto_start: bool,
) -> dict[dt.date, list[Happening]]:
    """What happens on each day, in order.

    Parameters
    ----------
    trades : list of ToldTrade
        Research trades with anything told on the days.
    held_symbols : set of str
        Markets of the trades that were open before.
    acts : list of Request
        What people and judges did in the ledger.
    auto_start : bool
        Whether a judge's suggestion asks to run, else to be a draft.
    """
    symbols = held_symbols | {fill["symbol"] for trade in trades for fill in trade.fills}
    found: list[Happening] = [*_opened(events.portfolio), *_marked(events.bars, symbols), *acts]
    found += [*_from_experiments(events.experiments), *_from_judges(events.judge_actions, auto_start=auto_start)]
    found += [each for trade in trades for each in _of_trade(trade)]
    first, last = days
    by_day: dict[dt.date, list[Happening]] = {}
    for happening in found:
        day = happening.at.astimezone(dt.UTC).date()
        if first <= day <= last:
            by_day.setdefault(day, []).append(happening)
    return {day: in_order(those) for day, those in by_day.items()}


def _opened(portfolio: pl.DataFrame) -> Iterator[Opened]:
    """The first snapshot of each session and day."""
    first = portfolio.sort("happened_at", "event_id").unique(
        ["source", "session_id", "day"], keep="first", maintain_order=True
    )
    for row in first.iter_rows(named=True):
        yield Opened(row["happened_at"], (row["source"], row["session_id"]), row["equity_usd"])


def _marked(bars: pl.DataFrame, symbols: set[str]) -> Iterator[Marked]:
    """Closes of bars of at most a day; of several at one instant that of the shortest bar."""
    length = timeframe_us(pl.col("timeframe"))
    near = bars.filter(pl.col("symbol").is_in(sorted(symbols)), length <= DAY_US).sort("known_at", "symbol", length)
    finest = near.unique(["known_at", "symbol"], keep="first", maintain_order=True)
    for at, symbol, price in finest.select("known_at", "symbol", "close").iter_rows():
        yield Marked(at, symbol, price)


def _of_trade(trade: ToldTrade) -> Iterator[Filled | Closed]:
    for fill in trade.counted_fills():
        yield Filled(
            at=fill["happened_at"],
            session=trade.session,
            fill_id=fill["fill_id"],
            trade_id=trade.trade_id,
            symbol=fill["symbol"],
            side=1 if fill["side"] == "buy" else -1,
            qty=fill["qty"],
            price=fill["price"],
            fee_usd=fill["fee_usd"],
            experiment_id=trade.experiment_id,
            playbook_id=trade.playbook_id,
        )
    for report in trade.closes:
        counted = trade.counted_before(report)
        at, pnl = report["happened_at"], report["pnl_usd"]
        yield Closed(at, trade.session, trade.trade_id, pnl, counted, trade.experiment_id)


def _from_experiments(events: pl.DataFrame) -> Iterator[Request]:
    for row in events.iter_rows(named=True):
        spec = Spec(
            experiment_id=row["experiment_id"],
            hypothesis=row["hypothesis"],
            playbook_id=row["playbook_id"],
            target_symbols=tuple(row["target_symbols"]),
            trigger_categories=tuple(row["trigger_categories"]),
            min_sample_size=row["min_sample_size"],
            max_loss_usd=row["max_loss_usd"],
        )
        yield _sent(row, BOT, spec, row["status"])


def _from_judges(events: pl.DataFrame, *, auto_start: bool) -> Iterator[Request]:
    for row in events.filter(pl.col("action") == "suggest_experiment").iter_rows(named=True):
        said = read_suggestion(row["payload"])
        if isinstance(said, str):
            yield _sent(row, JUDGE, None, None)._replace(fault=said)
        else:
            state = RUNNING if auto_start else DRAFT
            yield _sent(row, JUDGE, said.spec(row["event_id"]), state)._replace(reason=said.rationale)


def _sent(row: Row, by: str, spec: Spec | None, state: str | None) -> Request:
    """The request of an event; nobody but its session is asked whether it can run."""
    return Request(
        at=row["happened_at"],
        request_id=row["event_id"],
        by=by,
        actor=row["source"],
        session=(row["source"], row["session_id"]),
        experiment_id=spec.experiment_id if spec else None,
        state=state,
        spec=spec,
    )
