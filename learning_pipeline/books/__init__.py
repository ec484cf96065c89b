"""Books: whose money a trade risks, and what each book may still risk.

The profit book harvests; the learning and the research book pay to find out, from money of their own
(seeds learning-book and research-budget; SEMANTICS 7 and 8). A bot imports `books.learning` and
`books.research.routing` without Polars; the settings, `books.settings`, are imported by those who read them from a
file.
"""
