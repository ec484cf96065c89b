"""Evidence, and edits that a named person applies once."""

from __future__ import annotations

import random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from learning_pipeline.api.gate import MAX_BODY_BYTES
from learning_pipeline.sdk.playbooks import suggestions_of
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.api.conftest import TOKENS, client, content

QUESTIONS = [
    "/research-budget?session_id=bot",
    "/research-budget/experiments?session_id=bot",
    "/experiments",
    "/playbooks/edit-suggestions",
    "/playbooks/bollinger_squeeze/validation",
    "/books",
    "/overrides",
    "/allocation",
    "/health",
    "/metrics",
    "/docs",
    "/openapi.json",
]
APPLY = "/playbooks/rsi_extremes/apply-suggestion"
REJECT = "/playbooks/rsi_extremes/reject-suggestion"


def waiting(api: TestClient) -> dict[str, Any]:
    (one,) = api.get("/playbooks/edit-suggestions").json()
    return one


def test_get_playbook_validation_returns_the_current_evidence(ran: Home) -> None:
    told = client(ran).get("/playbooks/bollinger_squeeze/validation").json()
    assert (told["status"], told["n_trades"]) == ("insufficient_data", 6)
    assert told["win_rate"] == pytest.approx(4 / 6)
    assert client(ran).get("/playbooks/nothing_such/validation").status_code == 404
    for odd in ("..%2Fx", "A", "x" * 400, "%00"):
        assert client(ran).get(f"/playbooks/{odd}/validation").status_code in {404, 422}


def test_update_playbook_surfaces_through_the_api_and_is_not_applied(ran: Home) -> None:
    one = waiting(client(ran))
    assert (one["playbook_id"], one["section"], one["state"]) == ("rsi_extremes", "Notes", "pending")
    assert "+> Exits at the RSI's middle gave back most of the move." in one["diff"]


def test_apply_suggestion_applies_the_edit_in_the_callers_name_and_marks_it_consumed(mine: Home) -> None:
    api = client(mine)
    one, before = waiting(api), content(mine)
    asked = {"params": {"suggestion_id": one["suggestion_id"]}, "json": {"diff_sha256": one["diff_sha256"]}}
    done = api.post(APPLY, **asked)
    assert (done.status_code, done.json()["state"], done.json()["actor"]) == (200, "applied", "anna"), done.text
    changed = {
        path.removeprefix(f"{mine.root}/") for path, digest in content(mine).items() if before.get(path) != digest
    }
    assert {path for path in changed if path.endswith(".md")} == {"playbooks/rsi_extremes.md"}
    assert api.get("/playbooks/edit-suggestions").json() == []
    replayed = client(mine, "bert").post(APPLY, **asked)
    assert (replayed.status_code, replayed.json()["code"]) == (409, "E_LEARN_REFUSED")
    assert "already applied by anna" in replayed.json()["detail"]


def test_reject_suggestion_leaves_the_file_and_keeps_who_and_why(mine: Home) -> None:
    api = client(mine, "bert")
    one = waiting(api)
    done = api.post(REJECT, params={"suggestion_id": one["suggestion_id"]}, json={"reason": "no"}).json()
    assert (done["state"], done["actor"], done["reason"]) == ("rejected", "bert", "no")
    assert (mine.playbooks / "rsi_extremes.md").read_bytes().count(b"middle gave back") == 0


def test_an_edit_of_a_file_that_changed_since_is_refused(mine: Home) -> None:
    api = client(mine)
    one = waiting(api)
    path = mine.playbooks / "rsi_extremes.md"
    path.write_bytes(path.read_bytes() + b"\nmine\n")
    edited = path.read_bytes()
    said = api.post(APPLY, params={"suggestion_id": one["suggestion_id"]}, json={"diff_sha256": one["diff_sha256"]})
    assert (said.status_code, path.read_bytes()) == (409, edited)


def test_questions_change_nothing(mine: Home, home: Home) -> None:
    for root in (mine, home):
        api = client(root)
        before = content(root)
        for path in QUESTIONS:
            assert api.get(path).status_code in ({200} if root is mine else {200, 400, 404}), path
            api.head(path)
        assert content(root) == before
    assert not home.root.exists()


