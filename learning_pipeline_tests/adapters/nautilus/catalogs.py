"""Bars as a ParquetDataCatalog of NautilusTrader holds them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from learning_pipeline_tests.adapters.nautilus.exports import ns


def fixed(prices: Sequence[str], digits: int, width: int) -> pa.Array:
    """Prices as a catalog holds them: so many bytes, little-endian, times 10^digits."""
    raw = [int(Decimal(price).scaleb(digits)).to_bytes(width, "little", signed=True) for price in prices]
    return pa.array(raw, pa.binary(width))


def write_bars(
    catalog: Path,
    bar_type: str,
    closes: Sequence[str],
    first_close_minute: float = 1,
    minutes: float = 1,
    width: int = 16,
) -> Path:
    """A file of bars whose four prices are the same; ``ts_event`` is the close."""
    digits = {8: 9, 16: 16}[width]
    column = fixed(closes, digits, width)
    times = pa.array(np.array([ns(first_close_minute + k * minutes) for k in range(len(closes))], dtype=np.uint64))
    names = ["open", "high", "low", "close", "volume", "ts_event", "ts_init"]
    metadata = {"bar_type": bar_type, "instrument_id": bar_type.rsplit("-", 4)[0], "price_precision": "1"}
    table = pa.table(dict(zip(names, [column] * 5 + [times] * 2, strict=True))).replace_schema_metadata(metadata)
    folder = catalog / "data" / "bar" / bar_type.replace("/", "")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{ns(first_close_minute)}_{width}.parquet"
    pq.write_table(table, path)
    return path
