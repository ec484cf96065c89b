"""Deliver files and land them at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, say, tell
from learning_pipeline.events.tables import Quarantine
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Arrival, Inbox
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.ledger import Ledger

COUNTS = ("n_lines", "n_accepted", "n_duplicate", "n_quarantined", "n_incomplete")
SHOWN_REFUSALS = 10


class Landed(NamedTuple):
    """What became of a delivered file, and whether that was known before."""

    arrival: Arrival
    again: bool

    @property
    def counts(self) -> dict[str, int]:
        """What became of its lines when it was landed."""
        return {name: (self.arrival.counts or {}).get(name, 0) for name in COUNTS}

    @property
    def row(self) -> dict[str, Any]:
        """Counts for a person; where it was landed before, all is duplicates now, but for what was refused then."""
        counts = self.counts
        if self.again:
            counts["n_duplicate"] += counts["n_accepted"]
            counts["n_accepted"] = 0
        return {"file": self.arrival.file, "sha256": self.arrival.sha256, **counts}


def ingest_paths(home: Home, paths: list[Path], *, strict: bool, as_json: bool) -> bool:
    """Deliver, land, and print what became of each file; True where CONTRACTS 4 calls it success."""
    inbox = Inbox(home.inbox, Ledger(home.ledger))
    before = landed_before(inbox)
    landed = land(home, inbox, inbox.deliver(paths, dt.datetime.now(dt.UTC)), before)
    rows = [each.row for each in landed]
    if as_json:
        write_json(rows)
    else:
        _print(home, rows)
    return is_success(landed, strict=strict)


def landed_before(inbox: Inbox) -> set[str]:
    """Digests of the files that are in the lake already."""
    return {arrival.sha256 for arrival in inbox.arrivals(landed=True)}


def land(home: Home, inbox: Inbox, delivered: list[str], before: set[str]) -> list[Landed]:
    """Land what waits; what became of each delivered file, once."""
    run_job(home, "ingest")
    landed = {arrival.sha256: arrival for arrival in inbox.arrivals(landed=True)}
    return [Landed(landed[sha256], sha256 in before) for sha256 in dict.fromkeys(delivered)]


def is_success(landed: list[Landed], *, strict: bool) -> bool:
    """Judged by what became of the files when they were landed: to deliver them again changes no answer."""
    counts = [each.counts for each in landed]
    if strict and any(count["n_quarantined"] for count in counts):
        return False
    return any(count["n_accepted"] for count in counts) or all(
        count["n_duplicate"] == count["n_lines"] for count in counts
    )


def _print(home: Home, rows: list[dict[str, Any]]) -> None:
    print_table(
        ["file", *(name.removeprefix("n_") for name in COUNTS)], [(r["file"], *(r[c] for c in COUNTS)) for r in rows]
    )
    show_refusals(home, rows)
    if any(row["n_incomplete"] for row in rows):
        say("incomplete: a last line has no newline yet; it is taken when the file is delivered with one")


def show_refusals(home: Home, rows: list[dict[str, Any]]) -> None:
    """Print the first refused lines of the files, with the reason; nothing where there is none."""
    if not any(row["n_quarantined"] for row in rows):
        return
    sha256s = {row["sha256"] for row in rows}
    refused = Lake(home.lake).read(Quarantine)
    shown = [row for row in refused.iter_rows(named=True) if row["sha256"] in sha256s]
    columns = ["file", "line_no", "reason_code", "detail"]
    tell("")
    print_table(columns, [tuple(row[c] for c in columns) for row in shown[:SHOWN_REFUSALS]], title="quarantined")
    if len(shown) > SHOWN_REFUSALS:
        say(f"... and {len(shown) - SHOWN_REFUSALS} more in events.quarantine")
