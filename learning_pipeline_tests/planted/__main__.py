"""Print what was measured on planted worlds, at full size: ``python -m learning_pipeline_tests.planted [WORLDS]``."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from learning_pipeline_tests.planted import exploration, guards
from learning_pipeline_tests.planted.exploration import Bot

BOTS = {
    "20 blocked a day": Bot(),
    "60 blocked a day": Bot(a_day=60),
    "budget of 6 a day inside the propensity": Bot(a_day=60, limit=6),
    "the same behind a nominal propensity": Bot(a_day=60, limit=6, honest=False),
    "rate .3, budget of 12 of 100, nominal; the guard blocks 20": Bot(0.3, 100, 0.2, limit=12, honest=False),
    "trades of losers never told": Bot(tells_losers=False),
}


def main(n_worlds: int) -> None:
    """Guards, with day counts that do not and that do follow the day's shock; then bots that explore."""
    cells = {(n_days, rising) for n_days in (40, 90) for rising in (False, True)}
    by_world = {
        f"{n_days} days, counts {'rise with the shock' if rising else 'independent'}": guards.measure(
            n_worlds, n_days, rising=rising
        )
        for n_days, rising in sorted(cells)
    }
    _show(f"Guards, {n_worlds:,} worlds", by_world)
    by_bot = {name: exploration.measure(n_worlds, bot) for name, bot in BOTS.items()}
    _show(f"Exploration, 60 days, propensity .1 unless said, {n_worlds:,} worlds", by_bot)


def _show(title: str, found: dict[str, dict[str, float]]) -> None:
    table = Table("", *found, title=title)
    for name in next(iter(found.values())):
        table.add_row(name, *(f"{cell[name]:.4g}" for cell in found.values()))
    Console(width=200).print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
