"""Rollout: candidate, shadow, active, retired; what each move takes, and who allowed it (SEMANTICS 9)."""
