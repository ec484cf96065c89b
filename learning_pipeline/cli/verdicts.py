"""Which guards saved money and which cost money, for a terminal."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from rich.console import Console
from rich.text import Text

from learning_pipeline.cli.plain import records
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import new_table, say, shown, tell
from learning_pipeline.stores.home import Home

VERDICT_WINDOW_DAYS = 90
COLOURS = {"saves": "green", "costs": "red", "inconclusive": "yellow"}
ROOMY = 110
"""From this width on the counts that explain a verdict are shown too."""
GUARDS = """
    SELECT * FROM analysis.guard_effectiveness
    WHERE as_of = (SELECT max(as_of) FROM analysis.guard_effectiveness)
    ORDER BY basis_net_saved_usd DESC, guard
"""
WITHOUT_BARS = """
    SELECT symbol, count(*) AS n FROM events.decisions
    WHERE symbol NOT IN (SELECT DISTINCT symbol FROM market.bars) GROUP BY symbol ORDER BY symbol
"""


class Column(NamedTuple):
    """A column of the guards' table; ``roomy`` ones are left out on a narrow terminal."""

    name: str
    justify: Literal["left", "right"] = "right"
    roomy: bool = False


COLUMNS = (
    Column("guard", "left"),
    Column("verdict", "left"),
    Column("saved"),
    Column("95 % interval"),
    Column("q"),
    Column("blocked"),
    Column("judged on", roomy=True),
    Column("still open", roomy=True),
)


def guard_rows(home: Home) -> list[dict[str, Any]]:
    """The newest row of each guard, best first; over 90 days, or the longest window where the settings leave 90 out."""
    rows = records(*query_rows(home, GUARDS))
    windows = {row["window_days"] for row in rows}
    window = VERDICT_WINDOW_DAYS if VERDICT_WINDOW_DAYS in windows else max(windows, default=0)
    return [row for row in rows if row["window_days"] == window]


def show_verdicts(home: Home, note: str = "") -> None:
    """Print the guards' table as of the newest day."""
    guards = guard_rows(home)
    if not guards:
        tell("No blocked decision in the last days of the data: there is no guard to judge yet.")
        return
    console = Console()
    columns = [column for column in COLUMNS if console.width >= ROOMY or not column.roomy]
    days = f"{guards[0]['window_days']} days up to {guards[0]['as_of']}"
    table = new_table(f"What each guard saved (+) or cost (-), {days}, USD")
    for column in columns:
        table.add_column(column.name, justify=column.justify, no_wrap=column.name != "guard", overflow="fold")
    for row in guards:
        table.add_row(*_cells(row)[: len(columns)])
    console.print(table)
    for words in filter(None, [note, _bounds(guards)]):
        tell(f"\n{words}")


def warn_of_gaps(home: Home) -> None:
    """Name the symbols whose decisions cannot be simulated for want of bars, and what to do."""
    for symbol, n in query_rows(home, WITHOUT_BARS)[1]:
        which = "1 decision has" if n == 1 else f"{n} decisions have"
        say(f"no bars for {symbol}: {which} no outcome; `learning-pipeline ingest` bars under that symbol")


def _bounds(guards: list[dict[str, Any]]) -> str:
    """What can be said of guards whose fellow blockers were not recorded."""
    first = [row for row in guards if row["basis"] == "first_blocker"]
    alone = "; ".join(
        f"{row['guard']} {_money(row['marginal_low_usd'])} to {_money(row['marginal_high_usd'])}" for row in first
    )
    words = "Judged as they stand in their chain, for only the first blocker is recorded; alone they saved between: "
    return f"{words}{alone}" if first else ""


def _cells(row: dict[str, Any]) -> list[Text]:
    """One row of the table, in the order of COLUMNS."""
    verdict = Text(row["verdict"], style=COLOURS[row["verdict"]])
    q = "" if row["q_value"] is None else f"{row['q_value']:.3f}"
    counts = [str(row[name]) for name in ("n_blocked", "n_marginal", "n_pending")]
    saved = _money(row["basis_net_saved_usd"]) if row["n_marginal"] else ""
    return [Text(shown(row["guard"])), verdict, *map(Text, (saved, _interval(row), q, *counts))]


def _interval(row: dict[str, Any]) -> str:
    if row["ci_low_usd"] is None:
        return "too few to say" if row["n_marginal"] else "never alone"
    return f"{_money(row['ci_low_usd'])} to {_money(row['ci_high_usd'])}"


def _money(usd: float) -> str:
    """Signed; cents only where they matter."""
    return f"{usd:+,.2f}" if abs(usd) < 100 else f"{usd:+,.0f}"
