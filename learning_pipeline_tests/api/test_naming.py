"""Who may ask and who may act."""

from __future__ import annotations

import pytest

from learning_pipeline.api import People
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.api.conftest import TOKENS, client

QUESTIONS = ["/overrides", "/metrics"]


@pytest.mark.parametrize("path", QUESTIONS)
def test_where_there_are_people_a_token_is_asked_for(home: Home, path: str) -> None:
    named = client(home)
    assert named.get(path).status_code == 200
    for header in [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKENS['anna']}x",
        f"Bearer {TOKENS['anna'][:-1]}",
        f"Basic {TOKENS['anna']}",
        "Bearer ü",
    ]:
        said = named.get(path, headers={"Authorization": header.encode()})
        assert (said.status_code, said.json()["code"]) == (401, "E_LEARN_NOT_NAMED"), header
        assert said.headers["WWW-Authenticate"] == "Bearer"


def test_without_people_anybody_on_loopback_may_ask(home: Home) -> None:
    assert client(home, None).get("/overrides").status_code == 200


def test_health_says_that_it_answers_and_nothing_else(home: Home) -> None:
    said = client(home).get("/health", headers={"Authorization": ""})
    assert (said.status_code, said.json()) == (200, {"status": "ok"})


def test_every_token_is_compared_with_every_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time that it takes would tell how far a guess came."""
    asked: list[str] = []

    def compared(one: str, other: str) -> bool:
        asked.append(one)
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compared)
    people = People({"anna": "0" * 64, "bert": "1" * 64, "cora": "2" * 64})
    assert people.name_of("whatever") is None
    assert asked == ["0" * 64, "1" * 64, "2" * 64]


def test_where_nobody_is_known_nobody_can_act(home: Home) -> None:
    asked = {"params": {"suggestion_id": "s"}, "json": {"diff_sha256": "0" * 64}}
    said = client(home, None).post("/playbooks/x/apply-suggestion", **asked)
    assert (said.status_code, said.json()["code"]) == (403, "E_LEARN_NOT_NAMED")
    assert not home.root.exists()
