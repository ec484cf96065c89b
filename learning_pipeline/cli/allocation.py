"""Which share of the capital a bot should give each timeframe now."""

from __future__ import annotations

from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table
from learning_pipeline.stores.allocation_file import read_allocation
from learning_pipeline.stores.home import Home

COLUMNS = ["timeframe", "share", "ROI, short memory", "ROI, long memory", "trades", "last close"]


def show_allocation(home: Home, *, as_json: bool) -> None:
    """Print the bot's file, as it is or as a table."""
    configs = read_allocation(home.allocation)
    if as_json:
        write_json(configs)
        return
    rows = [_cells(name, told) for name, told in configs["timeframe_allocation"].items()]
    overall = configs["global_roi"]
    title = f"Capital by timeframe as of {configs['as_of'] or 'the start, before any trade'}"
    if n := overall["n_ignored"]:
        title += f"; {n:,} {'trade' if n == 1 else 'trades'} of other timeframes moved nothing"
    print_table(COLUMNS, [*rows, _cells("all", overall)], title=title)


def _cells(name: str, told: dict[str, Any]) -> tuple[Any, ...]:
    share = f"{told['current_allocation']:.2%}" if "current_allocation" in told else ""
    rois = ("" if told[each] is None else f"{told[each]:+.2%}" for each in ("roi_short", "roi_long"))
    return name, share, *rois, told["n"], (told["updated_at"] or "")[:16].replace("T", " ")
