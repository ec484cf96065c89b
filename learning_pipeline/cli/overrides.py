"""What a bot should use now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.overrides import Override, read_overrides
from learning_pipeline.overrides.override import plain_overrides
from learning_pipeline.posture import Posture, read_document
from learning_pipeline.stores.approvals import Approvals
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.overrides_file import write_overrides
from learning_pipeline.stores.postures_file import read_postures_file

LEANING = ["override_id", "for", "until", "towards A", "towards E", "confidence", "trades"]
COLUMNS = ["override_id", "gate", "change", "for", "until", "by", "gain_usd", "95 % interval", "q"]


def show_overrides(home: Home, *, as_json: bool) -> None:
    """Retire what is over, write the bot's file anew where it is not what the ledger says, and print it."""
    active, now = _active(home), dt.datetime.now(dt.UTC)
    if as_json:
        write_json(plain_overrides(active))
        return
    if active:
        moving = [each for each in active if each.action != "delta" or each.operand]
        print_table(COLUMNS, [_cells(each, now) for each in moving], title="What a bot should use now")
    else:
        tell(
            "No override: every gate keeps its own limit (`learning-pipeline proposals list` shows what might change)."
        )
    postures = read_document(read_postures_file(home.postures)).postures
    if postures:
        tell("")
        print_table(LEANING, [_leaning(each, now) for each in postures], title="How it should lean (A, E)")


def _active(home: Home) -> list[Override]:
    if not home.ledger.exists():
        return []
    approvals = Approvals(home.ledger)
    approvals.retire(dt.datetime.now(dt.UTC))
    write_overrides(home.overrides, approvals.active)
    return read_overrides(approvals.active())


def _cells(each: Override, now: dt.datetime) -> tuple[Any, ...]:
    change = {"drop": "dropped", "threshold": f"limit {each.operand}", "scale": f"own limit x {each.operand}"}
    change |= {"delta": f"own limit {each.operand or 0:+g}"}
    whom = _whom(each.pattern_key, each.scope)
    interval = "" if each.ci_low_usd is None else f"{each.ci_low_usd:+,.2f} to {each.ci_high_usd:+,.2f}"
    until, q = _until(each.expires_at, now), "" if each.q_value is None else f"{each.q_value:.3f}"
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


def _leaning(each: Posture, now: dt.datetime) -> tuple[Any, ...]:
    whom, until = _whom(each.pattern_key, each.scope), _until(each.expires_at, now)
    return each.override_id, whom, until, f"{each.dir_a:+.2f}", f"{each.dir_e:+.2f}", f"{each.confidence:.2f}", each.n


def _whom(pattern_key: str | None, scope: dict[str, str]) -> str:
    narrow = [f"{name}={word}" for name, word in sorted(scope.items())]
    return ", ".join([*([pattern_key] if pattern_key else []), *narrow]) or "every signal"


def _until(expires_at: dt.datetime, now: dt.datetime) -> str:
    return f"{expires_at:%Y-%m-%d}" + (" (over)" if expires_at <= now else "")
