"""``rollout``, ``rollback``, ``audit verify``: what a person types, what is said, and the codes of what is denied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from learning_pipeline.cli import app
from learning_pipeline_tests.rollout.world import NOW, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One was active, two is."""
    world = World.at(tmp_path)
    for name in ("one", "two"):
        world.active(world.artifact(name))
    return world


def run(world: World, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*words, "--home", str(world.home.root)])
    return done.exit_code, done.stdout, done.stderr


def test_a_rollback_is_one_command_and_is_seen_in_status_and_audit(world: World) -> None:
    one, two = (row["artifact_id"] for row in world.rows("artifacts"))
    code, out, _ = run(world, "rollback", "--target", "main", "--by", "Cy", "--reason", "it loses", "--json")
    assert (code, json.loads(out)["standing"]["active"]["artifact_id"]) == (0, one)
    code, out, err = run(world, "rollback", "--by", "Cy", "--reason", "it loses")
    assert (code, out) == (1, "")
    assert err.startswith("E_LEARN_ROLLOUT_DENIED: main: rollback: no_earlier_artifact:")
    assert two in err
    code, out, _ = run(world, "rollout", "status", "--json")
    assert [each["artifact_id"] for each in json.loads(out)["standing"]] == [one]
    code, out, _ = run(world, "audit", "verify")
    assert (code, out.split(",")[0]) == (0, "ok: 12 records")


def test_a_request_waits_for_another_person_and_status_says_what_is_missing(world: World) -> None:
    new = world.artifact("three")
    code, out, _ = run(world, "rollout", "request", new, "--state", "active", "--by", "Ada")
    assert code == 0
    request_id = out.split(":")[0]
    assert f"rollout approve {request_id} --by NAME" in out
    code, out, _ = run(world, "rollout", "status", "--target", "main")
    assert code == 0
    assert "missing: LEARN_ROLLOUT_MODE is shadow" in out
    assert f"missing: {new} does not stand in shadow (not_in_shadow)" in out
    code, _, err = run(world, "rollout", "approve", request_id, "--by", "ada")
    assert (code, err.split(";")[0]) == (
        1,
        f"E_LEARN_ROLLOUT_DENIED: {request_id}: approver_is_requester: ada asked for it: another person must approve",
    )
    code, out, _ = run(world, "rollout", "deny", request_id, "--by", "Bob", "--reason", "not now")
    assert (code, out.split(";")[0]) == (0, f"denied {request_id} by Bob")
    assert world.audited()[-2][1:3] == ("approve", "denied")


def test_a_broken_chain_is_named_and_exits_with_1(world: World) -> None:
    head = json.loads(run(world, "audit", "verify", "--json")[1])["head"]
    assert run(world, "audit", "verify", "--head", head)[0] == 0
    world.execute("UPDATE rollout_audit SET outcome = 'denied' WHERE seq = 2")
    code, out, err = run(world, "audit", "verify")
    assert (code, out, err) == (1, "", "record 2 edited: record 2 is not what its hash was taken of\n")
    found = json.loads(run(world, "audit", "verify", "--json")[1])
    assert (found["ok"], found["fault"]["kind"]) == (False, "edited")


def test_a_pointer_moved_past_the_audit_is_told(world: World) -> None:
    world.execute("UPDATE rollout_deployments SET until = since WHERE state = 'active' AND until IS NULL")
    code, _, err = run(world, "audit", "verify")
    assert code == 1
    assert err.startswith("the pointer was moved past the audit: main: active is none, the audit says signal_model-")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("rollout", "request", "nope", "--state", "shadow", "--by", "Ada"),
            "E_LEARN_BAD_INPUT: 'nope': no such artifact",
        ),
        (("rollout", "approve", "r99", "--by", "Ada"), "E_LEARN_BAD_INPUT: 'r99': no such request"),
        (("rollback", "--by", " ", "--reason", "x"), "E_LEARN_BAD_INPUT: --by: expected the name"),
        (("rollback", "--by", "Cy", "--reason", ""), "E_LEARN_BAD_INPUT: --reason: expected why"),
        (("rollback", "--by", "Cy", "--reason", "x", "--target", "../x"), "E_LEARN_BAD_INPUT: --target: expected"),
        (("audit", "verify", "--head", "x"), "E_LEARN_BAD_INPUT: --head: expected SEQ:HASH"),
    ],
)
def test_what_cannot_be_is_one_line(world: World, words: tuple[str, ...], said: str) -> None:
    code, _, err = run(world, *words)
    assert code == 1
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_learning_switched_off_stops_requests_but_no_rollback(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARN_ENABLE", "false")
    one = world.rows("artifacts")[0]["artifact_id"]
    code, _, err = run(world, "rollout", "request", one, "--state", "active", "--by", "Ada")
    assert (code, err.split(":")[0]) == (1, "E_LEARN_REFUSED")
    assert run(world, "rollback", "--by", "Cy", "--reason", "it loses")[0] == 0
    assert world.stands() == {"active": one}
    assert world.now == NOW
