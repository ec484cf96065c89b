"""Nothing that the schema allows, and nothing that it forbids, ends in a failure of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from learning_pipeline.stores.home import Home
from learning_pipeline_tests.api.conftest import client

MODES = list(GenerationMode)


@pytest.mark.parametrize("mode", MODES)
def test_no_request_fails_inside(mode: GenerationMode, tmp_path: Path) -> None:
    api = client(Home.at(tmp_path))
    as_anna = {"Host": "localhost", "Authorization": api.headers["Authorization"]}
    schema = schemathesis.openapi.from_asgi("/openapi.json", api.app, headers=as_anna)
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode.is_negative and not (operation.path_parameters or operation.query or operation.body):
            continue  # nothing can be wrong

        @settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered(case: Any) -> None:
            said = case.call(headers=as_anna)
            assert said.status_code < 500, f"{case.method} {case.path}: {said.text}"

        answered()


def test_every_route_says_how_it_refuses(tmp_path: Path) -> None:
    paths = client(Home.at(tmp_path)).get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, told in methods.items():
            assert told["responses"]["401"]["content"]["application/json"]["schema"]["$ref"].endswith("/Problem"), path
            assert method in {"get", "post"}
