"""What is asked of the bars: the versions of decisions as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from learning_pipeline.contracts import timeframe_us
from learning_pipeline.shadow.settings import CENTURY_US, ShadowSettings


@dataclass(frozen=True)
class Asked:
    """One element per version; instants and lengths are microseconds, unknown prices NaN, an unknown ``ttl_bars`` 0.

    ``reach`` is the oldest instant looked at, ``bar`` the length of a bar of the timeframe, ``nominal_end`` the ttl's
    end by the clock (for ``ttl_bars`` that many lengths of the timeframe after the decision), ``side`` +1 for long and
    -1 for short.
    """

    decided_at: np.ndarray
    open_from: np.ndarray
    reach: np.ndarray
    nominal_end: np.ndarray
    timeframe: np.ndarray
    bar: np.ndarray
    ttl_bars: np.ndarray
    side: np.ndarray
    entry: np.ndarray
    stop: np.ndarray
    target: np.ndarray
    research: np.ndarray

    def __len__(self) -> int:
        """Number of versions."""
        return self.decided_at.size

    def take(self, rows: np.ndarray) -> Asked:
        """Only these rows, in this order."""
        return Asked(*(getattr(self, field.name)[rows] for field in fields(self)))


def asked(versions: pl.DataFrame, settings: ShadowSettings) -> Asked:
    """The versions as arrays, row for row, with the settings' ttl where a signal names none."""
    decided = pl.col("decided_at").to_physical()
    frame = versions.select(
        decided_at=decided,
        open_from=pl.col("open_from").to_physical(),
        reach=decided - settings.reach_us(pl.col("timeframe")),
        nominal_end=decided + _life(settings),
        timeframe=pl.col("timeframe"),
        bar=_bar(),
        ttl_bars=pl.col("ttl_bars").fill_null(0),
        side=pl.when(pl.col("side") == "long").then(1.0).otherwise(-1.0),
        entry=pl.col("entry_price").fill_null(float("nan")),
        stop=pl.col("stop_price").fill_null(float("nan")),
        target=pl.col("target_price").fill_null(float("nan")),
        research=pl.col("book") == "research",
    )
    arrays = {column.name: column.to_numpy() for column in frame}
    return Asked(**{**arrays, "timeframe": arrays["timeframe"].astype("U8")})


def _life(settings: ShadowSettings) -> pl.Expr:
    """Length of the ttl by the clock, microseconds."""
    minutes = pl.col("ttl_minutes").fill_null(settings.ttl_minutes) * 60_000_000
    by_clock = minutes.round().clip(1, CENTURY_US).cast(pl.Int64)
    by_bars = _bar() * pl.min_horizontal("ttl_bars", pl.lit(CENTURY_US) // _bar())
    return pl.when(pl.col("ttl_bars").is_not_null()).then(by_bars).otherwise(by_clock)


def _bar() -> pl.Expr:
    """Length of one bar of the timeframe, microseconds."""
    return timeframe_us(pl.col("timeframe")).clip(upper_bound=CENTURY_US)
