"""A file of people that only its owner may use."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.people_file import add_person, read_people


def test_a_token_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    path = tmp_path / "home" / "people"
    token = add_person(path, "Anna O'Neil")
    assert len(token) >= 43
    assert token not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_people(path) == {"Anna O'Neil": hashlib.sha256(token.encode()).hexdigest()}


def test_a_second_token_replaces_the_first_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "people"
    first, other = add_person(path, "anna"), add_person(path, "bert")
    second = add_person(path, "anna")
    digests = {
        name: hashlib.sha256(token.encode()).hexdigest() for name, token in {"anna": second, "bert": other}.items()
    }
    assert read_people(path) == digests
    assert first != second


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o644])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "people"
    add_person(path, "anna")
    path.chmod(mode)
    with pytest.raises(BadInput, match=f"has mode {mode:04o}; `chmod 600"):
        read_people(path)
    with pytest.raises(BadInput, match="chmod 600"):
        add_person(path, "bert")


@pytest.mark.parametrize("text", ["anna\n", "anna 1234\n", f"anna {'g' * 64}\n", f"anna {'0' * 64}\nanna {'1' * 64}\n"])
def test_a_line_that_is_no_person_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(BadInput, match=r"people, line [12]: expected a new name"):
        read_people(path)


@pytest.mark.parametrize("name", ["", " anna", "a\nb", "x" * 65, "<b>", "anna\u202e"])
def test_odd_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="--add: expected a name"):
        add_person(tmp_path / "people", name)
    assert not (tmp_path / "people").exists()


def test_no_file_is_nobody(tmp_path: Path) -> None:
    assert read_people(tmp_path / "people") == {}
