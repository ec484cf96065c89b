"""Moves of models in words."""

from __future__ import annotations

from collections.abc import Mapping

from learning_pipeline.contracts import Entry
from learning_pipeline.rollout.facts import Row, Standing


def moved_entry(action: str, actor: str, target: str, stands: Mapping[str, Standing]) -> Entry:
    """What stands after a move."""
    after = {state: stands[state].artifact_id if state in stands else None for state in ("active", "shadow")}
    return Entry("ROLLOUT", {"action": action, "target": target, "by": actor, "outcome": "done", **after})


def denied_entry(action: str, actor: str, target: str, words: str) -> Entry:
    """Why a model was not moved."""
    said = {"action": action, "target": target, "by": actor, "outcome": "denied", "why": words}
    return Entry("ROLLOUT", said, "WARNING")


def asked_in_words(request: Row) -> str:
    """A request in one line."""
    what = f"{request['artifact_id']} {request['to_state']} for {request['target']}"
    return f"{request['request_id']}: {what}, asked by {request['requested_by']} at {request['requested_at']:%F %H:%M}"
