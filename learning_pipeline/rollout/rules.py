"""What each move takes: from facts to the reasons why not; none means allowed."""

from __future__ import annotations

from collections.abc import Iterator

from learning_pipeline.rollout.approval_rules import approval_faults
from learning_pipeline.rollout.evaluation_rules import evaluation_faults
from learning_pipeline.rollout.facts import Facts
from learning_pipeline.rollout.reason import Reason
from learning_pipeline.rollout.shadow_rules import shadow_faults


def why_not(facts: Facts) -> list[Reason]:
    """Every reason why the request's move is not allowed as things stand; empty: it is.

    Shadow takes an open request by a named person and bytes as they were registered. It takes no passed pack and no
    approval: nobody acts on its scores, and what it does on live data is evidence that a failed pack cannot give.
    Active takes all that SEMANTICS 9 names.
    """
    faults = [*_always(facts)]
    if facts.request["to_state"] == "active":
        faults += [*_mode(facts), *evaluation_faults(facts), *shadow_faults(facts), *approval_faults(facts)]
    return faults


def why_not_approvable(facts: Facts) -> list[Reason]:
    """Every reason why a yes would be a yes to nothing: what neither waiting nor that yes can mend."""
    return [reason for reason in why_not(facts) if not reason.may_pass and not reason.code.startswith("approval_")]


def artifact_faults(facts: Facts) -> Iterator[Reason]:
    """What is wrong with the artifact itself."""
    name = facts.request["artifact_id"]
    if facts.artifact is None:
        yield Reason("artifact_unknown", f"{name} is not in the registry")
    elif facts.sha256_on_disk is None:
        yield Reason("artifact_missing", f"{name} has no file at {facts.artifact['path_ref']}")
    elif facts.sha256_on_disk != facts.artifact["sha256"]:
        found, told = facts.sha256_on_disk[:12], facts.artifact["sha256"][:12]
        yield Reason("artifact_damaged", f"the bytes of {name} have SHA-256 {found}..., registered was {told}...")


def _always(facts: Facts) -> Iterator[Reason]:
    request, to_state = facts.request, facts.request["to_state"]
    if not facts.circumstances.models.enable:
        yield Reason("learning_disabled", "LEARN_ENABLE is false")
    if not request["requested_by"].strip():
        yield Reason("requester_unnamed", "no person is named who asked for it")
    if request["state"] != "open":
        yield Reason("request_closed", f"the request is {request['state']} already")
    yield from artifact_faults(facts)
    stands = next((each for each in facts.standing.values() if each.artifact_id == request["artifact_id"]), None)
    if stands is not None and stands.state in {to_state, "active"}:
        yield Reason(f"already_{stands.state}", f"{stands.artifact_id} is {stands.state} since {stands.since:%F %H:%M}")


def _mode(facts: Facts) -> Iterator[Reason]:
    if facts.circumstances.models.rollout_mode != "active":
        yield Reason("mode_is_shadow", "LEARN_ROLLOUT_MODE is shadow: nothing becomes active, whatever is approved")
