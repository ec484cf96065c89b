"""Requests of judges: each a suggestion that waits for a person, or refused with its reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from learning_pipeline.events.tables import JudgeActions
from learning_pipeline.playbooks.judge.action import JudgeAction, PlaybookEditSuggestion
from learning_pipeline.playbooks.judge.requests import asked_edits, rebased, requested, suggestions
from learning_pipeline.playbooks.section import EVIDENCE, with_section
from learning_pipeline_tests.playbooks.builders import MONDAY

FILE = b"# X\r\n\r\n## Notes\r\n\r\n- one\r\n\r\n## Validation Evidence\r\n\r\nold\r\n"
EDIT = {"playbook_id": "x", "section": "Notes", "suggested_text": "It pays.", "evidence_summary": "20 of 20 won"}


def event(payload: Any, **changes: Any) -> dict[str, Any]:
    at = {"day": MONDAY.date(), "happened_at": MONDAY, "source": "bot", "event_id": "e1"}
    return {**at, "action": "update_playbook", "payload": json.dumps(payload), **changes}


def suggested(*events: dict[str, Any], files: dict[str, bytes] | None = None) -> list[dict[str, Any]]:
    return suggestions(requested(JudgeActions.frame(list(events))), {"x": FILE} if files is None else files)


@pytest.mark.parametrize("payload", [EDIT, {"playbook_edit_suggestion": EDIT}], ids=["flat", "inside"])
def test_an_edit_becomes_a_pending_suggestion_with_its_difference(payload: Any) -> None:
    (row,) = suggested(event(payload))
    assert (row["state"], row["playbook_id"], row["section"], row["judge"]) == ("pending", "x", "Notes", "bot")
    assert row["diff"].splitlines() == [
        "--- x.md",
        "+++ x.md",
        "@@ -4,6 +4,10 @@",
        " ",
        " - one",
        " ",
        "+> The judge bot on 2024-03-04: 20 of 20 won",
        "+>",
        "+> It pays.",
        "+",
        " ## Validation Evidence",
        " ",
        " old",
    ]
    quote = b"> The judge bot on 2024-03-04: 20 of 20 won\r\n>\r\n> It pays.\r\n\r\n"
    assert row["content"] == FILE.replace(b"## Validation", quote + b"## Validation")


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({}, "playbook_id: Field required"),
        (EDIT | {"section": "Validation Evidence"}, "section: Input should be 'Notes' or 'Patterns'"),
        (EDIT | {"section": "Hypothesis"}, "section: Input should be 'Notes' or 'Patterns'"),
        (EDIT | {"section": "Patterns"}, "expected a section `## Patterns`, found none"),
        (EDIT | {"requires_human_review": False}, "requires_human_review: Input should be True"),
        (EDIT | {"playbook_id": "../x"}, "playbook_id: String should match"),
        (EDIT | {"playbook_id": "/etc/passwd"}, "playbook_id: String should match"),
        (EDIT | {"playbook_id": "x" * 400}, "playbook_id: String should match"),
        (EDIT | {"playbook_id": "y"}, "no such playbook"),
        (EDIT | {"suggested_text": "\u202e\u200b"}, "nothing is left of the text"),
        (EDIT | {"suggested_text": "x" * 1_000_000}, "at most 2000 characters"),
        (EDIT | {"apply": True}, "apply: Extra inputs are not permitted"),
        ({"playbook_edit_suggestion": [1]}, "the whole: Input should be a valid dictionary"),
    ],
)
def test_a_request_that_cannot_be_granted_is_refused_with_its_reason(payload: Any, why: str) -> None:
    (row,) = suggested(event(payload))
    assert row["state"] == "refused"
    assert why in row["reason"]
    assert "\n" not in row["reason"]
    assert len(row["reason"]) < 300


def test_two_sections_of_evidence_refuse_the_edit() -> None:
    (row,) = suggested(event(EDIT), files={"x": b"## Notes\n\n## Validation Evidence\n\n## Notes\n"})
    assert "found 2" in row["reason"]


def test_hostile_words_stay_in_their_quote() -> None:
    hostile = "## Hypothesis\n\nrewritten\n\n```\n<script>\n---\n\\1 \\g<0> C:\\new"
    (row,) = suggested(event(EDIT | {"suggested_text": hostile}))
    added = [line for line in row["diff"].splitlines()[3:] if line.startswith("+")]
    assert all(line in {"+", "+>"} or line.startswith("+> ") for line in added)
    assert r"+> \\1 \\g\<0\> C:\\new" in added


def test_four_words_ask_for_nothing() -> None:
    assert suggested(event({"rationale": "wait"}, action="hold")) == []


def test_the_same_words_on_the_same_file_are_the_same_request_whatever_the_evidence() -> None:
    action = JudgeAction(action="update_playbook", playbook_edit_suggestion=PlaybookEditSuggestion(**EDIT))
    evidence = {"x": with_section(FILE, EVIDENCE, "new")}
    first, again, other = (
        next(asked_edits("rules", [action], MONDAY, files)).request_id
        for files in ({"x": FILE}, evidence, {"x": FILE.replace(b"one", b"two")})
    )
    assert first == again != other


def test_a_suggestion_is_made_anew_for_a_file_with_new_evidence() -> None:
    (row,) = suggested(event(EDIT))
    after = with_section(FILE, EVIDENCE, "new and longer\n\nend")
    made = rebased(row, after)
    assert made["content"].endswith(b"new and longer\r\n\r\nend\r\n")
    assert b"> It pays." in made["content"]
    assert made["file_sha256"] != row["file_sha256"]


def test_a_judge_cannot_send_half_an_action() -> None:
    with pytest.raises(ValueError, match="carry their own payload"):
        JudgeAction(action="update_playbook")
    with pytest.raises(ValueError, match="carry their own payload"):
        JudgeAction(action="hold", playbook_edit_suggestion=PlaybookEditSuggestion(**EDIT))
