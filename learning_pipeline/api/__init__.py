"""The Ops API: books, experiments, playbooks, overrides and allocation over HTTP (research-budget, Step 6)."""
