"""Words and tables for a terminal: nothing that stands in the data can style, move or end a line."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

ERRORS = Console(stderr=True)
LONGEST_WHOLE_WORD = 24
"""Longer words are folded in a table; shorter ones must fit."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
GAP = "   "
"""Between two columns."""
Side = Literal["left", "right"]


def say(words: str) -> None:
    """One line to stderr; the terminal wraps it, not we."""
    ERRORS.print(Text(CONTROL.sub("\ufffd", words)), soft_wrap=True)


def tell(words: str) -> None:
    """One line to stdout."""
    Console().print(Text(CONTROL.sub("\ufffd", words)), soft_wrap=True)


def new_table(title: str | None = None) -> RichTable:
    """An empty table in the style of all tables here."""
    heading = Text(title, style="bold") if title else None
    return RichTable(
        title=heading, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False
    )


def print_table(columns: list[str], rows: list[tuple[Any, ...]], title: str | None = None) -> None:
    """Rows as a table, numbers right-aligned; as records, one below the other, where the terminal is too narrow."""
    console = Console()
    cells = [[shown(value) for value in row] for row in rows]
    if _least_width(columns, cells) <= console.width or not rows:
        _print_grid(console, columns, rows, cells, title)
    else:
        _print_records(console, columns, cells, title)
    sys.stdout.flush()


def shortest(path: Path) -> str:
    """A path as a person would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def shown(value: Any) -> str:
    """A value as a person reads it; nothing for null; control characters replaced."""
    if value is None:
        return ""
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return CONTROL.sub("\ufffd", text)


def _least_width(columns: list[str], cells: list[list[str]]) -> int:
    """Width at which no word of up to LONGEST_WHOLE_WORD is broken."""
    longest = [
        max((min(cell_len(word), LONGEST_WHOLE_WORD) for text in texts for word in text.split()), default=1)
        for texts in zip(columns, *cells, strict=True)
    ]
    return sum(longest) + len(GAP) * (len(columns) - 1)


def _print_grid(
    console: Console, columns: list[str], rows: list[tuple[Any, ...]], cells: list[list[str]], title: str | None
) -> None:
    sides = [_side(values) for values in zip(*rows, strict=True)] or ["left"] * len(columns)
    widths = [max(map(cell_len, texts)) for texts in zip(columns, *cells, strict=True)]
    plain = _as_they_are(console, columns, cells, widths)
    by_rich = 1 if plain else len(cells)  # rich takes 0.1 ms for a cell
    table = new_table(title)
    for name, side, width in zip(columns, sides, widths, strict=True):
        table.add_column(Text(name), justify=side, overflow="fold", width=width if plain else None)
    for texts in cells[:by_rich]:
        table.add_row(*map(Text, texts))
    console.print(table)
    places = list(zip(sides, widths, strict=True))
    console.file.writelines(f"{GAP.join(map(_padded, texts, places))}\n" for texts in cells[by_rich:])


def _side(values: tuple[Any, ...]) -> Side:
    return "right" if any(isinstance(v, int | float) and not isinstance(v, bool) for v in values) else "left"


def _as_they_are(console: Console, columns: list[str], cells: list[list[str]], widths: list[int]) -> bool:
    """Whether no line of the table is folded or broken."""
    fit = min(widths, default=0) > 0 and sum(widths) + len(GAP) * (len(widths) - 1) <= console.width
    return fit and not any(BREAK.search(text) for texts in [columns, *cells] for text in texts)


def _padded(text: str, place: tuple[Side, int]) -> str:
    side, width = place
    kept = text.rstrip() if side == "right" else text
    padding = " " * (width - cell_len(kept))
    return f"{padding}{kept}" if side == "right" else f"{kept}{padding}"


def _print_records(console: Console, columns: list[str], cells: list[list[str]], title: str | None) -> None:
    if title:
        console.print(Text(title, style="bold"))
    for n, texts in enumerate(cells, 1):
        console.rule(f"row {n}", align="left", style="dim")
        record = RichTable.grid(padding=(0, 2))
        record.add_column(no_wrap=True, style="bold")
        record.add_column(overflow="fold")
        for name, text in zip(columns, texts, strict=True):
            record.add_row(Text(name), Text(text))
        console.print(record)
