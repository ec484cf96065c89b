"""What the approval must be: another person's, in time, unused, and to exactly what would be moved."""

from __future__ import annotations

from collections.abc import Iterator

from learning_pipeline.rollout.binding import binding
from learning_pipeline.rollout.facts import Facts, Row
from learning_pipeline.rollout.reason import Reason, same_person

BOUND_TO = {
    "artifact_sha256": ("approval_of_other_bytes", "the artifact's bytes are others than those approved"),
    "evaluations_sha256": ("approval_of_another_evaluation", "the evaluations are others than those approved"),
    "dataset_id": ("approval_of_another_dataset", "the dataset is another than the one approved"),
    "policy_sha256": ("approval_of_another_policy", "packs or rollout settings have changed since it was approved"),
    "replaces_sha256": ("approval_replaces_another", "the active artifact is another than the one it was to replace"),
}


def approval_faults(facts: Facts) -> Iterator[Reason]:
    """Faults of the approval."""
    approval = facts.approval
    if approval is None:
        yield Reason("not_approved", "no other person has approved it")
        return
    yield from _persons(facts, approval)
    yield from _times(facts, approval)
    for name in ("request_id", "target", "artifact_id"):
        if approval[name] != facts.request[name]:
            yield Reason(f"approval_of_another_{name.removesuffix('_id')}", f"it approves {approval[name]}")
    if facts.artifact is not None:
        yield from _bound(facts, approval)


def _bound(facts: Facts, approval: Row) -> Iterator[Reason]:
    now = binding(facts)
    for name, (code, words) in BOUND_TO.items():
        if approval[name] != now[name]:
            yield Reason(code, words)


def _persons(facts: Facts, approval: Row) -> Iterator[Reason]:
    if not approval["approved_by"].strip():
        yield Reason("approver_unnamed", "no person is named who approved it")
    elif same_person(approval["approved_by"], facts.request["requested_by"]):
        yield Reason("approver_is_requester", f"{approval['approved_by']} asked for it: another person must approve")
    if approval["requested_by"] != facts.request["requested_by"]:
        yield Reason("approval_of_another_requester", f"it answers {approval['requested_by']}")


def _times(facts: Facts, approval: Row) -> Iterator[Reason]:
    now = facts.circumstances.now
    if approval["used_at"] is not None:
        yield Reason("approval_used", f"it moved a model at {approval['used_at']:%F %H:%M}: one approval, one move")
    if approval["answered_at"] > now:
        yield Reason("approval_from_the_future", f"it was given at {approval['answered_at']:%F %H:%M}")
    if approval["expires_at"] is None or approval["expires_at"] <= now:
        until = "without an end" if approval["expires_at"] is None else f"void since {approval['expires_at']:%F %H:%M}"
        yield Reason("approval_expired", f"it is {until}")
