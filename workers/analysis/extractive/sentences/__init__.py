"""Chooses a paper's own sentences by what they do, and where they stand."""
