"""Doors to what others run: their formats in, their protocols out."""
