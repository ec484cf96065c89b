"""An Ops API over a data root, called in this process."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from learning_pipeline.api import People, create_app
from learning_pipeline.stores.home import Home

TOKEN = "a token of Anna's that is long enough"


def client(home: Home, *, people: bool = True, **more: object) -> TestClient:
    """Calls as Anna where there are people."""
    digests = {"anna": hashlib.sha256(TOKEN.encode()).hexdigest()} if people else {}
    headers = {"Authorization": f"Bearer {TOKEN}"} if people else {}
    app = create_app(home, People(digests))
    return TestClient(app, base_url="http://localhost", headers=headers, raise_server_exceptions=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path)
