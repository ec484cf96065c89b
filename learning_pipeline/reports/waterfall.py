"""How the guards' shares add up to what blocking saved as a whole."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from learning_pipeline.reports.canvas import HAIR, INK, MUTED, WIDE, Drawing, ruled
from learning_pipeline.reports.cost import newest_cost
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.guards import LOOKS
from learning_pipeline.reports.section import Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import interval, label, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "How the guards' shares add up"
MOST_STEPS = 20
REST, WHOLE = "no cause recorded, or smaller shares", "blocking as a whole"
CENT = 0.005


class Step(NamedTuple):
    """One bar: from where to where, USD."""

    name: str
    start: float
    end: float


def waterfall_section(facts: Facts, window: Window) -> Section:
    """Shapley shares, one after the other, up to the whole."""
    whole = newest_cost(facts, window)
    if whole is None or not whole["n_settled"]:
        return Section("waterfall", TITLE, (f"No blocked decision of {window.words} is settled yet.",))
    saved = -whole["net_opportunity_cost_usd"]
    steps = steps_to(facts.guards, saved)
    says = "; ".join(f"{step.name}: {money(step.end - step.start)} USD" for step in steps)
    caption = (
        f"USD over {window.words}, from 0 to what blocking saved as a whole. Each decision's result is split equally "
        "among the guards that blocked it (Shapley), so that the steps add up; filled: saved, hatched: cost."
    )
    reach = _reach(whole)
    words = f"Shares that together are what blocking saved as a whole: {money(saved)} USD{reach}."
    note = "A share has no interval; what a guard saved alone, with its interval and verdict, stands above."
    drawing = waterfall_drawing(facts.guards, saved)
    return Section("waterfall", TITLE, (words,), pictured(drawing, "waterfall", says, caption), (), (note,))


def steps_to(guards: pl.DataFrame, saved_usd: float) -> list[Step]:
    """Steps of the guards, largest saving first, then of what is no guard's, then the whole.

    Parameters
    ----------
    guards : DataFrame
        ``analysis.guard_effectiveness`` of one as_of and window.
    saved_usd : float
        What blocking as a whole saved in the same window.

    Returns
    -------
    list of Step
        Each starts where the one before it ends; the last is the whole, from 0.

    Examples
    --------
    >>> guards = pl.DataFrame({"guard": ["halo", "ts"], "shapley_usd": [-5.0, 20.0]})
    >>> [(step.name, step.start, step.end) for step in steps_to(guards, 15.0)]
    [('ts', 0.0, 20.0), ('halo', 20.0, 15.0), ('blocking as a whole', 0.0, 15.0)]
    """
    largest = guards.sort(pl.col("shapley_usd").abs(), "guard", descending=[True, False]).head(MOST_STEPS)
    shown = largest.sort("shapley_usd", "guard", descending=[True, False])
    shares = list(zip(shown["guard"].to_list(), shown["shapley_usd"].to_list(), strict=True))
    rest = math.fsum([saved_usd, *(-share for _, share in shares)])
    if abs(rest) >= CENT:
        shares.append((REST, rest))
    ends = list(accumulate((share for _, share in shares), initial=0.0))
    steps = [Step(name, start, end) for (name, _), start, end in zip(shares, ends, ends[1:], strict=False)]
    return [*steps, Step(WHOLE, 0.0, saved_usd)]


def waterfall_drawing(guards: pl.DataFrame, saved_usd: float) -> Drawing | None:
    """The steps as bars; None where there is no guard."""
    if guards.is_empty():
        return None
    steps = steps_to(guards, saved_usd)
    return Drawing(WIDE, 0.9 + 0.36 * len(steps), lambda axes: _draw(axes, steps))


def _draw(axes: Axes, steps: list[Step]) -> None:
    ruled(axes, "x")
    for k, step in enumerate(steps):
        size = step.end - step.start
        at = (max(step.start, step.end), k)
        axes.barh(k, size, left=step.start, height=0.6, linewidth=1.3, **LOOKS["saves" if size >= 0 else "costs"])
        axes.annotate(f" {money(size)}", at, va="center", color=MUTED, fontsize=9.0, annotation_clip=False)
        if k < len(steps) - 2:
            axes.plot([step.end, step.end], [k + 0.3, k + 0.7], color=HAIR, linewidth=1.0)
    axes.margins(x=0.12)
    axes.set_yticks(range(len(steps)), [label(step.name) for step in steps], color=INK)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("USD saved, added up")


def _reach(whole: dict[str, float | None]) -> str:
    low, high = whole["ci_low_usd"], whole["ci_high_usd"]
    return "" if low is None or high is None else f" (95 % interval {interval(-high, -low)})"
