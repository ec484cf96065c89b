"""A table of prices for the stores' tests, and Python processes that can be killed."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table, Texts

ROOT = Path(__file__).parents[2]
MONDAY = dt.date(2024, 3, 4)
FORKS = """
import json, os, sys
imports, code, runs, codes = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), []
exec(imports)
for arguments in runs:
    child = os.fork()
    if not child:
        sys.argv[1:] = arguments
        exec(code)
        os._exit(0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(*codes)
"""


class Prices(Table, key=("day", "symbol")):
    """One row per day and symbol: what it cost."""

    symbol: pl.String = pa.Field(description="market")
    price: pl.Float64 = pa.Field(gt=0, description="price, USD")


def day(n: int) -> dt.date:
    """The n-th day after the Monday."""
    return MONDAY + dt.timedelta(days=n)


def prices(n_days: int, price: float = 1.0, first: int = 0, symbols: str = "ab") -> pl.DataFrame:
    """A row per day and symbol at one price."""
    rows = [{"day": day(first + n), "symbol": s, "price": price} for n in range(n_days) for s in symbols]
    return Prices.frame(rows)


def grown(table: type[Table], name: str, kind: Any) -> type[Table]:
    """A later version of a table, under the same name, with one more nullable column."""
    body = {"__annotations__": {name: kind}, name: pa.Field(nullable=True), "__module__": table.__module__}
    return type(table.__name__, (table,), {**body, "__doc__": table.__doc__}, key=table.key())


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs code of ours; use it in a ``with``."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(command, cwd=ROOT, text=True, **pipes)


def said(process: subprocess.Popen[str]) -> str:
    """What a process printed, once it has ended well."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def exit_codes(imports: str, code: str, runs: Iterable[Iterable[object]]) -> list[int]:
    """How code ended with each list of arguments, in a process of its own; what it imports is imported once."""
    with python(FORKS, imports, code, json.dumps([[str(each) for each in run] for run in runs])) as process:
        return [int(each) for each in said(process).splitlines()[-1].split()]


__all__ = ["MONDAY", "ROOT", "Instant", "Prices", "Texts", "day", "exit_codes", "grown", "prices", "python", "said"]
