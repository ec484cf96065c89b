"""Assets of the playbooks: what research trades say of each claim, and what judges ask for."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from learning_pipeline.books.research.tables import ResearchTrades
from learning_pipeline.contracts import day_span
from learning_pipeline.defs.judging import judged
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out
from learning_pipeline.defs.windows import as_ofs, day_before
from learning_pipeline.events.tables import JudgeActions, Signals, Trades
from learning_pipeline.playbooks.copies import suggestion_rows
from learning_pipeline.playbooks.known import known_playbooks
from learning_pipeline.playbooks.tables import Evidence, Suggestions, Validation
from learning_pipeline.playbooks.validation import validate
from learning_pipeline.playbooks.wording import fault_entries
from learning_pipeline.reports import playbooks_drawing
from learning_pipeline.stores.playbook_files import PlaybookFiles


@dg.multi_asset(
    name="playbook_evidence",
    outs={table.table(): out(table) for table in (Evidence, Validation, Suggestions)},
    deps=[asset_key(table) for table in (ResearchTrades, JudgeActions, Trades, Signals)],
)
def playbook_evidence(chain: Chain) -> Iterator[Any]:
    """Closed research trades against what playbooks claim; evidence goes into the files, edits wait for a person."""
    files = PlaybookFiles.of(chain.paths, chain.playbooks.playbook_folder)
    claims, faults = known_playbooks({file.playbook_id: file.content for file in files.every()})
    chain.log(fault_entries(faults))
    trades = chain.lake.read(ResearchTrades, *(chain.days or NO_DAYS))
    before = day_before(chain, Evidence), day_before(chain, Validation)
    found = validate(trades, *before, claims, as_ofs(chain))
    suggestions = judged(chain, files, claims, found.validation)
    newest = found.validation.filter(as_of=(chain.days or NO_DAYS)[1])
    yield materialised(Evidence, found.evidence)
    yield materialised(Validation, found.validation, shown=newest, drawing=playbooks_drawing(newest))
    rows = suggestion_rows(suggestions)
    yield materialised(Suggestions, Replacement(rows, *(day_span(rows["day"]) or ())))


@dg.asset_check(asset=asset_key(Suggestions), blocking=True)
def nothing_is_applied_without_a_person(chain: Chain) -> dg.AssetCheckResult:
    """Every applied edit of a playbook names who applied it, and the file that it made."""
    rows = chain.lake.read(Suggestions).filter(state="applied")
    n_wrong = rows.filter(rows["actor"].is_null() | rows["after_sha256"].is_null()).height
    return dg.AssetCheckResult(passed=not n_wrong, metadata={"n_applied": rows.height, "n_wrong": n_wrong})
