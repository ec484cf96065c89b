"""All that a move of a model is judged by; nothing else is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.rollout.settings import RolloutSettings

Row = Mapping[str, Any]


class Standing(Protocol):
    """An artifact in a state of a target."""

    @property
    def artifact_id(self) -> str:
        """Which artifact."""

    @property
    def artifact_sha256(self) -> str:
        """SHA-256 of its bytes when it was moved."""

    @property
    def state(self) -> str:
        """``shadow``, ``active`` or ``retired``."""

    @property
    def since(self) -> dt.datetime:
        """Since when, on the data's clock."""


class Alarm(NamedTuple):
    """A drift alarm of the artifact, on the data's clock."""

    raised_at: dt.datetime
    words: str


@dataclass(frozen=True)
class Circumstances:
    """What stands outside the ledger's tables of rollouts.

    Attributes
    ----------
    policies : mapping
        Pack -> digest of the pack, its data and its thresholds as they are now; None where it cannot be read. Those
        that the artifact must pass, and no others.
    scored_at : sequence of datetime
        Instants of the decisions that the artifact scored in shadow, or of the answers a prompt pack gave there.
    alarms : sequence of Alarm
        Drift alarms of the artifact.
    now, data_now : datetime
        The clock, and the newest instant of the data.
    """

    rollout: RolloutSettings
    models: ModelsSettings
    policies: Mapping[str, str | None]
    scored_at: Sequence[dt.datetime]
    alarms: Sequence[Alarm]
    now: dt.datetime
    data_now: dt.datetime


@dataclass(frozen=True)
class Facts:
    """What the ledger and the disk hold, read at one instant, and the circumstances.

    Attributes
    ----------
    request : mapping
        ``target artifact_id to_state requested_by state``.
    approval : mapping or None
        The newest yes to the request; None: nobody said yes.
    artifact : mapping or None
        The artifact's row of the registry; None: there is none.
    sha256_on_disk : str or None
        Of the artifact's bytes as they are now; None: there is no file.
    evaluations : sequence of mapping
        Of the artifact by any pack, newest first.
    standing : mapping
        State -> what stands in it, of ``active`` and ``shadow``.
    """

    request: Row
    approval: Row | None
    artifact: Row | None
    sha256_on_disk: str | None
    evaluations: Sequence[Row]
    standing: Mapping[str, Standing]
    circumstances: Circumstances

    @property
    def shadow(self) -> Standing | None:
        """The artifact in shadow of the target; None where it is not there."""
        found = self.standing.get("shadow")
        return found if found is not None and found.artifact_id == self.request["artifact_id"] else None

    def newest_of(self, pack_id: str) -> Row | None:
        """The newest evaluation of the artifact by a pack: an older one does not count, whatever it said."""
        return next((row for row in self.evaluations if row["pack_id"] == pack_id), None)
