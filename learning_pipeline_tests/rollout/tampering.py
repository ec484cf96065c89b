"""Random tamperings with an audit: ``python -m learning_pipeline_tests.rollout.tampering N``."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.audit_record import hash_of
from learning_pipeline_tests.rollout.world import NOW, World

Rows = list[dict[str, Any]]
EDITED = ("recorded_at", "actor", "action", "target", "artifact_id", "outcome", "detail", "prev_hash", "hash")


def edit(rows: Rows, chance: random.Random) -> Rows:
    """One letter of one field of one record."""
    k, name = chance.randrange(len(rows)), chance.choice(EDITED)
    text = rows[k][name] or " "
    at = chance.randrange(len(text))
    other = chance.choice([c for c in "0123456789abcdefx" if c != text[at]])
    return [*rows[:k], rows[k] | {name: text[:at] + other + text[at + 1 :]}, *rows[k + 1 :]]


def edit_and_hash(rows: Rows, chance: random.Random) -> Rows:
    """The same by somebody who knows how a record is hashed."""
    k = chance.randrange(len(rows))
    changed = rows[k] | {"actor": f"{rows[k]['actor']}{chance.random()}"}
    return [*rows[:k], changed | {"hash": hash_of(changed)}, *rows[k + 1 :]]


def delete(rows: Rows, chance: random.Random) -> Rows:
    k = chance.randrange(len(rows))
    return [*rows[:k], *rows[k + 1 :]]


def delete_and_count_anew(rows: Rows, chance: random.Random) -> Rows:
    return counted(delete(rows, chance))


def swap(rows: Rows, chance: random.Random) -> Rows:
    k, j = chance.sample(range(len(rows)), 2)
    swapped = list(rows)
    swapped[k], swapped[j] = rows[j], rows[k]
    return counted(swapped)


def insert(rows: Rows, chance: random.Random) -> Rows:
    """A true record once more, or a made-up one that is hashed well and follows from the one before."""
    k = chance.randrange(len(rows))
    new = dict(chance.choice(rows))
    if chance.random() < 0.5:
        new |= {"seq": k + 1, "prev_hash": rows[k]["prev_hash"], "actor": f"Mallory {chance.random()}"}
        new["hash"] = hash_of(new)
    return counted([*rows[:k], new, *rows[k:]])


def truncate(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randrange(len(rows))]


def all_anew(rows: Rows, chance: random.Random) -> Rows:
    """A whole chain made anew from some record on, as whoever can write to the ledger could."""
    k = chance.randrange(len(rows))
    made, before = list(rows[:k]), rows[k]["prev_hash"]
    for row in rows[k:]:
        new = row | {"actor": "Mallory", "prev_hash": before}
        made.append(new | {"hash": hash_of(new)})
        before = made[-1]["hash"]
    return made


def counted(rows: Rows) -> Rows:
    return [row | {"seq": k} for k, row in enumerate(rows, start=1)]


KINDS: dict[str, tuple[Callable[[Rows, random.Random], Rows], set[str]]] = {
    "edit": (edit, {"edited", "inserted"}),
    "edit and hash": (edit_and_hash, {"edited", "inserted"}),
    "delete": (delete, {"removed", "truncated"}),
    "delete and count anew": (delete_and_count_anew, {"removed", "truncated"}),
    "swap": (swap, {"swapped"}),
    "insert": (insert, {"inserted"}),
    "truncate": (truncate, {"truncated"}),
    "all anew": (all_anew, {"edited"}),
}
"""How to tamper, and as what it must be named."""


def try_many(n: int, root: Path, seed: int = 0, n_records: int = 24) -> tuple[list[str], Counter[tuple[str, str]]]:
    """So many tamperings, each on the true chain; those not found or misnamed, and how each was named."""
    chance, world = random.Random(seed), World.at(root)
    make_records(world, n_records)
    audit, rows, wrong, named = Audit(world.home), world.rows("rollout_audit"), [], Counter[tuple[str, str]]()
    assert audit.verify().fault is None
    for k in range(n):
        name = list(KINDS)[k % len(KINDS)]
        tamper, due = KINDS[name]
        tampered = tamper(rows, chance)
        if tampered == rows:
            continue
        world.restore({"rollout_audit": tampered})
        fault = audit.verify().fault
        named[name, fault.kind if fault else "not found"] += 1
        wrong += [] if fault and fault.kind in due else [f"{name}: {fault}"]
    world.restore({"rollout_audit": rows})
    assert audit.verify().fault is None
    return wrong, named


def make_records(world: World, n_records: int) -> None:
    """A chain of so many records, each of other content."""
    artifact_id = world.artifact("one")
    for k in range(n_records):
        world.gate.ask(f"target-{k}", artifact_id, "shadow", f"Person {k}", f"reason {k}", NOW)


if __name__ == "__main__":
    where = Path(tempfile.mkdtemp())
    missed, how = try_many(int(sys.argv[1]), where)
    shutil.rmtree(where)
    sys.stdout.write(f"{how.total()} tamperings: {len(missed)} not found or misnamed\n")
    sys.stdout.write("".join(f"  {n:6d} {name}: {kind}\n" for (name, kind), n in sorted(how.items())))
    sys.stdout.write("".join(f"{line}\n" for line in missed[:20]))
    sys.exit(bool(missed))
