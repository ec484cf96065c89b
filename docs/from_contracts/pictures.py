"""Directives that draw."""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from from_contracts import architecture, verdicts


class Architecture(SphinxDirective):
    """The rooms of the asset graph, each a link to its tables."""

    def run(self) -> list[nodes.Node]:
        """Draw, with links from this page."""
        up = "../" * self.env.docname.count("/")
        self.env.note_dependency(str(architecture.graph.ON_FILE))
        return [nodes.raw("", architecture.picture(f"{up}reference/tables/"), format="html")]


class Verdicts(SphinxDirective):
    """The verdicts that another page shows; the argument is its name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw."""
        page = Path(self.env.doc2path(self.arguments[0]))
        self.env.note_dependency(str(page))
        return [nodes.raw("", verdicts.picture(page.read_text(encoding="utf-8")), format="html")]
