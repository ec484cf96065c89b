"""What the figures leave out: still open, impossible to simulate, waiting for a signal, refused at the door."""

from __future__ import annotations

from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, day

MOST_LINES = 10
STAYS_OPEN = (
    "A decision stays open while the bars of its market end before its life does: a market without new bars "
    "keeps its last decisions open."
)
REASONS = {
    "no_price": "no entry price is known",
    "no_bars": "no bars of the market around the decision",
    "no_bars_in_ttl": "no bars within the signal's life",
    "atr_warmup": "too few bars for the ATR that its stop needs",
    "bad_levels": "stop and target do not lie around the entry",
    "unknown_timeframe": "no bars of the signal's timeframe",
}


def gaps_section(facts: Facts, window: Window) -> Section:
    """Every count with its reason."""
    grids = (_open(facts, window), _unlabelled(facts, window), _unmatched(facts, window), *_refused(facts))
    says = _delivered(facts)
    notes = (STAYS_OPEN,) if facts.pending.height else ()
    shown = tuple(grid for grid in grids if grid.rows)
    return Section("gaps", "What is not in the figures", (says,), grids=shown, notes=notes)


def _delivered(facts: Facts) -> str:
    if facts.delivered.is_empty():
        return "Nothing was delivered yet."
    row = facts.delivered.row(0, named=True)
    n_refused = facts.quarantine.height
    which = count(n_refused, "line was refused, each with its reason", "lines were refused, each with its reason")
    return (
        f"{count(row['n_files'], 'file')} with {count(row['n_lines'], 'line')} were delivered in all: {which}; "
        f"{row['n_duplicate']:,} were known already, {row['n_incomplete']:,} not finished. Counts, so no intervals."
    )


def _open(facts: Facts, window: Window) -> Grid:
    rows = [(row["decision"], f"{row['n']:,}", day(row["oldest"])) for row in facts.pending.to_dicts()]
    caption = (
        f"Still open as of {window.as_of}, all books: as far as bars reach, no exit was hit and their life is not over"
    )
    return Grid(caption, ("decision", "open", "oldest decided on"), rows, frozenset({"open", "oldest decided on"}))


def _unlabelled(facts: Facts, window: Window) -> Grid:
    rows = [(row["reason"], REASONS.get(row["reason"], ""), f"{row['n']:,}") for row in facts.unlabelled.to_dicts()]
    columns = ("reason", "that is", "decisions")
    return Grid(f"No outcome can be simulated, all days to {window.as_of}", columns, rows, frozenset(columns[2:]))


def _unmatched(facts: Facts, window: Window) -> Grid:
    rows = [(row["type"], f"{row['n']:,}") for row in facts.unmatched.to_dicts()]
    caption = f"Waiting for a signal that has not arrived, all days to {window.as_of}"
    return Grid(caption, ("type", "events"), rows, frozenset({"events"}))


def _refused(facts: Facts) -> tuple[Grid, Grid]:
    counts = facts.quarantine.group_by("reason_code").len("n").sort("n", "reason_code", descending=[True, False])
    by_reason = [(row["reason_code"], f"{row['n']:,}") for row in counts.to_dicts()]
    lines = facts.quarantine.sort("file", "line_no", "reason_code", "detail").head(MOST_LINES)
    first = [(row["file"], f"{row['line_no']:,}", row["reason_code"], row["detail"]) for row in lines.to_dicts()]
    shown = f"the first {MOST_LINES} of {facts.quarantine.height:,}" if facts.quarantine.height > MOST_LINES else "all"
    return (
        Grid("Refused at the door (quarantine), all deliveries", ("reason", "lines"), by_reason, frozenset({"lines"})),
        Grid(f"Refused lines, {shown}", ("file", "line", "reason", "expected and found"), first, frozenset({"line"})),
    )
