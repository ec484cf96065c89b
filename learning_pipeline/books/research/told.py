"""A research trade as its fills and the reports of its end tell it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import polars as pl

from learning_pipeline.books.research.budget import FLAT, Session

Row = dict[str, Any]
RESEARCH = "research"


@dataclass(frozen=True)
class ToldTrade:
    """All that was told of one research trade, each in the order of time.

    Attributes
    ----------
    fills : list of dict
        Rows of ``events.fills``, each ``order_id`` and ``fill_id`` once.
    closes : list of dict
        Rows of ``events.trades``.
    """

    trade_id: str
    fills: list[Row]
    closes: list[Row]

    @property
    def first(self) -> Row:
        """The first row that says whose the trade is."""
        told = [row for row in (*self.fills, *self.closes) if row["book"] == RESEARCH]
        return min(told or [*self.fills, *self.closes], key=itemgetter("happened_at"))

    @property
    def session(self) -> Session:
        """Session that it belongs to."""
        return self.first["source"], self.first["session_id"]

    @property
    def experiment_id(self) -> str:
        """Experiment that it was made for; of a trade whose rows name none, the empty text."""
        return self.first["experiment_id"] or ""

    @property
    def playbook_id(self) -> str | None:
        """The trade's own tag."""
        return self.first["playbook_id"]

    def counted_fills(self) -> list[Row]:
        """Fills up to the first report of the end: from there on only reports count."""
        end = min((row["happened_at"] for row in self.closes), default=None)
        return [fill for fill in self.fills if end is None or fill["happened_at"] <= end]

    def counted_before(self, report: Row) -> float:
        """What the trade had come to, on the days before a report of its end, quote money.

        By the report before it; else by its fills, where they cancelled out by the end of an earlier day. What else
        was realised stands in the position, which is still open then.
        """
        earlier = [row for row in self.closes if row["happened_at"] < report["happened_at"]]
        if earlier:
            return earlier[-1]["pnl_usd"]
        before = [fill for fill in self.counted_fills() if fill["day"] < report["day"]]
        return pnl_usd(before) if is_flat(before) else 0.0

    def until(self, day: dt.date) -> ToldTrade:
        """What was told by the end of a day."""
        kept = [[row for row in rows if row["day"] <= day] for rows in (self.fills, self.closes)]
        return ToldTrade(self.trade_id, *kept)


def told_trades(fills: pl.DataFrame, closes: pl.DataFrame) -> list[ToldTrade]:
    """Trades from rows of ``events.fills`` and ``events.trades``: all that was told of them."""
    ordered = fills.sort("happened_at", "event_id").unique(
        ["trade_id", "order_id", "fill_id"], keep="first", maintain_order=True
    )
    by_trade: dict[str, tuple[list[Row], list[Row]]] = {}
    for place, rows in enumerate((ordered, closes.sort("happened_at", "event_id"))):
        for row in rows.iter_rows(named=True):
            by_trade.setdefault(row["trade_id"], ([], []))[place].append(row)
    every = [_owned(ToldTrade(trade_id, *by_trade[trade_id])) for trade_id in sorted(by_trade)]
    return [trade for trade in every if trade.fills or trade.closes]


def _owned(trade: ToldTrade) -> ToldTrade:
    """What is research's own: of each day on which a row is tagged so, or at whose start the trade was open.

    The second are exits on the main path: the book that owns the position has their money.
    """
    told = (*trade.fills, *trade.closes)
    tagged = {row["day"] for row in told if row["book"] == RESEARCH}
    kept = ToldTrade(trade.trade_id, [], [])
    for day in sorted({row["day"] for row in told}):
        if day in tagged or (kept.fills and not kept.closes and not is_flat(kept.fills)):
            kept.fills.extend(row for row in trade.fills if row["day"] == day)
            kept.closes.extend(row for row in trade.closes if row["day"] == day)
    return kept


def legs(fills: list[Row]) -> tuple[list[Row], list[Row]]:
    """Entries (fills of the first one's side) and exits."""
    entries = [fill for fill in fills if fill["side"] == fills[0]["side"]]
    return entries, [fill for fill in fills if fill["side"] != fills[0]["side"]]


def quantity(fills: list[Row]) -> float:
    """Base units."""
    return math.fsum(fill["qty"] for fill in fills)


def value(fills: list[Row]) -> float:
    """Quote money."""
    return math.fsum(fill["qty"] * fill["price"] for fill in fills)


def is_flat(fills: list[Row]) -> bool:
    """True where exits have taken out what entries brought in."""
    entries, exits = legs(fills)
    return bool(fills) and abs(quantity(entries) - quantity(exits)) <= FLAT * quantity(entries)


def pnl_usd(fills: list[Row]) -> float:
    """Net profit of fills that cancel out."""
    entries, exits = legs(fills)
    direction = 1 if fills[0]["side"] == "buy" else -1
    return direction * (value(exits) - value(entries)) - math.fsum(fill["fee_usd"] for fill in fills)
