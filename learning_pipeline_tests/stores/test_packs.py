from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput, EvaluationRefused, Refused
from learning_pipeline.stores import packs as module
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.packs import PackFiles, Packs

FILES = PackFiles(b"{}", b"rows")


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    monkeypatch.setattr(module, "shipped", lambda: tmp_path / "shipped")
    return Packs(Home(tmp_path))


def test_written_once_and_read_again(packs: Packs, tmp_path: Path) -> None:
    assert packs.names() == []
    at = packs.add("mine", FILES)
    assert at == tmp_path / "packs" / "mine"
    assert packs.names() == ["mine"]
    assert packs.files("mine") == FILES
    assert packs.add("mine", FILES) == at
    with pytest.raises(Refused, match="a frozen pack never changes"):
        packs.add("mine", FILES._replace(examples=b"others"))
    assert packs.files("mine") == FILES


def test_a_shipped_pack_is_never_covered(packs: Packs, tmp_path: Path) -> None:
    packs.add("core", FILES, tmp_path / "shipped")
    with pytest.raises(Refused, match="ships with the project"):
        packs.add("core", FILES._replace(manifest=b"softer"))
    fake = tmp_path / "packs" / "core"
    fake.mkdir(parents=True)
    (fake / "pack.json").write_bytes(b"softer")
    assert packs.files("core") == FILES
    assert packs.is_shipped("core")


def test_names_are_looked_up_and_never_become_paths(packs: Packs, tmp_path: Path) -> None:
    packs.add("mine", FILES)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "pack.json").write_bytes(b"x")
    (tmp_path / "packs" / "linked").symlink_to(secret)
    for name in ("../secret", "linked", "mine/../mine", "", "MINE", "a" * 65, "mine\x00"):
        with pytest.raises(BadInput, match="no such pack; there are mine"):
            packs.files(name)
        if name != "linked":
            with pytest.raises(BadInput, match="expected a name"):
                packs.add(name, FILES)
    assert packs.names() == ["mine"]


def test_a_file_that_is_gone_or_a_link_is_one_line(packs: Packs, tmp_path: Path) -> None:
    at = packs.add("mine", FILES)
    (at / "examples.parquet").unlink()
    with pytest.raises(EvaluationRefused, match=r"examples.parquet: expected a file of a pack, found none"):
        packs.files("mine")
    (at / "examples.parquet").symlink_to("/etc/passwd")
    with pytest.raises(EvaluationRefused, match="found a link"):
        packs.files("mine")
