"""From tables of events to the moves of each book, in the order in which they happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from learning_pipeline.books.learning.moves import Closed, Died, Filled, Move, Snapshot, Submitted
from learning_pipeline.books.learning.tables import AT_RISK

Key = tuple[str, str, str]
"""Source, session, book."""
OF = ["source", "session_id", "book"]
RANK = {Snapshot: 0, Submitted: 1, Filled: 2, Closed: 3, Died: 4}
"""Order at one instant: an order comes before its fills, and these before the close."""
_SIDE = pl.when(pl.col("side") == "buy").then(1).otherwise(-1)
_AT = pl.col("happened_at").to_physical()


class Events(NamedTuple):
    """Tables of ``events`` that books rest on.

    trades, fills : of each trade told or filled on the days every row up to their end; signals : those that orders
    name; portfolio : from ``EQUITY_DAYS`` before the first day; orders, reports (``decision_reports``) : of the days.
    """

    orders: pl.DataFrame
    fills: pl.DataFrame
    trades: pl.DataFrame
    reports: pl.DataFrame
    portfolio: pl.DataFrame
    signals: pl.DataFrame


def moves_by_book(events: Events, open_risk: pl.DataFrame, first: dt.date) -> dict[Key, list[Move]]:
    """Moves of each book at risk, but for snapshots, by time; at one instant by ``RANK``, then id.

    Parameters
    ----------
    open_risk : DataFrame
        ``books.open_risk`` of the day before.
    first : date
        First day asked about; a trade that was told before it is not told again.
    """
    named_in = (open_risk, at_risk(events.orders), at_risk(events.fills))
    named = pl.concat([rows.select("trade_id", "signal_id") for rows in named_in])
    found: dict[Key, list[tuple[int, int, str, Move]]] = {}
    closes, deaths = _closes(events.trades, named, first), _deaths(events.reports, named)
    for part in (_orders(events), _fills(events.fills, first), closes, deaths):
        for key, name, move in part:
            found.setdefault(key, []).append((move.at_us, RANK[type(move)], name, move))
    return {key: [move for *_, move in sorted(moves, key=lambda each: each[:3])] for key, moves in found.items()}


def at_risk(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the learning and the research book."""
    return rows.filter(pl.col("book").is_in(AT_RISK))


def snapshots(portfolio: pl.DataFrame) -> dict[tuple[str, str], list[Snapshot]]:
    """Snapshots of each session, oldest first."""
    found: dict[tuple[str, str], list[Snapshot]] = {}
    ordered = portfolio.sort("happened_at", "event_id")
    for source, session, *facts in ordered.select("source", "session_id", _AT, "equity_usd").iter_rows():
        found.setdefault((source, session), []).append(Snapshot(*facts))
    return found


def _orders(events: Events) -> Iterator[tuple[Key, str, Move]]:
    """Orders of entries: those in the direction of their signal, and those whose signal is not known."""
    stops = events.signals.select("source", "signal_id", "stop_price", "entry_price", wanted="side")
    orders = at_risk(events.orders)
    known = orders.join(stops, on=["source", "signal_id"], how="left", maintain_order="left")
    wanted = pl.when(pl.col("wanted") == "long").then(1).when(pl.col("wanted") == "short").then(-1)
    entries = known.with_columns(direction=_SIDE).filter(wanted.is_null() | (wanted == pl.col("direction")))
    prices = {"price": pl.coalesce("price", "entry_price"), "stop": pl.col("stop_price")}
    named = entries.with_columns(at_us=_AT, side="direction", **prices)
    for source, session, book, *facts in named.select(*OF, *Submitted._fields).iter_rows():
        yield (source, session, book), facts[1], Submitted(*facts)


def _fills(fills: pl.DataFrame, first: dt.date) -> Iterator[tuple[Key, str, Move]]:
    """Fills; one that was sent under several event ids counts once, the first time."""
    ordered = at_risk(fills).sort("happened_at", "event_id")
    once = ordered.unique([*OF, "order_id", "fill_id"], keep="first", maintain_order=True)
    due = once.filter(pl.col("day") >= first)
    told = due.select(*OF, "fill_id", _AT, "order_id", "trade_id", _SIDE.alias("direction"), "qty", "price", "fee_usd")
    for source, session, book, name, *facts in told.iter_rows():
        yield (source, session, book), name, Filled(*facts)


def _closes(trades: pl.DataFrame, named: pl.DataFrame, first: dt.date) -> Iterator[tuple[Key, str, Move]]:
    """The first report of each trade, to its own book; to the others too where one of their orders names it."""
    once = trades.sort("happened_at", "event_id").unique("trade_id", keep="first", maintain_order=True)
    is_named = _is_in("trade_id", named) | _is_in("signal_id", named)
    told = once.filter(pl.col("day") >= first, is_named | pl.col("book").is_in(AT_RISK))
    facts = told.select(*OF, is_named.alias("is_named"), _AT, "trade_id", "signal_id", "experiment_id", "pnl_usd")
    for source, session, book, elsewhere, at_us, trade_id, signal_id, experiment, pnl in facts.iter_rows():
        for each in AT_RISK:
            if elsewhere or each == book:
                trade = Closed(at_us, trade_id, signal_id, experiment, pnl, each == book)
                yield (source, session, each), trade_id, trade


def _deaths(reports: pl.DataFrame, named: pl.DataFrame) -> Iterator[tuple[Key, str, Move]]:
    """Signals that are expired or cancelled after all, of which an order at risk was made."""
    gone = reports.filter(pl.col("decision").is_in(["expired", "cancelled"]), _is_in("signal_id", named))
    for source, session, at_us, signal_id in gone.select("source", "session_id", _AT, "signal_id").iter_rows():
        for book in AT_RISK:
            yield (source, session, book), signal_id, Died(at_us, signal_id)


def _is_in(name: str, named: pl.DataFrame) -> pl.Expr:
    return pl.col(name).is_in(named[name].drop_nulls().implode()).fill_null(value=False)
