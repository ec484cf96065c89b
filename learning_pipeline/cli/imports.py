"""A bot's own files into events and bars, what they hold and what they do not, and where asked for the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from learning_pipeline.cli.chain import run_chain
from learning_pipeline.cli.doctor.finding import counted
from learning_pipeline.cli.ingest import COUNTS, is_success, land, landed_before, show_refusals
from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.report import write_report
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import ERRORS, say, shortest, tell
from learning_pipeline.cli.verdicts import guard_rows
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.imports import deliver
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger

REACH = """
    WITH newest AS (SELECT max(as_of) AS as_of, max(window_days) AS days FROM analysis.opportunity_cost)
    SELECT count(*), count(*) FILTER (decided_at::DATE > as_of - days::INTEGER), as_of - min(decided_at)::DATE + 1,
           any_value(days)
    FROM events.decisions, newest GROUP BY as_of
"""
MOST = 0.8
"""Share of the decisions that a report over the longest window should be of."""


class _Found(NamedTuple):
    """What was found, without its rows, and the digests of the files that hold them."""

    told: str
    source: str
    counts: tuple[tuple[str, int], ...]
    gaps: tuple[str, ...]
    delivered: list[str]


def import_found(home: Home, imported: Iterator[Imported], *, strict: bool, report: bool, as_json: bool) -> bool:
    """Deliver, land, and print what was found and what is unknown; True where CONTRACTS 4 calls an ingest success.

    With ``report`` the chain is run, and the report written.
    """
    inbox = Inbox(home.inbox, Ledger(home.ledger))
    before = landed_before(inbox)
    found = [_delivered(inbox, each) for each in _with_progress(imported)]
    landed = land(home, inbox, [digest for each in found for digest in each.delivered], before)
    rows = {each.arrival.sha256: each.row for each in landed}
    said = [_said(each, [rows[digest] for digest in each.delivered]) for each in found]
    if as_json:
        _print_json(home, said, report=report)
    else:
        _print(home, said, list(rows.values()), report=report)
    return is_success(landed, strict=strict)


def _delivered(inbox: Inbox, found: Imported) -> _Found:
    digests = dict.fromkeys(deliver(inbox, found, dt.datetime.now(dt.UTC)))
    return _Found(found.told, found.source, found.counts, found.gaps, list(digests))


def _with_progress(imported: Iterator[Imported]) -> Iterator[Imported]:
    """The same, while a terminal shows what was found last."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as progress:
        task = progress.add_task("reading", total=None)
        for found in imported:
            progress.update(task, description=f"reading: {found.told}")
            yield found


def _said(found: _Found, rows: list[dict[str, Any]]) -> dict[str, Any]:
    sums = {name: sum(row[name] for row in rows) for name in COUNTS}
    return {
        "found": found.told,
        "source": found.source,
        "counts": dict(found.counts),
        **sums,
        "not_recorded": list(found.gaps),
        "files": rows,
    }


def _print_json(home: Home, said: list[dict[str, Any]], *, report: bool) -> None:
    if not report:
        write_json(said)
        return
    run_job(home, "chain")
    written = str(write_report(home))
    write_json({"home": str(home.root), "imported": said, "guards": guard_rows(home), "report": written})


def _print(home: Home, said: list[dict[str, Any]], rows: list[dict[str, Any]], *, report: bool) -> None:
    for each in [each for each in said if not _is_bars_alone(each)]:
        tell(each["found"])
        tell(f"  {_words(each['counts'])}" if each["counts"] else "  nothing is counted in it")
    candles = [each["n_lines"] for each in said if _is_bars_alone(each)]
    if candles:
        tell(f"candles: {counted(sum(candles), 'bar')} in {counted(len(candles), 'file')}")
    shown = {name: sum(row[name] for row in rows) for name in ("n_accepted", "n_duplicate", "n_quarantined")}
    lines = _words({name.removeprefix("n_"): n for name, n in shown.items()})
    tell(f"\n{counted(len(rows), 'file')} of events and bars: {lines}")
    show_refusals(home, rows)
    _print_gaps(said)
    if report:
        tell("")
        run_chain(home, first=None, last=None, as_json=False)
        _say_where_most_is(home)
        tell(f"\nThe same with pictures, and what is not known:\n  {shortest(write_report(home))}")
    else:
        where = f"--home {shortest(home.root)}"
        tell("\nNext, what is due, and what came out:")
        tell(f"  learning-pipeline run {where}\n  learning-pipeline report {where}")


def _say_where_most_is(home: Home) -> None:
    """Where the verdicts are of a part of the imported decisions only: the setting that takes them all."""
    for n, n_seen, n_days, window in query_rows(home, REACH)[1]:
        if n_seen >= MOST * n:
            continue
        setting = f"[analysis] windows = [1, 30, {window}, {n_days}]"
        words = f"`{setting}` in {shortest(home.settings)} takes in all {n_days} days"
        say(f"the verdicts are of {n_seen:,} of {n:,} decisions: {words}")


def _is_bars_alone(each: dict[str, Any]) -> bool:
    """Candles come by the month: a person wants their sum."""
    return all(row["file"].endswith(".parquet") for row in each["files"])


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in counts.items())


def _print_gaps(said: list[dict[str, Any]]) -> None:
    gaps = list(dict.fromkeys(gap for each in said for gap in each["not_recorded"]))
    if gaps:
        tell("\nNot in these files, so nothing is said of it:")
    for gap in gaps:
        tell(f"- {gap}")
