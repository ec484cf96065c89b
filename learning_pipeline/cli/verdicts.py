"""Which guards saved money and which cost money, for a terminal."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import polars as pl
from rich.console import Console
from rich.text import Text

from learning_pipeline.cli.doctor.finding import some
from learning_pipeline.cli.plain import records
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import new_table, say, shown, tell
from learning_pipeline.reports.calibration import bias_in_words
from learning_pipeline.reports.words import MINUS, decimals_for, money
from learning_pipeline.stores.home import Home

VERDICT_WINDOW_DAYS = 90
COLOURS = {"saves": "green", "costs": "red", "inconclusive": "yellow"}
MONEY = ("basis_net_saved_usd", "ci_low_usd", "ci_high_usd")
ROOMY = 110
"""From this width on the counts that explain a verdict are shown too."""
GUARDS = """
    SELECT * FROM analysis.guard_effectiveness
    WHERE as_of = (SELECT max(as_of) FROM analysis.guard_effectiveness)
    ORDER BY n_marginal > 0 DESC, basis_net_saved_usd DESC, guard
"""
UNRECORDED = """
    SELECT guard, n_activations FROM analysis.unrecorded_guards
    WHERE as_of = (SELECT max(as_of) FROM analysis.opportunity_cost)
      AND window_days = (SELECT max(window_days) FROM analysis.opportunity_cost)
    ORDER BY guard
"""
CALIBRATION = """
    SELECT strategy, n, bias_usd, ci_low_usd, ci_high_usd FROM analysis.calibration
    WHERE as_of = '{}' AND window_days = {} AND strategy = '*'
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
    decimals = decimals_for(row[name] for row in guards for name in MONEY)
    for column in columns:
        table.add_column(column.name, justify=column.justify, no_wrap=column.name != "guard", overflow="fold")
    for row in guards:
        table.add_row(*_cells(row, decimals)[: len(columns)])
    console.print(table)
    for words in filter(None, [note, _bounds(guards), _bias(home, guards[0])]):
        tell(f"\n{words}")


def _bias(home: Home, newest: dict[str, Any]) -> str:
    """How far simulated money is off, in the same window."""
    rows = records(*query_rows(home, CALIBRATION.format(newest["as_of"], newest["window_days"])))
    return bias_in_words(pl.DataFrame(rows)).replace(MINUS, "-") if rows else ""


def warn_of_gaps(home: Home) -> None:
    """Name guards that cannot be judged, symbols whose decisions cannot be simulated, and what to do about both."""
    unrecorded = [f"{guard} ({n:,})" for guard, n in query_rows(home, UNRECORDED)[1]]
    if unrecorded:
        say(f"not evaluable, for no record tells what they blocked (times in force): {', '.join(unrecorded)}")
    without = query_rows(home, WITHOUT_BARS)[1]
    if without:
        n = sum(each for _, each in without)
        which = "1 decision has" if n == 1 else f"{n:,} decisions have"
        names = (
            f"{len(without)} symbols ({some([symbol for symbol, _ in without])})" if len(without) > 1 else without[0][0]
        )
        say(f"no bars for {names}: {which} no outcome; `learning-pipeline ingest` bars under that name")


def _bounds(guards: list[dict[str, Any]]) -> str:
    """What can be said of guards whose fellow blockers were not recorded."""
    first = [row for row in guards if row["basis"] == "first_blocker"]
    alone = "; ".join(
        f"{row['guard']} {_money(row['marginal_low_usd'])} to {_money(row['marginal_high_usd'])}" for row in first
    )
    words = "Judged as they stand in their chain, for only the first blocker is recorded; alone they saved between: "
    return f"{words}{alone}" if first else ""


def _cells(row: dict[str, Any], decimals: int) -> list[Text]:
    """One row of the table, in the order of COLUMNS."""
    verdict = Text(row["verdict"], style=COLOURS[row["verdict"]])
    q = "" if row["q_value"] is None else f"{row['q_value']:.3f}"
    counts = [str(row[name]) for name in ("n_blocked", "n_marginal", "n_pending")]
    saved = _money(row["basis_net_saved_usd"], decimals) if row["n_marginal"] else ""
    return [Text(shown(row["guard"])), verdict, *map(Text, (saved, _interval(row, decimals), q, *counts))]


def _interval(row: dict[str, Any], decimals: int) -> str:
    if row["ci_low_usd"] is None:
        return "a single day" if row["n_marginal"] else "not judged"
    return f"{_money(row['ci_low_usd'], decimals)} to {_money(row['ci_high_usd'], decimals)}"


def _money(usd: float, decimals: int | None = None) -> str:
    """As in the report, with a minus that every terminal has."""
    return money(usd, decimals).replace(MINUS, "-")