def hostile(rng: random.Random, one: dict[str, Any]) -> dict[str, Any]:
    """A request that would apply or reject the edit, but for at least one fault."""
    asked: dict[str, Any] = {
        "method": "POST",
        "url": rng.choice([APPLY, REJECT]),
        "params": {"suggestion_id": one["suggestion_id"]},
        "headers": {"Authorization": f"Bearer {TOKENS[rng.choice(['anna', 'bert'])]}"},
        "json": {"diff_sha256": one["diff_sha256"]},
    }
    if asked["url"] == REJECT:
        asked["json"] = {"reason": "x"}
    for fault in rng.sample(FAULTS, rng.choice([1, 1, 2])):
        fault(asked, rng)
    return asked


def _no_name(asked: dict[str, Any], rng: random.Random) -> None:
    asked["headers"]["Authorization"] = rng.choice(["", "Bearer", "Bearer x", f"Basic {TOKENS['anna']}", "Bearer " * 9])


def _foreign(asked: dict[str, Any], rng: random.Random) -> None:
    asked["headers"]["Host"] = rng.choice(["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "a b"])


def _no_json(asked: dict[str, Any], rng: random.Random) -> None:
    body = asked.pop("json", {})
    kind = rng.choice(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
    asked["content"], asked["headers"]["Content-Type"] = repr(body).encode(), kind


def _other_method(asked: dict[str, Any], rng: random.Random) -> None:
    asked["method"] = rng.choice(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])


def _other_body(asked: dict[str, Any], rng: random.Random) -> None:
    bodies = [{"diff_sha256": "0" * 64}, {"diff_sha256": None, "reason": 5}, {"by": "anna", "x": 1}, [], "x"]
    asked["json"] = rng.choice(bodies)


def _large(asked: dict[str, Any], rng: random.Random) -> None:
    asked.pop("json", None)
    asked["content"] = b'{"reason":"' + b"x" * rng.choice([MAX_BODY_BYTES, 10**7]) + b'"}'
    asked["headers"]["Content-Type"] = "application/json"


def _other_playbook(asked: dict[str, Any], rng: random.Random) -> None:
    odd = rng.choice(["bollinger_squeeze", "..%2F..%2Fetc%2Fpasswd", "%2Fetc", "x" * 400, "RSI_extremes"])
    asked["url"] = asked["url"].replace("rsi_extremes", odd)


def _other_suggestion(asked: dict[str, Any], rng: random.Random) -> None:
    asked["params"] = rng.choice(
        [{}, {"suggestion_id": "s"}, {"suggestion_id": ""}, {"suggestion_id": "'; DROP TABLE x"}]
    )


FAULTS = [_no_name, _foreign, _no_json, _other_method, _other_body, _large, _other_playbook, _other_suggestion]


def test_hostile_requests_change_nothing(mine: Home) -> None:
    """Each is good but for a fault or two; a reviewer of the last line sees that the good one works."""
    api, rng = client(mine), random.Random(7)
    one, before = waiting(api), content(mine)
    for _ in range(400):
        asked = hostile(rng, one)
        said = api.request(**asked)
        assert 400 <= said.status_code < 500, (asked, said.text)
        assert b"Traceback" not in said.content
    assert content(mine) == before
    good = {"suggestion_id": one["suggestion_id"]}, {"diff_sha256": one["diff_sha256"]}
    assert api.post(APPLY, params=good[0], json=good[1]).status_code == 200


def test_four_people_at_once_apply_it_once(mine: Home) -> None:
    from concurrent.futures import ThreadPoolExecutor

    one = waiting(client(mine))
    asked = {"params": {"suggestion_id": one["suggestion_id"]}, "json": {"diff_sha256": one["diff_sha256"]}}
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda who: client(mine, who).post(APPLY, **asked).status_code, ["anna", "bert"] * 2))
    assert sorted(said) == [200, 409, 409, 409]
    assert [edit["action"] for edit in suggestions_of(mine).edits()] == ["applied"]
