"""A reader who types every block of a page, one after the other, in one folder."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from learning_pipeline.cli import app
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.docs.blocks import Block, blocks, commands, same

OF_MODELS = ("how-to/models.md", "how-to/reproduce.md")
"""Pages whose commands take the data root of ``demo --governed``."""


def words_of(home: Home) -> dict[str, str]:
    """What a reader of the pages about models puts in the place of ARTIFACT and DATASET."""
    (artifact,) = Registry(home).artifacts()
    return {"ARTIFACT": artifact["artifact_id"], "DATASET": artifact["dataset_id"]}


class Reader:
    """Runs the blocks of pages in a folder that must be the current one.

    Parameters
    ----------
    place : Path
        Where ``data/demo`` lies.
    known : mapping
        What commands that need not run again have printed.
    words : mapping
        What a reader puts in the place of a word in capitals.
    """

    def __init__(self, place: Path, known: Mapping[str, str], words: Mapping[str, str] | None = None) -> None:
        self.place, self._known, self._words = place.resolve(), known, words or {}

    def differences(self, page: Path) -> list[tuple[Block, str]]:
        """Blocks of output that are not what was printed, with what was."""
        found, printed, names = [], "", {}
        for block in blocks(page.read_text(encoding="utf-8")):
            if "caption" in block.options:
                self._write(block)
            elif block.language == "sh":
                printed = "".join(self._typed(words, block) for words in commands(block.text))
            elif block.language == "py":
                printed = self._executed(block, page, names)
            elif block.is_output and not same(printed, block.text):
                found.append((block, printed))
        return found

    def _write(self, block: Block) -> None:
        path = self.place / block.options["caption"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _typed(self, typed: list[str], block: Block) -> str:
        program, *words = [self._words.get(word, word) for word in typed]
        if " ".join(typed) in self._known:
            return self._known[" ".join(typed)]
        assert program == "learning-pipeline", program
        done = CliRunner().invoke(app, words)
        expected = int(block.remark.removeprefix("% exits with ")[0]) if block.remark.startswith("% exits") else 0
        assert done.exit_code == expected, f"{' '.join(words)}: {done.output} {done.exception!r}"
        return self._told(done.stdout if expected == 0 else done.output)

    def _executed(self, block: Block, page: Path, names: dict[str, Any]) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(block.text, page.name, "exec"), names)
        return self._told(said.getvalue())

    def _told(self, printed: str) -> str:
        """Without the folder in which it was run, and with the words that a reader fills in."""
        told = printed.replace(f"{self.place}/", "")
        for word, value in self._words.items():
            told = told.replace(value, word)
        return told
