"""The seed's routes of research money, at their paths."""

from __future__ import annotations

import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline_tests.api.conftest import client


def test_get_research_budget_returns_the_current_state(ran: Home) -> None:
    said = client(ran).get("/research-budget", params={"session_id": "bot"})
    assert said.status_code == 200, said.text
    told = said.json()
    assert told["cash"] == pytest.approx(told["initial_capital"] + told["total_pnl"])
    assert told["total_pnl"] == pytest.approx(4 * 1.8 - 2 * 2.2)
    assert (told["paused"], told["pause_reason"]) == (False, None)
    assert (told["active_experiment_id"], told["active_playbook_id"]) == ("e1", "bollinger_squeeze")
    assert (told["positions"], told["as_of"]) == ({}, "2024-03-06")


def test_experiments_of_a_session_are_those_that_it_asked_for_and_those_of_no_session(ran: Home) -> None:
    told = client(ran).get("/research-budget/experiments", params={"session_id": "bot"}).json()
    assert {(one["playbook_id"], one["state"]) for one in told} == {
        ("bollinger_squeeze", "running"),
        ("rsi_extremes", "running"),
    }
    assert client(ran).get("/experiments").json() == told


def test_an_unknown_session_is_named_with_those_that_are_known(ran: Home) -> None:
    for path in ("/research-budget", "/research-budget/experiments"):
        said = client(ran).get(path, params={"session_id": "s2"})
        assert (said.status_code, said.json()["code"]) == (404, "E_LEARN_NOT_FOUND")
        assert said.json()["detail"].endswith("known are bot")
        assert client(ran).get(path).status_code == 422


def test_books_tell_money_and_what_may_still_be_risked(ran: Home) -> None:
    told = client(ran).get("/books").json()
    earned = {row["book"]: row["total_pnl_usd"] for row in told["pnl"]}
    assert earned == pytest.approx({"profit": -11 * 1.2, "learning": 0.0, "research": 4 * 1.8 - 2 * 2.2})
    assert {each["experiment_id"] for each in told["learning"]["experiments"]} >= {"e1"}
