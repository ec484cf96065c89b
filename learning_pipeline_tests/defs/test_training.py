"""When a model is trained by itself."""

from __future__ import annotations

import pytest

from learning_pipeline.defs.training import require_enabled, train_schedules
from learning_pipeline.errors import BadSettings, Refused
from learning_pipeline.models.settings import ModelsSettings


def test_manual_means_no_schedule() -> None:
    assert train_schedules(ModelsSettings()) == []


def test_a_cron_line_is_a_schedule_in_utc() -> None:
    (schedule,) = train_schedules(ModelsSettings(train_schedule="15 3 * * 1"))
    assert (schedule.name, schedule.job_name) == ("train_schedule", "train")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 3 * * 1", "UTC")


@pytest.mark.parametrize("line", ["weekly", "", "61 * * * *", "* * * *", "manuel"])
def test_a_bad_cron_line_is_one_line(line: str) -> None:
    with pytest.raises(BadSettings, match="expected `manual` or a cron line in UTC, found") as e:
        train_schedules(ModelsSettings(train_schedule=line))
    assert "\n" not in str(e.value)


def test_what_is_switched_off_is_refused() -> None:
    require_enabled(ModelsSettings())
    with pytest.raises(Refused, match="LEARN_ENABLE"):
        require_enabled(ModelsSettings(enable=False))
