"""What the UI shows of the definitions and of a run: words for everything, what matters first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dagster as dg
import polars as pl
import pytest

from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.definitions import defs
from learning_pipeline.defs.automation import WAREHOUSE
from learning_pipeline.defs.catalog import TABLES
from learning_pipeline.defs.tables import OWNERS, PREVIEW_ROWS, WIDEST, asset_key, preview
from learning_pipeline.defs.training import TRAINED
from learning_pipeline_tests.parts import part
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars, instance_in_memory

GRAPH = defs.resolve_asset_graph()
NO_TABLES = {TRAINED, WAREHOUSE}
"""Assets that are files: they have no columns."""
CHECK = "every_day_of_the_data_is_published"


@pytest.mark.parametrize("key", sorted(GRAPH.get_all_asset_keys()), ids=lambda key: key.to_user_string())
def test_every_asset_says_what_it_is_and_whose(key: dg.AssetKey) -> None:
    node = GRAPH.get(key)
    assert node.group_name == key.path[0]
    assert node.kinds
    assert list(node.owners) == OWNERS
    assert node.description
    assert node.description.startswith("One ")
    assert " per " in node.description.splitlines()[0]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.address())
def test_every_table_has_its_columns_with_words_for_each(table: Any) -> None:
    schema = GRAPH.get(asset_key(table)).metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == list(table.dtypes())
    assert [column.name for column in schema.columns if not column.description] == []
    assert [column.name for column in schema.columns if "(" in column.type] == []
    assert {column.name for column in schema.columns if column.constraints.other == ["key"]} == set(table.key())


def test_what_is_no_table_is_known() -> None:
    assert {asset_key(table) for table in TABLES} | NO_TABLES == GRAPH.get_all_asset_keys()


def test_jobs_schedules_sensors_and_checks_have_words() -> None:
    repository = defs.get_repository_def()
    named = [*repository.schedule_defs, *repository.sensor_defs]
    named += [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    named += [spec for check in GRAPH.asset_check_keys for spec in [GRAPH.get_check_spec(check)]]
    assert len(named) > 30
    assert [each.name for each in named if not each.description] == []


@pytest.mark.parametrize("job", [job.name for job in defs.get_repository_def().get_all_jobs() if job.name[0] != "_"])
def test_every_field_of_a_launchpad_has_words(job: str) -> None:
    """Of ours; Dagster's own executor and loggers say what they are in their own way."""
    fields = defs.resolve_job_def(job).run_config_schema.config_type.fields
    ours = {name: fields[name].config_type.fields for name in ("ops", "resources") if name in fields}
    told = [(f"{owner}.{name}", field) for part in ours.values() for owner, name, field in _settable(part)]
    assert told
    assert [name for name, field in told if not field.description] == []


def _settable(part: dict[str, Any]) -> Any:
    for owner, field in part.items():
        config = field.config_type.fields.get("config")
        for name, each in getattr(config.config_type if config else None, "fields", {}).items():
            yield owner, name, each


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run up to the day before the last, and then one of the rest: what each said of itself, and its tags."""
    root = Root(tmp_path_factory.mktemp("shown"))
    bars = hourly_bars(1, 3)
    root.deliver(bot_events(1, bars, 20), bars)
    return [_run(root, last=last) for last in ("2024-03-05", "")]


def _run(root: Root, last: str) -> tuple[dg.ExecuteInProcessResult, dict[str, str]]:
    config = {"resources": {"chain": {"config": {"home": str(root.home.root), "last": last}}}}
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with instance_in_memory() as instance:
        result = part(GuardEffectiveness).execute_in_process(instance=instance, run_config=config | quiet)
        return result, instance.get_run_by_id(result.run_id).tags


def test_a_run_tells_its_days_in_its_tags(made: Any) -> None:
    (_, part), (_, rest) = made
    assert part["days"] == "2024-03-04..2024-03-05"
    assert rest["days"].startswith("2024-03-06..")


def test_freshness_is_told_by_the_datas_clock(made: Any) -> None:
    """The data is years old: it is stale while a day of it is not computed, and fresh from then on."""
    verdicts = [
        next(each for each in result.get_asset_check_evaluations() if each.check_name == CHECK) for result, _ in made
    ]
    assert [each.passed for each in verdicts] == [False, True]
    assert verdicts[0].severity == dg.AssetCheckSeverity.WARN
    assert verdicts[0].metadata["stale"].value.startswith("2024-03-06..")
    assert verdicts[1].metadata["stale"].value == "none"


def test_what_a_person_wants_to_see_comes_first(made: Any) -> None:
    found = [event.step_materialization_data.materialization for event in made[1][0].get_asset_materialization_events()]
    judged = next(each for each in found if each.asset_key == asset_key(GuardEffectiveness))
    names = list(judged.metadata)
    assert names[0] == "preview"
    assert names[1:4] == ["n_saves", "n_costs", "n_inconclusive"]
    assert names[-3:] == ["days", "lake_version", "changed"]
    assert names[-4] == "n_rows_of_the_run"
    assert "dagster/row_count" not in names, "the UI would show rows of the run as rows of the table"
    assert judged.tags["dagster/data_version"]


def test_a_wide_preview_stands_upright() -> None:
    day = dt.date(2024, 3, 4)
    wide = pl.DataFrame({"day": [day] * 9} | {f"c{k}": list(range(9)) for k in range(WIDEST + 1)})
    lines = str(preview(wide).value).splitlines()
    assert len(lines) == 2 + WIDEST + 1
    assert lines[2] == "| c0 | " + " | ".join(str(k) for k in range(PREVIEW_ROWS)) + " |"
    narrow = str(preview(wide.select("day", "c0", "c1")).value).splitlines()
    assert narrow[0] == "| c0 | c1 |"
    assert len(narrow) == 2 + 9


def test_a_preview_of_nothing_says_so() -> None:
    assert preview(GuardEffectiveness.frame()).value == "no rows"
