"""Scores papers, writes deep dives and answers, with a model or without one.

Others call `score.score_papers` and `deepdive.deep_dives`. Neither raises because a model failed: what the model did
not do is done locally and labelled.
"""
