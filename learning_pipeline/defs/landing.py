"""From files in the inbox to rows of the lake: read, parse, merge with what is known, account for every line.

Written so that a kill at any point loses nothing and counts nothing twice: what becomes of a file's lines is noted in
the ledger before the lake is written, the list of deliveries is written last, and a file is only done after that.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.contracts import Table, day_span
from learning_pipeline.defs.catalog import LANDED
from learning_pipeline.defs.lookup import key_digest
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import Replacement
from learning_pipeline.errors import BadInput
from learning_pipeline.events.displaced import lost_lines
from learning_pipeline.events.merge import Merged, merge_events
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.refusals import Refusal, refusal
from learning_pipeline.events.tables import EVENT_TABLES, Deliveries, Quarantine
from learning_pipeline.market.merge import merge_bars
from learning_pipeline.market.parse import parse_bars
from learning_pipeline.market.tables import Bars
from learning_pipeline.stores.inbox import BAR_ENDINGS, Arrival, read_bars, read_lines


class FileRead(NamedTuple):
    """One file as parsed: frames by event type, bars, refused lines, and how many lines there are of which kind."""

    arrival: Arrival
    frames: dict[str, pl.DataFrame]
    bars: pl.DataFrame
    refusals: list[Refusal]
    n_lines: int
    n_duplicate: int
    n_incomplete: int


class Landing(NamedTuple):
    """Rows to write, in the order in which to write them, and the files that are done once they are written."""

    outputs: dict[type[Table], Replacement]
    sha256s: list[str]


def land(chain: Chain, now: dt.datetime) -> Landing:
    """Everything that waits in the inbox, merged with what is known: the ledger is marked, the lake not written yet."""
    chain.inbox.scan(now)
    _start_over_without_lake(chain)
    files = [_read(arrival) for arrival in chain.inbox.arrivals(landed=False)]
    if not files:
        return Landing({table: Replacement(table.frame()) for table in LANDED}, [])
    merged, event_rows = _merge_events(chain, files)
    bar_rows, n_known_bars, bars_from = _merge_bars(chain, files)
    counts = _counts(files, merged.lines, n_known_bars)
    quarantine = _quarantined(chain, files, merged)
    _note(chain, counts, merged, bar_rows, bars_from)
    counts = {arrival.sha256: arrival.counts or {} for arrival in chain.inbox.arrivals(landed=False)}
    bookkeeping = {Quarantine: quarantine, Deliveries: _deliveries(chain, files, counts)}
    outputs: dict[type[Table], Replacement] = {**event_rows, Bars: bar_rows, **bookkeeping}
    return Landing({table: outputs[table] for table in LANDED}, [file.arrival.sha256 for file in files])


def _start_over_without_lake(chain: Chain) -> None:
    """Where the lake is new, or was lost, every file is to be landed: all of it follows from the inbox."""
    if chain.lake.version(Deliveries) is None:
        chain.paths.lake.mkdir(parents=True, exist_ok=True)  # fails where the lake cannot be written either
        chain.ledger.forget_landed()


def _read(arrival: Arrival) -> FileRead:
    """Parse one file; one that is not what its name says becomes a single refusal."""
    none = Bars.frame()
    try:
        if arrival.path.name.endswith(BAR_ENDINGS):
            bars = parse_bars(read_bars(arrival.path))
            refusals = [refusal(n, code, detail, raw.encode()) for n, code, detail, raw in bars.refused.iter_rows()]
            return FileRead(arrival, {}, bars.rows.drop("line_no"), refusals, bars.n_lines, bars.n_duplicate, 0)
        parsed = parse_lines(read_lines(arrival.path))
        return FileRead(arrival, parsed.frames, none, parsed.refusals, parsed.n_lines, 0, parsed.n_incomplete)
    except BadInput as e:
        whole = Refusal(0, "unreadable_file", str(e), arrival.sha256, "")
        return FileRead(arrival, {}, none, [whole], 1, 0, 0)


def _merge_events(chain: Chain, files: list[FileRead]) -> tuple[Merged, dict[type[Table], Replacement]]:
    arrived = {t: frame for t in EVENT_TABLES if (frame := _together(t, files)) is not None}
    keys = {t: _keys(t, rows) for t, rows in arrived.items()}
    days = {day for rows in arrived.values() for day in rows["day"]}
    days |= {dt.date.fromordinal(day) for day in chain.ledger.days_of_keys([k for ks in keys.values() for k, _ in ks])}
    if not days:
        return merge_events({}, {}), {table: Replacement(table.frame()) for table in EVENT_TABLES.values()}
    first, last = min(days), max(days)
    known = {t: chain.lake.read(table, first, last) for t, table in EVENT_TABLES.items()}
    merged = merge_events(known, arrived)
    chain.ledger.add_key_days(pair for pairs in keys.values() for pair in pairs)
    return merged, {EVENT_TABLES[t]: Replacement(rows, first, last) for t, rows in merged.tables.items()}


def _together(event_type: str, files: list[FileRead]) -> pl.DataFrame | None:
    frames = [
        file.frames[event_type].with_columns(file_no=pl.lit(n, pl.Int64))
        for n, file in enumerate(files)
        if event_type in file.frames
    ]
    return pl.concat(frames) if frames else None


def _keys(event_type: str, rows: pl.DataFrame) -> list[tuple[int, int]]:
    """Digests of the ids under which a row could meet another on a different day, with the row's day."""
    named = [("event", rows["event_id"])] + ([("signal", rows["signal_id"])] if event_type == "signal" else [])
    days = [day.toordinal() for day in rows["day"]]
    return [(key_digest(kind, key), day) for kind, ids in named for key, day in zip(ids, days, strict=True)]


