"""Playbooks of a folder: those that can be used, and why others cannot."""

from __future__ import annotations

from learning_pipeline.playbooks.known import known_playbooks
from learning_pipeline.playbooks.wording import fault_entries
from learning_pipeline_tests.playbooks.test_claim import playbook


def test_one_bad_playbook_leaves_the_others() -> None:
    twice = playbook(playbook_id="z") + b"## Validation Evidence\n\n## Validation Evidence\n"
    claims, faults = known_playbooks({"x": playbook(), "y": b"no front matter", "z": twice, "w": b"\xff\xfe\0"})
    assert list(claims) == ["x"]
    assert list(faults) == ["w", "y", "z"]
    assert "found 2" in faults["z"]
    (first, *_) = fault_entries(faults)
    assert str(first).startswith("PLAYBOOK SKIPPED | playbook=w | reason=")
    assert first.level == "WARNING"
