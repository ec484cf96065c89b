"""Which guards save money, which cost money, and what blocking as a whole misses."""
