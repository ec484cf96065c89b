"""Playbooks: what is claimed, and what closed research trades say of it (research-budget; SEMANTICS 8)."""
