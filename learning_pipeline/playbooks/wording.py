"""Entries of the learning system's log: evidence, what judges asked for, and why nothing came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.playbooks.judge.action import SUGGEST, UPDATE, JudgeAction
from learning_pipeline.playbooks.judge.facts import Facts
from learning_pipeline.playbooks.judge.requests import held_back

MOST_SAID = 200

Row = Mapping[str, Any]


def fault_entries(faults: Mapping[str, str]) -> list[Entry]:
    """Playbooks that cannot be used."""
    return [Entry("PLAYBOOK SKIPPED", {"playbook": name, "reason": why}, "WARNING") for name, why in faults.items()]


def evidence_entries(validation: pl.DataFrame, unwritten: Mapping[str, str]) -> list[Entry]:
    """Evidence of some days where it changed; of the newest of each playbook why it is not in its file.

    Parameters
    ----------
    validation : DataFrame
        ``playbooks.validation`` of the days.
    unwritten : mapping of str to str
        By playbook_id the reason, where there is one.
    """
    changed = validation.filter(pl.col("as_of") == pl.col("unchanged_since"), pl.col("n_trades") > 0)
    rows = changed.sort("as_of", "playbook_id").group_by("playbook_id", maintain_order=True).last()
    return [_evidence(row, unwritten.get(row["playbook_id"])) for row in rows.iter_rows(named=True)]


def _evidence(row: Row, unwritten: str | None) -> Entry:
    names = ["status", "n_trades", "n_effective", "win_rate", "avg_r", "next_look_n"]
    told = {"playbook": row["playbook_id"], "as_of": row["as_of"], **{name: row[name] for name in names}}
    return Entry("PLAYBOOK EVIDENCE", {**told, "file": unwritten or "written"})


def suggestion_entries(rows: Iterable[Row]) -> list[Entry]:
    """Suggestions that are new, refused or stale."""
    return [
        Entry(
            "PLAYBOOK SUGGESTION",
            {name: row[name] for name in ("suggestion_id", "playbook_id", "judge", "state")}
            | {"reason": row.get("reason") or "a person decides"},
        )
        for row in rows
    ]


def heard_entries(events: pl.DataFrame) -> list[Entry]:
    """What judges of the bots said that asks for nothing here: hold, replan, policy_adjust, stand_down."""
    said = events.filter(~pl.col("action").is_in([SUGGEST, UPDATE])).sort("happened_at", "event_id")
    return [
        Entry("JUDGE", {"judge": row["source"], "action": row["action"], "said": row["payload"][:MOST_SAID]})
        for row in said.iter_rows(named=True)
    ]


def judged_entries(judge: str, actions: Iterable[JudgeAction], facts: Facts) -> list[Entry]:
    """What a judge of ours said and what was held back of it; that it asked for no experiment, and why."""
    said = [_said(judge, action, facts) for action in actions]
    if any(action.experiment_suggestion for action in actions):
        return said
    why = facts.no_research or "nothing that loses or is untested is free for one"
    return [*said, Entry("JUDGE", {"judge": judge, "action": "no experiment", "reason": why})]


def _said(judge: str, action: JudgeAction, facts: Facts) -> Entry:
    told = {"judge": judge, "action": action.action}
    edit, test = action.playbook_edit_suggestion, action.experiment_suggestion
    if test:
        why = held_back(test, facts) or "asked for"
        return Entry("JUDGE", told | {"playbook": test.playbook_id, "why": test.rationale, "verdict": why})
    if edit:
        return Entry("JUDGE", told | {"playbook": edit.playbook_id, "why": edit.evidence_summary})
    return Entry("JUDGE", told | {"why": action.rationale})
