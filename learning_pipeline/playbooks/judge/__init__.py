"""Judges: who may ask for an experiment or an edit of a playbook, and never decides (research-budget, Step 4 and 5)."""
