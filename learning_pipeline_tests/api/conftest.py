"""An Ops API over a data root, called in this process."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from learning_pipeline.api import People, create_app
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.books.research.events import flat_bars
from learning_pipeline_tests.stories.test_research_loop import session
from learning_pipeline_tests.worlds import Root

TOKENS = {"anna": "a token of Anna's that is long enough", "bert": "a token of Bert's that is long enough"}


def client(home: Home, who: str | None = "anna") -> TestClient:
    """Calls as somebody of two people; None: a server that knows nobody."""
    digests = {name: hashlib.sha256(token.encode()).hexdigest() for name, token in TOKENS.items()} if who else {}
    headers = {"Authorization": f"Bearer {TOKENS[who]}"} if who else {}
    app = create_app(home, People(digests))
    return TestClient(app, base_url="http://localhost", headers=headers, raise_server_exceptions=False)


def content(home: Home) -> dict[str, str]:
    """Digest of every file of a data root, but for those of SQLite's log: they come and go with who looks."""
    files = [path for path in home.root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Nothing was delivered yet."""
    return Home.at(tmp_path / "home")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two days of research: six trades of one experiment, an edit that waits for a person. Not to be changed."""
    root = Root(tmp_path_factory.mktemp("ran"))
    root.deliver(session(), flat_bars(2))
    root.run()
    return root.home


@pytest.fixture
def mine(ran: Home, tmp_path: Path) -> Home:
    """A copy of it."""
    return Home.at(shutil.copytree(ran.root, tmp_path / "mine"))
