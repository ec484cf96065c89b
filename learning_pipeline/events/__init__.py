"""What happened: bots' events as immutable rows.

Question: what did the bot want, what did it decide and why, and what came of it?

In: delivered lines (JSON, CONTRACTS 1). Out: ``events.*``; every line is in a table, a counted duplicate, or in
``events.quarantine`` with its reason. ``events.decisions`` and ``events.gates`` make one final answer per signal of the
reports (SEMANTICS 1). ``events.trades_from_fills`` are closed trades as their fills tell them.

Seed: learning-engine "Event Schemas", "Decision Tracker".
"""
