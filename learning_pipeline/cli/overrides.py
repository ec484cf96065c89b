"""What a bot should use now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.overrides import Override, read_overrides
from learning_pipeline.overrides.override import plain_overrides
from learning_pipeline.stores.approvals import Approvals
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.overrides_file import write_overrides

COLUMNS = ["override_id", "gate", "change", "for", "until", "by", "gain_usd", "95 % interval", "q"]


def show_overrides(home: Home, *, as_json: bool) -> None:
    """Retire what is over, write the bot's file anew where it is not what the ledger says, and print it."""
    active = _active(home)
    if as_json:
        write_json(plain_overrides(active))
    elif active:
        print_table(COLUMNS, [_cells(each) for each in active], title="What a bot should use now")
    else:
        tell(
            "No override: every gate keeps its own limit (`learning-pipeline proposals list` shows what might change)."
        )


def _active(home: Home) -> list[Override]:
    if not home.ledger.exists():
        return []
    approvals = Approvals(home.ledger)
    approvals.retire(dt.datetime.now(dt.UTC))
    write_overrides(home.overrides, approvals.active)
    return read_overrides(approvals.active())


def _cells(each: Override) -> tuple[Any, ...]:
    change = {"drop": "dropped", "threshold": f"limit {each.operand}", "scale": f"own limit x {each.operand}"}
    change |= {"delta": f"own limit {each.operand or 0:+g}"}
    narrow = [f"{name}={word}" for name, word in sorted(each.scope.items())]
    whom = ", ".join([*([each.pattern_key] if each.pattern_key else []), *narrow]) or "every signal"
    interval = "" if each.ci_low_usd is None else f"{each.ci_low_usd:+,.2f} to {each.ci_high_usd:+,.2f}"
    until, q = f"{each.expires_at:%Y-%m-%d}", "" if each.q_value is None else f"{each.q_value:.3f}"
    gain = "" if each.expected_delta_usd is None else f"{each.expected_delta_usd:+,.2f}"
    return (
        each.override_id,
        each.gate,
        change[each.action],
        whom,
        until,
        each.approved_by or f"{each.route} evidence",
        gain,
        interval,
        q,
    )
