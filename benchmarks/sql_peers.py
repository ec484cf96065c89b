"""The same question as a range join: DuckDB and Polars, their tables made before the clock starts.

Bars are numbered through all symbols, so that the join is one range and both can use their fast join for it.
"""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from benchmarks.paths import Paths

RANGE_JOIN = """
    SELECT d.id, min(b.bar) AS bar,
           arg_min(CASE WHEN CASE WHEN d.long THEN b.low <= d.floor ELSE b.high >= d.ceiling END THEN -1 ELSE 1 END,
                   b.bar) AS label
    FROM decisions d JOIN bars b
      ON b.bar >= d.first AND b.bar < d."end"
    WHERE b.low <= d.floor OR b.high >= d.ceiling
    GROUP BY d.id
"""


class DuckDB:
    """Exits by one query over tables of its own."""

    def __init__(self, world: list[Paths]) -> None:
        self._world, self._connection = world, duckdb.connect()
        for name, frame in (("bars", _bars(world)), ("decisions", _decisions(world))):
            self._connection.register("incoming", frame.to_arrow())
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
            self._connection.unregister("incoming")

    def exits(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Exit bar and label, per symbol."""
        touched = self._connection.execute(RANGE_JOIN).fetchnumpy()
        return _per_symbol(self._world, touched["id"], touched["bar"], touched["label"])


class Polars:
    """Exits by ``join_where``."""

    def __init__(self, world: list[Paths]) -> None:
        self._world, self._bars, self._decisions = world, _bars(world).lazy(), _decisions(world).lazy()

    def exits(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Exit bar and label, per symbol."""
        at_floor, at_ceiling = pl.col("low") <= pl.col("floor"), pl.col("high") >= pl.col("ceiling")
        used = (pl.col("bar") >= pl.col("first"), pl.col("bar") < pl.col("end"))
        pairs = self._decisions.join_where(self._bars, *used)
        stopped = pl.when("long").then(at_floor).otherwise(at_ceiling)
        label = pl.when(stopped).then(-1).otherwise(1)
        touched = pairs.filter(at_floor | at_ceiling).select("id", "bar", label=label)
        first = touched.group_by("id").agg(pl.col("bar").min(), pl.col("label").get(pl.col("bar").arg_min()))
        found = first.collect()
        return _per_symbol(self._world, *(found[name].to_numpy() for name in ("id", "bar", "label")))


def _bars(world: list[Paths]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: np.concatenate([getattr(p, name) for p in world]) for name in ("high", "low")}
    ).with_columns(bar=pl.int_range(pl.len()))


def _decisions(world: list[Paths]) -> pl.DataFrame:
    channels = (np.concatenate(levels) for levels in zip(*(p.channel() for p in world), strict=True))
    columns = dict(zip(("floor", "ceiling"), channels, strict=True), long=np.concatenate([p.long for p in world]))
    first = np.concatenate([p.first + origin for p, origin in zip(world, _origins(world), strict=True)])
    return pl.DataFrame({**columns, "first": first, "end": first + world[0].ttl}).with_row_index("id")


def _origins(world: list[Paths]) -> np.ndarray:
    """Number of each symbol's first bar."""
    return np.arange(len(world)) * world[0].high.size


def _per_symbol(
    world: list[Paths], rows: np.ndarray, touched: np.ndarray, words: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    n = [p.first.size for p in world]
    bar, origin = np.concatenate([p.first + p.ttl - 1 for p in world]), np.repeat(_origins(world), n)
    label = np.zeros(bar.size, np.int64)
    bar[rows], label[rows] = touched - origin[rows], words
    borders = np.cumsum(n)[:-1]
    return list(zip(np.split(bar, borders), np.split(label, borders), strict=True))
