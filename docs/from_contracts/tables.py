"""Every table: grain, key and columns, read off its pandera class."""

import importlib
import re

import polars as pl

from from_contracts.markdown import code, for_readers, plain, section, table
from learning_pipeline.contracts import Table
from learning_pipeline.defs.catalog import TABLES, VIEWS

UNITS = {
    r"_usd$": "quote money",
    r"_bps$": "basis points",
    r"(^|_)r$": "multiples of R",
    r"_seconds$": "seconds",
    r"_minutes$": "minutes",
    r"_hours$": "hours",
    r"_days$": "days",
    r"_pct$": "percent points",
    r"_bars$": "bars",
    r"(_|^)roi$|_share$|_rate$": "fraction of 1",
    r"(^|_)n($|_)": "count",
}
WORDS = {pl.String: "text", pl.Float64: "float", pl.Int64: "integer", pl.Boolean: "true or false", pl.Date: "day"}
ROOMS = sorted({each.room() for each in TABLES})


def sections(room: str) -> str:
    """A section for each table of a room."""
    return "".join(_section(each) for each in TABLES if each.room() == room)


def purpose(room: str) -> str:
    """What the room is for, in one line."""
    return plain(_page(room).partition("\n")[0])


def page_of_room(room: str) -> str:
    """The room's tables, then how they come about: the docstring of its package."""
    rest = _page(room).partition("\n")[2].strip()
    inner = re.sub(r"^(.+)\n-{3,}$", r".. rubric:: \1\n", rest, flags=re.MULTILINE)
    how = f"## How they come about\n\n````{{eval-rst}}\n.. highlight:: none\n\n{inner}\n````\n"
    return f"{sections(room)}\n{how if inner else ''}"


def index_of_rooms() -> str:
    """Every table with its grain, by room."""
    return "\n".join(
        f"## {room}\n\n" + table(["table", "one row per"], [_line(each) for each in TABLES if each.room() == room])
        for room in ROOMS
    )


def unit(name: str, dtype: pl.DataType) -> str:
    """The unit that a column's name says; empty where it says none."""
    if isinstance(dtype, pl.Datetime):
        return "UTC"
    if dtype in (pl.String, pl.Boolean):
        return ""
    return next((words for pattern, words in UNITS.items() if re.search(pattern, name)), "")


def type_words(dtype: pl.DataType) -> str:
    """A column's type in plain words."""
    if isinstance(dtype, pl.List):
        return f"list of {type_words(dtype.inner)}"
    return "instant" if isinstance(dtype, pl.Datetime) else WORDS[dtype.base_type()]


def _page(room: str) -> str:
    return for_readers(importlib.import_module(f"learning_pipeline.{room}").__doc__ or "")


def _line(each: type[Table]) -> list[str]:
    return [code(each.address()), plain(each.grain().removeprefix("One row per "))]


def _section(each: type[Table]) -> str:
    first, _, rest = (each.__doc__ or "").strip().partition("\n")
    key = "Key: " + ", ".join(code(name) for name in each.key()) + "."
    shown = "In `warehouse.duckdb` it is shown otherwise than in the lake: as it stands now."
    rows = [_row(name, *facts) for name, facts in each.columns_described().items()]
    return section(
        each.address(),
        each.address(),
        f"**{plain(first)}**",
        " ".join(plain(line) for line in rest.split("\n")).strip(),
        f"{key} {shown}" if each.address() in VIEWS else key,
        ":::{container} columns\n" + table(["column", "type", "unit", "null", "what"], rows) + ":::",
    )


def _row(name: str, dtype: pl.DataType, nullable: bool, words: str) -> list[str]:
    return [code(name), type_words(dtype), unit(name, dtype), "may be" if nullable else "never", plain(words)]
