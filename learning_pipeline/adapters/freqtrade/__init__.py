"""freqtrade."""
