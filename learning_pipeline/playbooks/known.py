"""Playbooks as they lie in their folder, read: what they claim, and which of them cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from learning_pipeline.errors import BadInput
from learning_pipeline.playbooks.claim import Claim, read_claim
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.section import EVIDENCE


class Known(NamedTuple):
    """Claims by playbook_id, and for those that cannot be used the reason."""

    claims: dict[str, Claim]
    faults: dict[str, str]


def known_playbooks(files: Mapping[str, bytes]) -> Known:
    """Claims of all playbooks, by id.

    Parameters
    ----------
    files : mapping of str to bytes
        Their content by name without ``.md``.
    """
    found = Known({}, {})
    for playbook_id, content in sorted(files.items()):
        try:
            claim = read_claim(content, playbook_id)
            Document(content).section(EVIDENCE)
        except BadInput as e:
            found.faults[playbook_id] = str(e)
        else:
            found.claims[playbook_id] = claim
    return found
