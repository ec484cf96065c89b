"""What goes wrong where a bot's own files are imported."""

from __future__ import annotations

from learning_pipeline.cli.doctor.facts import Facts, Imported
from learning_pipeline.cli.doctor.finding import Finding, counted, problem, some, warning


def folders_are_imported(facts: Facts) -> Finding | None:
    """Every folder that is watched is there, and its imports succeed."""
    folders = facts.watched if isinstance(facts.watched, list) else []
    gone = [folder.path for folder in folders if not folder.exists]
    if gone:
        do = "bring it back, or correct [imports] watch in learning_pipeline.toml"
        return problem("watched folders", f"Not there: {some(gone)}", do)
    failed = [folder for folder in folders if folder.n_failed]
    if not failed:
        return None
    each = some([f"{folder.path} ({counted(folder.n_failed, 'time')})" for folder in failed])
    do = f"{facts.command('import freqtrade FOLDER')} says why in one line"
    return problem("watched folders", f"The import failed of: {each}", do)


def nothing_came_twice(facts: Facts) -> Finding | None:
    """No decision stands under two sources: two backtests of one strategy, or a backtest and its copy."""
    if not isinstance(facts.imported, Imported) or not facts.imported.n_decided_twice:
        return None
    what = (
        f"{counted(facts.imported.n_decided_twice, 'decision')} of one strategy, market, side and instant came from "
        f"several sources and counts more than once: {some(facts.imported.twice)}"
    )
    return warning(
        "sources", what, "keep one backtest of a strategy per data root: import the others with --home ANOTHER"
    )


def guards_are_recorded(facts: Facts) -> Finding | None:
    """What every guard blocked is written down."""
    if not isinstance(facts.imported, Imported) or not facts.imported.unrecorded:
        return None
    what = (
        f"No verdict on {some(facts.imported.unrecorded)}: the bot tells when they were in force, not what they blocked"
    )
    do = "let the bot write its decisions: `learning-pipeline import freqtrade-mixin` prints the class that does"
    return warning("guards", what, do)


RULES = (folders_are_imported, nothing_came_twice, guards_are_recorded)
