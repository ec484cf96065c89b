"""Ask for a model to be moved, answer, roll back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.audit import head_in_words
from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import say, tell
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.defs.rollout_gate import Gate
from learning_pipeline.defs.rollout_gate import roll_back as back
from learning_pipeline.errors import RolloutDenied
from learning_pipeline.rollout.binding import BOUND
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Rollouts
from learning_pipeline.stores.settings_file import load_settings


def request(
    home: Home, artifact_id: str, target: str, state: str, by: str, reason: str | None, *, as_json: bool
) -> None:
    """Record a request; into shadow the model is moved by the job, at once."""
    asked = gate_at(home).ask(target, artifact_id, state, by, reason, _now())
    if state == "shadow":
        _run(home, asked["request_id"], by)
    done = _done(home, target) | {"request": Rollouts(home).request(asked["request_id"])}
    if as_json:
        write_json(done)
        return
    tell(f"{asked['request_id']}: {artifact_id} {state} for {target}, asked by {asked['requested_by']}")
    if state == "active":
        tell(f"another person approves it: `learning-pipeline rollout approve {asked['request_id']} --by NAME`")
    _tell_done(home, done)


def approve(home: Home, request_id: str, by: str, reason: str | None, *, as_json: bool) -> None:
    """Record an approval, show what it is bound to, and run the job.

    Raises
    ------
    RolloutDenied
        The approval is none, or the model cannot be moved yet; the approval stands all the same then.
    """
    row = gate_at(home).approve(request_id, by, reason, _now())
    if not as_json:
        tell(f"{row['approval_id']}: {row['approved_by']} approves {request_id} until {row['expires_at']:%F %H:%M} UTC")
        for name in BOUND:
            tell(f"  {name}: {row[name] or 'none'}")
    try:
        _run(home, request_id, row["approved_by"])
    except RolloutDenied:
        say(
            f"{row['approval_id']} stands until {row['expires_at']:%F %H:%M} UTC; `rollout status` says what is missing"
        )
        raise
    done = _done(home, row["target"]) | {"approval": row}
    write_json(done) if as_json else _tell_done(home, done)


def deny(home: Home, request_id: str, by: str, reason: str, *, as_json: bool) -> None:
    """Record a no."""
    row = gate_at(home).deny(request_id, by, reason, _now())
    if as_json:
        write_json(row)
    else:
        tell(f"denied {request_id} by {row['approved_by']}; {head_in_words(home)}")


def roll_back(home: Home, target: str, by: str, reason: str, to: str | None, *, as_json: bool) -> None:
    """Roll back, in this process: it takes no job, no service and no network."""
    back(home, target, by, reason, to, _now())
    done = _done(home, target)
    write_json(done) if as_json else _tell_done(home, done)


def gate_at(home: Home) -> Gate:
    """The gate of a data root with its settings."""
    return Gate(home, load_settings(home.settings, SETTINGS))


def _run(home: Home, request_id: str, actor: str) -> None:
    run_job(home, "rollout", ops={"move_model": {"request_id": request_id, "actor": actor.strip()}})


def _done(home: Home, target: str) -> dict[str, Any]:
    stands = {state: each._asdict() for state, each in Rollouts(home).standing(target).items()}
    return {"target": target, "standing": stands, "audit_head": str(Audit(home).head())}


def _tell_done(home: Home, done: dict[str, Any]) -> None:
    stands = {state: done["standing"].get(state, {}).get("artifact_id", "none") for state in ("active", "shadow")}
    tell(f"{done['target']}: active {stands['active']}, shadow {stands['shadow']}; {head_in_words(home)}")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
