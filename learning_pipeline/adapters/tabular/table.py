"""A foreign table: CSV or Parquet, and how its columns are called in our words."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from learning_pipeline.errors import BadInput

ENDINGS = {".csv", ".tsv", ".txt", ".parquet"}
_SEPARATORS = [";", "\t", "|", ","]
_FIRST_BYTES = 65_536


class Table(NamedTuple):
    """Rows of a file. separator, decimal_comma : how a CSV is written; None and False for Parquet.

    Values of a CSV are text, those of Parquet as they are.
    """

    path: Path
    frame: pl.DataFrame
    separator: str | None
    decimal_comma: bool


def table_of(path: Path) -> Table:
    """Read a file.

    The separator is the first of ``; tab | ,`` that is in the header line: a semicolon, tab or bar hardly ever stands
    in a column's name, a comma may. Numbers have decimal commas where commas part no columns and stand between digits
    somewhere. A byte order mark, CRLF and quotes are understood.

    Raises
    ------
    BadInput
        The file is damaged, or not UTF-8.
    """
    try:
        if path.suffix == ".parquet":
            return Table(path, pl.read_parquet(path), None, decimal_comma=False)
        separator = _separator(path)
        frame = pl.read_csv(path, separator=separator, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, ValueError) as e:
        words = str(e).partition("\n")[0][:120]
        raise BadInput(
            f"{path}: expected a CSV in UTF-8 or a Parquet file, found one that cannot be read: {words}"
        ) from e
    return Table(path, frame, separator, separator != "," and _has_decimal_commas(frame))


def named(
    table: Table, columns: Mapping[str, str], required: Collection[str], optional: Collection[str]
) -> dict[str, str]:
    """Our name -> column of the file: as mapped, else of the same name.

    Raises
    ------
    BadInput
        A name that is not ours is mapped, a column is not in the file, or a required one is missing: with those that
        are there, and the nearest.
    """
    there = table.frame.columns
    ours = [*required, *optional]
    _require_known(columns, ours)
    absent = {our: their for our, their in columns.items() if their not in there}
    if absent:
        our, their = next(iter(absent.items()))
        raise BadInput(
            f"{table.path}: {our} is mapped to {their!r}, which is no column of it{_hint(their, there)}{_all(there)}"
        )
    found = {our: columns.get(our, our) for our in ours if our in columns or our in there}
    missing = [our for our in required if our not in found]
    if missing:
        hints = ", ".join(f"{our}{_hint(our, there)}" for our in missing)
        raise BadInput(f"{table.path}: missing: {hints}{_all(there)}; map each, such as --map {missing[0]}=COLUMN")
    return found


def _separator(path: Path) -> str:
    with path.open("rb") as file:
        header = file.read(_FIRST_BYTES).partition(b"\n")[0].decode("utf-8-sig")
    return next((separator for separator in _SEPARATORS if separator in header), ",")


def _has_decimal_commas(frame: pl.DataFrame) -> bool:
    written = pl.all().str.contains(r"^\s*[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+\s*$").any()
    return frame.height > 0 and any(frame.select(written).row(0))


def _require_known(columns: Mapping[str, str], ours: list[str]) -> None:
    unknown = [our for our in columns if our not in ours]
    if unknown:
        raise BadInput(f"{unknown[0]!r} is no name of ours{_hint(unknown[0], ours)}; there are: {', '.join(ours)}")


def _hint(name: str, among: list[str]) -> str:
    lowered = {other.lower(): other for other in among}
    near = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.5)
    return f" (nearest: {', '.join(lowered[other] for other in near)})" if near else ""


def _all(there: list[str]) -> str:
    return f"; its columns: {', '.join(there)}"
