"""Answers of people to proposals, and the overrides that these became: in the ledger, one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores import approval_tables as tables
from learning_pipeline.stores.database import Database, utc_text

Row = dict[str, Any]
TIME_OVER = "time over"


@dataclass(frozen=True)
class Answer:
    """What a person says of a proposal.

    Attributes
    ----------
    proposal : dict
        The row as it was shown, of values that JSON holds; ``proposal_id`` among them.
    evidence_sha256 : str
        Digest of its evidence.
    actor : str
        The person's name.
    at : datetime
        When, with a time zone.
    until : datetime
        How long the answer holds.
    reason : str, optional
        In the person's words.

    Raises
    ------
    BadInput
        The name is empty.
    """

    proposal: Row
    evidence_sha256: str
    actor: str
    at: dt.datetime
    until: dt.datetime
    reason: str | None = None

    def __post_init__(self) -> None:
        if not self.actor.strip():
            raise BadInput("--by: expected the name of the person who answers, was empty")

    @property
    def proposal_id(self) -> str:
        """The proposal that is answered."""
        return self.proposal["proposal_id"]


class Approvals:
    """Answers, overrides and their changes of state.

    Times go in and come out as instants with a time zone; they are kept in UTC.

    Parameters
    ----------
    url : path or str
        The ledger: SQLite file, or a database URL. Errors as `Database`.
    """

    def __init__(self, url: Path | str) -> None:
        self._database = Database(url, tables.metadata)

    def note_listed(self, evidence: Mapping[str, str], now: dt.datetime) -> None:
        """Note which evidence (proposal_id -> digest) a person has been shown; only that can be answered."""
        with self._database.writing() as connection:
            for proposal_id, sha256 in sorted(evidence.items()):
                connection.execute(sa.delete(tables.listed).where(tables.listed.c.proposal_id == proposal_id))
                row = {"proposal_id": proposal_id, "evidence_sha256": sha256, "listed_at": utc_text(now)}
                connection.execute(sa.insert(tables.listed).values(row))

    def approve(self, answer: Answer, contents: list[Row]) -> None:
        """Make an override of a proposal: answer, override and its transition, all or nothing.

        Parameters
        ----------
        contents : list of dict
            What the override does, one row per category, all of one ``override_id``; it ends when the answer does.

        Raises
        ------
        Refused
            The proposal was answered already, or its evidence is not what was listed last.
        """
        override_id, why = contents[0]["override_id"], f"approved by {answer.actor.strip()}"
        with self._database.writing() as connection:
            _retire(connection, answer.at)
            _require_answerable(connection, answer)
            _insert_answer(connection, answer, "approved", override_id)
            state = {
                "state": "active",
                "state_at": utc_text(answer.at),
                "reason": why,
                "expires_at": utc_text(answer.until),
            }
            rows = [{"override_id": override_id, "category": c["category"], "content": c, **state} for c in contents]
            connection.execute(sa.insert(tables.overrides), rows)
            _move(connection, override_id, None, "active", utc_text(answer.at), why)

    def reject(self, answer: Answer) -> None:
        """Note that a person does not want a proposal; raises as `approve`."""
        with self._database.writing() as connection:
            _retire(connection, answer.at)
            _require_answerable(connection, answer)
            _insert_answer(connection, answer, "rejected", None)

    def retire(self, now: dt.datetime) -> None:
        """Retire the overrides whose time is over, as of the instant at which it was."""
        with self._database.writing() as connection:
            _retire(connection, now)

    def select(self, contents: list[Row]) -> None:
        """What the evidence has in force now, one row per category, in place of all that it had before."""
        rows = [{"override_id": c["override_id"], "category": c["category"], "content": c} for c in contents]
        with self._database.writing() as connection:
            connection.execute(sa.delete(tables.selected))
            if rows:
                connection.execute(sa.insert(tables.selected), rows)

    def answers(self) -> list[Row]:
        """Every answer, in the order given."""
        columns = [c for c in tables.answers.c if c.name != "evidence"]
        return self._rows(sa.select(*columns).order_by(tables.answers.c.decided_at, tables.answers.c.proposal_id))

    def standing(self, now: dt.datetime) -> dict[str, str]:
        """Answer by proposal, of those that hold at an instant."""
        return {a["proposal_id"]: a["answer"] for a in self.answers() if a["decided_at"] <= now < a["holds_until"]}

    def overrides(self) -> list[Row]:
        """Every override by id and category: its content with ``state``, ``state_at`` and ``reason``."""
        rows = self._rows(
            sa.select(tables.overrides).order_by(tables.overrides.c.override_id, tables.overrides.c.category)
        )
        return [{**row["content"], **{k: row[k] for k in ("state", "state_at", "reason")}} for row in rows]

    def active(self) -> list[Row]:
        """What a bot is to use, by id and category: approved and not retired, or put in force by evidence."""
        approved = sa.select(tables.overrides.c.override_id, tables.overrides.c.category, tables.overrides.c.content)
        every = sa.union_all(approved.where(tables.overrides.c.state == "active"), sa.select(tables.selected))
        return [row["content"] for row in self._rows(every.order_by("override_id", "category"))]

    def transitions(self) -> list[Row]:
        """Every change of state, in the order of time."""
        return self._rows(
            sa.select(tables.transitions).order_by(tables.transitions.c.moved_at, tables.transitions.c.override_id)
        )

    def _rows(self, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[Row]:
        with self._database.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [{k: _instant(v) if k.endswith(("_at", "_until")) else v for k, v in row.items()} for row in rows]


def _retire(connection: sa.Connection, now: dt.datetime) -> None:
    """Also the first statement of each answer: it writes, so that no other answer comes between looking and writing."""
    over = (tables.overrides.c.state == "active") & (tables.overrides.c.expires_at <= utc_text(now))
    change = {"state": "retired", "state_at": tables.overrides.c.expires_at, "reason": TIME_OVER}
    moved = (
        sa.update(tables.overrides)
        .where(over)
        .values(change)
        .returning(tables.overrides.c.override_id, tables.overrides.c.expires_at)
    )
    for override_id, at in sorted(set(map(tuple, connection.execute(moved)))):
        _move(connection, override_id, "active", "retired", at, TIME_OVER)


def _require_answerable(connection: sa.Connection, answer: Answer) -> None:
    name = answer.proposal_id
    holds = (tables.answers.c.proposal_id == name) & (tables.answers.c.holds_until > utc_text(answer.at))
    before = connection.execute(sa.select(tables.answers).where(holds)).mappings().first()
    if before:
        said = f"{before['answer']} by {before['actor']} at {before['decided_at']}"
        raise Refused(f"{name}: already {said}; that holds until {before['holds_until']}")
    shown = connection.scalar(sa.select(tables.listed.c.evidence_sha256).where(tables.listed.c.proposal_id == name))
    if shown != answer.evidence_sha256:
        what = "was never listed" if shown is None else "has changed since it was listed"
        raise Refused(f"{name}: its evidence {what}; `learning-pipeline proposals list` shows what you would answer")


def _insert_answer(connection: sa.Connection, answer: Answer, word: str, override_id: str | None) -> None:
    row = {
        "proposal_id": answer.proposal_id,
        "evidence_sha256": answer.evidence_sha256,
        "decided_at": utc_text(answer.at),
        "holds_until": utc_text(answer.until),
        "answer": word,
        "actor": answer.actor.strip(),
        "reason": answer.reason,
        "override_id": override_id,
        "evidence": answer.proposal,
    }
    connection.execute(sa.insert(tables.answers).values(row))


def _move(connection: sa.Connection, override_id: str, before: str | None, after: str, at: str, why: str) -> None:
    row = {"override_id": override_id, "moved_at": at, "from_state": before, "to_state": after, "reason": why}
    connection.execute(sa.insert(tables.transitions).values(row))


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
