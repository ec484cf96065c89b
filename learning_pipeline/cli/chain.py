"""Run the chain and show what came out."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import say
from learning_pipeline.cli.verdicts import guard_rows, show_verdicts, warn_of_gaps
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger


def run_chain(home: Home, first: dt.date | None, last: dt.date | None, *, as_json: bool) -> None:
    """Materialise what is due and print the verdicts; in an empty data root say so, and leave it as it is."""
    if _is_empty(home):
        say(f"nothing to run: {home.root} holds no events or bars yet; `learning-pipeline ingest PATH` brings some in")
        return
    run_job(home, "chain", first=first, last=last)
    if as_json:
        write_json({"home": str(home.root), "guards": guard_rows(home)})
    else:
        show_verdicts(home)
    warn_of_gaps(home)


def _is_empty(home: Home) -> bool:
    if not home.root.is_dir():
        return True
    inbox = Inbox(home.inbox, Ledger(home.ledger))
    return not (inbox.waiting() or inbox.arrivals(landed=True))
