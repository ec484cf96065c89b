"""A selection with what the next day needs of it, and its row."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.tuning.changes import Seen
from learning_pipeline.tuning.lifecycle import Choice, Selection
from learning_pipeline.tuning.tables import Selections

FROZEN = ("policy", "deltas", "n", "benefit", "harm", "t_statistic")
STANDING = ("state", "since", "reason", "n_looked", "p_value", "q_value", "n_tests", "route")
COUNTED = ("benefit", "harm", "pool_successes", "pool")


class Worth(NamedTuple):
    """What the data that chose a policy say of it besides its counts; None where not known.

    ``bases``: base limit by lever, where it was one value. The rest: net PnL of what is newly admitted, quote money,
    with its 95 % interval.
    """

    bases: str = "{}"
    expected_delta_usd: float | None = None
    ci_low_usd: float | None = None
    ci_high_usd: float | None = None


class Held(NamedTuple):
    """A selection, what it was worth when chosen, its counts since, and where it does not apply."""

    selection: Selection
    worth: Worth = Worth()
    seen: Seen = Seen()
    no_change_scopes: tuple[str, ...] = ()

    def row(self, as_of: dt.date) -> dict[str, Any]:
        """Its row of `Selections`."""
        one, forward = self.selection, self.selection.forward
        tested = {"forward_p_half": forward.p_half, "forward_p_others": forward.p_others}
        return {
            "as_of": as_of,
            "day": as_of,
            "override_id": one.override_id,
            "selected_on": one.selected_on,
            **dict(zip(("pattern_key", "scope"), one.lesson, strict=True)),
            **dict(zip(FROZEN, one.choice, strict=True)),
            **self.worth._asdict(),
            **{name: getattr(one, name) for name in STANDING},
            **{f"forward_{name}": getattr(forward, name) for name in COUNTED},
            **(tested if forward.n_changed else dict.fromkeys(tested)),
            "no_change_scopes": list(self.no_change_scopes),
            "seen_simulated": list(self.seen.simulated),
            "seen_reported": list(self.seen.reported),
            "n_told": self.seen.n_told,
            "n_untold": self.seen.n_untold,
        }


def held_of(rows: pl.DataFrame) -> list[Held]:
    """Selections that were in the shadow or in force at the end of a day, from its rows of `Selections`."""
    return [_held(row) for row in Selections.ordered(rows).to_dicts() if row["state"] != "retired"]


def rows_of(held: list[tuple[dt.date, Held]]) -> pl.DataFrame:
    """`Selections` of some days."""
    rows = [one.row(as_of) for as_of, one in held]
    # By column: a frame of rows takes five times as long.
    columns = {name: [row[name] for row in rows] for name in Selections.dtypes()}
    return Selections.checked(Selections.frame(columns))


def deltas_of(one: Selection) -> dict[str, float]:
    """What its policy adds to each lever's base limit, by lever."""
    found: dict[str, float] = json.loads(one.choice.deltas)
    return found


def _held(row: dict[str, Any]) -> Held:
    seen = Seen(tuple(row["seen_simulated"]), tuple(row["seen_reported"]), row["n_told"], row["n_untold"])
    choice = Choice(*(row[name] for name in FROZEN))
    lesson = (row["pattern_key"], row["scope"])
    standing = {name: row[name] for name in STANDING}
    one = Selection(row["override_id"], lesson, choice, row["selected_on"], forward=seen.forward, **standing)
    return Held(one, Worth(*(row[name] for name in Worth._fields)), seen, tuple(row["no_change_scopes"]))
