"""What never reaches a route, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from learning_pipeline.api.gate import HEADERS, MAX_BODY_BYTES
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.api.conftest import client

ROUTE = "/overrides"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8321", "127.0.0.1:1", "[::1]:8321", "[::1]"])
def test_names_of_loopback_are_ours(home: Home, host: str) -> None:
    assert client(home).get(ROUTE, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "", "localhost@evil", "127.0.0.1.nip.io"]
)
def test_a_foreign_host_is_turned_away(home: Home, host: str) -> None:
    said = client(home).get(ROUTE, headers={"Host": host})
    assert said.status_code == 400
    assert said.json()["detail"].startswith("Host: expected")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_json_may_change_anything(home: Home, method: str, kind: str) -> None:
    said = client(home).request(method, ROUTE, content=b"{}", headers={"Content-Type": kind})
    assert said.status_code == 415


def test_a_large_body_is_refused_however_it_is_announced(home: Home) -> None:
    def in_parts() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY_BYTES // 2)

    for body in (b" " * (MAX_BODY_BYTES + 1), in_parts()):
        said = client(home).post(ROUTE, content=body, headers={"Content-Type": "application/json"})
        assert (said.status_code, said.json()["code"]) == (413, "E_LEARN_BAD_INPUT")


def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(home: Home) -> None:
    for path in (ROUTE, "/nowhere", "/health", "/openapi.json"):
        headers = client(home).get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS


def test_the_docs_page_needs_nothing_from_elsewhere(home: Home) -> None:
    page = client(home).get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    for path in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{path}" in page.text
        assert client(home).get(f"/docs/assets/{path}").status_code == 200
    assert client(home).get("/docs/assets/../app.py").status_code == 404
