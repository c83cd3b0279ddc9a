"""Calls of the model: prompts, the client, retries, replies and their schema."""
