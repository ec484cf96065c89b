"""How fast the chain is beside others that do the same: ``make bench``, or ``python -m benchmarks --json``."""
