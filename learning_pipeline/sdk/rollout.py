"""A request for a move from Python, through the job that the command line and the sensor start."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.defs.rollout_gate import Gate
from learning_pipeline.jobs import run_job
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import STANDING, Rollouts
from learning_pipeline.stores.settings_file import load_settings


def moved(
    home: Home, artifact_id: str, by: str, name: str = "main", state: str = "shadow", reason: str | None = None
) -> dict[str, Any]:
    """As `LearningEngine.rollout`."""
    request_id = _open_request(home, artifact_id, name, state) or _asked(home, artifact_id, by, name, state, reason)
    run_job(home, "rollout", ops={"move_model": {"request_id": request_id, "actor": by.strip()}})
    stands = Rollouts(home).standing(name)
    return {"request_id": request_id} | {
        word: stands[word].artifact_id if word in stands else None for word in STANDING
    }


def _open_request(home: Home, artifact_id: str, target: str, state: str) -> str | None:
    """The newest request for this very move that is open: asked before, and perhaps approved since."""
    wanted = {"artifact_id": artifact_id, "target": target, "to_state": state, "state": "open"}
    same = [each for each in Rollouts(home).requests() if all(each[key] == value for key, value in wanted.items())]
    return same[-1]["request_id"] if same else None


def _asked(home: Home, artifact_id: str, by: str, target: str, state: str, reason: str | None) -> str:
    gate = Gate(home, load_settings(home.settings, SETTINGS))
    return gate.ask(target, artifact_id, state, by, reason, dt.datetime.now(dt.UTC))["request_id"]
