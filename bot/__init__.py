"""Slack and Telegram listeners and the command line.

They verify, acknowledge and enqueue; they never fetch papers or call the model.
"""
