"""What the audit says stands, against what the pointer says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_MOVES = {"active", "rollback"}


def active_by_audit(records: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """Target -> the artifact that the last move made active; None: none. Records in the order of the chain."""
    moved = [r for r in records if r["outcome"] == "done" and r["action"] in _MOVES]
    return {record["target"]: record["artifact_id"] for record in moved}


def differences(told: Mapping[str, str | None], history: Sequence[Any]) -> list[str]:
    """Targets whose active artifact is another than the audit says, or who have several, in words."""
    actives: dict[str, list[str]] = {each.target: [] for each in history}
    for each in history:
        if each.state == "active" and each.until is None:
            actives[each.target].append(each.artifact_id)
    targets = sorted(told.keys() | actives.keys())
    expected = {target: [told[target]] if told.get(target) else [] for target in targets}
    return [
        f"{target}: active is {', '.join(actives.get(target, [])) or 'none'}, the audit says {_said(expected[target])}"
        for target in targets
        if actives.get(target, []) != expected[target]
    ]


def _said(expected: Sequence[str | None]) -> str:
    return str(expected[0]) if expected else "none"
