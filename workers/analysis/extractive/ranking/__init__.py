"""Ranks papers and passages by a team's words, without a model."""
