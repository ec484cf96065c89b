"""Facts for judges, from the claims and trades of builders."""

from __future__ import annotations

from typing import Any

from learning_pipeline.playbooks.claim import Claim
from learning_pipeline.playbooks.judge.facts import Facts, MainTrades, PlaybookFacts
from learning_pipeline_tests.playbooks.builders import MONDAY, claim, trade
from learning_pipeline_tests.playbooks.test_validation import last, run

NOTHING_TRADED = MainTrades(0, 0, (), ())


def playbook(n_trades: int = 0, *, what: Claim | None = None, outcome: str = "hit_1r", **changes: Any) -> PlaybookFacts:
    """A playbook with so many closed research trades of one outcome."""
    what, r = what or claim(), 1.0 if outcome == "hit_1r" else -1.0
    rows = [trade(k, k, outcome=outcome, r_achieved=r) for k in range(n_trades)]
    made = PlaybookFacts(
        what, last(run(rows, max(n_trades, 1), what)), "- a note", NOTHING_TRADED, False, 0, False, False, ""
    )
    return made._replace(**changes)


def facts(*playbooks: PlaybookFacts, no_research: str | None = None) -> Facts:
    """Facts of the Monday."""
    return Facts(MONDAY.date(), playbooks, no_research)
