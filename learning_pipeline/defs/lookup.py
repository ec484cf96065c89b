"""The rest of a trade: its rows on other days, found by the ledger's index of ids; history is never read for it."""

import datetime as dt
import hashlib

import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.defs.resources import Chain


def key_digest(kind: str, key: str) -> int:
    """An id as the ledger's index holds it."""
    return int.from_bytes(hashlib.blake2b(f"{kind}:{key}".encode(), digest_size=8).digest(), "big", signed=True)


def note_trades(chain: Chain, rows: pl.DataFrame) -> None:
    """Note on which days there are rows of which trades; each day is noted when it is run, and again does no harm."""
    told = rows.select("trade_id", "day").unique().iter_rows()
    chain.ledger.add_key_days((key_digest("trade", trade_id), day.toordinal()) for trade_id, day in told)


def rows_of_trades(chain: Chain, table: type[Table], trade_ids: pl.Series, before: dt.date) -> pl.DataFrame:
    """Rows of some trades on days before one."""
    first = chain.due.first_day
    if trade_ids.is_empty() or first is None or before <= first:
        return table.frame()
    days = chain.ledger.days_of_keys([key_digest("trade", trade_id) for trade_id in trade_ids.unique()])
    earlier = sorted(dt.date.fromordinal(day) for day in days if day < before.toordinal())
    read = [table.frame(), *(chain.lake.read(table, day, day) for day in earlier)]
    return pl.concat([rows.filter(pl.col("trade_id").is_in(trade_ids.implode())) for rows in read])
