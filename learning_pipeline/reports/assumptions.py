"""What the figures assume, and what nobody knows."""

from __future__ import annotations

from learning_pipeline.reports.calibration import bias_in_words
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count

CAPITAL = (
    "Capital for everything: each blocked decision is judged as if money had been there for it, beside all others. "
    "Sums over many decisions are therefore more than one account could have traded."
)
OTHER_POLICY = (
    "Shadow money was computed under an execution policy other than the settings of today, so its costs are not listed "
    "here; the next run computes every day anew under the settings."
)
BIAS = (
    "How far the simulator is off where nothing was traded. analysis.calibration compares simulated results with the "
    "trades that came of approved signals; of blocked ones nothing but exploration (analysis.guard_value) can tell, "
    "and no interval here covers that bias."
)
SWAPS = (
    "What dropping a guard would change besides its own decisions: a position that it let in could keep out another."
)
UNKNOWN = (
    BIAS,
    "What our own orders would have moved: any size is simulated at the bars' prices.",
    "Whether the next days resemble these: intervals speak of days like those of the window.",
    SWAPS,
)


def assumptions_section(facts: Facts, window: Window) -> Section:
    """The execution policy in words; the spread's model only where the data names one."""
    says = [*_policy(facts), CAPITAL, *_bias(facts, window), _books(facts), *_spread(facts, window)]
    return Section("assumptions", "What the figures assume", notes=tuple(says))


def unknowns_section() -> Section:
    """What is not known, so that nobody takes silence for certainty."""
    return Section("unknown", "What is not known", notes=UNKNOWN)


def _policy(facts: Facts) -> list[str]:
    s = facts.shadow
    if facts.policies and facts.policies != [s.policy_hash()]:
        return [OTHER_POLICY]
    costs = (
        f"Costs of shadow money: {s.fee_bps:g} bps fee on entry and on exit; half the spread on entry and on market "
        f"exits; {s.slippage_bps:g} bps slippage on stop and time exits."
    )
    gaps = (
        f"A signal without a stop gets one at {s.stop_atr:g} ATR(14), without a target {s.target_r:g} R, without a "
        f"life {s.ttl_minutes:g} minutes, without a size {s.notional_usd:g} USD."
    )
    return [costs, gaps, "Where one bar touches both stop and target, the stop counts."]


def _bias(facts: Facts, window: Window) -> list[str]:
    return [] if facts.calibration is None else [f"Calibration, {window.words}: {bias_in_words(facts.calibration)}"]


def _books(facts: Facts) -> str:
    books = ", ".join(facts.analysis.books)
    return f"Guards, opportunity cost, strategies and signal decay look at these books only: {books}."


def _spread(facts: Facts, window: Window) -> list[str]:
    said = [
        f"The spread of {count(row['n'], 'decision report')} in {window.words} is not a quote: the bot says "
        f"spread_model = {row['spread_model']}."
        for row in facts.spreads.drop_nulls("spread_model").to_dicts()
    ]
    if facts.spread_unknown:
        said.append(f"{count(facts.spread_unknown, 'outcome')} of all days had no spread; it was taken as 0.")
    return said
