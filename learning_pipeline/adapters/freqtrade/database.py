"""A bot's database: what a live or dry-run bot entered, filled and earned, while it goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from learning_pipeline.adapters.dollars import USD_LIKE
from learning_pipeline.adapters.freqtrade.bot_rows import BotLock, BotTrade, instant
from learning_pipeline.adapters.freqtrade.bot_trades import BotTrades, bot_trades
from learning_pipeline.adapters.freqtrade.events import trade_events
from learning_pipeline.adapters.freqtrade.locks import Lock, lock_events, lock_gaps
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.tables import Row, Tables, read_tables
from learning_pipeline.adapters.imported import Event, Imported
from learning_pipeline.errors import BadInput

UNRECORDED = (
    "a database holds only signals that became trades: no guard can be judged from it (the strategy mixin records all)",
    "a database holds no ROI table: shadow outcomes of its signals take their target from the settings",
)


def database_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:
    """The database as one import; read again after it has grown, it gives the same events and the new ones.

    An order is told once it is done: filled, or cancelled. So is a trade, once its first order is filled.

    Raises
    ------
    BadInput
        It is no database of freqtrade's, cannot be read, or its stake currency is no dollar.
    """
    tables = read_tables(path)
    source = options.source or f"freqtrade:{path.stem}"
    read = _chosen(bot_trades(tables, source), options.strategies)
    _require_dollars(path, read.rows)
    locks, bad_locks = _locks(tables.locks)
    events = [event for trade in read.trades for event in trade_events(trade)]
    yield Imported(
        stem=re.sub(r"[^A-Za-z0-9._-]", "_", f"freqtrade-{path.stem}"),
        told=_told(path, tables, read),
        source=source,
        events=(*events, *locks),
        counts=(
            ("trades", len(read.trades)),
            ("open trades", sum(trade.closed_at is None for trade in read.trades)),
            ("orders", len(tables.orders)),
            ("locks", len(locks)),
        ),
        gaps=(*UNRECORDED, *_gaps(tables, read, events), *bad_locks),
        grows=True,
    )


def _chosen(read: BotTrades, strategies: Sequence[str]) -> BotTrades:
    kept = [i for i, trade in enumerate(read.trades) if not strategies or trade.strategy in strategies]
    return read._replace(trades=[read.trades[i] for i in kept], rows=[read.rows[i] for i in kept])


def _require_dollars(path: Path, rows: Sequence[BotTrade]) -> None:
    stakes = {row.stake_currency or re.split("[/:]", row.pair)[-1] for row in rows}
    if foreign := sorted(stake for stake in stakes if stake.upper() not in USD_LIKE):
        raise BadInput(
            f"{path}: it earns {', '.join(foreign)}, and pnl_usd must be dollars: "
            f"expected a bot with a stake currency such as USDT"
        )


def _locks(rows: Sequence[Row]) -> tuple[list[Event], list[str]]:
    """Events of the locks, and what is to be said of those that are none."""
    locks, faults = [], []
    for row in rows:
        try:
            lock = msgspec.convert(row, BotLock)
            since, until = instant(lock.lock_time), instant(lock.lock_end_time)
        except ValueError as e:
            faults.append(f"lock {row['id']}: {e}")
            continue
        locks.append(Lock(lock.pair, lock.side or "*", lock.reason or "", since, until))
    return lock_events(locks), [*_counted("locks", faults), *lock_gaps(locks)]


def _told(path: Path, tables: Tables, read: BotTrades) -> str:
    exchanges = ", ".join(sorted({row.exchange for row in read.rows if row.exchange})) or "an unknown exchange"
    days = sorted(trade.opened_at.date() for trade in read.trades)
    spell = f", opened {days[0]} to {days[-1]}" if days else ""
    return f"trades of a {_mode(tables.orders)} bot on {exchanges} ({path.name}){spell}"


def _mode(orders: Sequence[Row]) -> str:
    n_dry = sum(str(order.get("order_id")).startswith("dry_run") for order in orders)
    if 0 < n_dry < len(orders):
        return "live and dry-run"
    return "dry-run" if n_dry else "live"


def _gaps(tables: Tables, read: BotTrades, events: Sequence[Event]) -> Iterator[str]:
    """What is held back, made up or cannot be used; counted."""
    if waiting := len(read.trades) - sum(event.type == "signal" for event in events):
        yield f"{waiting} trades without a filled entry are held back until there is one"
    if n_open := sum(order.get("ft_is_open") == 1 for order in tables.orders):
        yield f"{n_open} orders are still open and held back until they are done"
    if read.n_derived:
        yield f"{read.n_derived} trades have an entry or exit without an order: it is made of the trade's own columns"
    for currency, n in sorted(_foreign_fees(read.rows).items()):
        yield f"{n} fees were paid in {currency}: they are counted at freqtrade's rate of the notional"
    yield from _counted("trades", read.faults)


def _foreign_fees(rows: Sequence[BotTrade]) -> Counter[str]:
    """How often a fee was paid in neither of a pair's own currencies."""
    paid = ((row.pair, currency) for row in rows for currency in (row.fee_open_currency, row.fee_close_currency))
    return Counter(currency for pair, currency in paid if currency and currency not in re.split("[/:]", pair))


def _counted(what: str, faults: Sequence[str]) -> list[str]:
    return [f"{len(faults)} {what} cannot be used; the first: {faults[0]}"] if faults else []
