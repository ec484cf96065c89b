"""What judges ask for, as requests: an edit becomes a suggestion that waits for a person, or is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.edit import MOST_NAME, Words, edited, one_line
from learning_pipeline.playbooks.judge.action import SUGGEST, UPDATE, JudgeAction, PlaybookEditSuggestion, read_edit
from learning_pipeline.playbooks.judge.facts import Facts
from learning_pipeline.playbooks.section import EVIDENCE

UNKNOWN = "?"

Row = dict[str, Any]


class EditRequest(NamedTuple):
    """An edit that somebody asks for; ``asked`` is why it cannot be read, where it cannot."""

    request_id: str
    judge: str
    at: dt.datetime
    asked: PlaybookEditSuggestion | str
    playbook_id: str


def requested(events: pl.DataFrame) -> list[EditRequest]:
    """Edits that ``events.judge_actions`` ask for, in the order of time; the bot's name is the judge's."""
    asking = events.filter(pl.col("action") == UPDATE).sort("happened_at", "event_id")
    return [_of_event(row) for row in asking.iter_rows(named=True)]


def asked_edits(
    judge: str, actions: Iterable[JudgeAction], at: dt.datetime, files: Mapping[str, bytes]
) -> Iterator[EditRequest]:
    """Edits among a judge's actions; the same words on the same file, evidence apart, are the same request."""
    for action in actions:
        edit = action.playbook_edit_suggestion
        if edit is not None:
            told = (judge, action.canonical(), _digest_without_evidence(files.get(edit.playbook_id, b"")))
            yield EditRequest(digest_of(*told), judge, at, edit, edit.playbook_id)


def asked_experiments(
    judge: str, actions: Iterable[JudgeAction], facts: Facts
) -> Iterator[tuple[str, ExperimentSuggestion]]:
    """Experiments among a judge's actions that may start, with the id of the request: one per playbook and test."""
    had = {one.claim.playbook_id: one.n_experiments for one in facts.playbooks}
    for action in actions:
        asked = action.experiment_suggestion
        if asked is not None and held_back(asked, facts) is None:
            yield digest_of(judge, SUGGEST, asked.playbook_id, str(had[asked.playbook_id])), asked


def held_back(asked: ExperimentSuggestion, facts: Facts) -> str | None:
    """Why a judge may not ask for an experiment now; None where it may."""
    of = [one for one in facts.playbooks if one.claim.playbook_id == asked.playbook_id]
    if not of:
        return "no such playbook"
    return "an experiment is on this playbook already" if of[0].is_under_test else facts.no_research


def suggestions(requests: Iterable[EditRequest], files: Mapping[str, bytes]) -> list[Row]:
    """Rows for the ledger: each request as a pending suggestion, or as a refused one with the reason.

    Parameters
    ----------
    requests : iterable of EditRequest
        In any order.
    files : mapping of str to bytes
        Playbooks as they are, by id.
    """
    return [_suggestion(request, files) for request in requests]


def digest_of(*words: str) -> str:
    """An id of what it is made of: 16 hexadecimal digits."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def _of_event(row: Row) -> EditRequest:
    asked = read_edit(row["payload"])
    playbook_id = UNKNOWN if isinstance(asked, str) else asked.playbook_id
    return EditRequest(digest_of(row["event_id"]), row["source"], row["happened_at"], asked, playbook_id)


def _digest_without_evidence(content: bytes) -> str:
    return hashlib.sha256(Document(content).without(EVIDENCE)).hexdigest()


def _suggestion(request: EditRequest, files: Mapping[str, bytes]) -> Row:
    told = {
        "suggestion_id": request.request_id,
        "playbook_id": request.playbook_id,
        "judge": one_line(request.judge, MOST_NAME),
        "requested_at": request.at,
    }
    if isinstance(request.asked, str):
        return {**told, "state": "refused", "reason": request.asked}
    asked = request.asked
    words = Words.of(request.judge, asked.suggested_text, asked.evidence_summary, request.at.date())
    content = files.get(asked.playbook_id)
    if content is None or not words.text:
        what = "no such playbook" if content is None else "nothing is left of the text but what must not stand there"
        return {**told, "state": "refused", "reason": what}
    try:
        made = edited(content, f"{asked.playbook_id}.md", asked.section, words)
    except BadInput as e:
        return {**told, "state": "refused", "reason": str(e)}
    said = {"section": asked.section, "suggested_text": words.text, "evidence_summary": words.summary}
    return {**told, **said, "state": "pending", **made._asdict(), "diff_sha256": made.diff_sha256}


def rebased(row: Row, content: bytes) -> Row:
    """A pending suggestion's file, difference and digests anew, for a file in which nothing but evidence changed."""
    words = Words(row["judge"], row["suggested_text"], row["evidence_summary"], row["requested_at"].date())
    made = edited(content, f"{row['playbook_id']}.md", row["section"], words)
    return {**made._asdict(), "diff_sha256": made.diff_sha256}
