"""What the ledger and the lake say of models: alarms, failed trainings, moves that wait, the audit."""

from __future__ import annotations

import datetime as dt
import shutil
from itertools import takewhile

from learning_pipeline.cli.doctor.facts import Governed
from learning_pipeline.drift import Scores, open_alarms
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.peek import copied
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Rollouts


def look_at_models(home: Home, now: dt.datetime) -> Governed:
    """Read a copy of the ledger; nothing is written to the data root."""
    alarms = _alarms(home)
    with copied(home.ledger) as copy:
        seen = Home(copy.parent)
        if home.audit_head.is_file():
            shutil.copyfile(home.audit_head, seen.audit_head)
        trainings = [row for row in Registry(seen).trainings() if row["status"] != "refused"][::-1]
        failed = list(takewhile(lambda row: row["status"] == "failed", trainings))
        fault = Audit(seen).verify().fault
        return Governed(
            alarms=alarms,
            n_failed_in_a_row=len(failed),
            failure=failed[0]["reason"] if failed else None,
            waiting=_waiting(Rollouts(seen), now),
            audit_fault=fault.words.replace(str(copy.parent), str(home.root)) if fault else "",
        )


def _alarms(home: Home) -> list[str]:
    """Model, metric and feature of what alarms on the newest day."""
    lake = Lake(home.lake)
    days = lake.files_by_day(Scores)
    if not days:
        return []
    standing = open_alarms(lake.read(Scores, max(days), max(days)), max(days))
    return [f"{row['model']} {row['metric']} of {row['feature']}" for row in standing.iter_rows(named=True)]


def _waiting(rollouts: Rollouts, now: dt.datetime) -> list[str]:
    """Requests that are open though a person approved them, and the approval still holds."""
    holds = {
        row["request_id"]
        for row in rollouts.approvals()
        if row["answer"] == "approved" and row["used_at"] is None and row["expires_at"] and row["expires_at"] > now
    }
    return [row["request_id"] for row in rollouts.requests() if row["state"] == "open" and row["request_id"] in holds]
