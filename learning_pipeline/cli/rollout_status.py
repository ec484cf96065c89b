"""What stands for each target, what waits, and what is missing for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.audit import head_in_words
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.rollout import gate_at
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.defs.rollout_gate import Waiting
from learning_pipeline.rollout.wording import asked_in_words
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Deployment, Rollouts, named_target

COLUMNS = ["target", "state", "artifact", "since (data)", "moved at", "move"]


def show(home: Home, target: str | None, *, as_json: bool) -> None:
    """Print it; changes nothing."""
    history = Rollouts(home).history(target and named_target(target))
    stands = [each for each in history if each.until is None and each.state != "retired"]
    waiting = [w for w in gate_at(home).waiting(dt.datetime.now(dt.UTC)) if target in {None, w.request["target"]}]
    if as_json:
        write_json({"standing": [each._asdict() for each in stands], "waiting": [_row(each) for each in waiting]})
        return
    if stands:
        print_table(COLUMNS, [_cells(each) for each in stands], title="What stands")
    else:
        tell("No model is active or in shadow.")
    for each in waiting:
        _tell(each)
    tell(f"\n{head_in_words(home)}")


def _cells(each: Deployment) -> tuple[Any, ...]:
    times = f"{each.since:%F %H:%M}", f"{each.moved_at:%F %H:%M}"
    return each.target, each.state, each.artifact_id, *times, each.generation


def _row(each: Waiting) -> dict[str, Any]:
    missing = [{"code": reason.code, "words": reason.words, "may_pass": reason.may_pass} for reason in each.why]
    return {"request": each.request, "approval": each.approval, "missing": missing}


def _tell(each: Waiting) -> None:
    tell(f"\n{asked_in_words(each.request)}")
    if each.approval:
        tell(f"  approved by {each.approval['approved_by']} until {each.approval['expires_at']:%F %H:%M}")
    for reason in each.why:
        tell(f"  missing: {reason.words} ({reason.code})")
    if not each.why:
        tell("  nothing is missing: the sensor moves it, or `rollout approve` again")
