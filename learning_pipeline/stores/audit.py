"""The audit of rollouts: a chain of records in the ledger, and its head in a file beside it.

Each record bears the hash of the one before, so that a record edited, removed, inserted or moved breaks the chain where
it was; the head, which is written after each commit and printed by each command, shows that the tail was cut off.

Who can write to the data root as we do can still make a whole new chain and a head that fits it, or add a record behind
the head; no key that we could read would keep them from it. What does is a head in other hands: noted on paper, in a
ticket or in version control, it is found again by ``audit verify --head SEQ:HASH``, or else the chain was made anew.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.audit_fault import Fault, first_fault
from learning_pipeline.stores.audit_record import GENESIS, Row, hash_of
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollout_tables import audit, metadata


class Head(NamedTuple):
    """The last record of a chain: its place and its hash; place 0 of an empty one."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class Verdict(NamedTuple):
    """Whether a chain is whole.

    Attributes
    ----------
    n_records : int
        Records in the chain.
    head : Head
        Its last record.
    n_after_head : int
        Records behind the one that the file names: a process died before it wrote the file, or somebody added them.
    fault : Fault or None
        The first record that is wrong, and how; None where all are right.
    """

    n_records: int
    head: Head
    n_after_head: int
    fault: Fault | None


class Audit:
    """Records in the order in which they were made.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._database, self._file = Database(home.ledger, metadata), home.audit_head

    def records(self) -> list[Row]:
        """Every record, ``detail`` as text."""
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings()]

    def head(self) -> Head:
        """The last record."""
        with self._database.reading() as connection:
            return self.last(connection)

    def last(self, connection: sa.Connection) -> Head:
        """The last record, inside a transaction."""
        query = sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        row = connection.execute(query).first()
        return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)

    def append(
        self,
        connection: sa.Connection,
        at: dt.datetime,
        actor: str,
        action: str,
        target: str,
        artifact_id: str | None,
        outcome: str,
        detail: dict[str, Any],
    ) -> Row:
        """Add a record in a transaction that holds the write lock; it is kept if the transaction is.

        Parameters
        ----------
        outcome : str
            ``done`` or ``denied``.
        detail : dict
            Reasons, evaluations, approval: values that JSON holds.
        """
        last = self.last(connection)
        if last.seq == 0 and not self._file.exists():
            _write_head(self._file, last)  # from now on a missing head is a fault
        said = {"seq": last.seq + 1, "recorded_at": utc_text(at), "actor": actor, "action": action, "target": target}
        said |= {"artifact_id": artifact_id, "outcome": outcome, "detail": canonical(detail), "prev_hash": last.hash}
        row = said | {"hash": hash_of(said)}
        connection.execute(sa.insert(audit).values(row))
        return row

    def publish_head(self) -> Head:
        """Write the head's file, after a commit: never ahead of the chain, never back; returns the head."""
        with self._database.writing() as connection:
            hold(connection)
            head = self.last(connection)
            _write_head(self._file, head)
        return head

    def verify(self, noted: Head | None = None) -> Verdict:
        """Look at every record, then at the head's file, then for a head that was noted elsewhere."""
        told = _read_head(self._file)  # before the chain: it may lag, and must not be found ahead
        rows = self.records()
        head = Head(rows[-1]["seq"], rows[-1]["hash"]) if rows else Head(0, GENESIS)
        heads = [(str(self._file), told), ("the head that was noted", noted)]
        fault = first_fault(rows) or _fault_of_heads(rows, heads)
        return Verdict(len(rows), head, len(rows) - told.seq if told and not fault else 0, fault)


def hold(connection: sa.Connection) -> None:
    """Take the write lock without writing: what is read from now on is what the transaction changes."""
    connection.execute(sa.delete(audit).where(sa.false()))


def canonical(value: Any) -> str:
    """Canonical JSON text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parse_head(text: str) -> Head:
    """A head as commands print it.

    Raises
    ------
    BadInput
        It is not ``SEQ:HASH``.
    """
    seq, _, digest = text.partition(":")
    if not (seq.isdecimal() and len(digest) == len(GENESIS)):
        raise BadInput(f"--head: expected SEQ:HASH as `learning-pipeline audit verify` prints it, was {text[:100]!r}")
    return Head(int(seq), digest)


def _write_head(path: Path, head: Head) -> None:
    atomic_write(path, f"{json.dumps(head._asdict())}\n".encode())


def _read_head(path: Path) -> Head | None:
    """The head of the file; place -1 where it cannot be read, None where there is no file."""
    try:
        told = json.loads(path.read_bytes())
        return Head(int(told["seq"]), str(told["hash"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return Head(-1, "")


def _fault_of_heads(rows: list[Row], heads: list[tuple[str, Head | None]]) -> Fault | None:
    hashes = {0: GENESIS} | {row["seq"]: row["hash"] for row in rows}
    for name, head in heads:
        if head is None:
            continue
        if head.seq > len(rows):
            return Fault(len(rows) + 1, "truncated", f"{name} says {head.seq} records, the chain ends at {len(rows)}")
        if hashes.get(head.seq) != head.hash:
            return Fault(max(head.seq, 0), "edited", f"{name} is of another chain, or was changed itself")
    missing = rows and heads[0][1] is None
    return Fault(len(rows), "removed", "the head's file is gone; its end cannot be trusted") if missing else None
