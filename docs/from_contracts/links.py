"""Names of tables, settings, commands and error codes become links to their reference, wherever they stand."""

import re
from functools import cache
from importlib.util import find_spec

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from from_contracts.commands import PROGRAM, every_command
from learning_pipeline.defs.catalog import SETTINGS, TABLES

logger = logging.getLogger(__name__)


@cache
def labels() -> dict[str, str]:
    """Label of each name that has a place in the reference."""
    found = {each.address(): each.address() for each in TABLES}
    found |= {f"[{room}]": f"settings.{room}" for room in SETTINGS}
    found |= {f"{room}.{key}": f"settings.{room}" for room, model in SETTINGS.items() for key in model.model_fields}
    return found | {f"{PROGRAM} {path}": f"command.{path.replace(' ', '.')}" for path, _ in every_command()}


def label_of(text: str) -> str | None:
    """Where a name is explained: itself, or the command that a line begins with."""
    if text in labels():
        return labels()[text]
    for n_words in (3, 2):
        start = " ".join(text.split()[:n_words])
        if text.startswith(PROGRAM) and start in labels():
            return labels()[start]
    return None


class LinkNames(SphinxTransform):
    """Wrap each name in code type that the reference knows; a name of a table that there is not is a warning."""

    default_priority = 500
    _rooms = "|".join(sorted({each.room() for each in TABLES}))
    _like_a_table = re.compile(rf"^({_rooms})\.(?!json$)[a-z_]+$")

    def apply(self, **_: object) -> None:
        """Every literal of a page that is neither in a title nor in a link."""
        for literal in list(self.document.findall(nodes.literal)):
            if _inside(literal, (nodes.title, nodes.reference, addnodes.pending_xref)):
                continue
            text = literal.astext()
            label = label_of(text)
            if label is not None:
                self._link(literal, label)
            elif self._like_a_table.match(text) and not _is_module(text):
                logger.warning("no table or setting is named %s", text, location=literal)

    def _link(self, literal: nodes.literal, label: str) -> None:
        link = addnodes.pending_xref(
            "", refdoc=self.env.docname, refdomain="std", reftype="ref", reftarget=label, refexplicit=True, refwarn=True
        )
        literal.replace_self(link)
        link += literal


def _is_module(text: str) -> bool:
    """Whether it is the name of a part of a room instead, as docstrings name it."""
    return find_spec(f"learning_pipeline.{text}") is not None


def _inside(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    above = node.parent
    while above is not None:
        if isinstance(above, kinds):
            return True
        above = above.parent
    return False
