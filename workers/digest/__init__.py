"""Makes digests: candidates, scores, picks, texts, one record."""
