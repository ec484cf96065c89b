"""Models: what they are given has moved, trainings fail, an approved move waits, the audit is broken."""

from __future__ import annotations

from learning_pipeline.cli.doctor.facts import Facts, Governed, Unreadable
from learning_pipeline.cli.doctor.finding import Finding, counted, problem, some, warning

FAILURES = 3


def nothing_has_drifted(facts: Facts) -> Finding | None:
    """No alarm of drift stands on the newest day."""
    if not isinstance(facts.governed, Governed) or not facts.governed.alarms:
        return None
    alarms = facts.governed.alarms
    what = f"{counted(len(alarms), 'alarm')} of drift: {some(alarms)}"
    do = f"see the section Models of {facts.command('report')}; train anew, or go back with {facts.command('rollback')}"
    return warning("drift", what, do)


def trainings_succeed(facts: Facts) -> Finding | None:
    """The last trainings did not all fail."""
    if not isinstance(facts.governed, Governed) or facts.governed.n_failed_in_a_row < FAILURES:
        return None
    n, why = facts.governed.n_failed_in_a_row, facts.governed.failure or "no reason was given"
    what = f"The last {counted(n, 'training')} failed: {why}; the last good artifact stays"
    return warning("training", what, f"mend the cause, then {facts.command('train')}")


def approved_moves_are_made(facts: Facts) -> Finding | None:
    """No request that a person approved waits to be carried out."""
    if not isinstance(facts.governed, Governed) or not facts.governed.waiting:
        return None
    waiting = facts.governed.waiting
    what = f"{counted(len(waiting), 'approved request')} to move a model not carried out yet: {some(waiting)}"
    return warning("rollout", what, f"{facts.command('rollout status')} says what it still takes")


def audit_is_whole(facts: Facts) -> Finding | None:
    """The chain of audit records is as it was written."""
    if isinstance(facts.governed, Unreadable):
        if isinstance(facts.delivered, Unreadable):
            return None  # it is the ledger as a whole, and is told of already
        do = "see whether another process holds the data root, then look again"
        return problem("models", f"The records of models cannot be read: {facts.governed.why}", do)
    if facts.governed is None or not facts.governed.audit_fault:
        return None
    what = f"The audit of rollouts is broken: {facts.governed.audit_fault}"
    do = f"trust no deployment until it is explained; {facts.command('audit verify')} shows it"
    return problem("audit", what, do)


RULES = (nothing_has_drifted, trainings_succeed, approved_moves_are_made, audit_is_whole)
