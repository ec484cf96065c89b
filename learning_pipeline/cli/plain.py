"""Values of DuckDB as JSON and CSV hold them."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A value that JSON can hold: times in ISO 8601, decimals as numbers, bytes in hexadecimal; null where not finite.

    >>> plain([Decimal("1.50"), float("nan"), {1: dt.date(2024, 1, 31)}])
    [1.5, None, {'1': '2024-01-31'}]
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return _plain_word(value)


def write_json(value: Any) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Print rows as CSV; lists and structs as JSON, null as nothing."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)


def records(columns: list[str], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Rows as objects; of columns with one name each keeps its value, the later ones numbered.

    >>> records(["a", "a"], [(1, 2)])
    [{'a': 1, 'a_2': 2}]
    """
    names: list[str] = []
    for name in columns:
        n = sum(name == other for other in columns[: len(names)]) + 1
        names.append(name if n == 1 else f"{name}_{n}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain_word(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat().replace("+00:00", "Z")
    return value.hex() if isinstance(value, bytes) else str(value)


def _csv_cell(value: Any) -> Any:
    kept = plain(value)
    return json.dumps(kept, ensure_ascii=False) if isinstance(kept, list | dict | bool) else kept
