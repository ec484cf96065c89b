"""Where a chain of records is broken first, and what was done to it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from learning_pipeline.stores.audit_record import GENESIS, Row, hash_of


class Fault(NamedTuple):
    """What is wrong with a chain.

    Attributes
    ----------
    seq : int
        Place of the first record that is wrong.
    kind : str
        What was done, as far as it shows.
    words : str
        In words.
    """

    seq: int
    kind: Literal["edited", "removed", "inserted", "swapped", "truncated"]
    words: str


def first_fault(rows: list[Row]) -> Fault | None:
    """The first record, in the order of places, that does not follow from the one before; None where all do."""
    before = GENESIS
    for place, row in enumerate(rows, start=1):
        if row["seq"] != place:
            return Fault(place, "removed", f"record {place} is missing: after {place - 1} comes {row['seq']}")
        if hash_of(row) != row["hash"]:
            return _displaced(rows, row) or Fault(place, "edited", f"record {place} is not what its hash was taken of")
        if row["prev_hash"] != before:
            return _unlinked(rows, row)
        before = row["hash"]
    return None


def _displaced(rows: list[Row], row: Row) -> Fault | None:
    """What was done where a record is a true one of another place; None where it is of none."""
    place, n = row["seq"], len(rows)
    true = next((k for k in range(1, 2 * n + 2) if hash_of(row | {"seq": k}) == row["hash"]), None)
    if true is None:
        return None
    if true < place:
        return Fault(place - 1, "inserted", f"record {place - 1} was put in: record {true} stands at place {place}")
    if any(hash_of(other | {"seq": place}) == other["hash"] for other in rows[place:]):
        is_there_too = any(hash_of(other | {"seq": true}) == other["hash"] for other in rows[place:])
        if is_there_too:
            return Fault(place, "inserted", f"record {place} was put in: it is a copy of record {true}")
        return Fault(place, "swapped", f"record {true} stands at place {place}, and that one elsewhere")
    return Fault(place, "removed", f"record {place} is missing: record {true} stands in its place")


def _unlinked(rows: list[Row], row: Row) -> Fault:
    """A record that is whole in itself but does not follow from the one before it."""
    place = row["seq"]
    if place < len(rows) and rows[place]["prev_hash"] != row["hash"]:
        return Fault(place, "inserted", f"record {place} belongs to no neighbour: it was put in or put in place of one")
    return Fault(max(place - 1, 1), "edited", f"record {place} follows from another record than {place - 1}")
