"""Playbooks as files: looked up, never joined into a path; replaced whole, and only where nobody else wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.playbook_files import PlaybookFiles


@pytest.fixture
def files(tmp_path: Path) -> PlaybookFiles:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "x.md").write_bytes(b"one\r\n")
    (tmp_path / "secret.md").write_bytes(b"secret")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "folder.md").mkdir()
    (folder / "notes.txt").write_bytes(b"no playbook")
    (folder / "README.md").write_bytes(b"about the folder")
    return PlaybookFiles(folder)


def test_a_data_root_begins_with_those_that_ship_and_keeps_what_people_make_of_them(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "data")
    first = PlaybookFiles.of(home)
    assert {"bollinger_squeeze", "rsi_extremes"} <= {file.playbook_id for file in first.every()}
    (home.playbooks / "rsi_extremes.md").write_bytes(b"mine")
    (home.playbooks / "early_trend.md").unlink()
    again = PlaybookFiles.of(home)
    assert again.one("rsi_extremes").content == b"mine"
    assert "early_trend" not in {file.playbook_id for file in again.every()}
    assert sorted(path.name for path in home.root.iterdir()) == ["playbooks"]


def test_a_folder_of_ones_own_is_used_and_nothing_is_put_there(tmp_path: Path) -> None:
    home, mine = Home.at(tmp_path / "data"), tmp_path / "mine"
    mine.mkdir()
    assert PlaybookFiles.of(home, str(mine)).every() == []
    assert not home.playbooks.exists()
    with pytest.raises(BadInput, match="nowhere: expected a folder of playbooks"):
        PlaybookFiles.of(home, "nowhere")


def test_only_regular_files_of_the_folder_are_playbooks(files: PlaybookFiles) -> None:
    assert [file.playbook_id for file in files.every()] == ["x"]


@pytest.mark.parametrize(
    "playbook_id", ["../secret", "/etc/passwd", "link", "folder", "y", "", "x.md", "X", "x\0", "." * 400, "x/../x"]
)
def test_an_id_that_is_no_name_of_a_playbook_is_refused_in_one_line(files: PlaybookFiles, playbook_id: str) -> None:
    with pytest.raises(BadInput, match=r"no such playbook in .*; there are x") as refusal:
        files.one(playbook_id)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300
    with pytest.raises(BadInput, match="no such playbook"):
        files.edit(playbook_id, lambda content: content + b"more")
    assert (files.folder.parent / "secret.md").read_bytes() == b"secret"


def test_an_edit_replaces_the_file_whole(files: PlaybookFiles) -> None:
    done = files.edit("x", lambda content: content + b"two\n")
    assert done == (b"one\r\n", b"one\r\ntwo\n")
    assert files.one("x").content == b"one\r\ntwo\n"


def test_an_edit_that_changes_nothing_writes_nothing(files: PlaybookFiles) -> None:
    path = files.one("x").path
    before = path.stat()
    files.edit("x", lambda content: content)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_words_that_somebody_writes_at_the_same_time_stay(files: PlaybookFiles) -> None:
    def slow(content: bytes) -> bytes:
        (files.folder / "x.md").write_bytes(b"by hand")
        return content + b"more"

    with pytest.raises(Refused, match="somebody wrote it at the same time"):
        files.edit("x", slow)
    assert files.one("x").content == b"by hand"
