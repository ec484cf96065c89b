"""What holds for every test."""

import fcntl
import gc
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine makes an example slow, not wrong; speed is measured elsewhere, as ratios. What is green stays green:
# the same examples every time; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=300)
settings.load_profile("steady")

# A sixth of every small run each; the tests of pictures and of threads ask for theirs.
os.environ["LEARNING_PIPELINE_PICTURES"] = "off"
os.environ["POLARS_MAX_THREADS"] = "1"


MEMORY = Path("/dev/shm")
ROOM = 6_000_000_000

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # Stores force what they write to disk, at 5 to 15 ms each; what is tested is a kill of a process, no power cut.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories first: begun last, the longest files would keep one worker busy while the others have nothing to do."""
    items.sort(key=lambda item: "stories" not in item.path.parts)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: garbage collection need not walk over it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let everything go in an orderly way, or extension modules complain of leaks."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def mlflow_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's database of the newest layout, empty: its migrations take seconds, so one worker makes it for all."""
    from learning_pipeline.stores.home import Home
    from learning_pipeline.stores.mlflow_door import EXPERIMENT, opened

    base = tmp_path_factory.getbasetemp()
    home = Home.at((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "empty_mlflow")
    home.root.mkdir(exist_ok=True)
    with (home.root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = home.root / "made.db"
        if not made.exists():
            with opened(home):
                pass
            with closing(sqlite3.connect(home.mlflow / "mlflow.db")) as connection, connection:
                connection.execute("DELETE FROM experiments WHERE name = ?", [EXPERIMENT])
            (home.mlflow / "mlflow.db").rename(made)
    return made
