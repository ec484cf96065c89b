"""The truth: one Delta table per contract, partitioned by UTC day, replaced by ranges of days in one commit."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from pathlib import Path
from typing import NamedTuple

import polars as pl
from deltalake import ColumnProperties, DeltaTable, Schema, WriterProperties
from deltalake.exceptions import CommitFailedError

from learning_pipeline.contracts import Table, day_span
from learning_pipeline.errors import ContractBroken, StoreBusy
from learning_pipeline.stores.opened import current, keep
from learning_pipeline.stores.recent import Recent

MAX_TRIES, FIRST_PAUSE_SECONDS = 10, 0.01
RECENT_BYTES = 256 * 2**20
"""Frames kept in memory: the tables of a small bot are read once a run, those of a large one as before."""
DICTIONARY_ROWS = 10_000
"""From so many rows a day on, a dictionary per column pays."""
LOG_RETENTION = {"delta.logRetentionDuration": "interval 400 days"}


class Replaced(NamedTuple):
    """What a write did: version of the table (None: it does not exist, for want of rows), whether a commit was made."""

    version: int | None
    changed: bool


class _Listed(NamedTuple):
    """The files of a version of a table, and its days in their order."""

    content: Hashable
    files: pl.DataFrame
    days: list[dt.date]


class Lake:
    """Reads and replaces ranges of days of tables.

    Parameters
    ----------
    root : path or str
        Folder, or an object store address such as ``s3://bucket/lake``.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = str(root)
        self._recent = Recent(RECENT_BYTES)
        self._listings: dict[type[Table], _Listed] = {}

    def uri(self, table: type[Table]) -> str:
        """Address of a table."""
        return f"{self.root}/{table.room()}/{table.table()}"

    def read(self, table: type[Table], first: dt.date | None = None, last: dt.date | None = None) -> pl.DataFrame:
        """Rows of the days first to last (both included; None: no bound), checked and sorted by key.

        An absent table is an empty one. What this process has read or written is not read from files again.
        """
        delta = self._open(table)
        days = None if delta is None else _days_there(self._listed(delta, table).days, first, last)
        if delta is None or days is None:
            return table.frame()
        return self._recent.get(_content(delta, table), *days, lambda: table.checked(_rows(delta, table, *days)))

    def replace(self, table: type[Table], frame: pl.DataFrame, first: dt.date, last: dt.date) -> Replaced:
        """Make the frame the whole content of the days first to last, in one commit, or in none if it already is.

        Raises
        ------
        ContractBroken
            The frame breaks its contract, or has rows outside the range. Nothing is written.
        StoreBusy
            Other writers won every try.
        """
        checked = table.checked(frame)
        written = day_span(checked["day"])
        if written and (written[0] < first or written[1] > last):
            outside = checked.filter(~pl.col("day").is_between(first, last))["day"].unique().to_list()[:3]
            raise ContractBroken(f"{table.address()}: rows outside {first}..{last}: {outside}")
        for n in range(MAX_TRIES):
            try:
                return self._replace_once(table, checked, first, last)
            except CommitFailedError:  # another process committed first: read again, write again
                time.sleep(FIRST_PAUSE_SECONDS * 2**n)  # one that writes on and on would else win each time
        raise StoreBusy(f"{table.address()}: {MAX_TRIES} tries lost against other writers; run again")

    def files_by_day(self, table: type[Table]) -> dict[dt.date, str]:
        """Fingerprint of the files of each day; it changes whenever the day's rows do."""
        delta = self._open(table)
        if delta is None:
            return {}
        listed = self._listed(delta, table)
        named: dict[dt.date, list[str]] = {day: [] for day in listed.days}
        for day, path in zip(listed.files["day"], listed.files["path"], strict=True):
            named[day].append(path)
        return {day: hashlib.sha256("|".join(sorted(paths)).encode()).hexdigest() for day, paths in named.items()}

    def n_bytes(self, table: type[Table]) -> int:
        """Size of the files that the newest version of a table consists of."""
        delta = self._open(table)
        return 0 if delta is None else int(self._listed(delta, table).files["size_bytes"].sum())

    def n_rows(self, table: type[Table]) -> int:
        """Rows of a table, by the statistics of its files: no row is read. 0 where there is no table."""
        delta = self._open(table)
        return 0 if delta is None else int(self._listed(delta, table).files["num_records"].sum())

    def version(self, table: type[Table]) -> int | None:
        """Version of a table; None where it does not exist yet."""
        delta = self._open(table)
        return None if delta is None else delta.version()

    def _open(self, table: type[Table]) -> DeltaTable | None:
        return current(self.uri(table))

    def _replace_once(self, table: type[Table], checked: pl.DataFrame, first: dt.date, last: dt.date) -> Replaced:
        there = self._open(table)
        if there is None and checked.is_empty():
            return Replaced(None, changed=False)
        delta = there or self._created(table)
        if there and _rows(delta, table, first, last).sort(*table.key()).equals(checked):
            return Replaced(delta.version(), changed=False)
        predicate = f"day >= '{first}' AND day <= '{last}'"
        how = {"schema_mode": "merge", "writer_properties": _encoding(checked)}
        checked.write_delta(delta, mode="overwrite", delta_write_options={"predicate": predicate, **how})
        keep(self.uri(table), delta)
        if written := day_span(checked["day"]):
            self._recent.keep(_content(delta, table), *written, checked)
        return Replaced(delta.version(), changed=True)

    def _created(self, table: type[Table]) -> DeltaTable:
        if "://" not in self.root:
            Path(self.uri(table)).parent.mkdir(parents=True, exist_ok=True)
        return DeltaTable.create(
            self.uri(table),
            Schema.from_arrow(table.frame().to_arrow().schema),
            mode="ignore",
            partition_by=["day"],
            description=table.grain(),
            configuration=LOG_RETENTION,
        )

    def _listed(self, delta: DeltaTable, table: type[Table]) -> _Listed:
        """The files of a version; every reader of a table asks for them, so the last ones are at hand."""
        content, known = _content(delta, table), self._listings.get(table)
        if known is None or known.content != content:
            actions = pl.DataFrame(delta.get_add_actions(flatten=True))
            files = actions.with_columns(day=pl.col("partition.day").cast(pl.Date))
            known = self._listings[table] = _Listed(content, files, files["day"].unique().sort().to_list())
        return known


