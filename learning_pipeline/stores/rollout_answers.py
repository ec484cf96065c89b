"""Who asks for a move of a model, and what another person answers; nothing is moved here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.database import utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollout_attempt import Attempts, Fault, Why, allow, measured, named
from learning_pipeline.stores.rollout_held import Held, artifact_row, held
from learning_pipeline.stores.rollouts import Row, instants, request

Judge = Callable[[Held], Sequence[Why]]
Bind = Callable[[Held], Mapping[str, str | None]]


class RolloutAnswers:
    """Requests and answers; each is recorded in the audit, those that are turned down too.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`; BadInput where a name is empty or an id unknown.
    """

    def __init__(self, home: Home) -> None:
        self._attempts = Attempts(home)

    def ask(self, target: str, artifact_id: str, to_state: str, by: str, reason: str | None, at: dt.datetime) -> Row:
        """Ask for a move; where the same is asked already it is that request, whoever asked."""
        by = named(by, "asks")
        with self._attempts.turn() as connection:
            if artifact_row(connection, artifact_id) is None:
                raise BadInput(f"{artifact_id[:80]!r}: no such artifact; `learning-pipeline train` makes one")
            same = _open_request(connection, target, artifact_id, to_state)
            if same is not None:
                return request(connection, same)
            asked = {"target": target, "artifact_id": artifact_id, "to_state": to_state, "requested_by": by}
            row = {"request_id": f"r{self._attempts.next_seq(connection)}", **asked, "requested_at": utc_text(at)}
            connection.execute(sa.insert(tables.requests).values(row | {"reason": reason, "state": "open"}))
            self._attempts.record(connection, at, by, "request", row, [], {"to_state": to_state, "reason": reason})
            return request(connection, row["request_id"])

    def look(self, request_id: str) -> Held:
        """All that a request rests on, as it is now; changes nothing."""
        with self._attempts.reading() as connection:
            return held(connection, self._attempts.home, request(connection, request_id))

    def approve(
        self,
        request_id: str,
        by: str,
        reason: str | None,
        at: dt.datetime,
        expires_at: dt.datetime,
        judge: Judge,
        bind: Bind,
    ) -> Row:
        """Note a person's yes to exactly what stands now; the yes, with what it is bound to.

        Raises
        ------
        RolloutDenied
            The judge says why not.
        """
        by = named(by, "approves")
        with self._attempts.turn() as connection:
            found = held(connection, self._attempts.home, request(connection, request_id))
            why, row = judge(found), self._row(connection, found, by, "approved", reason, at, bind)
            row["expires_at"] = utc_text(expires_at)
            if not why:
                connection.execute(sa.insert(tables.approvals).values(row))
            said = {"evaluations": measured(found.evaluations), "approval": row}
            self._attempts.record(connection, at, by, "approve", found.request, why, said)
        allow(why, found.request)
        return instants(row)

    def deny(self, request_id: str, by: str, reason: str, at: dt.datetime, bind: Bind) -> Row:
        """Note a person's no: the request is over, and its approvals with it.

        Raises
        ------
        RolloutDenied
            It is over already.
        """
        by = named(by, "denies")
        with self._attempts.turn() as connection:
            found = held(connection, self._attempts.home, request(connection, request_id))
            state = found.request["state"]
            why = [] if state == "open" else [Fault("request_closed", f"the request is {state} already")]
            row = self._row(connection, found, by, "denied", reason, at, bind)
            if not why:
                connection.execute(sa.insert(tables.approvals).values(row))
                close(connection, request_id, "denied", at)
            self._attempts.record(connection, at, by, "deny", found.request, why, {"approval": row})
        allow(why, found.request)
        return instants(row)

    def _row(
        self,
        connection: sa.Connection,
        found: Held,
        by: str,
        answer: str,
        reason: str | None,
        at: dt.datetime,
        bind: Bind,
    ) -> dict[str, Any]:
        said = {name: found.request[name] for name in ("request_id", "target", "artifact_id", "requested_by")}
        row = {"approval_id": f"a{self._attempts.next_seq(connection)}", **said, "approved_by": by, "answer": answer}
        return row | {"answered_at": utc_text(at), "expires_at": None, "used_at": None, "reason": reason, **bind(found)}


def close(connection: sa.Connection, request_id: str, state: str, at: dt.datetime) -> None:
    """End a request."""
    change = {"state": state, "closed_at": utc_text(at)}
    connection.execute(sa.update(tables.requests).where(tables.requests.c.request_id == request_id).values(change))


def _open_request(connection: sa.Connection, target: str, artifact_id: str, to_state: str) -> str | None:
    table = tables.requests.c
    same = (table.target == target) & (table.artifact_id == artifact_id) & (table.to_state == to_state)
    return connection.scalar(sa.select(table.request_id).where(same & (table.state == "open")))