def _merge_bars(chain: Chain, files: list[FileRead]) -> tuple[Replacement, list[int], dt.date | None]:
    """Rows to write, rows of each file that were known before, first changed day."""
    span = day_span(pl.concat([file.bars["day"] for file in files]))
    if span is None:
        return Replacement(Bars.frame()), [0] * len(files), None
    rows = chain.lake.read(Bars, *span)
    n_known, changed = [], [Bars.frame()]
    for file in files:
        merged = merge_bars(rows, file.bars)
        rows = merged.bars
        n_known.append(merged.n_duplicate)
        changed.append(merged.changed)
    changed_days = day_span(pl.concat(changed)["day"])
    return Replacement(rows, *span), n_known, changed_days[0] if changed_days else None


def _counts(files: list[FileRead], lines: pl.DataFrame, n_known_bars: list[int]) -> dict[str, dict[str, int]]:
    """How many lines of each file, by its digest, became what."""
    merged = {(n, status): count for n, status, count in lines.group_by("file_no", "status").len().iter_rows()}
    counts = {}
    for n, file in enumerate(files):
        not_new = {
            "n_duplicate": file.n_duplicate + merged.get((n, "duplicate"), 0) + n_known_bars[n],
            "n_quarantined": len(file.refusals) + merged.get((n, "quarantined"), 0),
            "n_incomplete": file.n_incomplete,
        }
        n_accepted = file.n_lines - sum(not_new.values())
        counts[file.arrival.sha256] = {"n_lines": file.n_lines, "n_accepted": n_accepted, **not_new}
    return counts


def _quarantined(chain: Chain, files: list[FileRead], merged: Merged) -> Replacement:
    """Refused lines of these files, and lines of earlier files that lose against these."""
    refused = [(file.arrival, r) for file in files for r in file.refusals]
    lost = merged.lines.filter(pl.col("status") == "quarantined")
    for (n,), rows in lost.group_by("file_no", maintain_order=True):
        file = files[int(n)]
        raw = read_lines(file.arrival.path).split(b"\n")
        refused += [(file.arrival, refusal(k, c, d, raw[k - 1])) for _, k, _, c, d in rows.iter_rows()]
    if merged.displaced.height:
        earlier = [a for a in chain.inbox.arrivals(landed=True) if not a.path.name.endswith(BAR_ENDINGS)]
        refused += [(a, r) for a in earlier for r in _lost(a, merged)]
    quarantined = [_quarantine_row(arrival, r) for arrival, r in refused]
    return _appended(chain, Quarantine, Quarantine.frame(quarantined), ["sha256", "line_no", "reason_code"])


def _lost(arrival: Arrival, merged: Merged) -> Iterator[Refusal]:
    try:
        yield from lost_lines(read_lines(arrival.path), merged.displaced, merged.tables)
    except BadInput:
        return  # it was refused whole when it was landed: none of its lines is in a table


def _quarantine_row(arrival: Arrival, r: Refusal) -> dict[str, Any]:
    when = {"day": arrival.arrived_at.date(), "arrived_at": arrival.arrived_at}
    return {**when, "file": arrival.file, "sha256": arrival.sha256, **r._asdict()}


def _deliveries(chain: Chain, files: list[FileRead], counts: dict[str, Any]) -> Replacement:
    rows = [
        {
            "day": arrival.arrived_at.date(),
            "file": arrival.file,
            "sha256": arrival.sha256,
            "arrived_at": arrival.arrived_at,
            **counts[arrival.sha256],
        }
        for arrival in (file.arrival for file in files)
    ]
    return _appended(chain, Deliveries, Deliveries.frame(rows), ["sha256"])


def _appended(chain: Chain, table: type[Table], rows: pl.DataFrame, key: list[str]) -> Replacement:
    """Rows added to those of the same days, each key once."""
    span = day_span(rows["day"])
    if span is None:
        return Replacement(rows)
    return Replacement(pl.concat([chain.lake.read(table, *span), rows]).unique(key, keep="first"), *span)


def _note(
    chain: Chain, counts: dict[str, dict[str, int]], merged: Merged, bars: Replacement, bars_from: dt.date | None
) -> None:
    """Counts and marks in the ledger, before the lake is written."""
    chain.ledger.note_counts(counts)
    touched = min((day for day in (merged.first_change, bars_from) if day), default=None)
    happened = pl.concat([_NO_TIMES, *(rows.select(t="happened_at") for rows in merged.tables.values())])
    known = pl.concat([happened, bars.frame.select(t="known_at")])["t"]
    opened = day_span(pl.concat([happened, bars.frame.select(t="ts")])["t"].dt.date())
    newest = known.max()
    oldest = opened[0] if opened else None
    chain.mark(chain.due.lowered(touched, oldest, newest if isinstance(newest, dt.datetime) else None))


_NO_TIMES = pl.DataFrame(schema={"t": pl.Datetime("us", "UTC")})
