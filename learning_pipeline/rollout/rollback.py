"""Back to an artifact that was active before; needs no evaluation, no approval and no switch, only whole bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from learning_pipeline.rollout.facts import Standing
from learning_pipeline.rollout.reason import Reason

NONE = "none"
"""Named in place of an artifact: afterwards none is active."""


def earlier(history: Sequence[Standing]) -> list[str]:
    """Artifacts that a rollback goes back through, the nearest last; of one target, the active one left out.

    Each promotion stands on the one before, a rollback takes off what stands above: going back twice goes back two, it
    does not return to what was just taken away.
    """
    stack: list[str] = []
    for artifact_id in [each.artifact_id for each in history if each.state == "active"]:
        under = stack.index(artifact_id) if artifact_id in stack else len(stack)
        stack = [*stack[:under], artifact_id]
    return stack[:-1]


def rollback_to(history: Sequence[Standing], standing: Mapping[str, Standing], asked: str | None) -> str | None:
    """The artifact that a rollback is to make active: the one asked for, else the one before; None: there is none."""
    if asked is not None or "active" not in standing:
        return asked
    return next(reversed(earlier(history)), None)


def why_not_back(
    history: Sequence[Standing],
    standing: Mapping[str, Standing],
    to: str | None,
    artifact: Mapping[str, Any] | None,
    sha256_on_disk: str | None,
) -> list[Reason]:
    """Every reason why a rollback cannot be done; empty: it can.

    Parameters
    ----------
    to : str or None
        What `rollback_to` says.
    artifact : mapping or None
        Its row of the registry; None also where it is to be none.
    sha256_on_disk : str or None
        Of its bytes as they are now.
    """
    active, were = standing.get("active"), {e.artifact_id: e.artifact_sha256 for e in history if e.state == "active"}
    if to == NONE:
        return [] if active else [Reason("none_active", "no artifact is active")]
    if to is None:
        named = ", ".join(sorted(were)) or "none was ever active"
        return [Reason("no_earlier_artifact", f"none was active before; name one with --to, or `none` ({named})")]
    if active is not None and active.artifact_id == to:
        return [Reason("already_active", f"{to} is active since {active.since:%F %H:%M}")]
    if to not in were:
        return [Reason("never_active", f"{to} was never active here: `rollout request` asks for it")]
    return _bytes(to, were[to], artifact, sha256_on_disk)


def _bytes(to: str, was: str, artifact: Mapping[str, Any] | None, on_disk: str | None) -> list[Reason]:
    if artifact is None:
        return [Reason("artifact_unknown", f"{to} is not in the registry any more")]
    if on_disk is None:
        return [Reason("artifact_missing", f"{to} has no file at {artifact['path_ref']}")]
    if on_disk != was:
        return [Reason("artifact_damaged", f"the bytes of {to} are not those that were active ({was[:12]}...)")]
    return []
