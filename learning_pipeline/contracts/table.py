"""A table is one class: name, grain, key, columns with units, checks."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

import pandera.errors
import pandera.polars as pa
import polars as pl
import polars.selectors as cs

from learning_pipeline.contracts.sound import Sound, repeats
from learning_pipeline.errors import ContractBroken

_DIGEST_ROWS = 2**20


class Table(pa.DataFrameModel):
    """Base of all tables: partitioned by UTC day, strict, nothing coerced, floats finite.

    The docstring of a subclass starts with its grain ("One row per ..."); ``class T(Table, key=(...))`` names the
    columns that identify a row. ``newest=(id, order)`` says that rows are revised: of those with one ``id``, the rows
    with the largest ``order`` count.
    """

    _key: ClassVar[tuple[str, ...]] = ()
    _newest: ClassVar[tuple[str, str] | None] = None

    day: pl.Date = pa.Field(description="UTC day: the partition of the lake")

    class Config:
        strict = True
        coerce = False

    def __init_subclass__(cls, key: tuple[str, ...] = (), newest: tuple[str, str] | None = None, **kwargs: Any) -> None:
        """Keep the key beside pandera's fields (a public attribute would be taken for a column)."""
        super().__init_subclass__(**kwargs)
        cls._key, cls._newest = key or cls._key, newest

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """Columns that identify a row, in sort order."""
        return cls._key

    @classmethod
    def revised(cls) -> tuple[str, str] | None:
        """The identity and the order of revisions; None where a row never changes."""
        return cls._newest

    @classmethod
    def newest(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows that count: of each identity those of its last revision in the frame."""
        if cls._newest is None:
            return frame
        identity, order = cls._newest
        return frame.filter(pl.col(order) == pl.col(order).max().over(identity))

    @classmethod
    def room(cls) -> str:
        """Name of the room that writes the table: its package under ``learning_pipeline``."""
        return cls.__module__.split(".")[:2][-1]

    @classmethod
    def table(cls) -> str:
        """Name of the table inside its room: the class name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def address(cls) -> str:
        """``room.table``: the name in the lake and in DuckDB."""
        return f"{cls.room()}.{cls.table()}"

    @classmethod
    def grain(cls) -> str:
        """First line of the docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def dtypes(cls) -> dict[str, pl.DataType]:
        """Polars type of each column, in the contract's order (``day`` first)."""
        return dict(_dtypes(cls))

    @classmethod
    def columns_described(cls) -> dict[str, tuple[pl.DataType, bool, str]]:
        """Type, nullability and description of each column."""
        columns = cls.to_schema().columns.items()
        return {name: (c.dtype.type, c.nullable, c.description or "") for name, c in columns}

    @classmethod
    def frame(cls, rows: Any = None) -> pl.DataFrame:
        """A frame of the contract's columns from rows or columns; what is missing is null; empty by default."""
        dtypes = _dtypes(cls)
        if not rows:
            return _empty(cls).clone()
        if not isinstance(rows, dict):
            return pl.DataFrame(rows, schema=dtypes)
        given = pl.DataFrame(rows, schema_overrides={name: dtypes[name] for name in rows if name in dtypes})
        return _in_order(pl.concat([_empty(cls), given], how="diagonal"), dtypes)

    @classmethod
    def checked(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in the contract's column order, sorted by key, after every check of the contract.

        Raises
        ------
        ContractBroken
            With the table, the check and the first cases, where a column, type, null, value or key is not as declared.
        TypeError
            For a LazyFrame: pandera checks no values there.
        """
        keyed = cls.ordered(frame)
        if not _sound(cls).holds_for(keyed):
            cls.explain(keyed)
        return keyed

    @classmethod
    def explain(cls, keyed: pl.DataFrame) -> None:
        """Raise for the first breach of the contract in a frame that is ordered: pandera names it, slowly."""
        try:
            cls.to_schema().validate(keyed, lazy=True)
        except pandera.errors.SchemaErrors as e:
            raise ContractBroken(f"{cls.address()}: {_first_failures(e)}") from e
        not_finite = keyed.select(cs.float().is_finite().all())
        _refuse(cls, {c.name for c in not_finite if not c.item()}, "not finite in")
        _refuse(cls, _repeated(keyed, cls._key), f"more than one row per {cls._key}:")

    @classmethod
    def ordered(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in the contract's column order, sorted by key, after a check of columns and types only.

        Raises
        ------
        ContractBroken
            A column is missing, not in the contract, or of another type.
        """
        if not isinstance(frame, pl.DataFrame):
            raise TypeError(f"{cls.address()}: expected a DataFrame, was {type(frame).__name__}")
        dtypes = _dtypes(cls)
        given = dict(zip(frame.columns, frame.dtypes, strict=True))
        if given != dtypes:
            _refuse(cls, given.keys() ^ dtypes.keys(), "columns missing or not in the contract")
            _refuse(cls, {f"{n} ({given[n]})" for n in dtypes if given[n] != dtypes[n]}, "of another type:")
        return _in_order(frame, dtypes).sort(*cls._key)


def content_sha256(frame: pl.DataFrame) -> str:
    """SHA-256 of a frame's content; equal frames give equal digests, however they were made.

    Taken of the Parquet encoding: it holds values only, where Arrow's buffers also keep chunks, masks without a null,
    and what stood under a null or beside a filtered text.
    """
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="uncompressed", statistics=False, row_group_size=_DIGEST_ROWS)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


@cache
def _dtypes(table: type[Table]) -> dict[str, pl.DataType]:
    return {name: column.dtype.type for name, column in table.to_schema().columns.items()}


@cache
def _empty(table: type[Table]) -> pl.DataFrame:
    return pl.DataFrame(schema=_dtypes(table))


@cache
def _sound(table: type[Table]) -> Sound:
    return Sound.of(table.to_schema(), table.key())


def _in_order(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Those columns alone, in that order; a frame that has them so is left as it is."""
    return frame if frame.columns == list(names) else frame.select(*names)


def _refuse(table: type[Table], found: set[str], what: str) -> None:
    if found:
        raise ContractBroken(f"{table.address()}: {what} {', '.join(sorted(found)[:5])}")


def _repeated(keyed: pl.DataFrame, key: tuple[str, ...]) -> set[str]:
    again = keyed.filter(repeats(key)).select(*key).head(3)
    return {str(row) for row in again.iter_rows()}


def _first_failures(e: pandera.errors.SchemaErrors) -> str:
    cases = e.failure_cases.select("column", "check", "failure_case").unique(maintain_order=True).head(3)
    return "; ".join(f"{column}: {check} (found {found})" for column, check, found in cases.iter_rows())
