"""Fetches papers: one file for each source, one guarded HTTP client."""
