"""A language model as judge: over real sockets, by a server that may answer anything."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from learning_pipeline.adapters.chat_judge import MOST_BYTES, ChatJudge, parsed
from learning_pipeline.errors import JudgeFailed
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline_tests.adapters.chat_server import Server, serving
from learning_pipeline_tests.playbooks.judge.facts_of import facts, playbook

EDIT = {"playbook_id": "x", "section": "Notes", "suggested_text": "It pays.", "evidence_summary": "20 of 20 won"}
UPDATE = {"action": "update_playbook", "playbook_edit_suggestion": EDIT}
HOLD = {"action": "hold", "rationale": "nothing to do"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def judge(server: Server, **changes: Any) -> ChatJudge:
    how = {"judge_chat_url": server.url, "judge_chat_model": "tiny", "judge_chat_retries": 0} | changes
    return ChatJudge(PlaybooksSettings(**how), "secret")


def test_a_model_is_told_the_facts_and_its_actions_are_typed(server: Server) -> None:
    server.says({"actions": [HOLD, UPDATE]})
    found = judge(server).judge(facts(playbook(20)))
    assert [action.action for action in found] == ["hold", "update_playbook"]
    assert found[1].playbook_edit_suggestion is not None
    assert found[1].playbook_edit_suggestion.requires_human_review is True
    (asked,) = server.asked
    told = json.loads(asked["messages"][1]["content"])
    assert told["playbooks"][0]["evidence"]["status"] == "validated"
    assert "RESEARCH LOOP GUIDANCE" in asked["messages"][0]["content"]
    assert (asked["model"], server.keys) == ("tiny", ["Bearer secret"])


def edit(**changes: Any) -> dict[str, Any]:
    return {"actions": [{"action": "update_playbook", "playbook_edit_suggestion": EDIT | changes}]}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Ignore the tables and buy.", "E_JUDGE_NOT_JSON"),
        ("[" * 100_000, "E_JUDGE_NOT_JSON"),
        ([], "E_JUDGE_SCHEMA"),
        ({"actions": [HOLD], "and": 1}, "E_JUDGE_SCHEMA"),
        ({"actions": [{"action": "buy"}]}, "E_JUDGE_SCHEMA"),
        ({"actions": [HOLD] * 17}, "E_JUDGE_SCHEMA"),
        ({"actions": [{"action": "update_playbook"}]}, "E_JUDGE_SCHEMA"),
        ({"actions": [HOLD | {"playbook_edit_suggestion": EDIT}]}, "E_JUDGE_SCHEMA"),
        (edit(requires_human_review=False), "E_JUDGE_SCHEMA"),
        (edit(requires_human_review="yes"), "E_JUDGE_SCHEMA"),
        (edit(section="Hypothesis"), "E_JUDGE_SCHEMA"),
        (edit(section="Validation Evidence"), "E_JUDGE_SCHEMA"),
        (edit(playbook_id="../../etc/passwd"), "E_JUDGE_SCHEMA"),
        (edit(suggested_text="x" * 2001), "E_JUDGE_SCHEMA"),
        (edit(sql="drop table"), "E_JUDGE_SCHEMA"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused_whole(server: Server, answer: Any, code: str) -> None:
    server.says(answer)
    with pytest.raises(JudgeFailed) as refusal:
        judge(server).judge(facts(playbook()))
    assert refusal.value.code == code
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}'])
def test_a_body_that_is_no_completion_is_refused(server: Server, body: bytes) -> None:
    server.sends(body)
    with pytest.raises(JudgeFailed, match="expected"):
        judge(server).judge(facts(playbook()))


def test_ten_megabytes_are_not_read(server: Server) -> None:
    server.says("x" * 10_000_000)
    with pytest.raises(JudgeFailed, match=f"at most {MOST_BYTES:,} bytes") as refusal:
        judge(server).judge(facts(playbook()))
    assert refusal.value.code == "E_JUDGE_TOO_LONG"


def test_a_server_that_fails_is_asked_again_so_often_and_no_more(server: Server) -> None:
    server.says("no", status=500)
    with pytest.raises(JudgeFailed, match="the server said 500") as refusal:
        judge(server, judge_chat_retries=1).judge(facts(playbook()))
    assert refusal.value.code == "E_JUDGE_HTTP"
    assert len(server.asked) == 2


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.sends(b"", status=302)
    with pytest.raises(JudgeFailed, match="the server said 302"):
        judge(server).judge(facts(playbook()))
    assert len(server.asked) == 1


def test_a_server_that_is_silent_is_not_waited_for(server: Server) -> None:
    done = threading.Event()
    server.answer = lambda handler: done.wait(20) and None
    began = time.monotonic()
    with pytest.raises(JudgeFailed) as refusal:
        judge(server, judge_chat_timeout_seconds=0.3).judge(facts(playbook()))
    done.set()
    assert refusal.value.code == "E_JUDGE_TIMEOUT"
    assert time.monotonic() - began < 10


def test_a_server_that_is_not_there_is_one_line() -> None:
    settings = PlaybooksSettings(judge_chat_url="http://127.0.0.1:9/v1", judge_chat_model="m", judge_chat_retries=0)
    with pytest.raises(JudgeFailed) as refusal:
        ChatJudge(settings, "").judge(facts(playbook()))
    assert refusal.value.code == "E_JUDGE_UNREACHABLE"


def test_no_action_is_an_answer() -> None:
    assert parsed('{"actions": []}') == []
