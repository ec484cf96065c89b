"""Which strategy earns most, and how long a signal waits for its execution."""
