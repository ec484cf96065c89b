"""The only door to the pointer: each call is one transaction that holds the write lock from its first statement on.

What is judged is read inside it; the move, the use of the approval and the record of the audit are kept together or not
at all. A denial keeps its record and raises. Who judges is handed in: only ``defs.rollout_gate`` may open this door.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.database import utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.pointer import Move, move, withdraw
from learning_pipeline.stores.rollout_answers import Judge, close
from learning_pipeline.stores.rollout_attempt import Attempts, Fault, Why, allow, measured, named
from learning_pipeline.stores.rollout_held import Held, artifact_row, evaluations, held, sha256_on_disk
from learning_pipeline.stores.rollouts import Deployment, Row, denied_last, deployments, request, standing


class Back(NamedTuple):
    """What a rollback is to make active, None for nothing; and why it cannot."""

    to: str | None
    why_not: Sequence[Why]


Look = Callable[[str], tuple[Row | None, str | None]]
"""An artifact's row of the registry and the SHA-256 of its bytes as they are."""

Chooser = Callable[[list[Deployment], dict[str, Deployment], Look], Back]
"""From the history of a target and what stands to what a rollback is to do."""


class RolloutMoves:
    """Moves and rollbacks.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`; BadInput where a name is empty or an id unknown.
    """

    def __init__(self, home: Home) -> None:
        self._attempts = Attempts(home)

    def move(
        self, request_id: str, actor: str, at: dt.datetime, data_at: dt.datetime, judge: Judge, *, once: bool = False
    ) -> dict[str, Deployment]:
        """Move an artifact as a request asks; state -> what stands in it afterwards.

        Parameters
        ----------
        actor : str
            Who tries: a person, or the sensor.
        data_at : datetime
            Newest instant of the data: from then on decisions are the artifact's.
        judge : callable
            From what is held to the reasons why not; none means allowed.
        once : bool
            A denial for the reasons for which it was denied last is not recorded again.

        Raises
        ------
        RolloutDenied
            With every reason. So a request that was done is denied: it is done once.
        """
        with self._attempts.turn() as connection:
            found = held(connection, self._attempts.home, request(connection, request_id))
            why = judge(found) or _use_up(connection, found, at)
            said: Row = {"evaluations": measured(found.evaluations), "approval": found.approval}
            if not why:
                said |= _moved(connection, found, at, data_at)
                close(connection, request_id, "done", at)
            if not (once and why and denied_last(connection, request_id) == sorted({each.code for each in why})):
                self._attempts.record(connection, at, actor, found.request["to_state"], found.request, why, said)
            stands = standing(connection, found.request["target"])
        allow(why, found.request)
        return stands

    def roll_back(
        self, target: str, by: str, reason: str, at: dt.datetime, data_at: dt.datetime, choose: Chooser
    ) -> dict[str, Deployment]:
        """Make an artifact active that was before, or none; its bytes are looked at first. As `move`."""
        by = named(by, "rolls back")
        if not reason.strip():
            raise BadInput("--reason: expected why, in your words, was empty")
        with self._attempts.turn() as connection:
            stands = standing(connection, target)
            history = deployments(connection, tables.deployments.c.target == target)
            to, why = choose(history, stands, lambda artifact_id: self._look(connection, artifact_id))
            about: Row = {"target": target, "artifact_id": to, "request_id": None}
            said: dict[str, Any] = {"reason": reason, "replaces": _id_of(stands.get("active"))}
            said["evaluations"] = measured(evaluations(connection, to)) if to else []
            if not why:
                how = Move(target, to, self._look(connection, to)[1], "active", at, data_at)
                said["generation"] = move(connection, how) if to else withdraw(connection, how)
            self._attempts.record(connection, at, by, "rollback", about, why, said)
            stands = standing(connection, target)
        allow(why, about)
        return stands

    def _look(self, connection: sa.Connection, artifact_id: str | None) -> tuple[Row | None, str | None]:
        artifact = artifact_row(connection, artifact_id)
        return artifact, sha256_on_disk(self._attempts.home, artifact)


def _moved(connection: sa.Connection, found: Held, at: dt.datetime, data_at: dt.datetime) -> Row:
    """Write the deployments; what the audit says of them."""
    asked, before = found.request, found.standing.get(found.request["to_state"])
    how = Move(asked["target"], asked["artifact_id"], found.sha256_on_disk, asked["to_state"], at, data_at)
    return {"generation": move(connection, how), "replaces": _id_of(before)}


def _id_of(deployment: Deployment | None) -> str | None:
    return deployment.artifact_id if deployment else None


def _use_up(connection: sa.Connection, found: Held, at: dt.datetime) -> Sequence[Why]:
    """Use the approval; whatever a judge says, only an unused one in time, to these bytes in place of these."""
    if found.request["to_state"] != "active":
        return []
    table, active = tables.approvals.c, found.standing.get("active")
    usable = (table.approval_id == (found.approval or {}).get("approval_id")) & table.used_at.is_(None)
    usable &= (table.expires_at > utc_text(at)) & (table.artifact_sha256 == found.sha256_on_disk)
    usable &= table.replaces_sha256.is_not_distinct_from(active.artifact_sha256 if active else None)
    usable &= table.approved_by != found.request["requested_by"]
    used = connection.execute(sa.update(tables.approvals).where(usable).values(used_at=utc_text(at)))
    return [] if used.rowcount == 1 else [Fault("approval_void", "the ledger holds no approval that can be used")]
