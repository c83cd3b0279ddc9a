"""Thinking about papers: local ranking, scores, deep dives; by a model (claude) or without one (extractive).

`score.score_papers` and `deepdive.deep_dives` are the two doors. Neither ever raises because a model failed: what the
model did not do is done locally and labelled.
"""
