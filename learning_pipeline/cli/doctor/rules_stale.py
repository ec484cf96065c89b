"""What is stale: files that wait, days that are due, a warehouse behind its lake."""

from __future__ import annotations

from learning_pipeline.cli.doctor.facts import Delivered, Facts, Published, Unreadable
from learning_pipeline.cli.doctor.finding import Finding, ago, counted, ok, problem, some, warning

LEDGER_LOST = "put its last copy back; without one, delete the lake and the warehouse, keep the inbox, and "


def ledger_is_readable(facts: Facts) -> Finding | None:
    """The ledger is there wherever a lake is, and can be read."""
    found, anew = facts.delivered, f"{LEDGER_LOST}{facts.command('run')}"
    if isinstance(found, Unreadable):
        return problem("ledger", f"The ledger cannot be read: {found.why}", anew)
    if found is None and facts.place.has_lake:
        return problem("ledger", "There is a lake but no ledger.sqlite: what was delivered and is due is unknown", anew)
    return None


def lake_is_there(facts: Facts) -> Finding | None:
    """The lake is there wherever files have landed."""
    found = facts.delivered
    if facts.place.has_lake or not isinstance(found, Delivered) or not found.landed:
        return None
    n = len(found.landed)
    what = f"The lake is gone: {counted(n, 'file')} {'has' if n == 1 else 'have'} landed, and no table is there"
    return problem("lake", what, f"put its last copy back, or make it again from the inbox: {facts.run_or_wait()}")


def inbox_is_landed(facts: Facts) -> Finding | None:
    """No finished file waits."""
    found = facts.delivered
    if not isinstance(found, Delivered):
        return None
    if not found.waiting:
        n_lines = sum((arrival.counts or {}).get("n_lines", 0) for arrival in found.landed)
        return ok("inbox", f"{counted(len(found.landed), 'file')} with {counted(n_lines, 'line')} landed, none waits")
    since = ago(found.waiting_since or facts.now, facts.now)
    n = len(found.waiting)
    what = f"{counted(n, 'file')} {'waits' if n == 1 else 'wait'} in the inbox since {since}: {some(found.waiting)}"
    return warning("inbox", what.replace("since just now", "since a moment ago"), facts.run_or_wait())


def days_are_settled(facts: Facts) -> Finding | None:
    """Nothing is due: by new data, or by changed settings."""
    found = facts.delivered
    if not isinstance(found, Delivered) or found.due.newest_known_at is None:
        return None
    last, dirty = found.due.newest_known_at.date(), found.due.dirty_from
    if dirty is None or dirty > last:
        return ok("days", f"Every day from {found.due.first_day} to {last} is computed")
    why = "The settings have changed since the last run: " if found.settings_changed else ""
    n = (last - dirty).days + 1
    what = f"{why}{counted(n, 'day')} {'is' if n == 1 else 'are'} due, {dirty} to {last}"
    return warning("days", what, facts.run_or_wait())


def warehouse_is_current(facts: Facts) -> Finding | None:
    """The file for analysts holds what the lake holds."""
    found = facts.published
    if isinstance(found, Unreadable):
        do = f"remove the file, then {facts.command('run')} publishes it anew"
        return problem("warehouse", f"The warehouse cannot be read: {found.why}", do)
    if found is None and facts.place.has_lake:
        return warning("warehouse", "There is a lake but no warehouse.duckdb to look at it", facts.run_or_wait())
    if not isinstance(found, Published):
        return None
    if found.n_stale_days:
        what = f"The warehouse is older than the lake in {counted(found.n_stale_days, 'day')} of its tables"
        return warning("warehouse", what, facts.run_or_wait())
    return ok("warehouse", "It holds what the lake holds")


RULES = (ledger_is_readable, lake_is_there, inbox_is_landed, days_are_settled, warehouse_is_current)
