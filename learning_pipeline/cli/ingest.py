"""Deliver files and land them at once."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from learning_pipeline.cli.jobs import ERRORS, run_job
from learning_pipeline.cli.sql import print_table
from learning_pipeline.events.tables import Quarantine
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Arrival, Inbox
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.ledger import Ledger

COUNTS = ("n_lines", "n_accepted", "n_duplicate", "n_quarantined", "n_incomplete")


def ingest_paths(home: Home, paths: list[Path], *, strict: bool, as_json: bool) -> bool:
    """Deliver, land, and print what became of each file; True where CONTRACTS 4 calls it success."""
    inbox = Inbox(home.inbox, Ledger(home.ledger))
    before = {arrival.sha256 for arrival in inbox.arrivals(landed=True)}
    delivered = dict.fromkeys(inbox.deliver(paths, dt.datetime.now(dt.UTC)))
    run_job(home, "ingest")
    landed = {arrival.sha256: arrival for arrival in inbox.arrivals(landed=True)}
    rows = [_row(landed[sha256], again=sha256 in before) for sha256 in delivered]
    _print(home, rows, as_json=as_json)
    return _is_success(rows, strict=strict)


def _row(arrival: Arrival, *, again: bool) -> dict[str, Any]:
    """Counts of one file; one that was landed before is all duplicates now, but for what was refused then."""
    counts = dict(arrival.counts or {})
    if again:
        counts["n_duplicate"] += counts["n_accepted"]
        counts["n_accepted"] = 0
    return {"file": arrival.file, "sha256": arrival.sha256, **counts}


def _is_success(rows: list[dict[str, Any]], *, strict: bool) -> bool:
    if strict and any(row["n_quarantined"] for row in rows):
        return False
    n_accepted = sum(row["n_accepted"] for row in rows)
    return n_accepted > 0 or all(row["n_duplicate"] == row["n_lines"] for row in rows)


def _print(home: Home, rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return
    print_table(
        ["file", *(name.removeprefix("n_") for name in COUNTS)], [(r["file"], *(r[c] for c in COUNTS)) for r in rows]
    )
    if any(row["n_quarantined"] for row in rows):
        _print_refusals(home, {row["sha256"] for row in rows})
    if any(row["n_incomplete"] for row in rows):
        ERRORS.print("incomplete: a last line has no newline yet; it is taken when the file is delivered with one")


def _print_refusals(home: Home, sha256s: set[str]) -> None:
    refused = Lake(home.lake).read(Quarantine)
    shown = [row for row in refused.iter_rows(named=True) if row["sha256"] in sha256s]
    columns = ["file", "line_no", "reason_code", "detail"]
    print_table(columns, [tuple(row[c] for c in columns) for row in shown[:10]], title="quarantined")
    if len(shown) > len(shown[:10]):
        ERRORS.print(f"... and {len(shown) - 10} more in events.quarantine")
