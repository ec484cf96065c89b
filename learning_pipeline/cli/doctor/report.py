"""The findings, worst first, for a person or a machine."""

from __future__ import annotations

import datetime as dt
import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from learning_pipeline.cli.doctor import (
    rules_failing,
    rules_imports,
    rules_models,
    rules_pending,
    rules_place,
    rules_stale,
)
from learning_pipeline.cli.doctor.facts import Facts
from learning_pipeline.cli.doctor.finding import Finding, Level, ok
from learning_pipeline.cli.doctor.look import look
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import shown, tell
from learning_pipeline.stores.home import Home

RULES = (
    *rules_failing.RULES,
    *rules_models.RULES,
    *rules_stale.RULES,
    *rules_pending.RULES,
    *rules_imports.RULES,
    *rules_place.RULES,
)
WORST_FIRST = [Level.problem, Level.warning, Level.ok]
COLOURS = {Level.ok: "green", Level.warning: "yellow", Level.problem: "bold red"}


def examine(home: Home, *, as_json: bool) -> bool:
    """Print what was found in a data root; True where there is no problem."""
    facts = look(home, dt.datetime.now(dt.UTC))
    findings = judge(facts) if facts else [_nothing_yet(home)]
    if as_json:
        write_json({"home": str(home.root), "findings": [finding._asdict() for finding in findings]})
    else:
        _print(home, findings)
    return all(finding.level != Level.problem for finding in findings)


def judge(facts: Facts) -> list[Finding]:
    """What the rules say of the facts, worst first."""
    found = [finding for rule in RULES if (finding := rule(facts))]
    return sorted(found, key=lambda finding: WORST_FIRST.index(finding.level))


def _nothing_yet(home: Home) -> Finding:
    do = "`learning-pipeline ingest PATH` brings events and bars in, `learning-pipeline demo` shows an example"
    return ok("data root", f"{home.root} holds nothing yet")._replace(do=do)


def _print(home: Home, findings: list[Finding]) -> None:
    console = Console()
    table = Table(box=box.SIMPLE, show_header=False, show_edge=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        level = Text(finding.level, style=COLOURS[finding.level])
        table.add_row(level, Text(finding.about, style="bold"), Text(_line(finding.what)))
        if finding.do:
            table.add_row("", Text("do", justify="right", style="dim"), Text(_line(finding.do), style="cyan"))
    console.print(Text(shown(str(home.root)), style="dim"), soft_wrap=True)
    console.print(table)
    tell(_summary(findings))
    sys.stdout.flush()


def _line(words: str) -> str:
    """One line, whatever the names in it hold."""
    return shown(" ".join(words.split()))


def _summary(findings: list[Finding]) -> str:
    n = {level: sum(finding.level == level for finding in findings) for level in Level}
    if n[Level.problem] or n[Level.warning]:
        told = [f"{n[level]} {level}{'s' if n[level] > 1 else ''}" for level in WORST_FIRST[:2] if n[level]]
        return f"\n{', '.join(told)}."
    return "\nAll is well." if n[Level.ok] > 1 else ""
