"""What is stale, pending, failing or about to be, and what to do about it (CONTRACTS 4).

First a look at everything (``look``), which writes nothing, takes no lock and may happen while a run writes; then one
small pure rule per finding (``rules_*``), facts in, a finding or nothing out.
"""
