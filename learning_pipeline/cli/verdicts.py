"""Which guards saved money and which cost money, for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from learning_pipeline.cli.sql import query_rows
from learning_pipeline.stores.home import Home

VERDICT_WINDOW_DAYS = 90
COLOURS = {"saves": "green", "costs": "red", "inconclusive": "yellow"}
_LATEST = "as_of = (SELECT max(as_of) FROM {table}) AND window_days = {window}"


def guard_rows(home: Home, window_days: int = VERDICT_WINDOW_DAYS) -> list[dict[str, Any]]:
    """The newest row of each guard, best first."""
    latest = _LATEST.format(table="analysis.guard_effectiveness", window=window_days)
    query = f"SELECT * FROM analysis.guard_effectiveness WHERE {latest} ORDER BY basis_net_saved_usd DESC, guard"  # noqa: S608
    columns, rows = query_rows(home, query)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def show_verdicts(home: Home, note: str = "") -> None:
    """Print the guards' table as of the newest day."""
    guards = guard_rows(home)
    console = Console()
    if not guards:
        console.print("No blocked decision in the last 90 days of the data: there is no guard to judge yet.")
        return
    title = f"What each guard saved (+) or cost (-), {VERDICT_WINDOW_DAYS} days up to {guards[0]['as_of']}, USD"
    table = RichTable(
        title=title, title_justify="left", caption=note or None, caption_justify="left", header_style="bold"
    )
    for name, justify in (
        ("guard", "left"),
        ("net saved", "right"),
        ("95 % interval", "right"),
        ("q", "right"),
        ("verdict", "left"),
        ("blocked", "right"),
        ("alone", "right"),
        ("pending", "right"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # rich names its words in a Literal
    for row in guards:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: dict[str, Any]) -> list[str]:
    interval = "" if row["ci_low_usd"] is None else f"{row['ci_low_usd']:+,.2f} .. {row['ci_high_usd']:+,.2f}"
    q = "" if row["q_value"] is None else f"{row['q_value']:.3f}"
    colour = COLOURS[row["verdict"]]
    counts = [str(row[name]) for name in ("n_blocked", "n_marginal", "n_pending")]
    return [row["guard"], f"{row['basis_net_saved_usd']:+,.2f}", interval, q, f"[{colour}]{row['verdict']}[/]", *counts]
