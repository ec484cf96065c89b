"""What fails: runs, checks, the sensor's attempts, the daemon."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.cli.doctor.facts import Delivered, Facts, Runs, Unreadable
from learning_pipeline.cli.doctor.finding import Finding, ago, counted, ok, problem, some, warning
from learning_pipeline.defs.attempts import MAX_ATTEMPTS
from learning_pipeline.stores.run_records import Run

PATIENCE = dt.timedelta(minutes=5)
"""A daemon picks up a waiting file within seconds; what waits longer is not being picked up."""
LONG = dt.timedelta(hours=2)


def records_are_readable(facts: Facts) -> Finding | None:
    """Dagster's own files can be read."""
    if not isinstance(facts.runs, Unreadable):
        return None
    do = f"move the folder dagster aside (only the history of runs is in it), then {facts.command('run')}"
    return problem("runs", f"Dagster's records cannot be read: {facts.runs.why}", do)


def last_run_succeeded(facts: Facts) -> Finding | None:
    """The newest run that ended did so well."""
    runs = facts.runs
    if not isinstance(runs, Runs) or runs.newest is None or runs.newest.ended_at is None:
        return None
    newest, ended = runs.newest, ago(runs.newest.ended_at, facts.now)
    if newest.status == "SUCCESS":
        return ok("runs", f"The last run ({newest.job}) succeeded {ended}")
    said = runs.said
    step = f" at {said.step}" if said and said.step else ""
    streak = f"; {runs.n_failed_in_a_row} failed in a row" if runs.n_failed_in_a_row > 1 else ""
    since = f"{streak}, since {runs.failing_since:%Y-%m-%d %H:%M}" if runs.failing_since else ""
    what = f"The last run ({newest.job}) failed {ended}{step}: {said.cause if said else 'unknown cause'}{since}"
    return problem("runs", what, f"mend the cause, then {facts.command('run')}; {facts.command('ui')} shows its log")


def checks_passed(facts: Facts) -> Finding | None:
    """Every asset check of the last run passed; one that blocks stops its run."""
    said = facts.runs.said if isinstance(facts.runs, Runs) else None
    if not said or not said.failed_checks:
        return None
    names = some([f"{check.name} on {check.asset}" for check in said.failed_checks])
    is_blocking = any(check.is_blocking for check in said.failed_checks)
    what = f"{counted(len(said.failed_checks), 'asset check')} of the last run failed: {names}"
    do = f"see which rows and why: {facts.command('ui')}, page of the asset, tab Checks"
    if is_blocking:
        return problem("checks", f"{what}; a blocking one stops every run", do)
    return warning("checks", what, do)


def sensor_still_tries(facts: Facts) -> Finding | None:
    """The sensor has not given up on the files that wait."""
    if not isinstance(facts.runs, Runs) or facts.runs.n_failed_on_waiting < MAX_ATTEMPTS:
        return None
    n = facts.runs.n_failed_on_waiting
    what = f"The sensor gave up: {counted(n, 'run')} on the files that wait in the inbox failed"
    return problem("sensor", what, f"mend the cause, then start it by hand: {facts.command('run')}")


def no_run_died(facts: Facts) -> Finding | None:
    """No run is called started whose process is gone."""
    if not isinstance(facts.runs, Runs) or not facts.runs.dead:
        return None
    which, counts = _started(facts.runs.dead, facts.now)
    what = f"{counted(len(facts.runs.dead), 'run')} died without a word and still {counts} as started: {which}"
    return problem("runs", what, f"{facts.command('run')} marks it as failed and goes on; nothing is lost")


def no_run_is_silent(facts: Facts) -> Finding | None:
    """Every started run has given a sign of life."""
    if not isinstance(facts.runs, Runs) or not facts.runs.silent:
        return None
    which, counts = _started(facts.runs.silent, facts.now)
    what = f"{counted(len(facts.runs.silent), 'run')} {counts} as started but never began to work: {which}"
    return warning("runs", what, f"end it on its page in {facts.command('ui')}: until then no sensor starts another")


def _started(runs: list[Run], now: dt.datetime) -> tuple[str, str]:
    """Which runs, since when; and the verb that goes with so many."""
    each = [f"{run.run_id[:8]} ({run.job}), started {ago(run.started_at, now)}" for run in runs]
    return some(each), "counts" if len(runs) == 1 else "count"


def daemon_is_alive(facts: Facts) -> Finding | None:
    """Where a daemon was ever used it is there when something waits for it."""
    runs, found = facts.runs, facts.delivered
    if not isinstance(runs, Runs) or not runs.heartbeats or not isinstance(found, Delivered):
        return None
    waits_since = found.waiting_since
    if waits_since is None or facts.now - waits_since <= PATIENCE:
        return None
    seen = runs.heartbeats.get("SENSOR")
    if seen and facts.now - seen <= PATIENCE:
        return None
    last = f"was last seen {ago(seen, facts.now)}" if seen else "was never seen"
    what = f"The sensor's daemon {last}; not picked up: {counted(len(found.waiting), 'file')}"
    return problem(
        "daemon", what, f"start it again with {facts.command('ui')}, or land them now: {facts.run_or_wait()}"
    )


def writer_comes_to_an_end(facts: Facts) -> Finding | None:
    """Whoever holds the data root has not held it for hours."""
    writer = facts.place.writer
    if writer is None:
        return None
    held = f"Process {writer.pid} writes to this data root since {writer.since:%Y-%m-%d %H:%M}"
    if facts.now - writer.since <= LONG:
        return ok("writer", held)
    do = f"see what it does; `kill {writer.pid}` loses nothing, the next run goes on"
    return warning("writer", f"{held}, {ago(writer.since, facts.now)}: other runs wait for it", do)


RULES = (
    records_are_readable,
    last_run_succeeded,
    checks_passed,
    sensor_still_tries,
    no_run_died,
    no_run_is_silent,
    daemon_is_alive,
    writer_comes_to_an_end,
)
