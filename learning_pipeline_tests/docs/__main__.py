"""Write what commands print now into the pages: ``python -m learning_pipeline_tests.docs FOLDER PAGE...``.

FOLDER is where ``learning-pipeline demo > demo.out`` and ``learning-pipeline demo --governed`` were run; only blocks
that differ are replaced.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from learning_pipeline.stores.home import Home
from learning_pipeline_tests.docs.bots import write_bots
from learning_pipeline_tests.docs.reader import Reader, words_of


def main(folder: Path, pages: list[Path]) -> None:
    """Replace the blocks of output that differ."""
    pages = [page.resolve() for page in pages]
    os.chdir(folder)
    write_bots(Path())
    known = {"learning-pipeline demo": Path("demo.out").read_text()}
    reader = Reader(folder.resolve(), known, words_of(Home.at("data/governed")))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for block, printed in reversed(reader.differences(page)):
            start, end = block.span
            lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
            text = f"{text[:start]}{lines}\n{text[end:]}"
            sys.stdout.write(f"{page.name}: replaced at {start}\n")
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
