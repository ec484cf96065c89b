"""The built-in judge: the seed's guidance as rules, with its numbers (research-budget, step 5)."""

from __future__ import annotations

from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.playbooks.card import metric_words
from learning_pipeline.playbooks.judge.action import SUGGEST, UPDATE, JudgeAction, PlaybookEditSuggestion
from learning_pipeline.playbooks.judge.facts import Facts, PlaybookFacts
from learning_pipeline.playbooks.settings import PlaybooksSettings

MOST_SYMBOLS, MOST_LETTERS = 32, 64


class RuleJudge:
    """Asks for a test of what loses or was never tested, and for a note where evidence has decided."""

    name = "rules"

    def __init__(self, settings: PlaybooksSettings) -> None:
        self._settings = settings

    def judge(self, facts: Facts) -> list[JudgeAction]:
        """Actions in the order of the playbooks: tests of what loses, else one of what is untested; then notes."""
        free = [one for one in facts.playbooks if facts.no_research is None and not _is_taken(one)]
        losing = [one for one in free if self._is_losing(one)]
        tests = [_experiment(one, _why_losing(one), "Losing in the main budget: ") for one in losing]
        if not tests and not any(one.is_under_test for one in facts.playbooks):
            tests = [_experiment(one, _why_untested(one), "") for one in _most_traded_untested(free)]
        return [*tests, *(_note(one) for one in facts.playbooks if _is_unsaid(one))]

    def _is_losing(self, one: PlaybookFacts) -> bool:
        n, n_won = one.main.n, one.main.n_won
        undecided = one.validation["status"] in {"insufficient_data", "inconclusive"}
        is_enough = n >= self._settings.judge_min_trades
        return undecided and is_enough and n_won / n < self._settings.judge_max_win_rate


def said_by(one: PlaybookFacts) -> str:
    """The sentence by which a note is known to be there already."""
    row = one.validation
    return f"Research evidence of {row['look_n']} trades: {row['status']}."


def _is_taken(one: PlaybookFacts) -> bool:
    """Whether a test is on it, or somebody called one off: then a person begins the next."""
    return one.is_under_test or one.was_cancelled


def _is_unsaid(one: PlaybookFacts) -> bool:
    """Whether evidence has decided and the notes do not say so; one edit at a time waits, none comes back."""
    row = one.validation
    decided = row["status"] in {"validated", "refuted"} and row["n_trades"] >= row["min_sample_size"]
    said = " ".join(f"{one.notes} {one.put_aside}".replace(">", " ").split())
    return decided and not one.has_pending_edit and said_by(one) not in said


def _most_traded_untested(free: list[PlaybookFacts]) -> list[PlaybookFacts]:
    """The one playbook to test next: never tested, not validated, most trades in the main budget."""
    untested = [one for one in free if not one.n_experiments and one.validation["status"] == "insufficient_data"]
    traded = [one for one in untested if one.main.n]
    return sorted(traded, key=lambda one: (-one.main.n, one.claim.playbook_id))[:1]


def _experiment(one: PlaybookFacts, why: str, opening: str) -> JudgeAction:
    """A test of the playbook's own hypothesis, on the markets and triggers in question."""
    suggestion = ExperimentSuggestion(
        playbook_id=one.claim.playbook_id,
        hypothesis=f"{opening}{one.claim.hypothesis}",
        target_symbols=_words(one.main.symbols),
        trigger_categories=_words(one.main.categories),
        min_sample_size=one.claim.min_sample_size,
        rationale=why,
    )
    return JudgeAction(action=SUGGEST, experiment_suggestion=suggestion)


def _words(words: tuple[str, ...]) -> list[str]:
    """Short ones; none where they are too many to name: an experiment without names covers all."""
    short = [word for word in words if 0 < len(word) <= MOST_LETTERS and word.isprintable()]
    return short if len(short) == len(words) <= MOST_SYMBOLS else []


def _why_losing(one: PlaybookFacts) -> str:
    return f"{one.main.n_won} of {one.main.n} main-budget trades won, {one.main.n_won / one.main.n:.0%}."


def _why_untested(one: PlaybookFacts) -> str:
    row = one.validation
    return f"{row['n_trades']} of {row['min_sample_size']} research trades; the claim was never tested."


def _note(one: PlaybookFacts) -> JudgeAction:
    row, metric = one.validation, metric_words(one.validation)
    advice = {
        "validated": "What this playbook claims held when it was tested; keep the rules that were tested.",
        "refuted": "What this playbook claims did not hold when it was tested; do not rely on it as it stands.",
    }[row["status"]]
    suggestion = PlaybookEditSuggestion(
        playbook_id=one.claim.playbook_id,
        section="Notes",
        suggested_text=f"{said_by(one)} {advice}",
        evidence_summary=f"{metric}, at the look of {row['looked_on']}",
    )
    return JudgeAction(action=UPDATE, playbook_edit_suggestion=suggestion)
