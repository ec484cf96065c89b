"""From a table class to Dagster: asset key, description, column docs, inputs, what a materialisation says of itself."""

import datetime as dt
import inspect
import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

import dagster as dg
import polars as pl
from polars._typing import PolarsDataType

from learning_pipeline.contracts import Table, content_sha256
from learning_pipeline.defs.pictures import picture
from learning_pipeline.reports import Drawing

OWNERS = ["team:learning-pipeline"]
PREVIEW_ROWS = 5
WIDEST = 12
"""Columns of a preview that stand side by side."""


class Replacement(NamedTuple):
    """Rows that replace a range of days other than the run's; no range: nothing to replace."""

    frame: pl.DataFrame
    first: Any = None
    last: Any = None


def asset_key(table: type[Table]) -> dg.AssetKey:
    """``[room, table]``."""
    return dg.AssetKey([table.room(), table.table()])


def spec_of(table: type[Table]) -> dict[str, Any]:
    """What the UI shows of a table, read off its class."""
    return {
        "description": inspect.cleandoc(table.__doc__ or ""),
        "group_name": table.room(),
        "kinds": {"polars", "deltalake"},
        "owners": OWNERS,
        "metadata": {"dagster/column_schema": column_schema(table)},
    }


def writes(table: type[Table]) -> dict[str, Any]:
    """Arguments of an ``@asset`` that writes one table."""
    return {"key": asset_key(table), **spec_of(table)}


def out(table: type[Table]) -> dg.AssetOut:
    """An output of a ``@multi_asset``."""
    return dg.AssetOut(key=asset_key(table), **spec_of(table))


def reads(table: type[Table], days_back: int | str = 0, and_days: int = 0) -> dg.AssetIn:
    """An input: the rows of the run's days and of ``days_back`` and ``and_days`` days before them.

    ``days_back`` may name a setting (``room.key``); its largest value is taken.
    """
    return dg.AssetIn(key=asset_key(table), metadata={"days_back": days_back, "and_days": and_days})


def column_schema(table: type[Table]) -> dg.TableSchema:
    """Columns with type, nullability, whether they are of the key, and description."""
    key = table.key()
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name,
                type_in_words(dtype),
                description,
                dg.TableColumnConstraints(nullable=nullable, other=["key"] if name in key else []),
            )
            for name, (dtype, nullable, description) in table.columns_described().items()
        ]
    )


def type_in_words(dtype: PolarsDataType) -> str:
    """A type as short as a column of the UI; Polars' own word where that is short.

    >>> type_in_words(pl.Datetime("us", "UTC")), type_in_words(pl.List(pl.String())), type_in_words(pl.Float64())
    ('Datetime UTC', 'List of String', 'Float64')
    """
    if isinstance(dtype, pl.Datetime):
        return f"Datetime {dtype.time_zone}"
    return f"List of {type_in_words(dtype.inner)}" if isinstance(dtype, pl.List) else str(dtype)


def materialised(
    table: type[Table],
    frame: pl.DataFrame | Replacement,
    *,
    alone: bool = False,
    shown: pl.DataFrame | None = None,
    drawing: Drawing | None = None,
    **metadata: Any,
) -> dg.Output[Any]:
    """An output that carries its rows (checked when they are written), digest as data version, picture, preview, count.

    The UI shows what is said in this order: what a person wants to see comes first.

    ``alone``: of an ``@asset``, which has one output only. ``shown``: previewed instead of the newest rows.
    ``drawing``: a picture of what is worth a look.
    """
    replacement = frame if isinstance(frame, Replacement) else None
    rows = table.ordered(replacement.frame if replacement else frame)  # type: ignore[arg-type]  # a frame where no Replacement
    digest = content_sha256(rows)
    said = {
        **picture(drawing),
        "preview": preview(_newest(rows) if shown is None else shown),
        **metadata,
        "n_rows_of_the_run": rows.height,  # not dagster/row_count: that is of the table, and a run holds its own days
    }
    value = replacement._replace(frame=rows) if replacement else rows
    name = "result" if alone else table.table()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # data versions have been in beta since 2022
        return dg.Output(value, output_name=name, metadata=said, data_version=dg.DataVersion(digest))


def preview(rows: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """Rows as a small table; of many columns each is a line, for the window that it is shown in is narrow."""
    shown = rows.drop("day", strict=False)
    if shown.is_empty():
        return dg.MetadataValue.md("no rows")
    if shown.width <= WIDEST:
        return _table(shown.columns, shown.iter_rows())
    columns = shown.head(PREVIEW_ROWS)
    return _table(["column", *[""] * columns.height], ([each.name, *each] for each in columns))


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> dg.MarkdownMetadataValue:
    names = list(head)
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join([f"| {' | '.join(names)} |", f"|{'---|' * len(names)}", *lines]))


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the newest days, of any key; the last key alone may be a market that ended long ago."""
    return rows.sort("day", maintain_order=True).tail(PREVIEW_ROWS)


def _cell(value: Any) -> str:
    return _word(value).replace("|", "\\|").replace("\n", " ")[:60]


def _word(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)
