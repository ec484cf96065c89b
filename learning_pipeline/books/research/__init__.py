"""The research budget: capital of its own for experiments, and the ledger of what they may trade (research-budget)."""
