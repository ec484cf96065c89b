"""Errors of ours keep their code and words across a run; others name the step."""

import dagster as dg
import pytest

from learning_pipeline import jobs
from learning_pipeline.errors import DataMissing, Refused


def failed_run(error: Exception, cause: Exception | None = None) -> dg.ExecuteInProcessResult:
    @dg.op
    def train() -> None:
        raise error from cause

    @dg.job
    def job() -> None:
        train()

    return job.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize("kind", [DataMissing, Refused])
def test_an_error_of_ours_comes_out_of_a_run_as_it_went_in(kind: type) -> None:
    found = jobs._failure(failed_run(kind("expected 1,000 examples: found 7"), OSError("disk")))
    assert type(found) is kind
    assert str(found) == "expected 1,000 examples: found 7"


def test_any_other_error_names_the_step_and_its_first_cause() -> None:
    found = jobs._failure(failed_run(ValueError("outer"), OSError("disk full")))
    assert isinstance(found, jobs.RunFailed)
    assert str(found) == "step train: OSError: disk full"


def test_what_assets_said_is_plain() -> None:
    @dg.asset(key=["datasets", "examples"])
    def examples() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"dataset_id": "d1", "n": 3})

    result = dg.materialize([examples])
    assert jobs._said(result) == {"datasets.examples": {"dataset_id": "d1", "n": 3}}
