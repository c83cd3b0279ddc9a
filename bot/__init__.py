"""Ears and mouth: verify, acknowledge, translate to a job, enqueue. Never fetches, never calls a model."""
