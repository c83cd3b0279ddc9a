"""Sends the outbox's messages, each once as far as the platforms allow."""
