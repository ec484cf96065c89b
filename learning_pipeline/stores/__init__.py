"""The only doors outward: lake, warehouse, ledger, inbox, recorder, settings file, the bot's overrides.

Nothing else opens a file, Delta, DuckDB or SQLite. Stores know tables (``contracts``), never a room.
"""
