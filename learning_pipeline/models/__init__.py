"""Models: training, artifacts, evaluation by frozen packs, scores of live decisions (SEMANTICS 9)."""
