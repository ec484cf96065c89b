"""What the published file says of decisions that came twice, of trades and guards; and the folders that are watched."""

from __future__ import annotations

from pathlib import Path

from learning_pipeline.adapters.folder import fingerprint
from learning_pipeline.adapters.settings import ImportsSettings
from learning_pipeline.cli.doctor.facts import Folder, Imported
from learning_pipeline.defs.attempts import FOLDER_TAG, state_of
from learning_pipeline.sdk.published import has_table
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.run_records import RunRecords
from learning_pipeline.stores.warehouse import read_only

TWICE = """
    WITH each AS (
        SELECT d.strategy, d.symbol, d.timeframe, d.side, d.decided_at, count(DISTINCT s.source) AS n
        FROM events.decisions d JOIN events.signals s USING (signal_id)
        GROUP BY ALL HAVING n > 1
    )
    SELECT coalesce(list(DISTINCT strategy ORDER BY strategy), []), count(*) FROM each
"""
UNRECORDED = """
    SELECT coalesce(list(DISTINCT guard ORDER BY guard), []) FROM analysis.unrecorded_guards
    WHERE as_of = (SELECT max(as_of) FROM analysis.opportunity_cost)
"""


def look_at_imports(home: Home) -> Imported | None:
    """Read the published file; None where an older version of ours published it."""
    with read_only(home.warehouse) as connection:
        if not has_table(connection, "unrecorded_guards"):
            return None
        twice, unrecorded = (connection.execute(query).fetchall()[0] for query in (TWICE, UNRECORDED))
    return Imported(*twice, *unrecorded)


def look_at_folders(home: Home, settings: ImportsSettings) -> list[Folder]:
    """Folders that are watched."""
    records = RunRecords(home.dagster)
    return [_folder(Path(each.path).expanduser(), records) for each in settings.watch]


def _folder(path: Path, records: RunRecords) -> Folder:
    tag = state_of(fingerprint(path))[FOLDER_TAG]
    return Folder(str(path), path.exists(), records.n_failed(FOLDER_TAG, tag) if records.exist() else 0)
