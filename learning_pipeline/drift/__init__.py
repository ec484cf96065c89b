"""Drift: whether what a model sees, says and earns still looks like what it was trained on (SEMANTICS 9)."""
