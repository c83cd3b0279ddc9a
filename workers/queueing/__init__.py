"""Kinds of tasks, how one is handed to RQ, and the RQ job that runs it."""
