"""``from-contracts``: Markdown that is written by a function of the package's own objects."""

from collections.abc import Callable

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from from_contracts import commands, errors, events, metrics, routes, settings, tables

WRITERS: dict[str, Callable[..., str]] = {
    "commands": commands.sections,
    "error-codes": errors.codes,
    "event-types": events.sections,
    "metrics": metrics.families,
    "quarantine-codes": errors.quarantine_codes,
    "purpose": tables.purpose,
    "room": tables.page_of_room,
    "rooms": tables.index_of_rooms,
    "routes": routes.routes,
    "settings": settings.sections,
}


class FromContracts(SphinxDirective):
    """What a writer says, as if it stood in the page; the argument is the writer's name and what it is asked for."""

    required_arguments = 1
    optional_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Parse the Markdown, headings included."""
        name, *asked = self.arguments
        return self.parse_text_to_nodes(WRITERS[name](*asked), allow_section_headings=True)
