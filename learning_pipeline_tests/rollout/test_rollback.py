"""Back to what was active before: one command that no switch, setting or missing evaluation can stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learning_pipeline.defs.rollout_gate import roll_back
from learning_pipeline.errors import BadInput, RolloutDenied
from learning_pipeline.stores.audit import Audit
from learning_pipeline_tests.rollout.world import NOW, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One after the other were active: one, two, three."""
    world = World.at(tmp_path)
    for name in ("one", "two", "three"):
        world.active(world.artifact(name))
    return world


def ids(world: World) -> list[str]:
    return [row["artifact_id"] for row in world.rows("artifacts")]


def back(world: World, to: str | None = None) -> dict[str, str]:
    roll_back(world.home, "main", "Cy", "it loses", to, NOW)
    return world.stands()


def test_it_goes_back_one_then_another_and_never_to_what_it_took_away(world: World) -> None:
    one, two, three = ids(world)
    assert back(world) == {"active": two}
    assert back(world) == {"active": one}
    with pytest.raises(RolloutDenied, match=f"no_earlier_artifact: .*{three}"):
        back(world)
    assert world.stands() == {"active": one}


def test_it_asks_for_no_setting_and_no_evaluation(world: World) -> None:
    world.execute("DELETE FROM evaluations")
    (world.home.root / "learning_pipeline.toml").write_text("[models]\nenable = false\nno_such_key = 1\n")
    assert back(world) == {"active": ids(world)[1]}


def test_a_named_one_or_none(world: World) -> None:
    one, two, three = ids(world)
    assert back(world, one) == {"active": one}
    assert back(world, three) == {"active": three}
    assert back(world, "none") == {}
    with pytest.raises(RolloutDenied, match="none_active"):
        back(world, "none")
    with pytest.raises(RolloutDenied, match="no_earlier_artifact"):
        back(world)
    assert back(world, two) == {"active": two}
    with pytest.raises(RolloutDenied, match="already_active"):
        back(world, two)


def test_only_what_was_active_and_is_whole(world: World) -> None:
    one, two, three = ids(world)
    new = world.artifact("new")
    with pytest.raises(RolloutDenied, match="never_active"):
        back(world, new)
    path = world.home.models / two / "artifact.json"
    raw = path.read_bytes()
    path.write_bytes(raw + b" ")
    with pytest.raises(RolloutDenied, match="artifact_damaged"):
        back(world)
    path.unlink()
    with pytest.raises(RolloutDenied, match="artifact_missing"):
        back(world)
    world.execute("DELETE FROM artifacts WHERE artifact_id = ?", two)
    with pytest.raises(RolloutDenied, match="artifact_unknown"):
        back(world)
    assert world.stands() == {"active": three}
    denied = [codes for _, action, outcome, codes in world.audited() if outcome == "denied"]
    assert denied == [["never_active"], ["artifact_damaged"], ["artifact_missing"], ["artifact_unknown"]]
    assert back(world, one) == {"active": one}


def test_other_bytes_under_the_same_name_are_not_gone_back_to_even_if_the_registry_says_so(world: World) -> None:
    two = ids(world)[1]
    path = world.home.models / two / "artifact.json"
    path.write_bytes(b"{}")
    world.execute(
        "UPDATE artifacts SET sha256 = ? WHERE artifact_id = ?",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        two,
    )
    with pytest.raises(RolloutDenied, match="artifact_damaged"):
        back(world)


def test_a_person_and_a_reason_are_asked_for_and_kept(world: World) -> None:
    for by, reason in [("", "x"), ("Cy", " ")]:
        with pytest.raises(BadInput, match=r"^--by: |^--reason: "):
            roll_back(world.home, "main", by, reason, None, NOW)
    back(world)
    record = Audit(world.home).records()[-1]
    detail = json.loads(record["detail"])
    assert (record["actor"], record["outcome"], detail["reason"]) == ("Cy", "done", "it loses")
    assert detail["replaces"] == ids(world)[2]
    assert [each["metrics"] for each in detail["evaluations"]] == [{"sharpe": 1.5}]


def test_the_shadow_stays_unless_it_is_what_becomes_active(world: World) -> None:
    one, two, _ = ids(world)
    world.in_shadow(one)
    assert back(world) == {"active": two, "shadow": one}
    assert back(world, one) == {"active": one}


def test_an_approval_given_before_a_rollback_is_void_after_it(world: World) -> None:
    request_id = world.approved(world.artifact("four"))
    back(world)
    with pytest.raises(RolloutDenied, match="approval_replaces_another"):
        world.gate.move(request_id, "Bob", NOW)
