"""What an evaluation says, and what makes two of them the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

GATE_VERSION = 1
"""Counts changes of what the gates measure; part of the policy, so that approvals of other gates do not hold."""

Number = float | None


class Gate(NamedTuple):
    """One condition.

    Attributes
    ----------
    gate : str
        Its name.
    value, bound : float or None
        What was measured, and what it is compared with; null where it could not be computed.
    passed : bool
        False too where there is no value.
    words : str
        What it says.
    """

    gate: str
    value: Number
    bound: Number
    passed: bool
    words: str


@dataclass(frozen=True)
class Evaluation:
    """What was measured of an artifact by a pack.

    ``shown`` holds what a page shows beside the figures; it is computed from the same bytes and kept nowhere.
    """

    metrics: Mapping[str, Number]
    baseline: Mapping[str, Number]
    gates: tuple[Gate, ...]
    shown: Any = field(default=None, compare=False)

    @property
    def passed(self) -> bool:
        """Every gate was passed."""
        return all(gate.passed for gate in self.gates)

    @property
    def reason(self) -> str | None:
        """Why it was not passed; None where it was."""
        return "; ".join(gate.words for gate in self.gates if not gate.passed) or None


def policy_sha256(manifest: bytes) -> str:
    """Digest of what decides: ``pack.json`` (thresholds, and the digest of its data) and the version of the gates."""
    return digest({"pack": hashlib.sha256(manifest).hexdigest(), "gates": GATE_VERSION})


def trials_sha256(trials: Iterable[Mapping[str, Any]]) -> str:
    """Digest of the trials that count, whatever their order."""
    return digest(sorted((trial["trial_id"], trial["status"], digest(trial["daily_roi"])) for trial in trials))


def eval_id(artifact_sha256: str, policy: str, evidence: str, failure: str | None, after: str | None = None) -> str:
    """Name of an evaluation: the same inputs have the same.

    Parameters
    ----------
    evidence : str
        Digest of the trials that were counted, or of the answers that were read.
    failure : str, optional
        Why it could not be evaluated.
    after : str, optional
        An evaluation of the same inputs that has become too old to rely on.
    """
    found = {"artifact": artifact_sha256, "policy": policy, "evidence": evidence, "failure": failure, "after": after}
    return f"eval-{digest(found)[:16]}"


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