def _encoding(checked: pl.DataFrame) -> WriterProperties:
    """How the files of some days are written; dictionaries make small ones slower and larger."""
    is_large = checked.height > DICTIONARY_ROWS * checked["day"].n_unique()
    return WriterProperties(
        compression="SNAPPY", default_column_properties=ColumnProperties(dictionary_enabled=is_large)
    )


def _content(delta: DeltaTable, table: type[Table]) -> tuple[Hashable, ...]:
    """What the rows of a day are determined by: the contract is one of them, since columns are added to it."""
    return table, delta.metadata().id, delta.version()


def _days_there(days: list[dt.date], first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date] | None:
    """First and last of the days from first to last that have rows; None where none has."""
    begin = 0 if first is None else bisect_left(days, first)
    end = len(days) if last is None else bisect_right(days, last)
    return (days[begin], days[end - 1]) if begin < end else None


def _rows(delta: DeltaTable, table: type[Table], first: dt.date, last: dt.date) -> pl.DataFrame:
    """Rows of a range in the contract's columns; a column added to the contract since is null in older files."""
    scan = pl.scan_delta(delta).filter(pl.col("day").is_between(first, last))
    there = scan.collect_schema().names()
    columns = [
        pl.col(name) if name in there else pl.lit(None, dtype).alias(name) for name, dtype in table.dtypes().items()
    ]
    return scan.select(columns).collect()
