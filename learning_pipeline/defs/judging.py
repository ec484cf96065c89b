"""Judges at work: their requests into the ledger, evidence into the files; for the newest day of a run only."""

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

import polars as pl

from learning_pipeline.adapters.chat_judge import ChatJudge
from learning_pipeline.books.research import ledger as research
from learning_pipeline.books.research.research import limits_of
from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.contracts import Entry
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.defs.resources import Chain
from learning_pipeline.errors import JudgeFailed
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import JudgeActions, Signals, Trades
from learning_pipeline.playbooks.card import evidence_card, unwritten
from learning_pipeline.playbooks.claim import Claim
from learning_pipeline.playbooks.edit import Words
from learning_pipeline.playbooks.judge.action import JudgeAction
from learning_pipeline.playbooks.judge.facts import Facts, Judge, gathered, main_trades, why_no_research
from learning_pipeline.playbooks.judge.requests import (
    asked_edits,
    asked_experiments,
    rebased,
    requested,
    suggestions,
)
from learning_pipeline.playbooks.judge.rules import RuleJudge
from learning_pipeline.playbooks.section import EVIDENCE, with_section
from learning_pipeline.playbooks.wording import evidence_entries, heard_entries, judged_entries, suggestion_entries
from learning_pipeline.stores.experiments import Change, Standing
from learning_pipeline.stores.experiments_file import write_experiments
from learning_pipeline.stores.playbook_files import PlaybookFiles, digest
from learning_pipeline.stores.suggestions import Suggestions

Row = dict[str, Any]


def judged(chain: Chain, files: PlaybookFiles, claims: Mapping[str, Claim], validation: pl.DataFrame) -> list[Row]:
    """Take in what judges ask for, then bring the files up to date; every suggestion as it stands after that.

    Parameters
    ----------
    validation : DataFrame
        ``playbooks.validation`` of the run's days.
    """
    ledger = Suggestions(chain.paths.ledger, files)
    if chain.days is None or not chain.is_up_to_date:
        return ledger.every()
    newest = validation.filter(as_of=chain.days[1])
    stale = ledger.find_stale(chain.now)
    heard = chain.lake.read(JudgeActions, *chain.days)
    asked = requested(heard)
    new = ledger.add(suggestions(asked, _content(files)))
    for judge in _judges(chain):
        new += _ask(chain, judge, _facts(chain, ledger, files, claims, newest), ledger, files)
    chain.log([*heard_entries(heard), *suggestion_entries([*({**row, "state": "stale"} for row in stale), *new])])
    missing = _write_evidence(chain, ledger, files, newest, is_asked=chain.books.research_auto_aggregate or bool(asked))
    chain.log(evidence_entries(validation, missing))
    return ledger.every()


def _content(files: PlaybookFiles) -> dict[str, bytes]:
    return {file.playbook_id: file.content for file in files.every()}


def _judges(chain: Chain) -> list[Judge]:
    """Those that are switched on; a language model is asked only where something is new."""
    settings = chain.playbooks
    judges: list[Judge] = [RuleJudge(settings)] if settings.judge_rules else []
    has_news = chain.due.dirty_from is not None
    if not settings.judge_chat_url or not has_news:
        return judges
    return [*judges, ChatJudge(settings, os.environ.get(settings.judge_chat_key_variable, ""))]


def _facts(
    chain: Chain, ledger: Suggestions, files: PlaybookFiles, claims: Mapping[str, Claim], newest: pl.DataFrame
) -> Facts:
    last = newest["as_of"].max()
    as_of = last if isinstance(last, dt.date) else chain.now.date()
    first = as_of - (chain.playbooks.judge_lookback_days - 1) * ONE_DAY
    signals = chain.lake.read(Signals, first - REACH_DAYS * ONE_DAY, as_of)
    trades = main_trades(chain.lake.read(Trades, first, as_of), signals, first, as_of)
    standing = chain.experiments.standing()
    told = gathered(_content(files), claims, newest, trades, standing.experiments, ledger.every())
    return Facts(as_of, told, why_no_research(research.standing(*standing)))


def _ask(chain: Chain, judge: Judge, facts: Facts, ledger: Suggestions, files: PlaybookFiles) -> list[Row]:
    """Hear a judge and pass on what it asks for, as anybody's requests; the suggestions that are new."""
    try:
        actions = judge.judge(facts)
    except JudgeFailed as e:
        chain.log([Entry("JUDGE", {"judge": judge.name, "failed": e.code, "reason": str(e)}, "ERROR")])
        return []
    chain.log(judged_entries(judge.name, actions, facts))
    _start_experiments(chain, judge, actions, facts)
    return ledger.add(suggestions(asked_edits(judge.name, actions, chain.now, _content(files)), _content(files)))


def _start_experiments(chain: Chain, judge: Judge, actions: list[JudgeAction], facts: Facts) -> None:
    for request_id, suggestion in asked_experiments(judge.name, actions, facts):
        _start_experiment(chain, f"judge:{judge.name}", request_id, suggestion)
    write_experiments(chain.paths.experiments, lambda: research.document(*chain.experiments.standing()))


def _start_experiment(chain: Chain, origin: str, request_id: str, suggestion: ExperimentSuggestion) -> None:
    auto_start, limits = chain.books.research_auto_start, limits_of(chain.books)
    request = research.suggested_by(origin, suggestion, request_id, chain.now, auto_start=auto_start)

    def change(standing: Standing) -> Change:
        return Change(**research.acted(request, *standing, limits))

    chain.experiments.act(request_id, request.at, research.request_content(request), change)


def _write_evidence(
    chain: Chain, ledger: Suggestions, files: PlaybookFiles, newest: pl.DataFrame, *, is_asked: bool
) -> dict[str, str]:
    """The card of each playbook that has enough trades into its file; the others with the reason."""
    missing = unwritten(newest, chain.playbooks.playbook_min_evidence_write, is_asked=is_asked)
    known = ledger.every()
    for row in newest.filter(~pl.col("playbook_id").is_in(list(missing))).iter_rows(named=True):
        _write_card(files, ledger, row, [each for each in known if each["playbook_id"] == row["playbook_id"]])
    return missing


def _write_card(files: PlaybookFiles, ledger: Suggestions, row: Row, suggested: list[Row]) -> None:
    """One card; the edits that wait for a person are made anew for the file that it is in."""
    card = evidence_card(row, _notes(suggested))
    done = files.edit(row["playbook_id"], lambda content: with_section(content, EVIDENCE, card))
    for each in suggested:
        if each["state"] == "pending" and done.before != done.after:
            ledger.rebase(each["suggestion_id"], digest(done.before), rebased(each, done.after))


def _notes(suggested: list[Row]) -> list[Words]:
    """What a judge said last, where no person put it aside."""
    heard = [row for row in suggested if row["state"] in {"pending", "applied"}]
    return [
        Words(row["judge"], row["suggested_text"], row["evidence_summary"], row["requested_at"].date())
        for row in heard[-1:]
    ]
