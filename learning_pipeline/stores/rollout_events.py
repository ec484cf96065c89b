"""Moves told to others: an event of the outbox per move that was made, once."""

from __future__ import annotations

import datetime as dt
import json

from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.outbox import Outbox

MOVES = ("shadow", "active", "rollback")


def tell_moves(home: Home) -> None:
    """Tell every move that has not been told: also one whose process died between the move and its event."""
    made = [r for r in Audit(home).records() if r["outcome"] == "done" and r["action"] in MOVES]
    if not made:
        return
    outbox = Outbox(home)
    told = {event.get("audit_hash") for event in outbox.events()}
    for record in made:
        if record["hash"] not in told:
            said = {name: record[name] for name in ("action", "actor", "target", "artifact_id")}
            payload = said | {"audit_seq": record["seq"], "audit_hash": record["hash"]}
            payload |= {"replaces": json.loads(record["detail"])["replaces"]}
            at = dt.datetime.fromisoformat(record["recorded_at"])
            outbox.emit("ordinis.learn.rollout.completed", record["hash"], payload, at)
