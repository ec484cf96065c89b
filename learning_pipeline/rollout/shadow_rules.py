"""What the time in shadow must show: long enough, scores enough, the same bytes, no drift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from learning_pipeline.rollout.facts import Facts, Standing
from learning_pipeline.rollout.reason import Reason


def shadow_faults(facts: Facts) -> Iterator[Reason]:
    """Faults of the time that the artifact has stood in shadow, this time, on the data's clock."""
    shadow = facts.shadow
    if shadow is None:
        yield Reason("not_in_shadow", f"{facts.request['artifact_id']} does not stand in shadow")
        return
    if facts.artifact is not None and shadow.artifact_sha256 != facts.artifact["sha256"]:
        yield Reason("shadow_of_other_bytes", "other bytes were put in shadow under its name")
    yield from _enough(facts, shadow)
    alarms = [alarm for alarm in facts.circumstances.alarms if alarm.raised_at > shadow.since]
    if alarms:
        yield Reason("drift_alarm", f"{len(alarms)} since it went to shadow, the last: {alarms[-1].words}")


def _enough(facts: Facts, shadow: Standing) -> Iterator[Reason]:
    asked, data_now = facts.circumstances.rollout, facts.circumstances.data_now
    days = (data_now - shadow.since) / dt.timedelta(days=1)
    if days < asked.min_shadow_days:
        yield Reason("shadow_too_short", f"{days:.1f} of {asked.min_shadow_days} days of data in shadow")
    n = sum(shadow.since < at <= data_now for at in facts.circumstances.scored_at)
    if n < asked.min_shadow_scores:
        yield Reason("too_few_shadow_scores", f"{n} of {asked.min_shadow_scores} decisions scored in shadow")
