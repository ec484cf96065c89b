"""What is wrong with the data root itself: refused lines, disk, settings, files left open."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.cli.doctor.facts import Delivered, Facts
from learning_pipeline.cli.doctor.finding import Finding, ago, counted, ok, problem, size, some, warning
from learning_pipeline.stores.inbox import Arrival

MANY_REFUSED, MOST_REFUSED = 0.01, 0.2
"""Shares of the delivered lines from which refusals are a warning, and a problem."""
GROWTH = dt.timedelta(days=7)
TIGHT, FULL = 2.0, 0.5
"""Free space, multiples of the data root, below which there is a warning, and a problem."""
SMALL = 1e9

WHY = 'sql "SELECT reason_code, detail, raw FROM events.quarantine"'
VACUUM = "deltalake.DeltaTable(FOLDER).vacuum(full=True, dry_run=False)"


def settings_are_readable(facts: Facts) -> Finding | None:
    """The settings file and the environment hold nothing unknown or impossible."""
    if not facts.place.unreadable_settings:
        return None
    do = "correct or remove what it names; until then every run is refused"
    return problem("settings", f"The settings cannot be used: {facts.place.unreadable_settings}", do)


def few_lines_are_refused(facts: Facts) -> Finding | None:
    """The share of refused lines is small, and does not grow."""
    found = facts.delivered
    if not isinstance(found, Delivered) or not found.landed:
        return None
    n_lines, n_refused = _lines(found.landed)
    if not n_refused:
        return ok("quarantine", "No delivered line was refused")
    newest = max(arrival.arrived_at for arrival in found.landed)
    lately = _share(*_lines([a for a in found.landed if newest - a.arrived_at <= GROWTH]))
    before = _share(*_lines([a for a in found.landed if newest - a.arrived_at > GROWTH]))
    share = _share(n_lines, n_refused)
    what = (
        f"{n_refused:,} of {counted(n_lines, 'line')} refused ({share:.2%}): {_reasons(found)}{_growth(lately, before)}"
    )
    if max(share, lately) < MANY_REFUSED:
        return ok("quarantine", what)
    do = f"see why, mend the bot, deliver again: {facts.command(WHY)}"
    return problem("quarantine", what, do) if max(share, lately) >= MOST_REFUSED else warning("quarantine", what, do)


def disk_has_room(facts: Facts) -> Finding:
    """A run that rewrites everything finds room."""
    place = facts.place
    at_least = "" if place.is_counted else "more than "
    what = f"{size(place.n_free)} free, the data root holds {at_least}{size(place.n_bytes)}"
    needed = max(place.n_bytes, SMALL)
    if place.n_free >= TIGHT * needed:
        return ok("disk", what)
    do = "make room on this disk; a full one fails the run, and loses nothing"
    return problem("disk", what, do) if place.n_free < FULL * needed else warning("disk", what, do)


def lake_is_tidy(facts: Facts) -> Finding | None:
    """Not much of the lake is older versions."""
    place = facts.place
    if place.n_orphaned <= place.n_bytes / 2:
        return None
    what = f"About {size(place.n_orphaned)} of the lake are files of older versions"
    do = f"where nobody reads those any more: `{VACUUM}` for each table, while no run writes"
    return warning("disk", what, do)


def recorders_closed_their_files(facts: Facts) -> Finding | None:
    """No recorder's file is left open by a process that is gone."""
    left = facts.place.abandoned
    if not left:
        return None
    each = [f"{file.name} ({size(file.n_bytes)}, last written {ago(file.written_at, facts.now)})" for file in left]
    what = f"{counted(len(left), 'file')} left open by a recorder that is gone: {some(each)}"
    name = left[0].name
    do = f"start the bot again, its recorder closes them; or rename `{name}` to `{name.removesuffix('.open')}`"
    return warning("recorder", what, do)


def _lines(arrivals: list[Arrival]) -> tuple[int, int]:
    """Lines delivered and lines refused."""
    counts = [arrival.counts or {} for arrival in arrivals]
    return sum(c.get("n_lines", 0) for c in counts), sum(c.get("n_quarantined", 0) for c in counts)


def _share(n_lines: int, n_refused: int) -> float:
    return n_refused / n_lines if n_lines else 0.0


def _reasons(found: Delivered) -> str:
    return some([f"{refused.n} {refused.reason} in {refused.file}" for refused in found.refused])


def _growth(lately: float, before: float) -> str:
    return f"; {lately:.2%} in the last 7 days, {before:.2%} before" if before and lately > 2 * before else ""


RULES = (
    settings_are_readable,
    few_lines_are_refused,
    disk_has_room,
    lake_is_tidy,
    recorders_closed_their_files,
)
