"""Deliver files and land them at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

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


def ingest_paths(home: Home, paths: list[Path], *, strict: bool, as_json: bool) -> bool:
    """Deliver, land, and print what became of each file; True where CONTRACTS 4 calls it success."""
    inbox = Inbox(home.inbox, Ledger(home.ledger))
    before = {arrival.sha256 for arrival in inbox.arrivals(landed=True)}
    delivered = dict.fromkeys(inbox.deliver(paths, dt.datetime.now(dt.UTC)))
    run_job(home, "ingest")
    landed = {arrival.sha256: arrival for arrival in inbox.arrivals(landed=True)}
    arrivals = [landed[sha256] for sha256 in delivered]
    _print(home, [_row(arrival, again=arrival.sha256 in before) for arrival in arrivals], as_json=as_json)
    return _is_success([_counts(arrival) for arrival in arrivals], strict=strict)


def _counts(arrival: Arrival) -> dict[str, int]:
    return {name: (arrival.counts or {}).get(name, 0) for name in COUNTS}


def _row(arrival: Arrival, *, again: bool) -> dict[str, Any]:
    """Counts of one file; one that was landed before is all duplicates now, but for what was refused then."""
    counts = _counts(arrival)
    if again:
        counts["n_duplicate"] += counts["n_accepted"]
        counts["n_accepted"] = 0
    return {"file": arrival.file, "sha256": arrival.sha256, **counts}


def _is_success(counts: list[dict[str, int]], *, strict: bool) -> bool:
    """Judged by what became of the files when they were landed: to deliver them again changes no answer."""
    if strict and any(count["n_quarantined"] for count in counts):
        return False
    return any(count["n_accepted"] for count in counts) or all(
        count["n_duplicate"] == count["n_lines"] for count in counts
    )


def _print(home: Home, rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        write_json(rows)
        return
    print_table(
        ["file", *(name.removeprefix("n_") for name in COUNTS)], [(r["file"], *(r[c] for c in COUNTS)) for r in rows]
    )
    if any(row["n_quarantined"] for row in rows):
        _print_refusals(home, {row["sha256"] for row in rows})
    if any(row["n_incomplete"] for row in rows):
        say("incomplete: a last line has no newline yet; it is taken when the file is delivered with one")


def _print_refusals(home: Home, sha256s: set[str]) -> None:
    refused = Lake(home.lake).read(Quarantine)
    shown = [row for row in refused.iter_rows(named=True) if row["sha256"] in sha256s]
    columns = ["file", "line_no", "reason_code", "detail"]
    tell("")
    print_table(columns, [tuple(row[c] for c in columns) for row in shown[:SHOWN_REFUSALS]], title="quarantined")
    if len(shown) > SHOWN_REFUSALS:
        say(f"... and {len(shown) - SHOWN_REFUSALS} more in events.quarantine")
