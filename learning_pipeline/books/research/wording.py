"""What a run of research has to say, as lines of the log."""

from __future__ import annotations

from learning_pipeline.books.research.fold import Told
from learning_pipeline.books.research.requests import Verdict
from learning_pipeline.contracts import Entry


def entries(told: Told) -> list[Entry]:
    """Requests with their answers, moves, pauses and lifts."""
    lines = [_answered(verdict) for verdict in told.verdicts]
    lines += [
        Entry("EXPERIMENT MOVED", move._asdict() | {"at": f"{move.at:%Y-%m-%dT%H:%M:%SZ}"}) for move in told.transitions
    ]
    for pause in told.pauses:
        said = {"session": "/".join(pause.session), "at": f"{pause.at:%Y-%m-%dT%H:%M:%SZ}", "reason": pause.reason}
        lines.append(Entry("RESEARCH PAUSED", said, "WARNING"))
    for lift in told.lifts:
        said = {"session": "/".join(lift.session), "at": f"{lift.at:%Y-%m-%dT%H:%M:%SZ}", "by": lift.actor}
        lines.append(Entry("RESEARCH RESUMED", said))
    return lines


def _answered(verdict: Verdict) -> Entry:
    request = verdict.request
    said = {
        "request": request.request_id,
        "by": f"{request.by}:{request.actor}",
        "experiment": request.experiment_id,
        "asked": request.state,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
    }
    return Entry("EXPERIMENT REQUEST", said)
