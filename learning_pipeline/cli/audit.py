"""Whether the audit is whole, in words."""

from __future__ import annotations

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import say, tell
from learning_pipeline.rollout.last_move import active_by_audit, differences
from learning_pipeline.stores.audit import Audit, Verdict, parse_head
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Rollouts


def verify(home: Home, noted: str | None, *, as_json: bool) -> bool:
    """Print what was found; true where every record is right and the pointer is where the last move put it."""
    audit = Audit(home)
    verdict = audit.verify(parse_head(noted) if noted else None)
    moved = differences(active_by_audit(audit.records()), Rollouts(home).history())
    is_whole = verdict.fault is None and not moved
    if as_json:
        said = {"ok": is_whole, "n_records": verdict.n_records, "head": str(verdict.head), "pointer": moved}
        fault = verdict.fault._asdict() if verdict.fault else None
        write_json(said | {"n_after_head": verdict.n_after_head, "fault": fault})
    else:
        _tell(verdict, moved)
    return is_whole


def head_in_words(home: Home) -> str:
    """The audit's head, to be noted elsewhere: who holds it can show that the chain was not made anew."""
    return f"audit head {Audit(home).head()}"


def _tell(verdict: Verdict, moved: list[str]) -> None:
    if verdict.fault:
        say(f"record {verdict.fault.seq} {verdict.fault.kind}: {verdict.fault.words}")
    for words in moved:
        say(f"the pointer was moved past the audit: {words}")
    if not verdict.fault and not moved:
        tell(f"ok: {verdict.n_records} records, head {verdict.head}")
    if verdict.n_after_head:
        n = verdict.n_after_head
        tell(f"{n} behind the head's file: a process died before it wrote it, or they were added past it; look at them")
