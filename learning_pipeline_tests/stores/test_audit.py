"""A chain of records from which nothing can be taken, changed, moved or added unseen, and what its head shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.audit import Audit, Head, parse_head
from learning_pipeline.stores.audit_record import GENESIS, hash_of
from learning_pipeline_tests.rollout.tampering import KINDS, all_anew, make_records, try_many
from learning_pipeline_tests.rollout.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.at(tmp_path)
    make_records(world, 4)
    return world


def test_every_tampering_is_found_and_named(tmp_path: Path) -> None:
    wrong, named = try_many(25 * len(KINDS), tmp_path, n_records=8)
    assert wrong == []
    assert {name for name, _ in named} == KINDS.keys()


def test_an_empty_chain_is_whole(tmp_path: Path) -> None:
    verdict = Audit(World.at(tmp_path).home).verify()
    assert (verdict.n_records, verdict.head, verdict.fault) == (0, Head(0, GENESIS), None)


def test_a_record_bears_the_hash_of_the_one_before(world: World) -> None:
    records = Audit(world.home).records()
    assert [r["prev_hash"] for r in records] == [GENESIS, *(r["hash"] for r in records[:-1])]
    assert json.loads(world.home.audit_head.read_bytes()) == {"seq": 4, "hash": records[-1]["hash"]}


def test_a_head_that_lags_is_no_fault_and_is_said(world: World) -> None:
    audit = Audit(world.home)
    second = audit.records()[1]
    world.home.audit_head.write_text(json.dumps({"seq": 2, "hash": second["hash"]}))
    verdict = audit.verify()
    assert (verdict.fault, verdict.n_after_head) == (None, 2)
    audit.publish_head()
    assert audit.verify().n_after_head == 0


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('{"seq": 5, "hash": "' + "a" * 64 + '"}', "truncated"),
        ('{"seq": 4, "hash": "' + "a" * 64 + '"}', "edited"),
        ('{"seq": 0, "hash": "' + "a" * 64 + '"}', "edited"),
        ("{}", "edited"),
        ("", "edited"),
        (None, "removed"),
    ],
)
def test_a_head_ahead_of_the_chain_or_of_another_or_gone_is_a_fault(world: World, head: str | None, kind: str) -> None:
    world.home.audit_head.unlink() if head is None else world.home.audit_head.write_text(head)
    fault = Audit(world.home).verify().fault
    assert fault is not None
    assert fault.kind == kind


def test_a_chain_and_head_made_anew_are_found_by_a_head_in_other_hands(world: World) -> None:
    audit = Audit(world.home)
    noted = parse_head(str(audit.head()))
    assert audit.verify(noted).fault is None
    import random

    world.restore({"rollout_audit": all_anew(world.rows("rollout_audit"), random.Random(0))})
    audit.publish_head()
    assert audit.verify().fault is None  # the files alone cannot tell
    fault = audit.verify(noted).fault
    assert fault is not None
    assert "the head that was noted is of another chain" in fault.words


def test_an_old_head_in_other_hands_stays_true_as_the_chain_grows(world: World) -> None:
    audit = Audit(world.home)
    noted = audit.head()
    world.in_shadow(world.artifact("two"))
    assert audit.verify(noted).fault is None


@pytest.mark.parametrize("text", ["", "4", "x:" + "a" * 64, "4:abc"])
def test_a_head_is_read_as_it_is_printed(text: str) -> None:
    with pytest.raises(BadInput, match="expected SEQ:HASH"):
        parse_head(text)


def test_the_hash_covers_every_field() -> None:
    row = {"seq": 1, "recorded_at": "t", "actor": "a", "detail": "{}", "artifact_id": None, "prev_hash": GENESIS}
    changed = [row | {name: "other"} for name in row]
    assert len({hash_of(each) for each in [row, *changed]}) == len(row) + 1
