"""Doubts statements that do not say what their evidence says, kind by kind."""
